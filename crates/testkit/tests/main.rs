//! Tests of the crate. 测试
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::net::TcpStream;

use pinji_testkit::{Absent, Clock, Durability, Postgres, stores};

#[test]
fn a_server_stops_with_who_started_it() {
    let server = match Postgres::start(Durability::Full) {
        Ok(server) => server,
        Err(why @ Absent::NotInstalled) => return println!("skipped: {why}"),
        Err(why) => panic!("{why}"),
    };
    let (first, second) = (server.database().unwrap(), server.database().unwrap());
    assert_ne!(first, second);
    let port = server.port();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
    drop(server);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn places_are_empty_and_apart() {
    let (one, other) = (stores(), stores());
    assert_eq!(one[0].name, "sqlite");
    assert_eq!(one.len(), other.len());
    for (one, other) in one.iter().zip(&other) {
        assert_eq!(one.name, other.name);
        assert_ne!(one.address, other.address);
    }
}

#[test]
fn the_clock_moves_when_it_is_moved() {
    let clock = Clock::default();
    assert_eq!(clock.now().to_string(), "2026-11-22T08:00:00.000000Z");
    clock.advance(90);
    assert_eq!(clock.now().to_string(), "2026-11-22T08:01:30.000000Z");
    clock.set(Clock::at("2026-01-01T00:00:00Z").unwrap().now());
    clock.advance(-1);
    assert_eq!(clock.now().to_string(), "2025-12-31T23:59:59.000000Z");
}

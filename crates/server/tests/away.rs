//! When the store is away, and when a handler breaks.

use std::sync::Arc;

use pinji_server::{Config, Shared, frame};
use pinji_testkit::{Durability, Postgres};

use crate::client::Ask;
use crate::site::{Site, generous};

#[test]
fn a_store_that_is_away_is_said_and_waited_for() {
    let Ok(postgres) = Postgres::start(Durability::Fast) else {
        assert!(std::env::var_os("PINJI_NEED_POSTGRES").is_none());
        eprintln!("skipped: there is no PostgreSQL");
        return;
    };
    let site = Site::open("postgres", Some(postgres.database().unwrap()), generous());
    let (first, _, _) = site.set_up();
    site.get(&first, "/api/v1/session").expect(200);
    drop(postgres);
    for path in ["/api/v1/session", "/api/v1/users", "/readyz"] {
        let answer = site.get(&first, path);
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (503, "unavailable"),
            "{path}"
        );
        assert!(answer.header("retry-after").is_some(), "{answer:?}");
    }
    site.send(&Ask::new("GET", "/healthz")).expect(200);
}

#[test]
fn a_panic_ends_one_request_and_no_more() {
    let site = Site::sqlite();
    let shared = Shared::new(Arc::clone(&site.office), Config::default());
    let router = axum::Router::new()
        .route(
            "/boom",
            axum::routing::get(async || -> &'static str { panic!("as the test wants it") }),
        )
        .route("/fine", axum::routing::get(async || "fine"))
        .layer(axum::middleware::from_fn_with_state(shared, frame::frame));
    let at = site.runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        tokio::spawn(async { axum::serve(listener, router).await });
        at
    });
    let answer = Ask::new("GET", "/boom").send(at);
    assert_eq!((answer.status, answer.problem().as_str()), (500, "internal-error"));
    assert!(!answer.body.contains("as the test wants it"), "{answer:?}");
    Ask::new("GET", "/fine").send(at).expect(200);
}

//! The server as its users meet it: real sockets, real databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::cast_possible_truncation,
    missing_docs
)]

mod client;
mod site;

mod away;
mod directory;
mod document;
mod interface;
mod jobs;
mod ledger;
mod people;
mod permits;
mod problems;
mod repeated;
mod sessions;
mod table;

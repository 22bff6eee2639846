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

mod book;
mod business;
mod client;
mod house;
mod site;

mod away;
mod cases;
mod customer_lists;
mod customers;
mod directory;
mod document;
mod erasures;
mod groups;
mod guessing;
mod interface;
mod jobs;
mod kinds;
mod ledger;
mod limits;
mod links;
mod one_entry;
mod passkeys;
mod people;
mod permits;
mod portal;
mod problems;
mod reading;
mod records;
mod relations;
mod repeated;
mod roles;
mod runs;
mod sessions;
mod submissions;
mod submissions_at_once;
mod table;

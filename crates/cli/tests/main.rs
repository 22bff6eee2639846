//! Tests of the built program, as one crate: each module is one thing that people do with it, or do to it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "tests stop at the first surprise, and say when they were skipped"
)]

#[path = "../../server/tests/book.rs"]
#[allow(dead_code, reason = "the server's tests use all of it")]
mod book;
mod columns;
mod demo;
mod hostile;
mod kills;
mod office;
mod open_data;
mod place;
mod policy;
mod program;
mod refusal;
mod repeat;
mod tamper;
mod tour;
mod usage;
mod walk;
mod wide;
mod workbook;

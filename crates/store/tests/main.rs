//! The store on SQLite and PostgreSQL: one behaviour, held against references, races and kills. 测试
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

mod behaviour;
mod bitemporal;
mod case_kills;
mod cases;
mod kills;
mod lists;
mod measured;
mod migrations;
mod plans;
mod races;
mod rules;
mod support;

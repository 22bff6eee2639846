//! Tests of the crate. 测试
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    missing_docs
)]

mod book;
mod bounds;
mod control;
mod parents;
mod random;
mod real;
mod scope;
mod shares;
mod slow;
mod time;
mod wording;

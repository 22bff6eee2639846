//! Tests of the crate. 测试
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod book;
mod changes;
mod duplicates;
mod hostile;
mod near;
mod order;
mod pairs;
mod ranking;
mod reference;
mod spelling;

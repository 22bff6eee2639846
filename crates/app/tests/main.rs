//! Use cases on data made for them. 用例测试
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod groups;
mod members;
mod sample_book;

//! The rules of submissions as tables, and what holds of all of them. 测试
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod audits;
mod book;
mod cases;
mod comparing;
mod drawing;
mod dues;
mod machine;
mod notices;
mod properties;
mod suspicions;
mod words;

//! Measures, snapshots and results, by tables of tiny records and against a plain reference. 集成测试
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

mod aggregates;
mod changes;
mod files;
mod groups;
mod latest;
mod members;
mod opinions;
mod reference;
mod sheets;

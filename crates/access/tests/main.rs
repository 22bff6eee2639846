//! Tests of who may do what, and of who somebody is. 测试
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    missing_docs
)]

mod cells;
mod expected;
mod fields;
mod identity;
mod passkey;
mod permission_table;
mod properties;
mod relations;
mod rules;

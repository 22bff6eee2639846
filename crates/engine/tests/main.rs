//! The fast kernel against a slow reference that was written from the documentation alone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod agree;
mod fraction;
mod random;
mod reference;
mod rows;

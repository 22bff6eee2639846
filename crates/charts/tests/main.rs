//! What every picture holds to, whatever its numbers and labels.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod markup;
mod pictures;

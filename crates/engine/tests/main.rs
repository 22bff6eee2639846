//! The kernel against a slow reference, on tables of examples and on random plans and batches.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod agree;
mod basics;
mod data;
mod formula;
mod random;
mod reference;
mod way;
mod weights;

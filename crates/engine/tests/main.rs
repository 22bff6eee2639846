//! The documented contract, checked by a slow reference, by tables of examples, and by trying everything.
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

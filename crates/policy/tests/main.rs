//! Whole policies, from text to findings and plans.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]
// The tests read the shipped files and the language files; the crate itself may not.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

mod files;
mod findings;
mod guide;
mod happy;
mod members;
mod record_kinds;
mod shipped;
mod words;

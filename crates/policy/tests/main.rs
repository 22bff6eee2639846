//! Whole policies, from text to findings and plans.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod findings;
mod happy;
mod shipped;

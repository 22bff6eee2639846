//! What every report and every printed policy holds to, whatever is in them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod conclusions;
mod made_up;
#[path = "../../charts/tests/markup.rs"]
mod markup;
mod pages;
mod regulation;

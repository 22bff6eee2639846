//! Finding a customer by name, pinyin, initials, alias or code; the order of names; names that mean the same company. 客户检索
//!
//! - [`Index`]: a million customers in flat buffers, scanned once per query by a small automaton.
//! - [`pinyin_key`], [`stroke_key`]: what a list is sorted by, kept in a column beside the name.
//! - [`name_core`], [`similarity`]: pointing out a customer who may be there already; [`Near`] narrows a register for that.
//!
//! Pure: no files, no clock, no randomness. The tables under `data/` are built into the program and read once.

mod alphabet;
mod best;
mod core;
mod find;
mod fold;
mod index;
mod machine;
mod near;
mod order;
mod place;
mod query;
mod reading;
mod sign;
mod similar;
mod simplified;

pub use crate::core::name_core;
pub use find::{Hit, How};
pub use index::{Index, Terms};
pub use near::{Near, near_keys};
pub use order::{pinyin_key, stroke_key};
pub use reading::spell;
pub use similar::{Name, SAME_ENOUGH, similarity};

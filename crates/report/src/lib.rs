//! What people read: the report of a run and the printed policy, each one self-contained file. 报告
//!
//! Callers fill plain structs of numbers and names; the words come from `locale`, the pictures from `charts`. A page
//! holds both languages, switched without a script; light and dark follow the reader's system; print is A4. Nothing is
//! fetched, nothing runs, and every text from outside is escaped where it is written, in one place.

mod doc;
mod html;
mod markdown;
pub mod policy;
pub mod run;

pub use run::{Report, html};

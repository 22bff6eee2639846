//! The policy file: text → document → findings → plan; what can be proved, tested and said about it. 分级标准

mod ahp;
mod check;
mod compile;
pub mod diff;
pub mod document;
pub mod entropy;
pub mod example;
pub mod finding;
mod formula;
pub mod kinds;
mod parse;
pub mod prove;
mod rates;
pub mod schema;

pub use compile::{AggregateCall, AggregateFunction, Compiled, CompiledMeasure, MeasureSource, compile};
pub use document::Document;
pub use finding::{Finding, Severity};
pub use parse::{Loaded, load};

//! The policy file: text → document → findings → plan; what can be proved, tested and said about it. 分级标准

pub mod ahp;
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
mod places;
pub mod prove;
mod rates;
mod rows;
pub mod schema;
mod suggest;
#[cfg(test)]
mod testing;

pub use compile::{
    AggregateCall, AggregateFunction, CONSOLIDATED, Compiled, CompiledMeasure, CompiledMembers, CompiledRule,
    MeasureSource, PARENT, Statement, compile, condition, statement,
};
pub use document::Document;
pub use finding::{Finding, Severity};
pub use parse::{Loaded, load, load_on};
pub use places::Places;
pub use rates::Rates;

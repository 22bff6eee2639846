//! The words of Pinji as values with invariants: no verbs, no I/O, no clock. 领域词汇

pub mod date;
pub mod kind;
pub mod message;
pub mod missing;
pub mod number;
pub mod text;

pub use date::{Date, Period, PeriodUnit};
pub use kind::{Field, FieldType, Kind, Kinds};
pub use message::{Arg, Message};
pub use missing::MissingCause;
pub use number::Decimal;
pub use text::{Lang, Text};

//! Records to measures by one group-by-subject pass per kind; snapshots, outputs, and comparing them. 度量与结果文件
//!
//! ```text
//! Records ─ program ─ pass (a state per thread) ─ gather (or spill and gather) ─ finish ─ measure ─▶ Measured
//! Measured ─ batch ─▶ engine::grade ─▶ output (grades.parquet, lines.parquet)      Measured ◀─ snapshot ─▶ snapshot.parquet
//! ```

pub mod batch;
pub mod compare;
pub mod output;
pub mod snapshot;
pub mod store;
pub mod wide;

mod aggregate;
mod argument;
mod cells;
mod consolidate;
mod error;
mod finish;
mod finished;
mod gather;
mod hash;
mod ids;
mod judged;
mod keys;
mod latest;
mod measure;
mod measured;
mod member_table;
mod members;
mod pass;
mod piece;
mod program;
mod records;
mod spill;
mod subjects;
mod threads;

pub use batch::GradedChunk;
pub use error::QueryError;
pub use judged::reconcile;
pub use measure::measure;
pub use measured::{LeftOut, MeasureOptions, Measured, MeasuredColumn, UsedGrades, Value, id_text};
pub use member_table::{MemberPart, MemberTable, Standing};
pub use records::Records;
pub use store::Digest;
pub use subjects::{field_for, group_field};

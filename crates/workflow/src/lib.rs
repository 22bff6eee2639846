//! The rules of the office, pure: a state, a command and the time give events or a refusal. 业务规则
//!
//! - [`compare`](compare::compare) holds what came in against what is known: new, changed, same or bad, field by field.
//! - [`suspect`](suspect::suspect) points out what deserves a second look. Nothing is dropped for it.
//! - [`decide`] moves a submission: confirmed, audited, withdrawn, returned, undone.
//! - [`case::decide`] moves a case: screened, judged by experts, voted on by the committee, decided; [`case::in_force`] says
//!   which grade holds on a day.
//! - [`sample`] draws rows of a trusted feed for the auditor; [`due`] says what is overdue.
//!
//! No clock, no file, no randomness: the time is an argument, a draw follows from the content.

pub mod case;
pub mod compare;
pub mod due;
pub mod notice;
pub mod sample;
pub mod submission;
pub mod suspect;
pub mod values;

pub use compare::{Compared, Comparison, Difference, Flaw, Known, RecordKey, Verdict, Version};
pub use notice::{Notice, Stage};
pub use sample::ContentHash;
pub use submission::{
    Audit, By, Change, Command, Event, Judgement, Line, Outcome, Part, Refusal, Signed, State, Submission, decide,
};
pub use suspect::{Doubt, Suspicion};
pub use values::Values;

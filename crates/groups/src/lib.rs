//! Corporate groups: who controls whom, with what share, and which companies belong together. 集团客户
//!
//! The way through: [`Relation`]s of all times → [`Graph::as_of`] a date (flat arrays) → [`resolve`] (who belongs together, and
//! who controls it) → [`proposals`] (members with their tests and reasons), [`undecided`] (what only a person may judge) and
//! [`scope`] (what persons decided). Beside it stand [`path`] (why a company is controlled, step by step), [`look_through`] (who
//! owns it in the end), [`history`] and [`bound`]. All of it is data; [`words`] makes messages of it.
//!
//! No result depends on the order in which relations are given, and none takes a clock: the date is an argument.

mod block;
mod bound;
mod control;
mod decide;
mod doubt;
mod effective;
mod graph;
mod history;
mod look_through;
mod members;
mod path;
mod relation;
mod resolve;
mod row;
mod scc;
mod share;
pub mod words;

pub use bound::{Bounded, Cause, Notch, bound};
pub use control::Partition;
pub use decide::{Decision, Origin, Scope, scope};
pub use doubt::Doubt;
pub use graph::{Basis, Graph};
pub use history::{Difference, Spell, difference, history, turning_points};
pub use look_through::{LookThrough, look_through};
pub use members::{Controller, Membership, Proposal, Reason, Test, Undecided, controller, proposals, undecided};
pub use path::{Holding, Step, Steps, path};
pub use relation::{Edge, Evidence, Kinship, Party, PartyKind, Refusal, Relation, Tie};
pub use resolve::{Resolution, resolve};
pub use share::Share;

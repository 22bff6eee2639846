//! Cases: each customer's way from a run to a decided grade, over the rules of `pinji_workflow::case`. 评级案
//!
//! - [`open`] and [`open_of_run`] open them; [`list`] and [`read`] show them, as far as the reader may see.
//! - [`act`] does one step of somebody: the case is replayed from its events, the rules decide, and what comes of it is kept in one
//!   change: events, the tables that the database guards, one entry in the ledger.
//! - [`seats`] are the committee's; [`grade_in_force`] is what the decisions come to on a day.
//!
//! A case is decided by the version of the policy that graded it: the run's, not today's.

mod act;
mod ground;
mod in_force;
mod keep;
mod open;
pub mod seats;
mod steps;
mod view;
mod words;

pub use act::act;
pub use in_force::{Given, GradeInForce, grade_in_force};
pub use open::{ByHand, Opened, open, open_of_run};
pub use steps::{Proposal, Step};
pub use view::{
    BallotShown, CaseView, DecisionShown, ExpertShown, ListAsked, OpinionShown, ProposalShown, ReconciledShown, list,
    read,
};

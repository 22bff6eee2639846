//! Corporate groups: proposed by rule, decided by people, kept through time. 集团客户

mod explain;
pub mod memberships;
pub mod motions;
pub(crate) mod network;
mod plan;
mod proposals;
mod reading;
mod write;

pub use memberships::{GroupOf, MemberOf, Memberships, memberships};
pub use proposals::{Proposed, Resolved, Undecided, resolve};
pub use reading::{GroupView, MemberView, history, list, of_customer, read};
pub(crate) use reading::{Seen, note, seen};

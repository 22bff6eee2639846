//! Corporate groups: proposed by rule, decided by people, kept through time. 集团客户

pub mod memberships;
pub(crate) mod network;

pub use memberships::{GroupOf, MemberOf, Memberships, memberships};

//! Who may do what, and who somebody is: roles, the permission rules, passwords, second factors, tokens. 权限与身份
//!
//! Pure: the instant and the random bytes are arguments, nothing here reads a clock, a file or a source of randomness.
//! Begin at [`Permissions::decide`]; the rules themselves are in `policies/`, for auditors to read.

mod action;
mod actor;
mod apart;
mod cells;
mod fields;
pub mod identity;
pub mod passkey;
mod permissions;
mod resource;
mod scope;
mod verdict;

pub use action::Action;
pub use actor::{Actor, Permit, Roles, TokenUse};
pub use apart::{Apart, RoleClash, apart, may_hold, role_name};
pub use fields::FieldClass;
pub use permissions::{Broken, POLICIES, Permissions, SCHEMA};
pub use resource::{Owner, Relation, Resource, State, What, secrecy_name};
pub use scope::{Class, Held, Maker, Reach, RowFilter, Scope};
pub use verdict::{NO_RULE, Verdict, Why};

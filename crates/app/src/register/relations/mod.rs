//! Relations between parties: typed, dated, with evidence; a correction is one more record. 关联关系

mod intake;
pub(crate) mod parties;
mod reading;
mod rows;

pub use intake::{Closing, Given, close, create};
pub use parties::{Named, PartyView};
pub use reading::{RelationView, Which, list, of_customer};
pub use rows::{Brought, OwnershipRow, from_rows};

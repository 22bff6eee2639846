//! Relations between parties: typed, dated, with evidence; a correction is one more record. 关联关系

mod intake;
pub(crate) mod parties;
mod reading;
mod rows;

pub use intake::{Closing, Given, close, create};
pub use parties::{Named, PartyView};
pub use pinji_groups::{Kinship, Share};
pub use reading::{RelationView, Which, list, of_customer};
pub use rows::{Brought, OwnershipRow, from_rows, take_back};
pub(crate) use rows::{OWNER_CUSTOMER, OWNERSHIP, flaw, unknown_owner};

/// How near kin are, as interfaces write it: the code, and how many generations. 亲属关系
pub fn kin(kinship: Kinship) -> (&'static str, Option<u8>) {
    match kinship {
        Kinship::Spouse => ("spouse", None),
        Kinship::Direct { generations } => ("direct", Some(generations)),
        Kinship::Collateral { generations } => ("collateral", Some(generations)),
    }
}

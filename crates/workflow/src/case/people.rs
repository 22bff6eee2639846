//! Who stands apart, and who sits in the committee. 回避与席位

use std::collections::BTreeMap;

use pinji_domain::ids::UserId;

use super::refusal::Refusal;
use crate::submission::By;

/// Why somebody has no part in a customer's case. 利益冲突
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Conflict {
    /// He looks after the customer. 客户经理
    AccountManager,
    /// He owns part of it. 股东
    Shareholder,
    /// He, or what he owns, belongs to its group. 同一集团
    SameOwnerGroup,
    /// A relative is concerned. 亲属
    Relative,
    /// He has said so himself. 自行申报
    Declared,
}

/// Everybody who has a conflict with the customer of a case, as known at this moment. 利益冲突名单
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Conflicts(BTreeMap<UserId, Conflict>);

impl Conflicts {
    /// Of these people; the first reason in the order of [`Conflict`] is kept.
    pub fn of(all: impl IntoIterator<Item = (UserId, Conflict)>) -> Conflicts {
        let mut found = BTreeMap::new();
        for (user, conflict) in all {
            let kept = found.entry(user).or_insert(conflict);
            *kept = conflict.min(*kept);
        }
        Conflicts(found)
    }

    /// This person's.
    pub fn of_user(&self, user: UserId) -> Option<Conflict> {
        self.0.get(&user).copied()
    }

    /// Of who acts or of the person for whom he does: a delegate inherits conflicts, and keeps his own.
    pub fn of_by(&self, by: By) -> Option<Conflict> {
        by.people().find_map(|user| self.of_user(user))
    }
}

/// Who holds which seat of the committee, and who has the chair. 委员名册
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roll {
    members: BTreeMap<UserId, String>,
    chair: Option<UserId>,
}

impl Roll {
    /// Makes a roll.
    ///
    /// # Errors
    /// A seat that two people hold, a person with two seats, a chair without one.
    pub fn new(seats: impl IntoIterator<Item = (String, UserId)>, chair: Option<UserId>) -> Result<Roll, Refusal> {
        let mut members = BTreeMap::new();
        let mut holders: BTreeMap<String, UserId> = BTreeMap::new();
        for (seat, user) in seats {
            if holders.insert(seat.clone(), user).is_some() {
                return Err(Refusal::SeatTwice { seat });
            }
            if members.insert(user, seat).is_some() {
                return Err(Refusal::MemberTwice { member: user });
            }
        }
        match chair.filter(|chair| !members.contains_key(chair)) {
            Some(chair) => Err(Refusal::ChairWithoutSeat { chair }),
            None => Ok(Roll { members, chair }),
        }
    }

    /// The members with their seats.
    pub fn members(&self) -> &BTreeMap<UserId, String> {
        &self.members
    }

    /// Who has the chair.
    pub fn chair(&self) -> Option<UserId> {
        self.chair
    }
}

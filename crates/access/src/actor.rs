//! Who asks: a person, a program with a token, a customer in the portal, or nobody known. 操作者

use std::collections::BTreeSet;

use pinji_domain::ids::{CustomerId, TeamId, UserId};
use pinji_domain::{Role, Timestamp};

use crate::{Action, Owner, Relation};

/// A set of roles. 角色集合
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Roles(u16);

impl Roles {
    /// No role: somebody who has not signed in, or to whom nothing was given.
    pub const NONE: Roles = Roles(0);

    /// These roles.
    pub fn of(roles: &[Role]) -> Roles {
        roles.iter().copied().collect()
    }

    /// These roles and one more.
    #[must_use]
    pub fn with(self, role: Role) -> Roles {
        Roles(self.0 | 1 << role as u16)
    }

    /// Whether the role is among them.
    pub fn has(self, role: Role) -> bool {
        self.0 & (1 << role as u16) != 0
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The roles, in the order of the permission table.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.has(*role))
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<T: IntoIterator<Item = Role>>(roles: T) -> Self {
        roles.into_iter().fold(Roles::NONE, Roles::with)
    }
}

/// The token through which a program asks. 令牌权限
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenUse {
    /// The actions for which it was made. They narrow what its owner may, and never widen it.
    pub scopes: BTreeSet<Action>,
    /// When it ends.
    pub expires: Timestamp,
}

/// A permission to read confidential data of one customer, as given. 查阅许可
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    /// The customer.
    pub customer: CustomerId,
    /// What for, as it was asked and approved.
    pub purpose: String,
    /// Who approved it.
    pub approver: UserId,
    /// From when it holds.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
}

/// Who asks, at one instant. 操作者
///
/// Built for one request from what the store holds at that moment, so that a role that was taken away counts at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The user; `None` for somebody who has not signed in.
    pub id: Option<UserId>,
    /// The roles in force at this instant.
    pub roles: Roles,
    /// The team.
    pub team: Option<TeamId>,
    /// The topmost team above it, where the company has several business units.
    pub unit: Option<TeamId>,
    /// The customer for which a portal user speaks.
    pub portal: Option<CustomerId>,
    /// Whether the session satisfied what the office demands of second factors. An office that demands none says `true`.
    pub second_factor: bool,
    /// Until when the session is elevated. 提权至
    pub elevated: Option<Timestamp>,
    /// The token, if a program asks.
    pub token: Option<TokenUse>,
    /// Customers with which there is a declared or derived conflict of interest.
    pub conflicts: BTreeSet<CustomerId>,
    /// Permissions to read confidential data, in force or not.
    pub permits: Vec<Permit>,
    /// The instant of the request.
    pub at: Timestamp,
}

impl Actor {
    /// Somebody who has not signed in. 匿名
    pub fn anonymous(at: Timestamp) -> Actor {
        Actor {
            id: None,
            roles: Roles::NONE,
            team: None,
            unit: None,
            portal: None,
            second_factor: false,
            elevated: None,
            token: None,
            conflicts: BTreeSet::new(),
            permits: Vec::new(),
            at,
        }
    }

    /// A user with roles, with nothing else known.
    pub fn user(id: UserId, roles: Roles, at: Timestamp) -> Actor {
        Actor {
            id: Some(id),
            roles,
            ..Actor::anonymous(at)
        }
    }

    /// Whether the session is elevated at this instant. A token never is.
    pub fn is_elevated(&self) -> bool {
        self.token.is_none() && self.elevated.is_some_and(|until| self.at < until)
    }

    /// Whether a permission to read this customer's confidential data holds at this instant.
    pub fn holds(&self, customer: CustomerId) -> bool {
        let mut held = self.permits.iter().filter(|permit| permit.customer == customer);
        held.any(|permit| permit.from <= self.at && self.at < permit.until && Some(permit.approver) != self.id)
    }

    /// How this actor stands to a thing. A conflict of interest comes before all else.
    ///
    /// A thing without a team is nobody's yet and counts as another team's in the own unit.
    pub fn relation(&self, owner: &Owner) -> Relation {
        if owner
            .customer
            .is_some_and(|customer| self.conflicts.contains(&customer))
        {
            return Relation::Conflict;
        }
        if self.roles.has(Role::Customer) || self.portal.is_some() {
            let own_customer = owner.customer.is_some() && owner.customer == self.portal;
            let own_thing = owner.customer.is_none() && owner.user.is_some() && owner.user == self.id;
            return if own_customer || own_thing {
                Relation::Own
            } else {
                Relation::OtherGroup
            };
        }
        if owner.user.is_some() && owner.user == self.id {
            Relation::Own
        } else if owner.team.is_some() && owner.team == self.team {
            Relation::Team
        } else if owner.unit.is_none() || owner.unit == self.unit {
            Relation::OtherTeam
        } else {
            Relation::OtherGroup
        }
    }
}

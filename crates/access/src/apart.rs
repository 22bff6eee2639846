//! Roles that one person never holds together. 角色互斥
//!
//! Where the rules can keep duties apart thing by thing, a person may hold both roles: a collector may be an auditor, since nobody
//! audits what he sent in (`maker-is-not-checker`), and an account manager may sit in the committee, since nobody judges his own
//! account. Where they cannot, because the one role stands over the whole of the other's work, the roles themselves are apart.

use pinji_domain::{Message, Role};

use crate::Roles;

/// Why two roles are apart. 互斥原因
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Apart {
    /// Two of the three administrators: system, security, audit. 三员分立
    TwoAdministrators,
    /// An administrator has no part in the business. 管理员不任业务
    AdministratorInBusiness,
    /// Who supervises the rating takes no part in it. 监督者不参与评级
    SupervisesItself,
    /// A customer is no member of the office. 客户不任内部角色
    CustomerInOffice,
}

impl Apart {
    /// The code of its sentence.
    pub fn code(self) -> &'static str {
        match self {
            Apart::TwoAdministrators => "access-apart-two-administrators",
            Apart::AdministratorInBusiness => "access-apart-administrator-in-business",
            Apart::SupervisesItself => "access-apart-supervises-itself",
            Apart::CustomerInOffice => "access-apart-customer-in-office",
        }
    }
}

/// A role that cannot be given, because of one that is held. 角色冲突
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleClash {
    /// The role that is wanted.
    pub wanted: Role,
    /// The role that is held.
    pub held: Role,
    /// Why they are apart.
    pub why: Apart,
}

impl RoleClash {
    /// The sentence for whoever proposes the role.
    pub fn message(self) -> Message {
        Message::new(self.why.code())
            .with("wanted", role_name(self.wanted))
            .with("held", role_name(self.held))
    }
}

/// Why these two roles are apart, if they are. The order does not matter.
pub fn apart(one: Role, other: Role) -> Option<Apart> {
    let either = |test: fn(Role) -> bool| test(one) || test(other);
    if one == other {
        None
    } else if either(|role| role == Role::Customer) {
        Some(Apart::CustomerInOffice)
    } else if is_administrator(one) && is_administrator(other) {
        Some(Apart::TwoAdministrators)
    } else if either(is_administrator) {
        Some(Apart::AdministratorInBusiness)
    } else if either(|role| role == Role::Supervisor) && either(rates) {
        Some(Apart::SupervisesItself)
    } else {
        None
    }
}

/// Whether `wanted` may be given to somebody who holds `held`: asked when a role is proposed, and again when it is approved.
pub fn may_hold(held: Roles, wanted: Role) -> Result<(), RoleClash> {
    let mut clashes = held.iter().filter_map(|held| {
        let why = apart(held, wanted)?;
        Some(RoleClash { wanted, held, why })
    });
    clashes.next().map_or(Ok(()), Err)
}

/// The role's name for people.
pub fn role_name(role: Role) -> Message {
    Message::new(match role {
        Role::Collector => "access-role-collector",
        Role::Updater => "access-role-updater",
        Role::Auditor => "access-role-auditor",
        Role::Expert => "access-role-expert",
        Role::CommitteeMember => "access-role-committee-member",
        Role::CommitteeChair => "access-role-committee-chair",
        Role::RatingAdministrator => "access-role-rating-administrator",
        Role::AccountManager => "access-role-account-manager",
        Role::RiskOfficer => "access-role-risk-officer",
        Role::Supervisor => "access-role-supervisor",
        Role::SystemAdministrator => "access-role-system-administrator",
        Role::SecurityAdministrator => "access-role-security-administrator",
        Role::AuditAdministrator => "access-role-audit-administrator",
        Role::Customer => "access-role-customer",
    })
}

fn is_administrator(role: Role) -> bool {
    matches!(
        role,
        Role::SystemAdministrator | Role::SecurityAdministrator | Role::AuditAdministrator
    )
}

fn rates(role: Role) -> bool {
    matches!(
        role,
        Role::Expert | Role::CommitteeMember | Role::CommitteeChair | Role::RatingAdministrator
    )
}

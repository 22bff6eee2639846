//! Who works in the office, and how secret a thing is. 角色与密级

/// What somebody does in the office; a person may have several, never two that are kept apart. 角色
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Brings records in: marketing, service. 信息收集
    Collector,
    /// Keeps records up to date. 信息更新
    Updater,
    /// Audits what others collected. 独立审核
    Auditor,
    /// Judges by the policy's levels. 专家
    Expert,
    /// Votes in the committee. 评审委员
    CommitteeMember,
    /// Leads the committee or keeps its minutes. 评审主任与秘书
    CommitteeChair,
    /// Runs ratings and screens them; appointed, trained and certified. 评级管理员
    RatingAdministrator,
    /// Looks after customers. 客户经理
    AccountManager,
    /// Watches risk. 风控
    RiskOfficer,
    /// Supervises the office itself. 监督
    Supervisor,
    /// Keeps the system running; reads no ratings. 系统管理员
    SystemAdministrator,
    /// Gives roles and rights; has no business rights. 安全管理员
    SecurityAdministrator,
    /// Reads the ledger; writes nothing. 审计管理员
    AuditAdministrator,
    /// The customer itself, in the portal. 客户
    Customer,
}

impl Role {
    /// All roles, in the order of the table of permissions.
    pub const ALL: [Role; 14] = [
        Role::Collector,
        Role::Updater,
        Role::Auditor,
        Role::Expert,
        Role::CommitteeMember,
        Role::CommitteeChair,
        Role::RatingAdministrator,
        Role::AccountManager,
        Role::RiskOfficer,
        Role::Supervisor,
        Role::SystemAdministrator,
        Role::SecurityAdministrator,
        Role::AuditAdministrator,
        Role::Customer,
    ];

    /// Its code in interfaces, tables and policies.
    pub fn code(self) -> &'static str {
        match self {
            Role::Collector => "collector",
            Role::Updater => "updater",
            Role::Auditor => "auditor",
            Role::Expert => "expert",
            Role::CommitteeMember => "committee_member",
            Role::CommitteeChair => "committee_chair",
            Role::RatingAdministrator => "rating_administrator",
            Role::AccountManager => "account_manager",
            Role::RiskOfficer => "risk_officer",
            Role::Supervisor => "supervisor",
            Role::SystemAdministrator => "system_administrator",
            Role::SecurityAdministrator => "security_administrator",
            Role::AuditAdministrator => "audit_administrator",
            Role::Customer => "customer",
        }
    }

    /// The role with this code.
    pub fn parse(code: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.code() == code)
    }
}

/// How secret a customer's matters are. 密级
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Secrecy {
    /// For those whose work it is. 内部
    Internal,
    /// Only with a permission that names purpose, approver and expiry. 机密
    Confidential,
}

impl Secrecy {
    /// All classes, the most open first.
    pub const ALL: [Secrecy; 2] = [Secrecy::Internal, Secrecy::Confidential];

    /// Its code in interfaces, tables and policies.
    pub fn code(self) -> &'static str {
        match self {
            Secrecy::Internal => "internal",
            Secrecy::Confidential => "confidential",
        }
    }

    /// The class with this code.
    pub fn parse(code: &str) -> Option<Secrecy> {
        Secrecy::ALL.into_iter().find(|class| class.code() == code)
    }
}

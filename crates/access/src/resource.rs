//! What is asked about: its kind, how the asker stands to it, how secret it is, how far it has come. 对象

use pinji_domain::ids::{CustomerId, TeamId, UserId};
use pinji_domain::{Message, Secrecy};

use crate::Actor;

macro_rules! closed {
    ($(#[$doc:meta])* $type:ident: $($(#[$each:meta])* $name:ident $code:literal $say:literal)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $type {
            $($(#[$each])* $name,)*
        }

        impl $type {
            /// All of them, in the order of the permission table.
            pub const ALL: [$type; [$($code),*].len()] = [$($type::$name),*];

            /// Its code in policies and interfaces.
            pub fn code(self) -> &'static str {
                match self {
                    $($type::$name => $code,)*
                }
            }

            /// Its name for people.
            pub fn name(self) -> Message {
                match self {
                    $($type::$name => Message::new($say),)*
                }
            }
        }
    };
}

pub(crate) use closed;

closed! {
    /// The kind of a thing, by its name in the policies. 对象种类
    What:
    /// A customer. 客户
    Customer "Customer" "access-what-customer"
    /// Records of a customer. 记录
    Record "Record" "access-what-record"
    /// A submission. 报送
    Submission "Submission" "access-what-submission"
    /// An edge of ownership or control. 关联关系
    Edge "Edge" "access-what-edge"
    /// A corporate group. 集团客户
    Group "Group" "access-what-group"
    /// A run. 评级批次
    Run "Run" "access-what-run"
    /// A grade. 等级
    Grade "Grade" "access-what-grade"
    /// A case. 评级案
    Case "Case" "access-what-case"
    /// A seat of the committee. 委员席位
    Seat "Seat" "access-what-seat"
    /// A permission to read confidential data. 查阅许可
    Access "Access" "access-what-access"
    /// An erasure of what is about persons. 个人信息抹除
    Erasure "Erasure" "access-what-erasure"
    /// A user. 用户
    User "Account" "access-what-user"
    /// A role given to a user. 授权
    Grant "Grant" "access-what-grant"
    /// A team. 团队
    Team "Team" "access-what-team"
    /// An API token. 接口令牌
    Token "Token" "access-what-token"
    /// The declared record kinds. 记录种类
    Kind "Kind" "access-what-kind"
    /// The regulations. 分级标准
    Policy "Policy" "access-what-policy"
    /// Records that lie elsewhere. 数据链接
    Link "Link" "access-what-link"
    /// The ledger. 台账
    Ledger "Ledger" "access-what-ledger"
    /// A long job. 作业
    Job "Job" "access-what-job"
    /// A notice. 通知
    Notification "Notification" "access-what-notification"
    /// Much data at once. 批量导出
    Export "Export" "access-what-export"
    /// The installation. 系统
    System "System" "access-what-system"
}

impl What {
    /// Whether it is one for all: without owner, secrecy or state. 全局对象
    pub fn is_common(self) -> bool {
        matches!(self, What::Kind | What::Policy | What::Ledger | What::System)
    }
}

closed! {
    /// How the asker stands to a thing. 关系
    ///
    /// Of a customer and all that belongs to it: by its account manager and team. Of a user, grant, token, job or notice: own is
    /// one's own; of a grant and of a permission, own is what oneself would receive.
    Relation:
    /// One's own customer; in the portal, the customer itself. 本人
    Own "own" "access-relation-own"
    /// The own team's. 本团队
    Team "team" "access-relation-team"
    /// Another team's, in the own business unit. 其他团队
    OtherTeam "other_team" "access-relation-other-team"
    /// Another business unit's or company's. 其他单位
    OtherGroup "other_group" "access-relation-other-group"
    /// A declared or derived conflict of interest: shareholder, relative, same owner. 利益冲突
    Conflict "conflict" "access-relation-conflict"
}

closed! {
    /// How far a thing has come. 状态
    ///
    /// Draft: being made (a new thing is a draft). In review: handed over and not yet decided, for a run: under way.
    /// Committed: decided, kept, in force; nothing but a new decision changes it.
    State:
    /// Being made. 草稿
    Draft "draft" "access-state-draft"
    /// Handed over, not yet decided. 审核中
    InReview "in_review" "access-state-in-review"
    /// Decided and in force. 已生效
    Committed "committed" "access-state-committed"
}

/// The name of a class of secrecy for people. 密级
pub fn secrecy_name(secrecy: Secrecy) -> Message {
    Message::new(match secrecy {
        Secrecy::Internal => "access-secrecy-internal",
        Secrecy::Confidential => "access-secrecy-confidential",
    })
}

/// Whose a thing is, as the store knows it. 归属
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Owner {
    /// The customer that it is about.
    pub customer: Option<CustomerId>,
    /// The customer's account manager; of a personal thing, the user whose it is.
    pub user: Option<UserId>,
    /// The team that looks after it.
    pub team: Option<TeamId>,
    /// The topmost team above that team, where the company has several business units.
    pub unit: Option<TeamId>,
}

/// What is asked about, reduced to what the rules look at. 对象
///
/// The caller derives it from what the store holds; nothing of it comes from the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resource {
    /// Its kind.
    pub what: What,
    /// How the asker stands to it.
    pub relation: Relation,
    /// How secret it is.
    pub secrecy: Secrecy,
    /// How far it has come.
    pub state: State,
    /// Whether the asker made it: sent it in, proposed it, asked for it.
    pub made_by_actor: bool,
    /// Whether the asker holds a valid permission to read what is confidential of it.
    pub granted: bool,
}

impl Resource {
    /// A thing of the asker's own that is in force: the beginning from which others differ.
    pub fn new(what: What) -> Resource {
        Resource {
            what,
            relation: Relation::Own,
            secrecy: Secrecy::Internal,
            state: State::Committed,
            made_by_actor: false,
            granted: false,
        }
    }

    /// A thing with this owner, as it stands to this asker: relation and permission are filled in.
    pub fn of(what: What, owner: &Owner, secrecy: Secrecy, state: State, actor: &Actor) -> Resource {
        Resource {
            what,
            relation: actor.relation(owner),
            secrecy,
            state,
            made_by_actor: false,
            granted: owner.customer.is_some_and(|customer| actor.holds(customer)),
        }
    }

    /// The same thing, in another relation.
    #[must_use]
    pub fn related(self, relation: Relation) -> Resource {
        Resource { relation, ..self }
    }

    /// The same thing, of another class.
    #[must_use]
    pub fn secret(self, secrecy: Secrecy) -> Resource {
        Resource { secrecy, ..self }
    }

    /// The same thing, in another state.
    #[must_use]
    pub fn at(self, state: State) -> Resource {
        Resource { state, ..self }
    }

    /// The same thing, made by the asker if `maker` is the asker.
    #[must_use]
    pub fn made_by(self, maker: Option<UserId>, actor: &Actor) -> Resource {
        Resource {
            made_by_actor: maker.is_some() && maker == actor.id,
            ..self
        }
    }
}

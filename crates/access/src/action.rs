//! What somebody can ask to do: the closed list of permission codes. 操作

use pinji_domain::Message;

use crate::What;

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident $code:literal $what:ident $say:literal)*) => {
        /// Something that can be asked for, the same over pages, API, files and counts. 操作
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $($(#[$doc])* $name,)*
        }

        impl Action {
            /// All actions, in the order of the permission table.
            pub const ALL: [Action; [$($code),*].len()] = [$(Action::$name),*];

            /// Its code in policies, tokens, ledger and interface.
            pub fn code(self) -> &'static str {
                match self {
                    $(Action::$name => $code,)*
                }
            }

            /// The kind of thing that it is done to.
            pub fn on(self) -> What {
                match self {
                    $(Action::$name => What::$what,)*
                }
            }

            /// Its name for people.
            pub fn name(self) -> Message {
                match self {
                    $(Action::$name => Message::new($say),)*
                }
            }
        }
    };
}

actions! {
    /// See that a customer is there. 列出客户
    CustomerList "customer.list" Customer "access-action-customer-list"
    /// Open a customer. 查看客户
    CustomerRead "customer.read" Customer "access-action-customer-read"
    /// Change what the office keeps about a customer besides its records. 维护客户
    CustomerWrite "customer.write" Customer "access-action-customer-write"
    /// Give a customer to an account manager. 分配客户
    CustomerAssign "customer.assign" Customer "access-action-customer-assign"
    /// Read a customer's records. 查看记录
    RecordRead "record.read" Record "access-action-record-read"
    /// Send records in. 报送
    SubmissionCreate "submission.create" Submission "access-action-submission-create"
    /// Open a submission. 查看报送
    SubmissionRead "submission.read" Submission "access-action-submission-read"
    /// Hand one's own draft over for the audit. 确认报送
    SubmissionConfirm "submission.confirm" Submission "access-action-submission-confirm"
    /// Take one's own submission back before the audit. 撤回报送
    SubmissionWithdraw "submission.withdraw" Submission "access-action-submission-withdraw"
    /// Accept, refuse or return what another collected. 审核报送
    SubmissionAudit "submission.audit" Submission "access-action-submission-audit"
    /// Undo an accepted submission that no run has used. 撤销已审核报送
    SubmissionUndo "submission.undo" Submission "access-action-submission-undo"
    /// Read edges of ownership and control. 查看关联关系
    RelationRead "relation.read" Edge "access-action-relation-read"
    /// Enter edges of ownership and control. 维护关联关系
    RelationWrite "relation.write" Edge "access-action-relation-write"
    /// Open a corporate group. 查看集团
    GroupRead "group.read" Group "access-action-group-read"
    /// Decide who belongs to a group. 认定集团成员
    GroupDecide "group.decide" Group "access-action-group-decide"
    /// Start a run. 发起评级批次
    RunCreate "run.create" Run "access-action-run-create"
    /// Open a run. 查看评级批次
    RunRead "run.read" Run "access-action-run-read"
    /// Stop a run. 取消评级批次
    RunCancel "run.cancel" Run "access-action-run-cancel"
    /// Read a grade with its scores and reasons. 查看等级
    GradeRead "grade.read" Grade "access-action-grade-read"
    /// Grade one customer again. 单户重评
    GradeRegrade "grade.regrade" Grade "access-action-grade-regrade"
    /// Open a case, as far as one has a part in it. 查看评级案
    CaseRead "case.read" Case "access-action-case-read"
    /// Open cases: by hand, or those of a run. 立案
    CaseOpen "case.open" Case "access-action-case-open"
    /// Screen a case: accept, ask for data, call experts, send on. 初步筛选
    CaseScreen "case.screen" Case "access-action-case-screen"
    /// Give one's opinion as an expert. 出具意见
    CaseOpine "case.opine" Case "access-action-case-opine"
    /// Propose a grade, second it, put it aside. 提议等级
    CasePropose "case.propose" Case "access-action-case-propose"
    /// Open and close ballots. 组织表决
    CaseBallot "case.ballot" Case "access-action-case-ballot"
    /// Vote, and have one's dissent remembered. 投票
    CaseVote "case.vote" Case "access-action-case-vote"
    /// See who sits in the committee. 查看委员席位
    SeatRead "seat.read" Seat "access-action-seat-read"
    /// Appoint somebody else to the committee. 任命委员
    SeatAppoint "seat.appoint" Seat "access-action-seat-appoint"
    /// Ask for a permission to read confidential data. 申请查阅许可
    AccessRequest "access.request" Access "access-action-access-request"
    /// Give or refuse that permission to another. 审批查阅许可
    AccessApprove "access.approve" Access "access-action-access-approve"
    /// Take out all that is kept about a customer's people. 导出个人信息
    PersonalExport "personal.export" Customer "access-action-personal-export"
    /// Ask that what is about persons is erased. 申请抹除个人信息
    ErasurePropose "erasure.propose" Erasure "access-action-erasure-propose"
    /// Have erased what another asked for. 批准抹除个人信息
    ErasureApprove "erasure.approve" Erasure "access-action-erasure-approve"
    /// See users and their roles. 查看用户
    UserRead "user.read" User "access-action-user-read"
    /// Make, change, lock users. 管理用户
    UserWrite "user.write" User "access-action-user-write"
    /// Ask that what is about a former user is erased. 申请抹除用户信息
    UserErase "user.erase" User "access-action-user-erase"
    /// Have erased what another asked for about a former user. 批准抹除用户信息
    UserEraseApprove "user.erase-approve" User "access-action-user-erase-approve"
    /// Propose a role for somebody. 提议授权
    GrantPropose "grant.propose" Grant "access-action-grant-propose"
    /// Approve a role that another proposed. 批准授权
    GrantApprove "grant.approve" Grant "access-action-grant-approve"
    /// Make and change teams. 管理团队
    TeamWrite "team.write" Team "access-action-team-write"
    /// See API tokens (never their secret). 查看接口令牌
    TokenRead "token.read" Token "access-action-token-read"
    /// Make or revoke API tokens. 管理接口令牌
    TokenWrite "token.write" Token "access-action-token-write"
    /// Read the declared record kinds and their templates. 查看记录种类
    KindRead "kind.read" Kind "access-action-kind-read"
    /// Load the company's own record kinds. 载入记录种类
    KindWrite "kind.write" Kind "access-action-kind-write"
    /// Read the regulations. 查看分级标准
    PolicyRead "policy.read" Policy "access-action-policy-read"
    /// Load the company's own regulations. 载入分级标准
    PolicyWrite "policy.write" Policy "access-action-policy-write"
    /// See where linked records lie. 查看数据链接
    LinkRead "link.read" Link "access-action-link-read"
    /// Propose that records of a kind be read where they lie. 提议数据链接
    LinkPropose "link.propose" Link "access-action-link-propose"
    /// Approve a link that another proposed. 批准数据链接
    LinkApprove "link.approve" Link "access-action-link-approve"
    /// End a link, or take a proposal back. 终止数据链接
    LinkEnd "link.end" Link "access-action-link-end"
    /// Read the ledger and its proofs. 查看台账
    LedgerRead "ledger.read" Ledger "access-action-ledger-read"
    /// Follow a long job. 查看作业
    JobRead "job.read" Job "access-action-job-read"
    /// Read notices. 查看通知
    NotificationRead "notification.read" Notification "access-action-notification-read"
    /// Take much data out at once. 批量导出
    ExportBulk "export.bulk" Export "access-action-export-bulk"
    /// Read the state of the installation. 查看系统状态
    SystemRead "system.read" System "access-action-system-read"
}

impl Action {
    /// The action with this code.
    pub fn parse(code: &str) -> Option<Action> {
        Action::ALL.into_iter().find(|action| action.code() == code)
    }

    /// Whether it is done only in a session that was elevated within the last ten minutes. The rule `step-up` says the same, and a
    /// test holds them together. 需提权
    pub fn needs_step_up(self) -> bool {
        matches!(
            self,
            Action::ExportBulk
                | Action::KindWrite
                | Action::PolicyWrite
                | Action::LinkPropose
                | Action::LinkApprove
                | Action::LinkEnd
                | Action::PersonalExport
                | Action::ErasurePropose
                | Action::ErasureApprove
                | Action::UserWrite
                | Action::UserErase
                | Action::UserEraseApprove
                | Action::GrantPropose
                | Action::GrantApprove
                | Action::TokenWrite
        )
    }

    pub(crate) fn index(self) -> usize {
        self as usize
    }
}

//! A submission and what people do with it: draft, submitted, audited, withdrawn, returned, undone. 报送
//!
//! ```text
//! draft ──confirm──▶ submitted ──audit──▶ audited ──undo──▶ undone
//!   │                 │   │  ╰─every row returned──▶ returned
//!   │                 │   ╰─accept by rule──▶ submitted, only drawn and suspicious rows still wait ──audit──▶ audited
//!   ╰────withdraw─────┴──────▶ withdrawn
//! ```
//!
//! Whoever collected or confirmed a submission, or acts for somebody who did, never audits it.
//!
//! # What judging a field means
//! The most specific word counts: that on the field, else that on its row, else that on the rest.
//! - Of a **known record**, a field that is not accepted keeps its old value; the others move.
//! - Of a **new record**, a field that is not accepted is missing. A field without which there is no record (required, part
//!   of the key, the customer, the date) cannot be refused alone: then the row as a whole is refused or returned.
//! - Only fields that differ can be judged. Where none of a row's fields is accepted, the row is not: it counts as returned
//!   if any of them was returned, as refused otherwise.

mod audit;
mod decide;
mod effect;
mod refusal;

use std::collections::{BTreeMap, BTreeSet};

use pinji_domain::ids::{RunId, SubmissionId, UserId};
use pinji_domain::{Channel, Kind, Timestamp};

use crate::compare::Compared;
use crate::notice::Notice;
use crate::sample::ContentHash;

pub use decide::decide;
pub use effect::{Change, changes, reversed};
pub use refusal::Refusal;

/// Somebody who acts, and for whom. 经办人
///
/// A delegate inherits the conflicts of the person for whom he acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct By {
    /// Who is signed in.
    pub user: UserId,
    /// For whom.
    pub on_behalf_of: Option<UserId>,
}

impl By {
    /// Somebody who acts for himself.
    pub fn user(user: UserId) -> By {
        By {
            user,
            on_behalf_of: None,
        }
    }

    /// Whether the two have a person in common.
    pub fn meets(self, other: By) -> bool {
        self.people().any(|one| other.people().any(|two| one == two))
    }

    /// Who acts, and for whom he does.
    pub fn people(self) -> impl Iterator<Item = UserId> {
        std::iter::once(self.user).chain(self.on_behalf_of)
    }
}

/// Who did something, and when. 签署
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signed {
    /// Who.
    pub by: By,
    /// When.
    pub at: Timestamp,
}

/// Where a submission stands. 报送状态
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Parsed and shown; nothing is kept of it but itself. 草稿
    Draft,
    /// Its collector stands by it; nobody has audited it. 已报送
    Submitted {
        /// Who confirmed it.
        confirmed: Signed,
        /// Where a trusted feed was accepted by rule: what still waits for the auditor.
        ruled: Option<Ruled>,
    },
    /// Its rows are accepted, refused or returned; what was accepted is in the register. 已审核
    Audited {
        /// Who confirmed it.
        confirmed: Signed,
        /// Who audited it.
        audited: Signed,
    },
    /// Its collector took it back. 已撤回
    Withdrawn(Signed),
    /// All rows were sent back; a new submission answers. 已退回
    Returned {
        /// Who confirmed it.
        confirmed: Signed,
        /// Who returned it.
        returned: Signed,
    },
    /// It was audited, and what it had changed was put back. 已撤销
    Undone {
        /// Who had audited it.
        audited: Signed,
        /// Who undid it.
        undone: Signed,
    },
}

impl State {
    /// All names of states, in the order of a submission's life.
    pub const NAMES: [&'static str; 6] = ["draft", "submitted", "audited", "withdrawn", "returned", "undone"];

    /// Its name in interfaces and tables.
    pub fn name(&self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Submitted { .. } => "submitted",
            State::Audited { .. } => "audited",
            State::Withdrawn(_) => "withdrawn",
            State::Returned { .. } => "returned",
            State::Undone { .. } => "undone",
        }
    }

    /// Whether nothing more can happen to it.
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            State::Withdrawn(_) | State::Returned { .. } | State::Undone { .. }
        )
    }

    /// The state after an event that was decided for it. An event of another state changes nothing. 演进
    #[must_use]
    pub fn after(self, event: &Event) -> State {
        match (self, event) {
            (State::Draft, Event::Confirmed { signed, .. }) => State::Submitted {
                confirmed: *signed,
                ruled: None,
            },
            (State::Draft | State::Submitted { .. }, Event::Withdrawn { signed, .. }) => State::Withdrawn(*signed),
            (State::Submitted { confirmed, .. }, Event::AcceptedByRule { at, waiting, .. }) => State::Submitted {
                confirmed,
                ruled: Some(Ruled {
                    at: *at,
                    waiting: waiting.clone(),
                }),
            },
            (State::Submitted { confirmed, .. }, Event::Audited { signed, .. }) => State::Audited {
                confirmed,
                audited: *signed,
            },
            (State::Submitted { confirmed, .. }, Event::Returned { signed, .. }) => State::Returned {
                confirmed,
                returned: *signed,
            },
            (State::Audited { audited, .. }, Event::Undone { signed, .. }) => State::Undone {
                audited,
                undone: *signed,
            },
            (state, _) => state,
        }
    }
}

/// A trusted feed that was accepted by rule. 按规则接收
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruled {
    /// When.
    pub at: Timestamp,
    /// The rows that still wait for the auditor: drawn, or suspicious, or of a kind that is not trusted.
    pub waiting: BTreeSet<u32>,
}

/// The rows of one kind within a submission. 分表
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// The kind.
    pub kind: &'a Kind,
    /// As compared with what is known now; row numbers run on over all parts.
    pub rows: &'a [Compared],
}

/// A submission as far as its rules ask. 报送
#[derive(Debug, Clone)]
pub struct Submission<'a> {
    /// The way on which it came.
    pub channel: Channel,
    /// Who collected it.
    pub collector: By,
    /// What it says, as one number: the seed of the draw.
    pub content: ContentHash,
    /// Its rows, by kind.
    pub parts: &'a [Part<'a>],
    /// Rows about which something is suspicious; see [`crate::suspect::rows_of`].
    pub suspicious: &'a BTreeSet<u32>,
    /// Where it stands.
    pub state: State,
    /// A run that has used what it brought.
    pub used_by: Option<RunId>,
    /// A later submission that changed one of its records.
    pub overtaken_by: Option<SubmissionId>,
}

/// What somebody wants to do with a submission. 操作
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// To stand by it. 确认
    Confirm {
        /// How many bad rows are knowingly left out.
        leaving_out: u32,
    },
    /// To take it back. 撤回
    Withdraw {
        /// Why; a draft needs no reason.
        reason: String,
    },
    /// To accept a trusted feed, but for a drawn sample and what is suspicious. 按规则接收
    AcceptByRule,
    /// To judge it. 审核
    Audit(Audit),
    /// To put back what it changed. 撤销
    Undo {
        /// Why.
        reason: String,
    },
}

impl Command {
    /// Its name in interfaces and sentences.
    pub fn name(&self) -> &'static str {
        match self {
            Command::Confirm { .. } => "confirm",
            Command::Withdraw { .. } => "withdraw",
            Command::AcceptByRule => "accept-by-rule",
            Command::Audit(_) => "audit",
            Command::Undo { .. } => "undo",
        }
    }
}

/// How an auditor judges a submission: as a whole, by rows, by fields. 审核意见
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Audit {
    /// What holds for every row of which nothing else is said.
    pub rest: Option<Judgement>,
    /// What holds for single rows.
    pub rows: BTreeMap<u32, Judgement>,
    /// What holds for single fields of single rows.
    pub fields: BTreeMap<(u32, String), Judgement>,
}

impl Audit {
    /// One word on the whole.
    pub fn whole(judgement: Judgement) -> Audit {
        Audit {
            rest: Some(judgement),
            ..Audit::default()
        }
    }
}

/// An auditor's word. 审核结论
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// It enters the register.
    Accept,
    /// It does not.
    Refuse {
        /// Why.
        reason: String,
    },
    /// It does not, and the collector is asked to send it again.
    Return {
        /// What is to be mended.
        reason: String,
    },
}

impl Judgement {
    /// Whether it lets something in.
    pub fn accepts(&self) -> bool {
        matches!(self, Judgement::Accept)
    }
}

/// What happened to a row. 逐行结果
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The row.
    pub row: u32,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a row. 行结果
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the register, but for these fields: of a known record they keep their old values, of a new one they are
    /// missing.
    Accepted {
        /// The fields that were not accepted, with why.
        kept_out: Vec<(String, Judgement)>,
    },
    /// It is not.
    Refused {
        /// Why.
        reason: String,
    },
    /// It is not, and is to be sent again.
    Returned {
        /// What is to be mended.
        reason: String,
    },
    /// It was bad, and its collector left it out.
    LeftOut,
}

impl Outcome {
    /// Whether a field of the row has come into the register.
    pub fn takes(&self, field: &str) -> bool {
        match self {
            Outcome::Accepted { kept_out } => !kept_out.iter().any(|(kept, _)| kept == field),
            _ => false,
        }
    }
}

/// What came of a command. 事件
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Its collector stands by it.
    Confirmed {
        /// Who and when.
        signed: Signed,
        /// How many bad rows are left out.
        leaving_out: u32,
    },
    /// It was taken back.
    Withdrawn {
        /// Who and when.
        signed: Signed,
        /// Why.
        reason: String,
    },
    /// The rule accepted what is neither drawn nor suspicious.
    AcceptedByRule {
        /// When.
        at: Timestamp,
        /// What became of the rows that do not wait.
        lines: Vec<Line>,
        /// The rows that were drawn.
        drawn: BTreeSet<u32>,
        /// All rows that wait for the auditor.
        waiting: BTreeSet<u32>,
    },
    /// An auditor judged it.
    Audited {
        /// Who and when.
        signed: Signed,
        /// What became of the rows that waited.
        lines: Vec<Line>,
    },
    /// An auditor sent everything back.
    Returned {
        /// Who and when.
        signed: Signed,
        /// Why, row by row.
        lines: Vec<Line>,
    },
    /// What it had changed was put back.
    Undone {
        /// Who and when.
        signed: Signed,
        /// Why.
        reason: String,
    },
    /// Departments are told of key fields that moved.
    Told(Notice),
}

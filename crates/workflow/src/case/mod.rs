//! A case, one customer's way to a decided grade: screened, judged, voted on, decided. 评级案
//!
//! ```text
//!             ╭──ask──▶ awaiting data ──resume──╮
//! opened ─▶ screening ◀─────────────────────────╯
//!             │  │ ╰──accept on the fast lane──────────────────────────────────────▶ decided
//!             │  ╰──consult──▶ judging ──all opinions in──╮   (too far apart: back once) ▲
//!             ╰──send on──▶ committee ◀───────────────────╯                             │
//!                             │  ▲ ╰──propose, second, open the ballot──▶ voting ──close─┤
//!                             │  ╰── rejected, no quorum, annulled ─────────╯  ╰▶ tied ──┤
//!                             ╰──── two people: propose, second ─────────────────────────╯
//! ```
//!
//! What holds at each step, whatever roles somebody has:
//! - Who has a conflict with the customer (known, or declared for this case), or acts for somebody who has, does nothing in
//!   it, sees neither ballots nor opinions, and does not count to the quorum.
//! - Who proposed a departure from the model grade neither seconds it nor votes on it.
//! - A member has one vote, and a person takes part in one vote. A vote is not changed, by nobody.
//! - Of a secret ballot only totals are kept.
//! - What is decided is never edited: a later decision supersedes it (see [`in_force`]).
//!
//! What the policy does not declare does not exist. A conflict that becomes known while a ballot is open annuls it.

mod ballot;
mod decide;
mod decision;
mod meeting;
mod minutes;
mod opening;
mod panel;
mod people;
mod proposal;
mod refusal;
mod sight;
mod terms;
mod vote;

use std::collections::{BTreeMap, BTreeSet};

use pinji_domain::ids::{CaseId, CustomerId, UserId};
use pinji_domain::{Date, Timestamp};

use crate::submission::{By, Signed};

pub use ballot::{Ballot, Cast, Closed, Outcome, Sitting, Tally, Vote};
pub use decide::{Around, decide, open};
pub use decision::{Basis, Decision, Departure, InForce, Model, cooled_on, in_force, last_fall};
pub use meeting::{Meeting, MeetingCommand, MeetingEvent, MeetingStage, convene, decide_meeting};
pub use minutes::{Minutes, minutes};
pub use opening::{Occasion, falls, occasion, standing};
pub use panel::{Choice, Chosen, Judgement, Opinion, Panel, Reconciled, draw, needed};
pub use people::{Conflict, Conflicts, Roll};
pub use proposal::{Proposal, Proposed, Way, Why};
pub use refusal::Refusal;
pub use sight::{BallotView, OpinionView, ballots, opinions};
pub use terms::{
    BallotSecrecy, CommitteeTerms, FastLane, Judged, Majority, MajorityOf, OverrideTerms, Rank, Reconcile, Steady,
    Terms,
};

/// A case as its rules ask about it. 评级案
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// Whom it is about.
    pub customer: CustomerId,
    /// Why it was opened.
    pub occasion: Occasion,
    /// When.
    pub opened: Timestamp,
    /// By whom; `None`: by a run or a rule.
    pub opened_by: Option<By>,
    /// What the latest run says.
    pub model: Model,
    /// Where it stands.
    pub stage: Stage,
    /// The experts, once they were called.
    pub panel: Option<Panel>,
    /// What their opinions came to, by indicator.
    pub reconciled: BTreeMap<String, Reconciled>,
    /// What is proposed and not yet decided.
    pub proposal: Option<Proposal>,
    /// Who has declared that he stands aside, with the reason.
    pub recused: BTreeMap<UserId, (Signed, String)>,
    /// The ballots that were closed, in their order.
    pub ballots: Vec<Closed>,
}

/// Where a case stands. 评级案状态
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// The administrator looks at it. 初步筛选
    Screening,
    /// Data was asked for. 待补资料
    AwaitingData {
        /// Who asked, and when.
        asked: Signed,
        /// For what.
        what: String,
    },
    /// Experts judge it. 专家评议
    Judging,
    /// It is before the committee. 待评审
    Committee,
    /// The committee votes. 表决中
    Voting(Ballot),
    /// As many voted for as against; the chair decides. 待主任裁决
    Tied,
    /// It is decided. 已认定
    Decided(Decision),
    /// Who opened it by hand took it back. 已撤回
    Withdrawn {
        /// Who and when.
        signed: Signed,
        /// Why.
        reason: String,
    },
}

impl Stage {
    /// All names of stages, in the order of a case's life.
    pub const NAMES: [&'static str; 8] = [
        "screening",
        "awaiting_data",
        "judging",
        "committee",
        "voting",
        "tied",
        "decided",
        "withdrawn",
    ];

    /// Its name in interfaces and tables.
    pub fn name(&self) -> &'static str {
        match self {
            Stage::Screening => "screening",
            Stage::AwaitingData { .. } => "awaiting_data",
            Stage::Judging => "judging",
            Stage::Committee => "committee",
            Stage::Voting(_) => "voting",
            Stage::Tied => "tied",
            Stage::Decided(_) => "decided",
            Stage::Withdrawn { .. } => "withdrawn",
        }
    }

    /// Whether nothing more is decided in it.
    pub fn is_final(&self) -> bool {
        matches!(self, Stage::Decided(_) | Stage::Withdrawn { .. })
    }
}

/// What somebody wants to do in a case. 操作
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// To accept the model grade on the fast lane. 接受机评等级
    Accept,
    /// To ask for data. 要求补充资料
    Ask {
        /// What is missing.
        what: String,
    },
    /// To go on with what has come. 继续筛选
    Resume {
        /// What has come.
        note: String,
    },
    /// To call experts, or more of them. 聘请专家
    Consult(Choice),
    /// To send it to the committee. 提交评审
    SendOn {
        /// What the committee shall know.
        why: String,
    },
    /// To give one's opinion. 出具意见
    Opine(BTreeMap<String, Judgement>),
    /// To make the opinions one where nobody is missing any more. 汇总意见
    Reconcile,
    /// To propose a grade. 提议等级
    Propose(Proposed),
    /// To second what another proposed. 附议
    Second,
    /// To put a proposal aside. 搁置提议
    Decline {
        /// Why.
        reason: String,
    },
    /// To open the ballot on the proposal. 开始表决
    OpenBallot(Sitting),
    /// To vote. 投票
    Vote {
        /// What.
        vote: Vote,
        /// Why; needed for a vote against in an open ballot, and never kept of a secret one.
        reason: String,
    },
    /// To close the ballot. 结束表决
    CloseBallot,
    /// To decide as the chair, where votes are equal. 主任裁决
    CastingVote(Vote),
    /// To have it remembered that one did not agree. 保留意见
    Dissent {
        /// The ballot, from 0.
        ballot: u32,
        /// Why.
        reason: String,
    },
    /// To stand aside. 申请回避
    Recuse {
        /// Why.
        reason: String,
    },
    /// To take over what a newer run says. 更新机评等级
    Rerun(Model),
    /// To take back what one has opened by hand. 撤回
    Withdraw {
        /// Why.
        reason: String,
    },
}

impl Command {
    /// Its name in interfaces and sentences.
    pub fn name(&self) -> &'static str {
        match self {
            Command::Accept => "accept",
            Command::Ask { .. } => "ask",
            Command::Resume { .. } => "resume",
            Command::Consult(_) => "consult",
            Command::SendOn { .. } => "send-on",
            Command::Opine(_) => "opine",
            Command::Reconcile => "reconcile",
            Command::Propose(_) => "propose",
            Command::Second => "second",
            Command::Decline { .. } => "decline",
            Command::OpenBallot(_) => "open-ballot",
            Command::Vote { .. } => "vote",
            Command::CloseBallot => "close-ballot",
            Command::CastingVote(_) => "casting-vote",
            Command::Dissent { .. } => "dissent",
            Command::Recuse { .. } => "recuse",
            Command::Rerun(_) => "rerun",
            Command::Withdraw { .. } => "withdraw",
        }
    }
}

/// Where a case goes when its experts are done. 评议去向
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Onward {
    /// To the committee.
    Committee,
    /// Back to the administrator, where the policy has no committee.
    Screening,
}

/// What came of a command. 事件
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A case was opened.
    Opened {
        /// The case.
        id: CaseId,
        /// Whom it is about.
        customer: CustomerId,
        /// Why.
        occasion: Occasion,
        /// When.
        at: Timestamp,
        /// By whom; `None`: by a run or a rule.
        by: Option<By>,
        /// What the run says.
        model: Model,
    },
    /// Data was asked for.
    Asked {
        /// Who and when.
        signed: Signed,
        /// What.
        what: String,
    },
    /// It goes on with what has come.
    Resumed {
        /// Who and when.
        signed: Signed,
        /// What has come.
        note: String,
    },
    /// Experts were called.
    Called {
        /// Who called them, and when.
        signed: Signed,
        /// Whom, and how they were chosen.
        experts: BTreeMap<UserId, Chosen>,
        /// The seed of the draw; `None` where they were named.
        seed: Option<[u8; 32]>,
    },
    /// It went to the committee.
    SentOn {
        /// Who and when.
        signed: Signed,
        /// What the committee shall know.
        why: String,
    },
    /// An expert gave his opinion.
    Opined(Opinion),
    /// The opinions lie too far apart and go back, once.
    SentBack {
        /// When.
        at: Timestamp,
        /// What they came to.
        lines: BTreeMap<String, Reconciled>,
    },
    /// The opinions are one, or go on with both views.
    Reconciled {
        /// When.
        at: Timestamp,
        /// What they came to.
        lines: BTreeMap<String, Reconciled>,
        /// Where to.
        onward: Onward,
    },
    /// A grade was proposed.
    Proposed {
        /// Who and when.
        signed: Signed,
        /// What.
        terms: Proposed,
    },
    /// Somebody else seconded it.
    Seconded(Signed),
    /// It was put aside.
    Declined {
        /// Who and when.
        signed: Signed,
        /// Why.
        reason: String,
    },
    /// A ballot was opened.
    BallotOpened(Ballot),
    /// A member voted.
    Voted {
        /// Whose vote it is.
        member: UserId,
        /// Who cast it, and when; in an open ballot also what.
        cast: Cast,
    },
    /// A vote of a secret ballot was counted. It does not say whose, and where it stands must not say it either: it belongs
    /// anywhere between the opening and the closing. Whoever keeps events keeps these apart while the ballot is open, as a
    /// tally, and puts them in before the closing, sorted.
    Counted(Vote),
    /// The ballot was closed.
    BallotClosed {
        /// Who and when.
        signed: Signed,
        /// Who counted to the quorum.
        counting: BTreeSet<UserId>,
        /// What came out.
        outcome: Outcome,
    },
    /// The chair decided where votes were equal.
    CastingVote {
        /// The chair.
        signed: Signed,
        /// What he decided.
        vote: Vote,
    },
    /// Votes were equal and there is no chair who may decide.
    TieEnded {
        /// Who and when.
        signed: Signed,
        /// Rejected or annulled.
        outcome: Outcome,
    },
    /// A member wants it remembered that he did not agree.
    Dissented {
        /// The ballot.
        ballot: u32,
        /// Who and when.
        signed: Signed,
        /// Why.
        reason: String,
    },
    /// Somebody stands aside.
    Recused {
        /// Who and when.
        signed: Signed,
        /// Why.
        reason: String,
    },
    /// A newer run took the place of the older.
    Rerun {
        /// Who and when.
        signed: Signed,
        /// What it says.
        model: Model,
    },
    /// It is decided.
    Decided(Decision),
    /// An emergency override must be looked at again: a case is to be opened at once, and decided by this day.
    ReviewCalled {
        /// The last day.
        by: Date,
    },
    /// It was taken back.
    Withdrawn {
        /// Who and when.
        signed: Signed,
        /// Why.
        reason: String,
    },
}

impl Case {
    /// The case that events tell of, from its opening on. `None` where they do not begin with one. 重放
    pub fn replay<'e>(events: impl IntoIterator<Item = &'e Event>) -> Option<Case> {
        let mut events = events.into_iter();
        let Event::Opened {
            id,
            customer,
            occasion,
            at,
            by,
            model,
        } = events.next()?
        else {
            return None;
        };
        let case = Case {
            id: *id,
            customer: *customer,
            occasion: occasion.clone(),
            opened: *at,
            opened_by: *by,
            model: *model,
            stage: Stage::Screening,
            panel: None,
            reconciled: BTreeMap::new(),
            proposal: None,
            recused: BTreeMap::new(),
            ballots: Vec::new(),
        };
        Some(events.fold(case, Case::after))
    }

    /// The case after an event that was decided for it. An event of another stage changes nothing. 演进
    #[must_use]
    pub fn after(mut self, event: &Event) -> Case {
        match event {
            Event::Opened { .. } | Event::ReviewCalled { .. } => {}
            Event::Asked { signed, what } => {
                self.stage = Stage::AwaitingData {
                    asked: *signed,
                    what: what.clone(),
                }
            }
            Event::Resumed { .. } => self.stage = Stage::Screening,
            Event::Called { experts, .. } => {
                let panel = self.panel.get_or_insert_with(Panel::default);
                panel.experts.extend(experts.iter().map(|(user, how)| (*user, *how)));
                self.stage = Stage::Judging;
            }
            Event::SentOn { .. } => self.stage = Stage::Committee,
            Event::Opined(opinion) => {
                if let Some(panel) = &mut self.panel {
                    panel.opinions.insert(opinion.signed.by.user, opinion.clone());
                }
            }
            Event::SentBack { .. } => {
                if let Some(panel) = &mut self.panel {
                    panel.before = Some(std::mem::take(&mut panel.opinions));
                }
            }
            Event::Reconciled { lines, onward, .. } => {
                self.reconciled = lines.clone();
                self.stage = match onward {
                    Onward::Committee => Stage::Committee,
                    Onward::Screening => Stage::Screening,
                };
            }
            Event::Proposed { signed, terms } => {
                self.proposal = Some(Proposal {
                    signed: *signed,
                    terms: terms.clone(),
                    seconded: None,
                })
            }
            Event::Seconded(signed) => {
                if let Some(proposal) = &mut self.proposal {
                    proposal.seconded = Some(*signed);
                }
            }
            Event::Declined { .. } => self.proposal = None,
            Event::Recused { signed, reason } => {
                self.recused.insert(signed.by.user, (*signed, reason.clone()));
            }
            Event::Rerun { model, .. } => self.model = *model,
            Event::Decided(decision) => {
                self.stage = Stage::Decided(decision.clone());
                self.proposal = None;
            }
            Event::Withdrawn { signed, reason } => {
                self.stage = Stage::Withdrawn {
                    signed: *signed,
                    reason: reason.clone(),
                }
            }
            Event::BallotOpened(_)
            | Event::Voted { .. }
            | Event::Counted(_)
            | Event::BallotClosed { .. }
            | Event::CastingVote { .. }
            | Event::TieEnded { .. }
            | Event::Dissented { .. } => vote::apply(&mut self, event),
        }
        self
    }
}

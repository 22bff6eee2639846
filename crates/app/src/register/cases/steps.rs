//! What somebody asks to be done in a case, as the command of the rules that it is. 操作

use std::collections::BTreeMap;

use pinji_domain::ids::{RunId, UserId};
use pinji_domain::{Date, Message};
use pinji_policy::Document;
use pinji_workflow::case::{Choice, Command, Judgement, Proposed, Refusal, Sitting, Vote, Way, Why};

use crate::register::users::line;
use crate::register::{Action, Fault, Office, Wrong};
use crate::review::rank;

/// The longest text that somebody gives as a reason.
const LONGEST: usize = 2000;
/// More experts are not drawn or named at once.
const MOST_EXPERTS: usize = 100;

/// What is proposed. 提议
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The grade's id; `None`: that the customer stays ungraded.
    pub grade: Option<String>,
    /// `committee`, `two_people` or `emergency`.
    pub way: String,
    /// Why it departs from the model grade, by the policy's codes.
    pub code: Option<String>,
    /// The same in words.
    pub reason: Option<String>,
    /// The last day on which it shall hold.
    pub until: Option<Date>,
    /// From which day on.
    pub effective: Option<Date>,
}

/// A step in a case. 操作
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// To accept the model grade on the fast lane. 接受机评等级
    Accept,
    /// To ask for data. 要求补充资料
    Ask(String),
    /// To go on with what has come. 继续筛选
    Resume(String),
    /// To send it to the committee. 提交评审
    SendOn(String),
    /// To take over what a newer run says. 更新机评等级
    Rerun(RunId),
    /// To draw so many experts. 抽取专家
    Draw(u32),
    /// To name experts. 指定专家
    Name(Vec<UserId>),
    /// To give one's opinion: indicator, level, reason. 出具意见
    Opine(Vec<(String, String, String)>),
    /// To make the opinions one where nobody is missing any more. 汇总意见
    Reconcile,
    /// To propose a grade. 提议等级
    Propose(Proposal),
    /// To second what another proposed. 附议
    Second,
    /// To put a proposal aside. 搁置提议
    Decline(String),
    /// To open a ballot by circulation until a day. 开始表决
    OpenBallot(Date),
    /// To vote in a ballot. 投票
    Vote {
        /// The ballot, from 0.
        ballot: u32,
        /// `for`, `against` or `abstain`.
        vote: String,
        /// Why.
        reason: String,
    },
    /// To close a ballot. 结束表决
    CloseBallot(u32),
    /// To decide as the chair, where votes are equal: `for` or `against`. 主任裁决
    CastingVote(String),
    /// To have it remembered that one did not agree. 保留意见
    Dissent {
        /// The ballot, from 0.
        ballot: u32,
        /// Why.
        reason: String,
    },
    /// To stand aside. 申请回避
    Recuse(String),
    /// To take back what one has opened by hand. 撤回
    Withdraw(String),
}

impl Step {
    /// What one must be allowed to do for it.
    pub fn action(&self) -> Action {
        match self {
            Step::Accept
            | Step::Ask(_)
            | Step::Resume(_)
            | Step::SendOn(_)
            | Step::Rerun(_)
            | Step::Draw(_)
            | Step::Name(_)
            | Step::Reconcile => Action::CaseScreen,
            Step::Opine(_) => Action::CaseOpine,
            Step::Propose(_) | Step::Second | Step::Decline(_) => Action::CasePropose,
            Step::OpenBallot(_) | Step::CloseBallot(_) => Action::CaseBallot,
            Step::Vote { .. } | Step::CastingVote(_) | Step::Dissent { .. } => Action::CaseVote,
            Step::Withdraw(_) => Action::CaseOpen,
            Step::Recuse(_) => Action::CaseRead,
        }
    }

    /// Which ballot must be the open one for it.
    pub(super) fn ballot(&self) -> Option<u32> {
        match self {
            Step::Vote { ballot, .. } | Step::CloseBallot(ballot) => Some(*ballot),
            _ => None,
        }
    }

    /// The command that it is. What a run says is asked for apart: see [`Step::Rerun`].
    pub(super) fn command(self, office: &Office, document: &Document) -> Result<Command, Fault> {
        let mut wrong = Vec::new();
        let command = self.worded(office, document, &mut wrong)?;
        match wrong.is_empty() {
            true => Ok(command),
            false => Err(Fault::Invalid(wrong)),
        }
    }

    fn worded(self, office: &Office, document: &Document, wrong: &mut Vec<Wrong>) -> Result<Command, Fault> {
        Ok(match self {
            Step::Accept => Command::Accept,
            Step::Ask(what) => Command::Ask {
                what: words("/reason", &what, wrong),
            },
            Step::Resume(note) => Command::Resume {
                note: words("/reason", &note, wrong),
            },
            Step::SendOn(why) => Command::SendOn {
                why: words("/reason", &why, wrong),
            },
            Step::Rerun(_) => return Err(Fault::refused("app-case-not-graded")),
            Step::Draw(number) => {
                if number as usize > MOST_EXPERTS {
                    wrong.push(too_many("/draw"));
                }
                let seed = office.chance.bytes::<32>()?;
                Command::Consult(Choice::Draw { number, seed })
            }
            Step::Name(experts) => {
                if experts.len() > MOST_EXPERTS {
                    wrong.push(too_many("/experts"));
                }
                Command::Consult(Choice::Name(experts.into_iter().collect()))
            }
            Step::Opine(scores) => Command::Opine(judgements(scores, wrong)),
            Step::Reconcile => Command::Reconcile,
            Step::Propose(proposal) => Command::Propose(proposed(proposal, document, wrong)),
            Step::Second => Command::Second,
            Step::Decline(reason) => Command::Decline {
                reason: words("/reason", &reason, wrong),
            },
            Step::OpenBallot(until) => Command::OpenBallot(Sitting::Circulation { until }),
            Step::Vote { vote, reason, .. } => Command::Vote {
                vote: voted(&vote, wrong),
                reason: words("/reason", &reason, wrong),
            },
            Step::CloseBallot(_) => Command::CloseBallot,
            Step::CastingVote(vote) => Command::CastingVote(voted(&vote, wrong)),
            Step::Dissent { ballot, reason } => Command::Dissent {
                ballot,
                reason: words("/reason", &reason, wrong),
            },
            Step::Recuse(reason) => Command::Recuse {
                reason: words("/reason", &reason, wrong),
            },
            Step::Withdraw(reason) => Command::Withdraw {
                reason: words("/reason", &reason, wrong),
            },
        })
    }
}

/// A text that may be empty as far as its form goes: whether one is needed is for the rules to say.
pub(super) fn words(pointer: &str, text: &str, wrong: &mut Vec<Wrong>) -> String {
    match text.trim().is_empty() {
        true => String::new(),
        false => line(pointer, text, LONGEST, wrong),
    }
}

fn too_many(pointer: &str) -> Wrong {
    Wrong::at(
        pointer,
        Message::new("app-case-many-experts").with("most", MOST_EXPERTS),
    )
}

fn judgements(scores: Vec<(String, String, String)>, wrong: &mut Vec<Wrong>) -> BTreeMap<String, Judgement> {
    let mut all = BTreeMap::new();
    for (at, (indicator, level, reason)) in scores.into_iter().enumerate() {
        let reason = words(&format!("/scores/{at}/reason"), &reason, wrong);
        if all.insert(indicator.clone(), Judgement { level, reason }).is_some() {
            let says = Message::new("app-case-indicator-twice").with("indicator", indicator);
            wrong.push(Wrong::at(format!("/scores/{at}/indicator"), says));
        }
    }
    all
}

fn voted(name: &str, wrong: &mut Vec<Wrong>) -> Vote {
    let found = Vote::ALL.into_iter().find(|vote| vote.name() == name);
    found.unwrap_or_else(|| {
        wrong.push(Wrong::at(
            "/vote",
            Message::new("app-case-no-such-vote").with("vote", name),
        ));
        Vote::Abstain
    })
}

fn proposed(given: Proposal, document: &Document, wrong: &mut Vec<Wrong>) -> Proposed {
    let ways = [Way::Committee, Way::TwoPeople, Way::Emergency];
    let way = ways.into_iter().find(|way| way.name() == given.way);
    if way.is_none() {
        let says = Message::new("app-case-no-such-way").with("way", given.way.as_str());
        wrong.push(Wrong::at("/way", says));
    }
    let grade = given.grade.as_deref().and_then(|grade| {
        let found = rank(document, grade);
        if found.is_none() {
            let known: Vec<&str> = document.grades.iter().map(|grade| grade.id.as_str()).collect();
            let says = Message::new("app-case-no-such-grade").with("grade", grade);
            wrong.push(Wrong::at("/grade", says.with("grades", known.join(", "))));
        }
        found
    });
    let reason = words("/reason", given.reason.as_deref().unwrap_or_default(), wrong);
    let why = match (given.code, reason.is_empty() && given.until.is_none()) {
        (None, true) => None,
        (code, _) => Some(Why {
            code: code.unwrap_or_default(),
            reason,
            until: given.until,
        }),
    };
    Proposed {
        grade,
        way: way.unwrap_or(Way::Committee),
        why,
        effective: given.effective,
    }
}

/// A refusal of the rules, in its sentence.
pub(super) fn refused(refusal: &Refusal) -> Fault {
    Fault::Refused(refusal.message())
}

//! Ballots: who may vote, who has, and what came out. 表决

use std::collections::{BTreeMap, BTreeSet};

use pinji_domain::Date;
use pinji_domain::ids::{MeetingId, UserId};

use super::terms::{BallotSecrecy, CommitteeTerms, MajorityOf};
use crate::submission::{By, Signed};

/// How the committee comes to vote. 表决方式
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sitting {
    /// In a meeting; only who is there votes. 会议表决
    Meeting {
        /// The meeting.
        meeting: MeetingId,
        /// Who is there.
        present: BTreeSet<UserId>,
    },
    /// By circulation: everybody votes for himself, until a day. 书面表决
    Circulation {
        /// The last day.
        until: Date,
    },
}

/// What a member says. 表决意见
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vote {
    /// For what is proposed. 同意
    For,
    /// Against it. 反对
    Against,
    /// Neither. 弃权
    Abstain,
}

impl Vote {
    /// All of them.
    pub const ALL: [Vote; 3] = [Vote::For, Vote::Against, Vote::Abstain];

    /// Its name in interfaces and tables.
    pub fn name(self) -> &'static str {
        match self {
            Vote::For => "for",
            Vote::Against => "against",
            Vote::Abstain => "abstain",
        }
    }
}

/// That a member has voted. 投票记录
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cast {
    /// Who and when.
    pub signed: Signed,
    /// What, and why; `None` in a secret ballot, of which only totals are kept.
    pub said: Option<(Vote, String)>,
}

/// How many said what. 计票
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Tally {
    /// For.
    pub yes: u32,
    /// Against.
    pub no: u32,
    /// Neither.
    pub abstained: u32,
}

impl Tally {
    /// With one vote more.
    #[must_use]
    pub fn with(mut self, vote: Vote) -> Tally {
        match vote {
            Vote::For => self.yes += 1,
            Vote::Against => self.no += 1,
            Vote::Abstain => self.abstained += 1,
        }
        self
    }

    /// All votes.
    pub fn all(self) -> u32 {
        self.yes + self.no + self.abstained
    }
}

/// A ballot that is open, or was. 一次表决
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ballot {
    /// Who opened it and when.
    pub opened: Signed,
    /// Where.
    pub sitting: Sitting,
    /// Whether votes are open.
    pub secrecy: BallotSecrecy,
    /// Who may vote, with his seat; as it was when it was opened.
    pub electors: BTreeMap<UserId, String>,
    /// Who has voted, by the member whose vote it is.
    pub cast: BTreeMap<UserId, Cast>,
    /// How many said what.
    pub tally: Tally,
}

impl Ballot {
    /// The vote in which somebody has had a part, for himself or for another.
    pub fn part_of(&self, by: By) -> Option<UserId> {
        let mut parts = self.cast.iter();
        parts
            .find(|(member, cast)| cast.signed.by.meets(by) || by.people().any(|user| user == **member))
            .map(|(member, _)| *member)
    }

    /// Who counts to the quorum: in a meeting the electors that are there, by circulation those that have voted; without
    /// those who are `barred` by now. 计入法定人数
    pub fn counting(&self, barred: impl Fn(UserId) -> bool) -> BTreeSet<UserId> {
        let all: Box<dyn Iterator<Item = &UserId>> = match self.sitting {
            Sitting::Meeting { .. } => Box::new(self.electors.keys()),
            Sitting::Circulation { .. } => Box::new(self.cast.keys()),
        };
        all.copied().filter(|user| !barred(*user)).collect()
    }
}

/// What came out of a ballot. 表决结果
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// What was proposed is decided. 通过
    Adopted,
    /// It is not. 未通过
    Rejected,
    /// As many for as against: the chair decides. 票数相等
    Tied,
    /// Too few took part. 不足法定人数
    NoQuorum {
        /// How many did.
        counting: u32,
        /// How many must.
        quorum: u32,
    },
    /// Somebody voted who turned out to have a conflict: the votes count for nothing, and it is voted again. 作废
    Annulled {
        /// Who.
        conflicted: BTreeSet<UserId>,
    },
}

impl Outcome {
    /// Its name in interfaces and tables.
    pub fn name(&self) -> &'static str {
        match self {
            Outcome::Adopted => "adopted",
            Outcome::Rejected => "rejected",
            Outcome::Tied => "tied",
            Outcome::NoQuorum { .. } => "no_quorum",
            Outcome::Annulled { .. } => "annulled",
        }
    }
}

/// A ballot that was closed. 已结束的表决
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// The ballot as it stood.
    pub ballot: Ballot,
    /// What was proposed.
    pub proposal: super::Proposal,
    /// Who closed it, and when.
    pub closed: Signed,
    /// Who counted to the quorum.
    pub counting: BTreeSet<UserId>,
    /// What came out.
    pub outcome: Outcome,
    /// The chair's vote, where votes were equal.
    pub casting: Option<(Signed, Vote)>,
    /// What those who did not agree want to be remembered. 保留意见
    pub dissent: Vec<(Signed, String)>,
}

/// What a tally means.
///
/// - `chair_decides`: whether a chair is there who may decide where votes are equal.
pub(super) fn outcome(tally: Tally, counting: u32, terms: &CommitteeTerms, chair_decides: bool) -> Outcome {
    if counting < terms.quorum {
        let quorum = terms.quorum;
        return Outcome::NoQuorum { counting, quorum };
    }
    let all = match terms.of {
        MajorityOf::Votes => tally.yes + tally.no,
        MajorityOf::Present => counting,
        MajorityOf::Seats => u32::try_from(terms.seats.len()).unwrap_or(u32::MAX),
    };
    // Equal votes are no majority, not even where a half would do.
    if tally.yes > 0 && tally.yes == tally.no {
        return if chair_decides {
            Outcome::Tied
        } else {
            Outcome::Rejected
        };
    }
    if terms.majority.is_reached(tally.yes, all) {
        Outcome::Adopted
    } else {
        Outcome::Rejected
    }
}

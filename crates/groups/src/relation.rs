//! Relations between parties as they are recorded: typed, dated, evidenced. 关联关系

use pinji_domain::ids::RelationId;
use pinji_domain::{Date, Message, Period, PeriodUnit};
use thiserror::Error;

use crate::Share;

/// The place of a party in the list of parties; the caller knows whom it means. 当事方
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Party(pub u32);

/// The place of a relation in the list of relations. 关系序号
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge(pub u32);

/// What a party is. 当事方类型
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PartyKind {
    /// A legal person, customer or not. 企业
    Company,
    /// A natural person. 自然人
    Person,
    /// Somebody who was not named; each such statement is a party of its own, never joined with another. 未披露的自然人
    Anonymous,
}

/// How near two persons are. 亲属关系
///
/// Generations as Chinese law counts them, the person itself being the first: parents and children are two, siblings two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kinship {
    /// Husband and wife. 配偶
    Spouse,
    /// One descends from the other. 直系
    Direct {
        /// How many generations, both ends counted.
        generations: u8,
    },
    /// Both descend from a third. 旁系
    Collateral {
        /// How many generations from the common forebear, both ends counted.
        generations: u8,
    },
}

impl Kinship {
    /// Whether it is near enough for the third test: spouses, three generations direct, two collateral. 近亲属
    pub fn is_near(self) -> bool {
        match self {
            Kinship::Spouse => true,
            Kinship::Direct { generations } => generations <= 3,
            Kinship::Collateral { generations } => generations <= 2,
        }
    }
}

/// How the holder of a relation bears on its target. 关系类型
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tie {
    /// Owns so much of it; `None` where the share is not known. It carries as many votes, unless voting rights are recorded. 持股
    Equity(Option<Share>),
    /// Casts so many of its votes, whatever it owns (special voting shares, votes entrusted). 表决权
    Voting(Share),
    /// Decides by contract or in the management, whatever the votes (control by agreement). 管理控制
    Management,
    /// One of those who can only decide together, each of them named by such a relation. 共同控制
    Joint,
    /// Kin: holder and target are persons, in either order. 亲属
    Family(Kinship),
    /// Another relation that may move assets or profit at unfair prices; what follows from it a person decides. 其他关联
    Other,
}

impl Tie {
    /// Its code in interfaces and tables.
    pub fn code(self) -> &'static str {
        match self {
            Tie::Equity(_) => "equity",
            Tie::Voting(_) => "voting",
            Tie::Management => "management",
            Tie::Joint => "joint",
            Tie::Family(_) => "family",
            Tie::Other => "other",
        }
    }

    /// The message that names it.
    pub fn words(self) -> Message {
        Message::new(match self {
            Tie::Equity(_) => "groups-tie-equity",
            Tie::Voting(_) => "groups-tie-voting",
            Tie::Management => "groups-tie-management",
            Tie::Joint => "groups-tie-joint",
            Tie::Family(_) => "groups-tie-family",
            Tie::Other => "groups-tie-other",
        })
    }
}

/// What a relation stands on, the strongest first. 佐证
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// The public register of companies. 工商登记
    Register,
    /// A published report or prospectus. 公开披露
    Disclosure,
    /// A contract that was seen. 协议
    Contract,
    /// What the customer said. 客户声明
    Statement,
    /// Nothing that can be shown. 无佐证
    Nothing,
}

impl Evidence {
    /// All kinds, the strongest first.
    pub const ALL: [Evidence; 5] = [
        Evidence::Register,
        Evidence::Disclosure,
        Evidence::Contract,
        Evidence::Statement,
        Evidence::Nothing,
    ];

    /// Its code in interfaces and tables.
    pub fn code(self) -> &'static str {
        match self {
            Evidence::Register => "register",
            Evidence::Disclosure => "disclosure",
            Evidence::Contract => "contract",
            Evidence::Statement => "statement",
            Evidence::Nothing => "nothing",
        }
    }

    /// The kind with this code.
    pub fn parse(code: &str) -> Option<Evidence> {
        Evidence::ALL.into_iter().find(|evidence| evidence.code() == code)
    }
}

/// One relation between two parties, for as long as it holds. 关联关系
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relation {
    /// Its id in the register, where the evidence itself lies.
    pub id: RelationId,
    /// Who holds, controls, or is related.
    pub holder: Party,
    /// Who is held, controlled, or is related to.
    pub target: Party,
    /// How.
    pub tie: Tie,
    /// The first day on which it holds; `None`: since before anybody asked.
    pub from: Option<Date>,
    /// The first day on which it holds no longer; `None`: until further notice.
    pub until: Option<Date>,
    /// What it stands on.
    pub evidence: Evidence,
}

impl Relation {
    /// Whether it holds on a day: from ≤ day < until.
    pub fn holds(&self, on: Date) -> bool {
        self.from.is_none_or(|from| from <= on) && self.until.is_none_or(|until| on < until)
    }

    /// Looks at a relation by itself, before it is kept.
    pub fn check(&self, parties: &[PartyKind]) -> Result<(), Refusal> {
        let kind = |party: Party| {
            parties
                .get(party.0 as usize)
                .copied()
                .ok_or(Refusal::UnknownParty(party))
        };
        let (holder, target) = (kind(self.holder)?, kind(self.target)?);
        if let (Some(from), Some(until)) = (self.from, self.until)
            && from >= until
        {
            let last = Period {
                count: 1,
                unit: PeriodUnit::Days,
            }
            .before(until);
            return Err(Refusal::EndsBeforeItBegins { from, last });
        }
        match self.tie {
            Tie::Family(kinship) => {
                if holder != PartyKind::Person || target != PartyKind::Person {
                    return Err(Refusal::KinOfACompany);
                }
                let counted = match kinship {
                    Kinship::Spouse => 2,
                    Kinship::Direct { generations } | Kinship::Collateral { generations } => generations,
                };
                if counted < 2 {
                    return Err(Refusal::TooFewGenerations(counted));
                }
            }
            Tie::Equity(_) | Tie::Voting(_) | Tie::Management | Tie::Joint if target != PartyKind::Company => {
                return Err(Refusal::TargetIsNoCompany);
            }
            Tie::Equity(_) | Tie::Voting(_) | Tie::Management | Tie::Joint | Tie::Other => {}
        }
        // A company may hold its own shares; nothing else reaches back to itself.
        if self.holder == self.target && !matches!(self.tie, Tie::Equity(_)) {
            return Err(Refusal::ToItself);
        }
        Ok(())
    }
}

/// Why a relation cannot be taken. 不予受理的原因
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// It names a party that is not on the list.
    #[error("party {} is not on the list", .0.0)]
    UnknownParty(Party),
    /// It ends before it begins.
    #[error("holds from {from} to {last}")]
    EndsBeforeItBegins {
        /// The first day.
        from: Date,
        /// The last day.
        last: Date,
    },
    /// Kin that are not both named persons.
    #[error("kinship with a party that is no named person")]
    KinOfACompany,
    /// Fewer than two generations between two people.
    #[error("kinship over {0} generations")]
    TooFewGenerations(u8),
    /// Shares, votes or control of something that is no company.
    #[error("the target is no company")]
    TargetIsNoCompany,
    /// Other than by its own shares, nobody stands in a relation to itself.
    #[error("the relation leads to itself")]
    ToItself,
}

//! What the policy says about the office's part: its `[review]`, as values that the rules take as an argument. 评审规则
//!
//! What is not declared is not possible: no fast lane, no committee, no override. Nothing is assumed.

use std::collections::{BTreeMap, BTreeSet};

use pinji_domain::Period;

/// A grade by its place on the policy's scale: 0 is the best. 等级位次
///
/// "No grade" (ungraded) is the absence of one: `Option<Rank>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rank(pub u16);

impl Rank {
    /// How many notches lie between the two.
    pub fn notches(self, other: Rank) -> u16 {
        self.0.abs_diff(other.0)
    }

    /// Whether it is better than `other`.
    pub fn is_better(self, other: Rank) -> bool {
        self.0 < other.0
    }
}

/// The office's part of a policy. 评审规则
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Terms {
    /// How many grades the scale has.
    pub grades: u16,
    /// What the administrator accepts alone; `None`: nothing.
    pub fast_lane: Option<FastLane>,
    /// The indicators that experts judge, by id.
    pub judged: BTreeMap<String, Judged>,
    /// The committee; `None` where the policy has none.
    pub committee: Option<CommitteeTerms>,
    /// Departures from the model grade; `None`: there are none.
    pub overriding: Option<OverrideTerms>,
    /// What keeps grades steady.
    pub steady: Steady,
}

/// Which model grades the administrator accepts without experts and committee. 快速通道
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FastLane {
    /// At most so many notches from the grade in force; 0: only what stays as it is.
    pub notches: u16,
    /// Whether also for customers that have no grade yet.
    pub first: bool,
    /// Grades that are neither given nor taken on it.
    pub never: BTreeSet<Rank>,
    /// The least coverage, in millionths.
    pub coverage_ppm: u32,
}

/// How a judged indicator is scored. 定性指标
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The described levels with their points, in 10⁻⁴.
    pub levels: BTreeMap<String, i32>,
    /// How several opinions become one.
    pub by: Reconcile,
    /// How many opinions there must be; at least one.
    pub min: u32,
    /// How far apart they may be, in 10⁻⁴ points.
    pub spread: Option<i32>,
}

/// How several opinions become one. 意见汇总
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reconcile {
    /// Their mean; for a consensus as well, which also has a spread.
    Mean,
    /// Their median; of an even number the mean of the two in the middle.
    Median,
}

/// The committee and how it decides. 评审委员会规则
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitteeTerms {
    /// Its seats; each member has one.
    pub seats: BTreeSet<String>,
    /// How many must take part; at least one.
    pub quorum: u32,
    /// How many must be in favour.
    pub majority: Majority,
    /// Of whom the majority is taken.
    pub of: MajorityOf,
    /// Whether votes are open.
    pub secrecy: BallotSecrecy,
    /// Whether the chair decides where votes are equal.
    pub casting_vote: bool,
    /// How long a vote without a meeting may take; `None`: only meetings decide.
    pub circulation: Option<Period>,
}

/// How many must be in favour. 通过比例
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Majority {
    /// More than half.
    Simple,
    /// At least this part: `2/3`.
    Share {
        /// The part.
        part: u32,
        /// Of how many.
        whole: u32,
    },
}

impl Majority {
    /// Whether `yes` of `all` reach it. Nobody in favour never does.
    pub fn is_reached(self, yes: u32, all: u32) -> bool {
        let (yes, all) = (u64::from(yes), u64::from(all));
        yes > 0
            && match self {
                Majority::Simple => 2 * yes > all,
                Majority::Share { part, whole } => yes * u64::from(whole) >= all * u64::from(part),
            }
    }
}

/// Of whom a majority is taken. 计票基数
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MajorityOf {
    /// Those who voted for or against: who abstains is not counted. 表决者
    Votes,
    /// Those who took part, whether they voted for, against or not at all. 出席者
    Present,
    /// All seats. 全体席位
    Seats,
}

/// Whether votes are open. 记名与否
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BallotSecrecy {
    /// Who voted how is in the minutes. 记名
    Open,
    /// Only totals are kept. 无记名
    Secret,
}

/// How far, how long and by whom a decision may depart from the model grade. 等级调整规则
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverrideTerms {
    /// At most so many notches.
    pub notches: u16,
    /// How long it holds at most; then the model grade returns.
    pub expires: Period,
    /// Whether somebody else must second it before the committee votes. Without a committee it always needs a second person.
    pub second_person: bool,
    /// The reason codes that there are.
    pub reasons: BTreeSet<String>,
    /// How many notches two people decide without the committee; 0: none.
    pub without_committee: u16,
    /// How long an emergency override holds at most; `None`: there is no such route.
    pub emergency: Option<Period>,
}

/// What keeps grades from going to and fro. 等级稳定规则
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Steady {
    /// How many runs in a row must give less before a grade falls without the committee; 0 and 1 both mean the first. 连续批次
    pub confirmed_by: u32,
    /// How long after a fall the grade does not rise. 降级冷却期
    pub cool_down: Option<Period>,
}

//! Decisions, and the grade that they put in force on a day. A grade is never edited, only superseded. 认定与生效

use std::collections::BTreeSet;

use pinji_domain::ids::RunId;
use pinji_domain::{Date, Period, Timestamp};

use super::terms::Rank;
use crate::submission::Signed;

/// What a run says of the customer. 机评结果
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Model {
    /// The run.
    pub run: RunId,
    /// The grade that the policy gives; `None`: ungraded.
    pub grade: Option<Rank>,
    /// The least coverage of its scores, in millionths.
    pub coverage_ppm: u32,
}

/// How a decision came about. 认定途径
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Basis {
    /// The administrator accepted the model grade, as the policy allows. 快速通道
    FastLane,
    /// The committee adopted it; the number of its ballot within the case, from 0. 委员会表决
    Committee {
        /// The ballot.
        ballot: u32,
    },
    /// One proposed, another seconded. 双人认定
    TwoPeople,
    /// The same in an emergency: at once, for a short time, and looked at again. 紧急调整
    Emergency,
}

impl Basis {
    /// Its name in interfaces and tables.
    pub fn name(self) -> &'static str {
        match self {
            Basis::FastLane => "fast_lane",
            Basis::Committee { .. } => "committee",
            Basis::TwoPeople => "two_people",
            Basis::Emergency => "emergency",
        }
    }
}

/// A decided grade's departure from the model grade. 等级调整
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departure {
    /// Why, by the policy's codes.
    pub code: String,
    /// Why, in words.
    pub reason: String,
    /// Who proposed it.
    pub proposed: Signed,
    /// Who seconded it.
    pub seconded: Option<Signed>,
    /// The last day on which it holds; then the model grade returns.
    pub until: Date,
}

/// A decided grade. 认定
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The grade; `None`: the customer stays ungraded.
    pub grade: Option<Rank>,
    /// What the run had said.
    pub model: Model,
    /// How it came about.
    pub basis: Basis,
    /// Where it departs from the model grade: from what, why, until when.
    pub departure: Option<Departure>,
    /// When it was decided.
    pub at: Timestamp,
    /// From which day on it holds.
    pub effective: Date,
}

impl Decision {
    /// The grade that it gives on a day that is not before its effective date.
    pub fn grade_on(&self, day: Date) -> Option<Rank> {
        match &self.departure {
            Some(departure) if day > departure.until => self.model.grade,
            _ => self.grade,
        }
    }
}

/// The grade that holds on a day. 生效等级
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct InForce {
    /// Which decision gives it, by its place in the list.
    pub decision: usize,
    /// The grade.
    pub grade: Option<Rank>,
    /// Since when it is so by this decision.
    pub since: Date,
    /// Whether an override has ended and the model grade returned.
    pub is_returned: bool,
}

/// The grade in force on `day`: that of the last decision whose effective date has come. 某日生效等级
///
/// - `decisions`: a customer's under one policy, in the order in which they were decided.
///
/// A later decision supersedes all earlier ones from its own effective date on, whatever theirs are.
pub fn in_force(decisions: &[Decision], day: Date) -> Option<InForce> {
    let (at, decision) = decisions
        .iter()
        .enumerate()
        .rev()
        .find(|(_, decision)| decision.effective <= day)?;
    let ended = decision.departure.as_ref().filter(|departure| day > departure.until);
    let returned = ended.and_then(|departure| departure.until.succ_opt());
    Some(InForce {
        decision: at,
        grade: decision.grade_on(day),
        since: returned.unwrap_or(decision.effective).max(decision.effective),
        is_returned: ended.is_some(),
    })
}

/// The last day until `day` on which the grade in force fell; becoming ungraded is no fall. 最近下调日
pub fn last_fall(decisions: &[Decision], day: Date) -> Option<Date> {
    let mut days = BTreeSet::new();
    for decision in decisions {
        days.insert(decision.effective);
        days.extend(decision.departure.as_ref().and_then(|one| one.until.succ_opt()));
    }
    let grade = |on: Date| in_force(decisions, on).and_then(|found| found.grade);
    days.into_iter().rev().filter(|on| *on <= day).find(|on| {
        let before = on.pred_opt().and_then(grade);
        matches!((before, grade(*on)), (Some(before), Some(now)) if before.is_better(now))
    })
}

/// The first day on which a grade may rise again; `None` where nothing holds it. 冷却期满日
pub fn cooled_on(decisions: &[Decision], cool_down: Option<Period>, today: Date) -> Option<Date> {
    let over = cool_down?.after(last_fall(decisions, today)?);
    (over > today).then_some(over)
}

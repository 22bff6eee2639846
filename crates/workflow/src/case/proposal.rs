//! What is proposed: the model grade, or a departure from it. 初评等级与等级调整

use pinji_domain::{Date, Period};

use super::Case;
use super::decide::Around;
use super::decision::{Basis, Decision, Departure, cooled_on};
use super::opening::standing;
use super::refusal::Refusal;
use super::terms::{OverrideTerms, Rank};
use crate::submission::Signed;

/// On which way a proposal is to be decided. 认定途径
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// By the committee.
    Committee,
    /// By a second person.
    TwoPeople,
    /// By a second person, at once, in an emergency.
    Emergency,
}

impl Way {
    /// Its name in interfaces and tables.
    pub fn name(self) -> &'static str {
        match self {
            Way::Committee => "committee",
            Way::TwoPeople => "two_people",
            Way::Emergency => "emergency",
        }
    }
}

/// What somebody proposes. 提议
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// The grade; `None`: that the customer stays ungraded.
    pub grade: Option<Rank>,
    /// On which way.
    pub way: Way,
    /// Why it departs from the model grade; needed exactly where it does.
    pub why: Option<Why>,
    /// From which day on; `None`: from the day on which it is decided.
    pub effective: Option<Date>,
}

/// Why a proposal departs from the model grade. 调整理由
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// By the policy's codes.
    pub code: String,
    /// In words.
    pub reason: String,
    /// The last day on which it shall hold; `None`: as long as the policy allows. An emergency must say it.
    pub until: Option<Date>,
}

/// What was proposed, and by whom. 已提议
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Who and when.
    pub signed: Signed,
    /// What.
    pub terms: Proposed,
    /// Who seconded it.
    pub seconded: Option<Signed>,
}

impl Proposal {
    /// Whether it departs from the model grade.
    pub fn departs(&self) -> bool {
        self.terms.why.is_some()
    }

    /// Whether a second person must agree before it goes on.
    pub fn waits_for_a_second(&self, rules: Option<&OverrideTerms>) -> bool {
        let wanted = match self.terms.way {
            Way::Committee => self.departs() && rules.is_some_and(|rules| rules.second_person),
            Way::TwoPeople | Way::Emergency => true,
        };
        wanted && self.seconded.is_none()
    }
}

/// Holds a proposal against the policy. 提议校验
pub(super) fn check(case: &Case, around: &Around<'_>, terms: &Proposed) -> Result<(), Refusal> {
    if let Some(rank) = terms.grade.filter(|rank| rank.0 >= around.terms.grades) {
        return Err(Refusal::NoSuchGrade { rank });
    }
    if terms.way == Way::Committee && around.terms.committee.is_none() {
        return Err(Refusal::NoCommittee);
    }
    if let Some(day) = terms.effective.filter(|day| *day < around.today) {
        return Err(Refusal::InThePast { day });
    }
    let effective = terms.effective.unwrap_or(around.today);
    rises_too_early(case, around, terms.grade, effective)?;
    if terms.grade == case.model.grade {
        return match (&terms.why, terms.way) {
            (Some(_), _) => Err(Refusal::NoDeparture),
            (None, Way::Emergency) => Err(Refusal::NoDeparture),
            (None, Way::TwoPeople) if around.terms.committee.is_some() => Err(Refusal::ForTheCommittee),
            (None, _) => Ok(()),
        };
    }
    let (Some(from), Some(to)) = (case.model.grade, terms.grade) else {
        return Err(Refusal::UngradedModel);
    };
    let rules = around.terms.overriding.as_ref().ok_or(Refusal::NoOverrides)?;
    let why = terms.why.as_ref().ok_or(Refusal::OverrideWithoutReason)?;
    if !rules.reasons.contains(&why.code) {
        let code = why.code.clone();
        return Err(Refusal::NoSuchReason { code });
    }
    if why.reason.trim().is_empty() {
        return Err(Refusal::ReasonMissing);
    }
    let notches = from.notches(to);
    let limit = match terms.way {
        Way::Committee => rules.notches,
        Way::TwoPeople => rules.notches.min(rules.without_committee),
        // What has happened may be worse than any notch; upwards there is no such hurry.
        Way::Emergency if from.is_better(to) => u16::MAX,
        Way::Emergency => rules.notches,
    };
    if notches > limit {
        return Err(Refusal::TooManyNotches { notches, limit });
    }
    until(rules, terms.way, why.until, effective)
}

/// Holds the last day of an override against the longest that the policy allows.
fn until(rules: &OverrideTerms, way: Way, until: Option<Date>, effective: Date) -> Result<(), Refusal> {
    let longest = match way {
        Way::Emergency => last_day(rules.emergency.ok_or(Refusal::NoEmergency)?, effective),
        Way::Committee | Way::TwoPeople => last_day(rules.expires, effective),
    };
    match until {
        None if way == Way::Emergency => Err(Refusal::ExpiryMissing { longest }),
        Some(until) if until < effective || until > longest => Err(Refusal::ExpiryOutside { until, longest }),
        _ => Ok(()),
    }
}

/// The last day of a period that begins with this one.
pub(super) fn last_day(period: Period, first: Date) -> Date {
    let after = period.after(first);
    after.pred_opt().unwrap_or(after)
}

/// Holds what was proposed some days ago against today: its last day may have passed. 提议时效
pub(super) fn still_holds(around: &Around<'_>, proposal: &Proposal) -> Result<(), Refusal> {
    let terms = &proposal.terms;
    let effective = terms.effective.unwrap_or(around.today).max(around.today);
    match (&terms.why, &around.terms.overriding) {
        (Some(why), Some(rules)) => until(rules, terms.way, why.until, effective),
        (Some(_), None) => Err(Refusal::NoOverrides),
        (None, _) => Ok(()),
    }
}

/// Refuses a grade that would rise before the cool-down is over.
pub(super) fn rises_too_early(
    case: &Case,
    around: &Around<'_>,
    grade: Option<Rank>,
    effective: Date,
) -> Result<(), Refusal> {
    match cools_until(case, around, grade) {
        Some(until) if effective < until => Err(Refusal::CoolingDown { until }),
        _ => Ok(()),
    }
}

fn cools_until(case: &Case, around: &Around<'_>, grade: Option<Rank>) -> Option<Date> {
    let rises = match (grade, standing(around.decisions, around.today)) {
        (Some(grade), Some(standing)) => grade.is_better(standing),
        _ => false,
    };
    if !rises || case.occasion.is_correction() {
        return None;
    }
    cooled_on(around.decisions, around.terms.steady.cool_down, around.today)
}

/// The decision that a proposal becomes. Its day is held in the future, and behind a cool-down that began meanwhile. 认定
pub(super) fn decided(case: &Case, around: &Around<'_>, proposal: &Proposal, basis: Basis, at: Signed) -> Decision {
    let terms = &proposal.terms;
    let mut effective = terms.effective.unwrap_or(around.today).max(around.today);
    if let Some(until) = cools_until(case, around, terms.grade) {
        effective = effective.max(until);
    }
    let expires = around.terms.overriding.as_ref().map(|rules| match basis {
        Basis::Emergency => rules.emergency.unwrap_or(rules.expires),
        _ => rules.expires,
    });
    let departure = terms.why.as_ref().zip(expires).map(|(why, expires)| Departure {
        code: why.code.clone(),
        reason: why.reason.clone(),
        proposed: proposal.signed,
        seconded: proposal.seconded,
        until: why.until.unwrap_or_else(|| last_day(expires, effective)),
    });
    Decision {
        grade: terms.grade,
        model: case.model,
        basis,
        departure,
        at: at.at,
        effective,
    }
}

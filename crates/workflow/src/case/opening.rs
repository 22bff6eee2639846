//! What opens a case: the reasons, and which results of a run give one. 立案

use pinji_domain::Date;

use super::decision::{Decision, Model, cooled_on, in_force};
use super::terms::{Rank, Steady};

/// Why a case is opened. 立案事由
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Occasion {
    /// A run graded a customer that has no decided grade. 首次评级
    New,
    /// A run gave another grade than when it was last decided. 等级变动
    Changed,
    /// The grade is due to be looked at again. 到期复审
    Due,
    /// An alert asks for it. 预警
    Alert,
    /// The customer appeals. 复议
    Appeal,
    /// An emergency override must be looked at. 紧急调整复核
    AfterEmergency,
    /// Somebody opens it by hand. 手工立案
    ByHand {
        /// Why.
        reason: String,
    },
}

impl Occasion {
    /// Its name in interfaces and tables.
    pub fn name(&self) -> &'static str {
        match self {
            Occasion::New => "new",
            Occasion::Changed => "changed",
            Occasion::Due => "due",
            Occasion::Alert => "alert",
            Occasion::Appeal => "appeal",
            Occasion::AfterEmergency => "after_emergency",
            Occasion::ByHand { .. } => "by_hand",
        }
    }

    /// Whether people must look, whatever the fast lane allows.
    pub fn needs_people(&self) -> bool {
        matches!(self, Occasion::Alert | Occasion::Appeal | Occasion::AfterEmergency)
    }

    /// Whether what is decided puts an earlier decision right: a cool-down does not hold it back.
    pub fn is_correction(&self) -> bool {
        matches!(self, Occasion::Appeal | Occasion::AfterEmergency)
    }
}

/// Whether a run's result opens a case, and why. 批次立案
///
/// - `since`: the model grades of the runs since the last decision, oldest first, this one's the last.
/// - `due`: the day by which the grade is to be looked at again.
///
/// A grade is compared with what the model said when it was last decided, not with what people made of it: else each run
/// would open a case for each override. A fall waits until it is confirmed, a rise until the cool-down is over.
pub fn occasion(
    decisions: &[Decision],
    since: &[Model],
    due: Option<Date>,
    steady: Steady,
    today: Date,
) -> Option<Occasion> {
    let model = since.last()?;
    let Some(last) = decisions.last() else {
        return Some(Occasion::New);
    };
    let moved = match (last.model.grade, model.grade) {
        (before, now) if before == now => false,
        (Some(before), Some(now)) if before.is_better(now) => falls(Some(before), since) >= steady.confirmed_by,
        (Some(_), Some(_)) => cooled_on(decisions, steady.cool_down, today).is_none(),
        _ => true,
    };
    if moved {
        Some(Occasion::Changed)
    } else if due.is_some_and(|due| due <= today) {
        Some(Occasion::Due)
    } else {
        None
    }
}

/// How many runs in a row, up to the last, gave less than `base`. 连续下调批次
pub fn falls(base: Option<Rank>, since: &[Model]) -> u32 {
    let worse = |model: &&Model| matches!((base, model.grade), (Some(base), Some(now)) if base.is_better(now));
    u32::try_from(since.iter().rev().take_while(worse).count()).unwrap_or(u32::MAX)
}

/// The grade that today's decisions are held against. 现行等级
pub fn standing(decisions: &[Decision], today: Date) -> Option<Rank> {
    in_force(decisions, today).and_then(|found| found.grade)
}

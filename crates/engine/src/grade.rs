//! Grading a batch. 评级

use crate::batch::Batch;
use crate::plan::Plan;

/// The grade number of a subject that is not graded. 未定级
pub const UNGRADED: u8 = u8::MAX;
/// The indicator number that stands for "none" in [`Graded::losses`].
pub const NO_INDICATOR: u8 = u8::MAX;

/// The result for a batch, one entry per subject in each column. 评级结果
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Graded {
    /// How many subjects.
    pub rows: usize,
    /// One per score of the plan.
    pub scores: Vec<ScoreColumn>,
    /// One per dimension: the weighted mean of its points, 0 to 100, one division on output; NaN where no line is left.
    pub dimensions: Vec<Vec<f64>>,
    /// Position in the plan's grades, or [`UNGRADED`].
    pub grade: Vec<u8>,
    /// Why a subject is ungraded: 0 it is not, 1 a missing value refuses, 2 coverage is below the minimum, 3 a score has
    /// no line left.
    pub ungraded: Vec<u8>,
    /// The three indicators that lost most, greatest first, or [`NO_INDICATOR`]. A loss is the sum over the scores of
    /// nominal weight × (100 − points); a dropped line counts with its points missing altogether.
    pub losses: [Vec<u8>; 3],
    /// The caps that bind, as bits: their condition holds, and the grade by rules and floors is better than they allow, or
    /// the subject is ungraded.
    pub caps: Vec<u64>,
    /// The floors that bind, as bits: their condition holds, and the grade by the rules is worse than they grant.
    pub floors: Vec<u64>,
    /// The indicators without a value, as bits.
    pub missing: Vec<u64>,
    /// One per indicator, when lines were asked for; otherwise empty.
    pub lines: Vec<LineColumn>,
}

/// One score for all subjects of a batch.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScoreColumn {
    /// At the score's decimals; `i64::MIN` where no line is left.
    pub values: Vec<i64>,
    /// The nominal weight of the lines that have a value, in 1/10 000 (rounded half to even).
    pub coverage: Vec<u16>,
}

/// One indicator for all subjects of a batch.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LineColumn {
    /// The value at the indicator's decimals; `i64::MIN` where missing, or where the value is a text.
    pub values: Vec<i64>,
    /// The band (or map entry) that holds it; `u16::MAX` where missing and for `Direct`.
    pub bands: Vec<u16>,
    /// Points in units of 10^-4; `-1` where the line dropped out or the missing value refuses.
    pub points: Vec<i32>,
    /// 0, or the number of the `MissingCause`.
    pub causes: Vec<u8>,
}

/// How much of the result is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Scores, grades and reasons.
    Grades,
    /// Those, and all lines.
    Lines,
}

/// Grades all subjects of a batch. 评级
///
/// A subject's result does not depend on the other rows. `out` is overwritten; its buffers are reused.
pub fn grade(plan: &Plan, batch: &Batch<'_>, detail: Detail, out: &mut Graded) {
    let _ = (plan, batch, detail, out);
}

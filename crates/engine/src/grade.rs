//! Grading a batch. 评级

use crate::batch::Batch;
use crate::kernel;
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
    /// The same before the group's bounds: by rules, floors and caps alone. Empty where the plan has no such bounds. 自身等级
    pub own: Vec<u8>,
    /// Why a subject is ungraded: 0 it is not, 1 a missing value refuses, 2 coverage is below the minimum, 3 a score has
    /// no line left. Where several apply, 1 goes before 3 and 3 before 2. A score's coverage is compared as it is shown,
    /// rounded.
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

/// Buffers that grading reuses from call to call. 工作区
#[derive(Debug, Clone, Default)]
pub struct Scratch(kernel::Buffers);

/// Grades all subjects of a batch. 评级
///
/// A subject's result does not depend on the other rows. `out` is overwritten; its buffers are reused.
pub fn grade(plan: &Plan, batch: &Batch<'_>, detail: Detail, out: &mut Graded) {
    grade_with(plan, batch, detail, &mut Scratch::default(), out);
}

/// The same with buffers kept by the caller, for many small batches: one customer at a time, row group by row group.
pub fn grade_with(plan: &Plan, batch: &Batch<'_>, detail: Detail, scratch: &mut Scratch, out: &mut Graded) {
    out.reset(plan, batch.rows, detail);
    kernel::grade(plan, batch, &mut scratch.0, out);
}

impl Graded {
    /// Sizes every column for `rows` subjects.
    fn reset(&mut self, plan: &Plan, rows: usize, detail: Detail) {
        let parts = plan.parts();
        self.rows = rows;
        self.scores.resize_with(parts.scores.len(), ScoreColumn::default);
        for score in &mut self.scores {
            refill(&mut score.values, rows, 0);
            refill(&mut score.coverage, rows, 0);
        }
        self.dimensions.resize_with(parts.dimensions.len(), Vec::new);
        self.dimensions
            .iter_mut()
            .for_each(|dimension| refill(dimension, rows, 0.0));
        refill(&mut self.grade, rows, UNGRADED);
        let bounded = if parts.group.is_empty() { 0 } else { rows };
        refill(&mut self.own, bounded, UNGRADED);
        refill(&mut self.ungraded, rows, 0);
        self.losses
            .iter_mut()
            .for_each(|losses| refill(losses, rows, NO_INDICATOR));
        refill(&mut self.caps, rows, 0);
        refill(&mut self.floors, rows, 0);
        refill(&mut self.missing, rows, 0);
        let lines = if detail == Detail::Lines {
            parts.indicators.len()
        } else {
            0
        };
        self.lines.resize_with(lines, LineColumn::default);
        for line in &mut self.lines {
            refill(&mut line.values, rows, i64::MIN);
            refill(&mut line.bands, rows, u16::MAX);
            refill(&mut line.points, rows, -1);
            refill(&mut line.causes, rows, 0);
        }
    }
}

fn refill<T: Copy>(column: &mut Vec<T>, rows: usize, value: T) {
    column.clear();
    column.resize(rows, value);
}

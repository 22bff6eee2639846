//! From a checked document to what the kernel and the measures need. 编译
//!
//! The same analysis serves `check` and `compile`: what is wrong is found in one place, with a date that decides
//! parameters.

mod analysis;
mod bands;
mod indicators;
mod measures;
mod members;
mod names;
mod rules;
mod standard;
mod statement;

use pinji_domain::{Date, Message, Period};
use pinji_engine::{Expr, InputType, Plan};

use crate::document::{Document, GivenType, ReconcileBy, Subject};
use crate::finding::{Finding, Severity};

pub(crate) use analysis::{Analysis, analyse};
pub use members::{CONSOLIDATED, PARENT};
pub(crate) use rules::grade_help;
pub use statement::{Statement, condition, statement};

/// A policy ready to run. 编译结果
#[derive(Debug, Clone)]
pub struct Compiled {
    /// Whom it rates.
    pub subject: Subject,
    /// For the kernel.
    pub plan: Plan,
    /// Where the plan's inputs come from: one for each, in the same order.
    pub measures: Vec<CompiledMeasure>,
}

/// Where one input of the plan comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct CompiledMeasure {
    /// The measure's id (for judged indicators the indicator's, for used policies the alias).
    pub id: String,
    /// What it holds; the same as the plan's input.
    pub ty: InputType,
    /// Where it comes from.
    pub source: MeasureSource,
    /// How the figures of members become the group's; `None`: the measure is the subject's own, or that of all records of
    /// its members together.
    pub members: Option<CompiledMembers>,
}

/// How the figures of members become their group's, resolved. Each is an exact number at the measure's scale. 成员合并
#[derive(Debug, Clone, PartialEq)]
pub struct CompiledMembers {
    /// How they make one.
    pub rule: CompiledRule,
    /// Where a consolidated statement comes first: the same measure over consolidated statements alone. `source` is then over
    /// all the others.
    pub consolidated: Option<MeasureSource>,
    /// Whether one member without a figure leaves the group without one.
    pub complete: bool,
}

/// How members' figures make one. 合并方式
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompiledRule {
    /// Their sum.
    Sum,
    /// The greatest.
    Max,
    /// The least.
    Min,
    /// Their mean, weighted by the measure at this position; half to even.
    Weighted(usize),
}

/// Where a measure comes from, resolved against the record kinds.
#[derive(Debug, Clone, PartialEq)]
pub enum MeasureSource {
    /// A column of the subject's own row, by the measure's id.
    Given(GivenType),
    /// The newest record of a kind.
    Latest {
        /// Record kind.
        kind: String,
        /// The fields that `value` and `filter` read, by position in them.
        fields: Vec<String>,
        /// Over `fields`.
        value: Expr,
        /// Over `fields`; a record where it does not hold is not there.
        filter: Option<Expr>,
        /// Older than this is missing, with the cause `Stale`.
        fresh: Option<Period>,
    },
    /// An aggregate over the records of a kind in a window.
    Aggregate {
        /// Record kind.
        kind: String,
        /// The fields that the calls and `filter` read, by position in them.
        fields: Vec<String>,
        /// The aggregate calls that occur in the measure.
        calls: Vec<AggregateCall>,
        /// Over the results of `calls`, by position.
        value: Expr,
        /// Over `fields`.
        filter: Option<Expr>,
        /// The window ending at the as-of date; `None` is everything up to it.
        over: Option<Period>,
    },
    /// Expert opinions on an indicator, from `assessment` records (fields `indicator`, `expert`, `level`, `points`).
    Judged {
        /// Level ids and points (units of 10^-4).
        levels: Vec<(String, i32)>,
        /// How several become one.
        by: ReconcileBy,
        /// How many there must be.
        min: u32,
        /// How far apart they may be (units of 10^-4).
        spread: Option<i32>,
        /// Older ones do not count.
        fresh: Option<Period>,
    },
    /// The grade that a used policy gave, as its id.
    Grade {
        /// The alias under `[uses]`.
        alias: String,
    },
    /// The grade of the subject's group by the policy under `[group]`, as its id; missing where the group has no grade, or
    /// no other member, and so bounds nobody.
    GroupGrade,
}

/// One aggregate call of a measure.
#[derive(Debug, Clone, PartialEq)]
pub struct AggregateCall {
    /// Which function.
    pub function: AggregateFunction,
    /// Over the measure's fields; `None` for `count(*)`.
    pub argument: Option<Expr>,
    /// For sums, means, least and greatest of numbers: each row's value is brought to these decimals (half even) and
    /// then summed as an integer, so the order of the rows does not matter. `None` for texts, dates and doubles.
    pub decimals: Option<u8>,
}

/// An aggregate function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AggregateFunction {
    /// `count(*)` and `count(x)`: 0 when there is nothing.
    Count,
    /// `count(distinct x)`: 0 when there is nothing.
    CountDistinct,
    /// `sum(x)`: null when there is nothing.
    Sum,
    /// `avg(x)`: exact sum by count, one division.
    Mean,
    /// `min(x)`
    Min,
    /// `max(x)`
    Max,
}

/// Compiles a document as of a date, which decides dated parameters. 编译
///
/// # Errors
/// The findings that `load` reported as errors, and those that only a date brings (a parameter without a value on it).
pub fn compile(document: &Document, as_of: Date) -> Result<Compiled, Vec<Finding>> {
    if !document.unusable.is_empty() {
        return Err(document.unusable.clone());
    }
    let mut analysis = analyse(document, as_of);
    analysis.findings.retain(|finding| finding.severity == Severity::Error);
    if !analysis.findings.is_empty() {
        return Err(analysis.findings);
    }
    let (measures, parts) = analysis.into_parts(document);
    match Plan::new(parts) {
        Ok(plan) => Ok(Compiled {
            subject: document.subject,
            plan,
            measures,
        }),
        Err(error) => {
            let file = document.files.first().map(|file| file.name.clone()).unwrap_or_default();
            let message = Message::new("policy-plan").with("why", format!("{error:?}"));
            Err(vec![Finding::error((file, 0..0), message)])
        }
    }
}

//! One subject with some of its lines changed: what the grade would be. 假设分析

use pinji_domain::number::{EXACT_LIMIT, div_half_even, pow10, rescale, to_f64};

use crate::batch::{Batch, Column, Values};
use crate::condition::{Condition, Operand, Test};
use crate::eval::{is_undefined, missing};
use crate::grade::{Detail, Graded, grade};
use crate::plan::{Bands, InputType, Missing, Plan, Scoring, Source};

/// The value that a changed indicator would have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    /// At the indicator's decimals.
    Value(i64),
    /// A text of its map.
    Text(String),
}

/// A subject as the kernel graded it: row 0 of a batch of its own.
pub(crate) struct Case<'p> {
    plan: &'p Plan,
    batch: Batch<'p>,
    row: usize,
    graded: Graded,
    /// The grade it has.
    pub grade: u8,
}

type Changes<'e> = [(usize, i32, &'e Entry)];

impl<'p> Case<'p> {
    pub(crate) fn new(plan: &'p Plan, batch: &Batch<'p>, row: usize) -> Case<'p> {
        let batch = batch.slice(row..row + 1);
        let mut graded = Graded::default();
        grade(plan, &batch, Detail::Lines, &mut graded);
        let grade = graded.grade.first().copied().unwrap_or(crate::grade::UNGRADED);
        Case {
            plan,
            batch,
            row: 0,
            graded,
            grade,
        }
    }

    /// The points of a line now; 0 where it dropped out.
    pub(crate) fn points(&self, at: usize) -> i32 {
        self.graded
            .lines
            .get(at)
            .and_then(|line| line.points.get(self.row))
            .map_or(0, |points| (*points).max(0))
    }

    /// The band of a line now.
    pub(crate) fn band(&self, at: usize) -> Option<u16> {
        let line = self.graded.lines.get(at)?;
        line.bands.get(self.row).copied().filter(|band| *band != u16::MAX)
    }

    /// The value of a line now; `None` where it is missing, or a text.
    pub(crate) fn value(&self, at: usize) -> Option<i64> {
        let values = &self.graded.lines.get(at)?.values;
        values.get(self.row).copied().filter(|value| *value != i64::MIN)
    }

    /// The bands that apply to the subject.
    pub(crate) fn bands(&self, at: usize) -> Option<&'p Bands> {
        match &self.plan.parts().indicators.get(at)?.scoring {
            Scoring::Bands(bands) => Some(bands),
            Scoring::Keyed(keyed) => {
                let texts: Vec<Option<&str>> = keyed.keys.iter().map(|input| self.text(*input)).collect();
                let fits = |choice: &&crate::plan::Choice| {
                    choice
                        .keys
                        .iter()
                        .zip(&texts)
                        .all(|(want, have)| want.is_none() || want.as_deref() == *have)
                };
                keyed.choices.iter().find(fits).map(|choice| &choice.bands)
            }
            Scoring::Map(_) | Scoring::Direct => None,
        }
    }

    /// Whether a condition reads the indicator, or the input that it is.
    pub(crate) fn reads(&self, at: usize) -> bool {
        let mut operands = self.conditions().flat_map(Condition::operands);
        operands.any(|operand| self.is_about(operand, at))
    }

    /// Values of the indicator at which a condition that reads it may turn, ascending: between two of them no condition
    /// changes.
    pub(crate) fn turns(&self, at: usize) -> Vec<i64> {
        let decimals = self.plan.parts().indicators.get(at).map_or(0, |found| found.decimals);
        let mut turns = Vec::new();
        for (operand, test) in self.conditions().flat_map(Condition::tests) {
            if !self.is_about(operand, at) {
                continue;
            }
            let ty = match operand {
                Operand::Input(input) => self.plan.types().get(input),
                _ => None,
            };
            match test {
                Test::Within(intervals) => {
                    let scale = if let Some(InputType::Int(scale)) = ty {
                        *scale
                    } else {
                        decimals
                    };
                    let ends = intervals.iter().flat_map(|(low, high)| [*low, high.saturating_add(1)]);
                    let reaches = |units: i64, end: i64| at_scale(units, decimals, scale) >= i128::from(end);
                    turns.extend(ends.filter_map(|end| first(|units| reaches(units, end))));
                }
                Test::Doubles(ranges) => {
                    for end in ranges.iter().flat_map(|range| [range.low, range.high]) {
                        turns.extend(first(|units| to_f64(units, decimals) >= end));
                        turns.extend(first(|units| to_f64(units, decimals) > end));
                    }
                }
                Test::OneOf(_) | Test::NoneOf(_) => {}
            }
        }
        turns.sort_unstable();
        turns.dedup();
        turns
    }

    fn conditions(&self) -> impl Iterator<Item = &'p Condition> {
        self.plan.parts().conditions()
    }

    /// Whether an operand is this indicator, or the input that it is.
    fn is_about(&self, operand: Operand, at: usize) -> bool {
        match operand {
            Operand::Indicator(read) => read == at,
            Operand::Input(read) => {
                let indicator = self.plan.parts().indicators.get(at);
                indicator.is_some_and(|indicator| indicator.source == Source::Input(read))
            }
            Operand::Score(_) => false,
        }
    }

    /// The grade with some lines changed to other points and values.
    pub(crate) fn grade_with(&self, changes: &Changes<'_>) -> u8 {
        let parts = self.plan.parts();
        let scores: Vec<Option<i64>> = (0..parts.scores.len())
            .map(|score| self.score(score, changes))
            .collect();
        let holds = |condition: &Condition| self.holds(condition, &scores, changes) == Some(true);
        let by_rules = parts
            .grades
            .iter()
            .position(|rule| rule.when.as_ref().is_none_or(holds))
            .unwrap_or(0);
        let floors = parts
            .floors
            .iter()
            .filter(|floor| floor.grade < by_rules && holds(&floor.when));
        let floored = floors.map(|floor| floor.grade).min().unwrap_or(by_rules);
        let caps = parts.caps.iter().filter(|cap| cap.grade > floored && holds(&cap.when));
        let capped = caps.map(|cap| cap.grade).max().unwrap_or(floored);
        let group = parts.group.iter().filter(|bound| holds(&bound.when));
        let bounded = group.map(|bound| bound.grade).max().unwrap_or(capped).max(capped);
        u8::try_from(bounded).unwrap_or(u8::MAX)
    }

    fn score(&self, score: usize, changes: &Changes<'_>) -> Option<i64> {
        let indicators = &self.plan.parts().indicators;
        let changed = |at: usize| changes.iter().find(|(indicator, ..)| *indicator == at);
        let cause = |at: usize| {
            self.graded
                .lines
                .get(at)
                .and_then(|line| line.causes.get(self.row))
                .copied()
                .unwrap_or(0)
        };
        let drops = |at: usize, rule: Missing| rule == Missing::Reweight && cause(at) != 0 && changed(at).is_none();
        let dropped = indicators
            .iter()
            .enumerate()
            .filter(|(at, line)| drops(*at, line.missing));
        let dropped = dropped.fold(0_u64, |set, (at, _)| set | 1 << at);
        let weights;
        let weights = if dropped == 0 {
            self.plan.nominal_weights(score)
        } else {
            weights = self.plan.weights(score, dropped)?;
            &weights
        };
        let lines = weights.iter().enumerate().filter(|(_, weight)| **weight > 0);
        let points = |at: usize| changed(at).map_or_else(|| self.points(at), |(_, points, _)| *points);
        Some(
            lines
                .map(|(at, weight)| self.plan.contribution(points(at), *weight))
                .sum(),
        )
    }

    fn holds(&self, condition: &Condition, scores: &[Option<i64>], changes: &Changes<'_>) -> Option<bool> {
        match condition {
            Condition::Constant(value) => Some(*value),
            Condition::Not(inner) => self.holds(inner, scores, changes).map(|truth| !truth),
            Condition::All(parts) => kleene(parts.iter().map(|part| self.holds(part, scores, changes)), false),
            Condition::Any(parts) => kleene(parts.iter().map(|part| self.holds(part, scores, changes)), true),
            Condition::Missing(operand) => Some(match operand {
                Operand::Score(at) => scores.get(*at).copied().flatten().is_none(),
                Operand::Indicator(at) => {
                    !changes.iter().any(|(changed, ..)| changed == at)
                        && self
                            .graded
                            .lines
                            .get(*at)
                            .and_then(|line| line.causes.get(self.row))
                            .is_some_and(|c| *c != 0)
                }
                Operand::Input(at) => self.entry_of(*at, changes).is_none() && !self.is_there(*at),
            }),
            Condition::Test(operand, test) => match operand {
                Operand::Score(at) => scores
                    .get(*at)
                    .copied()
                    .flatten()
                    .and_then(|value| integer(value, test)),
                Operand::Indicator(at) => match changes.iter().find(|(changed, ..)| changed == at) {
                    Some((.., Entry::Value(value))) => integer(*value, test),
                    Some((.., Entry::Text(_))) => None,
                    None => {
                        let value = self
                            .graded
                            .lines
                            .get(*at)
                            .and_then(|line| line.values.get(self.row))
                            .copied();
                        value
                            .filter(|value| *value != i64::MIN)
                            .and_then(|value| integer(value, test))
                    }
                },
                Operand::Input(at) => self.input(*at, test, changes),
            },
        }
    }

    /// The changed indicator that is this input, if there is one: its value and decimals.
    fn entry_of<'e>(&self, input: usize, changes: &Changes<'e>) -> Option<(&'e Entry, u8)> {
        changes.iter().find_map(|(at, _, entry)| {
            let indicator = self.plan.parts().indicators.get(*at)?;
            (indicator.source == Source::Input(input)).then_some((*entry, indicator.decimals))
        })
    }

    fn is_there(&self, input: usize) -> bool {
        let there = |column: &Column<'_>| {
            let causes = missing(column, self.row..self.row + 1);
            causes.iter().all(|cause| *cause == 0) && !is_undefined(column, self.row)
        };
        self.batch.columns.get(input).is_some_and(there)
    }

    fn text(&self, input: usize) -> Option<&'p str> {
        let column = self.batch.columns.get(input)?;
        let Values::Text(texts) = column.values else {
            return None;
        };
        let key = usize::try_from(*texts.keys.get(self.row)?).ok()?;
        texts.list.get(key).copied().filter(|_| self.is_there(input))
    }

    fn input(&self, at: usize, test: &Test, changes: &Changes<'_>) -> Option<bool> {
        let column = self.batch.columns.get(at)?;
        match self.entry_of(at, changes) {
            Some((Entry::Text(value), _)) => return text(value, test),
            Some((Entry::Value(units), decimals)) => {
                return match self.plan.types().get(at)? {
                    InputType::Int(scale) => integer(rescale(*units, decimals, *scale)?, test),
                    InputType::Double => double(to_f64(*units, decimals), test),
                    _ => integer(*units, test),
                };
            }
            None => {}
        }
        if !self.is_there(at) {
            return None;
        }
        match column.values {
            Values::Int(values) => integer(*values.get(self.row)?, test),
            Values::Date(values) => integer(i64::from(*values.get(self.row)?), test),
            Values::Flag(bits) => integer(i64::from(bits.get(self.row)), test),
            Values::Double(values) => double(*values.get(self.row)?, test),
            Values::Coded(coded) => double(coded.get(self.row)?, test),
            Values::Text(_) => text(self.text(at)?, test),
            Values::Absent => None,
        }
    }
}

/// As `rescale`, but without a limit.
fn at_scale(units: i64, from: u8, to: u8) -> i128 {
    if to >= from {
        i128::from(units) * i128::from(pow10(to - from))
    } else {
        div_half_even(i128::from(units), i128::from(pow10(from - to)))
    }
}

/// The first exact integer for which something holds that holds for all greater ones; `None` where it holds for none, or
/// for all.
fn first(holds: impl Fn(i64) -> bool) -> Option<i64> {
    let (mut low, mut high) = (-EXACT_LIMIT, EXACT_LIMIT);
    if holds(low) || !holds(high) {
        return None;
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if holds(middle) { high = middle } else { low = middle }
    }
    Some(high)
}

/// Kleene "or" (`decisive` true) and "and" (`decisive` false).
fn kleene(parts: impl Iterator<Item = Option<bool>>, decisive: bool) -> Option<bool> {
    let mut unknown = false;
    for part in parts {
        match part {
            Some(truth) if truth == decisive => return Some(decisive),
            Some(_) => {}
            None => unknown = true,
        }
    }
    if unknown { None } else { Some(!decisive) }
}

fn integer(value: i64, test: &Test) -> Option<bool> {
    match test {
        Test::Within(intervals) => Some(intervals.iter().any(|(low, high)| *low <= value && value <= *high)),
        _ => None,
    }
}

fn double(value: f64, test: &Test) -> Option<bool> {
    match test {
        Test::Doubles(ranges) if value.is_finite() => Some(ranges.iter().any(|range| range.holds(value))),
        _ => None,
    }
}

fn text(value: &str, test: &Test) -> Option<bool> {
    match test {
        Test::OneOf(wanted) => Some(wanted.iter().any(|want| want == value)),
        Test::NoneOf(wanted) => Some(!wanted.iter().any(|want| want == value)),
        _ => None,
    }
}

//! Conditions over a chunk, and the grade that they give: rules, then floors, then caps, then what the group allows. 定级

use std::ops::Range;

use crate::batch::{Batch, Values};
use crate::condition::{Condition, Operand, Test};
use crate::eval::{beyond, is_undefined, missing};
use crate::grade::{Graded, UNGRADED};
use crate::plan::{Plan, Scoring};

/// Three-valued truth of each row; 0 is no.
const YES: u8 = 1;
const UNKNOWN: u8 = 2;

/// The grade before floors and caps, and room for a few truth columns.
#[derive(Debug, Clone, Default)]
pub(super) struct Buffers {
    grades: Vec<u8>,
    spare: Vec<Vec<u8>>,
}

struct Context<'p, 'b, 'c> {
    plan: &'p Plan,
    batch: &'b Batch<'b>,
    rows: Range<usize>,
    scores: &'c [Vec<i64>],
    values: &'c [Vec<i64>],
    slots: &'c [Vec<u16>],
}

pub(super) fn decide(
    plan: &Plan,
    batch: &Batch<'_>,
    rows: Range<usize>,
    buffers: &mut super::Buffers,
    out: &mut Graded,
) {
    let parts = plan.parts();
    let super::Buffers {
        scores,
        values,
        slots,
        bounds,
        ..
    } = buffers;
    let Buffers { grades, spare } = bounds;
    let context = Context {
        plan,
        batch,
        rows: rows.clone(),
        scores,
        values,
        slots,
    };
    grades.clear();
    grades.resize(rows.len(), (parts.grades.len() - 1) as u8);
    // From the worst to the best, so that the best whose condition holds stays.
    for (number, rule) in parts.grades.iter().enumerate().rev() {
        if let Some(when) = &rule.when {
            let truth = hold(&context, when, spare);
            for (grade, truth) in grades.iter_mut().zip(&truth) {
                *grade = if *truth == YES { number as u8 } else { *grade };
            }
            spare.push(truth);
        }
    }
    let final_grades = &mut out.grade[rows.clone()];
    final_grades.copy_from_slice(grades);
    for (bit, floor) in parts.floors.iter().enumerate() {
        let truth = hold(&context, &floor.when, spare);
        let bound = floor.grade as u8;
        for (at, row) in rows.clone().enumerate() {
            let binds = truth[at] == YES && grades[at] > bound && out.ungraded[row] == 0;
            out.floors[row] |= u64::from(binds) << bit;
            out.grade[row] = if binds {
                out.grade[row].min(bound)
            } else {
                out.grade[row]
            };
        }
        spare.push(truth);
    }
    grades.copy_from_slice(&out.grade[rows.clone()]);
    for (bit, cap) in parts.caps.iter().enumerate() {
        let truth = hold(&context, &cap.when, spare);
        let bound = cap.grade as u8;
        for (at, row) in rows.clone().enumerate() {
            let binds = truth[at] == YES && (grades[at] < bound || out.ungraded[row] != 0);
            out.caps[row] |= u64::from(binds) << bit;
            out.grade[row] = if binds {
                out.grade[row].max(bound)
            } else {
                out.grade[row]
            };
        }
        spare.push(truth);
    }
    for row in rows.clone() {
        if out.ungraded[row] != 0 {
            out.grade[row] = UNGRADED;
        }
    }
    if !parts.group.is_empty() {
        out.own[rows.clone()].copy_from_slice(&out.grade[rows.clone()]);
    }
    for bound in &parts.group {
        let truth = hold(&context, &bound.when, spare);
        // The number of the ungraded is the greatest, so they stay what they are.
        for (grade, truth) in out.grade[rows.clone()].iter_mut().zip(&truth) {
            *grade = if *truth == YES {
                (*grade).max(bound.grade as u8)
            } else {
                *grade
            };
        }
        spare.push(truth);
    }
}

/// The truth of a condition for each row of the chunk.
fn hold(context: &Context<'_, '_, '_>, condition: &Condition, spare: &mut Vec<Vec<u8>>) -> Vec<u8> {
    let n = context.rows.len();
    let mut out = spare.pop().unwrap_or_default();
    out.clear();
    match condition {
        Condition::Constant(value) => out.resize(n, u8::from(*value)),
        Condition::Test(operand, test) => check(context, *operand, test, &mut out),
        Condition::Missing(operand) => absent(context, *operand, &mut out),
        Condition::Not(inner) => {
            let inner = hold(context, inner, spare);
            out.extend(
                inner
                    .iter()
                    .map(|truth| if *truth == UNKNOWN { UNKNOWN } else { 1 - truth }),
            );
            spare.push(inner);
        }
        Condition::All(parts) | Condition::Any(parts) => {
            let all = matches!(condition, Condition::All(_));
            out.resize(n, u8::from(all));
            let decisive = u8::from(!all);
            for part in parts {
                let part = hold(context, part, spare);
                for (truth, part) in out.iter_mut().zip(&part) {
                    *truth = if *truth == decisive || *part == decisive {
                        decisive
                    } else {
                        (*truth).max(*part)
                    };
                }
                spare.push(part);
            }
        }
    }
    out
}

fn check(context: &Context<'_, '_, '_>, operand: Operand, test: &Test, out: &mut Vec<u8>) {
    let within =
        |value: i64, intervals: &[(i64, i64)]| intervals.iter().any(|(low, high)| *low <= value && value <= *high);
    let integers = |values: &[i64], intervals: &[(i64, i64)], out: &mut Vec<u8>| {
        let truth = |value: &i64| {
            if *value == i64::MIN {
                UNKNOWN
            } else {
                u8::from(within(*value, intervals))
            }
        };
        out.extend(values.iter().map(truth));
    };
    let unknown = |out: &mut Vec<u8>| out.resize(context.rows.len(), UNKNOWN);
    match (operand, test) {
        (Operand::Score(at), Test::Within(intervals)) => integers(&context.scores[at], intervals, out),
        (Operand::Indicator(at), Test::Within(intervals)) => {
            if matches!(context.plan.parts().indicators[at].scoring, Scoring::Map(_)) {
                unknown(out);
            } else {
                integers(&context.values[at], intervals, out);
            }
        }
        (Operand::Input(at), test) => check_input(context, at, test, out),
        _ => unknown(out),
    }
}

fn check_input(context: &Context<'_, '_, '_>, at: usize, test: &Test, out: &mut Vec<u8>) {
    let rows = context.rows.clone();
    let Some(column) = context.batch.columns.get(at) else {
        out.resize(rows.len(), UNKNOWN);
        return;
    };
    match (column.values, test) {
        (Values::Int(values), Test::Within(intervals)) => {
            let values = &values[rows.clone()];
            integers_in(values.iter().copied(), intervals, out);
            for (truth, value) in out.iter_mut().zip(values) {
                *truth = if beyond(*value) { UNKNOWN } else { *truth };
            }
        }
        (Values::Date(days), Test::Within(intervals)) => {
            integers_in(days[rows.clone()].iter().map(|days| i64::from(*days)), intervals, out);
        }
        (Values::Flag(bits), Test::Within(intervals)) => {
            integers_in(rows.clone().map(|row| i64::from(bits.get(row))), intervals, out);
        }
        (Values::Double(values), Test::Doubles(ranges)) => {
            let truth = |value: &f64| match value.is_finite() {
                true => u8::from(ranges.iter().any(|range| range.holds(*value))),
                false => UNKNOWN,
            };
            out.extend(values[rows.clone()].iter().map(truth));
        }
        (Values::Coded(coded), Test::Doubles(ranges)) => out.extend(rows.clone().map(|row| match coded.get(row) {
            Some(value) if value.is_finite() => u8::from(ranges.iter().any(|range| range.holds(value))),
            _ => UNKNOWN,
        })),
        (Values::Text(texts), Test::OneOf(wanted) | Test::NoneOf(wanted)) => {
            let among = matches!(test, Test::OneOf(_));
            let truth = |text: &str| u8::from(wanted.iter().any(|want| want == text) == among);
            let keys = &texts.keys[rows.clone()];
            let text = |key: i32| usize::try_from(key).ok().and_then(|key| texts.list.get(key));
            // A short list is looked through once; a long one (every row its own text) row by row.
            if texts.list.len() <= keys.len() {
                let truths: Vec<u8> = texts.list.iter().map(|text| truth(text)).collect();
                let of = |key: &i32| usize::try_from(*key).ok().and_then(|key| truths.get(key)).copied();
                out.extend(keys.iter().map(|key| of(key).unwrap_or(UNKNOWN)));
            } else {
                out.extend(keys.iter().map(|key| text(*key).map_or(UNKNOWN, |text| truth(text))));
            }
        }
        _ => out.resize(rows.len(), UNKNOWN),
    }
    match column.valid {
        None => {}
        Some(valid) => {
            for (truth, row) in out.iter_mut().zip(rows) {
                if !valid.get(row) {
                    *truth = UNKNOWN;
                }
            }
        }
    }
}

fn integers_in(values: impl Iterator<Item = i64>, intervals: &[(i64, i64)], out: &mut Vec<u8>) {
    out.extend(values.map(|value| u8::from(intervals.iter().any(|(low, high)| *low <= value && value <= *high))));
}

fn absent(context: &Context<'_, '_, '_>, operand: Operand, out: &mut Vec<u8>) {
    match operand {
        Operand::Score(at) => out.extend(context.scores[at].iter().map(|value| u8::from(*value == i64::MIN))),
        Operand::Indicator(at) => {
            let none = context.plan.lines.lines[at].missing;
            out.extend(context.slots[at].iter().map(|slot| u8::from(*slot == none)));
        }
        Operand::Input(at) => match context.batch.columns.get(at) {
            Some(column) => out.extend(
                missing(column, context.rows.clone())
                    .iter()
                    .zip(context.rows.clone())
                    .map(|(cause, row)| u8::from(*cause != 0 || is_undefined(column, row))),
            ),
            None => out.resize(context.rows.len(), YES),
        },
    }
}

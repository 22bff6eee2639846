//! One input moved until a formula has a wanted value. 公式求解
//!
//! A grid of likely values first; then, between two neighbours on either side of the target, ever finer grids. The
//! kernel's own evaluator says what each value gives.

use pinji_domain::number::{pow10, scale_f64};
use pinji_engine::{Expr, Plan, Results, evaluate};

use super::axis::{Axis, double, key, pleasant};
use super::witness::other_text;
use crate::rows::{Row, Value, with_batch};

/// What values an input may take.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Allowed {
    Missing,
    /// Keys of its axis.
    Range(i64, i64),
    Text(String),
    /// Any text but these.
    AnyText(Vec<String>),
}

/// What a formula should come to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Target {
    Missing,
    /// Any value.
    Present,
    /// At the indicator's decimals.
    Range(i64, i64),
    Text(String),
}

/// What a formula came to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Got {
    Missing,
    Number(i64),
    Text(String),
}

/// A formula's rounded results for rows made by hand.
pub(super) fn evaluated(plan: &Plan, expr: &Expr, decimals: u8, rows: &[Row]) -> Vec<Got> {
    with_batch(plan.types(), rows, |batch| {
        let results = evaluate(expr, plan.types(), batch, 0..rows.len());
        let value = |at: usize| match &results.values {
            Results::Number(values) => values
                .get(at)
                .and_then(|value| scale_f64(*value, decimals))
                .map(Got::Number),
            Results::Text(values) => values.get(at).map(|text| Got::Text((*text).to_owned())),
            Results::Date(_) | Results::Flag(_) => None,
        };
        let missing = |at: usize| results.causes.get(at).is_none_or(|cause| *cause != 0);
        (0..rows.len())
            .map(|at| {
                if missing(at) {
                    Got::Missing
                } else {
                    value(at).unwrap_or(Got::Missing)
                }
            })
            .collect()
    })
}

pub(super) fn hits(got: &Got, target: &Target) -> bool {
    match (got, target) {
        (Got::Missing, Target::Missing) => true,
        (Got::Number(value), Target::Range(low, high)) => (low..=high).contains(&value),
        (Got::Text(text), Target::Text(wanted)) => text == wanted,
        (got, Target::Present) => *got != Got::Missing,
        _ => false,
    }
}

pub(super) fn value_of(axis: Axis, key: i64) -> Option<Value> {
    Some(match axis {
        Axis::Int(scale) => Value::Int(key, scale),
        Axis::Double => Value::Double(double(key)),
        Axis::Date => Value::Date(i32::try_from(key).ok()?),
        Axis::Flag => Value::Flag(key != 0),
        Axis::Text => return None,
    })
}

/// Values that an input may well have: simple ones first, and negative ones last, for few figures of a company are.
pub(super) fn candidates(
    axis: Axis,
    allowed: &Allowed,
    current: Option<&Value>,
    list: &[String],
) -> Vec<Option<Value>> {
    match allowed {
        Allowed::Missing => vec![None],
        Allowed::Text(text) => vec![Some(Value::Text(text.clone()))],
        Allowed::AnyText(named) => {
            let listed = list.iter().filter(|text| !named.contains(text)).take(200).cloned();
            let texts = listed.chain(list.is_empty().then(|| other_text(named, list)));
            texts.map(|text| Some(Value::Text(text))).chain([None]).collect()
        }
        Allowed::Range(low, high) => {
            let inside = |key: &i64| (*low..=*high).contains(key);
            let mut keys: Vec<i64> = std::iter::once(pleasant(axis, *low, *high)).collect();
            keys.extend(grid(axis, current).into_iter().filter(inside));
            keys.extend([*low, *high]);
            keys.extend(
                [low.checked_add(1), high.checked_sub(1)]
                    .into_iter()
                    .flatten()
                    .filter(inside),
            );
            let mut seen = std::collections::HashSet::new();
            keys.retain(|key| seen.insert(*key));
            keys.sort_by_key(|key| *key < 0);
            keys.into_iter().map(|key| value_of(axis, key)).collect()
        }
    }
}

fn grid(axis: Axis, current: Option<&Value>) -> Vec<i64> {
    let mut keys = vec![0];
    match axis {
        Axis::Int(scale) => {
            let whole = pow10(scale);
            if let Some(Value::Int(units, _)) = current {
                keys.extend([
                    units - whole,
                    units + whole,
                    units / 2,
                    units.saturating_mul(2),
                    units - 1,
                    units + 1,
                ]);
            }
            for zeros in 0..=15 {
                for digit in [1, 2, 5] {
                    let units = pow10(zeros).saturating_mul(digit);
                    keys.extend([units, -units]);
                }
            }
        }
        Axis::Double => {
            if let Some(Value::Double(value)) = current {
                keys.extend(
                    [
                        value - 1.0,
                        value + 1.0,
                        value / 2.0,
                        value * 2.0,
                        value * 0.99,
                        value * 1.01,
                    ]
                    .map(key),
                );
            }
            for exponent in -6..=13 {
                for digit in [1.0, 2.0, 5.0] {
                    let value = digit * 10_f64.powi(exponent);
                    keys.extend([key(value), key(-value)]);
                }
            }
        }
        Axis::Date => {
            let from = match current {
                Some(Value::Date(days)) => i64::from(*days),
                _ => 20_089,
            };
            for days in [1, 15, 30, 45, 90, 180, 270, 365, 540, 730, 1_095, 1_826, 3_652, 7_305] {
                keys.extend([from - days, from + days]);
            }
        }
        Axis::Flag | Axis::Text => keys.push(1),
    }
    keys
}

/// A value of `pivot` (or none: missing) with which the formula hits the target, everything else as in `row`.
pub(super) fn solve(
    plan: &Plan,
    expr: &Expr,
    decimals: u8,
    row: &Row,
    pivot: usize,
    allowed: &Allowed,
    target: &Target,
) -> Option<Option<Value>> {
    let axis = Axis::of(plan.types().get(pivot)?);
    let list = match plan.types().get(pivot) {
        Some(pinji_engine::InputType::Text(Some(list))) => list.as_slice(),
        _ => &[],
    };
    let mut values = candidates(axis, allowed, row.get(pivot)?.as_ref(), list);
    if *target == Target::Missing {
        values.insert(0, None);
    }
    let tried = |values: &[Option<Value>]| {
        let rows: Vec<Row> = values.iter().map(|value| with(row, pivot, value.clone())).collect();
        evaluated(plan, expr, decimals, &rows)
    };
    let got = tried(&values);
    if let Some(found) = got.iter().position(|got| hits(got, target)) {
        return values.get(found).cloned();
    }
    let &Target::Range(low, high) = target else { return None };
    let mut points: Vec<(i64, i64)> = values
        .iter()
        .zip(&got)
        .filter_map(|(value, got)| number(value, got))
        .collect();
    for _ in 0..14 {
        points.sort_unstable();
        // Neighbours on either side of the target, with negative values only where there is no other way.
        let from = points.partition_point(|(key, _)| *key < 0);
        let (negative, positive) = points.split_at(from);
        let across = positive
            .windows(2)
            .chain(negative.windows(2))
            .chain(points.windows(2))
            .find_map(|pair| match pair {
                [(a, before), (b, after)] if (*before < low && *after > high) || (*before > high && *after < low) => {
                    Some((*a, *b))
                }
                _ => None,
            })?;
        let keys = between(axis, across.0, across.1);
        if keys.is_empty() {
            return None;
        }
        let values: Vec<Option<Value>> = keys.iter().map(|key| value_of(axis, *key)).collect();
        let got = tried(&values);
        if let Some(found) = got.iter().position(|got| hits(got, target)) {
            return values.get(found).cloned();
        }
        let new = values.iter().zip(&got).filter_map(|(value, got)| number(value, got));
        points = points
            .into_iter()
            .filter(|(key, _)| *key == across.0 || *key == across.1)
            .chain(new)
            .collect();
    }
    None
}

fn with(row: &Row, at: usize, value: Option<Value>) -> Row {
    let mut row = row.clone();
    if let Some(place) = row.get_mut(at) {
        *place = value;
    }
    row
}

/// The key of a value and what it gave.
fn number(value: &Option<Value>, got: &Got) -> Option<(i64, i64)> {
    let Got::Number(result) = got else { return None };
    let key = match value.as_ref()? {
        Value::Int(units, _) => *units,
        Value::Double(value) => key(*value),
        Value::Date(days) => i64::from(*days),
        Value::Flag(flag) => i64::from(*flag),
        Value::Text(_) => return None,
    };
    Some((key, *result))
}

/// Keys strictly between two keys, evenly spread in value.
fn between(axis: Axis, low: i64, high: i64) -> Vec<i64> {
    const STEPS: i64 = 32;
    let mut keys: Vec<i64> = match axis {
        Axis::Double => {
            let (from, to) = (double(low), double(high));
            (1..STEPS)
                .map(|step| key(from + (to - from) * (step as f64 / STEPS as f64)))
                .collect()
        }
        _ => {
            let width = i128::from(high) - i128::from(low);
            let at = |step: i64| i128::from(low) + width * i128::from(step) / i128::from(STEPS);
            (1..STEPS).filter_map(|step| i64::try_from(at(step)).ok()).collect()
        }
    };
    keys.retain(|key| low < *key && *key < high);
    keys.dedup();
    keys
}

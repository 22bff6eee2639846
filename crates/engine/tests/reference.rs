//! Grading one subject at a time, slowly, as the documentation says it. 参照实现
//!
//! Nothing of the kernel is called here: weights are exact fractions, formulas have their own evaluator.

use std::cmp::Ordering;

use pinji_domain::{MissingCause, date};
use pinji_engine::condition::{Condition, Operand, Test};
use pinji_engine::expr::{Comparison, Expr, Operator};
use pinji_engine::plan::{Bands, InputType, Missing, PlanParts, Scoring, Source};

use crate::fraction::{Fraction, nearest};
use crate::rows::{Cell, Datum, Row};

/// What is said of one subject; the fields are those of `Graded` and its columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub scores: Vec<i64>,
    pub coverage: Vec<u16>,
    /// Bits of the doubles, so that NaN equals NaN.
    pub dimensions: Vec<u64>,
    pub grade: u8,
    pub ungraded: u8,
    pub losses: [u8; 3],
    pub caps: u64,
    pub floors: u64,
    pub missing: u64,
    pub lines: Vec<LineAnswer>,
}

/// One line of it.
#[derive(Debug, Clone, PartialEq)]
pub struct LineAnswer {
    pub value: i64,
    pub band: u16,
    pub points: i32,
    pub cause: u8,
}

/// 2^53.
const EXACT: i128 = 9_007_199_254_740_992;
const NOTHING: i64 = i64::MIN;
const NOBODY: u8 = 255;

/// One line while it is worked out.
struct Line {
    value: Option<i64>,
    band: Option<usize>,
    /// Points before the missing rule.
    points: Option<i32>,
    cause: Option<MissingCause>,
}

pub fn grade(parts: &PlanParts, row: &Row) -> Answer {
    let lines: Vec<Line> = (0..parts.indicators.len()).map(|at| line(parts, at, row)).collect();
    let rule = |at: usize| parts.indicators[at].missing;
    let dropped = |at: usize| lines[at].cause.is_some() && rule(at) == Missing::Reweight;
    let refused = |at: usize| lines[at].cause.is_some() && rule(at) == Missing::Refuse;
    // A line that refuses counts with no points: the subject is not graded, but its scores are still shown.
    let points = |at: usize| match (lines[at].cause, rule(at)) {
        (None, _) => lines[at].points.expect("a value has points"),
        (Some(_), Missing::Points(points)) => points,
        (Some(_), Missing::Refuse | Missing::Reweight) => 0,
    };
    let count = lines.len();

    let mut scores = Vec::new();
    let mut coverage = Vec::new();
    let mut thin = false;
    for (score, of) in parts.scores.iter().enumerate() {
        let sum = weights(parts, score, &dropped).map(|weights| {
            let contribution = |at: usize| nearest(i128::from(points(at)) * weights[at], 1_000_000);
            (0..count).map(contribution).sum::<i128>()
        });
        scores.push(sum.map_or(NOTHING, |sum| i64::try_from(sum).expect("scores are small")));
        let nominal = weights(parts, score, &|_| false).expect("a score has lines");
        let there: i128 = (0..count)
            .filter(|at| lines[*at].cause.is_none())
            .map(|at| nominal[at])
            .sum();
        let whole = 10_i128.pow(u32::from(of.decimals) + 2);
        let share = nearest(there * 10_000, whole);
        thin |= share < i128::from(parts.min_coverage);
        coverage.push(u16::try_from(share).expect("at most one"));
    }

    let dimensions = (0..parts.dimensions.len()).map(|dimension| {
        let own = (0..count).filter(|at| parts.indicators[*at].dimension == dimension && !dropped(*at));
        let (mut over, mut under) = (0_i128, 0_i128);
        for at in own {
            over += i128::from(points(at)) * i128::from(parts.indicators[at].weight);
            under += i128::from(parts.indicators[at].weight) * 10_000;
        }
        if under == 0 {
            f64::NAN.to_bits()
        } else {
            (over as f64 / under as f64).to_bits()
        }
    });
    let dimensions: Vec<u64> = dimensions.collect();

    let ungraded = if (0..count).any(refused) {
        1
    } else if scores.contains(&NOTHING) {
        3
    } else if thin {
        2
    } else {
        0
    };

    let see = |condition: &Condition| holds(condition, row, &scores, &lines) == Some(true);
    let by_rules = parts
        .grades
        .iter()
        .position(|rule| rule.when.as_ref().is_none_or(see))
        .expect("the last has no condition");
    let mut grade = by_rules;
    let (mut floors, mut caps) = (0_u64, 0_u64);
    for (at, floor) in parts.floors.iter().enumerate() {
        if ungraded == 0 && see(&floor.when) && by_rules > floor.grade {
            floors |= 1 << at;
            grade = grade.min(floor.grade);
        }
    }
    let with_floors = grade;
    for (at, cap) in parts.caps.iter().enumerate() {
        if see(&cap.when) && (ungraded != 0 || with_floors < cap.grade) {
            caps |= 1 << at;
            grade = grade.max(cap.grade);
        }
    }

    let missing = (0..count)
        .filter(|at| lines[*at].cause.is_some())
        .fold(0, |bits, at| bits | 1_u64 << at);
    let lines_out = (0..count).map(|at| LineAnswer {
        value: lines[at].value.unwrap_or(NOTHING),
        band: lines[at]
            .band
            .map_or(u16::MAX, |band| u16::try_from(band).expect("few bands")),
        points: if dropped(at) || refused(at) { -1 } else { points(at) },
        cause: lines[at].cause.map_or(0, |cause| cause as u8),
    });
    Answer {
        losses: losses(parts, &points),
        dimensions,
        scores,
        coverage,
        grade: if ungraded == 0 {
            u8::try_from(grade).expect("few grades")
        } else {
            NOBODY
        },
        ungraded,
        caps,
        floors,
        missing,
        lines: lines_out.collect(),
    }
}

// ---- lines

fn line(parts: &PlanParts, at: usize, row: &Row) -> Line {
    let indicator = &parts.indicators[at];
    let none = |cause: MissingCause| Line {
        value: None,
        band: None,
        points: None,
        cause: Some(cause),
    };
    let value = match &indicator.source {
        Source::Input(input) => input_value(&row[*input], &parts.inputs[*input].ty, indicator.decimals),
        Source::Formula(expr) => match evaluate(expr, parts, row) {
            Err(cause) => Err(cause),
            Ok(Value::Number(number)) => rounded(number, indicator.decimals).map(Scored::Number),
            Ok(Value::Text(text)) => Ok(Scored::Text(text)),
            Ok(Value::Date(_) | Value::Flag(_)) => Err(MissingCause::Undefined),
        },
    };
    let value = match value {
        Ok(value) => value,
        Err(cause) => return none(cause),
    };
    match (&indicator.scoring, value) {
        (Scoring::Map(map), Scored::Text(text)) => {
            if let Some(entry) = map.entries.iter().position(|(listed, _)| *listed == text) {
                return Line {
                    value: None,
                    band: Some(entry),
                    points: Some(map.entries[entry].1),
                    cause: None,
                };
            }
            match map.otherwise {
                Some(points) => Line {
                    value: None,
                    band: Some(map.entries.len()),
                    points: Some(points),
                    cause: None,
                },
                None => none(MissingCause::Unlisted),
            }
        }
        (Scoring::Bands(bands), Scored::Number(value)) => banded(bands, value),
        (Scoring::Keyed(keyed), Scored::Number(value)) => {
            let matches = |choice: &&pinji_engine::Choice| {
                keyed
                    .keys
                    .iter()
                    .zip(&choice.keys)
                    .all(|(input, wanted)| match (wanted, &row[*input]) {
                        (None, _) => true,
                        (Some(wanted), Ok(Datum::Text(text))) => text == wanted,
                        (Some(_), _) => false,
                    })
            };
            banded(
                &keyed.choices.iter().find(matches).expect("the last matches all").bands,
                value,
            )
        }
        (Scoring::Direct, Scored::Number(value)) => {
            let points = rescaled(value, indicator.decimals, 4).unwrap_or(if value < 0 { 0 } else { 1_000_000 });
            let points = i32::try_from(points.clamp(0, 1_000_000)).expect("clamped");
            Line {
                value: Some(value),
                band: None,
                points: Some(points),
                cause: None,
            }
        }
        _ => none(MissingCause::Undefined),
    }
}

fn banded(bands: &Bands, value: i64) -> Line {
    let at = bands.edges.iter().filter(|edge| **edge <= value).count();
    let band = bands.bands[at];
    let points = if band.from == band.to {
        band.from
    } else {
        // The points themselves are rounded, not what is added to them.
        let inside = i128::from(value.max(band.low).min(band.high)) - i128::from(band.low);
        let width = i128::from(band.high) - i128::from(band.low);
        let over = i128::from(band.from) * width + i128::from(band.to - band.from) * inside;
        i32::try_from(nearest(over, width)).expect("points")
    };
    Line {
        value: Some(value),
        band: Some(at),
        points: Some(points),
        cause: None,
    }
}

enum Scored {
    Number(i64),
    Text(String),
}

fn input_value(cell: &Cell, ty: &InputType, decimals: u8) -> Result<Scored, MissingCause> {
    match (cell.as_ref().map_err(|cause| *cause)?, ty) {
        (Datum::Int(units), InputType::Int(scale)) => {
            if i128::from(*units).abs() > EXACT {
                return Err(MissingCause::Undefined);
            }
            rescaled(*units, *scale, decimals)
                .map(Scored::Number)
                .ok_or(MissingCause::Undefined)
        }
        (Datum::Double(value), InputType::Double) => rounded(*value, decimals).map(Scored::Number),
        (Datum::Text(text), InputType::Text(_)) => Ok(Scored::Text(text.clone())),
        _ => Err(MissingCause::Undefined),
    }
}

/// To other decimals, halves to even; nothing beyond 2^53.
fn rescaled(units: i64, from: u8, to: u8) -> Option<i64> {
    let up = 10_i128.pow(u32::from(to));
    let exact = nearest(i128::from(units) * up, 10_i128.pow(u32::from(from)));
    (exact.abs() <= EXACT).then(|| i64::try_from(exact).expect("inside 2^53"))
}

/// One multiplication, then one rounding, halves to even.
fn rounded(value: f64, decimals: u8) -> Result<i64, MissingCause> {
    let scaled = value * 10_f64.powi(i32::from(decimals));
    if !scaled.is_finite() || scaled.abs() >= 1e17 {
        return Err(MissingCause::Undefined);
    }
    let floor = scaled.floor();
    let rest = scaled - floor;
    let even = floor % 2.0 == 0.0;
    let near = if rest > 0.5 || (rest == 0.5 && !even) {
        floor + 1.0
    } else {
        floor
    };
    if near.abs() > EXACT as f64 {
        Err(MissingCause::Undefined)
    } else {
        Ok(near as i64)
    }
}

// ---- weights

/// Effective weights of a score's lines in units of 10^-(decimals + 2); `None` when none is left.
fn weights(parts: &PlanParts, score: usize, dropped: &dyn Fn(usize) -> bool) -> Option<Vec<i128>> {
    let score = &parts.scores[score];
    let kept = |dimension: usize| {
        let lines = parts.indicators.iter().enumerate();
        lines
            .filter(|(at, line)| line.dimension == dimension && !dropped(*at))
            .map(|(at, _)| at)
            .collect::<Vec<_>>()
    };
    let alive: Vec<_> = score
        .weights
        .iter()
        .filter(|weight| !kept(weight.dimension).is_empty())
        .collect();
    let all: u128 = alive.iter().map(|weight| weight.weight.unsigned_abs() as u128).sum();
    if all == 0 {
        return None;
    }
    let whole = 10_u128.pow(u32::from(score.decimals) + 2);
    let mut exact: Vec<(usize, Fraction)> = Vec::new();
    for dimension in alive {
        let lines = kept(dimension.dimension);
        let family: u128 = lines
            .iter()
            .map(|at| parts.indicators[*at].weight.unsigned_abs() as u128)
            .sum();
        for at in lines {
            let within = Fraction::new(u128::from(parts.indicators[at].weight.unsigned_abs()), family);
            let of_all = Fraction::new(u128::from(dimension.weight.unsigned_abs()), all);
            exact.push((at, within.times(of_all).times(Fraction::new(whole, 1))));
        }
    }
    let mut out = vec![0_i128; parts.indicators.len()];
    for (at, share) in &exact {
        out[*at] = i128::try_from(share.whole()).expect("small");
    }
    let given: i128 = out.iter().sum();
    exact.sort_by(|a, b| match b.1.rest().compare(a.1.rest()) {
        Ordering::Equal => a.0.cmp(&b.0),
        other => other,
    });
    for (at, _) in exact
        .iter()
        .take(usize::try_from(whole as i128 - given).expect("a remainder"))
    {
        out[*at] += 1;
    }
    Some(out)
}

fn losses(parts: &PlanParts, points: &dyn Fn(usize) -> i32) -> [u8; 3] {
    let mut all: Vec<(i128, usize)> = (0..parts.indicators.len())
        .map(|at| {
            let loss = (0..parts.scores.len()).map(|score| {
                let nominal = weights(parts, score, &|_| false).expect("a score has lines");
                // All scores brought to six decimals of the whole.
                nominal[at]
                    * 10_i128.pow(4 - u32::from(parts.scores[score].decimals))
                    * i128::from(1_000_000 - points(at))
            });
            (loss.sum(), at)
        })
        .collect();
    all.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut out = [NOBODY; 3];
    for (place, (loss, at)) in out.iter_mut().zip(all) {
        if loss > 0 {
            *place = u8::try_from(at).expect("at most 64");
        }
    }
    out
}

// ---- conditions

/// True, false, or unknown.
fn holds(condition: &Condition, row: &Row, scores: &[i64], lines: &[Line]) -> Option<bool> {
    let of = |condition: &Condition| holds(condition, row, scores, lines);
    match condition {
        Condition::Constant(value) => Some(*value),
        Condition::Not(inner) => of(inner).map(|value| !value),
        Condition::All(list) => {
            let all: Vec<_> = list.iter().map(of).collect();
            if all.contains(&Some(false)) {
                Some(false)
            } else if all.contains(&None) {
                None
            } else {
                Some(true)
            }
        }
        Condition::Any(list) => {
            let all: Vec<_> = list.iter().map(of).collect();
            if all.contains(&Some(true)) {
                Some(true)
            } else if all.contains(&None) {
                None
            } else {
                Some(false)
            }
        }
        Condition::Missing(operand) => Some(match operand {
            Operand::Score(score) => scores[*score] == NOTHING,
            Operand::Indicator(line) => lines[*line].cause.is_some(),
            Operand::Input(input) => usable(&row[*input]).is_none(),
        }),
        Condition::Test(operand, test) => {
            let inside = |value: i64| match test {
                Test::Within(ranges) => Some(ranges.iter().any(|(low, high)| *low <= value && value <= *high)),
                _ => None,
            };
            match operand {
                Operand::Score(score) => Some(scores[*score]).filter(|value| *value != NOTHING).and_then(inside),
                Operand::Indicator(line) => lines[*line].value.and_then(inside),
                Operand::Input(input) => match (usable(&row[*input])?, test) {
                    (Datum::Int(value), _) => inside(*value),
                    (Datum::Date(days), _) => inside(i64::from(*days)),
                    (Datum::Flag(value), _) => inside(i64::from(*value)),
                    (Datum::Double(value), Test::Doubles(ranges)) => Some(ranges.iter().any(|range| {
                        let above = if range.low_inclusive {
                            *value >= range.low
                        } else {
                            *value > range.low
                        };
                        let below = if range.high_inclusive {
                            *value <= range.high
                        } else {
                            *value < range.high
                        };
                        above && below
                    })),
                    (Datum::Text(text), Test::OneOf(texts)) => Some(texts.contains(text)),
                    (Datum::Text(text), Test::NoneOf(texts)) => Some(!texts.contains(text)),
                    _ => None,
                },
            }
        }
    }
}

/// An input's value, unless it is missing or cannot be: no number, or beyond 2^53.
fn usable(cell: &Cell) -> Option<&Datum> {
    match cell {
        Ok(Datum::Double(value)) if !value.is_finite() => None,
        Ok(Datum::Int(value)) if i128::from(*value).abs() > EXACT => None,
        Ok(datum) => Some(datum),
        Err(_) => None,
    }
}

// ---- formulas

/// What a formula gives.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Number(f64),
    Text(String),
    Date(i32),
    Flag(bool),
}

type Evaluated = Result<Value, MissingCause>;

const UNDEFINED: MissingCause = MissingCause::Undefined;

fn number(value: f64) -> Evaluated {
    if value.is_finite() {
        Ok(Value::Number(value))
    } else {
        Err(UNDEFINED)
    }
}

pub fn evaluate(expr: &Expr, parts: &PlanParts, row: &Row) -> Evaluated {
    let of = |expr: &Expr| evaluate(expr, parts, row);
    let flag = |expr: &Expr| match of(expr)? {
        Value::Flag(value) => Ok(value),
        _ => Err(UNDEFINED),
    };
    match expr {
        Expr::Number(value) => Ok(Value::Number(*value)),
        Expr::Text(text) => Ok(Value::Text(text.clone())),
        Expr::Date(days) => Ok(Value::Date(*days)),
        Expr::Flag(value) => Ok(Value::Flag(*value)),
        Expr::Input(input) => match row[*input].as_ref().map_err(|cause| *cause)? {
            Datum::Int(units) if i128::from(*units).abs() > EXACT => Err(UNDEFINED),
            Datum::Int(units) => {
                let InputType::Int(scale) = parts.inputs[*input].ty else {
                    return Err(UNDEFINED);
                };
                number(*units as f64 / 10_f64.powi(i32::from(scale)))
            }
            Datum::Double(value) => number(*value),
            Datum::Text(text) => Ok(Value::Text(text.clone())),
            Datum::Date(days) => Ok(Value::Date(*days)),
            Datum::Flag(value) => Ok(Value::Flag(*value)),
        },
        Expr::Negate(inner) => match of(inner)? {
            Value::Number(value) => number(-value),
            _ => Err(UNDEFINED),
        },
        Expr::Abs(inner) => match of(inner)? {
            Value::Number(value) => number(value.abs()),
            _ => Err(UNDEFINED),
        },
        Expr::Ln(inner) => match of(inner)? {
            Value::Number(value) => number(libm::log(value)),
            _ => Err(UNDEFINED),
        },
        Expr::Binary(operator, a, b) => {
            let (a, b) = (of(a)?, of(b)?);
            match (operator, a, b) {
                (Operator::Add, Value::Number(a), Value::Number(b)) => number(a + b),
                (Operator::Subtract, Value::Number(a), Value::Number(b)) => number(a - b),
                (Operator::Multiply, Value::Number(a), Value::Number(b)) => number(a * b),
                (Operator::Divide, Value::Number(a), Value::Number(b)) => number(a / b),
                (Operator::Subtract, Value::Date(a), Value::Date(b)) => number(f64::from(a) - f64::from(b)),
                (Operator::Add, Value::Date(date), Value::Number(days))
                | (Operator::Add, Value::Number(days), Value::Date(date)) => Ok(Value::Date(moved(date, days.floor()))),
                (Operator::Subtract, Value::Date(date), Value::Number(days)) => {
                    Ok(Value::Date(moved(date, -days.floor())))
                }
                _ => Err(UNDEFINED),
            }
        }
        Expr::Compare(comparison, a, b) => compared(*comparison, &of(a)?, &of(b)?)
            .map(Value::Flag)
            .ok_or(UNDEFINED),
        Expr::InList(value, list) => {
            let value = of(value)?;
            let mut unknown = None;
            for element in list {
                match of(element) {
                    Ok(element) if compared(Comparison::Equal, &value, &element) == Some(true) => {
                        return Ok(Value::Flag(true));
                    }
                    Ok(element) if compared(Comparison::Equal, &value, &element).is_none() => {
                        unknown = unknown.or(Some(UNDEFINED));
                    }
                    Ok(_) => {}
                    Err(cause) => unknown = unknown.or(Some(cause)),
                }
            }
            unknown.map_or(Ok(Value::Flag(false)), Err)
        }
        Expr::IsNull(inner) => Ok(Value::Flag(of(inner).is_err())),
        Expr::Not(inner) => flag(inner).map(|value| Value::Flag(!value)),
        Expr::And(a, b) => match (flag(a), flag(b)) {
            (Ok(false), _) | (_, Ok(false)) => Ok(Value::Flag(false)),
            (Err(cause), _) | (_, Err(cause)) => Err(cause),
            (Ok(true), Ok(true)) => Ok(Value::Flag(true)),
        },
        Expr::Or(a, b) => match (flag(a), flag(b)) {
            (Ok(true), _) | (_, Ok(true)) => Ok(Value::Flag(true)),
            (Err(cause), _) | (_, Err(cause)) => Err(cause),
            (Ok(false), Ok(false)) => Ok(Value::Flag(false)),
        },
        Expr::Case(arms, otherwise) => {
            for (when, then) in arms {
                if flag(when) == Ok(true) {
                    return of(then);
                }
            }
            otherwise
                .as_ref()
                .map_or(Err(MissingCause::NotReported), |expr| of(expr))
        }
        Expr::Coalesce(list) => chosen(list.iter().map(of), |_, _| false),
        Expr::Least(list) => chosen(list.iter().map(of), |new, old| new < old),
        Expr::Greatest(list) => chosen(list.iter().map(of), |new, old| new > old),
        Expr::NullIf(a, b) => {
            let a = of(a)?;
            match of(b) {
                Ok(b) if compared(Comparison::Equal, &a, &b) == Some(true) => Err(UNDEFINED),
                _ => Ok(a),
            }
        }
        Expr::MonthsBetween(a, b) => match (of(a)?, of(b)?) {
            (Value::Date(later), Value::Date(earlier)) => match (date::from_days(later), date::from_days(earlier)) {
                (Some(later), Some(earlier)) => number(f64::from(date::months_between(later, earlier))),
                _ => Err(UNDEFINED),
            },
            _ => Err(UNDEFINED),
        },
    }
}

/// Dates end where 32 bits end.
fn moved(date: i32, days: f64) -> i32 {
    let moved = f64::from(date) + days;
    if moved >= f64::from(i32::MAX) {
        i32::MAX
    } else if moved <= f64::from(i32::MIN) {
        i32::MIN
    } else {
        moved as i32
    }
}

fn compared(comparison: Comparison, a: &Value, b: &Value) -> Option<bool> {
    let order = match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.partial_cmp(b)?,
        (Value::Text(a), Value::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Flag(a), Value::Flag(b)) => a.cmp(b),
        _ => return None,
    };
    Some(match comparison {
        Comparison::Equal => order == Ordering::Equal,
        Comparison::NotEqual => order != Ordering::Equal,
        Comparison::Less => order == Ordering::Less,
        Comparison::AtMost => order != Ordering::Greater,
        Comparison::Greater => order == Ordering::Greater,
        Comparison::AtLeast => order != Ordering::Less,
    })
}

/// Nulls are skipped; without any value the first argument says why.
fn chosen(list: impl Iterator<Item = Evaluated>, better: impl Fn(f64, f64) -> bool) -> Evaluated {
    let mut held: Option<Value> = None;
    let mut why = None;
    for argument in list {
        match (argument, &held) {
            (Err(cause), _) => why = why.or(Some(cause)),
            (Ok(value), None) => held = Some(value),
            (Ok(value), Some(old)) => {
                let replaces = match (&value, old) {
                    (Value::Number(new), Value::Number(old)) => better(*new, *old),
                    (Value::Date(new), Value::Date(old)) => better(f64::from(*new), f64::from(*old)),
                    _ => false,
                };
                if replaces {
                    held = Some(value);
                }
            }
        }
    }
    held.ok_or(why.unwrap_or(UNDEFINED))
}

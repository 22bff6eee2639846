//! Formulas evaluated over the rows of a batch: the one place where doubles live. 公式计算
#![expect(
    clippy::indexing_slicing,
    reason = "operands of one evaluation have the same length, and rows are taken from within it"
)]

use std::ops::Range;

use pinji_domain::number::{EXACT_LIMIT, to_f64};
use pinji_domain::{MissingCause, date};

use crate::batch::{Batch, Column, Values};
use crate::expr::{Comparison, Expr, Operator};
use crate::plan::InputType;

/// A formula's results, one per row. 计算结果
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluated<'a> {
    /// The values; whatever stands there where a row has none is ignored.
    pub values: Results<'a>,
    /// 0, or the number of the `MissingCause`.
    pub causes: Vec<u8>,
}

/// The values of an [`Evaluated`].
#[derive(Debug, Clone, PartialEq)]
pub enum Results<'a> {
    /// Finite doubles.
    Number(Vec<f64>),
    /// Texts, borrowed from the batch or the formula.
    Text(Vec<&'a str>),
    /// Days since 1970-01-01.
    Date(Vec<i32>),
    /// Truth values.
    Flag(Vec<bool>),
}

const UNDEFINED: u8 = MissingCause::Undefined as u8;
const NOT_REPORTED: u8 = MissingCause::NotReported as u8;

/// Evaluates a formula for the given rows. 公式计算
///
/// - `types`: what the batch's columns hold, for the scale of integers.
/// - Returns one value or cause per row of `rows`.
///
/// Never fails: operands of the wrong type give `Undefined` (the policy's checks refuse such formulas).
pub fn evaluate<'a>(expr: &'a Expr, types: &[InputType], batch: &Batch<'a>, rows: Range<usize>) -> Evaluated<'a> {
    let n = rows.len();
    match expr {
        Expr::Number(value) => constant(Results::Number(vec![*value; n]), n),
        Expr::Text(value) => constant(Results::Text(vec![value.as_str(); n]), n),
        Expr::Date(value) => constant(Results::Date(vec![*value; n]), n),
        Expr::Flag(value) => constant(Results::Flag(vec![*value; n]), n),
        Expr::Input(index) => match (batch.columns.get(*index), types.get(*index)) {
            (Some(column), Some(ty)) => read(column, ty, rows),
            _ => undefined(n),
        },
        Expr::Negate(inner) => numbers(evaluate(inner, types, batch, rows), |x| -x),
        Expr::Abs(inner) => numbers(evaluate(inner, types, batch, rows), f64::abs),
        Expr::Ln(inner) => numbers(evaluate(inner, types, batch, rows), libm::log),
        Expr::Binary(operator, a, b) => {
            let a = evaluate(a, types, batch, rows.clone());
            arithmetic(*operator, a, evaluate(b, types, batch, rows))
        }
        Expr::Compare(comparison, a, b) => {
            let a = evaluate(a, types, batch, rows.clone());
            compare(*comparison, &a, &evaluate(b, types, batch, rows))
        }
        Expr::InList(value, list) => {
            let value = evaluate(value, types, batch, rows.clone());
            list.iter()
                .fold(constant(Results::Flag(vec![false; n]), n), |found, element| {
                    let element = evaluate(element, types, batch, rows.clone());
                    either(found, compare(Comparison::Equal, &value, &element))
                })
        }
        Expr::IsNull(inner) => {
            let inner = evaluate(inner, types, batch, rows);
            constant(Results::Flag(inner.causes.iter().map(|cause| *cause != 0).collect()), n)
        }
        Expr::Not(inner) => negated(evaluate(inner, types, batch, rows)),
        Expr::And(a, b) => {
            let a = negated(evaluate(a, types, batch, rows.clone()));
            negated(either(a, negated(evaluate(b, types, batch, rows))))
        }
        Expr::Or(a, b) => {
            let a = evaluate(a, types, batch, rows.clone());
            either(a, evaluate(b, types, batch, rows))
        }
        Expr::Case(arms, otherwise) => {
            let otherwise = otherwise
                .as_ref()
                .map(|expr| evaluate(expr, types, batch, rows.clone()));
            let arms = arms.iter().map(|(when, then)| {
                (
                    evaluate(when, types, batch, rows.clone()),
                    evaluate(then, types, batch, rows.clone()),
                )
            });
            case(&arms.collect::<Vec<_>>(), otherwise, n)
        }
        Expr::Coalesce(list) => reduce(list, types, batch, rows, |_, _| false),
        Expr::Least(list) => reduce(list, types, batch, rows, |new, old| new < old),
        Expr::Greatest(list) => reduce(list, types, batch, rows, |new, old| new > old),
        Expr::NullIf(a, b) => {
            let mut a = evaluate(a, types, batch, rows.clone());
            let equal = compare(Comparison::Equal, &a, &evaluate(b, types, batch, rows));
            if let Results::Flag(equal_values) = &equal.values {
                for ((cause, unknown), equal) in a.causes.iter_mut().zip(&equal.causes).zip(equal_values) {
                    if *cause == 0 && *unknown == 0 && *equal {
                        *cause = UNDEFINED;
                    }
                }
            }
            a
        }
        Expr::MonthsBetween(a, b) => {
            let a = evaluate(a, types, batch, rows.clone());
            months_between(&a, &evaluate(b, types, batch, rows))
        }
    }
}

fn constant(values: Results<'_>, rows: usize) -> Evaluated<'_> {
    Evaluated {
        values,
        causes: vec![0; rows],
    }
}

fn undefined<'a>(rows: usize) -> Evaluated<'a> {
    Evaluated {
        values: Results::Number(vec![0.0; rows]),
        causes: vec![UNDEFINED; rows],
    }
}

/// The first cause that there is.
fn first(a: u8, b: u8) -> u8 {
    if a == 0 { b } else { a }
}

fn both(a: &[u8], b: &[u8]) -> Vec<u8> {
    a.iter().zip(b).map(|(a, b)| first(*a, *b)).collect()
}

/// A column's rows as results.
fn read<'a>(column: &Column<'a>, ty: &InputType, rows: Range<usize>) -> Evaluated<'a> {
    let mut causes = missing(column, rows.clone());
    let values = match (column.values, ty) {
        (Values::Int(values), InputType::Int(scale)) => {
            let values = &values[rows];
            for (cause, value) in causes.iter_mut().zip(values) {
                if *cause == 0 && beyond(*value) {
                    *cause = UNDEFINED;
                }
            }
            Results::Number(values.iter().map(|value| to_f64(*value, *scale)).collect())
        }
        (Values::Double(values), InputType::Double) => {
            let values = &values[rows];
            for (cause, value) in causes.iter_mut().zip(values) {
                if *cause == 0 && !value.is_finite() {
                    *cause = UNDEFINED;
                }
            }
            Results::Number(values.to_vec())
        }
        (Values::Coded(coded), InputType::Double) => {
            let mut values = Vec::with_capacity(rows.len());
            for (cause, row) in causes.iter_mut().zip(rows) {
                let value = coded.get(row).unwrap_or(0.0);
                if *cause == 0 && !value.is_finite() {
                    *cause = UNDEFINED;
                }
                values.push(value);
            }
            Results::Number(values)
        }
        (Values::Text(texts), InputType::Text(_)) => {
            let text = |key: &i32| usize::try_from(*key).ok().and_then(|key| texts.list.get(key)).copied();
            Results::Text(
                texts.keys[rows]
                    .iter()
                    .map(|key| text(key).unwrap_or_default())
                    .collect(),
            )
        }
        (Values::Date(values), InputType::Date) => Results::Date(values[rows].to_vec()),
        (Values::Flag(bits), InputType::Flag) => Results::Flag(rows.map(|row| bits.get(row)).collect()),
        (Values::Absent, ty) => {
            return Evaluated {
                values: blank(ty, rows.len()),
                causes,
            };
        }
        _ => return undefined(rows.len()),
    };
    Evaluated { values, causes }
}

fn blank<'a>(ty: &InputType, rows: usize) -> Results<'a> {
    match ty {
        InputType::Int(_) | InputType::Double => Results::Number(vec![0.0; rows]),
        InputType::Text(_) => Results::Text(vec![""; rows]),
        InputType::Date => Results::Date(vec![0; rows]),
        InputType::Flag => Results::Flag(vec![false; rows]),
    }
}

/// For each row 0, or why the column has no value there.
pub(crate) fn missing(column: &Column<'_>, rows: Range<usize>) -> Vec<u8> {
    let mut causes = Vec::new();
    missing_into(column, rows, &mut causes);
    causes
}

/// The same, into a buffer that is used again.
pub(crate) fn missing_into(column: &Column<'_>, rows: Range<usize>, out: &mut Vec<u8>) {
    let cause = |row: usize| match column.causes.and_then(|causes| causes.get(row)) {
        Some(cause) if *cause != 0 => *cause,
        _ => NOT_REPORTED,
    };
    let marked = |row: usize| match column.values {
        Values::Absent => true,
        Values::Coded(coded) => coded.keys.get(row).is_none_or(|key| *key == 0),
        Values::Text(texts) => texts.keys.get(row).is_none_or(|key| *key < 0),
        _ => false,
    };
    let marks = matches!(column.values, Values::Absent | Values::Coded(_) | Values::Text(_));
    out.clear();
    match column.valid {
        None if !marks => out.resize(rows.len(), 0),
        None => out.extend(rows.map(|row| if marked(row) { cause(row) } else { 0 })),
        Some(valid) => out.extend(rows.map(|row| if valid.get(row) && !marked(row) { 0 } else { cause(row) })),
    }
}

/// Whether what stands there is undefined: not finite, or an integer beyond the exact range.
pub(crate) fn is_undefined(column: &Column<'_>, row: usize) -> bool {
    match column.values {
        Values::Int(values) => values.get(row).is_some_and(|units| beyond(*units)),
        Values::Double(values) => values.get(row).is_some_and(|value| !value.is_finite()),
        Values::Coded(coded) => coded.get(row).is_some_and(|value| !value.is_finite()),
        Values::Text(_) | Values::Date(_) | Values::Flag(_) | Values::Absent => false,
    }
}

/// Whether an integer is too large to be exact as a double.
pub(crate) fn beyond(units: i64) -> bool {
    units.unsigned_abs() > EXACT_LIMIT.unsigned_abs()
}

fn numbers<'a>(mut operand: Evaluated<'a>, function: impl Fn(f64) -> f64) -> Evaluated<'a> {
    let Results::Number(values) = &mut operand.values else {
        return mistyped(&operand);
    };
    for (value, cause) in values.iter_mut().zip(&mut operand.causes) {
        *value = function(*value);
        if *cause == 0 && !value.is_finite() {
            *cause = UNDEFINED;
        }
    }
    operand
}

/// An operand of the wrong type: every row that is not missing anyway is undefined.
fn mistyped<'a>(operand: &Evaluated<'_>) -> Evaluated<'a> {
    let causes = operand
        .causes
        .iter()
        .map(|cause| first(*cause, UNDEFINED))
        .collect::<Vec<_>>();
    Evaluated {
        values: Results::Number(vec![0.0; causes.len()]),
        causes,
    }
}

fn arithmetic<'a>(operator: Operator, a: Evaluated<'a>, b: Evaluated<'a>) -> Evaluated<'a> {
    let mut causes = both(&a.causes, &b.causes);
    let values = match (operator, &a.values, &b.values) {
        (_, Results::Number(a), Results::Number(b)) => {
            let apply = |(a, b): (&f64, &f64)| match operator {
                Operator::Add => a + b,
                Operator::Subtract => a - b,
                Operator::Multiply => a * b,
                Operator::Divide => a / b,
            };
            let values: Vec<f64> = a.iter().zip(b).map(apply).collect();
            for (value, cause) in values.iter().zip(&mut causes) {
                if *cause == 0 && !value.is_finite() {
                    *cause = UNDEFINED;
                }
            }
            Results::Number(values)
        }
        (Operator::Subtract, Results::Date(a), Results::Date(b)) => {
            Results::Number(a.iter().zip(b).map(|(a, b)| f64::from(*a) - f64::from(*b)).collect())
        }
        (Operator::Add, Results::Date(dates), Results::Number(days)) => moved(dates, days, 1.0),
        (Operator::Add, Results::Number(days), Results::Date(dates)) => moved(dates, days, 1.0),
        (Operator::Subtract, Results::Date(dates), Results::Number(days)) => moved(dates, days, -1.0),
        _ => {
            let causes = causes.iter().map(|cause| first(*cause, UNDEFINED)).collect::<Vec<_>>();
            return Evaluated {
                values: Results::Number(vec![0.0; causes.len()]),
                causes,
            };
        }
    };
    Evaluated { values, causes }
}

fn moved<'a>(dates: &[i32], days: &[f64], sign: f64) -> Results<'a> {
    // A float cast saturates, and a saturated date lies beyond every window; nothing wraps.
    #[expect(clippy::cast_possible_truncation, reason = "saturates")]
    let moved = dates
        .iter()
        .zip(days)
        .map(|(date, days)| (f64::from(*date) + sign * days.floor()) as i32)
        .collect();
    Results::Date(moved)
}

fn compare<'a>(comparison: Comparison, a: &Evaluated<'_>, b: &Evaluated<'_>) -> Evaluated<'a> {
    fn test<T: PartialOrd>(comparison: Comparison, a: &[T], b: &[T]) -> Vec<bool> {
        let holds = |(a, b): (&T, &T)| match comparison {
            Comparison::Equal => a == b,
            Comparison::NotEqual => a != b,
            Comparison::Less => a < b,
            Comparison::AtMost => a <= b,
            Comparison::Greater => a > b,
            Comparison::AtLeast => a >= b,
        };
        a.iter().zip(b).map(holds).collect()
    }
    let mut causes = both(&a.causes, &b.causes);
    let values = match (&a.values, &b.values) {
        (Results::Number(a), Results::Number(b)) => test(comparison, a, b),
        (Results::Text(a), Results::Text(b)) => test(comparison, a, b),
        (Results::Date(a), Results::Date(b)) => test(comparison, a, b),
        (Results::Flag(a), Results::Flag(b)) => test(comparison, a, b),
        _ => {
            causes.iter_mut().for_each(|cause| *cause = first(*cause, UNDEFINED));
            vec![false; causes.len()]
        }
    };
    Evaluated {
        values: Results::Flag(values),
        causes,
    }
}

/// Kleene or: a true side decides, whatever the other is.
fn either<'a>(a: Evaluated<'a>, b: Evaluated<'a>) -> Evaluated<'a> {
    let (Results::Flag(left), Results::Flag(right)) = (&a.values, &b.values) else {
        return arithmetic(Operator::Add, a, b);
    };
    let n = left.len();
    let (mut values, mut causes) = (vec![false; n], vec![0; n]);
    for row in 0..n {
        values[row] = (a.causes[row] == 0 && left[row]) || (b.causes[row] == 0 && right[row]);
        if !values[row] {
            causes[row] = first(a.causes[row], b.causes[row]);
        }
    }
    Evaluated {
        values: Results::Flag(values),
        causes,
    }
}

fn negated(mut operand: Evaluated<'_>) -> Evaluated<'_> {
    match &mut operand.values {
        Results::Flag(values) => {
            values.iter_mut().for_each(|value| *value = !*value);
            operand
        }
        _ => mistyped(&operand),
    }
}

fn case<'a>(arms: &[(Evaluated<'a>, Evaluated<'a>)], otherwise: Option<Evaluated<'a>>, rows: usize) -> Evaluated<'a> {
    let model = arms
        .iter()
        .map(|(_, then)| then)
        .chain(&otherwise)
        .find(|branch| branch.causes.contains(&0));
    let Some(model) = model.or_else(|| arms.first().map(|(_, then)| then)) else {
        return undefined(rows);
    };
    let mut out = Evaluated {
        values: model.values.clone(),
        causes: vec![NOT_REPORTED; rows],
    };
    for row in 0..rows {
        let taken = arms
            .iter()
            .find(|(when, _)| when.causes[row] == 0 && matches!(&when.values, Results::Flag(holds) if holds[row]));
        if let Some(branch) = taken.map(|(_, then)| then).or(otherwise.as_ref()) {
            take(&mut out, branch, row);
        }
    }
    out
}

/// Copies one row. A branch of another type than the result's is undefined there.
fn take<'a>(out: &mut Evaluated<'a>, from: &Evaluated<'a>, row: usize) {
    out.causes[row] = from.causes[row];
    match (&mut out.values, &from.values) {
        (Results::Number(out), Results::Number(from)) => out[row] = from[row],
        (Results::Text(out), Results::Text(from)) => out[row] = from[row],
        (Results::Date(out), Results::Date(from)) => out[row] = from[row],
        (Results::Flag(out), Results::Flag(from)) => out[row] = from[row],
        _ => out.causes[row] = first(from.causes[row], UNDEFINED),
    }
}

/// `coalesce`, `least`, `greatest`: nulls are skipped; `better` says whether a new number replaces the one held.
fn reduce<'a>(
    list: &'a [Expr],
    types: &[InputType],
    batch: &Batch<'a>,
    rows: Range<usize>,
    better: impl Fn(f64, f64) -> bool,
) -> Evaluated<'a> {
    let n = rows.len();
    let mut arguments = list.iter().map(|expr| evaluate(expr, types, batch, rows.clone()));
    let Some(mut out) = arguments.next() else {
        return undefined(n);
    };
    for next in arguments {
        // An argument of another type counts only where nothing is held yet and everything held so far is null.
        if out.causes.iter().all(|cause| *cause != 0) && next.causes.contains(&0) {
            out.values = next.values.clone();
        }
        for row in 0..n {
            if next.causes[row] != 0 {
                continue;
            }
            let replace = out.causes[row] != 0
                || match (&out.values, &next.values) {
                    (Results::Number(old), Results::Number(new)) => better(new[row], old[row]),
                    (Results::Date(old), Results::Date(new)) => better(f64::from(new[row]), f64::from(old[row])),
                    _ => false,
                };
            if replace {
                take(&mut out, &next, row);
            }
        }
    }
    out
}

fn months_between<'a>(a: &Evaluated<'_>, b: &Evaluated<'_>) -> Evaluated<'a> {
    let mut causes = both(&a.causes, &b.causes);
    let (Results::Date(later), Results::Date(earlier)) = (&a.values, &b.values) else {
        causes.iter_mut().for_each(|cause| *cause = first(*cause, UNDEFINED));
        return Evaluated {
            values: Results::Number(vec![0.0; causes.len()]),
            causes,
        };
    };
    let mut values = vec![0.0; causes.len()];
    for row in 0..values.len() {
        match (date::from_days(later[row]), date::from_days(earlier[row])) {
            (Some(later), Some(earlier)) => values[row] = f64::from(date::months_between(later, earlier)),
            _ => causes[row] = first(causes[row], UNDEFINED),
        }
    }
    Evaluated {
        values: Results::Number(values),
        causes,
    }
}

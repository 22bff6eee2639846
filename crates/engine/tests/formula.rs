//! Formulas as their doc comment describes them, with the cause of every null. 公式参照

use pinji_domain::missing::MissingCause;
use pinji_engine::expr::{Comparison, Operator};
use pinji_engine::{Batch, Expr, InputType, PlanParts};

use crate::reference::{Cell, cell};

pub const NOT_REPORTED: u8 = MissingCause::NotReported as u8;
pub const UNDEFINED: u8 = MissingCause::Undefined as u8;
pub const UNLISTED: u8 = MissingCause::Unlisted as u8;

/// What a formula may come to.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub enum Value {
    Number(f64),
    Text(String),
    Date(i32),
    Flag(bool),
}

use Value::{Date, Flag, Number, Text};

/// The formula's value for a row, or why it has none.
pub fn evaluate(expr: &Expr, parts: &PlanParts, batch: &Batch<'_>, row: usize) -> Result<Value, u8> {
    let eval = |expr: &Expr| evaluate(expr, parts, batch, row);
    match expr {
        Expr::Number(number) => finite(*number),
        Expr::Text(text) => Ok(Text(text.clone())),
        Expr::Date(days) => Ok(Date(*days)),
        Expr::Flag(flag) => Ok(Flag(*flag)),
        Expr::Input(input) => match (cell(batch, *input, row), &parts.inputs[*input].ty) {
            (Cell::Null(cause), _) => Err(cause),
            (Cell::Int(units), InputType::Int(scale)) => Ok(Number(units as f64 / 10_f64.powi(i32::from(*scale)))),
            (Cell::Double(value), _) => Ok(Number(value)),
            (Cell::Text(text), _) => Ok(Text(text.to_owned())),
            (Cell::Date(days), _) => Ok(Date(days)),
            (Cell::Flag(flag), _) => Ok(Flag(flag)),
            (other, ty) => panic!("{other:?} in a column of {ty:?}"),
        },
        Expr::Negate(a) => match eval(a)? {
            Number(a) => Ok(Number(-a)),
            _ => Err(UNDEFINED),
        },
        Expr::Binary(operator, a, b) => {
            let (a, b) = (eval(a)?, eval(b)?);
            arithmetic(*operator, &a, &b)
        }
        Expr::Compare(comparison, a, b) => {
            let (a, b) = (eval(a)?, eval(b)?);
            compare(*comparison, &a, &b).map(Flag)
        }
        Expr::InList(value, list) => {
            let value = eval(value)?;
            let mut unknown = None;
            for element in list {
                match eval(element) {
                    Ok(element) if compare(Comparison::Equal, &value, &element)? => return Ok(Flag(true)),
                    Ok(_) => {}
                    Err(cause) => unknown = unknown.or(Some(cause)),
                }
            }
            unknown.map_or(Ok(Flag(false)), Err)
        }
        Expr::IsNull(a) => Ok(Flag(eval(a).is_err())),
        Expr::Not(a) => truth(eval(a)).map(|a| Flag(!a)),
        Expr::And(a, b) => match (truth(eval(a)), truth(eval(b))) {
            (Ok(false), _) | (_, Ok(false)) => Ok(Flag(false)),
            (Err(cause), _) | (_, Err(cause)) => Err(cause),
            _ => Ok(Flag(true)),
        },
        Expr::Or(a, b) => match (truth(eval(a)), truth(eval(b))) {
            (Ok(true), _) | (_, Ok(true)) => Ok(Flag(true)),
            (Err(cause), _) | (_, Err(cause)) => Err(cause),
            _ => Ok(Flag(false)),
        },
        Expr::Case(arms, otherwise) => {
            for (when, then) in arms {
                if eval(when) == Ok(Flag(true)) {
                    return eval(then);
                }
            }
            otherwise.as_ref().map_or(Err(NOT_REPORTED), |expr| eval(expr))
        }
        Expr::Coalesce(list) => {
            let found: Vec<_> = list.iter().map(eval).collect();
            let first = found.first().cloned().unwrap_or(Err(UNDEFINED));
            found.into_iter().find(Result::is_ok).unwrap_or(first)
        }
        Expr::NullIf(a, b) => {
            let a = eval(a)?;
            match eval(b) {
                Ok(b) if compare(Comparison::Equal, &a, &b)? => Err(UNDEFINED),
                _ => Ok(a),
            }
        }
        Expr::Least(list) => extreme(list.iter().map(eval), Comparison::Less),
        Expr::Greatest(list) => extreme(list.iter().map(eval), Comparison::Greater),
        Expr::Abs(a) => match eval(a)? {
            Number(a) => Ok(Number(a.abs())),
            _ => Err(UNDEFINED),
        },
        Expr::Ln(a) => match eval(a)? {
            Number(a) if a > 0.0 => finite(libm::log(a)),
            _ => Err(UNDEFINED),
        },
        Expr::MonthsBetween(a, b) => match (eval(a)?, eval(b)?) {
            (Date(a), Date(b)) => Ok(Number(months(a, b) as f64)),
            _ => Err(UNDEFINED),
        },
    }
}

fn finite(number: f64) -> Result<Value, u8> {
    if number.is_finite() {
        Ok(Number(number))
    } else {
        Err(UNDEFINED)
    }
}

fn truth(value: Result<Value, u8>) -> Result<bool, u8> {
    match value? {
        Flag(flag) => Ok(flag),
        _ => Err(UNDEFINED),
    }
}

fn arithmetic(operator: Operator, a: &Value, b: &Value) -> Result<Value, u8> {
    let shift = |days: i32, number: f64| {
        let days = f64::from(days) + number;
        Ok(Date(days.clamp(f64::from(i32::MIN), f64::from(i32::MAX)) as i32))
    };
    match (operator, a, b) {
        (Operator::Add, Number(a), Number(b)) => finite(a + b),
        (Operator::Subtract, Number(a), Number(b)) => finite(a - b),
        (Operator::Multiply, Number(a), Number(b)) => finite(a * b),
        (Operator::Divide, Number(a), Number(b)) => finite(a / b),
        (Operator::Subtract, Date(a), Date(b)) => Ok(Number((i64::from(*a) - i64::from(*b)) as f64)),
        (Operator::Add, Date(a), Number(b)) => shift(*a, b.floor()),
        (Operator::Subtract, Date(a), Number(b)) => shift(*a, -b.floor()),
        _ => Err(UNDEFINED),
    }
}

fn compare(comparison: Comparison, a: &Value, b: &Value) -> Result<bool, u8> {
    if std::mem::discriminant(a) != std::mem::discriminant(b) {
        return Err(UNDEFINED);
    }
    Ok(match comparison {
        Comparison::Equal => a == b,
        Comparison::NotEqual => a != b,
        Comparison::Less => a < b,
        Comparison::AtMost => a <= b,
        Comparison::Greater => a > b,
        Comparison::AtLeast => a >= b,
    })
}

/// The extreme of what is there; with nothing there, the first argument's cause.
fn extreme(found: impl Iterator<Item = Result<Value, u8>>, better: Comparison) -> Result<Value, u8> {
    let (mut best, mut first) = (None, None);
    for value in found {
        match (value, &best) {
            (Err(cause), _) => first = first.or(Some(cause)),
            (Ok(value), None) => best = Some(value),
            (Ok(value), Some(known)) => {
                if compare(better, &value, known)? {
                    best = Some(value);
                }
            }
        }
    }
    best.ok_or(first.unwrap_or(UNDEFINED))
}

/// Year, month (1 to 12) and day of a day number, by walking 400-year cycles and then years and months.
fn calendar(days: i32) -> (i64, i64, i64) {
    let cycles = i64::from(days).div_euclid(146_097);
    let mut left = i64::from(days).rem_euclid(146_097);
    let mut year = 1970 + 400 * cycles;
    while left >= 365 + i64::from(leap(year)) {
        left -= 365 + i64::from(leap(year));
        year += 1;
    }
    let mut month = 1;
    while left >= month_days(year, month) {
        left -= month_days(year, month);
        month += 1;
    }
    (year, month, left + 1)
}

fn leap(year: i64) -> bool {
    year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0)
}

fn month_days(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Whole calendar months from `from` to `to`: the most that can be added, month ends clamped, without passing `to`.
fn months(to: i32, from: i32) -> i64 {
    if to < from {
        return -months(from, to);
    }
    let ((to_year, to_month, to_day), (year, month, day)) = (calendar(to), calendar(from));
    let apart = 12 * (to_year - year) + to_month - month;
    let clamped = day.min(month_days(to_year, to_month));
    apart - i64::from(clamped > to_day)
}

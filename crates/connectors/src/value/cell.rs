//! What a cell says. 单元格内容

use pinji_domain::Date;

use super::number::Exact;
use crate::fold;

/// What stands in a cell, before anybody asks what it means.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell<'a> {
    /// Nothing.
    Empty,
    /// Text, untrimmed.
    Text(&'a str),
    /// A double, and whether the cell shows it as a percentage.
    Number { value: f64, percent: bool },
    /// A cell that Excel shows as a date; `None` where its number is no day.
    Date { date: Option<Date>, serial: f64 },
    /// A truth value.
    Flag(bool),
    /// An error value such as `#DIV/0!`.
    Error(&'static str),
    /// An exact number with this many decimals, from a typed file.
    Exact { units: i128, scale: u8 },
}

impl Cell<'_> {
    /// Whether there is nothing at all in it. (`-` is something, though it may mean nothing.)
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(text) => fold::trimmed(text).is_empty(),
            _ => false,
        }
    }

    /// The same without a limit on its length, for headings.
    pub(crate) fn says_all(&self) -> String {
        match self {
            Cell::Text(text) => fold::trimmed(text).to_owned(),
            other => other.says(),
        }
    }

    /// What a reader sees in the cell, shortened.
    pub(crate) fn says(&self) -> String {
        const LONGEST: usize = 80;
        match self {
            Cell::Empty => String::new(),
            Cell::Text(text) => {
                let text = fold::trimmed(text);
                match text.char_indices().nth(LONGEST) {
                    Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
                    None => text.to_owned(),
                }
            }
            Cell::Number { value, percent: true } => match Exact::from_f64(*value) {
                Ok(exact) => format!("{}%", plain(exact.shifted(2))),
                Err(_) => value.to_string(),
            },
            Cell::Number { value, .. } => match Exact::from_f64(*value) {
                Ok(exact) => plain(exact),
                Err(_) => value.to_string(),
            },
            Cell::Date { date: Some(date), .. } => date.to_string(),
            Cell::Date { date: None, serial } => serial.to_string(),
            Cell::Flag(true) => "TRUE".to_owned(),
            Cell::Flag(false) => "FALSE".to_owned(),
            Cell::Error(error) => (*error).to_owned(),
            Cell::Exact { units, scale } => plain(Exact {
                mantissa: *units,
                exponent: -i32::from(*scale),
            }),
        }
    }
}

/// Plain digits without exponent or trailing zeros.
pub(super) fn plain(exact: Exact) -> String {
    let digits = exact.mantissa.unsigned_abs().to_string();
    let sign = if exact.mantissa < 0 { "-" } else { "" };
    let decimals = usize::try_from(-exact.exponent).unwrap_or(0);
    if exact.exponent >= 0 {
        let zeros = "0".repeat(if exact.mantissa == 0 {
            0
        } else {
            exact.exponent.unsigned_abs().min(40) as usize
        });
        return format!("{sign}{digits}{zeros}");
    }
    let padded = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, fraction) = padded
        .split_at_checked(padded.len() - decimals)
        .unwrap_or((&padded, ""));
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    }
}

//! A handful of subjects with values made by hand, as a batch for the kernel. 手工样本
//!
//! Proofs and examples bring their customers this way, so that what they say is what grading says.

use pinji_domain::number::{plain, to_f64};
use pinji_domain::{Decimal, date};
use pinji_engine::{Batch, Bits, Column, InputType, Texts, Values};

/// One value of one input. 输入值
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A scaled integer: units and decimals.
    Int(i64, u8),
    /// A double.
    Double(f64),
    /// A text.
    Text(String),
    /// Days since 1970-01-01.
    Date(i32),
    /// A truth value.
    Flag(bool),
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Int(units, scale) => match Decimal::parse(&plain(*units, *scale)) {
                Some(decimal) => write!(f, "{decimal}"),
                None => f.write_str(&plain(*units, *scale)),
            },
            Value::Double(value) => write!(f, "{value}"),
            Value::Text(text) => f.write_str(text),
            Value::Date(days) => match date::from_days(*days) {
                Some(date) => write!(f, "{date}"),
                None => write!(f, "{days}"),
            },
            Value::Flag(flag) => write!(f, "{flag}"),
        }
    }
}

/// Subjects as rows: for each the value of every input, in the plan's order; `None` is missing.
pub(crate) type Row = Vec<Option<Value>>;

/// One input for all rows, owned.
struct Stored {
    valid: Vec<u8>,
    ints: Vec<i64>,
    doubles: Vec<f64>,
    dates: Vec<i32>,
    flags: Vec<u8>,
    keys: Vec<i32>,
}

/// Shows the rows to `see` as a batch. A value of another type than its input's counts as missing.
pub(crate) fn with_batch<R>(types: &[InputType], rows: &[Row], see: impl FnOnce(&Batch<'_>) -> R) -> R {
    let stored: Vec<Stored> = types.iter().enumerate().map(|(at, ty)| store(ty, at, rows)).collect();
    let lists: Vec<Vec<&str>> = (0..types.len()).map(|at| texts(at, rows)).collect();
    let columns = types.iter().zip(stored.iter().zip(&lists));
    let columns = columns.map(|(ty, (stored, list))| Column {
        values: match ty {
            InputType::Int(_) => Values::Int(&stored.ints),
            InputType::Double => Values::Double(&stored.doubles),
            InputType::Text(_) => Values::Text(Texts {
                keys: &stored.keys,
                list,
            }),
            InputType::Date => Values::Date(&stored.dates),
            InputType::Flag => Values::Flag(Bits {
                bytes: &stored.flags,
                offset: 0,
            }),
        },
        valid: Some(Bits {
            bytes: &stored.valid,
            offset: 0,
        }),
        causes: None,
    });
    see(&Batch {
        rows: rows.len(),
        columns: columns.collect(),
    })
}

/// The texts of one input, one for each row that has one; the row's key is its rank among them.
fn texts(input: usize, rows: &[Row]) -> Vec<&str> {
    rows.iter().filter_map(|row| text(row, input)).collect()
}

fn text(row: &Row, input: usize) -> Option<&str> {
    match row.get(input) {
        Some(Some(Value::Text(text))) => Some(text),
        _ => None,
    }
}

fn store(ty: &InputType, input: usize, rows: &[Row]) -> Stored {
    let bytes = rows.len().div_ceil(8);
    let mut stored = Stored {
        valid: vec![0; bytes],
        ints: vec![0; rows.len()],
        doubles: vec![0.0; rows.len()],
        dates: vec![0; rows.len()],
        flags: vec![0; bytes],
        keys: vec![0; rows.len()],
    };
    let mut key = 0;
    for (at, row) in rows.iter().enumerate() {
        let set = |bits: &mut Vec<u8>, on: bool| {
            if let Some(byte) = bits.get_mut(at / 8).filter(|_| on) {
                *byte |= 1 << (at % 8);
            }
        };
        let value = row.get(input).and_then(Option::as_ref);
        let fits = match (ty, value) {
            (InputType::Int(scale), Some(Value::Int(units, own))) if scale == own => put(&mut stored.ints, at, *units),
            (InputType::Double, Some(Value::Double(value))) => put(&mut stored.doubles, at, *value),
            (InputType::Double, Some(Value::Int(units, scale))) => put(&mut stored.doubles, at, to_f64(*units, *scale)),
            (InputType::Date, Some(Value::Date(days))) => put(&mut stored.dates, at, *days),
            (InputType::Flag, Some(Value::Flag(flag))) => {
                set(&mut stored.flags, *flag);
                true
            }
            (InputType::Text(_), Some(Value::Text(_))) => put(&mut stored.keys, at, key),
            _ => false,
        };
        set(&mut stored.valid, fits);
        key += i32::from(text(row, input).is_some());
    }
    stored
}

fn put<T>(column: &mut [T], row: usize, value: T) -> bool {
    column.get_mut(row).map(|place| *place = value).is_some()
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        missing_docs
    )]
    use super::*;

    #[test]
    fn rows_become_columns() {
        let types = [
            InputType::Int(2),
            InputType::Double,
            InputType::Text(None),
            InputType::Date,
            InputType::Flag,
        ];
        let full = |text: &str, flag: bool| {
            vec![
                Some(Value::Int(1234, 2)),
                Some(Value::Int(5, 1)),
                Some(Value::Text(text.to_owned())),
                Some(Value::Date(3)),
                Some(Value::Flag(flag)),
            ]
        };
        let rows = [
            full("a", false),
            vec![None; 5],
            full("b", true),
            vec![Some(Value::Flag(true)); 5],
        ];
        with_batch(&types, &rows, |batch| {
            let valid = |column: usize| {
                (0..4)
                    .map(|row| batch.columns[column].valid.unwrap().get(row))
                    .collect::<Vec<_>>()
            };
            for column in 0..4 {
                assert_eq!(valid(column), [true, false, true, false], "{column}");
            }
            assert_eq!(valid(4), [true, false, true, true]);
            let Values::Text(texts) = batch.columns[2].values else {
                panic!("texts")
            };
            assert_eq!(
                (texts.list[texts.keys[0] as usize], texts.list[texts.keys[2] as usize]),
                ("a", "b")
            );
            let Values::Double(doubles) = batch.columns[1].values else {
                panic!("doubles")
            };
            assert_eq!(doubles[2], 0.5);
            let Values::Flag(flags) = batch.columns[4].values else {
                panic!("flags")
            };
            assert_eq!([flags.get(0), flags.get(2), flags.get(3)], [false, true, true]);
        });
    }

    #[test]
    fn values_print_as_people_write_them() {
        let check = |value: Value, text: &str| assert_eq!(value.to_string(), text);
        check(Value::Int(1_200, 2), "12");
        check(Value::Int(-5, 3), "-0.005");
        check(Value::Double(0.1), "0.1");
        check(Value::Date(20_454), "2026-01-01");
        check(Value::Flag(true), "true");
    }
}

//! A decoded column as the kernel wants it, with what is no figure found on the way. 列转换

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Date32Array, DictionaryArray, Float64Array, Int64Array};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Float64Type, Int32Type, Int64Type};
use pinji_domain::number::{EXACT_LIMIT, pow10, scale_f64, to_f64};
use pinji_engine::{Bits, Coded, Column, InputType, Texts, Values};

use super::pages::Chunk;
use super::{LISTED, Tally, WideError};

/// A value that is no figure or lies beyond the exact range.
#[derive(Debug, Clone, PartialEq)]
pub struct BadValue {
    /// Row in the file, from 0.
    pub row: usize,
    /// The column.
    pub column: String,
    /// What it says.
    pub says: String,
}

/// A column ready for the kernel.
pub(super) enum Prepared {
    Int(Int64Array),
    Double(Float64Array),
    Coded(Chunk<f64>),
    Words { keys: Vec<i32>, list: Vec<String> },
    Text(DictionaryArray<Int32Type>),
    Date(Date32Array),
    Flag(BooleanArray),
    Absent,
}

/// Whether an input can be read from a column of this type.
pub(super) fn fits(ty: &InputType, holds: &DataType, column: &str) -> Result<(), WideError> {
    let number = holds.is_integer() || holds.is_floating();
    let fits = match ty {
        InputType::Int(_) | InputType::Double => number,
        InputType::Text(_) => matches!(holds, DataType::Dictionary(..)),
        InputType::Date => matches!(holds, DataType::Date32 | DataType::Date64 | DataType::Timestamp(..)),
        InputType::Flag => matches!(holds, DataType::Boolean),
    };
    let error = || WideError::ColumnType {
        column: column.to_owned(),
        holds: holds.to_string(),
    };
    fits.then_some(()).ok_or_else(error)
}

/// Brings a column to the input's type. Bad values are counted and listed in `tally`.
pub(super) fn prepare(
    ty: &InputType,
    array: &ArrayRef,
    name: &str,
    first: usize,
    tally: &mut Tally,
) -> Result<Prepared, WideError> {
    let cast = |to: &DataType| arrow::compute::cast(array, to);
    Ok(match ty {
        InputType::Double => {
            let doubles = cast(&DataType::Float64)?.as_primitive::<Float64Type>().clone();
            check(&doubles, name, first, tally);
            Prepared::Double(doubles)
        }
        InputType::Int(scale) if array.data_type().is_floating() => {
            let doubles = cast(&DataType::Float64)?.as_primitive::<Float64Type>().clone();
            let units_of = |double: f64| scale_f64(double, *scale).filter(|units| to_f64(*units, *scale) == double);
            let mut units = Vec::with_capacity(doubles.len());
            for (row, double) in doubles.values().iter().enumerate() {
                let value = units_of(*double);
                if value.is_none() && doubles.is_valid(row) {
                    bad(double.to_string(), name, first + row, tally);
                }
                units.push(value.unwrap_or(0));
            }
            Prepared::Int(Int64Array::new(units.into(), doubles.nulls().cloned()))
        }
        InputType::Int(scale) => {
            let whole = cast(&DataType::Int64)?.as_primitive::<Int64Type>().clone();
            let limit = EXACT_LIMIT / pow10(*scale);
            for row in 0..whole.len() {
                if whole.is_valid(row) && whole.value(row).unsigned_abs() > limit.unsigned_abs() {
                    bad(whole.value(row).to_string(), name, first + row, tally);
                }
            }
            match *scale {
                0 => Prepared::Int(whole),
                scale => Prepared::Int(whole.unary(|value| value.wrapping_mul(pow10(scale)))),
            }
        }
        InputType::Text(_) => Prepared::Text(array.as_dictionary::<Int32Type>().clone()),
        InputType::Date => Prepared::Date(cast(&DataType::Date32)?.as_primitive().clone()),
        InputType::Flag => Prepared::Flag(array.as_boolean().clone()),
    })
}

/// Finds what is no exact figure. The first pass is one comparison per value; only a column that has one is looked at
/// closely.
fn check(doubles: &Float64Array, name: &str, first: usize, tally: &mut Tally) {
    let sound = doubles.values().iter().fold(true, |sound, value| sound & exact(*value));
    if sound {
        return;
    }
    for (row, value) in doubles.values().iter().enumerate() {
        if doubles.is_valid(row) && !exact(*value) {
            bad(value.to_string(), name, first + row, tally);
        }
    }
}

/// Texts for the kernel: a null has a negative key there.
pub(super) fn words(chunk: Chunk<String>) -> Prepared {
    let keys = chunk.keys.iter().map(|key| key.cast_signed() - 1).collect();
    Prepared::Words { keys, list: chunk.list }
}

/// The same for a column of coded doubles: only its list is looked at, unless something is wrong there.
pub(super) fn check_coded(column: &Prepared, name: &str, first: usize, tally: &mut Tally) {
    let Prepared::Coded(chunk) = column else { return };
    if chunk.list.iter().all(|value| exact(*value)) {
        return;
    }
    for (row, key) in chunk.keys.iter().enumerate() {
        let value = (*key as usize).checked_sub(1).and_then(|key| chunk.list.get(key));
        if let Some(value) = value.filter(|value| !exact(**value)) {
            bad(value.to_string(), name, first + row, tally);
        }
    }
}

/// Whether a double is a figure that we keep exactly. Not "beyond the limit": NaN is none, too.
fn exact(value: f64) -> bool {
    value.abs() <= EXACT_LIMIT as f64
}

fn bad(says: String, name: &str, row: usize, tally: &mut Tally) {
    tally.bad += 1;
    if tally.listed.len() < LISTED {
        tally.listed.push(BadValue {
            row,
            column: name.to_owned(),
            says,
        });
    }
}

impl Prepared {
    /// The texts of a text column.
    pub(super) fn list(&self) -> Vec<&str> {
        match self {
            Prepared::Text(texts) => {
                let list = texts.values().as_string::<i32>();
                (0..list.len())
                    .map(|at| if list.is_valid(at) { list.value(at) } else { "" })
                    .collect()
            }
            Prepared::Words { list, .. } => list.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// The column for the kernel; `list` is what [`Prepared::list`] gave.
    pub(super) fn column<'a>(&'a self, list: &'a [&'a str]) -> Column<'a> {
        let (values, nulls) = match self {
            Prepared::Int(array) => (Values::Int(array.values()), array.nulls()),
            Prepared::Double(array) => (Values::Double(array.values()), array.nulls()),
            Prepared::Coded(chunk) => (
                Values::Coded(Coded {
                    keys: &chunk.keys,
                    list: &chunk.list,
                }),
                None,
            ),
            Prepared::Words { keys, .. } => (Values::Text(Texts { keys, list }), None),
            Prepared::Text(array) => (
                Values::Text(Texts {
                    keys: array.keys().values(),
                    list,
                }),
                array.keys().nulls(),
            ),
            Prepared::Date(array) => (Values::Date(array.values()), array.nulls()),
            Prepared::Flag(array) => {
                let bits = array.values();
                (
                    Values::Flag(Bits {
                        bytes: bits.values(),
                        offset: bits.offset(),
                    }),
                    array.nulls(),
                )
            }
            Prepared::Absent => (Values::Absent, None),
        };
        Column {
            values,
            valid: nulls.filter(|nulls| nulls.null_count() > 0).map(bits),
            causes: None,
        }
    }
}

fn bits(nulls: &NullBuffer) -> Bits<'_> {
    Bits {
        bytes: nulls.validity(),
        offset: nulls.offset(),
    }
}

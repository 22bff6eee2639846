//! Typed columns of other programs into the storage types of our fields. 列类型转换

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array, Int64Array,
    PrimitiveArray, StringArray, new_null_array,
};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use arrow::error::ArrowError;
use pinji_domain::Field;
use pinji_domain::date::from_days;
use pinji_domain::number::{EXACT_LIMIT, pow10, scale_f64, to_f64};

use crate::bad::Why;
use crate::columns::{Builder, storage};
use crate::value::number::{Exact, in_range};
use crate::value::{Cell, NumberPlan, Reader, Value};

/// Whether columns of this type can be read at all.
pub(crate) fn readable(ty: &DataType) -> bool {
    match ty {
        DataType::Dictionary(_, values) => readable(values),
        DataType::Timestamp(_, zone) => zone.as_deref().is_none_or(|zone| offset_seconds(zone).is_some()),
        _ => {
            ty.is_integer()
                || matches!(
                    ty,
                    DataType::Null
                        | DataType::Boolean
                        | DataType::Float32
                        | DataType::Float64
                        | DataType::Decimal32(_, _)
                        | DataType::Decimal64(_, _)
                        | DataType::Decimal128(_, _)
                        | DataType::Utf8
                        | DataType::LargeUtf8
                        | DataType::Utf8View
                        | DataType::Date32
                        | DataType::Date64
                )
        }
    }
}

/// Where a value was not taken: the row in the array, what it says, and why.
pub(crate) type Refused<'r> = &'r mut dyn FnMut(usize, &Cell<'_>, &Why);

/// Brings a column to its field's storage type. A value that is refused becomes null.
pub(crate) fn convert(
    array: &ArrayRef,
    field: &Field,
    reader: &Reader,
    refused: Refused<'_>,
) -> Result<ArrayRef, ArrowError> {
    if matches!(reader, Reader::Stored) {
        return Ok(array.clone());
    }
    let array = plain_type(array)?;
    match (reader, array.data_type()) {
        (_, DataType::Null) => Ok(new_null_array(&storage(&field.ty), array.len())),
        // A typed file means what it says: its texts are kept as they stand, also an empty one.
        (Reader::Text, DataType::Utf8) | (Reader::Flag, DataType::Boolean) | (Reader::Date(_), DataType::Date32) => {
            Ok(array)
        }
        (Reader::Number(plan), DataType::Float64) if plan.scale.is_none() && plan.is_plain() => {
            Ok(doubles(array, refused))
        }
        (Reader::Number(plan), DataType::Int64) if plan.integer_power().is_some() => {
            Ok(integers(&array, plan.integer_power().unwrap_or(0), refused))
        }
        (Reader::Number(plan), DataType::Float64) if plan.is_plain() => {
            Ok(exact_doubles(&array, plan.scale.unwrap_or(0), refused))
        }
        _ => each(&array, field, reader, refused),
    }
}

/// The column as one of the few types that are read here: dictionaries unpacked, widths made one.
fn plain_type(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let to = |ty: DataType| {
        cast_with_options(
            array,
            &ty,
            &CastOptions {
                safe: false,
                ..CastOptions::default()
            },
        )
    };
    match array.data_type() {
        DataType::Dictionary(_, values) => plain_type(&to(values.as_ref().clone())?),
        DataType::LargeUtf8 | DataType::Utf8View => to(DataType::Utf8),
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::UInt8 | DataType::UInt16 | DataType::UInt32 => {
            to(DataType::Int64)
        }
        DataType::UInt64 => to(DataType::Decimal128(20, 0)),
        DataType::Decimal32(_, scale) | DataType::Decimal64(_, scale) => to(DataType::Decimal128(38, *scale)),
        DataType::Date64 => to(DataType::Date32),
        DataType::Timestamp(unit, zone) => Ok(Arc::new(days(
            array,
            unit,
            zone.as_deref().and_then(offset_seconds).unwrap_or(0),
        ))),
        _ => Ok(array.clone()),
    }
}

/// The calendar days of timestamps, as a clock at `offset` seconds east of Greenwich shows them.
fn days(array: &ArrayRef, unit: &TimeUnit, offset: i64) -> Date32Array {
    fn of<T: arrow::datatypes::ArrowTimestampType>(
        array: &PrimitiveArray<T>,
        a_second: i64,
        offset: i64,
    ) -> Date32Array {
        array.unary_opt(|instant: i64| {
            let second = instant.div_euclid(a_second).checked_add(offset)?;
            i32::try_from(second.div_euclid(86_400)).ok()
        })
    }
    match unit {
        TimeUnit::Second => of::<TimestampSecondType>(array.as_primitive(), 1, offset),
        TimeUnit::Millisecond => of::<TimestampMillisecondType>(array.as_primitive(), 1_000, offset),
        TimeUnit::Microsecond => of::<TimestampMicrosecondType>(array.as_primitive(), 1_000_000, offset),
        TimeUnit::Nanosecond => of::<TimestampNanosecondType>(array.as_primitive(), 1_000_000_000, offset),
    }
}

/// Seconds east of Greenwich of a zone that keeps one offset; `None` for others, whose days would need a database.
fn offset_seconds(zone: &str) -> Option<i64> {
    match zone {
        "UTC" | "utc" | "Z" | "GMT" | "Etc/UTC" => return Some(0),
        "Asia/Shanghai" | "Asia/Chongqing" | "PRC" | "Asia/Hong_Kong" | "Asia/Macau" | "Asia/Taipei"
        | "Asia/Singapore" => {
            return Some(8 * 3600);
        }
        _ => {}
    }
    let (sign, digits) = match zone.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = digits.split_once(':').or_else(|| digits.split_at_checked(2))?;
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..=14).contains(&hours) && (0..60).contains(&minutes)).then_some(sign * (hours * 3600 + minutes * 60))
}

fn doubles(array: ArrayRef, refused: Refused<'_>) -> ArrayRef {
    let numbers: &Float64Array = array.as_primitive::<Float64Type>();
    let bad = |value: &f64| in_range(*value).is_err();
    if !numbers.values().iter().any(bad) {
        return array;
    }
    let checked = numbers.iter().enumerate().map(|(row, value)| {
        value.and_then(|value| {
            in_range(value)
                .inspect_err(|why| refused(row, &number(value), why))
                .ok()
        })
    });
    Arc::new(checked.collect::<Float64Array>())
}

fn integers(array: &ArrayRef, power: u8, refused: Refused<'_>) -> ArrayRef {
    let numbers: &Int64Array = array.as_primitive::<Int64Type>();
    let factor = pow10(power);
    let limit = EXACT_LIMIT / factor;
    // What stands under a null counts here, too: it is rare, and the way below sorts it out.
    if numbers.values().iter().all(|value| (-limit..=limit).contains(value)) {
        return match factor {
            1 => array.clone(),
            _ => Arc::new(numbers.unary::<_, Int64Type>(|value| value * factor)),
        };
    }
    let checked = numbers.iter().enumerate().map(|(row, value)| {
        let value = value?;
        if (-limit..=limit).contains(&value) {
            return Some(value * factor);
        }
        refused(
            row,
            &Cell::Exact {
                units: i128::from(value),
                scale: 0,
            },
            &Why::TooLarge,
        );
        None
    });
    Arc::new(checked.collect::<Int64Array>())
}

/// Doubles that stand for decimals: each must be the double nearest to some decimal of this scale, else digits would be
/// lost unseen.
fn exact_doubles(array: &ArrayRef, scale: u8, refused: Refused<'_>) -> ArrayRef {
    let numbers: &Float64Array = array.as_primitive::<Float64Type>();
    let checked = numbers.iter().enumerate().map(|(row, value)| {
        let value = value?;
        let taken = in_range(value).and_then(|value| match scale_f64(value, scale) {
            None => Err(Why::TooLarge),
            Some(units) if to_f64(units, scale) == value => Ok(units),
            Some(_) => Err(Why::TooManyDecimals(scale)),
        });
        taken.inspect_err(|why| refused(row, &number(value), why)).ok()
    });
    Arc::new(checked.collect::<Int64Array>())
}

fn number<'a>(value: f64) -> Cell<'a> {
    Cell::Number { value, percent: false }
}

/// The general way: cell by cell, as in a file of text.
fn each(array: &ArrayRef, field: &Field, reader: &Reader, refused: Refused<'_>) -> Result<ArrayRef, ArrowError> {
    let source = Source::of(array)?;
    let mut builder = Builder::new(&field.ty, array.len());
    let mut arena = String::new();
    for row in 0..array.len() {
        arena.clear();
        let cell = if array.is_null(row) {
            Cell::Empty
        } else {
            source.cell(row)
        };
        let value = match (reader, &cell) {
            // A typed double is what it is: no noise to forgive, and its shortest digits count.
            (Reader::Number(plan), Cell::Number { value, .. }) => plan.read_typed(*value),
            _ => reader.read(&cell, false, &mut arena),
        };
        let value = value.inspect_err(|why| refused(row, &cell, why)).unwrap_or(Value::Null);
        builder.push(value, &arena);
    }
    Ok(builder.finish())
}

/// The columns that [`plain_type`] leaves.
enum Source<'a> {
    Text(&'a StringArray),
    Int(&'a Int64Array),
    Double(&'a Float64Array),
    Single(&'a Float32Array),
    Decimal(&'a Decimal128Array, i8),
    Days(&'a Date32Array),
    Flag(&'a BooleanArray),
}

impl<'a> Source<'a> {
    fn of(array: &'a ArrayRef) -> Result<Self, ArrowError> {
        Ok(match array.data_type() {
            DataType::Utf8 => Source::Text(array.as_string()),
            DataType::Int64 => Source::Int(array.as_primitive::<Int64Type>()),
            DataType::Float64 => Source::Double(array.as_primitive::<Float64Type>()),
            DataType::Float32 => Source::Single(array.as_primitive::<Float32Type>()),
            DataType::Decimal128(_, scale) => Source::Decimal(array.as_primitive::<Decimal128Type>(), *scale),
            DataType::Date32 => Source::Days(array.as_primitive::<Date32Type>()),
            DataType::Boolean => Source::Flag(array.as_boolean()),
            other => return Err(ArrowError::CastError(format!("no way to read {other}"))),
        })
    }

    /// The cell of a row that is not null.
    fn cell(&self, row: usize) -> Cell<'a> {
        match self {
            Source::Text(texts) => Cell::Text(texts.value(row)),
            Source::Int(numbers) => Cell::Exact {
                units: i128::from(numbers.value(row)),
                scale: 0,
            },
            Source::Double(numbers) => number(numbers.value(row)),
            // The shortest decimal of the single is what its writer meant: 0.1, not 0.10000000149.
            Source::Single(numbers) => number(numbers.value(row).to_string().parse().unwrap_or(f64::NAN)),
            Source::Decimal(numbers, scale) => match u8::try_from(*scale) {
                Ok(scale) => Cell::Exact {
                    units: numbers.value(row),
                    scale,
                },
                Err(_) => {
                    let power = 10_i128.checked_pow(u32::from(scale.unsigned_abs()));
                    let units = power
                        .and_then(|power| numbers.value(row).checked_mul(power))
                        .unwrap_or(i128::MAX);
                    Cell::Exact { units, scale: 0 }
                }
            },
            Source::Days(days) => Cell::Date {
                date: from_days(days.value(row)),
                serial: 0.0,
            },
            Source::Flag(flags) => Cell::Flag(flags.value(row)),
        }
    }
}

impl NumberPlan {
    /// Whether values are taken as they stand.
    fn is_plain(&self) -> bool {
        self.factor.is_none() && self.heading.as_ref().is_none_or(|(power, _, _)| *power == self.own)
    }

    /// By which power of ten a whole number becomes units, where that is all there is to it.
    pub(crate) fn integer_power(&self) -> Option<u8> {
        let shift = self.heading.as_ref().map_or(0, |(power, _, _)| power - self.own);
        let power = i32::from(self.scale?) + shift;
        if self.factor.is_some() {
            None
        } else {
            u8::try_from(power).ok().filter(|power| *power <= 15)
        }
    }

    fn read_typed(&self, value: f64) -> Result<Value, Why> {
        in_range(value)?;
        let exact = Exact::shortest(value)?;
        self.value(self.in_own_unit(exact)?)
    }
}

//! Finished columns of measures on their way into [`Measured`](crate::Measured). 成列
#![expect(
    clippy::indexing_slicing,
    reason = "values and causes of one column have the same length"
)]

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float64Array, Int32Array, Int64Array, StringArray,
    UInt32Array,
};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use arrow::compute::take;
use pinji_domain::MissingCause;
use pinji_domain::number::{rescale, scale_f64, to_f64};
use pinji_engine::{Evaluated, InputType, Results};

use crate::cells::Cells;
use crate::error::QueryError;
use crate::measured::MeasuredColumn;

pub(crate) const NOT_REPORTED: u8 = MissingCause::NotReported as u8;
pub(crate) const STALE: u8 = MissingCause::Stale as u8;
pub(crate) const UNDEFINED: u8 = MissingCause::Undefined as u8;

/// Values and why some are missing. 列
#[derive(Debug, Clone)]
pub(crate) struct Finished {
    pub plain: Plain,
    /// 0 where there is a value, otherwise the number of the cause.
    pub causes: Vec<u8>,
}

/// Values without their validity.
#[derive(Debug, Clone)]
pub(crate) enum Plain {
    Int(Vec<i64>),
    Double(Vec<f64>),
    Text(StringArray),
    Date(Vec<i32>),
    Flag(Vec<bool>),
}

impl Plain {
    /// Nothing but fillers.
    pub(crate) fn blank(ty: &InputType, rows: usize) -> Plain {
        match ty {
            InputType::Int(_) => Plain::Int(vec![0; rows]),
            InputType::Double => Plain::Double(vec![0.0; rows]),
            InputType::Text(_) => Plain::Text(StringArray::new_null(rows)),
            InputType::Date => Plain::Date(vec![0; rows]),
            InputType::Flag => Plain::Flag(vec![false; rows]),
        }
    }
}

impl Finished {
    /// A column that is missing throughout.
    pub(crate) fn missing(ty: &InputType, rows: usize, cause: u8) -> Finished {
        Finished {
            plain: Plain::blank(ty, rows),
            causes: vec![cause; rows],
        }
    }

    /// A column as it came; nulls are "not reported".
    pub(crate) fn of_cells(cells: &Cells) -> Finished {
        let rows = cells.len();
        let causes = match (cells, cells.nulls()) {
            (Cells::Nothing(_), _) => vec![NOT_REPORTED; rows],
            (_, None) => vec![0; rows],
            (_, Some(nulls)) => nulls.iter().map(|valid| if valid { 0 } else { NOT_REPORTED }).collect(),
        };
        let plain = match cells {
            Cells::Int(array) => Plain::Int(array.values().to_vec()),
            Cells::Double(array) => Plain::Double(array.values().to_vec()),
            Cells::Text(array) => Plain::Text(array.clone()),
            Cells::Date(array) => Plain::Date(array.values().to_vec()),
            Cells::Flag(array) => Plain::Flag(array.values().iter().collect()),
            Cells::Nothing(_) => Plain::Int(vec![0; rows]),
        };
        Finished { plain, causes }
    }

    /// What the evaluator gave.
    pub(crate) fn of_evaluated(evaluated: Evaluated<'_>) -> Finished {
        let plain = match evaluated.values {
            Results::Number(values) => Plain::Double(values),
            Results::Text(values) => Plain::Text(StringArray::from_iter_values(values)),
            Results::Date(values) => Plain::Date(values),
            Results::Flag(values) => Plain::Flag(values),
        };
        Finished {
            plain,
            causes: evaluated.causes,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.causes.len()
    }

    /// The same values as another type; `scale` is that of integers here. Integers stay integers, and what cannot be held
    /// is undefined. `None` where the types have nothing to do with each other.
    pub(crate) fn retyped(self, scale: u8, to: &InputType) -> Option<Finished> {
        let Finished { plain, mut causes } = self;
        let plain = match (plain, to) {
            (Plain::Int(mut values), InputType::Int(to)) => {
                if scale != *to {
                    for (value, cause) in values.iter_mut().zip(&mut causes) {
                        *value = settle(rescale(*value, scale, *to), cause);
                    }
                }
                Plain::Int(values)
            }
            (Plain::Double(values), InputType::Int(to)) => {
                let each = values.iter().zip(&mut causes);
                Plain::Int(
                    each.map(|(value, cause)| settle(scale_f64(*value, *to), cause))
                        .collect(),
                )
            }
            (Plain::Int(values), InputType::Double) => {
                Plain::Double(values.iter().map(|value| to_f64(*value, scale)).collect())
            }
            (Plain::Flag(values), InputType::Int(to)) => {
                let each = values.iter().zip(&mut causes);
                Plain::Int(
                    each.map(|(value, cause)| settle(rescale(i64::from(*value), 0, *to), cause))
                        .collect(),
                )
            }
            (Plain::Int(values), InputType::Flag) if scale == 0 => {
                Plain::Flag(values.iter().map(|value| *value != 0).collect())
            }
            (Plain::Int(values), InputType::Text(_)) => {
                let texts = values.iter().map(|value| pinji_domain::number::plain(*value, scale));
                Plain::Text(StringArray::from_iter_values(texts))
            }
            (plain @ Plain::Double(_), InputType::Double)
            | (plain @ Plain::Text(_), InputType::Text(_))
            | (plain @ Plain::Date(_), InputType::Date)
            | (plain @ Plain::Flag(_), InputType::Flag) => plain,
            _ if causes.iter().all(|cause| *cause != 0) => Plain::blank(to, causes.len()),
            _ => return None,
        };
        Some(Finished { plain, causes })
    }

    /// Puts another column of the same type behind this one, leaving out its first `skip` rows.
    pub(crate) fn append(&mut self, other: &Finished, skip: usize) -> Result<(), QueryError> {
        self.causes
            .extend_from_slice(other.causes.get(skip..).unwrap_or_default());
        match (&mut self.plain, &other.plain) {
            (Plain::Int(to), Plain::Int(from)) => to.extend_from_slice(from.get(skip..).unwrap_or_default()),
            (Plain::Double(to), Plain::Double(from)) => to.extend_from_slice(from.get(skip..).unwrap_or_default()),
            (Plain::Date(to), Plain::Date(from)) => to.extend_from_slice(from.get(skip..).unwrap_or_default()),
            (Plain::Flag(to), Plain::Flag(from)) => to.extend_from_slice(from.get(skip..).unwrap_or_default()),
            (Plain::Text(to), Plain::Text(from)) => {
                *to = to.iter().chain(from.iter().skip(skip)).collect();
            }
            _ => return Err(QueryError::Mismatch("two parts of a measure have different types")),
        }
        Ok(())
    }

    /// The rows at these positions.
    pub(crate) fn gather(&self, at: &[u32]) -> Result<Finished, QueryError> {
        let causes = at.iter().map(|row| self.causes[*row as usize]).collect();
        let plain = match &self.plain {
            Plain::Int(values) => Plain::Int(at.iter().map(|row| values[*row as usize]).collect()),
            Plain::Double(values) => Plain::Double(at.iter().map(|row| values[*row as usize]).collect()),
            Plain::Date(values) => Plain::Date(at.iter().map(|row| values[*row as usize]).collect()),
            Plain::Flag(values) => Plain::Flag(at.iter().map(|row| values[*row as usize]).collect()),
            Plain::Text(values) => {
                let taken = take(values, &UInt32Array::from(at.to_vec()), None)?;
                let taken = taken.as_any().downcast_ref::<StringArray>().cloned();
                Plain::Text(taken.ok_or(QueryError::Mismatch("texts became something else"))?)
            }
        };
        Ok(Finished { plain, causes })
    }

    /// The column of the result.
    pub(crate) fn into_column(self, id: &str, ty: &InputType) -> MeasuredColumn {
        let nulls = self.nulls();
        let values: ArrayRef = match self.plain {
            Plain::Int(mut values) => {
                values
                    .iter_mut()
                    .zip(&self.causes)
                    .for_each(|(value, cause)| *value *= i64::from(*cause == 0));
                Arc::new(Int64Array::new(values.into(), nulls))
            }
            Plain::Double(mut values) => {
                // -0 would compare and hash differently from 0, so there is none.
                let clean = |(value, cause): (&mut f64, &u8)| *value = if *cause == 0 { *value + 0.0 } else { 0.0 };
                values.iter_mut().zip(&self.causes).for_each(clean);
                Arc::new(Float64Array::new(values.into(), nulls))
            }
            Plain::Date(mut values) => {
                values
                    .iter_mut()
                    .zip(&self.causes)
                    .for_each(|(value, cause)| *value *= i32::from(*cause == 0));
                Arc::new(Date32Array::new(values.into(), nulls))
            }
            Plain::Flag(values) => {
                let clean = values
                    .iter()
                    .zip(&self.causes)
                    .map(|(value, cause)| *value && *cause == 0);
                Arc::new(BooleanArray::new(BooleanBuffer::from_iter(clean), nulls))
            }
            Plain::Text(texts) => Arc::new(dictionary(&texts, &self.causes)),
        };
        let causes = self
            .causes
            .iter()
            .any(|cause| *cause > NOT_REPORTED)
            .then_some(self.causes);
        MeasuredColumn {
            id: id.to_owned(),
            ty: ty.clone(),
            values,
            causes,
        }
    }

    /// An array of plain storage: texts as Utf8, integers with decimals as doubles.
    pub(crate) fn into_about(self, scale: u8) -> ArrayRef {
        let nulls = self.nulls();
        match self.plain {
            Plain::Int(values) if scale > 0 => {
                let values: Vec<f64> = values.iter().map(|value| to_f64(*value, scale)).collect();
                Arc::new(Float64Array::new(values.into(), nulls))
            }
            Plain::Int(values) => Arc::new(Int64Array::new(values.into(), nulls)),
            Plain::Double(values) => Arc::new(Float64Array::new(values.into(), nulls)),
            Plain::Date(values) => Arc::new(Date32Array::new(values.into(), nulls)),
            Plain::Flag(values) => Arc::new(BooleanArray::new(BooleanBuffer::from(values), nulls)),
            Plain::Text(texts) => Arc::new(texts),
        }
    }

    fn nulls(&self) -> Option<NullBuffer> {
        let some = self.causes.iter().any(|cause| *cause != 0);
        some.then(|| NullBuffer::new(BooleanBuffer::from_iter(self.causes.iter().map(|cause| *cause == 0))))
    }
}

fn settle(value: Option<i64>, cause: &mut u8) -> i64 {
    if value.is_none() && *cause == 0 {
        *cause = UNDEFINED;
    }
    value.unwrap_or(0)
}

/// Texts as numbers in a sorted list, so that the same texts always make the same array.
pub(crate) fn dictionary(texts: &StringArray, causes: &[u8]) -> DictionaryArray<arrow::datatypes::Int32Type> {
    let mut numbers: HashMap<&str, i32> = HashMap::new();
    let held = |row: usize| causes.get(row).is_none_or(|cause| *cause == 0) && texts.is_valid(row);
    for row in (0..texts.len()).filter(|row| held(*row)) {
        numbers.entry(texts.value(row)).or_insert(0);
    }
    let mut list: Vec<&str> = numbers.keys().copied().collect();
    list.sort_unstable();
    for (number, text) in list.iter().enumerate() {
        numbers.insert(text, number as i32);
    }
    let key = |row: usize| {
        if held(row) {
            numbers.get(texts.value(row)).copied()
        } else {
            None
        }
    };
    let keys: Int32Array = (0..texts.len()).map(key).collect();
    let values: ArrayRef = Arc::new(StringArray::from_iter_values(list));
    // Keys come from the list itself, so they fit; an empty array stands in for what cannot happen.
    DictionaryArray::try_new(keys, values).unwrap_or_else(|_| DictionaryArray::from_iter(std::iter::empty::<&str>()))
}

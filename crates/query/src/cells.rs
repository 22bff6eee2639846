//! Record columns in the few forms that measures read. 单元列

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray, new_null_array,
};
use arrow::buffer::NullBuffer;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type};
use pinji_domain::FieldType;
use pinji_engine::{Bits, Column, InputType, Texts, Values};

use crate::error::QueryError;
use crate::hash::{bytes, mix};

/// A column of a batch of records. 单元列
#[derive(Debug, Clone)]
pub(crate) enum Cells {
    Int(Int64Array),
    Double(Float64Array),
    Text(StringArray),
    Date(Date32Array),
    Flag(BooleanArray),
    /// The file has no such column: nulls.
    Nothing(usize),
}

/// What a field's storage is for the kernel's evaluator.
pub(crate) fn input_type(ty: &FieldType) -> InputType {
    match ty {
        FieldType::Text => InputType::Text(None),
        FieldType::Choice(choices) => InputType::Text(Some(choices.iter().map(|(code, _)| code.clone()).collect())),
        FieldType::Integer => InputType::Int(0),
        FieldType::Decimal(scale) | FieldType::Money(scale) => InputType::Int(*scale),
        FieldType::Number => InputType::Double,
        FieldType::Date => InputType::Date,
        FieldType::Flag => InputType::Flag,
    }
}

/// The name of a type in messages.
pub(crate) fn type_name(ty: &InputType) -> &'static str {
    match ty {
        InputType::Int(0) => "integer",
        InputType::Int(_) => "decimal",
        InputType::Double => "number",
        InputType::Text(_) => "text",
        InputType::Date => "date",
        InputType::Flag => "flag",
    }
}

impl Cells {
    /// From an Arrow array, whatever width it has; `None` for types that no field has.
    pub(crate) fn from_array(array: &ArrayRef) -> Option<Cells> {
        let wide = |to: &DataType| cast(array, to).ok();
        Some(match array.data_type() {
            DataType::Int64 => Cells::Int(array.as_primitive::<Int64Type>().clone()),
            DataType::Float64 => Cells::Double(array.as_primitive::<Float64Type>().clone()),
            DataType::Utf8 => Cells::Text(array.as_string::<i32>().clone()),
            DataType::Date32 => Cells::Date(array.as_primitive::<Date32Type>().clone()),
            DataType::Boolean => Cells::Flag(array.as_boolean().clone()),
            DataType::Null => Cells::Nothing(array.len()),
            DataType::Int8
            | DataType::Int16
            | DataType::Int32
            | DataType::UInt8
            | DataType::UInt16
            | DataType::UInt32 => Cells::Int(wide(&DataType::Int64)?.as_primitive::<Int64Type>().clone()),
            DataType::Float32 => Cells::Double(wide(&DataType::Float64)?.as_primitive::<Float64Type>().clone()),
            DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(_, _) => {
                Cells::Text(wide(&DataType::Utf8)?.as_string_opt::<i32>()?.clone())
            }
            _ => return None,
        })
    }

    /// A field's column from a batch, held against the field's declared type.
    pub(crate) fn of_field(array: &ArrayRef, kind: &str, field: &str, ty: &InputType) -> Result<Cells, QueryError> {
        let cells = Cells::from_array(array);
        let fits = match &cells {
            Some(Cells::Int(_)) => matches!(ty, InputType::Int(_)),
            Some(Cells::Double(_)) => matches!(ty, InputType::Double),
            Some(Cells::Text(_)) => matches!(ty, InputType::Text(_)),
            Some(Cells::Date(_)) => matches!(ty, InputType::Date),
            Some(Cells::Flag(_)) => matches!(ty, InputType::Flag),
            Some(Cells::Nothing(_)) => true,
            None => false,
        };
        match cells {
            Some(cells) if fits => Ok(cells),
            _ => Err(QueryError::FieldType {
                kind: kind.to_owned(),
                field: field.to_owned(),
                expected: type_name(ty).to_owned(),
                found: array.data_type().to_string(),
            }),
        }
    }

    /// Back to an array; a column that is not there becomes nulls of type `ty`.
    pub(crate) fn into_array(self, ty: &DataType) -> ArrayRef {
        match self {
            Cells::Int(array) => Arc::new(array),
            Cells::Double(array) => Arc::new(array),
            Cells::Text(array) => Arc::new(array),
            Cells::Date(array) => Arc::new(array),
            Cells::Flag(array) => Arc::new(array),
            Cells::Nothing(rows) => new_null_array(ty, rows),
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Cells::Int(array) => array.len(),
            Cells::Double(array) => array.len(),
            Cells::Text(array) => array.len(),
            Cells::Date(array) => array.len(),
            Cells::Flag(array) => array.len(),
            Cells::Nothing(len) => *len,
        }
    }

    pub(crate) fn nulls(&self) -> Option<&NullBuffer> {
        let nulls = match self {
            Cells::Int(array) => array.nulls(),
            Cells::Double(array) => array.nulls(),
            Cells::Text(array) => array.nulls(),
            Cells::Date(array) => array.nulls(),
            Cells::Flag(array) => array.nulls(),
            Cells::Nothing(_) => None,
        };
        nulls.filter(|nulls| nulls.null_count() > 0)
    }

    /// Whether there are nulls at all.
    pub(crate) fn may_be_null(&self) -> bool {
        matches!(self, Cells::Nothing(_)) || self.nulls().is_some()
    }

    pub(crate) fn is_null(&self, row: usize) -> bool {
        matches!(self, Cells::Nothing(_))
            || self
                .nulls()
                .is_some_and(|nulls| row < nulls.len() && nulls.is_null(row))
    }

    /// The text in a row, where the column holds texts.
    pub(crate) fn text(&self, row: usize) -> Option<&str> {
        match self {
            Cells::Text(array) if row < array.len() && array.is_valid(row) => Some(array.value(row)),
            _ => None,
        }
    }

    /// The date in a row, where the column holds dates.
    pub(crate) fn date(&self, row: usize) -> Option<i32> {
        match self {
            Cells::Date(array) if row < array.len() && array.is_valid(row) => Some(array.value(row)),
            _ => None,
        }
    }

    /// A fixed hash of the value in a row.
    pub(crate) fn hash(&self, row: usize) -> u64 {
        if row >= self.len() || self.is_null(row) {
            return 1;
        }
        match self {
            Cells::Int(array) => mix(array.value(row) as u64),
            Cells::Double(array) => mix(array.value(row).to_bits() ^ 2),
            Cells::Text(array) => bytes(array.value(row).as_bytes()),
            Cells::Date(array) => mix(array.value(row) as u64 ^ (3 << 40)),
            Cells::Flag(array) => mix(u64::from(array.value(row)) ^ (4 << 40)),
            Cells::Nothing(_) => 1,
        }
    }
}

/// A batch of records as the kernel's evaluator reads it; texts get one entry per row.
pub(crate) struct Lent<'a> {
    keys: Vec<i32>,
    lists: Vec<Vec<&'a str>>,
    cells: &'a [Cells],
}

impl<'a> Lent<'a> {
    pub(crate) fn new(cells: &'a [Cells], rows: usize) -> Lent<'a> {
        let list = |cells: &'a Cells| match cells {
            Cells::Text(array) => array.iter().map(Option::unwrap_or_default).collect(),
            _ => Vec::new(),
        };
        let keys = (0..rows as i32).collect();
        Lent {
            keys,
            lists: cells.iter().map(list).collect(),
            cells,
        }
    }

    pub(crate) fn columns(&'a self) -> Vec<Column<'a>> {
        let column = |(cells, list): (&'a Cells, &'a Vec<&'a str>)| {
            let values = match cells {
                Cells::Int(array) => Values::Int(array.values()),
                Cells::Double(array) => Values::Double(array.values()),
                Cells::Text(_) => Values::Text(Texts { keys: &self.keys, list }),
                Cells::Date(array) => Values::Date(array.values()),
                Cells::Flag(array) => {
                    let bits = array.values();
                    Values::Flag(Bits {
                        bytes: bits.values(),
                        offset: bits.offset(),
                    })
                }
                Cells::Nothing(_) => Values::Absent,
            };
            let valid = cells.nulls().map(bits_of);
            Column {
                values,
                valid,
                causes: None,
            }
        };
        self.cells.iter().zip(&self.lists).map(column).collect()
    }
}

/// Arrow's validity as the kernel's bits.
pub(crate) fn bits_of(nulls: &NullBuffer) -> Bits<'_> {
    Bits {
        bytes: nulls.validity(),
        offset: nulls.offset(),
    }
}

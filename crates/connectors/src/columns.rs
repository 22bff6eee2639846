//! Columns in the storage types of their fields. 列存储

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, RecordBatch, RecordBatchOptions,
    StringBuilder,
};
use arrow::datatypes::{DataType, Field as Column, Schema, SchemaRef};
use arrow::error::ArrowError;
use pinji_domain::{FieldType, Kind};

use crate::value::Value;

/// The arrow type in which a field is kept. 存储类型
///
/// Text and choices are Utf8, whole numbers, money and decimals Int64 (scaled), numbers Float64, dates Date32, flags
/// Boolean.
pub fn storage(ty: &FieldType) -> DataType {
    match ty {
        FieldType::Text | FieldType::Choice(_) => DataType::Utf8,
        FieldType::Integer | FieldType::Decimal(_) | FieldType::Money(_) => DataType::Int64,
        FieldType::Number => DataType::Float64,
        FieldType::Date => DataType::Date32,
        FieldType::Flag => DataType::Boolean,
    }
}

/// The schema of some fields of a kind, all nullable, named by their ids.
pub(crate) fn schema(kind: &Kind, fields: &[usize]) -> SchemaRef {
    let columns = fields.iter().filter_map(|at| kind.fields.get(*at));
    Arc::new(Schema::new(
        columns
            .map(|field| Column::new(&field.id, storage(&field.ty), true))
            .collect::<Vec<_>>(),
    ))
}

/// A batch of named columns; one without columns still has its rows.
pub(crate) fn batch(columns: Vec<(String, ArrayRef)>, rows: usize) -> Result<RecordBatch, ArrowError> {
    let (names, arrays): (Vec<String>, Vec<ArrayRef>) = columns.into_iter().unzip();
    let fields = names
        .iter()
        .zip(&arrays)
        .map(|(name, array)| Column::new(name, array.data_type().clone(), true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    RecordBatch::try_new_with_options(schema, arrays, &RecordBatchOptions::new().with_row_count(Some(rows)))
}

/// A column that is being built.
pub(crate) enum Builder {
    Text(StringBuilder),
    Int(Int64Builder),
    Double(Float64Builder),
    Days(Date32Builder),
    Flag(BooleanBuilder),
}

impl Builder {
    pub(crate) fn new(ty: &FieldType, rows: usize) -> Self {
        match storage(ty) {
            DataType::Int64 => Builder::Int(Int64Builder::with_capacity(rows)),
            DataType::Float64 => Builder::Double(Float64Builder::with_capacity(rows)),
            DataType::Date32 => Builder::Days(Date32Builder::with_capacity(rows)),
            DataType::Boolean => Builder::Flag(BooleanBuilder::with_capacity(rows)),
            _ => Builder::Text(StringBuilder::with_capacity(rows, rows * 8)),
        }
    }

    /// Adds a value; one of another type than the column's becomes null, which no reader produces.
    pub(crate) fn push(&mut self, value: Value, arena: &str) {
        match (self, value) {
            (Builder::Int(column), Value::Int(units)) => column.append_value(units),
            (Builder::Double(column), Value::Double(number)) => column.append_value(number),
            (Builder::Days(column), Value::Days(days)) => column.append_value(days),
            (Builder::Flag(column), Value::Flag(flag)) => column.append_value(flag),
            (Builder::Text(column), Value::Text(from, to)) => column.append_option(arena.get(from..to)),
            (Builder::Int(column), _) => column.append_null(),
            (Builder::Double(column), _) => column.append_null(),
            (Builder::Days(column), _) => column.append_null(),
            (Builder::Flag(column), _) => column.append_null(),
            (Builder::Text(column), _) => column.append_null(),
        }
    }

    /// The column so far; the builder starts anew.
    pub(crate) fn finish(&mut self) -> ArrayRef {
        match self {
            Builder::Text(column) => Arc::new(column.finish()),
            Builder::Int(column) => Arc::new(column.finish()),
            Builder::Double(column) => Arc::new(column.finish()),
            Builder::Days(column) => Arc::new(column.finish()),
            Builder::Flag(column) => Arc::new(column.finish()),
        }
    }
}

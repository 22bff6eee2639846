//! The measures of a run kept as a file, so that it can be derived again without the records. 快照
//!
//! Columns of `snapshot.parquet`: `id`; for each measure its id, and `ID:cause` (numbers of `MissingCause`) where some
//! value is missing for another reason than "not reported"; for each carried field `about:FIELD`. Texts are plain Utf8.
//! Each measure's column says in its metadata what it holds.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, UInt8Array};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Field, Schema, UInt8Type};
use arrow::record_batch::RecordBatch;
use pinji_engine::InputType;
use pinji_policy::Compiled;

use crate::error::{QueryError, name_of};
use crate::finished::dictionary;
use crate::ids::Ids;
use crate::measured::{Measured, MeasuredColumn};
use crate::spill::storage;
use crate::store::{Digest, Writer, open};

const CAUSE: &str = ":cause";
const ABOUT: &str = "about:";
const HOLDS: &str = "pinji:holds";

/// Writes a snapshot. 写快照
///
/// # Errors
/// The file cannot be written.
pub fn write(path: &Path, measured: &Measured) -> Result<Digest, QueryError> {
    let batch = to_batch(measured)?;
    let mut writer = Writer::new(path, batch.schema())?;
    writer.write(&batch)?;
    writer.close()
}

/// The content hash that the measures have as a snapshot, without writing one. 快照内容哈希
///
/// # Errors
/// The columns do not fit together.
pub fn content(measured: &Measured) -> Result<String, QueryError> {
    crate::store::content_of_batch(&to_batch(measured)?)
}

/// Reads a snapshot back for the policy that it was made for. 读快照
///
/// # Errors
/// The file cannot be read, lacks a measure of the policy, or holds something else in its column.
pub fn read(path: &Path, compiled: &Compiled) -> Result<Measured, QueryError> {
    let (schema, batches) = open(path)?;
    let batches = batches.collect::<Result<Vec<_>, _>>()?;
    let batch = concat_batches(&schema, &batches)?;
    let lacks = |wants: &str| QueryError::NotSnapshot {
        path: name_of(path),
        wants: wants.to_owned(),
    };
    let ids = batch.column_by_name("id").cloned().ok_or_else(|| lacks("id"))?;
    if !matches!(ids.data_type(), DataType::Int64 | DataType::Utf8) || ids.null_count() > 0 {
        return Err(lacks("id"));
    }
    let held = Ids::from_array(&ids);
    if (1..held.len()).any(|at| held.get(at - 1) >= held.get(at)) {
        return Err(lacks("ascending ids"));
    }
    let mut columns = Vec::with_capacity(compiled.measures.len());
    for measure in &compiled.measures {
        let values = batch.column_by_name(&measure.id).ok_or_else(|| lacks(&measure.id))?;
        let held = schema.field_with_name(&measure.id)?.metadata().get(HOLDS);
        if *values.data_type() != storage(&measure.ty) || held.is_some_and(|held| *held != holds(&measure.ty)) {
            return Err(QueryError::FieldType {
                kind: name_of(path),
                field: measure.id.clone(),
                expected: holds(&measure.ty),
                found: held.cloned().unwrap_or_else(|| values.data_type().to_string()),
            });
        }
        let causes = batch.column_by_name(&format!("{}{CAUSE}", measure.id));
        let causes = causes
            .and_then(|causes| causes.as_primitive_opt::<UInt8Type>())
            .map(|causes| causes.values().to_vec());
        let values = match values.as_string_opt::<i32>() {
            Some(texts) => Arc::new(dictionary(texts, &[])),
            None => Arc::clone(values),
        };
        columns.push(MeasuredColumn {
            id: measure.id.clone(),
            ty: measure.ty.clone(),
            values,
            causes,
        });
    }
    let about = schema.fields().iter().zip(batch.columns());
    let about =
        about.filter_map(|(field, values)| Some((field.name().strip_prefix(ABOUT)?.to_owned(), Arc::clone(values))));
    Ok(Measured {
        ids,
        columns,
        about: about.collect(),
        left_out: Vec::new(),
        members: None,
    })
}

fn to_batch(measured: &Measured) -> Result<RecordBatch, QueryError> {
    let mut fields = vec![Field::new("id", measured.ids.data_type().clone(), false)];
    let mut arrays: Vec<ArrayRef> = vec![Arc::clone(&measured.ids)];
    for column in &measured.columns {
        let values = match column.values.data_type() {
            DataType::Dictionary(_, value) => cast(&column.values, value)?,
            _ => Arc::clone(&column.values),
        };
        let says = HashMap::from([(HOLDS.to_owned(), holds(&column.ty))]);
        fields.push(Field::new(&column.id, values.data_type().clone(), true).with_metadata(says));
        arrays.push(values);
        if let Some(causes) = &column.causes {
            fields.push(Field::new(format!("{}{CAUSE}", column.id), DataType::UInt8, false));
            arrays.push(Arc::new(UInt8Array::from(causes.clone())));
        }
    }
    for (name, values) in &measured.about {
        fields.push(Field::new(format!("{ABOUT}{name}"), values.data_type().clone(), true));
        arrays.push(Arc::clone(values));
    }
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?)
}

/// What a measure holds, in a word that stays the same from version to version.
fn holds(ty: &InputType) -> String {
    match ty {
        InputType::Int(scale) => format!("exact({scale})"),
        InputType::Double => "double".to_owned(),
        InputType::Text(_) => "text".to_owned(),
        InputType::Date => "date".to_owned(),
        InputType::Flag => "flag".to_owned(),
    }
}

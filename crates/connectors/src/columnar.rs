//! Parquet files, read where they lie, row group by row group. Parquet 文件

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::file::statistics::Statistics;
use pinji_domain::number::{EXACT_LIMIT, pow10};
use pinji_domain::{FieldType, Kind, Message};
use tempfile::TempPath;

use crate::bad::{BadCell, Why};
use crate::columns;
use crate::convert;
use crate::error::DataError;
use crate::keys::{KeyHash, Keys, Place};
use crate::limits::Limits;
use crate::load::{BadList, bad_cell};
use crate::plan::{Plan, Planned, Problem};
use crate::value::{Cell, Reader, Value};

/// A Parquet file whose columns are known. Nothing of it is kept in memory but its footer.
#[derive(Debug)]
pub(crate) struct ParquetFile {
    path: PathBuf,
    /// A file of our own, which goes when nobody reads it any more.
    _own: Option<TempPath>,
    name: String,
    footer: ArrowReaderMetadata,
    /// The columns that are read, and where each stands in the file.
    columns: Vec<(Planned, usize)>,
    /// The first row of each group, and the number of all rows at the end.
    starts: Vec<usize>,
    currency: Option<(usize, &'static str)>,
}

/// Opens the footer.
pub(crate) fn footer(path: &Path, name: &str) -> Result<ArrowReaderMetadata, DataError> {
    let file = File::open(path).map_err(|source| DataError::io(name, source))?;
    let read = crate::guard::quietly(|| ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()));
    match read {
        Some(Ok(footer)) => Ok(footer),
        Some(Err(error)) => {
            let message = Message::new("data-parquet-broken").with("why", error.to_string());
            Err(DataError::refused(name, message))
        }
        None => Err(DataError::refused(name, Message::new("data-parquet-broken").with("why", "panic"))),
    }
}

impl ParquetFile {
    /// Finds the columns of `plan` in the file. Columns of a type that cannot be read are problems of the table.
    pub(crate) fn new(path: PathBuf, name: &str, footer: ArrowReaderMetadata, plan: &Plan) -> (ParquetFile, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut columns = Vec::new();
        for planned in &plan.columns {
            let ty = footer.schema().fields().get(planned.source).map(|column| column.data_type().clone());
            match ty {
                Some(ty) if convert::readable(&ty) => columns.push((planned.clone(), planned.source)),
                Some(ty) => problems.push(Problem {
                    column: u32::try_from(planned.source).ok(),
                    heading: planned.heading.clone(),
                    message: Message::new("data-parquet-type").with("type", ty.to_string()),
                }),
                None => {}
            }
        }
        let starts = starts(&footer);
        let file = ParquetFile { path, _own: None, name: name.to_owned(), footer, columns, starts, currency: plan.currency };
        (file, problems)
    }

    /// A file that Pinji itself wrote from checked columns, in the order of `fields`.
    pub(crate) fn spilled(own: TempPath, name: &str, fields: &[usize]) -> Result<ParquetFile, DataError> {
        let footer = footer(&own, name)?;
        // What is in it needs no reading: the storage types are those of the fields already.
        let columns = fields.iter().enumerate().map(|(at, field)| {
            let planned = Planned { source: at, field: *field, heading: String::new(), reader: Reader::Stored };
            (planned, at)
        });
        let (columns, starts) = (columns.collect(), starts(&footer));
        Ok(ParquetFile { path: own.to_path_buf(), _own: Some(own), name: name.to_owned(), footer, columns, starts, currency: None })
    }

    pub(crate) fn groups(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    pub(crate) fn rows(&self) -> usize {
        self.starts.last().copied().unwrap_or(0)
    }

    pub(crate) fn start(&self, group: usize) -> usize {
        self.starts.get(group).copied().unwrap_or(0)
    }

    /// The fields that the file brings.
    pub(crate) fn fields(&self) -> impl Iterator<Item = usize> {
        self.columns.iter().map(|(planned, _)| planned.field).chain(self.currency.map(|(field, _)| field))
    }

    /// Whether the column of this field holds whole numbers.
    pub(crate) fn is_integer(&self, field: usize) -> bool {
        self.columns.iter().any(|(planned, source)| {
            planned.field == field
                && self.footer.schema().fields().get(*source).is_some_and(|column| column.data_type().is_integer())
        })
    }

    /// Reads some fields of a row group; `raw` fields keep their whole numbers. Fields that the file lacks are left out.
    pub(crate) fn read(&self, kind: &Kind, group: usize, fields: &[usize], raw: Option<usize>) -> Result<Vec<RecordBatch>, DataError> {
        let wanted: Vec<&(Planned, usize)> =
            fields.iter().filter_map(|field| self.columns.iter().find(|(planned, _)| planned.field == *field)).collect();
        self.batches(group, &wanted, &mut |_, columns, rows| {
            let mut out: Vec<(String, ArrayRef)> = Vec::with_capacity(columns.len() + 1);
            for ((planned, _), column) in wanted.iter().zip(columns) {
                let Some(field) = kind.fields.get(planned.field) else { continue };
                let array = if raw == Some(planned.field) {
                    arrow::compute::cast(column, &DataType::Int64)
                } else {
                    convert::convert(column, field, &planned.reader, &mut |_, _, _| {})
                };
                out.push((field.id.clone(), array.map_err(|error| DataError::damaged(&self.name, error))?));
            }
            if let Some((field, code)) = self.currency.filter(|(field, _)| fields.contains(field))
                && let Some(field) = kind.fields.get(field)
            {
                out.push((field.id.clone(), Arc::new(StringArray::from(vec![code; rows]))));
            }
            columns::batch(out, rows).map_err(|error| DataError::damaged(&self.name, error))
        })
    }

    /// Passes the batches of a group through `take`, each with its first row in the file.
    fn batches<T>(
        &self,
        group: usize,
        wanted: &[&(Planned, usize)],
        take: &mut dyn FnMut(usize, &[ArrayRef], usize) -> Result<T, DataError>,
    ) -> Result<Vec<T>, DataError> {
        let damaged = |error: parquet::errors::ParquetError| DataError::damaged(&self.name, error);
        let file = File::open(&self.path).map_err(|source| DataError::io(&self.name, source))?;
        let mut roots: Vec<usize> = wanted.iter().map(|(_, source)| *source).collect();
        let mask = ProjectionMask::roots(self.footer.parquet_schema(), roots.iter().copied());
        roots.sort_unstable();
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.footer.clone())
            .with_projection(mask)
            .with_row_groups(vec![group])
            .with_batch_size(1 << 16)
            .build()
            .map_err(damaged)?;
        let mut row = self.start(group);
        let mut out = Vec::new();
        // A file that lies about its pages may make the decoder panic: that is its damage, not ours.
        let mut reader = reader;
        while let Some(batch) = crate::guard::quietly(|| reader.next())
            .ok_or_else(|| DataError::refused(&self.name, Message::new("data-parquet-broken").with("why", "panic")))?
        {
            let batch = batch.map_err(|error| DataError::damaged(&self.name, error))?;
            let place = |source: &usize| roots.iter().position(|root| root == source);
            let columns: Vec<ArrayRef> =
                wanted.iter().filter_map(|(_, source)| batch.columns().get(place(source)?).cloned()).collect();
            out.push(take(row, &columns, batch.num_rows())?);
            row += batch.num_rows();
        }
        Ok(out)
    }
}

fn starts(footer: &ArrowReaderMetadata) -> Vec<usize> {
    let mut starts = vec![0];
    let mut total = 0;
    for group in footer.metadata().row_groups() {
        total += usize::try_from(group.num_rows()).unwrap_or(0);
        starts.push(total);
    }
    starts
}

/// What a look through a Parquet file found.
#[derive(Debug)]
pub(crate) struct Looked {
    pub bad: BadList,
    /// Rows with bad cells, in order.
    pub dropped: Vec<u64>,
    pub keys: Keys,
}

/// Reads the columns that leave a doubt, and only those: types that cannot go wrong, and statistics that prove it, are
/// trusted. Row groups are looked through side by side.
pub(crate) fn look_through(file: &ParquetFile, kind: &Kind, limits: &Limits) -> Result<Looked, DataError> {
    let keyed: Vec<usize> = kind.key.iter().filter_map(|id| kind.position(id)).collect();
    let has_key = !keyed.is_empty() && keyed.iter().all(|field| file.fields().any(|own| own == *field));
    let wanted: Vec<&(Planned, usize)> = file
        .columns
        .iter()
        .filter(|(planned, source)| (has_key && keyed.contains(&planned.field)) || file.is_doubtful(kind, planned, *source))
        .collect();
    let mut looked = Looked { bad: BadList::new(limits.bad_cells), dropped: Vec::new(), keys: Keys::default() };
    if wanted.is_empty() {
        return Ok(looked);
    }
    let next = AtomicUsize::new(0);
    let parts: Mutex<Vec<(usize, Result<Looked, DataError>)>> = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(file.groups().max(1));
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let group = next.fetch_add(1, Ordering::Relaxed);
                    if group >= file.groups() {
                        return;
                    }
                    let part = look_at_group(file, kind, group, &wanted, if has_key { &keyed } else { &[] }, limits);
                    if let Ok(mut parts) = parts.lock() {
                        parts.push((group, part));
                    }
                }
            });
        }
    });
    let mut parts = parts.into_inner().unwrap_or_default();
    parts.sort_by_key(|(group, _)| *group);
    for (_, part) in parts {
        let part = part?;
        looked.bad.append(part.bad);
        looked.dropped.extend(part.dropped);
        looked.keys.append(part.keys);
    }
    Ok(looked)
}

fn look_at_group(
    file: &ParquetFile,
    kind: &Kind,
    group: usize,
    wanted: &[&(Planned, usize)],
    key: &[usize],
    limits: &Limits,
) -> Result<Looked, DataError> {
    let mut bad = BadList::new(limits.bad_cells);
    let mut dropped = BTreeSet::new();
    let mut keys = Keys::default();
    file.batches(group, wanted, &mut |first, columns, rows| {
        let mut converted: Vec<(usize, ArrayRef)> = Vec::with_capacity(columns.len());
        for ((planned, _), column) in wanted.iter().zip(columns) {
            let Some(field) = kind.fields.get(planned.field) else { continue };
            let mut report = |row: usize, cell: &Cell<'_>, why: &Why| {
                dropped.insert((first + row) as u64);
                bad.push(|| bad_cell(kind, &file.name, None, (first + row + 1) as u64, planned, cell, why));
            };
            let mut failed = BTreeSet::new();
            let array = convert::convert(column, field, &planned.reader, &mut |row, cell, why| {
                failed.insert(row);
                report(row, cell, why);
            });
            let array = array.map_err(|error| DataError::damaged(&file.name, error))?;
            if field.required && array.null_count() > 0 {
                for row in (0..array.len()).filter(|row| array.is_null(*row) && !failed.contains(row)) {
                    report(row, &Cell::Empty, &Why::Required);
                }
            }
            converted.push((planned.field, array));
        }
        if !key.is_empty() {
            let fields: Vec<&ArrayRef> =
                key.iter().filter_map(|field| converted.iter().find(|(own, _)| own == field)).map(|(_, array)| array).collect();
            let mut arena = String::new();
            for row in (0..rows).filter(|row| !dropped.contains(&((first + row) as u64))) {
                let mut hash = KeyHash::new();
                arena.clear();
                for array in &fields {
                    let value = value_at(array, row, &mut arena);
                    hash.add(value, &arena);
                }
                let place = u32::try_from(first + row).unwrap_or(u32::MAX);
                keys.add(hash, Place { table: 0, kept: place, row: place.saturating_add(1) });
            }
        }
        Ok(())
    })?;
    Ok(Looked { bad, dropped: dropped.into_iter().collect(), keys })
}

/// The value of a stored column at a row.
pub(crate) fn value_at(array: &ArrayRef, row: usize, arena: &mut String) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Int64 => Value::Int(array.as_primitive::<Int64Type>().value(row)),
        DataType::Float64 => Value::Double(array.as_primitive::<Float64Type>().value(row)),
        DataType::Date32 => Value::Days(array.as_primitive::<Date32Type>().value(row)),
        DataType::Boolean => Value::Flag(array.as_boolean().value(row)),
        DataType::Utf8 => {
            let from = arena.len();
            arena.push_str(array.as_string::<i32>().value(row));
            Value::Text(from, arena.len())
        }
        _ => Value::Null,
    }
}

impl ParquetFile {
    /// Whether some value of this column might be refused.
    fn is_doubtful(&self, kind: &Kind, planned: &Planned, source: usize) -> bool {
        let Some(field) = kind.fields.get(planned.field) else { return false };
        let Some(ty) = self.footer.schema().fields().get(source).map(|column| column.data_type()) else { return false };
        if field.required && (!self.has_no_nulls(source) || matches!(ty, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(_, _))) {
            return true;
        }
        match (&planned.reader, ty) {
            (Reader::Stored, _) | (_, DataType::Null) => false,
            (Reader::Text, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View) => false,
            (Reader::Text, DataType::Dictionary(_, values)) => **values != DataType::Utf8,
            (Reader::Text, ty) => !ty.is_integer(),
            (Reader::Flag, DataType::Boolean) | (Reader::Date(_), DataType::Date32) => false,
            (Reader::Number(plan), ty) if ty.is_signed_integer() || matches!(ty, DataType::UInt8 | DataType::UInt16 | DataType::UInt32) => {
                match (plan.integer_power(), &field.ty) {
                    (Some(power), _) => !self.is_within(source, EXACT_LIMIT / pow10(power), ty),
                    (None, FieldType::Number) if plan.factor.is_none() => !self.is_within(source, EXACT_LIMIT, ty),
                    _ => true,
                }
            }
            _ => true,
        }
    }

    fn leaf(&self, source: usize) -> Option<usize> {
        let schema = self.footer.parquet_schema();
        (0..schema.num_columns()).find(|leaf| schema.get_column_root_idx(*leaf) == source)
    }

    fn has_no_nulls(&self, source: usize) -> bool {
        let not_null = self.footer.schema().fields().get(source).is_some_and(|column| !column.is_nullable());
        let Some(leaf) = self.leaf(source) else { return false };
        not_null
            || self.footer.metadata().row_groups().iter().all(|group| {
                group.columns().get(leaf).and_then(|column| column.statistics()).and_then(Statistics::null_count_opt) == Some(0)
            })
    }

    fn is_within(&self, source: usize, limit: i64, ty: &DataType) -> bool {
        let widest = match ty {
            DataType::Int8 | DataType::UInt8 => 1 << 8,
            DataType::Int16 | DataType::UInt16 => 1 << 16,
            DataType::Int32 | DataType::UInt32 => 1_i64 << 32,
            _ => i64::MAX,
        };
        if widest <= limit {
            return true;
        }
        let Some(leaf) = self.leaf(source) else { return false };
        self.footer.metadata().row_groups().iter().all(|group| {
            let statistics = group.columns().get(leaf).and_then(|column| column.statistics());
            match statistics {
                Some(Statistics::Int64(range)) => {
                    matches!((range.min_opt(), range.max_opt()), (Some(min), Some(max)) if *min >= -limit && *max <= limit)
                }
                Some(Statistics::Int32(range)) => {
                    matches!((range.min_opt(), range.max_opt()), (Some(min), Some(max)) if i64::from(*min) >= -limit && i64::from(*max) <= limit)
                }
                _ => false,
            }
        })
    }
}

/// What a problem of the table looks like among the bad cells.
pub(crate) fn problems(problems: &[Problem], file: &str) -> Vec<BadCell> {
    problems.iter().map(|problem| problem.bad_cell(file, None, 1)).collect()
}

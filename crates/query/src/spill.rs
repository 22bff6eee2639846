//! Records in temporary files, split by subject, so that each part's state fits into memory. 外存分区

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arrow::array::{Array, ArrayRef, AsArray, StringArray, UInt32Array};
use arrow::compute::take;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, UInt32Type};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use pinji_engine::InputType;
use tempfile::{NamedTempFile, TempPath};

use crate::cells::Cells;
use crate::error::QueryError;
use crate::finish::Targets;
use crate::gather::Run;
use crate::hash::mix;
use crate::ids::{Id, partition_hash};
use crate::pass::ORIGIN;
use crate::program::Program;
use crate::records::Records;
use crate::store::properties;
use crate::threads::on_threads;

/// After so many splits the rest is one subject's own state, which no split makes smaller.
pub(crate) const MAX_DEPTH: u32 = 4;
const FAN_OUT: usize = 32;
const FAN_BITS: u32 = 5;
const ROW_GROUP: usize = 32_768;

/// One partition: the rows of some subjects, from all tables. 分区
pub(crate) struct Partition {
    kind: String,
    files: Vec<(TempPath, usize)>,
}

impl Records for Partition {
    fn kind(&self) -> &str {
        &self.kind
    }

    fn parts(&self) -> usize {
        self.files.iter().map(|(_, groups)| groups).sum()
    }

    fn read(&self, part: usize, _fields: &[&str]) -> Result<Vec<RecordBatch>, QueryError> {
        let mut group = part;
        for (path, groups) in &self.files {
            if group < *groups {
                let path: &Path = path;
                let file = std::fs::File::open(path).map_err(QueryError::file(path))?;
                let reader = ParquetRecordBatchReaderBuilder::try_new(file)?.with_row_groups(vec![group]);
                return Ok(reader.with_batch_size(ROW_GROUP).build()?.collect::<Result<_, _>>()?);
            }
            group -= groups;
        }
        Ok(Vec::new())
    }
}

/// One thread's files, one per partition, begun when the first row comes.
type Writers = Vec<Option<(ArrowWriter<std::fs::File>, TempPath)>>;

/// Splits the records by subject. Every record goes somewhere, so counts of left-out records stay right.
pub(crate) fn partition(
    program: &Program<'_>,
    tables: &[&dyn Records],
    targets: &Targets<'_>,
    run: Run,
    depth: u32,
) -> Result<Vec<Partition>, QueryError> {
    let work: Vec<(usize, usize)> = tables
        .iter()
        .enumerate()
        .flat_map(|(at, table)| (0..table.parts()).map(move |part| (at, part)))
        .collect();
    let schema = schema(program, run.text);
    let stop = AtomicBool::new(false);
    let make = || -> Writers { (0..FAN_OUT).map(|_| None).collect() };
    let step = |writers: &mut Writers, at: usize| {
        let Some((at, part)) = work.get(at).copied() else {
            return Ok(());
        };
        let Some(table) = tables.get(at) else { return Ok(()) };
        let mut row = 0;
        for batch in table.read(part, &program.fields)? {
            let rows = batch.num_rows();
            let batch = normal(program, &batch, &schema, [at as u32, part as u32, row as u32], run.text)?;
            write(writers, &batch, targets, depth)?;
            row += rows;
        }
        Ok(())
    };
    let all = on_threads(work.len(), run.threads, &stop, make, step)?;
    let mut partitions: Vec<Partition> = (0..FAN_OUT)
        .map(|_| Partition {
            kind: program.kind.id.clone(),
            files: Vec::new(),
        })
        .collect();
    for writers in all {
        for (partition, writer) in partitions.iter_mut().zip(writers) {
            if let Some((writer, path)) = writer {
                let groups = writer.close()?.num_row_groups();
                partition.files.push((path, groups));
            }
        }
    }
    Ok(partitions)
}

fn schema(program: &Program<'_>, text: bool) -> SchemaRef {
    let subject = if text { DataType::Utf8 } else { DataType::Int64 };
    let types = std::iter::once(subject).chain(program.types.iter().skip(1).map(storage));
    let fields = program
        .fields
        .iter()
        .zip(types)
        .map(|(field, ty)| Field::new(*field, ty, true));
    let origin = ORIGIN.map(|name| Field::new(name, DataType::UInt32, false));
    Arc::new(Schema::new(fields.chain(origin).collect::<Vec<_>>()))
}

/// How a field's values are stored.
pub(crate) fn storage(ty: &InputType) -> DataType {
    match ty {
        InputType::Int(_) => DataType::Int64,
        InputType::Double => DataType::Float64,
        InputType::Text(_) => DataType::Utf8,
        InputType::Date => DataType::Date32,
        InputType::Flag => DataType::Boolean,
    }
}

/// A batch in the columns of the temporary files, with where its rows came from.
fn normal(
    program: &Program<'_>,
    batch: &RecordBatch,
    schema: &SchemaRef,
    [table, part, first]: [u32; 3],
    text: bool,
) -> Result<RecordBatch, QueryError> {
    let rows = batch.num_rows();
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(program.fields.len() + ORIGIN.len());
    for ((at, field), ty) in program.fields.iter().enumerate().zip(&program.types) {
        let array = batch.column_by_name(field);
        let cells = match (array, at) {
            (None, _) => Cells::Nothing(rows),
            (Some(array), 0) => match Cells::from_array(array) {
                Some(cells) => cells,
                None => Cells::of_field(array, &program.kind.id, field, ty)?,
            },
            (Some(array), _) => Cells::of_field(array, &program.kind.id, field, ty)?,
        };
        columns.push(match cells {
            Cells::Int(array) if at == 0 && text => Arc::new(
                array
                    .iter()
                    .map(|id| id.map(|id| id.to_string()))
                    .collect::<StringArray>(),
            ),
            cells if at == 0 => cells.into_array(if text { &DataType::Utf8 } else { &DataType::Int64 }),
            cells => cells.into_array(&storage(ty)),
        });
    }
    let origins: [ArrayRef; 3] = [
        Arc::new(UInt32Array::from(vec![table; rows])),
        Arc::new(UInt32Array::from(vec![part; rows])),
        Arc::new(UInt32Array::from_iter_values((0..rows as u32).map(|row| first + row))),
    ];
    for (name, origin) in ORIGIN.iter().zip(origins) {
        let held = batch
            .column_by_name(name)
            .filter(|held| held.as_primitive_opt::<UInt32Type>().is_some());
        columns.push(held.cloned().unwrap_or(origin));
    }
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
}

fn write(writers: &mut Writers, batch: &RecordBatch, targets: &Targets<'_>, depth: u32) -> Result<(), QueryError> {
    let mut rows: Vec<Vec<u32>> = (0..FAN_OUT).map(|_| Vec::new()).collect();
    let subject = Cells::from_array(batch.column(0)).unwrap_or(Cells::Nothing(batch.num_rows()));
    for row in 0..batch.num_rows() {
        let hash = match &subject {
            Cells::Int(array) if array.is_valid(row) => goes_with(Id::Int(array.value(row)), targets),
            Cells::Text(array) if array.is_valid(row) => goes_with(Id::Text(array.value(row)), targets),
            _ => 0,
        };
        let at = (hash >> (depth * FAN_BITS)) as usize % FAN_OUT;
        if let Some(rows) = rows.get_mut(at) {
            rows.push(row as u32);
        }
    }
    for (writer, rows) in writers.iter_mut().zip(rows).filter(|(_, rows)| !rows.is_empty()) {
        let rows = UInt32Array::from(rows);
        let taken = batch
            .columns()
            .iter()
            .map(|column| take(column, &rows, None))
            .collect::<Result<Vec<_>, _>>()?;
        let taken = RecordBatch::try_new(batch.schema(), taken)?;
        let held = match writer {
            Some(held) => held,
            None => writer.insert(begin(batch.schema())?),
        };
        held.0.write(&taken)?;
    }
    Ok(())
}

/// Members of a group stay together, for they are added up together.
fn goes_with(id: Id<'_>, targets: &Targets<'_>) -> u64 {
    match targets.group_of(id) {
        Some(group) => mix(u64::from(group)),
        None => partition_hash(id),
    }
}

fn begin(schema: SchemaRef) -> Result<(ArrowWriter<std::fs::File>, TempPath), QueryError> {
    let file = NamedTempFile::with_prefix("pinji-").map_err(QueryError::file(Path::new("pinji")))?;
    let (file, path) = file.into_parts();
    Ok((ArrowWriter::try_new(file, schema, Some(properties(ROW_GROUP)))?, path))
}

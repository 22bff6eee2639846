//! Wide Parquet in, grades out, in one streaming pass: the path for books of millions. 宽表直通评级
//!
//! Stretches of a fixed number of rows are decoded, graded and encoded on all cores and written in order, so memory does
//! not grow with the file and the same input gives the same bytes. Subjects must come with strictly ascending ids, which is
//! checked as they pass; other files take the general path, which sorts.

mod column;
mod dictionary;
mod encode;
mod hash;
mod order;
mod pages;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::basic::Type;
use parquet::file::serialized_reader::SerializedPageReader;
use pinji_engine::{Batch, Detail, Graded, InputType, Plan, Scratch, grade_with};

pub use column::BadValue;
pub use encode::Tally;

use column::Prepared;
use encode::Encoder;
use order::Ordered;

/// Rows decoded, graded and encoded at a time; also the rows of a row group of the output.
const STRETCH: usize = 131_072;
/// No more bad values than this are listed; the count goes on.
const LISTED: usize = 10_000;

/// Which columns of a wide file are what. 列对应
#[derive(Debug, Clone)]
pub struct WideColumns {
    /// The column with the subject's id: integers or texts.
    pub id: String,
    /// For each input of the plan the column that brings it; `None` where the file has none.
    pub inputs: Vec<Option<String>>,
}

/// What came of a streaming run. 直通结果
#[derive(Debug, Clone)]
pub struct WideOutcome {
    /// How many of each grade, and ungraded by why.
    pub tally: Tally,
    /// SHA-256 of the input, taken in the same pass, in hexadecimal.
    pub input_sha256: String,
    /// Bytes of the input.
    pub input_bytes: u64,
}

/// Why a streaming run did not come to its end. Nothing that it wrote counts then.
#[derive(Debug, thiserror::Error)]
pub enum WideError {
    /// A file could not be read or written.
    #[error("the file could not be read or written")]
    Io(#[from] std::io::Error),
    /// The file is not sound Parquet.
    #[error("the Parquet data could not be read or written")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// A column could not be turned into what the plan wants.
    #[error("the columns could not be put together")]
    Arrow(#[from] arrow::error::ArrowError),
    /// The file has no such column.
    #[error("there is no column `{0}`")]
    NoColumn(String),
    /// A column holds something else than the plan wants.
    #[error("the column `{column}` holds {holds}")]
    ColumnType {
        /// The column.
        column: String,
        /// The Arrow type that it has.
        holds: String,
    },
    /// Ids do not ascend strictly: the general path must sort. The row (0-based) where that shows.
    #[error("ids do not ascend at row {0}")]
    NotAscending(usize),
    /// An id is null.
    #[error("the id of row {0} is empty")]
    NoId(usize),
    /// Values that are no figures or lie beyond the exact range.
    #[error("{count} bad values")]
    BadValues {
        /// How many in all.
        count: usize,
        /// The first of them.
        listed: Vec<BadValue>,
    },
}

/// Grades a wide Parquet file into a Parquet file of grades. 宽表直通评级
///
/// - `progress` is told the rows done and the rows in all.
///
/// # Errors
/// See [`WideError`]; the output is then incomplete and must be removed by the caller.
pub fn rate(
    input: &Path,
    columns: &WideColumns,
    plan: &Plan,
    output: &Path,
    threads: usize,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<WideOutcome, WideError> {
    let source = Source::open(input, columns, plan)?;
    let (encoder, writer) = Encoder::new(plan, source.id_type.clone(), File::create(output)?)?;
    let stretches = source.rows.div_ceil(STRETCH);
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let done = AtomicUsize::new(0);
    let ordered = Ordered::new(writer, 2 * threads.max(1));
    let work = || -> Result<Tally, WideError> {
        let mut scratch = (Scratch::default(), Graded::default());
        let mut tally = Tally::new(plan);
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= stretches || failed.load(Ordering::Relaxed) {
                return Ok(tally);
            }
            let piece = source.piece(number, plan, &encoder, &mut scratch, &mut tally);
            let piece = piece.inspect_err(|_| ordered.give_up());
            let rows = piece.as_ref().map_or(0, |piece| piece.rows);
            ordered.put(number, piece?)?;
            let all = done.fetch_add(rows, Ordering::Relaxed) + rows;
            progress(all as u64, source.rows as u64);
        }
    };
    let (sha256, results) = std::thread::scope(|scope| {
        let sha256 = scope.spawn(|| hash::of(input));
        let workers: Vec<_> = (0..threads.max(1))
            .map(|_| {
                scope.spawn(|| {
                    work().inspect_err(|_| {
                        failed.store(true, Ordering::Relaxed);
                        ordered.give_up();
                    })
                })
            })
            .collect();
        let results: Vec<_> = workers.into_iter().map(join).collect();
        (join(sha256), results)
    });
    let mut tally = Tally::new(plan);
    for result in results {
        tally.add(&result?);
    }
    if tally.bad > 0 {
        let mut listed = std::mem::take(&mut tally.listed);
        listed.sort_by(|a, b| (a.row, &a.column).cmp(&(b.row, &b.column)));
        listed.truncate(LISTED);
        return Err(WideError::BadValues {
            count: tally.bad,
            listed,
        });
    }
    ordered.finish()?;
    let (input_sha256, input_bytes) = sha256?;
    Ok(WideOutcome {
        tally,
        input_sha256,
        input_bytes,
    })
}

/// A worker that panicked passes its panic on.
fn join<T>(handle: std::thread::ScopedJoinHandle<'_, T>) -> T {
    match handle.join() {
        Ok(value) => value,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

/// The column behind one input of the plan.
struct Input {
    name: String,
    /// Where it stands in the file, and in a batch of the wanted columns.
    leaf: usize,
    at: usize,
}

/// An open wide file.
struct Source {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
    mask: ProjectionMask,
    /// Only the id.
    id_mask: ProjectionMask,
    inputs: Vec<Option<Input>>,
    id: usize,
    id_type: DataType,
    rows: usize,
    /// The first row of each row group, and the end.
    starts: Vec<usize>,
}

impl Source {
    fn open(path: &Path, columns: &WideColumns, plan: &Plan) -> Result<Source, WideError> {
        let file = File::open(path)?;
        let plain = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new().with_skip_arrow_metadata(true))?;
        let fields = plain.schema().fields().clone();
        let find = |name: &str| {
            fields
                .find(name)
                .map(|(at, _)| at)
                .ok_or_else(|| WideError::NoColumn(name.to_owned()))
        };
        let mut wanted = vec![find(&columns.id)?];
        let mut inputs = Vec::with_capacity(columns.inputs.len());
        for name in &columns.inputs {
            let at = name.as_deref().map(find).transpose()?;
            wanted.extend(at);
            inputs.push(at.zip(name.clone()));
        }
        wanted.sort_unstable();
        wanted.dedup();
        let place = |at: usize| wanted.binary_search(&at).unwrap_or(0);
        // Texts come as numbers into a short list, which is what the kernel wants.
        let texts = |field: &Field| match field.data_type() {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
                let text = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
                Field::new(field.name(), text, field.is_nullable())
            }
            _ => field.clone(),
        };
        let id_field = find(&columns.id)?;
        let as_read: Vec<Field> = fields
            .iter()
            .enumerate()
            .map(|(at, field)| {
                if at == id_field {
                    id_as_read(field)
                } else {
                    texts(field)
                }
            })
            .collect();
        let schema: SchemaRef = Arc::new(Schema::new(as_read));
        let options = ArrowReaderOptions::new()
            .with_schema(schema.clone())
            .with_skip_arrow_metadata(true);
        let metadata = ArrowReaderMetadata::try_new(plain.metadata().clone(), options)?;
        let mask = ProjectionMask::roots(metadata.parquet_schema(), wanted.clone());
        let mut starts = vec![0];
        for group in metadata.metadata().row_groups() {
            starts.push(starts.last().copied().unwrap_or(0) + usize::try_from(group.num_rows()).unwrap_or(0));
        }
        let id_type = match schema.field(id_field).data_type() {
            DataType::Utf8 => DataType::Utf8,
            DataType::Int64 | DataType::Int32 | DataType::Int16 | DataType::Int8 => DataType::Int64,
            other => {
                return Err(WideError::ColumnType {
                    column: columns.id.clone(),
                    holds: other.to_string(),
                });
            }
        };
        for (input, place) in plan.parts().inputs.iter().zip(&inputs) {
            if let Some((at, name)) = place {
                column::fits(&input.ty, schema.field(*at).data_type(), name)?;
            }
        }
        let input = |(leaf, name): (usize, String)| Input {
            name,
            leaf,
            at: place(leaf),
        };
        let inputs = inputs.into_iter().map(|column| column.map(input)).collect();
        let id_mask = ProjectionMask::roots(metadata.parquet_schema(), [id_field]);
        Ok(Source {
            path: path.to_owned(),
            mask,
            id_mask,
            inputs,
            id: place(id_field),
            id_type,
            rows: starts.last().copied().unwrap_or(0),
            starts,
            metadata,
        })
    }

    /// The columns of `mask` for the rows of one stretch, decoded.
    fn read(&self, number: usize, mask: &ProjectionMask) -> Result<RecordBatch, WideError> {
        let first = number * STRETCH;
        let end = (first + STRETCH).min(self.rows);
        let from = self.starts.partition_point(|start| *start <= first) - 1;
        let to = self.starts.partition_point(|start| *start < end);
        let skip = first - self.starts.get(from).copied().unwrap_or(first);
        // A handle of its own for each stretch: clones of one handle share their position between threads.
        let file = File::open(&self.path)?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone());
        let reader = builder
            .with_projection(mask.clone())
            .with_row_groups((from..to).collect())
            .with_offset(skip)
            .with_limit(end - first)
            .with_batch_size(STRETCH)
            .build()?;
        let schema = reader_schema(&reader);
        let batches = reader.collect::<Result<Vec<_>, _>>()?;
        match <[RecordBatch; 1]>::try_from(batches) {
            Ok([batch]) => Ok(batch),
            Err(batches) => Ok(arrow::compute::concat_batches(&schema, &batches)?),
        }
    }

    /// The inputs of a stretch that is one whole row group, read as numbers of lists; `None` where a column is not in a
    /// form that allows it. Ids come beside them.
    fn read_coded(&self, number: usize, plan: &Plan) -> Result<Option<(ArrayRef, Vec<Prepared>)>, WideError> {
        let first = number * STRETCH;
        let group = self.starts.partition_point(|start| *start <= first).saturating_sub(1);
        let end = (first + STRETCH).min(self.rows);
        if self.starts.get(group) != Some(&first) || self.starts.get(group + 1) != Some(&end) {
            return Ok(None);
        }
        let file = Arc::new(File::open(&self.path)?);
        let group = self.metadata.metadata().row_group(group);
        if group.num_columns() != self.metadata.schema().fields().len() {
            return Ok(None);
        }
        let mut prepared = Vec::with_capacity(self.inputs.len());
        for (input, place) in plan.parts().inputs.iter().zip(&self.inputs) {
            let Some(Input { leaf, .. }) = place else {
                prepared.push(Prepared::Absent);
                continue;
            };
            let chunk = group.column(*leaf);
            let column = chunk.column_descr_ptr();
            if column.max_rep_level() != 0 || column.max_def_level() > 1 {
                return Ok(None);
            }
            let nullable = column.max_def_level() == 1;
            let of_type = |ty: Type| column.physical_type() == ty;
            let rows = end - first;
            let pages = SerializedPageReader::new(file.clone(), chunk, rows, None)?;
            let read = match input.ty {
                InputType::Double if of_type(Type::DOUBLE) => pages::read(pages, rows, nullable)?.map(Prepared::Coded),
                InputType::Text(_) if of_type(Type::BYTE_ARRAY) => {
                    pages::read(pages, rows, nullable)?.map(column::words)
                }
                _ => None,
            };
            match read {
                Some(column) => prepared.push(column),
                None => return Ok(None),
            }
        }
        let ids = self.read(number, &self.id_mask)?.column(0).clone();
        Ok(Some((ids, prepared)))
    }

    /// One stretch from bytes to bytes.
    fn piece(
        &self,
        number: usize,
        plan: &Plan,
        encoder: &Encoder,
        (scratch, graded): &mut (Scratch, Graded),
        tally: &mut Tally,
    ) -> Result<encode::Piece, WideError> {
        let first = number * STRETCH;
        let (id_column, prepared) = match self.read_coded(number, plan)? {
            Some((ids, prepared)) => {
                for (column, place) in prepared.iter().zip(&self.inputs) {
                    if let Some(place) = place {
                        column::check_coded(column, &place.name, first, tally);
                    }
                }
                (ids, prepared)
            }
            None => {
                let batch = self.read(number, &self.mask)?;
                let inputs = plan.parts().inputs.iter().zip(&self.inputs);
                let prepared = inputs.map(|(input, place)| match place {
                    Some(place) => column::prepare(&input.ty, batch.column(place.at), &place.name, first, tally),
                    None => Ok(Prepared::Absent),
                });
                (batch.column(self.id).clone(), prepared.collect::<Result<_, _>>()?)
            }
        };
        let lists: Vec<Vec<&str>> = prepared.iter().map(Prepared::list).collect();
        let columns = prepared
            .iter()
            .zip(&lists)
            .map(|(prepared, list)| prepared.column(list))
            .collect();
        let columns = Batch {
            rows: id_column.len(),
            columns,
        };
        grade_with(plan, &columns, Detail::Grades, scratch, graded);
        tally.count(graded);
        let ids = ids(&id_column, first)?;
        encoder.piece(number, ids, graded, first)
    }
}

fn reader_schema(reader: &parquet::arrow::arrow_reader::ParquetRecordBatchReader) -> SchemaRef {
    use arrow::array::RecordBatchReader;
    reader.schema()
}

fn id_as_read(field: &Field) -> Field {
    match field.data_type() {
        DataType::LargeUtf8 | DataType::Utf8View => Field::new(field.name(), DataType::Utf8, field.is_nullable()),
        _ => field.clone(),
    }
}

/// Ids as integers or texts, none null, strictly ascending within the stretch.
fn ids(column: &ArrayRef, first: usize) -> Result<ArrayRef, WideError> {
    if let Some(row) = column
        .nulls()
        .and_then(|nulls| (0..nulls.len()).find(|row| nulls.is_null(*row)))
    {
        return Err(WideError::NoId(first + row));
    }
    let ids = match column.data_type() {
        DataType::Utf8 => column.clone(),
        _ => arrow::compute::cast(column, &DataType::Int64)?,
    };
    let broken = match ids.data_type() {
        DataType::Int64 => ids
            .as_primitive::<Int64Type>()
            .values()
            .windows(2)
            .position(|pair| pair.first() >= pair.last()),
        _ => {
            let ids = ids.as_string::<i32>();
            (1..ids.len())
                .find(|row| ids.value(row - 1) >= ids.value(*row))
                .map(|row| row - 1)
        }
    };
    match broken {
        Some(row) => Err(WideError::NotAscending(first + row + 1)),
        None => Ok(ids),
    }
}

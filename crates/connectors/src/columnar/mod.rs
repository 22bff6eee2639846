//! Parquet files, read where they lie, row group by row group. Parquet 文件

mod look;

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::DataType;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use pinji_domain::{Kind, Message};
use tempfile::TempPath;

use crate::bad::BadCell;
use crate::columns;
use crate::convert;
use crate::error::DataError;
use crate::plan::{Plan, Planned, Problem};
use crate::value::Reader;
pub(crate) use look::{look_through, value_at};

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

/// Takes the columns of a batch: its first row in the file, the columns, and how many rows it has.
type Take<'t, T> = &'t mut dyn FnMut(usize, &[ArrayRef], usize) -> Result<T, DataError>;

/// The longest footer that is read: a file of a hundred thousand row groups has a shorter one.
const LONGEST_FOOTER: u32 = 64 << 20;

/// Opens the footer.
pub(crate) fn footer(path: &Path, name: &str) -> Result<ArrowReaderMetadata, DataError> {
    let mut file = File::open(path).map_err(|source| DataError::io(name, source))?;
    let claimed = claimed(&mut file).map_err(|source| DataError::io(name, source))?;
    if claimed > LONGEST_FOOTER {
        let message = Message::new("data-parquet-footer")
            .with("mib", i64::from(claimed >> 20))
            .with("most", i64::from(LONGEST_FOOTER >> 20));
        return Err(DataError::refused(name, message));
    }
    let read = crate::guard::quietly(|| ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()));
    match read {
        Some(Ok(footer)) => Ok(footer),
        Some(Err(error)) => {
            let message = Message::new("data-parquet-broken").with("why", error.to_string());
            Err(DataError::refused(name, message))
        }
        None => Err(DataError::refused(
            name,
            Message::new("data-parquet-broken").with("why", "panic"),
        )),
    }
}

/// How long a file says that its footer is; 0 where it is too short to say, or does not end as such files do.
fn claimed(file: &mut File) -> std::io::Result<u32> {
    let mut end = [0_u8; 8];
    if file.metadata()?.len() < 12 {
        return Ok(0);
    }
    file.seek(SeekFrom::End(-8))?;
    file.read_exact(&mut end)?;
    file.rewind()?;
    let [a, b, c, d, magic @ ..] = end;
    Ok(match &magic {
        b"PAR1" | b"PARE" => u32::from_le_bytes([a, b, c, d]),
        _ => 0,
    })
}

impl ParquetFile {
    /// Finds the columns of `plan` in the file. Columns of a type that cannot be read are problems of the table.
    pub(crate) fn new(
        path: PathBuf,
        name: &str,
        footer: ArrowReaderMetadata,
        plan: &Plan,
    ) -> (ParquetFile, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut columns = Vec::new();
        for planned in &plan.columns {
            let ty = footer
                .schema()
                .fields()
                .get(planned.source)
                .map(|column| column.data_type().clone());
            match ty {
                Some(ty) if convert::readable(&ty) => columns.push((planned.clone(), planned.source)),
                Some(ty) => problems.push(Problem {
                    field: planned.field,
                    column: u32::try_from(planned.source).ok(),
                    heading: planned.heading.clone(),
                    message: Message::new("data-parquet-type").with("type", ty.to_string()),
                }),
                None => {}
            }
        }
        let starts = starts(&footer);
        let file = ParquetFile {
            path,
            _own: None,
            name: name.to_owned(),
            footer,
            columns,
            starts,
            currency: plan.currency,
        };
        (file, problems)
    }

    /// Whether Pinji itself wrote it, to keep rows out of memory.
    pub(crate) fn is_own(&self) -> bool {
        self._own.is_some()
    }

    /// A file that Pinji itself wrote from checked columns, in the order of `fields`.
    pub(crate) fn spilled(own: TempPath, name: &str, fields: &[usize]) -> Result<ParquetFile, DataError> {
        let footer = footer(&own, name)?;
        // What is in it needs no reading: the storage types are those of the fields already.
        let columns = fields.iter().enumerate().map(|(at, field)| {
            let planned = Planned {
                source: at,
                field: *field,
                heading: String::new(),
                reader: Reader::Stored,
                lenient: false,
            };
            (planned, at)
        });
        let (columns, starts) = (columns.collect(), starts(&footer));
        Ok(ParquetFile {
            path: own.to_path_buf(),
            _own: Some(own),
            name: name.to_owned(),
            footer,
            columns,
            starts,
            currency: None,
        })
    }

    pub(crate) fn groups(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    pub(crate) fn rows(&self) -> usize {
        self.starts.last().copied().unwrap_or(0)
    }

    /// The group that a row lies in, both from 0.
    pub(crate) fn group_of(&self, row: usize) -> usize {
        self.starts.partition_point(|start| *start <= row).saturating_sub(1)
    }

    pub(crate) fn start(&self, group: usize) -> usize {
        self.starts.get(group).copied().unwrap_or(0)
    }

    /// The fields that the file brings.
    pub(crate) fn fields(&self) -> impl Iterator<Item = usize> {
        self.columns
            .iter()
            .map(|(planned, _)| planned.field)
            .chain(self.currency.map(|(field, _)| field))
    }

    /// Whether the column of this field holds whole numbers.
    pub(crate) fn is_integer(&self, field: usize) -> bool {
        self.columns.iter().any(|(planned, source)| {
            planned.field == field
                && self
                    .footer
                    .schema()
                    .fields()
                    .get(*source)
                    .is_some_and(|column| column.data_type().is_integer())
        })
    }

    /// Reads some fields of a row group; `raw` fields keep their whole numbers. Fields that the file lacks are left out.
    pub(crate) fn read(
        &self,
        kind: &Kind,
        group: usize,
        fields: &[usize],
        raw: Option<usize>,
    ) -> Result<Vec<RecordBatch>, DataError> {
        let wanted: Vec<&(Planned, usize)> = fields
            .iter()
            .filter_map(|field| self.columns.iter().find(|(planned, _)| planned.field == *field))
            .collect();
        self.batches(group, &wanted, &mut |_, columns, rows| {
            let mut out: Vec<(String, ArrayRef)> = Vec::with_capacity(columns.len() + 1);
            for ((planned, _), column) in wanted.iter().zip(columns) {
                let Some(field) = kind.fields.get(planned.field) else {
                    continue;
                };
                let array = if raw == Some(planned.field) {
                    arrow::compute::cast(column, &DataType::Int64)
                } else {
                    convert::convert(column, field, &planned.reader, &mut |_, _, _| {})
                };
                out.push((
                    field.id.clone(),
                    array.map_err(|error| DataError::damaged(&self.name, error))?,
                ));
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
    fn batches<T>(&self, group: usize, wanted: &[&(Planned, usize)], take: Take<'_, T>) -> Result<Vec<T>, DataError> {
        let damaged = |error: parquet::errors::ParquetError| DataError::damaged(&self.name, error);
        let file = File::open(&self.path).map_err(|source| DataError::io(&self.name, source))?;
        let mut roots: Vec<usize> = wanted.iter().map(|(_, source)| *source).collect();
        let mask = ProjectionMask::roots(self.footer.parquet_schema(), roots.iter().copied());
        roots.sort_unstable();
        // A file that lies about its pages may make the decoder panic: that is its damage, not ours.
        let panicked = || DataError::refused(&self.name, Message::new("data-parquet-broken").with("why", "panic"));
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.footer.clone())
            .with_projection(mask)
            .with_row_groups(vec![group])
            .with_batch_size(1 << 16);
        let mut reader = crate::guard::quietly(|| builder.build())
            .ok_or_else(panicked)?
            .map_err(damaged)?;
        let mut row = self.start(group);
        let mut out = Vec::new();
        while let Some(batch) = crate::guard::quietly(|| reader.next()).ok_or_else(panicked)? {
            let batch = batch.map_err(|error| DataError::damaged(&self.name, error))?;
            let place = |source: &usize| roots.iter().position(|root| root == source);
            let columns: Vec<ArrayRef> = wanted
                .iter()
                .filter_map(|(_, source)| batch.columns().get(place(source)?).cloned())
                .collect();
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
        // A footer that lies may claim more rows than there are numbers.
        total = usize::saturating_add(total, usize::try_from(group.num_rows()).unwrap_or(0));
        starts.push(total);
    }
    starts
}

/// What a problem of the table looks like among the bad cells.
pub(crate) fn problems(problems: &[Problem], file: &str) -> Vec<BadCell> {
    problems.iter().map(|problem| problem.bad_cell(file, None, 1)).collect()
}

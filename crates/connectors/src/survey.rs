//! What a Parquet file would be read as, by its footer alone; and what it holds, as it stands there. 文件概览

use std::fs::File;
use std::path::Path;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use pinji_domain::{Kind, Message};

use crate::columnar::{self, ParquetFile};
use crate::error::DataError;
use crate::input;
use crate::mapping::Mapping;
use crate::plan::Plan;
use crate::shape::Shape;

/// A Parquet file as a table of a kind. 文件概览
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// How many rows its footer claims.
    pub rows: u64,
    /// How many row groups.
    pub groups: u64,
    /// The columns that are fields: heading and field's id, in the order of the kind.
    pub columns: Vec<(String, String)>,
    /// Headings that no field answers to.
    pub unused: Vec<String>,
    /// What is wrong with the columns: a required one that is missing, two for one field, a type that cannot be read.
    pub problems: Vec<Message>,
    /// Which of the mappings fit, by their places.
    pub maps_used: Vec<usize>,
}

/// Looks at a file's footer. 查看文件
///
/// # Errors
/// A file that cannot be read, or is no Parquet file.
pub fn survey(path: &Path, name: &str, kind: &Kind, maps: &[Mapping]) -> Result<Survey, DataError> {
    Shape::Parquet.agrees(input::nature(path, name)?, name)?;
    let footer = columnar::footer(path, name)?;
    let columns = footer.schema().fields().iter();
    let headings: Vec<String> = columns.map(|column| column.name().clone()).collect();
    let plan = Plan::new(kind, &headings, maps);
    let field = |at: usize| kind.fields.get(at).map(|field| field.id.clone()).unwrap_or_default();
    let columns = plan.columns.iter();
    let found = columns.map(|column| (column.heading.clone(), field(column.field)));
    let (columns, groups) = (found.collect(), footer.metadata().num_row_groups() as u64);
    let (file, types) = ParquetFile::new(path.to_owned(), name, footer, &plan);
    let problems = plan.problems.iter().chain(&types).map(|problem| {
        Message::new("data-survey-problem")
            .with("heading", problem.heading.as_str())
            .with("says", problem.message.clone())
    });
    Ok(Survey {
        rows: file.rows() as u64,
        groups,
        columns,
        unused: plan.unused.clone(),
        problems: problems.collect(),
        maps_used: plan.maps_used.clone(),
    })
}

/// Passes all rows of a Parquet file by, with every column in the type that the file gives it. 逐批读取
///
/// # Errors
/// A file that cannot be read, or is damaged.
pub fn each_batch(path: &Path, name: &str, take: &mut dyn FnMut(&RecordBatch)) -> Result<SchemaRef, DataError> {
    let footer = columnar::footer(path, name)?;
    let schema = footer.schema().clone();
    let file = File::open(path).map_err(|source| DataError::io(name, source))?;
    let broken = |why: String| DataError::refused(name, Message::new("data-parquet-broken").with("why", why));
    // A file that lies about its pages may make the decoder panic.
    let panicked = || broken("panic".to_owned());
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, footer).with_batch_size(1 << 14);
    let reader = crate::guard::quietly(|| builder.build()).ok_or_else(panicked)?;
    let mut reader = reader.map_err(|error| DataError::damaged(name, error))?;
    while let Some(batch) = crate::guard::quietly(|| reader.next()).ok_or_else(panicked)? {
        take(&batch.map_err(|error| DataError::damaged(name, error))?);
    }
    Ok(schema)
}

//! Where two files that should be the same differ: row, column and both values. 逐格比较

use std::path::Path;

use arrow::array::{Array, ArrayRef};
use arrow::compute::concat_batches;
use arrow::datatypes::{Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use arrow::util::display::array_value_to_string;

use crate::error::QueryError;
use crate::store::open;

/// Columns that say which row it is.
const KEYS: [&str; 3] = ["id", "score", "indicator"];

/// A place where two files differ. 差异
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// They have different columns (names and types), so their values are not compared.
    Columns {
        /// The first file's.
        left: Vec<String>,
        /// The second file's.
        right: Vec<String>,
    },
    /// They have different numbers of rows; the rows that both have are compared all the same.
    Rows {
        /// The first file's.
        left: usize,
        /// The second file's.
        right: usize,
    },
    /// A value differs.
    Cell {
        /// The row, from 0.
        row: usize,
        /// Its id, and for lines its score and indicator, by the first file.
        key: Vec<String>,
        /// The column.
        column: String,
        /// What the first file says; empty for null.
        left: String,
        /// What the second file says; empty for null.
        right: String,
    },
}

/// What comparing two files found. 比较结果
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// The first differences, row by row, at most as many as were asked for.
    pub differences: Vec<Difference>,
    /// How many cells differ in all, among the rows that both have.
    pub cells: usize,
}

impl Comparison {
    /// Whether the files hold the same rows.
    pub fn is_same(&self) -> bool {
        self.differences.is_empty()
    }
}

/// Compares two Parquet files by their rows. 比较
///
/// # Errors
/// One of them cannot be read.
pub fn compare(left: &Path, right: &Path, limit: usize) -> Result<Comparison, QueryError> {
    let (left_schema, mut lefts) = open(left)?;
    let (right_schema, mut rights) = open(right)?;
    let mut found = Comparison::default();
    let (left_columns, right_columns) = (columns(&left_schema), columns(&right_schema));
    if left_columns != right_columns {
        found.differences.push(Difference::Columns {
            left: left_columns,
            right: right_columns,
        });
        return Ok(found);
    }
    let (mut left_rest, mut right_rest) = (Rest::new(&left_schema), Rest::new(&right_schema));
    let mut row = 0;
    loop {
        left_rest.fill(&mut lefts)?;
        right_rest.fill(&mut rights)?;
        let rows = left_rest.batch.num_rows().min(right_rest.batch.num_rows());
        if rows == 0 {
            break;
        }
        cells(&left_rest.take(rows), &right_rest.take(rows), row, limit, &mut found);
        row += rows;
    }
    let left_rows = row + left_rest.count(&mut lefts)?;
    let right_rows = row + right_rest.count(&mut rights)?;
    if left_rows != right_rows {
        found.differences.insert(
            0,
            Difference::Rows {
                left: left_rows,
                right: right_rows,
            },
        );
    }
    Ok(found)
}

fn columns(schema: &Schema) -> Vec<String> {
    schema
        .fields()
        .iter()
        .map(|field| format!("{}: {}", field.name(), field.data_type()))
        .collect()
}

/// What was read of a file and is not yet compared: the two files' batches need not end at the same rows.
struct Rest {
    batch: RecordBatch,
}

type Batches<'a> = &'a mut dyn Iterator<Item = Result<RecordBatch, QueryError>>;

impl Rest {
    fn new(schema: &SchemaRef) -> Rest {
        Rest {
            batch: RecordBatch::new_empty(SchemaRef::clone(schema)),
        }
    }

    fn fill(&mut self, more: Batches<'_>) -> Result<(), QueryError> {
        while self.batch.num_rows() == 0 {
            let Some(next) = more.next() else { break };
            self.batch = concat_batches(&self.batch.schema(), &[next?])?;
        }
        Ok(())
    }

    fn take(&mut self, rows: usize) -> RecordBatch {
        let taken = self.batch.slice(0, rows);
        self.batch = self.batch.slice(rows, self.batch.num_rows() - rows);
        taken
    }

    fn count(&mut self, more: Batches<'_>) -> Result<usize, QueryError> {
        let mut rows = self.batch.num_rows();
        for batch in more {
            rows += batch?.num_rows();
        }
        Ok(rows)
    }
}

fn cells(left: &RecordBatch, right: &RecordBatch, first: usize, limit: usize, found: &mut Comparison) {
    let schema = left.schema();
    let pairs: Vec<(usize, (&ArrayRef, &ArrayRef))> = left
        .columns()
        .iter()
        .zip(right.columns())
        .enumerate()
        .filter(|(_, (left, right))| left.to_data() != right.to_data())
        .collect();
    if pairs.is_empty() {
        return;
    }
    for row in 0..left.num_rows() {
        for (column, (left_array, right_array)) in &pairs {
            // Arrow's equality is by value, nulls equal nulls, and doubles by their bits.
            if left_array.slice(row, 1).to_data() == right_array.slice(row, 1).to_data() {
                continue;
            }
            found.cells += 1;
            if found.differences.len() < limit {
                found.differences.push(Difference::Cell {
                    row: first + row,
                    key: KEYS
                        .iter()
                        .filter_map(|key| Some(shown(left.column_by_name(key)?, row)))
                        .collect(),
                    column: schema
                        .fields()
                        .get(*column)
                        .map(|field| field.name().clone())
                        .unwrap_or_default(),
                    left: shown(left_array, row),
                    right: shown(right_array, row),
                });
            }
        }
    }
}

fn shown(array: &ArrayRef, row: usize) -> String {
    array_value_to_string(array, row).unwrap_or_default()
}

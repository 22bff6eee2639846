//! Tables of files as records for measuring: the one place where `connectors` and `query` meet. 表与记录的衔接

use std::sync::atomic::{AtomicU64, Ordering};

use arrow::record_batch::RecordBatch;
use pinji_connectors::Table;
use pinji_query::{QueryError, Records};

use crate::progress::{Progress, Stage};

/// Rows that were read, told to whoever follows. 读取计数
pub struct Rows<'a> {
    progress: &'a dyn Progress,
    done: AtomicU64,
    total: u64,
}

impl<'a> Rows<'a> {
    /// Counts towards so many rows.
    pub fn new(progress: &'a dyn Progress, total: u64) -> Rows<'a> {
        Rows {
            progress,
            done: AtomicU64::new(0),
            total,
        }
    }

    fn add(&self, rows: u64) {
        let done = self.done.fetch_add(rows, Ordering::Relaxed) + rows;
        // A table that is read twice must not count beyond the end.
        self.progress.step(Stage::Measure, done.min(self.total), self.total);
    }
}

/// A table as the source of records. 记录表
#[derive(Clone, Copy)]
pub struct Sheet<'a>(pub &'a Table, pub &'a Rows<'a>);

impl Records for Sheet<'_> {
    fn kind(&self) -> &str {
        self.0.kind()
    }

    fn parts(&self) -> usize {
        self.0.parts()
    }

    fn read(&self, part: usize, fields: &[&str]) -> Result<Vec<RecordBatch>, QueryError> {
        if let Some(why) = self.1.progress.stopped() {
            return Err(QueryError::Data(why));
        }
        let batches = self
            .0
            .read(part, fields)
            .map_err(|error| QueryError::Data(error.message()))?;
        self.1.add(batches.iter().map(|batch| batch.num_rows() as u64).sum());
        Ok(batches)
    }

    fn place(&self, part: usize, row: usize) -> String {
        let file = match self.0.sheet() {
            Some(sheet) => format!("{} {sheet}", self.0.file()),
            None => self.0.file().to_owned(),
        };
        // Records count from 1 in the order of the file; those that were left out do not count.
        match part {
            0 => format!("{file} #{}", row + 1),
            part => format!("{file} #{}.{}", part + 1, row + 1),
        }
    }
}

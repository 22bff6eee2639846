//! Tables of files as records for measuring: the one place where `connectors` and `query` meet. 表与记录的衔接

use arrow::record_batch::RecordBatch;
use pinji_connectors::Table;
use pinji_query::{QueryError, Records};

/// A table as the source of records. 记录表
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a>(pub &'a Table);

impl Records for Sheet<'_> {
    fn kind(&self) -> &str {
        self.0.kind()
    }

    fn parts(&self) -> usize {
        self.0.parts()
    }

    fn read(&self, part: usize, fields: &[&str]) -> Result<Vec<RecordBatch>, QueryError> {
        self.0.read(part, fields).map_err(|error| QueryError::Data(error.message()))
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

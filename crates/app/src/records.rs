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
        self.0.place(part, row)
    }
}

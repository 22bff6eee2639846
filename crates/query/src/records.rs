//! Where records come from. 记录来源

use arrow::record_batch::RecordBatch;

use crate::error::QueryError;

/// The records of one kind from one file or sheet, readable part by part from several threads. 记录表
///
/// Columns come in the storage types of the kind's fields: text and choice Utf8; integer, decimal and money Int64 (scaled);
/// number Float64; date Date32; flag Boolean. The field that names the customer may be Int64 or Utf8, as the file has it.
/// A field that the file lacks comes as a column of nulls.
pub trait Records: Sync {
    /// The record kind's id.
    fn kind(&self) -> &str;

    /// How many parts there are; each is read by one thread.
    fn parts(&self) -> usize;

    /// The rows of a part, with at least these fields, by name.
    ///
    /// # Errors
    /// What the source says, as [`QueryError::Data`].
    fn read(&self, part: usize, fields: &[&str]) -> Result<Vec<RecordBatch>, QueryError>;

    /// Where a row stands, for messages: file, sheet, row as a person counts them.
    fn place(&self, part: usize, row: usize) -> String {
        format!("{} {}:{}", self.kind(), part + 1, row + 1)
    }
}

/// Where a record came from: table, part, row in the part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Origin {
    pub table: u32,
    pub part: u32,
    pub row: u32,
}

impl Origin {
    /// The place in words.
    pub(crate) fn place(self, tables: &[&dyn Records]) -> String {
        let table = tables.get(self.table as usize);
        table
            .map(|table| table.place(self.part as usize, self.row as usize))
            .unwrap_or_default()
    }
}

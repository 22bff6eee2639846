//! Where batches wait: in memory, or in a temporary Parquet file once they are many. 暂存

use std::fs::File;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use tempfile::{NamedTempFile, TempPath};

use crate::error::DataError;
use crate::limits::Limits;

/// Batches on their way in.
pub(crate) struct Store<'a> {
    schema: SchemaRef,
    file: &'a str,
    most: usize,
    rows: usize,
    batches: Vec<RecordBatch>,
    spilled: Option<(ArrowWriter<File>, TempPath)>,
}

/// Batches that are all in.
pub(crate) enum Rest {
    Memory(Vec<RecordBatch>),
    Spilled(TempPath),
}

impl<'a> Store<'a> {
    pub(crate) fn new(schema: SchemaRef, file: &'a str, limits: &Limits) -> Self {
        Store {
            schema,
            file,
            most: limits.rows_in_memory,
            rows: 0,
            batches: Vec::new(),
            spilled: None,
        }
    }

    pub(crate) fn push(&mut self, batch: RecordBatch) -> Result<(), DataError> {
        self.rows += batch.num_rows();
        if self.spilled.is_none() {
            self.batches.push(batch);
            if self.rows > self.most {
                self.spill()?;
            }
            return Ok(());
        }
        self.write(&batch)
    }

    fn spill(&mut self) -> Result<(), DataError> {
        let (file, path) = NamedTempFile::with_prefix("pinji-")
            .map_err(|source| DataError::io(self.file, source))?
            .into_parts();
        let properties = WriterProperties::builder()
            .set_compression(Compression::LZ4_RAW)
            .set_max_row_group_row_count(Some(1 << 18))
            .build();
        let writer = ArrowWriter::try_new(file, self.schema.clone(), Some(properties))
            .map_err(|error| DataError::damaged(self.file, error))?;
        self.spilled = Some((writer, path));
        for batch in std::mem::take(&mut self.batches) {
            self.write(&batch)?;
        }
        Ok(())
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), DataError> {
        match &mut self.spilled {
            Some((writer, _)) => writer
                .write(batch)
                .map_err(|error| DataError::damaged(self.file, error)),
            None => Ok(()),
        }
    }

    pub(crate) fn finish(self) -> Result<Rest, DataError> {
        match self.spilled {
            Some((writer, path)) => {
                writer.close().map_err(|error| DataError::damaged(self.file, error))?;
                Ok(Rest::Spilled(path))
            }
            None => Ok(Rest::Memory(self.batches)),
        }
    }
}

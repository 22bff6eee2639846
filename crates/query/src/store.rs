//! Parquet files whose bytes depend on nothing but their rows. 确定性写出

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{
    DataType, Date32Type, Field, Float64Type, Int64Type, Schema, SchemaRef, UInt8Type, UInt16Type, UInt32Type,
};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use sha2::{Digest as _, Sha256};

use crate::error::{QueryError, name_of};

/// Rows of a row group in every file that Pinji writes.
pub const ROW_GROUP: usize = 131_072;

/// What identifies a file that was written. 文件摘要
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    pub file: String,
    /// SHA-256 of its canonical rows: the same for every engine version and every layout of the same values.
    pub content: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Rows.
    pub rows: u64,
}

/// One pinned codec and writer for all files.
pub(crate) fn properties(row_group: usize) -> WriterProperties {
    WriterProperties::builder()
        .set_created_by("pinji".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1).unwrap_or_default()))
        .set_max_row_group_row_count(Some(row_group))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .build()
}

/// Counts and hashes what passes through.
struct Hashing {
    inner: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl Write for Hashing {
    fn write(&mut self, data: &[u8]) -> std::io::Result<usize> {
        self.inner.write_all(data)?;
        self.hash.update(data);
        self.bytes += data.len() as u64;
        Ok(data.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

/// Writes batches of any size as row groups of one size. 写出
pub struct Writer {
    path: PathBuf,
    writer: ArrowWriter<Hashing>,
    schema: SchemaRef,
    held: Vec<RecordBatch>,
    held_rows: usize,
    content: Content,
    rows: u64,
}

impl Writer {
    /// Begins a file.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn new(path: &Path, schema: SchemaRef) -> Result<Writer, QueryError> {
        let file = File::create(path).map_err(QueryError::file(path))?;
        let hashing = Hashing {
            inner: BufWriter::with_capacity(1 << 20, file),
            hash: Sha256::new(),
            bytes: 0,
        };
        let writer = ArrowWriter::try_new(hashing, Arc::clone(&schema), Some(properties(ROW_GROUP)))?;
        let content = Content::new(&schema);
        Ok(Writer {
            path: path.to_owned(),
            writer,
            schema,
            held: Vec::new(),
            held_rows: 0,
            content,
            rows: 0,
        })
    }

    /// Adds rows.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), QueryError> {
        self.content.add(batch)?;
        self.rows += batch.num_rows() as u64;
        self.held.push(batch.clone());
        self.held_rows += batch.num_rows();
        if self.held_rows < ROW_GROUP {
            return Ok(());
        }
        let all = concat_batches(&self.schema, &self.held)?;
        let mut start = 0;
        while all.num_rows() - start >= ROW_GROUP {
            self.writer.write(&all.slice(start, ROW_GROUP))?;
            start += ROW_GROUP;
        }
        self.held_rows = all.num_rows() - start;
        self.held = if self.held_rows > 0 {
            vec![all.slice(start, self.held_rows)]
        } else {
            Vec::new()
        };
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn close(mut self) -> Result<Digest, QueryError> {
        if self.held_rows > 0 {
            self.writer.write(&concat_batches(&self.schema, &self.held)?)?;
        }
        self.writer.finish()?;
        let hashing = self.writer.inner_mut();
        hashing.flush().map_err(QueryError::file(&self.path))?;
        Ok(Digest {
            file: hex(&hashing.hash.clone().finalize()),
            content: self.content.finish(),
            bytes: hashing.bytes,
            rows: self.rows,
        })
    }
}

/// The hash over canonical rows: names and types of the columns, then value after value, row after row. 内容哈希
struct Content {
    hash: Sha256,
    buffer: Vec<u8>,
}

impl Content {
    fn new(schema: &Schema) -> Content {
        let mut buffer = Vec::new();
        for field in schema.fields() {
            text(&mut buffer, field.name());
            buffer.push(tag(field.data_type()));
        }
        let mut hash = Sha256::new();
        hash.update(&buffer);
        Content { hash, buffer }
    }

    fn add(&mut self, batch: &RecordBatch) -> Result<(), QueryError> {
        let plain = |array: &ArrayRef| match array.data_type() {
            DataType::Dictionary(_, value) => cast(array, value),
            _ => Ok(Arc::clone(array)),
        };
        let columns: Vec<ArrayRef> = batch.columns().iter().map(plain).collect::<Result<_, _>>()?;
        self.buffer.clear();
        for row in 0..batch.num_rows() {
            for column in &columns {
                canonical(&mut self.buffer, column, row)?;
            }
            if self.buffer.len() > 1 << 16 {
                self.hash.update(&self.buffer);
                self.buffer.clear();
            }
        }
        self.hash.update(&self.buffer);
        Ok(())
    }

    fn finish(self) -> String {
        hex(&self.hash.finalize())
    }
}

fn text(buffer: &mut Vec<u8>, text: &str) {
    buffer.extend_from_slice(&(text.len() as u64).to_le_bytes());
    buffer.extend_from_slice(text.as_bytes());
}

fn tag(ty: &DataType) -> u8 {
    match ty {
        DataType::Int64 => 1,
        DataType::Float64 => 2,
        DataType::Utf8 => 3,
        DataType::Date32 => 4,
        DataType::Boolean => 5,
        DataType::UInt8 => 6,
        DataType::UInt16 => 7,
        DataType::UInt32 => 8,
        DataType::Dictionary(_, value) => tag(value),
        _ => 0,
    }
}

/// A null is a 0; a value is a 1 and its bytes, least significant first, texts with their length before them.
fn canonical(buffer: &mut Vec<u8>, column: &ArrayRef, row: usize) -> Result<(), QueryError> {
    if column.is_null(row) {
        buffer.push(0);
        return Ok(());
    }
    buffer.push(1);
    match column.data_type() {
        DataType::Int64 => buffer.extend_from_slice(&column.as_primitive::<Int64Type>().value(row).to_le_bytes()),
        DataType::Float64 => {
            buffer.extend_from_slice(&column.as_primitive::<Float64Type>().value(row).to_bits().to_le_bytes());
        }
        DataType::Utf8 => text(buffer, column.as_string::<i32>().value(row)),
        DataType::Date32 => buffer.extend_from_slice(&column.as_primitive::<Date32Type>().value(row).to_le_bytes()),
        DataType::Boolean => buffer.push(u8::from(column.as_boolean().value(row))),
        DataType::UInt8 => buffer.push(column.as_primitive::<UInt8Type>().value(row)),
        DataType::UInt16 => buffer.extend_from_slice(&column.as_primitive::<UInt16Type>().value(row).to_le_bytes()),
        DataType::UInt32 => buffer.extend_from_slice(&column.as_primitive::<UInt32Type>().value(row).to_le_bytes()),
        _ => return Err(QueryError::Mismatch("a column of a type that Pinji does not write")),
    }
    Ok(())
}

/// The content hash of a Parquet file that Pinji wrote, read again.
///
/// # Errors
/// The file cannot be read, or holds types that Pinji does not write.
pub fn content_of(path: &Path) -> Result<String, QueryError> {
    let (schema, batches) = open(path)?;
    let mut content = Content::new(&schema);
    for batch in batches {
        content.add(&batch?)?;
    }
    Ok(content.finish())
}

/// Opens a Parquet file: its schema, with dictionaries as plain texts, and its batches in order.
pub(crate) fn open(
    path: &Path,
) -> Result<(SchemaRef, impl Iterator<Item = Result<RecordBatch, QueryError>> + use<>), QueryError> {
    let file = File::open(path).map_err(QueryError::file(path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file)?.with_batch_size(8192);
    let metadata = builder.schema().metadata().clone();
    let plain = |field: &Arc<Field>| match field.data_type() {
        DataType::Dictionary(_, value) => Arc::new(field.as_ref().clone().with_data_type(value.as_ref().clone())),
        _ => Arc::clone(field),
    };
    let fields: Vec<Arc<Field>> = builder.schema().fields().iter().map(plain).collect();
    let schema = Arc::new(Schema::new_with_metadata(fields, metadata));
    let name = name_of(path);
    let batches = builder.build()?.map(move |batch| {
        batch.map_err(|source| QueryError::File {
            path: name.clone(),
            source: std::io::Error::other(source),
        })
    });
    Ok((schema, batches))
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a text does not fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// The content hash of rows that are not in a file.
pub(crate) fn content_of_batch(batch: &RecordBatch) -> Result<String, QueryError> {
    let mut content = Content::new(&batch.schema());
    content.add(batch)?;
    Ok(content.finish())
}

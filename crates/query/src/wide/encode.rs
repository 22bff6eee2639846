//! Graded stretches as Parquet row groups. 结果编码

use std::fs::File;
use std::io::BufWriter;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, DictionaryArray, Float64Array, Int8Array, StringArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Field, Int8Type, Int64Type, Schema, SchemaRef};
use parquet::arrow::ArrowSchemaConverter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;
use pinji_domain::number::pow10;
use pinji_engine::{Graded, NO_INDICATOR, Plan, UNGRADED};

use super::{BadValue, WideError};

/// What a run counted. 计数
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Subjects in all.
    pub subjects: u64,
    /// Subjects by grade, in the plan's order.
    pub grades: Vec<u64>,
    /// Ungraded subjects: a missing value refused, coverage too low, a score without lines.
    pub ungraded: [u64; 3],
    /// How often each cap bound.
    pub caps: Vec<u64>,
    /// Values that are no figures.
    pub(super) bad: usize,
    pub(super) listed: Vec<BadValue>,
}

impl Tally {
    pub(super) fn new(plan: &Plan) -> Tally {
        let parts = plan.parts();
        Tally { grades: vec![0; parts.grades.len()], caps: vec![0; parts.caps.len()], ..Tally::default() }
    }

    pub(super) fn count(&mut self, graded: &Graded) {
        self.subjects += graded.rows as u64;
        for grade in &graded.grade {
            if let Some(count) = self.grades.get_mut(usize::from(*grade)) {
                *count += 1;
            }
        }
        for why in graded.ungraded.iter().filter(|why| **why != 0) {
            if let Some(count) = self.ungraded.get_mut(usize::from(*why) - 1) {
                *count += 1;
            }
        }
        for caps in graded.caps.iter().filter(|caps| **caps != 0) {
            for (bit, count) in self.caps.iter_mut().enumerate() {
                *count += caps >> bit & 1;
            }
        }
    }

    pub(super) fn add(&mut self, other: &Tally) {
        self.subjects += other.subjects;
        let add = |mine: &mut [u64], theirs: &[u64]| mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
        add(&mut self.grades, &other.grades);
        add(&mut self.ungraded, &other.ungraded);
        add(&mut self.caps, &other.caps);
        self.bad += other.bad;
        self.listed.extend(other.listed.iter().cloned());
    }
}

/// Everything that turns graded rows into bytes.
pub(super) struct Encoder {
    schema: SchemaRef,
    columns: ArrowRowGroupWriterFactory,
    scores: Vec<u8>,
    grades: ArrayRef,
    indicators: ArrayRef,
    caps: Vec<String>,
}

/// One encoded row group, and the ids at its ends.
pub(super) struct Piece {
    pub rows: usize,
    chunks: Vec<ArrowColumnChunk>,
    ends: Option<(Id, Id)>,
    first_row: usize,
}

/// An id, for comparing the end of one piece with the beginning of the next.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Id {
    Number(i64),
    Text(String),
}

impl Encoder {
    /// Begins the file, and prepares what encodes its pieces.
    pub(super) fn new(plan: &Plan, id_type: DataType, file: File) -> Result<(Encoder, Writer), WideError> {
        let parts = plan.parts();
        let text = || DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8));
        let mut fields = vec![Field::new("id", id_type, false)];
        fields.extend(parts.scores.iter().map(|score| Field::new(&score.id, DataType::Float64, true)));
        let dimension = |id: &str| Field::new(format!("score_{id}"), DataType::Float64, true);
        fields.extend(parts.dimensions.iter().map(|of| dimension(&of.id)));
        fields.push(Field::new("grade", text(), true));
        fields.extend((1..=3).map(|place| Field::new(format!("reason_{place}"), text(), true)));
        fields.push(Field::new("caps", text(), true));
        let schema = Arc::new(Schema::new(fields));
        let descriptor = ArrowSchemaConverter::new().convert(&schema)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
            .set_created_by("pinji".to_owned())
            .set_statistics_enabled(EnabledStatistics::None)
            .set_column_statistics_enabled(ColumnPath::from("id"), EnabledStatistics::Chunk)
            .set_column_dictionary_enabled(ColumnPath::from("id"), false)
            .set_column_encoding(ColumnPath::from("id"), Encoding::DELTA_BINARY_PACKED)
            .set_offset_index_disabled(true)
            .build();
        let file = BufWriter::with_capacity(1 << 20, file);
        let inner = SerializedFileWriter::new(file, descriptor.root_schema_ptr(), Arc::new(properties))?;
        let columns = ArrowRowGroupWriterFactory::new(&inner, schema.clone());
        let list = |ids: Vec<&str>| Arc::new(StringArray::from(ids)) as ArrayRef;
        let encoder = Encoder {
            schema,
            columns,
            scores: parts.scores.iter().map(|score| score.decimals).collect(),
            grades: list(parts.grades.iter().map(|grade| grade.id.as_str()).collect()),
            indicators: list(parts.indicators.iter().map(|indicator| indicator.id.as_str()).collect()),
            caps: parts.caps.iter().map(|cap| cap.id.clone()).collect(),
        };
        Ok((encoder, Writer { inner, last: None }))
    }

    /// Encodes one stretch.
    pub(super) fn piece(&self, number: usize, ids: ArrayRef, graded: &Graded, first_row: usize) -> Result<Piece, WideError> {
        let ends = ends(&ids);
        let mut arrays = vec![ids];
        for (score, decimals) in graded.scores.iter().zip(&self.scores) {
            arrays.push(score_column(&score.values, *decimals));
        }
        for dimension in &graded.dimensions {
            arrays.push(dimension_column(dimension));
        }
        arrays.push(named(&graded.grade, UNGRADED, &self.grades)?);
        for losses in &graded.losses {
            arrays.push(named(losses, NO_INDICATOR, &self.indicators)?);
        }
        arrays.push(self.caps(&graded.caps)?);
        let writers = self.columns.create_column_writers(number)?;
        let mut chunks = Vec::with_capacity(writers.len());
        for ((mut writer, array), field) in writers.into_iter().zip(&arrays).zip(self.schema.fields()) {
            for leaf in compute_leaves(field, array)? {
                writer.write(&leaf)?;
            }
            chunks.push(writer.close()?);
        }
        Ok(Piece { rows: graded.rows, chunks, ends, first_row })
    }

    /// The binding caps as a comma list, numbered by the sets that occur.
    fn caps(&self, caps: &[u64]) -> Result<ArrayRef, WideError> {
        let mut sets: Vec<u64> = Vec::new();
        let mut keys: Vec<Option<usize>> = Vec::with_capacity(caps.len());
        for set in caps {
            keys.push(match *set {
                0 => None,
                set => Some(sets.iter().position(|known| *known == set).unwrap_or_else(|| {
                    sets.push(set);
                    sets.len() - 1
                })),
            });
        }
        let names = |set: &u64| {
            let ids = self.caps.iter().enumerate().filter(|(bit, _)| set >> bit & 1 == 1).map(|(_, id)| id.as_str());
            ids.collect::<Vec<_>>().join(",")
        };
        let list = StringArray::from_iter_values(sets.iter().map(names));
        // More sets than an i8 can number are written out.
        if sets.len() > 127 {
            let texts = keys.iter().map(|key| key.map(|key| list.value(key)));
            return Ok(arrow::compute::cast(&StringArray::from_iter(texts), self.schema.field(self.schema.fields().len() - 1).data_type())?);
        }
        let keys = Int8Array::from_iter(keys.iter().map(|key| key.and_then(|key| i8::try_from(key).ok())));
        Ok(Arc::new(DictionaryArray::<Int8Type>::try_new(keys, Arc::new(list))?))
    }
}

fn ends(ids: &ArrayRef) -> Option<(Id, Id)> {
    let last = ids.len().checked_sub(1)?;
    let id = |row: usize| match ids.data_type() {
        DataType::Int64 => Id::Number(ids.as_primitive::<Int64Type>().value(row)),
        _ => Id::Text(ids.as_string::<i32>().value(row).to_owned()),
    };
    Some((id(0), id(last)))
}

fn score_column(values: &[i64], decimals: u8) -> ArrayRef {
    let power = pow10(decimals) as f64;
    let doubles: Vec<f64> = values.iter().map(|units| *units as f64 / power).collect();
    let none = values.contains(&i64::MIN);
    let nulls = none.then(|| NullBuffer::from_iter(values.iter().map(|units| *units != i64::MIN)));
    Arc::new(Float64Array::new(doubles.into(), nulls))
}

fn dimension_column(values: &[f64]) -> ArrayRef {
    let none = values.iter().any(|value| value.is_nan());
    let nulls = none.then(|| NullBuffer::from_iter(values.iter().map(|value| !value.is_nan())));
    Arc::new(Float64Array::new(values.to_vec().into(), nulls))
}

/// Small numbers as texts of a list.
fn named(numbers: &[u8], none: u8, list: &ArrayRef) -> Result<ArrayRef, WideError> {
    let keys: Vec<i8> = numbers.iter().map(|number| if *number == none { 0 } else { *number as i8 }).collect();
    let nulls = numbers.contains(&none).then(|| NullBuffer::from_iter(numbers.iter().map(|number| *number != none)));
    Ok(Arc::new(DictionaryArray::<Int8Type>::try_new(Int8Array::new(keys.into(), nulls), list.clone())?))
}

/// The output file; pieces come in order.
pub(super) struct Writer {
    inner: SerializedFileWriter<BufWriter<File>>,
    last: Option<Id>,
}

impl Writer {
    pub(super) fn append(&mut self, piece: Piece) -> Result<(), WideError> {
        if let Some((first, last)) = piece.ends {
            if self.last.as_ref().is_some_and(|before| *before >= first) {
                return Err(WideError::NotAscending(piece.first_row));
            }
            self.last = Some(last);
        }
        let mut group = self.inner.next_row_group()?;
        for chunk in piece.chunks {
            chunk.append_to_row_group(&mut group)?;
        }
        group.close()?;
        Ok(())
    }

    pub(super) fn finish(self) -> Result<(), WideError> {
        let file = self.inner.into_inner()?.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.sync_all()?;
        Ok(())
    }
}

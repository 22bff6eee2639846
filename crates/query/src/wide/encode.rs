//! Graded stretches as Parquet row groups. 结果编码

use std::fs::File;
use std::io::BufWriter;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use parquet::arrow::ArrowSchemaConverter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnDescPtr, ColumnPath, SchemaDescriptor};
use pinji_domain::number::pow10;
use pinji_engine::{Graded, NO_INDICATOR, Plan, UNGRADED};

use super::dictionary::{Encoded, Interner, Keys, encode, plain_doubles, plain_texts};
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
        Tally {
            grades: vec![0; parts.grades.len()],
            caps: vec![0; parts.caps.len()],
            ..Tally::default()
        }
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
        let add =
            |mine: &mut [u64], theirs: &[u64]| mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
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
    descriptor: SchemaDescriptor,
    scores: Vec<u8>,
    grades: Names,
    indicators: Names,
    caps: Vec<String>,
}

/// A list of texts as a dictionary page keeps it.
struct Names {
    plain: Vec<u8>,
    count: usize,
}

impl Names {
    fn new(list: &[String]) -> Names {
        Names {
            plain: plain_texts(list),
            count: list.len(),
        }
    }
}

/// One encoded row group, and the ids at its ends.
pub(super) struct Piece {
    pub rows: usize,
    /// The id, by the general writer.
    id: Vec<ArrowColumnChunk>,
    chunks: Vec<Encoded>,
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
        let text = || DataType::Utf8;
        let mut fields = vec![Field::new("id", id_type, false)];
        fields.extend(
            parts
                .scores
                .iter()
                .map(|score| Field::new(&score.id, DataType::Float64, true)),
        );
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
        let encoder = Encoder {
            schema,
            columns,
            descriptor,
            scores: parts.scores.iter().map(|score| score.decimals).collect(),
            grades: Names::new(&parts.grades.iter().map(|grade| grade.id.clone()).collect::<Vec<_>>()),
            indicators: Names::new(
                &parts
                    .indicators
                    .iter()
                    .map(|indicator| indicator.id.clone())
                    .collect::<Vec<_>>(),
            ),
            caps: parts.caps.iter().map(|cap| cap.id.clone()).collect(),
        };
        Ok((encoder, Writer { inner, last: None }))
    }

    /// Encodes one stretch.
    pub(super) fn piece(
        &self,
        number: usize,
        ids: ArrayRef,
        graded: &Graded,
        first_row: usize,
    ) -> Result<Piece, WideError> {
        let ends = ends(&ids);
        let mut chunks = Vec::with_capacity(self.schema.fields().len());
        let mut interner = Interner::default();
        for (score, decimals) in graded.scores.iter().zip(&self.scores) {
            let values = score_values(&score.values, *decimals);
            chunks.push(self.doubles(chunks.len(), &mut interner, &values)?);
        }
        for dimension in &graded.dimensions {
            chunks.push(self.doubles(chunks.len(), &mut interner, dimension)?);
        }
        chunks.push(self.named(chunks.len(), &graded.grade, UNGRADED, &self.grades)?);
        for losses in &graded.losses {
            chunks.push(self.named(chunks.len(), losses, NO_INDICATOR, &self.indicators)?);
        }
        chunks.push(self.caps(chunks.len(), &graded.caps)?);
        let mut id = Vec::with_capacity(1);
        for (mut writer, field) in self
            .columns
            .create_column_writers(number)?
            .into_iter()
            .zip(self.schema.fields())
            .take(1)
        {
            for leaf in compute_leaves(field, &ids)? {
                writer.write(&leaf)?;
            }
            id.push(writer.close()?);
        }
        Ok(Piece {
            rows: graded.rows,
            id,
            chunks,
            ends,
            first_row,
        })
    }

    /// The descriptor of the column after the id and `before` others.
    fn column(&self, before: usize) -> ColumnDescPtr {
        self.descriptor.column(before + 1)
    }

    fn doubles(&self, before: usize, interner: &mut Interner, values: &[f64]) -> Result<Encoded, WideError> {
        let (keys, list) = interner.keys(values);
        encode(&self.column(before), &keys, &plain_doubles(list), list.len())
    }

    /// Small numbers as texts of a list.
    fn named(&self, before: usize, numbers: &[u8], none: u8, names: &Names) -> Result<Encoded, WideError> {
        let key = |number: &u8| if *number == none { 0 } else { u32::from(*number) + 1 };
        let keys: Vec<u32> = numbers.iter().map(key).collect();
        let nulls = numbers.iter().filter(|number| **number == none).count();
        encode(&self.column(before), &Keys { keys, nulls }, &names.plain, names.count)
    }

    /// The binding caps as a comma list, numbered by the sets that occur.
    fn caps(&self, before: usize, caps: &[u64]) -> Result<Encoded, WideError> {
        let mut sets: Vec<u64> = Vec::new();
        let mut out = Keys::default();
        for set in caps {
            if *set == 0 {
                out.nulls += 1;
                out.keys.push(0);
                continue;
            }
            let place = sets.iter().position(|known| known == set).unwrap_or_else(|| {
                sets.push(*set);
                sets.len() - 1
            });
            out.keys.push(place as u32 + 1);
        }
        let names = |set: &u64| {
            let ids = self
                .caps
                .iter()
                .enumerate()
                .filter(|(bit, _)| set >> bit & 1 == 1)
                .map(|(_, id)| id.as_str());
            ids.collect::<Vec<_>>().join(",")
        };
        let names = Names::new(&sets.iter().map(names).collect::<Vec<_>>());
        encode(&self.column(before), &out, &names.plain, names.count)
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

/// A score as doubles; NaN where there is none.
fn score_values(values: &[i64], decimals: u8) -> Vec<f64> {
    let power = pow10(decimals) as f64;
    values
        .iter()
        .map(|units| {
            if *units == i64::MIN {
                f64::NAN
            } else {
                *units as f64 / power
            }
        })
        .collect()
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
        for chunk in piece.id {
            chunk.append_to_row_group(&mut group)?;
        }
        for Encoded { bytes, close } in piece.chunks {
            group.append_column(&bytes, close)?;
        }
        group.close()?;
        Ok(())
    }

    pub(super) fn finish(self) -> Result<(), WideError> {
        let file = self
            .inner
            .into_inner()?
            .into_inner()
            .map_err(std::io::IntoInnerError::into_error)?;
        file.sync_all()?;
        Ok(())
    }
}

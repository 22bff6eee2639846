//! The run before, as far as the report of this one tells of it: its grades and scores, copied into the run. 上期批次

use std::fs::File;
use std::path::Path;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::concat;
use arrow::datatypes::{DataType, Float64Type, Schema};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use pinji_domain::number::{pow10, scale_f64};
use pinji_domain::{Date, Decimal, Message, Text, date};
use pinji_engine::Score;

use crate::digest;
use crate::error::AppError;
use crate::manifest::{FILE, Manifest, PreviousEntry};
use crate::rated::{Layer, Lookup};
use crate::words;

/// The copy's name in a run's folder.
pub const COPY: &str = "previous.parquet";

/// The run before. 上期批次
#[derive(Debug, Clone)]
pub struct Previous {
    /// What `run.json` says of it.
    pub entry: PreviousEntry,
    /// As of when it was.
    pub as_of: Date,
    /// Its `grades.parquet`, to be copied.
    pub bytes: Vec<u8>,
    ids: ArrayRef,
    columns: Vec<(String, ArrayRef)>,
}

impl Previous {
    /// Reads the run that `--previous` names.
    ///
    /// # Errors
    /// When it is no run, or its grades cannot be read.
    pub fn of_run(run: &Path) -> Result<Previous, AppError> {
        let manifest = Manifest::read(run)?;
        let path = run.join("grades.parquet");
        let bytes = std::fs::read(&path).map_err(|why| AppError::io("app-cannot-read", &path, why))?;
        let json = run.join(FILE);
        let (_, sha256) = digest::of_file(&json).map_err(|why| AppError::io("app-cannot-read", &json, why))?;
        let entry = PreviousEntry {
            run: sha256,
            as_of: manifest.as_of.clone(),
            policy: manifest.policy.id.clone(),
            version: manifest.policy.version.clone(),
            file: COPY.to_owned(),
        };
        Previous::new(entry, &path, bytes)
    }

    /// Reads the copy in a run's folder.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn kept(run: &Path, entry: &PreviousEntry) -> Result<Previous, AppError> {
        let path = crate::regulation::inside(run, &entry.file)?;
        let bytes = std::fs::read(&path).map_err(|why| AppError::io("app-cannot-read", &path, why))?;
        Previous::new(entry.clone(), &path, bytes)
    }

    fn new(entry: PreviousEntry, path: &Path, bytes: Vec<u8>) -> Result<Previous, AppError> {
        let broken = |why: &dyn std::fmt::Display| AppError::io("app-cannot-read", path, why);
        let as_of = date::parse(&entry.as_of)
            .ok_or_else(|| AppError::Failed(Message::new("app-run-without-date").with("value", entry.as_of.clone())))?;
        let file = File::open(path).map_err(|why| broken(&why))?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|why| broken(&why))?;
        let schema: std::sync::Arc<Schema> = builder.schema().clone();
        let batches: Result<Vec<_>, _> = builder.build().map_err(|why| broken(&why))?.collect();
        let batches = batches.map_err(|why| broken(&why))?;
        let mut columns = Vec::new();
        for (at, field) in schema.fields().iter().enumerate() {
            let parts: Vec<ArrayRef> = batches.iter().map(|batch| batch.column(at).clone()).collect();
            let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
            let whole = match parts.is_empty() {
                true => arrow::array::new_empty_array(field.data_type()),
                false => concat(&parts).map_err(|why| broken(&why))?,
            };
            columns.push((field.name().clone(), plain(&whole)));
        }
        let ids = columns
            .iter()
            .find(|(name, _)| name == "id")
            .map(|(_, ids)| ids.clone());
        let ids = ids.filter(|ids| matches!(ids.data_type(), DataType::Int64 | DataType::Utf8));
        let ids = ids.ok_or_else(|| broken(&"id"))?;
        Ok(Previous {
            entry,
            as_of,
            bytes,
            ids,
            columns,
        })
    }

    fn column(&self, name: &str) -> Option<&ArrayRef> {
        self.columns
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, values)| values)
    }

    /// How many customers it had.
    pub fn rows(&self) -> usize {
        self.ids.len()
    }

    /// The grade that a customer had, by position among this run's grades (`None`: none, or one that this run does not
    /// know), and its row there; nothing for a customer that was not there.
    pub fn of(&self, layer: &Layer, row: usize) -> Option<(Option<usize>, usize)> {
        let there = Lookup::new(&self.ids).find(&layer.measured.ids, row)?;
        Some((self.grade(layer, there), there))
    }

    fn grade(&self, layer: &Layer, there: usize) -> Option<usize> {
        let id = words::text(self.column("grade")?, there)?;
        layer.level.document.grades.iter().position(|grade| grade.id == id)
    }

    /// How many had each of this run's grades.
    pub fn per_grade(&self, layer: &Layer) -> Vec<u64> {
        let mut counts = vec![0; layer.level.document.grades.len()];
        for row in 0..self.rows() {
            if let Some(count) = self.grade(layer, row).and_then(|grade| counts.get_mut(grade)) {
                *count += 1;
            }
        }
        counts
    }

    /// The first score that a customer had, in its units now.
    pub fn score(&self, layer: &Layer, there: usize) -> Option<i64> {
        let score = layer.level.compiled.plan.parts().scores.first()?;
        scale_f64(self.number(&score.id, there)?, score.decimals)
    }

    fn number(&self, name: &str, there: usize) -> Option<f64> {
        let values = self.column(name)?.as_primitive_opt::<Float64Type>()?;
        (there < values.len() && values.is_valid(there)).then(|| values.value(there))
    }

    /// The caps that bound a customer.
    pub fn caps(&self, there: usize) -> Vec<String> {
        let text = self.column("caps").and_then(|caps| words::text(caps, there));
        let ids = text.iter().flat_map(|text| text.split(','));
        ids.filter(|id| !id.is_empty()).map(str::to_owned).collect()
    }

    /// By how much each dimension's part of a score changed, greatest first, at most three. Where there are several scores
    /// each is named: the one that decides need not be the first. 变动来源
    pub fn changes(&self, layer: &Layer, row: usize, there: usize) -> Vec<(Text, Decimal)> {
        let scores = &layer.level.compiled.plan.parts().scores;
        let changes = scores.iter().flat_map(|score| {
            let changes = self.changes_of(score, layer, row, there);
            let name = layer.level.document.name_of(&score.id);
            changes.into_iter().map(move |(dimension, change)| match name {
                Some(score) if scores.len() > 1 => (
                    Text::new(
                        format!("{}·{}", score.zh, dimension.zh),
                        format!("{} · {}", score.en, dimension.en),
                    ),
                    change,
                ),
                _ => (dimension, change),
            })
        });
        let mut changes: Vec<(Text, Decimal)> = changes.collect();
        let size =
            |change: &Decimal| i128::from(change.units.abs()) * i128::from(pow10(4_u8.saturating_sub(change.scale)));
        changes.sort_by_key(|(_, change)| std::cmp::Reverse(size(change)));
        changes.truncate(3);
        changes
    }

    fn changes_of(&self, score: &Score, layer: &Layer, row: usize, there: usize) -> Vec<(Text, Decimal)> {
        let parts = layer.level.compiled.plan.parts();
        let all: i64 = score.weights.iter().map(|weight| weight.weight).sum();
        let mut changes = Vec::new();
        for weight in &score.weights {
            let Some(dimension) = parts.dimensions.get(weight.dimension) else {
                continue;
            };
            let before = self.number(&format!("score_{}", dimension.id), there);
            let after = layer.book.dimension(row, weight.dimension);
            let (Some(before), Some(after)) = (before, after) else {
                continue;
            };
            let change = (after - before) * weight.weight as f64 / all.max(1) as f64;
            let Some(units) = scale_f64(change, score.decimals) else {
                continue;
            };
            let name = layer
                .level
                .document
                .dimensions
                .iter()
                .find(|named| named.id == dimension.id);
            let name = name.map(|named| named.name.clone()).unwrap_or_default();
            // A tenth of a point explains no grade.
            if units.abs() * 10 >= pow10(score.decimals) {
                changes.push((
                    name,
                    Decimal {
                        units,
                        scale: score.decimals,
                    },
                ));
            }
        }
        changes
    }
}

/// Texts as plain texts, whatever the file keeps them as.
fn plain(values: &ArrayRef) -> ArrayRef {
    match values.data_type() {
        DataType::Dictionary(_, _) | DataType::LargeUtf8 | DataType::Utf8View => {
            arrow::compute::cast(values, &DataType::Utf8).unwrap_or_else(|_| values.clone())
        }
        _ => values.clone(),
    }
}

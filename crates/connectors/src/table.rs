//! A table that is open: checked columns, in memory or on disk. 表

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch, new_null_array};
use arrow::compute::filter_record_batch;
use arrow::datatypes::DataType;
use pinji_domain::{Kind, number};

use crate::columnar::{ParquetFile, value_at};
use crate::columns::{self, storage};
use crate::error::DataError;
use crate::plan::{Plan, Planned};
use crate::value::Value;

/// One table of one record kind, ready to be read part by part, from several threads if you like. 数据表
#[derive(Debug)]
pub struct Table {
    kind: Arc<Kind>,
    file: String,
    sheet: Option<String>,
    content: Content,
    /// Rows that were left out after they were stored, in order.
    dropped: Vec<u64>,
    /// Where each field stands in the file, and its heading there.
    headings: Vec<(usize, u32, String)>,
    /// All headings, and those that no field answers to.
    all_headings: Vec<String>,
    unused: Vec<String>,
    /// Fields whose columns are in the file but were not asked for.
    idle: Vec<usize>,
    /// Whether the ids of subjects come as whole numbers.
    integer_ids: bool,
    /// Where in the file each stored row stood, where it was remembered.
    numbers: Option<Vec<u32>>,
}

#[derive(Debug)]
pub(crate) enum Content {
    Memory {
        fields: Vec<usize>,
        batches: Vec<RecordBatch>,
        starts: Vec<usize>,
    },
    Parquet(ParquetFile),
}

impl Content {
    pub(crate) fn memory(fields: Vec<usize>, batches: Vec<RecordBatch>) -> Content {
        let mut starts = vec![0];
        let mut total = 0;
        for batch in &batches {
            total += batch.num_rows();
            starts.push(total);
        }
        Content::Memory {
            fields,
            batches,
            starts,
        }
    }
}

impl Table {
    pub(crate) fn new(
        kind: Arc<Kind>,
        file: &str,
        sheet: Option<&str>,
        content: Content,
        dropped: Vec<u64>,
        plan: &Plan,
    ) -> Table {
        let place = |column: &Planned| {
            (
                column.field,
                u32::try_from(column.source).unwrap_or(u32::MAX),
                column.heading.clone(),
            )
        };
        let headings = plan.columns.iter().map(place).collect();
        Table {
            kind,
            file: file.to_owned(),
            sheet: sheet.map(str::to_owned),
            content,
            dropped,
            headings,
            all_headings: plan.headings.clone(),
            unused: plan.unused.clone(),
            idle: plan.idle.clone(),
            integer_ids: false,
            numbers: None,
        }
    }

    /// Headings of the file that no field answers to. 未使用的表头
    pub fn unused(&self) -> &[String] {
        &self.unused
    }

    /// All headings of the file.
    pub(crate) fn headings(&self) -> &[String] {
        &self.all_headings
    }

    /// The heading under which the file brings a field.
    pub fn heading(&self, field: &str) -> Option<&str> {
        let at = self.kind.position(field)?;
        let found = self.headings.iter().find(|(field, _, _)| *field == at);
        found.map(|(_, _, heading)| heading.as_str())
    }

    /// Where the first of these fields that is not the subject stands in the file; the subject, if there is no other.
    pub(crate) fn heading_of(&self, fields: &[String]) -> (Option<u32>, String) {
        let places = || {
            fields
                .iter()
                .filter_map(|id| self.kind.position(id))
                .filter_map(|at| self.headings.iter().find(|(field, _, _)| *field == at))
        };
        let other = places()
            .find(|(field, _, _)| Some(*field) != self.subject())
            .or_else(|| places().next());
        other.map_or((None, String::new()), |(_, column, heading)| {
            (Some(*column), heading.clone())
        })
    }

    pub(crate) fn remember(&mut self, numbers: Option<Vec<u32>>) {
        self.numbers = numbers;
    }

    /// Where in the file each row stood, from 1, in the order in which rows are read; those left out are not among them. 行号
    ///
    /// Of a Parquet file its place; of other files `None` unless [`crate::OpenOptions::row_numbers`] asked for it.
    pub fn numbers(&self) -> Option<Vec<u32>> {
        let all: Vec<u32> = match (&self.numbers, &self.content) {
            (Some(numbers), _) => numbers.clone(),
            (None, Content::Parquet(file)) if !file.is_own() => {
                (1..=u32::try_from(file.rows()).unwrap_or(u32::MAX)).collect()
            }
            _ => return None,
        };
        let left = (0_u64..)
            .zip(all)
            .filter(|(place, _)| self.dropped.binary_search(place).is_err());
        Some(left.map(|(_, number)| number).collect())
    }

    /// The id of its record kind.
    pub fn kind(&self) -> &str {
        &self.kind.id
    }

    /// The record kind itself.
    pub fn described(&self) -> &Kind {
        &self.kind
    }

    /// The file it comes from, by its relative name.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The sheet it comes from, in a workbook.
    pub fn sheet(&self) -> Option<&str> {
        self.sheet.as_deref()
    }

    /// How many rows it has; those left out do not count.
    pub fn rows(&self) -> usize {
        let stored = match &self.content {
            Content::Memory { starts, .. } => starts.last().copied().unwrap_or(0),
            Content::Parquet(file) => file.rows(),
        };
        stored.saturating_sub(self.dropped.len())
    }

    /// The row group of a Parquet file that a row lies in, both from 1; `None` for other files. 行组
    pub fn row_group(&self, row: u64) -> Option<u64> {
        match &self.content {
            Content::Parquet(file) if !file.is_own() => {
                let row = usize::try_from(row.checked_sub(1)?).ok()?;
                Some(file.group_of(row) as u64 + 1)
            }
            _ => None,
        }
    }

    /// In how many parts it is read: row groups of a Parquet file, batches otherwise.
    pub fn parts(&self) -> usize {
        match &self.content {
            Content::Memory { batches, .. } => batches.len(),
            Content::Parquet(file) => file.groups(),
        }
    }

    /// Whether the file brings this field at all.
    pub fn has(&self, field: &str) -> bool {
        self.kind
            .position(field)
            .is_some_and(|field| self.stored().contains(&field))
    }

    /// The ids of the fields that the file brings, in the order of the kind.
    pub fn fields(&self) -> Vec<&str> {
        let stored = self.stored();
        let all = self
            .kind
            .fields
            .iter()
            .enumerate()
            .filter(|(at, _)| stored.contains(at));
        all.map(|(_, field)| field.id.as_str()).collect()
    }

    /// Whether the ids of subjects come as Int64 rather than Utf8, although their field is a text. 整数编号
    ///
    /// So it is when every table of the data set keeps them as whole numbers in Parquet.
    pub fn integer_ids(&self) -> bool {
        self.integer_ids
    }

    /// Whether the ids could come as Int64.
    pub(crate) fn could_have_integer_ids(&self) -> bool {
        match &self.content {
            Content::Memory { .. } => false,
            Content::Parquet(file) => self.subject().is_some_and(|field| file.is_integer(field)),
        }
    }

    pub(crate) fn use_integer_ids(&mut self) {
        self.integer_ids = true;
    }

    /// Leaves out more rows, by their places among those stored.
    pub(crate) fn leave_out(&mut self, rows: &mut dyn Iterator<Item = u64>) -> usize {
        let before = self.dropped.len();
        self.dropped.extend(rows);
        self.dropped.sort_unstable();
        self.dropped.dedup();
        self.dropped.len() - before
    }

    fn subject(&self) -> Option<usize> {
        self.kind.position(&self.kind.subject)
    }

    fn stored(&self) -> Vec<usize> {
        match &self.content {
            Content::Memory { fields, .. } => fields.clone(),
            Content::Parquet(file) => file.fields().collect(),
        }
    }

    /// Reads some fields of one part, in the order asked for. 读取
    ///
    /// Columns come in the storage types of [`columns::storage`], named by the fields' ids; a field that the file lacks
    /// comes as nulls. The subject comes as Int64 where [`Table::integer_ids`] says so.
    ///
    /// # Errors
    /// An unknown field or part is a mistake of the caller; a Parquet file may have changed since it was opened.
    pub fn read(&self, part: usize, fields: &[&str]) -> Result<Vec<RecordBatch>, DataError> {
        let wanted = fields
            .iter()
            .map(|id| {
                let unknown = || DataError::NoSuchField {
                    kind: self.kind.id.clone(),
                    field: (*id).to_owned(),
                };
                // Nulls for a column that is there would be worse than an error.
                let found = self.kind.position(id).filter(|at| !self.idle.contains(at));
                found.ok_or_else(unknown)
            })
            .collect::<Result<Vec<usize>, DataError>>()?;
        let (batches, start) = match &self.content {
            Content::Memory { batches, starts, .. } => (
                batches.get(part).cloned().into_iter().collect(),
                starts.get(part).copied().unwrap_or(0),
            ),
            Content::Parquet(file) if part < file.groups() => {
                let raw = self.subject().filter(|_| self.integer_ids);
                (file.read(&self.kind, part, &wanted, raw)?, file.start(part))
            }
            Content::Parquet(_) => (Vec::new(), 0),
        };
        let mut row = start as u64;
        let mut out = Vec::with_capacity(batches.len());
        for batch in batches {
            let rows = batch.num_rows();
            let chosen = self
                .choose(&batch, &wanted)
                .and_then(|chosen| self.without_dropped(chosen, row));
            out.push(chosen.map_err(|error| DataError::damaged(&self.file, error))?);
            row += rows as u64;
        }
        Ok(out)
    }

    fn choose(&self, batch: &RecordBatch, wanted: &[usize]) -> Result<RecordBatch, arrow::error::ArrowError> {
        let columns = wanted.iter().filter_map(|at| self.kind.fields.get(*at)).map(|field| {
            let array = match batch.column_by_name(&field.id) {
                Some(array) => array.clone(),
                None if self.integer_ids && field.id == self.kind.subject => {
                    new_null_array(&DataType::Int64, batch.num_rows())
                }
                None => new_null_array(&storage(&field.ty), batch.num_rows()),
            };
            (field.id.clone(), array)
        });
        columns::batch(columns.collect(), batch.num_rows())
    }

    fn without_dropped(&self, batch: RecordBatch, first: u64) -> Result<RecordBatch, arrow::error::ArrowError> {
        let last = first + batch.num_rows() as u64;
        let from = self.dropped.partition_point(|row| *row < first);
        let to = self.dropped.partition_point(|row| *row < last);
        let Some(dropped) = self.dropped.get(from..to).filter(|dropped| !dropped.is_empty()) else {
            return Ok(batch);
        };
        let keep: BooleanArray = (first..last)
            .map(|row| Some(dropped.binary_search(&row).is_err()))
            .collect();
        filter_record_batch(&batch, &keep)
    }

    /// What some fields of a stored row say, one after the other.
    pub(crate) fn says(&self, row: u64, fields: &[String], cache: &mut Option<(usize, Vec<RecordBatch>)>) -> String {
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        let starts = match &self.content {
            Content::Memory { starts, .. } => starts.clone(),
            Content::Parquet(file) => (0..=file.groups()).map(|group| file.start(group)).collect(),
        };
        let part = starts.partition_point(|start| *start as u64 <= row).saturating_sub(1);
        if cache.as_ref().is_none_or(|(cached, _)| *cached != part) {
            *cache = self.all_of(part, &fields).ok().map(|batches| (part, batches));
        }
        let Some((_, batches)) = cache else {
            return String::new();
        };
        let mut at = usize::try_from(row)
            .unwrap_or(0)
            .saturating_sub(starts.get(part).copied().unwrap_or(0));
        for batch in batches {
            if at >= batch.num_rows() {
                at -= batch.num_rows();
                continue;
            }
            let values = batch
                .columns()
                .iter()
                .zip(&fields)
                .map(|(array, id)| self.shown(array, at, id));
            return values.filter(|value| !value.is_empty()).collect::<Vec<_>>().join(" · ");
        }
        String::new()
    }

    /// A part with the rows that were left out.
    fn all_of(&self, part: usize, fields: &[&str]) -> Result<Vec<RecordBatch>, DataError> {
        let whole = Table {
            kind: self.kind.clone(),
            file: self.file.clone(),
            sheet: None,
            content: Content::Memory {
                fields: Vec::new(),
                batches: Vec::new(),
                starts: Vec::new(),
            },
            dropped: Vec::new(),
            headings: Vec::new(),
            all_headings: Vec::new(),
            unused: Vec::new(),
            idle: Vec::new(),
            integer_ids: self.integer_ids,
            numbers: None,
        };
        let wanted: Vec<usize> = fields.iter().filter_map(|id| self.kind.position(id)).collect();
        let batches = match &self.content {
            Content::Memory { batches, .. } => batches.get(part).cloned().into_iter().collect(),
            Content::Parquet(file) => {
                file.read(&self.kind, part, &wanted, self.subject().filter(|_| self.integer_ids))?
            }
        };
        batches
            .iter()
            .map(|batch| {
                whole
                    .choose(batch, &wanted)
                    .map_err(|error| DataError::damaged(&self.file, error))
            })
            .collect()
    }

    fn shown(&self, array: &ArrayRef, row: usize, id: &str) -> String {
        use pinji_domain::FieldType;
        let mut arena = String::new();
        let scale = match self.kind.field(id).map(|field| &field.ty) {
            Some(FieldType::Decimal(scale) | FieldType::Money(scale)) => *scale,
            _ => 0,
        };
        if row >= array.len() {
            return String::new();
        }
        match value_at(array, row, &mut arena) {
            Value::Null => String::new(),
            Value::Int(units) => number::plain(units, scale),
            Value::Double(number) => number.to_string(),
            Value::Days(days) => pinji_domain::date::from_days(days)
                .map(|date| date.to_string())
                .unwrap_or_default(),
            Value::Flag(flag) => flag.to_string(),
            Value::Text(_, _) => arena,
        }
    }
}

//! From rows of cells to checked columns, in one pass. 装载

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use pinji_domain::{FieldType, Kind, Message, Text};

use crate::bad::{BadCell, Why};
use crate::columns::{self, Builder};
use crate::error::DataError;
use crate::keys::{KeyHash, Keys, Place};
use crate::limits::Limits;
use crate::plan::{Plan, Planned};
use crate::spill::{Rest, Store};
use crate::value::{Cell, Value};

/// The cells of one row, whatever file it comes from.
pub(crate) trait RowCells {
    /// The cell of this column, from 0; empty beyond the last.
    fn cell(&self, column: usize) -> Cell<'_>;
    /// How many columns the row has.
    fn width(&self) -> usize;
    /// Whether the file itself tells texts from numbers.
    fn is_typed(&self) -> bool {
        true
    }
}

/// Takes rows of cells with their numbers, as long as it wants more.
pub(crate) type Visit<'v> = &'v mut dyn FnMut(u64, &dyn RowCells) -> Result<ControlFlow<()>, DataError>;

/// Bad cells, up to a limit; beyond it they are only counted.
#[derive(Debug, Default)]
pub(crate) struct BadList {
    pub cells: Vec<BadCell>,
    pub more: usize,
    limit: usize,
}

impl BadList {
    pub(crate) fn new(limit: usize) -> Self {
        BadList {
            cells: Vec::new(),
            more: 0,
            limit,
        }
    }

    /// How many more cells are listed.
    pub(crate) fn room(&self) -> usize {
        self.limit.saturating_sub(self.cells.len())
    }

    /// Adds a cell; it is only made when there is room.
    pub(crate) fn push(&mut self, make: impl FnOnce() -> BadCell) {
        if self.cells.len() < self.limit {
            self.cells.push(make())
        } else {
            self.more += 1
        }
    }

    pub(crate) fn append(&mut self, other: BadList) {
        let room = self.limit.saturating_sub(self.cells.len());
        self.more += other.more + other.cells.len().saturating_sub(room);
        self.cells.extend(other.cells.into_iter().take(room));
    }
}

/// Cells that say a choice which is not on its list, where that may be: how many, and the first of what they say.
#[derive(Debug, Default)]
pub(crate) struct Loose {
    pub cells: usize,
    pub says: Vec<String>,
}

impl Loose {
    /// Different texts that are remembered.
    const SHOWN: usize = 5;

    pub(crate) fn add(&mut self, cells: usize, says: String) {
        self.cells += cells;
        if self.says.len() < Loose::SHOWN && !self.says.contains(&says) {
            self.says.push(says);
        }
    }

    pub(crate) fn append(&mut self, other: Loose) {
        self.cells += other.cells;
        for says in other.says {
            self.add(0, says);
        }
    }
}

/// Rows to a batch.
pub(crate) const BATCH_ROWS: usize = 1 << 16;

/// Reads rows into columns by a plan.
pub(crate) struct Loader<'a> {
    kind: &'a Kind,
    plan: &'a Plan,
    file: &'a str,
    sheet: Option<&'a str>,
    is_1904: bool,
    /// In CSV, content beyond the last heading means that a row is out of step.
    ragged_from: Option<usize>,
    schema: SchemaRef,
    builders: Vec<Builder>,
    staged: Vec<Value>,
    bad_here: Vec<bool>,
    arena: String,
    in_batch: usize,
    kept: usize,
    store: Store<'a>,
    keys: Keys,
    key: Vec<usize>,
    subject: Option<usize>,
    /// What is wrong with cells.
    pub bad: BadList,
    /// Rows that have bad cells.
    pub left_out: usize,
    /// Rows that are totals of others.
    pub totals: Vec<u64>,
    loose: BTreeMap<usize, Loose>,
    /// The numbers of the rows that were kept, where somebody asks for them.
    numbers: Option<Vec<u32>>,
}

/// What came out of a table.
pub(crate) struct Loaded {
    pub rest: Rest,
    pub bad: BadList,
    pub left_out: usize,
    pub keys: Keys,
    pub totals: Vec<u64>,
    /// By field.
    pub loose: BTreeMap<usize, Loose>,
    /// Of the rows that were kept.
    pub numbers: Option<Vec<u32>>,
}

impl<'a> Loader<'a> {
    pub(crate) fn new(
        kind: &'a Kind,
        plan: &'a Plan,
        file: &'a str,
        sheet: Option<&'a str>,
        limits: &'a Limits,
    ) -> Self {
        let fields = stored_fields(plan);
        let schema = columns::schema(kind, &fields);
        let types = fields
            .iter()
            .filter_map(|at| kind.fields.get(*at))
            .map(|field| &field.ty);
        // Where a key field stands among the staged values; a key that the file has only in part is no key.
        let key: Option<Vec<usize>> = kind
            .key
            .iter()
            .map(|id| {
                kind.position(id)
                    .and_then(|field| fields.iter().position(|stored| *stored == field))
            })
            .collect();
        Loader {
            builders: types.map(|ty| Builder::new(ty, 1024)).collect(),
            staged: vec![Value::Null; fields.len()],
            bad_here: vec![false; fields.len()],
            key: key.unwrap_or_default(),
            subject: kind
                .position(&kind.subject)
                .and_then(|field| plan.columns.iter().position(|column| column.field == field)),
            kind,
            plan,
            file,
            sheet,
            is_1904: false,
            ragged_from: None,
            store: Store::new(schema.clone(), file, limits),
            schema,
            arena: String::new(),
            in_batch: 0,
            kept: 0,
            keys: Keys::default(),
            bad: BadList::new(limits.bad_cells),
            left_out: 0,
            totals: Vec::new(),
            loose: BTreeMap::new(),
            numbers: None,
        }
    }

    /// The numbers of the rows that are kept shall be remembered.
    pub(crate) fn remember_numbers(&mut self) {
        self.numbers = Some(Vec::new());
    }

    /// The workbook counts its days from 1904.
    pub(crate) fn days_from_1904(&mut self, is_1904: bool) {
        self.is_1904 = is_1904;
    }

    /// Rows may have no content from this column on.
    pub(crate) fn refuse_beyond(&mut self, width: usize) {
        self.ragged_from = Some(width);
    }

    /// Takes one row.
    pub(crate) fn row(&mut self, row: u64, cells: &dyn RowCells) -> Result<(), DataError> {
        self.arena.clear();
        let mut any = false;
        let mut bad = false;
        for (at, planned) in self.plan.columns.iter().enumerate() {
            let cell = cells.cell(planned.source);
            any = any || !cell.is_empty();
            let value = planned.reader.read(&cell, self.is_1904, &mut self.arena);
            let value = match value {
                Err(Why::NotListed(..)) if planned.lenient => {
                    self.loose.entry(planned.field).or_default().add(1, cell.says());
                    Ok(Value::Null)
                }
                other => other,
            };
            let failed = value.is_err();
            if let Err(why) = &value {
                bad = true;
                let at = self.at(row, cells);
                self.bad.push(|| at.bad_cell(planned, &cell, why));
            }
            set(&mut self.staged, at, value.unwrap_or(Value::Null));
            set(&mut self.bad_here, at, failed);
        }
        if !any && self.is_blank(cells) {
            return Ok(());
        }
        if let Some(total) = self
            .subject
            .and_then(|at| self.plan.columns.get(at))
            .map(|planned| cells.cell(planned.source))
            && says_total(&total)
        {
            if bad {
                self.forget(row);
            }
            self.totals.push(row);
            return Ok(());
        }
        bad |= self.required(row, cells);
        bad |= self.beyond(row, cells);
        if bad {
            self.left_out += 1;
            return Ok(());
        }
        self.keep(row)
    }

    /// A row without content in the columns that are read may still have some elsewhere: then it is a row.
    fn is_blank(&self, cells: &dyn RowCells) -> bool {
        (0..cells.width().min(self.plan.width.max(1))).all(|column| cells.cell(column).is_empty())
    }

    fn forget(&mut self, row: u64) {
        while self
            .bad
            .cells
            .last()
            .is_some_and(|cell| cell.row == row && cell.file == self.file)
        {
            self.bad.cells.pop();
        }
    }

    fn at<'c>(&self, row: u64, cells: &'c dyn RowCells) -> At<'a, impl Fn() -> String + use<'a, 'c>> {
        let subject = self
            .subject
            .and_then(|at| self.plan.columns.get(at))
            .map(|planned| planned.source);
        At {
            kind: self.kind,
            file: self.file,
            sheet: self.sheet,
            row,
            subject: move || subject.map(|column| cells.cell(column).says()).unwrap_or_default(),
        }
    }

    fn required(&mut self, row: u64, cells: &dyn RowCells) -> bool {
        let mut missing = false;
        for (at, planned) in self.plan.columns.iter().enumerate() {
            let Some(field) = self.kind.fields.get(planned.field) else {
                continue;
            };
            let null = self.staged.get(at) == Some(&Value::Null) && self.bad_here.get(at) == Some(&false);
            if field.required && null {
                missing = true;
                let at = self.at(row, cells);
                self.bad.push(|| at.bad_cell(planned, &Cell::Empty, &Why::Required));
            }
        }
        missing
    }

    fn beyond(&mut self, row: u64, cells: &dyn RowCells) -> bool {
        let Some(from) = self.ragged_from else { return false };
        let Some(column) = (from..cells.width()).find(|column| !cells.cell(*column).is_empty()) else {
            return false;
        };
        let at = self.at(row, cells);
        self.bad.push(|| BadCell {
            file: at.file.to_owned(),
            sheet: at.sheet.map(str::to_owned),
            row,
            subject: (at.subject)(),
            column: u32::try_from(column).ok(),
            heading: String::new(),
            says: cells.cell(column).says(),
            message: Why::BeyondHeadings.message(&FieldType::Text, &Text::default()),
            whole_table: false,
        });
        true
    }

    fn keep(&mut self, row: u64) -> Result<(), DataError> {
        if !self.key.is_empty() {
            let mut key = KeyHash::new();
            for at in &self.key {
                key.add(self.staged.get(*at).copied().unwrap_or(Value::Null), &self.arena);
            }
            let place = Place {
                table: 0,
                kept: u32::try_from(self.kept).unwrap_or(u32::MAX),
                row: u32::try_from(row).unwrap_or(u32::MAX),
            };
            self.keys.add(key, place);
        }
        let constant = self.plan.currency.map(|(_, code)| {
            let from = self.arena.len();
            self.arena.push_str(code);
            Value::Text(from, self.arena.len())
        });
        let values = self
            .staged
            .iter()
            .copied()
            .take(self.plan.columns.len())
            .chain(constant);
        for (builder, value) in self.builders.iter_mut().zip(values) {
            builder.push(value, &self.arena);
        }
        if let Some(numbers) = &mut self.numbers {
            numbers.push(u32::try_from(row).unwrap_or(u32::MAX));
        }
        self.kept += 1;
        self.in_batch += 1;
        if self.in_batch == BATCH_ROWS {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> Result<(), DataError> {
        if self.in_batch == 0 || self.builders.is_empty() {
            return Ok(());
        }
        let columns = self.builders.iter_mut().map(Builder::finish).collect();
        let batch =
            RecordBatch::try_new(self.schema.clone(), columns).map_err(|error| DataError::damaged(self.file, error))?;
        self.in_batch = 0;
        self.store.push(batch)
    }

    /// Ends the table.
    pub(crate) fn finish(mut self) -> Result<Loaded, DataError> {
        self.flush()?;
        Ok(Loaded {
            rest: self.store.finish()?,
            bad: self.bad,
            left_out: self.left_out,
            keys: self.keys,
            totals: self.totals,
            loose: self.loose,
            numbers: self.numbers,
        })
    }
}

/// The fields that a table stores, in order: those of its columns, and the currency that a heading names.
pub(crate) fn stored_fields(plan: &Plan) -> Vec<usize> {
    plan.columns
        .iter()
        .map(|column| column.field)
        .chain(plan.currency.map(|(field, _)| field))
        .collect()
}

/// Where a cell stands, and how its row says whom it is about.
pub(crate) struct At<'a, S> {
    pub kind: &'a Kind,
    pub file: &'a str,
    pub sheet: Option<&'a str>,
    pub row: u64,
    pub subject: S,
}

impl<S: Fn() -> String> At<'_, S> {
    /// The report of one cell.
    pub(crate) fn bad_cell(&self, planned: &Planned, cell: &Cell<'_>, why: &Why) -> BadCell {
        let message = match self.kind.fields.get(planned.field) {
            Some(field) => why.message(&field.ty, &field.label),
            None => Message::new("data-cell-not-a-number"),
        };
        BadCell {
            file: self.file.to_owned(),
            sheet: self.sheet.map(str::to_owned),
            row: self.row,
            subject: (self.subject)(),
            column: u32::try_from(planned.source).ok(),
            heading: planned.heading.clone(),
            says: cell.says(),
            message,
            whole_table: false,
        }
    }
}

/// Rows at the end of a sheet that add up the others are no customers.
fn says_total(cell: &Cell<'_>) -> bool {
    let Cell::Text(text) = cell else { return false };
    let text = crate::fold::trimmed(text);
    text.len() <= 24
        && matches!(
            crate::fold::name(text).as_str(),
            "合计" | "合計" | "总计" | "總計" | "小计" | "小計" | "total" | "grandtotal" | "subtotal"
        )
}

fn set<T>(values: &mut [T], at: usize, value: T) {
    if let Some(slot) = values.get_mut(at) {
        *slot = value;
    }
}

//! Workbooks (.xlsx), read cell by cell. 工作簿
//!
//! Cells are taken one after the other as they stand in the file; the size that a sheet claims to have is never asked for.
//! Formulas are not evaluated: their cached values count. Merged cells give their value to every row that they span.

pub(crate) mod archive;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use calamine::{CellErrorType, DataRef, Reader, SheetType, Xlsx, XlsxError};
use pinji_domain::Message;

use crate::error::DataError;
use crate::guard;
use crate::input::{Hashing, InputFile};
use crate::limits::Limits;
use crate::load::{RowCells, Visit};
use crate::template::stamp::{self, Stamp};
use crate::value::Cell;
use crate::value::date::serial;
use archive::Facts;

type Opened = Xlsx<Cursor<Vec<u8>>>;

/// An open workbook.
pub(crate) struct Book {
    pub input: InputFile,
    /// Which template it was made from.
    pub stamp: Option<Stamp>,
    sheets: Vec<String>,
    is_1904: bool,
    facts: Facts,
    columns: usize,
    // Reading a sheet borrows the workbook for writing, although nothing of it changes.
    workbook: RefCell<Opened>,
    merged: RefCell<BTreeMap<usize, Vec<Tall>>>,
}

/// The last row and column that Excel has.
const LAST_ROW: u32 = 1_048_575;

impl Book {
    /// Reads the file once, looks through its archive, then opens it.
    pub(crate) fn open(path: &Path, name: &str, limits: &Limits) -> Result<Book, DataError> {
        let file = File::open(path).map_err(|source| DataError::io(name, source))?;
        let mut hashing = Hashing::new(file);
        let mut bytes = Vec::new();
        (&mut hashing)
            .take(limits.workbook_bytes + 1)
            .read_to_end(&mut bytes)
            .map_err(|source| DataError::io(name, source))?;
        if bytes.len() as u64 > limits.workbook_bytes {
            let most = i64::try_from(limits.workbook_bytes >> 20).unwrap_or(i64::MAX);
            return Err(DataError::refused(
                name,
                Message::new("data-workbook-too-large").with("most", most),
            ));
        }
        let input = hashing.finish(name).map_err(|source| DataError::io(name, source))?;
        let facts = archive::check(&bytes, limits).map_err(|message| DataError::refused(name, message))?;
        let workbook = guarded(name, || Xlsx::new(Cursor::new(bytes)))?;
        let sheets = workbook
            .sheets_metadata()
            .iter()
            .filter(|sheet| sheet.typ == SheetType::WorkSheet);
        let mut book = Book {
            input,
            stamp: None,
            sheets: sheets.map(|sheet| sheet.name.clone()).collect(),
            is_1904: workbook.has_1904_epoch(),
            facts,
            columns: limits.columns,
            workbook: RefCell::new(workbook),
            merged: RefCell::default(),
        };
        book.stamp = stamp::read(&book)?;
        Ok(book)
    }

    /// The names of its sheets.
    pub(crate) fn sheets(&self) -> &[String] {
        &self.sheets
    }

    /// Whether its days count from 1904.
    pub(crate) fn is_1904(&self) -> bool {
        self.is_1904
    }

    /// How many rows are hidden, in all sheets.
    pub(crate) fn hidden_rows(&self) -> usize {
        self.facts.hidden_rows
    }

    /// The cells of a sheet that are merged over several rows. To find them the whole sheet is read, so only once.
    fn merged_cells(&self, at: usize, sheet: &str, workbook: &mut Opened) -> Result<Vec<Tall>, DataError> {
        if !self.facts.merged {
            return Ok(Vec::new());
        }
        let mut known = self.merged.borrow_mut();
        if let Some(merged) = known.get(&at) {
            return Ok(merged.clone());
        }
        let merged = guarded(&self.input.name, || workbook.merge_cells_by_sheet_name(sheet))?;
        let tall = merged.iter().filter(|merge| merge.end.0 > merge.start.0);
        let mut tall: Vec<Tall> = tall.map(|merge| (merge.start.0, merge.end.0, merge.start.1)).collect();
        tall.sort_unstable();
        known.insert(at, tall.clone());
        Ok(tall)
    }

    /// Passes the rows of a sheet that have cells to `visit`, each with its number from 1.
    pub(crate) fn each(&self, sheet: usize, visit: Visit<'_>) -> Result<(), DataError> {
        let name = &self.input.name;
        let at = sheet;
        let Some(sheet) = self.sheets.get(at) else {
            return Ok(());
        };
        let mut workbook = self.workbook.borrow_mut();
        let mut merges = Merges::new(self.merged_cells(at, sheet, &mut workbook)?);
        let mut reader = guarded(name, || workbook.worksheet_cells_reader(sheet))?;
        let percent: Vec<bool> = reader
            .styles()
            .iter()
            .map(|style| {
                style
                    .number_format
                    .as_ref()
                    .is_some_and(|format| is_percent(&format.format_code))
            })
            .collect();
        let mut row = SheetRow {
            is_1904: self.is_1904,
            ..SheetRow::default()
        };
        let mut current = 0_u32;
        loop {
            let next = guarded(name, || reader.next_cell_with_style_id())?;
            let position = next.as_ref().map(|(cell, _)| cell.get_position());
            if (position.is_none() || position.is_some_and(|(at, _)| at != current)) && !row.cells.is_empty() {
                row.cells.sort_by_key(|(column, _, _)| *column);
                merges.fill(current, &mut row);
                if visit(u64::from(current) + 1, &row)?.is_break() {
                    return Ok(());
                }
                row.cells.clear();
            }
            let (Some((cell, style)), Some((at, column))) = (next, position) else {
                return Ok(());
            };
            if at < current || at > LAST_ROW || column as usize >= self.columns {
                let why = format!("{sheet}: {}{}", crate::bad::column_letter(column), u64::from(at) + 1);
                return Err(DataError::refused(
                    name,
                    Message::new("data-workbook-broken").with("why", why),
                ));
            }
            current = at;
            if *cell.get_value() != DataRef::Empty {
                row.cells.push((
                    column,
                    cell.get_value().clone(),
                    percent.get(style).copied().unwrap_or(false),
                ));
            }
        }
    }
}

/// Runs a parser that is not ours; its errors and panics both mean that the workbook is broken.
fn guarded<T>(name: &str, parse: impl FnOnce() -> Result<T, XlsxError>) -> Result<T, DataError> {
    let why = match guard::quietly(parse) {
        Some(Ok(value)) => return Ok(value),
        Some(Err(XlsxError::Password)) => {
            return Err(DataError::refused(name, Message::new("data-old-or-locked-workbook")));
        }
        Some(Err(error)) => error.to_string(),
        None => "panic".to_owned(),
    };
    Err(DataError::refused(
        name,
        Message::new("data-workbook-broken").with("why", why),
    ))
}

/// Whether a number format shows a percentage: a `%` that is not in quotes.
fn is_percent(format: &str) -> bool {
    let mut quoted = false;
    let mut escaped = false;
    format.chars().any(|character| {
        let literal = escaped;
        escaped = character == '\\' && !literal;
        quoted ^= character == '"' && !literal;
        character == '%' && !quoted && !literal
    })
}

/// The cells of one row, by column.
#[derive(Default)]
struct SheetRow<'a> {
    cells: Vec<(u32, DataRef<'a>, bool)>,
    is_1904: bool,
}

impl RowCells for SheetRow<'_> {
    fn cell(&self, column: usize) -> Cell<'_> {
        let found = match self.cells.get(column) {
            Some(cell) if cell.0 as usize == column => Some(cell),
            _ => {
                let at = self.cells.partition_point(|cell| (cell.0 as usize) < column);
                self.cells.get(at).filter(|cell| cell.0 as usize == column)
            }
        };
        match found {
            Some((_, data, percent)) => cell(data, *percent, self.is_1904),
            None => Cell::Empty,
        }
    }

    fn width(&self) -> usize {
        self.cells.last().map_or(0, |(column, _, _)| *column as usize + 1)
    }
}

fn cell<'c>(data: &'c DataRef<'_>, percent: bool, is_1904: bool) -> Cell<'c> {
    match data {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => Cell::Exact {
            units: i128::from(*number),
            scale: 0,
        },
        DataRef::Float(value) => Cell::Number { value: *value, percent },
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::Text(text),
        DataRef::SharedString(text) => Cell::Text(text),
        DataRef::Bool(flag) => Cell::Flag(*flag),
        DataRef::DateTime(time) if time.is_duration() => Cell::Number {
            value: time.as_f64(),
            percent: false,
        },
        DataRef::DateTime(time) => Cell::Date {
            date: serial(time.as_f64(), is_1904).ok(),
            serial: time.as_f64(),
        },
        DataRef::Error(error) => Cell::Error(match error {
            CellErrorType::Div0 => "#DIV/0!",
            CellErrorType::NA => "#N/A",
            CellErrorType::Name => "#NAME?",
            CellErrorType::Null => "#NULL!",
            CellErrorType::Num => "#NUM!",
            CellErrorType::Ref => "#REF!",
            CellErrorType::Value => "#VALUE!",
            CellErrorType::GettingData => "#GETTING_DATA",
        }),
    }
}

/// A cell merged over several rows: first row, last row and column.
type Tall = (u32, u32, u32);

/// Cells merged over several rows, as the rows go by.
struct Merges<'a> {
    /// Those that are still to come, by the first row.
    coming: std::iter::Peekable<std::vec::IntoIter<Tall>>,
    /// By column: the last row, and the value that the first one had.
    open: BTreeMap<u32, (u32, DataRef<'a>, bool)>,
}

impl<'a> Merges<'a> {
    fn new(tall: Vec<Tall>) -> Self {
        Merges {
            coming: tall.into_iter().peekable(),
            open: BTreeMap::new(),
        }
    }

    /// Gives the row what merged cells above it say, and remembers what it says itself.
    fn fill(&mut self, row: u32, cells: &mut SheetRow<'a>) {
        while let Some((first, last, column)) = self.coming.next_if(|(first, _, _)| *first <= row) {
            let at = cells.cells.binary_search_by_key(&column, |(column, _, _)| *column).ok();
            if let Some((_, data, percent)) = at.and_then(|at| cells.cells.get(at)).filter(|_| first == row) {
                self.open.insert(column, (last, data.clone(), *percent));
            }
        }
        self.open.retain(|_, (last, _, _)| *last >= row);
        for (column, (_, data, percent)) in &self.open {
            if let Err(at) = cells.cells.binary_search_by_key(column, |(column, _, _)| *column) {
                cells.cells.insert(at, (*column, data.clone(), *percent));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_formats_are_known() {
        for (format, percent) in [
            ("0%", true),
            ("0.00%", true),
            ("#,##0", false),
            ("0\"%\"", false),
            ("0\\%", false),
            ("[Red]0.0%;-0%", true),
        ] {
            assert_eq!(is_percent(format), percent, "{format}");
        }
    }
}

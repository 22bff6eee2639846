//! The original handed back with its bad cells marked. 标注副本

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use pinji_domain::{Decimal, Lang};

use crate::bad::{BadCell, column_letter};
use crate::error::DataError;
use crate::limits::Limits;
use crate::load::RowCells;
use crate::plan::OWN_HEADINGS;
use crate::shape::Shape;
use crate::source::Source;
use crate::value::Cell as Found;
use crate::workbook::{self, Align, Cell, Row, Sheet, Shown, Style, Workbook};

/// The colour of a bad cell.
const YELLOW: u32 = 0xFF_F2_A8;
/// The width of the added column in characters.
const REASON_WIDTH: usize = 64;
/// The most cells that get a note of their own; Excel grows slow with more. The first column still says everything.
const MOST_NOTES: usize = 20_000;

/// Copies a workbook or CSV file with its bad cells marked: yellow, with a note for each, and a first column that says
/// per row what is wrong, in both languages. 生成标注副本
///
/// Values are copied as they are; formulas are replaced by what they last gave. Of a Parquet file, and of a table with
/// more rows than Excel has, only the bad cells are listed.
///
/// # Errors
/// Where the original cannot be read any more.
pub fn mark(original: &Path, bad: &[BadCell]) -> Result<Vec<u8>, DataError> {
    let name = original
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let bad: Vec<&BadCell> = bad.iter().filter(|cell| cell.file == name).collect();
    let source = match Shape::of(&name) {
        Some(Shape::Workbook) => Source::workbook(original, &name, &Limits::default())?,
        Some(Shape::Text { gzip }) => Source::text(original, &name, gzip, &Limits::default())?,
        _ => return list(&name, &bad),
    };
    let names: Vec<Option<String>> = match &source {
        Source::Book(book) => book.sheets().iter().cloned().map(Some).collect(),
        _ => vec![None],
    };
    let mut sheets = Vec::with_capacity(names.len());
    for (at, sheet_name) in names.iter().enumerate() {
        let here: Vec<&BadCell> = bad.iter().copied().filter(|cell| cell.sheet == *sheet_name).collect();
        let shown = sheet_name
            .clone()
            .unwrap_or_else(|| crate::open::stem(&name).to_owned());
        match copy(&source, at, &shown, &here)? {
            Some(sheet) => sheets.push(sheet),
            None => return list(&name, &bad),
        }
    }
    workbook::bytes(Workbook { title: name, sheets })
}

/// One sheet with its bad cells marked; one without any is only copied. `None` when it does not fit into a sheet.
fn copy(source: &Source, at: usize, name: &str, bad: &[&BadCell]) -> Result<Option<Sheet<'static>>, DataError> {
    let mut by_row: BTreeMap<u64, Vec<&BadCell>> = BTreeMap::new();
    for cell in bad {
        by_row.entry(cell.row).or_default().push(cell);
    }
    let shift = usize::from(!bad.is_empty());
    let heading_row = bad.iter().filter(|cell| cell.whole_table).map(|cell| cell.row).min();
    let mut rows: Vec<Row<'static>> = Vec::new();
    let mut notes = Vec::new();
    let mut heights = Vec::new();
    let mut fits = true;
    let mut first_filled = None;
    source.each(at, &mut |number, cells| {
        let index = usize::try_from(number - 1).unwrap_or(usize::MAX);
        if index >= workbook::MAX_ROWS as usize || cells.width() + shift > 16_384 {
            fits = false;
            return Ok(ControlFlow::Break(()));
        }
        first_filled.get_or_insert(index);
        let wrong = by_row.get(&number);
        let mut row: Row<'static> = Vec::with_capacity(cells.width() + shift);
        if shift == 1 {
            row.push(match wrong {
                Some(wrong) => {
                    let text = reasons(wrong);
                    heights.push((u32::try_from(index).unwrap_or(u32::MAX), height(&text)));
                    Cell::text(text).styled(Style {
                        fill: Some(YELLOW),
                        wrap: true,
                        align: Align::Left,
                        ..Style::default()
                    })
                }
                None => Cell::empty(),
            });
        }
        row.extend((0..cells.width()).map(|column| typed(cells, column)));
        for cell in wrong.into_iter().flatten() {
            let Some(column) = cell.column.map(|column| column as usize + shift) else {
                continue;
            };
            row.resize_with(row.len().max(column + 1), Cell::empty);
            if let Some(target) = row.get_mut(column) {
                target.style.fill = Some(YELLOW);
            }
            if notes.len() < MOST_NOTES {
                notes.push((
                    u32::try_from(index).unwrap_or(u32::MAX),
                    u16::try_from(column).unwrap_or(u16::MAX),
                    said(cell),
                ));
            }
        }
        rows.resize_with(rows.len().max(index), Vec::new);
        rows.push(row);
        Ok(ControlFlow::Continue(()))
    })?;
    if !fits {
        return Ok(None);
    }
    let mut widths = vec![14.0; rows.iter().map(Vec::len).max().unwrap_or(0).min(60)];
    if shift == 1 {
        if let Some(width) = widths.first_mut() {
            *width = REASON_WIDTH as f64;
        }
        // The heading of the added column stands beside the others.
        let heading = heading_row
            .and_then(|row| usize::try_from(row - 1).ok())
            .or_else(|| heading_of(&rows, bad))
            .or(first_filled);
        if let Some(cell) = heading.and_then(|at| rows.get_mut(at)).and_then(|row| row.first_mut())
            && cell.value == workbook::Value::Empty
        {
            *cell = Cell::text(OWN_HEADINGS.join(" / ")).styled(Style {
                fill: Some(YELLOW),
                bold: true,
                ..Style::default()
            });
        }
    }
    // One note a cell: the texts of several problems of one cell are joined.
    let mut joined: BTreeMap<(u32, u16), String> = BTreeMap::new();
    for (row, column, text) in notes {
        let note = joined.entry((row, column)).or_default();
        if !note.is_empty() {
            note.push('\n');
        }
        note.push_str(&text);
    }
    let frozen = (0, u16::from(shift == 1));
    let notes = joined
        .into_iter()
        .map(|((row, column), text)| (row, column, text))
        .collect();
    Ok(Some(Sheet {
        widths,
        heights,
        frozen,
        notes,
        // What was hidden from the sender stays so.
        hidden: at > 0 && source.stamp().is_some() && name == crate::template::STAMP_SHEET,
        ..Sheet::new(name, rows)
    }))
}

/// The row in which the heading of some bad cell stands, one column further right than it did.
fn heading_of(rows: &[Row<'static>], bad: &[&BadCell]) -> Option<usize> {
    let (column, heading) = bad
        .iter()
        .find_map(|cell| Some((cell.column? as usize + 1, cell.heading.as_str())))?;
    rows.iter().take(crate::choose::HEAD_ROWS * 2).position(|row| {
        row.get(column).is_some_and(
            |cell| matches!(&cell.value, workbook::Value::Text(text) if crate::fold::trimmed(text) == heading),
        )
    })
}

/// All that is wrong in a row, as the text of its first cell.
fn reasons(wrong: &[&BadCell]) -> String {
    let said = wrong
        .iter()
        .map(|cell| format!("{} {}", place(cell), said(cell).replace('\n', " / ")));
    said.collect::<Vec<_>>().join("\n")
}

/// The height of a row in points that shows such a text whole.
fn height(text: &str) -> f64 {
    const LINE: f64 = 15.0;
    const HIGHEST: f64 = 409.0;
    let columns = |line: &str| {
        line.chars()
            .map(|character| if character.is_ascii() { 1 } else { 2 })
            .sum::<usize>()
    };
    let lines: usize = text
        .lines()
        .map(|line| columns(line).div_ceil(REASON_WIDTH - 2).max(1))
        .sum();
    (lines as f64 * LINE).min(HIGHEST)
}

fn place(cell: &BadCell) -> String {
    match cell.column {
        Some(column) => format!("{}「{}」", column_letter(column), cell.heading),
        None => format!("「{}」", cell.heading),
    }
}

fn said(cell: &BadCell) -> String {
    Lang::ALL.map(|lang| pinji_locale::say(lang, &cell.message)).join("\n")
}

/// A cell as it was, as a typed value.
fn typed(cells: &dyn RowCells, column: usize) -> Cell<'static> {
    match cells.cell(column) {
        Found::Empty => Cell::empty(),
        Found::Text(text) => match canonical(text) {
            Some(number) if !cells.is_typed() => Cell::number(number),
            _ => Cell::text(text.to_owned()),
        },
        Found::Number { value, percent: true } => Cell::number(value).styled(Style::shown(Shown::Percent(2))),
        Found::Number { value, .. } => Cell::number(value),
        Found::Date { date: Some(date), .. } => Cell::date(date),
        Found::Date { date: None, serial } => Cell::number(serial),
        Found::Flag(flag) => Cell::flag(flag),
        Found::Error(error) => Cell::text(error),
        Found::Exact { .. } => Cell::text(cells.cell(column).says()),
    }
}

/// The number of a CSV cell that is written just as Excel would show it; `007` and 18 digits stay texts.
fn canonical(text: &str) -> Option<f64> {
    let decimal = Decimal::parse(text).filter(|decimal| decimal.to_string() == text)?;
    (text.len() <= 15).then(|| decimal.to_f64())
}

/// The bad cells alone, as a table: for files that cannot be copied into a sheet. 问题清单
fn list(name: &str, bad: &[&BadCell]) -> Result<Vec<u8>, DataError> {
    let headings = [
        "文件 / File",
        "工作表 / Sheet",
        "行 / Row",
        "列 / Column",
        "内容 / Says",
        "错误原因 / Error",
    ];
    let mut rows: Vec<Row<'_>> = vec![
        headings
            .map(|heading| Cell::text(heading).styled(Style::heading()))
            .to_vec(),
    ];
    let limit = workbook::MAX_ROWS as usize - 1;
    for cell in bad.iter().take(limit) {
        rows.push(vec![
            Cell::text(cell.file.as_str()),
            cell.sheet.as_deref().map_or_else(Cell::empty, Cell::text),
            Cell::number(cell.row as f64),
            Cell::text(place(cell)),
            Cell::text(cell.says.as_str()).styled(Style {
                fill: Some(YELLOW),
                ..Style::default()
            }),
            Cell::text(said(cell)).styled(Style {
                wrap: true,
                ..Style::default()
            }),
        ]);
    }
    let widths = vec![24.0, 16.0, 10.0, 28.0, 28.0, 70.0];
    let sheet = Sheet {
        widths,
        frozen: (1, 0),
        filter: Some((0, 6)),
        ..Sheet::new("错误 Errors", rows)
    };
    workbook::bytes(Workbook {
        title: name.to_owned(),
        sheets: vec![sheet],
    })
}

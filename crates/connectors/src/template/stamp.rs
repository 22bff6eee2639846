//! The hidden sheet of a template: which it is, and which field each heading was. 模板信息

use std::ops::ControlFlow;

use super::STAMP_SHEET;
use crate::book::Book;
use crate::error::DataError;
use crate::mapping::Mapping;
use crate::value::Cell as Found;
use crate::workbook::{Cell, Choices, Row, Sheet};

/// What the first cell says, so that somebody else's sheet of this name is not taken for ours.
const MARK: &str = "pinji-template";
/// How the sheet itself is laid out.
const LAYOUT: &str = "1";
/// From which column on long lists stand, one in each.
const LISTS_FROM: usize = 6;
/// More rows than any template has.
const MOST_ROWS: usize = 20_000;

/// Which template a workbook was made from. 模板信息
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stamp {
    /// The template's id.
    pub id: String,
    /// Its version when the workbook was made.
    pub version: String,
    /// Its sheets.
    pub sheets: Vec<StampedSheet>,
}

/// A sheet as the template made it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StampedSheet {
    /// Its name then.
    pub sheet: String,
    /// The kind of record.
    pub kind: String,
    /// Heading and field, in their order.
    pub columns: Vec<(String, String)>,
}

impl Stamp {
    /// The kind that a sheet of this name held.
    pub(crate) fn kind_of(&self, sheet: &str) -> Option<&str> {
        self.sheets
            .iter()
            .find(|known| known.sheet == sheet)
            .map(|known| known.kind.as_str())
    }

    /// What the headings of a kind meant, as mappings.
    pub(crate) fn mappings(&self, kind: &pinji_domain::Kind) -> Vec<Mapping> {
        let sheets = self.sheets.iter().filter(|known| known.kind == kind.id);
        let columns = sheets.flat_map(|known| &known.columns);
        columns
            .filter(|(_, field)| kind.field(field).is_some())
            .map(|(heading, field)| Mapping::stamped(&kind.id, heading, field))
            .collect()
    }
}

/// Lists of choices that are too long to be written into the rule of a cell. 长列表
#[derive(Default)]
pub(super) struct Lists(Vec<Vec<String>>);

impl Lists {
    /// Excel takes 255 characters of choices, parted by commas.
    const LONGEST: usize = 255;

    /// Where these words stand.
    pub(super) fn place(&mut self, words: Vec<String>) -> Choices {
        let length: usize = words.iter().map(|word| word.encode_utf16().count() + 1).sum();
        let plain = words.iter().all(|word| !word.contains([',', '"']));
        if plain && length <= Lists::LONGEST {
            return Choices::Words(words);
        }
        let column = u16::try_from(LISTS_FROM + self.0.len()).unwrap_or(u16::MAX);
        let last_row = u32::try_from(words.len().saturating_sub(1)).unwrap_or(0);
        self.0.push(words);
        Choices::Cells {
            sheet: STAMP_SHEET.to_owned(),
            column,
            last_row,
        }
    }
}

/// The hidden sheet.
pub(super) fn write(stamp: &Stamp, lists: Lists) -> Sheet<'static> {
    let texts = |texts: [&str; 4]| -> Row<'static> {
        texts
            .into_iter()
            .map(|text| {
                if text.is_empty() {
                    Cell::empty()
                } else {
                    Cell::text(text.to_owned())
                }
            })
            .collect()
    };
    let mut rows = vec![
        texts([MARK, LAYOUT, "", ""]),
        texts(["id", &stamp.id, "", ""]),
        texts(["version", &stamp.version, "", ""]),
    ];
    for sheet in &stamp.sheets {
        for (heading, field) in &sheet.columns {
            rows.push(texts([&sheet.sheet, &sheet.kind, field, heading]));
        }
    }
    for (at, words) in lists.0.into_iter().enumerate() {
        for (row, word) in words.into_iter().enumerate() {
            rows.resize_with(rows.len().max(row + 1), Vec::new);
            if let Some(cells) = rows.get_mut(row) {
                cells.resize_with(cells.len().max(LISTS_FROM + at), Cell::empty);
                cells.push(Cell::text(word));
            }
        }
    }
    Sheet {
        hidden: true,
        ..Sheet::new(STAMP_SHEET, rows)
    }
}

/// Reads the hidden sheet of a workbook; `None` where there is none of ours.
pub(crate) fn read(book: &Book) -> Result<Option<Stamp>, DataError> {
    let Some(at) = book.sheets().iter().position(|sheet| sheet == STAMP_SHEET) else {
        return Ok(None);
    };
    let mut rows: Vec<Vec<String>> = Vec::new();
    book.each(at, &mut |_, cells| {
        let text = |column: usize| match cells.cell(column) {
            Found::Text(text) => text.to_owned(),
            _ => String::new(),
        };
        rows.push((0..4).map(text).collect());
        Ok(if rows.len() < MOST_ROWS {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        })
    })?;
    Ok(parse(&rows))
}

fn parse(rows: &[Vec<String>]) -> Option<Stamp> {
    let cell = |row: &[String], at: usize| row.get(at).cloned().unwrap_or_default();
    let named = |at: usize, name: &str| rows.get(at).filter(|row| cell(row, 0) == name).map(|row| cell(row, 1));
    // Another layout is of a later program; the headings themselves still say what they are.
    named(0, MARK).filter(|layout| layout == LAYOUT)?;
    let mut stamp = Stamp {
        id: named(1, "id")?,
        version: named(2, "version")?,
        sheets: Vec::new(),
    };
    for row in rows.iter().skip(3) {
        let (sheet, kind, field, heading) = (cell(row, 0), cell(row, 1), cell(row, 2), cell(row, 3));
        if kind.is_empty() || field.is_empty() || heading.is_empty() {
            continue;
        }
        let column = (heading, field);
        match stamp
            .sheets
            .iter_mut()
            .find(|known| known.sheet == sheet && known.kind == kind)
        {
            Some(known) => known.columns.push(column),
            None => stamp.sheets.push(StampedSheet {
                sheet,
                kind,
                columns: vec![column],
            }),
        }
    }
    Some(stamp)
}

//! `grades.xlsx`: summary with charts, one row per customer, the lines, and the policy as graded. 评级工作簿

mod grades;
mod lines;
mod policy;
mod summary;

use std::path::Path;

use pinji_connectors::workbook::{self, Cell, Paint, Sheet, Shown, Style, Workbook};
use pinji_domain::{Lang, Message};
use pinji_policy::document::Unit;

use crate::error::AppError;
use crate::manifest::Manifest;
use crate::previous::Previous;
use crate::rated::{Layer, Rated};

/// Rows that fit below the headings of a sheet.
pub const MOST_ROWS: usize = workbook::MAX_ROWS as usize - 1;
/// Sheets of more rows than this go to disk as they are written.
const STREAMED_FROM: usize = 100_000;

/// Writes the workbook. 写出工作簿
///
/// # Errors
/// When the file cannot be written.
pub fn write(
    path: &Path,
    rated: &Rated,
    manifest: &Manifest,
    previous: Option<&Previous>,
    money: Option<usize>,
    lang: Lang,
) -> Result<(), AppError> {
    let book = Book {
        rated,
        manifest,
        previous,
        money,
        lang,
    };
    let sheets = vec![
        summary::sheet(&book),
        grades::sheet(&book),
        lines::sheet(&book),
        policy::sheet(&book),
    ];
    let document = &rated.main.level.document;
    let title = format!("{} {} {}", document.name.get(lang), document.version, manifest.as_of);
    workbook::write(path, Workbook { title, sheets }).map_err(|error| AppError::Failed(error.message()))
}

/// What all sheets look at.
struct Book<'a> {
    rated: &'a Rated,
    manifest: &'a Manifest,
    previous: Option<&'a Previous>,
    money: Option<usize>,
    lang: Lang,
}

impl<'a> Book<'a> {
    fn layer(&self) -> &'a Layer {
        &self.rated.main
    }

    fn word(&self, code: &'static str) -> String {
        pinji_locale::word(self.lang, code)
    }

    fn say(&self, message: &Message) -> String {
        pinji_locale::say(self.lang, message)
    }

    fn headings(&self, codes: &[&'static str]) -> Vec<Cell<'static>> {
        codes.iter().map(|code| heading(self.word(code))).collect()
    }

    /// Grades by rank in their colours.
    fn paint(&self, column: u16, from_row: u32) -> Paint {
        let grades = &self.layer().level.document.grades;
        let rule = |(rank, grade): (usize, &pinji_policy::document::Grade)| {
            let paint = pinji_charts::grade_paint(rank, grades.len());
            (
                grade.name.get(self.lang).to_owned(),
                colour(&paint.fill),
                colour(paint.text),
            )
        };
        Paint {
            column,
            from_row,
            rules: grades.iter().enumerate().map(rule).collect(),
        }
    }

    /// A sheet that only says why it is empty.
    fn left_out(&self, name: String, message: &Message) -> Sheet<'a> {
        let mut sheet = Sheet::new(name, vec![vec![Cell::text(self.say(message))]]);
        sheet.widths = vec![100.0];
        sheet
    }
}

fn heading(text: impl Into<String>) -> Cell<'static> {
    Cell::text(text.into()).styled(Style::heading())
}

fn whole(count: u64) -> Cell<'static> {
    Cell::number(count as f64).styled(Style::shown(Shown::Whole))
}

fn share(part: u64, whole: u64) -> Cell<'static> {
    if whole == 0 {
        Cell::empty()
    } else {
        Cell::number(part as f64 / whole as f64).styled(Style::shown(Shown::Percent(1)))
    }
}

/// A figure in a unit: ratios as percentages, everything else with its decimals.
fn figure(unit: &Unit, units: i64, decimals: u8) -> Cell<'static> {
    let cell = Cell::units(units, decimals);
    match unit {
        Unit::Ratio => cell.styled(Style::shown(Shown::Percent(decimals.saturating_sub(2)))),
        _ => cell,
    }
}

/// `#0072B2` as a number.
fn colour(hex: &str) -> u32 {
    u32::from_str_radix(hex.trim_start_matches('#'), 16).unwrap_or(0)
}

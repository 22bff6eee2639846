//! Putting workbooks into files. 写出

use std::collections::HashMap;
use std::path::Path;

use pinji_domain::{Date, Message};
use rust_xlsxwriter::{
    Color, ConditionalFormatCell, ConditionalFormatCellRule, DataValidation, DocProperties, ExcelDateTime, Format,
    Formula, Note, Workbook as NativeWorkbook, Worksheet, XlsxError,
};

use super::chart::native;
use super::{Cell, Choices, DropDown, MAX_ROWS, MAX_TEXT, Sheet, Shown, Style, Value, Workbook};
use crate::error::DataError;

/// Writes a workbook to a file. 写出工作簿
///
/// # Errors
/// Where the file cannot be written, or a sheet has more rows than Excel takes.
pub fn write(path: &Path, workbook: Workbook<'_>) -> Result<(), DataError> {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    build(&name, workbook)?.save(path).map_err(|error| failed(&name, error))
}

/// The bytes of a workbook. 工作簿字节
///
/// # Errors
/// As [`write()`].
pub fn bytes(workbook: Workbook<'_>) -> Result<Vec<u8>, DataError> {
    let name = workbook.title.clone();
    build(&name, workbook)?
        .save_to_buffer()
        .map_err(|error| failed(&name, error))
}

fn failed(name: &str, error: XlsxError) -> DataError {
    match error {
        XlsxError::IoError(source) => DataError::io(name, source),
        other => DataError::damaged(name, other),
    }
}

fn build(file: &str, workbook: Workbook<'_>) -> Result<NativeWorkbook, DataError> {
    let fail = |error| failed(file, error);
    let mut out = NativeWorkbook::new();
    // A fixed day: the file says what was graded, not when it was printed.
    let created = ExcelDateTime::from_ymd(2026, 1, 1).map_err(fail)?;
    out.set_properties(
        &DocProperties::new()
            .set_title(&workbook.title)
            .set_author("Pinji")
            .set_creation_datetime(&created),
    );
    let names = valid_names(workbook.sheets.iter().map(|sheet| sheet.name.as_str()));
    let by_given: HashMap<String, String> = workbook
        .sheets
        .iter()
        .map(|sheet| sheet.name.clone())
        .zip(names.iter().cloned())
        .collect();
    let mut formats = Formats::default();
    for (sheet, name) in workbook.sheets.into_iter().zip(&names) {
        let target = if sheet.streamed {
            out.add_worksheet_with_constant_memory().map_err(fail)?
        } else {
            out.add_worksheet()
        };
        target.set_name(name).map_err(fail)?;
        fill(file, target, sheet, &mut formats, &by_given)?;
    }
    Ok(out)
}

/// Formats by style, made once.
#[derive(Default)]
struct Formats(HashMap<Style, Format>);

impl Formats {
    fn of(&mut self, style: Style) -> &Format {
        self.0.entry(style).or_insert_with(|| style.format())
    }
}

fn fill(
    file: &str,
    target: &mut Worksheet,
    sheet: Sheet<'_>,
    formats: &mut Formats,
    names: &HashMap<String, String>,
) -> Result<(), DataError> {
    let fail = |error| failed(file, error);
    for (column, width) in sheet.widths.iter().enumerate() {
        target.set_column_width(column as u16, *width).map_err(fail)?;
    }
    for (column, style) in sheet.columns.iter().enumerate() {
        target
            .set_column_format(column as u16, formats.of(*style))
            .map_err(fail)?;
    }
    let heights: HashMap<u32, f64> = sheet.heights.iter().copied().collect();
    let mut next = 0_u32;
    let mut widest = 0_usize;
    for row in sheet.rows {
        if next >= MAX_ROWS {
            let message = Message::new("data-workbook-too-many-rows").with("sheet", sheet.name.as_str());
            return Err(DataError::refused(file, message));
        }
        // In a streamed sheet a row's height must be set before the next row begins.
        if let Some(height) = heights.get(&next) {
            target.set_row_height(next, *height).map_err(fail)?;
        }
        widest = widest.max(row.len());
        for (column, cell) in row.iter().enumerate() {
            put(target, next, column as u16, cell, formats).map_err(fail)?;
        }
        next += 1;
    }
    let last_row = next.saturating_sub(1);
    for merged in &sheet.merged {
        let (first_row, first_column, last, last_column) = merged.range;
        let text = shortened(&merged.text);
        target
            .merge_range(
                first_row,
                first_column,
                last,
                last_column,
                &text,
                formats.of(merged.style),
            )
            .map_err(fail)?;
    }
    let (rows, columns) = sheet.frozen;
    if rows > 0 || columns > 0 {
        target.set_freeze_panes(rows, columns).map_err(fail)?;
    }
    if let Some((row, columns)) = sheet.filter.filter(|(row, columns)| *columns > 0 && *row < next) {
        target
            .autofilter(row, 0, last_row.max(row), columns - 1)
            .map_err(fail)?;
    }
    for paint in sheet.paints.iter().filter(|paint| paint.from_row <= last_row) {
        for (text, fill, colour) in &paint.rules {
            let format = Format::new()
                .set_background_color(Color::RGB(*fill))
                .set_font_color(Color::RGB(*colour));
            let rule = ConditionalFormatCell::new()
                .set_rule(ConditionalFormatCellRule::EqualTo(format!(
                    "\"{}\"",
                    text.replace('"', "\"\"")
                )))
                .set_format(format);
            target
                .add_conditional_format(paint.from_row, paint.column, last_row, paint.column, &rule)
                .map_err(fail)?;
        }
    }
    for list in &sheet.lists {
        let (first, last) = list.rows;
        let rule = rule(list, names).map_err(fail)?;
        target
            .add_data_validation(first, list.column, last, list.column, &rule)
            .map_err(fail)?;
    }
    if sheet.hidden {
        target.set_hidden(true);
    }
    for (row, column, text) in &sheet.notes {
        target.insert_note(*row, *column, &note(text)).map_err(fail)?;
    }
    for chart in &sheet.charts {
        let (row, column) = chart.at;
        target.insert_chart(row, column, &native(chart, names)).map_err(fail)?;
    }
    if sheet.landscape {
        target.set_landscape();
    }
    target.set_paper_size(9).set_print_fit_to_pages(1, 0);
    if let Some(columns) = sheet.printed.filter(|columns| *columns > 0) {
        target.set_print_area(0, 0, last_row, columns - 1).map_err(fail)?;
    }
    if let Some((row, _)) = sheet.filter {
        target.set_repeat_rows(row, row).map_err(fail)?;
    }
    Ok(())
}

/// A list as Excel knows it.
fn rule(list: &DropDown, names: &HashMap<String, String>) -> Result<DataValidation, XlsxError> {
    let rule = match &list.choices {
        Choices::Words(words) => DataValidation::new().allow_list_strings(words)?,
        Choices::Cells {
            sheet,
            column,
            last_row,
        } => {
            let sheet = names.get(sheet).unwrap_or(sheet).replace('\'', "''");
            let letter = crate::bad::column_letter(u32::from(*column));
            let cells = format!("='{sheet}'!${letter}$1:${letter}${}", last_row + 1);
            DataValidation::new().allow_list_formula(Formula::new(cells))
        }
    };
    let title: String = list.title.chars().take(32).collect();
    rule.set_input_title(title.clone())?
        .set_input_message(list.prompt.clone())?
        .set_error_title(title)?
        .set_error_message(list.error.clone())
}

/// A note that is large enough for its text.
fn note(text: &str) -> Note {
    let lines: usize = text.lines().map(|line| 1 + line.chars().count() / 24).sum();
    let height = u32::try_from(lines).unwrap_or(10).clamp(2, 20) * 20 + 12;
    Note::new(text)
        .set_author("Pinji")
        .add_author_prefix(false)
        .set_width(320)
        .set_height(height)
}

fn put(target: &mut Worksheet, row: u32, column: u16, cell: &Cell<'_>, formats: &mut Formats) -> Result<(), XlsxError> {
    let plain = cell.style == Style::default();
    match &cell.value {
        Value::Empty if plain => {}
        Value::Empty => {
            target.write_blank(row, column, formats.of(cell.style))?;
        }
        Value::Text(text) if plain => {
            target.write_string(row, column, shortened(text))?;
        }
        Value::Text(text) => {
            target.write_string_with_format(row, column, shortened(text), formats.of(cell.style))?;
        }
        Value::Number(number) if !number.is_finite() => {}
        Value::Number(number) if plain => {
            target.write_number(row, column, *number)?;
        }
        Value::Number(number) => {
            target.write_number_with_format(row, column, *number, formats.of(cell.style))?;
        }
        Value::Flag(flag) => {
            target.write_boolean_with_format(row, column, *flag, formats.of(cell.style))?;
        }
        Value::Date(date) => match serial(*date) {
            Some(serial) => {
                let style = if cell.style.shown == Shown::General {
                    Style {
                        shown: Shown::Date,
                        ..cell.style
                    }
                } else {
                    cell.style
                };
                target.write_number_with_format(row, column, serial, formats.of(style))?;
            }
            // Excel knows no days before 1900-03-01 that everybody agrees on.
            None => {
                target.write_string_with_format(row, column, date.to_string(), formats.of(cell.style))?;
            }
        },
    }
    Ok(())
}

/// Excel's number of a day; `None` before 1 March 1900, where Excel counts a day that never was.
fn serial(date: Date) -> Option<f64> {
    const LAST: i32 = 2_958_465;
    let serial = pinji_domain::date::to_days(date).checked_add(25_569)?;
    (61..=LAST).contains(&serial).then(|| f64::from(serial))
}

fn shortened(text: &str) -> String {
    if text.len() <= MAX_TEXT || text.chars().count() <= MAX_TEXT {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(MAX_TEXT - 1).collect();
    short.push('…');
    short
}

/// Names as Excel takes them: 1 to 31 characters, none of `[]:*?/\`, no apostrophe at the ends, none twice.
pub(crate) fn valid_names<'n>(given: impl Iterator<Item = &'n str>) -> Vec<String> {
    const LONGEST: usize = 31;
    let mut names: Vec<String> = Vec::new();
    for name in given {
        let clean: String = name
            .chars()
            .map(|character| {
                if "[]:*?/\\".contains(character) || character.is_control() {
                    ' '
                } else {
                    character
                }
            })
            .collect();
        let clean = clean.trim_matches(['\'', ' ']);
        let clean = if clean.is_empty() { "Sheet" } else { clean };
        let mut unique: String = clean.chars().take(LONGEST).collect();
        let mut count = 2;
        while names.iter().any(|other| other.to_lowercase() == unique.to_lowercase()) {
            let suffix = format!(" {count}");
            unique = clean.chars().take(LONGEST - suffix.len()).collect::<String>() + &suffix;
            count += 1;
        }
        names.push(unique);
    }
    names
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn sheet_names_are_made_valid() {
        let given = ["汇总", "a/b", "a b", "", "'x'", &"很".repeat(40), &"很".repeat(40)];
        let names = valid_names(given.into_iter());
        assert_eq!(names[..5], ["汇总", "a b", "a b 2", "Sheet", "x"]);
        assert_eq!(names[5].chars().count(), 31);
        assert!(names[6].ends_with(" 2") && names[6].chars().count() == 31);
    }

    #[test]
    fn days_have_the_numbers_of_excel() {
        let day = |text: &str| pinji_domain::date::parse(text).unwrap();
        assert_eq!(serial(day("2025-03-31")), Some(45_747.0));
        assert_eq!(serial(day("1900-03-01")), Some(61.0));
        assert_eq!(serial(day("1900-02-28")), None);
    }
}

//! Workbooks that Pinji writes: typed cells, native charts, the same bytes every time. 工作簿写出
//!
//! A text is a text: nothing that it says makes it a formula, a link or a number. Nothing in the file depends on the
//! clock, the machine or the order of hash maps.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use pinji_domain::{Date, Decimal, Message, number};
use rust_xlsxwriter::{
    Chart as NativeChart, ChartDataLabel, ChartFont, ChartFormat, ChartLine, ChartPoint, ChartSolidFill, ChartType, Color,
    ConditionalFormatCell, ConditionalFormatCellRule, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder,
    Note, Workbook as NativeWorkbook, Worksheet, XlsxError,
};

use crate::error::DataError;

/// The most rows that a sheet can have, headings included.
pub const MAX_ROWS: u32 = 1_048_576;
/// The most characters that a cell can hold.
const MAX_TEXT: usize = 32_767;

/// A workbook to be written. 工作簿
#[derive(Default)]
pub struct Workbook<'a> {
    /// The title in the file's properties.
    pub title: String,
    /// The sheets in order. Names are made unique and valid.
    pub sheets: Vec<Sheet<'a>>,
}

/// A row of cells, from the first column on.
pub type Row<'a> = Vec<Cell<'a>>;

/// A sheet to be written. 工作表
///
/// Rows are taken one after the other and written as they come, so a sheet of a million rows costs no memory when
/// `streamed`; charts over its cells then have no cached figures (Excel and LibreOffice draw them all the same).
pub struct Sheet<'a> {
    /// Its name, at most 31 characters.
    pub name: String,
    /// Widths of the first columns, in characters.
    pub widths: Vec<f64>,
    /// Heights of single rows in points, by the row from 0.
    pub heights: Vec<(u32, f64)>,
    /// How many rows and columns stay in sight.
    pub frozen: (u32, u16),
    /// The row of headings (from 0) and the number of columns that get filter arrows, down to the last row.
    pub filter: Option<(u32, u16)>,
    /// Columns whose cells are painted by what they say, such as grades.
    pub paints: Vec<Paint>,
    /// Ranges that are merged into one cell; what stands in the first cell is shown.
    pub merged: Vec<Merged<'a>>,
    /// Charts.
    pub charts: Vec<Chart>,
    /// Notes on cells: row, column, text.
    pub notes: Vec<(u32, u16, String)>,
    /// Whether the page is printed across.
    pub landscape: bool,
    /// Whether rows go to disk as they come.
    pub streamed: bool,
    /// The rows.
    pub rows: Box<dyn Iterator<Item = Row<'a>> + 'a>,
}

impl<'a> Sheet<'a> {
    /// A sheet with these rows and nothing else yet.
    pub fn new(name: impl Into<String>, rows: impl IntoIterator<Item = Row<'a>, IntoIter: 'a>) -> Self {
        Sheet {
            name: name.into(),
            widths: Vec::new(),
            heights: Vec::new(),
            frozen: (0, 0),
            filter: None,
            paints: Vec::new(),
            merged: Vec::new(),
            charts: Vec::new(),
            notes: Vec::new(),
            landscape: false,
            streamed: false,
            rows: Box::new(rows.into_iter()),
        }
    }
}

/// A cell: what it holds and how it looks. 单元格
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cell<'a> {
    /// What it holds.
    pub value: Value<'a>,
    /// How it looks.
    pub style: Style,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value<'a> {
    /// Nothing.
    #[default]
    Empty,
    /// Text, never anything else.
    Text(Cow<'a, str>),
    /// A double. NaN and infinities are left empty.
    Number(f64),
    /// A calendar day.
    Date(Date),
    /// A truth value.
    Flag(bool),
}

impl<'a> Cell<'a> {
    /// A cell that looks as `style` says.
    #[must_use]
    pub fn styled(mut self, style: Style) -> Self {
        self.style = style;
        self
    }

    /// An empty cell.
    pub fn empty() -> Self {
        Cell::default()
    }

    /// A text.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Cell { value: Value::Text(text.into()), style: Style::default() }
    }

    /// A double, shown as it is.
    pub fn number(number: f64) -> Self {
        Cell { value: Value::Number(number), style: Style::default() }
    }

    /// An exact number (a count of 10^-scale), shown with all its decimals and thousands separators.
    pub fn units(units: i64, scale: u8) -> Self {
        Cell { value: Value::Number(number::to_f64(units, scale)), style: Style::shown(Shown::Decimals(scale)) }
    }

    /// A calendar day, shown as YYYY-MM-DD.
    pub fn date(date: Date) -> Self {
        Cell { value: Value::Date(date), style: Style::shown(Shown::Date) }
    }

    /// A truth value.
    pub fn flag(flag: bool) -> Self {
        Cell { value: Value::Flag(flag), style: Style::default() }
    }
}

impl From<Decimal> for Cell<'_> {
    fn from(decimal: Decimal) -> Self {
        Cell::units(decimal.units, decimal.scale)
    }
}

/// How a cell looks. 样式
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Style {
    /// How its number is shown.
    pub shown: Shown,
    /// Bold.
    pub bold: bool,
    /// Lines break at the cell's edge.
    pub wrap: bool,
    /// Where it stands; numbers right and texts left by themselves.
    pub align: Align,
    /// The fill, as 0xRRGGBB.
    pub fill: Option<u32>,
    /// The colour of the text, as 0xRRGGBB.
    pub colour: Option<u32>,
    /// The size in points; 11 otherwise.
    pub size: Option<u8>,
    /// A thin line below.
    pub line: bool,
}

impl Style {
    /// Nothing but how the number is shown.
    pub const fn shown(shown: Shown) -> Self {
        Style { shown, bold: false, wrap: false, align: Align::Natural, fill: None, colour: None, size: None, line: false }
    }

    /// A column heading: bold on light grey, wrapped, with a line below.
    pub const fn heading() -> Self {
        Style {
            shown: Shown::General,
            bold: true,
            wrap: true,
            align: Align::Centre,
            fill: Some(0xEE_F1_F4),
            colour: Some(0x1F_23_29),
            size: None,
            line: true,
        }
    }

    /// The title of a sheet.
    pub const fn title() -> Self {
        Style { bold: true, size: Some(16), ..Style::shown(Shown::General) }
    }

    /// Remarks: small and grey.
    pub const fn remark() -> Self {
        Style { colour: Some(0x64_6A_73), size: Some(9), ..Style::shown(Shown::General) }
    }

    fn format(self) -> Format {
        let mut format = match self.shown {
            Shown::General => Format::new(),
            Shown::Whole => Format::new().set_num_format("#,##0"),
            Shown::Decimals(0) => Format::new().set_num_format("#,##0"),
            Shown::Decimals(decimals) => {
                Format::new().set_num_format(format!("#,##0.{}", "0".repeat(usize::from(decimals))))
            }
            Shown::Percent(0) => Format::new().set_num_format("0%"),
            Shown::Percent(decimals) => Format::new().set_num_format(format!("0.{}%", "0".repeat(usize::from(decimals)))),
            Shown::Date => Format::new().set_num_format("yyyy-mm-dd"),
            Shown::Text => Format::new().set_num_format("@"),
        };
        if self.bold {
            format = format.set_bold();
        }
        if self.wrap {
            format = format.set_text_wrap();
        }
        format = match self.align {
            Align::Natural => format,
            Align::Left => format.set_align(FormatAlign::Left),
            Align::Centre => format.set_align(FormatAlign::Center),
            Align::Right => format.set_align(FormatAlign::Right),
        };
        format = format.set_align(FormatAlign::VerticalCenter);
        if let Some(fill) = self.fill {
            format = format.set_background_color(Color::RGB(fill));
        }
        if let Some(colour) = self.colour {
            format = format.set_font_color(Color::RGB(colour));
        }
        if let Some(size) = self.size {
            format = format.set_font_size(size);
        }
        if self.line {
            format = format.set_border_bottom(FormatBorder::Thin).set_border_bottom_color(Color::RGB(0x8F_95_9E));
        }
        format
    }
}

/// How a number is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Shown {
    /// As Excel likes.
    #[default]
    General,
    /// Whole, with thousands separators.
    Whole,
    /// With so many decimals and thousands separators.
    Decimals(u8),
    /// As a percentage with so many decimals.
    Percent(u8),
    /// As YYYY-MM-DD.
    Date,
    /// As text.
    Text,
}

/// Where a cell's content stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Align {
    /// Numbers right, texts left.
    #[default]
    Natural,
    /// Left.
    Left,
    /// In the middle.
    Centre,
    /// Right.
    Right,
}

/// Colours for cells of a column by what they say. 按内容着色
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paint {
    /// The column.
    pub column: u16,
    /// The first row that may be painted; the last is the sheet's last.
    pub from_row: u32,
    /// Text, fill and colour of the letters (0xRRGGBB), for instance by the rank of grades.
    pub rules: Vec<(String, u32, u32)>,
}

/// Cells that are one. 合并单元格
#[derive(Debug, Clone, PartialEq)]
pub struct Merged<'a> {
    /// First row, first column, last row, last column.
    pub range: (u32, u16, u32, u16),
    /// What it says; only texts.
    pub text: Cow<'a, str>,
    /// How it looks.
    pub style: Style,
}

/// Cells of some sheet, for a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// The sheet's name as given.
    pub sheet: String,
    /// The first row, from 0.
    pub first_row: u32,
    /// The first column, from 0.
    pub first_column: u16,
    /// The last row.
    pub last_row: u32,
    /// The last column.
    pub last_column: u16,
}

/// The kind of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartKind {
    /// Upright bars. 柱形图
    Column,
    /// Upright bars on top of each other.
    StackedColumn,
    /// Lying bars, the first on top. 条形图
    Bar,
    /// Lying bars end to end.
    StackedBar,
    /// A line. 折线图
    Line,
}

/// A native chart. 图表
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Its kind.
    pub kind: ChartKind,
    /// Its title: the conclusion.
    pub title: String,
    /// What it says in words, for who cannot see it.
    pub description: String,
    /// The series.
    pub series: Vec<Series>,
    /// What the categories are.
    pub category_axis: String,
    /// What the values are.
    pub value_axis: String,
    /// The cell of its upper left corner: row, column.
    pub at: (u32, u16),
    /// Width and height in pixels.
    pub size: (u32, u32),
}

/// One series of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// The cells of its categories.
    pub categories: Range,
    /// The cells of its values.
    pub values: Range,
    /// Colours (0xRRGGBB): one for the whole series, or one for each point.
    pub colours: Vec<u32>,
    /// Whether the values stand at the bars.
    pub labelled: bool,
}

/// Writes a workbook to a file. 写出工作簿
///
/// # Errors
/// Where the file cannot be written, or a sheet has more rows than Excel takes.
pub fn write(path: &Path, workbook: Workbook<'_>) -> Result<(), DataError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    build(&name, workbook)?.save(path).map_err(|error| failed(&name, error))
}

/// The bytes of a workbook. 工作簿字节
///
/// # Errors
/// As [`write()`].
pub fn bytes(workbook: Workbook<'_>) -> Result<Vec<u8>, DataError> {
    let name = workbook.title.clone();
    build(&name, workbook)?.save_to_buffer().map_err(|error| failed(&name, error))
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
    out.set_properties(&DocProperties::new().set_title(&workbook.title).set_author("Pinji").set_creation_datetime(&created));
    let names = valid_names(workbook.sheets.iter().map(|sheet| sheet.name.as_str()));
    let by_given: HashMap<String, String> =
        workbook.sheets.iter().map(|sheet| sheet.name.clone()).zip(names.iter().cloned()).collect();
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
    let mut next = 0_u32;
    let mut widest = 0_usize;
    for row in sheet.rows {
        if next >= MAX_ROWS {
            let message = Message::new("data-workbook-too-many-rows").with("sheet", sheet.name.as_str());
            return Err(DataError::refused(file, message));
        }
        // In a streamed sheet a row's height must be set before the next row begins.
        if let Some((_, height)) = sheet.heights.iter().find(|(at, _)| *at == next) {
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
        target.merge_range(first_row, first_column, last, last_column, &text, formats.of(merged.style)).map_err(fail)?;
    }
    let (rows, columns) = sheet.frozen;
    if rows > 0 || columns > 0 {
        target.set_freeze_panes(rows, columns).map_err(fail)?;
    }
    if let Some((row, columns)) = sheet.filter.filter(|(row, columns)| *columns > 0 && *row < next) {
        target.autofilter(row, 0, last_row.max(row), columns - 1).map_err(fail)?;
    }
    for paint in sheet.paints.iter().filter(|paint| paint.from_row <= last_row) {
        for (text, fill, colour) in &paint.rules {
            let format = Format::new().set_background_color(Color::RGB(*fill)).set_font_color(Color::RGB(*colour));
            let rule = ConditionalFormatCell::new()
                .set_rule(ConditionalFormatCellRule::EqualTo(format!("\"{}\"", text.replace('"', "\"\""))))
                .set_format(format);
            target
                .add_conditional_format(paint.from_row, paint.column, last_row, paint.column, &rule)
                .map_err(fail)?;
        }
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
    if let Some((row, _)) = sheet.filter {
        target.set_repeat_rows(row, row).map_err(fail)?;
    }
    Ok(())
}

/// A note that is large enough for its text.
fn note(text: &str) -> Note {
    let lines: usize = text.lines().map(|line| 1 + line.chars().count() / 24).sum();
    let height = u32::try_from(lines).unwrap_or(10).clamp(2, 20) * 20 + 12;
    Note::new(text).set_author("Pinji").add_author_prefix(false).set_width(320).set_height(height)
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
                let style = if cell.style.shown == Shown::General { Style { shown: Shown::Date, ..cell.style } } else { cell.style };
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
fn valid_names<'n>(given: impl Iterator<Item = &'n str>) -> Vec<String> {
    const LONGEST: usize = 31;
    let mut names: Vec<String> = Vec::new();
    for name in given {
        let clean: String =
            name.chars().map(|character| if "[]:*?/\\".contains(character) || character.is_control() { ' ' } else { character }).collect();
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

fn native(chart: &Chart, names: &HashMap<String, String>) -> NativeChart {
    let mut out = NativeChart::new(match chart.kind {
        ChartKind::Column => ChartType::Column,
        ChartKind::StackedColumn => ChartType::ColumnStacked,
        ChartKind::Bar => ChartType::Bar,
        ChartKind::StackedBar => ChartType::BarStacked,
        ChartKind::Line => ChartType::Line,
    });
    let muted = || {
        let mut font = ChartFont::new();
        font.set_size(9).set_color(Color::RGB(0x51_56_5D));
        font
    };
    let mut title = ChartFont::new();
    title.set_size(12).set_color(Color::RGB(0x1F_23_29));
    out.title().set_name(chart.title.as_str()).set_font(&title);
    out.set_alt_text(chart.description.as_str()).set_width(chart.size.0).set_height(chart.size.1);
    let mut grid = ChartLine::new();
    grid.set_color(Color::RGB(0xDE_E0_E3)).set_width(0.75);
    out.x_axis().set_font(&muted());
    out.y_axis().set_font(&muted()).set_major_gridlines_line(&grid);
    if !chart.category_axis.is_empty() {
        out.x_axis().set_name(chart.category_axis.as_str()).set_name_font(&muted());
    }
    if !chart.value_axis.is_empty() {
        out.y_axis().set_name(chart.value_axis.as_str()).set_name_font(&muted());
    }
    let lying = matches!(chart.kind, ChartKind::Bar | ChartKind::StackedBar);
    if lying {
        out.x_axis().set_reverse();
    }
    if !matches!(chart.kind, ChartKind::Line) {
        // Bars begin at zero.
        out.y_axis().set_min(0);
    }
    for series in &chart.series {
        let cells = |range: &Range| {
            let sheet = names.get(&range.sheet).cloned().unwrap_or_else(|| range.sheet.clone());
            (sheet, range.first_row, range.first_column, range.last_row, range.last_column)
        };
        let (categories, values) = (cells(&series.categories), cells(&series.values));
        let added = out.add_series();
        added
            .set_name(series.name.as_str())
            .set_categories((categories.0.as_str(), categories.1, categories.2, categories.3, categories.4))
            .set_values((values.0.as_str(), values.1, values.2, values.3, values.4));
        if !matches!(chart.kind, ChartKind::Line) {
            added.set_gap(60);
        }
        match series.colours.as_slice() {
            [] => {}
            [one] => {
                added.set_format(&mut coloured(chart.kind, *one));
            }
            each => {
                let points: Vec<ChartPoint> =
                    each.iter().map(|colour| ChartPoint::new().set_format(&mut coloured(chart.kind, *colour))).collect();
                added.set_points(&points);
            }
        }
        if series.labelled {
            let mut label = ChartDataLabel::new();
            label.show_value().set_font(&muted());
            added.set_data_label(&label);
        }
    }
    if chart.series.len() < 2 {
        out.legend().set_hidden();
    }
    out
}

/// A fill in this colour; the light ones get an outline, so that they stand out from the paper.
fn coloured(kind: ChartKind, colour: u32) -> ChartFormat {
    let mut format = ChartFormat::new();
    if kind == ChartKind::Line {
        let mut line = ChartLine::new();
        line.set_color(Color::RGB(colour)).set_width(2.0);
        format.set_line(&line);
        return format;
    }
    let mut fill = ChartSolidFill::new();
    fill.set_color(Color::RGB(colour));
    format.set_solid_fill(&fill);
    let brightness = (colour >> 16 & 0xFF) * 3 + (colour >> 8 & 0xFF) * 6 + (colour & 0xFF);
    if brightness > 1500 {
        let mut line = ChartLine::new();
        line.set_color(Color::RGB(0x51_56_5D)).set_width(0.75);
        format.set_border(&line);
    }
    format
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

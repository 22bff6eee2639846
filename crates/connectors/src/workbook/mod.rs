//! Workbooks that Pinji writes: typed cells, native charts, the same bytes every time. 工作簿写出
//!
//! A text is a text: nothing that it says makes it a formula, a link or a number. Nothing in the file depends on the
//! clock, the machine or the order of hash maps.

mod chart;
mod style;
mod write;

use std::borrow::Cow;

use pinji_domain::{Date, Decimal, number};

pub use chart::{Chart, ChartKind, Range, Series};
pub use style::{Align, Shown, Style};
pub(crate) use write::valid_names;
pub use write::{bytes, write};

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
    /// How cells of the first columns look that nobody has written yet.
    pub columns: Vec<Style>,
    /// Columns whose cells are chosen from a list.
    pub lists: Vec<DropDown>,
    /// Whether nobody sees it; not for the first sheet.
    pub hidden: bool,
    /// Whether the page is printed across.
    pub landscape: bool,
    /// How many columns are printed; all where nothing is said.
    pub printed: Option<u16>,
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
            columns: Vec::new(),
            lists: Vec::new(),
            hidden: false,
            landscape: false,
            printed: None,
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
        Cell {
            value: Value::Text(text.into()),
            style: Style::default(),
        }
    }

    /// A double, shown as it is.
    pub fn number(number: f64) -> Self {
        Cell {
            value: Value::Number(number),
            style: Style::default(),
        }
    }

    /// An exact number (a count of 10^-scale), shown with all its decimals and thousands separators.
    pub fn units(units: i64, scale: u8) -> Self {
        Cell {
            value: Value::Number(number::to_f64(units, scale)),
            style: Style::shown(Shown::Decimals(scale)),
        }
    }

    /// A calendar day, shown as YYYY-MM-DD.
    pub fn date(date: Date) -> Self {
        Cell {
            value: Value::Date(date),
            style: Style::shown(Shown::Date),
        }
    }

    /// A truth value.
    pub fn flag(flag: bool) -> Self {
        Cell {
            value: Value::Flag(flag),
            style: Style::default(),
        }
    }
}

impl From<Decimal> for Cell<'_> {
    fn from(decimal: Decimal) -> Self {
        Cell::units(decimal.units, decimal.scale)
    }
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

/// Cells of a column that are chosen from a list. 下拉列表
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DropDown {
    /// The column.
    pub column: u16,
    /// The first and the last row.
    pub rows: (u32, u32),
    /// Among what one chooses.
    pub choices: Choices,
    /// The title of what is said about it, at most 32 characters.
    pub title: String,
    /// What is said when the cell is entered, at most 255 characters.
    pub prompt: String,
    /// What is said when something else is typed, at most 255 characters.
    pub error: String,
}

/// Where the words of a list stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choices {
    /// In the rule itself: at most 255 characters together, no commas.
    Words(Vec<String>),
    /// In the first rows of a column of a sheet.
    Cells {
        /// The sheet.
        sheet: String,
        /// The column.
        column: u16,
        /// The last row.
        last_row: u32,
    },
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

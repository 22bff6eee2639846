//! The book as plain tables of typed cells, ready to be written in any form. 样例账册

use pinji_domain::Date;

/// A cell as a spreadsheet would hold it. 单元格
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number as a count of 10^-scale.
    Decimal(i64, u8),
    /// A calendar date.
    Date(Date),
}

impl Cell {
    /// A text cell.
    pub fn text(text: impl Into<String>) -> Cell {
        Cell::Text(text.into())
    }

    /// A date cell from days since 1970-01-01; empty beyond the calendar.
    pub fn day(day: i32) -> Cell {
        pinji_domain::date::from_days(day).map_or(Cell::Empty, Cell::Date)
    }

    /// `是` or `否`.
    pub fn flag(flag: bool) -> Cell {
        Cell::text(if flag { "是" } else { "否" })
    }
}

/// A sheet of the book. 样例表
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleTable {
    /// The record kind; `wide` for the spoilt sheet, which has a row per customer.
    pub kind: &'static str,
    /// What a Chinese workbook would call the sheet or file; it is the kind's name or one of its aliases.
    pub sheet: &'static str,
    /// Headings, some in Chinese with a unit such as `（万元）`, some as a system exports them.
    pub headings: Vec<&'static str>,
    /// Rows of as many cells as there are headings.
    pub rows: Vec<Vec<Cell>>,
}

/// A bad cell that was put into the spoilt sheet on purpose. 预埋错误
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planted {
    /// The row, counted from 0 without the heading.
    pub row: usize,
    /// The column, counted from 0.
    pub column: usize,
    /// What is wrong with it.
    pub what: Fault,
}

/// What is wrong with a planted cell. 错误类别
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// Words where a number belongs. 数字列中的文字
    WordsForNumber,
    /// A letter between the digits, as typing makes them. 数字中混有字母
    LetterInNumber,
    /// The error value of a broken formula. 公式错误值
    FormulaError,
    /// Not a number, or infinite. 非数
    NotFinite,
    /// A figure beyond what can be held exactly. 超出精确范围
    TooLarge,
    /// A fraction where a whole number belongs. 整数列中的小数
    NotWhole,
    /// A credit code whose check character is wrong. 信用代码校验位错误
    WrongCode,
    /// A credit code that is too short. 信用代码位数不足
    ShortCode,
    /// A day that is not in the calendar. 不存在的日期
    NoSuchDay,
    /// Words where a date belongs. 日期列中的文字
    WordsForDate,
    /// A customer's number that stands in another row already. 编号重复
    Duplicate,
    /// A customer without a number. 缺少必填项
    Missing,
}

/// A company's whole book. 样例账册
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book {
    /// One table per record kind.
    pub tables: Vec<SampleTable>,
    /// A sheet as it should not be.
    pub spoilt: SampleTable,
    /// What is wrong in it, by row and column.
    pub planted: Vec<Planted>,
    /// The date as of which the book is complete.
    pub as_of: Date,
    /// A year earlier: the same records give that year's grades too, for what moved since.
    pub history: Date,
}

impl Book {
    /// The table of a kind.
    pub fn table(&self, kind: &str) -> Option<&SampleTable> {
        self.tables.iter().find(|table| table.kind == kind)
    }
}

/// Counts of 10^-2 as money in yuan.
pub(crate) fn fen(fen: i64) -> Cell {
    Cell::Decimal(fen, 2)
}

/// A figure in yuan, in units of ten thousand with two decimals (hundreds of yuan), as statements are kept.
pub(crate) fn wan(hundreds: i64) -> Cell {
    Cell::Decimal(hundreds, 2)
}

/// Yuan as hundreds of yuan.
pub(crate) fn hundreds(yuan: f64) -> i64 {
    (yuan / 100.0).round_ties_even() as i64
}

/// A share as a percentage with this many decimals.
pub(crate) fn percent(share: f64, decimals: u8) -> Cell {
    Cell::Decimal(
        (share * 100.0 * pinji_domain::number::pow10(decimals) as f64).round_ties_even() as i64,
        decimals,
    )
}

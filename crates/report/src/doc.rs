//! A document as blocks, before it is written as HTML or Markdown. 文档结构
//!
//! Chapters make blocks; writers escape. No block holds markup, except pictures, whose writer escapes for itself.

use pinji_charts::Paint;

/// A piece of text within a line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Run {
    /// Words.
    Text(String),
    /// Words that matter less.
    Muted(String),
    /// An id, a formula, a hash.
    Code(String),
    /// A grade: mark, word, colour.
    Chip(Paint, String),
    /// A new line.
    Break,
}

/// A line of text.
pub(crate) type Line = Vec<Run>;

/// One column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) title: String,
    pub(crate) kind: ColumnKind,
}

/// How a column is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnKind {
    /// Words, on the left.
    Words,
    /// Short words that do not break: ids, chips, dates.
    Short,
    /// Figures, on the right.
    Figures,
}

/// A table. Its first column heads the rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Table {
    pub(crate) caption: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Line>>,
}

impl Table {
    pub(crate) fn new(caption: impl Into<String>) -> Table {
        Table {
            caption: caption.into(),
            ..Table::default()
        }
    }

    pub(crate) fn words(mut self, title: impl Into<String>) -> Table {
        self.columns.push(Column {
            title: title.into(),
            kind: ColumnKind::Words,
        });
        self
    }

    pub(crate) fn short(mut self, title: impl Into<String>) -> Table {
        self.columns.push(Column {
            title: title.into(),
            kind: ColumnKind::Short,
        });
        self
    }

    pub(crate) fn figures(mut self, title: impl Into<String>) -> Table {
        self.columns.push(Column {
            title: title.into(),
            kind: ColumnKind::Figures,
        });
        self
    }
}

/// A number with what it counts, for the head of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tile {
    pub(crate) label: String,
    pub(crate) figure: String,
    pub(crate) note: String,
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Block {
    /// A heading, level 1 to 4; the id is for links and unique within the language.
    Heading(u8, String, Line),
    /// A paragraph.
    Paragraph(Line),
    /// A list without order.
    List(Vec<Line>),
    /// Names and what they are.
    Facts(Vec<(String, Line)>),
    /// A table.
    Table(Table),
    /// A picture (finished SVG) with the table of its numbers beside it.
    Picture(String, Table),
    /// Large figures side by side.
    Tiles(Vec<Tile>),
    /// Links to headings: id and words.
    Contents(Vec<(String, String)>),
}

/// Words as a line.
pub(crate) fn text(words: impl Into<String>) -> Line {
    vec![Run::Text(words.into())]
}

/// An id or a formula as a line; empty where there is none.
pub(crate) fn code(words: impl Into<String>) -> Line {
    let words = words.into();
    if words.is_empty() {
        Vec::new()
    } else {
        vec![Run::Code(words)]
    }
}

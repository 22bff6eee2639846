//! What a file claims to be, and whether it is that. 文件格式

use pinji_domain::Message;

use crate::error::DataError;
use crate::input::Nature;

/// What a file claims to be by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Workbook,
    Parquet,
    Text { gzip: bool },
}

impl Shape {
    pub(crate) fn of(name: &str) -> Option<Shape> {
        let lower = name.to_lowercase();
        let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| lower.ends_with(suffix));
        if ends(&[".xlsx", ".xlsm", ".xls", ".ods"]) {
            Some(Shape::Workbook)
        } else if ends(&[".parquet", ".pq"]) {
            Some(Shape::Parquet)
        } else if ends(&[".csv.gz", ".tsv.gz", ".txt.gz"]) {
            Some(Shape::Text { gzip: true })
        } else if ends(&[".csv", ".tsv", ".txt"]) {
            Some(Shape::Text { gzip: false })
        } else {
            None
        }
    }

    /// Holds that the file is what its name says.
    pub(crate) fn agrees(self, nature: Nature, name: &str) -> Result<(), DataError> {
        let fits = match self {
            Shape::Workbook => nature == Nature::Zip,
            Shape::Parquet => nature == Nature::Parquet,
            Shape::Text { gzip: true } => nature == Nature::Gzip,
            Shape::Text { gzip: false } => nature == Nature::Other,
        };
        if fits {
            return Ok(());
        }
        let code = match nature {
            Nature::Empty => "data-empty-file",
            Nature::Compound => "data-old-or-locked-workbook",
            Nature::Program => "data-is-program",
            Nature::Zip => "data-is-zip",
            Nature::Gzip => "data-is-gzip",
            Nature::Parquet => "data-is-parquet",
            Nature::Pdf | Nature::Image => "data-is-picture",
            Nature::Other => match self {
                Shape::Workbook => "data-is-not-workbook",
                Shape::Parquet => "data-is-not-parquet",
                Shape::Text { .. } => "data-is-not-gzip",
            },
        };
        Err(DataError::refused(name, Message::new(code)))
    }
}

//! Rows that were left out because of bad cells: whom they are about, and why. 略去的行

use std::path::Path;

use pinji_connectors::BadCell;
use pinji_domain::{Lang, Message, Text};
use serde::{Deserialize, Serialize};

use crate::error::AppError;
use crate::manifest::Manifest;

/// The file of a run that keeps them, for `explain`; rows that name nobody are only counted.
pub const FILE: &str = "left_out.json";

/// A row that was left out. 略去的行
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftRow {
    /// The file.
    pub file: String,
    /// The sheet, in a workbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The row as Excel shows it.
    pub row: u64,
    /// Whom it is about; empty where it does not say.
    pub id: String,
    /// Its bad cells.
    pub cells: Vec<LeftCell>,
}

/// A bad cell of such a row. 问题单元格
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftCell {
    /// Its address, for instance `C12`.
    pub cell: String,
    /// The heading of its column.
    pub heading: String,
    /// What it says.
    pub says: String,
    /// What was expected, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

impl LeftRow {
    /// Where it stands and what is wrong with it, in a sentence.
    pub fn message(&self, lang: Lang) -> Message {
        let cell = |cell: &LeftCell| {
            let why = Text::new(cell.zh.clone(), cell.en.clone());
            let message = Message::new("app-left-cell")
                .with("cell", cell.cell.as_str())
                .with("heading", cell.heading.as_str())
                .with("says", cell.says.as_str())
                .with("why", why.get(lang).trim_end_matches(['.', '。']).to_owned());
            pinji_locale::say(lang, &message)
        };
        let cells: Vec<String> = self.cells.iter().map(cell).collect();
        let file = match &self.sheet {
            Some(sheet) => format!("{}[{sheet}]", self.file),
            None => self.file.clone(),
        };
        Message::new("app-left-row")
            .with("file", file)
            .with("row", self.row.to_string())
            .with("cells", cells.join(&pinji_locale::word(lang, "app-separator")))
    }
}

/// The rows of bad cells, in the order of the files.
pub fn rows(bad: &[BadCell]) -> Vec<LeftRow> {
    let mut rows: Vec<LeftRow> = Vec::new();
    for bad in bad {
        let cell = LeftCell {
            cell: bad.address(),
            heading: bad.heading.clone(),
            says: bad.says.clone(),
            zh: pinji_locale::say(Lang::Zh, &bad.message),
            en: pinji_locale::say(Lang::En, &bad.message),
        };
        match rows.last_mut() {
            Some(last) if (last.row, &last.file, &last.sheet) == (bad.row, &bad.file, &bad.sheet) => {
                last.cells.push(cell);
            }
            _ => rows.push(LeftRow {
                file: bad.file.clone(),
                sheet: bad.sheet.clone(),
                row: bad.row,
                id: bad.subject.clone(),
                cells: vec![cell],
            }),
        }
    }
    rows
}

/// The file's text: a row to a line. Nothing where no row names anybody.
pub fn text(rows: &[LeftRow]) -> Option<String> {
    let named = rows.iter().filter(|row| !row.id.is_empty());
    // Texts and numbers alone: nothing in it that JSON could not hold.
    let lines: Vec<String> = named
        .map(|row| serde_json::to_string(row).unwrap_or_default())
        .collect();
    (!lines.is_empty()).then(|| format!("[\n{}\n]\n", lines.join(",\n")))
}

/// Reads those of a run; none where it left none out.
///
/// # Errors
/// When the file cannot be read.
pub fn of_run(run: &Path, manifest: &Manifest) -> Result<Vec<LeftRow>, AppError> {
    if !manifest.outputs.iter().any(|output| output.file == FILE) {
        return Ok(Vec::new());
    }
    let path = run.join(FILE);
    let text = std::fs::read_to_string(&path).map_err(|why| AppError::io("app-cannot-read", &path, why))?;
    serde_json::from_str(&text).map_err(|why| AppError::io("app-run-json-broken", &path, why))
}

/// Those that are about a customer. 某客户被略去的行
pub fn about<'r>(rows: &'r [LeftRow], customer: &str) -> Vec<&'r LeftRow> {
    let wanted = customer.trim();
    rows.iter()
        .filter(|row| row.id == wanted && !wanted.is_empty())
        .collect()
}

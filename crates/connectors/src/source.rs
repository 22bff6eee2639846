//! One file, whatever its format: its sheets, their first rows, and their tables. 数据源

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use encoding_rs::UTF_8;
use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use pinji_domain::{FieldType, Kind, Lang, Message};

use crate::bad::listed;
use crate::book::Book;
use crate::choose::{HEAD_ROWS, SheetHead};
use crate::columnar::{self, ParquetFile};
use crate::error::DataError;
use crate::fold;
use crate::input::{self, InputFile};
use crate::keys::Keys;
use crate::limits::Limits;
use crate::load::{self, BadList, Loader, Loose, Visit};
use crate::mapping::Mapping;
use crate::open::OpenOptions;
use crate::plan::{self, Names, Plan};
use crate::spill::Rest;
use crate::table::{Content, Table};
use crate::template::{self, Stamp, is_example};
use crate::text::TextFile;

/// A file that can be read.
pub(crate) enum Source {
    Text(TextFile),
    Book(Box<Book>),
    Parquet {
        path: PathBuf,
        name: String,
        footer: ArrowReaderMetadata,
    },
}

/// What came of loading a table.
pub(crate) struct Outcome {
    pub table: Table,
    pub bad: BadList,
    pub left_out: usize,
    pub keys: Keys,
    pub notes: Vec<Message>,
    pub maps_used: Vec<usize>,
}

impl Source {
    pub(crate) fn text(path: &Path, name: &str, gzip: bool, limits: &Limits) -> Result<Source, DataError> {
        Ok(Source::Text(TextFile::probe(path, name, gzip, limits)?))
    }

    pub(crate) fn workbook(path: &Path, name: &str, limits: &Limits) -> Result<Source, DataError> {
        Ok(Source::Book(Box::new(Book::open(path, name, limits)?)))
    }

    pub(crate) fn parquet(path: &Path, name: &str) -> Result<Source, DataError> {
        Ok(Source::Parquet {
            path: path.to_owned(),
            name: name.to_owned(),
            footer: columnar::footer(path, name)?,
        })
    }

    fn name(&self) -> &str {
        match self {
            Source::Text(file) => &file.input.name,
            Source::Book(book) => &book.input.name,
            Source::Parquet { name, .. } => name,
        }
    }

    /// The file's record; a Parquet file is hashed now.
    pub(crate) fn input(&self) -> Result<InputFile, DataError> {
        match self {
            Source::Text(file) => Ok(file.input.clone()),
            Source::Book(book) => Ok(book.input.clone()),
            Source::Parquet { path, name, .. } => input::hash(path, name),
        }
    }

    /// Which template it was made from, where it is a workbook made from one.
    pub(crate) fn stamp(&self) -> Option<&Stamp> {
        match self {
            Source::Book(book) => book.stamp.as_ref(),
            _ => None,
        }
    }

    /// The first rows of every sheet; a file that is no workbook is one sheet without a name.
    pub(crate) fn heads(&self) -> Result<Vec<SheetHead>, DataError> {
        if let Source::Parquet { footer, .. } = self {
            let names = footer
                .schema()
                .fields()
                .iter()
                .map(|column| column.name().clone())
                .collect();
            return Ok(vec![SheetHead {
                name: None,
                kind: None,
                rows: vec![(0, names)],
            }]);
        }
        let names: Vec<Option<String>> = match self {
            Source::Book(book) => book.sheets().iter().cloned().map(Some).collect(),
            _ => vec![None],
        };
        let mut heads = Vec::with_capacity(names.len());
        for (at, name) in names.into_iter().enumerate() {
            let mut rows = Vec::new();
            if self.stamp().is_some() && name.as_deref() == Some(template::STAMP_SHEET) {
                // Nobody's data: to a reader it is as if it were empty.
                heads.push(SheetHead { name, kind: None, rows });
                continue;
            }
            self.each(at, &mut |row, cells| {
                let texts: Vec<String> = (0..cells.width()).map(|column| cells.cell(column).says_all()).collect();
                if texts.iter().any(|text| !text.is_empty()) {
                    rows.push((row, texts));
                }
                Ok(if rows.len() < HEAD_ROWS {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                })
            })?;
            let kind = self
                .stamp()
                .zip(name.as_deref())
                .and_then(|(stamp, sheet)| stamp.kind_of(sheet).map(str::to_owned));
            heads.push(SheetHead { name, kind, rows });
        }
        Ok(heads)
    }

    /// Passes the rows of a sheet on; a Parquet file has none.
    pub(crate) fn each(&self, sheet: usize, visit: Visit<'_>) -> Result<(), DataError> {
        match self {
            Source::Text(file) => file.each(visit),
            Source::Book(book) => book.each(sheet, visit),
            Source::Parquet { .. } => Ok(()),
        }
    }

    /// Reads one sheet as a table of `kind`.
    pub(crate) fn load(
        &self,
        sheet: usize,
        head: &SheetHead,
        kind: Arc<Kind>,
        options: &OpenOptions,
    ) -> Result<Outcome, DataError> {
        let limits = &options.limits;
        let name = self.name();
        let sheet_name = head.name.as_deref();
        // What a template says of its own headings counts after what the reader was told.
        let told = options.maps.len();
        let stamped = self.stamp().map(|stamp| stamp.mappings(&kind)).unwrap_or_default();
        let maps: Vec<Mapping> = options.maps.iter().cloned().chain(stamped).collect();
        let maps = maps.as_slice();
        let names = Names::of(&kind);
        let rows: Vec<Vec<&str>> = head
            .rows
            .iter()
            .map(|(_, row)| row.iter().map(String::as_str).collect())
            .collect();
        let heading_at = plan::heading_row(&rows, &names, maps).map_or(0, |(at, _)| at);
        let (heading_row, headings) = head.rows.get(heading_at).cloned().unwrap_or((1, Vec::new()));
        let mut plan = Plan::new(&kind, &headings, maps);
        plan.maps_used.retain(|place| *place < told);
        if let Some(needs) = &options.needs {
            plan = plan.narrowed(&kind, needs);
        }
        let mut notes = self.notes(sheet_name, &plan);
        let mut bad = BadList::new(limits.bad_cells);
        for problem in &plan.problems {
            bad.push(|| problem.bad_cell(name, sheet_name, heading_row.max(1)));
        }
        if let Source::Parquet { path, footer, .. } = self {
            let (file, problems) = ParquetFile::new(path.clone(), name, footer.clone(), &plan);
            columnar::problems(&problems, name)
                .into_iter()
                .for_each(|cell| bad.push(|| cell));
            let looked = columnar::look_through(&file, &kind, limits)?;
            let left_out = looked.dropped.len();
            notes.extend(loose_notes(name, None, &kind, looked.loose));
            let table = Table::new(kind, name, None, Content::Parquet(file), looked.dropped, &plan);
            let mut found = looked.bad;
            name_subjects(&mut found, &table);
            bad.append(found);
            return Ok(Outcome {
                table,
                bad,
                left_out,
                keys: looked.keys,
                notes,
                maps_used: plan.maps_used,
            });
        }
        let subject = kind
            .position(&kind.subject)
            .and_then(|field| plan.columns.iter().find(|column| column.field == field))
            .map(|column| column.source);
        let mut examples = Vec::new();
        let mut loader = Loader::new(&kind, &plan, name, sheet_name, limits);
        if options.row_numbers {
            loader.remember_numbers();
        }
        match self {
            // An unquoted comma inside a number pushes the cells after it out of step.
            Source::Text(_) => loader.refuse_beyond(headings.len()),
            Source::Book(book) => loader.days_from_1904(book.is_1904()),
            Source::Parquet { .. } => {}
        }
        self.each(sheet, &mut |row, cells| {
            if row > heading_row {
                if subject.is_some_and(|column| is_example(&cells.cell(column))) {
                    examples.push(row);
                } else {
                    loader.row(row, cells)?;
                }
            }
            Ok(ControlFlow::Continue(()))
        })?;
        let loaded = loader.finish()?;
        bad.append(loaded.bad);
        notes.extend(rows_note("data-note-totals", name, sheet_name, &loaded.totals));
        notes.extend(rows_note("data-note-examples", name, sheet_name, &examples));
        notes.extend(loose_notes(name, sheet_name, &kind, loaded.loose));
        let fields = load::stored_fields(&plan);
        let content = match loaded.rest {
            Rest::Memory(batches) => Content::memory(fields, batches),
            Rest::Spilled(path) => Content::Parquet(ParquetFile::spilled(path, name, &fields)?),
        };
        let mut table = Table::new(kind, name, sheet_name, content, Vec::new(), &plan);
        table.remember(loaded.numbers);
        Ok(Outcome {
            table,
            bad,
            left_out: loaded.left_out,
            keys: loaded.keys,
            notes,
            maps_used: plan.maps_used,
        })
    }

    fn notes(&self, sheet_name: Option<&str>, plan: &Plan) -> Vec<Message> {
        let mut notes = Vec::new();
        let place = place(self.name(), sheet_name);
        if !plan.unused.is_empty() {
            notes.push(
                Message::new("data-note-unused-columns")
                    .with("place", place.as_str())
                    .with("headings", plan.unused.join("、")),
            );
        }
        match self {
            Source::Text(file) if file.encoding != UTF_8 => {
                notes.push(
                    Message::new("data-note-encoding")
                        .with("file", file.input.name.as_str())
                        .with("encoding", file.encoding.name()),
                );
            }
            Source::Book(book) if book.hidden_rows() > 0 => {
                let file = book.input.name.as_str();
                notes.push(
                    Message::new("data-note-hidden-rows")
                        .with("file", file)
                        .with("rows", book.hidden_rows()),
                );
            }
            _ => {}
        }
        notes
    }
}

/// A file, and its sheet where it has one, in a few words.
pub(crate) fn place(file: &str, sheet: Option<&str>) -> String {
    match sheet {
        Some(sheet) => format!("{file}[{sheet}]"),
        None => file.to_owned(),
    }
}

/// Says of each bad cell of a Parquet file whom its row is about.
fn name_subjects(bad: &mut BadList, table: &Table) {
    let subject = [table.described().subject.clone()];
    let mut rows: Vec<u64> = bad.cells.iter().map(|cell| cell.row).collect();
    rows.sort_unstable();
    rows.dedup();
    let mut cache = None;
    let named: BTreeMap<u64, String> = rows
        .into_iter()
        .map(|row| (row, table.says(row.saturating_sub(1), &subject, &mut cache)))
        .collect();
    for cell in &mut bad.cells {
        cell.subject = named.get(&cell.row).cloned().unwrap_or_default();
    }
}

/// Choices that are not on their lists, in columns for readers alone.
fn loose_notes(file: &str, sheet: Option<&str>, kind: &Kind, loose: BTreeMap<usize, Loose>) -> Vec<Message> {
    let note = |(field, loose): (usize, Loose)| {
        let field = kind.fields.get(field)?;
        let FieldType::Choice(choices) = &field.ty else {
            return None;
        };
        let lang = if loose.says.iter().any(|says| fold::is_chinese(says)) {
            Lang::Zh
        } else {
            Lang::En
        };
        Some(
            Message::new("data-note-not-listed")
                .with("place", place(file, sheet))
                .with("field", field.label.clone())
                .with("n", loose.cells)
                .with("says", loose.says.join("、"))
                .with("choices", listed(choices).get(lang).to_owned()),
        )
    };
    loose.into_iter().filter_map(note).collect()
}

fn rows_note(code: &'static str, file: &str, sheet: Option<&str>, found: &[u64]) -> Option<Message> {
    const SHOWN: usize = 5;
    if found.is_empty() {
        return None;
    }
    let mut rows: Vec<String> = found.iter().take(SHOWN).map(u64::to_string).collect();
    if found.len() > SHOWN {
        rows.push("…".to_owned());
    }
    Some(
        Message::new(code)
            .with("place", place(file, sheet))
            .with("rows", rows.join(", ")),
    )
}

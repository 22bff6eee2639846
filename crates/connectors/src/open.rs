//! Opening data: one wide file, or a folder of record-kind files. 打开数据

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pinji_domain::{Kind, Kinds, Message};

use crate::bad::BadCell;
use crate::choose::{self, Choice, SheetHead};
use crate::duplicates;
use crate::error::DataError;
use crate::input::{self, InputFile};
use crate::keys::Keys;
use crate::limits::Limits;
use crate::load::BadList;
use crate::mapping::Mapping;
use crate::needs::Needs;
use crate::shape::Shape;
use crate::source::{self, Outcome, Source};
use crate::table::Table;
use crate::template::Stamp;

/// How data are opened. 打开选项
#[derive(Debug, Clone, Default)]
pub struct OpenOptions {
    /// The kind of a wide sheet, one row for each subject: its measures, judged indicators and own fields.
    pub wide: Option<Kind>,
    /// What `--map` says.
    pub maps: Vec<Mapping>,
    /// Which fields are needed; all of them where it does not say.
    pub needs: Option<Needs>,
    /// Rows with bad cells are left out rather than keeping the whole from being used.
    pub skip_bad_rows: bool,
    /// Whether tables remember where in the file each row stood: see [`Table::numbers`].
    pub row_numbers: bool,
    /// Parquet files that belong to the folder and lie elsewhere: they are read there, and it is for the caller to hash them.
    pub also: Vec<Elsewhere>,
    /// Limits against hostile files.
    pub limits: Limits,
}

/// A Parquet file of one record kind that does not lie in the folder that is opened. 别处的文件
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// The record kind.
    pub kind: String,
    /// What the file is called in messages.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
}

/// How the data are laid out. 数据布局
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// One row for each subject, columns are measures. 宽表
    Wide,
    /// Records of several kinds, from which measures are taken. 记录
    Records,
}

/// Data that are open: every cell is checked. 数据集
#[derive(Debug)]
pub struct Dataset {
    /// How they are laid out.
    pub layout: Layout,
    /// The tables, in the order of the files and sheets. Several may be of one kind.
    pub tables: Vec<Table>,
    /// The files that were read.
    pub inputs: Vec<InputFile>,
    /// The templates that workbooks were made from.
    pub templates: Vec<Stamp>,
    /// All bad cells, by file, sheet, row and column.
    pub bad: Vec<BadCell>,
    /// How many bad cells there are; more than are listed where there are very many.
    pub bad_total: usize,
    /// How many rows have bad cells; they are in no table.
    pub left_out: usize,
    /// Files, and sheets of workbooks, that no record kind is named after.
    pub unread: Vec<String>,
    /// What else a reader should know: files and columns that were not read, the encoding that was found.
    pub notes: Vec<Message>,
    skip_bad_rows: bool,
}

impl Dataset {
    /// Whether the tables may be graded: nothing is bad, or the bad rows are to be left out and no table as a whole is bad.
    pub fn usable(&self) -> bool {
        let whole = self.bad.iter().any(|cell| cell.whole_table);
        self.bad.is_empty() || (self.skip_bad_rows && !whole)
    }

    /// The tables of a record kind.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Table> {
        self.tables.iter().filter(move |table| table.kind() == kind)
    }
}

/// Opens a file or a folder. 打开
///
/// Reads .xlsx, .csv (also .tsv, .txt and packed with gzip) and .parquet. In a folder, a file's stem or a sheet's name
/// says which kind of record it holds; a single file is wide where `options.wide` fits its headings better. Bad cells
/// are no error: see [`Dataset::usable`].
///
/// # Errors
/// A path that cannot be read, a file that is refused as a whole, a mapping that fits no field.
pub fn open(path: &Path, kinds: &Kinds, options: &OpenOptions) -> Result<Dataset, DataError> {
    for map in &options.maps {
        map.check(kinds, options.wide.as_ref())?;
    }
    let opening = Opening {
        kinds,
        options,
        notes: Vec::new(),
        unread: Vec::new(),
        opened: Vec::new(),
        inputs: Vec::new(),
        templates: Vec::new(),
    };
    let name = relative_name(path);
    let about = std::fs::metadata(path).map_err(|source| DataError::io(&name, source))?;
    if about.is_dir() {
        opening.folder(path, &name)
    } else {
        opening.single(path, &name)
    }
}

struct Opening<'a> {
    kinds: &'a Kinds,
    options: &'a OpenOptions,
    notes: Vec<Message>,
    unread: Vec<String>,
    opened: Vec<Outcome>,
    inputs: Vec<InputFile>,
    templates: Vec<Stamp>,
}

impl Opening<'_> {
    fn folder(mut self, path: &Path, name: &str) -> Result<Dataset, DataError> {
        let mut files: Vec<(String, PathBuf, bool)> = Vec::new();
        for entry in std::fs::read_dir(path).map_err(|source| DataError::io(name, source))? {
            let entry = entry.map_err(|source| DataError::io(name, source))?;
            let file_name = entry.file_name().to_string_lossy().into_owned();
            // Hidden files, and the locks that Excel leaves beside open workbooks, are nobody's data.
            if !file_name.starts_with('.') && !file_name.starts_with("~$") {
                files.push((file_name, entry.path(), entry.path().is_dir()));
            }
        }
        files.sort();
        for (file_name, file, is_folder) in files {
            if is_folder {
                self.note_file("data-note-folder", &file_name);
            } else if let Some(shape) = Shape::of(&file_name) {
                self.file_of_folder(&file, &file_name, shape)?;
            } else {
                self.note_file("data-note-not-data", &file_name);
            }
        }
        let options = self.options;
        for file in &options.also {
            self.elsewhere(file)?;
        }
        if self.opened.is_empty() {
            let known = self
                .kinds
                .kinds
                .iter()
                .map(|kind| kind.id.as_str())
                .collect::<Vec<_>>()
                .join(", ");
            return Err(DataError::refused(
                name,
                Message::new("data-no-tables").with("kinds", known),
            ));
        }
        self.finish(Layout::Records, name)
    }

    fn file_of_folder(&mut self, path: &Path, name: &str, shape: Shape) -> Result<(), DataError> {
        let by_stem = choose::kind_named(self.kinds, stem(name));
        if by_stem.is_none() && shape != Shape::Workbook {
            self.note_file("data-note-unknown-file", name);
            self.unread.push(name.to_owned());
            return Ok(());
        }
        let source = self.source(path, name, shape)?;
        let heads = source.heads()?;
        let filled = heads.iter().filter(|head| !head.rows.is_empty()).count();
        let mut used = 0;
        for (at, head) in heads.iter().enumerate().filter(|(_, head)| !head.rows.is_empty()) {
            let by_sheet = head.kind_among(self.kinds);
            // The file's own name counts where the sheets' names say nothing: for a single sheet, or the first of them.
            let named_elsewhere = heads.iter().any(|other| other.kind_among(self.kinds).is_some());
            let kind = by_sheet.or(by_stem.filter(|_| !named_elsewhere && (filled == 1 || used == 0)));
            match kind {
                Some(kind) => {
                    used += 1;
                    self.load(&source, at, head, Arc::new(kind.clone()))?;
                }
                None => self.note_sheet(name, head.name.as_deref()),
            }
        }
        if filled == 0 {
            self.note_file("data-note-empty-file", name);
        }
        if used > 0 {
            self.inputs.push(source.input()?);
        }
        Ok(())
    }

    fn elsewhere(&mut self, file: &Elsewhere) -> Result<(), DataError> {
        // A kind that no policy of this run knows is nobody's.
        let Some(kind) = self.kinds.get(&file.kind).cloned() else {
            return Ok(());
        };
        let source = self.source(&file.path, &file.name, Shape::Parquet)?;
        let kind = Arc::new(kind);
        for (at, head) in source.heads()?.iter().enumerate() {
            self.load(&source, at, head, Arc::clone(&kind))?;
        }
        Ok(())
    }

    fn single(mut self, path: &Path, name: &str) -> Result<Dataset, DataError> {
        let shape = Shape::of(name).ok_or_else(|| DataError::refused(name, Message::new("data-unknown-format")))?;
        let source = self.source(path, name, shape)?;
        let heads = source.heads()?;
        if heads.iter().all(|head| head.rows.is_empty()) {
            return Err(DataError::refused(name, Message::new("data-empty-file")));
        }
        let (layout, choices) = choose::single(
            &heads,
            stem(name),
            self.kinds,
            self.options.wide.as_ref(),
            &self.options.maps,
        );
        if choices.iter().all(Option::is_none) {
            let first = heads.iter().flat_map(|head| head.rows.first()).next();
            let found: Vec<&str> = first
                .map(|(_, row)| {
                    row.iter()
                        .map(|cell| cell.trim())
                        .filter(|cell| !cell.is_empty())
                        .take(12)
                        .collect()
                })
                .unwrap_or_default();
            return Err(DataError::refused(
                name,
                Message::new("data-no-headings").with("found", found.join("、")),
            ));
        }
        for (at, (head, choice)) in heads.iter().zip(&choices).enumerate() {
            match choice {
                Some(Choice { kind, guessed }) => {
                    if *guessed {
                        self.notes.push(
                            Message::new("data-note-guessed-kind")
                                .with("file", name)
                                .with("kind", kind.name.clone()),
                        );
                    }
                    self.load(&source, at, head, Arc::new((*kind).clone()))?;
                }
                None if head.rows.is_empty() => {}
                None => self.note_sheet(name, head.name.as_deref()),
            }
        }
        self.inputs.push(source.input()?);
        self.finish(layout, name)
    }

    fn source(&mut self, path: &Path, name: &str, shape: Shape) -> Result<Source, DataError> {
        shape.agrees(input::nature(path, name)?, name)?;
        match shape {
            Shape::Workbook => {
                let source = Source::workbook(path, name, &self.options.limits)?;
                self.templates.extend(source.stamp().cloned());
                Ok(source)
            }
            Shape::Parquet => Source::parquet(path, name),
            Shape::Text { gzip } => Source::text(path, name, gzip, &self.options.limits),
        }
    }

    fn load(&mut self, source: &Source, sheet: usize, head: &SheetHead, kind: Arc<Kind>) -> Result<(), DataError> {
        let outcome = source.load(sheet, head, kind, self.options)?;
        self.opened.push(outcome);
        Ok(())
    }

    fn note_file(&mut self, code: &'static str, name: &str) {
        self.notes.push(Message::new(code).with("file", name));
    }

    fn note_sheet(&mut self, file: &str, sheet: Option<&str>) {
        self.unread.push(source::place(file, sheet));
        match sheet {
            Some(sheet) => self.notes.push(
                Message::new("data-note-unknown-sheet")
                    .with("file", file)
                    .with("sheet", sheet),
            ),
            None => self.note_file("data-note-unknown-file", file),
        }
    }

    fn finish(mut self, layout: Layout, name: &str) -> Result<Dataset, DataError> {
        let mut bad = BadList::new(self.options.limits.bad_cells);
        let mut tables: Vec<Table> = Vec::new();
        let mut keys: HashMap<String, Keys> = HashMap::new();
        let mut left_out = 0;
        let mut maps_used = vec![false; self.options.maps.len()];
        let kinds: Vec<String> = self
            .opened
            .iter()
            .map(|outcome| outcome.table.kind().to_owned())
            .collect();
        let idle = |kind: &str| {
            let needs = self.options.needs.as_ref();
            needs.is_some_and(|needs| needs.is_idle(kind, kinds.iter().map(String::as_str)))
        };
        for outcome in self.opened {
            let Outcome {
                table,
                bad: found,
                left_out: rows,
                keys: mut seen,
                notes,
                maps_used: used,
            } = outcome;
            let idle = idle(table.kind());
            if !idle {
                bad.append(found);
                left_out += rows;
            }
            self.notes.extend(notes);
            for place in used {
                if let Some(slot) = maps_used.get_mut(place) {
                    *slot = true;
                }
            }
            if !idle {
                seen.set_table(u32::try_from(tables.len()).unwrap_or(u32::MAX));
                keys.entry(table.kind().to_owned()).or_default().append(seen);
            }
            tables.push(table);
        }
        if let Some((map, _)) = self.options.maps.iter().zip(&maps_used).find(|(_, used)| !**used) {
            return Err(map.fits_nothing(&tables));
        }
        let mut kinds: Vec<String> = keys.keys().cloned().collect();
        kinds.sort();
        for kind in kinds {
            left_out += keys
                .remove(&kind)
                .map_or(0, |keys| duplicates::refuse(keys, &mut tables, &mut bad));
        }
        if tables.iter().all(|table| table.rows() == 0) && bad.cells.is_empty() {
            return Err(DataError::refused(name, Message::new("data-no-rows")));
        }
        if !tables.is_empty()
            && tables
                .iter()
                .all(|table| table.rows() == 0 || table.could_have_integer_ids())
        {
            tables
                .iter_mut()
                .filter(|table| table.could_have_integer_ids())
                .for_each(Table::use_integer_ids);
        }
        let mut told: Vec<Message> = Vec::with_capacity(self.notes.len());
        for note in self.notes {
            if !told.contains(&note) {
                told.push(note);
            }
        }
        bad.cells.sort_by(|one, other| {
            (&one.file, &one.sheet, one.row, one.column).cmp(&(&other.file, &other.sheet, other.row, other.column))
        });
        Ok(Dataset {
            layout,
            tables,
            inputs: self.inputs,
            templates: self.templates,
            unread: self.unread,
            bad_total: bad.cells.len() + bad.more,
            bad: bad.cells,
            left_out,
            notes: told,
            skip_bad_rows: self.options.skip_bad_rows,
        })
    }
}

fn relative_name(path: &Path) -> String {
    match path.file_name() {
        Some(name) => name.to_string_lossy().into_owned(),
        // `.` and `..` have no name of their own: nothing of the path may be shown.
        None => ".".to_owned(),
    }
}

/// A file's name up to its first dot.
pub(crate) fn stem(name: &str) -> &str {
    name.split_once('.').map_or(name, |(stem, _)| stem)
}

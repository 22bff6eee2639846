//! From files of customers to measures and grades: bad cells stop everything unless they may be left out. 数据读入

use std::path::{Path, PathBuf};

use pinji_connectors::{BadCell, Dataset, Layout, Limits, Mapping, OpenOptions, Table, open};
use pinji_domain::{Date, Kind, Kinds, Message, Text};
use pinji_policy::document::GROUP_GRADE;
use pinji_query::{LeftOut, MeasureOptions, Measured, Records, measure};

use crate::error::AppError;
use crate::lacks;
use crate::left_out::{self, LeftRow};
use crate::linked::{Linked, LinkedFile};
use crate::manifest::{DataEntry, InputEntry, LinkedEntry, LinkedFileEntry};
use crate::needs::{self, CUSTOMER};
use crate::progress::{Progress, Stage, go_on};
use crate::rated::{self, Layer, Rated};
use crate::records::{Rows, Sheet};
use crate::regulation::{Level, give, ungrouped};
use crate::wide;

/// Fields of the customer's own row that are carried along for readers, where the data bring them.
pub const ABOUT: [&str; 8] = [
    "name",
    "uscc",
    "industry",
    "size",
    "region",
    "province",
    "group",
    "account_manager",
];
/// More bad cells than this are counted, not shown one by one.
const SHOWN: usize = 200;

/// How to read data. 读取方式
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// `--map`, as given.
    pub maps: Vec<String>,
    /// Whether rows with bad cells are left out instead of stopping everything.
    pub skip_bad_rows: bool,
    /// Measures and record kinds that the data may lack, though the policy reads them.
    pub without: Vec<String>,
    /// Threads; all of the machine's unless given.
    pub threads: Option<usize>,
    /// Kinds whose records do not lie with the data; read where they are.
    pub linked: Vec<Linked>,
    /// Memory for measuring, in MiB, before rows go to temporary files; 2048 unless given.
    pub memory_mib: Option<u64>,
}

/// Cells that cannot be read as what they should be. 问题数据
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BadData {
    /// How many.
    pub total: usize,
    /// The first of them.
    pub cells: Vec<BadView>,
    /// Copies of the files with the cells marked.
    pub marked: Vec<PathBuf>,
    /// A file or sheet of which no row would be left without those cells' rows, where they were to be left out.
    pub nothing_left: Option<String>,
}

/// One bad cell. 问题单元格
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadView {
    /// The file.
    pub file: String,
    /// The sheet, in a workbook.
    pub sheet: String,
    /// The row as Excel shows it.
    pub row: u64,
    /// The row group, in a Parquet file.
    pub row_group: Option<u64>,
    /// Its address, for instance `C12`.
    pub address: String,
    /// The heading of its column.
    pub heading: String,
    /// What it says.
    pub says: String,
    /// What was expected.
    pub message: Message,
}

/// A book that was read, measured and graded. 读入并评级
#[derive(Debug)]
pub struct Taken {
    /// The grades.
    pub rated: Rated,
    /// What `run.json` says of the data.
    pub data: DataEntry,
    /// Records that count for nobody.
    pub left_out: Vec<LeftOut>,
    /// Rows that were left out because of bad cells.
    pub left_rows: Vec<LeftRow>,
    /// What reading had to say: files and columns that were not read, encodings that were found.
    pub notes: Vec<Message>,
}

/// How many threads to work with.
pub fn threads(wanted: Option<usize>) -> usize {
    wanted
        .unwrap_or_else(|| std::thread::available_parallelism().map_or(2, usize::from))
        .clamp(1, 256)
}

/// Reads data, measures and grades them by every level. 读入、度量、评级
///
/// `marked` is where copies with the bad cells marked go; without it none are made.
///
/// # Errors
/// Bad cells, unreadable files, records that contradict each other.
pub fn rate(
    data: &Path,
    levels: Vec<Level>,
    as_of: Date,
    reading: &Reading,
    marked: Option<&Path>,
    progress: &dyn Progress,
) -> Result<Taken, AppError> {
    let book = read(data, &levels, reading, marked, progress)?;
    book.rate(levels, as_of, reading, progress)
}

/// Data that were opened and checked. 已检查的数据
#[derive(Debug)]
pub struct Book {
    dataset: Dataset,
    wide: Kind,
    /// Aliases of used policies whose grades a wide sheet brings itself.
    given: Vec<String>,
    /// What they say of groups.
    groups: Groups,
    /// What is to be said of `--without`, and of groups that are not named.
    notes: Vec<Message>,
}

/// Opens data and checks them cell by cell. 打开并检查数据
///
/// # Errors
/// Columns and files that policies read and that are not there, bad cells that must not be left out, and files that cannot
/// be read.
pub fn read(
    data: &Path,
    levels: &[Level],
    reading: &Reading,
    marked: Option<&Path>,
    progress: &dyn Progress,
) -> Result<Book, AppError> {
    progress.step(Stage::Read, 0, 0);
    go_on(progress)?;
    let maps: Result<Vec<Mapping>, _> = reading.maps.iter().map(|given| Mapping::parse(given)).collect();
    let maps = maps.map_err(|error| AppError::Failed(error.message()))?;
    lacks::check(&reading.without, levels)?;
    let (wide, kinds) = (wide::kind(levels), kinds(levels));
    let options = OpenOptions {
        wide: Some(wide.clone()),
        maps,
        needs: Some(needs::needs(levels, &wide)),
        skip_bad_rows: reading.skip_bad_rows,
        row_numbers: false,
        also: reading.linked.iter().flat_map(Linked::elsewhere).collect(),
        limits: Limits::default(),
    };
    let dataset = open(data, &kinds, &options).map_err(|error| AppError::Failed(error.message()))?;
    let given = given_grades(&dataset, levels);
    let groups = groups_of(&dataset, levels, &given, &reading.without);
    let bad = (!dataset.usable()).then(|| {
        let marked = marked.map_or_else(Vec::new, |folder| crate::marked::copies(data, &dataset.bad, folder));
        bad_data(&dataset, marked)
    });
    let remaining = groups.levels(levels.to_vec(), &given);
    let (lacks, mut taken) = lacks::lacking(&dataset, &remaining, &kinds, &reading.without);
    if !lacks.is_empty() {
        return Err(AppError::Lacking(Box::new(lacks::Lacking {
            lacks,
            unused: distinct(dataset.tables.iter().flat_map(|table| table.unused())),
            unread: dataset.unread.clone(),
            grades: replaceable(&dataset, &remaining),
            bad,
        })));
    }
    let nothing_left = nothing_left(&dataset).map(|file| BadData {
        nothing_left: Some(file),
        ..bad_data(&dataset, Vec::new())
    });
    if let Some(bad) = bad.or(nothing_left) {
        return Err(AppError::BadCells(Box::new(bad)));
    }
    taken.extend((groups == Groups::Unwanted).then(|| GROUP_GRADE.to_owned()));
    let needless = reading.without.iter().filter(|id| !taken.contains(id));
    let notes = needless.map(|id| Message::new("app-note-without-needless").with("id", id.as_str()));
    let notes = notes.chain(groups.note(dataset.layout)).collect();
    Ok(Book {
        dataset,
        wide,
        given,
        groups,
        notes,
    })
}

/// What data say of the groups whose grades bound their members. 集团数据
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Groups {
    /// The policy has no such bound, or the customers' rows name their groups.
    Known,
    /// A column of a wide sheet gives the grade of each customer's group.
    Given,
    /// They name nobody's group.
    Unknown,
    /// `--without` says that they are not to bound anybody.
    Unwanted,
}

impl Groups {
    /// The levels that are graded then.
    fn levels(self, levels: Vec<Level>, given: &[String]) -> Vec<Level> {
        match self {
            Groups::Known => give(levels, given),
            Groups::Given | Groups::Unknown | Groups::Unwanted => give(ungrouped(levels), given),
        }
    }

    /// Nobody is bounded by his group in silence, or left unbounded.
    fn note(self, layout: Layout) -> Option<Message> {
        (self == Groups::Unknown).then(|| {
            Message::new(match layout {
                Layout::Wide => "app-note-no-group-grade",
                Layout::Records => "app-note-no-groups",
            })
        })
    }
}

/// In a wide sheet a column gives the group's grade; in records the customers' rows name the groups.
fn groups_of(dataset: &Dataset, levels: &[Level], given: &[String], without: &[String]) -> Groups {
    let is_grade = |id: &String| id == GROUP_GRADE;
    if levels.iter().all(|level| level.group.is_none()) {
        return Groups::Known;
    }
    if without.iter().any(is_grade) {
        return Groups::Unwanted;
    }
    let named = |level: &Level| {
        let customer = level.document.kinds.get(CUSTOMER)?;
        let field = pinji_query::group_field(customer)?;
        dataset.of_kind(CUSTOMER).any(|table| table.has(field)).then_some(())
    };
    match dataset.layout {
        Layout::Wide if given.iter().any(is_grade) => Groups::Given,
        Layout::Records if levels.last().and_then(named).is_some() => Groups::Known,
        _ => Groups::Unknown,
    }
}

fn distinct<'t>(texts: impl Iterator<Item = &'t String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for text in texts {
        if !all.contains(text) {
            all.push(text.clone());
        }
    }
    all
}

/// Used policies whose grades a wide sheet might bring instead of what they read.
fn replaceable(dataset: &Dataset, levels: &[Level]) -> Vec<(String, Text)> {
    let main = levels.last().filter(|_| dataset.layout == Layout::Wide);
    let uses = main.map(|main| main.document.uses.as_slice()).unwrap_or_default();
    let lacks = |alias: &str| !dataset.tables.iter().any(|table| table.has(alias));
    let uses = uses.iter().filter(|used| lacks(&used.alias));
    uses.map(|used| (used.alias.clone(), used.policy.name.clone()))
        .collect()
}

/// A file or sheet all of whose rows have bad cells.
fn nothing_left(dataset: &Dataset) -> Option<String> {
    let had = |table: &&Table| {
        let here = |cell: &&BadCell| cell.file == table.file() && cell.sheet.as_deref() == table.sheet();
        table.rows() == 0 && dataset.bad.iter().any(|cell| here(&cell))
    };
    let table = dataset.tables.iter().find(had)?;
    Some(match table.sheet() {
        Some(sheet) => format!("{}[{sheet}]", table.file()),
        None => table.file().to_owned(),
    })
}

fn given_grades(dataset: &Dataset, levels: &[Level]) -> Vec<String> {
    let Some(main) = levels.last().filter(|_| dataset.layout == Layout::Wide) else {
        return Vec::new();
    };
    let group = main.group.map(|_| GROUP_GRADE.to_owned());
    let aliases = main.uses.iter().map(|(alias, _)| alias.clone()).chain(group);
    aliases
        .filter(|alias| dataset.tables.iter().any(|table| table.has(alias)))
        .collect()
}

fn bad_data(dataset: &Dataset, marked: Vec<PathBuf>) -> BadData {
    let group = |cell: &BadCell| {
        let table = dataset.tables.iter().find(|table| table.file() == cell.file)?;
        table.row_group(cell.row).filter(|_| !cell.whole_table)
    };
    let view = |cell: &BadCell| BadView {
        row_group: group(cell),
        file: cell.file.clone(),
        sheet: cell.sheet.clone().unwrap_or_default(),
        row: cell.row,
        address: cell.address(),
        heading: cell.heading.clone(),
        says: cell.says.clone(),
        message: cell.message.clone(),
    };
    BadData {
        total: dataset.bad_total,
        cells: dataset.bad.iter().take(SHOWN).map(view).collect(),
        marked,
        nothing_left: None,
    }
}

/// The record kinds of all policies: the run's own first, those of used ones where they have more.
fn kinds(levels: &[Level]) -> Kinds {
    let mut all = Kinds::default();
    for level in levels.iter().rev() {
        for kind in &level.document.kinds.kinds {
            if all.get(&kind.id).is_none() {
                all.kinds.push(kind.clone());
            }
        }
    }
    all
}

impl Book {
    /// Measures and grades by every level. 度量与评级
    ///
    /// # Errors
    /// Records that contradict each other.
    pub fn rate(
        &self,
        levels: Vec<Level>,
        as_of: Date,
        reading: &Reading,
        progress: &dyn Progress,
    ) -> Result<Taken, AppError> {
        let levels = self.groups.levels(levels, &self.given);
        let mut left_out: Vec<LeftOut> = Vec::new();
        let mut layers: Vec<Layer> = Vec::with_capacity(levels.len());
        let total = levels.len() as u64;
        for (at, level) in levels.into_iter().enumerate() {
            let mut measured = self.measure(&level, &layers, as_of, reading, progress)?;
            rated::fill_group_grades(&level, &mut measured, &layers);
            for found in &measured.left_out {
                match left_out.iter_mut().find(|known| known.kind == found.kind) {
                    // Each policy reads the same records; what one of them leaves out the others do too.
                    Some(known) if known.total() >= found.total() => {}
                    Some(known) => *known = found.clone(),
                    None => left_out.push(found.clone()),
                }
            }
            progress.step(Stage::Grade, at as u64, total);
            go_on(progress)?;
            layers.push(rated::layer(level, measured, threads(reading.threads))?);
        }
        progress.step(Stage::Grade, total, total);
        let data = DataEntry {
            linked: linked(&reading.linked, &left_out),
            ..self.entry(reading)
        };
        let notes = self.notes.iter().chain(&self.dataset.notes).cloned().collect();
        Ok(Taken {
            rated: rated::together(layers, as_of)?,
            data,
            left_out,
            left_rows: left_out::rows(&self.dataset.bad),
            notes,
        })
    }

    /// Takes a policy's measures as of a date.
    ///
    /// # Errors
    /// What `query` says.
    pub fn measure(
        &self,
        level: &Level,
        layers: &[Layer],
        as_of: Date,
        reading: &Reading,
        progress: &dyn Progress,
    ) -> Result<Measured, AppError> {
        let rows = Rows::new(
            progress,
            self.dataset.tables.iter().map(|table| table.rows() as u64).sum(),
        );
        let sheets: Vec<Sheet<'_>> = self.dataset.tables.iter().map(|table| Sheet(table, &rows)).collect();
        let records: Vec<&dyn Records> = sheets.iter().map(|sheet| sheet as &dyn Records).collect();
        let customer = level.document.kinds.get(CUSTOMER);
        let open = |field: &&str| {
            let described = customer.and_then(|kind| kind.field(field));
            described.is_some_and(|field| !field.personal)
        };
        let group = customer.and_then(pinji_query::group_field);
        let group = group.filter(|field| level.group.is_some() && !ABOUT.contains(field));
        let options = MeasureOptions {
            document: &level.document,
            wide: (self.dataset.layout == Layout::Wide).then_some(&self.wide),
            about: ABOUT.into_iter().chain(group).filter(open).map(str::to_owned).collect(),
            used: rated::used_grades(level, layers)?,
            memory_limit: usize::try_from(reading.memory_mib.unwrap_or(2048))
                .unwrap_or(2048)
                .saturating_mul(1 << 20),
            threads: threads(reading.threads),
        };
        measure(&level.compiled, &records, as_of, &options).map_err(|error| AppError::Failed(error.message()))
    }

    /// What `run.json` says of the data.
    pub fn entry(&self, reading: &Reading) -> DataEntry {
        let input = |file: &pinji_connectors::InputFile| InputEntry {
            name: file.name.clone(),
            bytes: file.bytes,
            sha256: file.sha256.clone(),
        };
        DataEntry {
            layout: if self.dataset.layout == Layout::Wide {
                "wide"
            } else {
                "records"
            }
            .to_owned(),
            maps: reading.maps.clone(),
            grades: self.given.clone(),
            ungrouped: matches!(self.groups, Groups::Unknown | Groups::Unwanted),
            skip_bad_rows: reading.skip_bad_rows,
            without: reading.without.clone(),
            left_out: self.dataset.left_out as u64,
            inputs: self.dataset.inputs.iter().map(input).collect(),
            linked: Vec::new(),
        }
    }
}

/// What `run.json` says of linked kinds.
fn linked(all: &[Linked], left_out: &[LeftOut]) -> Vec<LinkedEntry> {
    let file = |file: &LinkedFile| LinkedFileEntry {
        name: file.name.clone(),
        bytes: file.bytes,
        sha256: file.sha256.clone(),
        rows: file.rows,
    };
    let entry = |linked: &Linked| {
        let left = left_out.iter().find(|left| left.kind == linked.kind);
        let left = left.cloned().unwrap_or_default();
        LinkedEntry {
            kind: linked.kind.clone(),
            files: linked.files.iter().map(file).collect(),
            unknown: left.unknown,
            strangers: left.strangers,
            nameless: left.nameless,
            undated: left.undated,
        }
    };
    all.iter().map(entry).collect()
}

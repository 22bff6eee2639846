//! The demo: a believable company's book, rated for two years, with a spoilt workbook that is refused. 演示

mod files;

use std::path::{Path, PathBuf};

use pinji_domain::{Date, Lang, Message};
use serde::Serialize;

use crate::derive::{self, Terms, Write};
use crate::error::AppError;
use crate::folder::{Draft, write_file};
use crate::intake::{self, BadData, Reading};
use crate::previous::Previous;
use crate::progress::{Progress, Stage};
use crate::rated::Rated;
use crate::regulation::{Level, Regulation};
use crate::view::{attention, figures};

/// The policy that the demo rates by.
pub const POLICY: &str = "tob-standard";
/// Corporate groups per fifty customers: 120 for two thousand.
const GROUPS_PER_FIFTY: u32 = 3;
/// Customers to look at first.
const FIRST: usize = 10;
/// The file that says that a folder is the demo's.
const MARK: &str = "demo.json";
/// Where things lie in the folder.
pub const DATA: &str = "data";
const POLICIES: &str = "policies";
/// A draft of the same policy with a lower line for the best grade, to simulate with.
const DRAFT: &str = "tob-standard-draft.toml";
const SPOILT: &str = "spoilt";
const MARKED: &str = "spoilt/marked";

/// What is asked. 演示请求
#[derive(Debug, Clone)]
pub struct DemoRequest {
    /// Where everything goes.
    pub out: PathBuf,
    /// How many customers.
    pub customers: u32,
    /// The seed of the book.
    pub seed: u64,
    /// The language of workbook, report and answer.
    pub lang: Lang,
}

/// How many customers moved between two runs. 等级变动
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Moved {
    /// To a better grade.
    pub up: u64,
    /// To a worse grade.
    pub down: u64,
    /// Into a grade, from none.
    pub entered: u64,
    /// Out of any grade.
    pub lost: u64,
}

/// What came out. 演示结果
#[derive(Debug, Clone, Serialize)]
pub struct DemoOutcome {
    /// The folder.
    pub folder: PathBuf,
    /// The data files, relative to it, with their sizes.
    pub data: Vec<(String, u64)>,
    /// How many records.
    pub records: u64,
    /// As of when.
    pub as_of: String,
    /// The policy, in words.
    pub policy: String,
    /// How many customers.
    pub customers: u64,
    /// Grades: name, class, how many, how many a year before, what they are worth.
    pub grades: Vec<GradeView>,
    /// How many without a grade.
    pub ungraded: u64,
    /// How many moved since the year before.
    pub moved: Moved,
    /// The name of what says what a customer is worth.
    pub money: Option<String>,
    /// The customers to look at first.
    pub first: Vec<LookView>,
    /// The spoilt workbook and what is wrong with it.
    pub spoilt: SpoiltView,
    /// The run, relative to the folder.
    pub run: String,
    /// The run of the year before.
    pub before: String,
}

/// A grade and its customers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GradeView {
    /// Its name.
    pub name: String,
    /// Its class.
    pub class: String,
    /// How many.
    pub customers: u64,
    /// How many a year before.
    pub before: u64,
    /// What they are worth together, in words.
    pub money: Option<String>,
}

/// A customer to look at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LookView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its grade.
    pub grade: String,
    /// What it is worth, in words.
    pub money: Option<String>,
    /// Why it is here.
    pub why: Vec<String>,
}

/// The spoilt workbook.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpoiltView {
    /// The file.
    pub file: String,
    /// The marked copy.
    pub marked: Option<String>,
    /// How many cells are bad.
    pub total: usize,
    /// Some of them: address, heading, what it says, what was expected.
    pub cells: Vec<(String, String, String, String)>,
}

/// Makes the book, rates it and looks at the result. 演示
///
/// # Errors
/// When something cannot be written, or the folder is there already and is not the demo's.
pub fn demo(request: &DemoRequest, progress: &dyn Progress) -> Result<DemoOutcome, AppError> {
    let draft = Draft::begin(&request.out, may_replace)?;
    let folder = draft.path();
    progress.step(Stage::Sample, 0, 0);
    let groups = (request.customers * GROUPS_PER_FIFTY / 50).max(1);
    let book = pinji_sample::book(request.seed, request.customers as usize, groups as usize);
    let data = files::write(&folder.join(DATA), &book, request.lang)?;
    let spoilt_file = files::write_spoilt(&folder.join(SPOILT), &book, request.lang)?;
    let records = book.tables.iter().map(|table| table.rows.len() as u64).sum();
    let regulation = Regulation::shipped(POLICY);
    for (name, text) in &regulation.files {
        write_file(&folder.join(POLICIES).join(name), text.as_bytes())?;
        if let Some(draft) = draft_of(text).filter(|_| *name == format!("{POLICY}.toml")) {
            write_file(&folder.join(POLICIES).join(DRAFT), draft.as_bytes())?;
        }
    }
    let (before_name, run_name) = (run_name(book.history), run_name(book.as_of));
    let reading = Reading::default();
    let now = regulation.levels(book.as_of)?;
    let opened = intake::read(&folder.join(DATA), &now, &reading, None, progress)?;
    let rate = |levels: Vec<Level>, as_of: Date, name: &str, previous: Option<Previous>| -> Result<Rated, AppError> {
        let taken = opened.rate(levels, as_of, &reading, progress)?;
        let terms = Terms {
            as_of,
            lang: request.lang,
            write: Write::All,
            data: taken.data,
            money: None,
            previous,
            left_rows: taken.left_rows,
        };
        let target = folder.join(name);
        std::fs::create_dir(&target).map_err(|why| AppError::io("app-cannot-write", &target, why))?;
        derive::write(&target, &regulation, &taken.rated, &terms, progress)?;
        Ok(taken.rated)
    };
    rate(regulation.levels(book.history)?, book.history, &before_name, None)?;
    let previous = Previous::of_run(&folder.join(&before_name))?;
    let rated = rate(now, book.as_of, &run_name, Some(previous.clone()))?;
    let spoilt = spoilt(folder, &spoilt_file, &regulation, book.as_of, request.lang, progress)?;
    let mark = serde_json::json!({ "pinji_demo": 1, "seed": request.seed, "customers": request.customers });
    write_file(&folder.join(MARK), format!("{mark:#}\n").as_bytes())?;
    let outcome = look(
        &rated,
        &previous,
        request,
        Found {
            data,
            records,
            spoilt,
            run: run_name,
            before: before_name,
        },
    );
    let folder = draft.publish()?;
    let shown = if request.out.is_relative() {
        request.out.clone()
    } else {
        folder
    };
    Ok(DemoOutcome {
        folder: shown,
        ..outcome?
    })
}

fn run_name(as_of: Date) -> String {
    format!("run-{}", pinji_locale::date(as_of))
}

/// Whether a folder is the demo's own.
fn may_replace(folder: &Path) -> Result<(), Message> {
    let empty = std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    if empty || folder.join(MARK).is_file() {
        return Ok(());
    }
    Err(Message::new("app-not-a-demo").with("path", folder.display().to_string()))
}

/// Reads the spoilt workbook, which must be refused, and keeps a marked copy beside it.
fn spoilt(
    folder: &Path,
    file: &str,
    regulation: &Regulation,
    as_of: Date,
    lang: Lang,
    progress: &dyn Progress,
) -> Result<SpoiltView, AppError> {
    let levels = regulation.levels(as_of)?;
    let path = folder.join(SPOILT).join(file);
    let bad = match intake::read(
        &path,
        &levels,
        &Reading::default(),
        Some(&folder.join(MARKED)),
        progress,
    ) {
        Err(AppError::BadCells(bad)) => *bad,
        // It has other faults besides; here those of its cells are shown.
        Err(AppError::Lacking(lacking)) if lacking.bad.is_some() => lacking.bad.unwrap_or_default(),
        Err(other) => return Err(other),
        Ok(_) => BadData::default(),
    };
    let cell = |cell: &intake::BadView| {
        (
            cell.address.clone(),
            cell.heading.clone(),
            cell.says.clone(),
            pinji_locale::say(lang, &cell.message),
        )
    };
    let inside = |path: &PathBuf| path.strip_prefix(folder).ok().map(|path| path.display().to_string());
    Ok(SpoiltView {
        file: format!("{SPOILT}/{file}"),
        marked: bad.marked.first().and_then(inside),
        total: bad.total,
        cells: bad.cells.iter().map(cell).collect(),
    })
}

struct Found {
    data: Vec<(String, u64)>,
    records: u64,
    spoilt: SpoiltView,
    run: String,
    before: String,
}

fn look(rated: &Rated, previous: &Previous, request: &DemoRequest, found: Found) -> Result<DemoOutcome, AppError> {
    let (layer, lang) = (&rated.main, request.lang);
    let money = layer.money(None)?;
    let (counts, before) = (figures::per_grade(layer), previous.per_grade(layer));
    let worth = figures::money_per_grade(layer, money);
    let grade = |(at, grade): (usize, &pinji_policy::document::Grade)| GradeView {
        name: grade.name.get(lang).to_owned(),
        class: grade.class.clone(),
        customers: counts.get(at).copied().unwrap_or(0),
        before: before.get(at).copied().unwrap_or(0),
        money: worth
            .as_ref()
            .and_then(|worth| worth.get(at))
            .map(|worth| pinji_locale::amount(lang, *worth, 2)),
    };
    let mut moved = Moved::default();
    for row in 0..layer.book.rows() {
        let Some((from, _)) = previous.of(layer, row) else {
            continue;
        };
        match (from, layer.book.grade(row).map(usize::from)) {
            (Some(from), Some(to)) if to < from => moved.up += 1,
            (Some(from), Some(to)) if to > from => moved.down += 1,
            (None, Some(_)) => moved.entered += 1,
            (Some(_), None) => moved.lost += 1,
            _ => {}
        }
    }
    let first = attention::first(layer, Some(previous), money, FIRST);
    let view = |look: &pinji_report::run::Look| LookView {
        id: look.id.clone(),
        name: look.name.clone(),
        grade: layer.grade_name(lang, look.grade.and_then(|grade| u8::try_from(grade).ok())),
        money: look
            .money
            .map(|money| pinji_locale::amount(lang, money.units, money.scale)),
        why: look.why.iter().map(|why| attention::phrase(lang, why)).collect(),
    };
    let document = &layer.level.document;
    let graded: u64 = counts.iter().sum();
    Ok(DemoOutcome {
        folder: request.out.clone(),
        data: found.data,
        records: found.records,
        as_of: pinji_locale::date(rated.as_of),
        policy: format!("{} {}", document.name.get(lang), document.version),
        customers: layer.book.rows() as u64,
        grades: document.grades.iter().enumerate().map(grade).collect(),
        ungraded: (layer.book.rows() as u64).saturating_sub(graded),
        moved,
        money: money.map(|at| crate::words::input_name(&layer.level, at).get(lang).to_owned()),
        first: first.iter().map(view).collect(),
        spoilt: found.spoilt,
        run: found.run,
        before: found.before,
    })
}

/// The policy with the line of the best grade two points lower, under a version of its own.
fn draft_of(text: &str) -> Option<String> {
    let draft = text.replacen("values = [{ value = 76 }", "values = [{ value = 74 }", 1);
    let version = text.lines().find(|line| line.starts_with("version = "))?;
    let draft = draft.replacen(version, "version = \"draft\"", 1);
    (draft.lines().zip(text.lines()).filter(|(new, old)| new != old).count() == 2).then_some(draft)
}

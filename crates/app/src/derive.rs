//! Everything that a run writes, from its measures and its policy: the same for `rate` and for `verify`. 产出

use std::path::Path;

use pinji_domain::{Date, Lang};
use pinji_query::{Digest, QueryError, output, snapshot};

use crate::digest;
use crate::error::AppError;
use crate::folder::write_file;
use crate::left_out::{self, LeftRow};
use crate::manifest::{Counts, DataEntry, FILE, FORMAT, GradeCount, Manifest, Missing, OutputEntry, SnapshotEntry};
use crate::previous::Previous;
use crate::progress::{Progress, Stage, go_on};
use crate::rated::{Layer, Rated};
use crate::regulation::Regulation;
use crate::run_folder::{members_name, snapshot_name};
use crate::view::{figures, report, workbook};

/// The version of the engine, as `run.json` names it.
pub const ENGINE: &str = env!("CARGO_PKG_VERSION");

/// How much is written. 输出范围
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    /// Everything.
    All,
    /// Scores, grades and reasons, without workbook, lines and report.
    Grades,
}

impl Write {
    /// As `run.json` and the command line say it.
    pub fn code(self) -> &'static str {
        match self {
            Write::All => "all",
            Write::Grades => "grades",
        }
    }

    /// The other way round; whatever is not `grades` is everything.
    pub fn from_code(code: &str) -> Write {
        if code == "grades" { Write::Grades } else { Write::All }
    }
}

/// What a run depends on beside measures and policy. 评级条件
#[derive(Debug, Clone)]
pub struct Terms {
    /// As of when.
    pub as_of: Date,
    /// The language of workbook and report.
    pub lang: Lang,
    /// How much is written.
    pub write: Write,
    /// What `run.json` says of the data.
    pub data: DataEntry,
    /// The measure that says what a customer is worth, where one was asked for.
    pub money: Option<String>,
    /// The run before.
    pub previous: Option<Previous>,
    /// Rows that were left out because of bad cells.
    pub left_rows: Vec<LeftRow>,
}

/// Writes a run's files into a folder that is there already. 写出批次
///
/// # Errors
/// When a file cannot be written.
pub fn write(
    folder: &Path,
    regulation: &Regulation,
    rated: &Rated,
    terms: &Terms,
    progress: &dyn Progress,
) -> Result<Manifest, AppError> {
    let mut outputs: Vec<OutputEntry> = Vec::new();
    let all = terms.write == Write::All;
    let total = if all { 6 } else { 3 };
    progress.step(Stage::Write, 0, total);
    go_on(progress)?;
    let money = rated.main.money(terms.money.as_deref())?;
    let snapshots = write_snapshots(folder, rated, &mut outputs)?;
    let layer = &rated.main;
    let (plan, chunks) = (&layer.level.compiled.plan, layer.book.chunks());
    let grades = output::write_grades(&folder.join("grades.parquet"), plan, &layer.measured, chunks).map_err(failed)?;
    outputs.push(table("grades.parquet", grades));
    progress.step(Stage::Write, 1, total);
    go_on(progress)?;
    if let Some(previous) = &terms.previous {
        write_file(&folder.join(&previous.entry.file), &previous.bytes)?;
        outputs.push(plain(&previous.entry.file, &previous.bytes));
    }
    if let Some(text) = left_out::text(&terms.left_rows) {
        write_file(&folder.join(left_out::FILE), text.as_bytes())?;
        outputs.push(plain(left_out::FILE, text.as_bytes()));
    }
    if all {
        let lines =
            output::write_lines(&folder.join("lines.parquet"), plan, &layer.measured, chunks).map_err(failed)?;
        outputs.push(table("lines.parquet", lines));
    }
    progress.step(Stage::Write, 2, total);
    go_on(progress)?;
    let policy = regulation.manifest_entry(&layer.level.document);
    regulation.write(folder, &policy)?;
    let mut manifest = Manifest {
        pinji_run: FORMAT,
        engine: ENGINE.to_owned(),
        as_of: pinji_locale::date(terms.as_of),
        language: terms.lang.code().to_owned(),
        write: terms.write.code().to_owned(),
        policy,
        data: terms.data.clone(),
        snapshot: snapshots,
        money: money
            .and_then(|at| plan.parts().inputs.get(at))
            .map(|input| input.id.clone()),
        previous: terms.previous.as_ref().map(|previous| previous.entry.clone()),
        counts: counts(layer),
        grades: grade_counts(layer),
        outputs,
        seals: Default::default(),
    };
    if all {
        progress.step(Stage::Write, 3, total);
        let filled = report::fill(rated, &manifest, terms.previous.as_ref(), money);
        let html = pinji_report::html(&filled, terms.lang);
        write_file(&folder.join("report.html"), html.as_bytes())?;
        manifest.outputs.push(plain("report.html", html.as_bytes()));
        progress.step(Stage::Write, 4, total);
        let path = folder.join("grades.xlsx");
        workbook::write(&path, rated, &manifest, terms.previous.as_ref(), money, terms.lang)?;
        let (bytes, sha256) = digest::of_file(&path).map_err(|why| AppError::io("app-cannot-read", &path, why))?;
        manifest.outputs.push(OutputEntry {
            file: "grades.xlsx".to_owned(),
            bytes,
            sha256,
            content: None,
        });
    }
    manifest.outputs.sort_by(|one, two| one.file.cmp(&two.file));
    manifest.seal();
    write_file(&folder.join(FILE), manifest.text().as_bytes())?;
    progress.step(Stage::Write, total, total);
    Ok(manifest)
}

fn write_snapshots(
    folder: &Path,
    rated: &Rated,
    outputs: &mut Vec<OutputEntry>,
) -> Result<Vec<SnapshotEntry>, AppError> {
    let mut entries = Vec::new();
    for layer in rated.used.iter().chain([&rated.main]) {
        let file = snapshot_name(&layer.level.alias);
        let digest = snapshot::write(&folder.join(&file), &layer.measured).map_err(failed)?;
        entries.push(SnapshotEntry {
            policy: layer.level.document.id.clone(),
            file: file.clone(),
            rows: digest.rows,
            content: digest.content.clone(),
        });
        outputs.push(table(&file, digest));
        if let Some(members) = &layer.measured.members {
            let file = members_name(&layer.level.alias);
            let digest = members
                .write(&folder.join(&file), &layer.measured.ids)
                .map_err(failed)?;
            outputs.push(table(&file, digest));
        }
    }
    Ok(entries)
}

/// What `query` says, as ours.
pub fn failed(error: QueryError) -> AppError {
    AppError::Failed(error.message())
}

fn table(file: &str, digest: Digest) -> OutputEntry {
    OutputEntry {
        file: file.to_owned(),
        bytes: digest.bytes,
        sha256: digest.file,
        content: Some(digest.content),
    }
}

fn plain(file: &str, bytes: &[u8]) -> OutputEntry {
    OutputEntry {
        file: file.to_owned(),
        bytes: bytes.len() as u64,
        sha256: digest::of_bytes(bytes),
        content: None,
    }
}

fn counts(layer: &Layer) -> Counts {
    let customers = layer.book.rows() as u64;
    let [(_, refused), (_, coverage), (_, no_lines)] = figures::ungraded(layer);
    let ungraded = refused + coverage + no_lines;
    let mut missing = figures::missing(layer);
    missing.sort_by_key(|lacking| lacking.indicator);
    let indicators = &layer.level.compiled.plan.parts().indicators;
    let missing = missing.into_iter().filter_map(|lacking| {
        Some(Missing {
            indicator: indicators.get(lacking.indicator)?.id.clone(),
            customers: lacking.customers,
        })
    });
    Counts {
        customers,
        graded: customers - ungraded,
        ungraded,
        refused,
        coverage,
        no_lines,
        missing: missing.collect(),
    }
}

fn grade_counts(layer: &Layer) -> Vec<GradeCount> {
    let grades = layer.level.compiled.plan.parts().grades.iter();
    grades
        .zip(figures::per_grade(layer))
        .map(|(grade, customers)| GradeCount {
            id: grade.id.clone(),
            customers,
        })
        .collect()
}

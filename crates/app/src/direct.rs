//! Wide Parquet in, grades out, in one streaming pass: for books of millions under `--write grades`. 宽表直通
//!
//! Only what fits goes this way: one Parquet file whose columns are called as the measures are, ids ascending, a policy
//! that uses no other and nothing judged. Whatever does not fit takes the general path, which understands headings, checks
//! and sorts everything, and tells of bad cells.

use std::fs::File;
use std::path::Path;

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use pinji_domain::{Date, Lang};
use pinji_policy::MeasureSource;
use pinji_policy::document::Subject;
use pinji_query::wide::{self, WideColumns, WideError, WideOutcome};

use crate::derive::{ENGINE, Write};
use crate::digest;
use crate::error::AppError;
use crate::folder::write_file;
use crate::intake::threads;
use crate::manifest::{Counts, DataEntry, FILE, FORMAT, GradeCount, InputEntry, Manifest, OutputEntry};
use crate::progress::{Progress, Stage};
use crate::rate::RateRequest;
use crate::regulation::{Level, Regulation, ungrouped};

/// The file that comes out.
const GRADES: &str = "grades.parquet";
/// Names of the id's column.
const IDS: [&str; 2] = ["id", "customer_id"];

/// What a streaming run depends on beside the policy.
#[derive(Debug, Clone, Copy)]
pub struct Straight<'a> {
    /// The file.
    pub data: &'a Path,
    /// As of when.
    pub as_of: Date,
    /// The language that `run.json` names.
    pub lang: Lang,
    /// Threads.
    pub threads: usize,
    /// Measures that the data may lack.
    pub without: &'a [String],
}

/// Whether a request may go this way at all, and what it depends on then.
pub fn straight(request: &RateRequest) -> Option<Straight<'_>> {
    let plain = request.write == Write::Grades
        && request.previous.is_none()
        && request.reading.maps.is_empty()
        && !request.reading.skip_bad_rows;
    plain.then(|| Straight {
        data: &request.data,
        as_of: request.as_of,
        lang: request.lang,
        threads: threads(request.reading.threads),
        without: &request.reading.without,
    })
}

/// Rates in one pass, if data and policy fit; `None` otherwise, and nothing is left in the folder then.
///
/// # Errors
/// When something cannot be written.
pub fn rate(
    terms: &Straight<'_>,
    regulation: &Regulation,
    levels: &[Level],
    folder: &Path,
    progress: &dyn Progress,
) -> Result<Option<Manifest>, AppError> {
    // A wide sheet that brings no group's grade bounds nobody by it.
    let levels = &ungrouped(levels.to_vec());
    let [level] = levels.as_slice() else { return Ok(None) };
    let judged = |measure: &pinji_policy::CompiledMeasure| matches!(measure.source, MeasureSource::Judged { .. });
    let plain = terms.data.is_file()
        && terms
            .data
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("parquet"))
        && level.compiled.subject == Subject::Customer
        && !level.compiled.measures.iter().any(judged);
    let Some(columns) = plain.then(|| columns(terms, levels, level)).flatten() else {
        return Ok(None);
    };
    let output = folder.join(GRADES);
    let step = |done: u64, total: u64| progress.step(Stage::Grade, done, total);
    match wide::rate(
        terms.data,
        &columns,
        &level.compiled.plan,
        &output,
        terms.threads,
        &step,
    ) {
        Ok(outcome) => finish(terms, regulation, level, folder, &outcome).map(Some),
        Err(WideError::Io(why)) => Err(AppError::io("app-cannot-read", terms.data, why)),
        // Whatever else is in the way, the general path knows what to say or do about it.
        Err(_) => {
            let _ = std::fs::remove_file(&output);
            Ok(None)
        }
    }
}

/// Which columns of the file are which inputs; nothing unless the id and every input are there under names of their own,
/// or are said to be absent and are so under any name.
fn columns(terms: &Straight<'_>, levels: &[Level], level: &Level) -> Option<WideColumns> {
    let file = File::open(terms.data).ok()?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).ok()?;
    let names: Vec<&str> = builder
        .schema()
        .fields()
        .iter()
        .map(|field| field.name().as_str())
        .collect();
    let id = IDS.into_iter().find(|id| names.contains(id))?;
    let mut wide = None;
    let mut absent = Vec::new();
    let inputs = level.compiled.measures.iter().map(|measure| {
        let found = column(&names, level, &measure.id);
        if measure.source == MeasureSource::GroupGrade {
            // Grades by their names are for the general path to read.
            let wide = wide.get_or_insert_with(|| crate::wide::kind(levels));
            let answers = |name: &&str| pinji_connectors::named(wide, name) == Some(measure.id.as_str());
            return (!names.iter().any(answers)).then_some(None);
        }
        if found.is_some() || !terms.without.contains(&measure.id) {
            return found.map(Some);
        }
        let wide = wide.get_or_insert_with(|| crate::wide::kind(levels));
        let answers = |name: &&str| pinji_connectors::named(wide, name) == Some(measure.id.as_str());
        absent.push(&measure.id);
        (!names.iter().any(answers)).then_some(None)
    });
    let inputs = inputs.collect::<Option<Vec<_>>>()?;
    // A name that is not absent, or is none of a measure, is for the general path to speak of.
    if terms.without.iter().any(|id| !absent.contains(&id)) {
        return None;
    }
    Some(WideColumns {
        id: id.to_owned(),
        inputs,
    })
}

/// The column of a measure: called by its id, or by one of its names if no other measure has that for its id.
fn column(columns: &[&str], level: &Level, id: &str) -> Option<String> {
    let measures = &level.document.measures;
    let name = measures
        .iter()
        .find(|measure| measure.id == id)
        .map(|measure| &measure.name);
    let names = name.into_iter().flat_map(|name| [name.zh.as_str(), name.en.as_str()]);
    let free = |name: &&str| !name.is_empty() && !measures.iter().any(|measure| measure.id == *name);
    let called = std::iter::once(id).chain(names.filter(free));
    called
        .into_iter()
        .find(|name| columns.contains(name))
        .map(str::to_owned)
}

fn finish(
    terms: &Straight<'_>,
    regulation: &Regulation,
    level: &Level,
    folder: &Path,
    outcome: &WideOutcome,
) -> Result<Manifest, AppError> {
    let policy = regulation.manifest_entry(&level.document);
    regulation.write(folder, &policy)?;
    let path = folder.join(GRADES);
    let (bytes, sha256) = digest::of_file(&path).map_err(|why| AppError::io("app-cannot-read", &path, why))?;
    let tally = &outcome.tally;
    let [refused, coverage, no_lines] = tally.ungraded;
    let ungraded = refused + coverage + no_lines;
    let grades = level.compiled.plan.parts().grades.iter().zip(&tally.grades);
    let mut manifest = Manifest {
        pinji_run: FORMAT,
        engine: ENGINE.to_owned(),
        as_of: pinji_locale::date(terms.as_of),
        language: terms.lang.code().to_owned(),
        write: Write::Grades.code().to_owned(),
        policy,
        data: DataEntry {
            layout: "wide".to_owned(),
            maps: Vec::new(),
            grades: Vec::new(),
            ungrouped: level.document.group.is_some(),
            skip_bad_rows: false,
            without: terms.without.to_vec(),
            left_out: 0,
            inputs: vec![InputEntry {
                name: terms
                    .data
                    .file_name()
                    .map(|name| name.to_string_lossy().into_owned())
                    .unwrap_or_default(),
                bytes: outcome.input_bytes,
                sha256: outcome.input_sha256.clone(),
            }],
            linked: Vec::new(),
        },
        snapshot: Vec::new(),
        money: None,
        previous: None,
        counts: Counts {
            customers: tally.subjects,
            graded: tally.subjects - ungraded,
            ungraded,
            refused,
            coverage,
            no_lines,
            missing: Vec::new(),
        },
        grades: grades
            .map(|(grade, count)| GradeCount {
                id: grade.id.clone(),
                customers: *count,
            })
            .collect(),
        outputs: vec![OutputEntry {
            file: GRADES.to_owned(),
            bytes,
            sha256,
            content: None,
        }],
        seals: Default::default(),
    };
    manifest.seal();
    write_file(&folder.join(FILE), manifest.text().as_bytes())?;
    Ok(manifest)
}

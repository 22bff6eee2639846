//! The demo's book under the shipped policies: read without a bad cell, graded as a real book would be. 样例账册评级
//!
//! The book is written as CSV and read back through the connectors, so its headings, units and words are put to the same
//! test as anybody's files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout, missing_docs)]

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray, StringArray};
use arrow::record_batch::RecordBatch;
use pinji_connectors::csv::{CsvCell, write_row};
use pinji_connectors::{Dataset, OpenOptions, Table, open};
use pinji_domain::{Date, number};
use pinji_engine::UNGRADED;
use pinji_policy::{Document, compile, load};
use pinji_query::{GradedChunk, MeasureOptions, Measured, QueryError, Records, UsedGrades, measure};
use pinji_sample::{Book, Cell, SampleTable, book};

/// The demo's own seed and size.
const SEED: u64 = 20_251_231;

fn document(name: &str) -> Document {
    let folder = std::env::var_os("PINJI_POLICIES").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../policies"), PathBuf::from);
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).map_err(|error| error.to_string());
    load(&format!("{name}.toml"), &read).document.unwrap()
}

fn write(folder: &Path, name: &str, table: &SampleTable) {
    let mut out = BufWriter::new(File::create(folder.join(format!("{name}.csv"))).unwrap());
    let headings: Vec<CsvCell<'_>> = table.headings.iter().map(|heading| CsvCell::Text(heading)).collect();
    write_row(&mut out, &headings).unwrap();
    for row in &table.rows {
        let texts: Vec<(bool, String)> = row.iter().map(said).collect();
        let cells: Vec<CsvCell<'_>> = texts.iter().map(|(text, said)| if *text { CsvCell::Text(said) } else { CsvCell::Number(said) }).collect();
        write_row(&mut out, &cells).unwrap();
    }
    out.flush().unwrap();
}

fn said(cell: &Cell) -> (bool, String) {
    match cell {
        Cell::Empty => (false, String::new()),
        Cell::Text(text) => (true, text.clone()),
        Cell::Integer(whole) => (false, whole.to_string()),
        Cell::Decimal(units, scale) => (false, number::plain(*units, *scale)),
        Cell::Date(date) => (false, date.to_string()),
    }
}

struct Sheet<'a>(&'a Table);

impl Records for Sheet<'_> {
    fn kind(&self) -> &str {
        self.0.kind()
    }
    fn parts(&self) -> usize {
        self.0.parts()
    }
    fn read(&self, part: usize, fields: &[&str]) -> Result<Vec<RecordBatch>, QueryError> {
        self.0.read(part, fields).map_err(|error| QueryError::Data(error.message()))
    }
}

/// A population with its grades, as grade ids.
struct Rated {
    measured: Measured,
    chunks: Vec<GradedChunk>,
    grades: Vec<Option<String>>,
}

fn rate(document: &Document, data: &Dataset, as_of: Date, used: Vec<UsedGrades>) -> Rated {
    let compiled = compile(document, as_of).unwrap();
    let sheets: Vec<Sheet<'_>> = data.tables.iter().map(Sheet).collect();
    let records: Vec<&dyn Records> = sheets.iter().map(|sheet| sheet as &dyn Records).collect();
    let options = MeasureOptions { used, about: vec!["group".into()], ..MeasureOptions::new(document) };
    let measured = measure(&compiled, &records, as_of, &options).unwrap();
    let chunks = measured.grade(&compiled.plan, 2).unwrap();
    let name = |grade: &u8| (*grade != UNGRADED).then(|| document.grades[usize::from(*grade)].id.clone());
    let grades = chunks.iter().flat_map(|chunk| chunk.graded.grade.iter().map(name)).collect();
    Rated { measured, chunks, grades }
}

fn shares(grades: &[Option<String>]) -> HashMap<String, f64> {
    let mut shares = HashMap::new();
    for grade in grades {
        *shares.entry(grade.clone().unwrap_or_else(|| "ungraded".into())).or_default() += 100.0 / grades.len() as f64;
    }
    shares
}

/// The customers' grades under the standard policy, bounded by their groups' grades.
fn standard(data: &Dataset, as_of: Date) -> (Rated, Rated, Rated, Vec<Option<String>>) {
    let credit = rate(&document("credit-nine-level"), data, as_of, Vec::new());
    let used = UsedGrades {
        alias: "credit_grade".into(),
        ids: credit.measured.ids.clone(),
        grades: StringArray::from(credit.grades.clone()),
    };
    let groups = rate(&document("group-standard"), data, as_of, Vec::new());
    let customers = rate(&document("tob-standard"), data, as_of, vec![used]);
    let order = ["vip", "key", "potential", "ordinary"];
    let place = |grade: &str| order.iter().position(|known| *known == grade).unwrap();
    let of: HashMap<String, Option<String>> =
        (0..groups.measured.rows()).map(|row| (groups.measured.id(row), groups.grades[row].clone())).collect();
    let group = customers.measured.about("group").unwrap().as_string::<i32>().clone();
    let bounded = customers.grades.iter().enumerate().map(|(row, grade)| {
        let grade = grade.as_deref()?;
        let bound = (!group.is_null(row)).then(|| of.get(group.value(row)).cloned().flatten()).flatten();
        let best = bound.map_or(0, |bound| place(&bound).saturating_sub(1));
        Some(order[place(grade).max(best)].to_owned())
    });
    let bounded = bounded.collect();
    (credit, groups, customers, bounded)
}

fn opened(book: &Book, folder: &Path) -> Dataset {
    for table in &book.tables {
        write(folder, table.kind, table);
    }
    open(folder, &pinji_policy::kinds::shipped(), &OpenOptions::default()).unwrap()
}

fn show(title: &str, grades: &[Option<String>]) {
    let mut shares: Vec<(String, f64)> = shares(grades).into_iter().collect();
    shares.sort_by(|one, two| two.1.total_cmp(&one.1));
    let words: Vec<String> = shares.iter().map(|(grade, share)| format!("{grade} {share:.1}")).collect();
    println!("{title}: {} | {}", grades.len(), words.join(", "));
}

#[test]
fn the_demo_book_is_graded_as_a_real_one_would_be() {
    let book = book(SEED, 2_000, 120);
    let folder = tempfile::tempdir().unwrap();
    let data = opened(&book, folder.path());
    for cell in data.bad.iter().take(10) {
        println!("{cell:?}");
    }
    assert_eq!(data.bad_total, 0);
    let (credit, groups, customers, now) = standard(&data, book.as_of);
    let (.., before) = standard(&data, book.history);
    if std::env::var_os("PINJI_SHOW").is_some() {
        for table in &book.tables {
            println!("{} {}", table.kind, table.rows.len());
        }
        show("credit", &credit.grades);
        show("groups", &groups.grades);
        show("without groups", &customers.grades);
        show("now", &now);
        show("before", &before);
        let moved = now.iter().zip(&before).filter(|(now, before)| now != before).count();
        println!("moved {moved}");
        for (policy, rated) in [("tob-standard", &customers), ("credit-nine-level", &credit), ("group-standard", &groups)] {
            figures(policy, rated);
        }
    }
    let shares = shares(&now);
    let check = |grade: &str, low: f64, high: f64| {
        let share = shares.get(grade).copied().unwrap_or_default();
        assert!((low..=high).contains(&share), "{grade}: {share:.1} % of {shares:?}");
    };
    check("vip", 4.0, 9.0);
    check("key", 18.0, 27.0);
    check("potential", 22.0, 32.0);
    check("ordinary", 35.0, 50.0);
    check("ungraded", 0.5, 6.0);
}

/// How often each cap binds, and the quartiles of each score and of each indicator's points.
fn figures(policy: &str, rated: &Rated) {
    let document = document(policy);
    let quartiles = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        let at = |share: f64| values.get((values.len() as f64 * share) as usize).copied().unwrap_or_default();
        format!("{:.1} {:.1} {:.1} {:.1} {:.1}", at(0.05), at(0.25), at(0.5), at(0.75), at(0.95))
    };
    println!("-- {policy}");
    let all = || rated.chunks.iter().map(|chunk| &chunk.graded);
    for (at, cap) in document.caps.iter().enumerate() {
        println!("cap {} {}", cap.id, all().flat_map(|graded| &graded.caps).filter(|caps| *caps >> at & 1 == 1).count());
    }
    for (at, floor) in document.floors.iter().enumerate() {
        println!("floor {} {}", floor.id, all().flat_map(|graded| &graded.floors).filter(|bits| *bits >> at & 1 == 1).count());
    }
    for (at, score) in document.scores.iter().enumerate() {
        let values = all().flat_map(|graded| &graded.scores[at].values).filter(|value| **value != i64::MIN);
        println!("score {} {}", score.id, quartiles(values.map(|value| *value as f64 / 100.0).collect()));
    }
    for (at, indicator) in document.indicators.iter().enumerate() {
        let points: Vec<f64> =
            all().flat_map(|graded| &graded.lines[at].points).filter(|points| **points >= 0).map(|points| f64::from(*points) / 1e4).collect();
        let missing = all().flat_map(|graded| &graded.missing).filter(|bits| *bits >> at & 1 == 1).count();
        println!("  {} missing {missing}: {}", indicator.id, quartiles(points));
    }
}

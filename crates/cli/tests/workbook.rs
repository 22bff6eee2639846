//! The workbook as another program reads it: LibreOffice opens it without complaint, and its numbers are those of the
//! Parquet files.
//!
//! Skipped where LibreOffice is absent.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::program::{Table, pinji};

/// All sheets as CSV, with cells as they are kept and not as they are shown.
const FILTER: &str = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1";

type Rows = Vec<Vec<String>>;

#[test]
fn numbers_are_those_of_the_parquet_files() {
    let Some(office) = office() else {
        println!("skipped: LibreOffice (`soffice`) is not installed");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let demo = folder.path().join("demo");
    let ran = pinji([
        "demo".as_ref(),
        "--customers".as_ref(),
        "300".as_ref(),
        "--out".as_ref(),
        demo.as_os_str(),
    ]);
    assert_eq!(ran.code, 0, "{}", ran.said);
    let workbook = find(&demo, "grades.xlsx").expect("a workbook");
    let run = workbook.parent().unwrap();
    let sheets = sheets(&office, &workbook, folder.path());
    assert_eq!(sheets.len(), 4, "summary, grades, lines, policy");

    let grades = Table::read(&run.join("grades.parquet"));
    let ids = grades.full("id");
    check_grades(&grades, &ids, &sheets[1]);
    check_lines(&Table::read(&run.join("lines.parquet")), &grades, &ids, &sheets[2]);
    for (sheet, rows) in sheets.iter().enumerate() {
        for cell in rows.iter().flatten() {
            let error = ["#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#N/A", "Err:"]
                .iter()
                .find(|error| cell.starts_with(**error));
            assert!(error.is_none(), "{cell} in sheet {}", sheet + 1);
        }
    }
}

/// One row per customer: the same ids, scores, dimension scores and coverage, and one name per grade.
fn check_grades(grades: &Table, ids: &[String], rows: &Rows) {
    assert_eq!(rows.len(), ids.len() + 1, "a heading and a row per customer");
    let named = grades.names();
    let scores = named.iter().skip(1).take_while(|name| !name.starts_with("score_"));
    let dimensions = named.iter().filter(|name| name.starts_with("score_"));
    // Id, name, grade, class, then the scores; the dimensions stand behind what is missing.
    let missing = rows[0]
        .iter()
        .position(|heading| heading == "Missing")
        .expect("a column");
    let scores = scores.enumerate().map(|(at, name)| (5 + at, name));
    let dimensions = dimensions.enumerate().map(|(at, name)| (missing + 1 + at, name));
    let figures: Vec<(usize, Vec<Option<f64>>)> = scores
        .chain(dimensions)
        .map(|(column, name)| (column, grades.numbers(name)))
        .collect();
    let found: Vec<&str> = rows[1..].iter().map(|row| row[0].as_str()).collect();
    assert_eq!(found, ids, "ids in their order");
    let mut names: BTreeMap<Option<String>, &str> = BTreeMap::new();
    let mut compared = 0;
    for (at, (row, grade)) in rows[1..].iter().zip(grades.texts("grade")).enumerate() {
        for (column, figures) in &figures {
            let expected = figures[at];
            let cell = row[*column].as_str();
            match expected {
                None => assert_eq!(cell, "", "{} has no figure {column}", ids[at]),
                Some(expected) => {
                    let found: f64 = cell.parse().unwrap_or_else(|why| panic!("{cell}: {why}"));
                    assert!((found - expected).abs() <= 1e-9, "{}: {found}, not {expected}", ids[at]);
                    compared += 1;
                }
            }
        }
        let name = names.entry(grade).or_insert(row[2].as_str());
        assert_eq!(*name, row[2], "one name per grade");
    }
    assert!(compared > 2 * ids.len(), "{compared} figures were compared");
    assert!(names.len() > 2, "several grades: {names:?}");
}

/// One row per line that counts: as many as in the file, and their contributions make the scores.
fn check_lines(lines: &Table, grades: &Table, ids: &[String], rows: &Rows) {
    let (of, contributions) = (lines.full("id"), lines.numbers("contribution"));
    // Lines whose weight went to others stand in the file only.
    let counts = lines.numbers("weight").into_iter().zip(lines.numbers("points"));
    let counts = counts.map(|(weight, points)| weight.is_some_and(|weight| weight > 0.0) && points.is_some());
    let expected: Vec<(String, f64)> = (of.into_iter().zip(contributions).zip(counts))
        .filter(|(_, counts)| *counts)
        .map(|((id, contribution), _)| (id, contribution.expect("a contribution")))
        .collect();
    assert_eq!(rows.len(), expected.len() + 1, "a heading and a row per line");
    let mut sum = 0.0;
    for (row, (id, contribution)) in rows[1..].iter().zip(&expected) {
        assert_eq!(row[0], *id);
        let found: f64 = row[9].parse().unwrap_or_else(|why| panic!("{}: {why}", row[9]));
        assert!(
            (found - contribution).abs() <= 1e-9,
            "{id}: {found}, not {contribution}"
        );
        sum += found;
    }
    let scores = grades
        .names()
        .into_iter()
        .skip(1)
        .take_while(|name| !name.starts_with("score_"));
    let totals: f64 = scores
        .map(|name| grades.numbers(&name).into_iter().flatten().sum::<f64>())
        .sum();
    assert!(
        (sum - totals).abs() < 1e-4,
        "lines make {sum}, scores {totals} for {} customers",
        ids.len()
    );
}

fn office() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|folder| ["soffice", "libreoffice"].map(|name| folder.join(name)))
        .find(|program| program.is_file())
}

fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?.map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let here = files
        .into_iter()
        .find(|file| file.file_name().is_some_and(|found| found == name));
    here.or_else(|| folders.iter().find_map(|folder| find(folder, name)))
}

/// The workbook's sheets in their order, as LibreOffice reads them.
fn sheets(office: &Path, workbook: &Path, folder: &Path) -> Vec<Rows> {
    let out = folder.join("csv");
    // A profile of its own, so that no other office is in the way.
    let profile = format!("-env:UserInstallation=file://{}", folder.join("profile").display());
    let mut command = Command::new(office);
    command
        .args([profile.as_str(), "--headless", "--convert-to", FILTER, "--outdir"])
        .arg(&out)
        .arg(workbook);
    let output = command.output().expect("LibreOffice starts");
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{said}");
    let complaints: Vec<&str> = said
        .lines()
        .filter(|line| {
            !line.contains("javaldx")
                && !line.starts_with("convert ")
                && !line.starts_with("Writing sheet")
                && !line.is_empty()
        })
        .collect();
    assert!(complaints.is_empty(), "LibreOffice complains: {complaints:?}");
    // Its files are called by the sheets; the workbook says in which order those come.
    names(workbook)
        .iter()
        .map(|name| {
            let file = out.join(format!("grades-{name}.csv"));
            let text = std::fs::read(&file).unwrap_or_else(|why| panic!("{}: {why}: {said}", file.display()));
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(text.as_slice());
            reader
                .records()
                .map(|row| row.unwrap().iter().map(str::to_owned).collect())
                .collect()
        })
        .collect()
}

/// The names of the sheets, in their order.
fn names(workbook: &Path) -> Vec<String> {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(workbook).unwrap()).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut zip.by_name("xl/workbook.xml").unwrap(), &mut text).unwrap();
    let sheets = text.split("<sheet name=\"").skip(1);
    sheets
        .map(|sheet| sheet.split('"').next().unwrap().to_owned())
        .collect()
}

//! A changed value in any file of a run is found and named. 篡改检验

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array};
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::place::{Said, copied_run, line};

#[track_caller]
fn found(place: &Path, says: &[&str]) -> Said {
    line(place, "verify run").ended(1).says(says).says(&["Not verified"])
}

/// Changes one value of a Parquet file: adds one in row `row` of `column`. Gives what stood there.
fn add_one(file: &Path, column: &str, row: usize) -> String {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(file).unwrap())
        .unwrap()
        .with_batch_size(1 << 20);
    let schema = Arc::clone(builder.schema());
    let batch = builder.build().unwrap().next().unwrap().unwrap();
    let at = schema.index_of(column).unwrap();
    let mut columns = batch.columns().to_vec();
    let old = &columns[at];
    let (new, was): (ArrayRef, String) = match old.data_type() {
        DataType::Float64 => {
            let values = old.as_primitive::<Float64Type>();
            let change = |(place, value): (usize, Option<f64>)| {
                value.map(|value| if place == row { value + 1.0 } else { value })
            };
            (
                Arc::new(values.iter().enumerate().map(change).collect::<Float64Array>()),
                values.value(row).to_string(),
            )
        }
        DataType::Int64 => {
            let values = old.as_primitive::<Int64Type>();
            let change =
                |(place, value): (usize, Option<i64>)| value.map(|value| if place == row { value + 1 } else { value });
            (
                Arc::new(values.iter().enumerate().map(change).collect::<Int64Array>()),
                values.value(row).to_string(),
            )
        }
        other => panic!("{column} is {other}"),
    };
    columns[at] = new;
    let changed = RecordBatch::try_new(Arc::clone(&schema), columns).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(file).unwrap(), schema, None).unwrap();
    writer.write(&changed).unwrap();
    writer.close().unwrap();
    was
}

/// The first row of a Parquet file where a column has a value, and the id there.
fn valued(file: &Path, column: &str) -> (usize, String) {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(file).unwrap())
        .unwrap()
        .with_batch_size(1 << 20);
    let batch = builder.build().unwrap().next().unwrap().unwrap();
    let values = batch.column_by_name(column).unwrap();
    let row = (3..values.len()).find(|row| values.is_valid(*row)).unwrap();
    (
        row,
        batch
            .column_by_name("id")
            .unwrap()
            .as_string::<i32>()
            .value(row)
            .to_owned(),
    )
}

#[test]
fn a_changed_score_is_named_by_row_and_column() {
    let (place, run) = copied_run();
    let (row, id) = valued(&run.join("grades.parquet"), "safety");
    let was = add_one(&run.join("grades.parquet"), "safety", row);
    found(
        place.path(),
        &["grades.parquet", &id, "safety", &format!("row {}", row + 1), &was],
    );
}

#[test]
fn a_changed_line_is_named_by_row_and_column() {
    let (place, run) = copied_run();
    let (row, id) = valued(&run.join("lines.parquet"), "points");
    add_one(&run.join("lines.parquet"), "points", row);
    found(place.path(), &["lines.parquet", &id, "points"]);
}

#[test]
fn a_changed_measure_is_found_and_what_follows_is_named() {
    let (place, run) = copied_run();
    let file = run.join("snapshot.parquet");
    let (row, id) = valued(&file, "orders_12m");
    add_one(&file, "orders_12m", row);
    found(
        place.path(),
        &["snapshot.parquet", "SHA-256", "snapshot[2].content", &id],
    );
}

#[test]
fn a_changed_previous_grade_is_found() {
    let (place, run) = copied_run();
    let file = run.join("previous.parquet");
    let (row, _) = valued(&file, "safety");
    add_one(&file, "safety", row);
    found(place.path(), &["previous.parquet", "SHA-256"]);
}

#[test]
fn a_changed_cell_of_the_workbook_is_named_by_sheet_and_cell() {
    let (place, run) = copied_run();
    // The grades are the second sheet; F3 is the second customer's first score.
    rewrite_part(&run.join("grades.xlsx"), "xl/worksheets/sheet2.xml", |xml| {
        let start = xml.find("<c r=\"F3\"").expect("a cell F3");
        let value = start + xml[start..].find("<v>").unwrap() + 3;
        let mut changed = xml.to_owned();
        changed.insert(value, '1');
        changed
    });
    found(place.path(), &["grades.xlsx: Grades!F3"]);
}

#[test]
fn a_changed_picture_of_the_workbook_is_named_by_its_part() {
    let (place, run) = copied_run();
    rewrite_part(&run.join("grades.xlsx"), "xl/charts/chart1.xml", |xml| {
        xml.replacen("<c:title>", "<c:title> ", 1)
    });
    found(place.path(), &["grades.xlsx: xl/charts/chart1.xml"]);
}

fn rewrite_part(file: &Path, part: &str, change: impl Fn(&str) -> String) {
    let mut archive = zip::ZipArchive::new(File::open(file).unwrap()).unwrap();
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        parts.push((name, bytes));
    }
    let mut writer = zip::ZipWriter::new(File::create(file).unwrap());
    let mut changed = false;
    for (name, bytes) in parts {
        writer
            .start_file(name.as_str(), zip::write::SimpleFileOptions::default())
            .unwrap();
        if name == part {
            let text = String::from_utf8(bytes).unwrap();
            let new = change(&text);
            changed = new != text;
            writer.write_all(new.as_bytes()).unwrap();
        } else {
            writer.write_all(&bytes).unwrap();
        }
    }
    writer.finish().unwrap();
    assert!(changed, "{part} was changed");
}

#[test]
fn a_changed_report_is_named_by_line() {
    let (place, run) = copied_run();
    let file = run.join("report.html");
    let text = fs::read_to_string(&file).unwrap();
    let at = text.find("C10").expect("a customer's id");
    let number = text[..at].matches('\n').count() + 1;
    fs::write(&file, text.replacen("C10", "C99", 1)).unwrap();
    found(place.path(), &[&format!("report.html: line {number}")]);
}

/// The same hash with another first digit.
fn other(hash: &str) -> String {
    format!("{}{}", if hash.starts_with('0') { '1' } else { '0' }, &hash[1..])
}

#[test]
fn every_key_of_the_manifest_is_guarded() {
    let (place, run) = copied_run();
    let file = run.join("run.json");
    let text = fs::read_to_string(&file).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let input = value["data"]["inputs"][0]["sha256"].as_str().unwrap();
    let customers = value["counts"]["customers"].to_string();
    let previous = value["previous"]["run"].as_str().unwrap();
    let cases = [
        (input.to_owned(), other(input), "run.json: data"),
        (
            format!("\"customers\": {customers},"),
            "\"customers\": 1,".to_owned(),
            "run.json: counts",
        ),
        (
            "\"as_of\": \"2025-12-31\"".to_owned(),
            "\"as_of\": \"2025-12-30\"".to_owned(),
            "run.json: as_of",
        ),
        (
            "\"language\": \"en\"".to_owned(),
            "\"language\": \"zh\"".to_owned(),
            "run.json: language",
        ),
        (previous.to_owned(), other(previous), "run.json: previous"),
        (
            "\"money\": \"revenue\"".to_owned(),
            "\"money\": \"purchases_12m\"".to_owned(),
            "run.json: money",
        ),
    ];
    for (from, to, says) in cases {
        let changed = text.replacen(&from, &to, 1);
        assert_ne!(changed, text, "{from}");
        fs::write(&file, changed).unwrap();
        let said = line(place.path(), "verify run --lang en").ended(1);
        said.says(&[says]);
    }
}

#[test]
fn a_changed_policy_is_found() {
    let (place, run) = copied_run();
    let file = run.join("policy/tob-standard.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{text}\n# one more remark\n")).unwrap();
    found(place.path(), &["policy/tob-standard.toml", "SHA-256", "policy.sha256"]);
}

#[test]
fn missing_and_strange_files_are_found() {
    let (place, run) = copied_run();
    fs::remove_file(run.join("lines.parquet")).unwrap();
    found(place.path(), &["lines.parquet", "not there"]);
    let (place, run) = copied_run();
    fs::write(run.join("addendum.txt"), "x").unwrap();
    found(place.path(), &["addendum.txt", "not part of the run"]);
    let (place, run) = copied_run();
    fs::write(run.join("grades.xlsx"), "no workbook").unwrap();
    found(place.path(), &["grades.xlsx"]);
    let (place, run) = copied_run();
    fs::write(run.join("snapshot.parquet"), "no table").unwrap();
    found(place.path(), &["snapshot.parquet"]);
}

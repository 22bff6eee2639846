//! Real data that nobody here wrote, rated by the built program; the numbers to meet were computed by public libraries.
//!
//! Skipped where `PINJI_OPEN_DATA` does not name the folder.

mod fixed;
mod ledger;
mod monthly;
mod statements;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use serde_json::Value;

/// A CSV file, packed or not, as rows by heading.
fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let bytes = std::fs::read(path).unwrap();
    let mut text = String::new();
    if path.extension().is_some_and(|kind| kind == "gz") {
        GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
    } else {
        text = String::from_utf8(bytes).unwrap();
    }
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .map(Result::unwrap)
        .collect()
}

/// A figure of a row.
fn figure(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column]
        .parse()
        .unwrap_or_else(|why| panic!("{column} = {}: {why}", row[column]))
}

/// The part of expected.json under this name.
fn expected(data: &Path, part: &str) -> Value {
    let text = std::fs::read_to_string(data.join("expected.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    assert!(all[part].is_object(), "no {part} in expected.json");
    all[part].clone()
}

fn near(found: f64, expected: f64, within: f64, what: &str) {
    assert!(
        (found - expected).abs() <= within,
        "{what}: {found}, expected {expected}"
    );
}

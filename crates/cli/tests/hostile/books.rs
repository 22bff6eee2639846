//! Workbooks and Parquet files with hostile contents in a sound shell.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use rust_xlsxwriter::Workbook;

use super::Room;
use crate::program::Table;

/// A workbook of texts; a number is written as a number.
fn book(path: &Path, rows: &[&[&str]]) {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (r, row) in rows.iter().enumerate() {
        for (c, cell) in row.iter().enumerate() {
            let at = (u32::try_from(r).unwrap(), u16::try_from(c).unwrap());
            match cell.parse::<f64>() {
                Ok(number) if number.is_finite() => sheet.write_number(at.0, at.1, number).unwrap(),
                _ => sheet.write_string(at.0, at.1, *cell).unwrap(),
            };
        }
    }
    workbook.save(path).unwrap();
}

#[test]
fn bad_cells_are_all_named() {
    let room = Room::new();
    let data = room.path("book.xlsx");
    book(
        &data,
        &[
            &["id", "sales", "kind_of_customer", "orders"],
            &["A1", "1200", "private", "3"],
            &["A2", "lots", "private", "1.5"],
            &["A1", "5", "state", "2"],
            &["", "5", "state", "2"],
            &["A5", "#DIV/0!", "state", "2"],
        ],
    );
    room.refuses(&data, &["book.xlsx", "lots", "1.5", "A1", "#DIV/0!"]);
}

#[test]
fn texts_like_formulas_stay_texts() {
    let room = Room::new();
    let data = room.path("book.xlsx");
    let ids = [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\ttab",
        "<script>alert(1)</script>",
        "a\"b'c&d",
    ];
    let rows: Vec<Vec<&str>> = ids.iter().map(|id| vec![*id, "1200", "private", "3"]).collect();
    let mut all: Vec<&[&str]> = vec![&["id", "sales", "kind_of_customer", "orders"]];
    all.extend(rows.iter().map(Vec::as_slice));
    book(&data, &all);
    let run = room.takes(&data);
    let found = Table::read(&run.join("grades.parquet")).full("id");
    assert_eq!(found.len(), ids.len());
    let page = std::fs::read_to_string(run.join("report.html")).unwrap();
    assert!(!page.contains("<script>alert"), "a name became a script");
    // The workbook holds no formula: its sheets have no cell with `<f>`.
    let mut zip = zip::ZipArchive::new(File::open(run.join("grades.xlsx")).unwrap()).unwrap();
    for index in 0..zip.len() {
        let mut part = zip.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut text = String::new();
        if name.starts_with("xl/worksheets/") && std::io::Read::read_to_string(&mut part, &mut text).is_ok() {
            assert!(!text.contains("<f>") && !text.contains("<f "), "a formula in {name}");
        }
    }
}

#[test]
fn headings_below_a_title_or_nowhere() {
    let room = Room::new();
    let data = room.path("book.xlsx");
    book(&data, &[&["A note about nothing"], &["and another"], &["1", "2", "3"]]);
    room.refuses(&data, &["book.xlsx"]);
    Workbook::new().save(&data).map_or_else(|_| book(&data, &[]), |()| ());
    room.refuses(&data, &["book.xlsx"]);
}

type Columns = Vec<(&'static str, ArrayRef)>;

fn parquet(path: &Path, columns: Columns) {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn parquet_files() {
    let ids = |ids: &[i64]| -> ArrayRef { Arc::new(Int64Array::from(ids.to_vec())) };
    let numbers = |numbers: &[f64]| -> ArrayRef { Arc::new(Float64Array::from(numbers.to_vec())) };
    let texts = |texts: &[&str]| -> ArrayRef { Arc::new(StringArray::from(texts.to_vec())) };
    let kinds = || texts(&["private", "state"]);
    let cases: [(&str, Columns, &[&str]); 6] = [
        (
            "nan",
            vec![
                ("id", ids(&[1, 2])),
                ("sales", numbers(&[1.0, f64::NAN])),
                ("kind_of_customer", kinds()),
                ("orders", ids(&[1, 2])),
            ],
            &["nan.parquet", "sales"],
        ),
        (
            "inf",
            vec![
                ("id", ids(&[1, 2])),
                ("sales", numbers(&[f64::INFINITY, 1.0])),
                ("kind_of_customer", kinds()),
                ("orders", ids(&[1, 2])),
            ],
            &["inf.parquet", "sales"],
        ),
        (
            "twice",
            vec![
                ("id", ids(&[7, 7])),
                ("sales", numbers(&[1.0, 2.0])),
                ("kind_of_customer", kinds()),
                ("orders", ids(&[1, 2])),
            ],
            &["twice.parquet", "7"],
        ),
        (
            "apart",
            vec![
                ("id", ids(&[9, 3])),
                ("sales", numbers(&[1.0, 2.0])),
                ("kind_of_customer", kinds()),
                ("orders", ids(&[i64::MAX, 2])),
            ],
            &["apart.parquet", "orders"],
        ),
        (
            "words",
            vec![
                ("id", ids(&[1, 2])),
                ("sales", texts(&["a", "b"])),
                ("kind_of_customer", kinds()),
                ("orders", ids(&[1, 2])),
            ],
            &["words.parquet", "sales"],
        ),
        (
            "no-id",
            vec![
                ("sales", numbers(&[1.0, 2.0])),
                ("kind_of_customer", kinds()),
                ("orders", ids(&[1, 2])),
            ],
            &["no-id.parquet"],
        ),
    ];
    for (name, columns, says) in cases {
        let room = Room::new();
        let data = room.path(&format!("{name}.parquet"));
        parquet(&data, columns);
        room.refuses(&data, says);
    }
}

#[test]
fn damaged_parquet_files() {
    let room = Room::new();
    let sound = room.path("sound.parquet");
    let columns: Columns = vec![
        ("id", Arc::new(Int64Array::from((0..5_000).collect::<Vec<_>>()))),
        (
            "sales",
            Arc::new(Float64Array::from((0..5_000).map(f64::from).collect::<Vec<_>>())),
        ),
        ("kind_of_customer", Arc::new(StringArray::from(vec!["private"; 5_000]))),
        ("orders", Arc::new(Int64Array::from(vec![1; 5_000]))),
    ];
    parquet(&sound, columns);
    let bytes = std::fs::read(&sound).unwrap();
    let mut footer = bytes.clone();
    let end = footer.len();
    footer[end - 8..end - 4].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut metadata = bytes.clone();
    for byte in &mut metadata[end - 200..end - 60] {
        *byte ^= 0xa5;
    }
    let mut pages = bytes.clone();
    for byte in &mut pages[40..600] {
        *byte = 0xff;
    }
    for (name, damaged) in [
        ("cut.parquet", bytes[..bytes.len() / 2].to_vec()),
        ("magic.parquet", b"PAR1".to_vec()),
        ("empty.parquet", Vec::new()),
        ("footer.parquet", footer),
        ("metadata.parquet", metadata),
        ("pages.parquet", pages),
        ("text.parquet", b"id,sales\n1,2\n".to_vec()),
    ] {
        let room = Room::new();
        room.refuses(&room.write(name, damaged), &[name]);
    }
}

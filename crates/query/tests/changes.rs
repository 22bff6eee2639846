//! Where two files differ. 差异定位

use std::path::Path;
use std::sync::Arc;

use arrow::array::{Float64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use pinji_query::compare::{Difference, compare};
use pinji_query::store::Writer;

fn write(path: &Path, rows: usize, change: impl Fn(usize, &mut Option<f64>, &mut String)) {
    let schema = Arc::new(Schema::new(vec![
        Field::new("id", DataType::Utf8, false),
        Field::new("total", DataType::Float64, true),
        Field::new("grade", DataType::Utf8, false),
    ]));
    let (mut totals, mut grades) = (Vec::new(), Vec::new());
    for row in 0..rows {
        let (mut total, mut grade) = (Some(row as f64 / 4.0), "B".to_owned());
        change(row, &mut total, &mut grade);
        totals.push(total);
        grades.push(grade);
    }
    let ids = StringArray::from_iter_values((0..rows).map(|row| format!("c{row:05}")));
    let batch = RecordBatch::try_new(
        Arc::clone(&schema),
        vec![
            Arc::new(ids),
            Arc::new(Float64Array::from(totals)),
            Arc::new(StringArray::from(grades)),
        ],
    )
    .unwrap();
    let mut writer = Writer::new(path, schema).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn a_changed_cell_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (left, right) = (folder.path().join("left"), folder.path().join("right"));
    write(&left, 20_000, |_, _, _| {});
    let check =
        |rows: usize, change: &dyn Fn(usize, &mut Option<f64>, &mut String), expected: &[Difference], cells: usize| {
            write(&right, rows, change);
            let found = compare(&left, &right, 2).unwrap();
            assert_eq!((found.differences.as_slice(), found.cells), (expected, cells));
            assert_eq!(found.is_same(), expected.is_empty());
        };
    let cell = |row: usize, column: &str, left: &str, right: &str| Difference::Cell {
        row,
        key: vec![format!("c{row:05}")],
        column: column.to_owned(),
        left: left.to_owned(),
        right: right.to_owned(),
    };
    check(20_000, &|_, _, _| {}, &[], 0);
    let one = |row: usize, total: &mut Option<f64>, _: &mut String| {
        if row == 12_345 {
            *total = None;
        }
    };
    check(20_000, &one, &[cell(12_345, "total", "3086.25", "")], 1);
    let many = |row: usize, total: &mut Option<f64>, grade: &mut String| {
        if row % 10_000 == 9_000 {
            (*total, *grade) = (Some(0.5), "A".to_owned());
        }
    };
    check(
        20_000,
        &many,
        &[cell(9_000, "total", "2250.0", "0.5"), cell(9_000, "grade", "B", "A")],
        4,
    );
    check(
        19_999,
        &|_, _, _| {},
        &[Difference::Rows {
            left: 20_000,
            right: 19_999,
        }],
        0,
    );
}

#[test]
fn other_columns_are_not_compared() {
    let folder = tempfile::tempdir().unwrap();
    let (left, right) = (folder.path().join("left"), folder.path().join("right"));
    write(&left, 3, |_, _, _| {});
    let schema = Arc::new(Schema::new(vec![Field::new("id", DataType::Utf8, false)]));
    Writer::new(&right, schema).unwrap().close().unwrap();
    let found = compare(&left, &right, 5).unwrap();
    assert!(
        matches!(found.differences.as_slice(), [Difference::Columns { left, right }] if left.len() == 3 && right.len() == 1)
    );
    assert!(compare(&left, &folder.path().join("nowhere"), 5).is_err());
}

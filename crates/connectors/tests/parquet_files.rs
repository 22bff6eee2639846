//! Typed columns of other programs: taken exactly, or named as bad.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float32Array, Float64Array, Int32Array,
    Int64Array, LargeStringArray, ListArray, RecordBatch, StringArray, StringViewArray, TimestampMillisecondArray,
    UInt64Array,
};
use arrow::datatypes::Int32Type;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use pinji_domain::FieldType;

use crate::fixture::{Folder, bad, column, field, kind, open_wide, open_with, refusal};

/// Writes columns in row groups of `group` rows.
pub fn write(path: &Path, columns: Vec<(&str, ArrayRef)>, group: usize) {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(group))
        .build();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// Reads one column as a field: its values, or the codes of what is wrong with their rows.
fn check(ty: FieldType, array: ArrayRef, expected: &[&str]) {
    let folder = Folder::new();
    let path = folder.path().join("wide.parquet");
    let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(0..array.len() as i64));
    write(&path, vec![("id", ids), ("x", array.clone())], 2);
    let wide = kind(
        "wide",
        "宽表",
        &[],
        None,
        vec![field("id", FieldType::Integer), field("x", ty.clone())],
    );
    let dataset = open_wide(&path, wide).unwrap();
    let mut found = column(&dataset.tables[0], "x").into_iter();
    let rows: Vec<String> = (1..=array.len() as u64)
        .map(|row| match dataset.bad.iter().find(|cell| cell.row == row) {
            Some(cell) => cell.message.code.to_owned(),
            None => found.next().unwrap(),
        })
        .collect();
    bad(&dataset);
    assert_eq!(rows, expected, "{ty:?} from {}", array.data_type());
}

#[test]
fn numbers_are_exact_or_bad() {
    let doubles = || -> ArrayRef {
        Arc::new(Float64Array::from(vec![
            Some(12.34),
            Some(0.1),
            None,
            Some(12.345),
            Some(f64::NAN),
            Some(1e17),
            Some(0.1 + 0.2),
        ]))
    };
    check(
        FieldType::Money(2),
        doubles(),
        &[
            "1234",
            "10",
            "∅",
            "data-cell-too-many-decimals",
            "data-cell-not-finite",
            "data-cell-too-large",
            "data-cell-too-many-decimals",
        ],
    );
    check(
        FieldType::Number,
        doubles(),
        &[
            "12.34",
            "0.1",
            "∅",
            "12.345",
            "data-cell-not-finite",
            "data-cell-too-large",
            "0.30000000000000004",
        ],
    );
    check(
        FieldType::Money(2),
        Arc::new(Float32Array::from(vec![12.34_f32, 0.1])),
        &["1234", "10"],
    );
    check(
        FieldType::Money(2),
        Arc::new(Int32Array::from(vec![5, -7])),
        &["500", "-700"],
    );
    check(
        FieldType::Integer,
        Arc::new(Int64Array::from(vec![1 << 53, (1 << 53) + 1])),
        &["9007199254740992", "data-cell-too-large"],
    );
    check(
        FieldType::Integer,
        Arc::new(UInt64Array::from(vec![7, u64::MAX])),
        &["7", "data-cell-too-large"],
    );
    check(
        FieldType::Number,
        Arc::new(Int64Array::from(vec![7, i64::MAX])),
        &["7", "data-cell-too-large"],
    );
    check(
        FieldType::Integer,
        Arc::new(Float64Array::from(vec![7.0, 7.5])),
        &["7", "data-cell-not-whole"],
    );
    let decimal = Decimal128Array::from(vec![123_400, 123_456, -50])
        .with_precision_and_scale(20, 4)
        .unwrap();
    check(
        FieldType::Money(2),
        Arc::new(decimal),
        &["1234", "data-cell-too-many-decimals", "data-cell-too-many-decimals"],
    );
    let texts = StringArray::from(vec![Some("1,234.5"), Some("3.2万"), Some("-"), Some("x")]);
    check(
        FieldType::Money(2),
        Arc::new(texts),
        &["123450", "3200000", "∅", "data-cell-not-a-number"],
    );
    check(
        FieldType::Money(2),
        Arc::new(BooleanArray::from(vec![true])),
        &["data-cell-flag-for-value"],
    );
    check(
        FieldType::Money(2),
        Arc::new(Date32Array::from(vec![0])),
        &["data-cell-date-for-number"],
    );
}

#[test]
fn texts_dates_and_flags() {
    // A typed file means what it says: nothing is trimmed, and only a null is missing.
    let texts = ["  甲", "N/A", ""];
    let expected = texts;
    check(FieldType::Text, Arc::new(StringArray::from(texts.to_vec())), &expected);
    check(
        FieldType::Text,
        Arc::new(LargeStringArray::from(texts.to_vec())),
        &expected,
    );
    check(
        FieldType::Text,
        Arc::new(StringViewArray::from(texts.to_vec())),
        &expected,
    );
    check(
        FieldType::Text,
        Arc::new(texts.into_iter().collect::<DictionaryArray<Int32Type>>()),
        &expected,
    );
    check(FieldType::Text, Arc::new(Int64Array::from(vec![17_850])), &["17850"]);
    check(
        FieldType::Text,
        Arc::new(Float64Array::from(vec![17_850.0])),
        &["17850"],
    );
    check(
        FieldType::Date,
        Arc::new(Date32Array::from(vec![20_178])),
        &["2025-03-31"],
    );
    check(
        FieldType::Date,
        Arc::new(StringArray::from(vec!["2025年3月31日", "soon"])),
        &["2025-03-31", "data-cell-not-a-date"],
    );
    check(
        FieldType::Date,
        Arc::new(Int64Array::from(vec![20_250_331])),
        &["2025-03-31"],
    );
    let instants = || vec![1_743_379_200_000 - 1];
    check(
        FieldType::Date,
        Arc::new(TimestampMillisecondArray::from(instants())),
        &["2025-03-30"],
    );
    let shanghai = TimestampMillisecondArray::from(instants()).with_timezone("Asia/Shanghai");
    check(FieldType::Date, Arc::new(shanghai), &["2025-03-31"]);
    check(
        FieldType::Flag,
        Arc::new(BooleanArray::from(vec![Some(true), None])),
        &["true", "∅"],
    );
    check(
        FieldType::Flag,
        Arc::new(Int64Array::from(vec![1, 0, 2])),
        &["true", "false", "data-cell-not-a-flag"],
    );
    check(
        crate::fixture::size(),
        Arc::new(StringArray::from(vec!["大型", "x"])),
        &["large", "data-cell-not-listed"],
    );
}

#[test]
fn columns_that_cannot_be_read_concern_the_whole_table() {
    let lists = ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1)])]);
    let folder = Folder::new();
    let path = folder.path().join("wide.parquet");
    let zoned = TimestampMillisecondArray::from(vec![0]).with_timezone("America/New_York");
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", Arc::new(Int64Array::from(vec![1]))),
        ("x", Arc::new(lists)),
        ("y", Arc::new(zoned)),
    ];
    write(&path, columns, 10);
    let fields = vec![
        field("id", FieldType::Integer),
        field("x", FieldType::Integer),
        field("y", FieldType::Date),
    ];
    let dataset = open_wide(&path, kind("wide", "宽表", &[], None, fields)).unwrap();
    assert_eq!(
        bad(&dataset),
        [
            ("B1".to_owned(), "data-parquet-type"),
            ("C1".to_owned(), "data-parquet-type")
        ]
    );
}

/// Orders in three row groups, one bad amount, one customer missing.
fn orders() -> Vec<(&'static str, ArrayRef)> {
    let ids: ArrayRef = Arc::new(Int64Array::from(vec![Some(3), Some(1), None, Some(2), Some(3)]));
    let days: ArrayRef = Arc::new(Date32Array::from(vec![20_000; 5]));
    let amounts: ArrayRef = Arc::new(Float64Array::from(vec![1.5, 2.5, 3.5, 4.555, 5.5]));
    vec![("CustomerNo", ids), ("date", days), ("amount", amounts)]
}

#[test]
fn bad_rows_of_row_groups_are_left_out() {
    let folder = Folder::new();
    write(&folder.path().join("transaction.parquet"), orders(), 2);
    let dataset = open_with(folder.path(), |options| {
        options.skip_bad_rows = true;
    })
    .unwrap();
    assert_eq!(
        bad(&dataset),
        [
            ("A3".to_owned(), "data-cell-required"),
            ("C4".to_owned(), "data-cell-too-many-decimals")
        ]
    );
    let table = &dataset.tables[0];
    assert_eq!((table.rows(), table.parts(), dataset.left_out), (3, 3, 2));
    assert_eq!(column(table, "amount"), ["150", "250", "550"]);
    assert!(table.has("amount") && !table.has("quantity"));
    assert_eq!(column(table, "quantity"), ["∅"; 3]);
    // Whole numbers stay whole numbers as ids when every table has them.
    assert!(table.integer_ids());
    let batch = &table.read(0, &["customer_id", "quantity"]).unwrap()[0];
    assert_eq!(batch.schema().field(0).data_type(), &arrow::datatypes::DataType::Int64);
    assert_eq!(batch.num_columns(), 2);
    assert!(table.read(0, &["nothing"]).is_err());
    assert_eq!(table.read(0, &[]).unwrap()[0].num_rows(), 2);
}

#[test]
fn ids_are_texts_as_soon_as_one_table_has_texts() {
    let folder = Folder::new();
    write(&folder.path().join("transaction.parquet"), orders(), 2);
    folder.put("customer.csv", "id\n1\n2\n");
    let dataset = open_with(folder.path(), |_| {}).unwrap();
    assert!(dataset.tables.iter().all(|table| !table.integer_ids()));
    let orders = dataset.of_kind("transaction").next().unwrap();
    assert_eq!(column(orders, "customer_id"), ["3", "1", "3"]);
}

#[test]
fn keys_are_checked_across_row_groups() {
    let ids: ArrayRef = Arc::new(StringArray::from(vec!["a", "b", "c", "a"]));
    let folder = Folder::new();
    write(&folder.path().join("customer.parquet"), vec![("id", ids)], 2);
    let dataset = open_with(folder.path(), |options| options.skip_bad_rows = true).unwrap();
    assert_eq!(
        bad(&dataset),
        [
            ("A1".to_owned(), "data-cell-duplicate"),
            ("A4".to_owned(), "data-cell-duplicate")
        ]
    );
    assert_eq!(dataset.bad[0].says, "a");
    assert_eq!(column(&dataset.tables[0], "id"), ["b", "c"]);
}

#[test]
fn broken_parquet_is_refused() {
    let folder = Folder::new();
    let path = folder.path().join("transaction.parquet");
    write(&path, orders(), 2);
    let whole = std::fs::read(&path).unwrap();
    for cut in [4, 40, whole.len() / 2, whole.len() - 9, whole.len() - 1] {
        folder.put("transaction.parquet", &whole[..cut]);
        assert_eq!(refusal(open_with(&path, |_| {})), "data-parquet-broken", "cut at {cut}");
    }
    // Any byte may be wrong: an error or other values, never a panic.
    for at in 0..whole.len() {
        let mut spoilt = whole.clone();
        spoilt[at] ^= 0xFF;
        folder.put("transaction.parquet", &spoilt);
        if let Ok(dataset) = open_with(&path, |_| {}) {
            for table in &dataset.tables {
                for part in 0..table.parts() {
                    let _ = table.read(part, &["customer_id", "amount"]);
                }
            }
        }
    }
}

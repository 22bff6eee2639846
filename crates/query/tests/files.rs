//! Snapshots and results: what is written is what is read, and the same bytes every time. 快照与结果文件

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Float64Type, UInt16Type};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use pinji_engine::InputType;
use pinji_policy::document::{GivenType, Subject};
use pinji_policy::{Compiled, CompiledMeasure, MeasureSource};
use pinji_query::output::{write_grades, write_lines};
use pinji_query::store::content_of;
use pinji_query::{MeasureOptions, Measured, QueryError, snapshot};

use crate::support::{compiled, document, kind, lines, rows_table, run_with};

fn policy() -> Compiled {
    let given = |id: &str, given: GivenType, ty: InputType| CompiledMeasure {
        id: id.to_owned(),
        ty,
        source: MeasureSource::Given(given),
        members: None,
    };
    compiled(
        Subject::Customer,
        vec![
            given("orders", GivenType::Integer, InputType::Int(0)),
            given("amount", GivenType::Money, InputType::Int(2)),
            given("ratio", GivenType::Number, InputType::Double),
            given("industry", GivenType::Text, InputType::Text(None)),
            given("since", GivenType::Date, InputType::Date),
            given("listed", GivenType::Flag, InputType::Flag),
        ],
    )
}

/// Some thousand customers, a part of which lacks this and that; in parts of `per_part` rows.
fn book(rows: usize, per_part: usize) -> Measured {
    let wide = kind(
        "wide",
        "id:text orders:int amount:decimal4 ratio:number industry:text since:date listed:flag name:text",
    );
    let cells: Vec<[String; 8]> = (0..rows)
        .map(|row| {
            let or = |every: usize, text: String| if row % every == 0 { "-".to_owned() } else { text };
            [
                format!("c{:05}", (row * 7919) % rows),
                or(11, (row % 23).to_string()),
                or(7, format!("{}.{:02}", row, row % 100)),
                or(5, format!("{}", row as f64 / 7.0)),
                or(3, ["steel", "mining", "制造业"][row % 3].to_owned()),
                or(13, "2020-02-29".to_owned()),
                or(17, if row % 2 == 0 { "yes" } else { "no" }.to_owned()),
                or(19, format!("公司 {row}")),
            ]
        })
        .collect();
    let cells: Vec<Vec<&str>> = cells
        .iter()
        .map(|row| row.iter().map(String::as_str).collect())
        .collect();
    let headings = ["id", "orders", "amount", "ratio", "industry", "since", "listed", "name"];
    let table = rows_table(&wide, &headings, &cells, per_part);
    let document = document(Vec::new());
    let options = MeasureOptions {
        wide: Some(&wide),
        about: vec!["name".to_owned()],
        ..MeasureOptions::new(&document)
    };
    run_with(&options, &policy(), &[&table]).unwrap()
}

#[test]
fn a_snapshot_reads_back_and_repeats() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut measured = book(5_000, 999);
    measured.columns[1].causes = Some(
        (0..5_000)
            .map(|row| u8::from(measured.columns[1].values.is_null(row)) * 2)
            .collect(),
    );
    let first = snapshot::write(&path("a.parquet"), &measured).unwrap();
    let again = snapshot::read(&path("a.parquet"), &policy()).unwrap();
    assert_eq!(lines(&again), lines(&measured));
    assert_eq!(again.about("name").unwrap(), measured.about("name").unwrap());
    assert_eq!(snapshot::write(&path("b.parquet"), &again).unwrap(), first);
    assert_eq!(
        std::fs::read(path("a.parquet")).unwrap(),
        std::fs::read(path("b.parquet")).unwrap()
    );
    assert_eq!(content_of(&path("a.parquet")).unwrap(), first.content);
    assert_eq!(snapshot::content(&measured).unwrap(), first.content);

    let mut other = policy();
    other.measures[1].ty = InputType::Int(4);
    assert!(matches!(
        snapshot::read(&path("a.parquet"), &other),
        Err(QueryError::FieldType { .. })
    ));
    other.measures[1].id = "profit".to_owned();
    assert!(matches!(
        snapshot::read(&path("a.parquet"), &other),
        Err(QueryError::NotSnapshot { .. })
    ));
}

#[test]
fn results_repeat_whatever_the_parts_and_threads() {
    let folder = tempfile::tempdir().unwrap();
    let plan = policy().plan;
    let write = |name: &str, per_part: usize, threads: usize| {
        let measured = book(40_000, per_part);
        let chunks = measured.grade(&plan, threads).unwrap();
        let (grades, lines) = (
            folder.path().join(format!("{name}-grades")),
            folder.path().join(format!("{name}-lines")),
        );
        let digests = (
            write_grades(&grades, &plan, &measured, &chunks).unwrap(),
            write_lines(&lines, &plan, &measured, &chunks).unwrap(),
        );
        (digests, std::fs::read(grades).unwrap(), std::fs::read(lines).unwrap())
    };
    let first = write("a", 40_000, 1);
    assert!(first == write("b", 1_717, 3), "the bytes differ");
    assert_eq!((first.0.0.rows, first.0.1.rows), (40_000, 40_000));
    assert_eq!(first.0.0.bytes, first.1.len() as u64);
}

#[test]
fn results_say_what_the_kernel_said() {
    let folder = tempfile::tempdir().unwrap();
    let plan = policy().plan;
    let measured = book(100, 30);
    let chunks = measured.grade(&plan, 2).unwrap();
    let path = folder.path().join("lines.parquet");
    write_lines(&path, &plan, &measured, &chunks).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(&path).unwrap())
        .unwrap()
        .build()
        .unwrap();
    let batch = reader.map(Result::unwrap).next().unwrap();
    let number = |name: &str, row: usize| {
        let column = batch.column_by_name(name).unwrap().as_primitive::<Float64Type>();
        column.is_valid(row).then(|| column.value(row))
    };
    let mut missing = 0;
    for row in 0..100 {
        let points = match measured.columns[0].value(row) {
            None => 0.0,
            Some(pinji_query::Value::Exact(orders)) if orders.units < 10 => 60.0,
            Some(_) => 100.0,
        };
        missing += usize::from(measured.columns[0].value(row).is_none());
        assert_eq!(batch.column(0).as_string::<i32>().value(row), measured.id(row));
        assert_eq!(
            (
                number("points", row),
                number("contribution", row),
                number("weight", row)
            ),
            (Some(points), Some(points), Some(1.0))
        );
        let band = batch.column_by_name("band").unwrap().as_primitive::<UInt16Type>();
        assert_eq!(band.is_null(row), measured.columns[0].value(row).is_none());
        let cause = batch.column_by_name("missing").unwrap().as_string::<i32>();
        assert_eq!(
            cause.is_valid(row).then(|| cause.value(row)),
            measured.columns[0].cause(row).map(|cause| cause.code())
        );
    }
    assert_eq!(missing, 10);
}

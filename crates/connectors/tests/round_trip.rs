//! The same values come out of every format that can hold them.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, StringArray};
use pinji_connectors::csv::{BYTE_ORDER_MARK, CsvCell, write_row};
use pinji_connectors::workbook::{self, Cell, Row, Sheet, Workbook};
use pinji_domain::number::plain;
use pinji_domain::{FieldType, Kind, date};

use crate::fixture::{Folder, column, field, kind, open_wide, required, size};
use crate::parquet_files;

fn wide() -> Kind {
    kind(
        "wide",
        "宽表",
        &["id"],
        None,
        vec![
            required(field("id", FieldType::Text)),
            field("money", FieldType::Money(2)),
            field("ratio", FieldType::Decimal(6)),
            field("count", FieldType::Integer),
            field("number", FieldType::Number),
            field("day", FieldType::Date),
            field("flag", FieldType::Flag),
            field("size", size()),
        ],
    )
}

/// One row of values; `None` is nothing.
struct Values {
    id: String,
    money: Option<i64>,
    ratio: Option<i64>,
    count: Option<i64>,
    number: Option<f64>,
    day: Option<i32>,
    flag: Option<bool>,
    size: Option<&'static str>,
}

fn rows() -> Vec<Values> {
    let ids = [
        "甲公司",
        "=SUM(A1)",
        "'=x",
        "+86 21",
        "-",
        "007",
        "a,b\"c\nd",
        "@x",
        "＝y",
        "'quoted'",
        "  spaced",
    ];
    let mut state = 42_u64;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 20) as i64
    };
    (0..400)
        .map(|row| {
            let mut id = ids[row % ids.len()].trim().to_owned();
            if row >= ids.len() || id == "-" {
                id = format!("{id}{row}");
            }
            let some = next() % 7 != 0;
            Values {
                id,
                money: some.then(|| next() % 1_000_000_000_000_000 - 500_000_000_000_000),
                ratio: (next() % 5 != 0).then(|| next() % 2_000_000 - 1_000_000),
                count: (next() % 5 != 0).then(|| next() % 9_007_199_254_740_993 - (1 << 40)),
                number: (next() % 5 != 0).then(|| (next() % 1_000_003) as f64 / 997.0),
                day: (next() % 5 != 0).then(|| (next() % 40_000) as i32 - 3_000),
                flag: (next() % 3 != 0).then(|| next() % 2 == 0),
                size: (next() % 3 != 0).then(|| if next() % 2 == 0 { "large" } else { "small" }),
            }
        })
        .collect()
}

/// What must come out: one list for each column.
fn expected(rows: &[Values]) -> Vec<(&'static str, Vec<String>)> {
    let shown = |value: Option<String>| value.unwrap_or_else(|| "∅".to_owned());
    let each = |get: &dyn Fn(&Values) -> Option<String>| rows.iter().map(|row| shown(get(row))).collect::<Vec<_>>();
    vec![
        ("id", each(&|row| Some(row.id.clone()))),
        ("money", each(&|row| row.money.map(|units| units.to_string()))),
        ("ratio", each(&|row| row.ratio.map(|units| units.to_string()))),
        ("count", each(&|row| row.count.map(|units| units.to_string()))),
        ("number", each(&|row| row.number.map(|number| number.to_string()))),
        (
            "day",
            each(&|row| row.day.map(|day| date::from_days(day).unwrap().to_string())),
        ),
        ("flag", each(&|row| row.flag.map(|flag| flag.to_string()))),
        ("size", each(&|row| row.size.map(str::to_owned))),
    ]
}

fn check(name: &str, write: impl Fn(&std::path::Path, &[Values])) {
    let folder = Folder::new();
    let path = folder.path().join(name);
    let rows = rows();
    write(&path, &rows);
    let dataset = open_wide(&path, wide()).unwrap();
    assert!(dataset.bad.is_empty(), "{name}: {:?}", dataset.bad);
    for (field, values) in expected(&rows) {
        let found = column(&dataset.tables[0], field);
        let differing = found.iter().zip(&values).position(|(found, value)| found != value);
        assert_eq!(differing.map(|at| (&found[at], &values[at])), None, "{name} {field}");
        assert_eq!(found.len(), values.len());
    }
}

#[test]
fn csv() {
    check("data.csv", |path, rows| {
        let mut out = BYTE_ORDER_MARK.to_vec();
        let headings: Vec<String> = wide().fields.iter().map(|field| field.id.clone()).collect();
        write_row(
            &mut out,
            &headings.iter().map(|id| CsvCell::Text(id)).collect::<Vec<_>>(),
        )
        .unwrap();
        for row in rows {
            let texts = [
                row.money.map(|units| plain(units, 2)),
                row.ratio.map(|units| plain(units, 6)),
                row.count.map(|units| plain(units, 0)),
                row.number.map(|number| number.to_string()),
                row.day.map(|day| date::from_days(day).unwrap().to_string()),
                row.flag.map(|flag| if flag { "是" } else { "否" }.to_owned()),
                row.size.map(str::to_owned),
            ];
            let mut cells = vec![CsvCell::Text(&row.id)];
            cells.extend(texts.iter().enumerate().map(|(at, text)| match text {
                None => CsvCell::Empty,
                Some(text) if at < 4 => CsvCell::Number(text),
                Some(text) => CsvCell::Text(text),
            }));
            write_row(&mut out, &cells).unwrap();
        }
        // Another reader agrees on what the cells are.
        let mut other = csv::ReaderBuilder::new().from_reader(out.as_slice());
        assert_eq!(
            other
                .records()
                .filter(|record| record.as_ref().unwrap().len() == 8)
                .count(),
            rows.len()
        );
        std::fs::write(path, out).unwrap();
    });
}

#[test]
fn xlsx() {
    let some = |cell: Option<Cell<'static>>| cell.unwrap_or_default();
    check("data.xlsx", |path, rows| {
        let mut out: Vec<Row<'static>> = vec![wide().fields.iter().map(|field| Cell::text(field.id.clone())).collect()];
        for row in rows {
            out.push(vec![
                Cell::text(row.id.clone()),
                some(row.money.map(|units| Cell::units(units, 2))),
                some(row.ratio.map(|units| Cell::units(units, 6))),
                some(row.count.map(|units| Cell::units(units, 0))),
                some(row.number.map(Cell::number)),
                some(row.day.map(|day| Cell::date(date::from_days(day).unwrap()))),
                some(row.flag.map(Cell::flag)),
                some(row.size.map(Cell::text)),
            ]);
        }
        workbook::write(
            path,
            Workbook {
                title: String::new(),
                sheets: vec![Sheet::new("数据", out)],
            },
        )
        .unwrap();
    });
}

#[test]
fn parquet() {
    check("data.parquet", |path, rows| {
        let money = rows
            .iter()
            .map(|row| row.money.map(i128::from))
            .collect::<Decimal128Array>();
        let columns: Vec<(&str, ArrayRef)> = vec![
            (
                "id",
                Arc::new(rows.iter().map(|row| Some(row.id.as_str())).collect::<StringArray>()),
            ),
            ("money", Arc::new(money.with_precision_and_scale(18, 2).unwrap())),
            (
                "ratio",
                Arc::new(
                    rows.iter()
                        .map(|row| row.ratio.map(|units| pinji_domain::number::to_f64(units, 6)))
                        .collect::<Float64Array>(),
                ),
            ),
            (
                "count",
                Arc::new(rows.iter().map(|row| row.count).collect::<Int64Array>()),
            ),
            (
                "number",
                Arc::new(rows.iter().map(|row| row.number).collect::<Float64Array>()),
            ),
            ("day", Arc::new(rows.iter().map(|row| row.day).collect::<Date32Array>())),
            (
                "flag",
                Arc::new(rows.iter().map(|row| row.flag).collect::<BooleanArray>()),
            ),
            (
                "size",
                Arc::new(rows.iter().map(|row| row.size).collect::<StringArray>()),
            ),
        ];
        parquet_files::write(path, columns, 64);
    });
}

#[test]
fn a_spilled_table_is_the_same_table() {
    let folder = Folder::new();
    let rows: String = (0..200_000)
        .map(|row| format!("{row},{}.5,是,大型\n", row % 1000))
        .collect();
    let path = folder.put("data.csv", format!("id,money,flag,size\n{rows}"));
    let read = |rows_in_memory: usize| {
        let mut options = pinji_connectors::OpenOptions {
            wide: Some(wide()),
            ..Default::default()
        };
        options.limits.rows_in_memory = rows_in_memory;
        let dataset = pinji_connectors::open(&path, &pinji_domain::Kinds::default(), &options).unwrap();
        ["id", "money", "flag", "size", "day"].map(|field| column(&dataset.tables[0], field))
    };
    assert!(read(1_000) == read(1_000_000));
}

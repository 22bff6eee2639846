//! A thousand rows with 137 planted errors in 20 classes: exactly those come back marked, in the sender's own workbook.

use std::collections::{BTreeMap, BTreeSet};

use calamine::Data;
use pinji_connectors::template::Template;
use pinji_connectors::workbook::{Cell, Row, Sheet, Workbook, write};
use pinji_connectors::{BadCell, OpenOptions, mark, open};
use pinji_domain::{FieldType, Kind, Kinds, date};

use crate::bad_cells::{notes_in, values, yellow};
use crate::fixture::{Folder, called, column, field, in_unit, kind, required, size};

/// What is planted: the class, its column, and the cell.
type Class = (&'static str, char, fn() -> Cell<'static>);

const CLASSES: [Class; 19] = [
    ("required", 'A', Cell::empty),
    ("not-a-date", 'B', || Cell::text("三月")),
    ("no-such-date", 'B', || Cell::text("2024-13-31")),
    ("day-or-month", 'I', || Cell::text("3/4/2025")),
    ("month-only", 'I', || Cell::text("2024年12月")),
    ("code-form", 'C', || Cell::text("9135010OM000100Y4")),
    ("code-check", 'C', || Cell::text("91350100M000100Y44")),
    ("digits-lost", 'D', || Cell::number(91_440_300_708_461_136_f64)),
    ("not-listed", 'E', || Cell::text("特大型")),
    ("not-a-flag", 'F', || Cell::text("也许")),
    ("not-a-number", 'G', || Cell::text("约五百")),
    ("separators", 'G', || Cell::text("1,2,3")),
    ("too-many-decimals", 'G', || Cell::number(0.123_456_7)),
    ("too-large", 'G', || Cell::text("99999999999999999999")),
    ("date-for-number", 'G', || {
        Cell::date(date::parse("2024-12-31").unwrap())
    }),
    ("flag-for-value", 'G', || Cell::flag(true)),
    ("excel-error", 'G', || Cell::text("#DIV/0!")),
    ("not-whole", 'H', || Cell::number(12.5)),
    ("percent", 'H', || Cell::text("12%")),
];

fn statements() -> Kind {
    kind(
        "statement",
        "报表",
        &["customer", "period"],
        Some("period"),
        vec![
            required(called(field("customer", FieldType::Text), "客户编号", "Customer", &[])),
            required(called(field("period", FieldType::Date), "报告期", "Period", &[])),
            called(field("uscc", FieldType::Text), "信用代码", "Code", &[]),
            called(field("note", FieldType::Text), "备注", "Note", &[]),
            called(field("size", size()), "企业规模", "Size", &[]),
            called(field("listed", FieldType::Flag), "是否上市", "Listed", &[]),
            in_unit(
                called(field("revenue", FieldType::Money(2)), "营业收入", "Revenue", &[]),
                "元",
                "yuan",
            ),
            in_unit(
                called(field("staff", FieldType::Integer), "员工", "Staff", &[]),
                "人",
                "people",
            ),
            called(field("founded", FieldType::Date), "成立日期", "Founded", &[]),
        ],
    )
}

/// A row in which nothing is wrong, though people write in many ways.
fn sound(at: usize) -> Row<'static> {
    let day = |text: &str| Cell::date(date::parse(text).unwrap());
    vec![
        Cell::text(format!("C{at:04}")),
        match at % 3 {
            0 => Cell::text("2024年12月"),
            1 => day("2024-12-31"),
            _ => Cell::number(20_241_231.0),
        },
        Cell::text("91350100M000100Y43"),
        if at.is_multiple_of(5) {
            Cell::text("=1+1")
        } else {
            Cell::empty()
        },
        Cell::text(["大型", "small", "Large"][at % 3]),
        Cell::text(["是", "否", "Y"][at % 3]),
        match at % 4 {
            0 => Cell::text("1,234.56"),
            1 => Cell::text("3.2万"),
            2 => Cell::empty(),
            _ => Cell::number(at as f64 + 0.25),
        },
        Cell::number(at as f64),
        day("1999-05-01"),
    ]
}

fn column_of(letter: char) -> usize {
    letter as usize - 'A' as usize
}

/// The rows as a template's sheet has them, and the planted cells by address with their class.
fn spoilt() -> (Vec<Row<'static>>, BTreeMap<String, &'static str>) {
    let kind = statements();
    let stamp = Template::of_kind(&kind).stamp();
    let headings = stamp.sheets[0]
        .columns
        .iter()
        .map(|(heading, _)| Cell::text(heading.clone()));
    let mut rows: Vec<Row<'static>> = vec![headings.collect()];
    rows.extend((0..1_000).map(sound));
    let mut planted = BTreeMap::new();
    // Seven of each class; neighbouring classes share some rows, so that a row has more than one.
    for (class, (code, letter, cell)) in CLASSES.iter().enumerate() {
        for time in 0..7 {
            let at = 20 + time * 130 + class * 5 - 5 * usize::from(class == 17);
            rows[at + 1][column_of(*letter)] = cell();
            let before = planted.insert(format!("{letter}{}", at + 2), *code);
            assert_eq!(before, None, "{code} is planted on another");
        }
    }
    // Two pairs of rows about the same record: both of each pair are marked, at the period.
    for (one, other) in [(3, 7), (5, 990)] {
        let twin = [rows[one + 1][0].clone(), Cell::text("2024-12-31")];
        for at in [one, other] {
            rows[at + 1][0] = twin[0].clone();
            rows[at + 1][1] = twin[1].clone();
            planted.insert(format!("B{}", at + 2), "duplicate");
        }
    }
    (rows, planted)
}

#[test]
fn exactly_the_137_planted_errors_come_back_marked() {
    let folder = Folder::new();
    let (rows, planted) = spoilt();
    assert_eq!(rows.len(), 1_001);
    assert_eq!(planted.len(), 137);
    let classes: BTreeSet<&str> = planted.values().copied().collect();
    assert_eq!(classes.len(), 20);
    let path = folder.path().join("报表.xlsx");
    let sheets = vec![Sheet::new("报表", rows.clone())];
    let title = String::new();
    write(&path, Workbook { title, sheets }).unwrap();

    let kinds = Kinds {
        kinds: vec![statements()],
    };
    let dataset = open(&path, &kinds, &OpenOptions::default()).unwrap();
    let found: BTreeMap<String, &str> = dataset
        .bad
        .iter()
        .map(|cell| (cell.address(), cell.message.code.strip_prefix("data-cell-").unwrap()))
        .collect();
    assert_eq!(found, planted, "found and planted, class by class");
    assert_eq!(dataset.bad.len(), 137);
    let spoilt_rows: BTreeSet<u64> = dataset.bad.iter().map(|cell| cell.row).collect();
    assert_eq!(column(&dataset.tables[0], "customer").len(), 1_000 - spoilt_rows.len());

    let copy = mark(&path, &dataset.bad).unwrap();
    let addresses: BTreeSet<String> = dataset.bad.iter().map(BadCell::address).collect();
    assert_eq!(yellow(copy.clone(), "报表"), addresses, "marked and planted");
    assert_eq!(notes_in(&copy), 137);
    let sheet = values(copy.clone(), "报表");
    assert_eq!(
        sheet.get_value((0, 0)),
        Some(&Data::String("错误原因 / Error".to_owned()))
    );
    for (at, row) in rows.iter().enumerate().skip(1) {
        let told = sheet
            .get_value((at as u32, 0))
            .map(ToString::to_string)
            .unwrap_or_default();
        let number = at as u64 + 1;
        let letters: Vec<char> = ('A'..='I')
            .filter(|letter| planted.contains_key(&format!("{letter}{number}")))
            .collect();
        assert_eq!(!told.is_empty(), !letters.is_empty(), "row {number}: {told}");
        assert!(
            letters.iter().all(|letter| told.contains(&format!("{letter}「"))),
            "row {number}: {told}"
        );
        // The sender's own values stand where they stood, one column further right.
        for (place, cell) in row.iter().enumerate() {
            let kept = sheet.get_value((at as u32, place as u32 + 1)).unwrap_or(&Data::Empty);
            assert_eq!(
                kept == &Data::Empty,
                *cell == Cell::empty(),
                "row {number} column {place}: {kept:?}"
            );
        }
    }
    // Mended, it is read whole; the added column is nobody's.
    let mended = folder.path().join("报表2.xlsx");
    let sheets = vec![Sheet::new(
        "报表",
        std::iter::once(rows[0].clone()).chain((0..1_000).map(sound)),
    )];
    let title = String::new();
    write(&mended, Workbook { title, sheets }).unwrap();
    let again = open(&mended, &kinds, &OpenOptions::default()).unwrap();
    assert_eq!((again.bad.len(), again.tables[0].rows()), (0, 1_000));
}

//! All bad cells at once, each with its place, and copies of the files with exactly those cells marked.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Reader, Xlsx};
use pinji_connectors::workbook::{Cell, Row, Sheet, Workbook, write};
use pinji_connectors::{BadCell, mark};

use crate::fixture::{Folder, bad, column, open_with};

#[test]
fn rows_are_numbered_as_excel_shows_them() {
    let folder = Folder::new();
    folder.put("transaction.csv", "customer_id,date,amount\n\nA,2025-01-01,x\n\"B\n2\",2025-01-01,1\nC,never,1\n,2025-01-01,1\nD,2025-01-01,1,234\n");
    let dataset = open_with(folder.path(), |_| {}).unwrap();
    assert_eq!(
        bad(&dataset),
        [
            ("C3".to_owned(), "data-cell-not-a-number"),
            ("B5".to_owned(), "data-cell-not-a-date"),
            ("A6".to_owned(), "data-cell-required"),
            ("D7".to_owned(), "data-cell-beyond-headings"),
        ]
    );
    assert!(!dataset.usable());
    assert_eq!((dataset.left_out, dataset.bad_total), (4, 4));
    assert_eq!(dataset.bad[0].says, "x");
    assert_eq!(dataset.bad[0].heading, "amount");
}

#[test]
fn bad_rows_may_be_left_out_and_are_counted() {
    let folder = Folder::new();
    folder.put(
        "transaction.csv",
        "customer_id,date,amount\nA,2025-01-01,x\nB,2025-01-01,1\nC,x,x\n",
    );
    let dataset = open_with(folder.path(), |options| options.skip_bad_rows = true).unwrap();
    assert!(dataset.usable());
    assert_eq!((dataset.left_out, dataset.bad.len()), (2, 3));
    assert_eq!(column(&dataset.tables[0], "customer_id"), ["B"]);
}

#[test]
fn rows_with_the_same_key_name_each_other() {
    let folder = Folder::new();
    folder.put(
        "财务报表.csv",
        "客户编号,报告期,营业收入\nA,2024,1\nB,2024,2\nA,2024-12-31,3\nA,2023,4\n",
    );
    folder.put("财务报表2.csv", "客户编号,报告期,营业收入\nB,2024年12月,5\n");
    let dataset = open_with(folder.path(), |options| options.skip_bad_rows = true).unwrap();
    let found: Vec<(&str, u64, &str)> = dataset
        .bad
        .iter()
        .map(|cell| (cell.file.as_str(), cell.row, cell.says.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("财务报表.csv", 2, "A · 2024-12-31"),
            ("财务报表.csv", 3, "B · 2024-12-31"),
            ("财务报表.csv", 4, "A · 2024-12-31"),
            ("财务报表2.csv", 2, "B · 2024-12-31"),
        ]
    );
    let said: Vec<String> = dataset
        .bad
        .iter()
        .map(|cell| pinji_locale::say(pinji_domain::Lang::En, &cell.message))
        .collect();
    assert!(said[0].contains("row 4") && said[2].contains("row 2"), "{said:?}");
    assert!(said[1].contains("财务报表2.csv:2"), "{said:?}");
    assert_eq!(dataset.left_out, 4);
    assert_eq!(column(&dataset.tables[0], "revenue"), ["400"]);
    assert_eq!(dataset.tables[1].rows(), 0);
}

#[test]
fn very_many_bad_cells_are_counted_but_not_all_listed() {
    let folder = Folder::new();
    let rows: String = (0..500).map(|row| format!("{row},x,y\n")).collect();
    folder.put("transaction.csv", format!("customer_id,date,amount\n{rows}"));
    let dataset = open_with(folder.path(), |options| options.limits.bad_cells = 10).unwrap();
    assert_eq!(
        (dataset.bad.len(), dataset.bad_total, dataset.left_out),
        (10, 1_000, 500)
    );
}

/// A sheet of customers' statements with errors of many sorts planted at known places.
fn spoilt(rows: usize) -> (Vec<Row<'static>>, BTreeSet<String>) {
    let heading = ["客户编号", "报告期", "营业收入（万元）", "毛利率", "备注"];
    let mut out: Vec<Row<'static>> = vec![
        vec![Cell::text("2024年报送")],
        heading.iter().map(|text| Cell::text(*text)).collect(),
    ];
    let mut planted = BTreeSet::new();
    for row in 0..rows {
        let number = row + 3;
        let mut plant = |column: char, cell: Cell<'static>| {
            planted.insert(format!("{column}{number}"));
            cell
        };
        let id = if row % 97 == 13 {
            plant('A', Cell::empty())
        } else {
            Cell::text(format!("C{row:04}"))
        };
        let period = match row % 41 {
            5 => plant('B', Cell::text("2024-13-31")),
            6 => plant('B', Cell::text("三月")),
            7 => Cell::number(20_241_231.0),
            8 => Cell::date(pinji_domain::date::parse("2024-12-31").unwrap()),
            _ => Cell::text("2024年12月"),
        };
        let revenue = match row % 53 {
            11 => plant('C', Cell::text("1,2,3")),
            12 => plant('C', Cell::text("3.2万")),
            13 => plant('C', Cell::number(0.123_456_7)),
            14 => plant('C', Cell::text("约五百")),
            15 => Cell::text("1,234.56"),
            16 => Cell::empty(),
            _ => Cell::number(row as f64 + 0.5),
        };
        let margin = match row % 59 {
            3 => plant('D', Cell::text("NaN")),
            4 => Cell::text("12.5%"),
            _ => Cell::number(0.125),
        };
        out.push(vec![id, period, revenue, margin, Cell::text("=1+1")]);
    }
    (out, planted)
}

pub fn values(bytes: Vec<u8>, sheet: &str) -> calamine::Range<Data> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    workbook.worksheet_range(sheet).unwrap()
}

/// The cells of a sheet that are yellow, by address in the original (one column less).
pub fn yellow(bytes: Vec<u8>, sheet: &str) -> BTreeSet<String> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let styles = workbook.worksheet_style(sheet).unwrap();
    let (start, end) = (styles.start().unwrap(), styles.end().unwrap());
    let mut out = BTreeSet::new();
    for row in start.0..=end.0 {
        for column in start.1.max(1)..=end.1 {
            let filled = styles
                .get((row, column))
                .and_then(|style| style.fill.as_ref())
                .is_some_and(|fill| {
                    format!("{fill:?}").contains("255, green: 242")
                        || format!("{fill:?}").to_uppercase().contains("FFF2A8")
                });
            if filled {
                out.insert(format!("{}{}", pinji_connectors::column_letter(column - 1), row + 1));
            }
        }
    }
    out
}

#[test]
fn a_workbook_comes_back_with_exactly_the_planted_cells_marked() {
    let folder = Folder::new();
    let (rows, planted) = spoilt(1_000);
    let path = folder.path().join("财务报表.xlsx");
    write(
        &path,
        Workbook {
            title: String::new(),
            sheets: vec![
                Sheet::new("数据", rows),
                Sheet::new("说明", vec![vec![Cell::text("怎样填写")]]),
            ],
        },
    )
    .unwrap();
    let dataset = open_with(folder.path(), |_| {}).unwrap();
    let found: BTreeSet<String> = dataset.bad.iter().map(BadCell::address).collect();
    assert_eq!(found, planted);
    assert!(planted.len() > 120);
    let copy = mark(&path, &dataset.bad).unwrap();
    assert_eq!(mark(&path, &dataset.bad).unwrap(), copy, "the same bytes every time");
    assert_eq!(yellow(copy.clone(), "数据"), planted);
    let sheet = values(copy.clone(), "数据");
    assert_eq!(
        sheet.get_value((1, 0)),
        Some(&Data::String("错误原因 / Error".to_owned()))
    );
    assert_eq!(sheet.get_value((1, 1)), Some(&Data::String("客户编号".to_owned())));
    assert_eq!(
        sheet.get_value((2, 5)),
        Some(&Data::String("=1+1".to_owned())),
        "a text that looks like a formula"
    );
    let told = sheet.get_value((7, 0)).unwrap().to_string();
    assert!(
        told.contains("B「报告期」") && told.contains("没有这一天") && told.contains("calendar"),
        "{told}"
    );
    assert_eq!(
        values(copy.clone(), "说明").get_value((0, 0)),
        Some(&Data::String("怎样填写".to_owned()))
    );
    assert!(notes_in(&copy) == planted.len(), "a note for each cell");
    reread(&folder, &copy, &planted);
}

/// The marked copy can be read again: the added column is known, and the same cells are bad, one column further right.
fn reread(folder: &Folder, copy: &[u8], planted: &BTreeSet<String>) {
    std::fs::remove_file(folder.path().join("财务报表.xlsx")).unwrap();
    folder.put("财务报表.xlsx", copy);
    let again = open_with(folder.path(), |_| {}).unwrap();
    assert_eq!(again.bad.len(), planted.len());
    assert!(
        again.notes.iter().all(|note| !format!("{note:?}").contains("错误原因")),
        "{:?}",
        again.notes
    );
}

pub fn notes_in(workbook: &[u8]) -> usize {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut part = archive.by_name("xl/comments1.xml").unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut part, &mut text).unwrap();
    text.matches("<comment ").count()
}

#[test]
fn a_csv_comes_back_as_a_workbook() {
    let folder = Folder::new();
    let path = folder.put(
        "transaction.csv",
        "customer_id,date,amount\n007,2025-01-01,12.5\n008,2025-01-01,x\n\n,2025-01-01,1\n",
    );
    let dataset = open_with(folder.path(), |_| {}).unwrap();
    let copy = mark(&path, &dataset.bad).unwrap();
    assert_eq!(
        yellow(copy.clone(), "transaction"),
        ["A5", "C3"].map(str::to_owned).into()
    );
    let sheet = values(copy, "transaction");
    assert_eq!(
        sheet.get_value((0, 0)),
        Some(&Data::String("错误原因 / Error".to_owned()))
    );
    assert_eq!(
        sheet.get_value((1, 1)),
        Some(&Data::String("007".to_owned())),
        "a code keeps its zeros"
    );
    assert_eq!(sheet.get_value((1, 3)), Some(&Data::Float(12.5)));
}

#[test]
fn of_other_files_the_bad_cells_are_listed() {
    let cell = BadCell {
        file: "wide.parquet".to_owned(),
        sheet: None,
        row: 7,
        subject: String::new(),
        column: Some(2),
        heading: "revenue".to_owned(),
        says: "=NaN".to_owned(),
        message: pinji_domain::Message::new("data-cell-not-finite"),
        whole_table: false,
    };
    let copy = mark(Path::new("wide.parquet"), &[cell]).unwrap();
    let sheet = values(copy, "错误 Errors");
    assert_eq!(sheet.get_value((1, 2)), Some(&Data::Float(7.0)));
    assert_eq!(sheet.get_value((1, 4)), Some(&Data::String("=NaN".to_owned())));
}

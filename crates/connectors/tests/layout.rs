//! One wide file, or a folder of records; nothing is passed over in silence.

use std::fs;

use pinji_connectors::workbook::{Cell, Sheet, Workbook, write};
use pinji_connectors::{Layout, OpenOptions, open};
use pinji_domain::FieldType;

use crate::fixture::{Folder, bad, column, field, kind, kinds, open_wide, open_with, refusal, required};

#[test]
fn a_folder_holds_one_file_for_each_kind() {
    let folder = Folder::new();
    folder.put("客户.csv", "id,name\nB,乙\nA,甲\n");
    folder.put("交易-2024.csv", "customer_id,date,amount\nA,2024-05-01,1\n");
    folder.put("transaction_2025.tsv", "customer_id\tdate\tamount\nA\t2025-05-01\t2\n");
    folder.put("访谈记录.csv", "a,b\n1,2\n");
    folder.put("README.md", "read me");
    folder.put(".hidden.csv", "x");
    folder.put("~$客户.xlsx", "lock");
    fs::create_dir(folder.path().join("旧")).unwrap();
    let dataset = open_with(folder.path(), |_| {}).unwrap();
    assert_eq!(dataset.layout, Layout::Records);
    assert!(dataset.usable());
    let tables: Vec<(&str, &str, usize)> = dataset
        .tables
        .iter()
        .map(|table| (table.kind(), table.file(), table.rows()))
        .collect();
    assert_eq!(
        tables,
        [
            ("transaction", "transaction_2025.tsv", 1),
            ("transaction", "交易-2024.csv", 1),
            ("customer", "客户.csv", 2)
        ]
    );
    assert_eq!(dataset.of_kind("transaction").count(), 2);
    let inputs: Vec<&str> = dataset.inputs.iter().map(|input| input.name.as_str()).collect();
    assert_eq!(inputs, ["transaction_2025.tsv", "交易-2024.csv", "客户.csv"]);
    assert_eq!(dataset.inputs[2].bytes, 20);
    assert_eq!(dataset.inputs[2].sha256.len(), 64);
    let codes: Vec<&str> = dataset.notes.iter().map(|note| note.code).collect();
    assert_eq!(
        codes,
        ["data-note-not-data", "data-note-folder", "data-note-unknown-file"]
    );
}

#[test]
fn a_hash_is_that_of_the_bytes() {
    let folder = Folder::new();
    folder.put("customer.csv", "id\nabc\n");
    let dataset = open_with(folder.path(), |_| {}).unwrap();
    // printf 'id\nabc\n' | sha256sum
    assert_eq!(
        dataset.inputs[0].sha256,
        "d6c8099682285e8811bcd249ac6aec9667daa6d71cb04056c6706f1eb6c64327"
    );
}

fn book(folder: &Folder, name: &str, sheets: &[(&str, &[&[&str]])]) -> std::path::PathBuf {
    let path = folder.path().join(name);
    let sheets = sheets
        .iter()
        .map(|(name, rows)| {
            Sheet::new(
                *name,
                rows.iter()
                    .map(|row| row.iter().map(|text| Cell::text(*text)).collect())
                    .collect::<Vec<_>>(),
            )
        })
        .collect();
    write(
        &path,
        Workbook {
            title: String::new(),
            sheets,
        },
    )
    .unwrap();
    path
}

#[test]
fn one_workbook_may_hold_several_kinds() {
    let folder = Folder::new();
    let sheets: [(&str, &[&[&str]]); 4] = [
        ("说明", &[&["怎样填写"]]),
        ("客户", &[&["客户编号", "客户名称"], &["A", "甲"]]),
        (
            "Transaction",
            &[&["客户编号", "交易日期", "金额"], &["A", "2025-01-01", "5"]],
        ),
        ("空", &[]),
    ];
    let path = book(&folder, "数据.xlsx", &sheets);
    for target in [folder.path(), path.as_path()] {
        let dataset = open_with(target, |_| {}).unwrap();
        assert_eq!(bad(&dataset), []);
        let found: Vec<(&str, Option<&str>)> = dataset
            .tables
            .iter()
            .map(|table| (table.kind(), table.sheet()))
            .collect();
        assert_eq!(
            found,
            [("customer", Some("客户")), ("transaction", Some("Transaction"))]
        );
        assert_eq!(dataset.inputs.len(), 1);
        let codes: Vec<&str> = dataset.notes.iter().map(|note| note.code).collect();
        assert_eq!(codes, ["data-note-unknown-sheet"]);
    }
}

#[test]
fn the_stem_names_a_single_sheet() {
    let folder = Folder::new();
    book(
        &folder,
        "客户2025.xlsx",
        &[("Sheet1", &[&["客户编号", "客户名称"], &["A", "甲"]])],
    );
    let dataset = open_with(folder.path(), |_| {}).unwrap();
    assert_eq!(column(&dataset.tables[0], "name"), ["甲"]);
}

#[test]
fn a_single_file_is_wide_when_it_has_measures() {
    let wide = kind(
        "wide",
        "宽表",
        &["id"],
        None,
        vec![
            required(field("id", FieldType::Text)),
            field("name", FieldType::Text),
            field("net_margin", FieldType::Decimal(4)),
            field("orders", FieldType::Integer),
        ],
    );
    let folder = Folder::new();
    let options = OpenOptions {
        wide: Some(wide),
        ..OpenOptions::default()
    };
    let layout = |name: &str, text: &str| {
        open(&folder.put(name, text), &kinds(), &options)
            .map(|dataset| (dataset.layout, dataset.tables[0].kind().to_owned()))
    };
    let is = |layout, kind: &str| (layout, kind.to_owned());
    assert_eq!(
        layout("数据.csv", "id,name,net_margin,orders\n1,a,0.1,5\n").unwrap(),
        is(Layout::Wide, "wide")
    );
    // A sheet of customers with measures beside is wide, whatever it is called.
    assert_eq!(
        layout("客户.csv", "id,客户名称,企业规模,net_margin\n1,a,大型,0.1\n").unwrap(),
        is(Layout::Wide, "wide")
    );
    assert_eq!(
        layout("客户.csv", "id,客户名称,企业规模\n1,a,大型\n").unwrap(),
        is(Layout::Records, "customer")
    );
    assert_eq!(
        layout("交易.csv", "customer_id,date,amount\n1,2025-01-01,5\n").unwrap(),
        is(Layout::Records, "transaction")
    );
    // Only its headings say what it is.
    assert_eq!(
        layout("export.csv", "customer_id,date,amount\n1,2025-01-01,5\n").unwrap(),
        is(Layout::Records, "transaction")
    );
}

#[test]
fn wide_workbooks_use_the_sheet_that_fits() {
    let wide = kind(
        "wide",
        "宽表",
        &["id"],
        None,
        vec![
            required(field("id", FieldType::Text)),
            field("orders", FieldType::Integer),
        ],
    );
    let folder = Folder::new();
    let path = book(
        &folder,
        "数据.xlsx",
        &[("封面", &[&["机密"]]), ("Sheet2", &[&["id", "orders"], &["1", "5"]])],
    );
    let dataset = open_wide(&path, wide).unwrap();
    assert_eq!(dataset.layout, Layout::Wide);
    assert_eq!(column(&dataset.tables[0], "orders"), ["5"]);
    assert_eq!(dataset.notes.len(), 1);
}

#[test]
fn what_holds_nothing_is_refused() {
    let folder = Folder::new();
    assert_eq!(refusal(open_with(folder.path(), |_| {})), "data-no-tables");
    assert_eq!(
        refusal(open_with(&folder.put("customer.csv", ""), |_| {})),
        "data-empty-file"
    );
    assert_eq!(
        refusal(open_with(&folder.put("customer.csv", " \r\n\r\n"), |_| {})),
        "data-empty-file"
    );
    assert_eq!(
        refusal(open_with(&folder.put("customer.csv", "id,name\n"), |_| {})),
        "data-no-rows"
    );
    assert_eq!(
        refusal(open_with(&folder.put("customer.csv", "id,name\n,\n , \n"), |_| {})),
        "data-no-rows"
    );
    assert_eq!(
        refusal(open_with(&folder.put("other.csv", "foo,bar\n1,2\n"), |_| {})),
        "data-no-headings"
    );
    assert_eq!(
        refusal(open_with(&folder.put("other.docx", "x"), |_| {})),
        "data-unknown-format"
    );
    assert!(open_with(&folder.path().join("nowhere.csv"), |_| {}).is_err());
}

#[test]
fn an_empty_sheet_beside_the_one_that_the_file_is_called_after() {
    let folder = Folder::new();
    let rows = vec![vec![Cell::text("客户编号")], vec![Cell::text("C1")]];
    let path = folder.path().join("客户.xlsx");
    let sheets = vec![Sheet::new("Sheet1", rows), Sheet::new("Sheet2", Vec::new())];
    let title = String::new();
    write(&path, Workbook { title, sheets }).unwrap();
    let dataset = open_with(&path, |_| {}).unwrap();
    assert_eq!(crate::fixture::bad(&dataset), []);
    assert_eq!(dataset.tables.len(), 1);
}

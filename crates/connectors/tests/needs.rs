//! Only what is needed is read; what is not cannot stop anything.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringArray};
use pinji_connectors::{Dataset, Need, Needs, named};
use pinji_domain::{FieldType, Lang};

use crate::fixture::{Folder, bad, column, field, kind, kinds, open_with, size};
use crate::parquet_files::write;

/// Needs of fields by kind: those after `~` are only shown.
fn needs(all: &[(&str, &str)]) -> Needs {
    let mut needs = Needs::default();
    for (kind, fields) in all {
        for field in fields.split_whitespace() {
            match field.strip_prefix('~') {
                Some(shown) => needs.add(kind, shown, Need::Shown),
                None => needs.add(kind, field, Need::Read),
            }
        }
    }
    needs
}

const CUSTOMERS: &str = "客户编号,客户名称,企业规模,成立日期,是否上市\nA,甲,巨型,从前,是\nB,乙,小型,2001-02-03,也许\n";

fn notes(dataset: &Dataset) -> Vec<String> {
    dataset
        .notes
        .iter()
        .map(|note| pinji_locale::say(Lang::En, note))
        .collect()
}

#[test]
fn cells_are_checked_only_in_columns_that_are_needed() {
    let folder = Folder::new();
    folder.put("客户.csv", CUSTOMERS);
    let check = |wanted: &str, expected: &[&str]| {
        let dataset = open_with(folder.path(), |options| {
            options.needs = Some(needs(&[("customer", wanted)]));
        });
        let dataset = dataset.unwrap();
        let found: Vec<String> = bad(&dataset).into_iter().map(|(address, _)| address).collect();
        assert_eq!(found, expected, "{wanted}");
        dataset
    };
    let dataset = open_with(folder.path(), |_| {}).unwrap();
    assert_eq!(dataset.bad.len(), 3, "all of it, where nobody says what is needed");
    check("name", &[]);
    check("name founded", &["D2"]);
    check("name listed", &["E3"]);
    check("size", &["C2"]);
    // A choice that only readers see is left empty, and told in the language of the data.
    let dataset = check("name ~size", &[]);
    assert_eq!(column(&dataset.tables[0], "size"), ["∅", "small"]);
    let told = notes(&dataset);
    assert!(told[0].contains("巨型") && told[0].contains("大型、小型"), "{told:?}");
    // What was not read is not handed out as if it were empty.
    assert!(dataset.tables[0].read(0, &["founded"]).is_err());
    assert_eq!(column(&check("name", &[]).tables[0], "name"), ["甲", "乙"]);
}

#[test]
fn the_same_of_parquet() {
    let folder = Folder::new();
    let texts = |all: [&str; 3]| -> ArrayRef { Arc::new(StringArray::from(all.to_vec())) };
    let ids: ArrayRef = Arc::new(Int64Array::from(vec![7, 8, 9]));
    let columns = vec![
        ("id", ids),
        ("size", texts(["large", "huge", "small"])),
        ("founded", texts(["2001-02-03", "once", "never"])),
    ];
    write(&folder.path().join("customer.parquet"), columns, 2);
    let with = |wanted: &str| {
        let all = needs(&[("customer", wanted)]);
        open_with(folder.path(), |options| options.needs = Some(all)).unwrap()
    };
    let dataset = with("~size");
    assert_eq!((bad(&dataset).len(), dataset.left_out), (0, 0));
    assert_eq!(column(&dataset.tables[0], "size"), ["large", "∅", "small"]);
    assert!(notes(&dataset)[0].contains("(huge)"), "{:?}", notes(&dataset));
    let dataset = with("founded");
    let whom: Vec<(u64, &str)> = dataset
        .bad
        .iter()
        .map(|cell| (cell.row, cell.subject.as_str()))
        .collect();
    assert_eq!(whom, [(2, "8"), (3, "9")]);
}

#[test]
fn bad_rows_say_whom_they_are_about() {
    let folder = Folder::new();
    folder.put(
        "transaction.csv",
        "customer_id,date,amount\nA,2025-01-01,x\n,never,1\nB,2025-01-01,1,2\n",
    );
    folder.put("财务报表.csv", "客户编号,报告期,营业收入\nC,2024,1\nC,2024,2\n");
    let dataset = open_with(folder.path(), |_| {}).unwrap();
    let whom: Vec<(u64, &str)> = dataset
        .bad
        .iter()
        .map(|cell| (cell.row, cell.subject.as_str()))
        .collect();
    assert_eq!(whom, [(2, "A"), (3, ""), (3, ""), (4, "B"), (2, "C"), (3, "C")]);
}

#[test]
fn doubled_columns_and_clashing_units_count_where_they_are_needed() {
    let folder = Folder::new();
    folder.put(
        "transaction.csv",
        "customer_id,date,金额,Amount,quantity\nA,2025-01-01,1,2,3\n",
    );
    let with = |wanted: &str| {
        let all = needs(&[("transaction", wanted)]);
        open_with(folder.path(), |options| options.needs = Some(all)).unwrap()
    };
    assert_eq!(bad(&with("amount")), [("D1".to_owned(), "data-two-columns")]);
    assert_eq!(bad(&with("quantity")), []);
}

#[test]
fn kinds_that_nothing_reads_count_only_where_they_say_who_there_is() {
    let folder = Folder::new();
    folder.put("transaction.csv", "customer_id,date,amount\nA,whenever,x\n");
    let with = |wanted: &[(&str, &str)]| {
        let mut all = needs(wanted);
        all.roster("customer");
        open_with(folder.path(), |options| options.needs = Some(all)).unwrap()
    };
    assert_eq!(bad(&with(&[])), [("B2".to_owned(), "data-cell-not-a-date")]);
    folder.put("客户.csv", "客户编号,客户名称\nA,甲\n");
    let dataset = with(&[("customer", "~name")]);
    assert_eq!((bad(&dataset).len(), dataset.left_out), (0, 0));
    assert_eq!(bad(&with(&[("transaction", "quantity")])).len(), 1);
}

#[test]
fn what_was_not_used_can_be_told() {
    let folder = Folder::new();
    folder.put("transaction.csv", "customer_id,date,销售额\nA,2025-01-01,1\n");
    folder.put("年报.csv", "客户编号\nA\n");
    let dataset = open_with(folder.path(), |_| {}).unwrap();
    assert_eq!(dataset.tables[0].unused(), ["销售额"]);
    assert_eq!(dataset.tables[0].heading("date"), Some("date"));
    assert_eq!(dataset.unread, ["年报.csv"]);
}

#[test]
fn choices_are_listed_in_the_language_of_the_data() {
    let check = |heading: &str, cell: &str, listed: &str| {
        let folder = Folder::new();
        let path = folder.put("wide.csv", format!("id,{heading}\n1,{cell}\n"));
        let mut size = field("size", size());
        size.aliases = vec!["规模".to_owned()];
        let wide = kind("wide", "宽表", &[], None, vec![field("id", FieldType::Text), size]);
        let dataset = crate::fixture::open_wide(&path, wide).unwrap();
        let said = pinji_locale::say(Lang::En, &dataset.bad[0].message);
        assert!(said.contains(listed), "{heading} {cell}: {said}");
    };
    check("规模", "巨型", "大型、小型");
    check("规模", "huge", "大型、小型");
    check("size", "巨型", "大型、小型");
    check("size", "huge", "Large, Small");
}

#[test]
fn choices_have_other_words() {
    let folder = Folder::new();
    let path = folder.put("wide.csv", "id,size\n1,大企业\n2,大型\n3,ENORMOUS\n");
    let mut size = field("size", size());
    size.words = vec![
        ("大企业".to_owned(), "large".to_owned()),
        ("Enormous".to_owned(), "large".to_owned()),
    ];
    let wide = kind("wide", "宽表", &[], None, vec![field("id", FieldType::Text), size]);
    let dataset = crate::fixture::open_wide(&path, wide).unwrap();
    assert_eq!(column(&dataset.tables[0], "size"), ["large", "large", "large"]);
}

#[test]
fn headings_name_fields() {
    let all = kinds();
    let statement = all.get("financial_statement").unwrap();
    assert_eq!(named(statement, "营业收入（万元）"), Some("revenue"));
    assert_eq!(named(statement, "营收"), None);
}

//! Which column is which field.

use pinji_connectors::{Calendar, DataError, Mapping};

use crate::fixture::{Folder, bad, column, open_with, refusal};

fn maps(given: &[&str]) -> Vec<Mapping> {
    given.iter().map(|map| Mapping::parse(map).unwrap()).collect()
}

#[test]
fn headings_meet_by_id_label_and_alias_whatever_their_dress() {
    for headings in [
        "customer_id,period,revenue",
        "客户编号,报告期,营业收入",
        "客户编号*,报告期,营业收入（元）",
        "Customer No.,PERIOD,Revenue",
        "客户 代码,【报告期】,\"营业\n收入\"",
        "ｃｕｓｔｏｍｅｒ＿ｉｄ,报告期：,营业收入 单位：元",
        "\u{FEFF}客户编号,报告期,营业收入(元)",
    ] {
        let folder = Folder::new();
        folder.put("财务报表.csv", format!("{headings}\nA,2024-12-31,12.5\n"));
        let dataset = open_with(folder.path(), |_| {}).unwrap();
        assert_eq!(bad(&dataset), [], "{headings}");
        assert_eq!(column(&dataset.tables[0], "revenue"), ["1250"], "{headings}");
        assert_eq!(column(&dataset.tables[0], "margin"), ["∅"], "{headings}");
    }
}

#[test]
fn titles_above_the_headings_are_passed_over() {
    let folder = Folder::new();
    folder.put(
        "财务报表.csv",
        "某某公司2024年度报表,,,\n单位：万元,,,\n客户编号,报告期,营业收入（万元）,备注\nA,2024,3.2,\n合计,,3.2,\n",
    );
    let dataset = open_with(folder.path(), |_| {}).unwrap();
    assert_eq!(bad(&dataset), []);
    assert_eq!(column(&dataset.tables[0], "period"), ["2024-12-31"]);
    assert_eq!(column(&dataset.tables[0], "revenue"), ["3200000"]);
    let codes: Vec<&str> = dataset.notes.iter().map(|note| note.code).collect();
    assert_eq!(codes, ["data-note-unused-columns", "data-note-totals"]);
}

#[test]
fn mappings_name_scale_and_date() {
    let folder = Folder::new();
    folder.put(
        "财务报表.csv",
        "公司代號,資料年月,纳税额,毛利\n2330,11407,3.2,45.6\n2317,9912,0.0001,1\n",
    );
    let dataset = open_with(folder.path(), |options| {
        options.maps = maps(&[
            "纳税额=revenue*10000",
            "資料年月=financial_statement.period:roc",
            "毛利=margin:%",
        ]);
    })
    .unwrap();
    assert_eq!(bad(&dataset), []);
    assert_eq!(column(&dataset.tables[0], "revenue"), ["3200000", "100"]);
    assert_eq!(column(&dataset.tables[0], "period"), ["2025-07-31", "2010-12-31"]);
    assert_eq!(column(&dataset.tables[0], "margin"), ["4560", "100"]);
}

#[test]
fn calendars() {
    for (calendar, text, expected) in [
        ("roc", "1140816", "2025-08-16"),
        ("roc", "114/08/16", "2025-08-16"),
        ("roc", "民國114年8月16日", "2025-08-16"),
        ("roc", "990816", "2010-08-16"),
        ("mdy", "3/4/2025", "2025-03-04"),
        ("dmy", "3/4/2025", "2025-04-03"),
        ("dmy", "03.04.25", "2025-04-03"),
        ("mdy", "12/31/1999 23:59", "1999-12-31"),
    ] {
        let folder = Folder::new();
        folder.put("transaction.csv", format!("customer_id,day\nA,{text}\n"));
        let dataset = open_with(folder.path(), |options| {
            options.maps = maps(&[&format!("day=date:{calendar}")])
        })
        .unwrap();
        assert_eq!(bad(&dataset), [], "{text}");
        assert_eq!(column(&dataset.tables[0], "date"), [expected], "{calendar} {text}");
    }
    assert_eq!(Calendar::default(), Calendar::Western);
}

#[test]
fn a_mapping_wins_over_an_alias_and_is_refused_where_it_fits_nothing() {
    let folder = Folder::new();
    folder.put("transaction.csv", "customer_id,date,amount,net\nA,2025-01-01,1,2\n");
    let dataset = open_with(folder.path(), |options| options.maps = maps(&["net=amount"])).unwrap();
    assert_eq!(column(&dataset.tables[0], "amount"), ["200"]);
    let codes: Vec<&str> = dataset.notes.iter().map(|note| note.code).collect();
    assert_eq!(codes, ["data-note-unused-columns"]);
    for (map, code, says) in [
        ("net=amounts", "data-mapping-no-field-near", "did you mean `amount`"),
        ("net=金额合计", "data-mapping-no-field-near", "did you mean `amount`"),
        ("net=patents", "data-mapping-no-field", "`patents`"),
        ("nett=amount", "data-mapping-no-column-near", "did you mean `net`"),
        (
            "brutto=amount",
            "data-mapping-no-column",
            "customer_id、date、amount、net",
        ),
        ("net=revenue", "data-mapping-elsewhere", "`net` is in `transaction.csv`"),
    ] {
        let wrong = open_with(folder.path(), |options| options.maps = maps(&[map]));
        let said = wrong
            .as_ref()
            .map_err(|error| pinji_locale::say(pinji_domain::Lang::En, &error.message()));
        assert!(said.as_ref().is_err_and(|said| said.contains(says)), "{map}: {said:?}");
        assert!(matches!(wrong, Err(DataError::Mapping { .. })));
        assert_eq!(refusal(wrong), code, "{map}");
    }
}

#[test]
fn doubled_and_missing_columns_concern_the_whole_table() {
    let folder = Folder::new();
    folder.put("transaction.csv", "customer_id,金额,Amount\nA,1,2\n");
    let dataset = open_with(folder.path(), |options| options.skip_bad_rows = true).unwrap();
    assert_eq!(
        bad(&dataset),
        [
            ("1".to_owned(), "data-column-missing"),
            ("C1".to_owned(), "data-two-columns")
        ]
    );
    assert!(dataset.bad.iter().all(|cell| cell.whole_table));
    assert!(!dataset.usable(), "leaving rows out does not bring a column");
}

#[test]
fn a_currency_in_the_heading_counts_for_the_table() {
    let folder = Folder::new();
    folder.put("财务报表.csv", "客户编号,报告期,营业收入（万美元）\nA,2024,3.2\n");
    let dataset = open_with(folder.path(), |_| {}).unwrap();
    assert_eq!(column(&dataset.tables[0], "revenue"), ["3200000"]);
    assert_eq!(column(&dataset.tables[0], "currency"), ["USD"]);
}

//! What came in beside what is known.

use pinji_domain::ids::SubmissionId;
use pinji_workflow::compare::{Blank, resent};
use pinji_workflow::{Comparison, ContentHash, Flaw, Known, Verdict};
use serde_json::{Value, json};

use crate::book::{compared, compared_with, kind, known, statement, values};

/// One line a row: verdict, then field old → new.
fn told(comparison: &Comparison) -> Vec<String> {
    let rows = comparison.rows.iter().map(|row| {
        let verdict = match row.verdict {
            Verdict::New => "new".to_owned(),
            Verdict::Changed => "changed".to_owned(),
            Verdict::Same => "same".to_owned(),
            Verdict::Bad(Flaw::Cells) => "bad".to_owned(),
            Verdict::Bad(Flaw::NoCustomer) => "nobody".to_owned(),
            Verdict::Bad(Flaw::Contradicts { row }) => format!("contradicts {row}"),
        };
        let repeats = row.repeats.map(|first| format!(" = {first}")).unwrap_or_default();
        let moved = row.differences.iter().filter(|_| row.verdict == Verdict::Changed);
        let show = |value: &Option<Value>| value.as_ref().map_or("-".to_owned(), Value::to_string);
        let moved = moved.map(|one| format!(" {} {} → {}", one.field, show(&one.old), show(&one.new)));
        format!("{} {verdict}{repeats}{}", row.row, moved.collect::<String>())
    });
    rows.collect()
}

#[test]
fn rows_are_new_changed_same_or_bad() {
    let customer = kind("customer");
    let known = known(
        customer,
        &[
            json!({ "id": "C1", "name": "甲", "employees": 120 }),
            json!({ "id": "C2", "name": "乙", "size": "large" }),
        ],
    );
    let check = |rows: &[Value], blank: Blank, expected: &[&str]| {
        assert_eq!(
            told(&compared_with(customer, rows, &known, blank)),
            expected,
            "{rows:?}"
        );
    };
    check(&[json!({ "id": "C9", "name": "丙" })], Blank::Keeps, &["1 new"]);
    check(
        &[json!({ "id": "C1", "name": "甲公司", "employees": 120 })],
        Blank::Keeps,
        &["1 changed name \"甲\" → \"甲公司\""],
    );
    // What a workbook leaves empty stays as it is; what a form leaves empty goes.
    check(&[json!({ "id": "C1", "name": "甲" })], Blank::Keeps, &["1 same"]);
    check(
        &[json!({ "id": "C1", "name": "甲", "employees": null })],
        Blank::Keeps,
        &["1 same"],
    );
    check(
        &[json!({ "id": "C1", "name": "甲" })],
        Blank::Clears,
        &["1 changed employees 120 → -"],
    );
    check(
        &[json!({ "id": "C2", "region": "华东" })],
        Blank::Keeps,
        &["1 changed region - → \"华东\""],
    );
    check(
        &[
            json!({ "name": "丁" }),
            json!({ "id": "C1", "bad": true }),
            json!({ "id": "" }),
        ],
        Blank::Keeps,
        &["1 nobody", "2 bad", "3 nobody"],
    );
    // One record twice.
    check(
        &[
            json!({ "id": "C1", "name": "甲公司" }),
            json!({ "id": "C1", "name": "甲公司" }),
        ],
        Blank::Keeps,
        &["1 changed name \"甲\" → \"甲公司\"", "2 same = 1"],
    );
    check(
        &[
            json!({ "id": "C1", "name": "甲一" }),
            json!({ "id": "C2", "size": "small" }),
            json!({ "id": "C1", "name": "甲二" }),
            json!({ "id": "C1", "name": "甲一" }),
        ],
        Blank::Keeps,
        &[
            "1 contradicts 3",
            "2 changed size \"large\" → \"small\"",
            "3 contradicts 1",
            "4 contradicts 3",
        ],
    );
    // A bad row contradicts nobody.
    check(
        &[
            json!({ "id": "C9", "name": "一", "bad": true }),
            json!({ "id": "C9", "name": "二" }),
        ],
        Blank::Keeps,
        &["1 bad", "2 new"],
    );
}

#[test]
fn fields_that_a_file_does_not_bring_keep_their_values() {
    let customer = kind("customer");
    let known = known(customer, &[json!({ "id": "C1", "name": "甲", "employees": 120 })]);
    let row = values(json!({ "id": "C1", "name": "甲" }));
    let sent = [pinji_workflow::compare::Sent {
        row: 1,
        values: &row,
        is_bad: false,
    }];
    let brought = pinji_workflow::compare::Brought {
        fields: &["id", "name"],
        blank: Blank::Clears,
    };
    let comparison = pinji_workflow::compare::compare(customer, &sent, brought, &known);
    assert_eq!(comparison.rows[0].verdict, Verdict::Same);
    assert_eq!(comparison.rows[0].after["employees"], json!(120));
}

#[test]
fn a_record_is_told_by_its_key() {
    let financial = kind("financial_statement");
    let known = known(
        financial,
        &[statement("C1", 2024, 100_000), statement("C1", 2025, 110_000)],
    );
    let mut month = statement("C1", 2025, 9_000);
    month["period_type"] = json!("month");
    let comparison = compared(
        financial,
        &[
            statement("C1", 2025, 110_000),
            statement("C1", 2026, 120_000),
            statement("C2", 2025, 1),
            month,
        ],
        &known,
    );
    assert_eq!(told(&comparison), ["1 same", "2 new", "3 new", "4 new"]);
    let counts = comparison.counts;
    assert_eq!((counts.new, counts.changed, counts.same, counts.bad), (3, 0, 1, 0));
}

#[test]
fn rows_of_a_ledger_are_always_new() {
    let orders = kind("transaction");
    let order = |amount: i64| json!({ "customer": "C1", "traded_on": "2026-01-05", "amount": amount });
    let known = known(orders, &[order(5)]);
    let comparison = compared(orders, &[order(5), order(7), order(5)], &known);
    assert_eq!(told(&comparison), ["1 new", "2 new", "3 new = 1"]);
    assert!(comparison.rows.iter().all(|row| row.before.is_none()));
}

#[test]
fn an_identical_file_is_pointed_out() {
    let orders = kind("transaction");
    let order = |amount: i64| values(json!({ "customer": "C1", "traded_on": "2026-01-05", "amount": amount }));
    let hash = |rows: &[i64]| {
        let rows: Vec<_> = rows.iter().map(|amount| order(*amount)).collect();
        ContentHash::of(rows.iter().map(|row| (orders, row)))
    };
    let earlier = [
        (SubmissionId(9), hash(&[1, 2])),
        (SubmissionId(4), hash(&[1, 2])),
        (SubmissionId(5), hash(&[1, 2, 2])),
    ];
    assert_eq!(resent(hash(&[2, 1]), &earlier), Some(SubmissionId(4)));
    assert_eq!(resent(hash(&[2, 1, 2]), &earlier), Some(SubmissionId(5)));
    assert_eq!(resent(hash(&[1]), &earlier), None);
    let text = hash(&[1]).to_string();
    assert_eq!(ContentHash::parse(&text), Some(hash(&[1])));
    assert_eq!(ContentHash::parse(&text[1..]), None);
    assert_eq!(ContentHash::parse(&"g".repeat(64)), None);
}

#[test]
fn replaced_versions_do_not_count() {
    let customer = kind("customer");
    let mut old = crate::book::version(customer, json!({ "id": "C1", "name": "旧" }));
    old.is_current = false;
    let now = crate::book::version(customer, json!({ "id": "C1", "name": "新" }));
    let known = Known::new([old, now]);
    assert_eq!(
        told(&compared(customer, &[json!({ "id": "C1", "name": "新" })], &known)),
        ["1 same"]
    );
}

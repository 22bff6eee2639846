//! Departments are told of key fields that moved.

use pinji_workflow::{Audit, Command, Event, Judgement, Notice, Stage, State, decide};
use serde_json::{Value, json};

use crate::book::{AUDITOR, COLLECTOR, NOW, Whole, statement, submitted};

fn notices(whole: &Whole, state: State, command: Command) -> Vec<Notice> {
    let by = if state == State::Draft { COLLECTOR } else { AUDITOR };
    let events = whole.at(state, |submission| decide(submission, command, by, NOW).unwrap());
    let told = events.into_iter().filter_map(|event| match event {
        Event::Told(notice) => Some(notice),
        _ => None,
    });
    told.collect()
}

fn confirmed(id: &str, rows: &[Value], records: &[Value]) -> Vec<String> {
    let whole = Whole::new(id, rows, records);
    let told = notices(&whole, State::Draft, Command::Confirm { leaving_out: 0 });
    assert!(
        told.iter()
            .all(|notice| notice.stage == Stage::Reported && notice.kind == id)
    );
    told.iter()
        .map(|notice| {
            let fields: Vec<&str> = notice.changes.iter().map(|change| change.field.as_str()).collect();
            format!(
                "{} {} → {}",
                notice.customer,
                fields.join(" "),
                notice.departments.join(" ")
            )
        })
        .collect()
}

#[test]
fn key_fields_that_moved_are_told_on_confirmation() {
    let none: &[&str] = &[];
    let customer = |status: &str, city: &str| json!({ "id": "C1", "status": status, "city": city });
    assert_eq!(
        confirmed("customer", &[customer("closed", "厦门")], &[customer("active", "厦门")]),
        ["C1 status → sales risk"]
    );
    assert_eq!(
        confirmed("customer", &[customer("active", "福州")], &[customer("active", "厦门")]),
        none
    );
    // A new customer is no change of one.
    assert_eq!(confirmed("customer", &[customer("active", "厦门")], &[]), none);
}

#[test]
fn a_new_period_is_held_against_the_one_before() {
    let none: &[&str] = &[];
    let report = |day: &str, source: &str, dishonest: bool| json!({ "customer": "C1", "reported_on": day, "source": source, "dishonest": dishonest });
    let known = [
        report("2025-06-30", "甲社", true),
        report("2025-12-31", "甲社", false),
        report("2026-06-30", "甲社", true),
    ];
    let check = |row: Value, expected: &[&str]| assert_eq!(confirmed("credit_report", &[row], &known), expected);
    check(report("2026-03-31", "甲社", true), &["C1 dishonest → risk sales"]);
    check(report("2026-03-31", "甲社", false), none);
    check(report("2026-03-31", "乙社", true), none);
    check(report("2025-03-31", "甲社", false), none);
}

#[test]
fn numbers_are_told_from_their_declared_change_on() {
    let none: &[&str] = &[];
    let check = |revenue: i64, expected: &[&str]| {
        let rows = [statement("C1", 2025, revenue)];
        let found = confirmed("financial_statement", &rows, &[statement("C1", 2024, 1_000_000)]);
        assert_eq!(found, expected, "{revenue}");
    };
    // 30% of revenue and equity, 50% of profit; all of them follow revenue here.
    check(1_299_990, none);
    check(1_300_000, &["C1 revenue equity → finance risk"]);
    check(700_000, &["C1 revenue equity → finance risk"]);
    check(1_500_000, &["C1 revenue net_profit equity → finance risk"]);
}

#[test]
fn the_audit_says_what_holds() {
    let customer = |status: &str, group: &str| json!({ "id": "C1", "status": status, "group": group });
    let whole = Whole::new(
        "customer",
        &[customer("closed", "乙集团")],
        &[customer("active", "甲集团")],
    );
    let audit = |audit: Audit| {
        let told = notices(&whole, submitted(), Command::Audit(audit));
        let said = told.iter().map(|notice| {
            let fields: Vec<&str> = notice.changes.iter().map(|change| change.field.as_str()).collect();
            format!("{:?} {}", notice.stage, fields.join(" "))
        });
        said.collect::<Vec<_>>()
    };
    let refuse = || Judgement::Refuse {
        reason: "无依据".to_owned(),
    };
    assert_eq!(audit(Audit::whole(Judgement::Accept)), ["Accepted group status"]);
    assert_eq!(audit(Audit::whole(refuse())), ["NotAccepted group status"]);
    let mut parted = Audit::whole(Judgement::Accept);
    parted.fields.insert((1, "group".to_owned()), refuse());
    assert_eq!(audit(parted), ["Accepted status", "NotAccepted group"]);
}

//! Which grade holds on which day, what falls, and what opens a case.

use pinji_workflow::case::{Decision, Departure, Model, Occasion, Steady, cooled_on, in_force, last_fall, occasion};

use super::book::{decision, grade, grade_word, model, period};
use crate::book::{COLLECTOR, day, signed};

/// `vip 2027-01-01`, or with an override `key>vip 2027-01-01..2027-06-30`.
fn decisions(text: &str) -> Vec<Decision> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let (grades, days) = line.split_once(' ').unwrap();
            let (from, until) = match days.split_once("..") {
                Some((from, until)) => (from, Some(until)),
                None => (days, None),
            };
            let (before, after) = grades.split_once('>').unwrap_or((grades, grades));
            let mut decision = decision(after, from);
            decision.model = model(1, before);
            decision.departure = until.map(|until| Departure {
                code: "recent_event".to_owned(),
                reason: "订单".to_owned(),
                proposed: signed(COLLECTOR),
                seconded: None,
                until: day(until),
            });
            decision
        })
        .collect()
}

#[test]
fn the_last_decision_whose_day_has_come_holds() {
    let check = |text: &str, on: &str, expected: &str| {
        let found = in_force(&decisions(text), day(on));
        let found = found.map(|found| {
            let returned = if found.is_returned { " returned" } else { "" };
            format!(
                "{} {} #{}{returned}",
                grade_word(found.grade),
                found.since,
                found.decision
            )
        });
        assert_eq!(found.as_deref().unwrap_or("nothing"), expected, "{text} {on}");
    };
    check("", "2027-01-01", "nothing");
    check("key 2027-01-01", "2026-12-31", "nothing");
    check("key 2027-01-01", "2027-01-01", "key 2027-01-01 #0");
    check("none 2027-01-01", "2027-01-01", "none 2027-01-01 #0");
    check("key 2027-01-01\n vip 2027-03-01", "2027-02-28", "key 2027-01-01 #0");
    check("key 2027-01-01\n vip 2027-03-01", "2027-03-01", "vip 2027-03-01 #1");
    // The later decision stands, though the earlier one begins later.
    check("key 2027-03-01\n vip 2027-02-01", "2027-02-15", "vip 2027-02-01 #1");
    check("key 2027-03-01\n vip 2027-02-01", "2027-03-15", "vip 2027-02-01 #1");
    let over = "key>vip 2027-01-01..2027-06-30";
    check(over, "2027-06-30", "vip 2027-01-01 #0");
    check(over, "2027-07-01", "key 2027-07-01 #0 returned");
    check(
        &format!("{over}\n ordinary 2027-08-01"),
        "2027-07-31",
        "key 2027-07-01 #0 returned",
    );
    check(
        &format!("{over}\n ordinary 2027-08-01"),
        "2027-08-01",
        "ordinary 2027-08-01 #1",
    );
    check(
        &format!("{over}\n key>vip 2027-06-15..2027-12-31"),
        "2027-07-01",
        "vip 2027-06-15 #1",
    );
}

#[test]
fn a_fall_is_found() {
    let check = |text: &str, on: &str, expected: Option<&str>| {
        assert_eq!(last_fall(&decisions(text), day(on)), expected.map(day), "{text} {on}");
    };
    check("key 2027-01-01", "2027-12-31", None);
    check("key 2027-01-01\n vip 2027-02-01", "2027-12-31", None);
    check("vip 2027-01-01\n key 2027-02-01", "2027-01-31", None);
    check("vip 2027-01-01\n key 2027-02-01", "2027-02-01", Some("2027-02-01"));
    check(
        "vip 2027-01-01\n key 2027-02-01\n vip 2027-03-01",
        "2027-12-31",
        Some("2027-02-01"),
    );
    check(
        "vip 2027-01-01\n key 2027-02-01\n ordinary 2027-03-01",
        "2027-12-31",
        Some("2027-03-01"),
    );
    // An override that ends is a fall like any other; becoming ungraded is none.
    check("key>vip 2027-01-01..2027-06-30", "2027-12-31", Some("2027-07-01"));
    check("vip>key 2027-01-01..2027-06-30", "2027-12-31", None);
    check("vip 2027-01-01\n none 2027-02-01", "2027-12-31", None);
    check("vip 2027-01-01\n none 2027-02-01\n key 2027-03-01", "2027-12-31", None);
    // What was superseded before it began never fell.
    check("vip 2027-01-01\n key 2027-03-01\n vip 2027-02-01", "2027-12-31", None);
}

#[test]
fn a_cool_down_ends() {
    let text = "vip 2027-01-01\n key 2027-02-01";
    let check = |length: Option<&str>, today: &str, expected: Option<&str>| {
        let found = cooled_on(&decisions(text), length.map(period), day(today));
        assert_eq!(found, expected.map(day), "{length:?} {today}");
    };
    check(Some("3 months"), "2027-01-31", None);
    check(Some("3 months"), "2027-02-01", Some("2027-05-01"));
    check(Some("3 months"), "2027-04-30", Some("2027-05-01"));
    check(Some("3 months"), "2027-05-01", None);
    check(None, "2027-02-01", None);
}

#[test]
fn runs_open_cases() {
    let steady = Steady {
        confirmed_by: 2,
        cool_down: Some(period("3 months")),
    };
    let check = |text: &str, runs: &str, due: Option<&str>, expected: Option<Occasion>| {
        let since: Vec<Model> = runs
            .split_whitespace()
            .zip(2..)
            .map(|(word, run)| model(run, word))
            .collect();
        let found = occasion(&decisions(text), &since, due.map(day), steady, day("2027-06-01"));
        assert_eq!(found, expected, "{text} / {runs} / {due:?}");
    };
    use Occasion::{Changed, Due, New};
    check("", "key", None, Some(New));
    check("", "none", None, Some(New));
    check("key 2027-01-01", "key", None, None);
    check("key 2027-01-01", "key", Some("2027-06-02"), None);
    check("key 2027-01-01", "key", Some("2027-06-01"), Some(Due));
    check("key 2027-01-01", "vip", None, Some(Changed));
    // A fall is confirmed first; if it is due, somebody looks anyway.
    check("key 2027-01-01", "ordinary", None, None);
    check("key 2027-01-01", "ordinary", Some("2027-06-01"), Some(Due));
    check("key 2027-01-01", "key ordinary", None, None);
    check("key 2027-01-01", "potential ordinary", None, Some(Changed));
    check("key 2027-01-01", "ordinary key", None, None);
    check("key 2027-01-01", "none", None, Some(Changed));
    check("none 2027-01-01", "key", None, Some(Changed));
    // A rise waits for the end of the cool-down.
    check("vip 2027-01-01\n key 2027-05-01", "vip", None, None);
    check("vip 2027-01-01\n key 2027-02-01", "vip", None, Some(Changed));
    // An override is no change: the model says what it said when people decided.
    check("key>vip 2027-05-01..2027-12-31", "key", None, None);
    check("key>vip 2027-05-01..2027-12-31", "vip", None, Some(Changed));
    let none: Option<Occasion> = occasion(&[], &[], None, steady, day("2027-06-01"));
    assert_eq!((none, grade("none")), (None, None));
}

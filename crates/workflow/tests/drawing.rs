//! The sample that is drawn from a trusted feed.

use std::collections::BTreeSet;

use pinji_domain::{Decimal, Kind};
use pinji_workflow::compare::{Blank, Brought, Sent, compare};
use pinji_workflow::{Compared, ContentHash, Known, Values, sample};
use serde_json::{Value, json};

use crate::book::{Dice, compared, kind, values};

fn rate(text: &str) -> Decimal {
    Decimal::parse(text).unwrap()
}

fn content(kind: &Kind, rows: &[Compared]) -> ContentHash {
    ContentHash::of(rows.iter().map(|row| (kind, &row.after)))
}

fn month(number: usize) -> Value {
    json!({ "customer": format!("C{number:05}"), "period_end": "2026-01-31", "orders": number })
}

#[test]
fn about_as_many_as_the_rate_says_and_at_least_one() {
    let service = kind("service_record");
    let check = |rows: usize, text: &str, range: std::ops::RangeInclusive<usize>| {
        let rows: Vec<Value> = (0..rows).map(month).collect();
        let compared = compared(service, &rows, &Known::default());
        let drawn = sample::draw(content(service, &compared.rows), service, &compared.rows, rate(text));
        assert!(
            range.contains(&drawn.len()),
            "{} of {} at {text}",
            drawn.len(),
            rows.len()
        );
    };
    check(0, "0.5", 0..=0);
    check(1, "0.000000001", 1..=1);
    check(3, "0.01", 1..=3);
    check(10_000, "0.05", 420..=580);
    check(10_000, "0.5", 4_800..=5_200);
    check(500, "1", 500..=500);
}

#[test]
fn rows_that_bring_nothing_are_not_drawn() {
    let service = kind("service_record");
    let known = crate::book::known(service, &[month(0), month(1)]);
    let mut bad = month(2);
    bad["bad"] = json!(true);
    let compared = compared(service, &[month(0), month(1), bad, month(3)], &known);
    let drawn = sample::draw(content(service, &compared.rows), service, &compared.rows, rate("1"));
    assert_eq!(drawn, BTreeSet::from([4]));
}

/// Who is drawn, as what the rows say, whatever the order in which they stand.
fn drawn(kind: &Kind, rows: &[Values]) -> Vec<String> {
    let sent: Vec<Sent<'_>> = rows
        .iter()
        .enumerate()
        .map(|(at, values)| Sent {
            row: at as u32 + 1,
            values,
            is_bad: false,
        })
        .collect();
    let brought = Brought {
        fields: &[],
        blank: Blank::Keeps,
    };
    let compared = compare(kind, &sent, brought, &Known::default());
    let numbers = sample::draw(content(kind, &compared.rows), kind, &compared.rows, rate("0.1"));
    let mut said: Vec<String> = numbers
        .iter()
        .map(|row| Value::Object(rows[*row as usize - 1].clone()).to_string())
        .collect();
    said.sort();
    said
}

#[test]
fn the_order_of_rows_does_not_matter_and_their_content_does() {
    let mut dice = Dice(7);
    for id in ["service_record", "transaction"] {
        let kind = kind(id);
        let row = |number: usize| match id {
            "service_record" => values(month(number)),
            // Equal orders are among them.
            _ => values(
                json!({ "customer": format!("C{}", number % 7), "traded_on": "2026-01-05", "amount": number % 20 }),
            ),
        };
        let mut rows: Vec<Values> = (0..300).map(row).collect();
        let first = drawn(kind, &rows);
        assert!(first.len() > 5);
        for _ in 0..10 {
            dice.shuffle(&mut rows);
            assert_eq!(drawn(kind, &rows), first, "{id}");
        }
        // One more row is another seed: who wants to know the draw beforehand must fix what he sends.
        rows.push(row(999));
        assert_ne!(drawn(kind, &rows), first, "{id}");
    }
}

#[test]
fn the_draw_is_fixed_for_good() {
    // The figures are part of the promise: an auditor who draws again, years later, finds the same rows. They were
    // computed by another program, in another language, from the description in `sample`.
    let service = kind("service_record");
    let rows: Vec<Value> = (0..40).map(month).collect();
    let compared = compared(service, &rows, &Known::default());
    let seed = content(service, &compared.rows);
    let drawn = sample::draw(seed, service, &compared.rows, rate("0.1"));
    let expected = include_str!("drawn.txt").trim();
    assert_eq!(format!("{seed} {drawn:?}"), expected);
}

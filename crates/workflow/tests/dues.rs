//! What is overdue, for whom, by how many days.

use pinji_domain::Period;
use pinji_domain::{Channel, date};
use pinji_workflow::due::{Due, Followed, Target, overdue, targets};

use crate::book::{day, kind};

fn followed(customer: &str, since: &str, newest: &str, came: &str) -> Followed {
    Followed {
        customer: customer.to_owned(),
        since: day(since),
        newest: date::parse(newest),
        came: date::parse(came),
    }
}

#[test]
fn overdue_by_so_many_days() {
    let check = |what: Due, period: &str, newest: &str, came: &str, as_of: &str, expected: Option<(&str, i32)>| {
        let target = Target {
            channel: None,
            what,
            period: Period::parse(period).unwrap(),
        };
        let found = overdue(target, &[followed("C1", "2025-01-01", newest, came)], day(as_of));
        let found = found.first().map(|late| (late.due.to_string(), late.days));
        let expected = expected.map(|(due, days)| (due.to_owned(), days));
        assert_eq!(found, expected, "{what:?} {period} {newest} {came} as of {as_of}");
    };
    let (fresh, every) = (Due::Fresh, Due::Every);
    // A statement of 2024-12-31 is fresh for 18 months: through 2026-06-30, as the measure says.
    check(fresh, "18 months", "2024-12-31", "-", "2026-06-30", None);
    check(
        fresh,
        "18 months",
        "2024-12-31",
        "-",
        "2026-07-01",
        Some(("2026-06-30", 1)),
    );
    check(
        fresh,
        "18 months",
        "2024-12-31",
        "-",
        "2026-07-30",
        Some(("2026-06-30", 30)),
    );
    check(every, "3 months", "2030-01-01", "2026-01-15", "2026-04-14", None);
    check(
        every,
        "3 months",
        "2030-01-01",
        "2026-01-15",
        "2026-04-15",
        Some(("2026-04-14", 1)),
    );
    check(every, "1 month", "-", "2026-01-31", "2026-02-28", None);
    check(
        every,
        "1 month",
        "-",
        "2026-01-31",
        "2026-03-01",
        Some(("2026-02-28", 1)),
    );
    check(every, "1 day", "-", "2026-01-15", "2026-01-15", None);
    check(every, "1 day", "-", "2026-01-15", "2026-01-16", Some(("2026-01-15", 1)));
    // Never: from the day on which it was expected.
    check(fresh, "1 year", "-", "-", "2025-12-31", None);
    check(fresh, "1 year", "-", "-", "2026-01-01", Some(("2025-12-31", 1)));
    check(fresh, "1 year", "2040-01-01", "-", "2026-01-01", None);
}

#[test]
fn a_stale_measure_and_a_late_record_are_the_same_thing() {
    // The window of a measure is (as_of − period, as_of]: what falls out of it is overdue, day by day.
    for period in ["1 month", "6 months", "18 months", "1 year", "90 days"] {
        let period = Period::parse(period).unwrap();
        let target = Target {
            channel: None,
            what: Due::Fresh,
            period,
        };
        for newest in ["2024-02-29", "2024-12-31", "2025-01-30", "2025-02-28"] {
            for days in 0..700 {
                let as_of = date::from_days(date::to_days(day(newest)) + days).unwrap();
                let stale = day(newest) <= period.before(as_of);
                let late = overdue(target, &[followed("C1", newest, newest, "-")], as_of);
                assert_eq!(!late.is_empty(), stale, "{newest} {period} {as_of}");
            }
        }
    }
}

#[test]
fn the_longest_overdue_first() {
    let target = Target {
        channel: None,
        what: Due::Every,
        period: Period::parse("1 month").unwrap(),
    };
    let all = [
        followed("C3", "2025-01-01", "-", "2026-01-10"),
        followed("C1", "2025-01-01", "-", "2026-01-10"),
        followed("C2", "2025-01-01", "-", "2025-11-10"),
        followed("C4", "2025-01-01", "-", "2026-03-01"),
    ];
    let late = overdue(target, &all, day("2026-03-01"));
    let order: Vec<&str> = late.iter().map(|late| late.customer.as_str()).collect();
    assert_eq!(order, ["C2", "C1", "C3"]);
}

#[test]
fn targets_are_general_or_a_channels_own() {
    let all = targets(kind("service_record"));
    let told: Vec<String> = all
        .iter()
        .map(|target| {
            format!(
                "{:?} {:?} {}",
                target.channel.map(Channel::code),
                target.what,
                target.period
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "None Fresh 6 months",
            "None Every 3 months",
            "Some(\"crm\") Every 1 month"
        ]
    );
    assert_eq!(targets(kind("transaction")), []);
}

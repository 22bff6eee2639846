//! The administrator's part: the fast lane, data, sending on, taking back.

use pinji_domain::ids::UserId;
use pinji_workflow::case::{Conflicts, Model, Occasion, Rank, Refusal, open};

use super::book::{Desk, decision, model, terms, told};
use crate::book::{NOW, person};

/// Opens a case where `standing` holds since July and the runs since say `runs`, and accepts the last.
fn accepted(occasion: Occasion, standing: &str, runs: &str, change: impl FnOnce(&mut Desk)) -> String {
    let runs: Vec<&str> = runs.split_whitespace().collect();
    let mut desk = Desk::opened(occasion, runs[runs.len() - 1]);
    desk.decisions = match standing {
        "nothing" => Vec::new(),
        word => vec![decision(word, "2026-07-01")],
    };
    let count = runs.len() as i64;
    desk.since = runs
        .iter()
        .zip(0..)
        .map(|(word, at)| model(8 - count + at, word))
        .collect();
    change(&mut desk);
    told(&desk.act(person(11), pinji_workflow::case::Command::Accept))
}

#[test]
fn the_fast_lane_takes_what_the_policy_lets_it() {
    let check = |standing: &str, runs: &str, expected: &str| {
        let found = accepted(Occasion::Due, standing, runs, |_| {});
        assert_eq!(found, expected, "{standing} / {runs}");
    };
    check("key", "key", "decided:key@2027-01-15");
    check("potential", "key", "decided:key@2027-01-15");
    check("ordinary", "key", "too-far-for-fast-lane");
    check("key", "vip", "never-on-fast-lane");
    check("vip", "key key", "never-on-fast-lane");
    check("key", "none", "ungraded");
    check("nothing", "key", "first-grade");
    // A fall must be confirmed: two runs in a row, the last ones.
    check("key", "potential", "not-confirmed");
    check("key", "potential key potential", "not-confirmed");
    check("key", "key potential potential", "decided:potential@2027-01-15");
    check("key", "ordinary potential", "decided:potential@2027-01-15");
}

#[test]
fn what_bounds_the_fast_lane_is_declared() {
    let check = |change: fn(&mut Desk), standing: &str, runs: &str, expected: &str| {
        assert_eq!(
            accepted(Occasion::Due, standing, runs, change),
            expected,
            "{standing} / {runs}"
        );
    };
    check(|desk| desk.terms.fast_lane = None, "key", "key", "no-fast-lane");
    let first = |desk: &mut Desk| desk.terms.fast_lane.as_mut().unwrap().first = true;
    check(first, "nothing", "key", "decided:key@2027-01-15");
    check(first, "nothing", "vip", "never-on-fast-lane");
    let strict = |desk: &mut Desk| desk.terms.fast_lane.as_mut().unwrap().notches = 0;
    check(strict, "key", "key", "decided:key@2027-01-15");
    check(strict, "potential", "key", "too-far-for-fast-lane");
    let covered = |coverage_ppm: u32, expected: &str| {
        let change = |desk: &mut Desk| {
            desk.graded(Model {
                coverage_ppm,
                ..model(7, "key")
            });
        };
        assert_eq!(
            accepted(Occasion::Due, "key", "key", change),
            expected,
            "{coverage_ppm}"
        );
    };
    covered(799_999, "coverage-too-low");
    covered(800_000, "decided:key@2027-01-15");
    check(
        |desk| desk.terms.steady.confirmed_by = 1,
        "key",
        "potential",
        "decided:potential@2027-01-15",
    );
    check(
        |desk| desk.terms.steady.confirmed_by = 0,
        "key",
        "potential",
        "decided:potential@2027-01-15",
    );
}

#[test]
fn what_needs_people_is_not_for_the_fast_lane() {
    let by_hand = Occasion::ByHand {
        reason: "抽查".to_owned(),
    };
    let occasions = [
        (Occasion::New, true),
        (Occasion::Changed, true),
        (Occasion::Due, true),
        (Occasion::Alert, false),
        (Occasion::Appeal, false),
        (Occasion::AfterEmergency, false),
        (by_hand, true),
    ];
    for (occasion, is_for_it) in occasions {
        let name = occasion.name();
        let found = accepted(occasion, "key", "key", |_| {});
        let expected = if is_for_it {
            "decided:key@2027-01-15"
        } else {
            "needs-people"
        };
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn a_grade_that_fell_does_not_rise_at_once() {
    let check = |today: &str, standing: &str, expected: &str| {
        let found = accepted(Occasion::Changed, "key", "potential", |desk| {
            desk.decisions.push(decision("ordinary", "2026-11-30"));
            desk.graded(model(7, standing));
            desk.today = crate::book::day(today);
        });
        assert_eq!(found, expected, "{today} {standing}");
    };
    // Three months from 30 November: the fall is forgotten on 1 March.
    check("2026-12-01", "potential", "cooling-down");
    check("2027-02-28", "potential", "cooling-down");
    check("2027-03-01", "potential", "decided:potential@2027-03-01");
    // What stays may stay.
    check("2026-12-01", "ordinary", "decided:ordinary@2026-12-01");
}

#[test]
fn data_is_asked_for_and_comes() {
    let mut desk = Desk::new();
    desk.play(
        "11 resume        -> wrong-stage
         11 ask           -> asked
         11 accept        -> wrong-stage
         11 send          -> wrong-stage
         11 rerun 8 ordinary -> rerun
         11 resume        -> resumed
         11 rerun 8 key   -> older-run
         11 accept        -> too-far-for-fast-lane
         11 send          -> sent-on
         11 send          -> wrong-stage",
    );
    assert_eq!(desk.case.model.grade, Some(Rank(3)));
}

#[test]
fn who_looks_after_the_customer_touches_nothing() {
    let mut desk = Desk::new();
    for step in [
        "accept",
        "ask",
        "send",
        "draw 3",
        "recuse",
        "propose ordinary emergency recent_event",
        "withdraw",
    ] {
        // He himself, and whoever acts for him; and he stays who he is when he acts for somebody else.
        desk.play(&format!(
            "41 {step} -> conflict\n 11/41 {step} -> conflict\n 41/11 {step} -> conflict"
        ));
    }
    // What a run says is nobody's word.
    desk.play("41 rerun 8 key -> rerun");
}

#[test]
fn a_case_is_taken_back_by_who_opened_it() {
    let hand = || Occasion::ByHand {
        reason: "抽查".to_owned(),
    };
    let check = |occasion: Occasion, steps: &str| Desk::opened(occasion, "key").play(steps);
    check(
        hand(),
        "12 withdraw -> not-to-withdraw\n 11 withdraw -> withdrawn\n 11 accept -> wrong-stage",
    );
    check(hand(), "11 ask -> asked\n 9/11 withdraw -> withdrawn");
    check(hand(), "11 send -> sent-on\n 11 withdraw -> not-to-withdraw");
    check(hand(), "11 draw 3 -> called:3\n 11 withdraw -> not-to-withdraw");
    check(Occasion::Changed, "11 withdraw -> not-to-withdraw");
    check(Occasion::Alert, "11 withdraw -> not-to-withdraw");
}

#[test]
fn opening_has_rules_too() {
    let conflicts = Conflicts::of([(UserId(11), pinji_workflow::case::Conflict::Shareholder)]);
    let ids = (pinji_domain::ids::CaseId(1), pinji_domain::ids::CustomerId(2));
    let hand = |reason: &str| Occasion::ByHand {
        reason: reason.to_owned(),
    };
    let check = |occasion: Occasion, by: Option<i64>, expected: Option<Refusal>| {
        let result = open(ids, occasion, model(7, "key"), by.map(person), &conflicts, NOW);
        assert_eq!(result.err(), expected, "{by:?}");
    };
    let conflict = pinji_workflow::case::Conflict::Shareholder;
    check(hand("抽查"), Some(12), None);
    check(hand("抽查"), Some(11), Some(Refusal::Conflict { conflict }));
    check(hand("  "), Some(12), Some(Refusal::ReasonMissing));
    check(hand("抽查"), None, Some(Refusal::OpenedByNobody));
    check(Occasion::New, None, None);
    assert!(terms().fast_lane.is_some());
}

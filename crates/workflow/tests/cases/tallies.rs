//! What a tally means, case by case.

use pinji_workflow::case::{Majority, MajorityOf};

use super::book::Desk;

const SHARE: fn(u32, u32) -> Majority = |part, whole| Majority::Share { part, whole };

/// Votes of the members 21, 22 … in their order: `+` for, `-` against, `0` abstained, `.` not voted.
fn counted(votes: &str, majority: Majority, of: MajorityOf) -> String {
    let mut desk = Desk::new();
    let terms = desk.terms.committee.as_mut().unwrap();
    (terms.majority, terms.of, terms.casting_vote) = (majority, of, false);
    desk.play(
        "11 send -> sent-on
         11 propose key committee -> proposed
         11 open meeting 21,22,23,24 -> ballot:4",
    );
    for (vote, id) in votes.chars().zip(21..) {
        match vote {
            '+' => desk.play(&format!("{id} vote for -> voted")),
            '-' => desk.play(&format!("{id} vote against 早 -> voted")),
            '0' => desk.play(&format!("{id} vote abstain -> voted")),
            _ => {}
        }
    }
    super::book::told(&desk.act(crate::book::person(11), pinji_workflow::case::Command::CloseBallot))
}

#[test]
fn tallies_and_majorities() {
    let check = |votes: &str, majority: Majority, expected: [bool; 3]| {
        let of = [MajorityOf::Votes, MajorityOf::Present, MajorityOf::Seats];
        let found = of.map(|of| counted(votes, majority, of).starts_with("adopted"));
        assert_eq!(found, expected, "{votes} {majority:?}");
    };
    //                                    of votes, of those present, of seats
    check("++++", Majority::Simple, [true, true, true]);
    check("+++-", Majority::Simple, [true, true, true]);
    check("++--", Majority::Simple, [false, false, false]);
    check("++0-", Majority::Simple, [true, false, false]);
    check("+00.", Majority::Simple, [true, false, false]);
    check("0000", Majority::Simple, [false, false, false]);
    check("....", Majority::Simple, [false, false, false]);
    check("+++-", SHARE(2, 3), [true, true, true]);
    check("++-0", SHARE(2, 3), [true, false, false]);
    check("++-.", SHARE(2, 3), [true, false, false]);
    check("+++.", SHARE(3, 4), [true, true, true]);
    check("++00", SHARE(1, 2), [true, true, true]);
    // Equal votes are no majority, not even where a half would do.
    check("++--", SHARE(1, 2), [false, false, false]);
    check("----", SHARE(1, 2), [false, false, false]);
    check("+++-", SHARE(1, 1), [false, false, false]);
    check("++++", SHARE(1, 1), [true, true, true]);
}

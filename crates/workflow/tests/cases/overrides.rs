//! Departures from the model grade: how far, how long, by whom.

use pinji_workflow::case::{Decision, Event, Occasion, Stage};

use super::book::{Desk, decision, model};

fn desk(word: &str) -> Desk {
    Desk::opened(Occasion::Changed, word)
}

fn committee(word: &str) -> Desk {
    let mut desk = desk(word);
    desk.play("11 send -> sent-on");
    desk
}

#[test]
fn what_may_be_proposed_to_the_committee() {
    let check = |model: &str, proposal: &str, expected: &str| {
        committee(model).play(&format!("11 propose {proposal} -> {expected}"));
    };
    check("key", "key committee", "proposed");
    check("key", "key committee recent_event", "no-departure");
    check("key", "vip committee", "override-without-reason");
    check("key", "vip committee recent_event", "proposed");
    check("key", "potential committee recent_event", "proposed");
    check("key", "ordinary committee recent_event", "too-many-notches");
    check("key", "vip committee because", "no-such-reason");
    check("key", "none committee recent_event", "ungraded-model");
    check("none", "key committee recent_event", "ungraded-model");
    check("none", "none committee", "proposed");
    // Six months from 15 January: the last day is 14 July.
    check("key", "vip committee recent_event until=2027-07-14", "proposed");
    check("key", "vip committee recent_event until=2027-07-15", "expiry-outside");
    check("key", "vip committee recent_event until=2027-01-14", "expiry-outside");
    check(
        "key",
        "vip committee recent_event from=2027-02-01 until=2027-07-31",
        "proposed",
    );
    check(
        "key",
        "vip committee recent_event from=2027-02-01 until=2027-08-01",
        "expiry-outside",
    );
    check(
        "key",
        "vip committee recent_event from=2027-02-01 until=2027-01-31",
        "expiry-outside",
    );
    check("key", "key committee from=2027-01-14", "in-the-past");
    check("key", "key two", "for-the-committee");
    check("key", "vip two recent_event", "too-many-notches");
    check("key", "key emergency", "no-departure");
}

#[test]
fn what_is_not_declared_is_not_possible() {
    let check = |change: fn(&mut Desk), proposal: &str, expected: &str| {
        let mut desk = committee("key");
        change(&mut desk);
        desk.play(&format!("11 propose {proposal} -> {expected}"));
    };
    check(
        |desk| desk.terms.overriding = None,
        "vip committee recent_event",
        "no-overrides",
    );
    check(
        |desk| desk.terms.overriding = None,
        "ordinary emergency recent_event",
        "no-overrides",
    );
    check(|desk| desk.terms.committee = None, "key committee", "no-committee");
    check(|desk| desk.terms.committee = None, "key two", "proposed");
    check(
        |desk| desk.terms.overriding.as_mut().unwrap().emergency = None,
        "ordinary emergency recent_event until=2027-01-20",
        "no-emergency",
    );
    check(
        |desk| desk.terms.overriding.as_mut().unwrap().without_committee = 1,
        "vip two recent_event",
        "proposed",
    );
    check(
        |desk| desk.terms.grades = 3,
        "ordinary committee recent_event",
        "no-such-grade",
    );
}

#[test]
fn the_committee_overrides() {
    let mut desk = committee("key");
    desk.play(
        "22 propose vip committee recent_event -> proposed
         11 propose key committee           -> proposal-stands
         11 rerun 8 vip                     -> proposal-stands
         21 open meeting 21,22,23,24        -> not-seconded
         22 second                          -> own-proposal
         9/22 second                        -> own-proposal
         22/11 second                       -> own-proposal
         41 second                          -> conflict
         11 second                          -> seconded
         12 second                          -> needs-no-second
         21 open meeting 21,22,23,24        -> ballot:3
         22 vote for                        -> own-proposal
         9/22 vote for                      -> own-proposal
         22/23 vote for                     -> own-proposal
         21 vote for -> voted
         23 vote for -> voted
         24 vote for -> voted
         11 close                           -> adopted+decided:vip@2027-01-15..2027-07-14",
    );
    let Stage::Decided(decided) = &desk.case.stage else {
        panic!()
    };
    let departure = decided.departure.as_ref().unwrap();
    assert_eq!(
        (departure.proposed.by.user.0, departure.seconded.unwrap().by.user.0),
        (22, 11)
    );
    // Where the policy wants no second person, the vote is enough; who proposed it still has none.
    let mut desk = committee("key");
    desk.terms.overriding.as_mut().unwrap().second_person = false;
    desk.play("22 propose vip committee recent_event -> proposed\n 21 open meeting 21,22,23,24 -> ballot:3");
    // The model grade needs no second person, and who proposed it may vote.
    let mut desk = committee("key");
    desk.play(
        "22 propose key committee -> proposed\n 11 second -> needs-no-second\n 21 open meeting 21,22,23 -> ballot:3",
    );
}

#[test]
fn two_people_decide_where_they_may() {
    let mut desk = desk("key");
    desk.terms.overriding.as_mut().unwrap().without_committee = 1;
    desk.play(
        "11 propose potential two recent_event -> proposed
         11 accept  -> proposal-stands
         11 second  -> own-proposal
         11 send    -> sent-on
         21 open meeting 21,22,23,24 -> for-the-second
         12 second  -> seconded+decided:potential@2027-01-15..2027-07-14
         12 second  -> wrong-stage",
    );
    // What the committee has voted on is not settled behind its back.
    let mut desk = committee("key");
    desk.terms.overriding.as_mut().unwrap().without_committee = 1;
    desk.play(
        "11 propose key committee -> proposed
         21 open meeting 21,22,23 -> ballot:3
         21 close -> rejected
         11 propose potential two recent_event -> for-the-committee",
    );
    // Without a committee two people confirm the model grade as well.
    let mut desk = self::desk("key");
    desk.terms.committee = None;
    desk.play(
        "11 send -> no-committee\n 11 propose key two -> proposed\n 12 second -> seconded+decided:key@2027-01-15",
    );
}

#[test]
fn an_emergency_takes_two_people_a_reason_and_an_end_and_is_looked_at_again() {
    let route = "11 propose ordinary emergency recent_event           -> expiry-missing
         11 propose ordinary emergency until=2027-01-20               -> override-without-reason
         11 propose ordinary emergency recent_event until=2027-02-14  -> expiry-outside
         11 propose vip emergency recent_event until=2027-02-13       -> proposed
         11 decline -> declined
         11 propose ordinary emergency recent_event until=2027-02-13  -> proposed
         11 second    -> own-proposal
         11/12 second -> own-proposal
         12/41 second -> conflict
         12 second    -> seconded+decided:ordinary@2027-01-15..2027-02-13+review:2027-02-13";
    // From wherever the case stands.
    for before in ["", "11 ask -> asked", "11 draw 2 -> called:2", "11 send -> sent-on"] {
        let mut desk = desk("key");
        desk.play(before);
        desk.play(route);
    }
    // Not while the committee votes: the ballot is closed first.
    let mut desk = committee("key");
    desk.play(
        "11 propose key committee -> proposed
         21 open meeting 21,22,23 -> ballot:3
         11 propose ordinary emergency recent_event until=2027-02-13 -> wrong-stage",
    );
    // Upwards there is no such hurry.
    self::desk("ordinary").play("11 propose key emergency recent_event until=2027-02-13 -> too-many-notches");
}

#[test]
fn makers_with_a_conflict_make_nothing() {
    let proposed = "12 propose vip committee recent_event -> proposed\n 11 second -> seconded";
    let mut desk = committee("key");
    desk.play(&format!(
        "{proposed}\n conflict 12\n 21 open meeting 21,22,23,24 -> maker-conflicted"
    ));
    desk.play("21 decline -> declined\n 11 propose vip committee recent_event -> proposed");
    let mut desk = committee("key");
    desk.play("12 propose vip committee recent_event -> proposed\n conflict 12\n 11 second -> maker-conflicted");
    // It comes to light while they vote, of who proposed it or who seconded it.
    for maker in ["conflict 12", "conflict 11", "12 recuse -> recused"] {
        let mut desk = committee("key");
        desk.play(&format!("{proposed}\n 21 open meeting 21,22,23,24 -> ballot:4"));
        desk.play("21 vote for -> voted\n 22 vote for -> voted\n 23 vote for -> voted");
        desk.play(&format!("{maker}\n 21 close -> annulled"));
    }
}

#[test]
fn time_goes_on_between_the_steps() {
    // What was proposed to end soon has ended before anybody seconded it.
    let mut desk = committee("key");
    desk.play(
        "12 propose vip committee recent_event until=2027-01-20 -> proposed
         day 2027-01-21
         11 second  -> expiry-outside
         11 decline -> declined
         12 propose vip committee recent_event from=2027-01-25 -> proposed
         11 second  -> seconded
         21 open until 2027-01-25 -> ballot:4
         21 vote for -> voted
         22 vote for -> voted
         23 vote for -> voted
         day 2027-02-01
         11 close   -> adopted+decided:vip@2027-02-01..2027-07-31",
    );
    // A grade may not rise yet: the committee lets it rise later.
    let cooling = || {
        let mut desk = committee("potential");
        desk.decisions.push(decision("ordinary", "2026-12-20"));
        desk
    };
    cooling().play(
        "11 propose potential committee -> cooling-down
         11 propose potential committee from=2027-03-20 -> proposed",
    );
    // An appeal puts right what was wrong, at once.
    let mut desk = cooling();
    desk.case.occasion = Occasion::Appeal;
    let result = desk.look(|around| {
        let command = super::book::command(&["propose", "potential", "committee"]);
        pinji_workflow::case::decide(&desk.case, around, command, super::book::who_is("11"), crate::book::NOW)
    });
    assert!(result.is_ok());
    // The fall came between the proposal and the vote: what is decided waits for the end of the cool-down.
    let mut desk = committee("potential");
    desk.decisions = vec![decision("potential", "2026-07-01")];
    desk.play("11 propose potential committee -> proposed\n 21 open meeting 21,22,23,24 -> ballot:4");
    desk.decisions.push(decision("ordinary", "2027-01-15"));
    desk.play(
        "21 vote for -> voted
         22 vote for -> voted
         23 vote for -> voted
         21 close    -> adopted+decided:potential@2027-04-15",
    );
}

#[test]
fn an_override_is_renewed_by_a_new_decision() {
    let overridden = |from: &str, until: &str| -> Decision {
        let mut desk = committee("key");
        desk.today = crate::book::day(from);
        desk.play(&format!(
            "12 propose vip committee recent_event until={until} -> proposed
             11 second -> seconded
             21 open meeting 21,22,23 -> ballot:3
             21 vote for -> voted
             22 vote for -> voted
             23 vote for -> voted"
        ));
        let events = desk
            .act(super::book::who_is("21"), pinji_workflow::case::Command::CloseBallot)
            .unwrap();
        match events.last() {
            Some(Event::Decided(decision)) => decision.clone(),
            other => panic!("{other:?}"),
        }
    };
    let first = overridden("2027-01-15", "2027-03-31");
    let second = overridden("2027-03-20", "2027-08-31");
    let grade = |decisions: &[Decision], day: &str| {
        let found = pinji_workflow::case::in_force(decisions, crate::book::day(day));
        super::book::grade_word(found.and_then(|found| found.grade))
    };
    let once = [first.clone()];
    assert_eq!(grade(&once, "2027-03-31"), "vip");
    assert_eq!(grade(&once, "2027-04-01"), "key");
    assert_eq!(grade(&[first, second], "2027-04-01"), "vip");
    assert_eq!(model(7, "key").grade, once[0].model.grade);
}

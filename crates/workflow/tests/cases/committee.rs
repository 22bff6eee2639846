//! The committee: who votes, quorum, majority, ties, recusal, secrecy, dissent.

use pinji_domain::ids::UserId;
use pinji_workflow::case::{BallotSecrecy, Case, Event, Outcome, ballots, minutes};

use super::book::{Desk, who_is};

/// Before the committee, with the model grade proposed.
const BEGUN: &str = "11 send -> sent-on
                     11 propose key committee -> proposed";
const ALL: &str = "21 open meeting 21,22,23,24 -> ballot:4";

fn begun() -> Desk {
    let mut desk = Desk::new();
    desk.play(BEGUN);
    desk
}

#[test]
fn a_ballot_is_held() {
    let mut desk = begun();
    desk.play(ALL);
    desk.play(
        "21 vote for            -> voted
         22 vote for            -> voted
         22 vote for            -> already-voted
         22 vote against no     -> already-voted
         11 vote for            -> no-elector
         23 vote against        -> reason-missing
         23 vote against 太早   -> voted
         24 vote abstain        -> voted
         11 close               -> rejected
         23 vote for            -> wrong-stage
         11 close               -> wrong-stage
         21 open meeting 21,22,23,24 -> nothing-proposed
         11 propose key committee -> proposed
         21 open meeting 22,23,24 -> ballot:3
         21 vote for            -> no-elector
         22 vote for            -> voted
         24 vote for            -> voted
         11 close               -> adopted+decided:key@2027-01-15
         24 vote against 晚了   -> wrong-stage",
    );
}

#[test]
fn the_quorum_is_of_those_who_may() {
    let check = |before: &str, expected: &str| {
        let mut desk = begun();
        desk.play(before);
        desk.play(&format!("21 open meeting 21,22,23,24 -> {expected}"));
    };
    check("", "ballot:4");
    check("24 recuse -> recused", "ballot:3");
    check("24 recuse -> recused\n conflict 23", "no-quorum");
    check("conflict 24", "ballot:3");
    // Who is not a member is not counted, wherever he sits.
    let mut desk = begun();
    desk.play("21 open meeting 21,22,31,41 -> no-quorum");
    // A seat that the policy does not have is none.
    let mut desk = begun();
    desk.terms.committee.as_mut().unwrap().seats.remove("risk");
    desk.play("21 open meeting 21,22,23,24 -> ballot:3");
}

#[test]
fn standing_aside_comes_before_the_vote() {
    let mut desk = begun();
    desk.play(ALL);
    desk.play(
        "23 vote for -> voted
         23 recuse   -> already-voted
         24 recuse   -> recused
         24 vote for -> recused
         24 recuse   -> recused
         9/24 vote for -> recused
         5/23 recuse -> not-for-another
         22 recuse   -> recused
         11 close    -> no-quorum",
    );
    // What was not really voted on still stands.
    assert!(desk.case.proposal.is_some());
    assert_eq!(
        desk.case.ballots[0].outcome,
        Outcome::NoQuorum { counting: 2, quorum: 3 }
    );
}

#[test]
fn a_conflict_that_comes_to_light_annuls_the_ballot() {
    let votes = "21 vote for -> voted\n 22 vote for -> voted\n 23 vote for -> voted";
    let mut desk = begun();
    desk.play(&format!(
        "{ALL}\n{votes}\n conflict 22\n 22 vote for -> conflict\n 11 close -> annulled"
    ));
    let conflicted = [UserId(22)].into();
    assert_eq!(desk.case.ballots[0].outcome, Outcome::Annulled { conflicted });
    desk.play("21 open meeting 21,22,23,24 -> ballot:3");
    // Nobody voted who should not: the one with the conflict only stops counting.
    let mut desk = begun();
    desk.play(&format!(
        "{ALL}\n{votes}\n conflict 24\n 11 close -> adopted+decided:key@2027-01-15"
    ));
    // A delegate's conflict is the vote's.
    let mut desk = begun();
    desk.play(&format!(
        "{ALL}\n{votes}\n 9/24 vote for -> voted\n conflict 9\n 11 close -> annulled"
    ));
}

#[test]
fn a_person_has_a_part_in_one_vote() {
    let mut desk = begun();
    desk.play(ALL);
    desk.play(
        "5/21 vote for    -> voted
         21 vote for      -> already-voted
         5/22 vote for    -> already-voted
         5 vote for       -> no-elector
         22/23 vote for   -> voted
         22 vote for      -> already-voted
         23 vote for      -> already-voted
         6/22 vote for    -> already-voted
         41/24 vote for   -> conflict
         24 vote for      -> voted
         11 close         -> adopted+decided:key@2027-01-15",
    );
}

#[test]
fn votes_are_equal() {
    let votes =
        "21 vote for -> voted\n 22 vote for -> voted\n 23 vote against 早 -> voted\n 24 vote against 早 -> voted";
    let tied = |votes: &str| {
        let mut desk = begun();
        desk.play(&format!("{ALL}\n{votes}"));
        desk
    };
    let mut desk = tied(votes);
    desk.play(
        "11 close    -> tied
         11 close    -> chair-decides
         22 cast for -> not-the-chair
         11 decline  -> wrong-stage
         21 recuse   -> already-voted
         22/21 cast for -> not-the-chair
         21 cast abstain -> chair-abstains
         21 cast for -> cast:for+decided:key@2027-01-15
         21 cast for -> wrong-stage",
    );
    let mut desk = tied(votes);
    desk.play("11 close -> tied\n 9/21 cast against -> cast:against\n 11 close -> wrong-stage");
    assert_eq!(desk.case.ballots[0].outcome, Outcome::Rejected);
    // Without the regulation's word, or without the chair's vote, equal votes are no majority.
    let mut desk = tied(votes);
    desk.terms.committee.as_mut().unwrap().casting_vote = false;
    desk.play("11 close -> rejected");
    let mut desk = tied("22 vote for -> voted\n 23 vote against 早 -> voted");
    desk.play("11 close -> rejected");
    // A chair, or a voter, with a conflict that comes to light settles nothing.
    let mut desk = tied(votes);
    desk.play("11 close -> tied\n conflict 23\n 21 cast for -> must-be-annulled\n 11 close -> annulled");
    let mut desk = tied(votes);
    desk.play("11 close -> tied\n conflict 21\n 21 cast for -> conflict\n 11 close -> annulled");
    // The chair was given to somebody else who had voted.
    let mut desk = tied(votes);
    desk.play("11 close -> tied");
    let seats = super::book::SEATS
        .iter()
        .zip(22..)
        .map(|(seat, id)| ((*seat).to_owned(), UserId(id)));
    desk.roll = pinji_workflow::case::Roll::new(seats, None).unwrap();
    desk.play("21 cast for -> not-the-chair\n 11 close -> rejected");
}

#[test]
fn circulation_takes_its_time() {
    let mut desk = begun();
    desk.play(
        "21 open until 2027-01-14 -> circulation-outside
         21 open until 2027-01-20 -> circulation-outside
         21 open until 2027-01-19 -> ballot:4
         21 vote for  -> voted
         22 vote for  -> voted
         11 close     -> still-voting
         day 2027-01-19
         11 close     -> still-voting
         day 2027-01-20
         24 vote for  -> voted-too-late
         11 close     -> no-quorum
         21 open until 2027-01-22 -> ballot:4
         21 vote for  -> voted
         22 vote for  -> voted
         23 vote abstain -> voted
         24 recuse    -> recused
         11 close     -> adopted+decided:key@2027-01-20",
    );
    let mut desk = begun();
    desk.terms.committee.as_mut().unwrap().circulation = None;
    desk.play("21 open until 2027-01-16 -> no-circulation");
    // By circulation only who votes counts to the quorum.
    let mut desk = begun();
    desk.play("21 open until 2027-01-16 -> ballot:4\n 21 vote for -> voted\n 22 vote for -> voted");
    desk.play("day 2027-01-17\n 11 close -> no-quorum");
}

#[test]
fn of_a_secret_ballot_only_totals_are_kept() {
    let mut desk = begun();
    desk.terms.committee.as_mut().unwrap().secrecy = BallotSecrecy::Secret;
    desk.play(ALL);
    desk.play(
        "21 vote for         -> voted+counted
         22 vote for 好      -> reason-in-secret
         22 vote for         -> voted+counted
         23 vote against     -> voted+counted
         23 vote against     -> already-voted
         24 vote for         -> voted+counted
         11 close            -> adopted+decided:key@2027-01-15
         23 dissent 0        -> dissented",
    );
    let closed = &desk.case.ballots[0];
    assert!(closed.ballot.cast.values().all(|cast| cast.said.is_none()));
    assert_eq!((closed.ballot.tally.yes, closed.ballot.tally.no), (3, 1));
    let view = desk.look(|around| ballots(&desk.case, around, who_is("22")).unwrap().remove(0));
    assert_eq!((view.votes, view.own), (None, None));
    assert_eq!(view.tally.map(|tally| tally.all()), Some(4));
    // Where a count stands does not matter: kept sorted before the closing, they give the same case.
    let is_count = |event: &&Event| matches!(event, Event::Counted(_));
    let mut counts: Vec<Event> = desk.events.iter().filter(is_count).cloned().collect();
    let mut kept: Vec<Event> = desk.events.iter().filter(|event| !is_count(event)).cloned().collect();
    counts.sort_by_key(|event| match event {
        Event::Counted(vote) => Some(*vote),
        _ => None,
    });
    let closing = kept
        .iter()
        .position(|event| matches!(event, Event::BallotClosed { .. }))
        .unwrap();
    kept.splice(closing..closing, counts);
    assert_eq!(Case::replay(&kept), Some(desk.case.clone()));
    // The minutes do not tell either.
    let said = desk_minutes(&desk, 0);
    assert!(!said.contains("U21：同意"), "{said}");
    assert!(said.contains("同意 3 票，反对 1 票"), "{said}");
}

#[test]
fn who_sees_what_of_a_ballot() {
    let mut desk = begun();
    desk.play(ALL);
    desk.play("21 vote for -> voted\n 22 vote against 早 -> voted\n 24 recuse -> recused");
    let seen = |desk: &Desk, who: &str| {
        desk.look(|around| match ballots(&desk.case, around, who_is(who)) {
            Ok(found) => {
                let view = &found[0];
                let own = view.own.map_or("-", |vote| vote.name());
                format!("{} {} {} {own}", view.voted, view.votes.is_some(), view.tally.is_some())
            }
            Err(refusal) => refusal.message().code.to_owned(),
        })
    };
    let rows = [
        ("21", "2 false false for", "3 true true for"),
        ("22", "2 false false against", "3 true true against"),
        ("23", "2 false false -", "3 true true for"),
        ("9/22", "2 false false against", "3 true true against"),
        ("11", "2 false false -", "3 true true -"),
        ("24", "case-recused", "case-recused"),
        ("41", "case-conflict", "case-conflict"),
        ("11/41", "case-conflict", "case-conflict"),
    ];
    for (who, while_open, _) in rows {
        assert_eq!(seen(&desk, who), while_open, "{who}");
    }
    desk.play("23 vote for -> voted\n 11 close -> adopted+decided:key@2027-01-15");
    for (who, _, when_closed) in rows {
        assert_eq!(seen(&desk, who), when_closed, "{who}");
    }
}

#[test]
fn dissent_is_remembered() {
    let mut desk = begun();
    desk.play(ALL);
    desk.play(
        "21 vote for -> voted
         22 vote for -> voted
         23 vote for -> voted
         23 dissent 0 -> wrong-stage
         24 vote against 早 -> voted
         11 close -> adopted+decided:key@2027-01-15
         24 dissent 0 -> dissented
         24 dissent 0 -> already-dissented
         21 dissent 0 -> agreed
         11 dissent 0 -> did-not-vote
         24 dissent 1 -> no-such-ballot",
    );
    let said = desk_minutes(&desk, 0);
    assert_eq!(
        said,
        "第 3 次评审会议表决。
U11 提议：重点（机评等级：重点）。
U21（executive）参加。
U22（marketing）参加。
U23（finance）参加。
U24（risk）参加。
U21：同意。
U22：同意。
U23：同意。
U24：反对。早
同意 3 票，反对 1 票，弃权 0 票。
提议通过。
U24 保留意见：因此
等级为重点，自 2027-01-15 起生效。"
    );
}

fn desk_minutes(desk: &Desk, number: u32) -> String {
    let minutes = minutes(&desk.case, number).unwrap();
    let name = |rank: Option<pinji_workflow::case::Rank>| -> pinji_domain::Arg {
        match rank {
            Some(pinji_workflow::case::Rank(1)) => "重点".into(),
            other => super::book::grade_word(other).into(),
        }
    };
    let lines = minutes.sentences(&|user| format!("U{user}"), &name);
    let lines = lines.iter().map(|line| pinji_locale::say(pinji_domain::Lang::Zh, line));
    lines.collect::<Vec<_>>().join("\n")
}

//! Cases, votes and decisions: what the schema forbids, and what holds when many write at once.

use std::sync::Arc;

use pinji_domain::date;
use pinji_domain::ids::{CaseId, CustomerId, RunId, UserId};
use pinji_store::{
    CaseBallot, CaseList, Change, Error, NewCommitteeSeat, NewGradeDecision, NewRatingCase, NewRun, NewVote,
    RatingCase, Store,
};
use pinji_testkit::Clock;

use crate::support::{entry, on_each, person, populated};

/// A case on `C0001` before the committee: its members, its ballot.
struct Desk {
    store: Arc<Store>,
    ann: UserId,
    bob: UserId,
    members: Vec<UserId>,
    run: RunId,
    case: CaseId,
    customer: CustomerId,
}

async fn begun(store: &Store) -> Change {
    store.change(Clock::default().now()).await.unwrap()
}

fn new_case(change: &Change, customer: CustomerId, run: RunId) -> NewRatingCase {
    NewRatingCase {
        policy: "standard".to_owned(),
        customer,
        occasion: "due".to_owned(),
        run,
        opened_by: None,
        opened_at: change.at(),
    }
}

async fn desk(store: Store) -> Desk {
    let (ann, bob, ids) = populated(&store, 1).await;
    let change = begun(&store).await;
    let mut members = Vec::new();
    for name in ["m1", "m2", "m3", "m4"] {
        members.push(change.add(person(name)).await.unwrap());
    }
    let run = change
        .add(NewRun {
            name: "January".to_owned(),
            policies: "[]".to_owned(),
            as_of: date::parse("2026-12-31").unwrap(),
            as_known: change.at(),
            engine: "1".to_owned(),
            previous: None,
            created_by: ann,
            created_at: change.at(),
            job: None,
        })
        .await
        .unwrap();
    let case = change.add(new_case(&change, ids[0], run)).await.unwrap();
    change.commit(entry).await.unwrap();
    let store = Arc::new(store);
    Desk {
        store,
        ann,
        bob,
        members,
        run,
        case,
        customer: ids[0],
    }
}

impl Desk {
    /// Opens ballot `number`; `maker` has proposed a departure.
    async fn opened(&self, number: i64, maker: Option<UserId>, is_secret: bool) -> CaseBallot {
        let change = begun(&self.store).await;
        let electors: Vec<(UserId, String)> = self
            .members
            .iter()
            .map(|user| (*user, format!("seat {user}")))
            .collect();
        change
            .open_ballot(self.case, number, maker, is_secret, &electors)
            .await
            .unwrap();
        change.commit(entry).await.unwrap();
        self.ballot(number).await
    }

    async fn ballot(&self, number: i64) -> CaseBallot {
        let mut ballots = self.store.case_ballots(self.case).await.unwrap();
        ballots.remove(usize::try_from(number).unwrap())
    }

    async fn row(&self) -> RatingCase {
        self.store.rating_case(self.case).await.unwrap().unwrap()
    }

    /// A decision that departs from nothing.
    fn decision(&self, change: &Change) -> NewGradeDecision {
        NewGradeDecision {
            case_id: self.case,
            policy: "standard".to_owned(),
            customer: self.customer,
            grade: Some("key".to_owned()),
            place: Some(1),
            run: self.run,
            model_grade: Some("key".to_owned()),
            model_place: Some(1),
            coverage_ppm: 900_000,
            basis: "fast_lane".to_owned(),
            ballot: None,
            code: None,
            reason: None,
            proposed_by: None,
            proposed_at: None,
            seconded_by: None,
            seconded_at: None,
            until: None,
            decided_at: change.at(),
            effective: date::parse("2027-01-15").unwrap(),
        }
    }

    /// An emergency's: two people, a reason, an end.
    fn departure(&self, change: &Change) -> NewGradeDecision {
        NewGradeDecision {
            basis: "emergency".to_owned(),
            grade: Some("ordinary".to_owned()),
            place: Some(3),
            code: Some("event".to_owned()),
            reason: Some("fire".to_owned()),
            proposed_by: Some(self.ann),
            seconded_by: Some(self.bob),
            until: date::parse("2027-02-13"),
            ..self.decision(change)
        }
    }
}

/// The rule that refuses, or the table that says no otherwise.
fn refused<T: std::fmt::Debug>(answer: Result<T, Error>) -> String {
    match answer {
        Err(Error::Rule { rule }) => rule,
        Err(Error::Taken { what }) => format!("taken {what}"),
        Err(Error::Missing { .. }) => "missing".to_owned(),
        Err(Error::Moved { what, .. }) => format!("moved {what}"),
        Err(Error::Stale { what, .. }) => format!("stale {what}"),
        other => format!("{other:?}"),
    }
}

async fn vote(desk: &Desk, ballot: &CaseBallot, member: UserId, cast_by: UserId) -> Result<(), Error> {
    let change = begun(&desk.store).await;
    let new = NewVote {
        member,
        cast_by,
        vote: 0,
    };
    change.count_vote(desk.case, ballot, &new).await?;
    change.commit(entry).await?;
    Ok(())
}

async fn barred(desk: &Desk, user: UserId) -> Result<(), Error> {
    let change = begun(&desk.store).await;
    change.bar(desk.case, user, "shareholder").await?;
    change.commit(entry).await?;
    Ok(())
}

#[test]
fn votes_are_held_by_the_schema() {
    on_each(|place, store| async move {
        let desk = desk(store).await;
        let [one, two, three, four] = desk.members[..] else {
            panic!()
        };
        barred(&desk, four).await.unwrap();
        let ballot = desk.opened(0, Some(three), false).await;
        let check = |found: Result<(), Error>, expected: &str| assert_eq!(refused(found), expected, "{place}");
        check(vote(&desk, &ballot, one, one).await, "Ok(())");
        // One vote of a member, one part of a person, none of who proposed it, none of the barred, none from outside.
        check(vote(&desk, &ballot, one, one).await, "taken case_vote");
        check(vote(&desk, &ballot, one, desk.bob).await, "taken case_vote");
        check(vote(&desk, &ballot, two, one).await, "taken case_vote");
        check(vote(&desk, &ballot, three, three).await, "case_vote_not_by_maker");
        check(vote(&desk, &ballot, two, three).await, "case_vote_not_by_maker");
        check(vote(&desk, &ballot, four, four).await, "missing");
        check(vote(&desk, &ballot, two, four).await, "missing");
        check(vote(&desk, &ballot, desk.ann, desk.ann).await, "missing");
        // Who has voted is not barred afterwards; who is barred stays so.
        check(barred(&desk, one).await, "moved case_person");
        check(barred(&desk, four).await, "case_person_stays_barred");
        assert_eq!(desk.ballot(0).await.tally, [1, 0, 0]);
        // After it is closed nothing is counted any more.
        let change = begun(&desk.store).await;
        change.close_ballot(desk.case, 0, "rejected").await.unwrap();
        change.commit(entry).await.unwrap();
        check(vote(&desk, &ballot, two, two).await, "moved case_ballot");
        check(barred(&desk, two).await, "Ok(())");
        assert_eq!(desk.store.barred(desk.case).await.unwrap(), [two, four]);
        let change = begun(&desk.store).await;
        check(change.close_ballot(desk.case, 0, "adopted").await, "moved case_ballot");
        drop(change);
        for kept in ["case_vote", "case_elector", "case_person", "case_ballot"] {
            let gone = desk.store.told(&format!("DELETE FROM {kept}")).await;
            check(gone.map(|_| ()), &format!("{kept}_is_not_deleted"));
        }
        let changed = desk.store.told("UPDATE case_ballot SET yes = 3").await;
        check(changed.map(|_| ()), "case_ballot_only_grows");
        let changed = desk.store.told("UPDATE case_vote SET vote = 'against'").await;
        check(changed.map(|_| ()), "case_vote_is_kept");
    });
}

#[test]
fn of_a_secret_ballot_no_row_says_who_said_what() {
    on_each(|place, store| async move {
        let desk = desk(store).await;
        let ballot = desk.opened(0, None, true).await;
        for member in &desk.members {
            vote(&desk, &ballot, *member, *member).await.unwrap();
        }
        let said = desk
            .store
            .looked_up("SELECT vote FROM case_vote WHERE vote IS NOT NULL")
            .await
            .unwrap();
        assert!(said.is_empty(), "{place}");
        assert_eq!(desk.ballot(0).await.tally, [4, 0, 0]);
        assert_eq!(desk.store.case_voters(desk.case, 0).await.unwrap(), desk.members);
        // Whoever says it all the same is refused.
        let open = CaseBallot {
            is_secret: false,
            ..ballot
        };
        assert_eq!(
            refused(vote(&desk, &open, desk.ann, desk.ann).await),
            "missing",
            "{place}"
        );
    });
}

#[test]
fn decisions_are_held_by_the_schema() {
    on_each(|place, store| async move {
        let desk = desk(store).await;
        let change = begun(&desk.store).await;
        change.take_part(desk.case, &[desk.ann, desk.bob]).await.unwrap();
        change.commit(entry).await.unwrap();
        barred(&desk, desk.members[0]).await.unwrap();
        type Spoil = fn(&Desk, &mut NewGradeDecision);
        let spoilt: [(Spoil, &str); 8] = [
            (
                |desk, new| new.seconded_by = Some(desk.ann),
                "decision_not_seconded_by_proposer",
            ),
            (|_, new| new.seconded_by = None, "decision_by_two"),
            (|_, new| new.until = None, "decision_departs_with_reason"),
            (|_, new| new.code = None, "decision_departs_with_reason"),
            (
                |_, new| new.basis = "fast_lane".to_owned(),
                "decision_fast_lane_departs_from_nothing",
            ),
            (|_, new| new.basis = "committee".to_owned(), "decision_by_ballot"),
            (|desk, new| new.proposed_by = Some(desk.members[0]), "missing"),
            (|desk, new| new.seconded_by = Some(desk.members[1]), "missing"),
        ];
        for (spoil, expected) in spoilt {
            let change = begun(&desk.store).await;
            let mut new = desk.departure(&change);
            spoil(&desk, &mut new);
            assert_eq!(refused(change.add(new).await), expected, "{place}");
        }
        let change = begun(&desk.store).await;
        let id = change.add(desk.departure(&change)).await.unwrap();
        change.commit(entry).await.unwrap();
        let change = begun(&desk.store).await;
        let second = change.add(desk.decision(&change)).await;
        assert_eq!(refused(second), "taken grade_decision", "{place}");
        drop(change);
        let all = desk.store.decisions(desk.customer, "standard").await.unwrap();
        assert_eq!(all.iter().map(|decision| decision.id).collect::<Vec<_>>(), [id]);
        assert_eq!(desk.store.decision_of(desk.case).await.unwrap(), all.first().cloned());
        for (sql, expected) in [
            ("UPDATE grade_decision SET grade = 'vip'", "grade_decision_is_kept"),
            ("DELETE FROM grade_decision", "grade_decision_is_not_deleted"),
        ] {
            assert_eq!(refused(desk.store.told(sql).await), expected, "{place}");
        }
    });
}

#[test]
fn cases_go_on_event_by_event() {
    on_each(|place, store| async move {
        let desk = desk(store).await;
        let change = begun(&desk.store).await;
        let again = change.add(new_case(&change, desk.customer, desk.run)).await;
        assert_eq!(refused(again), "taken rating_case", "{place}");
        drop(change);
        let event = |name: &str| (name.to_owned(), "{}".to_owned());
        let before = desk.row().await;
        let change = begun(&desk.store).await;
        change
            .append_to_case(&before, "committee", &[event("opened"), event("sent_on")])
            .await
            .unwrap();
        change.commit(entry).await.unwrap();
        // Decided on what it was: it is another case by now.
        let change = begun(&desk.store).await;
        let late = change.append_to_case(&before, "decided", &[event("decided")]).await;
        assert_eq!(refused(late), "stale rating_case", "{place}");
        drop(change);
        let now = desk.row().await;
        let change = begun(&desk.store).await;
        change
            .append_to_case(&now, "decided", &[event("decided")])
            .await
            .unwrap();
        change.commit(entry).await.unwrap();
        let events = desk.store.case_events(desk.case).await.unwrap();
        let names: Vec<(i64, &str)> = events.iter().map(|event| (event.seq, event.name.as_str())).collect();
        assert_eq!(names, [(0, "opened"), (1, "sent_on"), (2, "decided")]);
        let end = desk.row().await;
        assert_eq!((end.stage.as_str(), end.events, end.version), ("decided", 3, 3));
        let change = begun(&desk.store).await;
        let reopened = change.append_to_case(&end, "screening", &[event("resumed")]).await;
        assert_eq!(refused(reopened), "rating_case_stays_closed", "{place}");
        drop(change);
        for (sql, expected) in [
            ("UPDATE case_event SET content = '[]'", "case_event_is_kept"),
            ("DELETE FROM case_event", "case_event_is_not_deleted"),
        ] {
            assert_eq!(refused(desk.store.told(sql).await), expected, "{place}");
        }
        // The next one may be opened now.
        assert_eq!(desk.store.open_case("standard", desk.customer).await.unwrap(), None);
        let change = begun(&desk.store).await;
        let next = change.add(new_case(&change, desk.customer, desk.run)).await.unwrap();
        change.commit(entry).await.unwrap();
        let listed = |list: CaseList| {
            let store = desk.store.clone();
            async move {
                store
                    .list_cases(&list)
                    .await
                    .unwrap()
                    .iter()
                    .map(|case| case.id)
                    .collect::<Vec<_>>()
            }
        };
        let limit = 10;
        let all = CaseList {
            limit,
            customer: Some(desk.customer),
            ..CaseList::default()
        };
        assert_eq!(listed(all).await, [next, desk.case]);
        let closed = CaseList {
            limit,
            stages: vec!["decided".to_owned()],
            ..CaseList::default()
        };
        assert_eq!(listed(closed).await, [desk.case]);
        let earlier = CaseList {
            limit,
            before: Some(next),
            ..CaseList::default()
        };
        assert_eq!(listed(earlier).await, [desk.case]);
    });
}

#[test]
fn a_seat_has_one_holder_and_a_committee_one_chair() {
    on_each(|place, store| async move {
        let desk = desk(store).await;
        let seat = |seat: &str, member: UserId, is_chair: bool| NewCommitteeSeat {
            policy: "standard".to_owned(),
            seat: seat.to_owned(),
            member,
            is_chair,
            appointed_by: desk.ann,
            appointed_at: Clock::default().now(),
        };
        let change = begun(&desk.store).await;
        let risk = change.add(seat("risk", desk.members[0], true)).await.unwrap();
        change.add(seat("finance", desk.members[1], false)).await.unwrap();
        change.commit(entry).await.unwrap();
        for (new, expected) in [
            (seat("risk", desk.members[2], false), "taken committee_seat"),
            (seat("legal", desk.members[0], false), "taken committee_seat"),
            (seat("legal", desk.members[2], true), "taken committee_seat"),
            (seat("legal", desk.ann, false), "seat_not_to_oneself"),
        ] {
            let change = begun(&desk.store).await;
            assert_eq!(refused(change.add(new).await), expected, "{place}");
        }
        let change = begun(&desk.store).await;
        change.end_seat(risk).await.unwrap();
        change.add(seat("risk", desk.members[2], true)).await.unwrap();
        assert_eq!(refused(change.end_seat(risk).await), "moved committee_seat", "{place}");
        change.commit(entry).await.unwrap();
        let held = desk.store.committee("standard").await.unwrap();
        let held: Vec<(&str, UserId)> = held.iter().map(|row| (row.seat.as_str(), row.member)).collect();
        assert_eq!(held, [("finance", desk.members[1]), ("risk", desk.members[2])]);
    });
}

#[test]
fn thirty_two_cast_one_members_vote() {
    on_each(|place, store| async move {
        let desk = desk(store).await;
        let desk = Arc::new(desk);
        let ballot = desk.opened(0, None, false).await;
        let mut tasks = Vec::new();
        for _ in 0..32 {
            let (desk, ballot) = (desk.clone(), ballot.clone());
            tasks.push(tokio::spawn(async move {
                vote(&desk, &ballot, desk.members[0], desk.members[0]).await
            }));
        }
        let mut counted = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(()) => counted += 1,
                Err(why) => assert_eq!(refused(Err::<(), _>(why)), "taken case_vote", "{place}"),
            }
        }
        assert_eq!((counted, desk.ballot(0).await.tally), (1, [1, 0, 0]), "{place}");
    });
}

/// How many races: few with each commit, 1,000 for a release.
fn races() -> i64 {
    let wanted = std::env::var("PINJI_RACES").ok().and_then(|text| text.parse().ok());
    wanted.unwrap_or(40)
}

#[test]
fn a_vote_against_the_closing_and_against_standing_aside() {
    on_each(|place, store| async move {
        let desk = desk(store).await;
        let desk = Arc::new(desk);
        let mut won = [0, 0];
        for number in 0..races() {
            let ballot = desk.opened(number, None, number % 2 == 0).await;
            let voting = tokio::spawn({
                let desk = desk.clone();
                async move { vote(&desk, &ballot, desk.members[0], desk.members[0]).await }
            });
            let closing = tokio::spawn({
                let desk = desk.clone();
                async move {
                    let change = begun(&desk.store).await;
                    change.close_ballot(desk.case, number, "rejected").await.unwrap();
                    change.commit(entry).await.unwrap();
                }
            });
            let voted = voting.await.unwrap().is_ok();
            closing.await.unwrap();
            // Every accepted vote is in the tally, every refused one is not.
            let voters = desk.store.case_voters(desk.case, number).await.unwrap();
            let tally = desk.ballot(number).await.tally[0];
            assert_eq!(
                (tally, voters.len()),
                (i64::from(voted), usize::from(voted)),
                "{place} {number}"
            );
            won[usize::from(voted)] += 1;
        }
        // Standing aside against a vote: never both. Each race has a member of its own.
        for number in 0..races() {
            let change = begun(&desk.store).await;
            let member = change.add(person(&format!("late{number}"))).await.unwrap();
            let at = races() + number;
            let electors = [(member, "risk".to_owned())];
            change.open_ballot(desk.case, at, None, false, &electors).await.unwrap();
            change.commit(entry).await.unwrap();
            let ballot = desk.ballot(at).await;
            let voting = tokio::spawn({
                let desk = desk.clone();
                async move { vote(&desk, &ballot, member, member).await.is_ok() }
            });
            let aside = tokio::spawn({
                let desk = desk.clone();
                async move { barred(&desk, member).await.is_ok() }
            });
            let (voted, aside) = (voting.await.unwrap(), aside.await.unwrap());
            assert!(voted != aside, "{place} {number}: {voted} {aside}");
            assert_eq!(desk.ballot(at).await.tally[0], i64::from(voted));
            let change = begun(&desk.store).await;
            change.close_ballot(desk.case, at, "rejected").await.unwrap();
            change.commit(entry).await.unwrap();
        }
    });
}

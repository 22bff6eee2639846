//! A process that is killed while the committee's decisions are kept: a decision is there with its ballot and its events, or
//! not at all.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use pinji_domain::date;
use pinji_domain::ids::{CaseId, CustomerId, RunId, UserId};
use pinji_store::{CaseList, NewGradeDecision, NewRatingCase, NewRun, NewVote, Place, Store};
use pinji_testkit::Clock;

use crate::kills::kills;
use crate::support::{Die, block, entry, populated};

const FOLDER: &str = "PINJI_TEST_KILLED_COMMITTEE";
const CUSTOMERS: usize = 3_000;

fn event(name: &str) -> (String, String) {
    (name.to_owned(), "{}".to_owned())
}

/// Opens a case, lets two members vote on it, and decides it: two changes, of which the second is the committee's.
async fn decided(store: &Store, customer: CustomerId, members: [UserId; 2]) -> CaseId {
    let change = store.change(Clock::default().now()).await.unwrap();
    let new = NewRatingCase {
        policy: "standard".to_owned(),
        customer,
        occasion: "due".to_owned(),
        run: RunId(1),
        opened_by: None,
        opened_at: change.at(),
    };
    let id = change.add(new).await.unwrap();
    let electors = members.map(|member| (member, format!("seat {member}")));
    change.open_ballot(id, 0, None, false, &electors).await.unwrap();
    let ballot = change.case_ballots(id).await.unwrap().remove(0);
    for member in members {
        let vote = NewVote {
            member,
            cast_by: member,
            vote: 0,
        };
        change.count_vote(id, &ballot, &vote).await.unwrap();
    }
    let case = change.rating_case(id).await.unwrap().unwrap();
    let events = [event("opened"), event("ballot_opened"), event("voted"), event("voted")];
    change.append_to_case(&case, "voting", &events).await.unwrap();
    change.commit(entry).await.unwrap();

    let change = store.change(Clock::default().now()).await.unwrap();
    let case = change.rating_case(id).await.unwrap().unwrap();
    change.close_ballot(id, 0, "adopted").await.unwrap();
    let events = [event("ballot_closed"), event("decided")];
    change.append_to_case(&case, "decided", &events).await.unwrap();
    let decision = NewGradeDecision {
        case_id: id,
        policy: "standard".to_owned(),
        customer,
        grade: Some("key".to_owned()),
        place: Some(1),
        run: RunId(1),
        model_grade: Some("key".to_owned()),
        model_place: Some(1),
        coverage_ppm: 900_000,
        basis: "committee".to_owned(),
        ballot: Some(0),
        code: None,
        reason: None,
        proposed_by: None,
        proposed_at: None,
        seconded_by: None,
        seconded_at: None,
        until: None,
        decided_at: change.at(),
        effective: date::parse("2027-01-15").unwrap(),
    };
    change.add(decision).await.unwrap();
    change.commit(entry).await.unwrap();
    id
}

/// Not a test of its own: what the killed process does. It says on standard output which decisions were acknowledged.
#[test]
fn killed_committee() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    block(async {
        let store = Store::open(&Place::from(Path::new(&folder)), Clock::default().now())
            .await
            .unwrap();
        let member = |login: &'static str| {
            let store = &store;
            async move { store.user_by_login(login).await.unwrap().unwrap().id }
        };
        let members = [member("ann").await, member("bob").await];
        let list = CaseList {
            limit: 1,
            ..CaseList::default()
        };
        let last = store.list_cases(&list).await.unwrap();
        // Each case is about a customer of its own; one that was cut short stays as it is.
        let after = last.first().map_or(CustomerId(0), |case| case.customer);
        for customer in store.customer_keys(after, 10_000).await.unwrap() {
            let id = decided(&store, customer.id, members).await;
            crate::kills::acknowledged(id.0);
        }
    });
}

#[test]
fn a_killed_committee_loses_no_decision_and_leaves_no_half() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::from(folder.path());
    block(async {
        let store = Store::open(&place, Clock::default().now()).await.unwrap();
        let (ann, ..) = populated(&store, CUSTOMERS).await;
        let change = store.change(Clock::default().now()).await.unwrap();
        let run = NewRun {
            name: "January".to_owned(),
            policies: "[]".to_owned(),
            as_of: date::parse("2026-12-31").unwrap(),
            as_known: change.at(),
            engine: "1".to_owned(),
            previous: None,
            created_by: ann,
            created_at: change.at(),
            job: None,
        };
        assert_eq!(change.add(run).await.unwrap(), RunId(1));
        change.commit(entry).await.unwrap();
        store.close().await.unwrap();
    });
    let mut die = Die::new(7);
    let mut acknowledged = Vec::<i64>::new();
    let kills = kills("sqlite");
    for kill in 0..kills {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "case_kills::killed_committee",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        while !said.contains("ACK ") && out.read_line(&mut said).unwrap() > 0 {}
        std::thread::sleep(Duration::from_millis(die.throw(150) as u64));
        child.kill().unwrap();
        child.wait().unwrap();
        out.read_to_string(&mut said).unwrap();
        let lines = said.lines().filter_map(|line| line.split("ACK ").nth(1));
        acknowledged.extend(lines.map(|id| id.parse::<i64>().unwrap()));
        block(whole_or_not_at_all(&place, &acknowledged, kill));
    }
    assert!(
        acknowledged.len() >= kills,
        "the kills came too early: {acknowledged:?}"
    );
    println!("{kills} kills, {} decisions acknowledged, 0 lost", acknowledged.len());
}

async fn whole_or_not_at_all(place: &Place, acknowledged: &[i64], kill: usize) {
    let store = Store::open(place, Clock::default().now()).await.unwrap();
    let head = store.ledger_head().await.unwrap();
    assert_eq!(store.ledger_entries(0, 100_000).await.unwrap().len() as i64, head.size);
    let list = CaseList {
        limit: 100_000,
        ..CaseList::default()
    };
    let mut decided = Vec::new();
    for case in store.list_cases(&list).await.unwrap() {
        let decision = store.decision_of(case.id).await.unwrap();
        let events = store.case_events(case.id).await.unwrap().len();
        let ballot = store.case_ballots(case.id).await.unwrap().remove(0);
        assert_eq!(ballot.tally, [2, 0, 0], "kill {kill}: every vote is counted");
        let is_decided = decision.is_some();
        let found = (case.stage.as_str(), events, ballot.outcome.is_some());
        let expected = if is_decided {
            ("decided", 6, true)
        } else {
            ("voting", 4, false)
        };
        assert_eq!(found, expected, "kill {kill}: case {} is there by half", case.id);
        decided.extend(is_decided.then_some(case.id.0));
    }
    let lost = acknowledged.iter().filter(|id| !decided.contains(id)).count();
    assert_eq!(lost, 0, "kill {kill}: an acknowledged decision is gone");
    store.close().await.unwrap();
}

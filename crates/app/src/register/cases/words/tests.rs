//! Whatever happens in a case is read as it was written.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use pinji_domain::ids::{CaseId, CustomerId, MeetingId, RunId, UserId};
use pinji_domain::{Date, Timestamp, date};
use pinji_workflow::case::{
    Ballot, BallotSecrecy, Basis, Cast, Chosen, Decision, Departure, Event, Judgement, Model, Occasion, Onward,
    Opinion, Outcome, Proposed, Rank, Reconciled, Sitting, Tally, Vote, Way, Why,
};
use pinji_workflow::{By, Signed};
use serde_json::{Value, json};

use super::{read, write};

const ANN: UserId = UserId(7);
const BOB: UserId = UserId(8);

fn day(text: &str) -> Date {
    date::parse(text).unwrap()
}

fn signed() -> Signed {
    Signed {
        by: By {
            user: ANN,
            on_behalf_of: Some(BOB),
        },
        at: Timestamp(1_790_000_000_000_001),
    }
}

fn alone() -> Signed {
    Signed {
        by: By::user(ANN),
        at: Timestamp(-5),
    }
}

fn model(grade: Option<u16>) -> Model {
    Model {
        run: RunId(3),
        grade: grade.map(Rank),
        coverage_ppm: 912_300,
    }
}

fn words() -> String {
    "缺 2026 年报表 “\"\n\u{1f}".to_owned()
}

fn opened(occasion: Occasion, by: Option<By>) -> Event {
    Event::Opened {
        id: CaseId(1),
        customer: CustomerId(42),
        occasion,
        at: Timestamp(9),
        by,
        model: model(Some(0)),
    }
}

fn proposed(grade: Option<u16>, way: Way, why: Option<Why>, effective: Option<Date>) -> Event {
    Event::Proposed {
        signed: signed(),
        terms: Proposed {
            grade: grade.map(Rank),
            way,
            why,
            effective,
        },
    }
}

fn why(until: Option<Date>) -> Why {
    Why {
        code: "event".to_owned(),
        reason: words(),
        until,
    }
}

fn cast(said: Option<Vote>) -> Cast {
    Cast {
        signed: signed(),
        said: said.map(|vote| (vote, words())),
    }
}

fn ballot(sitting: Sitting, secrecy: BallotSecrecy) -> Event {
    Event::BallotOpened(Ballot {
        opened: alone(),
        sitting,
        secrecy,
        electors: [(ANN, "risk".to_owned()), (BOB, "finance".to_owned())].into(),
        cast: [(BOB, cast(None))].into(),
        tally: Tally {
            yes: 1,
            no: 2,
            abstained: 3,
        },
    })
}

fn closed(outcome: Outcome) -> [Event; 2] {
    [
        Event::BallotClosed {
            signed: alone(),
            counting: [ANN, BOB].into(),
            outcome: outcome.clone(),
        },
        Event::TieEnded {
            signed: alone(),
            outcome,
        },
    ]
}

fn decided(basis: Basis, departure: Option<Departure>) -> Event {
    Event::Decided(Decision {
        grade: Some(Rank(2)),
        model: model(None),
        basis,
        departure,
        at: Timestamp(11),
        effective: day("2027-01-15"),
    })
}

fn departure(seconded: Option<Signed>) -> Departure {
    Departure {
        code: "event".to_owned(),
        reason: words(),
        proposed: alone(),
        seconded,
        until: day("2027-02-28"),
    }
}

/// Every event, and of each every form that it can take.
fn all() -> Vec<Event> {
    let lines: BTreeMap<String, Reconciled> = [
        ("reputation".to_owned(), Reconciled::Points(-5)),
        (
            "loyalty".to_owned(),
            Reconciled::Split {
                least: 0,
                most: 1_000_000,
            },
        ),
    ]
    .into();
    let reason = words();
    let hand = Occasion::ByHand { reason: words() };
    let mut all = vec![
        opened(Occasion::New, None),
        opened(Occasion::Changed, None),
        opened(Occasion::Due, None),
        opened(Occasion::Alert, None),
        opened(Occasion::Appeal, Some(By::user(BOB))),
        opened(Occasion::AfterEmergency, None),
        opened(hand, Some(signed().by)),
        Event::Asked {
            signed: signed(),
            what: words(),
        },
        Event::Resumed {
            signed: alone(),
            note: words(),
        },
        Event::Called {
            signed: signed(),
            experts: [(ANN, Chosen::Drawn), (BOB, Chosen::Named)].into(),
            seed: Some([0xa5; 32]),
        },
        Event::Called {
            signed: alone(),
            experts: BTreeMap::new(),
            seed: None,
        },
        Event::SentOn {
            signed: signed(),
            why: String::new(),
        },
        Event::Opined(Opinion {
            signed: signed(),
            scores: [(
                "reputation".to_owned(),
                Judgement {
                    level: "good".to_owned(),
                    reason: words(),
                },
            )]
            .into(),
        }),
        Event::SentBack {
            at: Timestamp(1),
            lines: lines.clone(),
        },
        Event::Reconciled {
            at: Timestamp(2),
            lines: lines.clone(),
            onward: Onward::Committee,
        },
        Event::Reconciled {
            at: Timestamp(2),
            lines,
            onward: Onward::Screening,
        },
        proposed(None, Way::Committee, None, None),
        proposed(Some(1), Way::TwoPeople, Some(why(None)), Some(day("2026-12-01"))),
        proposed(Some(3), Way::Emergency, Some(why(Some(day("2026-12-31")))), None),
        Event::Seconded(signed()),
        Event::Declined {
            signed: alone(),
            reason: words(),
        },
        ballot(
            Sitting::Circulation {
                until: day("2026-12-05"),
            },
            BallotSecrecy::Open,
        ),
        ballot(
            Sitting::Meeting {
                meeting: MeetingId(4),
                present: [ANN].into(),
            },
            BallotSecrecy::Secret,
        ),
        Event::Voted {
            member: BOB,
            cast: cast(None),
        },
        Event::CastingVote {
            signed: alone(),
            vote: Vote::Against,
        },
        Event::Dissented {
            ballot: 2,
            signed: signed(),
            reason: words(),
        },
        Event::Recused {
            signed: alone(),
            reason: reason.clone(),
        },
        Event::Rerun {
            signed: signed(),
            model: model(Some(3)),
        },
        decided(Basis::FastLane, None),
        decided(Basis::Committee { ballot: 3 }, Some(departure(None))),
        decided(Basis::TwoPeople, Some(departure(Some(signed())))),
        decided(Basis::Emergency, Some(departure(Some(signed())))),
        Event::ReviewCalled { by: day("2027-01-14") },
        Event::Withdrawn {
            signed: signed(),
            reason,
        },
    ];
    for vote in Vote::ALL {
        all.push(Event::Counted(vote));
        all.push(Event::Voted {
            member: ANN,
            cast: cast(Some(vote)),
        });
    }
    for outcome in [
        Outcome::Adopted,
        Outcome::Rejected,
        Outcome::Tied,
        Outcome::NoQuorum { counting: 1, quorum: 3 },
        Outcome::Annulled {
            conflicted: [BOB].into(),
        },
    ] {
        all.extend(closed(outcome));
    }
    all
}

#[test]
fn what_is_written_is_read_as_it_was() {
    let mut names = std::collections::BTreeSet::new();
    for event in all() {
        let (name, content) = write(&event);
        names.insert(name);
        // As the store gives it back: through its text.
        let kept: Value = serde_json::from_str(&content.to_string()).unwrap();
        assert_eq!(read(name, &kept), Some(event), "{name} {kept}");
    }
    // One name for each event: whoever adds an event adds a row above.
    assert_eq!(names.len(), 23);
}

#[test]
fn what_was_not_written_so_is_nothing() {
    for event in all() {
        let (name, content) = write(&event);
        assert_eq!(read("else", &content), None);
        for field in content.as_object().unwrap().keys() {
            let mut spoilt = content.clone();
            spoilt[field] = json!({ "no": "such thing" });
            // A list of lines by indicator may hold anything by name, so one is spoilt within; and only an opening by hand reads
            // its reason, only the committee's decision its ballot.
            let reads = match (name, field.as_str()) {
                ("opened", "reason") => content["occasion"] == "by_hand",
                ("decided", "ballot") => content["basis"] == "committee",
                _ => true,
            };
            if reads {
                assert_eq!(read(name, &spoilt), None, "{name} without {field}");
            }
        }
    }
}

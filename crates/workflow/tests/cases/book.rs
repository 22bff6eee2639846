//! A desk with one case on it, and a small language of steps.
//!
//! `11 send -> sent-on`: user 11 sends it on, and that comes of it. `5/21` is user 5 acting for user 21. Grades are
//! `vip`, `key`, `potential`, `ordinary`, `none`. Members 21 to 24 hold the seats, 21 has the chair; 31 to 36 are experts.

use std::collections::{BTreeMap, BTreeSet};

use pinji_domain::ids::{CaseId, CustomerId, MeetingId, RunId, UserId};
use pinji_domain::{Date, Period};
use pinji_workflow::By;
use pinji_workflow::case::{
    Around, BallotSecrecy, Case, Choice, Command, CommitteeTerms, Conflict, Conflicts, Decision, Event, FastLane,
    Judged, Judgement, Majority, MajorityOf, Model, Occasion, OverrideTerms, Proposed, Rank, Reconcile, Refusal, Roll,
    Sitting, Steady, Terms, Vote, Way, Why, decide, open,
};

use crate::book::{NOW, acting, day, person};

pub const GRADES: [&str; 4] = ["vip", "key", "potential", "ordinary"];
pub const SEATS: [&str; 4] = ["executive", "marketing", "finance", "risk"];

pub fn grade(word: &str) -> Option<Rank> {
    GRADES.iter().position(|grade| *grade == word).map(|at| Rank(at as u16))
}

pub fn grade_word(grade: Option<Rank>) -> &'static str {
    grade.map_or("none", |rank| GRADES[usize::from(rank.0)])
}

pub fn period(text: &str) -> Period {
    Period::parse(text).unwrap()
}

/// A policy that declares everything.
pub fn terms() -> Terms {
    let level = |id: &str, points: i32| (id.to_owned(), points * 10_000);
    let judged = |by, spread: i32| Judged {
        levels: [
            level("excellent", 100),
            level("good", 80),
            level("fair", 50),
            level("poor", 0),
        ]
        .into(),
        by,
        min: 2,
        spread: Some(spread * 10_000),
    };
    Terms {
        grades: 4,
        fast_lane: Some(FastLane {
            notches: 1,
            first: false,
            never: [Rank(0)].into(),
            coverage_ppm: 800_000,
        }),
        judged: [
            ("reputation".to_owned(), judged(Reconcile::Median, 50)),
            ("satisfaction".to_owned(), judged(Reconcile::Mean, 30)),
        ]
        .into(),
        committee: Some(CommitteeTerms {
            seats: SEATS.map(str::to_owned).into(),
            quorum: 3,
            majority: Majority::Share { part: 2, whole: 3 },
            of: MajorityOf::Present,
            secrecy: BallotSecrecy::Open,
            casting_vote: true,
            circulation: Some(period("5 days")),
        }),
        overriding: Some(OverrideTerms {
            notches: 1,
            expires: period("6 months"),
            second_person: true,
            reasons: ["recent_event".to_owned(), "group_support".to_owned()].into(),
            without_committee: 0,
            emergency: Some(period("30 days")),
        }),
        steady: Steady {
            confirmed_by: 2,
            cool_down: Some(period("3 months")),
        },
    }
}

pub fn roll() -> Roll {
    let seats = SEATS
        .iter()
        .zip(21..)
        .map(|(seat, id)| ((*seat).to_owned(), UserId(id)));
    Roll::new(seats, Some(UserId(21))).unwrap()
}

pub fn model(run: i64, word: &str) -> Model {
    Model {
        run: RunId(run),
        grade: grade(word),
        coverage_ppm: 900_000,
    }
}

/// A decision of the fast lane: the model grade, from a day on.
pub fn decision(word: &str, from: &str) -> Decision {
    Decision {
        grade: grade(word),
        model: model(1, word),
        basis: pinji_workflow::case::Basis::FastLane,
        departure: None,
        at: NOW,
        effective: day(from),
    }
}

/// One case and what is around it.
#[derive(Clone)]
pub struct Desk {
    pub terms: Terms,
    pub conflicts: BTreeMap<UserId, Conflict>,
    pub roll: Roll,
    pub experts: BTreeSet<UserId>,
    pub decisions: Vec<Decision>,
    pub since: Vec<Model>,
    pub today: Date,
    pub events: Vec<Event>,
    pub case: Case,
}

impl Desk {
    /// A case on a customer whose grade is `key` and whom run 7 grades so. User 41 looks after it.
    pub fn new() -> Desk {
        Desk::opened(Occasion::Due, "key")
    }

    pub fn opened(occasion: Occasion, word: &str) -> Desk {
        let conflicts = BTreeMap::from([(UserId(41), Conflict::AccountManager)]);
        let by = matches!(occasion, Occasion::ByHand { .. }).then(|| person(11));
        let events = open(
            (CaseId(5), CustomerId(9)),
            occasion,
            model(7, word),
            by,
            &Conflicts::default(),
            NOW,
        )
        .unwrap();
        Desk {
            terms: terms(),
            conflicts,
            roll: roll(),
            experts: (31..=36).map(UserId).collect(),
            decisions: vec![decision("key", "2026-07-01")],
            since: vec![model(7, word)],
            today: day("2027-01-15"),
            case: Case::replay(&events).unwrap(),
            events,
        }
    }

    /// The same case, where the run said something else.
    pub fn graded(&mut self, says: Model) {
        if let Some(Event::Opened { model, .. }) = self.events.first_mut() {
            *model = says;
        }
        self.case = Case::replay(&self.events).unwrap();
    }

    pub fn look<T>(&self, look: impl FnOnce(&Around<'_>) -> T) -> T {
        let conflicts = Conflicts::of(self.conflicts.iter().map(|(user, conflict)| (*user, *conflict)));
        look(&Around {
            terms: &self.terms,
            conflicts: &conflicts,
            roll: &self.roll,
            experts: &self.experts,
            decisions: &self.decisions,
            since: &self.since,
            today: self.today,
        })
    }

    pub fn act(&mut self, by: By, command: Command) -> Result<Vec<Event>, Refusal> {
        let events = self.look(|around| decide(&self.case, around, command, by, NOW))?;
        self.events.extend(events.iter().cloned());
        self.case = events.iter().fold(self.case.clone(), Case::after);
        // What is kept is the events: they must give the same case again.
        assert_eq!(Case::replay(&self.events), Some(self.case.clone()));
        Ok(events)
    }

    /// Plays steps, one a line, and holds what came of each against what stands behind the arrow.
    pub fn play(&mut self, steps: &str) {
        for line in steps.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (step, expected) = line.split_once(" -> ").unwrap_or((line, ""));
            let found = self.step(step.trim());
            assert_eq!(found, expected.trim(), "{line}");
        }
    }

    fn step(&mut self, step: &str) -> String {
        let words: Vec<&str> = step.split_whitespace().collect();
        match words.as_slice() {
            ["day", text] => {
                self.today = day(text);
                String::new()
            }
            ["conflict", id] => {
                self.conflicts.insert(UserId(id.parse().unwrap()), Conflict::Declared);
                String::new()
            }
            [who, rest @ ..] => {
                let by = who_is(who);
                let command = command(rest);
                told(&self.act(by, command))
            }
            [] => String::new(),
        }
    }
}

pub fn who_is(text: &str) -> By {
    match text.split_once('/') {
        Some((user, other)) => acting(user.parse().unwrap(), other.parse().unwrap()),
        None => person(text.parse().unwrap()),
    }
}

fn users(text: &str) -> BTreeSet<UserId> {
    text.split(',').map(|id| UserId(id.parse().unwrap())).collect()
}

pub fn vote(word: &str) -> Vote {
    Vote::ALL.into_iter().find(|vote| vote.name() == word).unwrap()
}

/// `propose key committee recent_event until=2027-03-01 from=2027-02-01`
fn proposed(words: &[&str]) -> Proposed {
    let named = |name: &str| {
        let mut found = words.iter().filter_map(|word| word.strip_prefix(name));
        found.next().map(day)
    };
    let code = words.get(2).filter(|word| !word.contains('='));
    Proposed {
        grade: grade(words[0]),
        way: match words[1] {
            "committee" => Way::Committee,
            "two" => Way::TwoPeople,
            "emergency" => Way::Emergency,
            other => panic!("{other}"),
        },
        why: code.map(|code| Why {
            code: (*code).to_owned(),
            reason: "订单已丢".to_owned(),
            until: named("until="),
        }),
        effective: named("from="),
    }
}

pub fn command(words: &[&str]) -> Command {
    let reason = || "因此".to_owned();
    match words {
        ["accept"] => Command::Accept,
        ["ask"] => Command::Ask { what: reason() },
        ["resume"] => Command::Resume { note: reason() },
        ["send"] => Command::SendOn { why: String::new() },
        ["draw", number] => Command::Consult(Choice::Draw {
            number: number.parse().unwrap(),
            seed: [7; 32],
        }),
        ["name", list] => Command::Consult(Choice::Name(users(list))),
        ["opine", reputation, satisfaction] => {
            let said = |level: &&str| Judgement {
                level: (**level).to_owned(),
                reason: "走访所见".to_owned(),
            };
            Command::Opine(
                [
                    ("reputation".to_owned(), said(reputation)),
                    ("satisfaction".to_owned(), said(satisfaction)),
                ]
                .into(),
            )
        }
        ["reconcile"] => Command::Reconcile,
        ["propose", rest @ ..] => Command::Propose(proposed(rest)),
        ["second"] => Command::Second,
        ["decline"] => Command::Decline { reason: reason() },
        ["open", "meeting", list] => Command::OpenBallot(Sitting::Meeting {
            meeting: MeetingId(3),
            present: users(list),
        }),
        ["open", "until", text] => Command::OpenBallot(Sitting::Circulation { until: day(text) }),
        ["vote", word] => Command::Vote {
            vote: vote(word),
            reason: String::new(),
        },
        ["vote", word, reason] => Command::Vote {
            vote: vote(word),
            reason: (*reason).to_owned(),
        },
        ["close"] => Command::CloseBallot,
        ["cast", word] => Command::CastingVote(vote(word)),
        ["dissent", ballot] => Command::Dissent {
            ballot: ballot.parse().unwrap(),
            reason: reason(),
        },
        ["recuse"] => Command::Recuse { reason: reason() },
        ["rerun", run, word] => Command::Rerun(model(run.parse().unwrap(), word)),
        ["withdraw"] => Command::Withdraw { reason: reason() },
        other => panic!("{other:?}"),
    }
}

/// The refusal's code, or what happened.
pub fn told(result: &Result<Vec<Event>, Refusal>) -> String {
    match result {
        Ok(events) => events.iter().map(event_word).collect::<Vec<_>>().join("+"),
        Err(refusal) => refusal.message().code.strip_prefix("case-").unwrap().to_owned(),
    }
}

fn event_word(event: &Event) -> String {
    match event {
        Event::Opened { .. } => "opened".to_owned(),
        Event::Asked { .. } => "asked".to_owned(),
        Event::Resumed { .. } => "resumed".to_owned(),
        Event::Called { experts, .. } => format!("called:{}", experts.len()),
        Event::SentOn { .. } => "sent-on".to_owned(),
        Event::Opined(_) => "opined".to_owned(),
        Event::SentBack { .. } => "sent-back".to_owned(),
        Event::Reconciled { lines, .. } => {
            let lines = lines.values().map(|line| match line {
                pinji_workflow::case::Reconciled::Points(points) => (f64::from(*points) / 10_000.0).to_string(),
                pinji_workflow::case::Reconciled::Split { .. } => "split".to_owned(),
            });
            format!("reconciled:{}", lines.collect::<Vec<_>>().join(","))
        }
        Event::Proposed { .. } => "proposed".to_owned(),
        Event::Seconded(_) => "seconded".to_owned(),
        Event::Declined { .. } => "declined".to_owned(),
        Event::BallotOpened(ballot) => format!("ballot:{}", ballot.electors.len()),
        Event::Voted { .. } => "voted".to_owned(),
        Event::Counted(_) => "counted".to_owned(),
        Event::BallotClosed { outcome, .. } | Event::TieEnded { outcome, .. } => outcome.name().replace('_', "-"),
        Event::CastingVote { vote, .. } => format!("cast:{}", vote.name()),
        Event::Dissented { .. } => "dissented".to_owned(),
        Event::Recused { .. } => "recused".to_owned(),
        Event::Rerun { .. } => "rerun".to_owned(),
        Event::Decided(decision) => {
            let until = decision
                .departure
                .as_ref()
                .map(|departure| format!("..{}", departure.until));
            format!(
                "decided:{}@{}{}",
                grade_word(decision.grade),
                decision.effective,
                until.unwrap_or_default()
            )
        }
        Event::ReviewCalled { by } => format!("review:{by}"),
        Event::Withdrawn { .. } => "withdrawn".to_owned(),
    }
}

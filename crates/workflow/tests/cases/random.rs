//! A random machine: eight people do whatever they like, for themselves and for each other, and the law of separation holds.
//!
//! What must hold is held against a book of its own, kept from the commands that were accepted, not against the rules' own
//! helpers. `PINJI_STEPS` sets the number of steps; a release takes 100,000.

use std::collections::{BTreeMap, BTreeSet};

use pinji_domain::date;
use pinji_domain::ids::{CaseId, CustomerId, MeetingId, RunId, UserId};
use pinji_workflow::By;
use pinji_workflow::case::{
    BallotSecrecy, Basis, Case, Choice, Command, Conflict, Decision, Event, Judgement, MajorityOf, Model, Occasion,
    Outcome, Proposed, Rank, Refusal, Roll, Sitting, Stage, Vote, Way, Why, ballots, in_force, occasion, open,
    opinions,
};

use super::book::{Desk, SEATS, model, period, terms};
use crate::book::{Dice, NOW};

const PEOPLE: i64 = 8;

/// What is kept beside the rules: who did what, by the commands that were accepted.
#[derive(Default)]
struct Book {
    /// Votes of the ballot that is open: whose, who had a part in it, what.
    votes: BTreeMap<UserId, (By, Vote)>,
    /// Who made the proposal, and who seconded it.
    makers: Vec<By>,
    /// Whether it departs from the model grade.
    departs: bool,
    recused: BTreeSet<UserId>,
    decided: Option<Decision>,
    /// How often each thing happened.
    seen: BTreeMap<String, u32>,
}

struct Machine {
    dice: Dice,
    desk: Desk,
    book: Book,
    next: i64,
}

fn people(by: By) -> BTreeSet<UserId> {
    by.people().collect()
}

impl Machine {
    fn new(seed: u64) -> Machine {
        let mut machine = Machine {
            dice: Dice(seed),
            desk: Desk::new(),
            book: Book::default(),
            next: 100,
        };
        machine.desk.experts = (4..=PEOPLE).map(UserId).collect();
        machine.desk.decisions.clear();
        machine.again();
        machine
    }

    fn chance(&mut self, of: usize) -> bool {
        self.dice.below(of) == 0
    }

    fn person(&mut self) -> UserId {
        UserId(1 + self.dice.below(PEOPLE as usize) as i64)
    }

    /// Anybody; more often than not one whose turn it is.
    fn likely(&mut self) -> UserId {
        let turn: Vec<UserId> = match &self.desk.case.stage {
            Stage::Voting(ballot) => ballot.electors.keys().copied().collect(),
            Stage::Tied => self.desk.roll.chair().into_iter().collect(),
            Stage::Judging => self
                .desk
                .case
                .panel
                .iter()
                .flat_map(|panel| panel.experts.keys().copied())
                .collect(),
            _ => Vec::new(),
        };
        if turn.is_empty() || self.chance(3) {
            return self.person();
        }
        turn[self.dice.below(turn.len())]
    }

    fn rank(&mut self) -> Option<Rank> {
        (!self.chance(12)).then(|| Rank(self.dice.below(4) as u16))
    }

    fn some(&mut self) -> BTreeSet<UserId> {
        (1..=PEOPLE).map(UserId).filter(|_| self.dice.below(4) != 0).collect()
    }

    /// Another case on the customer, under a policy that says something else.
    fn again(&mut self) {
        let mut terms = terms();
        let committee = terms.committee.as_mut().unwrap();
        committee.quorum = 2 + self.dice.below(2) as u32;
        committee.of = [MajorityOf::Votes, MajorityOf::Present, MajorityOf::Seats][self.dice.below(3)];
        committee.casting_vote = !self.chance(3);
        if self.chance(2) {
            committee.secrecy = BallotSecrecy::Secret;
        }
        let rules = terms.overriding.as_mut().unwrap();
        rules.second_person = !self.chance(3);
        rules.without_committee = self.dice.below(2) as u16;
        rules.notches = 1 + self.dice.below(2) as u16;
        let lane = terms.fast_lane.as_mut().unwrap();
        lane.first = true;
        lane.notches = self.dice.below(3) as u16;
        terms.steady.confirmed_by = self.dice.below(3) as u32;
        if self.chance(8) {
            terms.committee = None;
        }
        self.desk.terms = terms;
        let mut members: Vec<UserId> = (1..=PEOPLE).map(UserId).collect();
        self.dice.shuffle(&mut members);
        let seats: Vec<(String, UserId)> = SEATS.iter().map(|seat| (*seat).to_owned()).zip(members).collect();
        let chair = seats[self.dice.below(4)].1;
        self.desk.roll = Roll::new(seats, Some(chair)).unwrap();
        self.desk.conflicts.clear();
        if self.chance(2) {
            let user = self.person();
            self.desk.conflicts.insert(user, Conflict::Declared);
        }
        self.next += 1;
        let run = Model {
            grade: self.rank(),
            ..model(self.next, "key")
        };
        self.desk.since.push(run);
        // A run opens a case where the rules say so, else somebody does by hand.
        let steady = self.desk.terms.steady;
        let found = occasion(&self.desk.decisions, &self.desk.since, None, steady, self.desk.today);
        let hand = Occasion::ByHand {
            reason: "抽查".to_owned(),
        };
        let found = if self.chance(10) {
            Occasion::Appeal
        } else {
            found.unwrap_or(hand)
        };
        let free = (1..=PEOPLE)
            .map(UserId)
            .find(|user| !self.desk.conflicts.contains_key(user));
        let by = matches!(found, Occasion::ByHand { .. }).then(|| By::user(free.unwrap()));
        let conflicts = pinji_workflow::case::Conflicts::default();
        let events = open((CaseId(self.next), CustomerId(9)), found, run, by, &conflicts, NOW).unwrap();
        self.desk.case = Case::replay(&events).unwrap();
        self.desk.events = events;
        self.book = Book {
            seen: std::mem::take(&mut self.book.seen),
            ..Book::default()
        };
    }

    /// Any command at all; more often than not one that could fit.
    fn command(&mut self) -> Command {
        let is_final = self.desk.case.stage.is_final();
        if self.desk.case.proposal.is_some() && !is_final && self.chance(3) {
            return Command::Second;
        }
        let fitting: &[usize] = match self.desk.case.stage {
            Stage::Screening => &[0, 1, 3, 4, 4, 7],
            Stage::AwaitingData { .. } => &[2, 2, 7, 16],
            Stage::Judging => &[5, 5, 5, 5, 3, 6],
            Stage::Committee => &[7, 7, 8, 8, 10, 10, 10, 14],
            Stage::Voting(_) => &[11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 12],
            Stage::Tied => &[13, 13, 12],
            Stage::Decided(_) | Stage::Withdrawn { .. } => &[14, 11, 7],
        };
        let kind = match self.dice.below(3) {
            0 => self.dice.below(18),
            _ => fitting[self.dice.below(fitting.len())],
        };
        let reason = if self.chance(9) {
            String::new()
        } else {
            "因此".to_owned()
        };
        let in_days = |machine: &mut Machine, most: usize| {
            let days = machine.dice.below(most) as i32 - 2;
            date::from_days(date::to_days(machine.desk.today) + days)
        };
        match kind {
            0 => Command::Accept,
            1 => Command::Ask { what: reason },
            2 => Command::Resume { note: reason },
            3 if self.chance(2) => Command::Consult(Choice::Name(self.some())),
            3 => Command::Consult(Choice::Draw {
                number: 1 + self.dice.below(3) as u32,
                seed: [self.dice.below(200) as u8; 32],
            }),
            4 => Command::SendOn { why: reason },
            5 => Command::Opine(self.scores()),
            6 => Command::Reconcile,
            7 => {
                let grade = if self.chance(3) {
                    self.desk.case.model.grade
                } else {
                    self.rank()
                };
                let days = [33, 240][self.dice.below(2)];
                let until = if self.chance(2) { in_days(self, days) } else { None };
                let why = Why {
                    code: if self.chance(9) { "because" } else { "recent_event" }.to_owned(),
                    reason,
                    until,
                };
                Command::Propose(Proposed {
                    grade,
                    way: [Way::Committee, Way::Committee, Way::TwoPeople, Way::Emergency][self.dice.below(4)],
                    why: (grade != self.desk.case.model.grade || self.chance(9)).then_some(why),
                    effective: if self.chance(4) { in_days(self, 60) } else { None },
                })
            }
            8 => Command::Second,
            9 => Command::Decline { reason },
            10 if self.chance(3) => Command::OpenBallot(Sitting::Circulation {
                until: in_days(self, 9).unwrap(),
            }),
            10 => Command::OpenBallot(Sitting::Meeting {
                meeting: MeetingId(1),
                present: if self.chance(2) {
                    self.some()
                } else {
                    (1..=PEOPLE).map(UserId).collect()
                },
            }),
            11 if self.dice.below(2) == 0 => Command::Vote {
                vote: [Vote::For, Vote::Against][self.dice.below(2)],
                reason: match &self.desk.case.stage {
                    Stage::Voting(ballot) if ballot.secrecy == BallotSecrecy::Secret => String::new(),
                    _ => "因此".to_owned(),
                },
            },
            11 => Command::Vote {
                vote: [Vote::For, Vote::For, Vote::Against, Vote::Abstain][self.dice.below(4)],
                reason: if self.chance(3) { String::new() } else { reason },
            },
            12 => Command::CloseBallot,
            13 => Command::CastingVote(Vote::ALL[self.dice.below(3)]),
            14 => Command::Dissent {
                ballot: self.dice.below(2) as u32,
                reason,
            },
            15 => Command::Recuse { reason },
            16 => {
                self.next += 1;
                Command::Rerun(Model {
                    run: RunId(self.next - self.dice.below(2) as i64),
                    grade: self.rank(),
                    ..model(1, "key")
                })
            }
            _ => Command::Withdraw { reason },
        }
    }

    fn scores(&mut self) -> BTreeMap<String, Judgement> {
        let levels = ["excellent", "good", "fair", "poor"];
        ["reputation", "satisfaction"]
            .into_iter()
            .map(|indicator| {
                let sides = if self.chance(3) { 4 } else { 2 };
                let level = levels[self.dice.below(sides)].to_owned();
                let reason = "走访所见".to_owned();
                (indicator.to_owned(), Judgement { level, reason })
            })
            .collect()
    }

    fn step(&mut self) {
        if self.chance(120) {
            let user = self.person();
            self.desk.conflicts.insert(user, Conflict::Declared);
        }
        // Ties are rare; what comes to light in them is to be seen too.
        if self.desk.case.stage == Stage::Tied && self.chance(4) {
            let closed = self.desk.case.ballots.last().unwrap();
            let voter = closed.ballot.cast.keys().next().copied().unwrap();
            self.desk.conflicts.insert(voter, Conflict::Declared);
        }
        if self.chance(25) {
            let days = date::to_days(self.desk.today) + 1 + self.dice.below(20) as i32;
            self.desk.today = date::from_days(days).unwrap();
        }
        let by = By {
            user: self.likely(),
            on_behalf_of: if self.chance(4) { Some(self.person()) } else { None },
        };
        let command = self.command();
        let before = self.desk.case.clone();
        let result = self.desk.act(by, command.clone());
        match &result {
            Ok(events) => self.accepted(&before, &command, by, events),
            Err(refusal) => {
                assert_eq!(before, self.desk.case, "a refusal changes nothing");
                self.count(match refusal {
                    Refusal::WrongStage { .. } => "refused:wrong-stage",
                    other => other.message().code,
                });
            }
        }
        self.sights();
        if self.desk.case.stage.is_final() && self.chance(8) {
            self.again();
        }
        // Nothing hangs for ever: now and then the customer gets a new case.
        if self.chance(150) {
            self.again();
        }
    }

    fn count(&mut self, what: &str) {
        *self.book.seen.entry(what.to_owned()).or_default() += 1;
    }

    fn is_barred(&self, user: UserId) -> bool {
        self.desk.conflicts.contains_key(&user) || self.book.recused.contains(&user)
    }

    /// What somebody did and was let.
    fn accepted(&mut self, before: &Case, command: &Command, by: By, events: &[Event]) {
        // §4.3, §4.4, §4.10: nobody with a conflict does anything, nor does who acts for him.
        let is_run = matches!(command, Command::Rerun(_));
        assert!(
            is_run || !by.people().any(|user| self.is_barred(user)),
            "{command:?} {by:?}"
        );
        // §4.6: what is decided stays.
        if before.stage.is_final() {
            assert!(matches!(command, Command::Dissent { .. }), "{command:?}");
            assert_eq!(before.stage, self.desk.case.stage);
        }
        for event in events {
            self.happened(before, command, by, event, events);
        }
    }

    fn happened(&mut self, before: &Case, command: &Command, by: By, event: &Event, events: &[Event]) {
        match event {
            Event::Proposed { terms, .. } => {
                self.book.makers = vec![by];
                self.book.departs = terms.grade != before.model.grade;
            }
            Event::Declined { .. } => self.book.makers.clear(),
            Event::Seconded(_) => {
                // §4.1: the maker is never the checker.
                assert!(people(self.book.makers[0]).is_disjoint(&people(by)));
                self.book.makers.push(by);
            }
            Event::BallotOpened(ballot) => {
                self.book.votes.clear();
                for elector in ballot.electors.keys() {
                    assert!(!self.is_barred(*elector));
                    assert!(self.desk.roll.members().contains_key(elector));
                }
            }
            Event::Voted { member, cast } => {
                let Command::Vote { vote, .. } = command else {
                    panic!("{command:?}")
                };
                let Stage::Voting(ballot) = &before.stage else {
                    panic!("{:?}", before.stage)
                };
                // One vote per member; one vote per person; §4.1 again.
                for (other, (their, _)) in &self.book.votes {
                    assert_ne!(other, member);
                    assert!(people(*their).is_disjoint(&people(by)));
                }
                if self.book.departs {
                    assert!(people(self.book.makers[0]).is_disjoint(&people(by)));
                }
                assert!(by.people().any(|user| user == *member));
                assert_eq!(cast.said.is_some(), ballot.secrecy == BallotSecrecy::Open);
                self.book.votes.insert(*member, (by, *vote));
                self.count(&format!("vote:{}", vote.name()));
            }
            Event::BallotClosed { outcome, counting, .. } => {
                self.closed(outcome, counting);
                self.count(&format!("outcome:{}", outcome.name()));
            }
            Event::CastingVote { .. } => assert!(by.people().any(|user| Some(user) == self.desk.roll.chair())),
            Event::Recused { .. } => {
                // Never both: a vote that stands, and standing aside.
                let voted = matches!(before.stage, Stage::Voting(_) | Stage::Tied)
                    && self
                        .book
                        .votes
                        .values()
                        .any(|(their, _)| !people(*their).is_disjoint(&people(by)));
                assert!(!voted);
                self.book.recused.insert(by.user);
            }
            Event::Opined(opinion) => {
                let panel = before.panel.as_ref().unwrap();
                assert!(panel.experts.contains_key(&by.user) && !panel.opinions.contains_key(&by.user));
                assert_eq!(opinion.signed.by, by);
            }
            Event::Decided(decision) => {
                self.decided(before, decision, events);
                self.count(&format!("decided:{}", decision.basis.name()));
                self.desk.decisions.push(decision.clone());
                self.desk.since.clear();
                self.book.decided = Some(decision.clone());
            }
            _ => {}
        }
        let name = format!("{event:?}");
        let name = name.split([' ', '(', '{']).next().unwrap().to_owned();
        self.count(&name);
    }

    fn closed(&self, outcome: &Outcome, counting: &BTreeSet<UserId>) {
        let closed = self.desk.case.ballots.last().unwrap();
        let ballot = &closed.ballot;
        // Every accepted vote is in the tally, and nothing else is.
        let count = |vote: Vote| self.book.votes.values().filter(|(_, said)| *said == vote).count() as u32;
        let tally = (count(Vote::For), count(Vote::Against), count(Vote::Abstain));
        assert_eq!((ballot.tally.yes, ballot.tally.no, ballot.tally.abstained), tally);
        assert!(ballot.cast.keys().eq(self.book.votes.keys()));
        // §4.3: nobody with a conflict counts to the quorum.
        assert!(counting.iter().all(|user| !self.is_barred(*user)));
        // §4.7: of a secret ballot nothing tells who said what.
        if ballot.secrecy == BallotSecrecy::Secret {
            assert!(ballot.cast.values().all(|cast| cast.said.is_none()));
        }
        let parts = self
            .book
            .votes
            .iter()
            .flat_map(|(member, (by, _))| by.people().chain([*member]));
        let has_conflict = parts
            .chain(self.book.makers.iter().flat_map(|by| by.people()))
            .any(|user| self.is_barred(user));
        assert_eq!(has_conflict, matches!(outcome, Outcome::Annulled { .. }));
        let terms = self.desk.terms.committee.as_ref().unwrap();
        if *outcome == Outcome::Adopted {
            let (yes, no, _) = tally;
            let all = match terms.of {
                MajorityOf::Votes => yes + no,
                MajorityOf::Present => counting.len() as u32,
                MajorityOf::Seats => 4,
            };
            assert!(yes > no && 3 * yes >= 2 * all && counting.len() as u32 >= terms.quorum);
        }
    }

    fn decided(&self, before: &Case, decision: &Decision, events: &[Event]) {
        assert!(decision.effective >= self.desk.today);
        assert_eq!(decision.departure.is_some(), decision.grade != decision.model.grade);
        assert_eq!(decision.model, before.model);
        // §4.4: nobody with a conflict has had a hand in it.
        if !matches!(decision.basis, Basis::FastLane) {
            assert!(
                self.book
                    .makers
                    .iter()
                    .flat_map(|by| by.people())
                    .all(|user| !self.is_barred(user))
            );
        }
        let two = |makers: &[By]| makers.len() == 2 && people(makers[0]).is_disjoint(&people(makers[1]));
        let rules = self.desk.terms.overriding.as_ref().unwrap();
        match decision.basis {
            Basis::FastLane => assert!(decision.departure.is_none() && !before.occasion.needs_people()),
            Basis::TwoPeople => assert!(two(&self.book.makers) && before.ballots.is_empty()),
            Basis::Emergency => {
                // §4.9: two people, a reason, an end, and a review.
                assert!(two(&self.book.makers));
                let departure = decision.departure.as_ref().unwrap();
                assert!(!departure.reason.trim().is_empty());
                assert!(departure.until < period("30 days").after(decision.effective));
                assert!(events.contains(&Event::ReviewCalled { by: departure.until }));
            }
            Basis::Committee { .. } => {
                let voters = self.book.votes.len();
                assert!(
                    voters >= 1
                        && self
                            .book
                            .votes
                            .values()
                            .all(|(by, _)| by.people().all(|user| !self.is_barred(user)))
                );
                if decision.departure.is_some() {
                    assert!(!rules.second_person || two(&self.book.makers));
                }
            }
        }
        if let (Some(departure), Some(from), Some(to)) = (&decision.departure, decision.model.grade, decision.grade) {
            let is_free = decision.basis == Basis::Emergency && from.is_better(to);
            assert!(is_free || from.notches(to) <= rules.notches);
            // Moved behind a cool-down, it may end before it begins; then the model grade holds from the first day.
            let longest = period("6 months").after(decision.effective);
            assert!(departure.until < longest);
            assert!(in_force(std::slice::from_ref(decision), longest).unwrap().grade == decision.model.grade);
        }
    }

    /// What people see at this moment.
    fn sights(&mut self) {
        let by = By {
            user: self.person(),
            on_behalf_of: if self.chance(4) { Some(self.person()) } else { None },
        };
        let barred = by.people().any(|user| self.is_barred(user));
        let case = &self.desk.case;
        self.desk.look(|around| {
            let (seen, said) = (ballots(case, around, by), opinions(case, around, by));
            assert_eq!((seen.is_err(), said.is_err()), (barred, barred));
            for view in seen.into_iter().flatten() {
                let is_open = view.outcome.is_none();
                assert!(!is_open || (view.votes.is_none() && view.tally.is_none()));
            }
            if let (Stage::Judging, Some(panel)) = (&case.stage, &case.panel) {
                let round = if panel.before.is_some() { 2 } else { 1 };
                let mut others = said.into_iter().flatten();
                assert!(!others.any(|view| view.round == round && view.expert != by.user));
            }
        });
    }
}

/// How many steps: few with each commit, 100,000 for a release.
#[expect(clippy::disallowed_methods, reason = "how long a test goes on is said from outside")]
fn steps() -> usize {
    let wanted = std::env::var("PINJI_STEPS").ok().and_then(|text| text.parse().ok());
    wanted.unwrap_or(20_000)
}

#[test]
fn no_rule_of_separation_is_ever_broken() {
    let mut machine = Machine::new(20_261_130);
    for _ in 0..steps() {
        machine.step();
    }
    // It has been everywhere: a machine that reaches nothing breaks nothing.
    let ways = [
        "decided:fast_lane",
        "decided:committee",
        "decided:two_people",
        "decided:emergency",
        "outcome:adopted",
        "outcome:rejected",
        "outcome:tied",
        "outcome:no_quorum",
        "outcome:annulled",
        "vote:for",
        "vote:against",
        "vote:abstain",
        "CastingVote",
        "TieEnded",
        "SentBack",
        "Reconciled",
        "Counted",
        "Dissented",
        "Recused",
        "Rerun",
        "Withdrawn",
        "ReviewCalled",
        "case-own-proposal",
        "case-already-voted",
        "case-conflict",
        "case-recused",
        "case-maker-conflicted",
        "case-cooling-down",
        "case-must-be-annulled",
    ];
    for way in ways {
        assert!(machine.book.seen.contains_key(way), "{way} in {:?}", machine.book.seen);
    }
}

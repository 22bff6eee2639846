//! What was known when: random histories against a list of events that is read from end to end.

use std::collections::BTreeMap;

use pinji_domain::ids::{CustomerId, SubmissionId};
use pinji_domain::{Date, Timestamp};
use pinji_store::{Known, RecordCursor, RecordsOf, Store};

use crate::support::{Die, brought, entry, on_each, populated, row};

const HISTORIES: usize = 320;
const KINDS: [&str; 2] = ["statement", "ledger"];

/// Something that happened to a record: a submission said this of it, or took it away.
struct Event {
    at: Timestamp,
    submission: SubmissionId,
    kind: &'static str,
    customer: CustomerId,
    /// The key, or the submission and row of a ledger.
    record: String,
    period: Option<Date>,
    says: Option<String>,
}

#[derive(Default)]
struct Reference {
    events: Vec<Event>,
    undone: BTreeMap<SubmissionId, Timestamp>,
}

/// Kind, customer and record.
type Place<'a> = (&'a str, CustomerId, String);
/// Content, where it came from, and the period.
type Held = (String, SubmissionId, Option<Date>);

impl Reference {
    /// The latest event of each record until `known`, of submissions not undone until then.
    fn known(&self, known: Timestamp) -> BTreeMap<Place<'_>, Held> {
        let mut state = BTreeMap::new();
        for event in &self.events {
            let undone = self.undone.get(&event.submission).is_some_and(|at| *at <= known);
            if event.at > known || undone {
                continue;
            }
            let place = (event.kind, event.customer, event.record.clone());
            match &event.says {
                Some(says) => state.insert(place, (says.clone(), event.submission, event.period)),
                None => state.remove(&place),
            };
        }
        state
    }
}

#[test]
fn random_histories_are_told_as_they_were() {
    on_each(|place, store| async move {
        let (ann, _, customers) = populated(&store, HISTORIES * 3).await;
        let mut now = Timestamp(1_800_000_000_000_000);
        let (mut changes, mut undos, mut looks) = (0, 0, 0);
        for seed in 0..HISTORIES {
            let mut die = Die::new(seed as u64 + 7);
            let own = &customers[seed * 3..seed * 3 + 3];
            let mut reference = Reference::default();
            let mut instants = Vec::new();
            let mut submissions = Vec::new();
            for step in 0..4 + die.throw(6) {
                // Sometimes the clock stands still, sometimes it goes back.
                now = Timestamp(now.0 + [1_000_000, 0, -5_000_000][die.throw(3)]);
                let change = store.change(now).await.unwrap();
                let at = change.at();
                if die.throw(4) == 0 && !submissions.is_empty() {
                    let submission = submissions.remove(die.throw(submissions.len()));
                    change.undo_records(submission).await.unwrap();
                    let version = change.submission(submission).await.unwrap().unwrap().version;
                    change.undo(submission, version, ann).await.unwrap();
                    reference.undone.insert(submission, at);
                    undos += 1;
                } else {
                    let kind = KINDS[die.throw(2)];
                    let mut rows = Vec::new();
                    for customer in own {
                        for key in ["2024", "2025"] {
                            if die.throw(2) == 0 {
                                continue;
                            }
                            let key = if kind == "ledger" { "" } else { key };
                            let takes_back = kind == "statement" && die.throw(5) == 0;
                            let says = format!("{{\"n\":{seed}{step}{}}}", rows.len());
                            let number = rows.len() as i64 + 1;
                            let mut one = row(*customer, key, number, (!takes_back).then_some(says.as_str()));
                            one.period = Date::from_ymd_opt(2020 + die.throw(6) as i32, 12, 31);
                            rows.push(one);
                        }
                    }
                    let copies = rows.clone();
                    let submission = brought(&change, kind, ann, rows).await;
                    for one in copies {
                        let record = if kind == "ledger" {
                            format!("{submission}/{}", one.row)
                        } else {
                            one.key
                        };
                        reference.events.push(Event {
                            at,
                            submission,
                            kind,
                            customer: one.customer,
                            record,
                            period: one.period,
                            says: one.content,
                        });
                    }
                    submissions.push(submission);
                }
                change.commit(entry).await.unwrap();
                instants.push(at);
                changes += 1;
            }
            for instant in instants {
                for known in [Timestamp(instant.0 - 1), instant] {
                    look(&store, &reference, own, Known::At(known), known, &mut die, place).await;
                    looks += 1;
                }
            }
            look(
                &store,
                &reference,
                own,
                Known::Now,
                Timestamp(i64::MAX),
                &mut die,
                place,
            )
            .await;
        }
        assert!(undos > HISTORIES / 2);
        println!(
            "{}: {HISTORIES} histories, {changes} changes, {undos} of them undos, {looks} looks",
            place
        );
    });
}

/// Compares one customer's page, and a freeze of one kind, with the reference.
async fn look(
    store: &Store,
    reference: &Reference,
    own: &[CustomerId],
    known: Known,
    until: Timestamp,
    die: &mut Die,
    place: &str,
) {
    let expected = reference.known(until);
    let customer = own[die.throw(own.len())];
    let as_of = [None, Date::from_ymd_opt(2023, 6, 30)][die.throw(2)];
    let of = RecordsOf {
        customer,
        kinds: &[],
        known,
        as_of,
        each: 100,
    };
    let mut found = BTreeMap::new();
    for record in store.records_of(&of).await.unwrap() {
        let name = name(&record.kind, record.submission, record.row, &record.key);
        let again = found.insert(
            (record.kind.clone(), name),
            (record.content, record.submission, record.period),
        );
        assert!(again.is_none(), "a record has one version at a time");
    }
    let wanted: BTreeMap<_, _> = expected
        .iter()
        .filter(|((_, of, _), (.., period))| *of == customer && as_of.is_none_or(|day| period.is_none_or(|p| p <= day)))
        .map(|((kind, _, record), said)| (((*kind).to_owned(), record.clone()), said.clone()))
        .collect();
    assert_eq!(found, wanted, "{place}: {customer} {known:?} {as_of:?}");

    let kind = KINDS[die.throw(2)];
    let mut after = RecordCursor {
        customer: CustomerId(own[0].0 - 1),
        key: String::from("\u{10FFFF}"),
        line: i64::MAX,
    };
    let mut frozen = Vec::new();
    'pages: loop {
        let page = store.freeze(kind, known, &after, 2).await.unwrap();
        for record in page.records() {
            if record.customer > own[2] {
                break 'pages;
            }
            let key = record.key.to_owned();
            frozen.push((record.customer, key, record.content.to_owned(), record.period));
        }
        let Some(next) = page.next() else { break };
        after = next.clone();
    }
    // Rows of a ledger have no key, and come in the order in which they were brought.
    let mut wanted: Vec<_> = expected
        .into_iter()
        .filter(|((of, ..), _)| *of == kind)
        .map(|((_, customer, record), (content, _, period))| {
            let key = if kind == "ledger" { String::new() } else { record };
            (customer, key, content, period)
        })
        .collect();
    frozen.sort();
    wanted.sort();
    assert_eq!(frozen, wanted, "{place}: {kind} {known:?}");
}

fn name(kind: &str, submission: SubmissionId, row: i64, key: &str) -> String {
    if kind == "ledger" {
        format!("{submission}/{row}")
    } else {
        key.to_owned()
    }
}

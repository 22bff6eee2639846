//! What holds of every submission: seeded random ones, the same every time.

use std::collections::BTreeSet;

use pinji_domain::Channel;
use pinji_domain::ids::UserId;
use pinji_workflow::compare::{Blank, Brought, Sent, compare};
use pinji_workflow::submission::{changes, reversed};
use pinji_workflow::suspect::{Others, rows_of, suspect};
use pinji_workflow::{
    Audit, By, Command, Comparison, ContentHash, Event, Judgement, Known, Line, Part, State, Submission, Values,
    Verdict, Version, decide,
};
use serde_json::{Value, json};

use crate::book::{Dice, NOW, Register, apply, day, kind, values};

const KINDS: [&str; 4] = ["customer", "financial_statement", "service_record", "transaction"];

/// A row of few customers, so that rows meet.
fn row(dice: &mut Dice, id: &str) -> Values {
    let customer = format!("C{}", dice.below(6));
    let number = |dice: &mut Dice| [1, 5, 10, 100, 1_000_000][dice.below(5)] * (dice.below(3) as i64 - 1);
    let one_of = |dice: &mut Dice, words: &[&str]| words[dice.below(words.len())].to_owned();
    let mut row = match id {
        "customer" => {
            json!({ "id": customer, "name": one_of(dice, &["甲", "乙"]), "uscc": one_of(dice, &["X1", "X2", "X3"]) })
        }
        "transaction" => json!({ "customer": customer, "traded_on": "2026-01-05", "amount": dice.below(3) }),
        _ => {
            let ends = ["2025-12-31", "2026-01-31", "2026-02-28"];
            json!({ "customer": customer, "period_end": one_of(dice, &ends) })
        }
    };
    if id == "financial_statement" {
        row["period_type"] = json!(one_of(dice, &["annual", "month"]));
    }
    for field in [
        "employees",
        "revenue",
        "total_assets",
        "equity",
        "orders",
        "returns",
        "quantity",
    ] {
        if kind(id).field(field).is_some() && dice.below(2) == 0 {
            row[field] = json!(number(dice));
        }
    }
    values(row)
}

fn sheet(dice: &mut Dice, id: &str, rows: usize) -> Vec<Values> {
    (0..rows).map(|_| row(dice, id)).collect()
}

fn known_of(register: &Register) -> Known {
    Known::new(register.iter().map(|((_, key, _), values)| Version {
        key: key.clone(),
        is_current: true,
        values: values.clone(),
    }))
}

/// Compares rows that stand in this order.
fn held(id: &str, rows: &[(u32, &Values)], known: &Known) -> Comparison {
    let sent: Vec<Sent<'_>> = rows
        .iter()
        .map(|(row, values)| Sent {
            row: *row,
            values,
            is_bad: row % 11 == 0,
        })
        .collect();
    let fields: Vec<&str> = kind(id).fields.iter().map(|field| field.id.as_str()).collect();
    let blank = Blank::Keeps;
    compare(kind(id), &sent, Brought { fields: &fields, blank }, known)
}

/// A world: a register, and what has been done to it.
struct World {
    dice: Dice,
    id: &'static str,
    register: Register,
    row: u32,
}

impl World {
    /// Sends a sheet and lets it be judged at random; gives what was there before and what was changed.
    fn step(&mut self) -> (Register, Vec<pinji_workflow::Change>) {
        let rows = sheet(&mut self.dice, self.id, 12);
        let first = self.row;
        self.row += rows.len() as u32;
        let numbered: Vec<(u32, &Values)> = (first..).zip(&rows).collect();
        let comparison = held(self.id, &numbered, &known_of(&self.register));
        let parts = [Part {
            kind: kind(self.id),
            rows: &comparison.rows,
        }];
        let submission = Submission {
            channel: Channel::Workbook,
            collector: By::user(UserId(1)),
            content: ContentHash::of(rows.iter().map(|row| (kind(self.id), row))),
            parts: &parts,
            suspicious: &BTreeSet::new(),
            state: crate::book::submitted(),
            used_by: None,
            overtaken_by: None,
        };
        let mut audit = Audit::whole(Judgement::Accept);
        for row in comparison.rows.iter().filter(|row| !row.is_bad()) {
            if self.dice.below(3) == 0 {
                audit.rows.insert(row.row, word(&mut self.dice));
            }
            for difference in &row.differences {
                if self.dice.below(6) == 0 {
                    audit
                        .fields
                        .insert((row.row, difference.field.clone()), word(&mut self.dice));
                }
            }
        }
        let lines = match decide(&submission, Command::Audit(audit), By::user(UserId(3)), NOW) {
            Ok(events) => lines(&events),
            Err(refusal) => {
                assert_eq!(refusal.message().code, "workflow-required-field-alone");
                Vec::new()
            }
        };
        let made = changes(&submission, &lines);
        let before = self.register.clone();
        apply(&mut self.register, kind(self.id), &made);
        (before, made)
    }
}

fn word(dice: &mut Dice) -> Judgement {
    let reason = "原因".to_owned();
    match dice.below(3) {
        0 => Judgement::Accept,
        1 => Judgement::Refuse { reason },
        _ => Judgement::Return { reason },
    }
}

fn lines(events: &[Event]) -> Vec<Line> {
    match &events[0] {
        Event::Audited { lines, .. } | Event::Returned { lines, .. } => lines.clone(),
        other => panic!("{other:?}"),
    }
}

fn worlds() -> impl Iterator<Item = World> {
    KINDS.into_iter().flat_map(|id| {
        (0..25).map(move |seed| World {
            dice: Dice(1_000 + seed),
            id,
            register: Register::new(),
            row: 1,
        })
    })
}

#[test]
fn undo_restores() {
    let mut undone = 0;
    for mut world in worlds() {
        for _ in 0..6 {
            let (before, made) = world.step();
            if world.dice.below(2) == 0 {
                apply(&mut world.register, kind(world.id), &reversed(&made));
                assert_eq!(world.register, before);
                undone += 1;
            }
        }
    }
    assert!(undone > 200);
}

#[test]
fn what_is_known_compared_with_itself_is_all_the_same() {
    let mut seen = 0;
    for mut world in worlds().filter(|world| world.id != "transaction") {
        for _ in 0..8 {
            world.step();
        }
        let rows: Vec<Values> = world.register.values().cloned().collect();
        let numbered: Vec<(u32, &Values)> = (1..).filter(|row| row % 11 != 0).zip(&rows).collect();
        let again = held(world.id, &numbered, &known_of(&world.register));
        seen += again.rows.len();
        assert!(
            again.rows.iter().all(|row| row.verdict == Verdict::Same),
            "{:?}",
            again.counts
        );
        let nothing = suspect(
            kind(world.id),
            &again.rows,
            &known_of(&world.register),
            day("2026-07-01"),
            &Others::NOBODY,
        );
        assert_eq!(nothing, Vec::new());
    }
    assert!(seen > 300, "{seen}");
}

#[test]
fn the_order_of_rows_does_not_matter() {
    for mut world in worlds() {
        for _ in 0..3 {
            world.step();
        }
        let rows = sheet(&mut world.dice, world.id, 30);
        let known = known_of(&world.register);
        let mut numbered: Vec<(u32, &Values)> = (1..).zip(&rows).collect();
        let first = held(world.id, &numbered, &known);
        let kind = kind(world.id);
        let doubts = suspect(kind, &first.rows, &known, day("2026-01-15"), &Others::NOBODY);
        let hash = ContentHash::of(numbered.iter().map(|(_, row)| (kind, *row)));
        for _ in 0..3 {
            world.dice.shuffle(&mut numbered);
            let again = held(world.id, &numbered, &known);
            assert_eq!(again, first);
            let mut shuffled = again.rows.clone();
            world.dice.shuffle(&mut shuffled);
            assert_eq!(
                suspect(kind, &shuffled, &known, day("2026-01-15"), &Others::NOBODY),
                doubts
            );
            assert_eq!(ContentHash::of(numbered.iter().map(|(_, row)| (kind, *row))), hash);
        }
        let counts = first.counts;
        assert_eq!(
            counts.new + counts.changed + counts.same + counts.bad,
            30,
            "each row comes out once"
        );
        assert!(rows_of(&doubts).iter().all(|row| (1..=30).contains(row)));
    }
}

/// Random people do random things; whatever happens, nobody audits his own work, and what is over stays over.
#[test]
fn separation_of_duties_holds_on_random_walks() {
    let mut dice = Dice(99);
    let mut audits = 0;
    let rows = [
        json!({ "customer": "C1", "period_end": "2026-01-31", "orders": 5 }),
        json!({ "customer": "C2", "period_end": "2026-01-31", "orders": 7 }),
    ];
    for _ in 0..3_000 {
        let mut whole = crate::book::Whole::new("service_record", &rows, &[]);
        whole.channel = Channel::ALL[dice.below(5)];
        let mut state = State::Draft;
        let person = |dice: &mut Dice| By {
            user: UserId(1 + dice.below(4) as i64),
            on_behalf_of: (dice.below(4) == 0).then(|| UserId(1 + dice.below(4) as i64)),
        };
        let collector = person(&mut dice);
        for _ in 0..8 {
            let by = person(&mut dice);
            let reason = "原因".to_owned();
            let command = match dice.below(6) {
                0 => Command::Withdraw { reason },
                1 => Command::AcceptByRule,
                2 | 3 => Command::Audit(Audit::whole(word(&mut dice))),
                4 => Command::Undo { reason },
                _ => Command::Confirm { leaving_out: 0 },
            };
            let events = whole.at(state.clone(), |submission| {
                let submission = Submission {
                    collector,
                    ..submission.clone()
                };
                decide(&submission, command, by, NOW)
            });
            let Ok(events) = events else { continue };
            assert!(!state.is_final(), "{state:?} {events:?}");
            if let (
                State::Submitted { confirmed, .. },
                Event::Audited { signed, .. } | Event::Returned { signed, .. },
            ) = (&state, &events[0])
            {
                assert!(!collector.meets(signed.by) && !confirmed.by.meets(signed.by));
                audits += 1;
            }
            let moved = events.iter().fold(state.clone(), State::after);
            assert_ne!(moved, state, "an event moves it");
            state = moved;
        }
    }
    assert!(audits > 200, "{audits}");
    // And the values that travel are what they were.
    assert_eq!(Value::from(5), rows[0]["orders"]);
}

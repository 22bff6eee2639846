//! What an auditor says, and what becomes of the rows.

use pinji_domain::Channel;
use pinji_workflow::submission::{changes, reversed};
use pinji_workflow::{Audit, Command, Event, Judgement, Line, Outcome, Refusal, State, decide};
use serde_json::{Value, json};

use crate::book::{AUDITOR, NOW, Register, Whole, apply, submitted};

/// Rows 1 new, 2 changed in two fields, 3 same, 4 bad.
fn whole() -> Whole {
    Whole::new(
        "customer",
        &[
            json!({ "id": "C1", "name": "甲", "region": "华东" }),
            json!({ "id": "C2", "name": "乙公司", "employees": 90 }),
            json!({ "id": "C3", "name": "丙" }),
            json!({ "id": "C4", "bad": true }),
        ],
        &[
            json!({ "id": "C2", "name": "乙", "employees": 80, "city": "厦门" }),
            json!({ "id": "C3", "name": "丙" }),
        ],
    )
}

fn judgement(word: &str) -> Judgement {
    match word {
        "accept" => Judgement::Accept,
        "refuse" => Judgement::Refuse {
            reason: "来源不明".to_owned(),
        },
        "return" => Judgement::Return {
            reason: "请补依据".to_owned(),
        },
        "silent" => Judgement::Refuse { reason: String::new() },
        other => panic!("{other}"),
    }
}

/// `*=accept 2=refuse 2.name=return`
fn audit(text: &str) -> Audit {
    let mut audit = Audit::default();
    for part in text.split_whitespace() {
        let (place, word) = part.split_once('=').unwrap();
        match (place, place.split_once('.')) {
            ("*", _) => audit.rest = Some(judgement(word)),
            (_, Some((row, field))) => {
                audit
                    .fields
                    .insert((row.parse().unwrap(), field.to_owned()), judgement(word));
            }
            (row, None) => {
                audit.rows.insert(row.parse().unwrap(), judgement(word));
            }
        }
    }
    audit
}

fn decided(whole: &Whole, state: State, text: &str) -> Result<(&'static str, Vec<Line>), Refusal> {
    let command = Command::Audit(audit(text));
    let events = whole.at(state, |submission| decide(submission, command, AUDITOR, NOW))?;
    Ok(match events.into_iter().next().unwrap() {
        Event::Audited { lines, .. } => ("audited", lines),
        Event::Returned { lines, .. } => ("returned", lines),
        other => panic!("{other:?}"),
    })
}

fn told((state, lines): (&str, Vec<Line>)) -> String {
    let lines = lines.iter().map(|line| match &line.outcome {
        Outcome::Accepted { kept_out } if kept_out.is_empty() => format!("{} accepted", line.row),
        Outcome::Accepted { kept_out } => {
            let fields: Vec<&str> = kept_out.iter().map(|(field, _)| field.as_str()).collect();
            format!("{} accepted but {}", line.row, fields.join(" "))
        }
        Outcome::Refused { .. } => format!("{} refused", line.row),
        Outcome::Returned { .. } => format!("{} returned", line.row),
        Outcome::LeftOut => format!("{} left out", line.row),
    });
    format!("{state}: {}", lines.collect::<Vec<_>>().join(", "))
}

#[test]
fn the_most_specific_word_counts() {
    let whole = whole();
    let check = |text: &str, expected: &str| {
        assert_eq!(told(decided(&whole, submitted(), text).unwrap()), expected, "{text}");
    };
    check("*=accept", "audited: 1 accepted, 2 accepted, 3 accepted, 4 left out");
    check("*=refuse", "audited: 1 refused, 2 refused, 3 refused, 4 left out");
    check("*=return", "returned: 1 returned, 2 returned, 3 returned, 4 left out");
    check(
        "*=return 3=accept",
        "audited: 1 returned, 2 returned, 3 accepted, 4 left out",
    );
    check(
        "1=accept 2=refuse 3=return",
        "audited: 1 accepted, 2 refused, 3 returned, 4 left out",
    );
    check(
        "*=accept 2.name=refuse",
        "audited: 1 accepted, 2 accepted but name, 3 accepted, 4 left out",
    );
    check(
        "*=refuse 2.name=accept",
        "audited: 1 refused, 2 accepted but employees, 3 refused, 4 left out",
    );
    check(
        "*=accept 2.name=refuse 2.employees=return",
        "audited: 1 accepted, 2 returned, 3 accepted, 4 left out",
    );
    check(
        "*=accept 2.name=refuse 2.employees=refuse",
        "audited: 1 accepted, 2 refused, 3 accepted, 4 left out",
    );
    // Every field has its own word: nothing is said of the row itself, and nothing is missing.
    check(
        "1=accept 3=accept 2.name=accept 2.employees=refuse",
        "audited: 1 accepted, 2 accepted but employees, 3 accepted, 4 left out",
    );
    check(
        "*=accept 1.region=refuse",
        "audited: 1 accepted but region, 2 accepted, 3 accepted, 4 left out",
    );
    check(
        "*=accept 4=refuse",
        "audited: 1 accepted, 2 accepted, 3 accepted, 4 left out",
    );
}

#[test]
fn what_cannot_be_said_is_refused() {
    let whole = whole();
    let check = |text: &str, expected: Refusal| {
        assert_eq!(decided(&whole, submitted(), text), Err(expected), "{text}");
    };
    let name = || "name".to_owned();
    check("1=accept", Refusal::Unjudged { rows: 2, first: 2 });
    check("", Refusal::Unjudged { rows: 3, first: 1 });
    check(
        "1=accept 3=accept 2.name=accept",
        Refusal::Unjudged { rows: 1, first: 2 },
    );
    check("*=accept 9=refuse", Refusal::NoSuchRow { row: 9 });
    check("*=accept 9.name=refuse", Refusal::NoSuchRow { row: 9 });
    check("*=accept 4=accept", Refusal::BadRowAccepted { row: 4 });
    check(
        "*=accept 3.name=refuse",
        Refusal::FieldNotChanged { row: 3, field: name() },
    );
    check(
        "*=accept 2.city=refuse",
        Refusal::FieldNotChanged {
            row: 2,
            field: "city".to_owned(),
        },
    );
    // Without its number a new customer is none.
    check(
        "*=accept 1.id=refuse",
        Refusal::RequiredFieldAlone {
            row: 1,
            field: "id".to_owned(),
        },
    );
    check(
        "*=refuse 1.name=accept",
        Refusal::RequiredFieldAlone {
            row: 1,
            field: "id".to_owned(),
        },
    );
    check("*=silent", Refusal::ReasonMissing { row: None, field: None });
    check(
        "*=accept 2=silent",
        Refusal::ReasonMissing {
            row: Some(2),
            field: None,
        },
    );
    check(
        "*=accept 2.name=silent",
        Refusal::ReasonMissing {
            row: Some(2),
            field: Some(name()),
        },
    );
}

#[test]
fn the_date_and_the_key_of_a_new_record_are_needed_too() {
    let contract = json!({ "customer": "C1", "contract_no": "H1", "signed_on": "2026-01-05", "amount": 5 });
    let whole = Whole::new("contract", &[contract], &[]);
    for field in ["customer", "contract_no", "signed_on"] {
        let result = decided(&whole, submitted(), &format!("*=accept 1.{field}=refuse"));
        let field = field.to_owned();
        assert_eq!(result, Err(Refusal::RequiredFieldAlone { row: 1, field }));
    }
    assert!(decided(&whole, submitted(), "*=accept 1.amount=refuse").is_ok());
}

/// What the register holds of the customers after an audit, and that undoing it puts everything back.
#[test]
fn only_what_is_accepted_enters_and_undoing_restores() {
    let whole = whole();
    let mut register = Register::new();
    for row in whole.comparison.rows.iter() {
        if let (Some(before), Some(key)) = (&row.before, &row.key) {
            register.insert(("customer".to_owned(), key.clone(), 0), before.clone());
        }
    }
    let check = |text: &str, expected: &[Value]| {
        let (_, lines) = decided(&whole, submitted(), text).unwrap();
        let made = whole.at(submitted(), |submission| changes(submission, &lines));
        let mut after = register.clone();
        apply(&mut after, whole.kind, &made);
        let held: Vec<Value> = after.values().map(|values| Value::Object(values.clone())).collect();
        assert_eq!(held, expected, "{text}");
        apply(&mut after, whole.kind, &reversed(&made));
        assert_eq!(after, register, "{text} undone");
    };
    let first = json!({ "id": "C1", "name": "甲", "region": "华东" });
    let second =
        |name: &str, employees: i64| json!({ "id": "C2", "name": name, "employees": employees, "city": "厦门" });
    let third = json!({ "id": "C3", "name": "丙" });
    check("*=accept", &[first.clone(), second("乙公司", 90), third.clone()]);
    check("*=refuse", &[second("乙", 80), third.clone()]);
    check("*=accept 2.name=refuse", &[first, second("乙", 90), third.clone()]);
    check(
        "*=accept 1.region=return 2=refuse",
        &[json!({ "id": "C1", "name": "甲" }), second("乙", 80), third],
    );
}

#[test]
fn a_trusted_feed_is_accepted_but_for_what_an_auditor_should_see() {
    let row =
        |number: usize| json!({ "customer": format!("C{number:03}"), "period_end": "2026-01-31", "orders": number });
    let mut rows: Vec<Value> = (0..200).map(row).collect();
    rows[7]["bad"] = json!(true);
    let mut whole = Whole::new("service_record", &rows, &[]);
    whole.channel = Channel::Crm;
    whole.suspicious = [3, 50].into();
    let decide_rule = |whole: &Whole| {
        whole.at(submitted(), |submission| {
            decide(submission, Command::AcceptByRule, AUDITOR, NOW)
        })
    };
    let events = decide_rule(&whole).unwrap();
    assert_eq!(decide_rule(&whole).unwrap(), events, "the draw is the same every time");
    let Event::AcceptedByRule {
        lines, drawn, waiting, ..
    } = events[0].clone()
    else {
        panic!("{events:?}")
    };
    assert!(!drawn.is_empty() && drawn.len() < 30, "{drawn:?}");
    assert!(waiting.is_superset(&drawn) && waiting.contains(&3) && waiting.contains(&50));
    assert_eq!(
        lines.len() + waiting.len(),
        199,
        "each row is accepted or waits, but for the bad one"
    );
    assert!(lines.iter().all(|line| !waiting.contains(&line.row) && line.row != 8));
    // The auditor judges the rest, and nothing but the rest.
    let state = submitted().after(&events[0]);
    let accepted = lines[0].row;
    assert_eq!(
        decided(&whole, state.clone(), &format!("*=accept {accepted}=refuse")),
        Err(Refusal::NotWaiting { row: accepted })
    );
    let (word, judged) = decided(&whole, state.clone(), "*=accept 3=refuse").unwrap();
    assert_eq!(word, "audited");
    assert_eq!(judged.len(), waiting.len() + 1);
    let (word, _) = decided(&whole, state, "*=return").unwrap();
    assert_eq!(
        word, "audited",
        "part of it is in the register: it cannot be returned as a whole"
    );
}

#[test]
fn people_are_not_trusted_by_rule() {
    let row = json!({ "customer": "C1", "period_end": "2026-01-31", "orders": 5 });
    let check = |id: &str, row: &Value, channel: Channel, expected: Option<Refusal>| {
        let mut whole = Whole::new(id, std::slice::from_ref(row), &[]);
        whole.channel = channel;
        let result = whole.at(submitted(), |submission| {
            decide(submission, Command::AcceptByRule, AUDITOR, NOW)
        });
        assert_eq!(result.err(), expected, "{id} {channel:?}");
    };
    check("service_record", &row, Channel::Crm, None);
    for channel in [Channel::Form, Channel::Workbook, Channel::Api, Channel::Folder] {
        check("service_record", &row, channel, Some(Refusal::NotTrusted { channel }));
    }
    let customer = json!({ "id": "C1" });
    let channel = Channel::Crm;
    check("customer", &customer, channel, Some(Refusal::NotTrusted { channel }));
}

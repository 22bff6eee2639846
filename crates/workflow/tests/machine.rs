//! Every state × every command × every person.

use pinji_domain::ids::{RunId, SubmissionId};
use pinji_workflow::submission::Ruled;
use pinji_workflow::{Audit, By, Command, Event, Judgement, Refusal, State, decide};
use serde_json::json;

use crate::book::{AUDITOR, COLLECTOR, CONFIRMER, NOW, Whole, acting, person, signed, submitted};

const TABLE: &str = "
state     | command        | collector       confirmer       auditor         acting for collector   auditor acting for confirmer
draft     | confirm        | confirmed       confirmed       confirmed       confirmed              confirmed
draft     | withdraw       | withdrawn       not-the-maker   not-the-maker   withdrawn              not-the-maker
draft     | accept-by-rule | wrong-state     wrong-state     wrong-state     wrong-state            wrong-state
draft     | audit          | wrong-state     wrong-state     wrong-state     wrong-state            wrong-state
draft     | undo           | wrong-state     wrong-state     wrong-state     wrong-state            wrong-state
submitted | confirm        | wrong-state     wrong-state     wrong-state     wrong-state            wrong-state
submitted | withdraw       | withdrawn       withdrawn       not-the-maker   withdrawn              withdrawn
submitted | accept-by-rule | by-rule         by-rule         by-rule         by-rule                by-rule
submitted | audit          | own-work        own-work        audited         own-work               own-work
submitted | undo           | wrong-state     wrong-state     wrong-state     wrong-state            wrong-state
ruled     | confirm        | wrong-state     wrong-state     wrong-state     wrong-state            wrong-state
ruled     | withdraw       | partly-accepted partly-accepted not-the-maker   partly-accepted        partly-accepted
ruled     | accept-by-rule | already-ruled   already-ruled   already-ruled   already-ruled          already-ruled
ruled     | audit          | own-work        own-work        audited         own-work               own-work
ruled     | undo           | wrong-state     wrong-state     wrong-state     wrong-state            wrong-state
audited   | confirm        | wrong-state     wrong-state     wrong-state     wrong-state            wrong-state
audited   | withdraw       | wrong-state     wrong-state     wrong-state     wrong-state            wrong-state
audited   | accept-by-rule | wrong-state     wrong-state     wrong-state     wrong-state            wrong-state
audited   | audit          | wrong-state     wrong-state     wrong-state     wrong-state            wrong-state
audited   | undo           | undone          undone          undone          undone                 undone
used      | undo           | used-by-run     used-by-run     used-by-run     used-by-run            used-by-run
overtaken | undo           | overtaken       overtaken       overtaken       overtaken              overtaken
withdrawn | any            | wrong-state     wrong-state     wrong-state     wrong-state            wrong-state
returned  | any            | wrong-state     wrong-state     wrong-state     wrong-state            wrong-state
undone    | any            | wrong-state     wrong-state     wrong-state     wrong-state            wrong-state
";

fn people() -> [By; 5] {
    [COLLECTOR, CONFIRMER, AUDITOR, acting(4, 1), acting(3, 2)]
}

fn state(name: &str) -> State {
    match name {
        "draft" => State::Draft,
        "submitted" => submitted(),
        "ruled" => State::Submitted {
            confirmed: signed(CONFIRMER),
            ruled: Some(Ruled {
                at: NOW,
                waiting: [1].into(),
            }),
        },
        "audited" | "used" | "overtaken" => State::Audited {
            confirmed: signed(CONFIRMER),
            audited: signed(AUDITOR),
        },
        "withdrawn" => State::Withdrawn(signed(COLLECTOR)),
        "returned" => State::Returned {
            confirmed: signed(CONFIRMER),
            returned: signed(AUDITOR),
        },
        "undone" => State::Undone {
            audited: signed(AUDITOR),
            undone: signed(COLLECTOR),
        },
        other => panic!("{other}"),
    }
}

fn commands() -> [Command; 5] {
    [
        Command::Confirm { leaving_out: 0 },
        Command::Withdraw {
            reason: "弄错了".to_owned(),
        },
        Command::AcceptByRule,
        Command::Audit(Audit::whole(Judgement::Accept)),
        Command::Undo {
            reason: "弄错了".to_owned(),
        },
    ]
}

fn word(result: &Result<Vec<Event>, Refusal>) -> &'static str {
    match result {
        Ok(events) => match &events[0] {
            Event::Confirmed { .. } => "confirmed",
            Event::Withdrawn { .. } => "withdrawn",
            Event::AcceptedByRule { .. } => "by-rule",
            Event::Audited { .. } => "audited",
            Event::Returned { .. } => "returned",
            Event::Undone { .. } => "undone",
            Event::Told(_) => "told",
        },
        Err(refusal) => refusal.message().code.strip_prefix("workflow-").unwrap(),
    }
}

/// A feed of a trusted kind, so that every command could fit.
fn feed() -> Whole {
    let row = |customer: &str| json!({ "customer": customer, "period_end": "2026-01-31", "orders": 5 });
    let mut whole = Whole::new("service_record", &[row("C1"), row("C2"), row("C3")], &[]);
    whole.channel = pinji_domain::Channel::Crm;
    whole
}

#[test]
fn every_state_command_and_person() {
    let feed = feed();
    let mut seen = 0;
    for line in TABLE.lines().skip(2) {
        let columns: Vec<&str> = line.split('|').map(str::trim).collect();
        let expected: Vec<&str> = columns[2].split_whitespace().collect();
        for command in commands() {
            if columns[1] != "any" && columns[1] != command.name() {
                continue;
            }
            for (by, expected) in people().into_iter().zip(&expected) {
                let result = feed.at(state(columns[0]), |submission| {
                    let mut submission = submission.clone();
                    submission.used_by = (columns[0] == "used").then_some(RunId(7));
                    submission.overtaken_by = (columns[0] == "overtaken").then_some(SubmissionId(8));
                    decide(&submission, command.clone(), by, NOW)
                });
                assert_eq!(word(&result), *expected, "{line} {by:?}");
                seen += 1;
            }
        }
    }
    // 7 states with each command, 2 more with one, 5 people.
    assert_eq!(seen, (7 * 5 + 2) * 5);
}

#[test]
fn events_lead_from_state_to_state() {
    let feed = feed();
    let after = |from: &str, command: Command, by: By| {
        feed.at(state(from), |submission| {
            let events = decide(submission, command, by, NOW).unwrap();
            events.iter().fold(submission.state.clone(), State::after)
        })
    };
    let [confirm, withdraw, rule, audit, undo] = commands();
    assert_eq!(
        after("draft", confirm, COLLECTOR),
        State::Submitted {
            confirmed: signed(COLLECTOR),
            ruled: None
        }
    );
    assert_eq!(
        after("draft", withdraw.clone(), COLLECTOR),
        State::Withdrawn(signed(COLLECTOR))
    );
    assert_eq!(
        after("submitted", withdraw, CONFIRMER),
        State::Withdrawn(signed(CONFIRMER))
    );
    let ruled = after("submitted", rule, COLLECTOR);
    assert!(matches!(&ruled, State::Submitted { ruled: Some(ruled), .. } if !ruled.waiting.is_empty()));
    assert_eq!(after("submitted", audit, AUDITOR), state("audited"));
    assert_eq!(after("audited", undo, COLLECTOR), state("undone"));
    let back = Command::Audit(Audit::whole(Judgement::Return {
        reason: "缺依据".to_owned(),
    }));
    assert_eq!(after("submitted", back, AUDITOR), state("returned"));
    for name in State::NAMES {
        assert_eq!(state(name).name(), name);
        assert_eq!(
            state(name).is_final(),
            ["withdrawn", "returned", "undone"].contains(&name)
        );
    }
    // An event of another state changes nothing.
    let undone = Event::Undone {
        signed: signed(COLLECTOR),
        reason: String::new(),
    };
    assert_eq!(state("draft").after(&undone), State::Draft);
}

#[test]
fn bad_rows_are_left_out_knowingly() {
    let row = |customer: &str| json!({ "id": customer, "name": "甲" });
    let mut spoilt = row("C2");
    spoilt["bad"] = json!(true);
    let some = Whole::new("customer", &[row("C1"), spoilt.clone()], &[]);
    let check = |whole: &Whole, leaving_out: u32, expected: Result<(), Refusal>| {
        let confirm = Command::Confirm { leaving_out };
        let result = whole.at(State::Draft, |submission| decide(submission, confirm, COLLECTOR, NOW));
        assert_eq!(result.map(|_| ()), expected, "{leaving_out}");
    };
    check(&some, 1, Ok(()));
    check(&some, 0, Err(Refusal::BadRows { bad: 1, leaving_out: 0 }));
    check(&some, 2, Err(Refusal::BadRows { bad: 1, leaving_out: 2 }));
    let all = Whole::new("customer", &[spoilt], &[]);
    check(&all, 1, Err(Refusal::NothingToSubmit));
    check(&Whole::new("customer", &[], &[]), 0, Err(Refusal::NothingToSubmit));
    // To say that nothing has changed is worth saying.
    check(&Whole::new("customer", &[row("C1")], &[row("C1")]), 0, Ok(()));
}

#[test]
fn reasons_are_given() {
    let feed = feed();
    let check = |from: &str, command: Command, by: By, expected: &str| {
        let result = feed.at(state(from), |submission| decide(submission, command.clone(), by, NOW));
        assert_eq!(word(&result), expected, "{from} {command:?}");
    };
    let empty = || "  ".to_owned();
    check("draft", Command::Withdraw { reason: empty() }, COLLECTOR, "withdrawn");
    check(
        "submitted",
        Command::Withdraw { reason: empty() },
        COLLECTOR,
        "reason-missing",
    );
    check(
        "audited",
        Command::Undo { reason: empty() },
        COLLECTOR,
        "reason-missing",
    );
    let refuse = Command::Audit(Audit::whole(Judgement::Refuse { reason: empty() }));
    check("submitted", refuse, AUDITOR, "reason-missing");
}

#[test]
fn the_collector_may_confirm_what_nobody_else_touched() {
    // Collector and confirmer may be one person; the auditor is still another.
    let feed = feed();
    let state = State::Submitted {
        confirmed: signed(COLLECTOR),
        ruled: None,
    };
    let audit = |by: By| {
        let accept = Command::Audit(Audit::whole(Judgement::Accept));
        feed.at(state.clone(), |submission| decide(submission, accept, by, NOW))
    };
    assert!(audit(CONFIRMER).is_ok());
    assert!(matches!(audit(COLLECTOR), Err(Refusal::OwnWork { .. })));
    assert!(matches!(audit(acting(9, 1)), Err(Refusal::OwnWork { .. })));
    assert!(audit(person(9)).is_ok());
}

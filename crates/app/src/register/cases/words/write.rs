//! From events to JSON. 写出事件

use std::collections::BTreeMap;

use pinji_domain::ids::UserId;
use pinji_workflow::case::{
    Ballot, BallotSecrecy, Basis, Cast, Chosen, Decision, Event, Judgement, Model, Occasion, Onward, Outcome, Proposed,
    Rank, Reconciled, Sitting,
};
use pinji_workflow::{By, Signed};
use serde_json::{Map, Value, json};

use crate::register::keys::hex;

/// An event's name and content. 写出事件
pub(in crate::register::cases) fn write(event: &Event) -> (&'static str, Value) {
    match event {
        Event::Opened {
            id,
            customer,
            occasion,
            at,
            by,
            model,
        } => {
            let reason = match occasion {
                Occasion::ByHand { reason } => Some(reason),
                _ => None,
            };
            let content = json!({
                "case": id.0, "customer": customer.0, "occasion": occasion.name(), "reason": reason, "at": at.0,
                "by": by.map(person), "model": of_model(model),
            });
            ("opened", content)
        }
        Event::Asked { signed, what } => ("asked", json!({ "signed": sign(signed), "words": what })),
        Event::Resumed { signed, note } => ("resumed", json!({ "signed": sign(signed), "note": note })),
        Event::Called { signed, experts, seed } => {
            let experts: Vec<Value> = experts
                .iter()
                .map(|(user, how)| json!({ "user": user.0, "how": chosen(*how) }))
                .collect();
            let seed = seed.as_ref().map(|seed| hex(seed));
            (
                "called",
                json!({ "signed": sign(signed), "experts": experts, "seed": seed }),
            )
        }
        Event::SentOn { signed, why } => ("sent_on", json!({ "signed": sign(signed), "words": why })),
        Event::Opined(opinion) => (
            "opined",
            json!({ "signed": sign(&opinion.signed), "scores": judgements(&opinion.scores) }),
        ),
        Event::SentBack { at, lines } => ("sent_back", json!({ "at": at.0, "lines": reconciled(lines) })),
        Event::Reconciled { at, lines, onward } => (
            "reconciled",
            json!({ "at": at.0, "lines": reconciled(lines), "onward": to(*onward) }),
        ),
        Event::Proposed { signed, terms } => ("proposed", json!({ "signed": sign(signed), "terms": proposed(terms) })),
        Event::Seconded(signed) => ("seconded", json!({ "signed": sign(signed) })),
        Event::Declined { signed, reason } => ("declined", json!({ "signed": sign(signed), "reason": reason })),
        Event::BallotOpened(ballot) => ("ballot_opened", of_ballot(ballot)),
        Event::Voted { member, cast } => ("voted", json!({ "member": member.0, "cast": of_cast(cast) })),
        Event::Counted(vote) => ("counted", json!({ "vote": vote.name() })),
        Event::BallotClosed {
            signed,
            counting,
            outcome,
        } => (
            "ballot_closed",
            json!({ "signed": sign(signed), "counting": users(counting.iter()), "outcome": of_outcome(outcome) }),
        ),
        Event::CastingVote { signed, vote } => ("casting_vote", json!({ "signed": sign(signed), "vote": vote.name() })),
        Event::TieEnded { signed, outcome } => (
            "tie_ended",
            json!({ "signed": sign(signed), "outcome": of_outcome(outcome) }),
        ),
        Event::Dissented { ballot, signed, reason } => (
            "dissented",
            json!({ "ballot": ballot, "signed": sign(signed), "reason": reason }),
        ),
        Event::Recused { signed, reason } => ("recused", json!({ "signed": sign(signed), "reason": reason })),
        Event::Rerun { signed, model } => ("rerun", json!({ "signed": sign(signed), "model": of_model(model) })),
        Event::Decided(decision) => ("decided", of_decision(decision)),
        Event::ReviewCalled { by } => ("review_called", json!({ "by": by.to_string() })),
        Event::Withdrawn { signed, reason } => ("withdrawn", json!({ "signed": sign(signed), "reason": reason })),
    }
}

fn person(by: By) -> Value {
    json!({ "user": by.user.0, "for": by.on_behalf_of.map(|user| user.0) })
}

fn sign(signed: &Signed) -> Value {
    json!({ "by": person(signed.by), "at": signed.at.0 })
}

fn rank(rank: Option<Rank>) -> Option<u16> {
    rank.map(|rank| rank.0)
}

fn users<'u>(users: impl Iterator<Item = &'u UserId>) -> Vec<i64> {
    users.map(|user| user.0).collect()
}

fn of_model(model: &Model) -> Value {
    json!({ "run": model.run.0, "grade": rank(model.grade), "coverage_ppm": model.coverage_ppm })
}

fn chosen(how: Chosen) -> &'static str {
    match how {
        Chosen::Drawn => "drawn",
        Chosen::Named => "named",
    }
}

fn to(onward: Onward) -> &'static str {
    match onward {
        Onward::Committee => "committee",
        Onward::Screening => "screening",
    }
}

fn judgements(scores: &BTreeMap<String, Judgement>) -> Value {
    let lines = scores.iter().map(|(indicator, one)| {
        let said = json!({ "level": one.level, "reason": one.reason });
        (indicator.clone(), said)
    });
    Value::Object(lines.collect::<Map<_, _>>())
}

fn reconciled(lines: &BTreeMap<String, Reconciled>) -> Value {
    let lines = lines.iter().map(|(indicator, line)| {
        let line = match line {
            Reconciled::Points(points) => json!({ "points": points }),
            Reconciled::Split { least, most } => json!({ "least": least, "most": most }),
        };
        (indicator.clone(), line)
    });
    Value::Object(lines.collect::<Map<_, _>>())
}

fn proposed(terms: &Proposed) -> Value {
    let why = terms
        .why
        .as_ref()
        .map(|why| json!({ "code": why.code, "reason": why.reason, "until": why.until.map(|day| day.to_string()) }));
    json!({
        "grade": rank(terms.grade), "way": terms.way.name(), "why": why,
        "effective": terms.effective.map(|day| day.to_string()),
    })
}

/// A ballot as it is opened; votes are events of their own, and what was cast and counted before is kept as well.
fn of_ballot(ballot: &Ballot) -> Value {
    let sitting = match &ballot.sitting {
        Sitting::Meeting { meeting, present } => json!({ "meeting": meeting.0, "present": users(present.iter()) }),
        Sitting::Circulation { until } => json!({ "until": until.to_string() }),
    };
    let electors: Vec<Value> = ballot
        .electors
        .iter()
        .map(|(user, seat)| json!({ "user": user.0, "seat": seat }))
        .collect();
    let cast: Vec<Value> = ballot
        .cast
        .iter()
        .map(|(member, cast)| json!({ "member": member.0, "cast": of_cast(cast) }))
        .collect();
    let tally = ballot.tally;
    json!({
        "opened": sign(&ballot.opened), "sitting": sitting, "secret": ballot.secrecy == BallotSecrecy::Secret,
        "electors": electors, "cast": cast, "tally": [tally.yes, tally.no, tally.abstained],
    })
}

fn of_cast(cast: &Cast) -> Value {
    let said = cast
        .said
        .as_ref()
        .map(|(vote, reason)| json!({ "vote": vote.name(), "reason": reason }));
    json!({ "signed": sign(&cast.signed), "said": said })
}

fn of_outcome(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Adopted | Outcome::Rejected | Outcome::Tied => json!({ "name": outcome.name() }),
        Outcome::NoQuorum { counting, quorum } => {
            json!({ "name": outcome.name(), "counting": counting, "quorum": quorum })
        }
        Outcome::Annulled { conflicted } => {
            json!({ "name": outcome.name(), "conflicted": users(conflicted.iter()) })
        }
    }
}

fn of_decision(decision: &Decision) -> Value {
    let ballot = match decision.basis {
        Basis::Committee { ballot } => Some(ballot),
        Basis::FastLane | Basis::TwoPeople | Basis::Emergency => None,
    };
    let departure = decision.departure.as_ref().map(|one| {
        json!({
            "code": one.code, "reason": one.reason, "proposed": sign(&one.proposed),
            "seconded": one.seconded.as_ref().map(sign), "until": one.until.to_string(),
        })
    });
    json!({
        "grade": rank(decision.grade), "model": of_model(&decision.model), "basis": decision.basis.name(),
        "ballot": ballot, "departure": departure, "at": decision.at.0, "effective": decision.effective.to_string(),
    })
}

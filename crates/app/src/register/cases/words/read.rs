//! From JSON to events. 读入事件

use std::collections::{BTreeMap, BTreeSet};

use pinji_domain::ids::{CaseId, CustomerId, MeetingId, RunId, UserId};
use pinji_domain::{Date, Timestamp, date};
use pinji_workflow::case::{
    Ballot, BallotSecrecy, Basis, Cast, Chosen, Decision, Departure, Event, Judgement, Model, Occasion, Onward,
    Opinion, Outcome, Proposed, Rank, Reconciled, Sitting, Tally, Vote, Way, Why,
};
use pinji_workflow::{By, Signed};
use serde_json::Value;

use crate::register::keys::unhex;

/// The event that was written so; `None` where it was not written by [`super::write`]. 读入事件
pub(in crate::register::cases) fn read(name: &str, content: &Value) -> Option<Event> {
    let signed = || sign(&content["signed"]);
    let reason = || text(&content["reason"]);
    Some(match name {
        "opened" => Event::Opened {
            id: CaseId(content["case"].as_i64()?),
            customer: CustomerId(content["customer"].as_i64()?),
            occasion: occasion(content)?,
            at: instant(&content["at"])?,
            by: maybe(&content["by"], person)?,
            model: model(&content["model"])?,
        },
        "asked" => Event::Asked {
            signed: signed()?,
            what: text(&content["words"])?,
        },
        "resumed" => Event::Resumed {
            signed: signed()?,
            note: text(&content["note"])?,
        },
        "called" => Event::Called {
            signed: signed()?,
            experts: list(&content["experts"], |one| {
                Some((user(&one["user"])?, chosen(&one["how"])?))
            })?,
            seed: maybe(&content["seed"], |seed| unhex(seed.as_str()?))?,
        },
        "sent_on" => Event::SentOn {
            signed: signed()?,
            why: text(&content["words"])?,
        },
        "opined" => Event::Opined(Opinion {
            signed: signed()?,
            scores: map(&content["scores"], |one| {
                Some(Judgement {
                    level: text(&one["level"])?,
                    reason: text(&one["reason"])?,
                })
            })?,
        }),
        "sent_back" => Event::SentBack {
            at: instant(&content["at"])?,
            lines: map(&content["lines"], reconciled)?,
        },
        "reconciled" => Event::Reconciled {
            at: instant(&content["at"])?,
            lines: map(&content["lines"], reconciled)?,
            onward: match content["onward"].as_str()? {
                "committee" => Onward::Committee,
                "screening" => Onward::Screening,
                _ => return None,
            },
        },
        "proposed" => Event::Proposed {
            signed: signed()?,
            terms: proposed(&content["terms"])?,
        },
        "seconded" => Event::Seconded(signed()?),
        "declined" => Event::Declined {
            signed: signed()?,
            reason: reason()?,
        },
        "ballot_opened" => Event::BallotOpened(ballot(content)?),
        "voted" => Event::Voted {
            member: user(&content["member"])?,
            cast: cast(&content["cast"])?,
        },
        "counted" => Event::Counted(vote(&content["vote"])?),
        "ballot_closed" => Event::BallotClosed {
            signed: signed()?,
            counting: users(&content["counting"])?,
            outcome: outcome(&content["outcome"])?,
        },
        "casting_vote" => Event::CastingVote {
            signed: signed()?,
            vote: vote(&content["vote"])?,
        },
        "tie_ended" => Event::TieEnded {
            signed: signed()?,
            outcome: outcome(&content["outcome"])?,
        },
        "dissented" => Event::Dissented {
            ballot: small(&content["ballot"])?,
            signed: signed()?,
            reason: reason()?,
        },
        "recused" => Event::Recused {
            signed: signed()?,
            reason: reason()?,
        },
        "rerun" => Event::Rerun {
            signed: signed()?,
            model: model(&content["model"])?,
        },
        "decided" => Event::Decided(decision(content)?),
        "review_called" => Event::ReviewCalled {
            by: day(&content["by"])?,
        },
        "withdrawn" => Event::Withdrawn {
            signed: signed()?,
            reason: reason()?,
        },
        _ => return None,
    })
}

/// Nothing where nothing was written; else what was.
#[expect(clippy::option_option, reason = "the outer one says whether it can be read at all")]
fn maybe<T>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Option<T>> {
    match value {
        Value::Null => Some(None),
        value => read(value).map(Some),
    }
}

fn list<T, C: FromIterator<T>>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<C> {
    value.as_array()?.iter().map(read).collect()
}

fn map<T>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<BTreeMap<String, T>> {
    let lines = value.as_object()?.iter();
    lines.map(|(name, value)| Some((name.clone(), read(value)?))).collect()
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn small(value: &Value) -> Option<u32> {
    u32::try_from(value.as_u64()?).ok()
}

fn points(value: &Value) -> Option<i32> {
    i32::try_from(value.as_i64()?).ok()
}

fn instant(value: &Value) -> Option<Timestamp> {
    value.as_i64().map(Timestamp)
}

fn day(value: &Value) -> Option<Date> {
    date::parse(value.as_str()?)
}

fn user(value: &Value) -> Option<UserId> {
    value.as_i64().map(UserId)
}

fn users(value: &Value) -> Option<BTreeSet<UserId>> {
    list(value, user)
}

fn person(value: &Value) -> Option<By> {
    Some(By {
        user: user(&value["user"])?,
        on_behalf_of: maybe(&value["for"], user)?,
    })
}

fn sign(value: &Value) -> Option<Signed> {
    Some(Signed {
        by: person(&value["by"])?,
        at: instant(&value["at"])?,
    })
}

fn rank(value: &Value) -> Option<Rank> {
    u16::try_from(value.as_u64()?).ok().map(Rank)
}

fn model(value: &Value) -> Option<Model> {
    Some(Model {
        run: RunId(value["run"].as_i64()?),
        grade: maybe(&value["grade"], rank)?,
        coverage_ppm: small(&value["coverage_ppm"])?,
    })
}

fn occasion(content: &Value) -> Option<Occasion> {
    Some(match content["occasion"].as_str()? {
        "new" => Occasion::New,
        "changed" => Occasion::Changed,
        "due" => Occasion::Due,
        "alert" => Occasion::Alert,
        "appeal" => Occasion::Appeal,
        "after_emergency" => Occasion::AfterEmergency,
        "by_hand" => Occasion::ByHand {
            reason: text(&content["reason"])?,
        },
        _ => return None,
    })
}

fn chosen(value: &Value) -> Option<Chosen> {
    match value.as_str()? {
        "drawn" => Some(Chosen::Drawn),
        "named" => Some(Chosen::Named),
        _ => None,
    }
}

fn reconciled(value: &Value) -> Option<Reconciled> {
    match points(&value["points"]) {
        Some(points) => Some(Reconciled::Points(points)),
        None => Some(Reconciled::Split {
            least: points(&value["least"])?,
            most: points(&value["most"])?,
        }),
    }
}

fn way(value: &Value) -> Option<Way> {
    let name = value.as_str()?;
    let all = [Way::Committee, Way::TwoPeople, Way::Emergency];
    all.into_iter().find(|way| way.name() == name)
}

fn proposed(value: &Value) -> Option<Proposed> {
    let why = |why: &Value| {
        Some(Why {
            code: text(&why["code"])?,
            reason: text(&why["reason"])?,
            until: maybe(&why["until"], day)?,
        })
    };
    Some(Proposed {
        grade: maybe(&value["grade"], rank)?,
        way: way(&value["way"])?,
        why: maybe(&value["why"], why)?,
        effective: maybe(&value["effective"], day)?,
    })
}

fn ballot(content: &Value) -> Option<Ballot> {
    let sitting = &content["sitting"];
    let sitting = match sitting["meeting"].as_i64() {
        Some(meeting) => Sitting::Meeting {
            meeting: MeetingId(meeting),
            present: users(&sitting["present"])?,
        },
        None => Sitting::Circulation {
            until: day(&sitting["until"])?,
        },
    };
    let tally: Vec<u32> = list(&content["tally"], small)?;
    let [yes, no, abstained] = tally.try_into().ok()?;
    Some(Ballot {
        opened: sign(&content["opened"])?,
        sitting,
        secrecy: match content["secret"].as_bool()? {
            true => BallotSecrecy::Secret,
            false => BallotSecrecy::Open,
        },
        electors: list(&content["electors"], |one| {
            Some((user(&one["user"])?, text(&one["seat"])?))
        })?,
        cast: list(&content["cast"], |one| {
            Some((user(&one["member"])?, cast(&one["cast"])?))
        })?,
        tally: Tally { yes, no, abstained },
    })
}

fn vote(value: &Value) -> Option<Vote> {
    let name = value.as_str()?;
    Vote::ALL.into_iter().find(|vote| vote.name() == name)
}

fn cast(value: &Value) -> Option<Cast> {
    Some(Cast {
        signed: sign(&value["signed"])?,
        said: maybe(&value["said"], |said| {
            Some((vote(&said["vote"])?, text(&said["reason"])?))
        })?,
    })
}

fn outcome(value: &Value) -> Option<Outcome> {
    Some(match value["name"].as_str()? {
        "adopted" => Outcome::Adopted,
        "rejected" => Outcome::Rejected,
        "tied" => Outcome::Tied,
        "no_quorum" => Outcome::NoQuorum {
            counting: small(&value["counting"])?,
            quorum: small(&value["quorum"])?,
        },
        "annulled" => Outcome::Annulled {
            conflicted: users(&value["conflicted"])?,
        },
        _ => return None,
    })
}

fn decision(content: &Value) -> Option<Decision> {
    let departure = |one: &Value| {
        Some(Departure {
            code: text(&one["code"])?,
            reason: text(&one["reason"])?,
            proposed: sign(&one["proposed"])?,
            seconded: maybe(&one["seconded"], sign)?,
            until: day(&one["until"])?,
        })
    };
    Some(Decision {
        grade: maybe(&content["grade"], rank)?,
        model: model(&content["model"])?,
        basis: match content["basis"].as_str()? {
            "fast_lane" => Basis::FastLane,
            "committee" => Basis::Committee {
                ballot: small(&content["ballot"])?,
            },
            "two_people" => Basis::TwoPeople,
            "emergency" => Basis::Emergency,
            _ => return None,
        },
        departure: maybe(&content["departure"], departure)?,
        at: instant(&content["at"])?,
        effective: day(&content["effective"])?,
    })
}

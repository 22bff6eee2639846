//! What comes of a step, kept: events, the tables that the database guards, what the ledger says of it. 写入评级案

use pinji_ledger::digest;
use pinji_store::{CaseBallot, Change, NewGradeDecision, NewVote};
use pinji_workflow::case::{BallotSecrecy, Basis, Case, Conflict, Decision, Event, Outcome, Stage, Vote};
use serde_json::{Value, json};

use super::ground::{Ground, counted};
use super::words::write;
use crate::register::Fault;

/// Keeps events of a case that was loaded. Gives the case after them, and what the ledger is to say.
pub(super) async fn keep(change: &Change, ground: &Ground, events: &[Event]) -> Result<(Case, Value), Fault> {
    let mut case = ground.case.clone();
    for (at, event) in events.iter().enumerate() {
        let next = events.get(at + 1);
        tables(change, ground, &case, event, next).await?;
        case = case.after(event);
    }
    let logged = logged(ground, events);
    let lines: Vec<(String, String)> = logged
        .iter()
        .map(|event| {
            let (name, content) = write(event);
            (name.to_owned(), content.to_string())
        })
        .collect();
    change.append_to_case(&ground.row, case.stage.name(), &lines).await?;
    let mut entry = json!({
        "customer": ground.row.customer.0, "policy": ground.row.policy, "stage": case.stage.name(), "events": told(&logged),
    });
    if let (Stage::Decided(decision), Some(entry)) = (&case.stage, entry.as_object_mut()) {
        entry.insert("decision".to_owned(), decided(ground, decision));
    }
    Ok((case, entry))
}

/// The events as they stand in the log: what is counted of a secret ballot comes in when it is closed, sorted.
fn logged(ground: &Ground, events: &[Event]) -> Vec<Event> {
    let mut logged = Vec::new();
    for event in events {
        match event {
            Event::Counted(_) => continue,
            Event::BallotClosed { .. } => {
                let secret = ground.ballots.last().filter(|ballot| ballot.is_secret);
                logged.extend(secret.into_iter().flat_map(counted));
            }
            _ => {}
        }
        logged.push(event.clone());
    }
    logged
}

/// Names and hashes of what happened. Of a vote there is no hash: so few things can be said in one that it would tell which.
pub(super) fn told(events: &[Event]) -> Vec<Value> {
    let told = events.iter().map(|event| {
        let (name, content) = write(event);
        match event {
            Event::Voted { .. } | Event::Counted(_) => json!({ "event": name }),
            _ => json!({ "event": name, "content": digest(content.to_string().as_bytes()) }),
        }
    });
    told.collect()
}

fn decided(ground: &Ground, decision: &Decision) -> Value {
    let departure = decision.departure.as_ref();
    json!({
        "grade": ground.grade(decision.grade), "model_grade": ground.grade(decision.model.grade),
        "run": decision.model.run.0, "basis": decision.basis.name(), "effective": decision.effective.to_string(),
        "code": departure.map(|one| one.code.as_str()), "reason": departure.map(|one| one.reason.as_str()),
        "until": departure.map(|one| one.until.to_string()),
        "proposed_by": departure.map(|one| one.proposed.by.user.0),
        "seconded_by": departure.and_then(|one| one.seconded).map(|signed| signed.by.user.0),
    })
}

async fn tables(
    change: &Change,
    ground: &Ground,
    case: &Case,
    event: &Event,
    next: Option<&Event>,
) -> Result<(), Fault> {
    let id = ground.row.id;
    let number = i64::try_from(case.ballots.len()).unwrap_or(i64::MAX);
    match event {
        Event::Opined(opinion) => {
            let is_second = case.panel.as_ref().is_some_and(|panel| panel.before.is_some());
            let round = if is_second { 2 } else { 1 };
            change.add_opinion(id, round, opinion.signed.by.user).await?;
        }
        Event::BallotOpened(ballot) => {
            // Whom the rules keep out, the database keeps out too.
            let barred = change.barred(id).await?;
            for (user, conflict) in ground.to_bar() {
                if !barred.contains(&user) {
                    change.bar(id, user, conflict_name(conflict)).await?;
                }
            }
            let proposal = case.proposal.as_ref().filter(|proposal| proposal.departs());
            let maker = proposal.map(|proposal| proposal.signed.by.user);
            let electors: Vec<_> = ballot
                .electors
                .iter()
                .map(|(user, seat)| (*user, seat.clone()))
                .collect();
            let is_secret = ballot.secrecy == BallotSecrecy::Secret;
            change.open_ballot(id, number, maker, is_secret, &electors).await?;
        }
        Event::Voted { member, cast } => {
            let said = cast.said.as_ref().map(|(vote, _)| *vote);
            let vote = match (said, next) {
                (Some(vote), _) => vote,
                (None, Some(Event::Counted(vote))) => *vote,
                _ => return Err(Fault::broken("a secret vote was not counted")),
            };
            let new = NewVote {
                member: *member,
                cast_by: cast.signed.by.user,
                vote: place(vote),
            };
            change.count_vote(id, open_ballot(ground)?, &new).await?;
        }
        Event::BallotClosed { outcome, .. } => change.close_ballot(id, number, outcome.name()).await?,
        Event::CastingVote { vote, .. } => {
            let outcome = match vote {
                Vote::For => Outcome::Adopted,
                Vote::Against | Vote::Abstain => Outcome::Rejected,
            };
            change.close_ballot(id, number - 1, outcome.name()).await?;
        }
        Event::TieEnded { outcome, .. } => change.close_ballot(id, number - 1, outcome.name()).await?,
        Event::Recused { signed, reason } => {
            let user = signed.by.user;
            // What he has done before refers to him as one who may, and stands; from now on the rules keep him out.
            let free = !super::ground::taking_part(case).contains(&user);
            if free && !change.barred(id).await?.contains(&user) {
                change.bar(id, user, reason).await?;
            }
        }
        Event::Decided(decision) => {
            let departure = decision.departure.as_ref();
            let people: Vec<_> = departure
                .iter()
                .flat_map(|one| [Some(one.proposed), one.seconded])
                .flatten()
                .map(|signed| signed.by.user)
                .collect();
            change.take_part(id, &people).await?;
            change.add(row_of(ground, decision)).await?;
        }
        Event::Opened { .. }
        | Event::Asked { .. }
        | Event::Resumed { .. }
        | Event::Called { .. }
        | Event::SentOn { .. }
        | Event::SentBack { .. }
        | Event::Reconciled { .. }
        | Event::Proposed { .. }
        | Event::Seconded(_)
        | Event::Declined { .. }
        | Event::Counted(_)
        | Event::Dissented { .. }
        | Event::Rerun { .. }
        | Event::ReviewCalled { .. }
        | Event::Withdrawn { .. } => {}
    }
    Ok(())
}

fn open_ballot(ground: &Ground) -> Result<&CaseBallot, Fault> {
    let open = ground.ballots.last().filter(|ballot| ballot.outcome.is_none());
    open.ok_or_else(|| Fault::broken("a vote without a ballot"))
}

fn place(vote: Vote) -> usize {
    match vote {
        Vote::For => 0,
        Vote::Against => 1,
        Vote::Abstain => 2,
    }
}

fn conflict_name(conflict: Conflict) -> &'static str {
    match conflict {
        Conflict::AccountManager => "account_manager",
        Conflict::Shareholder => "shareholder",
        Conflict::SameOwnerGroup => "same_owner_group",
        Conflict::Relative => "relative",
        Conflict::Declared => "declared",
    }
}

fn row_of(ground: &Ground, decision: &Decision) -> NewGradeDecision {
    let departure = decision.departure.as_ref();
    let seconded = departure.and_then(|one| one.seconded);
    let rank = |rank: Option<pinji_workflow::case::Rank>| rank.map(|rank| i64::from(rank.0));
    NewGradeDecision {
        case_id: ground.row.id,
        policy: ground.row.policy.clone(),
        customer: ground.row.customer,
        grade: ground.grade(decision.grade),
        place: rank(decision.grade),
        run: decision.model.run,
        model_grade: ground.grade(decision.model.grade),
        model_place: rank(decision.model.grade),
        coverage_ppm: i64::from(decision.model.coverage_ppm),
        basis: decision.basis.name().to_owned(),
        ballot: match decision.basis {
            Basis::Committee { ballot } => Some(i64::from(ballot)),
            Basis::FastLane | Basis::TwoPeople | Basis::Emergency => None,
        },
        code: departure.map(|one| one.code.clone()),
        reason: departure.map(|one| one.reason.clone()),
        proposed_by: departure.map(|one| one.proposed.by.user),
        proposed_at: departure.map(|one| one.proposed.at),
        seconded_by: seconded.map(|signed| signed.by.user),
        seconded_at: seconded.map(|signed| signed.at),
        until: departure.map(|one| one.until),
        decided_at: decision.at,
        effective: decision.effective,
    }
}

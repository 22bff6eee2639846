//! What is done with a ballot: opened, voted, closed, and a tie settled. 表决规则

use std::collections::BTreeSet;

use pinji_domain::ids::UserId;

use super::ballot::{Ballot, Cast, Closed, Outcome, Sitting, Tally, Vote, outcome};
use super::decide::{Around, is_barred};
use super::decision::Basis;
use super::proposal::{self, Proposal, Way};
use super::refusal::Refusal;
use super::terms::{BallotSecrecy, CommitteeTerms};
use super::{Case, Event, Stage};
use crate::submission::{By, Signed};

/// Opens the ballot on what is proposed.
pub(super) fn open(case: &Case, around: &Around<'_>, sitting: Sitting, signed: Signed) -> Result<Vec<Event>, Refusal> {
    let terms = committee(around)?;
    let proposal = case.proposal.as_ref().ok_or(Refusal::NothingProposed)?;
    if proposal.terms.way != Way::Committee {
        return Err(Refusal::ForTheSecond);
    }
    if proposal.waits_for_a_second(around.terms.overriding.as_ref()) {
        return Err(Refusal::NotSeconded);
    }
    if let Some(person) = conflicted_makers(case, around, proposal).into_iter().next() {
        return Err(Refusal::MakerConflicted { person });
    }
    proposal::still_holds(around, proposal)?;
    if let Sitting::Circulation { until } = sitting {
        let period = terms.circulation.ok_or(Refusal::NoCirculation)?;
        let longest = proposal::last_day(period, around.today);
        if until < around.today || until > longest {
            return Err(Refusal::CirculationOutside { until, longest });
        }
    }
    let may_vote = |user: UserId, seat: &String| {
        let is_there = match &sitting {
            Sitting::Meeting { present, .. } => present.contains(&user),
            Sitting::Circulation { .. } => true,
        };
        let made_it = proposal.departs() && proposal.signed.by.people().any(|maker| maker == user);
        is_there && !made_it && terms.seats.contains(seat) && !is_barred(case, around, user)
    };
    let members = around.roll.members().iter();
    let electors: std::collections::BTreeMap<UserId, String> = members
        .filter(|(user, seat)| may_vote(**user, seat))
        .map(|(user, seat)| (*user, seat.clone()))
        .collect();
    let counting = u32::try_from(electors.len()).unwrap_or(u32::MAX);
    if counting < terms.quorum {
        let quorum = terms.quorum;
        return Err(Refusal::NoQuorum { counting, quorum });
    }
    Ok(vec![Event::BallotOpened(Ballot {
        opened: signed,
        sitting,
        secrecy: terms.secrecy,
        electors,
        cast: std::collections::BTreeMap::new(),
        tally: Tally::default(),
    })])
}

/// Casts a vote.
pub(super) fn cast(
    case: &Case,
    around: &Around<'_>,
    ballot: &Ballot,
    (vote, reason): (Vote, String),
    signed: Signed,
) -> Result<Vec<Event>, Refusal> {
    let member = signed.by.on_behalf_of.unwrap_or(signed.by.user);
    let made_it = |proposal: &Proposal| proposal.departs() && proposal.signed.by.meets(signed.by);
    if case.proposal.as_ref().is_some_and(made_it) {
        return Err(Refusal::OwnProposal);
    }
    if !ballot.electors.contains_key(&member) {
        return Err(Refusal::NoElector { member });
    }
    if let Some(member) = ballot.part_of(signed.by) {
        return Err(Refusal::AlreadyVoted { member });
    }
    if let Sitting::Circulation { until } = ballot.sitting
        && around.today > until
    {
        return Err(Refusal::VotedTooLate { until });
    }
    let said = |said| Event::Voted {
        member,
        cast: Cast { signed, said },
    };
    match ballot.secrecy {
        // Who voted and what was said are two things here; nothing ties them together.
        BallotSecrecy::Secret if !reason.trim().is_empty() => Err(Refusal::ReasonInSecret),
        BallotSecrecy::Secret => Ok(vec![said(None), Event::Counted(vote)]),
        BallotSecrecy::Open if vote == Vote::Against && reason.trim().is_empty() => Err(Refusal::ReasonMissing),
        BallotSecrecy::Open => Ok(vec![said(Some((vote, reason)))]),
    }
}

/// Closes the ballot and says what came out.
pub(super) fn close(case: &Case, around: &Around<'_>, ballot: &Ballot, signed: Signed) -> Result<Vec<Event>, Refusal> {
    let terms = committee(around)?;
    let barred = |user: UserId| is_barred(case, around, user);
    let proposal = case.proposal.as_ref().ok_or(Refusal::NothingProposed)?;
    let counting = ballot.counting(barred);
    let conflicted = conflicted(case, around, ballot, proposal);
    if !conflicted.is_empty() {
        let outcome = Outcome::Annulled { conflicted };
        return Ok(vec![Event::BallotClosed {
            signed,
            counting,
            outcome,
        }]);
    }
    if let Sitting::Circulation { until } = ballot.sitting
        && around.today <= until
    {
        let silent = |member: &&UserId| !ballot.cast.contains_key(member) && !barred(**member);
        let missing = ballot.electors.keys().filter(silent).count();
        if missing > 0 {
            return Err(Refusal::StillVoting { until, missing });
        }
    }
    let voters = u32::try_from(counting.len()).unwrap_or(u32::MAX);
    let chair_decides = terms.casting_vote && chair(case, around, ballot).is_some();
    let outcome = outcome(ballot.tally, voters, terms, chair_decides);
    let is_adopted = outcome == Outcome::Adopted;
    let mut events = vec![Event::BallotClosed {
        signed,
        counting,
        outcome,
    }];
    if is_adopted {
        events.push(adopted(case, around, proposal, case.ballots.len(), signed));
    }
    Ok(events)
}

/// The chair decides where votes are equal.
pub(super) fn casting(case: &Case, around: &Around<'_>, vote: Vote, signed: Signed) -> Result<Vec<Event>, Refusal> {
    let (closed, proposal) = tied(case)?;
    let conflicted = conflicted(case, around, &closed.ballot, proposal);
    if !conflicted.is_empty() {
        return Err(Refusal::MustBeAnnulled);
    }
    let chair = chair(case, around, &closed.ballot);
    if chair.is_none_or(|chair| signed.by.on_behalf_of.unwrap_or(signed.by.user) != chair) {
        return Err(Refusal::NotTheChair);
    }
    // He may be signed in for the chair, but not when he had a part in another's vote.
    if closed
        .ballot
        .cast
        .iter()
        .any(|(member, cast)| Some(*member) != chair && cast.signed.by.meets(signed.by))
    {
        return Err(Refusal::NotTheChair);
    }
    let mut events = vec![Event::CastingVote { signed, vote }];
    match vote {
        Vote::Abstain => return Err(Refusal::ChairAbstains),
        Vote::For => events.push(adopted(
            case,
            around,
            proposal,
            case.ballots.len().saturating_sub(1),
            signed,
        )),
        Vote::Against => {}
    }
    Ok(events)
}

/// Ends a tie that no chair may settle any more.
pub(super) fn end_tie(case: &Case, around: &Around<'_>, signed: Signed) -> Result<Vec<Event>, Refusal> {
    let (closed, proposal) = tied(case)?;
    let conflicted = conflicted(case, around, &closed.ballot, proposal);
    let outcome = if !conflicted.is_empty() {
        Outcome::Annulled { conflicted }
    } else if chair(case, around, &closed.ballot).is_some() {
        return Err(Refusal::ChairDecides);
    } else {
        Outcome::Rejected
    };
    Ok(vec![Event::TieEnded { signed, outcome }])
}

/// Remembers that a member did not agree.
pub(super) fn dissent(case: &Case, number: u32, reason: String, signed: Signed) -> Result<Vec<Event>, Refusal> {
    let at = usize::try_from(number).unwrap_or(usize::MAX);
    let closed = case.ballots.get(at).ok_or(Refusal::NoSuchBallot { number })?;
    let member = closed.ballot.part_of(signed.by).ok_or(Refusal::DidNotVote)?;
    let agreed = |cast: &Cast| matches!(cast.said, Some((Vote::For, _)));
    if closed.ballot.cast.get(&member).is_some_and(agreed) {
        return Err(Refusal::Agreed);
    }
    if closed.dissent.iter().any(|(other, _)| other.by.meets(signed.by)) {
        return Err(Refusal::AlreadyDissented);
    }
    if reason.trim().is_empty() {
        return Err(Refusal::ReasonMissing);
    }
    Ok(vec![Event::Dissented {
        ballot: number,
        signed,
        reason,
    }])
}

/// What an event of a ballot changes.
pub(super) fn apply(case: &mut Case, event: &Event) {
    match (event, &mut case.stage) {
        (Event::BallotOpened(ballot), _) => case.stage = Stage::Voting(ballot.clone()),
        (Event::Voted { member, cast }, Stage::Voting(ballot)) => {
            if let Some((vote, _)) = cast.said {
                ballot.tally = ballot.tally.with(vote);
            }
            ballot.cast.insert(*member, cast.clone());
        }
        (Event::Counted(vote), Stage::Voting(ballot)) => ballot.tally = ballot.tally.with(*vote),
        (
            Event::BallotClosed {
                signed,
                counting,
                outcome,
            },
            Stage::Voting(ballot),
        ) => {
            let Some(proposal) = case.proposal.clone() else { return };
            case.ballots.push(Closed {
                ballot: ballot.clone(),
                proposal,
                closed: *signed,
                counting: counting.clone(),
                outcome: outcome.clone(),
                casting: None,
                dissent: Vec::new(),
            });
            settle(case, outcome);
        }
        (Event::CastingVote { signed, vote }, Stage::Tied) => {
            let outcome = match vote {
                Vote::For => Outcome::Adopted,
                Vote::Against | Vote::Abstain => Outcome::Rejected,
            };
            if let Some(closed) = case.ballots.last_mut() {
                closed.casting = Some((*signed, *vote));
                closed.outcome = outcome.clone();
            }
            settle(case, &outcome);
        }
        (Event::TieEnded { outcome, .. }, Stage::Tied) => {
            if let Some(closed) = case.ballots.last_mut() {
                closed.outcome = outcome.clone();
            }
            settle(case, outcome);
        }
        (Event::Dissented { ballot, signed, reason }, _) => {
            let at = usize::try_from(*ballot).unwrap_or(usize::MAX);
            if let Some(closed) = case.ballots.get_mut(at) {
                closed.dissent.push((*signed, reason.clone()));
            }
        }
        _ => {}
    }
}

/// Where a case goes after a ballot. What was rejected is gone; what was not really voted on still stands.
fn settle(case: &mut Case, outcome: &Outcome) {
    case.stage = match outcome {
        Outcome::Tied => Stage::Tied,
        _ => Stage::Committee,
    };
    if *outcome == Outcome::Rejected {
        case.proposal = None;
    }
}

fn adopted(case: &Case, around: &Around<'_>, proposal: &Proposal, ballot: usize, signed: Signed) -> Event {
    let ballot = u32::try_from(ballot).unwrap_or(u32::MAX);
    let basis = Basis::Committee { ballot };
    Event::Decided(proposal::decided(case, around, proposal, basis, signed))
}

fn committee<'t>(around: &Around<'t>) -> Result<&'t CommitteeTerms, Refusal> {
    around.terms.committee.as_ref().ok_or(Refusal::NoCommittee)
}

fn tied(case: &Case) -> Result<(&Closed, &Proposal), Refusal> {
    let tied = case.ballots.last().zip(case.proposal.as_ref());
    tied.ok_or(Refusal::NothingProposed)
}

/// The chair, where he voted and may decide.
fn chair(case: &Case, around: &Around<'_>, ballot: &Ballot) -> Option<UserId> {
    around
        .roll
        .chair()
        .filter(|chair| ballot.cast.contains_key(chair) && !is_barred(case, around, *chair))
}

/// Whose vote or proposal it is, or who acted in it, that has a conflict by now.
fn conflicted(case: &Case, around: &Around<'_>, ballot: &Ballot, proposal: &Proposal) -> BTreeSet<UserId> {
    let parts = ballot.cast.iter();
    let voters = parts.flat_map(|(member, cast)| cast.signed.by.people().chain([*member]));
    let voters: BTreeSet<UserId> = voters.filter(|user| is_barred(case, around, *user)).collect();
    &voters | &conflicted_makers(case, around, proposal)
}

/// Who proposed or seconded it and has a conflict by now.
pub(super) fn conflicted_makers(case: &Case, around: &Around<'_>, proposal: &Proposal) -> BTreeSet<UserId> {
    let signed = [Some(proposal.signed), proposal.seconded];
    let people = signed.into_iter().flatten().flat_map(|signed| signed.by.people());
    people.filter(|user| is_barred(case, around, *user)).collect()
}

/// Whether somebody has a part in a ballot whose votes stand, so that he cannot stand aside any more.
pub(super) fn has_voted(case: &Case, by: By) -> Option<UserId> {
    match &case.stage {
        Stage::Voting(ballot) => ballot.part_of(by),
        Stage::Tied => case.ballots.last().and_then(|closed| closed.ballot.part_of(by)),
        _ => None,
    }
}

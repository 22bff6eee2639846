//! What a command does to a case. 决定

use std::collections::{BTreeMap, BTreeSet};

use pinji_domain::ids::{CaseId, CustomerId, UserId};
use pinji_domain::{Date, Timestamp};

use super::decision::{Basis, Decision, Model};
use super::opening::{Occasion, falls, standing};
use super::panel::{self, Choice, Chosen, Judgement, Opinion, Panel};
use super::people::{Conflicts, Roll};
use super::proposal::{self, Proposed, Way};
use super::refusal::Refusal;
use super::terms::Terms;
use super::{Case, Command, Event, Onward, Stage, vote};
use crate::submission::{By, Signed};

/// What a case's rules look at beside the case itself, as it is at this moment. 环境
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The office's part of the policy.
    pub terms: &'a Terms,
    /// Who has a conflict with the customer.
    pub conflicts: &'a Conflicts,
    /// Who sits in the committee.
    pub roll: &'a Roll,
    /// Who is an expert.
    pub experts: &'a BTreeSet<UserId>,
    /// The customer's decisions under this policy, in the order in which they were decided.
    pub decisions: &'a [Decision],
    /// What the runs said since the last of them, oldest first; the case's own model grade is the last.
    pub since: &'a [Model],
    /// The day.
    pub today: Date,
}

/// Whether somebody has no part in the case: by a known conflict, or because he said so himself.
pub(super) fn is_barred(case: &Case, around: &Around<'_>, user: UserId) -> bool {
    around.conflicts.of_user(user).is_some() || case.recused.contains_key(&user)
}

/// Opens a case. 立案
///
/// - `by`: who does; `None`: a run or a rule.
///
/// # Errors
/// A [`Refusal`]; nothing is opened then.
pub fn open(
    (id, customer): (CaseId, CustomerId),
    occasion: Occasion,
    model: Model,
    by: Option<By>,
    conflicts: &Conflicts,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    if let Some(conflict) = by.and_then(|by| conflicts.of_by(by)) {
        return Err(Refusal::Conflict { conflict });
    }
    if let Occasion::ByHand { reason } = &occasion {
        given(reason)?;
        if by.is_none() {
            return Err(Refusal::OpenedByNobody);
        }
    }
    Ok(vec![Event::Opened {
        id,
        customer,
        occasion,
        at: now,
        by,
        model,
    }])
}

/// Decides what `command` does to `case`. Pure: the time, the day and chance are arguments. 决定
///
/// Whether `by` may do such a thing at all is asked elsewhere; here stands what follows from the case itself, from the
/// policy, and from who has which part in it.
///
/// # Errors
/// A [`Refusal`]; nothing has changed then.
pub fn decide(
    case: &Case,
    around: &Around<'_>,
    command: Command,
    by: By,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let signed = Signed { by, at: now };
    // What a run says is nobody's word; everything else is.
    if !matches!(command, Command::Rerun(_)) {
        stands_apart(case, around, by)?;
    }
    let wrong = Refusal::WrongStage {
        stage: case.stage.name(),
        command: command.name(),
    };
    match (&case.stage, command) {
        (Stage::Decided(_) | Stage::Committee, Command::Dissent { ballot, reason }) => {
            vote::dissent(case, ballot, reason, signed)
        }
        (Stage::Decided(_) | Stage::Withdrawn { .. }, _) => Err(wrong),
        (_, Command::Recuse { reason }) => recuse(case, around, reason, signed),
        (Stage::Screening, Command::Accept) => accept(case, around, signed),
        (Stage::Screening, Command::Ask { what }) => {
            given(&what)?;
            Ok(vec![Event::Asked { signed, what }])
        }
        (Stage::Screening, Command::SendOn { why }) => {
            around.terms.committee.as_ref().ok_or(Refusal::NoCommittee)?;
            Ok(vec![Event::SentOn { signed, why }])
        }
        (Stage::Screening | Stage::Judging, Command::Consult(choice)) => consult(case, around, choice, signed),
        (Stage::AwaitingData { .. }, Command::Resume { note }) => {
            given(&note)?;
            Ok(vec![Event::Resumed { signed, note }])
        }
        (Stage::Judging, Command::Opine(scores)) => opine(case, around, scores, signed),
        (Stage::Judging, Command::Reconcile) => reconcile(case, around, now),
        (Stage::Screening | Stage::AwaitingData { .. } | Stage::Judging | Stage::Committee, command) => match command {
            Command::Propose(terms) => propose(case, around, terms, signed),
            Command::Second => second(case, around, signed),
            Command::Decline { reason } => {
                case.proposal.as_ref().ok_or(Refusal::NothingProposed)?;
                given(&reason)?;
                Ok(vec![Event::Declined { signed, reason }])
            }
            Command::Rerun(model) => rerun(case, model, signed),
            Command::OpenBallot(sitting) if case.stage == Stage::Committee => vote::open(case, around, sitting, signed),
            Command::Withdraw { reason } => withdraw(case, reason, signed),
            _ => Err(wrong),
        },
        (Stage::Voting(ballot), Command::Vote { vote, reason }) => {
            vote::cast(case, around, ballot, (vote, reason), signed)
        }
        (Stage::Voting(ballot), Command::CloseBallot) => vote::close(case, around, ballot, signed),
        (Stage::Tied, Command::CastingVote(vote)) => vote::casting(case, around, vote, signed),
        (Stage::Tied, Command::CloseBallot) => vote::end_tie(case, around, signed),
        _ => Err(wrong),
    }
}

/// Refuses whoever has a conflict, or has said so, or acts for one of them.
pub(super) fn stands_apart(case: &Case, around: &Around<'_>, by: By) -> Result<(), Refusal> {
    if let Some(conflict) = around.conflicts.of_by(by) {
        return Err(Refusal::Conflict { conflict });
    }
    match by.people().find(|user| case.recused.contains_key(user)) {
        Some(person) => Err(Refusal::Recused { person }),
        None => Ok(()),
    }
}

/// The administrator accepts the model grade, as far as the policy lets him.
fn accept(case: &Case, around: &Around<'_>, signed: Signed) -> Result<Vec<Event>, Refusal> {
    let lane = around.terms.fast_lane.as_ref().ok_or(Refusal::NoFastLane)?;
    if case.proposal.is_some() {
        return Err(Refusal::ProposalStands);
    }
    if case.occasion.needs_people() {
        return Err(Refusal::NeedsPeople {
            occasion: case.occasion.name(),
        });
    }
    let grade = case.model.grade.ok_or(Refusal::Ungraded)?;
    if case.model.coverage_ppm < lane.coverage_ppm {
        return Err(Refusal::CoverageTooLow {
            coverage_ppm: case.model.coverage_ppm,
            least_ppm: lane.coverage_ppm,
        });
    }
    let standing = standing(around.decisions, around.today);
    for rank in standing.into_iter().chain([grade]) {
        if lane.never.contains(&rank) {
            return Err(Refusal::NeverOnFastLane { rank });
        }
    }
    match standing {
        None if !lane.first => return Err(Refusal::FirstGrade),
        Some(standing) if standing.notches(grade) > lane.notches => {
            return Err(Refusal::TooFarForFastLane {
                notches: standing.notches(grade),
                limit: lane.notches,
            });
        }
        Some(standing) if standing.is_better(grade) => {
            let runs = falls(Some(standing), around.since).max(1);
            let needed = around.terms.steady.confirmed_by;
            if runs < needed {
                return Err(Refusal::NotConfirmed { runs, needed });
            }
        }
        _ => {}
    }
    proposal::rises_too_early(case, around, Some(grade), around.today)?;
    Ok(vec![Event::Decided(Decision {
        grade: Some(grade),
        model: case.model,
        basis: Basis::FastLane,
        departure: None,
        at: signed.at,
        effective: around.today,
    })])
}

/// Calls experts: by lot from all that may, or by name.
fn consult(case: &Case, around: &Around<'_>, choice: Choice, signed: Signed) -> Result<Vec<Event>, Refusal> {
    if around.terms.judged.is_empty() {
        return Err(Refusal::NothingJudged);
    }
    let fresh = Panel::default();
    let panel = case.panel.as_ref().unwrap_or(&fresh);
    let may = |user: &UserId| !is_barred(case, around, *user) && !panel.experts.contains_key(user);
    let (called, how, seed) = match choice {
        Choice::Draw { number, seed } => {
            // Who calls them does not draw himself either.
            let free = |user: &UserId| may(user) && !signed.by.people().any(|caller| caller == *user);
            let pool: BTreeSet<UserId> = around.experts.iter().copied().filter(free).collect();
            let found = u32::try_from(pool.len()).unwrap_or(u32::MAX);
            if found < number {
                return Err(Refusal::TooFewExperts { found, needed: number });
            }
            (panel::draw(seed, case.id, &pool, number), Chosen::Drawn, Some(seed))
        }
        Choice::Name(experts) => {
            for expert in &experts {
                named(case, around, panel, *expert, signed.by)?;
            }
            (experts, Chosen::Named, None)
        }
    };
    let already = panel.experts.keys().filter(|user| !is_barred(case, around, **user));
    let found = u32::try_from(already.count() + called.len()).unwrap_or(u32::MAX);
    let needed = panel::needed(around.terms);
    if found < needed || called.is_empty() {
        return Err(Refusal::TooFewExperts { found, needed });
    }
    let experts: BTreeMap<UserId, Chosen> = called.into_iter().map(|user| (user, how)).collect();
    Ok(vec![Event::Called { signed, experts, seed }])
}

fn named(case: &Case, around: &Around<'_>, panel: &Panel, expert: UserId, by: By) -> Result<(), Refusal> {
    if !around.experts.contains(&expert) {
        return Err(Refusal::NoExpert { person: expert });
    }
    if is_barred(case, around, expert) {
        return Err(Refusal::ExpertConflicted { person: expert });
    }
    if panel.experts.contains_key(&expert) {
        return Err(Refusal::AlreadyCalled { person: expert });
    }
    if by.people().any(|caller| caller == expert) {
        return Err(Refusal::NamesHimself);
    }
    Ok(())
}

/// An expert gives his opinion; the last one makes them one.
fn opine(
    case: &Case,
    around: &Around<'_>,
    scores: BTreeMap<String, Judgement>,
    signed: Signed,
) -> Result<Vec<Event>, Refusal> {
    if signed.by.on_behalf_of.is_some() {
        return Err(Refusal::NotForAnother);
    }
    let user = signed.by.user;
    let panel = case.panel.as_ref().filter(|panel| panel.experts.contains_key(&user));
    let panel = panel.ok_or(Refusal::NotCalled)?;
    if panel.opinions.contains_key(&user) {
        return Err(Refusal::AlreadyOpined);
    }
    panel::is_whole(&scores, around.terms)?;
    let event = Event::Opined(Opinion { signed, scores });
    let after = case.clone().after(&event);
    let mut events = vec![event];
    events.extend(settled(&after, around, signed.at).ok());
    Ok(events)
}

/// Makes opinions one where somebody has fallen away since the last came in.
fn reconcile(case: &Case, around: &Around<'_>, now: Timestamp) -> Result<Vec<Event>, Refusal> {
    settled(case, around, now).map(|event| vec![event])
}

/// What the opinions come to, once they are all in: one, sent back once, or on with both views.
fn settled(case: &Case, around: &Around<'_>, at: Timestamp) -> Result<Event, Refusal> {
    let panel = case.panel.as_ref().ok_or(Refusal::NotCalled)?;
    let counts = |user: &UserId| !is_barred(case, around, *user);
    let silent = |user: &&UserId| counts(user) && !panel.opinions.contains_key(user);
    let missing = panel.experts.keys().filter(silent).count();
    if missing > 0 {
        return Err(Refusal::OpinionsMissing { missing });
    }
    let opinions = panel.opinions.iter();
    let opinions = opinions.filter(|(user, _)| counts(user)).map(|(_, opinion)| opinion);
    let found = u32::try_from(opinions.clone().count()).unwrap_or(u32::MAX);
    let needed = panel::needed(around.terms);
    if found < needed {
        return Err(Refusal::TooFewExperts { found, needed });
    }
    let lines = panel::reconcile(opinions, around.terms);
    let is_split = lines
        .values()
        .any(|line| matches!(line, panel::Reconciled::Split { .. }));
    if is_split && panel.before.is_none() {
        return Ok(Event::SentBack { at, lines });
    }
    let onward = match around.terms.committee {
        Some(_) => Onward::Committee,
        None => Onward::Screening,
    };
    Ok(Event::Reconciled { at, lines, onward })
}

fn propose(case: &Case, around: &Around<'_>, terms: Proposed, signed: Signed) -> Result<Vec<Event>, Refusal> {
    let fits = match terms.way {
        Way::Committee => case.stage == Stage::Committee,
        Way::TwoPeople => matches!(case.stage, Stage::Screening | Stage::Committee),
        Way::Emergency => true,
    };
    if !fits {
        return Err(Refusal::WrongStage {
            stage: case.stage.name(),
            command: "propose",
        });
    }
    if case.proposal.is_some() {
        return Err(Refusal::ProposalStands);
    }
    // What the committee has voted on is not settled behind its back.
    if terms.way == Way::TwoPeople && !case.ballots.is_empty() {
        return Err(Refusal::ForTheCommittee);
    }
    proposal::check(case, around, &terms)?;
    Ok(vec![Event::Proposed { signed, terms }])
}

/// A second person agrees; where there is no committee to ask, that decides.
fn second(case: &Case, around: &Around<'_>, signed: Signed) -> Result<Vec<Event>, Refusal> {
    let proposal = case.proposal.as_ref().ok_or(Refusal::NothingProposed)?;
    if proposal.signed.by.meets(signed.by) {
        return Err(Refusal::OwnProposal);
    }
    if !proposal.waits_for_a_second(around.terms.overriding.as_ref()) {
        return Err(Refusal::NeedsNoSecond);
    }
    if let Some(person) = vote::conflicted_makers(case, around, proposal).into_iter().next() {
        return Err(Refusal::MakerConflicted { person });
    }
    proposal::still_holds(around, proposal)?;
    let mut events = vec![Event::Seconded(signed)];
    let basis = match proposal.terms.way {
        Way::Committee => return Ok(events),
        Way::TwoPeople => Basis::TwoPeople,
        Way::Emergency => Basis::Emergency,
    };
    let mut seconded = proposal.clone();
    seconded.seconded = Some(signed);
    let decision = proposal::decided(case, around, &seconded, basis, signed);
    let until = decision.departure.as_ref().map(|departure| departure.until);
    events.push(Event::Decided(decision));
    if basis == Basis::Emergency {
        events.extend(until.map(|by| Event::ReviewCalled { by }));
    }
    Ok(events)
}

/// Somebody stands aside. What he has already voted stands; a conflict that comes to light then annuls the ballot.
fn recuse(case: &Case, around: &Around<'_>, reason: String, signed: Signed) -> Result<Vec<Event>, Refusal> {
    if signed.by.on_behalf_of.is_some() {
        return Err(Refusal::NotForAnother);
    }
    given(&reason)?;
    if let Some(member) = vote::has_voted(case, signed.by) {
        return Err(Refusal::AlreadyVoted { member });
    }
    let event = Event::Recused { signed, reason };
    let after = case.clone().after(&event);
    let mut events = vec![event];
    if case.stage == Stage::Judging {
        // It may have been his opinion that the others waited for.
        events.extend(settled(&after, around, signed.at).ok());
    }
    Ok(events)
}

fn rerun(case: &Case, model: Model, signed: Signed) -> Result<Vec<Event>, Refusal> {
    if case.proposal.is_some() {
        return Err(Refusal::ProposalStands);
    }
    if model.run <= case.model.run {
        let run = case.model.run;
        return Err(Refusal::OlderRun { run });
    }
    Ok(vec![Event::Rerun { signed, model }])
}

/// Only a case that was opened by hand, by who opened it, and before anybody else has worked on it.
fn withdraw(case: &Case, reason: String, signed: Signed) -> Result<Vec<Event>, Refusal> {
    let is_early = matches!(case.stage, Stage::Screening | Stage::AwaitingData { .. }) && case.panel.is_none();
    let is_own = case.opened_by.is_some_and(|opener| opener.meets(signed.by));
    if !matches!(case.occasion, Occasion::ByHand { .. }) || !is_own || !is_early {
        return Err(Refusal::NotToWithdraw);
    }
    if case.proposal.is_some() {
        return Err(Refusal::ProposalStands);
    }
    given(&reason)?;
    Ok(vec![Event::Withdrawn { signed, reason }])
}

fn given(reason: &str) -> Result<(), Refusal> {
    if reason.trim().is_empty() {
        return Err(Refusal::ReasonMissing);
    }
    Ok(())
}

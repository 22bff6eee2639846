//! What a command does to a submission. 决定

use std::collections::BTreeSet;

use pinji_domain::Timestamp;

use super::{By, Command, Event, Line, Outcome, Refusal, Signed, State, Submission, audit};
use crate::notice;
use crate::sample;

/// Decides what `command` does to `submission`. Pure: the time is an argument. 决定
///
/// Whether `by` may do such a thing at all is asked elsewhere; here stands what follows from the submission itself: its
/// state, who made it, what its rows are.
///
/// # Errors
/// A [`Refusal`]; nothing has changed then.
pub fn decide(submission: &Submission<'_>, command: Command, by: By, now: Timestamp) -> Result<Vec<Event>, Refusal> {
    let signed = Signed { by, at: now };
    let wrong = Refusal::WrongState {
        state: submission.state.name(),
        command: command.name(),
    };
    match (&submission.state, command) {
        (State::Draft, Command::Confirm { leaving_out }) => confirm(submission, signed, leaving_out),
        (State::Draft, Command::Withdraw { reason }) => {
            made_by(submission, None, by)?;
            Ok(vec![Event::Withdrawn { signed, reason }])
        }
        (State::Submitted { confirmed, ruled }, Command::Withdraw { reason }) => {
            made_by(submission, Some(*confirmed), by)?;
            if ruled.is_some() {
                return Err(Refusal::PartlyAccepted);
            }
            given(&reason)?;
            Ok(vec![Event::Withdrawn { signed, reason }])
        }
        (State::Submitted { ruled: None, .. }, Command::AcceptByRule) => by_rule(submission, now),
        (State::Submitted { ruled: Some(_), .. }, Command::AcceptByRule) => Err(Refusal::AlreadyRuled),
        (State::Submitted { confirmed, ruled }, Command::Audit(words)) => {
            for maker in [submission.collector, confirmed.by] {
                if maker.meets(by) {
                    return Err(Refusal::OwnWork { maker: maker.user });
                }
            }
            let waiting = ruled.as_ref().map(|ruled| &ruled.waiting);
            let lines = audit::judge(submission, &words, waiting)?;
            Ok(audited(submission, signed, lines, ruled.is_some()))
        }
        (State::Audited { .. }, Command::Undo { reason }) => {
            if let Some(run) = submission.used_by {
                return Err(Refusal::UsedByRun { run });
            }
            if let Some(by) = submission.overtaken_by {
                return Err(Refusal::Overtaken { by });
            }
            given(&reason)?;
            Ok(vec![Event::Undone { signed, reason }])
        }
        _ => Err(wrong),
    }
}

fn confirm(submission: &Submission<'_>, signed: Signed, leaving_out: u32) -> Result<Vec<Event>, Refusal> {
    let rows = || submission.parts.iter().flat_map(|part| part.rows);
    let bad = u32::try_from(rows().filter(|row| row.is_bad()).count()).unwrap_or(u32::MAX);
    if bad != leaving_out {
        return Err(Refusal::BadRows { bad, leaving_out });
    }
    // Rows that say what is known already are worth something: somebody has looked.
    if rows().all(|row| row.is_bad()) {
        return Err(Refusal::NothingToSubmit);
    }
    let told = submission.parts.iter().flat_map(|part| {
        let told = part.rows.iter().filter_map(|row| notice::reported(part.kind, row));
        told.map(Event::Told)
    });
    let confirmed = Event::Confirmed { signed, leaving_out };
    Ok(std::iter::once(confirmed).chain(told).collect())
}

/// The rule: what a trusted kind brings enters, but for what was drawn, is suspicious or could not be understood.
fn by_rule(submission: &Submission<'_>, now: Timestamp) -> Result<Vec<Event>, Refusal> {
    let mut lines = Vec::new();
    let mut drawn = BTreeSet::new();
    let mut waiting = BTreeSet::new();
    let mut is_trusted = false;
    let mut told = Vec::new();
    for part in submission.parts {
        let rate = part.kind.office.of(submission.channel).sample;
        let Some(rate) = rate.filter(|_| submission.channel.is_machine()) else {
            waiting.extend(part.rows.iter().filter(|row| !row.is_bad()).map(|row| row.row));
            continue;
        };
        is_trusted = true;
        let sample = sample::draw(submission.content, part.kind, part.rows, rate);
        for row in part.rows.iter().filter(|row| !row.is_bad()) {
            if sample.contains(&row.row) || submission.suspicious.contains(&row.row) {
                waiting.insert(row.row);
                continue;
            }
            let outcome = Outcome::Accepted { kept_out: Vec::new() };
            told.extend(notice::judged(part.kind, row, &outcome));
            lines.push(Line { row: row.row, outcome });
        }
        drawn.extend(sample);
    }
    if !is_trusted {
        return Err(Refusal::NotTrusted {
            channel: submission.channel,
        });
    }
    lines.sort_by_key(|line| line.row);
    let accepted = Event::AcceptedByRule {
        at: now,
        lines,
        drawn,
        waiting,
    };
    Ok(std::iter::once(accepted)
        .chain(told.into_iter().map(Event::Told))
        .collect())
}

/// What an audit says: audited, or returned where every row that had anything to say is sent back.
fn audited(submission: &Submission<'_>, signed: Signed, lines: Vec<Line>, ruled: bool) -> Vec<Event> {
    let mut told = Vec::new();
    for part in submission.parts {
        for row in part.rows {
            let line = lines
                .binary_search_by_key(&row.row, |line| line.row)
                .ok()
                .and_then(|at| lines.get(at));
            if let Some(line) = line {
                told.extend(
                    notice::judged(part.kind, row, &line.outcome)
                        .into_iter()
                        .map(Event::Told),
                );
            }
        }
    }
    let returned = |line: &Line| matches!(line.outcome, Outcome::Returned { .. });
    let left_out = |line: &Line| line.outcome == Outcome::LeftOut;
    let all_back = !ruled && lines.iter().any(returned) && lines.iter().all(|line| returned(line) || left_out(line));
    let event = if all_back {
        Event::Returned { signed, lines }
    } else {
        Event::Audited { signed, lines }
    };
    std::iter::once(event).chain(told).collect()
}

/// Only its makers take a submission back.
fn made_by(submission: &Submission<'_>, confirmed: Option<Signed>, by: By) -> Result<(), Refusal> {
    let confirmer = confirmed.is_some_and(|signed| signed.by.meets(by));
    if submission.collector.meets(by) || confirmer {
        return Ok(());
    }
    Err(Refusal::NotTheMaker {
        collector: submission.collector.user,
    })
}

fn given(reason: &str) -> Result<(), Refusal> {
    if reason.trim().is_empty() {
        return Err(Refusal::ReasonMissing { row: None, field: None });
    }
    Ok(())
}

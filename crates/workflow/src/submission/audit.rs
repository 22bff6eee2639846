//! From an auditor's words to what becomes of each row. 审核

use std::collections::{BTreeMap, BTreeSet};

use pinji_domain::Kind;

use super::{Audit, Judgement, Line, Outcome, Refusal, Submission};
use crate::compare::{Compared, Verdict};

/// What becomes of each row that waits; by row.
///
/// - `waiting`: the rows that the rule left over; all of them where no rule accepted anything.
pub(super) fn judge(
    submission: &Submission<'_>,
    words: &Audit,
    waiting: Option<&BTreeSet<u32>>,
) -> Result<Vec<Line>, Refusal> {
    let mut rows: BTreeMap<u32, (&Kind, &Compared)> = BTreeMap::new();
    for part in submission.parts {
        rows.extend(part.rows.iter().map(|row| (row.row, (part.kind, row))));
    }
    named(words, &rows, waiting)?;
    reasons(words)?;
    let mut lines = Vec::new();
    let mut unjudged = Vec::new();
    for (number, (kind, row)) in rows {
        if row.is_bad() {
            lines.push(Line {
                row: number,
                outcome: Outcome::LeftOut,
            });
        } else if waiting.is_none_or(|waiting| waiting.contains(&number)) {
            match outcome(kind, row, words)? {
                Some(outcome) => lines.push(Line { row: number, outcome }),
                None => unjudged.push(number),
            }
        }
    }
    match unjudged.first() {
        Some(first) => Err(Refusal::Unjudged {
            rows: u32::try_from(unjudged.len()).unwrap_or(u32::MAX),
            first: *first,
        }),
        None => Ok(lines),
    }
}

/// Holds that the words are about rows that wait and fields that differ.
fn named(
    words: &Audit,
    rows: &BTreeMap<u32, (&Kind, &Compared)>,
    waiting: Option<&BTreeSet<u32>>,
) -> Result<(), Refusal> {
    let of_fields = words.fields.iter().map(|((row, _), judgement)| (row, judgement));
    for (number, judgement) in words.rows.iter().chain(of_fields) {
        let Some((_, row)) = rows.get(number) else {
            return Err(Refusal::NoSuchRow { row: *number });
        };
        if row.is_bad() {
            if judgement.accepts() {
                return Err(Refusal::BadRowAccepted { row: *number });
            }
        } else if waiting.is_some_and(|waiting| !waiting.contains(number)) {
            return Err(Refusal::NotWaiting { row: *number });
        }
    }
    for (number, field) in words.fields.keys() {
        let differs = rows
            .get(number)
            .is_some_and(|(_, row)| row.differences.iter().any(|difference| difference.field == *field));
        if !differs {
            return Err(Refusal::FieldNotChanged {
                row: *number,
                field: field.clone(),
            });
        }
    }
    Ok(())
}

/// Holds that everything that is not accepted has a reason.
fn reasons(words: &Audit) -> Result<(), Refusal> {
    let lacks = |judgement: &Judgement| match judgement {
        Judgement::Accept => false,
        Judgement::Refuse { reason } | Judgement::Return { reason } => reason.trim().is_empty(),
    };
    let missing = |row, field| Err(Refusal::ReasonMissing { row, field });
    if words.rest.as_ref().is_some_and(lacks) {
        return missing(None, None);
    }
    if let Some((row, _)) = words.rows.iter().find(|(_, judgement)| lacks(judgement)) {
        return missing(Some(*row), None);
    }
    match words.fields.iter().find(|(_, judgement)| lacks(judgement)) {
        Some(((row, field), _)) => missing(Some(*row), Some(field.clone())),
        None => Ok(()),
    }
}

/// What becomes of one row; `None` where of it, or of one of its fields, nothing is said.
fn outcome(kind: &Kind, row: &Compared, words: &Audit) -> Result<Option<Outcome>, Refusal> {
    let general = words.rows.get(&row.row).or(words.rest.as_ref());
    if row.differences.is_empty() {
        return Ok(general.map(|judgement| whole(judgement.clone())));
    }
    let judged = !words.fields.is_empty();
    let mut kept_out: Vec<(String, Judgement)> = Vec::new();
    for difference in &row.differences {
        let own = || words.fields.get(&(row.row, difference.field.clone()));
        match judged.then(own).flatten().or(general) {
            None => return Ok(None),
            Some(Judgement::Accept) => {}
            Some(other) => kept_out.push((difference.field.clone(), other.clone())),
        }
    }
    if kept_out.len() == row.differences.len() {
        return Ok(none_accepted(general, kept_out).map(whole));
    }
    if row.verdict == Verdict::New
        && let Some((field, _)) = kept_out.iter().find(|(field, _)| is_needed(kind, field))
    {
        return Err(Refusal::RequiredFieldAlone {
            row: row.row,
            field: field.clone(),
        });
    }
    Ok(Some(Outcome::Accepted { kept_out }))
}

/// The word on a row of which no field is accepted: its own, else the first that returns, else the first.
fn none_accepted(general: Option<&Judgement>, kept_out: Vec<(String, Judgement)>) -> Option<Judgement> {
    if let Some(judgement) = general.filter(|judgement| !judgement.accepts()) {
        return Some(judgement.clone());
    }
    let mut words = kept_out.into_iter().map(|(_, judgement)| judgement);
    let first = words.next()?;
    let returns = |judgement: &Judgement| matches!(judgement, Judgement::Return { .. });
    if returns(&first) {
        return Some(first);
    }
    Some(words.find(returns).unwrap_or(first))
}

fn whole(judgement: Judgement) -> Outcome {
    match judgement {
        Judgement::Accept => Outcome::Accepted { kept_out: Vec::new() },
        Judgement::Refuse { reason } => Outcome::Refused { reason },
        Judgement::Return { reason } => Outcome::Returned { reason },
    }
}

/// Whether there is no record without this field.
fn is_needed(kind: &Kind, field: &str) -> bool {
    let named = kind.subject == field || kind.date.as_deref() == Some(field) || kind.key.iter().any(|key| key == field);
    named || kind.field(field).is_some_and(|field| field.required)
}

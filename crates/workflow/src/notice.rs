//! A key field moved: the departments concerned are told. 关键字段通知
//!
//! A notice is an event, not a text. It is raised when the collector confirms, so that nobody has to wait for the audit,
//! and once more when the auditor has decided, so that nobody is left with a figure that was refused.

use pinji_domain::Kind;
use pinji_domain::number::pow10;

use crate::compare::{Compared, Difference};
use crate::submission::Outcome;

/// What the departments of a kind are told about one row. 通知
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// The kind of record.
    pub kind: String,
    /// The customer's own number.
    pub customer: String,
    /// The row of the submission.
    pub row: u32,
    /// How far the change has come.
    pub stage: Stage,
    /// Who is told, by the company's own codes.
    pub departments: Vec<String>,
    /// The key fields, old beside new. For a new period, old is the period before.
    pub changes: Vec<Difference>,
}

/// How far a change has come. 通知阶段
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Somebody says so; nobody has audited it yet.
    Reported,
    /// It was audited and holds.
    Accepted,
    /// It was audited and does not hold.
    NotAccepted,
}

/// Whether a change is one that is told: of a key field and, for a number with a declared change, large enough.
pub(crate) fn counts(kind: &Kind, difference: &Difference) -> bool {
    let Some(key) = kind.office.key_field(&difference.field) else {
        return false;
    };
    let Some(change) = key.change else { return true };
    let number = |value: &Option<serde_json::Value>| value.as_ref()?.as_i64().map(i128::from);
    match (number(&difference.old), number(&difference.new)) {
        (Some(old), Some(new)) => {
            (new - old).abs() * i128::from(pow10(change.scale)) >= i128::from(change.units) * old.abs()
        }
        // From nothing to a value, or from a value to nothing, is a change of any size.
        _ => true,
    }
}

/// What is told when a row has been reported.
pub(crate) fn reported(kind: &Kind, row: &Compared) -> Option<Notice> {
    notice(kind, row, Stage::Reported, row.told.clone())
}

/// What is told when a row has been judged: what holds, and what does not.
pub(crate) fn judged(kind: &Kind, row: &Compared, outcome: &Outcome) -> Vec<Notice> {
    let (held, fell): (Vec<Difference>, Vec<Difference>) = row
        .told
        .iter()
        .cloned()
        .partition(|difference| outcome.takes(&difference.field));
    let both = [(Stage::Accepted, held), (Stage::NotAccepted, fell)];
    both.into_iter()
        .filter_map(|(stage, changes)| notice(kind, row, stage, changes))
        .collect()
}

fn notice(kind: &Kind, row: &Compared, stage: Stage, changes: Vec<Difference>) -> Option<Notice> {
    let departments = kind.office.notify.clone();
    if changes.is_empty() || departments.is_empty() || !row.brings() {
        return None;
    }
    Some(Notice {
        kind: kind.id.clone(),
        customer: row.key.as_ref()?.customer.clone(),
        row: row.row,
        stage,
        departments,
        changes,
    })
}

//! What an audit does to the register, and what undoing it does. 入库与撤销

use std::collections::BTreeMap;

use super::{Line, Outcome, Submission};
use crate::compare::RecordKey;
use crate::values::Values;

/// One record before and after. 记录变更
///
/// A version that is replaced is closed, not changed; a record that ends has no `after`.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The kind of record.
    pub kind: String,
    /// Whose and which; rows of a ledger are told apart by `row`.
    pub key: RecordKey,
    /// The row of the submission.
    pub row: u32,
    /// What was known.
    pub before: Option<Values>,
    /// What is known from now on.
    pub after: Option<Values>,
}

/// What accepted lines change, by row. Rows that say what is known change nothing. 入库变更
pub fn changes(submission: &Submission<'_>, lines: &[Line]) -> Vec<Change> {
    let accepted: BTreeMap<u32, &Outcome> = lines.iter().map(|line| (line.row, &line.outcome)).collect();
    let mut changes = Vec::new();
    for part in submission.parts {
        for row in part.rows.iter().filter(|row| row.brings()) {
            let (Some(Outcome::Accepted { kept_out }), Some(key)) = (accepted.get(&row.row), &row.key) else {
                continue;
            };
            let mut after = row.after.clone();
            for (field, _) in kept_out {
                let old = row.before.as_ref().and_then(|before| before.get(field));
                match old.filter(|old| !old.is_null()) {
                    Some(old) => after.insert(field.clone(), old.clone()),
                    None => after.shift_remove(field),
                };
            }
            changes.push(Change {
                kind: part.kind.id.clone(),
                key: key.clone(),
                row: row.row,
                before: row.before.clone(),
                after: Some(after),
            });
        }
    }
    changes.sort_by_key(|change| change.row);
    changes
}

/// What puts changes back: the last first, each the other way round. 反向变更
pub fn reversed(changes: &[Change]) -> Vec<Change> {
    let back = changes.iter().rev().map(|change| Change {
        before: change.after.clone(),
        after: change.before.clone(),
        ..change.clone()
    });
    back.collect()
}

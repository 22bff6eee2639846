//! Submissions as they are handed out. 报送视图

use pinji_domain::{SubmissionId, Timestamp, UserId};
use pinji_store::Submission;
use serde_json::{Value, json};

use super::rows::{Said, SheetNote, Summary};
use crate::register::Fault;

/// A submission as a whole. 报送
#[derive(Debug, Clone)]
pub struct SubmissionView {
    /// The id.
    pub id: SubmissionId,
    /// What the store has of it.
    pub kept: Submission,
    /// The hash of what it says, whatever the order of its rows.
    pub content: String,
    /// An earlier submission that said exactly the same.
    pub resent: Option<SubmissionId>,
    /// Rows about which something is suspicious.
    pub suspicious: i64,
    /// Its sheets.
    pub sheets: Vec<SheetNote>,
    /// What is to be said of it as a whole.
    pub notes: Vec<Said>,
}

impl SubmissionView {
    /// Who audited it.
    pub fn auditor(&self) -> Option<UserId> {
        self.kept.audited_by
    }

    /// Since when it waits, or waited.
    pub fn submitted_at(&self) -> Option<Timestamp> {
        self.kept.submitted_at
    }
}

pub(super) fn view(kept: &Submission) -> Result<SubmissionView, Fault> {
    let summary = Summary::of(kept)?;
    Ok(SubmissionView {
        id: kept.id,
        kept: kept.clone(),
        content: summary.content,
        resent: summary.resent.map(SubmissionId),
        suspicious: summary.suspicious,
        sheets: summary.sheets,
        notes: summary.notes,
    })
}

/// What the ledger says of it: counts and hashes, never figures.
pub(super) fn entry_of(kept: &Submission) -> Value {
    json!({
        "kind": kept.kind, "channel": kept.channel.code(), "state": kept.state.code(), "file": kept.file,
        "collected_by": kept.collected_by.0, "rows": kept.rows_total, "bad": kept.rows_bad,
        "accepted": kept.rows_accepted, "refused": kept.rows_refused, "returned": kept.rows_returned,
        "audited_by": kept.audited_by.map(|user| user.0), "rule": kept.audit_rule, "version": kept.version,
    })
}

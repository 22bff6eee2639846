//! A submission as its rules see it. 规则视角

use std::collections::BTreeSet;

use pinji_domain::{RunId, SubmissionId, Timestamp};
use pinji_store::{Submission as Kept, SubmissionState};
use pinji_workflow::ContentHash;
use pinji_workflow::submission::{By, Command, Part, Refusal, Ruled, Signed, State, Submission, decide};

use super::rows::Summary;
use crate::register::Fault;

/// What is known besides its rows.
pub(super) struct Standing {
    content: ContentHash,
    collector: By,
    state: State,
    used_by: Option<RunId>,
    overtaken_by: Option<SubmissionId>,
}

impl Standing {
    /// Where it stands; `waiting` are the rows that a rule has left over.
    pub(super) fn of(kept: &Kept, summary: &Summary, waiting: Option<BTreeSet<u32>>) -> Result<Standing, Fault> {
        let collector = By::user(kept.collected_by);
        let made = By {
            user: kept.entered_by,
            on_behalf_of: Some(kept.collected_by),
        };
        let signed = |by: By, at: Option<Timestamp>| Signed {
            by,
            at: at.unwrap_or(kept.entered_at),
        };
        let confirmed = signed(made, kept.submitted_at);
        let audited = signed(By::user(kept.audited_by.unwrap_or(kept.collected_by)), kept.audited_at);
        let state = match kept.state {
            SubmissionState::Draft => State::Draft,
            SubmissionState::Submitted => State::Submitted {
                confirmed,
                ruled: waiting.map(|waiting| Ruled {
                    at: kept.audited_at.unwrap_or(kept.entered_at),
                    waiting,
                }),
            },
            SubmissionState::Audited => State::Audited { confirmed, audited },
            SubmissionState::Withdrawn => State::Withdrawn(confirmed),
            SubmissionState::Returned => State::Returned {
                confirmed,
                returned: audited,
            },
            SubmissionState::Undone => State::Undone {
                audited,
                undone: signed(By::user(kept.undone_by.unwrap_or(kept.collected_by)), kept.undone_at),
            },
        };
        Ok(Standing {
            content: ContentHash::parse(&summary.content).ok_or_else(|| Fault::broken("a content hash is broken"))?,
            collector,
            state,
            used_by: None,
            overtaken_by: None,
        })
    }

    /// With what has become of its records since.
    pub(super) fn since(mut self, used_by: Option<RunId>, overtaken_by: Option<SubmissionId>) -> Standing {
        self.used_by = used_by;
        self.overtaken_by = overtaken_by;
        self
    }

    /// After the collector has confirmed it.
    pub(super) fn confirmed(&self, signed: Signed) -> Standing {
        Standing {
            content: self.content,
            collector: self.collector,
            state: State::Submitted {
                confirmed: signed,
                ruled: None,
            },
            used_by: None,
            overtaken_by: None,
        }
    }

    /// With some or all of its rows.
    pub(super) fn with<'a>(&self, kept: &Kept, parts: &'a [Part<'a>], suspicious: &'a BTreeSet<u32>) -> Submission<'a> {
        Submission {
            channel: kept.channel,
            collector: self.collector,
            content: self.content,
            parts,
            suspicious,
            state: self.state.clone(),
            used_by: self.used_by,
            overtaken_by: self.overtaken_by,
        }
    }
}

impl Standing {
    /// Asks the rules whether this may be done to the submission as a whole, whatever its rows say. 整体裁定
    pub(super) fn allows(&self, kept: &Kept, command: Command, by: By, at: Timestamp) -> Result<(), Fault> {
        let none = BTreeSet::new();
        decide(&self.with(kept, &[], &none), command, by, at).map_err(refused)?;
        Ok(())
    }
}

/// What the rules say no to, as the office says it.
pub(super) fn refused(refusal: Refusal) -> Fault {
    Fault::Refused(refusal.message())
}

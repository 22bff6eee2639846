//! Why the rules say no. 拒绝原因

use pinji_domain::ids::{RunId, SubmissionId, UserId};
use pinji_domain::{Channel, Message};

/// Why a command is refused. Nothing has changed then. 拒绝
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message().code)]
pub enum Refusal {
    /// The command does not fit where the submission stands.
    WrongState {
        /// The state's name.
        state: &'static str,
        /// The command's name.
        command: &'static str,
    },
    /// The number of bad rows is not the one that the collector knows of.
    BadRows {
        /// How many there are.
        bad: u32,
        /// How many he leaves out.
        leaving_out: u32,
    },
    /// No row is left that could be submitted.
    NothingToSubmit,
    /// Only who collected or confirmed it takes it back.
    NotTheMaker {
        /// Who collected it.
        collector: UserId,
    },
    /// The auditor collected or confirmed it, or acts for somebody who did.
    OwnWork {
        /// Who collected or confirmed it.
        maker: UserId,
    },
    /// A reason is needed here.
    ReasonMissing {
        /// The row, where one is meant.
        row: Option<u32>,
        /// The field, where one is meant.
        field: Option<String>,
    },
    /// There is no such row.
    NoSuchRow {
        /// The row.
        row: u32,
    },
    /// The row was accepted by rule already.
    NotWaiting {
        /// The row.
        row: u32,
    },
    /// The row would not change this field.
    FieldNotChanged {
        /// The row.
        row: u32,
        /// The field.
        field: String,
    },
    /// A bad row cannot be accepted.
    BadRowAccepted {
        /// The row.
        row: u32,
    },
    /// Without this field there is no new record: refuse or return the row.
    RequiredFieldAlone {
        /// The row.
        row: u32,
        /// The field.
        field: String,
    },
    /// Of some rows or fields nothing is said.
    Unjudged {
        /// How many rows.
        rows: u32,
        /// The first of them.
        first: u32,
    },
    /// No kind of the submission is trusted on this channel.
    NotTrusted {
        /// The channel.
        channel: Channel,
    },
    /// It was accepted by rule already.
    AlreadyRuled,
    /// Part of it is in the register by rule, so it cannot be taken back; it can be audited and then undone.
    PartlyAccepted,
    /// A run has used it: a correction is one more record.
    UsedByRun {
        /// The run.
        run: RunId,
    },
    /// A later submission changed one of its records.
    Overtaken {
        /// The later one.
        by: SubmissionId,
    },
}

impl Refusal {
    /// The sentence for readers.
    pub fn message(&self) -> Message {
        match self {
            Refusal::WrongState { state, command } => Message::new("workflow-wrong-state")
                .with("state", Message::new(state_word(state)))
                .with("command", Message::new(command_word(command))),
            Refusal::BadRows { bad, leaving_out } => Message::new("workflow-bad-rows")
                .with("bad", i64::from(*bad))
                .with("out", i64::from(*leaving_out)),
            Refusal::NothingToSubmit => Message::new("workflow-nothing-to-submit"),
            Refusal::NotTheMaker { .. } => Message::new("workflow-not-the-maker"),
            Refusal::OwnWork { .. } => Message::new("workflow-own-work"),
            Refusal::ReasonMissing { row: None, .. } => Message::new("workflow-reason-missing"),
            Refusal::ReasonMissing {
                row: Some(row),
                field: None,
            } => Message::new("workflow-reason-missing-row").with("row", i64::from(*row)),
            Refusal::ReasonMissing {
                row: Some(row),
                field: Some(field),
            } => Message::new("workflow-reason-missing-field")
                .with("row", i64::from(*row))
                .with("field", field.as_str()),
            Refusal::NoSuchRow { row } => Message::new("workflow-no-such-row").with("row", i64::from(*row)),
            Refusal::NotWaiting { row } => Message::new("workflow-not-waiting").with("row", i64::from(*row)),
            Refusal::FieldNotChanged { row, field } => Message::new("workflow-field-not-changed")
                .with("row", i64::from(*row))
                .with("field", field.as_str()),
            Refusal::BadRowAccepted { row } => Message::new("workflow-bad-row-accepted").with("row", i64::from(*row)),
            Refusal::RequiredFieldAlone { row, field } => Message::new("workflow-required-field-alone")
                .with("row", i64::from(*row))
                .with("field", field.as_str()),
            Refusal::Unjudged { rows, first } => Message::new("workflow-unjudged")
                .with("rows", i64::from(*rows))
                .with("first", i64::from(*first)),
            Refusal::NotTrusted { channel } => Message::new("workflow-not-trusted").with("channel", channel.code()),
            Refusal::AlreadyRuled => Message::new("workflow-already-ruled"),
            Refusal::PartlyAccepted => Message::new("workflow-partly-accepted"),
            Refusal::UsedByRun { run } => Message::new("workflow-used-by-run").with("run", run.to_string()),
            Refusal::Overtaken { by } => Message::new("workflow-overtaken").with("by", by.to_string()),
        }
    }
}

fn state_word(name: &str) -> &'static str {
    match name {
        "draft" => "workflow-state-draft",
        "submitted" => "workflow-state-submitted",
        "audited" => "workflow-state-audited",
        "withdrawn" => "workflow-state-withdrawn",
        "returned" => "workflow-state-returned",
        _ => "workflow-state-undone",
    }
}

fn command_word(name: &str) -> &'static str {
    match name {
        "confirm" => "workflow-command-confirm",
        "withdraw" => "workflow-command-withdraw",
        "accept-by-rule" => "workflow-command-accept-by-rule",
        "audit" => "workflow-command-audit",
        _ => "workflow-command-undo",
    }
}

//! What goes wrong at the store, sorted by what the caller can do about it. 存储错误

use pinji_domain::Message;
use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, SqlErr, sqlx};

/// Why the store did not do it. 存储错误
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database was written by a newer Pinji; nothing was touched.
    #[error("schema step {found} is newer than the newest known step {known}")]
    NewerSchema {
        /// The step that the database is at.
        found: i64,
        /// The newest step that this program knows.
        known: i64,
    },
    /// The place cannot be opened.
    #[error("the database cannot be opened at {place}")]
    Place {
        /// Where it was sought, without a password.
        place: String,
        /// Why not.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Somebody has changed the row since it was read: 412.
    #[error("{what} {id} has moved on to version {version}")]
    Stale {
        /// The table.
        what: &'static str,
        /// Its id.
        id: i64,
        /// The version that it is at now.
        version: i64,
    },
    /// The row is not in the state that the step needs; somebody was quicker: 409.
    #[error("{what} {id} is not in the state that this step needs")]
    Moved {
        /// The table.
        what: &'static str,
        /// Its id.
        id: i64,
    },
    /// What must be there once is there already: 409.
    #[error("{what} has such a row already")]
    Taken {
        /// The table.
        what: String,
    },
    /// A row that another refers to does not exist, or the row itself: 404.
    #[error("{what} does not exist")]
    Missing {
        /// The table, where it is known.
        what: String,
    },
    /// A rule of the schema forbids it, such as that who collected does not audit: 409.
    #[error("the rule {rule} forbids it")]
    Rule {
        /// The name of the constraint or guard.
        rule: String,
    },
    /// Others are writing, and it took too long: 503.
    #[error("the database is busy")]
    Busy,
    /// The disk is full: 507.
    #[error("the disk is full")]
    Full,
    /// What the caller's closure said when it made the ledger's entry.
    #[error("the ledger's entry could not be made")]
    Entry(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A kept value cannot be read back.
    #[error("a kept value cannot be read: {0}")]
    Damaged(String),
    /// Anything else that the database says.
    #[error("the database failed")]
    Database(#[source] DbErr),
}

impl Error {
    /// The sentence for people. 提示
    pub fn message(&self) -> Message {
        match self {
            Error::NewerSchema { found, known } => Message::new("store-newer-schema")
                .with("found", *found)
                .with("known", *known),
            Error::Place { place, .. } => Message::new("store-cannot-open").with("place", place.as_str()),
            Error::Stale { version, .. } => Message::new("store-stale").with("version", *version),
            Error::Moved { .. } => Message::new("store-moved"),
            Error::Taken { what } => Message::new("store-taken").with("what", named(what)),
            Error::Missing { what } => Message::new("store-missing").with("what", named(what)),
            Error::Rule { rule } => forbidden(rule),
            Error::Busy => Message::new("store-busy"),
            Error::Full => Message::new("store-full"),
            Error::Entry(_) | Error::Damaged(_) | Error::Database(_) => Message::new("store-failed"),
        }
    }

    pub(crate) fn missing(what: &str) -> Error {
        Error::Missing { what: what.to_owned() }
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Error {
        if let DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) = error {
            return Error::Busy;
        }
        let (code, text, table, rule) = match &error {
            DbErr::Exec(RuntimeErr::SqlxError(inner))
            | DbErr::Query(RuntimeErr::SqlxError(inner))
            | DbErr::Conn(RuntimeErr::SqlxError(inner)) => match inner.as_ref() {
                sqlx::Error::Database(inner) => (
                    inner.code().unwrap_or_default().into_owned(),
                    inner.message().to_owned(),
                    inner.table().map(str::to_owned),
                    inner.constraint().map(str::to_owned),
                ),
                sqlx::Error::PoolTimedOut => return Error::Busy,
                _ => return Error::Database(error),
            },
            _ => return Error::Database(error),
        };
        match error.sql_err() {
            // SQLite names `table.column`, PostgreSQL the table beside the message.
            Some(SqlErr::UniqueConstraintViolation(_)) => Error::Taken {
                what: table.unwrap_or_else(|| table_of(&text)),
            },
            Some(SqlErr::ForeignKeyConstraintViolation(_)) => Error::Missing {
                what: table.unwrap_or_else(|| "row".to_owned()),
            },
            _ => match code.as_str() {
                // A check, or a guard of ours. SQLite puts the name after a colon, a guard's message is its name.
                "275" | "1811" | "23514" => Error::Rule {
                    rule: rule.unwrap_or_else(|| text.rsplit(": ").next().unwrap_or(&text).trim().to_owned()),
                },
                // SQLite: busy and its kinds; PostgreSQL: lock not available, deadlock, serialization, too many.
                "5" | "6" | "261" | "517" | "773" | "55P03" | "40P01" | "40001" | "53300" | "57P03" => Error::Busy,
                "13" | "53100" => Error::Full,
                _ => Error::Database(error),
            },
        }
    }
}

/// What a table holds, in words.
fn named(table: &str) -> Message {
    Message::new(match table {
        "customer" | "customer_name" => "store-what-customer",
        "record" => "store-what-record",
        "submission" | "submission_part" => "store-what-submission",
        "evidence" | "evidence_part" => "store-what-file",
        "office_user" | "credential" => "store-what-user",
        "team" | "team_member" => "store-what-team",
        "role_grant" => "store-what-grant",
        "link" => "store-what-link",
        "api_token" => "store-what-token",
        "access_permission" => "store-what-access",
        "party" | "relation" => "store-what-relation",
        "corporate_group" | "group_member" | "group_decision" => "store-what-group",
        "erasure" => "store-what-erasure",
        "passkey" => "store-what-passkey",
        "run" | "run_chunk" | "result" => "store-what-run",
        "rating_case" | "case_event" | "case_person" => "store-what-case",
        "case_opinion" => "store-what-opinion",
        "case_ballot" | "case_elector" | "case_vote" => "store-what-vote",
        "committee_seat" => "store-what-seat",
        "grade_decision" => "store-what-decision",
        "job" => "store-what-job",
        "answer" => "store-what-answer",
        _ => "store-what-row",
    })
}

/// What a rule of the schema says to those who met it.
fn forbidden(rule: &str) -> Message {
    match rule {
        "submission_auditor_did_not_collect" | "submission_auditor_did_not_enter" => {
            Message::new("store-rule-own-submission")
        }
        "grant_not_to_oneself" | "grant_not_approved_by_holder" => Message::new("store-rule-own-grant"),
        "grant_not_approved_by_proposer" => Message::new("store-rule-own-proposal"),
        "link_not_approved_by_proposer" => Message::new("store-rule-own-link"),
        "access_not_given_by_asker" => Message::new("store-rule-own-access"),
        "group_not_decided_by_proposer" => Message::new("store-rule-own-group"),
        "erasure_not_decided_by_asker" => Message::new("store-rule-own-erasure"),
        "seat_not_to_oneself" => Message::new("store-rule-own-seat"),
        "decision_not_seconded_by_proposer" | "decision_by_two" | "case_vote_not_by_maker" => {
            Message::new("store-rule-own-override")
        }
        "record_is_not_deleted"
        | "record_is_closed_once"
        | "relation_is_closed_once"
        | "relation_is_not_deleted"
        | "reading_is_kept"
        | "reading_is_not_deleted"
        | "group_decision_is_kept"
        | "group_decision_is_not_deleted"
        | "sealed_value_is_only_erased"
        | "sealed_value_is_not_deleted"
        | "erasure_is_not_deleted"
        | "committee_seat_ends_once"
        | "committee_seat_is_not_deleted"
        | "rating_case_stays_closed"
        | "rating_case_is_not_deleted"
        | "case_event_is_kept"
        | "case_event_is_not_deleted"
        | "case_person_stays_barred"
        | "case_person_is_not_deleted"
        | "case_opinion_is_kept"
        | "case_opinion_is_not_deleted"
        | "case_ballot_only_grows"
        | "case_ballot_is_not_deleted"
        | "case_elector_is_kept"
        | "case_elector_is_not_deleted"
        | "case_vote_is_kept"
        | "case_vote_is_not_deleted"
        | "grade_decision_is_kept"
        | "grade_decision_is_not_deleted"
        | "ledger_entry_is_kept"
        | "ledger_entry_is_not_deleted"
        | "ledger_frontier_only_grows"
        | "ledger_frontier_is_not_deleted"
        | "ledger_checkpoint_is_kept"
        | "ledger_checkpoint_is_not_deleted" => Message::new("store-rule-kept").with("rule", rule),
        _ => Message::new("store-rule").with("rule", rule),
    }
}

/// The table in `UNIQUE constraint failed: table.column, …`.
fn table_of(text: &str) -> String {
    let columns = text.rsplit(": ").next().unwrap_or(text);
    columns.split('.').next().unwrap_or(columns).trim().to_owned()
}

//! What can go wrong between records and results, as values. 查询错误

use std::path::{Path, PathBuf};

use arrow::error::ArrowError;
use parquet::errors::ParquetError;
use pinji_domain::{Arg, Message};

/// Why measures, snapshots or outputs could not be made. 查询错误
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The source of the records says so, in its own words.
    #[error("records could not be read: {}", .0.code)]
    Data(Message),
    /// A measure reads a record kind that is not declared.
    #[error("measure `{measure}` reads the unknown record kind `{kind}`")]
    UnknownKind {
        /// The measure.
        measure: String,
        /// The kind.
        kind: String,
    },
    /// A field does not hold what its kind, or the measure, says.
    #[error("field `{field}` of `{kind}` holds {found}, not {expected}")]
    FieldType {
        /// Record kind.
        kind: String,
        /// Field, or measure.
        field: String,
        /// What it should hold.
        expected: String,
        /// What it holds.
        found: String,
    },
    /// A row of the customer sheet or the wide sheet without an id.
    #[error("a row of `{kind}` has no id: {place}")]
    NoSubject {
        /// Record kind.
        kind: String,
        /// Where.
        place: String,
    },
    /// Two rows of the customer sheet or the wide sheet with the same id.
    #[error("two rows of `{kind}` have the id `{id}`: {first}, {second}")]
    DuplicateSubject {
        /// Record kind.
        kind: String,
        /// The id.
        id: String,
        /// Where the first one stands.
        first: String,
        /// Where the second one stands.
        second: String,
    },
    /// Two records with the same key.
    #[error("two records of `{kind}` have the key {key}: {first}, {second}")]
    DuplicateKey {
        /// Record kind.
        kind: String,
        /// The key's fields and values.
        key: String,
        /// Where the first one stands.
        first: String,
        /// Where the second one stands.
        second: String,
    },
    /// A sum beyond ±2^53, where figures are no longer exact.
    #[error("measure `{measure}` of `{subject}` is beyond the exact range")]
    BeyondSum {
        /// The measure.
        measure: String,
        /// The subject.
        subject: String,
    },
    /// A figure of one record beyond ±2^53.
    #[error("measure `{measure}` is beyond the exact range for a record: {place}")]
    BeyondRow {
        /// The measure.
        measure: String,
        /// Where.
        place: String,
    },
    /// No exchange rate for a record's currency and date.
    #[error("no rate for `{currency}` on {date}: {place}")]
    NoRate {
        /// Record kind.
        kind: String,
        /// The currency.
        currency: String,
        /// The record's date.
        date: String,
        /// Where.
        place: String,
    },
    /// An opinion that is none of the indicator's levels, and brings no points from 0 to 100 either.
    #[error("`{level}` is not a level of `{indicator}`: {place}")]
    UnknownLevel {
        /// The judged indicator.
        indicator: String,
        /// What the record says.
        level: String,
        /// Where.
        place: String,
    },
    /// An aggregate that needs `decimals` and has none.
    #[error("measure `{measure}` adds doubles without decimals")]
    NoDecimals {
        /// The measure.
        measure: String,
    },
    /// A file that is not a snapshot of ours.
    #[error("{path} is not a snapshot: {wants}")]
    NotSnapshot {
        /// The file's name.
        path: String,
        /// What it lacks.
        wants: String,
    },
    /// Two things that belong together do not fit: a program error rather than the reader's.
    #[error("{0}")]
    Mismatch(&'static str),
    /// A file could not be read or written.
    #[error("{path}")]
    File {
        /// The file's name, without its folder.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A Parquet file is damaged, or could not be written.
    #[error("Parquet")]
    Parquet(#[from] ParquetError),
    /// Columns could not be put together.
    #[error("Arrow")]
    Arrow(#[from] ArrowError),
}

impl QueryError {
    /// For `map_err` on file operations.
    pub(crate) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> QueryError + use<> {
        let path = name_of(path);
        move |source| QueryError::File { path, source }
    }

    /// For the reader: what, where and what to do next.
    pub fn message(&self) -> Message {
        match self {
            QueryError::Data(message) => message.clone(),
            QueryError::UnknownKind { measure, kind } => Message::new("query-unknown-kind")
                .with("measure", measure.as_str())
                .with("kind", kind.as_str()),
            QueryError::FieldType {
                kind,
                field,
                expected,
                found,
            } => Message::new("query-field-type")
                .with("kind", kind.as_str())
                .with("field", field.as_str())
                .with("expected", type_word(expected))
                .with("found", type_word(found)),
            QueryError::NoSubject { kind, place } => Message::new("query-no-subject")
                .with("kind", kind.as_str())
                .with("place", place.as_str()),
            QueryError::DuplicateSubject {
                kind,
                id,
                first,
                second,
            } => Message::new("query-duplicate-subject")
                .with("kind", kind.as_str())
                .with("id", id.as_str())
                .with("first", first.as_str())
                .with("second", second.as_str()),
            QueryError::DuplicateKey {
                kind,
                key,
                first,
                second,
            } => Message::new("query-duplicate-key")
                .with("kind", kind.as_str())
                .with("key", key.as_str())
                .with("first", first.as_str())
                .with("second", second.as_str()),
            QueryError::BeyondSum { measure, subject } => Message::new("query-beyond-sum")
                .with("measure", measure.as_str())
                .with("subject", subject.as_str()),
            QueryError::BeyondRow { measure, place } => Message::new("query-beyond-row")
                .with("measure", measure.as_str())
                .with("place", place.as_str()),
            QueryError::NoRate {
                kind,
                currency,
                date,
                place,
            } => Message::new("query-no-rate")
                .with("kind", kind.as_str())
                .with("currency", currency.as_str())
                .with("date", date.as_str())
                .with("place", place.as_str()),
            QueryError::UnknownLevel {
                indicator,
                level,
                place,
            } => Message::new("query-unknown-level")
                .with("indicator", indicator.as_str())
                .with("level", level.as_str())
                .with("place", place.as_str()),
            QueryError::NoDecimals { measure } => Message::new("query-no-decimals").with("measure", measure.as_str()),
            QueryError::NotSnapshot { path, wants } => Message::new("query-not-snapshot")
                .with("path", path.as_str())
                .with("wants", wants.as_str()),
            QueryError::Mismatch(what) => Message::new("query-mismatch").with("what", *what),
            QueryError::File { path, source } => Message::new("query-file")
                .with("path", path.as_str())
                .with("why", source.to_string()),
            QueryError::Parquet(source) => Message::new("query-parquet").with("why", source.to_string()),
            QueryError::Arrow(source) => Message::new("query-arrow").with("why", source.to_string()),
        }
    }
}

/// What a column holds, as a word of the reader's language where it is one of ours.
fn type_word(name: &str) -> Arg {
    let code = match name {
        "integer" => "query-type-integer",
        "decimal" => "query-type-decimal",
        "number" => "query-type-number",
        "text" => "query-type-text",
        "date" => "query-type-date",
        "flag" => "query-type-flag",
        other => return other.into(),
    };
    Message::new(code).into()
}

/// A file's name without its folder, for messages.
pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(
        || PathBuf::from(path).display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

//! What keeps a file from being read or written at all. 读写失败

use std::io;

use pinji_domain::Message;

/// Why a file could not be read, or is refused. 读取失败
///
/// Bad cells are no error but findings: see [`crate::BadCell`]. Every variant names the file by its relative name.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The operating system said no.
    #[error("{file}: input or output failed")]
    Io {
        /// The file.
        file: String,
        /// What was tried and what the system answered.
        #[source]
        source: io::Error,
    },
    /// The file cannot be used as it is; the message says why and what to do.
    #[error("{file}: {}", message.code)]
    Refused {
        /// The file.
        file: String,
        /// Why, and what to do next. It does not repeat the file's name.
        message: Message,
    },
    /// A `--map` that cannot be understood.
    #[error("mapping `{given}`: {}", message.code)]
    Mapping {
        /// The mapping as it was given.
        given: String,
        /// What is wrong with it.
        message: Message,
    },
    /// A field was asked for that the record kind does not have. A mistake of the caller.
    #[error("record kind `{kind}` has no field `{field}`")]
    NoSuchField {
        /// The record kind.
        kind: String,
        /// The field.
        field: String,
    },
    /// A Parquet file, or the temporary one that holds a large table, changed or broke while it was being read.
    #[error("{file}: damaged while being read")]
    Damaged {
        /// The file.
        file: String,
        /// What the reader said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl DataError {
    /// The error as a sentence, the file named. 错误说明
    pub fn message(&self) -> Message {
        match self {
            DataError::Io { file, source } => {
                let why = match source.kind() {
                    io::ErrorKind::NotFound => Message::new("data-io-not-found"),
                    io::ErrorKind::PermissionDenied => Message::new("data-io-denied"),
                    io::ErrorKind::StorageFull => Message::new("data-io-full"),
                    _ => Message::new("data-io-other").with("why", source.to_string()),
                };
                Message::new("data-in-file")
                    .with("file", file.as_str())
                    .with("what", why)
            }
            DataError::Refused { file, message } => Message::new("data-in-file")
                .with("file", file.as_str())
                .with("what", message.clone()),
            DataError::Mapping { given, message } => Message::new("data-mapping")
                .with("given", given.as_str())
                .with("what", message.clone()),
            DataError::NoSuchField { kind, field } => Message::new("data-no-such-field")
                .with("kind", kind.as_str())
                .with("field", field.as_str()),
            DataError::Damaged { file, source } => {
                let what = Message::new("data-damaged").with("why", source.to_string());
                Message::new("data-in-file")
                    .with("file", file.as_str())
                    .with("what", what)
            }
        }
    }

    pub(crate) fn io(file: &str, source: io::Error) -> Self {
        DataError::Io {
            file: file.to_owned(),
            source,
        }
    }

    pub(crate) fn refused(file: &str, message: Message) -> Self {
        DataError::Refused {
            file: file.to_owned(),
            message,
        }
    }

    pub(crate) fn damaged(file: &str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        DataError::Damaged {
            file: file.to_owned(),
            source: source.into(),
        }
    }
}

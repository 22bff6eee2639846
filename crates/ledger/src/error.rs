//! What can be wrong with one thing: an entry, a key, a note, a proof. 错误

use std::fmt;

use pinji_domain::Message;

/// Why something was not written, read or believed. 错误
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// A double, or a whole number beyond 64 signed bits, in an entry.
    NumberNotWhole {
        /// As JSON writes it.
        number: String,
    },
    /// Lists and objects too deep in each other.
    TooDeep {
        /// How deep they may be.
        most: usize,
    },
    /// An entry that is too long.
    TooLong {
        /// How many bytes it may have.
        most: usize,
    },
    /// A time that no calendar shows.
    InstantOutOfRange {
        /// Microseconds since 1970.
        micros: i64,
    },
    /// An entry without a field that each must have.
    FieldMissing {
        /// The field.
        field: &'static str,
    },
    /// A field that holds something of another type.
    FieldWrong {
        /// The field.
        field: &'static str,
    },
    /// A field that entries of this form do not have.
    FieldUnknown {
        /// The field.
        field: String,
    },
    /// Not JSON at all.
    NotJson {
        /// Where it ends to be.
        column: usize,
    },
    /// JSON, but not the one form of what it says.
    NotCanonical,
    /// The first entry does not open the ledger with its algorithm, or a later one would open it again.
    NotOpened,
    /// The kept edge of the tree is not one.
    FrontierDamaged,
    /// Not 32 bytes in base64.
    NotAHash {
        /// What stands there.
        text: String,
    },
    /// A key's name that notes cannot carry.
    KeyName {
        /// The name.
        name: String,
    },
    /// Not the text of a verifier key, or one with a false id.
    KeyForm,
    /// Not a signed note.
    NoteForm,
    /// A note that none of the known keys signed.
    NotSigned,
    /// A signature under a known key's name that this key did not make.
    SignatureFalse {
        /// The key's name.
        key: String,
    },
    /// A note that is not a checkpoint.
    CheckpointForm,
    /// A checkpoint of another ledger.
    OriginDiffers {
        /// The ledger that it names.
        found: String,
        /// The ledger of the key.
        expected: String,
    },
    /// Not the file of a proof.
    ProofForm,
    /// A path that does not lead from this entry to the root.
    ProofFalse {
        /// The entry's number.
        index: u64,
    },
}

impl Error {
    /// What to tell a person.
    pub fn message(&self) -> Message {
        let message = Message::new(self.code());
        match self {
            Error::NumberNotWhole { number } => message.with("number", number.as_str()),
            Error::TooDeep { most } | Error::TooLong { most } => message.with("most", *most),
            Error::InstantOutOfRange { micros } => message.with("micros", micros.to_string()),
            Error::FieldMissing { field } | Error::FieldWrong { field } => message.with("field", *field),
            Error::FieldUnknown { field } => message.with("field", field.as_str()),
            Error::NotJson { column } => message.with("column", *column),
            Error::NotAHash { text } => message.with("text", text.as_str()),
            Error::KeyName { name } => message.with("name", name.as_str()),
            Error::SignatureFalse { key } => message.with("key", key.as_str()),
            Error::OriginDiffers { found, expected } => message
                .with("found", found.as_str())
                .with("expected", expected.as_str()),
            Error::ProofFalse { index } => message.with("index", index.to_string()),
            Error::NotCanonical
            | Error::NotOpened
            | Error::FrontierDamaged
            | Error::KeyForm
            | Error::NoteForm
            | Error::NotSigned
            | Error::CheckpointForm
            | Error::ProofForm => message,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::NumberNotWhole { .. } => "ledger-number-not-whole",
            Error::TooDeep { .. } => "ledger-too-deep",
            Error::TooLong { .. } => "ledger-too-long",
            Error::InstantOutOfRange { .. } => "ledger-instant-out-of-range",
            Error::FieldMissing { .. } => "ledger-field-missing",
            Error::FieldWrong { .. } => "ledger-field-wrong",
            Error::FieldUnknown { .. } => "ledger-field-unknown",
            Error::NotJson { .. } => "ledger-not-json",
            Error::NotCanonical => "ledger-not-canonical",
            Error::NotOpened => "ledger-not-opened",
            Error::FrontierDamaged => "ledger-frontier-damaged",
            Error::NotAHash { .. } => "ledger-not-a-hash",
            Error::KeyName { .. } => "ledger-key-name",
            Error::KeyForm => "ledger-key-form",
            Error::NoteForm => "ledger-note-form",
            Error::NotSigned => "ledger-not-signed",
            Error::SignatureFalse { .. } => "ledger-signature-false",
            Error::CheckpointForm => "ledger-checkpoint-form",
            Error::OriginDiffers { .. } => "ledger-origin-differs",
            Error::ProofForm => "ledger-proof-form",
            Error::ProofFalse { .. } => "ledger-proof-false",
        }
    }
}

impl fmt::Display for Error {
    /// For logs: the code; people are told by [`Error::message`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for Error {}

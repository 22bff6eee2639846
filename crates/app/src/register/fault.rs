//! Why the office did not do what it was asked: the rules say no, or something broke. 拒绝与故障

use std::error::Error;

use pinji_domain::Message;

use super::Answer;

/// One part of what was sent, and what is wrong with it. 字段错误
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Where it stands in what was sent, as a JSON pointer: `/roles/0`.
    pub pointer: String,
    /// What is wrong, and what to do.
    pub says: Message,
}

impl Wrong {
    /// What is wrong with the part at this pointer.
    pub fn at(pointer: impl Into<String>, says: Message) -> Wrong {
        Wrong {
            pointer: pointer.into(),
            says,
        }
    }
}

/// Why a use case of the office gave nothing. 拒绝与故障
#[derive(Debug)]
pub enum Fault {
    /// Nobody is signed in, or what was shown to sign in does not hold.
    NotSignedIn(Message),
    /// Signed in, and not allowed.
    Forbidden(Message),
    /// Allowed after the password and the second factor were shown once more.
    ElevationNeeded,
    /// There is no such thing, or not for this person: nobody can tell the two apart.
    Absent,
    /// What was sent cannot be taken; all of it that is wrong.
    Invalid(Vec<Wrong>),
    /// It stands against the rules or against what is there.
    Refused(Message),
    /// It was changed by somebody else since it was read; this is how it stands now.
    Stale(Box<Answer>),
    /// Too often; again after so many seconds.
    TooMany {
        /// Seconds to wait.
        wait: i64,
        /// What was done too often.
        why: Message,
    },
    /// The store does not answer; what was asked was not done.
    Away(Box<dyn Error + Send + Sync>),
    /// Another service that is needed for this does not answer; what was asked was not done.
    Unreachable {
        /// Which, and what to do meanwhile.
        says: Message,
        /// What was found; for the log.
        cause: Box<dyn Error + Send + Sync>,
    },
    /// There is no room left where the office keeps its things; what was asked was not done.
    Full,
    /// Something broke; a line in the log says what.
    Broken(Box<dyn Error + Send + Sync>),
}

impl Fault {
    /// One field is wrong.
    pub fn field(pointer: &str, says: Message) -> Fault {
        Fault::Invalid(vec![Wrong::at(pointer, says)])
    }

    /// The rules say no, in this sentence.
    pub fn refused(code: &'static str) -> Fault {
        Fault::Refused(Message::new(code))
    }

    /// Something broke.
    pub fn broken(why: impl Into<Box<dyn Error + Send + Sync>>) -> Fault {
        Fault::Broken(why.into())
    }
}

impl From<pinji_store::Error> for Fault {
    fn from(error: pinji_store::Error) -> Fault {
        use pinji_store::Error;
        match &error {
            Error::Missing { .. } => Fault::Absent,
            Error::Stale { .. } | Error::Moved { .. } | Error::Taken { .. } | Error::Rule { .. } => {
                Fault::Refused(error.message())
            }
            Error::Busy => Fault::Away(error.into()),
            Error::Full => Fault::Full,
            Error::Database(_) if is_connection(&error) => Fault::Away(error.into()),
            _ => Fault::Broken(error.into()),
        }
    }
}

/// Whether the database could not be reached: something that passes, and no fault of the statement.
fn is_connection(error: &pinji_store::Error) -> bool {
    let mut says = String::new();
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(cause) = next {
        says.push_str(&cause.to_string().to_lowercase());
        next = cause.source();
    }
    let signs = [
        "connection",
        "pool",
        "broken pipe",
        "shutting down",
        "starting up",
        "i/o error",
        "unexpected eof",
    ];
    signs.iter().any(|sign| says.contains(sign))
}

/// An error with all that caused it, for a log or a terminal. 错误链
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut says = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        says.push_str(": ");
        says.push_str(&cause.to_string());
        next = cause.source();
    }
    says
}

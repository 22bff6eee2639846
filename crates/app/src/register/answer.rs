//! What a change gives back, kept with the change itself, so that a repeated request gets the first answer. 回答
//!
//! The edge says how a view is written; the use case writes the answer in the transaction of the change. A crash between
//! the change and the answer on the wire then costs nothing: the repetition finds both or neither.

use pinji_domain::Timestamp;
use serde_json::{Map, Value};

use super::Once;

/// What came of it. 结果
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Something new is there.
    Made,
    /// Something was changed, or decided.
    Changed,
    /// A long job has begun.
    Begun,
    /// It is done, and there is nothing to show.
    Done,
}

impl Outcome {
    const ALL: [Outcome; 4] = [Outcome::Made, Outcome::Changed, Outcome::Begun, Outcome::Done];

    /// Its number in the store.
    fn number(self) -> i64 {
        match self {
            Outcome::Made => 1,
            Outcome::Changed => 2,
            Outcome::Begun => 3,
            Outcome::Done => 4,
        }
    }

    fn numbered(number: i64) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.number() == number)
    }
}

/// What a change gives back. 回答
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What came of it.
    pub outcome: Outcome,
    /// Where the thing is.
    pub place: Option<String>,
    /// The version of the thing.
    pub version: Option<i64>,
    /// What the reader gets.
    pub body: Value,
    /// Secrets that only the first answer shows; they are never kept.
    pub shown_once: Map<String, Value>,
}

impl Answer {
    /// Something new, where it is, and how it looks.
    pub fn made(place: impl Into<String>, version: impl Into<Option<i64>>, body: Value) -> Answer {
        Answer {
            place: Some(place.into()),
            ..Answer::new(Outcome::Made, version.into(), body)
        }
    }

    /// Something that was changed, and how it looks now.
    pub fn changed(version: impl Into<Option<i64>>, body: Value) -> Answer {
        Answer::new(Outcome::Changed, version.into(), body)
    }

    /// A job that has begun, and where to follow it.
    pub fn begun(place: impl Into<String>, body: Value) -> Answer {
        Answer {
            place: Some(place.into()),
            ..Answer::new(Outcome::Begun, None, body)
        }
    }

    /// Done, with nothing to show.
    pub fn done() -> Answer {
        Answer::new(Outcome::Done, None, Value::Null)
    }

    /// The same answer, with a secret that only the first time shows.
    #[must_use]
    pub fn showing_once(mut self, field: &str, secret: &str) -> Answer {
        self.shown_once.insert(field.to_owned(), secret.into());
        self
    }

    fn new(outcome: Outcome, version: Option<i64>, body: Value) -> Answer {
        Answer {
            outcome,
            place: None,
            version,
            body,
            shown_once: Map::new(),
        }
    }

    /// What is kept under a request's key: all but the secrets.
    pub(crate) fn to_kept(&self, once: &Once, at: Timestamp) -> pinji_store::Answer {
        pinji_store::Answer {
            caller: once.scope.clone(),
            key: once.key.clone(),
            route: once.route.clone(),
            request_hash: once.fingerprint.clone(),
            status: self.outcome.number(),
            headers: serde_json::json!({ "place": self.place, "version": self.version }).to_string(),
            body: self.body.to_string().into_bytes(),
            at,
        }
    }

    /// Reads what was kept; `None` if it is not one of ours.
    pub(crate) fn from_kept(kept: &pinji_store::Answer) -> Option<Answer> {
        let headers: Value = serde_json::from_str(&kept.headers).ok()?;
        Some(Answer {
            outcome: Outcome::numbered(kept.status)?,
            place: headers.get("place")?.as_str().map(str::to_owned),
            version: headers.get("version")?.as_i64(),
            body: serde_json::from_slice(&kept.body).ok()?,
            shown_once: Map::new(),
        })
    }
}

//! Sessions: an unguessable id, idle 30 minutes, 12 hours at most, a new id at log-in and at each elevation. 会话

use pinji_domain::ids::UserId;
use pinji_domain::{Message, Timestamp};

use super::secret::{SecretHash, SecretText};

/// How long sessions live, in seconds. 会话时限
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionRules {
    /// Without a request.
    pub idle_seconds: i64,
    /// From the log-in, whatever happens.
    pub whole_seconds: i64,
    /// Of an elevation.
    pub elevated_seconds: i64,
}

impl Default for SessionRules {
    fn default() -> SessionRules {
        SessionRules {
            idle_seconds: 30 * 60,
            whole_seconds: 12 * 3600,
            elevated_seconds: 10 * 60,
        }
    }
}

/// A session as it is kept. 会话
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The hash of its id: a copy of the database signs nobody in.
    pub id: SecretHash,
    /// Whose it is.
    pub user: UserId,
    /// When the user signed in.
    pub opened: Timestamp,
    /// The last request.
    pub seen: Timestamp,
    /// Whether a second factor was shown.
    pub second_factor: bool,
    /// Until when it is elevated.
    pub elevated: Option<Timestamp>,
}

/// A session that was just opened or renewed: the id goes to the browser, the rest to the store. 新会话
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedSession {
    /// The id, for the cookie.
    pub secret: SecretText,
    /// What is kept.
    pub session: Session,
}

/// Why a session is no more. 会话结束
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Nothing was asked for too long.
    Idle,
    /// Its whole time is over.
    Over,
    /// The password, the second factor or the user changed after the log-in.
    Revoked,
}

impl Ended {
    /// The sentence for who comes back.
    pub fn message(self) -> Message {
        match self {
            Ended::Idle => Message::new("access-session-idle"),
            Ended::Over => Message::new("access-session-over"),
            Ended::Revoked => Message::new("access-session-revoked"),
        }
    }
}

impl Session {
    /// Opens a session after a log-in, with 256 random bits. An id that the browser brought before is not taken over.
    pub fn open(user: UserId, random: &[u8; 32], second_factor: bool, now: Timestamp) -> OpenedSession {
        let secret = SecretText::of_bytes(random);
        let session = Session {
            id: SecretHash::of(secret.reveal()),
            user,
            opened: now,
            seen: now,
            second_factor,
            elevated: None,
        };
        OpenedSession { secret, session }
    }

    /// Whether it still stands; `revoked` is when the user's sessions were last ended, by a new password for instance.
    pub fn check(&self, rules: &SessionRules, revoked: Option<Timestamp>, now: Timestamp) -> Result<(), Ended> {
        if revoked.is_some_and(|at| self.opened <= at) {
            return Err(Ended::Revoked);
        }
        if now >= self.opened.plus_seconds(rules.whole_seconds) {
            return Err(Ended::Over);
        }
        if now >= self.seen.plus_seconds(rules.idle_seconds) {
            return Err(Ended::Idle);
        }
        Ok(())
    }

    /// The session after a request. Its time never goes back.
    #[must_use]
    pub fn touched(&self, now: Timestamp) -> Session {
        Session {
            seen: self.seen.max(now),
            ..self.clone()
        }
    }

    /// The session after the user showed again who he is: elevated for ten minutes, under a new id; the old id is gone. 提权
    pub fn elevated(
        &self,
        rules: &SessionRules,
        random: &[u8; 32],
        second_factor: bool,
        now: Timestamp,
    ) -> OpenedSession {
        let secret = SecretText::of_bytes(random);
        let session = Session {
            id: SecretHash::of(secret.reveal()),
            seen: self.seen.max(now),
            second_factor: self.second_factor || second_factor,
            elevated: Some(now.plus_seconds(rules.elevated_seconds)),
            ..self.clone()
        };
        OpenedSession { secret, session }
    }
}

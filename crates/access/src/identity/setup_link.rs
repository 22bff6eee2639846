//! The one-time link with which a user sets the first password: there is no default one. 一次性设置链接

use pinji_domain::ids::UserId;
use pinji_domain::{Message, Timestamp};

use super::secret::{SecretHash, SecretText};

/// For how long a link is good.
const SECONDS: i64 = 24 * 3600;

/// A link as it is kept. 设置链接
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetupLink {
    /// The hash of its secret.
    pub id: SecretHash,
    /// For whom; `None` for the very first user, whom it makes.
    pub user: Option<UserId>,
    /// When it ends.
    pub expires: Timestamp,
    /// When it was used.
    pub used: Option<Timestamp>,
}

/// Why a link is not good. 链接问题
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkFault {
    /// Its day is over.
    Expired,
    /// It was used before.
    Used,
}

impl LinkFault {
    /// The sentence for who followed it.
    pub fn message(self) -> Message {
        match self {
            LinkFault::Expired => Message::new("access-link-expired"),
            LinkFault::Used => Message::new("access-link-used"),
        }
    }
}

impl SetupLink {
    /// Makes a link of 256 random bits: the secret for the address, and what is kept.
    pub fn issue(user: Option<UserId>, random: &[u8; 32], now: Timestamp) -> (SecretText, SetupLink) {
        let secret = SecretText::of_bytes(random);
        let link = SetupLink {
            id: SecretHash::of(secret.reveal()),
            user,
            expires: now.plus_seconds(SECONDS),
            used: None,
        };
        (secret, link)
    }

    /// The link after its one use; kept in the transaction that sets the password.
    pub fn spent(&self, now: Timestamp) -> Result<SetupLink, LinkFault> {
        if self.used.is_some() {
            return Err(LinkFault::Used);
        }
        if now >= self.expires {
            return Err(LinkFault::Expired);
        }
        Ok(SetupLink {
            used: Some(now),
            ..self.clone()
        })
    }
}

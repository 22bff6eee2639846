//! API tokens: `pj_`, 256 random bits, a checksum; kept as a hash with scopes and an end. 接口令牌

use std::collections::BTreeSet;

use pinji_domain::{Message, Timestamp};
use sha2::{Digest, Sha256};

use super::secret::{SecretHash, SecretText};
use crate::{Action, TokenUse};

const PREFIX: &str = "pj_";
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 62^43 > 2^256, 62^6 > 2^32.
const BODY: usize = 43;
const CHECK: usize = 6;
/// No token outlives a year.
const DAYS_MAX: i64 = 366;

/// A token as it is kept. 接口令牌
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// The hash of its text, by which it is found.
    pub hash: SecretHash,
    /// What it may be used for, at most.
    pub scopes: BTreeSet<Action>,
    /// When it ends.
    pub expires: Timestamp,
}

/// A token that was just made: the text is shown once. 新令牌
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedToken {
    /// The text, for its owner.
    pub text: SecretText,
    /// What is kept.
    pub token: ApiToken,
}

/// Why a token is not made or not taken. 令牌问题
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenFault {
    /// Not a token's text: cut off, or mistyped. Told without a look into the store.
    Malformed,
    /// Its time is over.
    Expired,
    /// It would be good for nothing.
    NoScope,
    /// An action that is not done through tokens.
    StepUpScope {
        /// That action.
        action: Action,
    },
    /// It would end before it begins, or live longer than a year.
    BadExpiry,
}

impl TokenFault {
    /// The sentence for who made or brought it.
    pub fn message(self) -> Message {
        match self {
            TokenFault::Malformed => Message::new("access-token-malformed"),
            TokenFault::Expired => Message::new("access-token-expired"),
            TokenFault::NoScope => Message::new("access-token-no-scope"),
            TokenFault::StepUpScope { action } => Message::new("access-token-step-up").with("action", action.name()),
            TokenFault::BadExpiry => Message::new("access-token-bad-expiry"),
        }
    }
}

impl ApiToken {
    /// Makes a token of 256 random bits.
    pub fn issue(
        random: &[u8; 32],
        scopes: BTreeSet<Action>,
        expires: Timestamp,
        now: Timestamp,
    ) -> Result<IssuedToken, TokenFault> {
        if scopes.is_empty() {
            return Err(TokenFault::NoScope);
        }
        if let Some(action) = scopes.iter().copied().find(|action| action.needs_step_up()) {
            return Err(TokenFault::StepUpScope { action });
        }
        if expires <= now || expires > now.plus_seconds(DAYS_MAX * 24 * 3600) {
            return Err(TokenFault::BadExpiry);
        }
        let text = text_of(random);
        let token = ApiToken {
            hash: SecretHash::of(&text),
            scopes,
            expires,
        };
        Ok(IssuedToken {
            text: SecretText::new(text),
            token,
        })
    }

    /// The hash under which a token that came in is to be looked up; refused where its checksum is wrong.
    pub fn look_up(text: &str) -> Result<SecretHash, TokenFault> {
        let parts = text.strip_prefix(PREFIX).and_then(|rest| rest.split_at_checked(BODY));
        match parts {
            Some((body, check)) if check.len() == CHECK && checksum(body) == check => Ok(SecretHash::of(text)),
            _ => Err(TokenFault::Malformed),
        }
    }

    /// What the token gives its bearer: never more than its owner has, since the rules ask for both.
    pub fn used(&self, now: Timestamp) -> Result<TokenUse, TokenFault> {
        if now >= self.expires {
            return Err(TokenFault::Expired);
        }
        Ok(TokenUse {
            scopes: self.scopes.clone(),
            expires: self.expires,
        })
    }
}

fn text_of(random: &[u8; 32]) -> String {
    let body = base62(random, BODY);
    let check = checksum(&body);
    format!("{PREFIX}{body}{check}")
}

/// Six digits from the body's hash: finds slips of the hand and stray finds in code, proves nothing.
fn checksum(body: &str) -> String {
    let hash = Sha256::digest(body.as_bytes());
    base62(hash.get(..4).unwrap_or_default(), CHECK)
}

/// A big-endian number in base 62, with leading zeros.
fn base62(bytes: &[u8], width: usize) -> String {
    let mut number = bytes.to_vec();
    let mut digits: Vec<u8> = Vec::with_capacity(width);
    for _ in 0..width {
        let mut rest = 0_u32;
        for byte in &mut number {
            let value = rest << 8 | u32::from(*byte);
            *byte = (value / 62) as u8;
            rest = value % 62;
        }
        digits.push(DIGITS.get(rest as usize).copied().unwrap_or(b'0'));
    }
    digits.iter().rev().map(|digit| char::from(*digit)).collect()
}

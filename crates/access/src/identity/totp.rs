//! Codes of an authenticator app: RFC 6238, six digits, 30 seconds, one step of tolerance, each used once. 动态口令

use pinji_domain::{Message, Timestamp};
use totp_rs::{Algorithm, Builder};

use super::secret::base32;

/// Seconds for which a code holds.
const STEP_SECONDS: u64 = 30;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A user's shared secret, and how far its codes were used. 动态口令密钥
#[derive(Clone, PartialEq, Eq)]
pub struct Totp {
    /// 160 random bits, shared with the user's app.
    pub secret: [u8; 20],
    /// The newest step whose code was accepted; no step up to it is accepted again.
    pub used: Option<u64>,
}

/// Why a code is not taken. 动态口令问题
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TotpFault {
    /// Not the code of this moment.
    Wrong,
    /// The right code, but it was used before.
    Used,
}

impl TotpFault {
    /// The sentence for who typed it.
    pub fn message(self) -> Message {
        match self {
            TotpFault::Wrong => Message::new("access-totp-wrong"),
            TotpFault::Used => Message::new("access-totp-used"),
        }
    }
}

impl Totp {
    /// A new secret, to be shown once.
    pub fn new(random: [u8; 20]) -> Totp {
        Totp {
            secret: random,
            used: None,
        }
    }

    /// Accepts a code and remembers its step; the store keeps the result in the transaction of the log-in.
    ///
    /// Spaces within the code are passed over, as apps show them.
    pub fn accept(&self, code: &str, now: Timestamp) -> Result<Totp, TotpFault> {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let totp = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_skew(1)
            .with_step_duration(STEP_SECONDS)
            .with_secret(self.secret)
            .build()
            .map_err(|_| TotpFault::Wrong)?;
        let seconds = u64::try_from(now.0.div_euclid(1_000_000)).map_err(|_| TotpFault::Wrong)?;
        let step = totp.check(&code, seconds).ok_or(TotpFault::Wrong)?;
        if self.used.is_some_and(|used| step <= used) {
            return Err(TotpFault::Used);
        }
        Ok(Totp {
            secret: self.secret,
            used: Some(step),
        })
    }

    /// The secret in base 32, for typing into an app.
    pub fn base32(&self) -> String {
        base32(&self.secret, BASE32)
    }

    /// The address that an app reads from a QR code: `otpauth://totp/…`.
    pub fn address(&self, issuer: &str, login: &str) -> String {
        let (issuer, login) = (percent(issuer), percent(login));
        format!(
            "otpauth://totp/{issuer}:{login}?secret={}&issuer={issuer}&algorithm=SHA1&digits=6&period={STEP_SECONDS}",
            self.base32()
        )
    }
}

/// Hides the secret.
impl std::fmt::Debug for Totp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Totp").field("used", &self.used).finish_non_exhaustive()
    }
}

fn percent(text: &str) -> String {
    let escape = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(escape).collect()
}

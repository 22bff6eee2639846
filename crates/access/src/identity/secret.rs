//! Secrets that are shown once and kept as hashes. 密钥及其散列

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A secret on its way to its owner. It is not printed by accident: `Debug` hides it. 明文密钥
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(String);

impl SecretText {
    pub(crate) fn new(text: String) -> SecretText {
        SecretText(text)
    }

    /// 256 random bits as text for a cookie or an address.
    pub(crate) fn of_bytes(random: &[u8; 32]) -> SecretText {
        SecretText(URL_SAFE_NO_PAD.encode(random))
    }

    /// The secret itself, to be handed over and then forgotten.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}

/// The SHA-256 of a secret: what the store keeps, and by which it finds the rest. 密钥散列
///
/// Plain SHA-256 is enough, since what is hashed carries at least 80 random bits; passwords are hashed otherwise.
#[derive(Debug, Clone, Copy, Eq)]
pub struct SecretHash(pub [u8; 32]);

impl SecretHash {
    /// The hash of a secret as it came in.
    pub fn of(secret: &str) -> SecretHash {
        SecretHash(Sha256::digest(secret.as_bytes()).into())
    }
}

/// Compared in a time that does not tell where they differ.
impl PartialEq for SecretHash {
    fn eq(&self, other: &SecretHash) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// Base 32 with the given alphabet, most significant bits first, without padding.
pub(crate) fn base32(bytes: &[u8], alphabet: &[u8; 32]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut held, mut bits) = (0_u32, 0);
    let mut push = |value: u32| {
        let symbol = alphabet.get(value as usize & 31).copied().unwrap_or(b'?');
        text.push(char::from(symbol));
    };
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            push(held >> bits);
            held &= (1 << bits) - 1;
        }
    }
    if bits > 0 {
        push(held << (5 - bits));
    }
    text
}

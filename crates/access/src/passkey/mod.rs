//! Passkeys (WebAuthn Level 3): registration and log-in, verified here. 通行密钥
//!
//! Written against the specification and not taken from a library: those that need no OpenSSL draw their own randomness and read
//! their own clock, which pure code does not. What is left to do is small, since no attestation is asked for: read the client's
//! JSON and the authenticator's bytes, compare what must be equal, and check one signature (by `ring`).

mod authenticator_data;
mod cbor;
mod ceremony;
mod client_data;
mod public_key;

pub use ceremony::{Assertion, Ceremony, Passkey, Purpose, Registration, RelyingParty};

use pinji_domain::Message;

/// Why a passkey is not taken. 通行密钥问题
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PasskeyFault {
    /// What the browser sent cannot be read.
    Malformed,
    /// It answers another question than the one that was asked, or answers too late.
    WrongChallenge,
    /// It was made for another site.
    WrongSite,
    /// Nobody touched the device, or the device did not check who did.
    NotVerified,
    /// An algorithm or an attestation that was not offered.
    Unsupported,
    /// The passkey of somebody else.
    WrongUser,
    /// The signature does not fit.
    BadSignature,
    /// The device's counter went back: there is a copy of it.
    Cloned,
}

impl PasskeyFault {
    /// The sentence for who tried.
    pub fn message(self) -> Message {
        Message::new(match self {
            PasskeyFault::Malformed => "access-passkey-malformed",
            PasskeyFault::WrongChallenge => "access-passkey-wrong-challenge",
            PasskeyFault::WrongSite => "access-passkey-wrong-site",
            PasskeyFault::NotVerified => "access-passkey-not-verified",
            PasskeyFault::Unsupported => "access-passkey-unsupported",
            PasskeyFault::WrongUser => "access-passkey-wrong-user",
            PasskeyFault::BadSignature => "access-passkey-bad-signature",
            PasskeyFault::Cloned => "access-passkey-cloned",
        })
    }
}

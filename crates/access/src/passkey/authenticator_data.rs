//! What the authenticator says and signs: for which site, who was there, its counter, a new key. 认证器数据

use sha2::{Digest, Sha256};

use super::cbor::{self, Value};
use super::public_key::PublicKey;
use super::{PasskeyFault, RelyingParty};

const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const MAY_BE_COPIED: u8 = 1 << 3;
const IS_COPIED: u8 = 1 << 4;
const HAS_KEY: u8 = 1 << 6;
const HAS_EXTENSIONS: u8 = 1 << 7;

/// The fixed part: hash of the site, flags, counter.
const HEAD: usize = 32 + 1 + 4;
/// The longest credential id of the specification.
const ID_MAX: usize = 1023;

/// The authenticator's statement, checked against the site. 认证器数据
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AuthenticatorData<'a> {
    pub(super) counter: u32,
    /// Whether the passkey may be copied to other devices of its owner.
    pub(super) may_be_copied: bool,
    pub(super) new: Option<NewKey<'a>>,
}

/// The credential that a registration made. 新凭据
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewKey<'a> {
    pub(super) id: &'a [u8],
    /// The COSE key as it came, to be kept.
    pub(super) cose: &'a [u8],
    pub(super) key: PublicKey,
}

impl<'a> AuthenticatorData<'a> {
    /// Reads it whole, and refuses what was made for another site or without a person whom the device checked.
    pub(super) fn read(bytes: &'a [u8], party: &RelyingParty) -> Result<AuthenticatorData<'a>, PasskeyFault> {
        let (head, rest) = bytes.split_at_checked(HEAD).ok_or(PasskeyFault::Malformed)?;
        let (site, tail) = head.split_at_checked(32).ok_or(PasskeyFault::Malformed)?;
        let [flags, counter @ ..] = tail else {
            return Err(PasskeyFault::Malformed);
        };
        let has = |flag: u8| flags & flag != 0;
        if site != Sha256::digest(party.id.as_bytes()).as_slice() {
            return Err(PasskeyFault::WrongSite);
        }
        if !has(PRESENT) || !has(VERIFIED) {
            return Err(PasskeyFault::NotVerified);
        }
        if has(IS_COPIED) && !has(MAY_BE_COPIED) {
            return Err(PasskeyFault::Malformed);
        }
        let (new, mut rest) = match has(HAS_KEY) {
            true => {
                let (new, rest) = new_key(rest)?;
                (Some(new), rest)
            }
            false => (None, rest),
        };
        if has(HAS_EXTENSIONS) {
            let (extensions, length) = cbor::read(rest)?;
            if !matches!(extensions, Value::Map(_)) {
                return Err(PasskeyFault::Malformed);
            }
            rest = rest.get(length..).unwrap_or_default();
        }
        if !rest.is_empty() {
            return Err(PasskeyFault::Malformed);
        }
        Ok(AuthenticatorData {
            counter: counter.iter().fold(0, |value, byte| value << 8 | u32::from(*byte)),
            may_be_copied: has(MAY_BE_COPIED),
            new,
        })
    }
}

/// Sixteen bytes that name the model, two of length, the credential's id, its key.
fn new_key(bytes: &[u8]) -> Result<(NewKey<'_>, &[u8]), PasskeyFault> {
    let malformed = PasskeyFault::Malformed;
    let (_model, rest) = bytes.split_at_checked(16).ok_or(malformed)?;
    let [high, low, rest @ ..] = rest else {
        return Err(malformed);
    };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    if length == 0 || length > ID_MAX {
        return Err(malformed);
    }
    let (id, rest) = rest.split_at_checked(length).ok_or(malformed)?;
    let (cose, size) = cbor::read(rest)?;
    let key = PublicKey::read(&cose)?;
    let (cose, rest) = rest.split_at_checked(size).ok_or(malformed)?;
    Ok((NewKey { id, cose, key }, rest))
}

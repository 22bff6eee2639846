//! Public keys as authenticators give them (COSE), and the check of a signature. 公钥

use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};

use super::PasskeyFault;
use super::cbor::Value;

/// The algorithms that are offered, by their COSE numbers, the preferred first: ES256, EdDSA, RS256 (older Windows Hello). 算法
pub(super) const ALGORITHMS: [i64; 3] = [ES256, EDDSA, RS256];
const ES256: i64 = -7;
const EDDSA: i64 = -8;
const RS256: i64 = -257;

/// Names of the fields of a COSE key.
const KTY: i64 = 1;
const ALG: i64 = 3;
const CURVE: i64 = -1;
const X: i64 = -2;
const Y: i64 = -3;
const N: i64 = -1;
const E: i64 = -2;

/// A key of a kind that is offered. 公钥
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PublicKey {
    /// An uncompressed point on P-256.
    Es256(Vec<u8>),
    /// Ed25519.
    EdDsa(Vec<u8>),
    /// Modulus and exponent, without leading zeros.
    Rs256(Vec<u8>, Vec<u8>),
}

impl PublicKey {
    pub(super) fn read(cose: &Value<'_>) -> Result<PublicKey, PasskeyFault> {
        let number = |key: i64| cose.at(key).and_then(Value::integer);
        let bytes = |key: i64| cose.at(key).and_then(Value::bytes).ok_or(PasskeyFault::Malformed);
        let sized = |key: i64| match bytes(key)? {
            value if value.len() == 32 => Ok(value),
            _ => Err(PasskeyFault::Malformed),
        };
        match (number(ALG), number(KTY), number(CURVE)) {
            (Some(ES256), Some(2), Some(1)) => Ok(PublicKey::Es256([&[4], sized(X)?, sized(Y)?].concat())),
            (Some(EDDSA), Some(1), Some(6)) => Ok(PublicKey::EdDsa(sized(X)?.to_vec())),
            (Some(RS256), Some(3), None) => {
                let plain = |value: &[u8]| value.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<u8>>();
                let (n, e) = (plain(bytes(N)?), plain(bytes(E)?));
                // 2048 to 8192 bits is what the check takes; a key outside would be registered and never work.
                if !(256..=1024).contains(&n.len()) || e.is_empty() || e.len() > 4 {
                    return Err(PasskeyFault::Unsupported);
                }
                Ok(PublicKey::Rs256(n, e))
            }
            (Some(alg), ..) if !ALGORITHMS.contains(&alg) => Err(PasskeyFault::Unsupported),
            _ => Err(PasskeyFault::Malformed),
        }
    }

    pub(super) fn algorithm(&self) -> i64 {
        match self {
            PublicKey::Es256(_) => ES256,
            PublicKey::EdDsa(_) => EDDSA,
            PublicKey::Rs256(..) => RS256,
        }
    }

    pub(super) fn verify(&self, message: &[u8], signed: &[u8]) -> Result<(), PasskeyFault> {
        let result = match self {
            PublicKey::Es256(point) => {
                UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_ASN1, point).verify(message, signed)
            }
            PublicKey::EdDsa(key) => UnparsedPublicKey::new(&signature::ED25519, key).verify(message, signed),
            PublicKey::Rs256(n, e) => {
                RsaPublicKeyComponents { n, e }.verify(&signature::RSA_PKCS1_2048_8192_SHA256, message, signed)
            }
        };
        result.map_err(|_| PasskeyFault::BadSignature)
    }
}

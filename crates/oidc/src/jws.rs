//! A compact JWS (RFC 7515): taken apart, and verified against a key that fits. 签名验证

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;

/// An algorithm that we believe: all of them are with a key of which we have the public half only. 签名算法
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA, PKCS #1, SHA-256.
    Rs256,
    /// The same with SHA-384.
    Rs384,
    /// The same with SHA-512.
    Rs512,
    /// RSA-PSS, SHA-256.
    Ps256,
    /// The same with SHA-384.
    Ps384,
    /// The same with SHA-512.
    Ps512,
    /// ECDSA on P-256, SHA-256.
    Es256,
    /// ECDSA on P-384, SHA-384.
    Es384,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// All that we believe; neither `none` nor one with a shared secret can be named.
    pub const ALL: [Algorithm; 9] = [
        Algorithm::Rs256,
        Algorithm::Rs384,
        Algorithm::Rs512,
        Algorithm::Ps256,
        Algorithm::Ps384,
        Algorithm::Ps512,
        Algorithm::Es256,
        Algorithm::Es384,
        Algorithm::EdDsa,
    ];

    /// Its registered name.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Rs256 => "RS256",
            Algorithm::Rs384 => "RS384",
            Algorithm::Rs512 => "RS512",
            Algorithm::Ps256 => "PS256",
            Algorithm::Ps384 => "PS384",
            Algorithm::Ps512 => "PS512",
            Algorithm::Es256 => "ES256",
            Algorithm::Es384 => "ES384",
            Algorithm::EdDsa => "EdDSA",
        }
    }

    /// The one with this name.
    pub fn parse(name: &str) -> Option<Algorithm> {
        Algorithm::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }
}

/// A public key, as a provider shows it. 公钥
#[derive(Debug, Clone, Deserialize)]
pub struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Jwk {
    /// Whether the key is of the type that the algorithm wants, and meant for signatures by it.
    pub fn fits(&self, algorithm: Algorithm, kid: Option<&str>) -> bool {
        let (kty, crv) = match algorithm {
            Algorithm::Es256 => ("EC", Some("P-256")),
            Algorithm::Es384 => ("EC", Some("P-384")),
            Algorithm::EdDsa => ("OKP", Some("Ed25519")),
            _ => ("RSA", None),
        };
        self.kty == kty
            && self.crv.as_deref() == crv
            && self.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
            && self.alg.as_deref().is_none_or(|alg| alg == algorithm.name())
            && kid.is_none_or(|kid| self.kid.as_deref() == Some(kid))
    }

    fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let bytes = |text: &Option<String>| {
            text.as_deref()
                .and_then(|text| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok())
        };
        let rsa = |parameters: &signature::RsaParameters| {
            let (Some(n), Some(e)) = (bytes(&self.n), bytes(&self.e)) else {
                return false;
            };
            // Leading zeros are no part of the number, and ring takes none.
            let n: Vec<u8> = n.into_iter().skip_while(|byte| *byte == 0).collect();
            RsaPublicKeyComponents { n, e }
                .verify(parameters, message, signature)
                .is_ok()
        };
        let ec = |algorithm: &'static dyn signature::VerificationAlgorithm| {
            let (Some(x), Some(y)) = (bytes(&self.x), bytes(&self.y)) else {
                return false;
            };
            let point = [&[4][..], &x, &y].concat();
            UnparsedPublicKey::new(algorithm, point)
                .verify(message, signature)
                .is_ok()
        };
        match algorithm {
            Algorithm::Rs256 => rsa(&signature::RSA_PKCS1_2048_8192_SHA256),
            Algorithm::Rs384 => rsa(&signature::RSA_PKCS1_2048_8192_SHA384),
            Algorithm::Rs512 => rsa(&signature::RSA_PKCS1_2048_8192_SHA512),
            Algorithm::Ps256 => rsa(&signature::RSA_PSS_2048_8192_SHA256),
            Algorithm::Ps384 => rsa(&signature::RSA_PSS_2048_8192_SHA384),
            Algorithm::Ps512 => rsa(&signature::RSA_PSS_2048_8192_SHA512),
            Algorithm::Es256 => ec(&signature::ECDSA_P256_SHA256_FIXED),
            Algorithm::Es384 => ec(&signature::ECDSA_P384_SHA384_FIXED),
            Algorithm::EdDsa => bytes(&self.x).is_some_and(|x| {
                UnparsedPublicKey::new(&signature::ED25519, x)
                    .verify(message, signature)
                    .is_ok()
            }),
        }
    }
}

/// A token taken apart, and not believed yet. 待验证令牌
pub struct Token<'t> {
    /// What it says it is signed by, if that is one that we know.
    pub algorithm: Option<Algorithm>,
    /// The key that it names.
    pub kid: Option<String>,
    signed: &'t [u8],
    payload: Vec<u8>,
    signature: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<serde_json::Value>,
}

impl<'t> Token<'t> {
    /// Takes a compact token apart; `None` where it is none, or demands what we do not know.
    pub fn parse(text: &'t str) -> Option<Token<'t>> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        if payload.contains('.') {
            return None;
        }
        let header: Header = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
        if header.crit.is_some() {
            return None;
        }
        Some(Token {
            algorithm: Algorithm::parse(&header.alg),
            kid: header.kid,
            signed: signed.as_bytes(),
            payload: URL_SAFE_NO_PAD.decode(payload).ok()?,
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }

    /// What it says, if one of these keys signed it by this algorithm.
    pub fn verified(&self, algorithm: Algorithm, keys: &[Jwk]) -> Option<&[u8]> {
        let mut fitting = keys.iter().filter(|key| key.fits(algorithm, self.kid.as_deref()));
        fitting
            .any(|key| key.verifies(algorithm, self.signed, &self.signature))
            .then_some(self.payload.as_slice())
    }
}

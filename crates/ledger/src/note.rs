//! Signed notes: a text that somebody vouches for, in a form that others read too (C2SP signed-note). 签名文书

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};

use crate::hash::{from_base64, hex, to_base64};
use crate::{Algorithm, Error};

/// The kind of signature: Ed25519 (RFC 8032) over the note's text.
const ED25519: u8 = 1;
/// More lines than this are not read.
const MOST_SIGNATURES: usize = 100;

/// A text with signatures below it. 签名文书
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

/// One line below the text: `— name base64(id || signature)`. 签名
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The key's name.
    pub name: String,
    /// The key's id.
    pub id: [u8; 4],
    /// What the key made of the text.
    pub bytes: Vec<u8>,
}

/// A key that signs; its secret comes from whoever keeps it. 签名私钥
#[derive(Clone)]
pub struct SignerKey {
    secret: SigningKey,
    public: VerifierKey,
}

/// A key that verifies; written as `name+id+base64`, to be given to auditors. 验证公钥
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    public: VerifyingKey,
}

impl Note {
    /// Signs a text: whole lines, the last one ended.
    pub fn sign(text: &str, keys: &[&SignerKey]) -> Result<Note, Error> {
        if keys.is_empty() || !text.ends_with('\n') || has_controls(text) {
            return Err(Error::NoteForm);
        }
        let signature = |key: &&SignerKey| Signature {
            name: key.public.name.clone(),
            id: key.public.id(),
            bytes: key.secret.sign(text.as_bytes()).to_bytes().to_vec(),
        };
        Ok(Note {
            text: text.to_owned(),
            signatures: keys.iter().map(signature).collect(),
        })
    }

    /// Reads a note; nothing in it may be believed until [`Note::verify`] agrees.
    pub fn parse(note: &str) -> Result<Note, Error> {
        let (text, lines) = note.rsplit_once("\n\n").ok_or(Error::NoteForm)?;
        let lines = lines.strip_suffix('\n').ok_or(Error::NoteForm)?;
        if has_controls(note) || lines.split('\n').count() > MOST_SIGNATURES {
            return Err(Error::NoteForm);
        }
        let signatures: Option<Vec<Signature>> = lines.split('\n').map(signature).collect();
        Ok(Note {
            text: format!("{text}\n"),
            signatures: signatures.ok_or(Error::NoteForm)?,
        })
    }

    /// What is signed, with its last line's end.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, also those of keys that nobody here knows: witnesses may have added theirs.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// The first of these keys that signed the text. 验证签名
    ///
    /// One false signature of any of them, and the whole note is refused; signatures of other keys are passed over.
    pub fn verify<'k>(&self, keys: &'k [VerifierKey]) -> Result<&'k VerifierKey, Error> {
        let mut found = None;
        for signature in &self.signatures {
            let known = |key: &&VerifierKey| key.name == signature.name && key.id() == signature.id;
            let Some(key) = keys.iter().find(known) else {
                continue;
            };
            let bytes = ed25519_dalek::Signature::from_slice(&signature.bytes);
            let holds = bytes.and_then(|bytes| key.public.verify_strict(self.text.as_bytes(), &bytes));
            holds.map_err(|_| Error::SignatureFalse { key: key.name.clone() })?;
            found = found.or(Some(key));
        }
        found.ok_or(Error::NotSigned)
    }
}

impl fmt::Display for Note {
    /// The note's file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for signature in &self.signatures {
            let bytes = [&signature.id, signature.bytes.as_slice()].concat();
            writeln!(f, "— {} {}", signature.name, to_base64(&bytes))?;
        }
        Ok(())
    }
}

impl SignerKey {
    /// A key from its name (the ledger's origin) and 32 secret random bytes.
    pub fn new(name: &str, secret: &[u8; 32]) -> Result<SignerKey, Error> {
        check_name(name)?;
        let secret = SigningKey::from_bytes(secret);
        let public = VerifierKey {
            name: name.to_owned(),
            public: secret.verifying_key(),
        };
        Ok(SignerKey { secret, public })
    }

    /// The key that verifies what this one signs.
    pub fn verifier(&self) -> &VerifierKey {
        &self.public
    }
}

impl VerifierKey {
    /// A key from its name and the 32 bytes of an Ed25519 public key.
    pub fn new(name: &str, public: &[u8; 32]) -> Result<VerifierKey, Error> {
        check_name(name)?;
        let public = VerifyingKey::from_bytes(public).map_err(|_| Error::KeyForm)?;
        Ok(VerifierKey {
            name: name.to_owned(),
            public,
        })
    }

    /// Its name: the origin of the ledger that it vouches for.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first four bytes of SHA-256 over name, line end, kind and key, whatever the ledger itself hashes with.
    pub fn id(&self) -> [u8; 4] {
        let hash = Algorithm::Sha256.hash(&[self.name.as_bytes(), &[b'\n', ED25519], self.public.as_bytes()]);
        let [a, b, c, d, ..] = hash.0;
        [a, b, c, d]
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&[ED25519], self.public.as_bytes().as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, hex(&self.id()), to_base64(&bytes))
    }
}

impl FromStr for VerifierKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<VerifierKey, Error> {
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Error::KeyForm);
        };
        let bytes = from_base64(key).ok_or(Error::KeyForm)?;
        let Some((&ED25519, public)) = bytes.split_first() else {
            return Err(Error::KeyForm);
        };
        let key = VerifierKey::new(name, public.try_into().map_err(|_| Error::KeyForm)?)?;
        if hex(&key.id()) == id {
            Ok(key)
        } else {
            Err(Error::KeyForm)
        }
    }
}

fn signature(line: &str) -> Option<Signature> {
    let (name, bytes) = line.strip_prefix("— ")?.split_once(' ')?;
    check_name(name).ok()?;
    let bytes = from_base64(bytes)?;
    let (id, bytes) = bytes.split_first_chunk::<4>()?;
    Some(Signature {
        name: name.to_owned(),
        id: *id,
        bytes: bytes.to_vec(),
    })
}

fn check_name(name: &str) -> Result<(), Error> {
    let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    if name.is_empty() || name.contains(bad) {
        return Err(Error::KeyName { name: name.to_owned() });
    }
    Ok(())
}

fn has_controls(text: &str) -> bool {
    text.bytes().any(|byte| byte < b' ' && byte != b'\n')
}

//! The office's own secrets: files in its folder that only its owner may read. 密钥文件

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use pinji_domain::Message;
use pinji_ledger::{SignerKey, VerifierKey};
use sha2::{Digest, Sha256};

use super::{Chance, Fault};

type Hmac256 = Hmac<Sha256>;

/// What the office signs and seals with. 密钥
pub(crate) struct Keys {
    /// Signs the ledger's checkpoints.
    pub(crate) ledger: SignerKey,
    /// The name under which it signs: the ledger's own.
    pub(crate) name: String,
    seal: [u8; 32],
}

impl Keys {
    /// Reads the keys in this folder, and makes those that are not there yet. `host` becomes part of a new ledger's name.
    pub(crate) fn open(folder: &Path, host: &str, chance: &Chance) -> Result<Keys, Fault> {
        pinji_store::private_folder(folder).map_err(Fault::broken)?;
        let fresh = chance.bytes::<4>()?;
        let line = kept(&folder.join("ledger.key"), || {
            let secret = chance.bytes::<32>()?;
            Ok(format!("{host}/{} {}\n", hex(&fresh), hex(&secret)))
        })?;
        let (name, secret) = line.trim().split_once(' ').ok_or_else(|| unreadable("ledger.key"))?;
        let secret = unhex(secret).ok_or_else(|| unreadable("ledger.key"))?;
        let ledger = SignerKey::new(name, &secret).map_err(Fault::broken)?;
        let line = kept(&folder.join("seal.key"), || {
            Ok(format!("{}\n", hex(&chance.bytes::<32>()?)))
        })?;
        let seal = unhex(line.trim()).ok_or_else(|| unreadable("seal.key"))?;
        Ok(Keys {
            ledger,
            name: name.to_owned(),
            seal,
        })
    }

    /// The key that verifies what the one in this folder signs; nothing is made.
    pub(crate) fn verifier_in(folder: &Path) -> Result<VerifierKey, Fault> {
        let line = fs::read_to_string(folder.join("ledger.key")).map_err(Fault::broken)?;
        Keys::verifier_of(line.trim()).ok_or_else(|| unreadable("ledger.key"))
    }

    /// The key that verifies what the one on this line of `ledger.key` signs.
    pub(crate) fn verifier_of(line: &str) -> Option<VerifierKey> {
        let (name, secret) = line.split_once(' ')?;
        let key = SignerKey::new(name, &unhex(secret)?).ok()?;
        Some(key.verifier().clone())
    }

    /// A text that only we could have made of these bytes, for `use_` alone: a cursor.
    pub(crate) fn seal(&self, purpose: &str, bytes: &[u8]) -> String {
        let tag = self.tag(purpose, bytes);
        let tag = tag.get(..16).unwrap_or_default();
        URL_SAFE_NO_PAD.encode([tag, bytes].concat())
    }

    /// The bytes of a text that [`Keys::seal`] made for the same purpose.
    pub(crate) fn unseal(&self, purpose: &str, text: &str) -> Option<Vec<u8>> {
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (tag, bytes) = sealed.split_at_checked(16)?;
        self.mac(purpose, bytes).verify_truncated_left(tag).ok()?;
        Some(bytes.to_vec())
    }

    /// A key for one purpose, which tells nothing about the others.
    pub(crate) fn tag(&self, purpose: &str, bytes: &[u8]) -> [u8; 32] {
        self.mac(purpose, bytes).finalize().into_bytes().into()
    }

    /// Twenty secret bytes in a form that only we can read again; for a database that others may copy.
    ///
    /// Random nonce, the bytes under a mask that the nonce and our key give, and a tag over both.
    pub(crate) fn lock(&self, purpose: &str, secret: &[u8; 20], chance: &Chance) -> Result<String, Fault> {
        let nonce = chance.bytes::<16>()?;
        let mask = self.tag(&format!("{purpose}/mask"), &nonce);
        let hidden: Vec<u8> = secret.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
        let body = [nonce.as_slice(), &hidden].concat();
        Ok(self.seal(purpose, &body))
    }

    /// What [`Keys::lock`] hid.
    pub(crate) fn unlock(&self, purpose: &str, locked: &str) -> Option<[u8; 20]> {
        let body = self.unseal(purpose, locked)?;
        let (nonce, hidden) = body.split_at_checked(16)?;
        let mask = self.tag(&format!("{purpose}/mask"), nonce);
        let secret: Vec<u8> = hidden.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
        secret.try_into().ok()
    }

    fn mac(&self, purpose: &str, bytes: &[u8]) -> Hmac256 {
        let mut hashed = Sha256::new();
        hashed.update(self.seal);
        hashed.update(purpose.as_bytes());
        // A key shorter than a block is filled up with zeros by the definition of HMAC.
        let mut key = [0; 64];
        key.iter_mut().zip(hashed.finalize()).for_each(|(to, from)| *to = from);
        let mut mac = Hmac256::new(&key.into());
        mac.update(bytes);
        mac
    }
}

/// The text of a file, made with `new` where there is none. Two starts at once agree on one.
fn kept(path: &Path, new: impl FnOnce() -> Result<String, Fault>) -> Result<String, Fault> {
    match fs::read_to_string(path) {
        Ok(text) => return Ok(text),
        Err(why) if why.kind() == ErrorKind::NotFound => {}
        Err(why) => return Err(Fault::broken(why)),
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(mut file) => {
            let text = new()?;
            file.write_all(text.as_bytes())
                .and_then(|()| file.sync_all())
                .map_err(Fault::broken)?;
            Ok(text)
        }
        Err(why) if why.kind() == ErrorKind::AlreadyExists => fs::read_to_string(path).map_err(Fault::broken),
        Err(why) => Err(Fault::broken(why)),
    }
}

fn unreadable(file: &str) -> Fault {
    Fault::Refused(Message::new("app-key-unreadable").with("file", file))
}

/// Bytes in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// So many bytes from hexadecimal digits.
pub(crate) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    let mut bytes = [0; N];
    if digits.len() != 2 * N {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

//! Commitments: what stands in an entry instead of a value about a person. 承诺值
//!
//! The entry keeps `sha256(salt || value)`; value and salt live elsewhere. Whoever holds both can show what the entry meant;
//! once they are destroyed the hash says nothing, and the tree stands as it stood.

use std::fmt;

use serde_json::{Map, Value, json};

use crate::{Algorithm, Error, Hash, canonical};

/// How long a salt is. It must be random and its value's own: figures and names are few enough to be guessed without it.
pub const SALT_BYTES: usize = 32;

/// A hash that stands for a value; written as `sha256:` and 64 hexadecimal digits. 承诺值
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Commitment(pub Hash);

impl Commitment {
    /// How it stands in an entry: `{"personal":"sha256:…"}`.
    pub fn to_value(self) -> Value {
        json!({ "personal": self.to_string() })
    }

    /// Reads what [`Commitment::to_value`] wrote.
    pub fn from_value(value: &Value) -> Option<Commitment> {
        let text = value.get("personal")?.as_str()?;
        let digits = text.strip_prefix("sha256:").filter(|digits| digits.len() == 64)?;
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        let commitment = Commitment(Hash(bytes));
        (commitment.to_string() == text).then_some(commitment)
    }
}

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.0.hex())
    }
}

/// Commits to a value under a salt. 作出承诺
pub fn commit(value: &[u8], salt: &[u8; SALT_BYTES]) -> Commitment {
    Commitment(Algorithm::Sha256.hash(&[salt, value]))
}

/// Whether this value under this salt is what was committed to. 验证承诺
pub fn opens(commitment: Commitment, value: &[u8], salt: &[u8; SALT_BYTES]) -> bool {
    commit(value, salt) == commitment
}

/// How a large content stands in an entry: `{"bytes":n,"digest":"sha256:…"}`. 摘要
pub fn digest(content: &[u8]) -> Value {
    let hash = Algorithm::Sha256.hash(&[content]);
    json!({ "bytes": content.len(), "digest": format!("sha256:{}", hash.hex()) })
}

/// What opens one commitment; kept outside the ledger, until it is erased. 承诺开启值
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The field that was personal.
    pub field: String,
    /// The value's canonical bytes.
    pub value: Vec<u8>,
    /// Its salt.
    pub salt: [u8; SALT_BYTES],
}

/// Puts commitments in place of the values of personal fields, and makes the rest exact. 个人信息封存
///
/// - `personal`: whether the field with this id is about a person.
/// - `salt`: fresh random bytes at each call; never the same for two values.
/// - Returns what may stand in an entry, and what opens the commitments. Missing values (null) are not personal.
pub fn seal(
    values: &Map<String, Value>,
    personal: impl Fn(&str) -> bool,
    mut salt: impl FnMut() -> [u8; SALT_BYTES],
) -> Result<(Map<String, Value>, Vec<Sealed>), Error> {
    let mut open = Map::new();
    let mut sealed = Vec::new();
    for (field, value) in values {
        let value = canonical::exact(value.clone());
        if value.is_null() || !personal(field) {
            open.insert(field.clone(), value);
            continue;
        }
        let (value, salt) = (canonical::encode(&value)?, salt());
        open.insert(field.clone(), commit(&value, &salt).to_value());
        sealed.push(Sealed {
            field: field.clone(),
            value,
            salt,
        });
    }
    Ok((open, sealed))
}

//! Hashes of the tree, by the algorithm that the ledger names. 散列

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use sm3::Sm3;

use crate::Error;

/// How a ledger hashes; named in its first entry and in each checkpoint, the same for its whole life. 散列算法
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// SHA-256 (FIPS 180-4).
    Sha256,
    /// SM3 (GB/T 32905).
    Sm3,
}

impl Algorithm {
    /// All algorithms, the usual one first.
    pub const ALL: [Algorithm; 2] = [Algorithm::Sha256, Algorithm::Sm3];

    /// Its name in entries and checkpoints.
    pub fn code(self) -> &'static str {
        match self {
            Algorithm::Sha256 => "sha256",
            Algorithm::Sm3 => "sm3",
        }
    }

    /// The algorithm with this name.
    pub fn parse(code: &str) -> Option<Algorithm> {
        Algorithm::ALL.into_iter().find(|algorithm| algorithm.code() == code)
    }

    /// The root of a tree without leaves: the hash of nothing.
    pub fn empty(self) -> Hash {
        self.hash(&[])
    }

    /// The hash of a leaf: of the byte 0 and the entry's bytes (RFC 6962). 叶散列
    pub fn leaf(self, entry: &[u8]) -> Hash {
        self.hash(&[&[0], entry])
    }

    /// The hash of an inner node: of the byte 1 and both children (RFC 6962). 节点散列
    pub fn node(self, left: &Hash, right: &Hash) -> Hash {
        self.hash(&[&[1], &left.0, &right.0])
    }

    pub(crate) fn hash(self, parts: &[&[u8]]) -> Hash {
        fn over<D: Digest>(parts: &[&[u8]]) -> D {
            parts.iter().fold(D::new(), |digest, part| digest.chain_update(part))
        }
        match self {
            Algorithm::Sha256 => Hash(over::<Sha256>(parts).finalize().into()),
            Algorithm::Sm3 => Hash(over::<Sm3>(parts).finalize().into()),
        }
    }
}

/// 32 bytes of a leaf, a node or a root; written in base64. 散列值
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// In hexadecimal, as `sha256sum` writes it.
    pub fn hex(&self) -> String {
        hex(&self.0)
    }

    /// From exactly 32 bytes.
    pub fn from_slice(bytes: &[u8]) -> Option<Hash> {
        bytes.try_into().ok().map(Hash)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_base64(&self.0))
    }
}

impl FromStr for Hash {
    type Err = Error;

    fn from_str(text: &str) -> Result<Hash, Error> {
        from_base64(text)
            .and_then(|bytes| Hash::from_slice(&bytes))
            .ok_or_else(|| Error::NotAHash { text: text.to_owned() })
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Strict: padded, and without bits that mean nothing, so that one value has one text.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

//! The tree's growing edge: all that is needed to append and to know the root. 树的前沿
//!
//! The peaks of the complete subtrees, left to right: one for each bit of the size. A ledger of a million entries has at
//! most twenty, so a database keeps them as one small row that each append reads and writes.

use crate::{Act, Algorithm, Entry, Error, Hash, OPENING};

/// A tree by its edge. 前沿
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frontier {
    algorithm: Algorithm,
    size: u64,
    last: Option<Hash>,
    peaks: Vec<Hash>,
}

/// What an append leaves to be kept. 追加结果
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The entry's number.
    pub seq: u64,
    /// Its canonical bytes.
    pub bytes: Vec<u8>,
    /// Its leaf hash.
    pub leaf: Hash,
}

/// The version of the frontier's bytes.
const FORM: u8 = 1;
/// Form, algorithm and size.
const HEAD: usize = 10;

impl Frontier {
    /// The edge of an empty tree.
    pub fn new(algorithm: Algorithm) -> Frontier {
        Frontier {
            algorithm,
            size: 0,
            last: None,
            peaks: Vec::new(),
        }
    }

    /// How it hashes.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// How many leaves it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The hash of the last leaf.
    pub fn last(&self) -> Option<Hash> {
        self.last
    }

    /// Makes of an act the next entry. The first must be [`Act::opening`] with this algorithm, and no other may be. 追加
    ///
    /// After an error the frontier is as it was.
    pub fn append(&mut self, act: Act) -> Result<Appended, Error> {
        let opens = act.action == OPENING;
        let algorithm = act.facts.get("algorithm").and_then(|code| code.as_str());
        if opens != (self.size == 0) || (opens && algorithm != Some(self.algorithm.code())) {
            return Err(Error::NotOpened);
        }
        let (seq, prev) = (self.size, self.last);
        let bytes = Entry { seq, prev, act }.to_bytes()?;
        let leaf = self.algorithm.leaf(&bytes);
        self.push(leaf);
        Ok(Appended { seq, bytes, leaf })
    }

    /// Adds a leaf by its hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        // Each trailing one of the size is a complete subtree as large as the one that has just been completed.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                node = self.algorithm.node(&left, &node);
            }
        }
        self.peaks.push(node);
        self.size += 1;
        self.last = Some(leaf);
    }

    /// The root of the tree (RFC 6962, Merkle Tree Hash). 根散列
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        match peaks.next() {
            None => self.algorithm.empty(),
            Some(last) => peaks.fold(*last, |right, left| self.algorithm.node(left, &right)),
        }
    }

    /// Form, algorithm, size (8 bytes, big-endian), last leaf, peaks; without the last two when empty.
    pub fn to_bytes(&self) -> Vec<u8> {
        let algorithm = match self.algorithm {
            Algorithm::Sha256 => 1,
            Algorithm::Sm3 => 2,
        };
        let mut bytes = vec![FORM, algorithm];
        bytes.extend(self.size.to_be_bytes());
        for hash in self.last.iter().chain(&self.peaks) {
            bytes.extend(hash.0);
        }
        bytes
    }

    /// Reads what [`Frontier::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Frontier, Error> {
        let damaged = || Error::FrontierDamaged;
        let (head, rest) = bytes.split_at_checked(HEAD).ok_or_else(damaged)?;
        let (kind, size) = head.split_at_checked(2).ok_or_else(damaged)?;
        let algorithm = match kind {
            [FORM, 1] => Algorithm::Sha256,
            [FORM, 2] => Algorithm::Sm3,
            _ => return Err(damaged()),
        };
        let size = u64::from_be_bytes(size.try_into().map_err(|_| damaged())?);
        let hashes: Option<Vec<Hash>> = rest.chunks(32).map(Hash::from_slice).collect();
        let mut hashes = hashes.ok_or_else(damaged)?.into_iter();
        let frontier = Frontier {
            algorithm,
            size,
            last: hashes.next(),
            peaks: hashes.collect(),
        };
        let whole = i64::try_from(size).is_ok()
            && frontier.last.is_some() == (size > 0)
            && frontier.peaks.len() == size.count_ones() as usize
            && (size & 1 == 0 || frontier.peaks.last() == frontier.last.as_ref());
        if whole { Ok(frontier) } else { Err(damaged()) }
    }
}

/// The root of a tree with these leaf hashes. 根散列
pub fn root(algorithm: Algorithm, leaves: &[Hash]) -> Hash {
    let mut frontier = Frontier::new(algorithm);
    leaves.iter().for_each(|leaf| frontier.push(*leaf));
    frontier.root()
}

//! The sample of a trusted feed that an auditor looks at: drawn by content, so that anybody can draw it again. 抽样
//!
//! Each row gets the number SHA-256(content hash ‖ name of the row), read as 64 bits from the front; it is drawn when that
//! lies below rate × 2^64. Where none is, the row with the smallest number is drawn: there is always at least one. The name
//! of a row is its customer and key, for a ledger its own content and how many equal rows come before it. The content hash
//! does not depend on the order of rows, nor does the draw; who sends the rows cannot choose them without changing them.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use pinji_domain::number::pow10;
use pinji_domain::{Decimal, Kind};
use sha2::{Digest, Sha256};

use crate::compare::Compared;
use crate::values::{self, Values};

/// What a submission says, as one number: SHA-256 over its rows in any order. 内容哈希
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash(pub [u8; 32]);

impl ContentHash {
    /// The content hash of rows, each with its kind.
    pub fn of<'r>(rows: impl IntoIterator<Item = (&'r Kind, &'r Values)>) -> ContentHash {
        ContentHash::of_hashes(
            rows.into_iter()
                .map(|(kind, row)| values::row_hash(kind, row))
                .collect(),
        )
    }

    /// The same, where the rows were hashed one by one by [`values::row_hash`]: they need not all be in memory.
    pub fn of_hashes(mut hashes: Vec<[u8; 32]>) -> ContentHash {
        hashes.sort_unstable();
        let mut hasher = Sha256::new();
        hasher.update((hashes.len() as u64).to_be_bytes());
        for hash in hashes {
            hasher.update(hash);
        }
        ContentHash(hasher.finalize().into())
    }

    /// Reads 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<ContentHash> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        Some(ContentHash(bytes))
    }
}

impl fmt::Display for ContentHash {
    /// 64 lower-case hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Draws rows of one kind; gives their numbers. 抽取
///
/// - `rate`: the share that is drawn on average, above 0 and at most 1.
/// - Rows that bring nothing (same, bad) are not drawn.
pub fn draw(seed: ContentHash, kind: &Kind, rows: &[Compared], rate: Decimal) -> BTreeSet<u32> {
    let mut bringing: Vec<&Compared> = rows.iter().filter(|row| row.brings()).collect();
    bringing.sort_by_key(|row| row.row);
    let mut seen: HashMap<[u8; 32], u64> = HashMap::new();
    let mut lots: Vec<(u64, u32)> = Vec::with_capacity(bringing.len());
    for row in bringing {
        let mut hasher = Sha256::new();
        hasher.update(seed.0);
        values::put(&mut hasher, kind.id.as_bytes());
        match row.key.as_ref().filter(|_| !kind.is_ledger()) {
            Some(key) => {
                values::put(&mut hasher, key.customer.as_bytes());
                values::put(&mut hasher, key.key.as_bytes());
            }
            None => {
                let content = values::row_hash(kind, &row.after);
                let before = seen.entry(content).or_default();
                values::put(&mut hasher, &content);
                values::put(&mut hasher, &before.to_be_bytes());
                *before += 1;
            }
        }
        lots.push((lot(hasher), row.row));
    }
    // Rate and lot as integers: no double decides who is looked at.
    let limit = (u128::from(rate.units.unsigned_abs()) << 64) / u128::from(pow10(rate.scale).unsigned_abs());
    let drawn: BTreeSet<u32> = lots
        .iter()
        .filter(|(lot, _)| u128::from(*lot) < limit)
        .map(|(_, row)| *row)
        .collect();
    match lots.iter().min().filter(|_| drawn.is_empty()) {
        Some((_, row)) => BTreeSet::from([*row]),
        None => drawn,
    }
}

fn lot(hasher: Sha256) -> u64 {
    let hash: [u8; 32] = hasher.finalize().into();
    let front = hash.first_chunk::<8>().copied().unwrap_or_default();
    u64::from_be_bytes(front)
}

//! The ledger: entries as leaves of a Merkle tree, signed checkpoints, proofs and their verification. 台账
//!
//! Pure: bytes in, bytes and findings out. Time, keys and salts are arguments; where entries, frontier and checkpoints are
//! kept is the store's matter. The byte forms are written down in `docs/ledger.md`, so that an outsider can verify an
//! exported ledger without any of this; `tools/verify_ledger.py` does.
//!
//! - An [`Act`] is what happened; [`Frontier::append`] makes it the next [`Entry`] and gives the bytes to keep.
//! - A [`Checkpoint`] of the frontier, signed, is a [`Note`] that leaves the house.
//! - [`verify_lines`] holds an exported ledger against the notes that outsiders kept.

mod canonical;
mod checkpoint;
mod commitment;
mod entry;
mod entry_proof;
mod error;
mod finding;
mod frontier;
mod hash;
mod note;
mod proof;
mod scan;
mod verify;

pub use canonical::{encode, exact, read};
pub use checkpoint::Checkpoint;
pub use commitment::{Commitment, SALT_BYTES, Sealed, commit, digest, opens, seal};
pub use entry::{Act, Entry, LONGEST, OPENING};
pub use entry_proof::EntryProof;
pub use error::Error;
pub use finding::{Finding, Verdict};
pub use frontier::{Appended, Frontier, root};
pub use hash::{Algorithm, Hash};
pub use note::{Note, Signature, SignerKey, VerifierKey};
pub use proof::{consistency, consistency_ranges, consistent, included, inclusion, inclusion_ranges};
pub use verify::{Paper, Verifier, verify, verify_lines};

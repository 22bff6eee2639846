//! The proof of one entry as a file: its index, the path, and the signed checkpoint (C2SP tlog-proof). 条目证明

use std::fmt;

use crate::checkpoint::count;
use crate::{Checkpoint, Error, Hash, Note, VerifierKey, included};

/// The first line of the file.
pub(crate) const FIRST: &str = "c2sp.org/tlog-proof@v1";

/// That an entry stands in a ledger, to be checked without the ledger. 条目证明
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryProof {
    /// The entry's number.
    pub index: u64,
    /// The path from its leaf to the root.
    pub path: Vec<Hash>,
    /// The checkpoint that holds it.
    pub note: Note,
}

impl EntryProof {
    /// Reads a file; nothing in it may be believed until [`EntryProof::verify`] agrees.
    pub fn parse(text: &str) -> Result<EntryProof, Error> {
        let (head, note) = text.split_once("\n\n").ok_or(Error::ProofForm)?;
        let mut lines = head.split('\n');
        let mut index = (lines.next() == Some(FIRST)).then(|| lines.next()).flatten();
        if index.is_some_and(|line| line.starts_with("extra ")) {
            index = lines.next();
        }
        let index = index.and_then(|line| line.strip_prefix("index ")).and_then(count);
        Ok(EntryProof {
            index: index.ok_or(Error::ProofForm)?,
            path: lines
                .map(|line| line.parse().map_err(|_| Error::ProofForm))
                .collect::<Result<_, _>>()?,
            note: Note::parse(note)?,
        })
    }

    /// Whether this entry, by its canonical bytes, stood in the ledger of these keys when the checkpoint was signed. 验证条目
    pub fn verify(&self, entry: &[u8], keys: &[VerifierKey]) -> Result<Checkpoint, Error> {
        let checkpoint = Checkpoint::verified(&self.note, keys)?;
        let leaf = checkpoint.algorithm.leaf(entry);
        if self.leads(leaf, &checkpoint) {
            Ok(checkpoint)
        } else {
            Err(Error::ProofFalse { index: self.index })
        }
    }

    pub(crate) fn leads(&self, leaf: Hash, checkpoint: &Checkpoint) -> bool {
        let (size, root) = (checkpoint.size, checkpoint.root);
        included(checkpoint.algorithm, leaf, self.index, size, &self.path, root)
    }
}

impl fmt::Display for EntryProof {
    /// The proof's file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST}\nindex {}", self.index)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.note)
    }
}

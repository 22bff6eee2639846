//! What a verification has to say. 核验结果

use pinji_domain::Message;

use crate::{Algorithm, Error, Hash};

/// The outcome of a verification. 核验结论
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// How many entries there are.
    pub entries: u64,
    /// How they were hashed.
    pub algorithm: Algorithm,
    /// The root over all of them.
    pub root: Hash,
    /// How many checkpoints agree with them.
    pub checkpoints: usize,
    /// How many proofs of entries agree with them.
    pub proofs: usize,
    /// How many of the entries, from the first on, a checkpoint vouches for; later ones are not yet covered by any.
    pub covered: u64,
    /// What is wrong; empty when the ledger is what was signed.
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// Whether nothing was found.
    pub fn holds(&self) -> bool {
        self.findings.is_empty()
    }
}

/// One thing that is wrong, with its place. Of faults that follow from each other only the first is named. 核验发现
///
/// Entries are named by their number, from 0; line n of the file is entry n − 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// A line that is not an entry as it was written: edited by hand, cut, damaged.
    EntryBroken {
        /// The entry's number.
        seq: u64,
        /// What is wrong with it.
        why: Error,
    },
    /// Another number than its place has: entries were deleted, inserted or put in another order here.
    SeqDiffers {
        /// The number that belongs here.
        seq: u64,
        /// The number that stands here.
        found: u64,
    },
    /// An entry that was written after another one than stands before it: that one was edited or exchanged.
    ChainBroken {
        /// The number of the later of the two.
        seq: u64,
    },
    /// The first entry does not open the ledger of these keys.
    OpeningWrong,
    /// A checkpoint or proof that cannot be believed: damaged, or forged.
    PaperBroken {
        /// Its name.
        name: String,
        /// What is wrong with it.
        why: Error,
    },
    /// A checkpoint by another algorithm than the ledger's.
    AlgorithmDiffers {
        /// Its name.
        name: String,
        /// The algorithm that it names.
        found: Algorithm,
    },
    /// Two checkpoints, both truly signed, of the same size and with different roots: two histories were signed.
    Fork {
        /// The name of one.
        name: String,
        /// The name of the other.
        other: String,
        /// Their size.
        size: u64,
    },
    /// The entries are not those that the checkpoint was signed over.
    RootDiffers {
        /// The checkpoint's name.
        name: String,
        /// Its size.
        size: u64,
        /// How many entries an earlier checkpoint still vouches for: the change lies from here on.
        since: u64,
        /// How many later checkpoints fail with it.
        others: usize,
    },
    /// Fewer entries than a checkpoint was signed over: the end was cut off, or an older copy was put back.
    Truncated {
        /// The checkpoint's name.
        name: String,
        /// Its size.
        size: u64,
        /// How many entries there are.
        entries: u64,
        /// How many of them an earlier checkpoint still vouches for.
        since: u64,
        /// How many other checkpoints are larger than the ledger.
        others: usize,
    },
    /// A proof that does not lead from the ledger's entry to the root.
    ProofFalse {
        /// Its name.
        name: String,
        /// The entry's number.
        seq: u64,
    },
    /// No checkpoint to hold the ledger against: nothing vouches for it.
    NoCheckpoint,
}

impl Finding {
    /// What to tell a person.
    pub fn message(&self) -> Message {
        let message = Message::new(self.code());
        let number = |value: &u64| value.to_string();
        match self {
            Finding::EntryBroken { seq, why } => message.with("seq", number(seq)).with("why", why.message()),
            Finding::SeqDiffers { seq, found } => message.with("seq", number(seq)).with("found", number(found)),
            Finding::ChainBroken { seq } => message
                .with("seq", number(seq))
                .with("before", seq.saturating_sub(1).to_string()),
            Finding::OpeningWrong | Finding::NoCheckpoint => message,
            Finding::PaperBroken { name, why } => message.with("name", name.as_str()).with("why", why.message()),
            Finding::AlgorithmDiffers { name, found } => {
                message.with("name", name.as_str()).with("found", found.code())
            }
            Finding::Fork { name, other, size } => {
                let message = message.with("name", name.as_str()).with("other", other.as_str());
                message.with("size", number(size))
            }
            Finding::RootDiffers {
                name,
                size,
                since,
                others,
            } => {
                let message = message.with("name", name.as_str()).with("since", number(since));
                message
                    .with("last", size.saturating_sub(1).to_string())
                    .with("others", *others)
            }
            Finding::Truncated {
                name,
                size,
                entries,
                since,
                others,
            } => {
                let message = message.with("name", name.as_str()).with("size", number(size));
                let message = message.with("entries", number(entries)).with("since", number(since));
                message.with("others", *others)
            }
            Finding::ProofFalse { name, seq } => message.with("name", name.as_str()).with("seq", number(seq)),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Finding::EntryBroken { .. } => "ledger-entry-broken",
            Finding::SeqDiffers { .. } => "ledger-seq-differs",
            Finding::ChainBroken { .. } => "ledger-chain-broken",
            Finding::OpeningWrong => "ledger-opening-wrong",
            Finding::PaperBroken { .. } => "ledger-paper-broken",
            Finding::AlgorithmDiffers { .. } => "ledger-algorithm-differs",
            Finding::Fork { .. } => "ledger-fork",
            Finding::RootDiffers { .. } => "ledger-root-differs",
            Finding::Truncated { .. } => "ledger-truncated",
            Finding::ProofFalse { .. } => "ledger-entry-proof-false",
            Finding::NoCheckpoint => "ledger-no-checkpoint",
        }
    }
}

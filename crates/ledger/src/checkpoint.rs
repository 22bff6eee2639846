//! Checkpoints: the size and root of a ledger at one moment, to be signed and kept by others (C2SP tlog-checkpoint). 检查点

use std::fmt;

use crate::{Algorithm, Error, Frontier, Hash, Note, SignerKey, VerifierKey};

/// The extension line that names the algorithm.
const ALGORITHM: &str = "algorithm ";

/// What a ledger was at one moment. 检查点
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The ledger's name, which is its key's name too.
    pub origin: String,
    /// How many entries there were.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// How it hashes.
    pub algorithm: Algorithm,
    /// Further lines, each not empty; nothing in the ledger proves what they say.
    pub extensions: Vec<String>,
}

impl Checkpoint {
    /// The checkpoint of a frontier.
    pub fn of(frontier: &Frontier, origin: &str) -> Checkpoint {
        Checkpoint {
            origin: origin.to_owned(),
            size: frontier.size(),
            root: frontier.root(),
            algorithm: frontier.algorithm(),
            extensions: Vec::new(),
        }
    }

    /// Signs it; the note is what goes out.
    pub fn sign(&self, key: &SignerKey) -> Result<Note, Error> {
        let text = self.to_string();
        // What could not be read again, such as a line break in a further line, is not signed either.
        if self.origin != key.verifier().name() || Checkpoint::parse(&text).as_ref() != Ok(self) {
            return Err(Error::CheckpointForm);
        }
        Note::sign(&text, &[key])
    }

    /// The checkpoint that a note vouches for, by one of these keys. 验证检查点
    pub fn verified(note: &Note, keys: &[VerifierKey]) -> Result<Checkpoint, Error> {
        let key = note.verify(keys)?;
        let checkpoint = Checkpoint::parse(note.text())?;
        if checkpoint.origin != key.name() {
            return Err(Error::OriginDiffers {
                found: checkpoint.origin,
                expected: key.name().to_owned(),
            });
        }
        Ok(checkpoint)
    }

    /// Reads the text of a note.
    pub fn parse(text: &str) -> Result<Checkpoint, Error> {
        let text = text.strip_suffix('\n').ok_or(Error::CheckpointForm)?;
        let mut lines = text.split('\n');
        let (Some(origin), Some(digits), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(Error::CheckpointForm);
        };
        let size = count(digits).ok_or(Error::CheckpointForm)?;
        let mut extensions: Vec<String> = lines.map(str::to_owned).collect();
        if origin.is_empty() || extensions.iter().any(String::is_empty) {
            return Err(Error::CheckpointForm);
        }
        // A log that names no algorithm hashes with SHA-256, as RFC 6962 has it.
        let algorithm = match extensions.first().and_then(|line| line.strip_prefix(ALGORITHM)) {
            None => Algorithm::Sha256,
            Some(code) => {
                let algorithm = Algorithm::parse(code).ok_or(Error::CheckpointForm)?;
                extensions.remove(0);
                algorithm
            }
        };
        Ok(Checkpoint {
            origin: origin.to_owned(),
            size,
            root: root.parse().map_err(|_| Error::CheckpointForm)?,
            algorithm,
            extensions,
        })
    }
}

impl fmt::Display for Checkpoint {
    /// The text that is signed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (origin, size, root) = (&self.origin, self.size, self.root);
        writeln!(f, "{origin}\n{size}\n{root}\n{ALGORITHM}{}", self.algorithm.code())?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// Decimal digits without leading zeroes, within 63 bits.
pub(crate) fn count(digits: &str) -> Option<u64> {
    let number: u64 = digits.parse().ok().filter(|number| *number <= i64::MAX as u64)?;
    (number.to_string() == digits).then_some(number)
}

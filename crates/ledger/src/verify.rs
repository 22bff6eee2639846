//! Holds an exported ledger against the checkpoints and proofs that others kept, in one pass. 核验台账
//!
//! Three things are asked of each line: that it is canonical, that its number is its place, and that it names the leaf
//! before it. They say where a ledger was changed by hand. That it was not changed skilfully, with all that follows written
//! anew, only the signed roots can show; then the place is between the last checkpoint that agrees and the first that does
//! not.

use std::collections::BTreeSet;
use std::io::{self, BufRead, Read};

use serde_json::Value;

use crate::entry_proof::FIRST;
use crate::{
    Algorithm, Checkpoint, EntryProof, Error, Finding, Frontier, Hash, LONGEST, Note, OPENING, Verdict, VerifierKey,
    canonical, scan::scan,
};

/// A file that was kept outside: a checkpoint (`*.note`) or the proof of an entry (`*.tlog-proof`). 外存凭证
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// What findings call it.
    pub name: String,
    /// What stands in it.
    pub bytes: Vec<u8>,
}

/// A verification under way: give it each line, then finish it. 核验
#[derive(Debug)]
pub struct Verifier {
    origin: Option<String>,
    /// Ascending by size, after the `next` ones that have been held against the tree.
    signed: Vec<(String, Checkpoint)>,
    next: usize,
    proofs: Vec<Proof>,
    /// The entries that proofs speak of and that are still to come.
    wanted: BTreeSet<u64>,
    lines: u64,
    frontier: Frontier,
    agreed: usize,
    covered: u64,
    fault: Option<Finding>,
    root_fault: Option<Finding>,
    findings: Vec<Finding>,
}

#[derive(Debug)]
struct Proof {
    name: String,
    proof: EntryProof,
    checkpoint: Checkpoint,
    leaf: Option<Hash>,
}

/// Verifies the lines of an exported ledger. 核验台账
///
/// `keys` are the ledger's own, all of one name: more than one where the key was changed in its life.
pub fn verify<L: AsRef<[u8]>>(lines: impl IntoIterator<Item = L>, papers: &[Paper], keys: &[VerifierKey]) -> Verdict {
    let mut verifier = Verifier::new(papers, keys);
    lines.into_iter().for_each(|line| verifier.line(line.as_ref()));
    verifier.finish()
}

/// Verifies an exported ledger as it is read; only reading it can fail. 核验台账文件
pub fn verify_lines(mut ledger: impl BufRead, papers: &[Paper], keys: &[VerifierKey]) -> io::Result<Verdict> {
    let mut verifier = Verifier::new(papers, keys);
    let mut line = Vec::new();
    // Of a line that is too long, only its beginning is kept: a hostile file costs time, but no memory.
    let most = LONGEST as u64 + 2;
    while ledger.by_ref().take(most).read_until(b'\n', &mut line)? > 0 {
        if line.len() as u64 == most && !line.ends_with(b"\n") {
            ledger.skip_until(b'\n')?;
        }
        verifier.line(line.strip_suffix(b"\n").unwrap_or(&line));
        line.clear();
    }
    Ok(verifier.finish())
}

impl Verifier {
    /// Reads the papers; those that cannot be believed are findings already.
    pub fn new(papers: &[Paper], keys: &[VerifierKey]) -> Verifier {
        let (mut signed, mut proofs, mut findings) = (Vec::new(), Vec::new(), Vec::new());
        for Paper { name, bytes } in papers {
            match read(bytes, keys) {
                Err(why) => findings.push(Finding::PaperBroken {
                    name: name.clone(),
                    why,
                }),
                Ok((proof, checkpoint)) => {
                    signed.push((name.clone(), checkpoint.clone()));
                    proofs.extend(proof.map(|proof| Proof {
                        name: name.clone(),
                        proof,
                        checkpoint,
                        leaf: None,
                    }));
                }
            }
        }
        if signed.is_empty() {
            findings.push(Finding::NoCheckpoint);
        }
        signed.sort_by(|(name, one), (other, two)| (one.size, name).cmp(&(two.size, other)));
        findings.extend(signed.windows(2).filter_map(fork));
        Verifier {
            origin: keys.first().map(|key| key.name().to_owned()),
            signed,
            next: 0,
            wanted: proofs.iter().map(|proof| proof.proof.index).collect(),
            proofs,
            lines: 0,
            // Until the first entry says otherwise.
            frontier: Frontier::new(Algorithm::Sha256),
            agreed: 0,
            covered: 0,
            fault: None,
            root_fault: None,
            findings,
        }
    }

    /// Takes the next line, without its end.
    pub fn line(&mut self, bytes: &[u8]) {
        let seq = self.lines;
        self.lines += 1;
        // What follows from the first fault is not worth a word.
        if self.fault.is_none() {
            self.fault = self.place(seq, bytes).err();
        }
        if seq == 0 {
            self.hold();
        }
        self.frontier.push(self.frontier.algorithm().leaf(bytes));
        if self.wanted.remove(&seq) {
            let proofs = self.proofs.iter_mut().filter(|proof| proof.proof.index == seq);
            proofs.for_each(|proof| proof.leaf = self.frontier.last());
        }
        self.hold();
    }

    /// Says what was found.
    pub fn finish(mut self) -> Verdict {
        if self.lines == 0 {
            self.hold();
        }
        let missing = self.signed.len() - self.next;
        if let Some((name, largest)) = self.signed.last().filter(|_| missing > 0) {
            self.findings.push(Finding::Truncated {
                name: name.clone(),
                size: largest.size,
                entries: self.lines,
                since: self.covered,
                others: missing - 1,
            });
        }
        let algorithm = self.frontier.algorithm();
        let other = |(name, checkpoint): &(String, Checkpoint)| {
            let (name, found) = (name.clone(), checkpoint.algorithm);
            (found != algorithm).then_some(Finding::AlgorithmDiffers { name, found })
        };
        self.findings.extend(self.signed.iter().filter_map(other));
        let false_proof = |proof: &Proof| {
            let (name, seq) = (proof.name.clone(), proof.proof.index);
            let leads = proof
                .leaf
                .is_some_and(|leaf| proof.proof.leads(leaf, &proof.checkpoint));
            (!leads).then_some(Finding::ProofFalse { name, seq })
        };
        let false_proofs: Vec<Finding> = self.proofs.iter().filter_map(false_proof).collect();
        let proofs = self.proofs.len() - false_proofs.len();
        let mut findings: Vec<Finding> = self.fault.into_iter().chain(self.root_fault).collect();
        findings.append(&mut self.findings);
        findings.extend(false_proofs);
        Verdict {
            entries: self.lines,
            algorithm: self.frontier.algorithm(),
            root: self.frontier.root(),
            checkpoints: self.agreed,
            proofs,
            covered: self.covered,
            findings,
        }
    }

    /// Whether a line is the entry that belongs there. The first one says how the ledger hashes.
    fn place(&mut self, seq: u64, bytes: &[u8]) -> Result<(), Finding> {
        let broken = |why| Finding::EntryBroken { seq, why };
        if bytes.len() > LONGEST {
            return Err(broken(Error::TooLong { most: LONGEST }));
        }
        let fields = scan(bytes).ok_or_else(|| broken(canonical::read(bytes).err().unwrap_or(Error::NotCanonical)))?;
        let found = fields.get("seq").and_then(|number| number.parse().ok());
        let found = found.ok_or_else(|| broken(Error::FieldMissing { field: "seq" }))?;
        if found != seq {
            return Err(Finding::SeqDiffers { seq, found });
        }
        let opens = fields
            .get("action")
            .is_some_and(|action| unquoted(action) == Some(OPENING));
        let prev = fields.get("prev");
        let Some(last) = self.frontier.last() else {
            let entry = canonical::read(bytes).map_err(broken)?;
            let algorithm = fact(&entry, "algorithm").and_then(Algorithm::parse);
            let right = opens && prev.is_none() && fact(&entry, "origin") == self.origin.as_deref();
            let algorithm = algorithm.filter(|_| right).ok_or(Finding::OpeningWrong)?;
            self.frontier = Frontier::new(algorithm);
            return Ok(());
        };
        if opens {
            return Err(broken(Error::NotOpened));
        }
        if prev.and_then(unquoted) != Some(&last.to_string()) {
            return Err(Finding::ChainBroken { seq });
        }
        Ok(())
    }

    /// Holds the checkpoints of the size that the tree has now against it.
    fn hold(&mut self) {
        let (size, since) = (self.frontier.size(), self.covered);
        while let Some((name, checkpoint)) = self.signed.get(self.next).filter(|(_, next)| next.size == size) {
            self.next += 1;
            if checkpoint.root == self.frontier.root() {
                self.agreed += 1;
                self.covered = size;
            } else if let Some(Finding::RootDiffers { others, .. }) = &mut self.root_fault {
                *others += 1;
            } else {
                self.root_fault = Some(Finding::RootDiffers {
                    name: name.clone(),
                    size,
                    since,
                    others: 0,
                });
            }
        }
    }
}

fn read(bytes: &[u8], keys: &[VerifierKey]) -> Result<(Option<EntryProof>, Checkpoint), Error> {
    let text = std::str::from_utf8(bytes).map_err(|_| Error::NoteForm)?;
    if text.starts_with(FIRST) {
        let proof = EntryProof::parse(text)?;
        let checkpoint = Checkpoint::verified(&proof.note, keys)?;
        return Ok((Some(proof), checkpoint));
    }
    Checkpoint::verified(&Note::parse(text)?, keys).map(|checkpoint| (None, checkpoint))
}

fn fork(pair: &[(String, Checkpoint)]) -> Option<Finding> {
    let [(name, one), (other, two)] = pair else { return None };
    let forked = one.size == two.size && one.root != two.root;
    forked.then(|| Finding::Fork {
        name: name.clone(),
        other: other.clone(),
        size: one.size,
    })
}

/// What a text says, where nothing in it is escaped; what is compared with it here never is.
fn unquoted(json: &str) -> Option<&str> {
    json.strip_prefix('"')?.strip_suffix('"')
}

fn fact<'a>(entry: &'a Value, name: &str) -> Option<&'a str> {
    entry.get("facts")?.get(name)?.as_str()
}

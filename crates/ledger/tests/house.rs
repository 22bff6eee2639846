//! A small ledger with its key and checkpoints, and the two verifiers behind one question. 样本台账

use std::path::Path;
use std::process::Command;

use pinji_domain::Timestamp;
use pinji_ledger::{
    Act, Algorithm, Checkpoint, EntryProof, Finding, Frontier, Hash, LONGEST, Paper, SignerKey, Verdict, VerifierKey,
    inclusion, verify_lines,
};
use serde_json::json;

pub const ORIGIN: &str = "pinji.example/ledger";

/// Numbers that look random and are the same each time (SplitMix64).
pub struct Draw(pub u64);

impl Draw {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }
}

pub fn key() -> SignerKey {
    SignerKey::new(ORIGIN, &[7; 32]).unwrap()
}

/// An exported ledger, and what outsiders kept of it.
#[derive(Clone)]
pub struct House {
    pub algorithm: Algorithm,
    pub lines: Vec<Vec<u8>>,
    pub papers: Vec<Paper>,
}

/// The n-th act of a ledger, with texts that JSON finds hard.
pub fn act(n: u64) -> Act {
    let texts = [
        "甲公司",
        "a\"b\\c",
        "tab\there",
        "\u{1}\u{1f}\u{7f}\u{2028}",
        "😀",
        "\r\n",
        "/",
    ];
    let text = texts[n as usize % texts.len()];
    Act {
        from: Some("192.0.2.7".to_owned()),
        before: n.is_multiple_of(3).then(|| json!({ "revenue": -5, "名称": text })),
        after: Some(json!({ "revenue": i64::MAX, "名称": text, "list": [null, true, false, {}] })),
        policy_version: n.is_multiple_of(5).then(|| "tob-standard 2026.1".to_owned()),
        request_id: Some(format!("req-{n}")),
        ..Act::new(
            Timestamp(1_790_000_000_000_000 + n as i64),
            &format!("user:{}", n % 7),
            "record.write",
            &format!("customer:{n}"),
        )
    }
}

pub fn papers_of(frontier: &Frontier) -> Paper {
    let note = Checkpoint::of(frontier, ORIGIN).sign(&key()).unwrap();
    Paper {
        name: format!("{:05}.note", frontier.size()),
        bytes: note.to_string().into_bytes(),
    }
}

impl House {
    /// A ledger of `size` entries, with a checkpoint after each `every` and at the end.
    pub fn new(algorithm: Algorithm, size: u64, every: u64) -> House {
        let mut frontier = Frontier::new(algorithm);
        let opening = Act::opening(Timestamp(1_790_000_000_000_000), "system", ORIGIN, algorithm);
        let mut house = House {
            algorithm,
            lines: vec![frontier.append(opening).unwrap().bytes],
            papers: Vec::new(),
        };
        for n in 1..size {
            if frontier.size().is_multiple_of(every) {
                house.papers.push(papers_of(&frontier));
            }
            house.lines.push(frontier.append(act(n)).unwrap().bytes);
        }
        house.papers.push(papers_of(&frontier));
        house
    }

    pub fn leaves(&self) -> Vec<Hash> {
        self.lines.iter().map(|line| self.algorithm.leaf(line)).collect()
    }

    /// The proof of an entry, under the last checkpoint.
    pub fn proof(&self, index: u64) -> EntryProof {
        let last = &self
            .papers
            .iter()
            .rfind(|paper| paper.name.ends_with(".note"))
            .unwrap()
            .bytes;
        EntryProof {
            index,
            path: inclusion(self.algorithm, &self.leaves(), index).unwrap(),
            note: pinji_ledger::Note::parse(std::str::from_utf8(last).unwrap()).unwrap(),
        }
    }

    /// Adds the proof of an entry to the papers.
    pub fn with_proof(mut self, index: u64) -> House {
        let bytes = self.proof(index).to_string().into_bytes();
        let name = format!("{index:05}.tlog-proof");
        self.papers.push(Paper { name, bytes });
        self
    }

    pub fn file(&self) -> Vec<u8> {
        self.lines
            .iter()
            .flat_map(|line| [line.as_slice(), b"\n"].concat())
            .collect()
    }

    /// Writes every line from `from` on anew, so that numbers and links fit again, as a skilful forger would.
    pub fn relink(&mut self, from: usize) {
        for n in from..self.lines.len() {
            let Ok(mut value) = pinji_ledger::read(&self.lines[n]) else {
                continue;
            };
            value["seq"] = json!(n);
            if n > 0 {
                value["prev"] = json!(self.algorithm.leaf(&self.lines[n - 1]).to_string());
            }
            self.lines[n] = pinji_ledger::encode(&value).unwrap();
        }
    }

    pub fn verdict(&self) -> Verdict {
        verify_lines(self.file().as_slice(), &self.papers, &[key().verifier().clone()]).unwrap()
    }

    /// What Python says: its exit code and its lines.
    pub fn python(&self) -> (i32, Vec<String>) {
        python(&self.file(), &self.papers, &[key().verifier().clone()])
    }

    /// Asks both verifiers, and holds that they name the same places.
    pub fn agreed(&self) -> Verdict {
        let verdict = self.verdict();
        let (exit, said) = self.python();
        let mut expected: Vec<String> = verdict.findings.iter().filter_map(place).collect();
        let mut found: Vec<String> = said[..said.len() - 1]
            .iter()
            .map(|line| line.split_once(": ").unwrap().0.to_owned())
            .collect();
        expected.sort();
        found.sort();
        assert_eq!(found, expected, "Python: {said:?}; Rust: {:?}", verdict.findings);
        assert_eq!(exit, i32::from(!verdict.holds()), "{said:?}");
        // Of an endless line, Rust hashes only the beginning.
        if self.lines.iter().all(|line| line.len() <= LONGEST) {
            let root = format!(
                "{} entries, {} root {}",
                verdict.entries,
                verdict.algorithm.code(),
                verdict.root
            );
            assert!(said.last().unwrap().contains(&root), "{said:?} should mention {root}");
        }
        verdict
    }
}

pub fn python(file: &[u8], papers: &[Paper], keys: &[VerifierKey]) -> (i32, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.jsonl");
    std::fs::write(&path, file).unwrap();
    for paper in papers {
        std::fs::write(folder.path().join(&paper.name), &paper.bytes).unwrap();
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/verify_ledger.py");
    let mut command = Command::new("python3");
    command.arg(script).arg(path).arg("--checkpoints").arg(folder.path());
    command.env("PYTHONIOENCODING", "utf-8");
    for key in keys {
        command.arg("--key").arg(key.to_string());
    }
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(errors, "");
    let said = String::from_utf8(output.stdout).unwrap();
    (output.status.code().unwrap(), said.lines().map(str::to_owned).collect())
}

/// How Python begins the line for this finding. It does not speak of what follows from others: forks and algorithms.
fn place(finding: &Finding) -> Option<String> {
    Some(match finding {
        Finding::EntryBroken { seq, .. } | Finding::SeqDiffers { seq, .. } | Finding::ChainBroken { seq } => {
            format!("entry {seq}")
        }
        Finding::OpeningWrong => "entry 0".to_owned(),
        Finding::NoCheckpoint => "ledger".to_owned(),
        Finding::PaperBroken { name, .. }
        | Finding::RootDiffers { name, .. }
        | Finding::Truncated { name, .. }
        | Finding::ProofFalse { name, .. } => name.clone(),
        Finding::Fork { .. } | Finding::AlgorithmDiffers { .. } => return None,
    })
}

//! Seven ways of tampering with a ledger, clumsy and skilful, each found by both verifiers, with its place; where the entries
//! themselves were touched, pymerkle has another root as well. 篡改
//!
//! `PINJI_TAMPERINGS` sets how many are tried of each class (15; 150 for a release). A skilful forger writes all later
//! numbers and links anew; one who holds the database has all papers inside it too, but not those that were given away.

use pinji_ledger::{Act, Algorithm, Checkpoint, Error, Finding, Frontier, Hash, Note, Paper, SignerKey, VerifierKey};
use serde_json::json;

use crate::house::{Draw, House, ORIGIN, act, key, papers_of};
use crate::pymerkle;

const SIZE: usize = 90;
const EVERY: u64 = 30;

/// Tries one class: `tamper` changes the house and says which entry, or which paper, is the first that is not as it was.
fn check(class: u64, tamper: impl Fn(&mut House, &mut Draw) -> Touched) {
    let tries: u64 = std::env::var("PINJI_TAMPERINGS").map_or(15, |count| count.parse().unwrap());
    let houses = Algorithm::ALL.map(|algorithm| {
        let house = House::new(algorithm, SIZE as u64, EVERY).with_proof(3).with_proof(77);
        assert!(house.agreed().holds());
        house
    });
    let mut touched_lines = Vec::new();
    for n in 0..tries {
        let seed = class * 1_000_000 + n;
        let mut draw = Draw(seed);
        let mut house = houses[n as usize % 2].clone();
        let touched = tamper(&mut house, &mut draw);
        let verdict = house.agreed();
        let named = verdict.findings.iter().any(|finding| names(finding, &touched));
        assert!(named, "seed {seed}: {touched:?} is not in {:?}", verdict.findings);
        if house.algorithm == Algorithm::Sha256 && matches!(touched, Touched::Entry(_)) {
            touched_lines.push(house.lines);
        }
    }
    // A third who knows no papers, only what was signed: the root over so many entries.
    let [sound, _] = &houses;
    let size = [SIZE as u64];
    let signed = pymerkle::roots(std::slice::from_ref(&sound.lines), &size);
    let found = pymerkle::roots(&touched_lines, &size);
    if let (Some(signed), Some(found)) = (signed, found) {
        assert!(
            found.iter().all(|root| *root != signed[0]),
            "class {class}: pymerkle has the signed root"
        );
    }
}

/// What is the first that is not as it was.
#[derive(Debug)]
enum Touched {
    Entry(usize),
    Paper(String),
}

/// Whether a finding names the place: the entry itself, its neighbour where one links to the other, or the stretch
/// between two checkpoints.
fn names(finding: &Finding, touched: &Touched) -> bool {
    let at = match touched {
        Touched::Entry(at) => *at as u64,
        Touched::Paper(paper) => {
            let of = |name: &String| name == paper;
            return matches!(finding, Finding::PaperBroken { name, .. } | Finding::ProofFalse { name, .. } if of(name));
        }
    };
    match finding {
        Finding::EntryBroken { seq, .. } | Finding::SeqDiffers { seq, .. } | Finding::ChainBroken { seq } => {
            (at..=at + 1).contains(seq)
        }
        Finding::OpeningWrong => at == 0,
        Finding::RootDiffers { size, since, .. } => (*since..*size).contains(&at),
        Finding::Truncated { size, since, .. } => (*since..*size).contains(&at),
        _ => false,
    }
}

/// In half of the tries, what a skilful forger does.
fn maybe_relink(house: &mut House, draw: &mut Draw, from: usize) {
    if draw.below(2) == 0 {
        house.relink(from);
    }
}

/// An act that never was.
fn stranger(house: &House, at: usize) -> Vec<u8> {
    let mut frontier = Frontier::new(house.algorithm);
    house.leaves()[..at].iter().for_each(|leaf| frontier.push(*leaf));
    let act = Act {
        after: Some(json!("never happened")),
        ..act(at as u64)
    };
    frontier.append(act).unwrap().bytes
}

#[test]
fn edited() {
    check(1, |house, draw| {
        let at = draw.below(SIZE);
        if draw.below(3) == 0 {
            let byte = draw.below(house.lines[at].len());
            let mut changed = house.lines[at][byte] ^ (1 << draw.below(8));
            changed = if changed == b'\n' { b'!' } else { changed };
            house.lines[at][byte] = changed;
            return Touched::Entry(at);
        }
        let mut value = pinji_ledger::read(&house.lines[at]).unwrap();
        let fields = ["actor", "at", "object", "facts", "request_id", "from"];
        value[fields[draw.below(fields.len())]] = json!(format!("changed {}", draw.below(100)));
        house.lines[at] = pinji_ledger::encode(&value).unwrap();
        maybe_relink(house, draw, at + 1);
        Touched::Entry(at)
    });
}

#[test]
fn deleted() {
    check(2, |house, draw| {
        let at = draw.below(SIZE);
        let count = (1 + draw.below(3)).min(SIZE - at);
        house.lines.drain(at..at + count);
        maybe_relink(house, draw, at);
        Touched::Entry(at)
    });
}

#[test]
fn inserted() {
    check(3, |house, draw| {
        let at = 1 + draw.below(SIZE - 1);
        let line = match draw.below(2) {
            0 => house.lines[draw.below(SIZE)].clone(),
            _ => stranger(house, at),
        };
        house.lines.insert(at, line);
        maybe_relink(house, draw, at);
        Touched::Entry(at)
    });
}

#[test]
fn reordered() {
    check(4, |house, draw| {
        let one = draw.below(SIZE - 1);
        let other = one + 1 + draw.below(SIZE - 1 - one);
        match draw.below(2) {
            0 => house.lines.swap(one, other),
            _ => house.lines[one..=other].rotate_left(1),
        }
        maybe_relink(house, draw, one);
        Touched::Entry(one)
    });
}

#[test]
fn truncated() {
    check(5, |house, draw| {
        let left = draw.below(SIZE);
        house.lines.truncate(left + 1);
        let last = &mut house.lines[left];
        match draw.below(2) {
            0 => drop(house.lines.pop()),
            _ => last.truncate(draw.below(last.len())),
        }
        Touched::Entry(left)
    });
}

#[test]
fn rolled_back() {
    check(6, |house, draw| {
        // An older copy of the database, gone on from as if nothing had been.
        let left = 1 + draw.below(SIZE - 1);
        let size = left + draw.below(2 * (SIZE - left));
        house.lines.truncate(left);
        for at in left..size {
            let line = stranger(house, at);
            house.lines.push(line);
        }
        if draw.below(2) == 0 {
            // It brings its own checkpoint, which it cannot sign as the ledger would.
            let mut frontier = Frontier::new(house.algorithm);
            house.leaves().iter().for_each(|leaf| frontier.push(*leaf));
            house.papers.push(forged(&Checkpoint::of(&frontier, ORIGIN), draw));
        }
        Touched::Entry(left)
    });
}

/// A checkpoint under the ledger's name, by a key of somebody else; with the true key's id in half of the cases.
fn forged(checkpoint: &Checkpoint, draw: &mut Draw) -> Paper {
    let stranger = SignerKey::new(ORIGIN, &[draw.below(200) as u8 + 8; 32]).unwrap();
    let mut note = checkpoint.sign(&stranger).unwrap().to_string();
    if draw.below(2) == 0 {
        let (text, signature) = note.rsplit_once(' ').unwrap();
        let engine = &base64::engine::general_purpose::STANDARD;
        let mut bytes = base64::Engine::decode(engine, signature.trim_end()).unwrap();
        bytes[..4].copy_from_slice(&key().verifier().id());
        note = format!("{text} {}\n", base64::Engine::encode(engine, bytes));
    }
    Paper {
        name: "forged.note".to_owned(),
        bytes: note.into_bytes(),
    }
}

#[test]
fn forged_papers() {
    check(7, |house, draw| {
        let notes = house.papers.len() - 2;
        let name = |paper: &Paper| Touched::Paper(paper.name.clone());
        match draw.below(5) {
            0 => {
                // A checkpoint with one bit changed, anywhere.
                let paper = &mut house.papers[draw.below(notes)];
                let byte = draw.below(paper.bytes.len());
                paper.bytes[byte] ^= 1 << draw.below(8);
                name(paper)
            }
            1 => {
                // The signature of another checkpoint below the text of this one.
                let at = draw.below(notes - 1);
                let text = String::from_utf8(house.papers[at].bytes.clone()).unwrap();
                let other = String::from_utf8(house.papers[at + 1].bytes.clone()).unwrap();
                let (text, other) = (text.split_once("\n\n").unwrap(), other.split_once("\n\n").unwrap());
                house.papers[at].bytes = format!("{}\n\n{}", text.0, other.1).into_bytes();
                name(&house.papers[at])
            }
            2 => {
                let note = Note::parse(std::str::from_utf8(&house.papers[0].bytes).unwrap()).unwrap();
                let paper = forged(&Checkpoint::parse(note.text()).unwrap(), draw);
                house.papers.push(paper.clone());
                name(&paper)
            }
            3 => {
                // The proof of one entry, offered for another.
                let index = draw.below(SIZE) as u64;
                let mut proof = house.proof(index);
                proof.index = (index + 1 + draw.below(SIZE - 1) as u64) % SIZE as u64;
                house.papers[notes].bytes = proof.to_string().into_bytes();
                name(&house.papers[notes])
            }
            _ => {
                let mut proof = house.proof(draw.below(SIZE) as u64);
                let at = draw.below(proof.path.len());
                match draw.below(3) {
                    0 => proof.path[at].0[draw.below(32)] ^= 1 << draw.below(8),
                    1 => drop(proof.path.remove(at)),
                    _ => proof.path.insert(at, Hash([draw.below(256) as u8; 32])),
                }
                house.papers[notes].bytes = proof.to_string().into_bytes();
                name(&house.papers[notes])
            }
        }
    });
}

#[test]
fn a_whole_other_house_is_found_by_what_was_given_away() {
    // Somebody who holds the database and a key of his own writes everything anew, with notes that fit.
    let other = SignerKey::new(ORIGIN, &[8; 32]).unwrap();
    let mut house = House::new(Algorithm::Sha256, 40, 40);
    let given_away = house.papers[0].clone();
    let mut value = pinji_ledger::read(&house.lines[20]).unwrap();
    value["actor"] = json!("user:999");
    house.lines[20] = pinji_ledger::encode(&value).unwrap();
    house.relink(21);
    let mut frontier = Frontier::new(Algorithm::Sha256);
    house.leaves().iter().for_each(|leaf| frontier.push(*leaf));
    let note = Checkpoint::of(&frontier, ORIGIN).sign(&other).unwrap();
    house.papers[0].bytes = note.to_string().into_bytes();
    let theirs: &[VerifierKey] = &[other.verifier().clone()];
    assert!(pinji_ledger::verify(&house.lines, &house.papers, theirs).holds());
    let not_signed = Finding::PaperBroken {
        name: "00040.note".to_owned(),
        why: Error::NotSigned,
    };
    assert!(house.agreed().findings.contains(&not_signed));
    house.papers = vec![given_away];
    let differs = Finding::RootDiffers {
        name: "00040.note".to_owned(),
        size: 40,
        since: 0,
        others: 0,
    };
    assert_eq!(house.agreed().findings, [differs]);
}

#[test]
fn one_proof_and_one_entry_are_enough() {
    let house = House::new(Algorithm::Sm3, 20, 20);
    let keys = [key().verifier().clone()];
    for (index, line) in house.lines.iter().enumerate() {
        let proof = house.proof(index as u64);
        let again = pinji_ledger::EntryProof::parse(&proof.to_string()).unwrap();
        assert_eq!(again, proof);
        assert_eq!(again.verify(line, &keys).unwrap().size, 20);
        let index = index as u64;
        assert_eq!(again.verify(b"{}", &keys), Err(Error::ProofFalse { index }));
    }
    let text = house.proof(5).to_string();
    let refused = |text: &str| assert!(pinji_ledger::EntryProof::parse(text).is_err(), "{text}");
    refused("");
    refused(&text.replace("@v1", "@v2"));
    refused(&text.replace("index 5", "index 05"));
    refused(&text.replace("index 5\n", ""));
    refused(&text.replace("index 5\n", "index 5\nAAAA\n"));
    let extra = text.replace("index 5\n", "extra AAAA\nindex 5\n");
    assert_eq!(pinji_ledger::EntryProof::parse(&extra).unwrap(), house.proof(5));
    let papers = papers_of(&Frontier::new(Algorithm::Sm3));
    assert_eq!(papers.name, "00000.note");
}

//! Whole ledgers as an outsider gets them: untouched ones hold, and crooked ones do not. 外部核验

use pinji_domain::Timestamp;
use pinji_ledger::{Act, Algorithm, Checkpoint, Error, Finding, Frontier, Paper, SignerKey, verify_lines};
use serde_json::json;

use crate::canonical::CROOKED;
use crate::house::{House, ORIGIN, act, key, papers_of, python};

#[test]
fn untouched_ledgers_hold() {
    for algorithm in Algorithm::ALL {
        for (size, every) in [(1, 1), (2, 1), (7, 2), (64, 10), (129, 32)] {
            let mut house = House::new(algorithm, size, every);
            for index in [0, size / 2, size - 1] {
                house = house.with_proof(index);
            }
            let verdict = house.agreed();
            assert_eq!(verdict.findings, [], "{size}");
            assert_eq!(
                (verdict.entries, verdict.covered, verdict.algorithm),
                (size, size, algorithm)
            );
            let proofs = house
                .papers
                .iter()
                .filter(|paper| paper.name.ends_with("proof"))
                .count();
            assert_eq!((verdict.checkpoints, verdict.proofs), (house.papers.len(), proofs));
        }
    }
}

#[test]
fn entries_after_the_last_checkpoint_are_counted_and_not_vouched_for() {
    let mut house = House::new(Algorithm::Sha256, 50, 20);
    house.papers.retain(|paper| paper.name == "00020.note");
    let verdict = house.agreed();
    assert!(verdict.holds());
    assert_eq!((verdict.entries, verdict.covered), (50, 20));
    // There nothing but the chain speaks, and it does not speak of the end: that is what checkpoints are for.
    house.lines.truncate(40);
    assert!(house.agreed().holds());
}

#[test]
fn nothing_vouches_without_a_checkpoint() {
    let mut house = House::new(Algorithm::Sha256, 5, 5);
    house.papers.clear();
    assert_eq!(house.agreed().findings, [Finding::NoCheckpoint]);
}

#[test]
fn an_empty_file_is_the_ledger_before_its_first_entry() {
    let mut house = House::new(Algorithm::Sha256, 3, 3);
    house.lines.clear();
    let truncated = Finding::Truncated {
        name: "00003.note".to_owned(),
        size: 3,
        entries: 0,
        since: 0,
        others: 0,
    };
    assert_eq!(house.agreed().findings, [truncated]);
    house.papers = vec![papers_of(&Frontier::new(Algorithm::Sha256))];
    assert!(house.agreed().holds());
    house.lines = House::new(Algorithm::Sha256, 3, 3).lines;
    let verdict = house.agreed();
    assert_eq!(
        (verdict.findings.len(), verdict.checkpoints, verdict.covered),
        (0, 1, 0)
    );
}

/// A ledger whose second line is `line`, signed as it stands by its own key: only the line itself can tell.
fn planted(line: &[u8]) -> House {
    let mut house = House::new(Algorithm::Sha256, 1, 1);
    house.lines.push(line.to_vec());
    let mut frontier = Frontier::new(Algorithm::Sha256);
    house.leaves().iter().for_each(|leaf| frontier.push(*leaf));
    house.papers = vec![papers_of(&frontier)];
    house
}

#[test]
fn crooked_lines_are_named_even_where_they_were_signed() {
    let second = House::new(Algorithm::Sha256, 2, 1).lines.remove(1);
    assert!(planted(&second).agreed().holds());
    let text = String::from_utf8(second.clone()).unwrap();
    // Fields that a verifier need not know: later forms may have others.
    assert!(
        planted(text.replace(r#""action":"#, r#""actjon":"#).as_bytes())
            .agreed()
            .holds()
    );
    let mut lines: Vec<Vec<u8>> = CROOKED.iter().map(|line| line.to_vec()).collect();
    lines.push([second.as_slice(), b" "].concat());
    lines.push(text.replace(r#","seq":1"#, "").into_bytes());
    lines.push(text.replace(r#""seq":1"#, r#""seq":true"#).into_bytes());
    lines.push(text.replace(r#""seq":1"#, r#""seq":"1""#).into_bytes());
    lines.push(text.replace(r#""seq":1"#, r#""seq":-1"#).into_bytes());
    lines.push(text.replace(r#""prev":""#, r#""prev":"A"#).into_bytes());
    lines.push(text.replace("record.write", "ledger.open").into_bytes());
    lines.push(text.replace(r#""prev":"#, r#""preu":"#).into_bytes());
    lines.push(b"[]".to_vec());
    lines.push(b"7".to_vec());
    lines.push(format!("\"{}\"", "x".repeat(1 << 20)).into_bytes());
    lines.push("[".repeat(200_000).into_bytes());
    for line in lines {
        let verdict = planted(&line).agreed();
        let [
            Finding::EntryBroken { seq: 1, .. } | Finding::SeqDiffers { seq: 1, .. } | Finding::ChainBroken { seq: 1 },
        ] = verdict.findings.as_slice()
        else {
            panic!(
                "{:?}: {:?}",
                String::from_utf8_lossy(&line[..line.len().min(80)]),
                verdict.findings
            );
        };
    }
}

#[test]
fn an_endless_line_is_one_broken_entry() {
    // Rust keeps only its beginning, so the root differs as well; Python hashes all of it.
    let house = planted(format!("\"{}\"", "x".repeat(3 << 20)).as_bytes());
    let verdict = house.verdict();
    let (seq, most) = (1, pinji_ledger::LONGEST);
    let why = Error::TooLong { most };
    assert_eq!(verdict.entries, 2);
    assert_eq!(verdict.findings[0], Finding::EntryBroken { seq, why });
    let (exit, said) = house.python();
    assert_eq!((exit, said[0].starts_with("entry 1: ")), (1, true));
}

#[test]
fn another_opening_is_named() {
    let right = House::new(Algorithm::Sha256, 1, 1);
    let check = |from: &str, to: &str| {
        let mut house = right.clone();
        let text = String::from_utf8(house.lines[0].clone()).unwrap();
        let changed = text.replace(from, to);
        assert_ne!(changed, text);
        house.lines[0] = changed.into_bytes();
        let mut frontier = Frontier::new(Algorithm::Sha256);
        house.leaves().iter().for_each(|leaf| frontier.push(*leaf));
        house.papers = vec![papers_of(&frontier)];
        assert_eq!(house.agreed().findings, [Finding::OpeningWrong], "{to}");
    };
    check("ledger.open", "ledger.shut");
    check("pinji.example/ledger", "pinji.example/other");
    check("sha256", "md5");
    check(
        r#","facts":{"algorithm":"sha256","form":1,"origin":"pinji.example/ledger"}"#,
        "",
    );
    check(r#""object":"ledger""#, r#""object":"ledger","prev":"""#);
}

#[test]
fn a_changed_key_keeps_the_old_checkpoints_good() {
    let new = SignerKey::new(ORIGIN, &[9; 32]).unwrap();
    let mut house = House::new(Algorithm::Sha256, 10, 5);
    let mut frontier = Frontier::new(Algorithm::Sha256);
    house.leaves().iter().for_each(|leaf| frontier.push(*leaf));
    house.lines.push(frontier.append(act(10)).unwrap().bytes);
    let note = Checkpoint::of(&frontier, ORIGIN).sign(&new).unwrap();
    house.papers.push(Paper {
        name: "new.note".to_owned(),
        bytes: note.to_string().into_bytes(),
    });
    let keys = [new.verifier().clone(), key().verifier().clone()];
    assert!(
        verify_lines(house.file().as_slice(), &house.papers, &keys)
            .unwrap()
            .holds()
    );
    assert_eq!(python(&house.file(), &house.papers, &keys).0, 0);
    let only_old = house.agreed().findings;
    assert_eq!(
        only_old,
        [Finding::PaperBroken {
            name: "new.note".to_owned(),
            why: Error::NotSigned
        }]
    );
}

#[test]
fn two_histories_under_one_key_are_called_by_their_name() {
    let one = House::new(Algorithm::Sha256, 10, 5);
    let mut other = House::new(Algorithm::Sha256, 9, 9);
    let mut frontier = Frontier::new(Algorithm::Sha256);
    other.leaves().iter().for_each(|leaf| frontier.push(*leaf));
    let another = Act {
        after: Some(json!("another")),
        ..act(9)
    };
    other.lines.push(frontier.append(another).unwrap().bytes);
    for lines in [&one.lines, &other.lines] {
        let mut house = one.clone();
        house.lines = lines.clone();
        house.papers.push(Paper {
            name: "z.note".to_owned(),
            ..papers_of(&frontier)
        });
        let findings = house.agreed().findings;
        assert_eq!(findings.len(), 2, "{findings:?}");
        let fork = Finding::Fork {
            name: "00010.note".to_owned(),
            other: "z.note".to_owned(),
            size: 10,
        };
        assert!(findings.contains(&fork), "{findings:?}");
        assert!(
            matches!(findings[0], Finding::RootDiffers { size: 10, since: 5, .. }),
            "{findings:?}"
        );
    }
}

#[test]
fn a_checkpoint_by_another_algorithm_is_named() {
    let mut house = House::new(Algorithm::Sha256, 4, 4);
    let mut frontier = Frontier::new(Algorithm::Sm3);
    house
        .lines
        .iter()
        .for_each(|line| frontier.push(Algorithm::Sm3.leaf(line)));
    house.papers.push(Paper {
        name: "sm3.note".to_owned(),
        ..papers_of(&frontier)
    });
    let findings = house.agreed().findings;
    let differs = Finding::AlgorithmDiffers {
        name: "sm3.note".to_owned(),
        found: Algorithm::Sm3,
    };
    assert!(findings.contains(&differs), "{findings:?}");
}

#[test]
fn a_clock_that_was_set_back_is_no_fault() {
    let mut frontier = Frontier::new(Algorithm::Sha256);
    let mut house = House::new(Algorithm::Sha256, 1, 1);
    house.leaves().iter().for_each(|leaf| frontier.push(*leaf));
    house.lines.push(
        frontier
            .append(Act {
                at: Timestamp(0),
                ..act(1)
            })
            .unwrap()
            .bytes,
    );
    house.papers.push(papers_of(&frontier));
    assert!(house.agreed().holds());
}

#[test]
fn python_says_when_it_cannot_begin() {
    let house = House::new(Algorithm::Sha256, 2, 2);
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/verify_ledger.py");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ledger.jsonl"), house.file()).unwrap();
    let key = key().verifier().to_string();
    let run = |ledger: &str, key: &str| {
        let mut command = std::process::Command::new("python3");
        command
            .arg(&script)
            .args([ledger, "--key", key, "--checkpoints", "."])
            .current_dir(folder.path());
        command.output().unwrap().status.code()
    };
    assert_eq!(run("ledger.jsonl", &key), Some(1));
    assert_eq!(run("nowhere.jsonl", &key), Some(2));
    assert_eq!(run("ledger.jsonl", "key"), Some(2));
    assert_eq!(run("ledger.jsonl", &key.replace("pinji", "other")), Some(2));
}

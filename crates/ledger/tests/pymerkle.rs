//! L2 a third time: what pymerkle, a program of others, says of the same ledgers. 第三方核验

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pinji_ledger::{Algorithm, Frontier};

use crate::house::House;

/// The Python beside the build, where the tests' tools put it, or the one that is named.
fn python() -> Option<PathBuf> {
    let named = std::env::var_os("PINJI_PYTHON").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/python/bin/python");
    let has_it = |python: &PathBuf| {
        let asked = Command::new(python).args(["-c", "import pymerkle"]).output();
        asked.is_ok_and(|done| done.status.success())
    };
    named.into_iter().chain([beside]).find(has_it)
}

/// The roots of these ledgers at these sizes, in hexadecimal digits, as pymerkle has them; nothing where it is not there.
pub fn roots(ledgers: &[Vec<Vec<u8>>], sizes: &[u64]) -> Option<Vec<Vec<Option<String>>>> {
    let sizes: Vec<String> = sizes.iter().map(u64::to_string).collect();
    let mut child = Command::new(python()?)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pymerkle_roots.py"))
        .arg(sizes.join(","))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let asked: String = ledgers
        .iter()
        .map(|lines| {
            let lines: Vec<String> = lines.iter().map(|line| STANDARD.encode(line)).collect();
            format!("{}\n", serde_json::to_string(&lines).unwrap())
        })
        .collect();
    let writer = std::thread::spawn(move || input.write_all(asked.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success(), "pymerkle found fault with its own proofs");
    let said = String::from_utf8(output.stdout).unwrap();
    let found: Vec<Vec<Option<String>>> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(found.len(), ledgers.len());
    Some(found)
}

#[test]
fn pymerkle_has_our_roots() {
    let house = House::new(Algorithm::Sha256, 90, 30);
    let sizes: Vec<u64> = (1..=90).collect();
    let Some(found) = roots(std::slice::from_ref(&house.lines), &sizes) else {
        println!("skipped: pymerkle is not there (crates/server/tests/requirements.txt)");
        return;
    };
    let mut frontier = Frontier::new(Algorithm::Sha256);
    for (leaf, root) in house.leaves().into_iter().zip(&found[0]) {
        frontier.push(leaf);
        assert_eq!(
            root.as_deref(),
            Some(frontier.root().hex().as_str()),
            "{}",
            frontier.size()
        );
    }
}

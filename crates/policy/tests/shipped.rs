//! The policies that ship with Pinji.

use std::path::PathBuf;
use std::time::Instant;

use pinji_policy::prove::{Outcome, prove};
use pinji_policy::{Document, compile, load};

use crate::happy::shown;

const SHIPPED: [&str; 4] = ["tob-standard.toml", "group-standard.toml", "credit-nine-level.toml", "wholesale-rfm.toml"];

/// More than this no shipped guarantee may take to prove.
const NODES: u64 = 2_000_000;

fn loaded(entry: &str) -> pinji_policy::Loaded {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    load(entry, &|name| std::fs::read_to_string(folder.join(name)).map_err(|error| error.to_string()))
}

fn document(entry: &str) -> Document {
    loaded(entry).document.unwrap()
}

#[test]
fn shipped_policies_have_no_findings() {
    let mut found = String::new();
    for entry in SHIPPED {
        let loaded = loaded(entry);
        found.push_str(&shown(&loaded, &loaded.findings));
        let Some(document) = loaded.document else { continue };
        if let Err(findings) = compile(&document, document.effective.unwrap_or_default()) {
            found.push_str(&format!("{entry}: does not compile: {findings:?}\n"));
        }
    }
    assert_eq!(found, "");
}

#[test]
fn shipped_guarantees_are_proved() {
    let mut failed = String::new();
    for entry in SHIPPED {
        let document = document(entry);
        let as_of = document.effective.unwrap();
        let compiled = compile(&document, as_of).unwrap();
        assert!(document.guarantees.len() >= 5, "{entry}");
        let started = Instant::now();
        for guarantee in &document.guarantees {
            let began = Instant::now();
            let outcome = prove(&document, &compiled, as_of, guarantee, NODES);
            if !matches!(outcome, Outcome::Proved { .. }) {
                failed.push_str(&format!("{entry}: {}: {:?}: {outcome:?}\n", guarantee.says, began.elapsed()));
            }
        }
        eprintln!("{entry}: all in {:?}", started.elapsed());
    }
    assert_eq!(failed, "");
}

/// Each grade of a shipped policy is promised to be reachable, so that none is there for nothing.
#[test]
fn every_shipped_grade_is_promised_to_be_reachable() {
    for entry in SHIPPED {
        let document = document(entry);
        for grade in &document.grades {
            let promise = format!("reachable '{}'", grade.id);
            assert!(document.guarantees.iter().any(|guarantee| guarantee.says == promise), "{entry}: {promise}");
        }
    }
}

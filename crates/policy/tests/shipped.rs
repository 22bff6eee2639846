//! The policies that ship with Pinji.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use pinji_policy::prove::{Outcome, prove};
use pinji_policy::{Document, compile, example, load};

use crate::happy::shown;

const SHIPPED: [&str; 5] = [
    "tob-standard.toml",
    "group-standard.toml",
    "credit-nine-level.toml",
    "wholesale-rfm.toml",
    "small.toml",
];

/// More than this no shipped guarantee may take to prove.
const NODES: u64 = 2_000_000;

fn loaded(entry: &str) -> pinji_policy::Loaded {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    load(entry, &|name| {
        std::fs::read_to_string(folder.join(name)).map_err(|error| error.to_string())
    })
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
fn what_an_indicator_can_have_is_known_where_the_formula_says_so() {
    let document = document("tob-standard.toml");
    let compiled = compile(&document, document.effective.unwrap()).unwrap();
    let parts = compiled.plan.parts();
    let check = |id: &str, expected: (i64, i64)| {
        let at = compiled.plan.indicator(id).unwrap();
        assert_eq!(parts.possible[at], expected, "{id}");
    };
    assert_eq!(parts.possible.len(), parts.indicators.len());
    // A count is never negative; a margin may be; judged points lie on their scale.
    check("order_frequency", (0, i64::MAX));
    check("net_margin", (i64::MIN, i64::MAX));
    let judged = parts
        .indicators
        .iter()
        .position(|indicator| indicator.scoring == pinji_engine::Scoring::Direct);
    let judged = judged.unwrap();
    let full = 100 * 10_i64.pow(parts.indicators[judged].decimals.into());
    assert_eq!(parts.possible[judged], (0, full));
}

#[test]
fn shipped_examples_come_out() {
    let mut failed = String::new();
    for entry in SHIPPED {
        let document = document(entry);
        assert!(document.examples.len() >= 5, "{entry}");
        for ran in example::run(&document) {
            if !ran.passed() {
                let checks: Vec<_> = ran.checks.iter().filter(|check| !check.passed()).collect();
                failed.push_str(&format!("{entry} {}: {:?} {checks:?}\n", ran.name.en, ran.problem));
            }
        }
    }
    assert_eq!(failed, "");
}

/// Every cap and floor of a shipped policy binds in one of its examples, except where it says so here.
#[test]
fn shipped_caps_are_shown_by_examples() {
    for entry in SHIPPED {
        let document = document(entry);
        let shown: Vec<&String> = document
            .examples
            .iter()
            .filter_map(|example| example.caps.as_ref())
            .flatten()
            .collect();
        let hidden: Vec<&str> = document
            .caps
            .iter()
            .map(|cap| cap.id.as_str())
            .filter(|id| !shown.iter().any(|shown| *shown == id))
            .collect();
        let expected: &[&str] = match entry {
            "credit-nine-level.toml" => &["suspended", "opinion", "no_statement"],
            "group-standard.toml" => &["dishonest"],
            "tob-standard.toml" => &["dishonest"],
            "small.toml" => &[],
            _ => &["nothing"],
        };
        assert_eq!(hidden, expected, "{entry}");
    }
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
            let outcome = prove(&document, &compiled, as_of, guarantee, NODES);
            if !matches!(outcome, Outcome::Proved { .. }) {
                failed.push_str(&format!("{entry}: {}: {outcome:?}\n", guarantee.says));
            }
        }
        // Generous, for a debug build on a busy machine; the release build takes a small part of it.
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "{entry}: {:?}",
            started.elapsed()
        );
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
            assert!(
                document.guarantees.iter().any(|guarantee| guarantee.says == promise),
                "{entry}: {promise}"
            );
        }
    }
}

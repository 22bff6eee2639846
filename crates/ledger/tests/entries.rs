//! Entries: their bytes as documented, their reading, and what they must not be. 条目

use pinji_domain::Timestamp;
use pinji_ledger::{Act, Algorithm, Entry, Error, Frontier, LONGEST};
use serde_json::json;

use crate::house::{self, House};

fn opened(algorithm: Algorithm) -> (Frontier, Vec<u8>) {
    let mut frontier = Frontier::new(algorithm);
    let at = Timestamp::parse("2026-11-22T08:00:00Z").unwrap();
    let opening = Act::opening(at, "system", house::ORIGIN, algorithm);
    let bytes = frontier.append(opening).unwrap().bytes;
    (frontier, bytes)
}

#[test]
fn the_bytes_are_those_of_the_document() {
    let (mut frontier, opening) = opened(Algorithm::Sha256);
    let first = r#"{"action":"ledger.open","actor":"system","at":"2026-11-22T08:00:00.000000Z","facts":{"algorithm":"sha256","form":1,"origin":"pinji.example/ledger"},"object":"ledger","seq":0}"#;
    assert_eq!(String::from_utf8_lossy(&opening), first);
    let act = Act {
        on_behalf: Some("user:12".to_owned()),
        from: Some("192.0.2.7".to_owned()),
        before: Some(json!({ "state": "submitted" })),
        after: Some(json!({ "state": "audited", "accepted": 118 })),
        policy_version: Some("tob-standard 2026.1".to_owned()),
        request_id: Some("7f3c".to_owned()),
        facts: json!({ "reason": "来源可靠" }).as_object().unwrap().clone(),
        ..Act::new(
            Timestamp::parse("2026-11-22T08:05:00.25Z").unwrap(),
            "user:17",
            "submission.audit",
            "submission:42",
        )
    };
    let appended = frontier.append(act.clone()).unwrap();
    let second = r#"{"action":"submission.audit","actor":"user:17","after":{"accepted":118,"state":"audited"},"at":"2026-11-22T08:05:00.250000Z","before":{"state":"submitted"},"facts":{"reason":"来源可靠"},"from":"192.0.2.7","object":"submission:42","on_behalf":"user:12","policy_version":"tob-standard 2026.1","prev":"PREV","request_id":"7f3c","seq":1}"#;
    let prev = Algorithm::Sha256.leaf(&opening);
    let second = second.replace("PREV", &prev.to_string());
    assert_eq!(String::from_utf8_lossy(&appended.bytes), second);
    assert_eq!(appended.leaf, Algorithm::Sha256.leaf(second.as_bytes()));
    // The document shows this ledger whole, with its key, checkpoint and proof; an outsider may try a verifier on it.
    let house = House {
        algorithm: Algorithm::Sha256,
        lines: vec![opening.clone(), appended.bytes.clone()],
        papers: vec![house::papers_of(&frontier)],
    };
    let proof = house.proof(1).to_string();
    let note = String::from_utf8(house.papers[0].bytes.clone()).unwrap();
    let document = include_str!("../../../docs/ledger.md");
    for shown in [first, &second, &house::key().verifier().to_string(), &note, &proof] {
        assert!(document.contains(shown), "docs/ledger.md does not show:\n{shown}");
    }
    assert!(house.with_proof(1).agreed().holds());
    let entry = Entry {
        seq: 1,
        prev: Some(prev),
        act,
    };
    assert_eq!(Entry::parse(&appended.bytes).unwrap(), entry);
}

#[test]
fn what_an_append_refuses_leaves_the_frontier_as_it_was() {
    let (frontier, _) = opened(Algorithm::Sha256);
    let check = |act: Act, expected: Error| {
        let mut after = frontier.clone();
        assert_eq!(after.append(act), Err(expected));
        assert_eq!(after, frontier);
    };
    let act = || house::act(1);
    let field = |field: &'static str| Error::FieldMissing { field };
    check(
        Act {
            actor: String::new(),
            ..act()
        },
        field("actor"),
    );
    check(
        Act {
            action: String::new(),
            ..act()
        },
        field("action"),
    );
    check(
        Act {
            object: String::new(),
            ..act()
        },
        field("object"),
    );
    check(
        Act {
            at: Timestamp(i64::MAX),
            ..act()
        },
        Error::InstantOutOfRange { micros: i64::MAX },
    );
    check(
        Act {
            after: Some(json!(0.5)),
            ..act()
        },
        Error::NumberNotWhole {
            number: "0.5".to_owned(),
        },
    );
    check(
        Act {
            after: Some(json!("x".repeat(LONGEST))),
            ..act()
        },
        Error::TooLong { most: LONGEST },
    );
    check(
        Act::opening(Timestamp(0), "system", "again", Algorithm::Sha256),
        Error::NotOpened,
    );
    let mut empty = Frontier::new(Algorithm::Sm3);
    assert_eq!(empty.append(act()), Err(Error::NotOpened));
    let other = Act::opening(Timestamp(0), "system", "x", Algorithm::Sha256);
    assert_eq!(empty.append(other), Err(Error::NotOpened));
    assert_eq!(empty.size(), 0);
}

#[test]
fn what_is_no_entry_is_not_read_as_one() {
    let (_, opening) = opened(Algorithm::Sha256);
    let text = String::from_utf8(opening).unwrap();
    let check = |from: &str, to: &str, expected: Error| {
        let changed = text.replace(from, to);
        assert_ne!(changed, text);
        assert_eq!(Entry::parse(changed.as_bytes()), Err(expected), "{changed}");
    };
    check(r#","seq":0"#, "", Error::FieldMissing { field: "seq" });
    check(r#""actor":"system","#, "", Error::FieldMissing { field: "actor" });
    check(r#""system""#, "7", Error::FieldWrong { field: "actor" });
    check("T08:00:00.000000Z", "", Error::FieldWrong { field: "at" });
    check(
        r#","seq":0"#,
        r#","seq":0,"x":1"#,
        Error::FieldUnknown { field: "x".to_owned() },
    );
    check(
        r#"{"algorithm":"sha256","form":1,"origin":"pinji.example/ledger"}"#,
        "1",
        Error::FieldWrong { field: "facts" },
    );
    check(
        r#","seq":0"#,
        r#","prev":"AA==","seq":0"#,
        Error::NotAHash {
            text: "AA==".to_owned(),
        },
    );
    assert_eq!(Entry::parse(b"[]"), Err(Error::NotCanonical));
}

//! Every finding and error has its sentence in both languages, with the values that it brings. 文句

use std::collections::BTreeSet;

use pinji_domain::{Arg, Message};
use pinji_ledger::{Algorithm, Error, Finding};

fn errors() -> Vec<Error> {
    let text = || "x".to_owned();
    vec![
        Error::NumberNotWhole { number: text() },
        Error::TooDeep { most: 64 },
        Error::TooLong { most: 1 },
        Error::InstantOutOfRange { micros: 1 },
        Error::FieldMissing { field: "at" },
        Error::FieldWrong { field: "at" },
        Error::FieldUnknown { field: text() },
        Error::NotJson { column: 1 },
        Error::NotCanonical,
        Error::NotOpened,
        Error::FrontierDamaged,
        Error::NotAHash { text: text() },
        Error::KeyName { name: text() },
        Error::KeyForm,
        Error::NoteForm,
        Error::NotSigned,
        Error::SignatureFalse { key: text() },
        Error::CheckpointForm,
        Error::OriginDiffers {
            found: text(),
            expected: text(),
        },
        Error::ProofForm,
        Error::ProofFalse { index: 1 },
    ]
}

fn findings() -> Vec<Finding> {
    let name = || "x".to_owned();
    vec![
        Finding::EntryBroken {
            seq: 1,
            why: Error::NotCanonical,
        },
        Finding::SeqDiffers { seq: 1, found: 2 },
        Finding::ChainBroken { seq: 1 },
        Finding::OpeningWrong,
        Finding::PaperBroken {
            name: name(),
            why: Error::NotSigned,
        },
        Finding::AlgorithmDiffers {
            name: name(),
            found: Algorithm::Sm3,
        },
        Finding::Fork {
            name: name(),
            other: name(),
            size: 1,
        },
        Finding::RootDiffers {
            name: name(),
            size: 2,
            since: 1,
            others: 0,
        },
        Finding::Truncated {
            name: name(),
            size: 2,
            entries: 1,
            since: 0,
            others: 0,
        },
        Finding::ProofFalse { name: name(), seq: 1 },
        Finding::NoCheckpoint,
    ]
}

#[test]
fn every_code_has_its_sentence_with_its_values() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../locales");
    let messages: Vec<Message> = errors()
        .iter()
        .map(Error::message)
        .chain(findings().iter().map(Finding::message))
        .collect();
    let codes: BTreeSet<&str> = messages.iter().map(|message| message.code).collect();
    assert_eq!(codes.len(), messages.len());
    for lang in ["zh", "en"] {
        let words = std::fs::read_to_string(root.join(lang).join("office.ftl")).unwrap();
        for message in &messages {
            let start = format!("{} = ", message.code);
            let line = words.lines().position(|line| line.starts_with(&start));
            let line = line.unwrap_or_else(|| panic!("{lang}: no sentence for {}", message.code));
            let more = |line: &&str| line.starts_with([' ', '\t', '}', '[']);
            let first = words.lines().nth(line).unwrap();
            let rest: Vec<&str> = words.lines().skip(line + 1).take_while(more).collect();
            let sentence = format!("{first}\n{}", rest.join("\n"));
            let brings: BTreeSet<&str> = message.args.iter().map(|(name, _)| *name).collect();
            let mentions: BTreeSet<&str> = sentence
                .split('$')
                .skip(1)
                .map(|rest| rest.split(|c: char| !c.is_alphanumeric()).next().unwrap())
                .collect();
            assert_eq!(mentions, brings, "{lang}: {}", message.code);
        }
        let ours = words.lines().filter(|line| line.starts_with("ledger-")).count();
        assert_eq!(ours, messages.len(), "{lang}: a sentence that nobody says");
    }
}

#[test]
fn a_finding_says_its_cause_as_a_message() {
    let message = Finding::EntryBroken {
        seq: 3,
        why: Error::NotCanonical,
    }
    .message();
    assert_eq!(
        message.args[1],
        ("why", Arg::Say(Box::new(Error::NotCanonical.message())))
    );
    assert_eq!(Error::NotCanonical.to_string(), Error::NotCanonical.message().code);
}

//! Every code of this crate has words in both languages, and the words mention no value that is not passed.

use std::collections::BTreeSet;
use std::path::Path;

use pinji_domain::{Arg, Message};
use pinji_policy::Finding;

const WORDS: [&str; 2] = [
    include_str!("../../../locales/zh/policy.ftl"),
    include_str!("../../../locales/en/policy.ftl"),
];

/// A finding passes every value that its sentences mention.
pub fn complete(finding: &Finding) {
    said(&finding.message);
    finding.help.iter().for_each(said);
}

fn said(message: &Message) {
    for words in WORDS {
        let sentence = words
            .lines()
            .find_map(|line| line.strip_prefix(message.code)?.strip_prefix(" = "));
        let sentence = sentence.unwrap_or_else(|| panic!("no words for {}", message.code));
        for variable in sentence.split("{ $").skip(1) {
            let name = variable.split(' ').next().unwrap_or_default();
            assert!(
                message.args.iter().any(|(known, _)| *known == name),
                "{} lacks {name}",
                message.code
            );
        }
    }
    for (_, value) in &message.args {
        if let Arg::Say(inner) = value {
            said(inner);
        }
    }
}

fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_code_has_words_in_both_languages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = Vec::new();
    sources(&root.join("src"), &mut texts);
    let mut codes = BTreeSet::new();
    for text in &texts {
        for (at, _) in text.match_indices("\"policy-") {
            let code: String = text[at + 1..]
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
                .collect();
            codes.insert(code);
        }
    }
    assert!(codes.len() > 250, "{}", codes.len());
    for lang in ["zh", "en"] {
        let words = std::fs::read_to_string(root.join(format!("../../locales/{lang}/policy.ftl"))).unwrap();
        let said: BTreeSet<&str> = words
            .lines()
            .filter_map(|line| line.split_once(" =").map(|(code, _)| code))
            .collect();
        let lacking: Vec<&String> = codes.iter().filter(|code| !said.contains(code.as_str())).collect();
        assert!(lacking.is_empty(), "{lang} lacks {lacking:?}");
    }
}

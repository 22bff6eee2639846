//! Every code has its sentence in both languages, and every sentence its code. 消息齐全

use std::collections::{BTreeMap, BTreeSet};

use super::Report;
use crate::source::{self, File, Literal};

/// One message of a language file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Sentence {
    file: String,
    line: usize,
    /// The values that it mentions.
    values: BTreeSet<String>,
    /// Other messages that it mentions.
    mentions: BTreeSet<String>,
}

type Sentences = BTreeMap<String, Sentence>;

/// Compares the languages with each other and with the code.
pub fn check(files: &[File], report: &mut Report) {
    let zh = sentences(files, "locales/zh/", report);
    let en = sentences(files, "locales/en/", report);
    compare(&zh, &en, "English", report);
    compare(&en, &zh, "Chinese", report);
    for (code, sentence) in &zh {
        if let Some(other) = en.get(code).filter(|other| other.values != sentence.values) {
            let (zh, en) = (list(&sentence.values), list(&other.values));
            report.error(
                place(sentence),
                format!("`{code}` mentions {zh} in Chinese and {en} in English"),
            );
        }
    }
    let literals: Vec<(&File, Vec<Literal>)> = files
        .iter()
        .filter(|file| file.is_code())
        .map(|file| (file, source::literals(&file.text)))
        .collect();
    for (file, literals) in &literals {
        for literal in literals.iter().filter(|literal| names_a_message(literal)) {
            if !zh.contains_key(&literal.text) {
                report.error(
                    format!("{}:{}", file.name, literal.line),
                    format!("no sentence for `{}`", literal.text),
                );
            }
        }
    }
    let all = literals
        .iter()
        .flat_map(|(_, literals)| literals)
        .map(|literal| literal.text.as_str());
    let said: BTreeSet<&str> = all.map(|text| text.split('{').next().unwrap_or(text)).collect();
    for (code, sentence) in &zh {
        if !is_said(code, &said) && !zh.values().any(|other| other.mentions.contains(code)) {
            report.error(
                place(sentence),
                format!("nothing says `{code}`: use it or remove it in both languages"),
            );
        }
    }
}

/// Whether a literal must be a message: the code of a new message, or what a function called `code` answers.
fn names_a_message(literal: &Literal) -> bool {
    let kebab = literal.text.contains('-')
        && literal
            .text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    literal.before.ends_with("Message::new(") || (literal.in_code && kebab)
}

/// Whether the code says it, whole or by a literal (or what a format puts before its first value) that is its
/// beginning up to a `-`.
fn is_said(code: &str, said: &BTreeSet<&str>) -> bool {
    let beginnings = code.match_indices('-').filter_map(|(at, _)| code.get(..=at));
    said.contains(code) || beginnings.into_iter().any(|beginning| said.contains(beginning))
}

fn compare(one: &Sentences, other: &Sentences, language: &str, report: &mut Report) {
    for (code, sentence) in one.iter().filter(|(code, _)| !other.contains_key(*code)) {
        report.error(place(sentence), format!("`{code}` has no sentence in {language}"));
    }
}

fn place(sentence: &Sentence) -> String {
    format!("{}:{}", sentence.file, sentence.line)
}

fn list(values: &BTreeSet<String>) -> String {
    if values.is_empty() {
        return "nothing".to_owned();
    }
    values
        .iter()
        .map(|value| format!("`${value}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn sentences(files: &[File], folder: &str, report: &mut Report) -> Sentences {
    let mut all = Sentences::new();
    for file in files
        .iter()
        .filter(|file| file.name.starts_with(folder) && file.name.ends_with(".ftl"))
    {
        for (code, sentence) in parse(file) {
            if let Some(first) = all.get(&code) {
                report.error(place(&sentence), format!("`{code}` stands already at {}", place(first)));
            }
            all.insert(code, sentence);
        }
    }
    all
}

fn parse(file: &File) -> Vec<(String, Sentence)> {
    let mut found: Vec<(String, Sentence)> = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        if line.starts_with('#') {
            continue;
        }
        let name = line
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
            .next()
            .unwrap_or_default();
        let starts = !name.is_empty()
            && line
                .get(name.len()..)
                .is_some_and(|rest| rest.trim_start().starts_with('='));
        if starts {
            let sentence = Sentence {
                file: file.name.clone(),
                line: index + 1,
                ..Sentence::default()
            };
            found.push((name.to_owned(), sentence));
        }
        let Some((_, sentence)) = found.last_mut() else {
            continue;
        };
        for opened in line.split('{').skip(1) {
            let inner = opened.trim_start();
            let word: String = inner
                .trim_start_matches('$')
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '-' || *c == '_')
                .collect();
            match inner.chars().next() {
                Some('$') => sentence.values.insert(word),
                Some(first) if first.is_ascii_lowercase() || first == '-' => sentence.mentions.insert(word),
                // A function such as NUMBER($n): the value is inside.
                _ => {
                    let value = inner.split('$').nth(1).map(|rest| {
                        rest.chars()
                            .take_while(|c| c.is_alphanumeric() || *c == '-' || *c == '_')
                            .collect::<String>()
                    });
                    value.is_some_and(|value| sentence.values.insert(value))
                }
            };
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(zh: &str, en: &str, code: &str) -> Vec<String> {
        let file = |name: &str, text: &str| File {
            name: name.to_owned(),
            text: text.to_owned(),
        };
        let files = [
            file("locales/zh/a.ftl", zh),
            file("locales/en/a.ftl", en),
            file("crates/a/src/lib.rs", code),
        ];
        let mut report = Report::default();
        check(&files, &mut report);
        report.errors
    }

    #[test]
    fn languages_and_code_agree() {
        let check = |zh: &str, en: &str, code: &str, expected: &[&str]| {
            let errors = errors(zh, en, code);
            assert_eq!(errors.len(), expected.len(), "{errors:?}");
            for (error, part) in errors.iter().zip(expected) {
                assert!(error.contains(part), "{error} should mention {part}");
            }
        };
        let says = "Message::new(\"a-b\")";
        check("a-b = 甲{ $x }\n", "a-b = A { $x }\n", says, &[]);
        check("a-b = 甲{ $x }\n", "a-b = A { $y }\n", says, &["mentions"]);
        check("a-b = 甲\n", "", says, &["no sentence in English"]);
        check(
            "a-b = 甲\na-c = 乙\n",
            "a-b = A\na-c = B\n",
            says,
            &["nothing says `a-c`"],
        );
        check(
            "a-b = 甲\n",
            "a-b = A\n",
            "Message::new(\"a-b\"); Message::new(\"a-d\")",
            &["no sentence for `a-d`"],
        );
        check("a-b = { a-c }\na-c = 乙\n", "a-b = { a-c }\na-c = B\n", says, &[]);
        check("a-b = 甲\n", "a-b = A\n", "fn code() -> &str { \"a-b\" }", &[]);
        check(
            "a-b = { $n ->\n   *[other] 共{ NUMBER($n) }\n }\n",
            "a-b = { $n } A\n",
            "format!(\"a-{x}-c\")",
            &[],
        );
    }
}

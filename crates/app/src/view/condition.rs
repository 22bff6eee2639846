//! Conditions of a policy in words: names for ids, signs for operators. 条件的措辞

use pinji_domain::{Date, Lang, Text};
use pinji_policy::Document;

/// A condition as readers say it, in both languages. 条件的措辞
pub fn words(document: &Document, when: &str) -> Text {
    said(document, when, None)
}

/// The same of a day: parameters have their values beside their names.
pub fn words_on(document: &Document, when: &str, day: Date) -> Text {
    said(document, when, Some(day))
}

fn said(document: &Document, when: &str, day: Option<Date>) -> Text {
    Text::new(
        in_language(document, when, day, Lang::Zh),
        in_language(document, when, day, Lang::En),
    )
}

fn in_language(document: &Document, when: &str, day: Option<Date>, lang: Lang) -> String {
    let mut out: Vec<String> = Vec::new();
    let tokens = tokens(when);
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let next = tokens.get(at + 1).map(String::as_str);
        let after = tokens.get(at + 2).map(String::as_str);
        let (said, used) = match (token.as_str(), next, after) {
            ("is", Some("not"), Some("missing")) => (pick(lang, "未缺失", "is not missing"), 3),
            ("is", Some("missing"), _) => (pick(lang, "缺失", "is missing"), 2),
            ("not", Some("in"), _) => (pick(lang, "不属于", "not in"), 2),
            ("and", ..) => (pick(lang, "且", "and"), 1),
            ("or", ..) => (pick(lang, "或", "or"), 1),
            ("not", ..) => (pick(lang, "非", "not"), 1),
            ("in", ..) => (pick(lang, "属于", "in"), 1),
            ("at_most", ..) => (pick(lang, "不高于", "at most"), 1),
            ("at_least", ..) => (pick(lang, "不低于", "at least"), 1),
            (">=", ..) => ("≥".to_owned(), 1),
            ("<=", ..) => ("≤".to_owned(), 1),
            ("!=" | "<>", ..) => ("≠".to_owned(), 1),
            (other, ..) => (
                document
                    .name_of(other)
                    .map_or_else(|| unquoted(other, lang), |name| name.get(lang).to_owned())
                    + &value(document, other, day, lang),
                1,
            ),
        };
        out.push(said);
        at += used;
    }
    join(&out)
}

/// A parameter's value of the day, in brackets.
fn value(document: &Document, token: &str, day: Option<Date>, lang: Lang) -> String {
    let parameter = document.parameters.iter().find(|parameter| parameter.id == token);
    match (day.and_then(|day| parameter?.value_on(day)), lang) {
        (Some(value), Lang::Zh) => format!("（{value}）"),
        (Some(value), Lang::En) => format!(" ({value})"),
        (None, _) => String::new(),
    }
}

fn pick(lang: Lang, zh: &str, en: &str) -> String {
    match lang {
        Lang::Zh => zh.to_owned(),
        Lang::En => en.to_owned(),
    }
}

fn unquoted(token: &str, lang: Lang) -> String {
    match (token.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')), lang) {
        (Some(text), Lang::Zh) => format!("「{text}」"),
        (Some(text), Lang::En) => format!("“{text}”"),
        (None, _) => token.to_owned(),
    }
}

fn tokens(when: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut characters = when.chars().peekable();
    while let Some(character) = characters.next() {
        let mut token = character.to_string();
        if character.is_whitespace() {
            continue;
        }
        if character == '\'' {
            for next in characters.by_ref() {
                token.push(next);
                if next == '\'' {
                    break;
                }
            }
        } else if character.is_alphanumeric() || character == '_' {
            while let Some(next) = characters.next_if(|next| next.is_alphanumeric() || *next == '_' || *next == '.') {
                token.push(next);
            }
        } else if matches!(character, '<' | '>' | '!')
            && let Some(next) = characters.next_if(|next| matches!(next, '=' | '>'))
        {
            token.push(next);
        }
        tokens.push(token);
    }
    tokens
}

/// Words with spaces between, but none inside brackets and before commas.
fn join(words: &[String]) -> String {
    let mut out = String::new();
    for word in words {
        let tight = matches!(word.as_str(), ")" | "]" | "," | "") || out.is_empty() || out.ends_with(['(', '[']);
        if !tight {
            out.push(' ');
        }
        out.push_str(word);
    }
    out.replace("- ", "-")
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        missing_docs
    )]
    use super::*;

    #[test]
    fn conditions_are_said_in_both_languages() {
        let document = Document {
            scores: vec![pinji_policy::document::Score {
                id: "safety".to_owned(),
                name: Text::new("安全得分", "Safety"),
                decimals: 2,
                weights: Vec::new(),
            }],
            ..Document::default()
        };
        let check = |when: &str, zh: &str, en: &str| assert_eq!(words(&document, when), Text::new(zh, en));
        check(
            "safety >= 60 and not (x < -1.5)",
            "安全得分 ≥ 60 且 非 (x < -1.5)",
            "Safety ≥ 60 and not (x < -1.5)",
        );
        check(
            "safety is not missing or x in ['a', 'b']",
            "安全得分 未缺失 或 x 属于 [「a」, 「b」]",
            "Safety is not missing or x in [“a”, “b”]",
        );
        check("grade at_most 'CC'", "grade 不高于 「CC」", "grade at most “CC”");
    }
}

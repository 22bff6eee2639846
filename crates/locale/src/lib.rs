//! Codes and values into sentences that people read, in Chinese and English. 语言
//!
//! The sentences live in `locales/{zh,en}/*.ftl` (Fluent) and are compiled in, so a binary speaks both languages wherever
//! it runs. The rest of Pinji passes [`Message`]s around and calls [`say`] at the edge.

mod book;
mod number;

use fluent_bundle::{FluentArgs, FluentValue};
use pinji_domain::{Arg, Lang, Message, Text};

pub use number::{amount, count, date, date_long, list, percent, period, ratio};

/// Puts a message into words. 措辞
///
/// A value that is itself a message, or a name in both languages, is said in the same language. Counts come out with
/// thousands separators. A code that the language files lack comes out as itself with its values in brackets, so that a
/// reader still learns something and nothing stops.
pub fn say(lang: Lang, message: &Message) -> String {
    let book = book::of(lang);
    let found = book.bundle.get_message(message.code).and_then(|entry| entry.value());
    let Some(pattern) = found else {
        return bare(lang, message);
    };
    let mut args = FluentArgs::with_capacity(message.args.len());
    for (name, value) in &message.args {
        args.set(*name, value_of(lang, value));
    }
    let mut errors = Vec::new();
    book.bundle
        .format_pattern(pattern, Some(&args), &mut errors)
        .into_owned()
}

/// The same in both languages.
pub fn both(message: &Message) -> Text {
    Text::new(say(Lang::Zh, message), say(Lang::En, message))
}

/// A sentence without values, by its code.
pub fn word(lang: Lang, code: &'static str) -> String {
    say(lang, &Message::new(code))
}

/// Whether the language has words for a code.
pub fn exists(lang: Lang, code: &str) -> bool {
    book::of(lang)
        .bundle
        .get_message(code)
        .is_some_and(|entry| entry.value().is_some())
}

/// All codes that the language has words for, in the order of its files.
pub fn codes(lang: Lang) -> Vec<&'static str> {
    book::of(lang)
        .sentences
        .iter()
        .map(|sentence| sentence.code.as_str())
        .collect()
}

/// The names of the values that a sentence mentions, sorted: what a caller must pass. Empty for an unknown code.
pub fn variables(lang: Lang, code: &str) -> Vec<&'static str> {
    let sentence = book::of(lang).sentences.iter().find(|sentence| sentence.code == code);
    sentence
        .map(|sentence| sentence.variables.iter().map(String::as_str).collect())
        .unwrap_or_default()
}

/// What is wrong with the language's files: lines that do not parse, codes that stand twice. Empty unless somebody has
/// just broken one; the tests hold that.
pub fn faults(lang: Lang) -> &'static [String] {
    &book::of(lang).faults
}

fn value_of(lang: Lang, value: &Arg) -> FluentValue<'static> {
    match value {
        Arg::Count(number) => FluentValue::from(*number),
        other => FluentValue::from(text_of(lang, other)),
    }
}

fn text_of(lang: Lang, value: &Arg) -> String {
    match value {
        Arg::Text(text) => text.clone(),
        Arg::Count(number) => count(*number),
        Arg::Both(text) => text.get(lang).to_owned(),
        Arg::Say(message) => say(lang, message),
    }
}

fn bare(lang: Lang, message: &Message) -> String {
    let values: Vec<String> = message
        .args
        .iter()
        .map(|(name, value)| format!("{name}: {}", text_of(lang, value)))
        .collect();
    match values.is_empty() {
        true => message.code.to_owned(),
        false => format!("{} ({})", message.code, values.join(", ")),
    }
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
    fn every_file_parses_and_no_code_stands_twice() {
        for lang in Lang::ALL {
            assert_eq!(faults(lang), Vec::<String>::new(), "{lang:?}");
        }
    }

    #[test]
    fn both_languages_say_the_same_things_about_the_same_values() {
        let (zh, en) = (codes(Lang::Zh), codes(Lang::En));
        let lacking = |here: &[&str], there: &[&'static str]| -> Vec<&'static str> {
            there.iter().filter(|code| !here.contains(code)).copied().collect()
        };
        assert_eq!(lacking(&zh, &en), Vec::<&str>::new(), "codes without Chinese");
        assert_eq!(lacking(&en, &zh), Vec::<&str>::new(), "codes without English");
        for code in zh {
            assert_eq!(variables(Lang::Zh, code), variables(Lang::En, code), "values of {code}");
        }
    }

    #[test]
    fn every_cause_of_a_missing_value_has_words() {
        for cause in pinji_domain::MissingCause::ALL {
            for lang in Lang::ALL {
                assert!(exists(lang, cause.code()), "{lang:?} {}", cause.code());
            }
        }
    }

    #[test]
    fn messages_become_sentences() {
        let check = |lang, message: Message, words: &str| assert_eq!(say(lang, &message), words);
        check(Lang::Zh, Message::new("missing-stale"), "已过期");
        check(Lang::En, Message::new("missing-stale"), "out of date");
        let customers = |n: i64| Message::new("customers").with("n", n);
        check(Lang::En, customers(1), "1 customer");
        check(Lang::En, customers(12_431), "12,431 customers");
        check(Lang::Zh, customers(12_431), "12,431 家");
        // Values in both languages, and messages inside messages, follow the sentence's language; no bidi marks appear.
        let name = Text::new("负债率", "Debt ratio");
        let nested = |lang| {
            say(
                lang,
                &Message::new("label-value")
                    .with("label", name.clone())
                    .with("value", Message::new("missing-stale")),
            )
        };
        assert_eq!(nested(Lang::Zh), "负债率：已过期");
        assert_eq!(nested(Lang::En), "Debt ratio: out of date");
    }

    #[test]
    fn an_unknown_code_is_said_as_it_is() {
        let check = |message: Message, words: &str| assert_eq!(say(Lang::En, &message), words);
        check(Message::new("no-such-thing"), "no-such-thing");
        check(
            Message::new("no-such-thing")
                .with("a", 1_i64)
                .with("b", Text::new("乙", "B"))
                .with("c", "x"),
            "no-such-thing (a: 1, b: B, c: x)",
        );
        // A known code without its values neither stops nor hides the rest.
        assert_eq!(say(Lang::En, &Message::new("label-value")), "{$label}: {$value}");
    }
}

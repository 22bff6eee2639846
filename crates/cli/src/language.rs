//! Which language to speak, before the arguments are parsed. 语言选择

use std::ffi::OsString;

use pinji_domain::Lang;

/// `--lang`, else `PINJI_LANG`, else the locale (`LC_ALL`, `LC_MESSAGES`, `LANG`): Chinese where that begins with `zh`,
/// English otherwise.
///
/// Looked up ahead of clap, because its own messages have to be in that language already.
pub fn choose(words: &[OsString], variable: impl Fn(&str) -> Option<String>) -> Lang {
    let said = asked(words).or_else(|| variable("PINJI_LANG").filter(|value| !value.is_empty()));
    let locale = || {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| variable(name).filter(|value| !value.is_empty()))
    };
    match said.or_else(locale) {
        Some(name) if name.to_ascii_lowercase().starts_with("zh") => Lang::Zh,
        _ => Lang::En,
    }
}

fn asked(words: &[OsString]) -> Option<String> {
    let mut words = words
        .iter()
        .skip(1)
        .take_while(|word| *word != "--")
        .filter_map(|word| word.to_str());
    while let Some(word) = words.next() {
        if word == "--lang" {
            return words.next().map(str::to_owned);
        }
        if let Some(value) = word.strip_prefix("--lang=") {
            return Some(value.to_owned());
        }
    }
    None
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
    fn the_nearest_wish_wins() {
        let check = |line: &str, environment: &[(&str, &str)], lang: Lang| {
            let words: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
            let variable = |name: &str| {
                environment
                    .iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(choose(&words, variable), lang, "{line} {environment:?}");
        };
        check("pinji", &[], Lang::En);
        check("pinji", &[("LANG", "zh_CN.UTF-8")], Lang::Zh);
        check("pinji", &[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")], Lang::En);
        check("pinji", &[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "")], Lang::Zh);
        check("pinji", &[("LANG", "zh_CN.UTF-8"), ("PINJI_LANG", "en")], Lang::En);
        check("pinji --lang zh", &[("PINJI_LANG", "en")], Lang::Zh);
        check("pinji rate --lang=en", &[("LANG", "zh_CN.UTF-8")], Lang::En);
        check("pinji explain run -- --lang=zh", &[], Lang::En);
        check("pinji --lang", &[("LANG", "zh_TW")], Lang::Zh);
    }
}

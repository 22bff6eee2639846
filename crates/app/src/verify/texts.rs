//! Where two texts or two JSON values differ. 文本与 JSON 的差异

use pinji_domain::{Lang, Message};
use serde_json::Value;

/// Characters of a line that are shown.
const SHOWN: usize = 160;

type Place = (String, String, String);

/// Lines that differ: place, what is kept, what came out. 逐行比较
pub fn lines(kept: &str, again: &str, lang: Lang) -> Vec<Place> {
    let (mut kept_lines, mut again_lines) = (kept.lines(), again.lines());
    let mut out = Vec::new();
    let mut number = 0;
    loop {
        let (kept, again) = (kept_lines.next(), again_lines.next());
        number += 1;
        match (kept, again) {
            (None, None) => return out,
            (kept, again) if kept == again => {}
            (kept, again) => {
                let (kept, again) = around(kept.unwrap_or_default(), again.unwrap_or_default());
                let place = Message::new("app-place-line").with("line", number.to_string());
                out.push((pinji_locale::say(lang, &place), kept, again));
            }
        }
    }
}

/// The part of two lines round the first difference: lines of a report can be long.
fn around(kept: &str, again: &str) -> (String, String) {
    let same = kept
        .chars()
        .zip(again.chars())
        .take_while(|(one, two)| one == two)
        .count();
    let start = same.saturating_sub(SHOWN / 4);
    let cut = |text: &str| {
        let shown: String = text.chars().skip(start).take(SHOWN).collect();
        let more = text.chars().count() > start + SHOWN;
        format!(
            "{}{shown}{}",
            if start > 0 { "…" } else { "" },
            if more { "…" } else { "" }
        )
    };
    (cut(kept), cut(again))
}

/// Keys whose values differ: path, what is kept, what came out. Texts that are no JSON differ as a whole. 逐键比较
pub fn json(kept: &str, again: &str) -> Vec<Place> {
    let (Ok(kept), Ok(again)) = (
        serde_json::from_str::<Value>(kept),
        serde_json::from_str::<Value>(again),
    ) else {
        return if kept == again {
            Vec::new()
        } else {
            vec![(String::new(), "–".to_owned(), "–".to_owned())]
        };
    };
    let mut out = Vec::new();
    walk(&kept, &again, "", &mut out);
    out
}

fn walk(kept: &Value, again: &Value, path: &str, out: &mut Vec<Place>) {
    let below = |key: &str| {
        if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}.{key}")
        }
    };
    match (kept, again) {
        (Value::Object(left), Value::Object(right)) => {
            let more = right.keys().filter(|key| !left.contains_key(*key));
            for key in left.keys().chain(more) {
                walk(
                    left.get(key).unwrap_or(&Value::Null),
                    right.get(key).unwrap_or(&Value::Null),
                    &below(key),
                    out,
                );
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (at, (left, right)) in left.iter().zip(right).enumerate() {
                walk(left, right, &format!("{path}[{at}]"), out);
            }
        }
        (left, right) if left == right => {}
        (left, right) => out.push((path.to_owned(), shown(left), shown(right))),
    }
}

fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    around(&text, "").0
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
    fn changed_lines_are_named() {
        let found = lines("a\nb\nc\n", "a\nx\nc\nd\n", Lang::En);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].1.as_str(), found[0].2.as_str()), ("b", "x"));
        assert_eq!((found[1].1.as_str(), found[1].2.as_str()), ("", "d"));
        let long = "x".repeat(1000);
        let (kept, again) = around(&format!("{long}1{long}"), &format!("{long}2{long}"));
        assert!(kept.contains('1') && again.contains('2') && kept.chars().count() < 200);
    }

    #[test]
    fn changed_keys_are_named() {
        let found = json(r#"{"a":{"b":[1,2]},"c":"x"}"#, r#"{"a":{"b":[1,3]},"d":"x"}"#);
        let places: Vec<&str> = found.iter().map(|(place, _, _)| place.as_str()).collect();
        assert_eq!(places, ["a.b[1]", "c", "d"]);
    }
}

//! The language that a reader asks for. 语言协商

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use pinji_domain::Lang;

/// The language among ours that the reader likes best; Chinese where they name none of ours.
pub fn wanted(headers: &HeaderMap) -> Lang {
    let wishes = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut best = (0, Lang::Zh);
    for wish in wishes.split(',') {
        let mut parts = wish.split(';').map(str::trim);
        let Some(lang) = parts.next().and_then(ours) else {
            continue;
        };
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1000, thousandths);
        if weight > best.0 {
            best = (weight, lang);
        }
    }
    best.1
}

fn ours(tag: &str) -> Option<Lang> {
    let first = tag.split('-').next().unwrap_or_default();
    match first.to_ascii_lowercase().as_str() {
        "en" => Some(Lang::En),
        "zh" | "*" => Some(Lang::Zh),
        _ => None,
    }
}

/// A weight as RFC 9110 writes it; 0 for anything else.
fn thousandths(text: &str) -> u32 {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = rest.chars().chain("000".chars()).take(3).collect();
    match (whole.parse::<u32>(), digits.parse::<u32>()) {
        (Ok(whole), Ok(part)) => (whole.min(1) * 1000 + part).min(1000),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_best_liked_of_ours_is_taken() {
        let check = |header: Option<&'static str>, lang: Lang| {
            let mut headers = HeaderMap::new();
            if let Some(header) = header {
                headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(header));
            }
            assert_eq!(wanted(&headers), lang, "{header:?}");
        };
        check(None, Lang::Zh);
        check(Some("en"), Lang::En);
        check(Some("en-GB,en;q=0.9,zh;q=0.8"), Lang::En);
        check(Some("fr, zh-CN;q=0.5, en;q=0.4"), Lang::Zh);
        check(Some("fr, en;q=0.001"), Lang::En);
        check(Some("en;q=0"), Lang::Zh);
        check(Some("de"), Lang::Zh);
        check(Some("en;q=x, *"), Lang::Zh);
    }
}

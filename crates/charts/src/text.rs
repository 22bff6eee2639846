//! How wide words are, without a font at hand. 文字宽度
//!
//! The reader's machine picks the font, so widths are estimated on the safe side: a Han character is one em, figures and
//! small Latin letters a little under two thirds of one.

use std::borrow::Cow;

/// The width of a text in pixels at this size.
pub fn width(text: &str, size: f64) -> f64 {
    text.chars().map(em).sum::<f64>() * size
}

/// On the wide side of what common fonts have (DejaVu Sans is the widest that a reader is likely to meet).
fn em(character: char) -> f64 {
    match character {
        ' ' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | 'i' | 'j' | 'l' | 'I' => 0.34,
        '(' | ')' | '[' | ']' | '-' | '/' | 'f' | 't' | 'r' => 0.41,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.98,
        'A'..='Z' | '&' => 0.74,
        '+' | '=' | '<' | '>' => 0.84,
        '\u{0300}'..='\u{036F}' | '\u{200B}'..='\u{200D}' | '\u{FE00}'..='\u{FE0F}' => 0.0,
        '\u{20}'..='\u{24F}' => 0.64,
        // Greek, Cyrillic and the like; everything else is drawn full width at most.
        '\u{250}'..='\u{1FFF}' => 0.72,
        '–' | '‘' | '’' | '“' | '”' => 0.52,
        _ => 1.0,
    }
}

/// The text if it fits into `room` pixels, otherwise its two ends with `…` between: a Chinese company's name tells most
/// by where it starts and how it ends.
pub fn fit(text: &str, size: f64, room: f64) -> Cow<'_, str> {
    if width(text, size) <= room {
        return Cow::Borrowed(text);
    }
    let characters: Vec<char> = text.chars().collect();
    let (mut head, mut tail) = (0, 0);
    let mut left = room - width("…", size);
    while head + tail < characters.len() {
        // The head leads, so a very narrow place still shows how the name begins.
        let next = if head <= tail {
            characters.get(head)
        } else {
            characters.get(characters.len() - 1 - tail)
        };
        let Some(next) = next else { break };
        left -= em(*next) * size;
        if left < 0.0 {
            break;
        }
        if head <= tail { head += 1 } else { tail += 1 }
    }
    let ends = characters.iter().take(head).chain(std::iter::once(&'…'));
    Cow::Owned(ends.chain(characters.iter().skip(characters.len() - tail)).collect())
}

/// Breaks a text into lines of at most `room` pixels: between Han characters, or at spaces. The last of `most` lines is
/// cut as [`fit`] cuts, so nothing runs over.
pub fn wrap(text: &str, size: f64, room: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        if !line.is_empty() && width(&line, size) + width(piece.trim_end(), size) > room {
            lines.push(line.trim_end().to_owned());
            line.clear();
        }
        line.push_str(piece);
    }
    lines.push(line.trim_end().to_owned());
    if lines.len() > most {
        let rest = lines.split_off(most.saturating_sub(1));
        let joined = rest.iter().fold(String::new(), |joined, next| {
            let gap = if next.starts_with(|c: char| c.is_ascii_alphanumeric()) && !joined.is_empty() {
                " "
            } else {
                ""
            };
            joined + gap + next
        });
        lines.push(joined);
    }
    lines.iter().map(|line| fit(line, size, room).into_owned()).collect()
}

/// What may not be torn: a run of Latin with the space after it, or one Han character with the punctuation after it.
fn pieces(text: &str) -> Vec<&str> {
    let mut cuts = vec![0];
    let mut previous: Option<char> = None;
    for (at, character) in text.char_indices() {
        let closing = matches!(
            character,
            '，' | '。' | '、' | '；' | '：' | '）' | '」' | '》' | '！' | '？' | '”' | '%'
        );
        let opened = previous.is_some_and(|previous| matches!(previous, '（' | '「' | '《' | '“'));
        let wide = |c: char| em(c) >= 1.0;
        let breaks = previous.is_some_and(|previous| previous == ' ' || wide(previous) || wide(character));
        if breaks && !closing && !opened && character != ' ' {
            cuts.push(at);
        }
        previous = Some(character);
    }
    cuts.push(text.len());
    cuts.windows(2)
        .filter_map(|pair| text.get(*pair.first()?..*pair.get(1)?))
        .collect()
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
    fn long_names_keep_both_ends_and_fit() {
        let name = "深圳市前海华信供应链管理服务股份有限公司";
        for room in [30.0, 60.0, 96.0, 120.0, 400.0] {
            let shown = fit(name, 12.0, room);
            assert!(width(&shown, 12.0) <= room, "{shown} in {room}");
            assert!(shown.starts_with('深'), "{shown}");
            assert!(room < 60.0 || shown.ends_with('司'), "{shown}");
        }
        assert_eq!(fit("短名", 12.0, 24.0), "短名");
        assert_eq!(fit(name, 12.0, 96.0), "深圳市前…限公司");
        assert_eq!(fit(name, 12.0, 0.0), "…");
    }

    #[test]
    fn lines_break_where_they_may() {
        let check =
            |text: &str, room: f64, most: usize, lines: &[&str]| assert_eq!(wrap(text, 10.0, room, most), lines);
        check("甲乙丙丁戊", 30.0, 3, &["甲乙丙", "丁戊"]);
        check("甲乙丙，丁戊", 30.0, 3, &["甲乙", "丙，丁", "戊"]);
        check("one two three", 45.0, 3, &["one two", "three"]);
        check("A 级客户减少 12 家", 60.0, 2, &["A 级客户减", "少 12 家"]);
        check("", 60.0, 2, &[""]);
        for most in 1..4 {
            let lines = wrap(
                "Key customers fell by 12 since the previous period, VIP rose",
                10.0,
                120.0,
                most,
            );
            assert!(
                lines.len() <= most && lines.iter().all(|line| width(line, 10.0) <= 120.0),
                "{lines:?}"
            );
        }
    }
}

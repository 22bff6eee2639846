//! Bringing what people type to one form before it is compared. 归一化

/// One character at half width: full-width forms, dashes, spaces and signs that mean the same. 全角转半角
pub(crate) fn half_width(character: char) -> char {
    match character {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character),
        '\u{3000}' | '\u{00A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\t' | '\r' | '\n' => ' ',
        '\u{2010}'..='\u{2012}' | '\u{2212}' | '\u{FE63}' => '-',
        '\u{FFE5}' => '¥',
        '\u{FFE1}' => '£',
        '\u{3010}' | '\u{3014}' | '\u{FE5D}' => '[',
        '\u{3011}' | '\u{3015}' | '\u{FE5E}' => ']',
        other => other,
    }
}

/// Whether a character has no width and no meaning: byte order marks, zero-width spaces, direction marks.
pub(crate) fn invisible(character: char) -> bool {
    matches!(character, '\u{FEFF}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{00AD}')
}

/// Whether a text has Chinese characters in it.
pub(crate) fn is_chinese(text: &str) -> bool {
    text.chars()
        .any(|character| matches!(character, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'))
}

/// Text at half width, trimmed, without invisible characters.
pub(crate) fn normal(text: &str) -> String {
    let out: String = text
        .chars()
        .filter(|character| !invisible(*character))
        .map(half_width)
        .collect();
    match out.trim() {
        trimmed if trimmed.len() == out.len() => out,
        trimmed => trimmed.to_owned(),
    }
}

/// Text without surrounding white space of any width, and without invisible characters around it.
pub(crate) fn trimmed(text: &str) -> &str {
    let bytes = text.as_bytes();
    let plain = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_graphic());
    if plain(bytes.first()) && plain(bytes.last()) {
        return text;
    }
    text.trim_matches(|character: char| character.is_whitespace() || invisible(character))
}

/// The form in which headings and names are compared: half width, lower case, without spaces, brackets and punctuation.
pub(crate) fn name(text: &str) -> String {
    text.chars()
        .filter(|character| !invisible(*character))
        .map(half_width)
        .flat_map(char::to_lowercase)
        .filter(|character| {
            !character.is_whitespace()
                && !matches!(
                    character,
                    '(' | ')'
                        | '['
                        | ']'
                        | '{'
                        | '}'
                        | '<'
                        | '>'
                        | '《'
                        | '》'
                        | '「'
                        | '」'
                        | '『'
                        | '』'
                        | '_'
                        | '-'
                        | '–'
                        | '—'
                        | ':'
                        | ','
                        | '.'
                        | ';'
                        | '、'
                        | '。'
                        | '/'
                        | '\\'
                        | '|'
                        | '"'
                        | '\''
                        | '‘'
                        | '’'
                        | '“'
                        | '”'
                        | '*'
                        | '#'
                        | '·'
                        | '?'
                        | '!'
                        | '&'
                        | '+'
                )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_meet_whatever_their_width_and_punctuation() {
        for (left, right) in [
            ("Customer ID", "customer_id"),
            ("ＣｕｓｔｏｍｅｒＩＤ", "customerid"),
            ("营业收入（万元）", "营业收入 (万元)"),
            ("客户\n编号*", "客户编号"),
            ("營業收入-當月營收", "營業收入當月營收"),
        ] {
            assert_eq!(name(left), name(right), "{left}");
        }
        assert_ne!(name("营业收入（上年）"), name("营业收入"));
        assert_eq!(trimmed("\u{3000}甲 乙\u{FEFF} "), "甲 乙");
        assert_eq!(normal("　１，２３４．５％ "), "1,234.5%");
    }
}

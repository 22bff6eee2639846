//! Passwords that many have. 常见密码
//!
//! The list is the project's own: customs of Chinese and English speakers and of offices, put together by hand and by rule.

use std::collections::HashSet;
use std::sync::OnceLock;

const LIST: &str = include_str!("../../data/common_passwords.txt");

/// Whether a password is one that many have, as it is or under what people do to it: capitals, figures for letters, a year, a mark
/// or a count before or behind. 常见密码
pub fn is_common(password: &str) -> bool {
    let plain = folded(password);
    if listed(&plain) || listed(&password.to_lowercase()) {
        return true;
    }
    let is_letter = |c: char| c.is_alphabetic();
    let bare = plain.trim_matches(|c| !is_letter(c));
    let lower = password.to_lowercase();
    let bare_lower = lower.trim_matches(|c| !is_letter(c));
    // What is put round the word is a habit while it is short against it or all figures and marks of no length of their own.
    let around = lower.chars().count() - bare_lower.chars().count();
    bare_lower.chars().count() >= 3 && around <= 10 && (listed(bare_lower) || listed(bare))
}

fn listed(text: &str) -> bool {
    static WORDS: OnceLock<HashSet<&'static str>> = OnceLock::new();
    let words = WORDS.get_or_init(|| LIST.lines().filter(|line| !line.starts_with('#')).collect());
    words.contains(text)
}

/// Small letters, and the letters for which figures and marks stand.
pub(crate) fn folded(text: &str) -> String {
    let letter = |c: char| match c {
        '@' | '4' => 'a',
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '$' | '5' => 's',
        '7' => 't',
        other => other,
    };
    let lower = text.to_lowercase();
    // Only within words: a row of figures stays one, or it could not be told as such.
    if lower.chars().any(char::is_alphabetic) {
        let letters: Vec<char> = lower.chars().collect();
        let near = |at: usize| letters.get(at).is_some_and(|c| c.is_alphabetic());
        let within = |at: usize| at.checked_sub(1).is_some_and(near) && near(at + 1);
        return letters
            .iter()
            .enumerate()
            .map(|(at, c)| if within(at) { letter(*c) } else { *c })
            .collect();
    }
    lower
}

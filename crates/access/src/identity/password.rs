//! Which passwords are taken: long ones that nobody guesses first. No rule of composition, no expiry. 密码规则

use pinji_domain::Message;
use unicode_normalization::UnicodeNormalization;

use super::common::{self, folded};

/// What an office demands of passwords. 密码规则
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordRules {
    /// The fewest characters. 12 unless the office says otherwise, never below 8.
    pub characters_min: usize,
    /// The most bytes, so that hashing is not a way to tire the server.
    pub bytes_max: usize,
    /// Words of the company: its names, products, domain.
    pub words: Vec<String>,
}

impl Default for PasswordRules {
    fn default() -> PasswordRules {
        PasswordRules {
            characters_min: 12,
            bytes_max: 1024,
            words: Vec::new(),
        }
    }
}

/// Why a password is not taken. 密码问题
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordFault {
    /// Fewer characters than demanded.
    TooShort {
        /// The fewest.
        least: usize,
    },
    /// More bytes than are hashed.
    TooLong {
        /// The most.
        most: usize,
    },
    /// A password that many have, or one of them with a few characters more.
    Common,
    /// A row of the keyboard, a count, a repetition.
    Pattern,
    /// Made of the user's, the company's or the product's name.
    Names,
}

impl PasswordFault {
    /// The sentence for who chose it.
    pub fn message(self) -> Message {
        match self {
            PasswordFault::TooShort { least } => Message::new("access-password-too-short").with("least", least),
            PasswordFault::TooLong { most } => Message::new("access-password-too-long").with("most", most),
            PasswordFault::Common => Message::new("access-password-common"),
            PasswordFault::Pattern => Message::new("access-password-pattern"),
            PasswordFault::Names => Message::new("access-password-names"),
        }
    }
}

/// Below this no setting of an office goes.
const FLOOR: usize = 8;
/// So many characters must remain when names, counts and repetitions are taken away.
const OWN_LEAST: usize = 6;
/// Rows that fingers follow. Each is looked for forwards and backwards.
const ROWS: [&str; 12] = [
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "147258369",
    "!@#$%^&*()",
    "qweasdzxc",
];

impl PasswordRules {
    /// Whether this password may be set for the user who signs in as `login` and is called `names`.
    pub fn check(&self, password: &str, login: &str, names: &[&str]) -> Result<(), PasswordFault> {
        if password.len() > self.bytes_max {
            return Err(PasswordFault::TooLong { most: self.bytes_max });
        }
        let password = prepared(password);
        let least = self.characters_min.max(FLOOR);
        if password.chars().count() < least {
            return Err(PasswordFault::TooShort { least });
        }
        if common::is_common(&password) {
            return Err(PasswordFault::Common);
        }
        // As it was typed, and with figures read as the letters for which they stand.
        let forms = [password.to_lowercase(), folded(&password)];
        if forms
            .iter()
            .any(|form| distinct(form) < 5 || is_repetition(form) || without_rows(form) < OWN_LEAST)
        {
            return Err(PasswordFault::Pattern);
        }
        let own = || {
            let words = self.words.iter().map(String::as_str);
            words.chain(names.iter().copied()).chain([login, "pinji", "品级"])
        };
        if forms.iter().any(|form| without_words(form, own()) < OWN_LEAST) {
            return Err(PasswordFault::Names);
        }
        Ok(())
    }
}

/// The password as it is hashed: one form of what can be typed in several (NFKC). Full-width letters of an input method and
/// plain ones are the same to who types them.
pub(crate) fn prepared(password: &str) -> String {
    password.nfkc().collect()
}

fn distinct(text: &str) -> usize {
    let mut letters: Vec<char> = text.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    letters.len()
}

/// Whether it is one text, too short by itself, said again and again.
fn is_repetition(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let length = letters.len();
    (1..=length / 2).filter(|unit| *unit < 12).any(|unit| {
        letters
            .iter()
            .zip(letters.iter().skip(unit))
            .all(|(one, other)| one == other)
    })
}

/// How many characters remain without runs of four and more along a row of the keyboard, the alphabet or the digits, and without
/// runs of one character.
fn without_rows(text: &str) -> usize {
    let letters: Vec<char> = text.chars().collect();
    let rows: Vec<Vec<char>> = ROWS
        .iter()
        .flat_map(|row| [row.chars().collect(), row.chars().rev().collect()])
        .collect();
    let (mut at, mut remaining) = (0, 0);
    while let Some(rest) = letters.get(at..).filter(|rest| !rest.is_empty()) {
        let along = rows.iter().map(|row| run_along(row, rest)).max().unwrap_or(0);
        let same = rest.iter().take_while(|letter| Some(*letter) == rest.first()).count();
        let run = along.max(same);
        if run >= 4 {
            at += run;
        } else {
            at += 1;
            remaining += 1;
        }
    }
    remaining
}

/// How many of the first letters of `rest` follow each other in `row`.
fn run_along(row: &[char], rest: &[char]) -> usize {
    let starts = (0..row.len()).filter_map(|start| row.get(start..));
    let runs = starts.map(|part| part.iter().zip(rest).take_while(|(one, other)| one == other).count());
    runs.max().unwrap_or(0)
}

/// How many letters remain when these words and all that is no letter are taken away.
fn without_words<'a>(text: &str, words: impl Iterator<Item = &'a str>) -> usize {
    let mut text = text.to_owned();
    let mut found = false;
    for word in words {
        // A name of several words is used in parts, and a mail address without its domain.
        let word = prepared(word).to_lowercase();
        for part in word.split(|c: char| !c.is_alphanumeric()) {
            let long = part.chars().count() >= if part.is_ascii() { 3 } else { 2 };
            if long && text.contains(part) {
                text = text.replace(part, " ");
                found = true;
            }
        }
    }
    if !found {
        return usize::MAX;
    }
    text.chars().filter(|c| c.is_alphabetic()).count()
}

//! Text as the search sees it: letters and characters without case, accents, width, brackets or punctuation. 检索归一
//!
//! Names and queries go through the same fold, which is what makes `（）()【】`, `ＡＢＣ`, `臺灣` and `É` findable either way.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::simplified::simplify;

/// One folded character of a name or a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unit {
    /// The folded character: lower case, no accent, simplified.
    pub ch: char,
    /// The same before it was simplified, which may be read otherwise (乾 and 干).
    pub from: char,
    /// Whether a search may begin here: each Chinese character, and the first letter of a word.
    pub start: bool,
}

/// How much of a text is looked at. Longer names exist only as mistakes; they stay findable by what comes first.
const MOST_UNITS: usize = 512;
const MOST_CHARS: usize = 2_048;

/// Folds `text` into `out`, which is emptied first. 归一
pub(crate) fn fold(text: &str, out: &mut Vec<Unit>) {
    out.clear();
    let mut words = Words {
        out,
        letters: 0,
        inside: false,
    };
    if text.chars().take(MOST_CHARS).all(is_plain) {
        text.chars().take(MOST_CHARS).for_each(|c| words.push(c));
        return;
    }
    let lower: String = text.chars().take(MOST_CHARS).flat_map(char::to_lowercase).collect();
    for c in lower.nfkd().filter(|c| !is_combining_mark(*c)).nfc() {
        // Compatibility forms may bring capitals (™, Ⅳ).
        c.to_lowercase().for_each(|c| words.push(c));
    }
}

/// The folded characters alone. 归一后的字
pub(crate) fn folded(text: &str) -> Vec<Unit> {
    let mut out = Vec::new();
    fold(text, &mut out);
    out
}

/// Whether normalization would leave the character alone, or turn it into what is dropped anyway.
fn is_plain(c: char) -> bool {
    c.is_ascii() || ('\u{4e00}'..='\u{9fff}').contains(&c) || matches!(c, '（' | '）' | '【' | '】' | '·' | '，' | '。')
}

/// Whether letters of this script stand in words, so that only a word's beginning is searched.
pub(crate) fn in_words(c: char) -> bool {
    u32::from(c) < 0x2E80
}

/// Characters that count although the tables of this program may not know them yet: the planes kept for rare
/// characters, and the private ones that older systems used for them.
fn is_rare(c: char) -> bool {
    matches!(u32::from(c), 0x2_0000..=0x3_FFFD | 0xE000..=0xF8FF | 0xF_0000..=0x10_FFFD)
}

struct Words<'a> {
    out: &'a mut Vec<Unit>,
    /// Letters since the last break or point of the word that is being read.
    letters: usize,
    /// Whether the word goes on: after its first letter, and after `S.` of `S.A.`.
    inside: bool,
}

impl Words<'_> {
    fn push(&mut self, c: char) {
        match c {
            'ß' => self.letters_of("ss"),
            'æ' => self.letters_of("ae"),
            'œ' => self.letters_of("oe"),
            'þ' => self.letters_of("th"),
            'ø' => self.letter('o'),
            'ł' => self.letter('l'),
            'đ' | 'ð' => self.letter('d'),
            'ı' => self.letter('i'),
            'ς' => self.letter('σ'),
            // McDonald's is one word, S.A. and U.S. as well; booking.com is two.
            '\'' | '’' => {}
            '.' if self.letters == 1 => self.letters = 0,
            c if !(c.is_alphanumeric() || is_rare(c)) => self.end_word(),
            c if in_words(c) => self.letter(c.to_ascii_lowercase()),
            c => {
                self.end_word();
                self.add(Unit {
                    ch: simplify(c),
                    from: c,
                    start: true,
                });
            }
        }
    }

    fn end_word(&mut self) {
        self.letters = 0;
        self.inside = false;
    }

    fn letters_of(&mut self, text: &str) {
        text.chars().for_each(|c| self.letter(c));
    }

    fn letter(&mut self, c: char) {
        self.add(Unit {
            ch: c,
            from: c,
            start: !self.inside,
        });
        self.letters += 1;
        self.inside = true;
    }

    fn add(&mut self, unit: Unit) {
        if self.out.len() < MOST_UNITS {
            self.out.push(unit);
        }
    }
}

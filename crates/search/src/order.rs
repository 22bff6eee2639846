//! What lists of names are sorted by: pinyin order and stroke order as CLDR has them for Chinese. 排序键
//!
//! Signs, then digits, then characters, then Latin letters, then other letters: the order of ICU for `zh`. Three words
//! sort by the reading that CLDR gives them (重庆, 沈阳, 藏文); other polyphones by their usual reading, as ICU does.

use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

static PINYIN: &str = include_str!("../data/pinyin_order.txt");
static STROKES: &str = include_str!("../data/stroke_order.txt");

/// Signs in their order; what is not named here comes before them.
static SIGNS: &str = " _-‐‑‒–—―、,;:!?.·'‘’\"“”()[]{}〈〉《》「」『』【】〔〕@*/\\&#%†‡•`´^¨°©®+±÷×<=>|¦~¬$¢£¥€";
/// Words of CLDR's pinyin order that sort away from their first character, with the character before them.
const WORDS: &[(char, char, char)] = &[('重', '庆', '虫'), ('沈', '阳', '弞'), ('藏', '文', '銺')];

const FIRST_SIGN: u32 = 0x0101;
const FIRST_DIGIT: u32 = 0x0800;
const FIRST_HAN: u32 = 0x1000;
const FIRST_LATIN: u32 = 0xE100;
/// Weights of four bytes: characters that no list places, and letters that are not Latin, both by code point.
const OTHER_HAN: u32 = 0xD000_0000;
const OTHER: u32 = 0xF000_0000;

/// The key of a name in pinyin order: keys compare as bytes. 拼音排序键
///
/// For a column of bytes (`BLOB`, `bytea`). Two bytes a character; at the end what tells names apart that differ only in
/// case, width, accents or kind of bracket.
pub fn pinyin_key(name: &str) -> Vec<u8> {
    key(name, pinyin(), WORDS)
}

/// The key of a name in stroke order: keys compare as bytes. 笔画排序键
pub fn stroke_key(name: &str) -> Vec<u8> {
    static TABLE: OnceLock<Ranks> = OnceLock::new();
    key(name, TABLE.get_or_init(|| Ranks::read(STROKES)), &[])
}

/// Where a folded character stands in pinyin order; all weights compare with one another. 拼音权重
pub(crate) fn weight(c: char) -> u32 {
    let weight = weigh(c, pinyin());
    if weight < 0x1_0000 { weight << 16 } else { weight }
}

struct Ranks {
    /// One more than the place in the list, by code point; 0 where the list has not the character.
    plane: Vec<u16>,
    rare: Vec<(char, u16)>,
}

impl Ranks {
    fn read(text: &str) -> Ranks {
        let mut ranks = Ranks {
            plane: vec![0; 0x1_0000],
            rare: Vec::new(),
        };
        for (c, rank) in text.chars().filter(|c| !c.is_whitespace()).zip(1u16..) {
            match ranks.plane.get_mut(c as usize) {
                Some(place) => *place = rank,
                None => ranks.rare.push((c, rank)),
            }
        }
        ranks.rare.sort_unstable();
        ranks
    }

    fn rank(&self, c: char) -> Option<u32> {
        let rank = match self.plane.get(c as usize) {
            Some(rank) => *rank,
            None => {
                self.rare
                    .binary_search_by_key(&c, |pair| pair.0)
                    .ok()
                    .and_then(|at| self.rare.get(at))?
                    .1
            }
        };
        (rank > 0).then(|| u32::from(rank))
    }
}

fn pinyin() -> &'static Ranks {
    static TABLE: OnceLock<Ranks> = OnceLock::new();
    TABLE.get_or_init(|| Ranks::read(PINYIN))
}

fn key(name: &str, ranks: &Ranks, words: &[(char, char, char)]) -> Vec<u8> {
    let mut key = Vec::with_capacity(2 * name.len() / 3 + 2);
    let mut tail = String::new();
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        if let Some(word) = words.iter().find(|word| word.0 == c && Some(word.1) == next) {
            chars.next();
            push(&mut key, weigh(word.2, ranks) + 1);
            continue;
        }
        match ranks.rank(c) {
            Some(rank) => push(&mut key, FIRST_HAN + 2 * rank),
            None => letters(c, ranks, &mut key, &mut tail),
        }
    }
    if !tail.is_empty() {
        key.extend([0, 0]);
        key.extend(tail.bytes());
    }
    key
}

/// A character that no list has: its letters without case, width and accents, and itself for the tail.
fn letters(c: char, ranks: &Ranks, key: &mut Vec<u8>, tail: &mut String) {
    let lower: String = c.to_lowercase().collect();
    let mut same = true;
    for folded in lower.nfkd() {
        if is_combining_mark(folded) {
            same = false;
        } else if !folded.is_control() {
            same &= folded == c;
            push(key, weigh(folded, ranks));
        }
    }
    if !same {
        tail.push(c);
    }
}

fn weigh(c: char, ranks: &Ranks) -> u32 {
    match c {
        '0'..='9' => FIRST_DIGIT + u32::from(c) - u32::from('0'),
        'a'..='z' => FIRST_LATIN + u32::from(c) - u32::from('a'),
        _ => {
            if let Some(rank) = ranks.rank(c) {
                return FIRST_HAN + 2 * rank;
            }
            if let Some(sign) = SIGNS.chars().zip(FIRST_SIGN..).find(|sign| sign.0 == c) {
                return sign.1;
            }
            match u32::from(c) {
                0x3400..=0x9FFF | 0x2_0000..=0x3_FFFF => OTHER_HAN + u32::from(c),
                _ if c.is_alphanumeric() => OTHER + u32::from(c),
                _ => FIRST_SIGN - 1,
            }
        }
    }
}

fn push(key: &mut Vec<u8>, weight: u32) {
    let bytes = weight.to_be_bytes();
    key.extend_from_slice(if weight < 0x1_0000 { &bytes[2..] } else { &bytes });
}

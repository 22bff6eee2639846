//! A word of 64 bits for each customer that says what their names can't match. 过滤签名
//!
//! Most customers are passed over by one comparison: a query demands bits that every customer whom it finds must have.

use crate::fold::in_words;
use crate::reading::Sound;

/// Letters that a query demands: no syllable has one of them but for its own sake. The rest stand inside syllables too
/// (n, g, h, r and the vowels), or would be demanded of everybody.
const LETTERS: &[u8] = b"bcdfjklmpqstwxyz";
/// Set where the names have Latin letters, digits and the like.
pub(crate) const WORDS: u64 = 1 << 16;
/// The bits that characters share.
const FIRST_SHARED: u32 = 17;
const SHARED: u32 = 64 - FIRST_SHARED;
/// What nearly every name has tells nothing.
const COMMON: &[char] = &['有', '限', '公', '司'];

/// The bits that a character brings into a name. 名称签名位
pub(crate) fn of_letter(c: char, sound: &Sound) -> u64 {
    let spelt = std::iter::once(&sound.usual).chain(&sound.others);
    let read = spelt.fold(0, |bits, syllable| {
        // lv may be typed lyu.
        let extra = if syllable.contains('v') { letter('y') } else { 0 };
        bits | extra | syllable.chars().fold(0, |bits, c| bits | letter(c))
    });
    read | if in_words(c) { WORDS | letter(c) } else { shared(c) }
}

/// The bits that a query demands of every name that it finds. 检索词签名位
pub(crate) fn demanded(query: &[char]) -> u64 {
    query.iter().fold(0, |bits, c| {
        bits | match *c {
            c if c.is_ascii_lowercase() => letter(c),
            c if in_words(c) => WORDS,
            c => shared(c),
        }
    })
}

fn letter(c: char) -> u64 {
    LETTERS
        .iter()
        .position(|letter| char::from(*letter) == c)
        .map_or(0, |at| 1 << at)
}

fn shared(c: char) -> u64 {
    if COMMON.contains(&c) {
        return 0;
    }
    // Neighbours in the code table are spread by an odd multiplier.
    1 << (FIRST_SHARED + (u32::from(c).wrapping_mul(0x9E37_79B1) >> 16) % SHARED)
}

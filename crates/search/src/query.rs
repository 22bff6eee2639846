//! What a query does with each letter: how far a letter carries it on, as text, as pinyin, as initials. 检索词
//!
//! A query of n characters is a line of n + 1 places. A letter moves a search from place p to p + k where the query has
//! at p what the letter can stand for: itself (k = 1), its syllable (`shang`, k = 5), its first letter or zh, ch, sh, and,
//! at the end of the query, any beginning of its syllable, so that a search works while it is typed.

use std::collections::HashMap;

use crate::alphabet::{Alphabet, FIRST};
use crate::fold::{Unit, folded, in_words};
use crate::reading::Sound;
use crate::sign::demanded;

/// The longest part of a query that is compared; a bit for each place of it and one for its end.
pub(crate) const LONGEST: usize = 63;
/// The longest syllable: zhuang.
const SYLLABLE: usize = 6;
/// How many words of a query are looked for; further ones are ignored.
const WORDS: usize = 8;
/// How much of a query is read.
const MOST_CHARS: usize = 1_024;

/// A query taken apart.
pub(crate) struct Query {
    /// All of it without the gaps, as one text.
    pub whole: Vec<char>,
    /// Its words, where there are several.
    pub words: Vec<Vec<char>>,
    /// All of it as codes are compared.
    pub code: Vec<u8>,
}

/// Where a letter can carry a search from: a bit for each place of the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Moves {
    /// By one, as the same character.
    pub text: u64,
    /// By 1 to 6, as the syllable it is read as here.
    pub pinyin: [u64; SYLLABLE],
    /// By 1 to 6, as an initial or another of its readings too.
    pub loose: [u64; SYLLABLE],
    /// Whether a Latin word begins here.
    pub word: bool,
}

/// What every letter of an alphabet does to a query: kinds of moves, and the kind of each letter.
pub(crate) struct Plan {
    /// The kinds; the first is that of letters that end every search.
    pub moves: Vec<Moves>,
    /// The kind of each letter, by code.
    pub kind: Vec<u16>,
    /// The bit of the query's end.
    pub end: u64,
    /// The fewest letters that match.
    pub least: usize,
    /// Whether the query has letters that may be pinyin.
    pub spelt: bool,
    /// What every name must have, see [`crate::sign`].
    pub demand: u64,
    /// Whether it must also have Latin letters, to match as text.
    pub words: bool,
}

impl Query {
    pub fn new(text: &str) -> Query {
        let text = text
            .char_indices()
            .nth(MOST_CHARS)
            .map_or(text, |(end, _)| text.get(..end).unwrap_or_default());
        let words = text.split(is_gap).map(|word| chars(&folded(word)));
        let mut words: Vec<Vec<char>> = words.filter(|word| !word.is_empty()).take(WORDS).collect();
        let mut whole = words.concat();
        words.sort_unstable();
        words.dedup();
        let code = whole.iter().collect::<String>().into_bytes();
        whole.truncate(LONGEST);
        Query {
            whole,
            words: if words.len() > 1 { words } else { Vec::new() },
            code,
        }
    }
}

/// Brackets part words as spaces do: 鼎捷（深圳） is somebody called 鼎捷 who has to do with 深圳.
fn is_gap(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '(' | ')' | '[' | ']' | '（' | '）' | '【' | '】' | '［' | '］' | ',' | '，' | '、'
        )
}

fn chars(units: &[Unit]) -> Vec<char> {
    units.iter().map(|unit| unit.ch).take(LONGEST).collect()
}

impl Plan {
    pub fn new(query: &[char], alphabet: &Alphabet) -> Plan {
        let query = query.get(..LONGEST).unwrap_or(query);
        let mut plan = Plan {
            moves: vec![Moves::default()],
            kind: Vec::new(),
            end: 1 << query.len(),
            least: 0,
            spelt: query.iter().any(char::is_ascii_lowercase),
            demand: demanded(query),
            words: query.iter().any(|c| in_words(*c)),
        };
        let mut known = HashMap::from([(Moves::default(), 0)]);
        let mut kind_of = |moves: Moves, plan: &mut Plan| {
            *known.entry(moves).or_insert_with(|| {
                plan.moves.push(moves);
                // As many kinds as letters at the very most.
                u16::try_from(plan.moves.len() - 1).unwrap_or_default()
            })
        };
        let line = Line::new(query);
        let sounds: Vec<Moves> = alphabet.sounds().iter().map(|sound| line.sound(sound)).collect();
        let kinds: Vec<u16> = sounds.iter().map(|moves| kind_of(*moves, &mut plan)).collect();
        let of_sound = |sound: u16| kinds.get(usize::from(sound)).copied().unwrap_or_default();
        plan.kind = alphabet.letters().iter().map(|letter| of_sound(letter.sound)).collect();
        let mut text: Vec<char> = query.to_vec();
        text.sort_unstable();
        text.dedup();
        for c in text {
            for code in alphabet.codes(c).filter(|code| *code >= FIRST) {
                let Some(letter) = alphabet.letters().get(usize::from(code)) else {
                    continue;
                };
                let mut moves = sounds.get(usize::from(letter.sound)).copied().unwrap_or_default();
                moves.text = line.places(c);
                moves.word = letter.start && in_words(c);
                if !letter.start {
                    moves.text &= !1;
                }
                let kind = kind_of(moves, &mut plan);
                if let Some(place) = plan.kind.get_mut(usize::from(code)) {
                    *place = kind;
                }
            }
        }
        plan.least = plan.fewest();
        plan
    }

    /// The fewest letters of the alphabet that lead from the first place to the end; more than any name has where none do.
    fn fewest(&self) -> usize {
        let mut reached = 1u64;
        for letters in 1..=LONGEST {
            let step = |moves: &Moves| {
                let mut by = moves.loose;
                by[0] |= moves.text;
                by.iter()
                    .zip(1u32..)
                    .fold(0, |all, (places, by)| all | (reached & places) << by)
            };
            reached = self.moves.iter().fold(0, |all, moves| all | step(moves));
            if reached & self.end != 0 {
                return letters;
            }
        }
        usize::MAX
    }
}

/// The query, ready to be asked where a syllable fits.
struct Line<'a> {
    query: &'a [char],
    /// Where each of a to z stands.
    initial: [u64; 26],
}

impl Line<'_> {
    fn new(query: &[char]) -> Line<'_> {
        let mut initial = [0; 26];
        for (at, c) in query.iter().enumerate() {
            if let Some(places) = slot(*c).and_then(|slot| initial.get_mut(slot)) {
                *places |= 1 << at;
            }
        }
        Line { query, initial }
    }

    fn places(&self, c: char) -> u64 {
        self.query
            .iter()
            .enumerate()
            .filter(|(_, q)| **q == c)
            .fold(0, |places, (at, _)| places | 1 << at)
    }

    fn sound(&self, sound: &Sound) -> Moves {
        let mut moves = Moves::default();
        self.syllable(sound.usual, &mut moves.pinyin);
        moves.loose = moves.pinyin;
        for syllable in [sound.usual].iter().chain(&sound.others) {
            self.syllable(syllable, &mut moves.loose);
            self.initials(syllable, &mut moves.loose);
        }
        moves
    }

    /// Marks where the syllable stands in the query, whole or, at the end, begun; `v` may be written yu or u.
    fn syllable(&self, syllable: &str, moves: &mut [u64; SYLLABLE]) {
        self.spelling(syllable, moves);
        if syllable.contains('v') {
            self.spelling(&syllable.replace('v', "yu"), moves);
            self.spelling(&syllable.replace('v', "u"), moves);
        }
    }

    fn spelling(&self, syllable: &str, moves: &mut [u64; SYLLABLE]) {
        let mut places = self.first(syllable);
        while places != 0 {
            let at = places.trailing_zeros() as usize;
            places &= places - 1;
            let rest = self.query.get(at..).unwrap_or_default();
            let same = syllable.chars().zip(rest).take_while(|(a, b)| a == *b).count();
            if same == syllable.len() || same == rest.len() {
                mark(moves, same, at);
            }
        }
    }

    fn initials(&self, syllable: &str, moves: &mut [u64; SYLLABLE]) {
        let first = self.first(syllable);
        if let Some(places) = moves.first_mut() {
            *places |= first;
        }
        if matches!(syllable.as_bytes(), [b'z' | b'c' | b's', b'h', ..]) {
            let second = slot('h')
                .and_then(|slot| self.initial.get(slot))
                .copied()
                .unwrap_or_default();
            if let Some(places) = moves.get_mut(1) {
                *places |= first & (second >> 1);
            }
        }
    }

    fn first(&self, syllable: &str) -> u64 {
        let slot = syllable.chars().next().and_then(slot);
        slot.and_then(|slot| self.initial.get(slot))
            .copied()
            .unwrap_or_default()
    }
}

fn slot(c: char) -> Option<usize> {
    c.is_ascii_lowercase().then(|| c as usize - 'a' as usize)
}

fn mark(moves: &mut [u64; SYLLABLE], len: usize, at: usize) {
    if let Some(places) = len.checked_sub(1).and_then(|at| moves.get_mut(at)) {
        *places |= 1 << at;
    }
}

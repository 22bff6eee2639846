//! The letters that an index has met, numbered: two bytes for a character *as it is read at its place*. 字表
//!
//! 重 of 重庆 and 重 of 重工 are two letters: a text query finds both, a pinyin query tells them apart. A book of a million
//! customers has some ten thousand letters, so that a query can say what it does with each of them in one small table.

use std::collections::{BTreeMap, HashMap};

use crate::fold::{Unit, in_words};
use crate::order::weight;
use crate::reading::{Sound, is_polyphone, sound};
use crate::sign::of_letter;

/// What is left of a customer who was taken out. 已移除
pub(crate) const GONE: u16 = 0;
/// Stands before each other name of a customer. 别名分隔
pub(crate) const ALIAS: u16 = 1;
/// The first letter; smaller codes are marks.
pub(crate) const FIRST: u16 = 2;
/// What is written once the table is full; no query finds it.
const FULL: u16 = u16::MAX;

/// Reading of letters that have none, and of letters inside a word.
const SILENT: u16 = 0;
const INSIDE: u16 = u16::MAX;

/// One letter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Letter {
    /// Its sound, as a place in [`Alphabet::sounds`].
    pub sound: u16,
    /// Whether a search may begin here.
    pub start: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Alphabet {
    letters: Vec<Letter>,
    weights: Vec<u32>,
    signs: Vec<u64>,
    sounds: Vec<Sound>,
    sound_of: HashMap<Sound, u16>,
    codes: BTreeMap<(char, u16), u16>,
    /// Codes below U+10000 of characters whose neighbours don't matter; 0 = not met yet, or has to be asked.
    quick: Vec<u16>,
    quick_inside: Vec<u16>,
}

impl Default for Alphabet {
    fn default() -> Self {
        let mark = Letter {
            sound: SILENT,
            start: false,
        };
        Alphabet {
            letters: vec![mark; usize::from(FIRST)],
            weights: vec![0; usize::from(FIRST)],
            signs: vec![0; usize::from(FIRST)],
            sounds: vec![Sound::default()],
            sound_of: HashMap::from([(Sound::default(), SILENT)]),
            codes: BTreeMap::new(),
            quick: vec![0; 0x1_0000],
            quick_inside: vec![0; 0x80],
        }
    }
}

impl Alphabet {
    /// Writes a text in letters, learning those that are new.
    pub fn write(&mut self, units: &[Unit], out: &mut Vec<u16>) {
        for (at, unit) in units.iter().enumerate() {
            out.push(self.code(units, at, *unit));
        }
    }

    /// The letters, by code; the first two are marks.
    pub fn letters(&self) -> &[Letter] {
        &self.letters
    }

    /// The different sounds that letters have.
    pub fn sounds(&self) -> &[Sound] {
        &self.sounds
    }

    /// The codes of a character, however it is read.
    pub fn codes(&self, c: char) -> impl Iterator<Item = u16> + '_ {
        self.codes.range((c, 0)..=(c, u16::MAX)).map(|entry| *entry.1)
    }

    /// Where a letter stands in pinyin order.
    pub fn weight(&self, code: u16) -> u32 {
        self.weights.get(usize::from(code)).copied().unwrap_or(u32::MAX)
    }

    /// What letters can't match: the bits of all of them.
    pub fn sign(&self, codes: &[u16]) -> u64 {
        codes.iter().fold(0, |bits, code| {
            bits | self.signs.get(usize::from(*code)).copied().unwrap_or_default()
        })
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let per_letter =
            size_of::<Letter>() + size_of::<u32>() + size_of::<u64>() + 2 * size_of::<((char, u16), u16)>();
        self.letters.capacity() * per_letter
            + self.sounds.capacity() * 4 * size_of::<Sound>()
            + (self.quick.capacity() + self.quick_inside.capacity()) * size_of::<u16>()
    }

    fn code(&mut self, units: &[Unit], at: usize, unit: Unit) -> u16 {
        let quick = if unit.start { &self.quick } else { &self.quick_inside };
        match quick.get(unit.ch as usize) {
            Some(&code) if code > 0 && unit.ch == unit.from => code,
            _ => self.ask(units, at, unit),
        }
    }

    fn ask(&mut self, units: &[Unit], at: usize, unit: Unit) -> u16 {
        let reading = match (in_words(unit.ch), unit.start) {
            (true, true) => SILENT,
            (true, false) => INSIDE,
            (false, _) => self.hear(sound(units, at)),
        };
        let code = match self.codes.get(&(unit.ch, reading)) {
            Some(code) => *code,
            None => self.learn(unit, reading),
        };
        if unit.ch == unit.from && !is_polyphone(unit.ch) {
            let quick = if unit.start {
                &mut self.quick
            } else {
                &mut self.quick_inside
            };
            if let Some(place) = quick.get_mut(unit.ch as usize) {
                *place = code;
            }
        }
        code
    }

    fn hear(&mut self, sound: Sound) -> u16 {
        if let Some(at) = self.sound_of.get(&sound) {
            return *at;
        }
        // There are some two thousand; the pinyin table is closed.
        let at = u16::try_from(self.sounds.len()).unwrap_or(SILENT);
        self.sounds.push(sound.clone());
        self.sound_of.insert(sound, at);
        at
    }

    fn learn(&mut self, unit: Unit, reading: u16) -> u16 {
        let code = match u16::try_from(self.letters.len()) {
            Ok(code) if code < FULL => code,
            _ => return FULL,
        };
        let sound = if reading == INSIDE { SILENT } else { reading };
        self.letters.push(Letter {
            sound,
            start: unit.start,
        });
        self.weights.push(weight(unit.ch));
        self.signs.push(of_letter(
            unit.ch,
            self.sounds.get(usize::from(sound)).unwrap_or(&Sound::default()),
        ));
        self.codes.insert((unit.ch, reading), code);
        code
    }
}

//! How characters are read: pinyin without tones, with the words that choose among several readings. 拼音与多音字

use std::collections::HashMap;
use std::sync::OnceLock;

use pinyin::ToPinyin;

use crate::fold::{Unit, folded, in_words};

static POLYPHONES: &str = include_str!("../data/polyphones.txt");

/// The readings of one character at its place in a name. 读音
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Sound {
    /// How it is read here; empty where it has no pinyin. `ü` is written `v`.
    pub usual: &'static str,
    /// How else it may be read.
    pub others: Vec<&'static str>,
}

/// A character with several readings.
struct Polyphone {
    sound: Sound,
    /// Words that set the reading: the word, where in it the character stands, the reading.
    words: Vec<(Vec<char>, usize, &'static str)>,
}

/// Whether the reading of the character depends on its neighbours. 是否多音字
pub(crate) fn is_polyphone(c: char) -> bool {
    polyphones().contains_key(&c)
}

/// How the character at `at` is read among its neighbours. 按上下文取音
pub(crate) fn sound(units: &[Unit], at: usize) -> Sound {
    let Some(unit) = units.get(at) else {
        return Sound::default();
    };
    let mut sound = match polyphones().get(&unit.ch) {
        Some(polyphone) => polyphone.at(units, at),
        None => Sound {
            usual: alone(unit.ch).unwrap_or_default(),
            others: Vec::new(),
        },
    };
    // 乾 is folded to 干 and still read qian.
    if unit.from != unit.ch
        && let Some(own) = alone(unit.from)
        && own != sound.usual
        && !is_polyphone(unit.ch)
    {
        sound = sound.read_as(own);
    }
    sound
}

/// The name in pinyin, one syllable or word after the other; words choose among readings. 拼音
///
/// `ü` is written `v`, characters without a reading stay as they are: `重庆Tcl` gives `chong qing tcl`.
pub fn spell(name: &str) -> String {
    let units = folded(name);
    let mut out = String::new();
    for (at, unit) in units.iter().enumerate() {
        if unit.start && !out.is_empty() {
            out.push(' ');
        }
        match if in_words(unit.ch) { "" } else { sound(&units, at).usual } {
            "" => out.push(unit.ch),
            syllable => out.push_str(syllable),
        }
    }
    out
}

impl Sound {
    /// The same readings, with `usual` first.
    fn read_as(mut self, usual: &'static str) -> Sound {
        if self.usual != usual {
            self.others.retain(|other| *other != usual);
            if !self.usual.is_empty() {
                self.others.insert(0, self.usual);
            }
            self.usual = usual;
        }
        self
    }
}

impl Polyphone {
    fn at(&self, units: &[Unit], at: usize) -> Sound {
        for (word, offset, reading) in &self.words {
            let Some(from) = at.checked_sub(*offset) else { continue };
            let Some(span) = units.get(from..from + word.len()) else {
                continue;
            };
            if span.iter().map(|unit| unit.ch).eq(word.iter().copied()) {
                return self.sound.clone().read_as(reading);
            }
        }
        self.sound.clone()
    }
}

/// The library's reading of a character alone.
fn alone(c: char) -> Option<&'static str> {
    Some(match c.to_pinyin()?.plain() {
        "lü" => "lv",
        "nü" => "nv",
        "lüe" => "lve",
        "nüe" => "nve",
        "ê" => "e",
        plain => plain,
    })
}

fn polyphones() -> &'static HashMap<char, Polyphone> {
    static TABLE: OnceLock<HashMap<char, Polyphone>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let lines = POLYPHONES.lines().filter(|line| !line.starts_with('#'));
        lines
            .filter_map(|line| Some((line.chars().next()?, polyphone(line))))
            .collect()
    })
}

fn polyphone(line: &'static str) -> Polyphone {
    let (head, words) = line.split_once(';').unwrap_or((line, ""));
    let mut head = head.split_whitespace();
    let own = head.next().and_then(|head| head.chars().next());
    let sound = Sound {
        usual: head.next().unwrap_or_default(),
        others: head.collect(),
    };
    let word = |entry: &'static str| {
        let (word, reading) = entry.split_once('=')?;
        let word: Vec<char> = word.chars().collect();
        let offset = word.iter().position(|c| Some(*c) == own)?;
        Some((word, offset, reading))
    };
    Polyphone {
        sound,
        words: words.split_whitespace().filter_map(word).collect(),
    }
}

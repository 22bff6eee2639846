//! How much two names look like one company. 名称相似度
//!
//! The cores of the names are laid beside each other, character by character, words of Latin names as wholes. A brand
//! weighs three times a trade; a character typed for another of the same sound counts half; names that say they are from
//! different places lose a seventh.

use crate::core::{common, parts, trade_marks};
use crate::fold::in_words;
use crate::reading::spell;

/// From here on two customers are worth a second look by a person. 疑似重复
pub const SAME_ENOUGH: u32 = 850;

/// Full likeness.
const WHOLE: u32 = 1_000;
const BRAND_WEIGHT: u32 = 3;
const TRADE_WEIGHT: u32 = 1;
/// What is left of the likeness when both names give places and share none.
const ELSEWHERE: u32 = 857;
/// Cores are cut to this many pieces.
const MOST: usize = 96;

/// A character, or a word of Latin letters.
#[derive(Debug, Clone)]
struct Piece {
    text: Box<str>,
    sound: Box<str>,
    weight: u32,
}

/// A name taken apart once, to be laid beside many others. 拆解后的名称
#[derive(Debug, Clone)]
pub struct Name {
    core: String,
    places: Vec<Vec<char>>,
    pieces: Vec<Piece>,
}

impl Name {
    /// Takes a name apart.
    pub fn of(name: &str) -> Name {
        let parts = parts(name);
        Name {
            pieces: pieces(&parts.core),
            core: parts.core,
            places: parts.places,
        }
    }

    /// As [`name_core`](crate::name_core) gives it.
    pub fn core(&self) -> &str {
        &self.core
    }

    /// How alike two names are: what [`similarity`] gives for them.
    pub fn likeness(&self, other: &Name) -> u32 {
        let likeness = if self.core == other.core && !self.core.is_empty() {
            WHOLE
        } else {
            align(&self.pieces, &other.pieces)
        };
        let elsewhere = !self.places.is_empty()
            && !other.places.is_empty()
            && !self.places.iter().any(|place| other.places.contains(place));
        if elsewhere {
            likeness * ELSEWHERE / WHOLE
        } else {
            likeness
        }
    }
}

/// How alike two names are, per mille: 1,000 for the same core, 0 for nothing in common. 相似度（千分比）
///
/// Symmetric. Names that differ only in legal form, brackets, width, case or traditional forms are 1,000. A customer
/// list is first narrowed with [`Index::find`](crate::Index::find) by the core and by its pinyin
/// ([`spell`](crate::spell) without gaps), then measured with this.
pub fn similarity(a: &str, b: &str) -> u32 {
    Name::of(a).likeness(&Name::of(b))
}

fn pieces(core: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for text in core.split(' ') {
        let chars: Vec<char> = text.chars().collect();
        for run in chars.chunk_by(|a, b| in_words(*a) == in_words(*b)) {
            if run.first().is_some_and(|c| in_words(*c)) {
                let text: String = run.iter().collect();
                let brand = if common().latin_trades.contains(&text.as_str()) {
                    TRADE_WEIGHT
                } else {
                    BRAND_WEIGHT
                };
                let weight = brand * u32::try_from(run.len().clamp(1, 8)).unwrap_or(1);
                pieces.push(Piece {
                    text: text.into(),
                    sound: Box::default(),
                    weight,
                });
                continue;
            }
            for (c, trade) in run.iter().zip(trade_marks(run)) {
                let text = c.to_string();
                let sound = spell(&text).into();
                let weight = if trade { TRADE_WEIGHT } else { BRAND_WEIGHT };
                pieces.push(Piece {
                    text: text.into(),
                    sound,
                    weight,
                });
            }
        }
    }
    pieces.truncate(MOST);
    pieces
}

/// The best alignment in order: twice what is shared over all that there is.
fn align(a: &[Piece], b: &[Piece]) -> u32 {
    let all: u32 = a.iter().chain(b).map(|piece| piece.weight).sum();
    let mut above = vec![0; b.len() + 1];
    for left in a {
        let mut row = Vec::with_capacity(above.len());
        let mut before = 0;
        row.push(0);
        for (right, pair) in b.iter().zip(above.windows(2)) {
            let &[diagonal, up] = pair else { continue };
            before = up.max(before).max(diagonal + shared(left, right));
            row.push(before);
        }
        above = row;
    }
    (above.last().copied().unwrap_or_default())
        .checked_div(all)
        .unwrap_or_default()
}

/// What two pieces share of the weight of both, times a thousand.
fn shared(a: &Piece, b: &Piece) -> u32 {
    let weight = a.weight + b.weight;
    if a.text == b.text {
        return weight * WHOLE;
    }
    if !a.sound.is_empty() || !b.sound.is_empty() {
        return if a.sound == b.sound { weight * WHOLE / 2 } else { 0 };
    }
    // Latin words: a slip in every fourth letter is still the same word.
    let (a, b): (Vec<char>, Vec<char>) = (a.text.chars().collect(), b.text.chars().collect());
    let longer = a.len().max(b.len());
    let slips = distance(&a, &b);
    if slips * 4 > longer || longer == 0 {
        return 0;
    }
    let alike = u32::try_from((longer - slips) * 1_000 / longer).unwrap_or_default();
    weight * alike
}

/// Letters to change, add or drop.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (at, left) in a.iter().enumerate() {
        let mut row = vec![at + 1];
        let mut before = at + 1;
        for (right, pair) in b.iter().zip(above.windows(2)) {
            let &[diagonal, up] = pair else { continue };
            before = (up + 1).min(before + 1).min(diagonal + usize::from(left != right));
            row.push(before);
        }
        above = row;
    }
    above.last().copied().unwrap_or_default()
}

//! The automaton against a matcher that tries everything. 对照实现

use std::collections::BTreeMap;

use pinji_domain::ids::CustomerId;
use pinji_search::{How, Index, Terms, spell};

use crate::book::Dice;

/// Few syllables, so that much matches and much overlaps; none with two readings, no place.
const PIECES: &[&str] = &[
    "华", "信", "腾", "恒", "安", "昂", "昔", "先", "爱", "张", "江", "招", "商", "女", " a ", " an ", " xi ",
];
const LETTERS: &[char] = &[
    'a', 'n', 'g', 'x', 'i', 'h', 'u', 'z', 's', 'c', 'o', 'd', 'v', '安', '昔', '信',
];

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Text,
    Pinyin,
    Loose,
}

struct Unit {
    ch: char,
    /// Its syllable in every spelling.
    spellings: Vec<Vec<char>>,
    start: bool,
}

fn units(name: &str) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut inside = false;
    for ch in name.chars() {
        if ch != ' ' {
            let syllable = spell(&ch.to_string());
            let spellings = ["v", "yu", "u"].map(|v| syllable.replace('v', v).chars().collect());
            let spellings = if ch.is_ascii() { Vec::new() } else { spellings.to_vec() };
            units.push(Unit {
                ch,
                spellings,
                start: !(inside && ch.is_ascii()),
            });
        }
        inside = ch.is_ascii() && ch != ' ';
    }
    units
}

fn reaches(units: &[Unit], query: &[char], way: Way) -> bool {
    if query.is_empty() {
        return true;
    }
    let [unit, rest @ ..] = units else { return false };
    if unit.ch == query[0] && reaches(rest, &query[1..], way) {
        return true;
    }
    unit.spellings.iter().filter(|_| way > Way::Text).any(|syllable| {
        let same = syllable.iter().zip(query).take_while(|(a, b)| a == b).count();
        let whole = same == syllable.len() || same == query.len();
        let two = syllable.len() > 1 && syllable[1] == 'h' && same > 1;
        whole && reaches(rest, &query[same..], way)
            || way == Way::Loose && same > 0 && reaches(rest, &query[1..], way)
            || way == Way::Loose && two && reaches(rest, &query[2..], way)
    })
}

fn expected(units: &[Unit], query: &[char]) -> Option<How> {
    let ways = [
        (Way::Text, [How::NameStart, How::BrandStart, How::Name]),
        (Way::Pinyin, [How::PinyinStart, How::PinyinBrand, How::Pinyin]),
        (Way::Loose, [How::InitialsStart, How::InitialsBrand, How::Initials]),
    ];
    for (way, [start, brand, inside]) in ways {
        let found = (0..units.len()).filter(|at| units[*at].start && reaches(&units[*at..], query, way));
        let how = |at: usize| match at {
            0 => start,
            at if units[at].ch.is_ascii() => brand,
            _ => inside,
        };
        if let Some(best) = found.map(how).min() {
            return Some(best);
        }
    }
    None
}

#[test]
fn random_queries_find_what_trying_everything_finds() {
    let mut dice = Dice(3);
    let names: Vec<String> = (0..800)
        .map(|_| (0..1 + dice.below(6)).map(|_| *dice.pick(PIECES)).collect::<String>())
        .collect();
    let index = Index::build((0..).map(CustomerId).zip(names.iter().map(|name| Terms::new(name, ""))));
    let parts: Vec<Vec<Unit>> = names.iter().map(|name| units(name)).collect();
    let mut matched = 0;
    for _ in 0..800 {
        let query: Vec<char> = match dice.below(3) {
            0 => (0..1 + dice.below(5)).map(|_| *dice.pick(LETTERS)).collect(),
            // A piece of somebody's pinyin, with a hole or not.
            kind => {
                let spelt: Vec<char> = spell(dice.pick(&names[..]).as_str()).replace(' ', "").chars().collect();
                let from = dice.below(spelt.len());
                let mut piece = spelt[from..(from + 1 + dice.below(12)).min(spelt.len())].to_vec();
                if kind == 2 {
                    piece.remove(dice.below(piece.len()));
                }
                piece
            }
        };
        if query.is_empty() {
            continue;
        }
        let text: String = query.iter().collect();
        let found: BTreeMap<i64, How> = index
            .find(&text, 1_000, |_| true)
            .iter()
            .map(|hit| (hit.id.0, hit.how))
            .collect();
        let should: BTreeMap<i64, How> = (0..)
            .zip(&parts)
            .filter_map(|(id, units)| Some((id, expected(units, &query)?)))
            .collect();
        matched += should.len();
        let wrong = names.iter().zip(0..).find(|(_, id)| found.get(id) != should.get(id));
        if let Some((name, id)) = wrong {
            panic!(
                "{text} in {name}: {:?}, should be {:?}",
                found.get(&id),
                should.get(&id)
            );
        }
    }
    assert!(matched > 10_000, "the queries ask too little: {matched} matches");
}

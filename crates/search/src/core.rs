//! What a company's name says once everything that any company may have is left out. 名称核心
//!
//! `深圳市华信达科技开发有限公司`, `华信达科技开发（深圳）股份有限公司` and `華信達科技開發` have the same core.

use std::sync::OnceLock;

use crate::fold::{Unit, folded, in_words};
use crate::place::{Places, before_brand, leading};

static TEXT: &str = include_str!("../data/words.txt");

/// Words that names share. 通用词
#[derive(Default)]
pub(crate) struct Common {
    /// Legal forms, longest first where one holds another.
    forms: Vec<&'static str>,
    /// Legal forms that are left out wherever they stand.
    forms_inside: Vec<&'static str>,
    latin_forms: Vec<&'static str>,
    latin_places: Vec<&'static str>,
    /// Words that say what a company does, by their characters.
    trades: Vec<Vec<char>>,
    /// The same in Latin names.
    pub latin_trades: Vec<&'static str>,
}

pub(crate) fn common() -> &'static Common {
    static COMMON: OnceLock<Common> = OnceLock::new();
    COMMON.get_or_init(|| {
        let mut common = Common::default();
        let mut heading = "";
        for line in TEXT.lines() {
            if let Some(next) = line.strip_prefix("# ") {
                heading = next.split(':').next().unwrap_or_default();
                continue;
            }
            let words = line.split_whitespace();
            match heading {
                "forms" => common.forms.extend(words),
                "forms inside" => common.forms_inside.extend(words),
                "latin forms" => common.latin_forms.extend(words),
                "latin places" => common.latin_places.extend(words),
                "trades" => common
                    .trades
                    .extend(words.map(|word| word.chars().collect::<Vec<char>>())),
                "latin trades" => common.latin_trades.extend(words),
                _ => {}
            }
        }
        common
    })
}

/// The core of a company's name: without legal form, place, brackets, case, width, accents and traditional forms. 名称核心
///
/// A place stays where only a trade would be left: 北京银行 and 上海银行 are two banks. Words of Latin names are kept apart
/// by one space. A name that consists of such parts only is given whole.
pub fn name_core(name: &str) -> String {
    parts(name).core
}

/// A name taken apart.
pub(crate) struct Parts {
    pub core: String,
    /// The places that were found at the head or in brackets, without 省, 市.
    pub places: Vec<Vec<char>>,
}

pub(crate) fn parts(name: &str) -> Parts {
    let mut places = Vec::new();
    let name = without_brackets(name, &mut places);
    let units = folded(&name);
    let (han, latin): (Vec<Unit>, Vec<Unit>) = units.iter().partition(|unit| !in_words(unit.ch));
    let core = if han.is_empty() {
        latin_core(&latin, &mut places)
    } else {
        chinese_core(&units, &mut places)
    };
    let core = if core.is_empty() { words(&units).join(" ") } else { core };
    Parts { core, places }
}

/// The name with brackets opened; what they hold is dropped where it is a place, a form or a trade.
fn without_brackets(name: &str, places: &mut Vec<Vec<char>>) -> String {
    let mut open = String::new();
    let mut rest = name;
    while let Some(at) = rest.find(is_opening) {
        let (before, after) = rest.split_at(at);
        open.push_str(before);
        let mut inner = after.chars();
        inner.next();
        let after = inner.as_str();
        let (inner, next) = match after.find(is_closing) {
            Some(end) => after.split_at(end),
            None => (after, ""),
        };
        let mut skip = next.chars();
        skip.next();
        rest = skip.as_str();
        if !says_little(inner, places) {
            open.push(' ');
            open.push_str(inner);
        }
        open.push(' ');
    }
    open.push_str(rest);
    open
}

fn is_opening(c: char) -> bool {
    matches!(c, '(' | '（' | '[' | '【' | '〔' | '［' | '〈' | '《')
}

fn is_closing(c: char) -> bool {
    matches!(c, ')' | '）' | ']' | '】' | '〕' | '］' | '〉' | '》')
}

fn says_little(inner: &str, places: &mut Vec<Vec<char>>) -> bool {
    let units = folded(inner);
    let chars: Vec<char> = units.iter().map(|unit| unit.ch).collect();
    if chars.is_empty() {
        return true;
    }
    if chars.iter().all(|c| in_words(*c)) {
        let words = words(&units);
        if words.iter().all(|word| common().latin_places.contains(&word.as_str())) {
            places.push(words.concat().chars().collect());
            return true;
        }
        return words.iter().all(|word| common().latin_forms.contains(&word.as_str()));
    }
    let found = leading(&chars, Places::Strict);
    if found.last().is_some_and(|place| place.1 == chars.len()) {
        note_places(&chars, &found, places);
        return true;
    }
    let text: String = chars.iter().collect();
    common().forms.contains(&text.as_str()) || text == "集团"
}

fn note_places(chars: &[char], found: &[(usize, usize, usize)], places: &mut Vec<Vec<char>>) {
    places.extend(
        found
            .iter()
            .filter_map(|(from, _, bare)| chars.get(*from..*bare))
            .map(<[char]>::to_vec),
    );
}

fn chinese_core(units: &[Unit], places: &mut Vec<Vec<char>>) -> String {
    let mut text = words(units).join(" ");
    for form in &common().forms_inside {
        text = text.replace(form, "");
    }
    while let Some(shorter) = common()
        .forms
        .iter()
        .find_map(|form| text.trim_end().strip_suffix(form))
    {
        if shorter.is_empty() {
            break;
        }
        text.truncate(shorter.len());
    }
    let chars: Vec<char> = text.trim().chars().collect();
    let brand = before_brand(&chars, Places::Strict);
    let found = leading(&chars, Places::Strict);
    note_places(&chars, &found, places);
    let rest = chars.get(brand..).unwrap_or_default();
    let keep = if only_trade(rest) || rest.len() < 2 {
        &chars[..]
    } else {
        rest
    };
    keep.iter().collect::<String>().trim().to_owned()
}

fn latin_core(units: &[Unit], places: &mut Vec<Vec<char>>) -> String {
    let all = words(units);
    let kept: Vec<&str> = all
        .iter()
        .map(String::as_str)
        .filter(|word| !common().latin_forms.contains(word))
        .collect();
    let place = kept
        .iter()
        .take_while(|word| common().latin_places.contains(word))
        .count();
    let (place, rest) = kept.split_at(place);
    if rest.iter().all(|word| common().latin_trades.contains(word)) {
        return kept.join(" ");
    }
    if !place.is_empty() {
        places.push(place.concat().chars().collect());
    }
    rest.join(" ")
}

/// Chinese text in one piece, Latin words one by one.
fn words(units: &[Unit]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut latin = false;
    for unit in units {
        let letter = in_words(unit.ch);
        match words.last_mut() {
            Some(word) if letter == latin && !(letter && unit.start) => word.push(unit.ch),
            _ => words.push(unit.ch.to_string()),
        }
        latin = letter;
    }
    words
}

/// Whether the text is nothing but words for trades.
pub(crate) fn only_trade(chars: &[char]) -> bool {
    !chars.is_empty() && trade_marks(chars).iter().all(|trade| *trade)
}

/// For each character, whether it belongs to a word for a trade.
pub(crate) fn trade_marks(chars: &[char]) -> Vec<bool> {
    let mut marks = vec![false; chars.len()];
    let mut at = 0;
    while at < chars.len() {
        let rest = chars.get(at..).unwrap_or_default();
        let fitting = common().trades.iter().filter(|trade| rest.starts_with(trade));
        let len = fitting.map(Vec::len).max().unwrap_or_default();
        marks.iter_mut().skip(at).take(len).for_each(|mark| *mark = true);
        at += len.max(1);
    }
    marks
}

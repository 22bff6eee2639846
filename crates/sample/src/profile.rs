//! Who the customers are, and what they are like beneath the figures. 客户与潜在素质
//!
//! Every figure of the book follows from a few hidden traits, so that the records agree with each other as they would:
//! a sound company has better margins, pays earlier, is judged better, and is less often sued.

use std::collections::HashSet;

use crate::code;
use crate::day::{FIRST_YEAR, day, last};
use crate::dice::{Dice, exp};
use crate::words::{
    FIRST, GIVEN, INDUSTRIES, INDUSTRY_SHARES, Industry, MANAGERS, PLACE_SHARES, PLACES, Place, SECOND, SURNAMES,
};

/// How big a company is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Size {
    Micro,
    Small,
    Medium,
    Large,
}

impl Size {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Size::Micro => "微型",
            Size::Small => "小型",
            Size::Medium => "中型",
            Size::Large => "大型",
        }
    }
}

/// A customer and its hidden traits. 客户画像
pub(crate) struct Profile {
    pub(crate) index: u64,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) uscc: String,
    pub(crate) industry: &'static Industry,
    pub(crate) place: &'static Place,
    pub(crate) size: Size,
    pub(crate) group: Option<usize>,
    pub(crate) ownership: &'static str,
    pub(crate) founded: i32,
    pub(crate) since: i32,
    pub(crate) manager: &'static str,
    pub(crate) representative: String,
    pub(crate) contact: String,
    /// Soundness in each year from the one before the book to its last: finances, credit, management.
    pub(crate) soundness: [f64; 4],
    /// How close it is to us.
    pub(crate) loyalty: f64,
    /// How fast it grows.
    pub(crate) vigour: f64,
    /// Revenue in the year before the book, in yuan.
    pub(crate) revenue: f64,
    /// What it buys of us in a year, in yuan, at the middle of the book.
    pub(crate) purchases: f64,
    /// How many orders it places in a year.
    pub(crate) orders: f64,
    /// The day it defaulted.
    pub(crate) default: Option<i32>,
    /// The day from which it buys no more.
    pub(crate) gone: Option<i32>,
}

impl Profile {
    /// The soundness in a calendar year.
    pub(crate) fn sound(&self, year: i32) -> f64 {
        let at = usize::try_from(year - FIRST_YEAR + 1).unwrap_or(0).min(3);
        self.soundness.get(at).copied().unwrap_or(0.0)
    }
}

/// A corporate group.
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) word: String,
    pub(crate) industry: usize,
    pub(crate) place: usize,
    pub(crate) soundness: f64,
}

/// Makes the groups: each with a coined word that most of its members bear in their names.
pub(crate) fn groups(seed: u64, count: usize, words: &mut HashSet<String>) -> Vec<Group> {
    (0..count)
        .map(|index| {
            let mut dice = Dice::new(seed, 1, index as u64);
            let word = coined(&mut dice, words);
            let form = dice.pick(&["集团", "控股集团", "实业集团", "产业集团"]);
            Group {
                name: format!("{word}{form}"),
                industry: dice.share(&INDUSTRY_SHARES),
                place: dice.share(&PLACE_SHARES),
                soundness: dice.normal(),
                word,
            }
        })
        .collect()
}

/// Makes the customers; about a third of them belong to groups, each group having at least two.
pub(crate) fn profiles(seed: u64, customers: usize, groups: &[Group], words: &mut HashSet<String>) -> Vec<Profile> {
    let membership = membership(seed, customers, groups.len());
    let mut names = HashSet::new();
    let mut profiles = Vec::with_capacity(customers);
    for (index, group) in membership.into_iter().enumerate() {
        let mut dice = Dice::new(seed, 3, index as u64);
        let of = group.and_then(|group| groups.get(group));
        profiles.push(profile(&mut dice, index, group, of, words, &mut names));
    }
    profiles
}

fn membership(seed: u64, customers: usize, groups: usize) -> Vec<Option<usize>> {
    let mut dice = Dice::new(seed, 2, 0);
    let mut members: Vec<Option<usize>> = vec![None; customers];
    let groups = groups.min(customers / 4);
    // The first two of each group, then the rest by a size that differs from group to group.
    let pull: Vec<f64> = (0..groups).map(|_| exp(0.9 * dice.normal())).collect();
    let mut order: Vec<usize> = (0..customers).collect();
    for at in (1..customers).rev() {
        order.swap(at, (dice.unit() * (at + 1) as f64) as usize);
    }
    let wanted = (customers * 35 / 100).max(groups * 2);
    for (at, customer) in order.into_iter().take(if groups == 0 { 0 } else { wanted }).enumerate() {
        let group = if at < groups * 2 { at / 2 } else { dice.share(&pull) };
        if let Some(member) = members.get_mut(customer) {
            *member = Some(group);
        }
    }
    members
}

#[expect(
    clippy::indexing_slicing,
    reason = "`share` gives a position of the list it was asked about"
)]
fn profile(
    dice: &mut Dice,
    index: usize,
    group: Option<usize>,
    of: Option<&Group>,
    words: &mut HashSet<String>,
    names: &mut HashSet<String>,
) -> Profile {
    let own_industry = dice.share(&INDUSTRY_SHARES);
    let industry = &INDUSTRIES[of.filter(|_| dice.chance(0.75)).map_or(own_industry, |of| of.industry)];
    let own_place = dice.share(&PLACE_SHARES);
    let place = &PLACES[of.filter(|_| dice.chance(0.5)).map_or(own_place, |of| of.place)];
    let shares = if of.is_some() {
        [8.0, 36.0, 38.0, 18.0]
    } else {
        [22.0, 48.0, 24.0, 6.0]
    };
    let size = [Size::Micro, Size::Small, Size::Medium, Size::Large][dice.share(&shares)];
    let scale = size as i32 as f64 - 1.2;

    let own = dice.normal();
    let base = of.map_or(own, |of| 0.55 * of.soundness + 0.84 * own);
    let mut soundness = [0.0; 4];
    let mut year = base + 0.15 * scale;
    for slot in &mut soundness {
        *slot = year;
        year = 0.95 * year + 0.05 * base + 0.24 * dice.normal();
    }
    let vigour = 0.35 * base + 0.94 * dice.normal();
    let loyalty = 0.30 * base + 0.95 * dice.normal();

    let middle = [2.6e6, 1.9e7, 1.5e8, 1.25e9][size as usize];
    let revenue = middle * exp(0.62 * dice.normal() + 0.12 * base);
    let pull = 0.92 * scale + 0.62 * loyalty + 0.60 * dice.normal();

    let age = if size <= Size::Small && dice.chance(0.06) {
        dice.between(0.6, 2.2)
    } else {
        3.0 + 4.0 * (scale + 1.5) + 16.0 * dice.unit()
    };
    let founded = last() - (365.0 * age) as i32;
    let years = if dice.chance(0.12) {
        dice.between(0.05, 2.0)
    } else {
        2.0 + 15.0 * dice.unit() * dice.unit().max(0.2)
    };
    let since = (last() - (365.0 * years) as i32).max(founded + 60);

    // A few default, nearly all of them weak; some simply stop buying.
    let weak = soundness.iter().copied().fold(f64::INFINITY, f64::min);
    let risk = if weak < -1.9 {
        0.30
    } else if weak < -1.2 {
        0.10
    } else {
        0.012
    };
    let default = dice
        .chance(risk)
        .then(|| dice.whole(day(FIRST_YEAR, 4, 1), last() - 20));
    let leaves = if loyalty < -1.0 { 0.16 } else { 0.035 };
    let gone = dice
        .chance(leaves)
        .then(|| dice.whole(day(FIRST_YEAR, 9, 1), last() - 40));

    let ownership = ownership(dice, size);
    let managers = MANAGERS
        .iter()
        .find(|(region, _)| *region == place.region)
        .map_or(&MANAGERS[0].1, |(_, names)| names);
    let name = company(dice, of, place, industry, size, words, names);
    let uscc = code::code(dice, place.area);
    let manager = *dice.pick(managers);
    Profile {
        index: index as u64,
        id: format!("C{:05}", 10_001 + index),
        name,
        uscc,
        industry,
        place,
        size,
        group,
        ownership,
        founded,
        since,
        manager,
        representative: person(dice),
        contact: person(dice),
        soundness,
        loyalty,
        vigour,
        revenue,
        purchases: 4.6e5 * industry.appetite * exp(pull),
        orders: 11.0 * exp(0.42 * pull),
        default: default.filter(|default| *default > since + 90),
        gone: gone.filter(|gone| *gone > since + 60),
    }
}

fn ownership(dice: &mut Dice, size: Size) -> &'static str {
    let shares = match size {
        Size::Large => [28.0, 40.0, 12.0, 6.0, 1.0, 13.0],
        Size::Medium => [12.0, 66.0, 10.0, 7.0, 2.0, 3.0],
        Size::Small | Size::Micro => [3.0, 88.0, 4.0, 3.0, 2.0, 0.0],
    };
    let words = ["国有企业", "民营企业", "外资企业", "合资企业", "集体企业", "上市公司"];
    words.get(dice.share(&shares)).copied().unwrap_or("民营企业")
}

/// A company's name: place, coined word, trade, form. It occurs once in the book.
fn company(
    dice: &mut Dice,
    of: Option<&Group>,
    place: &Place,
    industry: &Industry,
    size: Size,
    words: &mut HashSet<String>,
    names: &mut HashSet<String>,
) -> String {
    loop {
        let word = match of {
            Some(of) if dice.chance(0.8) => of.word.clone(),
            _ => coined(dice, words),
        };
        let trade = dice.pick(&industry.trades);
        let form = if size == Size::Large && dice.chance(0.45) {
            "股份有限公司"
        } else {
            "有限公司"
        };
        let province = place.province.trim_end_matches(['省', '市']);
        let name = match dice.whole(0, 5) {
            0 if province.chars().count() == 2 && province != place.city => format!("{province}{word}{trade}{form}"),
            1 => format!("{word}{trade}（{}）{form}", place.city),
            _ => format!("{}{word}{trade}{form}", place.city),
        };
        if names.insert(name.clone()) {
            return name;
        }
    }
}

/// A word of two characters that has not been used; of three once the good ones are gone.
fn coined(dice: &mut Dice, words: &mut HashSet<String>) -> String {
    for attempt in 0.. {
        let (first, second) = (dice.pick(&FIRST), dice.pick(&SECOND));
        let mut word = format!("{first}{second}");
        if attempt > 12 {
            let third = *dice.pick(&SECOND);
            word.push_str(third);
        }
        if first != second && words.insert(word.clone()) {
            return word;
        }
    }
    String::new()
}

fn person(dice: &mut Dice) -> String {
    format!("{}{}", dice.pick(&SURNAMES), dice.pick(&GIVEN))
}

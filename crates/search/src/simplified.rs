//! Traditional characters as simplified ones. 繁转简
//!
//! One character at a time: both the name and the query are folded the same way, so that a wrong choice among several
//! simplified forms cannot lose a customer. A table of 30 KB (OpenCC's) weighs less than any library around it.

use std::sync::OnceLock;

static TEXT: &str = include_str!("../data/simplified.txt");

/// Forms by code point below U+10000 (0 = itself), and the few pairs with a rarer character on either side.
struct Table {
    plane: Vec<u16>,
    rare: Vec<(char, char)>,
}

/// The simplified form of a character, or the character itself. 简体字形
pub(crate) fn simplify(c: char) -> char {
    static TABLE: OnceLock<Table> = OnceLock::new();
    let table = TABLE.get_or_init(read);
    match table.plane.get(c as usize) {
        Some(0) | None => rare(&table.rare, c),
        Some(&unit) => char::from_u32(u32::from(unit)).unwrap_or(c),
    }
}

fn read() -> Table {
    let mut table = Table {
        plane: vec![0; 0x1_0000],
        rare: Vec::new(),
    };
    let mut chars = TEXT.chars().filter(|c| !c.is_whitespace());
    while let (Some(from), Some(to)) = (chars.next(), chars.next()) {
        match (table.plane.get_mut(from as usize), u16::try_from(u32::from(to))) {
            (Some(place), Ok(unit)) => *place = unit,
            _ => table.rare.push((from, to)),
        }
    }
    table.rare.sort_unstable();
    table
}

fn rare(pairs: &[(char, char)], c: char) -> char {
    let at = pairs.binary_search_by_key(&c, |pair| pair.0).ok();
    at.and_then(|at| pairs.get(at)).map_or(c, |pair| pair.1)
}

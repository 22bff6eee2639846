//! Rows that say the same thing twice. 重复键

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::value::Value;

/// The keys of all rows of one record kind, wherever they lie.
///
/// Keys are kept as 128-bit hashes with a fixed seed: 32 bytes a row, whatever the key is made of.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    seen: Vec<Seen>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    hash: [u64; 2],
    place: Place,
}

/// Where a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    /// Which table of the data.
    pub table: u32,
    /// Which of the rows that were kept, from 0.
    pub kept: u32,
    /// The row in the file, as Excel shows it.
    pub row: u32,
}

/// The hash of a key while it is put together.
pub(crate) struct KeyHash {
    one: DefaultHasher,
    two: DefaultHasher,
    any: bool,
}

impl KeyHash {
    pub(crate) fn new() -> Self {
        let mut two = DefaultHasher::new();
        two.write_u8(0xA5);
        KeyHash {
            one: DefaultHasher::new(),
            two,
            any: false,
        }
    }

    pub(crate) fn add(&mut self, value: Value, arena: &str) {
        match value {
            Value::Null => self.both(&0_u8),
            Value::Int(units) => self.both(&(1_u8, units)),
            Value::Double(number) => self.both(&(2_u8, number.to_bits())),
            Value::Days(days) => self.both(&(3_u8, days)),
            Value::Flag(flag) => self.both(&(4_u8, flag)),
            Value::Text(from, to) => self.both(&(5_u8, arena.get(from..to))),
        }
        self.any = self.any || value != Value::Null;
    }

    fn both(&mut self, part: &impl Hash) {
        part.hash(&mut self.one);
        part.hash(&mut self.two);
    }

    fn finish(self) -> Option<[u64; 2]> {
        self.any.then(|| [self.one.finish(), self.two.finish()])
    }
}

impl Keys {
    /// Remembers a row. One whose key has no value at all is no duplicate of another.
    pub(crate) fn add(&mut self, key: KeyHash, place: Place) {
        if let Some(hash) = key.finish() {
            self.seen.push(Seen { hash, place });
        }
    }

    /// Takes over what another thread saw.
    pub(crate) fn append(&mut self, mut other: Keys) {
        self.seen.append(&mut other.seen);
    }

    /// Gives all rows the number of their table.
    pub(crate) fn set_table(&mut self, table: u32) {
        for seen in &mut self.seen {
            seen.place.table = table;
        }
    }

    /// The rows that share a key, each group in the order of the files.
    pub(crate) fn duplicates(mut self) -> Vec<Vec<Place>> {
        self.seen.sort_unstable();
        let groups = self
            .seen
            .chunk_by(|one, other| one.hash == other.hash)
            .filter(|group| group.len() > 1);
        let mut groups: Vec<Vec<Place>> = groups
            .map(|group| group.iter().map(|seen| seen.place).collect())
            .collect();
        groups.sort_unstable();
        groups
    }
}

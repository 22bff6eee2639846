//! Names that differ in one character, found without comparing each with each. 近名索引
//!
//! Two cores that differ in one character share a core with one character taken out. So a name is kept under its core
//! and under all that is left of it when one character goes; names that share such a key are near. Keys are hashes: a
//! register of a million names takes some sixty bytes for each.

use std::collections::HashMap;

use pinji_domain::CustomerId;

use crate::core::name_core;

/// Cores of so many characters are kept under what is left of them as well: shorter ones would be near to everything, and
/// longer ones are hardly typed twice.
const LETTERS: std::ops::RangeInclusive<usize> = 3..=24;
/// An odd number with bits in all places, by which the hash of a text goes on.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// The keys of a name's core: of what is left without each of its characters, then of the core itself. 近名键
///
/// None for an empty core. Texts that are equal have equal keys; others have with the chance of one in 2^64.
pub fn near_keys(core: &str) -> Vec<u64> {
    let letters: Vec<u64> = core.chars().map(|letter| u64::from(u32::from(letter)) + 1).collect();
    let mut keys = Vec::with_capacity(letters.len() + 1);
    if LETTERS.contains(&letters.len()) {
        // What stands behind a place, and how far it moves what stands before it.
        let mut behind = vec![(0_u64, 1_u64)];
        for letter in letters.iter().rev() {
            let (hash, shift) = behind.last().copied().unwrap_or((0, 1));
            let hash = hash.wrapping_add(letter.wrapping_mul(shift));
            behind.push((hash, shift.wrapping_mul(STEP)));
        }
        let mut before = 0_u64;
        for (letter, (hash, shift)) in letters.iter().zip(behind.iter().rev().skip(1)) {
            keys.push(mixed(before.wrapping_mul(*shift).wrapping_add(*hash)));
            before = before.wrapping_mul(STEP).wrapping_add(*letter);
        }
    }
    if !letters.is_empty() {
        let whole = letters
            .iter()
            .fold(0_u64, |hash, letter| hash.wrapping_mul(STEP).wrapping_add(*letter));
        keys.push(mixed(whole));
    }
    keys.dedup();
    keys
}

/// Spreads a hash over all of its bits.
fn mixed(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    hash ^ (hash >> 31)
}

/// Customers by the keys of their names. 近名索引
#[derive(Debug, Default)]
pub struct Near {
    /// Half a key and a place, ascending.
    packed: Vec<u64>,
    /// Those that came later.
    late: HashMap<u32, Vec<u32>>,
    changes: usize,
    /// Which customer stands at which place; one that was renamed stands at several.
    customers: Vec<CustomerId>,
}

impl Near {
    /// Of all these customers.
    pub fn build<'n>(names: impl IntoIterator<Item = (CustomerId, &'n str)>) -> Near {
        let mut near = Near::default();
        for (customer, name) in names {
            let place = near.place(customer);
            let keys = near_keys(&name_core(name));
            near.packed.extend(keys.into_iter().map(|key| pack(half(key), place)));
        }
        near.packed.sort_unstable();
        near.packed.dedup();
        near
    }

    /// One more name of a customer. The names that it had before are kept: see [`Near::find`].
    pub fn add(&mut self, customer: CustomerId, name: &str) {
        let place = self.place(customer);
        for key in near_keys(&name_core(name)) {
            self.late.entry(half(key)).or_default().push(place);
        }
        self.changes += 1;
        if self.changes > 4_096 && self.changes > self.customers.len() / 8 {
            self.pack();
        }
    }

    /// The customers that have one of these keys, ascending: all of them, and a few that have it not or not any more. Who asks
    /// looks at their names.
    pub fn find(&self, keys: impl IntoIterator<Item = u64>) -> Vec<CustomerId> {
        let mut places: Vec<u32> = Vec::new();
        for key in keys {
            let half = half(key);
            let from = self.packed.partition_point(|one| *one < pack(half, 0));
            let rest = self.packed.get(from..).unwrap_or_default();
            let same = rest.iter().take_while(|one| *one >> 32 == u64::from(half));
            places.extend(same.map(|one| u32::try_from(one & u64::from(u32::MAX)).unwrap_or(u32::MAX)));
            places.extend(self.late.get(&half).into_iter().flatten());
        }
        let customer = |place: u32| self.customers.get(place as usize).copied();
        let mut found: Vec<CustomerId> = places.into_iter().filter_map(customer).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    fn place(&mut self, customer: CustomerId) -> u32 {
        let place = u32::try_from(self.customers.len()).unwrap_or(u32::MAX);
        self.customers.push(customer);
        place
    }

    fn pack(&mut self) {
        for (half, places) in self.late.drain() {
            self.packed.extend(places.into_iter().map(|place| pack(half, place)));
        }
        self.packed.sort_unstable();
        self.packed.dedup();
        self.changes = 0;
    }
}

/// The upper half of a key.
fn half(key: u64) -> u32 {
    u32::try_from(key >> 32).unwrap_or(u32::MAX)
}

fn pack(half: u32, place: u32) -> u64 {
    u64::from(half) << 32 | u64::from(place)
}

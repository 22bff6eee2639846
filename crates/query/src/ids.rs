//! Subject ids, and the table that numbers them. 客户编号索引
#![expect(
    clippy::indexing_slicing,
    reason = "slots are masked to the table's size, and numbers are handed out by the table itself"
)]

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array, StringArray};

use crate::cells::Cells;
use crate::hash::{bytes, mix};

/// One id, borrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Id<'a> {
    Int(i64),
    Text(&'a str),
}

impl std::fmt::Display for Id<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Id::Int(id) => write!(f, "{id}"),
            Id::Text(id) => f.write_str(id),
        }
    }
}

/// A list of ids, all of one type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Ids {
    Int(Vec<i64>),
    Text(Pool),
}

/// Many texts in one buffer.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Pool {
    text: String,
    ends: Vec<usize>,
}

impl Pool {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }
    pub(crate) fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }
    pub(crate) fn get(&self, at: usize) -> &str {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.text[start..self.ends[at]]
    }
}

impl Ids {
    pub(crate) fn new(text: bool) -> Ids {
        if text {
            Ids::Text(Pool::default())
        } else {
            Ids::Int(Vec::new())
        }
    }
    pub(crate) fn is_text(&self) -> bool {
        matches!(self, Ids::Text(_))
    }
    pub(crate) fn len(&self) -> usize {
        match self {
            Ids::Int(ids) => ids.len(),
            Ids::Text(pool) => pool.len(),
        }
    }
    pub(crate) fn get(&self, at: usize) -> Id<'_> {
        match self {
            Ids::Int(ids) => Id::Int(ids[at]),
            Ids::Text(pool) => Id::Text(pool.get(at)),
        }
    }
    /// Appends an id; an integer in a list of texts is written out.
    pub(crate) fn push(&mut self, id: Id<'_>) {
        match (self, id) {
            (Ids::Int(ids), Id::Int(id)) => ids.push(id),
            (Ids::Text(pool), Id::Text(id)) => pool.push(id),
            (Ids::Text(pool), Id::Int(id)) => pool.push(&id.to_string()),
            // Lists are made for texts as soon as any source has texts, so this does not arise.
            (Ids::Int(ids), Id::Text(id)) => ids.push(id.parse().unwrap_or_default()),
        }
    }
    /// From an array of Int64 or Utf8 without nulls.
    pub(crate) fn from_array(array: &ArrayRef) -> Ids {
        if let Some(ids) = array.as_any().downcast_ref::<Int64Array>() {
            return Ids::Int(ids.values().to_vec());
        }
        let mut pool = Pool::default();
        if let Some(ids) = array.as_any().downcast_ref::<StringArray>() {
            ids.iter().for_each(|id| pool.push(id.unwrap_or_default()));
        }
        Ids::Text(pool)
    }
    pub(crate) fn to_array(&self) -> ArrayRef {
        match self {
            Ids::Int(ids) => Arc::new(Int64Array::from(ids.clone())),
            Ids::Text(pool) => Arc::new(StringArray::from_iter_values((0..pool.len()).map(|at| pool.get(at)))),
        }
    }
    /// The same ids ascending, each once.
    pub(crate) fn sorted(&self) -> Ids {
        match self {
            Ids::Int(ids) => {
                let mut ids = ids.clone();
                ids.sort_unstable();
                ids.dedup();
                Ids::Int(ids)
            }
            Ids::Text(pool) => {
                let mut texts: Vec<&str> = (0..pool.len()).map(|at| pool.get(at)).collect();
                texts.sort_unstable();
                texts.dedup();
                let mut sorted = Pool::default();
                texts.into_iter().for_each(|text| sorted.push(text));
                Ids::Text(sorted)
            }
        }
    }
    fn bytes(&self) -> usize {
        match self {
            Ids::Int(ids) => ids.capacity() * 8,
            Ids::Text(pool) => pool.text.capacity() + pool.ends.capacity() * 8,
        }
    }
}

/// Small non-negative integers are looked up in a plain list instead of a hash table.
const DIRECT: i64 = 1 << 22;

/// Numbers ids in the order in which they come, from 1; 0 means none. 编号索引
#[derive(Debug, Clone)]
pub(crate) struct Index {
    ids: Ids,
    direct: Vec<u32>,
    slots: Vec<u32>,
    hashes: Vec<u64>,
    used: usize,
}

impl Index {
    pub(crate) fn new(text: bool) -> Index {
        Index {
            ids: Ids::new(text),
            direct: Vec::new(),
            slots: vec![0; 64],
            hashes: Vec::new(),
            used: 0,
        }
    }

    /// An index over these ids: the id at position `p` has the number `p + 1` (ids must be unique).
    pub(crate) fn of(ids: &Ids) -> Index {
        let mut index = Index::new(ids.is_text());
        for at in 0..ids.len() {
            index.insert(ids.get(at));
        }
        index
    }

    pub(crate) fn ids(&self) -> &Ids {
        &self.ids
    }
    pub(crate) fn into_ids(self) -> Ids {
        self.ids
    }
    /// How many ids have numbers.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }
    /// About how much memory it holds.
    pub(crate) fn bytes(&self) -> usize {
        self.ids.bytes() + (self.direct.capacity() + self.slots.capacity()) * 4 + self.hashes.capacity() * 8
    }

    /// The number of an id, new if need be.
    pub(crate) fn insert(&mut self, id: Id<'_>) -> u32 {
        match (id, self.ids.is_text()) {
            (Id::Int(id), false) => self.insert_int(id),
            (Id::Text(id), true) => self.insert_text(id),
            (Id::Int(id), true) => self.insert_text(&id.to_string()),
            (Id::Text(id), false) => id.parse().map_or(0, |id| self.insert_int(id)),
        }
    }

    /// The number of an id, 0 when it has none.
    pub(crate) fn find(&self, id: Id<'_>) -> u32 {
        match (id, &self.ids) {
            (Id::Int(id), Ids::Int(ids)) => {
                if (0..DIRECT).contains(&id) {
                    return self.direct.get(id as usize).copied().unwrap_or(0);
                }
                self.probe(mix(id as u64), |number| ids[number as usize - 1] == id).1
            }
            (Id::Text(id), Ids::Text(pool)) => {
                let hash = bytes(id.as_bytes());
                let same = |number: u32| {
                    let at = number as usize - 1;
                    self.hashes[at] == hash && pool.get(at) == id
                };
                self.probe(hash, same).1
            }
            (Id::Int(id), Ids::Text(_)) => self.find(Id::Text(&id.to_string())),
            (Id::Text(id), Ids::Int(_)) => id.parse().map_or(0, |id| self.find(Id::Int(id))),
        }
    }

    /// Numbers a column of ids, new ones included; nulls get 0.
    pub(crate) fn map(&mut self, column: &Cells, out: &mut Vec<u32>) {
        out.clear();
        match column {
            Cells::Int(array) if !self.ids.is_text() => match array.nulls() {
                None => self.map_ints(array.values(), out),
                Some(_) => out.extend(array.iter().map(|id| id.map_or(0, |id| self.insert_int(id)))),
            },
            Cells::Int(array) => out.extend(array.iter().map(|id| id.map_or(0, |id| self.insert(Id::Int(id))))),
            Cells::Text(array) => {
                // Ledgers often come sorted by customer: the same id again costs one comparison.
                let (mut last, mut number) = ("", 0);
                for id in array {
                    out.push(match id {
                        None => 0,
                        Some(id) if number != 0 && id == last => number,
                        Some(id) => {
                            (last, number) = (id, self.insert(Id::Text(id)));
                            number
                        }
                    });
                }
            }
            other => out.resize(other.len(), 0),
        }
    }

    /// Numbers small ids that are known by now in one go, then the rest.
    fn map_ints(&mut self, ids: &[i64], out: &mut Vec<u32>) {
        let direct = &self.direct;
        let known = |id: &i64| usize::try_from(*id).ok().and_then(|at| direct.get(at)).copied();
        out.extend(ids.iter().map(|id| known(id).unwrap_or(0)));
        for (number, id) in out.iter_mut().zip(ids) {
            if *number == 0 {
                *number = self.insert_int(*id);
            }
        }
    }

    #[inline]
    fn insert_int(&mut self, id: i64) -> u32 {
        if (0..DIRECT).contains(&id) {
            let at = id as usize;
            if let Some(number) = self.direct.get(at)
                && *number != 0
            {
                return *number;
            }
            return self.insert_direct(at, id);
        }
        let Ids::Int(ids) = &self.ids else { return 0 };
        let hash = mix(id as u64);
        let (slot, number) = self.probe(hash, |number| ids[number as usize - 1] == id);
        if number != 0 {
            return number;
        }
        if let Ids::Int(ids) = &mut self.ids {
            ids.push(id);
        }
        self.occupy(slot)
    }

    #[cold]
    fn insert_direct(&mut self, at: usize, id: i64) -> u32 {
        if at >= self.direct.len() {
            self.direct.resize((at + 1).next_power_of_two().max(1024), 0);
        }
        if let Ids::Int(ids) = &mut self.ids {
            ids.push(id);
        }
        let number = self.ids.len() as u32;
        self.direct[at] = number;
        number
    }

    fn insert_text(&mut self, id: &str) -> u32 {
        let Ids::Text(pool) = &self.ids else { return 0 };
        let hash = bytes(id.as_bytes());
        let same = |number: u32| {
            let at = number as usize - 1;
            self.hashes[at] == hash && pool.get(at) == id
        };
        let (slot, number) = self.probe(hash, same);
        if number != 0 {
            return number;
        }
        if let Ids::Text(pool) = &mut self.ids {
            pool.push(id);
        }
        self.hashes.push(hash);
        self.occupy(slot)
    }

    /// The slot where an id stands or would stand, and its number or 0.
    #[inline]
    fn probe(&self, hash: u64, same: impl Fn(u32) -> bool) -> (usize, u32) {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            let number = self.slots[slot];
            if number == 0 || same(number) {
                return (slot, number);
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Gives the id that was just appended its number, and makes room when half the slots are taken.
    fn occupy(&mut self, slot: usize) -> u32 {
        let number = self.ids.len() as u32;
        self.slots[slot] = number;
        self.used += 1;
        if self.used * 2 > self.slots.len() {
            self.grow();
        }
        number
    }

    fn grow(&mut self) {
        let mask = self.slots.len() * 2 - 1;
        let mut slots = vec![0; mask + 1];
        for number in self.slots.iter().copied().filter(|number| *number != 0) {
            let at = number as usize - 1;
            let hash = match &self.ids {
                Ids::Int(ids) => mix(ids[at] as u64),
                Ids::Text(_) => self.hashes[at],
            };
            let mut slot = hash as usize & mask;
            while slots[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            slots[slot] = number;
        }
        self.slots = slots;
    }
}

/// The hash by which a subject goes to a partition.
pub(crate) fn partition_hash(id: Id<'_>) -> u64 {
    match id {
        Id::Int(id) => mix(id as u64 ^ 0x5bd1_e995),
        Id::Text(id) => mix(bytes(id.as_bytes()) ^ 0x5bd1_e995),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn ids_keep_their_numbers() {
        let mut ints = Index::new(false);
        let mut texts = Index::new(true);
        let id = |k: i64| if k % 3 == 0 { k } else { -k * 1_000_000_007 };
        for round in 0..2 {
            for k in 0..5_000 {
                let number = u32::try_from(k).unwrap() + 1;
                assert_eq!(ints.insert(Id::Int(id(k))), number, "round {round}");
                assert_eq!(texts.insert(Id::Text(&id(k).to_string())), number);
                assert_eq!(texts.find(Id::Int(id(k))), number);
            }
        }
        assert_eq!(ints.len(), 5_000);
        assert_eq!(ints.find(Id::Int(1)), 0);
        assert_eq!(texts.find(Id::Text("x")), 0);
        assert_eq!(texts.ids().get(3), Id::Text("3"));
    }
}

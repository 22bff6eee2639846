//! The best hits of a query so far. 当前最佳命中

use std::cell::Cell;
use std::cmp::Ordering;

use pinji_domain::ids::CustomerId;

use crate::find::{Hit, How};
use crate::index::Index;

/// After so many refusals the caller is asked before a name is read, not after.
const WARY: u32 = 4_096;

/// The hits in order, and whom the caller lets pass.
pub(crate) struct Best<'a, K> {
    index: &'a Index,
    keep: K,
    limit: usize,
    found: Vec<Found>,
    changes: u32,
    refused: Cell<u32>,
}

#[derive(Clone, Copy)]
struct Found {
    slot: u32,
    how: How,
    len: u16,
}

impl Found {
    fn rank(&self) -> u32 {
        u32::from(self.how as u8) << 16 | u32::from(self.len)
    }
}

impl<'a, K: Fn(CustomerId) -> bool> Best<'a, K> {
    pub fn new(index: &'a Index, keep: K, limit: usize) -> Self {
        Best {
            index,
            keep,
            limit,
            found: Vec::new(),
            changes: 0,
            refused: Cell::new(0),
        }
    }

    /// Takes a customer among the hits, if they are good enough and may be seen.
    pub fn offer(&mut self, slot: u32, how: How) {
        let new = self.found_as(slot, how);
        if !self.good_enough(&new) || !self.may_be_seen(slot) {
            return;
        }
        if let Some(old) = self.found.iter().position(|found| found.slot == slot) {
            if self.found.get(old).is_some_and(|old| old.how <= how) {
                return;
            }
            self.found.remove(old);
        }
        let at = self
            .found
            .partition_point(|found| self.order(found, &new) == Ordering::Less);
        self.found.insert(at, new);
        self.found.truncate(self.limit);
        self.changes += 1;
    }

    /// Whether a customer found at best as `how` could still be among the hits.
    pub fn welcomes(&self, slot: u32, how: How) -> bool {
        self.good_enough(&self.found_as(slot, how)) && self.may_be_seen(slot)
    }

    /// Whether it is worth reading the customer's name: no where many have been refused, and this one would be too.
    #[inline]
    pub fn lets_pass(&self, slot: u32) -> bool {
        self.refused.get() < WARY || (self.keep)(self.index.id(slot))
    }

    /// Ways of matching from this number on are of no use to customers from `slot` on, as far as they stand in order.
    pub fn bound(&self, slot: u32) -> u8 {
        match self.found.last() {
            Some(worst) if self.found.len() >= self.limit => {
                let as_good = Found {
                    how: worst.how,
                    ..self.found_as(slot, worst.how)
                };
                let in_order = self.index.parts().0.contains(&slot);
                let later = in_order && self.order(&as_good, worst) != Ordering::Less;
                worst.how as u8 + u8::from(!later)
            }
            _ => u8::MAX,
        }
    }

    /// Counts the changes to the hits.
    #[inline]
    pub fn changes(&self) -> u32 {
        self.changes
    }

    pub fn hits(&self) -> Vec<Hit> {
        let hit = |found: &Found| Hit {
            id: self.index.id(found.slot),
            how: found.how,
            rank: found.rank(),
        };
        self.found.iter().map(hit).collect()
    }

    fn found_as(&self, slot: u32, how: How) -> Found {
        Found {
            slot,
            how,
            len: self.index.name_len(slot),
        }
    }

    fn good_enough(&self, new: &Found) -> bool {
        match self.found.last() {
            Some(worst) if self.found.len() >= self.limit => self.order(new, worst) == Ordering::Less,
            _ => true,
        }
    }

    fn may_be_seen(&self, slot: u32) -> bool {
        let seen = (self.keep)(self.index.id(slot));
        if !seen {
            self.refused.set(self.refused.get().saturating_add(1));
        }
        seen
    }

    fn order(&self, one: &Found, other: &Found) -> Ordering {
        one.rank()
            .cmp(&other.rank())
            .then_with(|| self.index.compare(one.slot, other.slot))
    }
}

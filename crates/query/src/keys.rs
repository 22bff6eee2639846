//! Which records there are by their keys: what comes twice is found, and what was corrected later gives way. 主键与更正

use std::collections::{HashMap, HashSet};

use crate::cells::Cells;
use crate::hash::{Mixed, mix};
use crate::records::Origin;

/// Records that a later-known one with the same key has replaced.
pub(crate) type Superseded = HashSet<Origin, Mixed>;

/// The keys seen so far, as 128-bit hashes. 主键
///
/// Of several records with one key the one that became known last counts, and two that became known on the same day (or
/// of a kind that does not say) contradict each other. Keys are looked for within a subject.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    newest: HashMap<u128, (i32, Origin), Mixed>,
    /// Others that are as new as the newest.
    ties: HashMap<u128, Vec<Origin>, Mixed>,
    pub superseded: Superseded,
}

impl Keys {
    pub(crate) fn bytes(&self) -> usize {
        self.newest.capacity() * 36 + self.ties.capacity() * 48 + self.superseded.capacity() * 13
    }

    /// Notes the key of a row: its subject and these cells. A key with a null in it identifies nothing.
    pub(crate) fn add(&mut self, subject: u64, cells: &[&Cells], row: usize, known: i32, origin: Origin) {
        let (mut low, mut high) = (mix(subject), mix(subject ^ 0x9e37_79b9_7f4a_7c15));
        for cells in cells {
            if cells.is_null(row) {
                return;
            }
            let hash = cells.hash(row);
            low = mix(low.rotate_left(5) ^ hash);
            high = mix(high.rotate_left(9).wrapping_add(hash) ^ 0xc2b2_ae3d_27d4_eb4f);
        }
        self.put(u128::from(high) << 64 | u128::from(low), known, origin);
    }

    fn put(&mut self, key: u128, known: i32, origin: Origin) {
        let (newest, held) = *self.newest.entry(key).or_insert((known, origin));
        if held == origin {
            return;
        }
        match known.cmp(&newest) {
            std::cmp::Ordering::Less => {
                self.superseded.insert(origin);
            }
            std::cmp::Ordering::Equal => self.ties.entry(key).or_default().push(origin),
            std::cmp::Ordering::Greater => {
                self.superseded.insert(held);
                self.superseded.extend(self.ties.remove(&key).unwrap_or_default());
                self.newest.insert(key, (known, origin));
            }
        }
    }

    pub(crate) fn merge(&mut self, other: Keys) {
        for (key, (known, origin)) in &other.newest {
            self.put(*key, *known, *origin);
            for tied in other.ties.get(key).into_iter().flatten() {
                self.put(*key, *known, *tied);
            }
        }
        self.superseded.extend(other.superseded);
    }

    /// The first two records that contradict each other, in the order of tables, parts and rows.
    pub(crate) fn twice(&self) -> Option<(Origin, Origin)> {
        let pair = |(key, tied): (&u128, &Vec<Origin>)| {
            let mut all: Vec<Origin> = tied
                .iter()
                .copied()
                .chain(self.newest.get(key).map(|(_, held)| *held))
                .collect();
            all.sort_unstable();
            all.first().copied().zip(all.get(1).copied())
        };
        self.ties.iter().filter_map(pair).min()
    }
}

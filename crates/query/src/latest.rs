//! The newest record of each subject. 最新记录
#![expect(
    clippy::indexing_slicing,
    reason = "group numbers are below the size that `grow` made room for just before; row numbers are those of the batch"
)]

use arrow::array::StringArray;

use crate::argument::{Of, Values};
use crate::finished::{Finished, NOT_REPORTED, Plain, STALE};

/// How new a record is. Records of one day that are known since the same day and say different things are put in a fixed
/// order by a hash of all that is read of them, so that which came first does not matter and all measures see the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    pub date: i32,
    pub known: i32,
    pub print: u64,
}

const NONE: Rank = Rank {
    date: i32::MIN,
    known: i32::MIN,
    print: 0,
};

/// The newest records so far and what was taken from them. 最新记录状态
#[derive(Debug, Default)]
pub(crate) struct Newest {
    ranks: Vec<Rank>,
    winners: Vec<u32>,
    touched: Vec<u32>,
    stores: Vec<Option<Store>>,
}

/// Values taken from the newest records, by group.
#[derive(Debug)]
struct Store {
    cells: StoreCells,
    causes: Vec<u8>,
}

#[derive(Debug)]
enum StoreCells {
    /// Only nulls so far.
    Unknown,
    Ints(Vec<i64>),
    Doubles(Vec<f64>),
    Dates(Vec<i32>),
    Flags(Vec<bool>),
    Texts(Vec<Box<str>>),
}

impl Newest {
    pub(crate) fn new(values: usize) -> Newest {
        Newest {
            stores: (0..values).map(|_| None).collect(),
            ..Newest::default()
        }
    }

    pub(crate) fn grow(&mut self, groups: usize) {
        let len = (groups + 1).max(self.ranks.len());
        self.ranks.resize(len, NONE);
        self.winners.resize(len, u32::MAX);
        self.stores.iter_mut().flatten().for_each(|store| store.grow(len));
    }

    pub(crate) fn bytes(&self) -> usize {
        let stores: usize = self.stores.iter().flatten().map(Store::bytes).sum();
        self.ranks.capacity() * size_of::<Rank>() + self.winners.capacity() * 4 + stores
    }

    /// Looks at the rows of a batch: `rank(row, held)` is the row's rank where it may be newer than `held`.
    pub(crate) fn look(&mut self, groups: &[u32], rank: impl Fn(usize, Rank) -> Option<Rank>) {
        self.touched.clear();
        for (row, group) in groups.iter().enumerate().filter(|(_, group)| **group != 0) {
            let at = *group as usize;
            if let Some(rank) = rank(row, self.ranks[at])
                && rank > self.ranks[at]
            {
                self.ranks[at] = rank;
                if self.winners[at] == u32::MAX {
                    self.touched.push(*group);
                }
                self.winners[at] = row as u32;
            }
        }
    }

    /// Takes a value from the rows that `look` found newest.
    pub(crate) fn take(&mut self, value: usize, values: &Values<'_>) {
        let len = self.ranks.len();
        let Some(store) = self.stores.get_mut(value) else {
            return;
        };
        let store = store.get_or_insert_with(|| Store::new(len));
        store.fit(&values.of);
        for group in &self.touched {
            let row = self.winners[*group as usize] as usize;
            let cause = values.causes.as_ref().map_or(0, |causes| causes[row]);
            store.set(*group as usize, &values.of, row, cause);
        }
    }

    /// The first row, in the order of `look`, whose value is beyond the exact range.
    pub(crate) fn beyond(&self, values: &Values<'_>) -> Option<usize> {
        let causes = values.causes.as_ref()?;
        let rows = self.touched.iter().map(|group| self.winners[*group as usize] as usize);
        rows.filter(|row| causes[*row] == crate::argument::BEYOND).min()
    }

    /// Ends a batch.
    pub(crate) fn settle(&mut self) {
        for group in self.touched.drain(..) {
            self.winners[group as usize] = u32::MAX;
        }
    }

    /// Takes over another state: its group `g` becomes `to[g]` here.
    pub(crate) fn merge(&mut self, other: &Newest, to: &[u32]) {
        let len = self.ranks.len();
        for (from, group) in to
            .iter()
            .enumerate()
            .take(other.ranks.len())
            .filter(|(_, group)| **group != 0)
        {
            let at = *group as usize;
            if other.ranks[from] > self.ranks[at] {
                self.ranks[at] = other.ranks[from];
                for (mine, theirs) in self.stores.iter_mut().zip(&other.stores) {
                    if let Some(theirs) = theirs {
                        let mine = mine.get_or_insert_with(|| Store::new(len));
                        mine.copy(at, theirs, from);
                    }
                }
            }
        }
    }

    /// A value for each group; what is not newer than `stale` is stale.
    pub(crate) fn finish(&self, value: usize, stale: Option<i32>, groups: usize) -> Finished {
        let rows = groups + 1;
        let Some(Some(store)) = self.stores.get(value) else {
            return Finished {
                plain: Plain::Int(vec![0; rows]),
                causes: vec![NOT_REPORTED; rows],
            };
        };
        let cause = |group: usize| {
            let rank = self.ranks[group];
            if group == 0 || rank == NONE {
                NOT_REPORTED
            } else if stale.is_some_and(|stale| rank.date <= stale) {
                STALE
            } else {
                store.causes[group]
            }
        };
        Finished {
            plain: store.plain(rows),
            causes: (0..rows).map(cause).collect(),
        }
    }
}

impl Store {
    fn new(len: usize) -> Store {
        Store {
            cells: StoreCells::Unknown,
            causes: vec![NOT_REPORTED; len],
        }
    }

    /// Settles the type at the first values that have one.
    fn fit(&mut self, of: &Of<'_>) {
        if !matches!(self.cells, StoreCells::Unknown) {
            return;
        }
        let len = self.causes.len();
        self.cells = match of {
            Of::Nothing => StoreCells::Unknown,
            Of::Ints(_) => StoreCells::Ints(vec![0; len]),
            Of::Doubles(_) => StoreCells::Doubles(vec![0.0; len]),
            Of::Dates(_) => StoreCells::Dates(vec![0; len]),
            Of::Flags(_) => StoreCells::Flags(vec![false; len]),
            Of::Texts(_) => StoreCells::Texts(vec![Box::default(); len]),
        };
    }

    fn grow(&mut self, len: usize) {
        self.causes.resize(len, NOT_REPORTED);
        match &mut self.cells {
            StoreCells::Unknown => {}
            StoreCells::Ints(cells) => cells.resize(len, 0),
            StoreCells::Doubles(cells) => cells.resize(len, 0.0),
            StoreCells::Dates(cells) => cells.resize(len, 0),
            StoreCells::Flags(cells) => cells.resize(len, false),
            StoreCells::Texts(cells) => cells.resize(len, Box::default()),
        }
    }

    fn bytes(&self) -> usize {
        let wide = match &self.cells {
            StoreCells::Ints(_) | StoreCells::Doubles(_) => 8,
            StoreCells::Dates(_) => 4,
            StoreCells::Flags(_) => 1,
            StoreCells::Unknown => 0,
            StoreCells::Texts(_) => 40,
        };
        self.causes.capacity() * (wide + 1)
    }

    fn set(&mut self, group: usize, of: &Of<'_>, row: usize, cause: u8) {
        self.causes[group] = cause;
        match (&mut self.cells, of) {
            (StoreCells::Ints(cells), Of::Ints(values)) => cells[group] = values[row],
            (StoreCells::Doubles(cells), Of::Doubles(values)) => cells[group] = values[row],
            (StoreCells::Dates(cells), Of::Dates(values)) => cells[group] = values[row],
            (StoreCells::Flags(cells), Of::Flags(values)) => cells[group] = values[row],
            (StoreCells::Texts(cells), Of::Texts(texts)) => {
                cells[group] = if cause == 0 {
                    texts.get(row).into()
                } else {
                    Box::default()
                };
            }
            _ => {}
        }
    }

    fn copy(&mut self, at: usize, other: &Store, from: usize) {
        if matches!(self.cells, StoreCells::Unknown) {
            let len = self.causes.len();
            self.cells = match &other.cells {
                StoreCells::Unknown => StoreCells::Unknown,
                StoreCells::Ints(_) => StoreCells::Ints(vec![0; len]),
                StoreCells::Doubles(_) => StoreCells::Doubles(vec![0.0; len]),
                StoreCells::Dates(_) => StoreCells::Dates(vec![0; len]),
                StoreCells::Flags(_) => StoreCells::Flags(vec![false; len]),
                StoreCells::Texts(_) => StoreCells::Texts(vec![Box::default(); len]),
            };
        }
        self.causes[at] = other.causes[from];
        match (&mut self.cells, &other.cells) {
            (StoreCells::Ints(cells), StoreCells::Ints(others)) => cells[at] = others[from],
            (StoreCells::Doubles(cells), StoreCells::Doubles(others)) => cells[at] = others[from],
            (StoreCells::Dates(cells), StoreCells::Dates(others)) => cells[at] = others[from],
            (StoreCells::Flags(cells), StoreCells::Flags(others)) => cells[at] = others[from],
            (StoreCells::Texts(cells), StoreCells::Texts(others)) => cells[at].clone_from(&others[from]),
            _ => {}
        }
    }

    fn plain(&self, rows: usize) -> Plain {
        match &self.cells {
            StoreCells::Unknown => Plain::Int(vec![0; rows]),
            StoreCells::Ints(cells) => Plain::Int(cells[..rows].to_vec()),
            StoreCells::Doubles(cells) => Plain::Double(cells[..rows].to_vec()),
            StoreCells::Dates(cells) => Plain::Date(cells[..rows].to_vec()),
            StoreCells::Flags(cells) => Plain::Flag(cells[..rows].to_vec()),
            StoreCells::Texts(cells) => Plain::Text(StringArray::from_iter_values(cells[..rows].iter())),
        }
    }
}

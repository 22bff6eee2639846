//! One thread's pass over batches of records of a kind. 逐批累加
#![expect(
    clippy::indexing_slicing,
    reason = "group numbers come from the index, and `grow` makes room for all of them"
)]

use arrow::record_batch::RecordBatch;
use pinji_policy::Rates;

use crate::aggregate::Accumulator;
use crate::error::QueryError;
use crate::ids::Index;
use crate::judged::Opinions;
use crate::keys::{Keys, Superseded};
use crate::latest::Newest;
use crate::piece::Piece;
use crate::program::Program;
use crate::records::{Origin, Records};

/// Names of the columns in which rows from temporary files remember where they came from.
pub(crate) const ORIGIN: [&str; 3] = ["__table", "__part", "__row"];

/// What a pass needs beside its program.
pub(crate) struct Context<'a> {
    pub rates: &'a Rates,
    /// The tables as they were given, for places in messages.
    pub tables: &'a [&'a dyn Records],
    /// For each judged indicator of the program its words.
    pub words: Vec<Vec<(&'a str, i32)>>,
    /// Records that do not count, since corrected ones do; set for a second pass.
    pub superseded: Option<&'a Superseded>,
}

/// The state of a pass: everything by group number, which [`Index`] hands out.
#[derive(Debug)]
pub(crate) struct State {
    pub index: Index,
    /// Records that were visible as of the date, by group.
    pub records: Vec<u64>,
    pub calls: Vec<Option<Accumulator>>,
    pub latest: Vec<Newest>,
    pub judged: Vec<Opinions>,
    pub keys: Keys,
    pub nameless: u64,
    pub undated: u64,
}

/// Batches are looked at in pieces that fit the cache.
const PIECE: usize = 16_384;

impl State {
    pub(crate) fn new(program: &Program<'_>, text: bool) -> State {
        State {
            index: Index::new(text),
            records: vec![0],
            calls: program.calls.iter().map(|_| None).collect(),
            latest: program
                .latest
                .iter()
                .map(|latest| Newest::new(latest.arguments.len()))
                .collect(),
            judged: program.judged.iter().map(|_| Opinions::new()).collect(),
            keys: Keys::default(),
            nameless: 0,
            undated: 0,
        }
    }

    /// About how much memory it holds.
    pub(crate) fn bytes(&self) -> usize {
        self.index.bytes()
            + self.records.capacity() * 8
            + self.calls.iter().flatten().map(Accumulator::bytes).sum::<usize>()
            + self.latest.iter().map(Newest::bytes).sum::<usize>()
            + self.judged.iter().map(Opinions::bytes).sum::<usize>()
            + self.keys.bytes()
    }

    /// Makes room for the groups that there are now.
    pub(crate) fn grow(&mut self) {
        let groups = self.index.len();
        self.records.resize(groups + 1, 0);
        self.calls.iter_mut().flatten().for_each(|call| call.grow(groups));
        self.latest.iter_mut().for_each(|latest| latest.grow(groups));
    }

    /// Takes a batch in.
    pub(crate) fn take(
        &mut self,
        program: &Program<'_>,
        context: &Context<'_>,
        batch: &RecordBatch,
        origin: Origin,
    ) -> Result<(), QueryError> {
        let mut start = 0;
        while start < batch.num_rows() {
            let len = PIECE.min(batch.num_rows() - start);
            let first = Origin {
                row: origin.row + start as u32,
                ..origin
            };
            Piece::new(program, context, &batch.slice(start, len), first)?.add_to(self)?;
            start += len;
        }
        Ok(())
    }

    /// Takes over another thread's state.
    pub(crate) fn merge(&mut self, other: State) -> Result<(), QueryError> {
        let ids = other.index.ids();
        let mut to: Vec<u32> = Vec::with_capacity(ids.len() + 1);
        to.push(0);
        to.extend((0..ids.len()).map(|at| self.index.insert(ids.get(at))));
        self.grow();
        for (group, records) in to.iter().zip(&other.records) {
            self.records[*group as usize] += records;
        }
        merge_calls(&mut self.calls, other.calls, &to, self.index.len());
        for (mine, theirs) in self.latest.iter_mut().zip(&other.latest) {
            mine.merge(theirs, &to);
        }
        for (mine, theirs) in self.judged.iter_mut().zip(&other.judged) {
            mine.merge(theirs, &to);
        }
        self.keys.merge(other.keys);
        self.nameless += other.nameless;
        self.undated += other.undated;
        Ok(())
    }
}

/// Puts accumulators together; group `g` of `others` becomes `to[g]`.
pub(crate) fn merge_calls(
    mine: &mut [Option<Accumulator>],
    others: Vec<Option<Accumulator>>,
    to: &[u32],
    groups: usize,
) {
    let straight = to.iter().enumerate().all(|(from, to)| from == *to as usize);
    for (mine, theirs) in mine.iter_mut().zip(others) {
        match (mine.as_mut(), theirs) {
            (_, None) => {}
            (None, Some(mut theirs)) if straight => {
                theirs.grow(groups);
                *mine = Some(theirs);
            }
            (None, Some(theirs)) => {
                let mut fresh = theirs.emptied();
                fresh.grow(groups);
                fresh.merge(&theirs, to);
                *mine = Some(fresh);
            }
            (Some(held), Some(theirs)) => held.merge(&theirs, to),
        }
    }
}

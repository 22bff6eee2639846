//! The publish gate: what the store holds is what was reckoned, each customer once, or the run is not done. 发布闸门
//!
//! Asked of every run, after its results were kept and before anybody sees them: as many rows as customers, or as groups, each
//! exactly once, each row in its place and unaltered, as many of each grade as the run's own files say, weights that sum to
//! one, and inputs that add up to what was read from the store.

use std::collections::BTreeMap;
use std::sync::Arc;

use pinji_domain::Message;
use pinji_domain::number::pow10;
use pinji_engine::Plan;
use pinji_store::{Graded, RunChunk, Subject};

use super::lines::{CHUNK, Checksum};
use crate::manifest::Manifest;

/// What is expected of the results of one policy. 应有结果
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expected<S> {
    /// The policy's number in the run.
    pub(super) policy: i64,
    /// The subjects, ascending.
    pub(super) subjects: Vec<S>,
    /// The checksums of the chunks, as reckoned.
    pub(super) chunks: Vec<(i64, String)>,
    /// How many have each rank, as the run's files say.
    pub(super) ranks: BTreeMap<i64, i64>,
}

/// The rows of one policy as they come past, ascending by subject.
#[derive(Debug)]
pub(super) struct Gate<S> {
    expected: Arc<Expected<S>>,
    /// How many subjects have come past in their turn.
    next: usize,
    last: Option<S>,
    checksum: Checksum,
    chunks: Vec<(i64, String)>,
    ranks: BTreeMap<i64, i64>,
    wrong: Vec<Message>,
}

impl<S: Subject> Gate<S> {
    pub(super) fn new(expected: &Arc<Expected<S>>) -> Gate<S> {
        Gate {
            expected: Arc::clone(expected),
            next: 0,
            last: None,
            checksum: Checksum::default(),
            chunks: Vec::new(),
            ranks: BTreeMap::new(),
            wrong: Vec::new(),
        }
    }

    /// The next row.
    pub(super) fn row(&mut self, row: &Graded<S>) {
        if self.last.is_some_and(|last| last >= row.subject) {
            self.find("app-gate-twice", row.subject);
        } else if self.expected.subjects.get(self.next) != Some(&row.subject) {
            self.find("app-gate-other-customer", row.subject);
        }
        self.next += 1;
        self.last = Some(row.subject);
        *self.ranks.entry(row.rank).or_default() += 1;
        self.checksum.add(self.expected.policy, row);
        if self.checksum.rows() == CHUNK as i64 {
            self.chunk();
        }
    }

    fn chunk(&mut self) {
        let rows = self.checksum.rows();
        let sum = self.checksum.take();
        self.chunks.push((rows, sum));
    }

    /// Only the first of a sort is named: one missing row shifts all that follow.
    fn find(&mut self, code: &'static str, subject: S) {
        if !self.wrong.iter().any(|known| known.code == code) {
            self.wrong.push(Message::new(code).with("customer", subject.number()));
        }
    }

    /// What is wrong; empty where the run may be published.
    pub(super) fn finish(mut self) -> Vec<Message> {
        if self.checksum.rows() > 0 {
            self.chunk();
        }
        let expected = self.expected.subjects.len();
        if self.next != expected {
            let message = Message::new("app-gate-count").with("found", self.next);
            self.wrong.push(message.with("expected", expected));
        }
        if let Some(at) = (0..self.chunks.len().max(self.expected.chunks.len()))
            .find(|at| self.chunks.get(*at) != self.expected.chunks.get(*at))
        {
            self.wrong.push(Message::new("app-gate-chunk").with("chunk", at));
        }
        if self.ranks != self.expected.ranks {
            self.wrong.push(Message::new("app-gate-grades"));
        }
        self.wrong
    }
}

/// Whether the chunks that the store noted are those that were reckoned.
pub(super) fn chunks(noted: &[RunChunk], all: &[(i64, String)]) -> Option<Message> {
    let fits = |(at, chunk): (usize, &RunChunk)| {
        usize::try_from(chunk.chunk) == Ok(at)
            && all
                .get(at)
                .is_some_and(|(rows, sum)| (*rows, sum) == (chunk.row_count, &chunk.checksum))
    };
    let same = noted.len() == all.len() && noted.iter().enumerate().all(fits);
    (!same).then(|| Message::new("app-gate-chunk").with("chunk", noted.len()))
}

/// Whether all weights of a plan sum to one.
pub(super) fn weights(plan: &Plan) -> Option<Message> {
    let scores = plan.parts().scores.iter().enumerate();
    let mut wrong = scores.filter(|(at, score)| {
        let sum: i64 = plan.nominal_weights(*at).iter().sum();
        sum != pow10(score.decimals + 2)
    });
    wrong
        .next()
        .map(|(_, score)| Message::new("app-gate-weights").with("score", score.id.as_str()))
}

/// How many have each rank, by the run's own files: the ungraded have the one after the last.
pub(super) fn ranks(manifest: &Manifest) -> BTreeMap<i64, i64> {
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let mut ranks: BTreeMap<i64, i64> = (0..)
        .zip(&manifest.grades)
        .map(|(rank, grade)| (rank, count(grade.customers)))
        .collect();
    let last = manifest.grades.len() as i64;
    ranks.insert(last, count(manifest.counts.ungraded));
    ranks.retain(|_, number| *number > 0);
    ranks
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        missing_docs
    )]
    use super::*;
    use pinji_domain::CustomerId;

    /// A small generator of numbers: the same ones each time.
    struct Die(u64);

    impl Die {
        fn throw(&mut self, sides: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 % sides as u64).unwrap()
        }
    }

    fn book(rows: i64, die: &mut Die) -> Vec<Graded> {
        (1..=rows)
            .map(|number| {
                let rank = die.throw(5) as i64;
                Graded {
                    // Ids have gaps, as those of PostgreSQL do.
                    subject: CustomerId(number * 3),
                    grade: (rank < 4).then(|| ["vip", "key", "potential", "ordinary"][rank as usize].to_owned()),
                    rank,
                    total: (rank < 4).then(|| die.throw(10_000) as i64),
                    scores: format!("{{\"contribution\":{}}}", die.throw(10_000)),
                    reasons: "{\"losses\":[\"net_margin\"]}".to_owned(),
                    line: format!("C{number:04}\t{}\t{rank}", die.throw(10_000)).into_bytes(),
                }
            })
            .collect()
    }

    fn expected(rows: &[Graded]) -> Arc<Expected<CustomerId>> {
        let (mut sum, mut ranks) = (Checksum::default(), BTreeMap::new());
        for row in rows {
            sum.add(0, row);
            *ranks.entry(row.rank).or_default() += 1;
        }
        Arc::new(Expected {
            policy: 0,
            subjects: rows.iter().map(|row| row.subject).collect(),
            chunks: vec![(rows.len() as i64, sum.take())],
            ranks,
        })
    }

    fn passes(rows: &[Graded], expected: &Arc<Expected<CustomerId>>) -> bool {
        let mut gate = Gate::new(expected);
        rows.iter().for_each(|row| gate.row(row));
        gate.finish().is_empty()
    }

    /// Does one thing to the rows that must never get through; says what.
    fn mutate(rows: &mut Vec<Graded>, die: &mut Die) -> &'static str {
        let at = die.throw(rows.len());
        let flip = |text: &mut String, die: &mut Die| {
            let mut bytes = std::mem::take(text).into_bytes();
            let place = die.throw(bytes.len());
            bytes[place] = if bytes[place] == b'7' { b'8' } else { b'7' };
            *text = String::from_utf8(bytes).unwrap();
        };
        match die.throw(12) {
            0 => {
                rows.remove(at);
                "dropped"
            }
            1 => {
                rows.insert(at, rows[at].clone());
                "doubled"
            }
            2 => {
                let other = (at + 1 + die.throw(rows.len() - 1)) % rows.len();
                rows[at] = rows[other].clone();
                "in another's place"
            }
            3 => {
                rows[at].grade = match rows[at].grade.as_deref() {
                    Some("vip") => Some("key".to_owned()),
                    Some(_) => Some("vip".to_owned()),
                    None => Some(String::new()),
                };
                "another grade"
            }
            4 => {
                rows[at].rank += 1;
                "another rank"
            }
            5 => {
                rows[at].total = rows[at].total.map_or(Some(0), |total| Some(total + 1));
                "another total"
            }
            6 => {
                let mut scores = rows[at].scores.clone();
                flip(&mut scores, die);
                rows[at].scores = scores;
                "other scores"
            }
            7 => {
                let mut reasons = rows[at].reasons.clone();
                flip(&mut reasons, die);
                rows[at].reasons = reasons;
                "other reasons"
            }
            8 => {
                let place = die.throw(rows[at].line.len());
                rows[at].line[place] ^= 1;
                "another line"
            }
            9 => {
                rows[at].subject = CustomerId(rows[at].subject.0 + 1);
                "an unknown customer"
            }
            10 => {
                let other = (at + 1 + die.throw(rows.len() - 1)) % rows.len();
                let line = rows[at].line.clone();
                rows[at].line = std::mem::replace(&mut rows[other].line, line);
                if rows[at].line == rows[other].line {
                    ""
                } else {
                    "two lines exchanged"
                }
            }
            _ => {
                rows.truncate(at);
                "cut off"
            }
        }
    }

    #[test]
    fn a_thousand_mutations_are_all_stopped() {
        let mut die = Die(0x9E37_79B9_7F4A_7C15);
        let rows = book(300, &mut die);
        let expected = expected(&rows);
        assert!(passes(&rows, &expected), "the book itself passes");
        let (mut made, mut sorts) = (0, std::collections::BTreeSet::new());
        while made < 1_000 {
            let mut changed = rows.clone();
            let what = mutate(&mut changed, &mut die);
            if what.is_empty() || changed == rows {
                continue;
            }
            made += 1;
            sorts.insert(what);
            assert!(!passes(&changed, &expected), "{what} got through");
        }
        assert_eq!(sorts.len(), 12, "each sort was tried: {sorts:?}");
    }
}

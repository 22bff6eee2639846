//! A graded book of customers: every row's result, wherever its chunk lies. 评级结果集

use std::collections::HashMap;

use pinji_domain::MissingCause;
use pinji_engine::{Graded, Missing, NO_INDICATOR, Plan, UNGRADED};
use pinji_query::GradedChunk;

/// Results in the order of the subjects. 评级结果集
#[derive(Debug, Clone, Default)]
pub struct Book {
    chunks: Vec<GradedChunk>,
    rows: usize,
}

/// Why a subject has no grade. 未定级原因
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// A missing value refuses.
    Refused,
    /// Too little is known.
    Coverage,
    /// A score has no line left.
    NoLines,
}

impl Why {
    /// As output files say it, and the end of its message's code.
    pub fn code(self) -> &'static str {
        match self {
            Why::Refused => "refused",
            Why::Coverage => "coverage",
            Why::NoLines => "no_lines",
        }
    }
}

/// One indicator of one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// The value at the indicator's decimals; `None` where missing, or where it is a text.
    pub value: Option<i64>,
    /// The band or map entry.
    pub band: Option<u16>,
    /// Points, in units of 10^-4; `None` where the line dropped out or refuses.
    pub points: Option<i32>,
    /// Why there is no value.
    pub cause: Option<MissingCause>,
}

/// A line as a score counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Which indicator.
    pub indicator: usize,
    /// Its effective weight, in units of 10^-(score decimals + 2).
    pub weight: i64,
    /// What it adds, at the score's decimals.
    pub contribution: i64,
}

impl Book {
    /// Chunks as they were graded, in the order of the subjects.
    pub fn new(chunks: Vec<GradedChunk>) -> Book {
        let rows = chunks.last().map_or(0, |chunk| chunk.start + chunk.graded.rows);
        Book { chunks, rows }
    }

    /// How many subjects.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The chunks.
    pub fn chunks(&self) -> &[GradedChunk] {
        &self.chunks
    }

    fn at<T>(&self, row: usize, get: impl Fn(&Graded, usize) -> Option<T>) -> Option<T> {
        let chunk = self.chunks.partition_point(|chunk| chunk.start <= row).checked_sub(1)?;
        let chunk = self.chunks.get(chunk)?;
        get(&chunk.graded, row - chunk.start)
    }

    /// The grade's position in the policy; `None` where ungraded.
    pub fn grade(&self, row: usize) -> Option<u8> {
        self.at(row, |chunk, row| chunk.grade.get(row).copied())
            .filter(|grade| *grade != UNGRADED)
    }

    /// The grade before the bound of the customer's group; the same where the policy has no such bound.
    pub fn own_grade(&self, row: usize) -> Option<u8> {
        let own = |chunk: &Graded, row: usize| chunk.own.get(row).or_else(|| chunk.grade.get(row)).copied();
        self.at(row, own).filter(|grade| *grade != UNGRADED)
    }

    /// Every notch by which the bound of the customer's group lowered its grade, from its own grade on. 逐级下调
    pub fn notches(&self, row: usize) -> Vec<(u8, u8)> {
        match (self.own_grade(row), self.grade(row)) {
            (Some(own), Some(grade)) => (own..grade).map(|from| (from, from + 1)).collect(),
            _ => Vec::new(),
        }
    }

    /// Why there is none.
    pub fn why(&self, row: usize) -> Option<Why> {
        match self.at(row, |chunk, row| chunk.ungraded.get(row).copied())? {
            1 => Some(Why::Refused),
            2 => Some(Why::Coverage),
            3 => Some(Why::NoLines),
            _ => None,
        }
    }

    /// A score, at its decimals.
    pub fn score(&self, row: usize, score: usize) -> Option<i64> {
        self.at(row, |chunk, row| chunk.scores.get(score)?.values.get(row).copied())
            .filter(|value| *value != i64::MIN)
    }

    /// A score's coverage, in 1/10 000.
    pub fn coverage(&self, row: usize, score: usize) -> u16 {
        self.at(row, |chunk, row| chunk.scores.get(score)?.coverage.get(row).copied())
            .unwrap_or(0)
    }

    /// A dimension's score, 0 to 100.
    pub fn dimension(&self, row: usize, dimension: usize) -> Option<f64> {
        self.at(row, |chunk, row| chunk.dimensions.get(dimension)?.get(row).copied())
            .filter(|value| value.is_finite())
    }

    /// The indicators that lost most, greatest first.
    pub fn losses(&self, row: usize) -> Vec<usize> {
        let one = |place: usize| self.at(row, |chunk, row| chunk.losses.get(place)?.get(row).copied());
        (0..3)
            .filter_map(one)
            .filter(|indicator| *indicator != NO_INDICATOR)
            .map(usize::from)
            .collect()
    }

    /// The caps that bind, by position in the policy.
    pub fn caps(&self, row: usize) -> Vec<usize> {
        bits(self.at(row, |chunk, row| chunk.caps.get(row).copied()))
    }

    /// The floors that bind.
    pub fn floors(&self, row: usize) -> Vec<usize> {
        bits(self.at(row, |chunk, row| chunk.floors.get(row).copied()))
    }

    /// The indicators without a value.
    pub fn missing(&self, row: usize) -> Vec<usize> {
        bits(self.at(row, |chunk, row| chunk.missing.get(row).copied()))
    }

    /// One line; `None` when lines were not asked for.
    pub fn line(&self, row: usize, indicator: usize) -> Option<Line> {
        self.at(row, |chunk, row| {
            let column = chunk.lines.get(indicator)?;
            let cause = MissingCause::from_number(*column.causes.get(row)?);
            Some(Line {
                value: column.values.get(row).copied().filter(|value| *value != i64::MIN),
                band: column.bands.get(row).copied().filter(|band| *band != u16::MAX),
                points: column.points.get(row).copied().filter(|points| *points >= 0),
                cause,
            })
        })
    }
}

/// The positions of the bits that are set.
fn bits(set: Option<u64>) -> Vec<usize> {
    let set = set.unwrap_or(0);
    (0..64).filter(|bit| set >> bit & 1 == 1).collect()
}

/// The lines of a score with effective weights, worked out once per set of dropped lines. 有效权重表
#[derive(Debug, Default)]
pub struct Counting {
    weights: HashMap<(usize, u64), Vec<i64>>,
}

impl Counting {
    /// The lines that a score counts for one subject, in policy order; those that dropped out are not among them.
    pub fn lines(&mut self, plan: &Plan, book: &Book, row: usize, score: usize) -> Vec<Counted> {
        let indicators = &plan.parts().indicators;
        let dropped = book
            .missing(row)
            .into_iter()
            .filter(|at| {
                indicators
                    .get(*at)
                    .is_some_and(|indicator| indicator.missing == Missing::Reweight)
            })
            .fold(0_u64, |set, at| set | 1 << at);
        let weights = self
            .weights
            .entry((score, dropped))
            .or_insert_with(|| plan.weights(score, dropped).unwrap_or_default());
        weights
            .iter()
            .enumerate()
            .filter(|(_, weight)| **weight > 0)
            .filter_map(|(indicator, weight)| {
                let points = book.line(row, indicator)?.points?;
                Some(Counted {
                    indicator,
                    weight: *weight,
                    contribution: plan.contribution(points, *weight),
                })
            })
            .collect()
    }
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

    #[test]
    fn rows_are_found_in_their_chunks() {
        let chunk = |start: usize, grades: &[u8]| {
            let graded = Graded {
                rows: grades.len(),
                grade: grades.to_vec(),
                ..Graded::default()
            };
            GradedChunk { start, graded }
        };
        let book = Book::new(vec![chunk(0, &[0, 1]), chunk(2, &[2]), chunk(3, &[UNGRADED, 3])]);
        let found: Vec<Option<u8>> = (0..7).map(|row| book.grade(row)).collect();
        assert_eq!(found, [Some(0), Some(1), Some(2), None, Some(3), None, None]);
        assert_eq!(book.rows(), 5);
        assert_eq!(bits(Some(0b1010)), [1, 3]);
    }
}

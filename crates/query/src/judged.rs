//! Expert opinions, and how several become one. 专家意见
#![expect(
    clippy::indexing_slicing,
    reason = "group numbers are those of the pass; positions come from the list itself"
)]

use std::collections::HashMap;

use pinji_domain::Decimal;
use pinji_domain::MissingCause;
use pinji_domain::number::{div_half_even, rescale, scale_f64};
use pinji_engine::plan::FULL_POINTS;
use pinji_policy::document::ReconcileBy;

use crate::cells::Cells;
use crate::finished::{Finished, NOT_REPORTED, Plain, STALE};
use crate::hash::Mixed;
use crate::ids::{Id, Index};
use crate::program::Judged;

/// The newest opinion of one expert on one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Opinion {
    pub date: i32,
    pub known: i32,
    pub points: i32,
}

/// The opinions on one indicator: for each subject and expert the newest. 意见
#[derive(Debug)]
pub(crate) struct Opinions {
    experts: Index,
    newest: HashMap<u64, Opinion, Mixed>,
}

impl Opinions {
    pub(crate) fn new() -> Opinions {
        Opinions {
            experts: Index::new(true),
            newest: HashMap::default(),
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.experts.bytes() + self.newest.capacity() * 24
    }

    /// Adds an opinion; of two on the same day the more favourable stands.
    pub(crate) fn add(&mut self, group: u32, expert: Id<'_>, opinion: Opinion) {
        let expert = self.experts.insert(expert);
        self.put(u64::from(group) << 32 | u64::from(expert), opinion);
    }

    fn put(&mut self, key: u64, opinion: Opinion) {
        let held = self.newest.entry(key).or_insert(opinion);
        *held = (*held).max(opinion);
    }

    pub(crate) fn merge(&mut self, other: &Opinions, to: &[u32]) {
        let ids = other.experts.ids();
        let experts: Vec<u32> = (0..ids.len()).map(|at| self.experts.insert(ids.get(at))).collect();
        for (key, opinion) in &other.newest {
            let group = to[(key >> 32) as usize];
            let expert = experts[(key & u64::from(u32::MAX)) as usize - 1];
            if group != 0 {
                self.put(u64::from(group) << 32 | u64::from(expert), *opinion);
            }
        }
    }

    /// Points (units of 10^-4) for each group.
    pub(crate) fn finish(&self, judged: &Judged<'_>, groups: usize) -> Finished {
        let mut fresh: Vec<(u32, i32)> = Vec::with_capacity(self.newest.len());
        let mut causes = vec![NOT_REPORTED; groups + 1];
        for (key, opinion) in &self.newest {
            let group = (key >> 32) as u32;
            if judged.stale.is_some_and(|stale| opinion.date <= stale) {
                causes[group as usize] = STALE;
            } else {
                fresh.push((group, opinion.points));
            }
        }
        fresh.sort_unstable();
        let mut values = vec![0; groups + 1];
        for opinions in fresh.chunk_by(|a, b| a.0 == b.0) {
            let group = opinions[0].0 as usize;
            let points: Vec<i32> = opinions.iter().map(|(_, points)| *points).collect();
            match reconcile(&points, judged.by, judged.min, judged.spread) {
                Ok(points) => (values[group], causes[group]) = (i64::from(points), 0),
                Err(cause) => causes[group] = cause as u8,
            }
        }
        Finished {
            plain: Plain::Int(values),
            causes,
        }
    }
}

/// Makes one of several opinions, given ascending in units of 10^-4 points. 意见汇总
///
/// # Errors
/// `TooFewExperts` below `min`, `Disagreement` beyond `spread`.
pub fn reconcile(points: &[i32], by: ReconcileBy, min: u32, spread: Option<i32>) -> Result<i32, MissingCause> {
    let (Some(least), Some(most)) = (points.first(), points.last()) else {
        return Err(MissingCause::TooFewExperts);
    };
    if points.len() < min as usize {
        return Err(MissingCause::TooFewExperts);
    }
    if spread.is_some_and(|spread| most - least > spread) {
        return Err(MissingCause::Disagreement);
    }
    let mean = |points: &[i32]| {
        let sum: i128 = points.iter().map(|points| i128::from(*points)).sum();
        div_half_even(sum, points.len().max(1) as i128) as i32
    };
    Ok(match by {
        ReconcileBy::Mean | ReconcileBy::Consensus => mean(points),
        ReconcileBy::Median => mean(&points[(points.len() - 1) / 2..=points.len() / 2]),
    })
}

/// The points (units of 10^-4) that a text means: a level's word, or a number from 0 to 100.
pub(crate) fn points_of_text(text: &str, words: &[(&str, i32)]) -> Option<i32> {
    let text = text.trim();
    if let Some((_, points)) = words.iter().find(|(word, _)| *word == text) {
        return Some(*points);
    }
    in_range(Decimal::parse(text)?.at(4)?)
}

/// The points (units of 10^-4) that a cell of a points column means; `None` where it is null or out of range.
pub(crate) fn points_of_cell(cells: &Cells, scale: u8, row: usize) -> Option<i32> {
    if cells.is_null(row) {
        return None;
    }
    match cells {
        Cells::Int(array) => in_range(rescale(array.value(row), scale, 4)?),
        Cells::Double(array) => in_range(scale_f64(array.value(row), 4)?),
        _ => None,
    }
}

/// What a points column says, for messages.
pub(crate) fn cell_text(cells: &Cells, scale: u8, row: usize) -> String {
    match cells {
        _ if cells.is_null(row) => String::new(),
        Cells::Int(array) => pinji_domain::number::plain(array.value(row), scale),
        Cells::Double(array) => array.value(row).to_string(),
        Cells::Text(array) => array.value(row).to_owned(),
        Cells::Date(_) | Cells::Flag(_) | Cells::Nothing(_) => String::new(),
    }
}

fn in_range(units: i64) -> Option<i32> {
    i32::try_from(units)
        .ok()
        .filter(|points| (0..=FULL_POINTS).contains(points))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn opinions_become_one() {
        let check = |points: &[i32], by, min, spread, found: Result<i32, MissingCause>| {
            assert_eq!(reconcile(points, by, min, spread), found, "{points:?} {by:?}");
        };
        use MissingCause::{Disagreement, TooFewExperts};
        use ReconcileBy::{Consensus, Mean, Median};
        check(&[600_000, 800_000], Mean, 1, None, Ok(700_000));
        check(&[600_000, 600_001], Mean, 1, None, Ok(600_000));
        check(&[600_001, 600_002], Mean, 1, None, Ok(600_002));
        check(&[0, 600_000, 1_000_000], Median, 1, None, Ok(600_000));
        check(&[0, 600_000, 700_000, 1_000_000], Median, 1, None, Ok(650_000));
        check(&[600_000], Mean, 2, None, Err(TooFewExperts));
        check(&[], Mean, 0, None, Err(TooFewExperts));
        check(&[600_000, 800_000], Consensus, 2, Some(200_000), Ok(700_000));
        check(&[600_000, 800_001], Consensus, 2, Some(200_000), Err(Disagreement));
        check(&[600_000, 800_001], Median, 2, Some(200_000), Err(Disagreement));
    }

    #[test]
    fn words_and_numbers_are_points() {
        let words = [("excellent", 1_000_000), ("优秀", 1_000_000), ("fair", 600_000)];
        let check = |text: &str, found: Option<i32>| assert_eq!(points_of_text(text, &words), found, "{text}");
        check("优秀", Some(1_000_000));
        check(" fair ", Some(600_000));
        check("87.5", Some(875_000));
        check("100.01", None);
        check("87.12345", None);
        check("poor", None);
    }
}

//! Numbers about a whole book: how scores are spread, what is missing, which bounds bind. 总体指标

use pinji_domain::number::to_f64;
use pinji_domain::{MissingCause, Text};
use pinji_engine::condition::{Condition, Operand, Test};

use crate::book::Why;
use crate::rated::Layer;

/// Bins of the histogram of a score from 0 to 100.
const BINS: usize = 20;
/// Ends of the classes of coverage, best first, in per cent.
pub const COVERAGE: [(u8, u8); 5] = [(100, 100), (90, 100), (75, 90), (50, 75), (0, 50)];

/// How many have which grade, best first.
pub fn per_grade(layer: &Layer) -> Vec<u64> {
    let mut counts = vec![0; layer.level.document.grades.len()];
    for row in 0..layer.book.rows() {
        if let Some(count) = layer
            .book
            .grade(row)
            .and_then(|grade| counts.get_mut(usize::from(grade)))
        {
            *count += 1;
        }
    }
    counts
}

/// How many have no grade, by why.
pub fn ungraded(layer: &Layer) -> [(Why, u64); 3] {
    let mut counts = [(Why::Refused, 0), (Why::Coverage, 0), (Why::NoLines, 0)];
    for row in 0..layer.book.rows() {
        let why = layer.book.why(row);
        if let Some((_, count)) = counts.iter_mut().find(|(known, _)| Some(*known) == why) {
            *count += 1;
        }
    }
    counts
}

/// How many of those whom a missing value refuses lack which indicator; the first one that refuses counts.
pub fn refusals(layer: &Layer) -> Vec<(usize, u64)> {
    let indicators = &layer.level.compiled.plan.parts().indicators;
    let mut counts = vec![0; indicators.len()];
    for row in 0..layer.book.rows() {
        if layer.book.why(row) != Some(Why::Refused) {
            continue;
        }
        let refuses = |at: &usize| {
            indicators
                .get(*at)
                .is_some_and(|indicator| indicator.missing == pinji_engine::Missing::Refuse)
        };
        let first = layer.book.missing(row).into_iter().find(refuses);
        if let Some(count) = first.and_then(|at| counts.get_mut(at)) {
            *count += 1;
        }
    }
    counts.into_iter().enumerate().filter(|(_, count)| *count > 0).collect()
}

/// A score's values, ascending.
pub fn sorted_scores(layer: &Layer, score: usize) -> Vec<i64> {
    let mut values: Vec<i64> = (0..layer.book.rows())
        .filter_map(|row| layer.book.score(row, score))
        .collect();
    values.sort_unstable();
    values
}

/// Bins from 0 to 100: from, to, how many. The last one includes its end.
pub fn histogram(values: &[i64], decimals: u8) -> Vec<(f64, f64, u64)> {
    let width = 100.0 / BINS as f64;
    let mut counts = [0_u64; BINS];
    for value in values {
        let place = (to_f64(*value, decimals) / width).floor().clamp(0.0, (BINS - 1) as f64) as usize;
        if let Some(count) = counts.get_mut(place) {
            *count += 1;
        }
    }
    counts
        .iter()
        .enumerate()
        .map(|(at, count)| (at as f64 * width, (at + 1) as f64 * width, *count))
        .collect()
}

/// Least, quarter, median, three quarters, greatest of ascending values: each one of them, by nearest rank.
pub fn quartiles(values: &[i64]) -> Option<[i64; 5]> {
    let last = values.len().checked_sub(1)?;
    let at = |quarters: usize| values.get((last * quarters + 2) / 4).copied();
    Some([at(0)?, at(1)?, at(2)?, at(3)?, at(4)?])
}

/// Where grade rules have a threshold from below on a score: grade and value, in units of the score.
pub fn cut_offs(layer: &Layer, score: usize) -> Vec<(usize, i64)> {
    let mut out = Vec::new();
    for (at, grade) in layer.level.compiled.plan.parts().grades.iter().enumerate() {
        if let Some(when) = &grade.when {
            let mut found = Vec::new();
            lower_ends(when, score, &mut found);
            out.extend(found.into_iter().map(|value| (at, value)));
        }
    }
    out
}

fn lower_ends(condition: &Condition, score: usize, out: &mut Vec<i64>) {
    match condition {
        Condition::Test(Operand::Score(at), Test::Within(intervals)) if *at == score => {
            out.extend(intervals.iter().map(|(low, _)| *low).filter(|low| *low != i64::MIN));
        }
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| lower_ends(part, score, out)),
        _ => {}
    }
}

/// For each dimension and grade the mean points of its customers.
pub fn dimension_means(layer: &Layer) -> Vec<Vec<Option<f64>>> {
    let dimensions = layer.level.compiled.plan.parts().dimensions.len();
    let grades = layer.level.document.grades.len();
    let mut sums = vec![vec![(0.0, 0_u64); grades]; dimensions];
    for row in 0..layer.book.rows() {
        let Some(grade) = layer.book.grade(row) else { continue };
        for (dimension, sums) in sums.iter_mut().enumerate() {
            if let (Some(points), Some(sum)) = (layer.book.dimension(row, dimension), sums.get_mut(usize::from(grade)))
            {
                sum.0 += points;
                sum.1 += 1;
            }
        }
    }
    let mean = |(sum, count): &(f64, u64)| (*count > 0).then(|| sum / *count as f64);
    sums.iter().map(|sums| sums.iter().map(mean).collect()).collect()
}

/// How many lie in which class of coverage of the first score.
pub fn coverage(layer: &Layer) -> Vec<u64> {
    let mut counts = vec![0; COVERAGE.len()];
    for row in 0..layer.book.rows() {
        let percent = layer.book.coverage(row, 0);
        let place = COVERAGE.iter().position(|(from, _)| percent >= u16::from(*from) * 100);
        if let Some(count) = place.and_then(|place| counts.get_mut(place)) {
            *count += 1;
        }
    }
    counts
}

/// How many lack an indicator, and why. 缺失统计
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    /// Which indicator.
    pub indicator: usize,
    /// How many customers.
    pub customers: u64,
    /// How many for which cause.
    pub causes: Vec<(MissingCause, u64)>,
}

/// How many lack which indicator, and why: those missing most first, then in policy order.
pub fn missing(layer: &Layer) -> Vec<Lacking> {
    let mut counts: Vec<Vec<u64>> =
        vec![vec![0; MissingCause::ALL.len()]; layer.level.compiled.plan.parts().indicators.len()];
    for row in 0..layer.book.rows() {
        for at in layer.book.missing(row) {
            let cause = layer
                .book
                .line(row, at)
                .and_then(|line| line.cause)
                .unwrap_or(MissingCause::NotReported);
            let place = MissingCause::ALL.iter().position(|known| *known == cause);
            if let Some(count) = counts.get_mut(at).and_then(|causes| causes.get_mut(place?)) {
                *count += 1;
            }
        }
    }
    let named = |counts: &[u64]| -> Vec<(MissingCause, u64)> {
        MissingCause::ALL
            .into_iter()
            .zip(counts.iter().copied())
            .filter(|(_, count)| *count > 0)
            .collect()
    };
    let mut out: Vec<Lacking> = counts
        .iter()
        .enumerate()
        .map(|(indicator, counts)| Lacking {
            indicator,
            customers: counts.iter().sum(),
            causes: named(counts),
        })
        .filter(|lacking| lacking.customers > 0)
        .collect();
    out.sort_by_key(|lacking| (std::cmp::Reverse(lacking.customers), lacking.indicator));
    out
}

/// How many each cap and floor bound, in policy order.
pub fn bounds(layer: &Layer) -> (Vec<u64>, Vec<u64>) {
    let parts = layer.level.compiled.plan.parts();
    let (mut caps, mut floors) = (vec![0; parts.caps.len()], vec![0; parts.floors.len()]);
    let add = |counts: &mut Vec<u64>, places: Vec<usize>| {
        for place in places {
            if let Some(count) = counts.get_mut(place) {
                *count += 1;
            }
        }
    };
    for row in 0..layer.book.rows() {
        add(&mut caps, layer.book.caps(row));
        add(&mut floors, layer.book.floors(row));
    }
    (caps, floors)
}

/// What customers of each grade are worth together, in units of 10^-2.
pub fn money_per_grade(layer: &Layer, money: Option<usize>) -> Option<Vec<i64>> {
    money?;
    let mut sums = vec![0_i64; layer.level.document.grades.len()];
    for row in 0..layer.book.rows() {
        let sum = layer.book.grade(row).and_then(|grade| sums.get_mut(usize::from(grade)));
        if let (Some(sum), Some(worth)) = (sum, layer.worth(money, row)) {
            *sum = sum.saturating_add(worth);
        }
    }
    Some(sums)
}

/// The name of a plan's indicator.
pub fn indicator_name(layer: &Layer, at: usize) -> Text {
    crate::words::indicator(&layer.level, at)
        .map(|found| found.name.clone())
        .unwrap_or_default()
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
    fn bins_hold_every_value_once() {
        let bins = histogram(&[0, 499, 500, 9_999, 10_000], 2);
        assert_eq!((bins.len(), bins[0].2, bins[1].2, bins[19].2), (20, 2, 1, 2));
        assert_eq!(bins.iter().map(|bin| bin.2).sum::<u64>(), 5);
    }

    #[test]
    fn quartiles_are_values_that_occur() {
        assert_eq!(quartiles(&[]), None);
        assert_eq!(quartiles(&[7]), Some([7; 5]));
        assert_eq!(quartiles(&[1, 2, 3, 4, 5]), Some([1, 2, 3, 4, 5]));
        assert_eq!(quartiles(&[1, 2, 3, 4]), Some([1, 2, 3, 3, 4]));
    }
}

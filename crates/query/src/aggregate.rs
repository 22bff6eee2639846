//! Accumulators: for each subject's number one cell. 累加器
#![expect(
    clippy::indexing_slicing,
    reason = "group numbers are below the size that `grow` made room for just before; row numbers are those of the batch"
)]

use std::collections::{BTreeMap, HashSet};

use arrow::array::StringArray;
use pinji_domain::number::{EXACT_LIMIT, pow10};
use pinji_policy::AggregateFunction;

use crate::argument::Of;
use crate::finished::{Finished, NOT_REPORTED, Plain};
use crate::hash::Mixed;
use crate::ids::{Id, Index};

/// The state of one aggregate call. Cell 0 takes the rows that do not count. 累加器
#[derive(Debug)]
pub(crate) enum Accumulator {
    Count(Vec<u64>),
    Sum(Sums),
    Ints {
        cells: Vec<i64>,
        greatest: bool,
        of: IntsOf,
    },
    Doubles {
        cells: Vec<f64>,
        greatest: bool,
    },
    Texts {
        cells: Vec<Option<Box<str>>>,
        greatest: bool,
    },
    Distinct(Distinct),
}

/// What least and greatest integers stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IntsOf {
    Numbers,
    Dates,
    Flags,
}

/// Exact sums. What a cell cannot hold any more is carried over to where there is more room.
#[derive(Debug)]
pub(crate) struct Sums {
    cells: Vec<SumCell>,
    carried: BTreeMap<u32, i128>,
}

/// A sum as far as it was not carried over, and how many values it has.
#[derive(Debug, Clone, Copy, Default)]
struct SumCell {
    sum: i64,
    count: u64,
}

/// Which values each group has.
#[derive(Debug)]
pub(crate) struct Distinct {
    values: Index,
    pairs: HashSet<u64, Mixed>,
}

/// An aggregate that no accumulator can keep.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unfit;

impl Accumulator {
    /// The accumulator for a call over values like these, which are not [`Of::Nothing`].
    pub(crate) fn new(function: AggregateFunction, of: Option<&Of<'_>>) -> Result<Accumulator, Unfit> {
        let greatest = function == AggregateFunction::Max;
        Ok(match function {
            AggregateFunction::Count => Accumulator::Count(vec![0]),
            AggregateFunction::CountDistinct => {
                let text = matches!(of, Some(Of::Texts(_)));
                Accumulator::Distinct(Distinct {
                    values: Index::new(text),
                    pairs: HashSet::default(),
                })
            }
            AggregateFunction::Sum | AggregateFunction::Mean => match of {
                Some(Of::Doubles(_) | Of::Texts(_) | Of::Dates(_)) => return Err(Unfit),
                _ => Accumulator::Sum(Sums::new()),
            },
            AggregateFunction::Min | AggregateFunction::Max => match of {
                Some(Of::Doubles(_)) => Accumulator::Doubles {
                    cells: vec![f64::NAN],
                    greatest,
                },
                Some(Of::Texts(_)) => Accumulator::Texts {
                    cells: vec![None],
                    greatest,
                },
                Some(Of::Dates(_)) => Accumulator::Ints {
                    cells: vec![none(greatest)],
                    greatest,
                    of: IntsOf::Dates,
                },
                Some(Of::Flags(_)) => Accumulator::Ints {
                    cells: vec![none(greatest)],
                    greatest,
                    of: IntsOf::Flags,
                },
                _ => Accumulator::Ints {
                    cells: vec![none(greatest)],
                    greatest,
                    of: IntsOf::Numbers,
                },
            },
        })
    }

    /// The same kind of accumulator without anything in it.
    pub(crate) fn emptied(&self) -> Accumulator {
        match self {
            Accumulator::Count(_) => Accumulator::Count(vec![0]),
            Accumulator::Sum(_) => Accumulator::Sum(Sums::new()),
            Accumulator::Ints { greatest, of, .. } => Accumulator::Ints {
                cells: vec![none(*greatest)],
                greatest: *greatest,
                of: *of,
            },
            Accumulator::Doubles { greatest, .. } => Accumulator::Doubles {
                cells: vec![f64::NAN],
                greatest: *greatest,
            },
            Accumulator::Texts { greatest, .. } => Accumulator::Texts {
                cells: vec![None],
                greatest: *greatest,
            },
            Accumulator::Distinct(held) => Accumulator::Distinct(Distinct {
                values: Index::new(held.values.ids().is_text()),
                pairs: HashSet::default(),
            }),
        }
    }

    /// Makes room for groups 0 to `groups`.
    pub(crate) fn grow(&mut self, groups: usize) {
        let len = groups + 1;
        match self {
            Accumulator::Count(cells) => cells.resize(len.max(cells.len()), 0),
            Accumulator::Sum(sums) => sums.cells.resize(len.max(sums.cells.len()), SumCell::default()),
            Accumulator::Ints { cells, greatest, .. } => cells.resize(len.max(cells.len()), none(*greatest)),
            Accumulator::Doubles { cells, .. } => cells.resize(len.max(cells.len()), f64::NAN),
            Accumulator::Texts { cells, .. } => cells.resize(len.max(cells.len()), None),
            Accumulator::Distinct(_) => {}
        }
    }

    /// About how much memory it holds.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Accumulator::Count(cells) => cells.capacity() * 8,
            Accumulator::Sum(sums) => sums.cells.capacity() * size_of::<SumCell>() + sums.carried.len() * 64,
            Accumulator::Ints { cells, .. } => cells.capacity() * 8,
            Accumulator::Doubles { cells, .. } => cells.capacity() * 8,
            Accumulator::Texts { cells, .. } => cells.capacity() * 32,
            Accumulator::Distinct(distinct) => distinct.values.bytes() + distinct.pairs.capacity() * 9,
        }
    }

    /// Adds rows: `groups[i]` is the group of row `i`, 0 where it does not count or has no value.
    pub(crate) fn add(&mut self, groups: &[u32], values: Option<&Of<'_>>) {
        match (self, values) {
            (Accumulator::Count(cells), _) => {
                for group in groups {
                    cells[*group as usize] += 1;
                }
            }
            (Accumulator::Sum(sums), Some(Of::Ints(values))) => sums.add(groups, values.iter().copied()),
            (Accumulator::Sum(sums), Some(Of::Flags(values))) => {
                sums.add(groups, values.iter().map(|value| i64::from(*value)));
            }
            (Accumulator::Ints { cells, greatest, .. }, Some(Of::Ints(values))) => {
                extreme(cells, groups, values.iter().copied(), *greatest);
            }
            (Accumulator::Ints { cells, greatest, .. }, Some(Of::Dates(values))) => {
                extreme(cells, groups, values.iter().map(|value| i64::from(*value)), *greatest);
            }
            (Accumulator::Ints { cells, greatest, .. }, Some(Of::Flags(values))) => {
                extreme(cells, groups, values.iter().map(|value| i64::from(*value)), *greatest);
            }
            (Accumulator::Doubles { cells, greatest }, Some(Of::Doubles(values))) => {
                for (group, value) in groups.iter().zip(values.iter()) {
                    let cell = &mut cells[*group as usize];
                    *cell = better_double(*cell, *value, *greatest);
                }
            }
            (Accumulator::Texts { cells, greatest }, Some(Of::Texts(texts))) => {
                for (row, group) in groups.iter().enumerate().filter(|(_, group)| **group != 0) {
                    better_text(&mut cells[*group as usize], texts.get(row), *greatest);
                }
            }
            (Accumulator::Distinct(distinct), Some(of)) => distinct.add(groups, of),
            _ => {}
        }
    }

    /// Takes over another state of the same call: its group `g` becomes `to[g]` here.
    pub(crate) fn merge(&mut self, other: &Accumulator, to: &[u32]) {
        match (self, other) {
            (Accumulator::Count(cells), Accumulator::Count(others)) => {
                for (group, other) in to.iter().zip(others) {
                    cells[*group as usize] += other;
                }
            }
            (Accumulator::Sum(sums), Accumulator::Sum(others)) => sums.merge(others, to),
            (Accumulator::Ints { cells, greatest, .. }, Accumulator::Ints { cells: others, .. }) => {
                extreme(cells, to, others.iter().copied(), *greatest);
            }
            (Accumulator::Doubles { cells, greatest }, Accumulator::Doubles { cells: others, .. }) => {
                for (group, other) in to.iter().zip(others) {
                    let cell = &mut cells[*group as usize];
                    *cell = better_double(*cell, *other, *greatest);
                }
            }
            (Accumulator::Texts { cells, greatest }, Accumulator::Texts { cells: others, .. }) => {
                for (group, other) in to.iter().zip(others).filter(|(group, _)| **group != 0) {
                    if let Some(other) = other {
                        better_text(&mut cells[*group as usize], other, *greatest);
                    }
                }
            }
            (Accumulator::Distinct(distinct), Accumulator::Distinct(others)) => distinct.merge(others, to),
            _ => {}
        }
    }

    /// The results, one per group; `scale` is that of the values, and group 0 is a subject without any record. `Err` is the
    /// first group whose sum is beyond the exact range.
    pub(crate) fn finish(&self, function: AggregateFunction, scale: u8, groups: usize) -> Result<Finished, u32> {
        let rows = groups + 1;
        let empty = |group: usize, nothing: bool| if group == 0 || nothing { NOT_REPORTED } else { 0 };
        Ok(match self {
            Accumulator::Count(cells) => counts(cells.iter().copied(), rows),
            Accumulator::Distinct(distinct) => counts(distinct.counts(rows).into_iter(), rows),
            Accumulator::Sum(sums) => return sums.finish(function, scale, rows),
            Accumulator::Ints { cells, greatest, of } => {
                let nothing = none(*greatest);
                let causes = (0..rows).map(|group| empty(group, cells[group] == nothing)).collect();
                let plain = match of {
                    IntsOf::Dates => Plain::Date(cells.iter().take(rows).map(|cell| *cell as i32).collect()),
                    IntsOf::Flags => Plain::Flag(cells.iter().take(rows).map(|cell| *cell != 0).collect()),
                    IntsOf::Numbers => Plain::Int(cells[..rows].to_vec()),
                };
                Finished { plain, causes }
            }
            Accumulator::Doubles { cells, .. } => {
                let causes = (0..rows).map(|group| empty(group, !cells[group].is_finite())).collect();
                Finished {
                    plain: Plain::Double(cells[..rows].to_vec()),
                    causes,
                }
            }
            Accumulator::Texts { cells, .. } => {
                let causes = (0..rows).map(|group| empty(group, cells[group].is_none())).collect();
                let texts = StringArray::from_iter_values(
                    cells.iter().take(rows).map(|cell| cell.as_deref().unwrap_or_default()),
                );
                Finished {
                    plain: Plain::Text(texts),
                    causes,
                }
            }
        })
    }
}

/// Stands for "no value yet": beyond anything that a column may hold.
fn none(greatest: bool) -> i64 {
    if greatest { i64::MIN } else { i64::MAX }
}

impl Sums {
    fn new() -> Sums {
        Sums {
            cells: vec![SumCell::default()],
            carried: BTreeMap::new(),
        }
    }

    fn add(&mut self, groups: &[u32], values: impl Iterator<Item = i64>) {
        for (group, value) in groups.iter().zip(values) {
            self.put(*group, value, 1);
        }
    }

    #[inline]
    fn put(&mut self, group: u32, value: i64, count: u64) {
        let cell = &mut self.cells[group as usize];
        cell.count += count;
        match cell.sum.checked_add(value) {
            Some(sum) => cell.sum = sum,
            None => {
                let full = std::mem::replace(&mut cell.sum, value);
                carry(&mut self.carried, group, full);
            }
        }
    }

    fn merge(&mut self, others: &Sums, to: &[u32]) {
        for (group, other) in to.iter().zip(&others.cells) {
            self.put(*group, other.sum, other.count);
        }
        for (group, sum) in &others.carried {
            *self.carried.entry(to[*group as usize]).or_default() += sum;
        }
    }

    /// The whole sum of a group.
    fn total(&self, group: usize) -> i128 {
        let carried = self.carried.get(&(group as u32)).copied().unwrap_or(0);
        carried + i128::from(self.cells[group].sum)
    }

    fn finish(&self, function: AggregateFunction, scale: u8, rows: usize) -> Result<Finished, u32> {
        let mut causes = vec![NOT_REPORTED; rows];
        let mut values = vec![0_i64; rows];
        for group in 1..rows {
            if self.cells[group].count > 0 {
                let exact = i64::try_from(self.total(group))
                    .ok()
                    .filter(|sum| sum.unsigned_abs() <= EXACT_LIMIT.unsigned_abs());
                (values[group], causes[group]) = (exact.ok_or(group as u32)?, 0);
            }
        }
        if function == AggregateFunction::Sum {
            return Ok(Finished {
                plain: Plain::Int(values),
                causes,
            });
        }
        let power = pow10(scale);
        // Sum and divisor are exact doubles up to 2^53, so the mean is rounded once.
        let mean = |(value, cell): (&i64, &SumCell)| *value as f64 / (cell.count.max(1) as f64 * power as f64);
        Ok(Finished {
            plain: Plain::Double(values.iter().zip(&self.cells).map(mean).collect()),
            causes,
        })
    }
}

#[cold]
fn carry(carried: &mut BTreeMap<u32, i128>, group: u32, sum: i64) {
    *carried.entry(group).or_default() += i128::from(sum);
}

fn extreme(cells: &mut [i64], groups: &[u32], values: impl Iterator<Item = i64>, greatest: bool) {
    if greatest {
        for (group, value) in groups.iter().zip(values) {
            let cell = &mut cells[*group as usize];
            *cell = (*cell).max(value);
        }
    } else {
        for (group, value) in groups.iter().zip(values) {
            let cell = &mut cells[*group as usize];
            *cell = (*cell).min(value);
        }
    }
}

/// NaN is "no value"; zeros are made positive so that which came first does not show.
fn better_double(held: f64, value: f64, greatest: bool) -> f64 {
    let value = value + 0.0;
    if !value.is_finite() {
        held
    } else if held.is_nan() || (greatest && value > held) || (!greatest && value < held) {
        value
    } else {
        held
    }
}

fn better_text(held: &mut Option<Box<str>>, text: &str, greatest: bool) {
    let better = match held.as_deref() {
        None => true,
        Some(held) if greatest => text > held,
        Some(held) => text < held,
    };
    if better {
        *held = Some(text.into());
    }
}

fn counts(cells: impl Iterator<Item = u64>, rows: usize) -> Finished {
    let mut values: Vec<i64> = cells
        .take(rows)
        .map(|count| i64::try_from(count).unwrap_or(i64::MAX))
        .collect();
    if let Some(first) = values.first_mut() {
        *first = 0;
    }
    Finished {
        plain: Plain::Int(values),
        causes: vec![0; rows],
    }
}

impl Distinct {
    fn add(&mut self, groups: &[u32], of: &Of<'_>) {
        for (row, group) in groups.iter().enumerate().filter(|(_, group)| **group != 0) {
            let number = match of {
                Of::Ints(values) => self.values.insert(Id::Int(values[row])),
                Of::Dates(values) => self.values.insert(Id::Int(i64::from(values[row]))),
                Of::Flags(values) => self.values.insert(Id::Int(i64::from(values[row]))),
                Of::Doubles(values) => self.values.insert(Id::Int((values[row] + 0.0).to_bits().cast_signed())),
                Of::Texts(texts) => self.values.insert(Id::Text(texts.get(row))),
                Of::Nothing => continue,
            };
            self.pairs.insert(u64::from(*group) << 32 | u64::from(number));
        }
    }

    fn merge(&mut self, others: &Distinct, to: &[u32]) {
        let ids = others.values.ids();
        let numbers: Vec<u32> = (0..ids.len()).map(|at| self.values.insert(ids.get(at))).collect();
        for pair in &others.pairs {
            let group = to[(pair >> 32) as usize];
            let value = numbers[(pair & u64::from(u32::MAX)) as usize - 1];
            if group != 0 {
                self.pairs.insert(u64::from(group) << 32 | u64::from(value));
            }
        }
    }

    fn counts(&self, rows: usize) -> Vec<u64> {
        let mut counts = vec![0; rows];
        for pair in &self.pairs {
            counts[(pair >> 32) as usize] += 1;
        }
        counts
    }
}

/// The groups of the rows that have a value; `Err` is the first counting row whose figure is beyond the exact range.
pub(crate) fn masked(groups: &[u32], causes: &[u8]) -> Result<Vec<u32>, usize> {
    let beyond = crate::argument::BEYOND;
    let bad = groups
        .iter()
        .zip(causes)
        .position(|(group, cause)| *group != 0 && *cause == beyond);
    match bad {
        Some(row) => Err(row),
        None => Ok(groups
            .iter()
            .zip(causes)
            .map(|(group, cause)| if *cause == 0 { *group } else { 0 })
            .collect()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn sums_beyond_64_bits_on_the_way_are_exact() {
        let check = |values: &[i64], split: usize, want: Option<i64>| {
            let part = |values: &[i64]| {
                let mut sums = Sums::new();
                sums.cells.resize(2, SumCell::default());
                sums.add(&vec![1; values.len()], values.iter().copied());
                sums
            };
            let (mut first, second) = (part(&values[..split]), part(&values[split..]));
            first.merge(&second, &[0, 1]);
            let sum = first.finish(AggregateFunction::Sum, 0, 2);
            let found = sum.ok().map(|sum| match sum.plain {
                Plain::Int(values) => values[1],
                _ => 0,
            });
            assert_eq!(found, want, "{values:?} at {split}");
            assert_eq!(first.cells[1].count, values.len() as u64);
        };
        let high = [i64::MAX, i64::MAX, 7, -i64::MAX, -i64::MAX, i64::MIN, i64::MAX];
        for split in 0..=high.len() {
            check(&high, split, Some(6));
            check(&high[..3], split.min(3), None);
            check(&high[1..5], split.min(4), None);
        }
    }
}

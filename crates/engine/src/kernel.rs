//! The pass over a batch: chunk by chunk, indicator by indicator, from columns to slots to sums. 内核
//!
//! Loops run over one column at a time, so that the compiler can use vector instructions; what differs from row to row
//! (a line dropped, points interpolated) is mended afterwards for the rows concerned.
#![expect(
    clippy::indexing_slicing,
    reason = "all buffers of a chunk have its length, and slots come from the line's own tables"
)]

mod bound;
mod slot;

use std::ops::Range;

use crate::batch::Batch;
use crate::grade::{Graded, NO_INDICATOR};
use crate::lines::{Line, PACKED_BITS};
use crate::plan::{FULL_POINTS, Missing, Plan, Scoring};
use crate::score::contribution;

/// Rows of a chunk: its buffers stay in the first caches.
const CHUNK: usize = 1024;
/// Up to so many rows are summed row by row: setting up the loops over columns would take longer than the rows.
const FEW: usize = 4;

/// Buffers of a chunk, and what is prepared for a batch.
#[derive(Debug, Clone, Default)]
pub(crate) struct Buffers {
    /// For each indicator the slot of each row.
    slots: Vec<Vec<u16>>,
    /// For indicators whose value somebody reads: the value, `i64::MIN` where missing.
    values: Vec<Vec<i64>>,
    /// Why a value is missing, 0 where it is not.
    causes: Vec<u8>,
    /// For indicators whose points depend on more than the slot: the points.
    points: Vec<Vec<i32>>,
    /// Sums of the scores and dimensions.
    scores: Vec<Vec<i64>>,
    dimensions: Vec<Vec<i64>>,
    /// By dimension, sums of the first score and of the dimension in one.
    packed: Vec<Vec<i64>>,
    /// Missing, dropped (bits) and refused lines.
    missing: Vec<u64>,
    dropped: Vec<u64>,
    refused: Vec<bool>,
    /// The ranks of one line's losses, and the greatest three.
    ranks: Vec<i16>,
    top_ranks: [Vec<i16>; 3],
    top_losses: [Vec<i64>; 3],
    /// For indicators over a text or coded input: the slot of each entry of the batch's list.
    list_slots: Vec<Vec<u16>>,
    bounds: bound::Buffers,
    /// Effective weights of the last few sets of dropped lines.
    weights: Vec<(u64, Vec<Option<Vec<i64>>>)>,
}

pub(crate) fn grade(plan: &Plan, batch: &Batch<'_>, buffers: &mut Buffers, out: &mut Graded) {
    buffers.weights.clear();
    slot::prepare(plan, batch, &mut buffers.list_slots);
    let mut start = 0;
    while start < batch.rows {
        let rows = start..(start + CHUNK).min(batch.rows);
        start = rows.end;
        chunk(plan, batch, rows, buffers, out);
    }
}

fn chunk(plan: &Plan, batch: &Batch<'_>, rows: Range<usize>, buffers: &mut Buffers, out: &mut Graded) {
    buffers.size(plan, rows.len());
    let ranked = !plan.lines.ranked.is_empty();
    // Ranked lines are tabular.
    let few = rows.len() <= FEW && ranked && plan.lines.packs;
    for (at, line) in plan.lines.lines.iter().enumerate() {
        slot::fill(plan, batch, at, rows.clone(), !out.lines.is_empty(), buffers);
        if few {
            add_few(plan, at, line, buffers);
        } else {
            add(plan, at, line, buffers);
            if ranked {
                keep_ranks(line, at, buffers);
            } else {
                keep_losses(line, at, buffers);
            }
        }
        if let Some(column) = out.lines.get_mut(at) {
            write_line(plan, at, line, column, rows.clone(), buffers);
        }
    }
    if plan.lines.packs {
        unpack(buffers);
    }
    mend_dropped(plan, buffers);
    write_scores(plan, rows.clone(), buffers, out);
    write_losses(plan, rows.clone(), buffers, out);
    out.missing[rows.clone()].copy_from_slice(&buffers.missing);
    refuse(plan, rows.clone(), buffers, out);
    bound::decide(plan, batch, rows, buffers, out);
}

impl Buffers {
    fn size(&mut self, plan: &Plan, rows: usize) {
        let lines = plan.lines.lines.len();
        self.slots.resize_with(lines, Vec::new);
        self.slots.iter_mut().for_each(|column| column.resize(rows, 0));
        self.values.resize_with(lines, Vec::new);
        self.points.resize_with(lines, Vec::new);
        self.scores.resize_with(plan.parts().scores.len(), Vec::new);
        self.dimensions.resize_with(plan.parts().dimensions.len(), Vec::new);
        self.packed
            .resize_with(if plan.lines.packs { self.dimensions.len() } else { 0 }, Vec::new);
        for sums in self
            .scores
            .iter_mut()
            .chain(&mut self.dimensions)
            .chain(&mut self.packed)
        {
            sums.clear();
            sums.resize(rows, 0);
        }
        self.missing.clear();
        self.missing.resize(rows, 0);
        self.dropped.clear();
        self.dropped.resize(rows, 0);
        self.refused.clear();
        self.refused.resize(rows, false);
        self.ranks.resize(rows, 0);
        for ranks in &mut self.top_ranks {
            ranks.clear();
            ranks.resize(rows, 0);
        }
        for losses in &mut self.top_losses {
            losses.clear();
            losses.resize(rows, 0);
        }
    }

    /// The points of one line and row, as they stand before anything is dropped.
    fn points_of(&self, line: &Line, at: usize, row: usize) -> i32 {
        let slot = self.slots[at][row];
        if line.tabular || slot == line.missing {
            line.points[usize::from(slot)]
        } else {
            self.points[at][row]
        }
    }
}

/// Adds one line to the sums and notes what is missing.
fn add(plan: &Plan, at: usize, line: &Line, buffers: &mut Buffers) {
    let indicator = &plan.parts().indicators[at];
    let slots = &buffers.slots[at];
    let dimension = &mut buffers.dimensions[indicator.dimension];
    if line.tabular {
        let packs = plan.lines.packs;
        for (score, _, table) in line.contributions.iter().filter(|(score, ..)| !packs || *score > 0) {
            look_up(table, slots, &mut buffers.scores[*score]);
        }
        if packs {
            look_up(&line.packed, slots, &mut buffers.packed[indicator.dimension]);
        } else {
            look_up(&line.dimension_points, slots, dimension);
        }
    } else {
        for (row, points) in buffers.points[at].iter().enumerate() {
            for (score, weight, _) in &line.contributions {
                buffers.scores[*score][row] += contribution(*points, *weight);
            }
            dimension[row] += i64::from(*points) * plan.lines.own_weights[at];
        }
    }
    for (missing, slot) in buffers.missing.iter_mut().zip(slots) {
        *missing |= u64::from(*slot == line.missing) << at;
    }
    match line.rule {
        Missing::Points(_) => {}
        Missing::Reweight => {
            for (dropped, slot) in buffers.dropped.iter_mut().zip(slots) {
                *dropped |= u64::from(*slot == line.missing) << at;
            }
        }
        Missing::Refuse => {
            for (refused, slot) in buffers.refused.iter_mut().zip(slots) {
                *refused |= *slot == line.missing;
            }
        }
    }
}

/// What [`add`] and [`keep_ranks`] do, for a few rows of tabular lines whose sums are packed.
fn add_few(plan: &Plan, at: usize, line: &Line, buffers: &mut Buffers) {
    let packed = &mut buffers.packed[plan.parts().indicators[at].dimension];
    let [first, second, third] = &mut buffers.top_ranks;
    for (row, slot) in buffers.slots[at].iter().enumerate() {
        let entry = usize::from(*slot);
        packed[row] = packed[row].wrapping_add(line.packed[entry]);
        for (score, _, table) in line.contributions.iter().filter(|(score, ..)| *score > 0) {
            let sum = &mut buffers.scores[*score][row];
            *sum = sum.wrapping_add(table[entry]);
        }
        let mut rank = line.ranks[entry];
        for top in [&mut first[row], &mut second[row], &mut third[row]] {
            (*top, rank) = (rank.max(*top), rank.min(*top));
        }
        if *slot == line.missing {
            buffers.missing[row] |= 1 << at;
            match line.rule {
                Missing::Points(_) => {}
                Missing::Reweight => buffers.dropped[row] |= 1 << at,
                Missing::Refuse => buffers.refused[row] = true,
            }
        }
    }
}

/// Adds to each sum what the table has for its slot. Sums stay below 2^53 by the limits on weights and points; wrapping
/// keeps the loop free of branches.
fn look_up(table: &[i64], slots: &[u16], sums: &mut [i64]) {
    for (sum, slot) in sums.iter_mut().zip(slots) {
        *sum = sum.wrapping_add(table[usize::from(*slot)]);
    }
}

/// Takes the sums of the first score and of the dimensions apart.
fn unpack(buffers: &mut Buffers) {
    let score = &mut buffers.scores[0];
    for (packed, dimension) in buffers.packed.iter().zip(&mut buffers.dimensions) {
        for ((packed, score), dimension) in packed.iter().zip(score.iter_mut()).zip(dimension) {
            *score = score.wrapping_add(packed & ((1 << PACKED_BITS) - 1));
            *dimension = dimension.wrapping_add(packed >> PACKED_BITS);
        }
    }
}

/// Keeps the three greatest ranks seen so far. A rank names its indicator.
fn keep_ranks(line: &Line, at: usize, buffers: &mut Buffers) {
    for (rank, slot) in buffers.ranks.iter_mut().zip(&buffers.slots[at]) {
        *rank = line.ranks[usize::from(*slot)];
    }
    let [first, second, third] = &mut buffers.top_ranks;
    for (((rank, first), second), third) in buffers.ranks.iter().zip(first).zip(second).zip(third) {
        let below_first = (*rank).min(*first);
        *first = (*rank).max(*first);
        let below_second = below_first.min(*second);
        *second = below_first.max(*second);
        *third = below_second.max(*third);
    }
}

/// The same where losses depend on more than the slot: a loss carries its indicator in its last six bits, the earlier the
/// greater.
fn keep_losses(line: &Line, at: usize, buffers: &mut Buffers) {
    for row in 0..buffers.slots[at].len() {
        let loss = line.loss(buffers.points_of(line, at, row).min(FULL_POINTS));
        let mut key = if loss > 0 { loss << 6 | (63 - at as i64) } else { 0 };
        for top in &mut buffers.top_losses {
            if key > top[row] {
                std::mem::swap(&mut key, &mut top[row]);
            }
        }
    }
}

/// Rows with dropped lines get their sums anew, by the weights that are left.
fn mend_dropped(plan: &Plan, buffers: &mut Buffers) {
    if !plan.lines.drops {
        return;
    }
    let parts = plan.parts();
    for row in 0..buffers.dropped.len() {
        let dropped = buffers.dropped[row];
        if dropped == 0 {
            continue;
        }
        let known = buffers.weights.iter().position(|(set, _)| *set == dropped);
        let known = known.unwrap_or_else(|| {
            // A book has few sets of gaps; where every row has its own, the oldest half makes room.
            if buffers.weights.len() >= 256 {
                buffers.weights.drain(..128);
            }
            let weights = (0..parts.scores.len())
                .map(|score| plan.weights(score, dropped))
                .collect();
            buffers.weights.push((dropped, weights));
            buffers.weights.len() - 1
        });
        for score in 0..parts.scores.len() {
            let sum = buffers.weights[known].1[score].as_ref().map(|weights| {
                let lines = plan.lines.lines.iter().enumerate().filter(|(at, _)| weights[*at] > 0);
                lines
                    .map(|(at, line)| contribution(buffers.points_of(line, at, row), weights[at]))
                    .sum()
            });
            buffers.scores[score][row] = sum.unwrap_or(i64::MIN);
        }
    }
}

fn write_scores(plan: &Plan, rows: Range<usize>, buffers: &Buffers, out: &mut Graded) {
    let parts = plan.parts();
    for (score, (column, sums)) in out.scores.iter_mut().zip(&buffers.scores).enumerate() {
        column.values[rows.clone()].copy_from_slice(sums);
        let weights = plan.nominal_weights(score);
        let whole: i64 = weights.iter().sum();
        for (coverage, missing) in column.coverage[rows.clone()].iter_mut().zip(&buffers.missing) {
            let mut left = *missing;
            let mut covered = whole;
            while left != 0 {
                covered -= weights[left.trailing_zeros() as usize];
                left &= left - 1;
            }
            *coverage = share(covered, whole);
        }
    }
    for (at, (column, sums)) in out.dimensions.iter_mut().zip(&buffers.dimensions).enumerate() {
        let weight = plan.lines.dimension_weights[at];
        let whole = (weight * 10_000) as f64;
        for (value, sum) in column[rows.clone()].iter_mut().zip(sums) {
            *value = *sum as f64 / whole;
        }
        if !plan.lines.drops {
            continue;
        }
        for (value, (sum, dropped)) in column[rows.clone()].iter_mut().zip(sums.iter().zip(&buffers.dropped)) {
            if *dropped != 0 {
                let gone = |(line, indicator): (usize, &crate::plan::Indicator)| {
                    let gone = indicator.dimension == at && dropped >> line & 1 == 1;
                    if gone { plan.lines.own_weights[line] } else { 0 }
                };
                let left = weight - parts.indicators.iter().enumerate().map(gone).sum::<i64>();
                *value = if left == 0 {
                    f64::NAN
                } else {
                    *sum as f64 / (left * 10_000) as f64
                };
            }
        }
    }
}

/// A share in 1/10 000, half to even.
fn share(part: i64, whole: i64) -> u16 {
    if part == whole {
        return 10_000;
    }
    let (tenths, rest) = (part * 10_000 / whole, part * 10_000 % whole * 2);
    let up = rest > whole || (rest == whole && tenths % 2 == 1);
    (tenths + i64::from(up)) as u16
}

fn write_losses(plan: &Plan, rows: Range<usize>, buffers: &Buffers, out: &mut Graded) {
    let ranked = &plan.lines.ranked;
    for (place, column) in out.losses.iter_mut().enumerate() {
        let column = &mut column[rows.clone()];
        if ranked.is_empty() {
            for (indicator, key) in column.iter_mut().zip(&buffers.top_losses[place]) {
                *indicator = if *key == 0 {
                    NO_INDICATOR
                } else {
                    63 - (*key & 63) as u8
                };
            }
        } else {
            for (indicator, rank) in column.iter_mut().zip(&buffers.top_ranks[place]) {
                *indicator = ranked[*rank as usize];
            }
        }
    }
}

/// Marks the subjects that cannot be graded.
fn refuse(plan: &Plan, rows: Range<usize>, buffers: &Buffers, out: &mut Graded) {
    let least = plan.parts().min_coverage;
    for (at, row) in rows.enumerate() {
        out.ungraded[row] = if buffers.refused[at] {
            1
        } else if out.scores.iter().any(|score| score.values[row] == i64::MIN) {
            3
        } else {
            2 * u8::from(out.scores.iter().any(|score| u32::from(score.coverage[row]) < least))
        };
    }
}

fn write_line(
    plan: &Plan,
    at: usize,
    line: &Line,
    column: &mut crate::grade::LineColumn,
    rows: Range<usize>,
    buffers: &Buffers,
) {
    let scoring = &plan.parts().indicators[at].scoring;
    for (place, row) in rows.enumerate() {
        let slot = buffers.slots[at][place];
        if slot == line.missing {
            column.causes[row] = buffers.causes[place];
            if let Missing::Points(points) = line.rule {
                column.points[row] = points;
            }
            continue;
        }
        column.points[row] = buffers.points_of(line, at, place);
        if !matches!(scoring, Scoring::Map(_)) {
            column.values[row] = buffers.values[at][place];
        }
        if !matches!(scoring, Scoring::Direct) {
            let first = line.offsets.partition_point(|offset| *offset <= usize::from(slot)) - 1;
            column.bands[row] = slot - line.offsets[first] as u16;
        }
    }
}

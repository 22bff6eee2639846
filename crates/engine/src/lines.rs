//! What a plan's lines come down to: for each indicator a table of slots. 计分表
//!
//! A *slot* is a band (of a choice, for keyed bands) or a map entry; the last slot is "missing". Points, contributions and
//! the rank of a loss are looked up by slot, so a printed table of points and the scoring come from the same numbers.

use std::collections::HashMap;

use pinji_domain::number::pow10;

use crate::condition::{Condition, Operand};
use crate::plan::{Bands, FULL_POINTS, Indicator, Missing, PlanParts, Scoring};
use crate::score::contribution;

/// The tables of all lines.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    /// One per indicator.
    pub lines: Vec<Line>,
    /// By rank (0: no loss) the indicator that loses so much; empty where losses cannot be ranked beforehand.
    pub ranked: Vec<u8>,
    /// Each line's weight in its dimension, and the sum of each dimension's, divided by what they have in common.
    pub own_weights: Vec<i64>,
    /// See `own_weights`.
    pub dimension_weights: Vec<i64>,
    /// Whether sums of the first score and of a dimension fit into one integer: see [`PACKED_BITS`].
    pub packs: bool,
    /// Whether a missing value anywhere drops its line.
    pub drops: bool,
}

/// A packed entry holds the contribution to the first score in its lower bits and the dimension's points above them. A
/// score is at most 100 points of four decimals, so its sums never reach the upper part.
pub(crate) const PACKED_BITS: u32 = 24;

/// The table of one line.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// Where each choice's bands begin (keyed bands); otherwise only 0.
    pub offsets: Vec<usize>,
    /// The slot of a missing value; one less than the number of slots.
    pub missing: u16,
    /// Points by slot, as far as they do not depend on the value; 0 for a missing value that drops or refuses.
    pub points: Vec<i32>,
    /// Points × weight in the dimension by slot.
    pub dimension_points: Vec<i64>,
    /// Contribution to the first score and points × weight in the dimension in one, by slot.
    pub packed: Vec<i64>,
    /// For each score that weighs the line: which, its nominal weight, and contributions by slot.
    pub contributions: Vec<(usize, i64, Vec<i64>)>,
    /// Rank of the loss by slot; empty where losses are not ranked.
    pub ranks: Vec<i16>,
    /// What a missing point loses, over all scores.
    pub loss_weight: i64,
    /// Whether points depend on the slot alone.
    pub tabular: bool,
    /// Whether a condition reads the value.
    pub value_read: bool,
    /// The edges as small integers, where the line is nothing but flat bands with such edges.
    pub small_edges: Option<Vec<i32>>,
    /// Slots by text, for maps.
    pub by_text: HashMap<String, u16>,
    /// The slot of a text that is not listed.
    pub otherwise: u16,
    /// What a missing value does.
    pub rule: Missing,
}

/// Small edges leave room to clamp any value to ±2^30 without moving it across an edge.
const SMALL: i64 = 1 << 30;

impl Lines {
    pub(crate) fn new(parts: &PlanParts, nominal: &[Vec<i64>]) -> Lines {
        let conditions = parts.grades.iter().filter_map(|grade| grade.when.as_ref());
        let bounds = parts.caps.iter().chain(&parts.floors).map(|bound| &bound.when);
        let read: Vec<Operand> = conditions.chain(bounds).flat_map(Condition::operands).collect();
        let finest = parts.scores.iter().map(|score| score.decimals).max().unwrap_or(0);
        let mut common = vec![0; parts.dimensions.len()];
        for indicator in &parts.indicators {
            if let Some(common) = common.get_mut(indicator.dimension) {
                *common = gcd(*common, indicator.weight);
            }
        }
        let divisor = |dimension: usize| common.get(dimension).copied().unwrap_or(1).max(1);
        let own_weights: Vec<i64> = parts
            .indicators
            .iter()
            .map(|indicator| indicator.weight / divisor(indicator.dimension))
            .collect();
        let mut lines: Vec<Line> = Vec::with_capacity(parts.indicators.len());
        for (at, indicator) in parts.indicators.iter().enumerate() {
            let weight = |score: usize| {
                nominal
                    .get(score)
                    .and_then(|weights| weights.get(at))
                    .copied()
                    .unwrap_or(0)
            };
            let loss_weight = parts
                .scores
                .iter()
                .enumerate()
                .map(|(at, score)| weight(at) * pow10(finest - score.decimals));
            let weights: Vec<(usize, i64)> = (0..parts.scores.len())
                .map(|score| (score, weight(score)))
                .filter(|(_, weight)| *weight > 0)
                .collect();
            let value_read = read.contains(&Operand::Indicator(at));
            let own_weight = own_weights.get(at).copied().unwrap_or(0);
            lines.push(Line::new(
                indicator,
                &weights,
                own_weight,
                loss_weight.sum(),
                value_read,
            ));
        }
        let ranked = rank(&mut lines);
        let mut dimension_weights = vec![0; parts.dimensions.len()];
        for (indicator, weight) in parts.indicators.iter().zip(&own_weights) {
            if let Some(sum) = dimension_weights.get_mut(indicator.dimension) {
                *sum += weight;
            }
        }
        let room = 1_i64 << (62 - PACKED_BITS);
        let packs = dimension_weights
            .iter()
            .all(|sum| sum.saturating_mul(i64::from(FULL_POINTS)) < room);
        let drops = lines.iter().any(|line| line.rule == Missing::Reweight);
        Lines {
            lines,
            ranked,
            own_weights,
            dimension_weights,
            packs,
            drops,
        }
    }
}

impl Line {
    fn new(
        indicator: &Indicator,
        weights: &[(usize, i64)],
        own_weight: i64,
        loss_weight: i64,
        value_read: bool,
    ) -> Line {
        let flat = |bands: &Bands| bands.bands.iter().all(|band| band.from == band.to);
        let first_points = |bands: &Bands| bands.bands.iter().map(|band| band.from).collect::<Vec<_>>();
        let mut offsets = vec![0];
        let mut by_text = HashMap::new();
        let mut otherwise = None;
        let (mut points, tabular) = match &indicator.scoring {
            Scoring::Bands(bands) => (first_points(bands), flat(bands)),
            Scoring::Keyed(keyed) => {
                let mut points = Vec::new();
                offsets.clear();
                for choice in &keyed.choices {
                    offsets.push(points.len());
                    points.extend(first_points(&choice.bands));
                }
                (points, keyed.choices.iter().all(|choice| flat(&choice.bands)))
            }
            Scoring::Map(map) => {
                for (slot, (text, _)) in (0_u16..).zip(&map.entries) {
                    by_text.entry(text.clone()).or_insert(slot);
                }
                let mut points: Vec<i32> = map.entries.iter().map(|(_, points)| *points).collect();
                if let Some(other) = map.otherwise {
                    otherwise = u16::try_from(points.len()).ok();
                    points.push(other);
                }
                (points, true)
            }
            // One slot for "there is a value"; its points are the value.
            Scoring::Direct => (vec![0], false),
        };
        let missing = u16::try_from(points.len()).unwrap_or(u16::MAX);
        points.push(match indicator.missing {
            Missing::Points(points) => points,
            Missing::Refuse | Missing::Reweight => 0,
        });
        let small_edges = match &indicator.scoring {
            Scoring::Bands(bands) if tabular => {
                let small = |edge: &i64| {
                    (-SMALL < *edge && *edge < SMALL)
                        .then(|| i32::try_from(*edge).ok())
                        .flatten()
                };
                bands.edges.iter().map(small).collect()
            }
            _ => None,
        };
        let table = |weight: i64| {
            points
                .iter()
                .map(|points| contribution(*points, weight))
                .collect::<Vec<_>>()
        };
        let contributions: Vec<(usize, i64, Vec<i64>)> = weights
            .iter()
            .map(|(score, weight)| (*score, *weight, table(*weight)))
            .collect();
        let dimension_points: Vec<i64> = points.iter().map(|points| i64::from(*points) * own_weight).collect();
        let first = contributions
            .first()
            .filter(|(score, ..)| *score == 0)
            .map(|(.., table)| table.as_slice());
        let packed = dimension_points.iter().enumerate().map(|(slot, points)| {
            let contribution = first.and_then(|table| table.get(slot)).copied().unwrap_or(0);
            points.wrapping_shl(PACKED_BITS) | contribution
        });
        Line {
            offsets,
            missing,
            packed: packed.collect(),
            dimension_points,
            contributions,
            ranks: Vec::new(),
            loss_weight,
            tabular,
            value_read,
            small_edges,
            by_text,
            otherwise: otherwise.unwrap_or(missing),
            rule: indicator.missing,
            points,
        }
    }

    /// What `points` lose.
    pub(crate) fn loss(&self, points: i32) -> i64 {
        self.loss_weight * i64::from(FULL_POINTS - points)
    }
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Where all points are tabular there are only so many losses: they are put in order once, and the greatest three of a
/// subject are the three greatest of small integers.
fn rank(lines: &mut [Line]) -> Vec<u8> {
    if !lines.iter().all(|line| line.tabular) {
        return Vec::new();
    }
    let mut losses: Vec<(i64, usize)> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        losses.extend(
            line.points
                .iter()
                .map(|points| (line.loss(*points), at))
                .filter(|(loss, _)| *loss > 0),
        );
    }
    // Least first; of equal losses the later indicator first, so that the earlier one ranks higher.
    losses.sort_by(|(loss1, at1), (loss2, at2)| loss1.cmp(loss2).then(at2.cmp(at1)));
    losses.dedup();
    if losses.len() >= usize::from(i16::MAX.unsigned_abs()) {
        return Vec::new();
    }
    for (at, line) in lines.iter_mut().enumerate() {
        let ranks = line.points.iter().map(|points| {
            let loss = line.loss(*points);
            let place = losses.iter().position(|entry| *entry == (loss, at));
            place.and_then(|place| i16::try_from(place + 1).ok()).unwrap_or(0)
        });
        line.ranks = ranks.collect();
    }
    let indicators = losses.iter().map(|(_, at)| u8::try_from(*at).unwrap_or(u8::MAX));
    std::iter::once(u8::MAX).chain(indicators).collect()
}

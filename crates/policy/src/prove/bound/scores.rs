//! What a score can be: exact sums where the set of dropped lines is certain, weighted means with a margin otherwise. 得分的界

use pinji_domain::number::pow10;

use super::{LineBound, May, ScoreBound, Weights, side_of};
use crate::prove::mean::{Member, greatest, least};
use crate::prove::model::Model;

pub(super) fn score_bounds(model: &Model<'_>, lines: &[LineBound], weights: &mut Weights) -> Vec<ScoreBound> {
    let plan = model.plan;
    let parts = plan.parts();
    let alike = lines.iter().all(|line| line.alike);
    let mut bounds = Vec::with_capacity(parts.scores.len());
    for (score, of) in parts.scores.iter().enumerate() {
        let weighed = |line: usize| {
            let dimension = parts.indicators.get(line).map(|indicator| indicator.dimension);
            of.weights.iter().any(|weight| Some(weight.dimension) == dimension)
        };
        let own = || lines.iter().enumerate().filter(|(line, _)| weighed(*line));
        let shared = own().all(|(_, line)| line.shared);
        // Only the score's own lines bear on its weights.
        let sets = [0, 1].map(|side| {
            let open = own().any(|(_, line)| side_of(&line.sides, side).dropped.open());
            let set = own().filter(|(_, line)| side_of(&line.sides, side).dropped.must);
            (!open).then(|| set.fold(0_u64, |set, (at, _)| set | 1 << (at % 64)))
        });
        for set in sets.into_iter().flatten() {
            weights.entry((score, set)).or_insert_with(|| plan.weights(score, set));
        }
        let known = sets.map(|set| weights.get(&(score, set?)));
        let one = side_score(model, lines, score, 0, known[0]);
        let other = if shared {
            one
        } else {
            side_score(model, lines, score, 1, known[1])
        };
        let (a, b) = (one.0, other.0);
        let loose = (b.0.saturating_sub(a.1), b.1.saturating_sub(a.0));
        let difference = if shared {
            (0, 0)
        } else {
            let closer = match (known, sets) {
                ([Some(Some(weights)), _], [Some(first), Some(second)]) if first == second => {
                    change(model, lines, weights)
                }
                _ if alike => direction(model, lines, score),
                _ => loose,
            };
            (closer.0.max(loose.0), closer.1.min(loose.1))
        };
        bounds.push(ScoreBound {
            sides: [a, b],
            difference,
            gone: [one.1, other.1],
        });
    }
    bounds
}

/// The bounds of one customer's score, and whether it can be gone. `known`: the effective weights where the set of
/// dropped lines is certain.
fn side_score(
    model: &Model<'_>,
    lines: &[LineBound],
    score: usize,
    side: usize,
    known: Option<&Option<Vec<i64>>>,
) -> ((i64, i64), May) {
    let plan = model.plan;
    match known {
        Some(None) => ((0, 0), May { can: true, must: true }),
        Some(Some(weights)) => {
            let (mut low, mut high) = (0, 0);
            for (line, weight) in lines.iter().zip(weights).filter(|(_, weight)| **weight > 0) {
                let side = side_of(&line.sides, side);
                low += plan.contribution(side.low, *weight);
                high += if side.low == side.high {
                    plan.contribution(side.low, *weight)
                } else {
                    plan.contribution(side.high, *weight)
                };
            }
            ((low, high), May::default())
        }
        None => loose_score(model, lines, score, side),
    }
}

/// Points of a mean are kept finer than points, so that rounding outwards costs nothing to speak of.
const FINER: i128 = 1_000;

/// The bounds while some lines may drop out: weighted means of weighted means, and a margin for the rounding of weights
/// (less than one unit each) and of contributions (half a unit each).
fn loose_score(model: &Model<'_>, lines: &[LineBound], score: usize, side: usize) -> ((i64, i64), May) {
    let parts = model.plan.parts();
    let Some(score) = parts.scores.get(score) else {
        return ((0, 0), May::default());
    };
    let (mut lowest, mut highest) = (Vec::new(), Vec::new());
    let mut count = 0;
    for dimension in &score.weights {
        let (mut low, mut high) = (Vec::new(), Vec::new());
        for (indicator, line) in parts.indicators.iter().zip(lines) {
            let line = side_of(&line.sides, side);
            if indicator.dimension != dimension.dimension || line.dropped.must {
                continue;
            }
            let (weight, optional) = (i128::from(indicator.weight), line.dropped.can);
            low.push(Member {
                weight,
                value: i128::from(line.low) * FINER,
                optional,
            });
            high.push(Member {
                weight,
                value: i128::from(line.high) * FINER,
                optional,
            });
        }
        count += low.len();
        let optional = low.iter().all(|member| member.optional);
        if let (Some(low), Some(high)) = (least(&low), greatest(&high)) {
            let weight = i128::from(dimension.weight);
            lowest.push(Member {
                weight,
                value: low,
                optional,
            });
            highest.push(Member {
                weight,
                value: high,
                optional,
            });
        }
    }
    let gone = May {
        can: lowest.iter().all(|member| member.optional),
        must: lowest.is_empty(),
    };
    let (Some(low), Some(high)) = (least(&lowest), greatest(&highest)) else {
        return ((0, 0), gone);
    };
    // Points count 10^-4, the score 10^-decimals: a mean of 10^4 × FINER is one point.
    let unit = i128::from(pow10(4 - score.decimals.min(4))) * FINER;
    let margin = 2 + (count as i128 * 3) / 2;
    let whole = i128::from(100 * pow10(score.decimals));
    let low = (low.div_euclid(unit) - margin).clamp(0, whole);
    let high = (-((-high).div_euclid(unit)) + margin).clamp(0, whole);
    (
        (i64::try_from(low).unwrap_or(0), i64::try_from(high).unwrap_or(i64::MAX)),
        gone,
    )
}

/// How far the second customer's score can lie from the first one's when both have these weights.
fn change(model: &Model<'_>, lines: &[LineBound], weights: &[i64]) -> (i64, i64) {
    let plan = model.plan;
    let (mut low, mut high) = (0, 0);
    for (line, weight) in lines
        .iter()
        .zip(weights)
        .filter(|(line, weight)| !line.shared && **weight > 0)
    {
        let (mut least, mut most) = (i64::MAX, i64::MIN);
        for step in &line.moves {
            let points = |points: i32| plan.contribution(points, *weight);
            let down = points(step.second.low) - points(step.first.high);
            let up = points(step.second.high) - points(step.first.low);
            least = least.min(if step.not_less { down.max(0) } else { down });
            most = most.max(if step.not_more { up.min(0) } else { up });
        }
        if least <= most {
            low += least;
            high += most;
        }
    }
    (low, high)
}

/// The same where the weights are not certain, but equal: at least which way it goes.
fn direction(model: &Model<'_>, lines: &[LineBound], score: usize) -> (i64, i64) {
    let parts = model.plan.parts();
    let weighed = |dimension: usize| {
        parts
            .scores
            .get(score)
            .is_some_and(|score| score.weights.iter().any(|weight| weight.dimension == dimension))
    };
    let mut moving = parts
        .indicators
        .iter()
        .zip(lines)
        .filter(|(indicator, line)| !line.shared && weighed(indicator.dimension));
    let (mut not_less, mut not_more) = (true, true);
    for (_, line) in moving.by_ref() {
        not_less &= line.moves.iter().all(|step| step.not_less || step.first.dropped);
        not_more &= line.moves.iter().all(|step| step.not_more || step.first.dropped);
    }
    (if not_less { 0 } else { i64::MIN }, if not_more { 0 } else { i64::MAX })
}

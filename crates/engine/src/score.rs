//! Weights that sum to one exactly, and what a line adds. 权重与贡献

use pinji_domain::number::{div_half_even, pow10};

use crate::plan::{POINT_DECIMALS, PlanParts};

/// Weights are kept two decimals finer than their score.
const FINER: u8 = 2;

/// What a line adds to its score, at the score's decimals. 贡献
///
/// `points` counts 10^-4 of a point and `weight` 10^-(d + 2) of the whole, so the product counts 10^-(d + 6).
pub(crate) fn contribution(points: i32, weight: i64) -> i64 {
    const UNIT: i64 = pow10(POINT_DECIMALS + FINER);
    // Points are at most 10^6 and weights at most 10^6, so the product is far inside i64.
    i64::try_from(div_half_even(i128::from(points) * i128::from(weight), i128::from(UNIT))).unwrap_or(0)
}

/// The effective weights of a score's lines without the indicators in `dropped`. 有效权重
///
/// Each line's share is (its weight / the weights of its dimension's lines that are left) × (its dimension's weight / the
/// weights of the dimensions that are left), an exact fraction; largest remainder brings it to units. `None` when no line
/// is left.
pub(crate) fn weights(parts: &PlanParts, score: usize, dropped: u64) -> Option<Vec<i64>> {
    let score = parts.scores.get(score)?;
    let left = |at: usize| dropped >> at & 1 == 0;
    let mut of_dimension = vec![0_i128; parts.dimensions.len()];
    for (at, indicator) in parts.indicators.iter().enumerate().filter(|(at, _)| left(*at)) {
        let _ = at;
        if let Some(sum) = of_dimension.get_mut(indicator.dimension) {
            *sum += i128::from(indicator.weight);
        }
    }
    let lines_of = |dimension: usize| of_dimension.get(dimension).copied().unwrap_or(0);
    let total: i128 = score
        .weights
        .iter()
        .filter(|weight| lines_of(weight.dimension) > 0)
        .map(|weight| i128::from(weight.weight))
        .sum();
    if total == 0 {
        return None;
    }
    let whole = i128::from(pow10(score.decimals + FINER));
    let mut weights = vec![0_i64; parts.indicators.len()];
    let mut remainders = Vec::new();
    let mut given = 0_i128;
    for (at, indicator) in parts.indicators.iter().enumerate().filter(|(at, _)| left(*at)) {
        let Some(dimension) = score
            .weights
            .iter()
            .find(|weight| weight.dimension == indicator.dimension)
        else {
            continue;
        };
        let lines = lines_of(indicator.dimension);
        let numerator = whole * i128::from(indicator.weight) * i128::from(dimension.weight);
        let denominator = lines * total;
        let floor = numerator / denominator;
        given += floor;
        // All denominators share `total`, so remainders compare by r × the others' `lines`.
        remainders.push((at, numerator % denominator, lines));
        if let Some(weight) = weights.get_mut(at) {
            *weight = i64::try_from(floor).unwrap_or(0);
        }
    }
    // Stable, so equal remainders keep the policy's order.
    remainders.sort_by(|(_, r1, lines1), (_, r2, lines2)| (r2 * lines1).cmp(&(r1 * lines2)));
    let rest = usize::try_from(whole - given).unwrap_or(0);
    for (at, ..) in remainders.into_iter().take(rest) {
        if let Some(weight) = weights.get_mut(at) {
            *weight += 1;
        }
    }
    Some(weights)
}

//! Weights from pairwise comparison (AHP). 层次分析法
//!
//! Only `+ − × ÷` of IEEE doubles in a fixed order, so every machine derives the same weights.

use pinji_domain::number::plain;
use pinji_domain::{Decimal, Message};

/// A consistency ratio above this is a finding. 一致性比率上限
pub const CONSISTENCY_LIMIT: f64 = 0.10;

/// Saaty's random index for matrices of 1 to 15 items. 平均随机一致性指标
const RANDOM_INDEX: [f64; 15] = [
    0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59,
];
/// How far `a_ij × a_ji` may be from one: files write 0.3333 for a third.
const RECIPROCAL_TOLERANCE: f64 = 0.01;
const ITERATIONS: usize = 1_000;
const SETTLED: f64 = 1e-15;
/// Judgements further from one than this are not Saaty's scale but a slip; it also keeps every product finite.
const LARGEST_JUDGEMENT: f64 = 1e6;

/// What several judges' comparisons come to. 综合判断
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Aggregated {
    /// One weight per item, summing to one. Empty where a matrix has [`problems`].
    pub weights: Vec<f64>,
    /// The consistency ratio of the aggregated matrix; 0 for one or two items.
    pub consistency: f64,
    /// The consistency ratio of each judge's own matrix.
    pub judges: Vec<f64>,
}

/// The weights that the judges' matrices give: geometric mean of the judges, then the principal eigenvector. 权重推导
///
/// Matrices of different sizes, and any with [`problems`], give nothing.
pub fn weights(judges: &[Vec<Vec<f64>>]) -> Aggregated {
    let Some(size) = judges.first().map(Vec::len) else {
        return Aggregated::default();
    };
    if judges
        .iter()
        .any(|matrix| matrix.len() != size || !problems(matrix).is_empty())
    {
        return Aggregated::default();
    }
    let together = geometric_mean(judges, size);
    let (weights, largest) = principal(&together);
    Aggregated {
        weights,
        consistency: consistency(largest, size),
        judges: judges
            .iter()
            .map(|matrix| consistency(principal(matrix).1, size))
            .collect(),
    }
}

/// What keeps a matrix from being one of pairwise comparisons: rows of unequal length, entries that are not positive
/// numbers, pairs that are not each other's reciprocal within 1%. 判断矩阵问题
pub fn problems(matrix: &[Vec<f64>]) -> Vec<Message> {
    let size = matrix.len();
    if size == 0 {
        return vec![Message::new("policy-ahp-empty")];
    }
    let short = matrix.iter().enumerate().filter(|(_, row)| row.len() != size);
    let mut found: Vec<Message> = short
        .map(|(at, row)| {
            Message::new("policy-ahp-square")
                .with("row", at + 1)
                .with("found", row.len())
                .with("wanted", size)
        })
        .collect();
    if !found.is_empty() {
        return found;
    }
    for (at, row) in matrix.iter().enumerate() {
        for (other, value) in row.iter().enumerate() {
            if !(*value >= 1.0 / LARGEST_JUDGEMENT && *value <= LARGEST_JUDGEMENT) {
                found.push(cell("policy-ahp-positive", at, other).with("value", value.to_string()));
            }
        }
    }
    if !found.is_empty() {
        return found;
    }
    for (at, row) in matrix.iter().enumerate() {
        for (other, value) in row.iter().enumerate().skip(at) {
            let back = entry(matrix, other, at);
            if (value * back - 1.0).abs() <= RECIPROCAL_TOLERANCE {
                continue;
            }
            found.push(if at == other {
                cell("policy-ahp-diagonal", at, other).with("value", value.to_string())
            } else {
                cell("policy-ahp-reciprocal", at, other)
                    .with("value", value.to_string())
                    .with("back", back.to_string())
            });
        }
    }
    found
}

/// The weights as decimals with four digits that sum to exactly 100: largest remainder, ties in the order of the items.
pub fn rounded(weights: &[f64]) -> Vec<Decimal> {
    const TOTAL: i64 = 1_000_000;
    let sum: f64 = weights.iter().sum();
    if weights.is_empty() || !(sum > 0.0 && sum.is_finite()) {
        return Vec::new();
    }
    let exact: Vec<f64> = weights.iter().map(|weight| weight / sum * TOTAL as f64).collect();
    let mut units: Vec<i64> = exact.iter().map(|share| share.floor() as i64).collect();
    let mut order: Vec<(usize, f64)> = exact.iter().map(|share| share - share.floor()).enumerate().collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut left = TOTAL - units.iter().sum::<i64>();
    for (at, _) in order.into_iter().cycle().take(weights.len() * 2) {
        let Some(unit) = units.get_mut(at).filter(|_| left != 0) else {
            continue;
        };
        *unit += left.signum();
        left -= left.signum();
    }
    units
        .into_iter()
        .filter_map(|units| Decimal::parse(&plain(units, 4)))
        .collect()
}

fn cell(code: &'static str, row: usize, column: usize) -> Message {
    Message::new(code).with("row", row + 1).with("column", column + 1)
}

fn entry(matrix: &[Vec<f64>], row: usize, column: usize) -> f64 {
    matrix.get(row).and_then(|row| row.get(column)).copied().unwrap_or(1.0)
}

fn geometric_mean(judges: &[Vec<Vec<f64>>], size: usize) -> Vec<Vec<f64>> {
    let mean = |row: usize, column: usize| {
        // The root of each judgement rather than of their product, which could overflow with many judges.
        judges
            .iter()
            .map(|matrix| root(entry(matrix, row, column), judges.len()))
            .product()
    };
    (0..size)
        .map(|row| (0..size).map(|column| mean(row, column)).collect())
        .collect()
}

/// The `degree`-th root of a positive number by Newton's steps from above, which fall until they settle.
fn root(value: f64, degree: usize) -> f64 {
    let degree = degree.max(1);
    if degree == 1 {
        return value;
    }
    let count = degree as f64;
    let mut guess = 1.0 + (value - 1.0).max(0.0) / count;
    for _ in 0..ITERATIONS {
        let power = (1..degree).fold(1.0, |power, _| power * guess);
        let next = ((count - 1.0) * guess + value / power) / count;
        if next.is_nan() || next >= guess {
            break;
        }
        guess = next;
    }
    guess
}

/// The principal eigenvector (summing to one) and its eigenvalue, by power iteration from equal weights.
fn principal(matrix: &[Vec<f64>]) -> (Vec<f64>, f64) {
    let mut vector = vec![1.0 / matrix.len() as f64; matrix.len()];
    let mut largest = matrix.len() as f64;
    for _ in 0..ITERATIONS {
        let image: Vec<f64> = matrix
            .iter()
            .map(|row| row.iter().zip(&vector).map(|(a, x)| a * x).sum())
            .collect();
        // The vector sums to one, so its image sums to the eigenvalue once the direction has settled.
        largest = image.iter().sum();
        let next: Vec<f64> = image.iter().map(|x| x / largest).collect();
        let moved = next.iter().zip(&vector).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        vector = next;
        if moved <= SETTLED {
            break;
        }
    }
    (vector, largest)
}

fn consistency(largest: f64, size: usize) -> f64 {
    let index = RANDOM_INDEX
        .get(size.saturating_sub(1))
        .or(RANDOM_INDEX.last())
        .copied()
        .unwrap_or(0.0);
    if size <= 2 || index <= 0.0 {
        return 0.0;
    }
    ((largest - size as f64) / (size as f64 - 1.0) / index).max(0.0)
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

    fn near(found: f64, expected: f64, within: f64) {
        assert!((found - expected).abs() <= within, "{found} is not {expected}");
    }

    #[test]
    fn known_matrices_give_known_weights() {
        let check = |matrix: &[&[f64]], weights_expected: &[f64], consistency: f64| {
            let judge: Vec<Vec<f64>> = matrix.iter().map(|row| row.to_vec()).collect();
            let found = weights(&[judge]);
            assert_eq!(found.weights.len(), weights_expected.len());
            for (found, expected) in found.weights.iter().zip(weights_expected) {
                near(*found, *expected, 0.0005);
            }
            near(found.consistency, consistency, 0.0005);
            near(found.judges[0], consistency, 0.0005);
        };
        check(&[&[1.0]], &[1.0], 0.0);
        check(&[&[1.0, 3.0], &[0.3333, 1.0]], &[0.75, 0.25], 0.0);
        // A consistent matrix gives back the ratios that it was made of.
        check(
            &[&[1.0, 2.0, 4.0], &[0.5, 1.0, 2.0], &[0.25, 0.5, 1.0]],
            &[0.5714, 0.2857, 0.1429],
            0.0,
        );
        // 1, 3, 5 / 1/3, 1, 3 / 1/5, 1/3, 1: the textbook case, largest eigenvalue 3.0385.
        check(
            &[&[1.0, 3.0, 5.0], &[1.0 / 3.0, 1.0, 3.0], &[0.2, 1.0 / 3.0, 1.0]],
            &[0.6370, 0.2583, 0.1047],
            0.0332,
        );
    }

    #[test]
    fn judges_are_taken_together_by_geometric_mean() {
        let one = vec![vec![1.0, 4.0], vec![0.25, 1.0]];
        let other = vec![vec![1.0, 1.0], vec![1.0, 1.0]];
        let found = weights(&[one, other]);
        near(found.weights[0], 2.0 / 3.0, 1e-12);
        assert_eq!(found.judges, [0.0, 0.0]);
    }

    #[test]
    fn contradictions_are_inconsistent() {
        let judge = vec![
            vec![1.0, 9.0, 1.0 / 9.0],
            vec![1.0 / 9.0, 1.0, 9.0],
            vec![9.0, 1.0 / 9.0, 1.0],
        ];
        assert!(weights(&[judge]).consistency > CONSISTENCY_LIMIT);
    }

    #[test]
    fn what_is_no_comparison_is_named() {
        let check = |matrix: &[&[f64]], codes: &[&str]| {
            let judge: Vec<Vec<f64>> = matrix.iter().map(|row| row.to_vec()).collect();
            let found: Vec<&str> = problems(&judge).iter().map(|message| message.code).collect();
            assert_eq!(found, codes);
            assert_eq!(weights(&[judge]).weights.is_empty(), !codes.is_empty());
        };
        check(&[], &["policy-ahp-empty"]);
        check(&[&[1.0, 2.0], &[0.5]], &["policy-ahp-square"]);
        check(&[&[1.0, 0.0], &[0.5, 1.0]], &["policy-ahp-positive"]);
        check(&[&[1.0, f64::NAN], &[0.5, 1.0]], &["policy-ahp-positive"]);
        check(&[&[1.0, 3.0], &[0.3333, 1.0]], &[]);
        check(&[&[1.0, 3.0], &[0.5, 1.0]], &["policy-ahp-reciprocal"]);
        check(&[&[2.0, 3.0], &[1.0 / 3.0, 1.0]], &["policy-ahp-diagonal"]);
    }

    #[test]
    fn rounded_weights_sum_to_a_hundred() {
        let check = |weights: &[f64], expected: &[&str]| {
            let found: Vec<String> = rounded(weights).iter().map(Decimal::to_string).collect();
            assert_eq!(found, expected);
        };
        check(&[1.0, 1.0, 1.0], &["33.3334", "33.3333", "33.3333"]);
        check(&[0.75, 0.25], &["75", "25"]);
        check(&[0.0, 0.0], &[]);
        check(
            &[1.0; 7],
            &[
                "14.2858", "14.2857", "14.2857", "14.2857", "14.2857", "14.2857", "14.2857",
            ],
        );
    }
}

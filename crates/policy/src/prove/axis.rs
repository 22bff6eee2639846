//! The values of an input or a formula as keys on an ordered axis, and where to cut it. 数轴与切点
//!
//! A key is an `i64` that keeps the order: the scaled integer itself, days, 0 and 1, or the bits of a double put in
//! order. So every test, band edge and rounding is a step on the axis, and a search by halves finds where it is.

use pinji_domain::number::{EXACT_LIMIT, pow10, rescale, scale_f64};
use pinji_engine::InputType;

/// What the keys of an axis stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    /// Scaled integers with this many decimals.
    Int(u8),
    /// Doubles.
    Double,
    /// Days.
    Date,
    /// Truth values: 0 and 1.
    Flag,
    /// Texts have no keys.
    Text,
}

/// A piece of an axis on which nothing that the policy asks changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// No value.
    Missing,
    /// From key to key, both included.
    Range(i64, i64),
    /// One text that the policy names.
    Text(String),
    /// Any text that it does not name.
    Other,
}

impl Axis {
    pub(super) fn of(ty: &InputType) -> Axis {
        match ty {
            InputType::Int(scale) => Axis::Int(*scale),
            InputType::Double => Axis::Double,
            InputType::Text(_) => Axis::Text,
            InputType::Date => Axis::Date,
            InputType::Flag => Axis::Flag,
        }
    }

    /// The least and the greatest key.
    pub(super) fn ends(self) -> (i64, i64) {
        match self {
            Axis::Int(_) => (-EXACT_LIMIT, EXACT_LIMIT),
            Axis::Double => (key(f64::MIN), key(f64::MAX)),
            Axis::Date => (i64::from(i32::MIN), i64::from(i32::MAX)),
            Axis::Flag | Axis::Text => (0, 1),
        }
    }

    /// The value of a key at `decimals`, rounded as the kernel does; `i64::MIN` and `i64::MAX` where it leaves the exact
    /// range. Never falls when the key grows.
    pub(super) fn level(self, at: i64, decimals: u8) -> i64 {
        let beyond = |negative: bool| if negative { i64::MIN } else { i64::MAX };
        match self {
            Axis::Int(scale) => rescale(at, scale, decimals).unwrap_or_else(|| beyond(at < 0)),
            Axis::Double => {
                let value = double(at);
                scale_f64(value, decimals).unwrap_or_else(|| beyond(value < 0.0))
            }
            Axis::Date | Axis::Flag | Axis::Text => at,
        }
    }
}

/// The key of a double: its bits, put in the order of the numbers.
pub(super) fn key(value: f64) -> i64 {
    let bits = value.to_bits().cast_signed();
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}

/// The double of a key.
pub(super) fn double(key: i64) -> f64 {
    f64::from_bits((key ^ ((key >> 63).cast_unsigned() >> 1).cast_signed()).cast_unsigned())
}

/// The least key in `low..=high` from which on `holds` is true (it never becomes false again); `None` when it is not.
pub(super) fn first(low: i64, high: i64, holds: impl Fn(i64) -> bool) -> Option<i64> {
    if !holds(high) {
        return None;
    }
    let (mut low, mut high) = (low, high);
    while low < high {
        let middle = i64::midpoint(low, high);
        // `midpoint` rounds towards zero, so below zero it may give the upper of two neighbours.
        let middle = if middle >= high { high - 1 } else { middle };
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    Some(low)
}

/// The ranges between the cuts: each cut begins a new one.
pub(super) fn ranges(axis: Axis, mut cuts: Vec<i64>) -> Vec<Cell> {
    let (low, high) = axis.ends();
    cuts.retain(|cut| low < *cut && *cut <= high);
    cuts.sort_unstable();
    cuts.dedup();
    let starts = std::iter::once(low).chain(cuts.iter().copied());
    let ends = cuts.iter().map(|cut| cut - 1).chain(std::iter::once(high));
    starts.zip(ends).map(|(start, end)| Cell::Range(start, end)).collect()
}

/// A value from the range that people like to read: few digits, near the end that is nearer to zero.
pub(super) fn pleasant(axis: Axis, low: i64, high: i64) -> i64 {
    match axis {
        Axis::Double => pleasant_double(low, high),
        Axis::Date => TYPICAL_DAY.clamp(low, high),
        Axis::Int(_) | Axis::Flag | Axis::Text => round(low, high),
    }
}

/// 2025-01-01.
const TYPICAL_DAY: i64 = 20_089;

/// The integer in the range with the fewest digits that is not needlessly far from zero.
fn round(low: i64, high: i64) -> i64 {
    if low <= 0 && 0 <= high {
        return 0;
    }
    if high < 0 {
        return -round(-high, low.checked_neg().unwrap_or(i64::MAX));
    }
    let digits = u8::try_from(low.ilog10()).unwrap_or(0);
    let candidates = (0..=digits).rev().map(|zeros| {
        let step = pow10(zeros);
        (low.saturating_add(step - 1) / step).saturating_mul(step)
    });
    candidates
        .into_iter()
        .find(|value| (low..=high).contains(value))
        .unwrap_or(low)
}

fn pleasant_double(low: i64, high: i64) -> i64 {
    let inside = |value: f64| (low..=high).contains(&key(value)).then(|| key(value));
    for decimals in 0..=9 {
        let scale = pow10(decimals) as f64;
        let (from, to) = ((double(low) * scale).ceil(), (double(high) * scale).floor());
        let limit = EXACT_LIMIT as f64;
        if from <= to && from.abs().min(to.abs()) <= limit {
            let units = round(from.clamp(-limit, limit) as i64, to.clamp(-limit, limit) as i64);
            if let Some(found) = inside(units as f64 / scale) {
                return found;
            }
        }
    }
    low
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
    fn keys_keep_the_order_of_doubles() {
        let values = [
            f64::MIN,
            -1.5,
            -1e-300,
            -0.0,
            0.0,
            5e-324,
            1.0,
            1.0 + f64::EPSILON,
            f64::MAX,
        ];
        for pair in values.windows(2) {
            assert!(key(pair[0]) < key(pair[1]), "{pair:?}");
        }
        for value in values {
            assert_eq!(double(key(value)).to_bits(), value.to_bits());
        }
    }

    #[test]
    fn a_step_is_found_by_halves() {
        let check = |low: i64, high: i64, step: i64| {
            let expected = (step <= high).then_some(step.max(low));
            assert_eq!(first(low, high, |at| at >= step), expected, "{low}..={high} at {step}");
        };
        for step in -6..=6 {
            check(-5, 5, step);
            check(-5, -1, step);
        }
        check(i64::MIN, i64::MAX, i64::MIN + 1);
        check(i64::MIN, i64::MAX, i64::MAX);
        let half = first(key(f64::MIN), key(f64::MAX), |at| Axis::Double.level(at, 2) >= 13).unwrap();
        assert_eq!(
            double(half),
            0.125_000_000_000_000_03,
            "0.125 rounds half to even, to 0.12"
        );
    }

    #[test]
    fn pleasant_values_lie_inside() {
        let check = |low: i64, high: i64, found: i64| assert_eq!(round(low, high), found, "{low}..={high}");
        check(80_001, EXACT_LIMIT, 90_000);
        check(80_000, 80_500, 80_000);
        check(-7, 3, 0);
        check(-1_234, -1_200, -1_200);
        check(123_456, 123_458, 123_456);
        let check = |low: f64, high: f64, found: f64| {
            assert_eq!(
                double(pleasant(Axis::Double, key(low), key(high))),
                found,
                "{low}..={high}"
            );
        };
        check(0.65, f64::MAX, 1.0);
        check(0.0301, 0.0399, 0.031);
        check(f64::MIN, -0.5, -1.0);
        check(1e300, 1e301, 1e300);
    }
}

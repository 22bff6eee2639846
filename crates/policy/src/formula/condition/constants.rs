//! A comparison with a constant as exact closed intervals. 常量与区间

use pinji_domain::number::{EXACT_LIMIT, pow10};
use pinji_domain::{Date, Decimal, Message};
use pinji_engine::Test;
use pinji_engine::condition::DoubleRange;
use pinji_engine::expr::Comparison;

use super::Held;

/// A constant of a condition.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Constant {
    Number(Decimal),
    Text(String),
    Date(Date),
    Flag(bool),
}

/// The test that a comparison comes to; a message where the two do not go together.
pub(crate) fn test(held: &Held, comparison: Comparison, constant: &Constant) -> Result<Test, Message> {
    match (held, constant) {
        (Held::Int(scale), Constant::Number(number)) => {
            let (floor, exact) = at_scale(*number, *scale);
            Ok(Test::Within(intervals(comparison, floor, exact)))
        }
        (Held::Double, Constant::Number(number)) => Ok(Test::Doubles(doubles(comparison, number.to_f64()))),
        (Held::Date, Constant::Date(date)) => {
            let days = i64::from(pinji_domain::date::to_days(*date));
            Ok(Test::Within(intervals(comparison, days, true)))
        }
        (Held::Flag, Constant::Flag(flag)) => match comparison {
            Comparison::Equal => Ok(Test::Within(vec![(i64::from(*flag), i64::from(*flag))])),
            Comparison::NotEqual => Ok(Test::Within(vec![(i64::from(!*flag), i64::from(!*flag))])),
            _ => Err(Message::new("policy-formula-flag-order")),
        },
        (Held::Text(_) | Held::Grades(_), Constant::Text(text)) => match comparison {
            Comparison::Equal => Ok(Test::OneOf(vec![text.clone()])),
            Comparison::NotEqual => Ok(Test::NoneOf(vec![text.clone()])),
            _ if matches!(held, Held::Grades(_)) => Err(Message::new("policy-condition-grade-order")),
            _ => Err(Message::new("policy-condition-text-order")),
        },
        (Held::Opaque, _) => Err(Message::new("policy-condition-opaque")),
        (held, constant) => {
            let wanted = match held {
                Held::Int(_) | Held::Double | Held::Opaque => "policy-type-number",
                Held::Text(_) | Held::Grades(_) => "policy-type-text",
                Held::Date => "policy-type-date",
                Held::Flag => "policy-type-flag",
            };
            let found = match constant {
                Constant::Number(_) => "policy-type-number",
                Constant::Text(_) => "policy-type-text",
                Constant::Date(_) => "policy-type-date",
                Constant::Flag(_) => "policy-type-flag",
            };
            let message = Message::new("policy-formula-type").with("wanted", Message::new(wanted));
            Err(message.with("found", Message::new(found)))
        }
    }
}

/// The greatest count of 10^-scale that is not above the number, and whether it is the number itself. What lies beyond
/// the exact range is as good as its end.
pub(crate) fn at_scale(number: Decimal, scale: u8) -> (i64, bool) {
    let (floor, exact) = if scale >= number.scale {
        (i128::from(number.units) * i128::from(pow10(scale - number.scale)), true)
    } else {
        let power = i128::from(pow10(number.scale - scale));
        let units = i128::from(number.units);
        (units.div_euclid(power), units.rem_euclid(power) == 0)
    };
    let limit = i128::from(EXACT_LIMIT) + 1;
    (i64::try_from(floor.clamp(-limit, limit)).unwrap_or(0), exact)
}

fn intervals(comparison: Comparison, floor: i64, exact: bool) -> Vec<(i64, i64)> {
    let below = if exact { floor - 1 } else { floor };
    match comparison {
        Comparison::Less => vec![(i64::MIN, below)],
        Comparison::AtMost => vec![(i64::MIN, floor)],
        Comparison::Greater => vec![(floor + 1, i64::MAX)],
        Comparison::AtLeast => vec![(below + 1, i64::MAX)],
        Comparison::Equal if exact => vec![(floor, floor)],
        Comparison::Equal => Vec::new(),
        Comparison::NotEqual if exact => vec![(i64::MIN, floor - 1), (floor + 1, i64::MAX)],
        Comparison::NotEqual => vec![(i64::MIN, i64::MAX)],
    }
}

fn doubles(comparison: Comparison, at: f64) -> Vec<DoubleRange> {
    let range = |low: f64, low_inclusive: bool, high: f64, high_inclusive: bool| DoubleRange {
        low,
        low_inclusive,
        high,
        high_inclusive,
    };
    let below = |inclusive| range(f64::NEG_INFINITY, false, at, inclusive);
    let above = |inclusive| range(at, inclusive, f64::INFINITY, false);
    match comparison {
        Comparison::Less => vec![below(false)],
        Comparison::AtMost => vec![below(true)],
        Comparison::Greater => vec![above(false)],
        Comparison::AtLeast => vec![above(true)],
        Comparison::Equal => vec![range(at, true, at, true)],
        Comparison::NotEqual => vec![below(false), above(false)],
    }
}

/// Intervals in order, those that touch as one.
pub(crate) fn tidy(mut intervals: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    intervals.retain(|(low, high)| low <= high);
    intervals.sort_unstable();
    let mut tidy: Vec<(i64, i64)> = Vec::new();
    for (low, high) in intervals {
        match tidy.last_mut() {
            Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
            _ => tidy.push((low, high)),
        }
    }
    tidy
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
    fn constants_become_closed_intervals() {
        const LOW: i64 = i64::MIN;
        const HIGH: i64 = i64::MAX;
        let check = |comparison, number: &str, scale, expected: &[(i64, i64)]| {
            let number = Constant::Number(Decimal::parse(number).unwrap());
            let found = test(&Held::Int(scale), comparison, &number).unwrap();
            assert_eq!(
                found,
                Test::Within(expected.to_vec()),
                "{comparison:?} {number:?} at {scale}"
            );
        };
        check(Comparison::AtLeast, "80", 2, &[(8000, HIGH)]);
        check(Comparison::Less, "80", 2, &[(LOW, 7999)]);
        check(Comparison::AtMost, "0.005", 2, &[(LOW, 0)]);
        check(Comparison::Less, "0.005", 2, &[(LOW, 0)]);
        check(Comparison::AtLeast, "0.005", 2, &[(1, HIGH)]);
        check(Comparison::Greater, "-0.005", 2, &[(0, HIGH)]);
        check(Comparison::AtMost, "-0.005", 2, &[(LOW, -1)]);
        check(Comparison::Equal, "0.005", 2, &[]);
        check(Comparison::NotEqual, "3", 0, &[(LOW, 2), (4, HIGH)]);
        check(Comparison::Equal, "3.00", 0, &[(3, 3)]);
    }

    #[test]
    fn intervals_that_touch_are_one() {
        assert_eq!(tidy(vec![(5, 6), (1, 2), (3, 3), (9, 8)]), vec![(1, 3), (5, 6)]);
        assert_eq!(tidy(vec![(i64::MIN, i64::MAX), (0, 1)]), vec![(i64::MIN, i64::MAX)]);
    }
}

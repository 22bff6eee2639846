//! Shares of a whole, exact. 比例

use pinji_domain::Decimal;
use pinji_domain::number::{plain, pow10, scale_f64};

/// A share of a whole, between nothing and all of it, as an exact count of parts per billion. 比例
///
/// What registers state (`33.3333%`) is kept to the digit; sums and comparisons of shares are integer arithmetic. What has to
/// be solved for (a share through many hands) is computed in doubles in a fixed order and rounded once, half to even, to this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Share(u32);

impl Share {
    /// The decimals of a share: the most that anything in Pinji may have, seven of a per cent.
    pub const SCALE: u8 = 9;
    /// Nothing.
    pub const NONE: Share = Share(0);
    /// All of it.
    pub const WHOLE: Share = Share(1_000_000_000);
    /// Exactly one half, which is no majority.
    pub const HALF: Share = Share(500_000_000);

    /// So many parts per billion; `None` beyond the whole.
    pub fn from_units(units: u32) -> Option<Share> {
        (units <= Share::WHOLE.0).then_some(Share(units))
    }

    /// From a ratio (`0.51`); `None` below zero and beyond one.
    pub fn from_ratio(ratio: Decimal) -> Option<Share> {
        Share::from_units(u32::try_from(ratio.at(Share::SCALE)?).ok()?)
    }

    /// From a percentage (`51`, `33.3333`); `None` below zero, beyond 100, and where digits would be lost (more than seven).
    pub fn from_percent(percent: Decimal) -> Option<Share> {
        Share::from_units(u32::try_from(percent.at(Share::SCALE - 2)?).ok()?)
    }

    /// Parts per billion: the ratio as an integer at scale 9.
    pub fn units(self) -> u32 {
        self.0
    }

    /// Rounds what was solved in doubles, half to even; held between nothing and the whole.
    pub(crate) fn rounded(value: f64) -> Share {
        let units = scale_f64(value.clamp(0.0, 1.0), Share::SCALE).unwrap_or(0);
        Share(u32::try_from(units).unwrap_or(0))
    }

    /// As a ratio for arithmetic within this crate.
    pub(crate) fn ratio(units: u32) -> f64 {
        f64::from(units) / 1e9
    }
}

impl std::fmt::Display for Share {
    /// Per cent with the decimals that it has: `33.3333%`, `100%`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = plain(i64::from(self.0), Share::SCALE - 2);
        write!(f, "{}%", digits.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// Parts of which `whole` exist as shares that sum to exactly one: largest remainder, ties in the order given. The parts are
/// solved in doubles and together the whole, as far as doubles can say so.
pub(crate) fn apportion(parts: &[f64]) -> Vec<Share> {
    let billion = pow10(Share::SCALE) as f64;
    let scaled: Vec<f64> = parts.iter().map(|part| part.clamp(0.0, 1.0) * billion).collect();
    let mut units: Vec<u32> = scaled.iter().map(|part| part.floor() as u32).collect();
    let given: u64 = units.iter().map(|part| u64::from(*part)).sum();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    let fraction = |at: &usize| scaled.get(*at).map_or(0.0, |part| part - part.floor());
    order.sort_by(|a, b| fraction(b).total_cmp(&fraction(a)));
    let mut left = u64::from(Share::WHOLE.0).saturating_sub(given);
    for at in order.into_iter().cycle().take(2 * parts.len()) {
        let Some(part) = units.get_mut(at).filter(|_| left > 0) else {
            break;
        };
        *part += 1;
        left -= 1;
    }
    units.into_iter().map(|part| Share(part.min(Share::WHOLE.0))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_exact() {
        let check = |text: &str, units: Option<u32>, said: &str| {
            let share = Decimal::parse(text).and_then(Share::from_percent);
            assert_eq!(share.map(Share::units), units, "{text}");
            if let Some(share) = share {
                assert_eq!(share.to_string(), said);
            }
        };
        check("33.3333", Some(333_333_000), "33.3333%");
        check("100", Some(1_000_000_000), "100%");
        check("0.0000001", Some(1), "0.0000001%");
        check("50.0", Some(500_000_000), "50%");
        check("0.00000001", None, "");
        check("100.0000001", None, "");
        check("-1", None, "");
    }

    #[test]
    fn parts_sum_to_the_whole() {
        let check = |parts: &[f64], units: &[u32]| {
            let shares: Vec<u32> = apportion(parts).into_iter().map(Share::units).collect();
            assert_eq!(shares, units);
            assert_eq!(shares.iter().sum::<u32>(), 1_000_000_000);
        };
        check(
            &[1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0],
            &[333_333_334, 333_333_333, 333_333_333],
        );
        check(&[0.0, 1.0], &[0, 1_000_000_000]);
        check(&[2.0 / 3.0, 1.0 / 3.0], &[666_666_667, 333_333_333]);
    }
}

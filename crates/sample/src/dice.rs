//! Chance from a seed: the same numbers on every machine. 随机数
//!
//! SplitMix64 for the bits; normal and log-normal figures only from additions, multiplications and one polynomial, since
//! the system's own `exp` and `ln` may differ in the last digit from machine to machine.

/// A stream of chance. 随机流
#[derive(Debug, Clone)]
pub(crate) struct Dice {
    state: u64,
}

impl Dice {
    /// The stream of one purpose for one thing (say, the statements of customer 17): streams do not touch each other, so
    /// one record more in one of them leaves all others as they were.
    pub(crate) fn new(seed: u64, purpose: u64, index: u64) -> Dice {
        let mut dice = Dice {
            state: seed ^ 0x9E37_79B9_7F4A_7C15,
        };
        for part in [purpose, index] {
            dice.state = dice.bits() ^ part.wrapping_mul(0xD1B5_4A32_D192_ED03);
        }
        dice.bits();
        dice
    }

    fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// At least 0, below 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Evenly between two figures.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A whole number, both ends included.
    pub(crate) fn whole(&mut self, low: i32, high: i32) -> i32 {
        let span = i64::from(high) - i64::from(low) + 1;
        let step = (self.unit() * span.max(1) as f64) as i64;
        i32::try_from(i64::from(low) + step).unwrap_or(high)
    }

    /// True with this probability.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Nearly normal with mean 0 and deviation 1: the sum of twelve even ones, within ±6.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    /// A count with this mean.
    pub(crate) fn count(&mut self, mean: f64) -> i32 {
        let mean = mean.clamp(0.0, 60.0);
        let (mut left, mut term, mut count) = (self.unit(), exp(-mean), 0);
        while left > term && count < 200 {
            left -= term;
            count += 1;
            term *= mean / f64::from(count);
        }
        count
    }

    /// One of a list.
    #[expect(
        clippy::indexing_slicing,
        reason = "the list is not empty (checked when compiled) and the index below N"
    )]
    pub(crate) fn pick<'t, T, const N: usize>(&mut self, list: &'t [T; N]) -> &'t T {
        const { assert!(N > 0) }
        &list[((self.unit() * N as f64) as usize).min(N - 1)]
    }

    /// The position of one of these shares, by their size.
    pub(crate) fn share(&mut self, shares: &[f64]) -> usize {
        let mut left = self.unit() * shares.iter().sum::<f64>();
        for (index, share) in shares.iter().enumerate() {
            if left < *share {
                return index;
            }
            left -= share;
        }
        shares.len().saturating_sub(1)
    }
}

/// e^x by reduction to |r| ≤ ln2/2 and a Taylor polynomial; the same bits everywhere.
pub(crate) fn exp(x: f64) -> f64 {
    const LN_2: f64 = std::f64::consts::LN_2;
    let x = x.clamp(-600.0, 600.0);
    let halves = (x / LN_2).round();
    let rest = x - halves * LN_2;
    let mut sum = 1.0;
    for divisor in (1..=14).rev() {
        sum = 1.0 + sum * rest / f64::from(divisor);
    }
    sum * f64::from_bits(((halves as i64 + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_right() {
        for x in [-20.0, -1.0, 0.0, 0.3, 1.0, 5.5, 18.0] {
            assert!((exp(x) / f64::exp(x) - 1.0).abs() < 1e-12, "{x}");
        }
    }

    #[test]
    fn chance_has_the_moments_that_it_claims() {
        let mut dice = Dice::new(7, 1, 2);
        let n = 20_000;
        let values: Vec<f64> = (0..n).map(|_| dice.normal()).collect();
        let mean = values.iter().sum::<f64>() / f64::from(n);
        let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / f64::from(n);
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
        let counted = (0..n).map(|_| f64::from(dice.count(3.5))).sum::<f64>() / f64::from(n);
        assert!((counted - 3.5).abs() < 0.08, "{counted}");
    }
}

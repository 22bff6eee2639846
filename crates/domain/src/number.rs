//! Exact numbers: scaled integers and the one rounding between doubles and them. 精确数值
//!
//! A *scaled integer* is a count of units of 10^-scale: 12.34 at scale 2 is 1234. Everything that is scored is one.

/// The largest magnitude that a scaled integer may have: beyond 2^53 a double no longer holds every integer.
pub const EXACT_LIMIT: i64 = 1 << 53;

/// The most decimals that anything in a policy or a record kind may declare.
pub const MAX_DECIMALS: u8 = 9;

/// 10^exponent for exponents up to 18. Larger exponents give the largest power that fits.
pub const fn pow10(exponent: u8) -> i64 {
    let mut power = 1_i64;
    let mut left = if exponent > 18 { 18 } else { exponent };
    while left > 0 {
        power *= 10;
        left -= 1;
    }
    power
}

/// Rounds a double to `decimals`, half to even, as a scaled integer. 四舍六入五成双
///
/// One IEEE multiplication by 10^decimals, then one rounding. `None` for NaN, infinities and magnitudes beyond
/// [`EXACT_LIMIT`].
pub fn scale_f64(value: f64, decimals: u8) -> Option<i64> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "powers of ten up to 10^18 are exact doubles below 10^23"
    )]
    let scaled = (value * pow10(decimals) as f64).round_ties_even();
    #[expect(clippy::cast_precision_loss, reason = "2^53 is an exact double")]
    let limit = EXACT_LIMIT as f64;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the magnitude was just compared with 2^53"
    )]
    (scaled.abs() <= limit).then_some(scaled as i64)
}

/// Where a finite double stands among bounds of `decimals`: as [`scale_f64`], but a magnitude beyond [`EXACT_LIMIT`] is kept
/// (up to 2^62, and held there), for it stands beyond every bound that can be written. `None` for NaN and infinities.
pub fn place_f64(value: f64, decimals: u8) -> Option<i64> {
    const FAR: f64 = (1_i64 << 62) as f64;
    #[expect(clippy::cast_precision_loss, reason = "as in scale_f64")]
    let scaled = (value * pow10(decimals) as f64).round_ties_even().clamp(-FAR, FAR);
    #[expect(clippy::cast_possible_truncation, reason = "held within 2^62 just now")]
    value.is_finite().then_some(scaled as i64)
}

/// The double nearest to a scaled integer: one division of exact operands. Exact operands need |units| ≤ 2^53.
pub fn to_f64(units: i64, scale: u8) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "units are within ±2^53 wherever a scaled integer is made"
    )]
    let (units, power) = (units as f64, pow10(scale) as f64);
    units / power
}

/// Brings a scaled integer to another scale, half to even. `None` when it leaves ±2^53.
pub fn rescale(units: i64, from: u8, to: u8) -> Option<i64> {
    let exact = if to >= from {
        i128::from(units) * i128::from(pow10(to - from))
    } else {
        div_half_even(i128::from(units), i128::from(pow10(from - to)))
    };
    i64::try_from(exact)
        .ok()
        .filter(|units| units.unsigned_abs() <= EXACT_LIMIT.unsigned_abs())
}

/// `numerator / denominator` rounded half to even. The denominator is positive.
pub fn div_half_even(numerator: i128, denominator: i128) -> i128 {
    let floor = numerator.div_euclid(denominator);
    let twice = 2 * numerator.rem_euclid(denominator);
    match twice.cmp(&denominator) {
        std::cmp::Ordering::Less => floor,
        std::cmp::Ordering::Greater => floor + 1,
        std::cmp::Ordering::Equal => floor + (floor & 1),
    }
}

/// An exact decimal number: a scaled integer that carries its scale. 精确小数
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    /// Count of 10^-scale.
    pub units: i64,
    /// Number of decimals, at most [`MAX_DECIMALS`].
    pub scale: u8,
}

impl Decimal {
    /// Reads plain decimal text such as `-12.340` (no exponent, no separators). Trailing zeros after the point are
    /// dropped from the scale. `None` when it is not a number, has more than nine decimals or leaves ±2^53.
    pub fn parse(text: &str) -> Option<Decimal> {
        let (negative, digits) = match text.strip_prefix(['-', '+']) {
            Some(rest) => (text.starts_with('-'), rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let fraction = fraction.trim_end_matches('0');
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !plain(whole) || !plain(fraction) {
            return None;
        }
        let scale = u8::try_from(fraction.len())
            .ok()
            .filter(|scale| *scale <= MAX_DECIMALS)?;
        let mut units = 0_i64;
        for byte in whole.bytes().chain(fraction.bytes()) {
            units = units.checked_mul(10)?.checked_add(i64::from(byte - b'0'))?;
        }
        (units <= EXACT_LIMIT).then_some(Decimal {
            units: if negative { -units } else { units },
            scale,
        })
    }

    /// The units at another scale, exactly; `None` where digits would be lost or the range is left.
    pub fn at(self, scale: u8) -> Option<i64> {
        if scale >= self.scale {
            return rescale(self.units, self.scale, scale);
        }
        let power = pow10(self.scale - scale);
        (self.units % power == 0).then_some(self.units / power)
    }

    /// The nearest double.
    pub fn to_f64(self) -> f64 {
        to_f64(self.units, self.scale)
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&plain(self.units, self.scale))
    }
}

/// A scaled integer as plain digits with all its decimals: `plain(-1234, 3)` is `-1.234`.
pub fn plain(units: i64, scale: u8) -> String {
    let power = pow10(scale).unsigned_abs();
    let (whole, fraction) = (units.unsigned_abs() / power, units.unsigned_abs() % power);
    let sign = if units < 0 { "-" } else { "" };
    match scale {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{fraction:0width$}", width = usize::from(scale)),
    }
}

/// The same with thousands separators: `grouped(123_456_789, 2)` is `1,234,567.89`.
pub fn grouped(units: i64, scale: u8) -> String {
    let digits = plain(units, scale);
    let whole_end = digits.find('.').unwrap_or(digits.len());
    let mut out = String::with_capacity(digits.len() + 8);
    for (index, character) in digits.chars().enumerate() {
        let left = whole_end.saturating_sub(index);
        if index > 0 && index < whole_end && left % 3 == 0 && !out.ends_with('-') {
            out.push(',');
        }
        out.push(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_round_once_half_to_even() {
        let check =
            |value: f64, decimals: u8, units: Option<i64>| assert_eq!(scale_f64(value, decimals), units, "{value}");
        check(0.5, 0, Some(0));
        check(1.5, 0, Some(2));
        check(-2.5, 0, Some(-2));
        check(0.123_45, 4, Some(1234));
        check(f64::NAN, 2, None);
        check(f64::INFINITY, 2, None);
        check(9_007_199_254_740_992.0, 0, Some(EXACT_LIMIT));
        check(9_007_199_254_740_994.0, 0, None);
        check(-0.0, 3, Some(0));
    }

    #[test]
    fn decimals_are_read_and_printed_exactly() {
        let check = |text: &str, printed: Option<&str>| {
            assert_eq!(
                Decimal::parse(text).map(|decimal| decimal.to_string()).as_deref(),
                printed,
                "{text}"
            );
        };
        check("12.340", Some("12.34"));
        check("-0.05", Some("-0.05"));
        check(".5", Some("0.5"));
        check("1e5", None);
        check("", None);
        check("1.2345678901", None);
        check("99999999999999999", None);
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(grouped(123_456_789, 2), "1,234,567.89");
        assert_eq!(grouped(-123_456, 0), "-123,456");
        assert_eq!(grouped(999, 0), "999");
        assert_eq!(grouped(-1_000, 3), "-1.000");
    }

    #[test]
    fn rescaling_rounds_half_to_even() {
        assert_eq!(rescale(12_345, 3, 2), Some(1_234));
        assert_eq!(rescale(12_355, 3, 2), Some(1_236));
        assert_eq!(rescale(-12_345, 3, 2), Some(-1_234));
        assert_eq!(rescale(5, 0, 3), Some(5_000));
        assert_eq!(rescale(EXACT_LIMIT, 0, 1), None);
    }
}

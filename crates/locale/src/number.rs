//! Numbers and dates as readers expect them. 数字与日期

use pinji_domain::number::{div_half_even, grouped, pow10};
use pinji_domain::{Date, Lang, Message, Period, PeriodUnit};

/// A count with thousands separators: `12,431`.
pub fn count(number: i64) -> String {
    grouped(number, 0)
}

/// Money or another large figure, shortened to three or four digits. 金额
///
/// In Chinese `1.23亿` and `3,456万`, in English `123M` and `34.6M`; small figures are written out. `units` count
/// 10^-scale. Rounding is half to even, and never past the next unit's name: `9,999.6万` is said as `1.00亿`.
pub fn amount(lang: Lang, units: i64, scale: u8) -> String {
    let steps: &[(u8, &str)] = match lang {
        Lang::Zh => &[(0, ""), (4, "万"), (8, "亿"), (12, "万亿")],
        Lang::En => &[(0, ""), (3, "K"), (6, "M"), (9, "B"), (12, "T")],
    };
    let mut written = String::new();
    let mut said = 0_i128;
    for (power, name) in steps {
        let one = i128::from(pow10(*power)) * i128::from(pow10(scale));
        // What the smaller unit came to may already have been rounded up to one of this unit.
        if *power > 0 && i128::from(units).abs().max(said) < one {
            break;
        }
        let at = |decimals: u8| div_half_even(i128::from(units) * i128::from(pow10(decimals)), one);
        let decimals = match *power {
            0 if i128::from(units) % one == 0 => 0,
            0 => scale.min(2),
            // The first that leaves at most three digits, else none.
            _ => [2, 1]
                .into_iter()
                .find(|decimals| at(*decimals).abs() < 1000)
                .unwrap_or(0),
        };
        said = at(decimals).abs() * one / i128::from(pow10(decimals));
        written = format!(
            "{}{name}",
            grouped(i64::try_from(at(decimals)).unwrap_or(i64::MAX), decimals)
        );
    }
    written
}

/// A share of a whole as per cent with one decimal, half to even: `percent(1, 3)` is `33.3%`; `–` of nothing. 百分比
///
/// Only none is `0.0%` and only all is `100.0%`: what would be rounded to them is `<0.1%` or `>99.9%`.
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    match div_half_even(i128::from(part) * 1000, i128::from(whole)) {
        0 if part > 0 => "<0.1%".to_owned(),
        1000 if part < whole => ">99.9%".to_owned(),
        tenths => format!("{}%", grouped(i64::try_from(tenths).unwrap_or(i64::MAX), 1)),
    }
}

/// A ratio that is a scaled integer, as per cent without losing a digit: 0.1234 is `12.34%`. 比率
pub fn ratio(units: i64, scale: u8) -> String {
    match scale {
        0 => format!("{}%", count(units.saturating_mul(100))),
        1 => format!("{}%", count(units.saturating_mul(10))),
        _ => format!("{}%", grouped(units, scale - 2)),
    }
}

/// A date in figures, the same in both languages and sortable: `2026-11-22`. 日期
pub fn date(date: Date) -> String {
    date.format("%Y-%m-%d").to_string()
}

/// A date for running text: `2026年11月22日`, `22 November 2026`.
pub fn date_long(lang: Lang, date: Date) -> String {
    // `%-m` and `%-d` are chrono's numbers without a leading zero.
    match lang {
        Lang::Zh => date.format("%Y年%-m月%-d日").to_string(),
        Lang::En => date.format("%-d %B %Y").to_string(),
    }
}

/// A length of time: `12个月`, `12 months`. 期间
pub fn period(lang: Lang, period: Period) -> String {
    let code = match period.unit {
        PeriodUnit::Days => "period-days",
        PeriodUnit::Months => "period-months",
        PeriodUnit::Years => "period-years",
    };
    crate::say(lang, &Message::new(code).with("n", i64::from(period.count)))
}

/// Several things in a row: `甲、乙和丙`, `a, b and c`. 列举
pub fn list<T: AsRef<str>>(lang: Lang, things: &[T]) -> String {
    let (comma, and) = match lang {
        Lang::Zh => ("、", "和"),
        Lang::En => (", ", " and "),
    };
    match things {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{}{and}{}", first.join(comma), last.as_ref())
        }
    }
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
    use pinji_domain::date::parse;

    #[test]
    fn amounts_are_shortened_in_the_readers_units() {
        let check = |units: i64, scale: u8, zh: &str, en: &str| {
            assert_eq!(
                (
                    amount(Lang::Zh, units, scale).as_str(),
                    amount(Lang::En, units, scale).as_str()
                ),
                (zh, en)
            );
        };
        check(0, 2, "0", "0");
        check(12, 2, "0.12", "0.12");
        check(99_900, 2, "999", "999");
        check(123_456, 2, "1,234.56", "1.23K");
        check(1_000_000, 2, "1.00万", "10.0K");
        check(3_456_789_012, 2, "3,457万", "34.6M");
        check(12_345_678_900, 2, "1.23亿", "123M");
        check(-12_345_678_900, 2, "-1.23亿", "-123M");
        check(99_996_000, 0, "1.00亿", "100M");
        check(999_600, 0, "100万", "1.00M");
        check(9_007_199_254_740_992, 2, "90.1万亿", "90.1T");
        check(i64::MIN, 0, "-9,223,372万亿", "-9,223,372T");
    }

    #[test]
    fn shares_and_ratios() {
        let check = |found: String, wanted: &str| assert_eq!(found, wanted);
        check(percent(1, 3), "33.3%");
        check(percent(2, 2), "100.0%");
        check(percent(5, 0), "–");
        check(percent(0, 7), "0.0%");
        check(percent(1, 1_000_000), "<0.1%");
        check(percent(999_999, 1_000_000), ">99.9%");
        check(ratio(1234, 4), "12.34%");
        check(ratio(-5, 2), "-5%");
        check(ratio(2, 0), "200%");
        check(ratio(12, 1), "120%");
    }

    #[test]
    fn dates_periods_and_lists() {
        let day = parse("2026-01-09").unwrap();
        let check = |found: String, wanted: &str| assert_eq!(found, wanted);
        check(date(day), "2026-01-09");
        check(date_long(Lang::Zh, day), "2026年1月9日");
        check(date_long(Lang::En, day), "9 January 2026");
        check(period(Lang::Zh, Period::parse("12 months").unwrap()), "12个月");
        check(period(Lang::En, Period::parse("1 year").unwrap()), "1 year");
        check(list(Lang::Zh, &["甲", "乙", "丙"]), "甲、乙和丙");
        check(list(Lang::En, &["a", "b", "c"]), "a, b and c");
        check(list::<&str>(Lang::En, &[]), "");
    }
}

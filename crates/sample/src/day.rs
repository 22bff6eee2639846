//! Days as numbers. 日期计算

use pinji_domain::Date;
use pinji_domain::date::{from_days, to_days};

/// The first year of the book; it spans three.
pub(crate) const FIRST_YEAR: i32 = 2023;
/// Its last year.
pub(crate) const LAST_YEAR: i32 = 2025;

/// The number of a calendar day.
pub(crate) fn day(year: i32, month: u32, day: u32) -> i32 {
    Date::from_ymd_opt(year, month, day).map_or(0, to_days)
}

/// The number of a month's last day; months count on past December.
pub(crate) fn month_end(year: i32, month: i32) -> i32 {
    let (year, month) = (year + month.div_euclid(12), month.rem_euclid(12));
    u32::try_from(month + 1).map_or(0, |next| day(year, next, 1) - 1)
}

/// The last day that the book knows.
pub(crate) fn last() -> i32 {
    day(LAST_YEAR, 12, 31)
}

/// The date of a day's number.
pub(crate) fn date(day: i32) -> Date {
    from_days(day).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_end_where_the_calendar_says() {
        assert_eq!(month_end(2024, 2), day(2024, 2, 29));
        assert_eq!(month_end(2025, 12), day(2025, 12, 31));
        assert_eq!(month_end(2025, 11), day(2025, 11, 30));
        assert_eq!(month_end(2025, 14), day(2026, 2, 28));
        assert_eq!(date(last()).to_string(), "2025-12-31");
    }
}

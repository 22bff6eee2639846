//! Calendar dates and periods. 日期与期间

use chrono::{Datelike, Days, Months, NaiveDate};

/// A calendar date without time or zone. 日期
pub type Date = NaiveDate;

/// Days since 1970-01-01, the form in which columns keep dates.
pub fn to_days(date: Date) -> i32 {
    date.num_days_from_ce() - EPOCH_FROM_CE
}

/// The date that lies `days` after 1970-01-01; `None` beyond the calendar's range.
pub fn from_days(days: i32) -> Option<Date> {
    NaiveDate::from_num_days_from_ce_opt(days.checked_add(EPOCH_FROM_CE)?)
}

/// Reads `YYYY-MM-DD` (also with `/` or `.`), and nothing else.
pub fn parse(text: &str) -> Option<Date> {
    let mut parts = text.trim().split(['-', '/', '.']);
    let year = parts.next()?;
    let (month, day) = (parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

const EPOCH_FROM_CE: i32 = 719_163;

/// The unit of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PeriodUnit {
    /// Calendar days.
    Days,
    /// Calendar months, ends clamped (31 March − 1 month = 28 or 29 February).
    Months,
    /// Calendar years.
    Years,
}

/// A length of calendar time such as `12 months`. 期间
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    /// How many units; at least one.
    pub count: u32,
    /// Which unit.
    pub unit: PeriodUnit,
}

impl Period {
    /// Reads `12 months`, `1 year`, `90 days` (singular or plural). `None` for anything else, and for zero.
    pub fn parse(text: &str) -> Option<Period> {
        let mut words = text.split_whitespace();
        let count: u32 = words.next()?.parse().ok()?;
        let unit = match words.next()? {
            "day" | "days" => PeriodUnit::Days,
            "month" | "months" => PeriodUnit::Months,
            "year" | "years" => PeriodUnit::Years,
            _ => return None,
        };
        (words.next().is_none() && (1..=120_000).contains(&count)).then_some(Period { count, unit })
    }

    /// The last day that is *outside* the window `(as_of − period, as_of]`. 窗口起点（不含）
    ///
    /// Month ends are clamped. A period that reaches before the calendar begins gives its first day.
    pub fn before(self, as_of: Date) -> Date {
        let back = match self.unit {
            PeriodUnit::Days => as_of.checked_sub_days(Days::new(u64::from(self.count))),
            PeriodUnit::Months => as_of.checked_sub_months(Months::new(self.count)),
            PeriodUnit::Years => as_of.checked_sub_months(Months::new(self.count.saturating_mul(12))),
        };
        back.unwrap_or(Date::MIN)
    }

    /// The first day on which `date` lies outside the window that ends there: it is fresh before, stale from then on. 到期日
    ///
    /// The counterpart of [`Period::before`], exact at the ends of months: 29 February and a year gives 1 March. A period
    /// that reaches beyond the calendar gives its last day.
    pub fn after(self, date: Date) -> Date {
        let forward = match self.unit {
            PeriodUnit::Days => date.checked_add_days(Days::new(u64::from(self.count))),
            PeriodUnit::Months => date.checked_add_months(Months::new(self.count)),
            PeriodUnit::Years => date.checked_add_months(Months::new(self.count.saturating_mul(12))),
        };
        let mut day = forward.unwrap_or(Date::MAX);
        // The clamped end of a month may come up to three days too early.
        while self.before(day) < date {
            match day.succ_opt() {
                Some(next) => day = next,
                None => break,
            }
        }
        day
    }

    /// The end of the period that follows one which ends on `date`: month ends stay month ends. 下一期末
    pub fn next_end(self, date: Date) -> Date {
        let months = match self.unit {
            PeriodUnit::Days => return self.after(date),
            PeriodUnit::Months => self.count,
            PeriodUnit::Years => self.count.saturating_mul(12),
        };
        let is_month_end = date.succ_opt().is_none_or(|next| next.day() == 1);
        let Some(mut day) = date.checked_add_months(Months::new(months)) else {
            return Date::MAX;
        };
        while is_month_end && day.succ_opt().is_some_and(|next| next.day() != 1) {
            let Some(next) = day.succ_opt() else { break };
            day = next;
        }
        day
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let unit = match self.unit {
            PeriodUnit::Days => "day",
            PeriodUnit::Months => "month",
            PeriodUnit::Years => "year",
        };
        write!(f, "{} {unit}{}", self.count, if self.count == 1 { "" } else { "s" })
    }
}

/// Whole calendar months from `earlier` to `later`: the most months that can be added to `earlier`, month ends clamped,
/// without passing `later`. Negative when `later` lies before `earlier`.
pub fn months_between(later: Date, earlier: Date) -> i32 {
    if later < earlier {
        return -months_between(earlier, later);
    }
    let months = 12 * (later.year() - earlier.year()) + later.month0().cast_signed() - earlier.month0().cast_signed();
    let reached = earlier
        .checked_add_months(Months::new(months.unsigned_abs()))
        .is_some_and(|date| date <= later);
    if reached { months } else { months - 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn month_ends_are_clamped() {
        let check = |as_of: &str, period: &str, start: &str| {
            let start_found = Period::parse(period).unwrap().before(parse(as_of).unwrap());
            assert_eq!(start_found, parse(start).unwrap(), "{as_of} - {period}");
        };
        check("2025-12-31", "12 months", "2024-12-31");
        check("2025-03-31", "1 month", "2025-02-28");
        check("2024-03-31", "1 month", "2024-02-29");
        check("2024-02-29", "1 year", "2023-02-28");
        check("2025-01-01", "90 days", "2024-10-03");
    }

    #[test]
    fn the_first_stale_day_is_the_window_turned_round() {
        let check = |date: &str, period: &str, stale: &str| {
            let period = Period::parse(period).unwrap();
            let date = parse(date).unwrap();
            let found = period.after(date);
            assert_eq!(found, parse(stale).unwrap(), "{date} + {period}");
            assert!(period.before(found) >= date && period.before(found.pred_opt().unwrap()) < date);
        };
        check("2024-12-31", "12 months", "2025-12-31");
        check("2024-02-29", "1 year", "2025-03-01");
        check("2025-01-31", "1 month", "2025-03-01");
        check("2025-02-28", "1 month", "2025-03-28");
        check("2025-01-01", "90 days", "2025-04-01");
        assert_eq!(Period::parse("1 day").unwrap().after(Date::MAX), Date::MAX);
    }

    #[test]
    fn month_ends_follow_month_ends() {
        let check = |date: &str, period: &str, next: &str| {
            let found = Period::parse(period).unwrap().next_end(parse(date).unwrap());
            assert_eq!(found, parse(next).unwrap(), "{date} + {period}");
        };
        check("2025-02-28", "1 month", "2025-03-31");
        check("2025-01-31", "1 month", "2025-02-28");
        check("2024-12-31", "1 year", "2025-12-31");
        check("2025-01-15", "1 month", "2025-02-15");
        check("2025-01-15", "7 days", "2025-01-22");
    }

    #[test]
    fn whole_months_are_counted() {
        let check = |later: &str, earlier: &str, months: i32| {
            assert_eq!(
                months_between(parse(later).unwrap(), parse(earlier).unwrap()),
                months,
                "{earlier} to {later}"
            );
        };
        check("2025-02-28", "2025-01-31", 1);
        check("2025-02-27", "2025-01-31", 0);
        check("2026-01-30", "2025-01-31", 11);
        check("2025-01-31", "2025-02-28", -1);
        check("2025-05-05", "2025-05-05", 0);
    }

    #[test]
    fn days_and_dates_are_inverse() {
        for days in [-719_162, -1, 0, 1, 20_454, 100_000] {
            assert_eq!(to_days(from_days(days).unwrap()), days);
        }
        assert_eq!(to_days(parse("2026-01-01").unwrap()), 20_454);
        assert_eq!(parse("2025-13-01"), None);
        assert_eq!(parse("25-01-01"), None);
    }
}

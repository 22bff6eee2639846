//! Instants: microseconds of UTC, handed in by the edge; nothing pure reads a clock. 时刻

use std::fmt;

use chrono::{DateTime, SecondsFormat};

use crate::Date;

/// An instant, in microseconds since 1970-01-01T00:00:00Z. 时刻
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// Seconds as microseconds.
pub const SECOND: i64 = 1_000_000;

impl Timestamp {
    /// This instant and so many seconds. Held at the ends of the range.
    pub fn plus_seconds(self, seconds: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(seconds.saturating_mul(SECOND)))
    }

    /// Seconds from `earlier` to this one, rounded down.
    pub fn seconds_since(self, earlier: Timestamp) -> i64 {
        self.0.saturating_sub(earlier.0).div_euclid(SECOND)
    }

    /// The calendar day in China (UTC+8), where the office's days begin and end. `None` beyond the calendar.
    pub fn day(self) -> Option<Date> {
        let local = self.plus_seconds(8 * 3600);
        DateTime::from_timestamp_micros(local.0).map(|instant| instant.date_naive())
    }

    /// Reads RFC 3339 with any offset; `None` for anything else.
    pub fn parse(text: &str) -> Option<Timestamp> {
        let instant = DateTime::parse_from_rfc3339(text).ok()?;
        Some(Timestamp(instant.timestamp_micros()))
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with microseconds: `2026-11-22T08:00:00.000000Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::from_timestamp_micros(self.0) {
            Some(instant) => f.write_str(&instant.to_rfc3339_opts(SecondsFormat::Micros, true)),
            None => write!(f, "{}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_and_written() {
        let check = |text: &str, says: Option<&str>| {
            let found = Timestamp::parse(text).map(|instant| instant.to_string());
            assert_eq!(found.as_deref(), says, "{text}");
        };
        check("2026-11-22T08:00:00Z", Some("2026-11-22T08:00:00.000000Z"));
        check("2026-11-22T08:00:00.5+08:00", Some("2026-11-22T00:00:00.500000Z"));
        check("2026-11-22", None);
        check("yesterday", None);
    }

    #[test]
    fn days_begin_at_midnight_in_china() {
        let day = |text: &str| {
            let instant = Timestamp::parse(text);
            instant.and_then(Timestamp::day).map(|day| day.to_string())
        };
        assert_eq!(day("2026-12-31T15:59:59Z").as_deref(), Some("2026-12-31"));
        assert_eq!(day("2026-12-31T16:00:00Z").as_deref(), Some("2027-01-01"));
        assert_eq!(Timestamp(i64::MAX).day(), None);
    }
}

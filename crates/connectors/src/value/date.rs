//! Dates and periods as people write them. 日期

use chrono::Datelike;
use pinji_domain::{Date, date};

use crate::bad::Why;
use crate::fold;

/// How the dates of a column are written. 历法与次序
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Calendar {
    /// Year first, western calendar: `2025-03-31`, `2025年3月31日`, `20250331`. 公历
    #[default]
    Western,
    /// Year first, counted from 1911: `1140816`, `114/08/16`, `11407`. 民國
    Roc,
    /// Month, day, year. 月/日/年
    MonthDayYear,
    /// Day, month, year. 日/月/年
    DayMonthYear,
}

impl Calendar {
    /// The calendar by the word that `--map` uses: `roc`, `mdy`, `dmy`, `ymd`.
    pub(crate) fn parse(word: &str) -> Option<Calendar> {
        match word.to_lowercase().as_str() {
            "roc" | "民國" | "民国" => Some(Calendar::Roc),
            "mdy" => Some(Calendar::MonthDayYear),
            "dmy" => Some(Calendar::DayMonthYear),
            "ymd" => Some(Calendar::Western),
            _ => None,
        }
    }
}

/// How a date field is read: its calendar, and whether a month or a year alone means its last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DatePlan {
    pub calendar: Calendar,
    pub period: bool,
}

/// Years that a business date can have.
const YEARS: std::ops::RangeInclusive<i32> = 1000..=9999;

impl DatePlan {
    /// Reads a date from text that is trimmed and not empty.
    pub(crate) fn read(self, text: &str) -> Result<Date, Why> {
        if self.calendar == Calendar::Western
            && let Some(found) = iso(text.as_bytes())
        {
            return found;
        }
        let normal = fold::normal(text);
        let day = without_time(&normal);
        if day.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.digits(day);
        }
        if let Some(found) = self.quarter(day) {
            return found;
        }
        let day = day
            .strip_prefix("民國")
            .or_else(|| day.strip_prefix("民国"))
            .map(str::trim_start)
            .unwrap_or(day);
        let spelt: String = day
            .chars()
            .filter(|character| !matches!(character, ' ' | '日' | '号' | '號' | '度'))
            .map(|character| {
                if matches!(character, '年' | '月' | '/' | '.') {
                    '-'
                } else {
                    character
                }
            })
            .collect();
        let spelt = spelt.trim_end_matches('-');
        let mut parts = [0_i32; 3];
        let mut count = 0;
        for part in spelt.split('-') {
            let slot = parts.get_mut(count).ok_or(Why::NotADate)?;
            let digits = part.len() <= 4 && !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            *slot = digits.then(|| part.parse().ok()).flatten().ok_or(Why::NotADate)?;
            count += 1;
        }
        let first_length = spelt.split('-').next().map_or(0, str::len);
        let [first, second, third] = parts;
        match (self.calendar, count) {
            (Calendar::Western, 3) if first_length == 4 => on(first, second, third),
            (Calendar::Western, 2) if first_length == 4 => self.month(first, second),
            (Calendar::Western, 1) if first_length == 4 => self.year(first),
            (Calendar::Western, 3) => Err(if third >= 1000 { Why::DayOrMonth } else { Why::NotADate }),
            (Calendar::Western, _) => Err(Why::NotADate),
            (Calendar::Roc, 3) if first < 1000 => on(first + 1911, second, third),
            (Calendar::Roc, 2) if first < 1000 => self.month(first + 1911, second),
            (Calendar::Roc, 1) if first < 1000 => self.year(first + 1911),
            (Calendar::MonthDayYear, 3) => on(short_year(third), first, second),
            (Calendar::DayMonthYear, 3) => on(short_year(third), second, first),
            (Calendar::MonthDayYear | Calendar::DayMonthYear, 2) => self.month(short_year(second), first),
            _ => Err(Why::NotADate),
        }
    }

    /// Reads a date from a number cell: `20250331`, `202503` or `2025` of a period, or Excel's serial number of a day.
    pub(crate) fn read_number(self, value: f64, is_1904: bool) -> Result<Date, Why> {
        if !(0.0..1e9).contains(&value) {
            return Err(Why::NotADate);
        }
        let whole = value.trunc();
        if value == whole && self.looks_written(whole as i64) {
            return self.digits(&format!("{}", whole as i64));
        }
        serial(value, is_1904)
    }

    /// Whether a whole number is rather digits of a date than a serial number.
    fn looks_written(self, number: i64) -> bool {
        match self.calendar {
            Calendar::Roc => (101..=19_912).contains(&number) || (100_101..=1_991_231).contains(&number),
            _ => {
                (10_000_101..=99_991_231).contains(&number)
                    || (190_001..=299_912).contains(&number)
                    || (self.period && (1900..=2100).contains(&number))
            }
        }
    }

    /// Digits only: YYYYMMDD, YYYYMM, YYYY, or the same with years of the Republic.
    fn digits(self, digits: &str) -> Result<Date, Why> {
        let number: i32 = digits.parse().map_err(|_| Why::NotADate)?;
        match (self.calendar, digits.len()) {
            (Calendar::Western, 8) => on(number / 10_000, number / 100 % 100, number % 100),
            (Calendar::Western, 6) => self.month(number / 100, number % 100),
            (Calendar::Western, 5) => serial(f64::from(number), false),
            (Calendar::Western, 4) if self.period => self.year(number),
            (Calendar::Roc, 6 | 7) => on(number / 10_000 + 1911, number / 100 % 100, number % 100),
            (Calendar::Roc, 4 | 5) => self.month(number / 100 + 1911, number % 100),
            (Calendar::Roc, 2 | 3) => self.year(number + 1911),
            (Calendar::MonthDayYear, 8) => on(number % 10_000, number / 1_000_000, number / 10_000 % 100),
            (Calendar::DayMonthYear, 8) => on(number % 10_000, number / 10_000 % 100, number / 1_000_000),
            _ => Err(Why::NotADate),
        }
    }

    /// `2025Q1`, `2025年第一季度`, `2025年1季度`, `2025H1`, `2025年上半年`, `2025年半年度`.
    fn quarter(self, text: &str) -> Option<Result<Date, Why>> {
        let split = text.find(|character: char| !character.is_ascii_digit())?;
        let (year, rest) = (text.get(..split)?, text.get(split..)?);
        let year: i32 = year.parse().ok().filter(|_| matches!(split, 2..=4))?;
        let year = if self.calendar == Calendar::Roc && year < 1000 {
            year + 1911
        } else {
            year
        };
        let rest = rest
            .trim_start_matches(['年', '-', ' ', '/'])
            .trim_start_matches('第')
            .to_lowercase();
        let month = match rest.as_str() {
            "q1" | "1季度" | "一季度" | "1季" | "一季" | "一季报" => 3,
            "q2" | "2季度" | "二季度" | "2季" | "二季" | "h1" | "上半年" | "半年" | "半年度" | "中报" | "半年报" => {
                6
            }
            "q3" | "3季度" | "三季度" | "3季" | "三季" | "三季报" => 9,
            "q4" | "4季度" | "四季度" | "4季" | "四季" | "h2" | "下半年" | "全年" | "年报" | "fy" => 12,
            _ => return None,
        };
        Some(self.month(year, month))
    }

    fn month(self, year: i32, month: i32) -> Result<Date, Why> {
        let last = month_end(year, month)?;
        if self.period { Ok(last) } else { Err(Why::MonthOnly) }
    }

    fn year(self, year: i32) -> Result<Date, Why> {
        let last = month_end(year, 12)?;
        if self.period { Ok(last) } else { Err(Why::MonthOnly) }
    }
}

/// The day with an Excel serial number. 29 February 1900, which Excel has and the calendar has not, is refused.
pub(crate) fn serial(value: f64, is_1904: bool) -> Result<Date, Why> {
    // 1900-01-01 to 2199-12-31: beyond, a number is hardly a date.
    const LAST: i32 = 109_574;
    if !(0.0..=f64::from(LAST)).contains(&value) {
        return Err(Why::NotADate);
    }
    let mut days = value.floor() as i32;
    if is_1904 {
        days += 1462;
    }
    let from_epoch = match days {
        ..=0 | 60 => return Err(Why::NoSuchDate),
        1..=59 => days - 25_568,
        _ => days - 25_569,
    };
    date::from_days(from_epoch).ok_or(Why::NoSuchDate)
}

/// The fast way: `YYYY-MM-DD`, alone or before a time.
fn iso(bytes: &[u8]) -> Option<Result<Date, Why>> {
    let [y1, y2, y3, y4, b'-' | b'/', m1, m2, b'-' | b'/', d1, d2, rest @ ..] = bytes else {
        return None;
    };
    if !(rest.is_empty() || is_time(rest)) {
        return None;
    }
    let number = |digits: &[&u8]| {
        digits.iter().try_fold(0_i32, |sum, digit| {
            digit.is_ascii_digit().then(|| sum * 10 + i32::from(**digit - b'0'))
        })
    };
    Some(on(number(&[y1, y2, y3, y4])?, number(&[m1, m2])?, number(&[d1, d2])?))
}

/// `T08:26:00`, ` 08:26`, ` 8:26:00.000Z`, ` 0:00:00+08:00`: the time says nothing about the day as it was written.
fn is_time(bytes: &[u8]) -> bool {
    let Some((b'T' | b't' | b' ', clock)) = bytes.split_first() else {
        return false;
    };
    clock.first().is_some_and(u8::is_ascii_digit)
        && clock.contains(&b':')
        && clock
            .iter()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.' | b'Z' | b'+' | b'-' | b' '))
}

fn without_time(text: &str) -> &str {
    let cut = text.char_indices().find(|(at, character)| {
        matches!(character, 'T' | 't' | ' ') && is_time(text.as_bytes().get(*at..).unwrap_or_default())
    });
    match cut {
        Some((at, _)) => text.get(..at).unwrap_or(text).trim_end(),
        None => text,
    }
}

fn on(year: i32, month: i32, day: i32) -> Result<Date, Why> {
    let part = |number: i32| u32::try_from(number).map_err(|_| Why::NoSuchDate);
    let found = Date::from_ymd_opt(year, part(month)?, part(day)?).ok_or(Why::NoSuchDate)?;
    if YEARS.contains(&found.year()) {
        Ok(found)
    } else {
        Err(Why::NoSuchDate)
    }
}

fn month_end(year: i32, month: i32) -> Result<Date, Why> {
    let (next_year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    let _in_range = on(year, month, 1)?;
    let next = u32::try_from(next).map_err(|_| Why::NoSuchDate)?;
    Date::from_ymd_opt(next_year, next, 1)
        .and_then(|first| first.pred_opt())
        .ok_or(Why::NoSuchDate)
}

fn short_year(year: i32) -> i32 {
    match year {
        0..=69 => 2000 + year,
        70..=99 => 1900 + year,
        _ => year,
    }
}

//! Periods that do not follow each other, and days that have not come yet. 期间与日期

use std::collections::{BTreeMap, HashMap};

use pinji_domain::date::to_days;
use pinji_domain::office::PeriodRule;
use pinji_domain::{Date, Kind, Period, PeriodUnit};

use super::{Doubt, series};
use crate::compare::{Compared, Known, RecordKey};
use crate::values::{self, Values};

/// How far the end of a period may lie from where it should: books are closed a few days off the end of a month.
const SLACK_DAYS: i32 = 5;

/// Dates that have happened already but lie after today: the row's own, when it was known, and those that the kind names.
pub(super) fn future(kind: &Kind, row: &Compared, today: Date) -> Vec<Doubt> {
    let own = [kind.date.as_deref(), kind.known.as_deref()];
    let named = kind.office.not_future.iter().map(String::as_str);
    let mut fields: Vec<&str> = own.into_iter().flatten().chain(named).collect();
    let mut seen = Vec::new();
    fields.retain(|field| {
        !seen.contains(field) && {
            seen.push(*field);
            true
        }
    });
    let late = fields.into_iter().filter_map(|field| {
        let date = values::day(&row.after, field).filter(|date| *date > today)?;
        super::changes(row, field).then(|| Doubt::Future {
            field: field.to_owned(),
            date,
        })
    });
    late.collect()
}

/// The first and the last day of each record of a series; both are the period's end where rows have no span.
type Spans = BTreeMap<RecordKey, (Date, Date)>;

/// All periods of the customers of a submission: what is known, with what came in put in its place. 期间总表
pub(super) struct Periods {
    by_series: HashMap<(String, String), Spans>,
}

impl Periods {
    pub(super) fn new(kind: &Kind, rows: &[&Compared], known: &Known) -> Periods {
        let mut by_series: HashMap<(String, String), Spans> = HashMap::new();
        let Some(rule) = kind.office.period.as_ref().filter(|_| !kind.is_ledger()) else {
            return Periods { by_series };
        };
        let mut add = |key: &RecordKey, row: &Values| {
            if let Some(span) = span(kind, rule, row) {
                let place = (key.customer.clone(), values::series_text(kind, row));
                by_series.entry(place).or_default().insert(key.clone(), span);
            }
        };
        let mut customers: Vec<&String> = rows
            .iter()
            .filter_map(|row| Some(&row.key.as_ref()?.customer))
            .collect();
        customers.sort_unstable();
        customers.dedup();
        for customer in customers {
            for version in known.of(customer).filter(|version| version.is_current) {
                add(&version.key, &version.values);
            }
        }
        for row in rows {
            if let Some(key) = &row.key {
                add(key, &row.after);
            }
        }
        Periods { by_series }
    }

    /// What is odd about the period of a row.
    pub(super) fn of(&self, kind: &Kind, row: &Compared) -> Vec<Doubt> {
        let (Some(rule), Some(key)) = (&kind.office.period, &row.key) else {
            return Vec::new();
        };
        let place = (key.customer.clone(), series(kind, row));
        let Some(spans) = self.by_series.get(&place) else {
            return Vec::new();
        };
        let Some(own) = spans.get(key).copied() else {
            return Vec::new();
        };
        let others = || spans.iter().filter(|(other, _)| *other != key).map(|(_, span)| *span);
        match rule {
            PeriodRule::Steps { .. } => match step(rule, &row.after) {
                Some(step) => stepped(own.1, others().map(|(_, end)| end), step),
                None => Vec::new(),
            },
            PeriodRule::Span { .. } => spanned(own, others()),
        }
    }
}

/// The days that a row covers; `None` where it does not say, or where its code has no step.
fn span(kind: &Kind, rule: &PeriodRule, row: &Values) -> Option<(Date, Date)> {
    match rule {
        PeriodRule::Steps { .. } => {
            step(rule, row)?;
            let end = values::date_of(kind, row)?;
            Some((end, end))
        }
        PeriodRule::Span { from, to } => Some((values::day(row, from)?, values::day(row, to).unwrap_or(Date::MAX))),
    }
}

fn step(rule: &PeriodRule, row: &Values) -> Option<Period> {
    let PeriodRule::Steps { by, steps } = rule else {
        return None;
    };
    let code = match by {
        Some(field) => values::text(values::present(row, field)?),
        None => String::new(),
    };
    steps.iter().find(|(known, _)| *known == code).map(|(_, step)| *step)
}

/// A period that ends on `end` beside the ends of the others of its series.
fn stepped(end: Date, others: impl Iterator<Item = Date>, step: Period) -> Vec<Doubt> {
    let slack = match step.unit {
        PeriodUnit::Days => 0,
        PeriodUnit::Months | PeriodUnit::Years => SLACK_DAYS,
    };
    let mut before: Option<Date> = None;
    let mut after: Option<Date> = None;
    for other in others {
        if other <= end {
            before = Some(before.map_or(other, |known| known.max(other)));
        } else {
            after = Some(after.map_or(other, |known| known.min(other)));
        }
    }
    let mut doubts = Vec::new();
    // How many days a period's end lies after where the one before says it should.
    let off = |earlier: Date, later: Date| to_days(later) - to_days(step.next_end(earlier));
    if let Some(before) = before {
        let days = off(before, end);
        if days > slack {
            doubts.push(Doubt::Gap {
                before,
                missing: step.next_end(before),
                step,
            });
        } else if days < -slack {
            doubts.push(Doubt::Overlap { other: before });
        }
    }
    if let Some(after) = after.filter(|after| off(end, *after) < -slack) {
        doubts.push(Doubt::Overlap { other: after });
    }
    doubts
}

/// A row that holds from one day to another beside the others of its series.
fn spanned(own: (Date, Date), others: impl Iterator<Item = (Date, Date)>) -> Vec<Doubt> {
    let (from, to) = own;
    if to < from {
        return vec![Doubt::Reversed { from, to }];
    }
    let met = others.filter(|(first, last)| first <= last && *first <= to && *last >= from);
    let first = met.map(|(first, _)| first).min();
    first.map(|other| Doubt::Overlap { other }).into_iter().collect()
}

//! Freshness and frequency: what is overdue as of a date, for whom, and by how many days. 时效与频率
//!
//! *Fresh* is about the record: its date (a period's end) may be so old and no older; it is the same rule as `fresh` of a
//! measure, to the day. *Every* is about the work: something must have come in within that time, whatever its date.

use pinji_domain::{Channel, Date, Kind, Message, Period, date};

/// What must be held for a kind, in general or on one channel. 目标
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Target {
    /// The channel that says so; `None` for what holds over all channels together.
    pub channel: Option<Channel>,
    /// What must not grow older than `period`.
    pub what: Due,
    /// How long.
    pub period: Period,
}

/// What is due. 应办事项
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Due {
    /// A record with a later date. 时效
    Fresh,
    /// Anything new, or the word that nothing changed. 频率
    Every,
}

/// The targets of a kind: the general ones, then those that channels declare themselves.
pub fn targets(kind: &Kind) -> Vec<Target> {
    let general = std::iter::once((None, kind.office.general));
    let own = kind
        .office
        .channels
        .iter()
        .map(|(channel, terms)| (Some(*channel), *terms));
    let declared = general.chain(own).flat_map(|(channel, terms)| {
        let both = [(Due::Fresh, terms.fresh), (Due::Every, terms.every)];
        both.map(|(what, period)| period.map(|period| Target { channel, what, period }))
    });
    declared.flatten().collect()
}

/// A customer, and when its records of a kind last moved; for a channel's target, on that channel alone. 跟踪对象
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// The customer's own number.
    pub customer: String,
    /// From which day on something is expected, for instance when the customer was entered.
    pub since: Date,
    /// The date of its newest accepted record; for standing facts the day on which it was accepted.
    pub newest: Option<Date>,
    /// The day on which an accepted submission last said something, be it that nothing changed.
    pub came: Option<Date>,
}

/// Something that should have come in. 逾期
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overdue {
    /// The customer's own number.
    pub customer: String,
    /// What is due.
    pub what: Due,
    /// The last day in time.
    pub due: Date,
    /// Days since then, at least 1.
    pub days: i32,
}

/// What is overdue at the end of the day `as_of`; the longest overdue first, then by customer. 逾期清单
pub fn overdue<'f>(target: Target, followed: impl IntoIterator<Item = &'f Followed>, as_of: Date) -> Vec<Overdue> {
    let late = followed.into_iter().filter_map(|one| {
        let last = match target.what {
            Due::Fresh => one.newest,
            Due::Every => one.came,
        };
        // A date in the future is no promise; nothing is due before its time either.
        let from = last.unwrap_or(one.since);
        let due = target.period.after(from).pred_opt()?;
        let days = date::to_days(as_of) - date::to_days(due);
        (days > 0).then(|| Overdue {
            customer: one.customer.clone(),
            what: target.what,
            due,
            days,
        })
    });
    let mut late: Vec<Overdue> = late.collect();
    late.sort_by(|one, other| (other.days, &one.customer).cmp(&(one.days, &other.customer)));
    late
}

impl Overdue {
    /// The sentence for readers.
    pub fn message(&self, kind: &Kind) -> Message {
        let code = match self.what {
            Due::Fresh => "workflow-due-fresh",
            Due::Every => "workflow-due-every",
        };
        Message::new(code)
            .with("customer", self.customer.as_str())
            .with("kind", kind.name.clone())
            .with("due", self.due.to_string())
            .with("days", i64::from(self.days))
    }
}

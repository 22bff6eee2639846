//! What should have come in and has not: customers beyond the freshness and frequency that their kinds declare. 逾期

use std::collections::HashMap;

use pinji_access::State;
use pinji_access::{Owner, Resource, What};
use pinji_domain::{Channel, CustomerId, Date, Kind, Message, Timestamp};
use pinji_workflow::due::{self, Due, Followed, Target};

use super::rows::Said;
use crate::register::{Action, Caller, Fault, Office, Slice};

/// Customers looked at together.
const PAGE: u32 = 1_000;

/// Something that should have come in. 逾期事项
#[derive(Debug, Clone)]
pub struct OverdueView {
    /// The customer's own number.
    pub customer: String,
    /// The kind of record.
    pub kind: String,
    /// The channel that says so; `None` for what holds over all channels.
    pub channel: Option<Channel>,
    /// `fresh`: a later record; `every`: anything new.
    pub what: &'static str,
    /// The last day in time.
    pub due: Date,
    /// Days since then.
    pub days: i32,
    /// In words.
    pub says: Said,
}

/// Where a page ends: after this customer, in the kind of this number. 游标
pub type Place = (usize, i64);

/// What is overdue today, kind by kind, in the order of the register. 逾期清单
pub async fn overdue(
    office: &Office,
    caller: &Caller,
    kind: Option<&str>,
    after: Option<Place>,
    limit: u32,
) -> Result<Slice<OverdueView, Place>, Fault> {
    let general = Resource::new(What::Record);
    office.authorize(caller, Action::RecordRead, &general)?;
    let kinds = office.kinds(&office.store).await?;
    if let Some(kind) = kind.filter(|kind| kinds.get(kind).is_none()) {
        let says = Message::new("app-submission-kind-unknown").with("kind", kind);
        return Err(Fault::field("/kind", says));
    }
    let links = office.store.links_in_force().await?;
    let today = caller
        .asked
        .at
        .day()
        .ok_or_else(|| Fault::broken("beyond the calendar"))?;
    let scope = office.permissions.scope(&caller.actor, Action::RecordRead).scope;
    let (from, mut last) = after.unwrap_or((0, 0));
    let mut items = Vec::new();
    let wanted = kinds.kinds.iter().enumerate().skip(from);
    for (at, one) in wanted.filter(|(_, one)| kind.is_none_or(|kind| one.id == kind)) {
        // What nobody sends in is never overdue.
        let linked = links.iter().any(|link| link.kind == one.id);
        let targets = if linked { Vec::new() } else { due::targets(one) };
        if at != from {
            last = 0;
        }
        while !targets.is_empty() {
            let keys = office.store.customer_keys(CustomerId(last), PAGE).await?;
            let ids: Vec<CustomerId> = keys.iter().map(|keys| keys.id).collect();
            let Some(end) = ids.last().copied() else { break };
            let customers = office.store.customers(&ids).await?;
            let mut late: Vec<(CustomerId, OverdueView)> = Vec::new();
            for target in &targets {
                let latest = latest(office, one, *target, CustomerId(last), end).await?;
                for customer in &customers {
                    let owner = Owner {
                        customer: Some(customer.id),
                        user: customer.manager,
                        team: customer.team,
                        ..Owner::default()
                    };
                    let about = Resource::of(What::Record, &owner, customer.secrecy, State::Committed, &caller.actor);
                    if !scope.admits(&about) {
                        continue;
                    }
                    let found = latest.get(&customer.id);
                    let came = found.and_then(|(_, came)| came.day());
                    let followed = Followed {
                        customer: customer.code.clone(),
                        since: customer.created_at.day().unwrap_or(today),
                        newest: found.and_then(|(period, _)| *period).or(came),
                        came,
                    };
                    let overdue = due::overdue(*target, [&followed], today);
                    late.extend(overdue.into_iter().map(|overdue| {
                        let view = OverdueView {
                            says: Said::of(&overdue.message(one)),
                            customer: overdue.customer,
                            kind: one.id.clone(),
                            channel: target.channel,
                            what: match overdue.what {
                                Due::Fresh => "fresh",
                                Due::Every => "every",
                            },
                            due: overdue.due,
                            days: overdue.days,
                        };
                        (customer.id, view)
                    }));
                }
            }
            late.sort_by_key(|(customer, _)| *customer);
            let mut late = late.into_iter().peekable();
            while let Some((customer, view)) = late.next() {
                items.push(view);
                // A page ends between two customers, so that none is told twice or left out.
                let is_end = late.peek().is_none_or(|(next, _)| *next != customer);
                if is_end && items.len() >= limit as usize {
                    let next = Some((at, customer.0));
                    return Ok(Slice { items, next });
                }
            }
            last = end.0;
        }
    }
    Ok(Slice { items, next: None })
}

async fn latest(
    office: &Office,
    kind: &Kind,
    target: Target,
    after: CustomerId,
    end: CustomerId,
) -> Result<HashMap<CustomerId, (Option<Date>, Timestamp)>, Fault> {
    let found = match target.channel {
        None => office.store.latest_periods(&kind.id, after, PAGE).await?,
        Some(channel) => office.store.latest_periods_on(&kind.id, channel, after, PAGE).await?,
    };
    let here = found.into_iter().filter(|(customer, ..)| *customer <= end);
    Ok(here
        .map(|(customer, period, came)| (customer, (period, came)))
        .collect())
}

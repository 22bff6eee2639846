//! Groups as they are read: as of a day, as known at an instant, with the members that the reader may see. 查看集团

use std::collections::BTreeSet;

use pinji_access::{FieldClass, Relation, State, What};
use pinji_domain::ids::{CustomerId, GroupId, RelationId};
use pinji_domain::{Date, Message, Secrecy, Timestamp};
use pinji_groups::Share;
use pinji_store::{Customer, Group, GroupMember, Known, View};

use super::explain::explain;
use crate::register::relations::parties::{PartyView, about, customers, shown};
use crate::register::{Action, Caller, Fault, Office, Slice, permits};

/// A member. 集团成员
#[derive(Debug, Clone, PartialEq)]
pub struct MemberView {
    /// The customer's own number.
    pub customer: String,
    /// Its name.
    pub name: String,
    /// Its first day as a member.
    pub from: Date,
    /// The first day on which it is none any more.
    pub until: Option<Date>,
    /// `rule` or `decision`.
    pub basis: String,
    /// The decision, where one was made.
    pub decision: Option<i64>,
    /// The tests that it meets by the relations of the day: 1 to 3.
    pub tests: Vec<u8>,
    /// Why, in words.
    pub reasons: Vec<Message>,
    /// What the controller has of it through the group.
    pub share: Option<Share>,
    /// The steps from the controller to it.
    pub path: Vec<Message>,
    /// The relations that those steps stand on.
    pub evidence: Vec<RelationId>,
    /// From when this was known.
    pub known_from: Timestamp,
    /// Until when.
    pub known_to: Option<Timestamp>,
}

/// A group. 集团客户
#[derive(Debug, Clone, PartialEq)]
pub struct GroupView {
    /// The id, which stays.
    pub id: GroupId,
    /// The company's own number for it, which stays.
    pub code: String,
    /// Its name: that of the company that controls it, else of its first member, as far as the reader may see them.
    pub name: String,
    /// Who controls it, where the reader may know.
    pub controller: Option<PartyView>,
    /// The members whom the reader may see, ascending by customer.
    pub members: Vec<MemberView>,
    /// Since when it is dissolved.
    pub ended_at: Option<Timestamp>,
    /// The version.
    pub version: i64,
}

/// A group that the reader may see, and the confidential members that it tells of.
pub(crate) struct Seen {
    pub(crate) group: GroupView,
    pub(crate) confidential: Vec<CustomerId>,
}

/// Groups, ascending by id; of each the members on the day. 集团列表
pub async fn list(
    office: &Office,
    caller: &Caller,
    on: Option<Date>,
    known_at: Option<Timestamp>,
    after: Option<GroupId>,
    limit: u32,
) -> Result<Slice<GroupView, GroupId>, Fault> {
    let (known, on) = when(caller, on, known_at);
    let snapshot = office.store.snapshot().await?;
    let rows = snapshot.groups(after.unwrap_or(GroupId(0)), limit + 1).await?;
    let page = Slice::cut(rows, limit, |group: &Group| group.id);
    let mut items = Vec::new();
    for group in &page.items {
        items.extend(seen(office, caller, &snapshot, group, known, on, false).await?);
    }
    drop(snapshot);
    note(office, caller, &items).await?;
    let items = items.into_iter().map(|seen| seen.group).collect();
    Ok(Slice { items, next: page.next })
}

/// One group on a day, with the reasons for each member. 查看集团
pub async fn read(
    office: &Office,
    caller: &Caller,
    id: GroupId,
    on: Option<Date>,
    known_at: Option<Timestamp>,
) -> Result<GroupView, Fault> {
    let (known, on) = when(caller, on, known_at);
    let snapshot = office.store.snapshot().await?;
    let group = snapshot.group(id).await?.ok_or(Fault::Absent)?;
    let seen = seen(office, caller, &snapshot, &group, known, on, true).await?;
    drop(snapshot);
    let seen = seen.ok_or(Fault::Absent)?;
    note(office, caller, std::slice::from_ref(&seen)).await?;
    Ok(seen.group)
}

/// The members of a group through all days, as known at an instant. 成员沿革
pub async fn history(
    office: &Office,
    caller: &Caller,
    id: GroupId,
    on: Option<Date>,
    known_at: Option<Timestamp>,
) -> Result<Vec<MemberView>, Fault> {
    let known = known_at.map_or(Known::Now, Known::At);
    let snapshot = office.store.snapshot().await?;
    let group = snapshot.group(id).await?.ok_or(Fault::Absent)?;
    let seen = seen(office, caller, &snapshot, &group, known, on, false).await?;
    drop(snapshot);
    let seen = seen.ok_or(Fault::Absent)?;
    note(office, caller, std::slice::from_ref(&seen)).await?;
    Ok(seen.group.members)
}

/// The group that a customer is in on a day; absent where it is in none. 客户所属集团
pub async fn of_customer(
    office: &Office,
    caller: &Caller,
    code: &str,
    on: Option<Date>,
    known_at: Option<Timestamp>,
) -> Result<GroupView, Fault> {
    let (known, day) = when(caller, on, known_at);
    let customer = office.store.customer_by_code(code).await?.ok_or(Fault::Absent)?;
    let file = about(What::Group, Some(&customer), State::Committed, caller);
    if !office.may(caller, Action::GroupRead, &file) {
        return Err(Fault::Absent);
    }
    let rows = office.store.memberships(customer.id, known, day).await?;
    let group = rows.last().map(|row| row.group).ok_or(Fault::Absent)?;
    read(office, caller, group, on, known_at).await
}

/// Today, as known now, where nothing else is said.
fn when(caller: &Caller, on: Option<Date>, known_at: Option<Timestamp>) -> (Known, Option<Date>) {
    let known = known_at.map_or(Known::Now, Known::At);
    (known, on.or_else(|| known_at.unwrap_or(caller.asked.at).day()))
}

/// A group as the caller may see it: through a member of his; a conflict of interest with any member closes it. One without
/// members on the day is shown to who may see one of its members of another day.
pub(crate) async fn seen(
    office: &Office,
    caller: &Caller,
    view: &View,
    group: &Group,
    known: Known,
    on: Option<Date>,
    reasons: bool,
) -> Result<Option<Seen>, Fault> {
    let ever = view.group_members(group.id, known, None).await?;
    let all = customers(view, ever.iter().map(|row| row.customer)).await?;
    let standing = |customer: &Customer| about(What::Group, Some(customer), State::Committed, caller);
    if all
        .values()
        .any(|customer| standing(customer).relation == Relation::Conflict)
    {
        return Ok(None);
    }
    let open = |id: CustomerId| {
        all.get(&id)
            .is_some_and(|c| office.may(caller, Action::GroupRead, &standing(c)))
    };
    if !ever.iter().any(|row| open(row.customer)) {
        return Ok(None);
    }
    let on_day =
        |row: &&GroupMember| on.is_none_or(|day| row.valid_from <= day && row.valid_to.is_none_or(|end| day < end));
    let rows: Vec<&GroupMember> = ever.iter().filter(on_day).collect();
    let whole = rows.iter().all(|row| open(row.customer));
    let mine: Vec<(&GroupMember, &Customer)> = rows
        .iter()
        .filter(|row| open(row.customer))
        .filter_map(|row| Some((*row, all.get(&row.customer)?)))
        .collect();
    let mut whys = std::collections::HashMap::new();
    let beside = mine.first().map(|(_, customer)| *customer);
    if let (true, Some(day)) = (reasons, on) {
        let mut seeds = Vec::new();
        for (row, _) in &mine {
            if let Some(party) = view.party_of(row.customer).await? {
                seeds.push((row.customer, party.id));
            }
        }
        // Parties above the members may be customers too, whom this reader may or may not see.
        let network = super::network::Network::around(view, known, Some(day), &ids(&seeds)).await?;
        let others = customers(view, network.parties.iter().filter_map(|party| party.customer)).await?;
        let sees = |customer: Option<CustomerId>| match customer {
            None => true,
            Some(id) => others
                .get(&id)
                .is_some_and(|c| office.may(caller, Action::GroupRead, &standing(c))),
        };
        let file = about(What::Customer, beside, State::Committed, caller);
        let persons = office.permissions.visible(&caller.actor, FieldClass::Personal, &file);
        whys = explain(view, known, day, &seeds, sees, persons, whole).await?;
    }
    let controller = match group.controller {
        Some(party) => view.party(party).await?,
        None => None,
    };
    let mut controller_shown = None;
    if let Some(party) = &controller {
        let owned = customers(view, party.customer.into_iter()).await?;
        let may = party.customer.is_none_or(|id| {
            owned
                .get(&id)
                .is_some_and(|c| office.may(caller, Action::GroupRead, &standing(c)))
        });
        if may {
            controller_shown = Some(shown(office, caller, party, &owned, beside));
        }
    }
    let company = controller_shown.as_ref().filter(|party| party.sort == "company");
    let name = company.and_then(|party| party.name.clone());
    let first = mine.first().map(|(_, customer)| customer.name.clone());
    let confidential: BTreeSet<CustomerId> = mine
        .iter()
        .filter(|(_, customer)| customer.secrecy == Secrecy::Confidential)
        .map(|(_, customer)| customer.id)
        .collect();
    let members = mine.into_iter().map(|(row, customer)| {
        let why = whys.remove(&customer.id).unwrap_or_default();
        MemberView {
            customer: customer.code.clone(),
            name: customer.name.clone(),
            from: row.valid_from,
            until: row.valid_to,
            basis: row.basis.clone(),
            decision: row.decision,
            tests: why.tests,
            reasons: why.reasons,
            share: why.share,
            path: why.path,
            evidence: why.evidence,
            known_from: row.known_from,
            known_to: row.known_to,
        }
    });
    Ok(Some(Seen {
        group: GroupView {
            id: group.id,
            code: group.code.clone(),
            members: members.collect(),
            name: name.or(first).unwrap_or_else(|| group.code.clone()),
            controller: controller_shown,
            ended_at: group.ended_at,
            version: group.version,
        },
        confidential: confidential.into_iter().collect(),
    }))
}

fn ids(seeds: &[(CustomerId, i64)]) -> Vec<i64> {
    seeds.iter().map(|(_, party)| *party).collect()
}

/// Writes down whose confidential membership is about to be handed out.
pub(crate) async fn note(office: &Office, caller: &Caller, items: &[Seen]) -> Result<(), Fault> {
    let read: BTreeSet<CustomerId> = items
        .iter()
        .flat_map(|item| item.confidential.iter().copied())
        .collect();
    permits::note_readings(office, caller, read, "group").await
}

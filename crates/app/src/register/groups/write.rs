//! Memberships from a day on: what was known of earlier days stays, and what was known earlier stays known as of then. 成员变更

use std::collections::{BTreeMap, BTreeSet};

use pinji_domain::Date;
use pinji_domain::ids::{CustomerId, GroupId};
use pinji_store::{Change, Group, GroupMember, NewGroup};

use crate::register::Fault;
use crate::register::relations::parties::key_of;

/// Where a customer is to be from the day on: the group, and the decision that says so.
pub(crate) type Places = BTreeMap<CustomerId, (GroupId, Option<i64>)>;

/// Makes a group, with the next number.
pub(crate) async fn found(
    change: &Change,
    groups: &mut Vec<Group>,
    name: &str,
    controller: Option<i64>,
) -> Result<GroupId, Fault> {
    let number = groups.last().map_or(0, |group| group.id.0) + 1;
    let new = NewGroup {
        code: format!("G-{number:06}"),
        name: name.to_owned(),
        name_key: key_of(name),
        controller,
        created_at: change.at(),
        note: String::new(),
    };
    let id = change.add(new).await?;
    groups.extend(change.group(id).await?);
    Ok(id)
}

/// Puts customers where they are to be from a day on, and takes all others of `rows` out. Gives the groups that it touched.
pub(crate) async fn place(
    change: &Change,
    on: Date,
    rows: &[GroupMember],
    places: &Places,
) -> Result<BTreeSet<GroupId>, Fault> {
    let mut touched = BTreeSet::new();
    let mut there: BTreeSet<CustomerId> = BTreeSet::new();
    let after = |row: &&GroupMember| row.valid_to.is_none_or(|end| end > on);
    for row in rows.iter().filter(after) {
        let wanted = places.get(&row.customer);
        let stays = wanted.is_some_and(|(group, decision)| *group == row.group && *decision == row.decision);
        if stays && row.valid_from <= on && row.valid_to.is_none() {
            there.insert(row.customer);
            continue;
        }
        match row.valid_from < on {
            true => {
                change.end_group_member(row.id, on, None).await?;
            }
            false => change.close_group_member(row.id).await?,
        }
        touched.insert(row.group);
    }
    for (customer, (group, decision)) in places {
        if !there.contains(customer) {
            let basis = if decision.is_some() { "decision" } else { "rule" };
            change
                .add_group_member(*group, *customer, on, None, basis, *decision)
                .await?;
            touched.insert(*group);
        }
    }
    Ok(touched)
}

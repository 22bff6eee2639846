//! Persons who stand in relations, and former users. 自然人与原用户

use std::collections::BTreeSet;

use pinji_domain::{CustomerId, UserId};
use pinji_store::{Change, ERASED, Near, Party, User, UserState, View};

use super::taken::Taken;
use crate::register::Fault;

/// Takes away who a person is; that somebody holds these shares stays. 抹除自然人
pub(super) async fn person(change: &Change, id: i64, taken: &mut Taken) -> Result<Near, Fault> {
    let party = change.party(id).await?.ok_or(Fault::Absent)?;
    for row in change.relations_ever(id).await? {
        taken.objects.push(format!("relation:{}", row.id));
        taken.files.extend(row.said.file);
    }
    for customer in customers_around(change, id).await? {
        taken.objects.extend(super::customer::around(change, customer).await?);
    }
    blank(change, party, taken).await?;
    Ok(Near::Person { party: id })
}

/// Takes name and code off a party. Without a key by which names meet, it is never taken for somebody else.
pub(super) async fn blank(change: &Change, party: Party, taken: &mut Taken) -> Result<(), Fault> {
    // Who was never named has nothing to take away, and is not to look like somebody who was.
    if party.name.is_empty() && party.code.is_none() {
        return Ok(());
    }
    taken.words.insert(party.name.clone());
    taken.words.extend(party.code.clone());
    taken.count("person", 1);
    let blank = Party {
        name: ERASED.to_owned(),
        name_key: String::new(),
        code: None,
        ..party
    };
    change.update_party(&blank).await?;
    Ok(())
}

/// The customers with whom a person stands or stood in relations.
pub(super) async fn customers_around(view: &View, person: i64) -> Result<BTreeSet<CustomerId>, Fault> {
    let mut customers = BTreeSet::new();
    for row in view.relations_ever(person).await? {
        for end in [row.said.from, row.said.to] {
            customers.extend(view.party(end).await?.and_then(|party| party.customer));
        }
    }
    Ok(customers)
}

/// Takes away who a former user was; what he did stays under his number. The key of the ledger's commitments about him goes. 抹除用户
pub(super) async fn user(change: &Change, id: UserId, taken: &mut Taken) -> Result<Near, Fault> {
    let user: User = change.user(id).await?.ok_or(Fault::Absent)?;
    if user.state != UserState::Closed {
        return Err(Fault::refused("app-erasure-user-active"));
    }
    taken.words.extend([user.name.clone(), user.login.clone()]);
    taken.words.extend(user.email.clone());
    taken.words.extend(change.subjects_of(id).await?);
    taken.objects.push(format!("user:{id}"));
    taken.objects.extend(
        change
            .tokens_of(id)
            .await?
            .iter()
            .map(|token| format!("token:{}", token.id)),
    );
    taken.objects.extend(
        change
            .grants_of(id)
            .await?
            .iter()
            .map(|grant| format!("grant:{}", grant.id)),
    );
    taken.objects.extend(
        change
            .accesses_of(id)
            .await?
            .iter()
            .map(|access| format!("access:{}", access.id)),
    );
    let rows = change.forget_user(id, &user.login, ERASED).await?;
    taken.count("user_row", usize::try_from(rows).unwrap_or(usize::MAX));
    Ok(Near::User { id })
}

//! What is kept about a customer's people. 客户相关人员

use std::collections::BTreeSet;

use pinji_domain::{CustomerId, RecordId, SubmissionId};
use pinji_store::{Change, Customer, Near, PartySort, View};
use serde_json::{Map, Value};

use super::people;
use super::taken::{Fields, Taken};
use super::telling;
use crate::register::submissions::erase;
use crate::register::{Fault, Office};

/// Takes it out of records, submissions, own fields and relations; gives where the same words are to be sought. 抹除
pub(super) async fn erase(office: &Office, change: &Change, id: CustomerId, taken: &mut Taken) -> Result<Near, Fault> {
    let customer = change.customer(id).await?.ok_or(Fault::Absent)?;
    let kinds = office.kinds(change).await?;
    let fields = Fields::of(&kinds);
    records(change, &customer, &fields, taken).await?;
    own_fields(change, &customer, &fields, taken).await?;

    let mut submissions = BTreeSet::new();
    let mut parts = Vec::new();
    for (submission, part) in change.parts_naming(&customer.code).await? {
        let Some(kind) = kinds.get(&part.kind) else { continue };
        let emptied = erase::emptied(&part, kind, &customer.code, |field| fields.has(&part.kind, field))?;
        if emptied.concerns {
            submissions.insert(submission);
            emptied.held.iter().for_each(|held| taken.word(&held.value));
            taken.count("submission_row", emptied.held.len());
            parts.push((submission, emptied));
        }
    }
    let brought: Vec<SubmissionId> = submissions.iter().copied().collect();
    for piece in brought.chunks(200) {
        let files = change.submissions(piece).await?.into_iter().filter_map(|one| one.file);
        taken.files.extend(files);
    }
    let party = change.party_of(id).await?.map(|party| party.id);
    if let Some(party) = party {
        relations(change, party, taken).await?;
    }
    // Only now are all words known.
    let words = telling(&taken.words);
    for (submission, emptied) in parts {
        change.erase_part(submission, &erase::without(emptied, &words)?).await?;
    }
    taken.objects.push(format!("customer:{id}"));
    taken
        .objects
        .extend(brought.iter().map(|id| format!("submission:{id}")));
    taken.objects.extend(around(change, id).await?);
    Ok(Near::Customer {
        id,
        party,
        submissions: brought,
    })
}

async fn records(change: &Change, customer: &Customer, fields: &Fields, taken: &mut Taken) -> Result<(), Fault> {
    let mut erased: Vec<(RecordId, String)> = Vec::new();
    for record in change.versions_of(customer.id).await? {
        if record.content.is_empty() {
            continue;
        }
        let mut values: Map<String, Value> = serde_json::from_str(&record.content).map_err(Fault::broken)?;
        let gone = fields.take(&record.kind, &mut values);
        if !gone.is_empty() {
            gone.iter().for_each(|(_, value)| taken.word(value));
            erased.push((record.id, Value::Object(values).to_string()));
        }
    }
    change.erase_content(&erased).await?;
    taken.count("record_version", erased.len());
    Ok(())
}

async fn own_fields(change: &Change, customer: &Customer, fields: &Fields, taken: &mut Taken) -> Result<(), Fault> {
    let mut custom: Map<String, Value> = serde_json::from_str(&customer.custom).unwrap_or_default();
    let gone = fields.take("customer", &mut custom);
    if gone.is_empty() {
        return Ok(());
    }
    gone.iter().for_each(|(_, value)| taken.word(value));
    taken.count("own_field", gone.len());
    let now = Customer {
        custom: Value::Object(custom).to_string(),
        ..customer.clone()
    };
    change.update_customer(&now).await?;
    Ok(())
}

/// Persons who stand in relations with this customer alone are its people; who stands with others too is erased by himself.
async fn relations(change: &Change, party: i64, taken: &mut Taken) -> Result<(), Fault> {
    let rows = change.relations_ever(party).await?;
    taken
        .objects
        .extend(rows.iter().map(|row| format!("relation:{}", row.id)));
    let mut met = BTreeSet::new();
    for row in &rows {
        let other = if row.said.from == party {
            row.said.to
        } else {
            row.said.from
        };
        let Some(person) = change.party(other).await? else {
            continue;
        };
        if person.sort != PartySort::Person || person.customer.is_some() {
            continue;
        }
        let alone = change.relations_ever(person.id).await?.iter().all(|row| {
            [row.said.from, row.said.to]
                .iter()
                .all(|end| [party, person.id].contains(end))
        });
        if !alone {
            taken.count("person_kept", usize::from(met.insert(person.id)));
            continue;
        }
        taken.files.extend(row.said.file.clone());
        if met.insert(person.id) {
            people::blank(change, person, taken).await?;
        }
    }
    Ok(())
}

/// The groups, permissions and cases about a customer, as the ledger names them.
pub(crate) async fn around(view: &View, id: CustomerId) -> Result<Vec<String>, Fault> {
    let groups = view
        .groups_ever(id)
        .await?
        .into_iter()
        .map(|group| format!("group:{group}"));
    let accesses = view
        .accesses_about(id)
        .await?
        .into_iter()
        .map(|access| format!("access:{access}"));
    let cases = view
        .cases_about(id)
        .await?
        .into_iter()
        .map(|case| format!("case:{case}"));
    Ok(groups.chain(accesses).chain(cases).collect())
}

//! All that is kept about a customer's people, or about a user, in one answer: for whoever asks what is known of him. 个人信息导出
//!
//! It looks in the same places as an erasure does, so that what is found here is what goes there. Sentences that people wrote
//! are given whole: nobody can tell from outside whether a person is named in them.

use std::collections::BTreeSet;

use pinji_domain::{SubmissionId, UserId};
use pinji_store::{Near, PartySort, View, Words};
use serde_json::{Map, Value};

use super::deed::Deed;
use super::erasures::{Fields, around};
use super::reach::{note, there};
use super::submissions::erase;
use super::users::resource as user_resource;
use super::{Action, Caller, Fault, Office};

/// So many of the newest notices are told.
const NOTICES: u32 = 10_000;

/// Something that is kept. 条目
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Where: `record:12`, `submission:4/17` with the row, `customer`, `person:3`, `ledger:88`, or another table and row.
    pub place: String,
    /// The field.
    pub field: String,
    /// The value, as it is kept.
    pub value: Value,
}

/// A file that brought such values. 文件
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileItem {
    /// Its SHA-256.
    pub sha256: String,
    /// Its name.
    pub name: String,
    /// How many bytes.
    pub size: i64,
    /// Whether its bytes were erased.
    pub erased: bool,
}

/// What is kept. 个人信息
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PersonalData {
    /// Values and sentences.
    pub items: Vec<Item>,
    /// Files.
    pub files: Vec<FileItem>,
}

impl PersonalData {
    fn put(&mut self, place: impl Into<String>, field: impl Into<String>, value: impl Into<Value>) {
        self.items.push(Item {
            place: place.into(),
            field: field.into(),
            value: value.into(),
        });
    }

    fn words(&mut self, found: Vec<Words>) {
        for one in found {
            self.put(format!("{}:{}", one.table, one.row), one.column, one.text);
        }
    }
}

/// What is kept about a customer's people. 客户相关人员的个人信息
///
/// Taking it out is an act: it leaves an entry in the ledger.
pub async fn of_customer(office: &Office, caller: &Caller, code: &str) -> Result<PersonalData, Fault> {
    let view = office.store.snapshot().await?;
    let customer = there(office, caller, &view, code, Action::PersonalExport).await?;
    let kinds = office.kinds(&view).await?;
    let fields = Fields::of(&kinds);
    let mut data = PersonalData::default();
    let custom: Map<String, Value> = serde_json::from_str(&customer.custom).unwrap_or_default();
    for (field, value) in custom {
        if fields.has("customer", &field) || value.is_string() || value.is_array() {
            data.put("customer", format!("custom.{field}"), value);
        }
    }
    for record in view.versions_of(customer.id).await? {
        let mut values: Map<String, Value> = serde_json::from_str(&record.content).unwrap_or_default();
        for (field, value) in fields.take(&record.kind, &mut values) {
            data.put(format!("record:{}", record.id), field, value);
        }
    }
    let mut submissions: BTreeSet<SubmissionId> = BTreeSet::new();
    for (id, part) in view.parts_naming(&customer.code).await? {
        let Some(kind) = kinds.get(&part.kind) else { continue };
        let found = erase::emptied(&part, kind, &customer.code, |field| fields.has(&part.kind, field))?;
        if !found.concerns {
            continue;
        }
        submissions.insert(id);
        for held in found.held.into_iter().chain(erase::remarks(&part)?) {
            data.put(format!("submission:{id}/{}", held.row), held.field, held.value);
        }
    }
    let submissions: Vec<SubmissionId> = submissions.into_iter().collect();
    let mut hashes = BTreeSet::new();
    for piece in submissions.chunks(200) {
        let files = view.submissions(piece).await?.into_iter().filter_map(|one| one.file);
        hashes.extend(files);
    }
    let party = view.party_of(customer.id).await?.map(|party| party.id);
    let mut objects = vec![format!("customer:{}", customer.id)];
    objects.extend(submissions.iter().map(|id| format!("submission:{id}")));
    objects.extend(around(&view, customer.id).await?);
    if let Some(party) = party {
        for row in view.relations_ever(party).await? {
            objects.push(format!("relation:{}", row.id));
            let other = if row.said.from == party {
                row.said.to
            } else {
                row.said.from
            };
            hashes.extend(
                persons(&view, other, &mut data)
                    .await?
                    .then_some(row.said.file)
                    .flatten(),
            );
        }
    }
    let near = Near::Customer {
        id: customer.id,
        party,
        submissions,
    };
    data.words(view.words_near(&near).await?);
    commitments(&view, &objects, &mut data).await?;
    for hash in hashes {
        if let Some(file) = view.file(&hash).await? {
            data.files.push(FileItem {
                sha256: file.sha256,
                name: file.name,
                size: file.size,
                erased: file.erased_at.is_some(),
            });
        }
    }
    drop(view);
    note(office, caller, [&customer], "personal_data").await?;
    taken_out(office, caller, format!("customer:{}", customer.id), &data).await?;
    Ok(data)
}

/// What is kept about a user: who he is, how he signed in, what was said of him. What he did stands in the ledger under his
/// number. 用户的个人信息
pub async fn of_user(office: &Office, caller: &Caller, id: UserId) -> Result<PersonalData, Fault> {
    let thing = user_resource(caller, id);
    if !office.may(caller, Action::UserRead, &thing) {
        return Err(Fault::Absent);
    }
    let view = office.store.snapshot().await?;
    let user = view.user(id).await?.ok_or(Fault::Absent)?;
    office.authorize(caller, Action::UserWrite, &thing)?;
    let mut data = PersonalData::default();
    data.put("user", "login", user.login);
    data.put("user", "name", user.name);
    data.put("user", "email", user.email);
    for subject in view.subjects_of(id).await? {
        data.put("directory", "subject", subject);
    }
    for (at, address, agent) in view.sign_ins_of(id).await? {
        data.put("session", "address", format!("{at} {address}"));
        data.put("session", "agent", agent);
    }
    for passkey in view.passkeys_of(id).await? {
        data.put(format!("passkey:{}", passkey.id), "name", passkey.name);
    }
    for token in view.tokens_of(id).await? {
        data.put(format!("token:{}", token.id), "name", token.name);
    }
    for notice in view.notifications(id, None, NOTICES).await? {
        data.put(format!("notification:{}", notice.id), "args", notice.args);
    }
    data.words(view.words_near(&Near::User { id }).await?);
    commitments(&view, &[format!("user:{id}")], &mut data).await?;
    drop(view);
    taken_out(office, caller, format!("user:{id}"), &data).await?;
    Ok(data)
}

/// A person at the other end of a relation; whether it is one.
async fn persons(view: &View, party: i64, data: &mut PersonalData) -> Result<bool, Fault> {
    let party = view.party(party).await?;
    let Some(person) = party.filter(|party| party.sort == PartySort::Person && party.customer.is_none()) else {
        return Ok(false);
    };
    let place = format!("person:{}", person.id);
    if !data.items.iter().any(|item| item.place == place) {
        data.put(&place, "name", person.name);
        if let Some(code) = person.code {
            data.put(&place, "code", code);
        }
    }
    Ok(true)
}

/// What the ledger only commits to.
async fn commitments(view: &View, objects: &[String], data: &mut PersonalData) -> Result<(), Fault> {
    for sealed in view.sealed_about(objects).await? {
        let value = sealed.value.as_deref().unwrap_or("null");
        let value: Value = serde_json::from_str(value).map_err(Fault::broken)?;
        data.put(format!("ledger:{}", sealed.seq), sealed.place, value);
    }
    Ok(())
}

async fn taken_out(office: &Office, caller: &Caller, object: String, data: &PersonalData) -> Result<(), Fault> {
    let change = office.store.change(caller.asked.at).await?;
    let deed = Deed::new(Action::PersonalExport.code(), object)
        .fact("items", data.items.len())
        .fact("files", data.files.len());
    office
        .keep_as(change, &caller.name(), None, &caller.asked, deed, None)
        .await
}

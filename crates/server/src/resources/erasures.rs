//! What is kept about persons: taken out for who asks, and erased by two. 个人信息

use axum::Json;
use axum::extract::OriginalUri;
use pinji_app::register::Answer;
use pinji_app::register::erasures::{self, About, ErasureView, Request, Verdict, Whose};
use pinji_app::register::personal::{self, PersonalData as Found};
use pinji_domain::{Message, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::access_requests::Refusal;
use super::when;
use crate::body::{Body, Id, Query};
use crate::guard::By;
use crate::pages::{Listed, Page, Paging};
use crate::problem::Problem;
use crate::reply::{Reply, value};
use crate::shared::Shared;
use crate::versions::Versioned;

/// Something that is kept about a person. 条目
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "place": "record:12", "field": "contact_name", "value": "林知远" }))]
pub struct PersonalItem {
    /// Where: `record:12`, `submission:4/17` with the row, `customer`, `person:3`, `ledger:88`, or another table and row.
    pub place: String,
    /// The field.
    pub field: String,
    /// The value, as it is kept.
    #[schema(value_type = Object)]
    pub value: Value,
}

/// A file that brought such values. 文件
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "sha256": "9f86d081884c7d65", "name": "年报.xlsx", "size": 20480, "erased": false }))]
pub struct PersonalFile {
    /// Its SHA-256.
    pub sha256: String,
    /// Its name.
    pub name: String,
    /// How many bytes.
    pub size: i64,
    /// Whether its bytes were erased.
    pub erased: bool,
}

/// All that is kept about a customer's people, or about a user. 个人信息
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "items": [{ "place": "record:12", "field": "contact_name", "value": "林知远" }],
    "files": [{ "sha256": "9f86d081884c7d65", "name": "年报.xlsx", "size": 20480, "erased": false }],
}))]
pub struct PersonalData {
    /// Values of personal fields, and what people wrote, whole.
    pub items: Vec<PersonalItem>,
    /// Files that brought such values.
    pub files: Vec<PersonalFile>,
}

impl From<Found> for PersonalData {
    fn from(found: Found) -> PersonalData {
        let items = found.items.into_iter().map(|item| PersonalItem {
            place: item.place,
            field: item.field,
            value: item.value,
        });
        let files = found.files.into_iter().map(|file| PersonalFile {
            sha256: file.sha256,
            name: file.name,
            size: file.size,
            erased: file.erased,
        });
        PersonalData {
            items: items.collect(),
            files: files.collect(),
        }
    }
}

/// An erasure of what is about persons. 个人信息抹除
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": 3, "sort": "customer", "customer": "C-0042", "person": null, "user": null, "file": null, "mentions": [],
    "reason": "联系人要求删除", "asked_by": 4, "asked_at": "2026-11-22T08:00:00.000000Z", "state": "asked",
    "decided_by": null, "decided_at": null, "words": null, "counts": {}, "scrubbed_at": null, "version": 1,
}))]
pub struct Erasure {
    /// The id.
    pub id: i64,
    /// `customer`, `person`, `user` or `file`.
    pub sort: String,
    /// The customer whose people it is about, by its code.
    pub customer: Option<String>,
    /// The person, as a party of relations.
    pub person: Option<i64>,
    /// The user.
    pub user: Option<i64>,
    /// The file, by its SHA-256.
    pub file: Option<String>,
    /// Further texts to take out wherever they stand; gone once it is decided, and never in the answer to who asked.
    pub mentions: Vec<String>,
    /// Why.
    pub reason: String,
    /// Who asked for it.
    pub asked_by: i64,
    /// When.
    #[schema(format = DateTime)]
    pub asked_at: String,
    /// `asked`, `done` or `refused`.
    pub state: String,
    /// Who decided.
    pub decided_by: Option<i64>,
    /// When.
    #[schema(format = DateTime)]
    pub decided_at: Option<String>,
    /// Why it was refused.
    pub words: Option<String>,
    /// Out of how many rows of what something was taken.
    #[schema(value_type = Object)]
    pub counts: Value,
    /// When the last trace was overwritten in the files of the database.
    #[schema(format = DateTime)]
    pub scrubbed_at: Option<String>,
    /// The version, also in the `ETag`.
    pub version: i64,
}

impl From<&ErasureView> for Erasure {
    fn from(view: &ErasureView) -> Erasure {
        Erasure {
            id: view.id,
            sort: view.sort.to_owned(),
            customer: view.customer.clone(),
            person: view.person,
            user: view.user.map(|user| user.0),
            file: view.file.clone(),
            mentions: view.mentions.clone(),
            reason: view.reason.clone(),
            asked_by: view.asked_by.0,
            asked_at: when(view.asked_at),
            state: view.state.to_owned(),
            decided_by: view.decided_by.map(|user| user.0),
            decided_at: view.decided_at.map(when),
            words: view.words.clone(),
            counts: Value::Object(view.counts.clone()),
            scrubbed_at: view.scrubbed_at.map(when),
            version: view.version,
        }
    }
}

/// What is to be erased: of exactly one of customer, person and file. 抹除申请
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "customer": "C-0042", "reason": "联系人要求删除", "mentions": ["林知远"] }))]
pub struct NewErasure {
    /// The customer whose people it is about, by its code.
    #[schema(min_length = 1, max_length = 64)]
    pub customer: Option<String>,
    /// A person who stands in relations, by the party's id.
    pub person: Option<i64>,
    /// A file, by its SHA-256.
    #[schema(min_length = 1, max_length = 64)]
    pub file: Option<String>,
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// Further texts to take out wherever they stand, such as a name that was written into notes.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub mentions: Vec<String>,
}

/// Why what is kept about a former user is to be erased. 抹除申请
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "user": 7, "reason": "离职两年", "mentions": [] }))]
pub struct NewUserErasure {
    /// The user, closed before.
    pub user: i64,
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// Further texts to take out wherever they stand.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub mentions: Vec<String>,
}

/// Takes out all that is kept about a customer's people; the ledger tells of it. 导出客户相关人员的个人信息
#[utoipa::path(get, path = "/customers/{code}/personal-data", tag = "Privacy",
    params(("code" = String, Path, description = "The customer", example = "C-0042")),
    responses((status = 200, description = "What is kept", body = PersonalData)))]
pub async fn read_customer_personal_data(
    shared: Shared,
    By(caller): By,
    Id(code): Id<String>,
) -> Result<Json<PersonalData>, Problem> {
    Ok(Json(
        personal::of_customer(&shared.office, &caller, &code).await?.into(),
    ))
}

/// Takes out all that is kept about a user; the ledger tells of it. 导出用户的个人信息
#[utoipa::path(get, path = "/users/{id}/personal-data", tag = "Privacy",
    params(("id" = i64, Path, description = "The user", example = 7)),
    responses((status = 200, description = "What is kept", body = PersonalData)))]
pub async fn read_user_personal_data(
    shared: Shared,
    By(caller): By,
    Id(id): Id<UserId>,
) -> Result<Json<PersonalData>, Problem> {
    Ok(Json(personal::of_user(&shared.office, &caller, id).await?.into()))
}

/// Lists erasures that one may ask for or approve. 抹除列表
#[utoipa::path(get, path = "/erasures", tag = "Privacy", params(Paging),
    responses((status = 200, description = "A page of erasures", body = Page<Erasure>)))]
pub async fn list_erasures(
    shared: Shared,
    By(caller): By,
    OriginalUri(uri): OriginalUri,
    Query(paging): Query<Paging>,
) -> Result<Listed<Erasure>, Problem> {
    listed(&shared, &caller, uri, &paging, Whose::Business, "erasures").await
}

/// Asks that what is about a customer's people, a person or a file is erased. 申请抹除
///
/// Another decides. Until then nothing is changed.
#[utoipa::path(post, path = "/erasures", tag = "Privacy", request_body = NewErasure,
    responses((status = 201, description = "What was asked for", body = Erasure)))]
pub async fn ask_erasure(shared: Shared, By(caller): By, Body(given): Body<NewErasure>) -> Result<Reply, Problem> {
    let about = match (given.customer, given.person, given.file) {
        (Some(code), None, None) => About::Customer(code),
        (None, Some(person), None) => About::Person(person),
        (None, None, Some(hash)) => About::File(hash),
        _ => return Err(pinji_app::register::Fault::field("/customer", Message::new("app-erasure-one")).into()),
    };
    asked(
        &shared,
        &caller,
        about,
        given.reason,
        given.mentions,
        "/api/v1/erasures",
    )
    .await
}

/// Reads an erasure. 查看抹除
#[utoipa::path(get, path = "/erasures/{id}", tag = "Privacy",
    params(("id" = i64, Path, description = "The erasure", example = 3)),
    responses((status = 200, description = "The erasure", body = Erasure)))]
pub async fn read_erasure(shared: Shared, By(caller): By, Id(id): Id<i64>) -> Result<Versioned<Erasure>, Problem> {
    let erasure = erasures::read(&shared.office, &caller, Whose::Business, id).await?;
    Ok(Versioned(erasure.version, Erasure::from(&erasure)))
}

/// Has erased what another asked for. 批准抹除
///
/// It is done when the answer comes; `scrubbed_at` tells when the files of the database were overwritten.
#[utoipa::path(post, path = "/erasures/{id}/approval", tag = "Privacy",
    params(("id" = i64, Path, description = "The erasure", example = 3)),
    responses((status = 200, description = "The erasure, done", body = Erasure)))]
pub async fn approve_erasure(shared: Shared, By(caller): By, Id(id): Id<i64>) -> Result<Reply, Problem> {
    decided(&shared, &caller, Whose::Business, id, Verdict::Approve).await
}

/// Refuses what another asked for. 拒绝抹除
#[utoipa::path(post, path = "/erasures/{id}/refusal", tag = "Privacy", request_body = Refusal,
    params(("id" = i64, Path, description = "The erasure", example = 3)),
    responses((status = 200, description = "The erasure, refused", body = Erasure)))]
pub async fn refuse_erasure(
    shared: Shared,
    By(caller): By,
    Id(id): Id<i64>,
    Body(given): Body<Refusal>,
) -> Result<Reply, Problem> {
    decided(&shared, &caller, Whose::Business, id, Verdict::Refuse(given.reason)).await
}

/// Lists erasures of users. 用户抹除列表
#[utoipa::path(get, path = "/user-erasures", tag = "Privacy", params(Paging),
    responses((status = 200, description = "A page of erasures", body = Page<Erasure>)))]
pub async fn list_user_erasures(
    shared: Shared,
    By(caller): By,
    OriginalUri(uri): OriginalUri,
    Query(paging): Query<Paging>,
) -> Result<Listed<Erasure>, Problem> {
    listed(&shared, &caller, uri, &paging, Whose::Users, "user-erasures").await
}

/// Asks that what is kept about a former user is erased. 申请抹除用户信息
///
/// What he did stays in the ledger, under his number.
#[utoipa::path(post, path = "/user-erasures", tag = "Privacy", request_body = NewUserErasure,
    responses((status = 201, description = "What was asked for", body = Erasure)))]
pub async fn ask_user_erasure(
    shared: Shared,
    By(caller): By,
    Body(given): Body<NewUserErasure>,
) -> Result<Reply, Problem> {
    let about = About::User(UserId(given.user));
    asked(
        &shared,
        &caller,
        about,
        given.reason,
        given.mentions,
        "/api/v1/user-erasures",
    )
    .await
}

/// Reads an erasure of a user. 查看用户抹除
#[utoipa::path(get, path = "/user-erasures/{id}", tag = "Privacy",
    params(("id" = i64, Path, description = "The erasure", example = 3)),
    responses((status = 200, description = "The erasure", body = Erasure)))]
pub async fn read_user_erasure(shared: Shared, By(caller): By, Id(id): Id<i64>) -> Result<Versioned<Erasure>, Problem> {
    let erasure = erasures::read(&shared.office, &caller, Whose::Users, id).await?;
    Ok(Versioned(erasure.version, Erasure::from(&erasure)))
}

/// Has erased what another asked for about a former user. 批准抹除用户信息
#[utoipa::path(post, path = "/user-erasures/{id}/approval", tag = "Privacy",
    params(("id" = i64, Path, description = "The erasure", example = 3)),
    responses((status = 200, description = "The erasure, done", body = Erasure)))]
pub async fn approve_user_erasure(shared: Shared, By(caller): By, Id(id): Id<i64>) -> Result<Reply, Problem> {
    decided(&shared, &caller, Whose::Users, id, Verdict::Approve).await
}

/// Refuses what another asked for about a former user. 拒绝抹除用户信息
#[utoipa::path(post, path = "/user-erasures/{id}/refusal", tag = "Privacy", request_body = Refusal,
    params(("id" = i64, Path, description = "The erasure", example = 3)),
    responses((status = 200, description = "The erasure, refused", body = Erasure)))]
pub async fn refuse_user_erasure(
    shared: Shared,
    By(caller): By,
    Id(id): Id<i64>,
    Body(given): Body<Refusal>,
) -> Result<Reply, Problem> {
    decided(&shared, &caller, Whose::Users, id, Verdict::Refuse(given.reason)).await
}

async fn listed(
    shared: &Shared,
    caller: &pinji_app::register::Caller,
    uri: axum::http::Uri,
    paging: &Paging,
    whose: Whose,
    list: &'static str,
) -> Result<Listed<Erasure>, Problem> {
    let after = paging.after(shared, list)?;
    let page = erasures::list(&shared.office, caller, whose, after, paging.limit()?).await?;
    Listed::new(
        shared,
        uri,
        list,
        page.items.iter().map(Erasure::from).collect(),
        page.next,
    )
}

async fn asked(
    shared: &Shared,
    caller: &pinji_app::register::Caller,
    about: About,
    reason: String,
    mentions: Vec<String>,
    list: &'static str,
) -> Result<Reply, Problem> {
    let request = Request {
        about,
        reason,
        mentions,
    };
    let words = |view: &ErasureView| {
        let place = format!("{list}/{}", view.id);
        Answer::made(place, view.version, value(&Erasure::from(view)))
    };
    Ok(Reply(erasures::ask(&shared.office, caller, request, words).await?))
}

async fn decided(
    shared: &Shared,
    caller: &pinji_app::register::Caller,
    whose: Whose,
    id: i64,
    verdict: Verdict,
) -> Result<Reply, Problem> {
    let words = |view: &ErasureView| Answer::changed(view.version, value(&Erasure::from(view)));
    Ok(Reply(
        erasures::decide(&shared.office, caller, whose, id, verdict, words).await?,
    ))
}

//! Permissions to read what is confidential: asked for with a purpose, given by another for a time. 查阅许可

use axum::extract::OriginalUri;
use pinji_app::register::Answer;
use pinji_app::register::permits::{self, PermitView, Verdict, Wanted};
use pinji_domain::AccessId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::times::{instant, maybe_instant};
use super::when;
use crate::body::{Body, Id, Query};
use crate::guard::By;
use crate::pages::{Listed, Page, Paging};
use crate::problem::Problem;
use crate::reply::{Reply, value};
use crate::shared::Shared;
use crate::versions::Versioned;

/// A permission to read one confidential customer, asked for or given. 查阅许可
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": 5, "user": 4, "customer": "C-0042", "purpose": "年度复审", "asked_at": "2026-11-22T08:00:00.000000Z",
    "wanted_until": "2026-12-01T00:00:00.000000Z", "state": "asked", "decided_by": null, "decided_at": null,
    "expires_at": null, "reason": null, "version": 1,
}))]
pub struct AccessRequest {
    /// The id.
    pub id: i64,
    /// Who asks.
    pub user: i64,
    /// The customer, by its code.
    pub customer: String,
    /// What for.
    pub purpose: String,
    /// When it was asked for.
    #[schema(format = DateTime)]
    pub asked_at: String,
    /// Until when it is wanted.
    #[schema(format = DateTime)]
    pub wanted_until: String,
    /// `asked`, `given`, `refused` or `ended`.
    pub state: String,
    /// Who gave or refused it.
    pub decided_by: Option<i64>,
    /// When.
    #[schema(format = DateTime)]
    pub decided_at: Option<String>,
    /// Until when it holds.
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
    /// Why it was refused.
    pub reason: Option<String>,
    /// The version, also in the `ETag`.
    pub version: i64,
}

impl From<&PermitView> for AccessRequest {
    fn from(view: &PermitView) -> AccessRequest {
        AccessRequest {
            id: view.id.0,
            user: view.user.0,
            customer: view.customer.clone(),
            purpose: view.purpose.clone(),
            asked_at: when(view.asked_at),
            wanted_until: when(view.wanted_until),
            state: view.state.to_owned(),
            decided_by: view.decided_by.map(|user| user.0),
            decided_at: view.decided_at.map(when),
            expires_at: view.expires_at.map(when),
            reason: view.reason.clone(),
            version: view.version,
        }
    }
}

/// What is asked for. 查阅申请
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "customer": "C-0042", "purpose": "年度复审", "until": "2026-12-01T00:00:00Z" }))]
pub struct NewAccessRequest {
    /// The customer, by its code.
    #[schema(min_length = 1, max_length = 64)]
    pub customer: String,
    /// What for.
    #[schema(min_length = 1, max_length = 500)]
    pub purpose: String,
    /// Until when: 90 days at most.
    #[schema(format = DateTime)]
    pub until: String,
}

/// The approval. 批准
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "expires_at": "2026-12-01T00:00:00Z" }))]
pub struct Approval {
    /// Until when it holds: not longer than was asked for.
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
}

/// The refusal. 拒绝
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "用途不明" }))]
pub struct Refusal {
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// Which permissions. 查阅许可筛选
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// In this state, of all users, for who decides on them: `asked`, `given`, `refused`, `ended`. One's own, if left out.
    #[param(pattern = r"^(asked|given|refused|ended)$")]
    pub state: Option<String>,
    /// How many entries at most.
    #[param(minimum = 1, maximum = 500, default = 50, example = 50)]
    pub limit: Option<u32>,
    /// Where to go on: the cursor of the page before.
    pub cursor: Option<String>,
}

/// Lists permissions: one's own, or all where one may decide on them. 查阅许可列表
#[utoipa::path(get, path = "/access-requests", tag = "People", params(Which),
    responses((status = 200, description = "A page of permissions", body = Page<AccessRequest>)))]
pub async fn list_access_requests(
    shared: Shared,
    By(caller): By,
    OriginalUri(uri): OriginalUri,
    Query(which): Query<Which>,
) -> Result<Listed<AccessRequest>, Problem> {
    let paging = Paging {
        limit: which.limit,
        cursor: which.cursor,
    };
    let after = paging.after(&shared, "access-requests")?.map(AccessId);
    let page = permits::list(&shared.office, &caller, which.state.as_deref(), after, paging.limit()?).await?;
    let next = page.next.map(|id| id.0);
    Listed::new(
        &shared,
        uri,
        "access-requests",
        page.items.iter().map(AccessRequest::from).collect(),
        next,
    )
}

/// Asks for a permission. 申请查阅
#[utoipa::path(post, path = "/access-requests", tag = "People", request_body = NewAccessRequest,
    responses((status = 201, description = "What was asked for", body = AccessRequest)))]
pub async fn ask_access(shared: Shared, By(caller): By, Body(given): Body<NewAccessRequest>) -> Result<Reply, Problem> {
    let until = instant("/until", &given.until)?;
    let wanted = Wanted {
        customer: given.customer,
        purpose: given.purpose,
        until,
    };
    let words = |permit: &PermitView| {
        let place = format!("/api/v1/access-requests/{}", permit.id);
        Answer::made(place, permit.version, value(&AccessRequest::from(permit)))
    };
    Ok(Reply(permits::ask(&shared.office, &caller, wanted, words).await?))
}

/// Reads a permission. 查看查阅许可
#[utoipa::path(get, path = "/access-requests/{id}", tag = "People",
    params(("id" = i64, Path, description = "The permission", example = 5)),
    responses((status = 200, description = "The permission", body = AccessRequest)))]
pub async fn read_access_request(
    shared: Shared,
    By(caller): By,
    Id(id): Id<AccessId>,
) -> Result<Versioned<AccessRequest>, Problem> {
    let permit = permits::read(&shared.office, &caller, id).await?;
    Ok(Versioned(permit.version, AccessRequest::from(&permit)))
}

/// Gives a permission that another asked for. 批准查阅
#[utoipa::path(post, path = "/access-requests/{id}/approval", tag = "People", request_body = Approval,
    params(("id" = i64, Path, description = "The permission", example = 5)),
    responses((status = 200, description = "The permission, given", body = AccessRequest)))]
pub async fn approve_access(
    shared: Shared,
    By(caller): By,
    Id(id): Id<AccessId>,
    Body(given): Body<Approval>,
) -> Result<Reply, Problem> {
    let until = maybe_instant("/expires_at", given.expires_at.as_deref())?;
    Ok(Reply(
        permits::decide(&shared.office, &caller, id, Verdict::Given { until }, changed).await?,
    ))
}

/// Refuses a permission that another asked for. 拒绝查阅
#[utoipa::path(post, path = "/access-requests/{id}/refusal", tag = "People", request_body = Refusal,
    params(("id" = i64, Path, description = "The permission", example = 5)),
    responses((status = 200, description = "The permission, refused", body = AccessRequest)))]
pub async fn refuse_access(
    shared: Shared,
    By(caller): By,
    Id(id): Id<AccessId>,
    Body(given): Body<Refusal>,
) -> Result<Reply, Problem> {
    let verdict = Verdict::Refused { reason: given.reason };
    Ok(Reply(
        permits::decide(&shared.office, &caller, id, verdict, changed).await?,
    ))
}

fn changed(permit: &PermitView) -> Answer {
    Answer::changed(permit.version, value(&AccessRequest::from(permit)))
}

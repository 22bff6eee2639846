//! Roles given to users: proposed by one, approved by another, ended at once. 授权

use axum::extract::OriginalUri;
use pinji_app::register::grants::{self, GrantView, Proposal};
use pinji_app::register::{Answer, Fault};
use pinji_domain::{GrantId, Message, Role, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::times::maybe_instant;
use super::when;
use crate::body::{Body, Id, Query};
use crate::guard::By;
use crate::pages::{Listed, Page, Paging};
use crate::problem::Problem;
use crate::reply::{Reply, value};
use crate::shared::Shared;
use crate::versions::{IfMatch, Versioned};

/// A role given to a user, or about to be. 授权
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": 7, "user": 4, "role": "collector", "state": "proposed", "reason": "负责华东区信息收集", "proposed_by": 1,
    "proposed_at": "2026-11-22T08:00:00.000000Z", "decided_by": null, "decided_at": null, "ended_at": null, "until": null,
    "certified_until": null, "version": 1,
}))]
pub struct Grant {
    /// The id.
    pub id: i64,
    /// For whom.
    pub user: i64,
    /// The role.
    pub role: String,
    /// `proposed`, `active`, `refused` or `ended`.
    pub state: String,
    /// Why.
    pub reason: String,
    /// Who proposed it; nobody for the first roles, which the set-up gave.
    pub proposed_by: Option<i64>,
    /// When.
    #[schema(format = DateTime)]
    pub proposed_at: String,
    /// Who approved or refused it.
    pub decided_by: Option<i64>,
    /// When.
    #[schema(format = DateTime)]
    pub decided_at: Option<String>,
    /// When it was ended.
    #[schema(format = DateTime)]
    pub ended_at: Option<String>,
    /// Until when it holds.
    #[schema(format = DateTime)]
    pub until: Option<String>,
    /// Until when the holder is certified for it; it does not hold longer.
    #[schema(format = DateTime)]
    pub certified_until: Option<String>,
    /// The version, also in the `ETag`.
    pub version: i64,
}

impl From<&GrantView> for Grant {
    fn from(view: &GrantView) -> Grant {
        Grant {
            id: view.id.0,
            user: view.user.0,
            role: view.role.code().to_owned(),
            state: view.state.to_owned(),
            reason: view.reason.clone(),
            proposed_by: view.proposed_by.map(|user| user.0),
            proposed_at: when(view.proposed_at),
            decided_by: view.decided_by.map(|user| user.0),
            decided_at: view.decided_at.map(when),
            ended_at: view.ended_at.map(when),
            until: view.until.map(when),
            certified_until: view.certified_until.map(when),
            version: view.version,
        }
    }
}

/// A role proposed for a user. 授权提议
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "user": 4, "role": "collector", "reason": "负责华东区信息收集", "until": null, "certified_until": null }))]
pub struct NewGrant {
    /// For whom: not oneself.
    pub user: i64,
    /// The role.
    #[schema(example = "collector")]
    pub role: String,
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// Until when it is to hold.
    #[schema(format = DateTime)]
    pub until: Option<String>,
    /// Until when the holder is certified for it.
    #[schema(format = DateTime)]
    pub certified_until: Option<String>,
}

/// Which roles. 授权筛选
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// Of this user, whatever their state.
    pub user: Option<i64>,
    /// In this state, of all users: `proposed`, `active`, `refused`, `ended`. Those proposed, if neither is said.
    #[param(pattern = r"^(proposed|active|refused|ended)$")]
    pub state: Option<String>,
    /// How many entries at most.
    #[param(minimum = 1, maximum = 500, default = 50, example = 50)]
    pub limit: Option<u32>,
    /// Where to go on: the cursor of the page before.
    pub cursor: Option<String>,
}

/// Lists roles given and proposed. 授权列表
#[utoipa::path(get, path = "/role-grants", tag = "People", params(Which),
    responses((status = 200, description = "A page of roles given", body = Page<Grant>)))]
pub async fn list_grants(
    shared: Shared,
    By(caller): By,
    OriginalUri(uri): OriginalUri,
    Query(which): Query<Which>,
) -> Result<Listed<Grant>, Problem> {
    let paging = Paging {
        limit: which.limit,
        cursor: which.cursor,
    };
    let after = paging.after(&shared, "role-grants")?.map(GrantId);
    let wanted = match (which.user, which.state.as_deref().unwrap_or("proposed")) {
        (Some(user), _) => grants::Which::Of(UserId(user)),
        (None, state) => grants::Which::in_state(state)
            .ok_or_else(|| Fault::field("/state", Message::new("app-state-unknown").with("state", state)))?,
    };
    let page = grants::list(&shared.office, &caller, wanted, after, paging.limit()?).await?;
    let next = page.next.map(|id| id.0);
    Listed::new(
        &shared,
        uri,
        "role-grants",
        page.items.iter().map(Grant::from).collect(),
        next,
    )
}

/// Proposes a role for somebody. 提议授权
///
/// It holds once another has approved it.
#[utoipa::path(post, path = "/role-grants", tag = "People", request_body = NewGrant,
    responses((status = 201, description = "The proposal", body = Grant)))]
pub async fn propose_grant(shared: Shared, By(caller): By, Body(given): Body<NewGrant>) -> Result<Reply, Problem> {
    let unknown = || {
        Fault::field(
            "/role",
            Message::new("app-role-unknown").with("role", given.role.clone()),
        )
    };
    let proposal = Proposal {
        user: UserId(given.user),
        role: Role::parse(&given.role).ok_or_else(unknown)?,
        reason: given.reason,
        until: maybe_instant("/until", given.until.as_deref())?,
        certified_until: maybe_instant("/certified_until", given.certified_until.as_deref())?,
    };
    Ok(Reply(grants::propose(&shared.office, &caller, proposal, made).await?))
}

/// Reads a role given or proposed. 查看授权
#[utoipa::path(get, path = "/role-grants/{id}", tag = "People",
    params(("id" = i64, Path, description = "The role given", example = 7)),
    responses((status = 200, description = "The role given", body = Grant)))]
pub async fn read_grant(shared: Shared, By(caller): By, Id(id): Id<GrantId>) -> Result<Versioned<Grant>, Problem> {
    let grant = grants::read(&shared.office, &caller, id).await?;
    Ok(Versioned(grant.version, Grant::from(&grant)))
}

/// Approves a role that another proposed. 批准授权
///
/// It holds from the holder's next request on.
#[utoipa::path(post, path = "/role-grants/{id}/approval", tag = "People",
    params(("id" = i64, Path, description = "The role proposed", example = 7)),
    responses((status = 200, description = "The role, in force", body = Grant)))]
pub async fn approve_grant(shared: Shared, By(caller): By, Id(id): Id<GrantId>) -> Result<Reply, Problem> {
    Ok(Reply(
        grants::decide(&shared.office, &caller, id, grants::Decision::Approve, changed).await?,
    ))
}

/// Refuses a role that another proposed. 拒绝授权
#[utoipa::path(post, path = "/role-grants/{id}/refusal", tag = "People",
    params(("id" = i64, Path, description = "The role proposed", example = 7)),
    responses((status = 200, description = "The proposal, refused", body = Grant)))]
pub async fn refuse_grant(shared: Shared, By(caller): By, Id(id): Id<GrantId>) -> Result<Reply, Problem> {
    Ok(Reply(
        grants::decide(&shared.office, &caller, id, grants::Decision::Refuse, changed).await?,
    ))
}

/// Takes a role away, or a proposal back. 收回授权
///
/// One is enough for that; it counts from the holder's next request on.
#[utoipa::path(delete, path = "/role-grants/{id}", tag = "People",
    params(("id" = i64, Path, description = "The role given", example = 7)),
    responses((status = 200, description = "The role, ended", body = Grant)))]
pub async fn end_grant(
    shared: Shared,
    By(caller): By,
    Id(id): Id<GrantId>,
    IfMatch(version): IfMatch,
) -> Result<Reply, Problem> {
    Ok(Reply(grants::end(&shared.office, &caller, id, version, changed).await?))
}

fn made(grant: &GrantView) -> Answer {
    Answer::made(
        format!("/api/v1/role-grants/{}", grant.id),
        grant.version,
        value(&Grant::from(grant)),
    )
}

fn changed(grant: &GrantView) -> Answer {
    Answer::changed(grant.version, value(&Grant::from(grant)))
}

//! Links: records of a ledger that are read where they lie. 数据链接

use axum::extract::OriginalUri;
use pinji_app::register::Answer;
use pinji_app::register::links::{self, Found as Seen, LinkView, Proposal};
use pinji_domain::LinkId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::when;
use crate::body::{Body, Id, Query};
use crate::guard::By;
use crate::pages::{Listed, Page, Paging};
use crate::problem::Problem;
use crate::reply::{Reply, value};
use crate::shared::Shared;
use crate::versions::{IfMatch, Versioned};

/// A column that is read. 列
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "heading": "交易日期", "field": "date" }))]
pub struct LinkColumn {
    /// Its heading in the files.
    pub heading: String,
    /// The field of the kind.
    pub field: String,
}

/// What lies at a location. 所见数据
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "files": 24, "bytes": 912_000_000, "rows": 31_000_000, "columns": [{ "heading": "交易日期", "field": "date" }], "unused": ["备注"],
}))]
pub struct LinkFound {
    /// How many files.
    pub files: u64,
    /// Their bytes together.
    pub bytes: u64,
    /// Their rows together, as their footers say.
    pub rows: u64,
    /// The columns that are read.
    pub columns: Vec<LinkColumn>,
    /// Headings that no field answers to.
    pub unused: Vec<String>,
}

impl From<&Seen> for LinkFound {
    fn from(seen: &Seen) -> LinkFound {
        let column = |(heading, field): &(String, String)| LinkColumn {
            heading: heading.clone(),
            field: field.clone(),
        };
        LinkFound {
            files: seen.files,
            bytes: seen.bytes,
            rows: seen.rows,
            columns: seen.columns.iter().map(column).collect(),
            unused: seen.unused.clone(),
        }
    }
}

/// Records of a ledger that are read where they lie. 数据链接
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": 2, "kind": "transaction", "location": "ledgers/transactions", "maps": [], "reason": "交易流水每月 300 万行",
    "found": { "files": 24, "bytes": 912_000_000, "rows": 31_000_000,
        "columns": [{ "heading": "交易日期", "field": "date" }], "unused": ["备注"] },
    "state": "active", "proposed_by": 4, "proposed_at": "2026-11-22T08:00:00.000000Z", "decided_by": 5,
    "decided_at": "2026-11-22T09:00:00.000000Z", "ended_by": null, "ended_at": null, "version": 2,
}))]
pub struct Link {
    /// The id.
    pub id: i64,
    /// The record kind: a ledger.
    pub kind: String,
    /// Where its records lie: the name of a folder that the server's operator has opened for this, and the way from there.
    pub location: String,
    /// Which columns are which fields, where their headings do not say.
    pub maps: Vec<String>,
    /// Why.
    pub reason: String,
    /// What was found there when it was proposed.
    pub found: LinkFound,
    /// `proposed`, `active`, `refused` or `ended`.
    pub state: String,
    /// Who proposed it.
    pub proposed_by: i64,
    /// When.
    #[schema(format = DateTime)]
    pub proposed_at: String,
    /// Who approved or refused it.
    pub decided_by: Option<i64>,
    /// When.
    #[schema(format = DateTime)]
    pub decided_at: Option<String>,
    /// Who ended it.
    pub ended_by: Option<i64>,
    /// When.
    #[schema(format = DateTime)]
    pub ended_at: Option<String>,
    /// The version, also in the `ETag`.
    pub version: i64,
}

impl From<&LinkView> for Link {
    fn from(view: &LinkView) -> Link {
        Link {
            id: view.id.0,
            kind: view.kind.clone(),
            location: view.location.clone(),
            maps: view.maps.clone(),
            reason: view.reason.clone(),
            found: LinkFound::from(&view.found),
            state: view.state.to_owned(),
            proposed_by: view.proposed_by.0,
            proposed_at: when(view.proposed_at),
            decided_by: view.decided_by.map(|user| user.0),
            decided_at: view.decided_at.map(when),
            ended_by: view.ended_by.map(|user| user.0),
            ended_at: view.ended_at.map(when),
            version: view.version,
        }
    }
}

/// A link that is proposed. 链接提议
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "transaction", "location": "ledgers/transactions", "maps": ["SKU=product"], "reason": "交易流水每月 300 万行",
}))]
pub struct NewLink {
    /// The record kind: a ledger of which the office itself keeps nothing.
    pub kind: String,
    /// Where its records lie: a Parquet file, or a folder of them with folders in it.
    #[schema(min_length = 1, max_length = 500)]
    pub location: String,
    /// Which columns are which fields, where their headings do not say: `heading=field`, as `pinji rate --map` has it.
    #[serde(default)]
    pub maps: Vec<String>,
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// Which links. 链接筛选
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// In this state: `proposed`, `active`, `refused`, `ended`. All, if not said.
    #[param(pattern = r"^(proposed|active|refused|ended)$", example = json!(null))]
    pub state: Option<String>,
    /// How many entries at most.
    #[param(minimum = 1, maximum = 500, default = 50, example = 50)]
    pub limit: Option<u32>,
    /// Where to go on: the cursor of the page before.
    pub cursor: Option<String>,
}

/// Lists links. 数据链接列表
#[utoipa::path(get, path = "/links", tag = "Rules", params(Which),
    responses((status = 200, description = "A page of links", body = Page<Link>)))]
pub async fn list_links(
    shared: Shared,
    By(caller): By,
    OriginalUri(uri): OriginalUri,
    Query(which): Query<Which>,
) -> Result<Listed<Link>, Problem> {
    let paging = Paging {
        limit: which.limit,
        cursor: which.cursor,
    };
    let after = paging.after(&shared, "links")?.map(LinkId);
    let page = links::list(&shared.office, &caller, which.state.as_deref(), after, paging.limit()?).await?;
    let next = page.next.map(|id| id.0);
    Listed::new(&shared, uri, "links", page.items.iter().map(Link::from).collect(), next)
}

/// Proposes that the records of a ledger be read where they lie. 提议数据链接
///
/// The footers of all files are looked at. Runs read it once another has approved it; from then on no records of this kind
/// are sent in.
#[utoipa::path(post, path = "/links", tag = "Rules", request_body = NewLink,
    responses((status = 201, description = "The proposal", body = Link)))]
pub async fn propose_link(shared: Shared, By(caller): By, Body(given): Body<NewLink>) -> Result<Reply, Problem> {
    let proposal = Proposal {
        kind: given.kind,
        location: given.location,
        maps: given.maps,
        reason: given.reason,
    };
    Ok(Reply(links::propose(&shared.office, &caller, proposal, made).await?))
}

/// Reads where a ledger's records lie. 查看数据链接
#[utoipa::path(get, path = "/links/{id}", tag = "Rules",
    params(("id" = i64, Path, description = "The link", example = 2)),
    responses((status = 200, description = "The link", body = Link)))]
pub async fn read_link(shared: Shared, By(caller): By, Id(id): Id<LinkId>) -> Result<Versioned<Link>, Problem> {
    let link = links::read(&shared.office, &caller, id).await?;
    Ok(Versioned(link.version, Link::from(&link)))
}

/// Approves a link that another proposed. 批准数据链接
#[utoipa::path(post, path = "/links/{id}/approval", tag = "Rules",
    params(("id" = i64, Path, description = "The link proposed", example = 2)),
    responses((status = 200, description = "The link, in force", body = Link)))]
pub async fn approve_link(shared: Shared, By(caller): By, Id(id): Id<LinkId>) -> Result<Reply, Problem> {
    Ok(Reply(
        links::decide(&shared.office, &caller, id, links::Decision::Approve, changed).await?,
    ))
}

/// Refuses a link that another proposed. 拒绝数据链接
#[utoipa::path(post, path = "/links/{id}/refusal", tag = "Rules",
    params(("id" = i64, Path, description = "The link proposed", example = 2)),
    responses((status = 200, description = "The proposal, refused", body = Link)))]
pub async fn refuse_link(shared: Shared, By(caller): By, Id(id): Id<LinkId>) -> Result<Reply, Problem> {
    Ok(Reply(
        links::decide(&shared.office, &caller, id, links::Decision::Refuse, changed).await?,
    ))
}

/// Ends a link, or takes a proposal back. 终止数据链接
///
/// Runs that have read it keep what they found.
#[utoipa::path(delete, path = "/links/{id}", tag = "Rules",
    params(("id" = i64, Path, description = "The link", example = 2)),
    responses((status = 200, description = "The link, ended", body = Link)))]
pub async fn end_link(
    shared: Shared,
    By(caller): By,
    Id(id): Id<LinkId>,
    IfMatch(version): IfMatch,
) -> Result<Reply, Problem> {
    Ok(Reply(links::end(&shared.office, &caller, id, version, changed).await?))
}

fn made(link: &LinkView) -> Answer {
    Answer::made(
        format!("/api/v1/links/{}", link.id),
        link.version,
        value(&Link::from(link)),
    )
}

fn changed(link: &LinkView) -> Answer {
    Answer::changed(link.version, value(&Link::from(link)))
}

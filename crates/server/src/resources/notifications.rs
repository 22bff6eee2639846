//! Notices that the office sent to oneself. 通知

use axum::Extension;
use axum::extract::OriginalUri;
use pinji_app::register::notices;
use pinji_domain::{Lang, NotificationId};
use serde::Serialize;
use utoipa::ToSchema;

use super::when;
use crate::body::Query;
use crate::guard::By;
use crate::pages::{Listed, Page, Paging};
use crate::problem::Problem;
use crate::shared::Shared;

/// A notice. 通知
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": 12, "code": "app-notice-role-proposed", "text": "有一项授权等待您批准", "object": "grant:7",
    "at": "2026-11-22T08:00:00.000000Z", "read_at": null,
}))]
pub struct Notification {
    /// The id.
    pub id: i64,
    /// Its code, for programs.
    pub code: String,
    /// Its words.
    pub text: String,
    /// What it is about.
    pub object: String,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// When it was read.
    #[schema(format = DateTime)]
    pub read_at: Option<String>,
}

/// Lists one's own notices, the newest first. 通知列表
#[utoipa::path(get, path = "/notifications", tag = "Office", params(Paging),
    responses((status = 200, description = "A page of notices", body = Page<Notification>)))]
pub async fn list_notifications(
    shared: Shared,
    By(caller): By,
    Extension(lang): Extension<Lang>,
    OriginalUri(uri): OriginalUri,
    Query(paging): Query<Paging>,
) -> Result<Listed<Notification>, Problem> {
    let before = paging.after(&shared, "notifications")?.map(NotificationId);
    let page = notices::list(&shared.office, &caller, before, paging.limit()?, lang).await?;
    let next = page.next.map(|id| id.0);
    let items = page.items.into_iter().map(|notice| Notification {
        id: notice.id.0,
        code: notice.code,
        text: notice.text,
        object: notice.object,
        at: when(notice.at),
        read_at: notice.read_at.map(when),
    });
    Listed::new(&shared, uri, "notifications", items.collect(), next)
}

//! API tokens: for programs, limited to named actions and a time. 接口令牌

use axum::extract::OriginalUri;
use pinji_app::register::tokens::{self, NewToken as New, TokenView};
use pinji_app::register::{Answer, Fault, Wrong};
use pinji_domain::{Message, TokenId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::times::instant;
use super::when;
use crate::body::{Body, Id, Query};
use crate::guard::By;
use crate::pages::{Listed, Page, Paging};
use crate::problem::Problem;
use crate::reply::{Reply, value};
use crate::shared::Shared;

/// An API token, without its secret. 接口令牌
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": 3, "name": "CRM 取等级", "user": 4, "scopes": ["grade.read"], "created_at": "2026-11-22T08:00:00.000000Z",
    "expires_at": "2027-05-22T08:00:00.000000Z", "used_at": null, "revoked_at": null,
}))]
pub struct Token {
    /// The id.
    pub id: i64,
    /// What it is for.
    pub name: String,
    /// Whose it is: it may never more than they may.
    pub user: i64,
    /// The actions that it is limited to.
    pub scopes: Vec<String>,
    /// Since when.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// Until when.
    #[schema(format = DateTime)]
    pub expires_at: String,
    /// When it was used last, to the minute.
    #[schema(format = DateTime)]
    pub used_at: Option<String>,
    /// When it was revoked.
    #[schema(format = DateTime)]
    pub revoked_at: Option<String>,
}

impl From<&TokenView> for Token {
    fn from(view: &TokenView) -> Token {
        Token {
            id: view.id.0,
            name: view.name.clone(),
            user: view.user.0,
            scopes: view.scopes.iter().map(|action| action.code().to_owned()).collect(),
            created_at: when(view.created_at),
            expires_at: when(view.expires_at),
            used_at: view.used_at.map(when),
            revoked_at: view.revoked_at.map(when),
        }
    }
}

/// A new token for oneself. 新令牌
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "CRM 取等级", "scopes": ["grade.read"], "expires_at": "2027-05-22T08:00:00Z" }))]
pub struct NewToken {
    /// What it is for.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// The actions that it is limited to; none that asks for an elevated session.
    #[schema(min_items = 1, max_items = 64)]
    pub scopes: Vec<String>,
    /// Until when: a year at most.
    #[schema(format = DateTime)]
    pub expires_at: String,
}

/// A new token with its secret. 新令牌及其密文
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": 3, "name": "CRM 取等级", "user": 4, "scopes": ["grade.read"], "created_at": "2026-11-22T08:00:00.000000Z",
    "expires_at": "2027-05-22T08:00:00.000000Z", "used_at": null, "revoked_at": null, "secret": "pj_…",
}))]
pub struct CreatedToken {
    #[serde(flatten)]
    token: Token,
    /// What the program sends as `Authorization: Bearer …`. Absent when a repeated request is answered.
    secret: Option<String>,
}

/// Whose tokens. 令牌筛选
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Whose {
    /// Of this user; one's own, if left out.
    pub user: Option<i64>,
    /// How many entries at most.
    #[param(minimum = 1, maximum = 500, default = 50, example = 50)]
    pub limit: Option<u32>,
    /// Where to go on: the cursor of the page before.
    pub cursor: Option<String>,
}

/// Lists a user's tokens. 令牌列表
#[utoipa::path(get, path = "/tokens", tag = "People", params(Whose),
    responses((status = 200, description = "A page of tokens", body = Page<Token>)))]
pub async fn list_tokens(
    shared: Shared,
    By(caller): By,
    OriginalUri(uri): OriginalUri,
    Query(whose): Query<Whose>,
) -> Result<Listed<Token>, Problem> {
    let paging = Paging {
        limit: whose.limit,
        cursor: whose.cursor,
    };
    let after = paging.after(&shared, "tokens")?.map(TokenId);
    let page = tokens::list(&shared.office, &caller, whose.user.map(UserId), after, paging.limit()?).await?;
    let next = page.next.map(|id| id.0);
    Listed::new(
        &shared,
        uri,
        "tokens",
        page.items.iter().map(Token::from).collect(),
        next,
    )
}

/// Makes a token for oneself. 新建令牌
#[utoipa::path(post, path = "/tokens", tag = "People", request_body = NewToken,
    responses((status = 201, description = "The token; its secret is shown this once", body = CreatedToken)))]
pub async fn create_token(shared: Shared, By(caller): By, Body(given): Body<NewToken>) -> Result<Reply, Problem> {
    let mut scopes = Vec::new();
    let mut wrong = Vec::new();
    for (place, code) in given.scopes.iter().enumerate() {
        match pinji_app::register::Action::parse(code) {
            Some(action) => scopes.push(action),
            None => {
                let says = Message::new("app-action-unknown").with("action", code.clone());
                wrong.push(Wrong::at(format!("/scopes/{place}"), says));
            }
        }
    }
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong).into());
    }
    let expires_at = instant("/expires_at", &given.expires_at)?;
    let new = New {
        name: given.name,
        scopes,
        expires_at,
    };
    let words =
        |token: &TokenView| Answer::made(format!("/api/v1/tokens/{}", token.id), None, value(&Token::from(token)));
    Ok(Reply(tokens::create(&shared.office, &caller, new, words).await?))
}

/// Revokes a token: its next request is refused. 吊销令牌
#[utoipa::path(delete, path = "/tokens/{id}", tag = "People",
    params(("id" = i64, Path, description = "The token", example = 3)),
    responses((status = 200, description = "The token, revoked", body = Token)))]
pub async fn revoke_token(shared: Shared, By(caller): By, Id(id): Id<TokenId>) -> Result<Reply, Problem> {
    let words = |token: &TokenView| Answer::changed(None, value(&Token::from(token)));
    Ok(Reply(tokens::revoke(&shared.office, &caller, id, words).await?))
}

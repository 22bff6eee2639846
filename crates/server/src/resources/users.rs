//! Users: who can sign in. 用户

use axum::extract::OriginalUri;
use pinji_app::register::users::{self, Change, NewUser as New, UserView};
use pinji_app::register::{Answer, Fault};
use pinji_domain::{Message, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::when;
use crate::body::{Body, Id, Query};
use crate::guard::By;
use crate::pages::{Listed, Page, Paging};
use crate::problem::Problem;
use crate::reply::{Reply, value};
use crate::shared::Shared;
use crate::versions::{IfMatch, Versioned};

/// A user. 用户
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": 4, "login": "wang.fang", "name": "王芳", "email": "wang.fang@pinji.example", "state": "active",
    "roles": ["collector"], "teams": [2], "customer": null, "second_factor": true, "created_at": "2026-11-22T08:00:00.000000Z", "version": 3,
}))]
pub struct User {
    /// The id.
    pub id: i64,
    /// The name to sign in with.
    pub login: String,
    /// The name that people read.
    pub name: String,
    /// The mail address, if one is kept.
    pub email: Option<String>,
    /// `active`, `locked` or `closed`.
    pub state: String,
    /// The roles that hold now.
    pub roles: Vec<String>,
    /// The teams, by id.
    pub teams: Vec<i64>,
    /// The number of the customer for which they speak in the portal; empty for the office's own people.
    pub customer: Option<String>,
    /// Whether a second factor was set up.
    pub second_factor: bool,
    /// Since when.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// The version, also in the `ETag`.
    pub version: i64,
}

impl From<&UserView> for User {
    fn from(view: &UserView) -> User {
        User {
            id: view.id.0,
            login: view.login.clone(),
            name: view.name.clone(),
            email: view.email.clone(),
            state: view.state.to_owned(),
            roles: view.roles.iter().map(|role| role.code().to_owned()).collect(),
            teams: view.teams.iter().map(|team| team.0).collect(),
            customer: view.customer.clone(),
            second_factor: view.second_factor,
            created_at: when(view.created_at),
            version: view.version,
        }
    }
}

/// A new user. 新用户
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "login": "wang.fang", "name": "王芳", "email": "wang.fang@pinji.example" }))]
pub struct NewUser {
    /// The name to sign in with.
    #[schema(min_length = 2, max_length = 64, pattern = r"^[a-z0-9][a-z0-9._-]{1,63}$")]
    pub login: String,
    /// The name that people read.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// The mail address.
    #[schema(max_length = 254)]
    pub email: Option<String>,
    /// The number of the customer for which they are to speak in the portal; left out for the office's own people. It is never
    /// changed.
    #[schema(max_length = 64)]
    pub customer: Option<String>,
}

/// A new user with the one-time link for the first password. 新用户与链接
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": 4, "login": "wang.fang", "name": "王芳", "email": null, "state": "active", "roles": [], "teams": [], "customer": null,
    "second_factor": false, "created_at": "2026-11-22T08:00:00.000000Z", "version": 1, "link": "https://pinji.example/password?link=…",
}))]
pub struct CreatedUser {
    #[serde(flatten)]
    user: User,
    /// The link, good once within 24 hours. Absent when a repeated request is answered.
    link: Option<String>,
}

/// What is to change; what is left out stays. 用户变更
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "state": "locked" }))]
pub struct UserChange {
    /// The name that people read.
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// The mail address; an empty text takes it away.
    #[schema(max_length = 254)]
    pub email: Option<String>,
    /// `active`, `locked` or `closed`. Locking and closing end all sessions and stop all tokens at once.
    #[schema(pattern = r"^(active|locked|closed)$")]
    pub state: Option<String>,
}

/// A one-time link. 一次性链接
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "user": 4, "expires_at": "2026-11-23T08:00:00.000000Z", "link": "https://pinji.example/password?link=…" }))]
pub struct Link {
    /// For whom.
    pub user: i64,
    /// Until when it is good.
    #[schema(format = DateTime)]
    pub expires_at: String,
    /// The link. Absent when a repeated request is answered.
    pub link: Option<String>,
}

/// Lists users. 用户列表
#[utoipa::path(get, path = "/users", tag = "People", params(Paging),
    responses((status = 200, description = "A page of users", body = Page<User>)))]
pub async fn list_users(
    shared: Shared,
    By(caller): By,
    OriginalUri(uri): OriginalUri,
    Query(paging): Query<Paging>,
) -> Result<Listed<User>, Problem> {
    let after = paging.after(&shared, "users")?.map(UserId);
    let page = users::list(&shared.office, &caller, after, paging.limit()?).await?;
    let next = page.next.map(|id| id.0);
    Listed::new(&shared, uri, "users", page.items.iter().map(User::from).collect(), next)
}

/// Makes a user. 新建用户
///
/// Roles are proposed and approved apart from this.
#[utoipa::path(post, path = "/users", tag = "People", request_body = NewUser,
    responses((status = 201, description = "The user, with the link for the first password", body = CreatedUser)))]
pub async fn create_user(shared: Shared, By(caller): By, Body(given): Body<NewUser>) -> Result<Reply, Problem> {
    let given = New {
        login: given.login,
        name: given.name,
        email: given.email,
        customer: given.customer,
    };
    Ok(Reply(users::create(&shared.office, &caller, given, in_words).await?))
}

/// Reads a user. 查看用户
#[utoipa::path(get, path = "/users/{id}", tag = "People", params(("id" = i64, Path, description = "The user", example = 4)),
    responses((status = 200, description = "The user", body = User)))]
pub async fn read_user(shared: Shared, By(caller): By, Id(id): Id<UserId>) -> Result<Versioned<User>, Problem> {
    let user = users::read(&shared.office, &caller, id).await?;
    Ok(Versioned(user.version, User::from(&user)))
}

/// Changes a user. 修改用户
#[utoipa::path(patch, path = "/users/{id}", tag = "People", request_body = UserChange,
    params(("id" = i64, Path, description = "The user", example = 4)),
    responses((status = 200, description = "The user as it is now", body = User)))]
pub async fn change_user(
    shared: Shared,
    By(caller): By,
    Id(id): Id<UserId>,
    IfMatch(version): IfMatch,
    Body(given): Body<UserChange>,
) -> Result<Reply, Problem> {
    let state = match given.state.as_deref().map(users::state) {
        None => None,
        Some(Some(state)) => Some(state),
        Some(None) => return Err(Fault::field("/state", Message::new("app-user-state-unknown")).into()),
    };
    let change = Change {
        name: given.name,
        email: given.email,
        state,
    };
    Ok(Reply(
        users::change(&shared.office, &caller, id, version, change, in_words).await?,
    ))
}

/// Gives a user a new one-time link. 重置密码
///
/// For who has lost the password: it stays good until the link is used.
#[utoipa::path(post, path = "/users/{id}/links", tag = "People",
    params(("id" = i64, Path, description = "The user", example = 4)),
    responses((status = 201, description = "The link, shown this once", body = Link)))]
pub async fn send_link(shared: Shared, By(caller): By, Id(id): Id<UserId>) -> Result<Reply, Problem> {
    let words = |until: &pinji_domain::Timestamp| {
        let body = Link {
            user: id.0,
            expires_at: when(*until),
            link: None,
        };
        Answer::made(format!("/api/v1/users/{id}"), None, value(&body))
    };
    Ok(Reply(users::link(&shared.office, &caller, id, words).await?))
}

fn in_words(user: &UserView) -> Answer {
    let body = value(&User::from(user));
    match user.version {
        1 => Answer::made(format!("/api/v1/users/{}", user.id), 1, body),
        version => Answer::changed(version, body),
    }
}

//! The set-up of a new office, and first passwords by one-time links. 初始设置

use axum::Json;
use pinji_app::register::{Answer, setup};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::Body;
use crate::guard::Anyone;
use crate::problem::Problem;
use crate::reply::{Reply, value};
use crate::shared::Shared;

/// Whether the office waits to be set up. 设置状态
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "open": true }))]
pub struct SetupState {
    /// Nobody is there yet.
    pub open: bool,
}

/// Somebody to be invited. 受邀人
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invited {
    /// The name to sign in with.
    #[schema(min_length = 2, max_length = 64, pattern = r"^[a-z0-9][a-z0-9._-]{1,63}$")]
    pub login: String,
    /// The name that people read.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
}

/// What the first person gives. 初始设置
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "link": "xvYR…", "login": "chen.an", "name": "陈安", "password": "六月的雨下在码头上",
    "deputy": { "login": "liu.ning", "name": "刘宁" },
    "system_administrator": { "login": "he.jun", "name": "何军" },
}))]
pub struct SetUp {
    /// The secret of the link that the first start printed.
    pub link: String,
    /// The name to sign in with: of the first security administrator.
    #[schema(min_length = 2, max_length = 64, pattern = r"^[a-z0-9][a-z0-9._-]{1,63}$")]
    pub login: String,
    /// The name that people read.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// A password of 12 characters or more.
    #[schema(min_length = 12, max_length = 1024)]
    pub password: String,
    /// The second security administrator: each role is proposed by one and approved by another.
    pub deputy: Invited,
    /// Who keeps the system running; has no other role.
    pub system_administrator: Invited,
}

/// Who is there after the set-up. 设置结果
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "login": "chen.an",
    "deputy_link": "https://pinji.example/password?link=…", "system_administrator_link": "https://pinji.example/password?link=…",
}))]
pub struct SetUpDone {
    /// The first security administrator.
    pub login: String,
    /// The one-time link for the deputy's first password.
    pub deputy_link: String,
    /// The one-time link for the system administrator's first password.
    pub system_administrator_link: String,
}

/// A password under a one-time link. 首次密码
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "link": "9tQw…", "password": "灯塔旁边有三棵榕树" }))]
pub struct NewPassword {
    /// The secret of the link.
    pub link: String,
    /// A password of 12 characters or more.
    #[schema(min_length = 12, max_length = 1024)]
    pub password: String,
}

/// Whose password was set. 已设密码
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "login": "liu.ning" }))]
pub struct PasswordSet {
    /// The name to sign in with.
    pub login: String,
}

/// Says whether the office waits to be set up. 设置状态
#[utoipa::path(get, path = "/setup", tag = "Set-up",
    responses((status = 200, description = "Whether somebody must set it up", body = SetupState)))]
pub async fn read_setup(shared: Shared) -> Result<Json<SetupState>, Problem> {
    let open = setup::is_open(&shared.office).await?;
    Ok(Json(SetupState { open }))
}

/// Sets the office up. 初始设置
///
/// Makes the first security administrator, and invites a second one and a system administrator: from the first moment
/// on, nobody holds two administrators' roles, and no role is given by one person alone.
#[utoipa::path(post, path = "/setup", tag = "Set-up", request_body = SetUp,
    responses((status = 201, description = "The office is set up; the links are shown this once", body = SetUpDone)))]
pub async fn set_up(shared: Shared, Anyone(asked): Anyone, Body(given): Body<SetUp>) -> Result<Reply, Problem> {
    let given = setup::SetUp {
        link: given.link,
        login: given.login,
        name: given.name,
        password: given.password,
        deputy: setup::Invited {
            login: given.deputy.login,
            name: given.deputy.name,
        },
        system_administrator: setup::Invited {
            login: given.system_administrator.login,
            name: given.system_administrator.name,
        },
    };
    let done = setup::set_up(&shared.office, &asked, given).await?;
    let done = SetUpDone {
        login: done.login,
        deputy_link: done.deputy_link,
        system_administrator_link: done.system_administrator_link,
    };
    Ok(Reply(Answer::made("/api/v1/session", None, value(&done))))
}

/// Sets a password under a one-time link. 设置密码
#[utoipa::path(post, path = "/passwords", tag = "Set-up", request_body = NewPassword,
    responses((status = 201, description = "The password is set; now sign in", body = PasswordSet)))]
pub async fn set_password(
    shared: Shared,
    Anyone(asked): Anyone,
    Body(given): Body<NewPassword>,
) -> Result<Reply, Problem> {
    let login = setup::set_password(&shared.office, &asked, &given.link, given.password).await?;
    Ok(Reply(Answer::made(
        "/api/v1/session",
        None,
        value(&PasswordSet { login }),
    )))
}

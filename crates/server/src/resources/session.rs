//! One's own session: signing in and out, elevation, the password. 会话

use axum::Json;
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use pinji_app::register::session::{self, Opened, SessionView, SignIn};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::passkeys::PasskeyAnswer;
use super::when;
use crate::body::Body;
use crate::guard::{Anyone, By, COOKIE_NAME};
use crate::problem::Problem;
use crate::shared::Shared;

/// What somebody signs in with. 登录
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "login": "chen.an", "password": "六月的雨下在码头上", "code": "492039" }))]
pub struct Credentials {
    /// The name to sign in with.
    #[schema(max_length = 64)]
    pub login: String,
    /// The password.
    #[schema(max_length = 1024)]
    pub password: String,
    /// The code of the authenticator app, or a recovery code, where a second factor was set up.
    #[schema(max_length = 64)]
    pub code: Option<String>,
    /// Or the answer of a passkey, to the question of `GET /session/passkey`.
    pub passkey: Option<PasskeyAnswer>,
}

/// The password and the code, shown once more. 再次验证
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "password": "六月的雨下在码头上", "code": "492039" }))]
pub struct Again {
    /// The password.
    #[schema(max_length = 1024)]
    pub password: String,
    /// The code of the authenticator app, where a second factor was set up.
    #[schema(max_length = 64)]
    pub code: Option<String>,
}

/// A new password. 修改密码
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "password": "六月的雨下在码头上", "new_password": "灯塔旁边有三棵榕树" }))]
pub struct PasswordChange {
    /// The password as it is.
    #[schema(max_length = 1024)]
    pub password: String,
    /// The new one, of 12 characters or more.
    #[schema(min_length = 12, max_length = 1024)]
    pub new_password: String,
}

/// Who is signed in. 当前会话
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "user": 1, "login": "chen.an", "name": "陈安", "roles": ["security_administrator"], "second_factor": true,
    "expires_at": "2026-11-22T20:00:00.000000Z", "elevated_until": null,
}))]
pub struct Session {
    /// The user's id.
    pub user: i64,
    /// The name to sign in with.
    pub login: String,
    /// The name that people read.
    pub name: String,
    /// The roles that hold now.
    pub roles: Vec<&'static str>,
    /// Whether a second factor was set up.
    pub second_factor: bool,
    /// When the session or the token ends whatever happens; a session ends earlier after 30 minutes without a request.
    #[schema(format = DateTime)]
    pub expires_at: String,
    /// Until when the session is elevated.
    #[schema(format = DateTime)]
    pub elevated_until: Option<String>,
}

impl From<SessionView> for Session {
    fn from(view: SessionView) -> Session {
        Session {
            user: view.user.0,
            login: view.login,
            name: view.name,
            roles: view.roles.into_iter().map(|role| role.code()).collect(),
            second_factor: view.second_factor,
            expires_at: when(view.expires_at),
            elevated_until: view.elevated_until.map(when),
        }
    }
}

/// A session with the cookie that carries its new secret.
pub(super) struct WithCookie(pub(super) StatusCode, pub(super) Opened);

impl IntoResponse for WithCookie {
    fn into_response(self) -> Response {
        let WithCookie(status, opened) = self;
        let cookie = format!(
            "{COOKIE_NAME}={}; Path=/; Secure; HttpOnly; SameSite=Lax",
            opened.secret.reveal()
        );
        let mut answer = (status, Json(Session::from(opened.view))).into_response();
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            answer.headers_mut().insert(SET_COOKIE, cookie);
        }
        answer
    }
}

/// Signs in. 登录
#[utoipa::path(post, path = "/session", tag = "Session", request_body = Credentials,
    responses(
        (status = 201, description = "Signed in; the cookie carries the session", body = Session,
            headers(("Set-Cookie" = String, description = "`__Host-pinji`; Secure, HttpOnly, SameSite=Lax")))))]
pub async fn sign_in(
    shared: Shared,
    Anyone(asked): Anyone,
    headers: HeaderMap,
    Body(given): Body<Credentials>,
) -> Result<Response, Problem> {
    let agent = headers
        .get(USER_AGENT)
        .and_then(|agent| agent.to_str().ok())
        .unwrap_or_default();
    let given = SignIn {
        login: given.login,
        password: given.password,
        code: given.code,
        passkey: given.passkey.map(Into::into),
        agent: agent.chars().take(200).collect(),
    };
    let opened = session::sign_in(&shared.office, &asked, given).await?;
    Ok(WithCookie(StatusCode::CREATED, opened).into_response())
}

/// Says who is signed in. 当前会话
#[utoipa::path(get, path = "/session", tag = "Session",
    responses((status = 200, description = "Who asks, by session or token", body = Session)))]
pub async fn read_session(shared: Shared, By(caller): By) -> Result<Json<Session>, Problem> {
    Ok(Json(session::mine(&shared.office, &caller).await?.into()))
}

/// Signs out. 退出
#[utoipa::path(delete, path = "/session", tag = "Session",
    responses((status = 204, description = "The session is over, on the server too")))]
pub async fn sign_out(shared: Shared, By(caller): By) -> Result<Response, Problem> {
    session::sign_out(&shared.office, &caller).await?;
    let gone = format!("{COOKIE_NAME}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    let mut answer = StatusCode::NO_CONTENT.into_response();
    if let Ok(gone) = HeaderValue::from_str(&gone) {
        answer.headers_mut().insert(SET_COOKIE, gone);
    }
    Ok(answer)
}

/// Elevates the session for ten minutes. 提权
///
/// For users, roles, tokens and bulk exports. The session gets a new secret; the old one is no longer good.
#[utoipa::path(post, path = "/session/elevation", tag = "Session", request_body = Again,
    responses((status = 201, description = "Elevated; the cookie carries the new secret", body = Session)))]
pub async fn elevate(shared: Shared, By(caller): By, Body(given): Body<Again>) -> Result<Response, Problem> {
    let opened = session::elevate(&shared.office, &caller, &given.password, given.code.as_deref()).await?;
    Ok(WithCookie(StatusCode::CREATED, opened).into_response())
}

/// Changes one's own password. 修改密码
///
/// All of one's sessions end; this one goes on under a new secret.
#[utoipa::path(put, path = "/session/password", tag = "Session", request_body = PasswordChange,
    responses((status = 200, description = "Changed; the cookie carries the new secret", body = Session)))]
pub async fn change_password(
    shared: Shared,
    By(caller): By,
    Body(given): Body<PasswordChange>,
) -> Result<Response, Problem> {
    let opened = session::change_password(&shared.office, &caller, &given.password, given.new_password).await?;
    Ok(WithCookie(StatusCode::OK, opened).into_response())
}

//! Signing in by the company's directory: what is offered, the way out, the way back. 目录登录

use axum::Json;
use axum::http::header::{LOCATION, SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use pinji_app::register::sign_on::{self, Entered, Returned};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::body::Query;
use crate::guard::{Anyone, COOKIE_NAME, cookie_named};
use crate::problem::Problem;
use crate::shared::Shared;

/// What the browser keeps while somebody is away. `Lax`: it comes along when the directory sends him back.
const MEMORY: &str = "__Host-pinji-sign-on";

/// A way to sign in besides the password. 登录方式
#[derive(Debug, Serialize, ToSchema)]
pub struct Offered {
    /// Its name for people.
    pub name: String,
    /// Whose word is taken.
    pub issuer: String,
    /// Where a browser goes to sign in.
    pub address: String,
}

/// The ways to sign in. 登录方式列表
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "password": true,
    "directories": [{ "name": "公司统一登录", "issuer": "https://login.pinji.example", "address": "/api/v1/session/oidc" }],
}))]
pub struct Providers {
    /// Local accounts are always there, also while the directory is away.
    pub password: bool,
    /// The company's directory, if one is set up.
    pub directories: Vec<Offered>,
}

/// How somebody is sent away. 跳转方式
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Away {
    /// Whether it is to elevate the session that there is: the directory asks anew who somebody is.
    #[param(example = false)]
    pub elevate: Option<bool>,
}

/// What somebody comes back with; a provider may add more. 回调参数
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Back {
    /// The code, once.
    #[param(max_length = 1300, example = "SplxlOBeZQQYbYS6WxSbIA")]
    pub code: Option<String>,
    /// What went out.
    #[param(max_length = 1300, example = "af0ifjsldkj")]
    pub state: Option<String>,
    /// The issuer.
    #[param(max_length = 1300)]
    pub iss: Option<String>,
    /// Why nobody is let in.
    #[param(max_length = 1300)]
    pub error: Option<String>,
}

/// Says how one may sign in. 登录方式
#[utoipa::path(get, path = "/session/providers", tag = "Session",
    responses((status = 200, description = "The ways to sign in", body = Providers)))]
pub async fn list_providers(shared: Shared) -> Json<Providers> {
    let offered = sign_on::offered(&shared.office).map(|(name, issuer)| Offered {
        name: name.to_owned(),
        issuer: issuer.to_owned(),
        address: format!("{}/session/oidc", crate::routes::PREFIX),
    });
    Json(Providers {
        password: true,
        directories: offered.into_iter().collect(),
    })
}

/// Sends a browser to the company's directory. 跳转目录登录
///
/// It must come back within ten minutes, and be the same browser.
#[utoipa::path(get, path = "/session/oidc", tag = "Session", params(Away),
    responses(
        (status = 303, description = "To the directory; a cookie remembers who was sent",
            headers(("Location" = String, description = "The directory"),
                ("Set-Cookie" = String, description = "`__Host-pinji-sign-on`; Secure, HttpOnly, SameSite=Lax, ten minutes")))))]
pub async fn go_to_directory(
    shared: Shared,
    Anyone(asked): Anyone,
    Query(away): Query<Away>,
) -> Result<Response, Problem> {
    let begun = sign_on::begin(&shared.office, &asked, away.elevate.unwrap_or(false)).await?;
    let cookie = format!(
        "{MEMORY}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600",
        begun.remembered
    );
    Ok(sent(&begun.address, &[cookie]))
}

/// Lets in whom the directory sends back. 目录登录回调
///
/// The session's cookie is set as after a password; then the browser goes on to the first page. After `elevate=true` the
/// session that there was is elevated and gets a new secret.
#[utoipa::path(get, path = "/session/oidc/callback", tag = "Session", params(Back),
    responses(
        (status = 303, description = "In, and on to the first page",
            headers(("Location" = String, description = "`/`"),
                ("Set-Cookie" = String, description = "`__Host-pinji`; Secure, HttpOnly, SameSite=Lax")))))]
pub async fn come_back_from_directory(
    shared: Shared,
    Anyone(asked): Anyone,
    headers: HeaderMap,
    Query(back): Query<Back>,
) -> Response {
    let agent = headers
        .get(USER_AGENT)
        .and_then(|agent| agent.to_str().ok())
        .unwrap_or_default();
    let given = Returned {
        code: back.code,
        state: back.state.unwrap_or_default(),
        issuer: back.iss,
        error: back.error,
        remembered: cookie_named(&headers, MEMORY),
        session: cookie_named(&headers, COOKIE_NAME),
        agent: agent.chars().take(200).collect(),
    };
    let came = given.remembered.is_some();
    // Whatever became of it, what the browser kept is used up.
    let gone = format!("{MEMORY}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    match sign_on::finish(&shared.office, &asked, given).await {
        Ok(Entered::New(opened) | Entered::Elevated(opened)) => {
            let session = format!(
                "{COOKIE_NAME}={}; Path=/; Secure; HttpOnly; SameSite=Lax",
                opened.secret.reveal()
            );
            sent("/", &[session, gone])
        }
        Err(fault) => {
            let mut answer = Problem::from(fault).into_response();
            if came {
                append(&mut answer, &gone);
            }
            answer
        }
    }
}

fn sent(address: &str, cookies: &[String]) -> Response {
    let mut answer = StatusCode::SEE_OTHER.into_response();
    if let Ok(address) = HeaderValue::from_str(address) {
        answer.headers_mut().insert(LOCATION, address);
    }
    for cookie in cookies {
        append(&mut answer, cookie);
    }
    answer
}

fn append(answer: &mut Response, cookie: &str) {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
}

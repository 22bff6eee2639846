//! One's own passkeys: made, listed, taken away, and used to sign in and to elevate. 通行密钥
//!
//! Questions and answers have the JSON forms of WebAuthn Level 3, as `PublicKeyCredential.parseCreationOptionsFromJSON` reads them
//! and `toJSON` writes them.

use axum::Json;
use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use pinji_app::register::passkeys::{self, Adding, NewCredential, PasskeyView, Question};
use pinji_app::register::{Answer, passkeys::Assertion as Answered};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::session::{Session, WithCookie};
use super::when;
use crate::body::{Body, Id};
use crate::guard::{Anyone, By};
use crate::problem::Problem;
use crate::reply::{Reply, value};
use crate::shared::Shared;

/// A passkey. 通行密钥
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": 2, "name": "办公室电脑", "may_be_copied": false, "created_at": "2026-11-22T08:00:00.000000Z", "used_at": null,
}))]
pub struct Passkey {
    /// The number.
    pub id: i64,
    /// What its owner calls it.
    pub name: String,
    /// Whether it may be copied to other devices of its owner.
    pub may_be_copied: bool,
    /// When it was registered.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it was last used.
    #[schema(format = DateTime)]
    pub used_at: Option<String>,
}

impl From<&PasskeyView> for Passkey {
    fn from(view: &PasskeyView) -> Passkey {
        Passkey {
            id: view.id,
            name: view.name.clone(),
            may_be_copied: view.may_be_copied,
            created_at: when(view.created_at),
            used_at: view.used_at.map(when),
        }
    }
}

/// One's own passkeys. 我的通行密钥
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "items": [] }))]
pub struct Passkeys {
    /// The oldest first.
    pub items: Vec<Passkey>,
}

/// A question to the browser: good for five minutes, and for one answer. 认证问题
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "question": "bXk…", "publicKey": { "challenge": "aGVsbG8", "rpId": "pinji.example" } }))]
pub struct PasskeyQuestion {
    /// To be sent back with the answer.
    pub question: String,
    /// The options of `navigator.credentials.create` or `get`, as WebAuthn writes them in JSON.
    #[serde(rename = "publicKey")]
    #[schema(value_type = Object)]
    pub public_key: Value,
}

/// What the browser made. 新凭据
#[derive(Debug, Deserialize, ToSchema)]
pub struct AttestationResponse {
    /// In base64url.
    #[serde(rename = "clientDataJSON")]
    #[schema(max_length = 8192)]
    pub client_data: String,
    /// In base64url.
    #[serde(rename = "attestationObject")]
    #[schema(max_length = 65536)]
    pub attestation: String,
}

/// A credential as `toJSON` writes it; more than this may be in it. 新凭据
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewPasskeyCredential {
    /// What the authenticator answered.
    pub response: AttestationResponse,
}

/// A new passkey. 添加通行密钥
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "question": "bXk…", "name": "办公室电脑", "password": "六月的雨下在码头上", "code": "492039",
    "credential": { "response": { "clientDataJSON": "eyJ0…", "attestationObject": "o2Nm…" } },
}))]
pub struct NewPasskey {
    /// The question that it answers.
    #[schema(max_length = 512)]
    pub question: String,
    /// What to call it.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// The password; not needed in an elevated session.
    #[schema(max_length = 1024)]
    pub password: Option<String>,
    /// The code of the second factor, where one is set up.
    #[schema(max_length = 64)]
    pub code: Option<String>,
    /// What the browser made.
    pub credential: NewPasskeyCredential,
}

/// A passkey that was added. 添加结果
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "passkey": { "id": 2, "name": "办公室电脑", "may_be_copied": false, "created_at": "2026-11-22T08:00:00.000000Z", "used_at": null },
    "recovery_codes": [],
}))]
pub struct AddedPasskey {
    /// The passkey.
    pub passkey: Passkey,
    /// Ten codes, each good once, where there were none; shown this once.
    pub recovery_codes: Vec<String>,
}

/// What the authenticator answered. 应答
#[derive(Debug, Deserialize, ToSchema)]
pub struct AssertionResponse {
    /// In base64url.
    #[serde(rename = "clientDataJSON")]
    #[schema(max_length = 8192)]
    pub client_data: String,
    /// In base64url.
    #[serde(rename = "authenticatorData")]
    #[schema(max_length = 8192)]
    pub authenticator_data: String,
    /// In base64url.
    #[schema(max_length = 8192)]
    pub signature: String,
    /// In base64url.
    #[serde(rename = "userHandle")]
    #[schema(max_length = 512)]
    pub user_handle: Option<String>,
}

/// A credential as `toJSON` writes it; more than this may be in it. 应答
#[derive(Debug, Deserialize, ToSchema)]
pub struct PasskeyCredential {
    /// The passkey's id, in base64url.
    #[schema(max_length = 2048)]
    pub id: String,
    /// What the authenticator answered.
    pub response: AssertionResponse,
}

/// The answer of a passkey. 通行密钥应答
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "question": "bXk…",
    "credential": {
        "id": "CQkJ",
        "response": { "clientDataJSON": "eyJ0…", "authenticatorData": "SZYN…", "signature": "MEUC…", "userHandle": "AAAAAAAAAAc" },
    },
}))]
pub struct PasskeyAnswer {
    /// The question that it answers.
    #[schema(max_length = 512)]
    pub question: String,
    /// What the browser gave.
    pub credential: PasskeyCredential,
}

impl From<PasskeyAnswer> for Answered {
    fn from(answer: PasskeyAnswer) -> Answered {
        let response = answer.credential.response;
        Answered {
            question: answer.question,
            id: answer.credential.id,
            client_data: response.client_data,
            authenticator_data: response.authenticator_data,
            signature: response.signature,
            user_handle: response.user_handle,
        }
    }
}

/// Lists one's own passkeys. 我的通行密钥
#[utoipa::path(get, path = "/session/passkeys", tag = "Session",
    responses((status = 200, description = "One's own passkeys", body = Passkeys)))]
pub async fn list_passkeys(shared: Shared, By(caller): By) -> Result<Json<Passkeys>, Problem> {
    let all = passkeys::list(&shared.office, &caller).await?;
    Ok(Json(Passkeys {
        items: all.iter().map(Passkey::from).collect(),
    }))
}

/// Asks the browser to make a passkey. 注册问题
#[utoipa::path(get, path = "/session/passkeys/question", tag = "Session",
    responses((status = 200, description = "The question", body = PasskeyQuestion)))]
pub async fn ask_new_passkey(shared: Shared, By(caller): By) -> Result<Json<PasskeyQuestion>, Problem> {
    let question = passkeys::registration(&shared.office, &caller).await?;
    let algorithms = question.algorithms.iter();
    let algorithms: Vec<Value> = algorithms
        .map(|alg| json!({ "type": "public-key", "alg": alg }))
        .collect();
    let public_key = json!({
        "challenge": question.challenge,
        "rp": { "id": question.site, "name": "Pinji" },
        "user": { "id": question.handle, "name": caller.login, "displayName": caller.name },
        "pubKeyCredParams": algorithms,
        "timeout": 300_000,
        "attestation": "none",
        "authenticatorSelection": { "residentKey": "required", "requireResidentKey": true, "userVerification": "required" },
        "excludeCredentials": named(&question),
    });
    Ok(Json(PasskeyQuestion {
        question: question.question,
        public_key,
    }))
}

/// Adds a passkey. 添加通行密钥
///
/// With the password, or in an elevated session. One's other sessions end; from now on a password alone does not sign in.
#[utoipa::path(post, path = "/session/passkeys", tag = "Session", request_body = NewPasskey,
    responses((status = 201, description = "The passkey", body = AddedPasskey)))]
pub async fn add_passkey(shared: Shared, By(caller): By, Body(given): Body<NewPasskey>) -> Result<Reply, Problem> {
    let adding = Adding {
        name: given.name,
        password: given.password,
        code: given.code,
        credential: NewCredential {
            question: given.question,
            client_data: given.credential.response.client_data,
            attestation: given.credential.response.attestation,
        },
    };
    let (passkey, recovery_codes) = passkeys::add(&shared.office, &caller, adding).await?;
    let body = value(&AddedPasskey {
        passkey: Passkey::from(&passkey),
        recovery_codes,
    });
    let place = format!("/api/v1/session/passkeys/{}", passkey.id);
    Ok(Reply(Answer::made(place, None, body)))
}

/// Takes one of one's own passkeys away, in an elevated session. 删除通行密钥
#[utoipa::path(delete, path = "/session/passkeys/{id}", tag = "Session",
    params(("id" = i64, Path, description = "The passkey", example = 2)),
    responses((status = 204, description = "It is no longer good")))]
pub async fn remove_passkey(shared: Shared, By(caller): By, Id(id): Id<i64>) -> Result<StatusCode, Problem> {
    passkeys::remove(&shared.office, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks for a passkey to sign in with. 登录问题
#[utoipa::path(get, path = "/session/passkey", tag = "Session",
    responses((status = 200, description = "The question", body = PasskeyQuestion)))]
pub async fn ask_passkey(shared: Shared, Anyone(asked): Anyone) -> Result<Json<PasskeyQuestion>, Problem> {
    Ok(Json(wanted(passkeys::sign_in_question(&shared.office, &asked)?)))
}

/// Signs in by a passkey alone: the device has checked who holds it. 通行密钥登录
#[utoipa::path(post, path = "/session/passkey", tag = "Session", request_body = PasskeyAnswer,
    responses(
        (status = 201, description = "Signed in; the cookie carries the session", body = Session,
            headers(("Set-Cookie" = String, description = "`__Host-pinji`; Secure, HttpOnly, SameSite=Lax")))))]
pub async fn sign_in_by_passkey(
    shared: Shared,
    Anyone(asked): Anyone,
    headers: HeaderMap,
    Body(given): Body<PasskeyAnswer>,
) -> Result<Response, Problem> {
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
    let agent = agent.unwrap_or_default().chars().take(200).collect();
    let opened = passkeys::sign_in(&shared.office, &asked, &given.into(), agent).await?;
    Ok(WithCookie(StatusCode::CREATED, opened).into_response())
}

/// Asks for one of one's own passkeys, to elevate the session. 提权问题
#[utoipa::path(get, path = "/session/elevation/passkey", tag = "Session",
    responses((status = 200, description = "The question", body = PasskeyQuestion)))]
pub async fn ask_elevation_passkey(shared: Shared, By(caller): By) -> Result<Json<PasskeyQuestion>, Problem> {
    let question = passkeys::elevation_question(&shared.office, &caller).await?;
    Ok(Json(wanted(question)))
}

/// Elevates the session for ten minutes by a passkey. 通行密钥提权
#[utoipa::path(post, path = "/session/elevation/passkey", tag = "Session", request_body = PasskeyAnswer,
    responses((status = 201, description = "Elevated; the cookie carries the new secret", body = Session)))]
pub async fn elevate_by_passkey(
    shared: Shared,
    By(caller): By,
    Body(given): Body<PasskeyAnswer>,
) -> Result<Response, Problem> {
    let opened = passkeys::elevate(&shared.office, &caller, &given.into()).await?;
    Ok(WithCookie(StatusCode::CREATED, opened).into_response())
}

/// The options of `navigator.credentials.get`.
fn wanted(question: Question) -> PasskeyQuestion {
    let public_key = json!({
        "challenge": question.challenge,
        "rpId": question.site,
        "timeout": 300_000,
        "userVerification": "required",
        "allowCredentials": named(&question),
    });
    PasskeyQuestion {
        question: question.question,
        public_key,
    }
}

fn named(question: &Question) -> Vec<Value> {
    let passkeys = question.passkeys.iter();
    passkeys.map(|id| json!({ "type": "public-key", "id": id })).collect()
}

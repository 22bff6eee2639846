//! One's own second factor: an authenticator app, and recovery codes for the drawer. 第二因素

use pinji_app::register::{Answer, second_factor};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::Body;
use crate::guard::By;
use crate::problem::Problem;
use crate::reply::{Reply, value};
use crate::shared::Shared;

/// The password, before a new second factor is shown. 密码
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "password": "六月的雨下在码头上", "code": null }))]
pub struct Proof {
    /// The password.
    #[schema(max_length = 1024)]
    pub password: String,
    /// The code of the factor that is replaced, where there is one.
    #[schema(max_length = 64)]
    pub code: Option<String>,
}

/// A new secret for the app, not yet in force. 新密钥
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "secret": "JBSWY3DPEHPK3PXP", "address": "otpauth://totp/Pinji:chen.an?secret=JBSWY3DPEHPK3PXP&issuer=Pinji" }))]
pub struct NewFactor {
    /// For typing into the app.
    pub secret: String,
    /// For a QR code.
    pub address: String,
}

/// A code of the app. 动态口令
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "code": "492039" }))]
pub struct Code {
    /// Six digits.
    #[schema(max_length = 16)]
    pub code: String,
}

/// The recovery codes, shown this once. 恢复码
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "recovery_codes": ["7qhx-m2ka-9rtw-b4ce"] }))]
pub struct Recovery {
    /// Ten codes, each good once.
    pub recovery_codes: Vec<String>,
}

/// Begins a new second factor. 设置第二因素
///
/// The secret is in force once a code made with it was confirmed.
#[utoipa::path(post, path = "/session/second-factor", tag = "Session", request_body = Proof,
    responses((status = 201, description = "The secret, shown this once", body = NewFactor)))]
pub async fn begin_second_factor(shared: Shared, By(caller): By, Body(given): Body<Proof>) -> Result<Reply, Problem> {
    let new = second_factor::begin(&shared.office, &caller, &given.password, given.code.as_deref()).await?;
    let body = value(&NewFactor {
        secret: new.secret,
        address: new.address,
    });
    Ok(Reply(Answer::made("/api/v1/session/second-factor", None, body)))
}

/// Confirms the new second factor with a code of it. 确认第二因素
///
/// One's other sessions end.
#[utoipa::path(post, path = "/session/second-factor/confirmation", tag = "Session", request_body = Code,
    responses((status = 201, description = "In force; the recovery codes are shown this once", body = Recovery)))]
pub async fn confirm_second_factor(shared: Shared, By(caller): By, Body(given): Body<Code>) -> Result<Reply, Problem> {
    let recovery_codes = second_factor::confirm(&shared.office, &caller, &given.code).await?;
    let body = value(&Recovery { recovery_codes });
    Ok(Reply(Answer::made("/api/v1/session", None, body)))
}

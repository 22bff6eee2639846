//! What the browser says it was asked, by whom, on which site. 客户端数据

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use subtle::ConstantTimeEq;

use super::{PasskeyFault, RelyingParty};

/// Compares the client's JSON with what was asked: the kind of ceremony, the challenge, the site.
pub(super) fn check(json: &[u8], ty: &str, challenge: &[u8; 32], party: &RelyingParty) -> Result<(), PasskeyFault> {
    let data: Value = serde_json::from_slice(json).map_err(|_| PasskeyFault::Malformed)?;
    let text = |name: &str| data.get(name).and_then(Value::as_str).ok_or(PasskeyFault::Malformed);
    if text("type")? != ty {
        return Err(PasskeyFault::WrongChallenge);
    }
    let answered = URL_SAFE_NO_PAD
        .decode(text("challenge")?)
        .map_err(|_| PasskeyFault::Malformed)?;
    if !bool::from(answered.ct_eq(challenge.as_slice())) {
        return Err(PasskeyFault::WrongChallenge);
    }
    let origin = text("origin")?;
    // Within a page of another site nobody is signed in.
    let within_another = data
        .get("crossOrigin")
        .is_some_and(|crossed| crossed != &Value::Bool(false));
    if within_another || data.get("topOrigin").is_some() || !party.origins.iter().any(|ours| ours == origin) {
        return Err(PasskeyFault::WrongSite);
    }
    Ok(())
}

//! What an ID token says, and whether it is for us, now, and the answer to what we asked. 令牌声明校验

use pinji_domain::{Message, Timestamp};
use serde_json::{Map, Value};

/// How far clocks may differ.
const SKEW: i64 = 60;
/// How old a token may be when it comes: it is made the moment it is fetched.
const OLDEST: i64 = 600;

/// What a token must agree with.
pub struct Expected<'e> {
    /// The provider.
    pub issuer: &'e str,
    /// Us.
    pub client: &'e str,
    /// What went out.
    pub nonce: &'e str,
    /// The instant now.
    pub now: Timestamp,
}

/// The claims of a token whose signature holds, if they are for us.
pub fn check(payload: &[u8], expected: &Expected<'_>) -> Result<Map<String, Value>, Message> {
    let refused = |code: &'static str| Err(Message::new(code));
    let Ok(Value::Object(claims)) = serde_json::from_slice::<Value>(payload) else {
        return refused("oidc-token-unreadable");
    };
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(expected.issuer) {
        return refused("oidc-token-of-another-issuer");
    }
    let audience: Vec<&str> = match claims.get("aud") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let party = text("azp");
    let alone = audience.len() == 1 || party.is_some();
    if !audience.contains(&expected.client) || !alone || party.is_some_and(|party| party != expected.client) {
        return refused("oidc-token-for-another");
    }
    let now = expected.now;
    let (Some(expires), Some(issued)) = (instant(&claims, "exp"), instant(&claims, "iat")) else {
        return refused("oidc-token-unreadable");
    };
    if now >= expires.plus_seconds(SKEW) || now >= issued.plus_seconds(OLDEST) {
        return refused("oidc-token-expired");
    }
    let from = instant(&claims, "nbf").unwrap_or(issued).max(issued);
    if now < from.plus_seconds(-SKEW) {
        return refused("oidc-token-too-early");
    }
    if text("nonce") != Some(expected.nonce) {
        return refused("oidc-token-for-another-sign-in");
    }
    if text("sub").is_none_or(|subject| subject.is_empty() || subject.len() > 255) {
        return refused("oidc-token-unreadable");
    }
    Ok(claims)
}

/// An instant in whole seconds since 1970; a fraction is cut off.
pub fn instant(claims: &Map<String, Value>, name: &str) -> Option<Timestamp> {
    let value = claims.get(name)?;
    let seconds = value.as_i64().or_else(|| {
        let number = value.as_f64()?;
        // Far beyond any instant, and well within what a double holds exactly.
        (0.0..1e12).contains(&number).then(|| number.trunc() as i64)
    })?;
    Some(Timestamp(0).plus_seconds(seconds))
}

/// The claim of this name, or at this JSON pointer.
pub fn at<'c>(claims: &'c Map<String, Value>, place: &str) -> Option<&'c Value> {
    match place.strip_prefix('/') {
        None => claims.get(place),
        Some(path) => {
            let (first, rest) = path
                .split_once('/')
                .map_or((path, None), |(first, rest)| (first, Some(rest)));
            let found = claims.get(&first.replace("~1", "/").replace("~0", "~"))?;
            match rest {
                None => Some(found),
                Some(rest) => found.pointer(&format!("/{rest}")),
            }
        }
    }
}

/// The groups: a list of names, or one name; nothing where there is no such claim. A provider that says "too many to list"
/// is refused: taking it for none would end roles.
pub fn groups(claims: &Map<String, Value>, place: &str) -> Result<Vec<String>, Message> {
    let elsewhere = claims
        .get("_claim_names")
        .and_then(Value::as_object)
        .is_some_and(|names| names.contains_key(place));
    if elsewhere {
        return Err(Message::new("oidc-groups-elsewhere").with("claim", place));
    }
    match at(claims, place) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(one)) => Ok(vec![one.clone()]),
        Some(Value::Array(all)) => {
            let names = all.iter().map(|name| name.as_str().map(str::to_owned));
            names
                .collect::<Option<Vec<String>>>()
                .ok_or_else(|| Message::new("oidc-groups-unreadable").with("claim", place))
        }
        Some(_) => Err(Message::new("oidc-groups-unreadable").with("claim", place)),
    }
}

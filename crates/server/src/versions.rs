//! Versions of things as entity tags: who changes a thing says which version they read. 版本与 If-Match
//!
//! A tag is the version and, after a point, a short hash of each field as it was read. When somebody was quicker, the
//! hashes tell which fields are no longer as this reader saw them, and nothing of what they read had to be kept.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::header::{ETAG, IF_MATCH, IF_NONE_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use pinji_domain::Message;
use serde::Serialize;
use serde_json::Value;

use crate::problem::{Problem, Sort};
use crate::reply::value;

/// Hexadecimal digits for each field.
const DIGITS: usize = 6;

/// The entity tag of a version of what looks like this.
pub fn tag(version: i64, body: &Value) -> String {
    let fields = body.as_object().into_iter().flatten();
    let hashes: String = fields.map(|(name, value)| short(name, value)).collect();
    match hashes.is_empty() {
        true => format!("\"{version}\""),
        false => format!("\"{version}.{hashes}\""),
    }
}

/// FNV-1a, folded: enough to tell that a field changed. Nothing is protected by it.
fn short(name: &str, value: &Value) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in format!("{name}={value}").bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{:06x}", (hash ^ (hash >> 24) ^ (hash >> 48)) & 0xff_ffff)
}

/// The fields of what stands now that are not as they were when `read` was given out. All of them, if that cannot be told.
pub(crate) fn changed(read: &str, now: &Value) -> Vec<String> {
    let hashes = read.trim_matches('"').split_once('.').map_or("", |(_, hashes)| hashes);
    let fields: Vec<(&String, &Value)> = now.as_object().into_iter().flatten().collect();
    let known = hashes.len() == fields.len() * DIGITS;
    let changed = fields.iter().enumerate().filter(|(place, (name, value))| {
        // The version is said by the tag itself.
        let then = hashes.get(place * DIGITS..(place + 1) * DIGITS).unwrap_or_default();
        *name != "version" && (!known || then != short(name, value))
    });
    changed.map(|(_, (name, _))| (*name).clone()).collect()
}

/// The version that the request says it changes. 所改版本
#[derive(Debug, Clone, Copy)]
pub struct IfMatch(pub i64);

/// What `If-Match` says; absent, a wildcard and a list do not say which version was read.
pub(crate) fn named(headers: &HeaderMap) -> Result<i64, Problem> {
    let mut values = headers.get_all(IF_MATCH).iter();
    let Some(first) = values.next() else {
        return Err(Problem::with(
            Sort::VersionNeeded,
            Message::new("server-if-match-needed"),
        ));
    };
    let text = first.to_str().unwrap_or_default().trim();
    if values.next().is_some() || text == "*" || text.contains(',') {
        return Err(Problem::with(
            Sort::VersionNeeded,
            Message::new("server-if-match-unclear"),
        ));
    }
    let inner = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or_default();
    let number = inner.split_once('.').map_or(inner, |(version, _)| version);
    // A tag that we never gave out matches no version; that is a stale request, not an unreadable one.
    Ok(number.parse().unwrap_or(-1))
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        named(&parts.headers).map(IfMatch)
    }
}

/// The version that the request was made for, where it says one: who adds to a thing may name what he read of it. 所据版本
#[derive(Debug, Clone, Copy)]
pub struct IfMatched(pub Option<i64>);

impl<S: Sync> FromRequestParts<S> for IfMatched {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        match parts.headers.contains_key(IF_MATCH) {
            true => named(&parts.headers).map(|version| IfMatched(Some(version))),
            false => Ok(IfMatched(None)),
        }
    }
}

/// A thing that was read, with its version. 带版本的内容
pub struct Versioned<T>(pub i64, pub T);

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        let body = value(&self.1);
        let tag = HeaderValue::from_str(&tag(self.0, &body));
        let mut answer = Json(body).into_response();
        if let Ok(tag) = tag {
            answer.headers_mut().insert(ETAG, tag);
        }
        answer
    }
}

/// Whether the reader already has what this answer would say.
pub(crate) fn known(asked: &HeaderMap, answer: &HeaderMap) -> bool {
    let (Some(wanted), Some(tag)) = (asked.get(IF_NONE_MATCH), answer.get(ETAG)) else {
        return false;
    };
    let (Ok(wanted), Ok(tag)) = (wanted.to_str(), tag.to_str()) else {
        return false;
    };
    wanted.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_tag_tells_which_fields_changed() {
        let read = tag(3, &json!({ "id": 1, "name": "甲", "teams": [1], "version": 3 }));
        let check = |now: Value, fields: &[&str]| assert_eq!(changed(&read, &now), fields, "{now}");
        check(json!({ "id": 1, "name": "乙", "teams": [1], "version": 4 }), &["name"]);
        check(
            json!({ "id": 1, "name": "乙", "teams": [1, 2], "version": 5 }),
            &["name", "teams"],
        );
        check(json!({ "id": 1, "name": "甲", "teams": [1], "version": 5 }), &[]);
        // A tag of another shape, as after an upgrade: nobody knows, so all are named.
        assert_eq!(changed("\"3\"", &json!({ "id": 1, "name": "甲" })), ["id", "name"]);
    }

    #[test]
    fn only_one_plain_tag_names_a_version() {
        let check = |header: Option<&'static str>, version: Option<i64>| {
            let mut headers = HeaderMap::new();
            if let Some(header) = header {
                headers.insert(IF_MATCH, HeaderValue::from_static(header));
            }
            assert_eq!(named(&headers).ok(), version, "{header:?}");
        };
        check(None, None);
        check(Some("*"), None);
        check(Some("\"1\", \"2\""), None);
        check(Some("\"12.a1b2c3\""), Some(12));
        check(Some("W/\"12\""), Some(-1));
        check(Some("\"x\""), Some(-1));
    }
}

//! What a change gives back, on the wire. 回答

use axum::Json;
use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use pinji_app::register::{Answer, Outcome};
use serde::Serialize;
use serde_json::Value;

/// An answer of the office to a change. 回答
pub struct Reply(pub Answer);

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let Answer {
            outcome,
            place,
            version,
            mut body,
            shown_once,
        } = self.0;
        let tag = version.and_then(|version| HeaderValue::from_str(&crate::versions::tag(version, &body)).ok());
        if let Some(map) = body.as_object_mut() {
            map.extend(shown_once);
        }
        let mut answer = match outcome {
            Outcome::Made => (StatusCode::CREATED, Json(body)).into_response(),
            Outcome::Changed => Json(body).into_response(),
            Outcome::Begun => (StatusCode::ACCEPTED, Json(body)).into_response(),
            Outcome::Done => StatusCode::NO_CONTENT.into_response(),
        };
        if let Some(place) = place.and_then(|place| HeaderValue::from_str(&place).ok()) {
            answer.headers_mut().insert(LOCATION, place);
        }
        if let Some(tag) = tag {
            answer.headers_mut().insert(ETAG, tag);
        }
        answer
    }
}

/// A view as JSON; our own views always can be written.
pub(crate) fn value(view: &impl Serialize) -> Value {
    serde_json::to_value(view).unwrap_or_default()
}

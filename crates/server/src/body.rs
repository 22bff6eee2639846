//! What a request brings, read strictly: each way to be wrong has its own problem. 请求内容

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use pinji_app::register::Wrong;
use pinji_domain::Message;
use serde::de::DeserializeOwned;

use crate::problem::{Problem, Sort};

/// A JSON body. 请求体
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::with(Sort::UnsupportedType, Message::new("server-json-wanted")));
        }
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|why| match why.status() {
                StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Sort::TooLarge),
                _ => Problem::with(Sort::Malformed, Message::new("server-body-broken-off")),
            })?;
        read(&bytes).map(Body)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

/// Reads JSON; what is no JSON is malformed, what is not as declared is wrong at its place.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer(error.path());
        wrong(error.inner(), pointer)
    })?;
    reader.end().map_err(|error| wrong(&error, String::new()))?;
    Ok(value)
}

fn wrong(error: &serde_json::Error, pointer: String) -> Problem {
    let why = error.to_string();
    match error.classify() {
        serde_json::error::Category::Data => Problem::wrong(vec![Wrong::at(
            pointer,
            Message::new("server-field-not-as-declared").with("why", why),
        )]),
        _ => Problem::with(Sort::Malformed, Message::new("server-no-json").with("why", why)),
    }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } | Segment::Enum { variant: key } => {
                pointer.push_str(&format!("/{}", key.replace('~', "~0").replace('/', "~1")));
            }
            Segment::Unknown => {}
        }
    }
    pointer
}

/// The id in a path; what cannot be an id names nothing. 路径中的标识
#[derive(Debug, Clone, Copy)]
pub struct Id<T>(pub T);

impl<S: Send + Sync, T: std::str::FromStr + Send> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let absent = || Problem::with(Sort::NotFound, Message::new("server-nothing-here"));
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| absent())?;
        text.parse().map(Id).map_err(|_| absent())
    }
}

/// The part of an address after `?`. 查询参数
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Query(value)),
            Err(why) => {
                let why = why.body_text();
                Err(Problem::with(
                    Sort::Malformed,
                    Message::new("server-query-unclear").with("why", why),
                ))
            }
        }
    }
}

//! Around every request: its id, the reader's language, problems in words, headers, counts and one line of log. 请求外框

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, IF_MATCH};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use axum::middleware::Next;
use pinji_domain::Lang;

use crate::language;
use crate::problem::{Problem, Sort};
use crate::shared::Shared;

/// The id of the request, also in the answer's header `x-request-id`. 请求号
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Whom the line of log names: an id, never a name.
#[derive(Debug, Clone)]
pub(crate) struct Known(pub String);

/// The outermost layer.
pub async fn frame(State(shared): State<Shared>, mut request: Request, next: Next) -> Response<Body> {
    let began = Instant::now();
    let lang = language::wanted(request.headers());
    let id = shared.office.new_id();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let matched = request.extensions().get::<MatchedPath>();
    let template = matched.map_or("-", MatchedPath::as_str).to_owned();
    let asked_headers = request.headers().clone();
    request.extensions_mut().insert(lang);
    request.extensions_mut().insert(RequestId(id.clone()));
    request.extensions_mut().insert(shared.clone());
    let name = named(&method);
    shared.metrics.begun();
    let open = Open {
        shared: shared.clone(),
        method: name,
        template: template.clone(),
        began,
        status: 499,
    };

    // A task of its own: whoever hangs up does not stop a change halfway, and a panic ends only this request.
    let answer = match tokio::spawn(next.run(request)).await {
        Ok(answer) => answer,
        Err(why) => {
            tracing::error!(
                request = id,
                route = template,
                panicked = why.is_panic(),
                "a request did not end"
            );
            axum::response::IntoResponse::into_response(Problem::new(Sort::Broken))
        }
    };
    let known = answer.extensions().get::<Known>().map(|known| known.0.clone());
    let mut answer = in_words(answer, lang, &id, &asked_headers);
    if method == Method::GET
        && answer.status() == StatusCode::OK
        && crate::versions::known(&asked_headers, answer.headers())
    {
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
        *answer.body_mut() = Body::empty();
        answer.headers_mut().remove(axum::http::header::CONTENT_LENGTH);
    }
    dress(&mut answer, &path, &id, &shared);
    let took = open.done(answer.status().as_u16());
    tracing::info!(
        request = id,
        method = name,
        route = template,
        status = answer.status().as_u16(),
        took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        by = known.unwrap_or_default(),
        "answered"
    );
    answer
}

/// Counts a request as answered also when whoever asked has hung up.
struct Open {
    shared: Shared,
    method: &'static str,
    template: String,
    began: Instant,
    status: u16,
}

impl Open {
    fn done(mut self, status: u16) -> Duration {
        self.status = status;
        self.began.elapsed()
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.shared
            .metrics
            .answered(self.method, &self.template, self.status, self.began.elapsed());
    }
}

/// Methods that we know by name; whatever else somebody invents is one row of the counts.
fn named(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

/// A problem in words; a bare answer of the framework becomes a problem first.
fn in_words(mut answer: Response<Body>, lang: Lang, id: &str, asked: &HeaderMap) -> Response<Body> {
    let read = asked
        .get(IF_MATCH)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if let Some(problem) = answer.extensions_mut().remove::<Problem>() {
        return problem.write(answer, lang, id, read);
    }
    let status = answer.status();
    if !status.is_client_error() && !status.is_server_error() {
        return answer;
    }
    Problem::new(Sort::of_status(status)).write(answer, lang, id, read)
}

fn dress(answer: &mut Response<Body>, path: &str, id: &str, shared: &Shared) {
    let headers = answer.headers_mut();
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    // The page of the documentation is the only one here that runs a script; it is our own copy.
    let policy = match path.starts_with("/api/v1/docs") {
        true => {
            "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'"
        }
        false => "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    };
    let fixed = [
        ("content-security-policy", policy),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ];
    for (name, value) in fixed {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if shared.office.origin().starts_with("https:") {
        let days = HeaderValue::from_static("max-age=31536000");
        headers.insert(HeaderName::from_static("strict-transport-security"), days);
    }
    if !headers.contains_key(CACHE_CONTROL) && !path.starts_with("/api/v1/docs") {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if !headers.contains_key(CONTENT_TYPE) && path == "/metrics" {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4"));
    }
}

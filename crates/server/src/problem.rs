//! What goes wrong, as RFC 9457 says it: a stable type, words in the reader's language, the request's id. 问题
//!
//! A handler gives a [`Problem`]; it travels in the answer's extensions until the frame, which knows the reader's language
//! and the request's id, writes it out. Bare answers of the framework (404, 405, 413 …) become problems there too.

use axum::body::Body;
use axum::http::header::{CONTENT_LANGUAGE, CONTENT_TYPE, ETAG, RETRY_AFTER, VARY};
use axum::http::{HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use pinji_app::register::{Answer, Fault, Wrong, chain};
use pinji_domain::{Lang, Message};
use serde_json::{Value, json};

/// The sorts of problems; each has an address under `/problems/` that stays. 问题类型
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// The request cannot be read.
    Malformed,
    /// A part of what was sent cannot be taken.
    Invalid,
    /// Nobody is signed in.
    NotSignedIn,
    /// Not allowed.
    Forbidden,
    /// The request came from another site.
    CrossSite,
    /// The password and the second factor must be shown again first.
    ElevationNeeded,
    /// No such thing, or not for this person.
    NotFound,
    /// No such method here.
    MethodNotAllowed,
    /// It stands against the rules or what is there.
    Conflict,
    /// The first request with this key is not finished.
    StillWorking,
    /// Somebody else changed it.
    Stale,
    /// The request is larger than may be.
    TooLarge,
    /// The body is not of a type that is read here.
    UnsupportedType,
    /// The key was used for another request.
    KeyReused,
    /// The request does not say which version it changes.
    VersionNeeded,
    /// A POST without its key.
    KeyNeeded,
    /// The cursor was not given out by this office.
    BadCursor,
    /// Too often.
    TooMany,
    /// Something broke.
    Broken,
    /// The store does not answer, or it took too long.
    Away,
    /// There is no room left.
    Full,
}

impl Sort {
    /// All sorts, by status.
    pub const ALL: [Sort; 21] = [
        Sort::Malformed,
        Sort::KeyNeeded,
        Sort::BadCursor,
        Sort::NotSignedIn,
        Sort::Forbidden,
        Sort::CrossSite,
        Sort::ElevationNeeded,
        Sort::NotFound,
        Sort::MethodNotAllowed,
        Sort::Conflict,
        Sort::StillWorking,
        Sort::Stale,
        Sort::TooLarge,
        Sort::UnsupportedType,
        Sort::Invalid,
        Sort::KeyReused,
        Sort::VersionNeeded,
        Sort::TooMany,
        Sort::Broken,
        Sort::Away,
        Sort::Full,
    ];

    /// Its code, the last part of its address.
    pub fn code(self) -> &'static str {
        self.row().0
    }

    /// The status that it is answered with.
    pub fn status(self) -> StatusCode {
        self.row().1
    }

    /// The sentence that names it.
    pub fn title(self) -> &'static str {
        self.row().2
    }

    fn row(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Sort::Malformed => (
                "malformed-request",
                StatusCode::BAD_REQUEST,
                "server-problem-malformed-request",
            ),
            Sort::KeyNeeded => (
                "idempotency-key-needed",
                StatusCode::BAD_REQUEST,
                "server-problem-idempotency-key-needed",
            ),
            Sort::BadCursor => (
                "bad-cursor",
                StatusCode::UNPROCESSABLE_ENTITY,
                "server-problem-bad-cursor",
            ),
            Sort::NotSignedIn => (
                "not-signed-in",
                StatusCode::UNAUTHORIZED,
                "server-problem-not-signed-in",
            ),
            Sort::Forbidden => ("forbidden", StatusCode::FORBIDDEN, "server-problem-forbidden"),
            Sort::CrossSite => (
                "cross-site-request",
                StatusCode::FORBIDDEN,
                "server-problem-cross-site-request",
            ),
            Sort::ElevationNeeded => (
                "elevation-needed",
                StatusCode::FORBIDDEN,
                "server-problem-elevation-needed",
            ),
            Sort::NotFound => ("not-found", StatusCode::NOT_FOUND, "server-problem-not-found"),
            Sort::MethodNotAllowed => (
                "method-not-allowed",
                StatusCode::METHOD_NOT_ALLOWED,
                "server-problem-method-not-allowed",
            ),
            Sort::Conflict => ("conflict", StatusCode::CONFLICT, "server-problem-conflict"),
            Sort::StillWorking => ("still-working", StatusCode::CONFLICT, "server-problem-still-working"),
            Sort::Stale => ("stale", StatusCode::PRECONDITION_FAILED, "server-problem-stale"),
            Sort::TooLarge => ("too-large", StatusCode::PAYLOAD_TOO_LARGE, "server-problem-too-large"),
            Sort::UnsupportedType => (
                "unsupported-type",
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "server-problem-unsupported-type",
            ),
            Sort::Invalid => ("invalid", StatusCode::UNPROCESSABLE_ENTITY, "server-problem-invalid"),
            Sort::KeyReused => (
                "idempotency-key-reused",
                StatusCode::UNPROCESSABLE_ENTITY,
                "server-problem-idempotency-key-reused",
            ),
            Sort::VersionNeeded => (
                "version-needed",
                StatusCode::PRECONDITION_REQUIRED,
                "server-problem-version-needed",
            ),
            Sort::TooMany => (
                "too-many-requests",
                StatusCode::TOO_MANY_REQUESTS,
                "server-problem-too-many-requests",
            ),
            Sort::Broken => (
                "internal-error",
                StatusCode::INTERNAL_SERVER_ERROR,
                "server-problem-internal-error",
            ),
            Sort::Away => (
                "unavailable",
                StatusCode::SERVICE_UNAVAILABLE,
                "server-problem-unavailable",
            ),
            Sort::Full => ("no-room", StatusCode::INSUFFICIENT_STORAGE, "server-problem-no-room"),
        }
    }

    /// What a bare answer with this status means.
    pub fn of_status(status: StatusCode) -> Sort {
        match status {
            StatusCode::UNAUTHORIZED => Sort::NotSignedIn,
            StatusCode::FORBIDDEN => Sort::Forbidden,
            StatusCode::NOT_FOUND => Sort::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Sort::MethodNotAllowed,
            StatusCode::CONFLICT => Sort::Conflict,
            StatusCode::PRECONDITION_FAILED => Sort::Stale,
            StatusCode::PAYLOAD_TOO_LARGE => Sort::TooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Sort::UnsupportedType,
            StatusCode::UNPROCESSABLE_ENTITY => Sort::Invalid,
            StatusCode::PRECONDITION_REQUIRED => Sort::VersionNeeded,
            StatusCode::TOO_MANY_REQUESTS => Sort::TooMany,
            StatusCode::SERVICE_UNAVAILABLE => Sort::Away,
            status if status.is_server_error() => Sort::Broken,
            _ => Sort::Malformed,
        }
    }
}

/// One problem, before it is put into words. 问题
#[derive(Debug, Clone)]
pub struct Problem {
    sort: Sort,
    detail: Option<Message>,
    errors: Vec<Wrong>,
    now: Option<Box<Answer>>,
    wait: Option<i64>,
}

impl Problem {
    /// A problem of this sort, with no more to say.
    pub fn new(sort: Sort) -> Problem {
        Problem {
            sort,
            detail: None,
            errors: Vec::new(),
            now: None,
            wait: None,
        }
    }

    /// A problem of this sort, and what it is here.
    pub fn with(sort: Sort, detail: Message) -> Problem {
        Problem {
            detail: Some(detail),
            ..Problem::new(sort)
        }
    }

    /// The parts of the request that are wrong.
    pub fn wrong(errors: Vec<Wrong>) -> Problem {
        Problem {
            errors,
            ..Problem::new(Sort::Invalid)
        }
    }

    /// Too often; again after so many seconds.
    pub fn too_many(wait: i64, why: Message) -> Problem {
        Problem {
            wait: Some(wait),
            ..Problem::with(Sort::TooMany, why)
        }
    }

    /// Not now; again after so many seconds.
    pub fn away(wait: i64) -> Problem {
        Problem {
            wait: Some(wait),
            ..Problem::new(Sort::Away)
        }
    }

    /// Its words for this reader.
    pub fn body(&self, lang: Lang, request: &str) -> Value {
        self.body_for(lang, request, "")
    }

    fn body_for(&self, lang: Lang, request: &str, read: &str) -> Value {
        let mut body = json!({
            "type": format!("/problems/{}", self.sort.code()),
            "title": pinji_locale::word(lang, self.sort.title()),
            "status": self.sort.status().as_u16(),
            "instance": request,
        });
        let Some(map) = body.as_object_mut() else { return body };
        if let Some(detail) = &self.detail {
            map.insert("detail".to_owned(), pinji_locale::say(lang, detail).into());
        }
        if !self.errors.is_empty() {
            let errors = self
                .errors
                .iter()
                .map(|wrong| json!({ "pointer": wrong.pointer, "detail": pinji_locale::say(lang, &wrong.says) }));
            map.insert("errors".to_owned(), errors.collect());
        }
        if let Some(now) = &self.now {
            map.insert("changed".to_owned(), crate::versions::changed(read, &now.body).into());
        }
        body
    }

    /// The whole answer for this reader, in place of `bare`, whose other headers stay; `read` is what `If-Match` said.
    pub fn write(&self, mut bare: Response<Body>, lang: Lang, request: &str, read: &str) -> Response<Body> {
        let body = self.body_for(lang, request, read).to_string();
        *bare.status_mut() = self.sort.status();
        *bare.body_mut() = Body::from(body);
        let headers = bare.headers_mut();
        headers.remove(axum::http::header::CONTENT_LENGTH);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(lang.code()));
        headers.append(VARY, HeaderValue::from_static("accept-language"));
        if let Some(wait) = self.wait {
            headers.insert(RETRY_AFTER, HeaderValue::from(wait.max(1)));
        }
        if let Some(now) = &self.now
            && let Ok(tag) = HeaderValue::from_str(&crate::versions::tag(now.version.unwrap_or(0), &now.body))
        {
            headers.insert(ETAG, tag);
        }
        bare
    }
}

impl From<Wrong> for Problem {
    fn from(one: Wrong) -> Problem {
        Problem::wrong(vec![one])
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Problem {
        match fault {
            Fault::NotSignedIn(why) => Problem::with(Sort::NotSignedIn, why),
            Fault::Forbidden(why) => Problem::with(Sort::Forbidden, why),
            Fault::ElevationNeeded => Problem::with(Sort::ElevationNeeded, Message::new("server-show-second-factor")),
            Fault::Absent => Problem::with(Sort::NotFound, Message::new("server-nothing-here")),
            Fault::Invalid(errors) => Problem::wrong(errors),
            Fault::Refused(why) => Problem::with(Sort::Conflict, why),
            Fault::Stale(now) => Problem {
                now: Some(now),
                ..Problem::with(Sort::Stale, Message::new("server-changed-by-another"))
            },
            Fault::TooMany { wait, why } => Problem::too_many(wait, why),
            Fault::Away(why) => {
                tracing::warn!(error = chain(why.as_ref()), "the store does not answer");
                Problem::away(5)
            }
            Fault::Unreachable { says, cause } => {
                tracing::warn!(error = chain(cause.as_ref()), "another service does not answer");
                Problem {
                    wait: Some(30),
                    ..Problem::with(Sort::Away, says)
                }
            }
            Fault::Full => Problem::with(Sort::Full, Message::new("store-full")),
            Fault::Broken(why) => {
                tracing::error!(error = chain(why.as_ref()), "a request broke");
                Problem::new(Sort::Broken)
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        let mut answer = self.sort.status().into_response();
        answer.extensions_mut().insert(self);
        answer
    }
}

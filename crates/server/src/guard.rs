//! Before a handler runs: credits, origin, who asks, key and version; after it: the line that names who it was. 守卫
//!
//! The guard knows the route's [`Rule`] and nothing of what the handler does; whether the caller may is decided by the use
//! case, which knows the thing.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, FromRequestParts, Request};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Response};
use axum::middleware::Next;
use axum::response::IntoResponse;
use pinji_app::register::{Asked, Caller, Credential, Once, Repeated, Via};
use pinji_domain::Message;

use crate::frame::{Known, RequestId};
use crate::limits::Whose;
use crate::problem::{Problem, Sort};
use crate::reply::Reply;
use crate::routes::{Brings, LITTLE, Needs, Patience, Rule};
use crate::shared::Shared;

/// The cookie that holds a session. The prefix makes browsers hold to `Secure`, `Path=/` and this host alone.
pub const COOKIE_NAME: &str = "__Host-pinji";

/// How long the store may take to say who somebody is.
pub(crate) const STORE_PATIENCE: Duration = Duration::from_secs(5);

/// The layer around each handler of the table.
pub async fn guard(request: Request, next: Next) -> Response<Body> {
    let shared = request.extensions().get::<Shared>().cloned();
    let rule = request.extensions().get::<Rule>().copied();
    let (Some(shared), Some(rule)) = (shared, rule) else {
        return Problem::new(Sort::Broken).into_response();
    };
    let mut known = None;
    let answer = guarded(&shared, rule, request, next, &mut known).await;
    let mut answer = answer.unwrap_or_else(IntoResponse::into_response);
    if let Some(known) = known {
        answer.extensions_mut().insert(Known(known));
    }
    answer
}

async fn guarded(
    shared: &Shared,
    rule: Rule,
    request: Request,
    next: Next,
    known: &mut Option<String>,
) -> Result<Response<Body>, Problem> {
    let (mut parts, body) = request.into_parts();
    let address = address(&parts, &shared.config.proxies);
    pay(shared, Whose::Address(address.clone()), rule)?;

    let credential = credential(&parts.headers);
    let changes = parts.method != Method::GET && parts.method != Method::HEAD;
    let by_token = matches!(credential, Some(Credential::Token(_)));
    if changes && !by_token && !crate::origin::ours(&parts.headers, shared.office.origin()) {
        return Err(Problem::with(Sort::CrossSite, Message::new("server-not-from-here")));
    }

    let request_id = parts
        .extensions
        .get::<RequestId>()
        .map(|id| id.0.clone())
        .unwrap_or_default();
    let mut asked = Asked {
        request: request_id,
        address,
        at: shared.office.now(),
        once: None,
    };
    let mut caller = match (rule.needs, credential) {
        (Needs::Nothing, _) => None,
        (_, None) => return Err(Problem::with(Sort::NotSignedIn, Message::new("server-sign-in-first"))),
        (_, Some(credential)) => {
            // The first look into the store tells soon whether it is there; who waits for it longer waits in vain.
            let looked = tokio::time::timeout(STORE_PATIENCE, shared.office.identify(&credential, &asked)).await;
            Some(looked.map_err(|_| Problem::away(5))??)
        }
    };
    if let Some(caller) = &caller {
        *known = Some(caller.name());
        let whose = match caller.via {
            Via::Session(_) => Whose::User(caller.user.0),
            Via::Token(token) => Whose::Token(token.0),
        };
        pay(shared, whose, rule)?;
    }
    if rule.versioned && [Method::PUT, Method::PATCH, Method::DELETE].contains(&parts.method) {
        crate::versions::named(&parts.headers)?;
    }

    let mut body = body;
    let mut claim = None;
    if parts.method == Method::POST {
        let scope = caller
            .as_ref()
            .map_or_else(|| format!("address:{}", asked.address), |caller| caller.name());
        let key = key(&parts.headers)?;
        let fingerprint;
        (fingerprint, body) = fingerprint_of(shared, rule, &parts, body).await?;
        if rule.repeatable {
            let route = format!("{} {}", parts.method, parts.uri.path());
            let once = Once {
                scope,
                key,
                route,
                fingerprint,
            };
            claim = Some(
                shared
                    .claim(&once)
                    .ok_or_else(|| Problem::with(Sort::StillWorking, Message::new("server-first-still-working")))?,
            );
            match shared.office.repeated(&once).await? {
                Repeated::No => {}
                Repeated::Same(answer) => return Ok(replayed(answer)),
                Repeated::Different => {
                    return Err(Problem::with(
                        Sort::KeyReused,
                        Message::new("server-key-used-for-another"),
                    ));
                }
            }
            asked.once = Some(once);
        }
    }
    if let Some(caller) = &mut caller {
        caller.asked = asked.clone();
        parts.extensions.insert(caller.clone());
    }
    parts.extensions.insert(asked);
    let answer = patiently(shared, rule, next, Request::from_parts(parts, body)).await;
    drop(claim);
    answer
}

fn replayed(answer: pinji_app::register::Answer) -> Response<Body> {
    let mut answer = Reply(answer).into_response();
    answer
        .headers_mut()
        .insert("idempotency-replayed", axum::http::HeaderValue::from_static("true"));
    answer
}

async fn patiently(shared: &Shared, rule: Rule, next: Next, request: Request) -> Result<Response<Body>, Problem> {
    let time = match rule.patience {
        Patience::Usual => shared.config.patience,
        Patience::Of(time) => time,
        Patience::Endless => return Ok(next.run(request).await),
    };
    match tokio::time::timeout(time, next.run(request)).await {
        Ok(answer) => Ok(answer),
        // What was begun is rolled back with the transaction that is dropped here.
        Err(_) => Err(Problem::away(5)),
    }
}

fn pay(shared: &Shared, whose: Whose, rule: Rule) -> Result<(), Problem> {
    shared
        .limiter
        .take(whose, f64::from(rule.cost), Instant::now())
        .map_err(|wait| {
            let seconds = i64::try_from(wait.as_secs()).unwrap_or(i64::MAX).saturating_add(1);
            Problem::too_many(
                seconds,
                Message::new("server-too-many-requests").with("seconds", seconds),
            )
        })
}

/// The address that a request came from; behind proxies that we know, the one that the nearest of them saw.
fn address(parts: &Parts, proxies: &[IpAddr]) -> String {
    let peer = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip());
    let Some(peer) = peer else { return "unknown".to_owned() };
    if !proxies.contains(&peer) {
        return peer.to_canonical().to_string();
    }
    let seen = parts
        .headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok());
    let seen: Vec<IpAddr> = seen
        .flat_map(|value| value.split(','))
        .filter_map(|ip| ip.trim().parse().ok())
        .collect();
    let first_unknown = seen.into_iter().rev().find(|ip| !proxies.contains(ip));
    first_unknown.unwrap_or(peer).to_canonical().to_string()
}

fn credential(headers: &HeaderMap) -> Option<Credential> {
    if let Some(line) = headers.get(AUTHORIZATION) {
        // Who shows both may be two; nobody guesses which is meant.
        if cookie(headers).is_some() {
            return None;
        }
        let (scheme, secret) = line.to_str().ok()?.split_once(' ')?;
        return scheme
            .eq_ignore_ascii_case("bearer")
            .then(|| Credential::Token(secret.trim().to_owned()));
    }
    cookie(headers).map(Credential::Session)
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    cookie_named(headers, COOKIE_NAME)
}

/// The value of the cookie with this name.
pub(crate) fn cookie_named(headers: &HeaderMap, wanted: &str) -> Option<String> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(name, _)| *name == wanted)
        .map(|(_, value)| value.to_owned())
}

/// The key that makes a repetition known: 1 to 128 visible ASCII characters.
fn key(headers: &HeaderMap) -> Result<String, Problem> {
    let needed = |code| Problem::with(Sort::KeyNeeded, Message::new(code));
    let line = headers
        .get("idempotency-key")
        .ok_or_else(|| needed("server-key-needed"))?;
    let text = line.to_str().unwrap_or_default();
    match (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Ok(text.to_owned()),
        false => Err(needed("server-key-unusable")),
    }
}

/// What is asked, hashed, and the body to go on with.
async fn fingerprint_of(shared: &Shared, rule: Rule, parts: &Parts, body: Body) -> Result<(String, Body), Problem> {
    let address = parts.uri.path_and_query().map_or("", |address| address.as_str());
    match rule.brings {
        Brings::Little => {
            let bytes: Bytes = axum::body::to_bytes(body, LITTLE)
                .await
                .map_err(|_| Problem::new(Sort::TooLarge))?;
            let digest = shared
                .office
                .digest(&[parts.method.as_str().as_bytes(), address.as_bytes(), &bytes]);
            Ok((digest, Body::from(bytes)))
        }
        Brings::File(_) => {
            let length = parts
                .headers
                .get(CONTENT_LENGTH)
                .map_or(&b""[..], |value| value.as_bytes());
            let kind = parts
                .headers
                .get("content-digest")
                .map_or(&b""[..], |value| value.as_bytes());
            let parts = [parts.method.as_str().as_bytes(), address.as_bytes(), length, kind];
            Ok((shared.office.digest(&parts), body))
        }
    }
}

/// The caller, for a handler. 请求者
pub struct By(pub Caller);

impl<S: Sync> FromRequestParts<S> for By {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Caller>().cloned();
        caller
            .map(By)
            .ok_or_else(|| Problem::with(Sort::NotSignedIn, Message::new("server-sign-in-first")))
    }
}

/// The request, for a handler that needs nobody to be signed in. 请求
pub struct Anyone(pub Asked);

impl<S: Sync> FromRequestParts<S> for Anyone {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Asked>()
            .cloned()
            .map(Anyone)
            .ok_or_else(|| Problem::new(Sort::Broken))
    }
}

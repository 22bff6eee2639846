//! A provider of identities as the standards describe it, with real keys, that can be told to misbehave.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use pinji_testkit::Clock;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

pub const CLIENT: &str = "pinji office";
pub const SECRET: &str = "s3cret/with+signs";

/// How a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    /// By the key that is shown.
    Right,
    /// By the key that is shown, the RSA one.
    Rsa,
    /// By another key, under the name of the one that is shown.
    AnotherKey,
    /// Not at all: `alg` is `none`.
    None,
    /// With the public key as if it were a shared secret.
    PublicKeyAsSecret,
    /// Rightly, and then a claim was changed.
    ChangedAfterwards,
}

type Twist = Arc<dyn Fn(&mut Value) + Send + Sync>;

struct Inner {
    clock: Arc<Clock>,
    issuer: String,
    key: EcdsaKeyPair,
    kid: String,
    rsa: Option<RsaKeyPair>,
    person: Value,
    userinfo: Value,
    codes: HashMap<String, HashMap<String, String>>,
    given: u32,
    signed: Signed,
    twist: Option<Twist>,
    away: bool,
    asked_keys: u32,
}

#[derive(Clone)]
pub struct Provider {
    inner: Arc<Mutex<Inner>>,
    pub at: SocketAddr,
    _runtime: Arc<Runtime>,
}

type Shared = State<Arc<Mutex<Inner>>>;

impl Provider {
    pub fn start(clock: Arc<Clock>) -> Provider {
        let runtime = Runtime::new().unwrap();
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind(("127.0.0.1", 0)))
            .unwrap();
        let at = listener.local_addr().unwrap();
        let inner = Arc::new(Mutex::new(Inner {
            clock,
            issuer: format!("http://{at}"),
            key: new_key(),
            kid: "first".to_owned(),
            rsa: rsa_key(),
            person: json!({ "sub": "w-1", "preferred_username": "wang.fang", "name": "王芳", "groups": [] }),
            userinfo: Value::Null,
            codes: HashMap::new(),
            given: 0,
            signed: Signed::Right,
            twist: None,
            away: false,
            asked_keys: 0,
        }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(keys))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(inner.clone());
        runtime.spawn(async { axum::serve(listener, router).await.unwrap() });
        Provider {
            inner,
            at,
            _runtime: Arc::new(runtime),
        }
    }

    fn with<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
        change(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn issuer(&self) -> String {
        self.with(|inner| inner.issuer.clone())
    }

    /// Who signs in from now on.
    pub fn person(&self, person: Value) {
        self.with(|inner| inner.person = person);
    }

    pub fn groups(&self, groups: &[&str]) {
        self.with(|inner| inner.person["groups"] = json!(groups));
    }

    /// What is said about him elsewhere than in the token.
    pub fn userinfo(&self, more: Value) {
        self.with(|inner| inner.userinfo = more);
    }

    pub fn misbehave(&self, signed: Signed, twist: impl Fn(&mut Value) + Send + Sync + 'static) {
        let twist: Twist = Arc::new(twist);
        self.with(|inner| (inner.signed, inner.twist) = (signed, Some(twist)));
    }

    pub fn behave(&self) {
        self.with(|inner| (inner.signed, inner.twist) = (Signed::Right, None));
    }

    pub fn away(&self, away: bool) {
        self.with(|inner| inner.away = away);
    }

    /// Another key from now on; the old one is not shown any more.
    pub fn rotate(&self, kid: &str) {
        self.with(|inner| (inner.key, inner.kid) = (new_key(), kid.to_owned()));
    }

    pub fn has_rsa(&self) -> bool {
        self.with(|inner| inner.rsa.is_some())
    }

    pub fn asked_keys(&self) -> u32 {
        self.with(|inner| inner.asked_keys)
    }
}

fn new_key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let bytes = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes.as_ref(), &random).unwrap()
}

/// Made by openssl, since ring makes none; `None` where it is not there.
fn rsa_key() -> Option<RsaKeyPair> {
    let made = std::process::Command::new("openssl")
        .args([
            "genpkey",
            "-algorithm",
            "RSA",
            "-pkeyopt",
            "rsa_keygen_bits:2048",
            "-outform",
            "DER",
        ])
        .stderr(std::process::Stdio::null())
        .output()
        .ok()?;
    RsaKeyPair::from_pkcs8(&made.stdout).ok()
}

fn away() -> Response {
    (StatusCode::BAD_GATEWAY, "down").into_response()
}

async fn metadata(State(inner): Shared) -> Response {
    let inner = inner.lock().unwrap();
    if inner.away {
        return away();
    }
    let at = |path: &str| format!("{}{path}", inner.issuer);
    Json(json!({
        "issuer": inner.issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "jwks_uri": at("/keys"),
        "userinfo_endpoint": at("/userinfo"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "authorization_response_iss_parameter_supported": true,
    }))
    .into_response()
}

async fn keys(State(inner): Shared) -> Response {
    let mut inner = inner.lock().unwrap();
    if inner.away {
        return away();
    }
    inner.asked_keys += 1;
    let point = inner.key.public_key().as_ref().to_vec();
    let mut keys = vec![
        // Of a type that nobody knows: to be passed over.
        json!({ "kty": "LATTICE", "kid": "first", "use": "sig" }),
        json!({
            "kty": "EC", "crv": "P-256", "kid": inner.kid, "use": "sig", "alg": "ES256",
            "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..]),
        }),
    ];
    if let Some(rsa) = &inner.rsa {
        let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(rsa.public());
        keys.push(json!({
            "kty": "RSA", "kid": "rsa", "use": "sig", "n": URL_SAFE_NO_PAD.encode(n), "e": URL_SAFE_NO_PAD.encode(e),
        }));
    }
    Json(json!({ "keys": keys })).into_response()
}

/// Signs the person in without asking, and sends the browser back.
async fn authorize(State(inner): Shared, Query(query): Query<HashMap<String, String>>) -> Response {
    let mut inner = inner.lock().unwrap();
    let right = query["client_id"] == CLIENT
        && query["response_type"] == "code"
        && query["code_challenge_method"] == "S256"
        && query["scope"].split(' ').any(|scope| scope == "openid");
    if !right {
        return (StatusCode::BAD_REQUEST, format!("{query:?}")).into_response();
    }
    inner.given += 1;
    let code = format!("code-{}", inner.given);
    let issuer: String = inner.issuer.replace(':', "%3A").replace('/', "%2F");
    let address = format!(
        "{}?code={code}&state={}&iss={issuer}",
        query["redirect_uri"], query["state"]
    );
    inner.codes.insert(code, query);
    Redirect::to(&address).into_response()
}

async fn token(State(inner): Shared, headers: HeaderMap, Form(form): Form<HashMap<String, String>>) -> Response {
    let mut inner = inner.lock().unwrap();
    if inner.away {
        return away();
    }
    let error = |status, error: &str| (status, Json(json!({ "error": error }))).into_response();
    let basic = STANDARD.encode("pinji%20office:s3cret%2Fwith%2Bsigns");
    if headers.get("authorization").and_then(|line| line.to_str().ok()) != Some(&format!("Basic {basic}")) {
        return error(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    // A code is good once, for the one who asked for it.
    let Some(asked) = inner.codes.remove(&form["code"]) else {
        return error(StatusCode::BAD_REQUEST, "invalid_grant");
    };
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, form["code_verifier"].as_bytes()));
    if asked["code_challenge"] != challenge || asked["redirect_uri"] != form["redirect_uri"] {
        return error(StatusCode::BAD_REQUEST, "invalid_grant");
    }
    let now = inner.clock.now().0 / 1_000_000;
    let mut claims = inner.person.clone();
    let whole = json!({
        "iss": inner.issuer, "aud": CLIENT, "exp": now + 300, "iat": now, "auth_time": now, "nonce": asked["nonce"],
    });
    for (name, value) in whole.as_object().unwrap() {
        claims[name] = value.clone();
    }
    if let Some(twist) = &inner.twist {
        twist(&mut claims);
    }
    Json(json!({ "access_token": "at", "token_type": "Bearer", "id_token": sign(&inner, &claims) })).into_response()
}

async fn userinfo(State(inner): Shared, headers: HeaderMap) -> Response {
    let inner = inner.lock().unwrap();
    if headers.get("authorization").is_none_or(|line| line != "Bearer at") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let mut more = json!({ "sub": inner.person["sub"] });
    for (name, value) in inner.userinfo.as_object().into_iter().flatten() {
        more[name] = value.clone();
    }
    Json(more).into_response()
}

fn sign(inner: &Inner, claims: &Value) -> String {
    let random = SystemRandom::new();
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let (alg, kid) = match inner.signed {
        Signed::None => ("none", inner.kid.as_str()),
        Signed::PublicKeyAsSecret => ("HS256", inner.kid.as_str()),
        Signed::Rsa => ("RS256", "rsa"),
        _ => ("ES256", inner.kid.as_str()),
    };
    let header = part(&json!({ "alg": alg, "typ": "JWT", "kid": kid }));
    let signed = format!("{header}.{}", part(claims));
    let by = |key: &EcdsaKeyPair| key.sign(&random, signed.as_bytes()).unwrap().as_ref().to_vec();
    let signature = match inner.signed {
        Signed::None => Vec::new(),
        Signed::PublicKeyAsSecret => {
            let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, inner.key.public_key().as_ref());
            ring::hmac::sign(&key, signed.as_bytes()).as_ref().to_vec()
        }
        Signed::Rsa => {
            let key = inner.rsa.as_ref().unwrap();
            let mut signature = vec![0; key.public().modulus_len()];
            key.sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature)
                .unwrap();
            signature
        }
        Signed::AnotherKey => by(&new_key()),
        Signed::Right => by(&inner.key),
        Signed::ChangedAfterwards => {
            let signature = by(&inner.key);
            let mut other = claims.clone();
            other["groups"] = json!(["wheel"]);
            return format!("{header}.{}.{}", part(&other), URL_SAFE_NO_PAD.encode(signature));
        }
    };
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

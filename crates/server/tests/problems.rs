//! Each way to be wrong has its own problem, in the reader's language.

use serde_json::json;

use crate::client::Ask;
use crate::site::{ORIGIN, PASSWORDS, Site};

#[test]
fn wrong_requests_are_told_apart() {
    let site = Site::sqlite();
    let check = |ask: Ask, status: u16, sort: &str| {
        let answer = site.send(&ask);
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (status, sort),
            "{ask:?} {answer:?}"
        );
        answer
    };
    let login = |body: &str| {
        let mut ask = site
            .ask("POST", "/api/v1/session")
            .header("Content-Type", "application/json");
        ask.body = Some(body.to_owned());
        ask
    };
    check(site.ask("GET", "/api/v1/nowhere"), 404, "not-found");
    check(site.ask("GET", "/nowhere"), 404, "not-found");
    let allow = check(site.ask("PUT", "/api/v1/session"), 405, "method-not-allowed");
    assert!(allow.header("allow").unwrap().contains("POST"), "{allow:?}");
    check(login("{"), 400, "malformed-request");
    check(login("{\"login\":1,\"password\":\"x\"}"), 422, "invalid");
    check(login("{\"login\":\"a\",\"password\":\"x\",\"more\":1}"), 422, "invalid");
    check(login("{\"login\":\"a\"}"), 422, "invalid");
    check(
        login("{\"login\":\"a\",\"password\":\"x\"} trailing"),
        400,
        "malformed-request",
    );
    check(login("{}").without("Content-Type"), 415, "unsupported-type");
    check(login("{}").without("Idempotency-Key"), 400, "idempotency-key-needed");
    check(
        login(&format!("{{\"login\":\"{}\"}}", "x".repeat(2 << 20))),
        413,
        "too-large",
    );
    check(site.ask("GET", "/api/v1/users"), 401, "not-signed-in");
    let wrong = login("{\"login\":\"a\",\"password\":\"b\"}");
    check(wrong, 401, "not-signed-in");
}

#[test]
fn a_field_that_is_wrong_is_pointed_at() {
    let site = Site::sqlite();
    let (first, _, _) = site.set_up();
    let check = |body: serde_json::Value, pointers: &[&str]| {
        let answer = site.post(&first, "/api/v1/users", &body);
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (422, "invalid"),
            "{answer:?}"
        );
        let errors = answer.json()["errors"].clone();
        let found: Vec<&str> = errors
            .as_array()
            .unwrap()
            .iter()
            .map(|error| error["pointer"].as_str().unwrap())
            .collect();
        assert_eq!(found, pointers, "{body}");
    };
    check(json!({ "login": "X Y", "name": "" }), &["/login", "/name"]);
    check(
        json!({ "login": "wang.fang", "name": "王芳\u{0}", "email": "no" }),
        &["/name", "/email"],
    );
    check(json!({ "login": "wang.fang", "name": 5 }), &["/name"]);
}

#[test]
fn problems_speak_the_readers_language() {
    let site = Site::sqlite();
    let check = |language: &str, title: &str| {
        let answer = site.send(&Ask::new("GET", "/api/v1/users").header("Accept-Language", language));
        assert_eq!(answer.json()["title"], title);
        assert!(
            answer
                .header("vary")
                .is_some_and(|vary| vary.contains("accept-language")),
            "{answer:?}"
        );
    };
    check("en-GB", "Not signed in");
    check("zh-CN,en;q=0.5", "尚未登录");
    check("fr", "尚未登录");
}

#[test]
fn answers_carry_what_protects_their_readers() {
    let site = Site::sqlite();
    let answer = site.send(&site.ask("GET", "/api/v1/setup")).expect(200);
    assert_eq!(answer.json(), json!({ "open": true }));
    for (name, part) in [
        ("content-security-policy", "default-src 'none'"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("strict-transport-security", "max-age"),
    ] {
        assert!(
            answer.header(name).is_some_and(|value| value.contains(part)),
            "{name}: {answer:?}"
        );
    }
}

#[test]
fn health_metrics_and_the_documentation_need_nobody() {
    let site = Site::sqlite();
    site.send(&Ask::new("GET", "/healthz")).expect(200);
    site.send(&Ask::new("GET", "/readyz")).expect(200);
    site.send(&Ask::new("GET", "/api/v1/users/17")).expect(401);
    let metrics = site.send(&Ask::new("GET", "/metrics")).expect(200).body;
    let line = "pinji_http_requests_total{method=\"GET\",route=\"/api/v1/users/{id}\",status=\"401\"} 1";
    assert!(metrics.contains(line), "{metrics}");
    assert!(!metrics.contains("users/17"), "an id among the labels");
    site.send(&Ask::new("GET", "/api/v1/docs/")).expect(200);
    let document = site.send(&Ask::new("GET", "/api/v1/openapi.json")).expect(200).json();
    assert_eq!(document["openapi"], "3.1.0");
}

#[test]
fn a_flood_is_slowed_and_others_are_not() {
    let rate = pinji_server::Rate {
        per_second: 0.1,
        burst: 60.0,
    };
    let rates = pinji_server::Rates {
        address: rate,
        ..crate::site::generous()
    };
    let site = Site::open("sqlite", None, rates);
    let mut slowed = None;
    for _ in 0..80 {
        let answer = site.send(&site.ask("GET", "/api/v1/setup"));
        if answer.status == 429 {
            slowed = Some(answer);
            break;
        }
    }
    let slowed = slowed.expect("80 requests passed where 60 may");
    assert_eq!(slowed.problem(), "too-many-requests");
    assert!(slowed.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
    site.send(&site.ask("GET", "/api/v1/setup").from([127, 0, 0, 9]))
        .expect(200);
}

#[test]
fn the_host_counts_where_the_office_has_another_name() {
    let site = Site::sqlite();
    let body = json!({ "login": "chen.an", "password": PASSWORDS[0] });
    let here = format!("http://{}", site.at);
    let ask = site
        .ask("POST", "/api/v1/session")
        .without("Origin")
        .header("Origin", &here)
        .json(&body);
    assert_eq!(site.send(&ask).problem(), "not-signed-in");
    assert_ne!(here, ORIGIN);
}

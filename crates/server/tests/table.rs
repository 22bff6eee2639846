//! K1, S2, Z1: what holds for every route, taken from the table of routes itself.

use axum::http::Method;
use pinji_app::register::Action;
use pinji_server::routes::Needs;
use serde_json::json;

use crate::house::{House, name_of, table};
use crate::site::Site;

#[test]
fn every_route_has_an_action_with_a_row_in_the_table_of_permissions() {
    let printed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/permissions.txt");
    let printed = std::fs::read_to_string(printed).unwrap();
    let open = [
        "GET /api/v1/setup",
        "POST /api/v1/setup",
        "POST /api/v1/passwords",
        "POST /api/v1/session",
        "GET /api/v1/session/passkey",
        "POST /api/v1/session/passkey",
        "GET /api/v1/session/providers",
        "GET /api/v1/session/oidc",
        "GET /api/v1/session/oidc/callback",
    ];
    for row in table() {
        let name = name_of(&row);
        match row.rule.needs {
            Needs::Nothing => assert!(open.contains(&name.as_str()), "{name} is open to strangers"),
            Needs::SignedIn => assert!(row.path.starts_with("/api/v1/session"), "{name} is not about oneself"),
            Needs::Permission(action) => {
                assert!(Action::ALL.contains(&action), "{name}");
                assert!(printed.contains(action.code()), "{name}: {} has no row", action.code());
            }
        }
    }
}

#[test]
fn strangers_are_refused_everywhere() {
    let site = Site::sqlite();
    for row in table().iter().filter(|row| row.rule.needs != Needs::Nothing) {
        let ask = site
            .ask(row.method.as_str(), &House::nowhere(&row.path))
            .header("If-Match", "\"1\"")
            .json(&json!({}));
        let answer = site.send(&ask);
        assert_eq!(answer.problem(), "not-signed-in", "{} {}", row.method, row.path);
    }
}

#[test]
fn what_comes_from_another_site_changes_nothing() {
    let site = Site::sqlite();
    let (first, _, system) = site.set_up();
    let before = site.ledger_size(&system);
    let origins: [&[(&str, &str)]; 5] = [
        &[],
        &[("Origin", "https://evil.example")],
        &[("Origin", "null")],
        &[("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Site", "same-site"), ("Origin", "https://pinji.example")],
    ];
    for row in table().iter().filter(|row| row.method != Method::GET) {
        for lines in origins {
            let mut ask = site
                .by(&first, row.method.as_str(), &House::nowhere(&row.path))
                .without("Origin");
            for (name, value) in lines {
                ask = ask.header(name, value);
            }
            let answer = site.send(&ask.header("If-Match", "\"1\"").json(&json!({})));
            assert_eq!(
                answer.problem(),
                "cross-site-request",
                "{} {} {lines:?}",
                row.method,
                row.path
            );
        }
    }
    assert_eq!(site.ledger_size(&system), before);
}

/// Changes that name no version: of one's own session, and of a token or passkey, which is only ever taken away.
const UNVERSIONED: [&str; 5] = [
    "DELETE /api/v1/committee-seats/{id}",
    "DELETE /api/v1/session",
    "PUT /api/v1/session/password",
    "DELETE /api/v1/tokens/{id}",
    "DELETE /api/v1/session/passkeys/{id}",
];

#[test]
fn who_changes_something_names_the_version_that_he_read() {
    let site = Site::sqlite();
    let (first, _, system) = site.set_up();
    let before = site.ledger_size(&system);
    let names_one = [Method::PUT, Method::PATCH, Method::DELETE];
    for row in table().iter().filter(|row| names_one.contains(&row.method)) {
        let name = name_of(row);
        assert_eq!(row.rule.versioned, !UNVERSIONED.contains(&name.as_str()), "{name}");
        if !row.rule.versioned {
            continue;
        }
        let ask = site.by(&first, row.method.as_str(), &House::nowhere(&row.path));
        let answer = site.send(&ask.json(&json!({})));
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (428, "version-needed"),
            "{name}"
        );
    }
    assert_eq!(site.ledger_size(&system), before);
}

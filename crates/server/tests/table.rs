//! Z1, S2, L3: what holds for every route, taken from the table of routes itself.

use std::collections::BTreeMap;

use axum::http::Method;
use pinji_app::register::Action;
use pinji_server::resources;
use pinji_server::routes::{Needs, Row};
use serde_json::{Value, json};

use crate::client::Ask;
use crate::site::{PASSWORDS, Person, Site};

/// Parts of the routes that need a book of customers and the people of a business: their own tests read them, and count
/// the entries that each change leaves.
const ELSEWHERE: [&str; 14] = [
    "/access-requests",
    "/personal-data",
    "erasures",
    "/customers",
    "/groups",
    "/kinds",
    "/passkey",
    "/policies",
    "/relations",
    "/runs",
    "/session/conflicts",
    "/session/oidc",
    "/submissions",
    "/overdue",
];

fn rows() -> Vec<Row> {
    resources::all().parts().2
}

/// An address of this template, with numbers that name nothing.
fn filled(path: &str) -> String {
    path.replace("{id}", "424242")
        .replace("{seq}", "424242")
        .replace("{code}", "C-424242")
        .replace("{decision}", "424242")
        .replace("{name}", "grades.xlsx")
}

#[test]
fn every_route_has_an_action_with_a_row_in_the_table_of_permissions() {
    let table = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/permissions.txt");
    let table = std::fs::read_to_string(table).unwrap_or_default();
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
    for row in rows() {
        let name = format!("{} {}", row.method, row.path);
        match row.rule.needs {
            Needs::Nothing => assert!(open.contains(&name.as_str()), "{name} is open to strangers"),
            Needs::SignedIn => assert!(row.path.starts_with("/api/v1/session"), "{name} is not about oneself"),
            Needs::Permission(action) => {
                assert!(Action::ALL.contains(&action), "{name}");
                assert!(
                    table.is_empty() || table.contains(action.code()),
                    "{name}: {} has no row",
                    action.code()
                );
            }
        }
    }
}

#[test]
fn strangers_are_refused_everywhere() {
    let site = Site::sqlite();
    for row in rows().iter().filter(|row| row.rule.needs != Needs::Nothing) {
        let ask = site
            .ask(row.method.as_str(), &filled(&row.path))
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
    for row in rows().iter().filter(|row| row.method != Method::GET) {
        for lines in origins {
            let mut ask = site
                .by(&first, row.method.as_str(), &filled(&row.path))
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

#[test]
fn reading_changes_nothing() {
    let site = Site::sqlite();
    let (first, deputy, system) = site.set_up();
    let auditor = site.employ(&first, &deputy, "wang.fang", &["audit_administrator"]);
    let team = json!({ "code": "east", "name": "华东", "members": [] });
    site.post(&first, "/api/v1/teams", &team).expect(201);
    let people = [&first, &system, &auditor];
    for row in rows().iter().filter(|row| row.method == Method::GET) {
        let mut read = 0;
        for person in people {
            let path = row
                .path
                .replace("{id}", "1")
                .replace("{seq}", "1")
                .replace("{code}", "C-1");
            let path = if path.ends_with("consistency") {
                format!("{path}?from=1")
            } else {
                path
            };
            let before = site.bytes();
            let answer = site.get(person, &path);
            assert!(before == site.bytes(), "GET {path} changed the database");
            assert!(answer.status < 500, "{path} {answer:?}");
            read += u32::from(answer.status == 200);
        }
        // Jobs, permissions and what the rules let none of the three read are looked at by the tests of those.
        let elsewhere = row.path.contains("/jobs/") || ELSEWHERE.iter().any(|part| row.path.contains(part));
        assert!(read > 0 || elsewhere, "nobody could read {}", row.path);
    }
}

/// For each route that changes something, a request that does so.
#[test]
fn every_change_leaves_exactly_one_entry() {
    let site = Site::sqlite();
    let link = site
        .runtime
        .block_on(pinji_app::register::setup::first_link(&site.office))
        .unwrap()
        .unwrap();
    drop(link);
    let (first, deputy, system) = site.set_up();
    let mut counted: BTreeMap<String, i64> = BTreeMap::new();
    let mut count = |template: &str, ask: Ask| -> crate::client::Answer {
        let before = site.ledger_size(&system);
        let answer = site.send(&ask);
        assert!(answer.status < 300, "{template} {answer:?}");
        counted.insert(template.to_owned(), site.ledger_size(&system) - before);
        answer
    };
    let post = |by: &Person, path: &str, body: Value| site.by(by, "POST", path).json(&body);
    let tagged = |by: &Person, method: &str, path: &str| {
        let tag = site.get(by, path).expect(200).header("etag").unwrap().to_owned();
        site.by(by, method, path).header("If-Match", &tag)
    };

    let made = count(
        "POST /api/v1/users",
        post(&first, "/api/v1/users", json!({ "login": "wang.fang", "name": "王芳" })),
    );
    let user = made.header("location").unwrap().to_owned();
    let id = made.json()["id"].as_i64().unwrap();
    count(
        "PATCH /api/v1/users/{id}",
        tagged(&first, "PATCH", &user).json(&json!({ "email": "wang@pinji.example" })),
    );
    let link = count(
        "POST /api/v1/users/{id}/links",
        site.by(&first, "POST", &format!("{user}/links")),
    )
    .json();
    let body = json!({ "link": link["link"], "password": PASSWORDS[3] });
    count(
        "POST /api/v1/passwords",
        site.ask("POST", "/api/v1/passwords").json(&body),
    );

    let team = json!({ "code": "east", "name": "华东", "members": [{ "user": id }] });
    let team = count("POST /api/v1/teams", post(&first, "/api/v1/teams", team));
    let team = team.header("location").unwrap().to_owned();
    count(
        "PATCH /api/v1/teams/{id}",
        tagged(&first, "PATCH", &team).json(&json!({ "name": "华南" })),
    );

    let propose = |role: &str| {
        post(
            &first,
            "/api/v1/role-grants",
            json!({ "user": id, "role": role, "reason": "工作需要" }),
        )
    };
    let grant = count("POST /api/v1/role-grants", propose("collector"))
        .header("location")
        .unwrap()
        .to_owned();
    count(
        "POST /api/v1/role-grants/{id}/approval",
        site.by(&deputy, "POST", &format!("{grant}/approval")),
    );
    count("DELETE /api/v1/role-grants/{id}", tagged(&deputy, "DELETE", &grant));
    let grant = site
        .send(&propose("auditor"))
        .expect(201)
        .header("location")
        .unwrap()
        .to_owned();
    count(
        "POST /api/v1/role-grants/{id}/refusal",
        site.by(&deputy, "POST", &format!("{grant}/refusal")),
    );

    let credentials = json!({ "login": "wang.fang", "password": PASSWORDS[3] });
    let opened = count(
        "POST /api/v1/session",
        site.ask("POST", "/api/v1/session").json(&credentials),
    );
    let mut wang = Person {
        id,
        login: "wang.fang".to_owned(),
        password: PASSWORDS[3].to_owned(),
        factor: None,
        cookie: opened.cookie().unwrap(),
    };
    let again = json!({ "password": wang.password });
    wang.cookie = count(
        "POST /api/v1/session/elevation",
        post(&wang, "/api/v1/session/elevation", again.clone()),
    )
    .cookie()
    .unwrap();
    let token =
        json!({ "name": "同步", "scopes": ["user.read"], "expires_at": site.clock.now().plus_seconds(60).to_string() });
    let token = count("POST /api/v1/tokens", post(&wang, "/api/v1/tokens", token));
    count(
        "DELETE /api/v1/tokens/{id}",
        site.by(&wang, "DELETE", token.header("location").unwrap()),
    );
    let body = json!({ "password": wang.password, "new_password": PASSWORDS[2] });
    let changed = count(
        "PUT /api/v1/session/password",
        site.by(&wang, "PUT", "/api/v1/session/password").json(&body),
    );
    wang.cookie = changed.cookie().unwrap();
    wang.password = PASSWORDS[2].to_owned();
    let proof = json!({ "password": wang.password });
    let begun = count(
        "POST /api/v1/session/second-factor",
        post(&wang, "/api/v1/session/second-factor", proof),
    )
    .json();
    let factor = crate::site::base32(begun["secret"].as_str().unwrap());
    let code = json!({ "code": site.code(&factor) });
    let confirmation = "/api/v1/session/second-factor/confirmation";
    count(
        "POST /api/v1/session/second-factor/confirmation",
        post(&wang, confirmation, code),
    );
    count("DELETE /api/v1/session", site.by(&wang, "DELETE", "/api/v1/session"));

    // The set-up itself, in an office of its own: the ledger's opening, and one entry for it.
    counted.insert("POST /api/v1/setup".to_owned(), entries_of_a_set_up());

    for row in rows().iter().filter(|row| row.rule.changes) {
        let name = format!("{} {}", row.method, row.path);
        if ELSEWHERE.iter().any(|part| name.contains(part)) {
            continue;
        }
        assert_eq!(counted.get(&name), Some(&1), "{name}");
    }
}

/// How many entries the set-up left besides the opening of the ledger.
fn entries_of_a_set_up() -> i64 {
    let site = Site::sqlite();
    let (first, deputy, _) = site.set_up();
    let auditor = site.employ(&first, &deputy, "wang.fang", &["audit_administrator"]);
    let body = site
        .get(&auditor, "/api/v1/ledger/entries?limit=500")
        .expect(200)
        .json();
    let entries = body["items"].as_array().unwrap();
    entries
        .iter()
        .filter(|entry| entry["entry"]["action"] == "office.setup")
        .count() as i64
}

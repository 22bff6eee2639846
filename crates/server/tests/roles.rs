//! Z1 over HTTP and Z3: each route asked as each role, against the reviewed table; and roles that are taken away.

use std::collections::{BTreeMap, BTreeSet};

use pinji_domain::Role;
use pinji_server::routes::{Needs, Row};
use serde_json::json;

use crate::client::{Answer, Ask};
use crate::house::{House, ROLES, name_of, table};
use crate::site::{Person, Site};

/// Action → the roles that the committed table names under it, whatever the case.
fn reviewed() -> BTreeMap<String, BTreeSet<String>> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/permissions.txt");
    let text = std::fs::read_to_string(file).unwrap();
    let mut table: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut action = None;
    for line in text.lines() {
        let head = line.split_once("  ").map(|(code, _)| code);
        if let Some(code) = head.filter(|code| code.contains('.') && code.is_ascii() && !code.starts_with(' ')) {
            table.insert(code.to_owned(), BTreeSet::new());
            action = Some(code.to_owned());
            continue;
        }
        // Roles stand under the marks: two spaces, marks, then the names in both languages.
        let Some(roles) = action.as_ref().and_then(|action| table.get_mut(action)) else {
            continue;
        };
        if line.is_empty() {
            action = None;
            continue;
        }
        let Some(from) = line.find(|letter: char| letter >= '\u{4e00}') else {
            continue;
        };
        for name in line[from..].split(';') {
            let english = name.trim().split_once(' ').map_or("", |(_, english)| english);
            let code = match english {
                "committee chair or secretary" => "committee_chair".to_owned(),
                other => other.replace(' ', "_"),
            };
            if Role::ALL.iter().any(|role| role.code() == code) {
                roles.insert(code);
            }
        }
    }
    table
}

#[test]
fn the_table_names_every_role_and_the_action_of_every_route() {
    let reviewed = reviewed();
    let named: BTreeSet<&String> = reviewed.values().flatten().collect();
    for role in Role::ALL {
        assert!(named.contains(&role.code().to_owned()), "{}", role.code());
        assert!(ROLES.contains(&role.code()), "{}", role.code());
    }
    for row in table() {
        if let Needs::Permission(action) = row.rule.needs {
            let roles = reviewed.get(action.code());
            assert!(roles.is_some_and(|roles| !roles.is_empty()), "{}", name_of(&row));
        }
    }
}

/// What is asked for by one and decided by another: who decides reads it too.
const DECIDED: [(&str, &str); 2] = [
    ("erasure.propose", "erasure.approve"),
    ("user.erase", "user.erase-approve"),
];

/// Each route of the table as each role that the table does not name there: refused, and nothing is written.
#[test]
fn who_is_not_in_the_table_is_refused_at_every_route() {
    House::each(|house| {
        let reviewed = reviewed();
        let entries = house.entries(0).len();
        let (mut refused, mut let_in) = (0, 0);
        for row in table() {
            let Needs::Permission(action) = row.rule.needs else {
                continue;
            };
            let decided = DECIDED.iter().find(|(asked, _)| *asked == action.code());
            let deciders = decided
                .filter(|_| row.method == "GET")
                .map(|(_, decide)| &reviewed[*decide]);
            for role in ROLES {
                if reviewed[action.code()].contains(role) || deciders.is_some_and(|roles| roles.contains(role)) {
                    let_in += 1;
                    continue;
                }
                let answer = house.site.send(&asking(house, &row, &house.by(role)));
                // A list of what may be seen, which is nothing, says no more than a refusal.
                let nothing = answer.status == 200 && answer.json()["items"] == json!([]);
                let refusal = || ["forbidden", "not-found"].contains(&answer.problem().as_str());
                assert!(nothing || refusal(), "{} {role}: {answer:?}", name_of(&row));
                refused += 1;
            }
        }
        assert_eq!(house.entries(0).len(), entries, "{}", house.site.name);
        assert!(refused > 500 && let_in > 300, "{refused} refused, {let_in} let in");
        eprintln!(
            "{}: {refused} cells refused, {let_in} left to the flows",
            house.site.name
        );
    });
}

/// The request with which it was done, or a reading of what is there.
fn asking(house: &House, row: &Row, person: &Person) -> Ask {
    let method = row.method.as_str();
    match house.asked.get(&name_of(row)) {
        None => house.site.by(person, method, &house.address(&row.path)),
        Some((path, body)) => {
            let ask = house.site.by(person, method, path).header("If-Match", "\"1\"");
            if body.is_null() { ask } else { ask.json(body) }
        }
    }
}

/// A role, and what only it lets its holder read.
const TAKEN: [(&str, &str); 11] = [
    ("collector", "/api/v1/customers"),
    ("updater", "/api/v1/customers"),
    ("auditor", "/api/v1/customers"),
    ("expert", "/api/v1/customers"),
    ("committee_member", "/api/v1/customers"),
    ("committee_chair", "/api/v1/customers"),
    ("rating_administrator", "/api/v1/customers"),
    ("account_manager", "/api/v1/customers"),
    ("risk_officer", "/api/v1/customers"),
    ("supervisor", "/api/v1/ledger/entries"),
    ("audit_administrator", "/api/v1/ledger/entries"),
];

#[test]
fn a_role_that_is_taken_away_is_gone_at_the_next_request() {
    let site = Site::sqlite();
    let (first, deputy, _) = site.set_up();
    for (role, path) in TAKEN {
        let (first, deputy) = (site.elevate(&site.renew(&first)), site.elevate(&site.renew(&deputy)));
        let login = role.replace('_', ".");
        let person = site.employ(&first, &deputy, &login, &[]);
        assert_eq!(site.get(&person, path).problem(), "forbidden", "{role}");
        let grant = site.grant(&first, &deputy, person.id, role);
        site.get(&person, path).expect(200);
        // Audit administrators write nothing, not even a token.
        let program = (role != "audit_administrator").then(|| token(&site, &person, path));
        let person = program.as_ref().map_or(&person, |(person, _)| person);
        let deputy = site.elevate(&deputy);
        site.delete(&deputy, &grant).expect(200);
        assert_eq!(site.get(person, path).problem(), "forbidden", "{role}");
        if let Some((_, token)) = &program {
            assert_eq!(by_token(&site, token, path).problem(), "forbidden", "{role}");
        }
    }
}

/// A token for what this address needs, and its owner with the elevated session that it took.
fn token(site: &Site, person: &Person, path: &str) -> (Person, String) {
    let row = table()
        .into_iter()
        .find(|row| row.method == "GET" && row.path == path)
        .unwrap();
    let Needs::Permission(action) = row.rule.needs else {
        panic!("{path}")
    };
    let elevated = site.elevate(person);
    let until = site.clock.now().plus_seconds(3_600).to_string();
    let body = json!({ "name": "同步", "scopes": [action.code()], "expires_at": until });
    let made = site.post(&elevated, "/api/v1/tokens", &body).expect(201).json();
    by_token(site, made["secret"].as_str().unwrap(), path).expect(200);
    (elevated, made["secret"].as_str().unwrap().to_owned())
}

fn by_token(site: &Site, secret: &str, path: &str) -> Answer {
    let ask = Ask::new("GET", path).header("Authorization", &format!("Bearer {secret}"));
    site.send(&ask)
}

//! A1: a program that knows nothing but the OpenAPI document tries the interface out, with a token of each of three roles.

use std::path::{Path, PathBuf};
use std::process::Command;

use pinji_app::register::Action;
use serde_json::json;

use crate::site::{Person, Site};

/// Seconds for each role; a nightly run gives more by `PINJI_INTERFACE_SECONDS`.
const SECONDS: u64 = 20;

/// The roles, two of them of people who do two things.
const ROLES: [(&str, &[&str]); 3] = [
    ("wang.fang", &["account_manager", "collector"]),
    ("zhao.lei", &["auditor"]),
    ("sun.yu", &["rating_administrator"]),
];

#[test]
fn nothing_that_the_document_allows_meets_a_fault() {
    let Some(program) = program() else {
        assert!(
            std::env::var_os("PINJI_NEED_SCHEMATHESIS").is_none(),
            "schemathesis is not there"
        );
        eprintln!("skipped: schemathesis is not there (crates/server/tests/requirements.txt)");
        return;
    };
    let site = Site::sqlite();
    let (first, deputy, _) = site.set_up();
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let document = tests.join("../../../docs/openapi.json");
    let seconds = std::env::var("PINJI_INTERFACE_SECONDS").unwrap_or_else(|_| SECONDS.to_string());
    let mut failed = String::new();
    for (login, roles) in ROLES {
        let person = site.employ(&first, &deputy, login, roles);
        let token = token(&site, &person);
        let place = tempfile::tempdir().unwrap();
        let output = Command::new(&program)
            .arg("--config-file")
            .arg(tests.join("schemathesis.toml"))
            .arg("run")
            .arg(&document)
            .args(["--url", &format!("http://{}", site.at)])
            .args(["--checks", "all", "--phases", "examples,coverage,fuzzing,stateful"])
            .args(["--max-examples", "200", "--max-time", &seconds])
            .args(["--generation-database", "none", "--seed", "20261122", "--no-color"])
            .args(["--header", &format!("Authorization: Bearer {token}")])
            .current_dir(place.path())
            .output()
            .unwrap();
        if !output.status.success() {
            failed.push_str(&format!("== as {login} ({})\n", roles.join(", ")));
            failed.push_str(&String::from_utf8_lossy(&output.stdout));
            failed.push_str(&String::from_utf8_lossy(&output.stderr));
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

/// A token that may do whatever its owner may with one.
fn token(site: &Site, person: &Person) -> String {
    let elevated = site.elevate(person);
    let until = site.clock.now().plus_seconds(86_400).to_string();
    let scopes: Vec<&str> = Action::ALL
        .into_iter()
        .filter(|action| !action.needs_step_up())
        .map(Action::code)
        .collect();
    let body = json!({ "name": "试用", "scopes": scopes, "expires_at": until });
    let made = site.post(&elevated, "/api/v1/tokens", &body).expect(201);
    made.json()["secret"].as_str().unwrap().to_owned()
}

/// The program: named by the environment, installed beside the build by the tests' tools, or on the path.
fn program() -> Option<PathBuf> {
    let named = std::env::var_os("PINJI_SCHEMATHESIS").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/python/bin/st");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|folder| folder.join("st"));
    named
        .into_iter()
        .chain([beside])
        .chain(on_path)
        .find(|file| file.is_file())
}

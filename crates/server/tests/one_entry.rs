//! L1 and L3: each change leaves one entry, and each entry says who, for whom, when, from where, what and under which rules.

use pinji_domain::Timestamp;
use serde_json::{Value, json};

use crate::client::Ask;
use crate::house::{House, name_of, table};
use crate::site::sites;

/// Entries of what there is nothing to say of but that it was done.
const SAID_BY_ITSELF: [&str; 2] = ["session.close", "user.password"];

/// Entries that are made under a version of a policy.
const UNDER_A_POLICY: [&str; 5] = ["run.create", "run.cancel", "run.end", "grade.regrade", "policy.write"];

#[test]
fn every_change_leaves_exactly_one_entry_that_says_it_all() {
    for site in sites() {
        let house = House::of(site);
        let changes: Vec<String> = table()
            .iter()
            .filter(|row| row.rule.changes)
            .map(name_of)
            .collect();
        for route in &changes {
            let left = house.left.get(route);
            assert_eq!(left, Some(&1), "{} {route}", house.site.name);
        }
        assert_eq!(house.left.len(), changes.len(), "{:?}", house.left.keys());
        by_token(&house);
        let entries = house.entries(0);
        for entry in &entries {
            says_it_all(entry);
        }
        // Those of the routes, and the opening of the ledger and the ends of runs, which nobody asked for.
        assert!(entries.len() > changes.len(), "{}", entries.len());
    }
}

/// A program acts for the person whose token it has.
fn by_token(house: &House) {
    let site = &house.site;
    let updater = site.elevate(&house.by("updater"));
    let until = site.clock.now().plus_seconds(3_600).to_string();
    let body = json!({ "name": "同步", "scopes": ["customer.write"], "expires_at": until });
    let token = site.post(&updater, "/api/v1/tokens", &body).expect(201).json();
    let ask = Ask::new("POST", "/api/v1/customers")
        .header("Authorization", &format!("Bearer {}", token["secret"].as_str().unwrap()))
        .header("Idempotency-Key", "by-token")
        .from([127, 0, 0, 77])
        .json(&json!({ "code": "C-8", "name": "接口客户有限公司" }));
    site.send(&ask).expect(201);
    let last = house.entries(0).pop().unwrap();
    assert_eq!(
        (&last["actor"], &last["on_behalf"], &last["from"]),
        (
            &json!(format!("token:{}", token["id"])),
            &json!(format!("user:{}", updater.id)),
            &json!("127.0.0.77")
        ),
        "{last}"
    );
}

fn says_it_all(entry: &Value) {
    let text = |field: &str| entry[field].as_str().unwrap_or_default();
    let (actor, action) = (text("actor"), text("action"));
    let numbered = |prefix: &str| {
        let number = actor.strip_prefix(prefix);
        number.is_some_and(|number| number.parse::<u32>().is_ok())
    };
    let planted = text("object").ends_with(":planted") || text("object") == "office";
    assert!(actor == "system" || numbered("user:") || numbered("token:"), "who: {entry}");
    assert!(Timestamp::parse(text("at")).is_some(), "when: {entry}");
    assert!(!text("object").is_empty(), "to what: {entry}");
    if numbered("token:") {
        assert!(text("on_behalf").starts_with("user:"), "for whom: {entry}");
    }
    if action == "ledger.open" || planted {
        return;
    }
    assert_eq!(text("request_id").len(), 16, "in which request: {entry}");
    // What the office does by itself, the end of a run, comes from no address.
    assert_eq!(text("from").is_empty(), actor == "system", "from where: {entry}");
    let says = ["before", "after", "facts"].iter().any(|field| !entry[field].is_null());
    assert!(says || SAID_BY_ITSELF.contains(&action), "what: {entry}");
    if UNDER_A_POLICY.contains(&action) {
        let version = text("policy_version");
        assert!(version.contains(' ') && !version.ends_with(' '), "under what: {entry}");
    }
}

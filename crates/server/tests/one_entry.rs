//! L1 and L3: each change leaves one entry, and each entry says who, for whom, when, from where, what and under which rules.

use pinji_domain::Timestamp;
use serde_json::Value;

use crate::house::{House, name_of, table};

/// Entries of what there is nothing to say of but that it was done.
const SAID_BY_ITSELF: [&str; 2] = ["session.close", "user.password"];

/// Entries that are made under a version of a policy.
const UNDER_A_POLICY: [&str; 5] = ["run.create", "run.cancel", "run.end", "grade.regrade", "policy.write"];

#[test]
fn every_change_leaves_exactly_one_entry_that_says_it_all() {
    House::each(|house| {
        let changes: Vec<String> = table().iter().filter(|row| row.rule.changes).map(name_of).collect();
        for route in &changes {
            let left = house.left.get(route);
            assert_eq!(left, Some(&1), "{} {route}", house.site.name);
        }
        assert_eq!(house.left.len(), changes.len(), "{:?}", house.left.keys());
        let entries = house.entries(0);
        for entry in &entries {
            says_it_all(entry);
        }
        // Those of the routes, and the opening of the ledger and the ends of runs, which nobody asked for.
        assert!(entries.len() > changes.len(), "{}", entries.len());
        // A program acts for the person whose token it has.
        let by_token = entries.iter().find(|entry| entry["from"] == "127.0.0.77").unwrap();
        assert!(by_token["actor"].as_str().unwrap().starts_with("token:"), "{by_token}");
        let updater = format!("user:{}", house.by("updater").id);
        assert_eq!(by_token["on_behalf"], updater, "{by_token}");
    });
}

fn says_it_all(entry: &Value) {
    let text = |field: &str| entry[field].as_str().unwrap_or_default();
    let (actor, action) = (text("actor"), text("action"));
    let numbered = |prefix: &str| {
        let number = actor.strip_prefix(prefix);
        number.is_some_and(|number| number.parse::<u32>().is_ok())
    };
    let planted = text("object").ends_with(":planted") || text("object") == "office";
    assert!(
        actor == "system" || numbered("user:") || numbered("token:"),
        "who: {entry}"
    );
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
    if UNDER_A_POLICY.contains(&action) || action.starts_with("case.") {
        let version = text("policy_version");
        assert!(version.contains(' ') && !version.ends_with(' '), "under what: {entry}");
    }
}

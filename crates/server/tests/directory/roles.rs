//! Groups and roles: what a change over there does here, and what it cannot do.

use pinji_domain::Lang;
use serde_json::{Value, json};

use super::office::{Door, door};
use super::says;
use crate::site::Person;

const MAP: &str = "create_users = true
[[map]]
group = 'auditors'
roles = ['auditor']
[[map]]
group = 'experts'
roles = ['expert', 'committee_member']
[[map]]
group = 'watchers'
roles = ['supervisor']
[[map]]
group = 'keepers'
roles = ['audit_administrator']
";

fn roles(door: &Door, groups: &[&str]) -> (Person, Value) {
    door.provider.groups(groups);
    let person = door.person(&door.enter().expect(303));
    let mine = door.site.get(&person, "/api/v1/session").expect(200).json();
    (person, mine["roles"].clone())
}

fn grants(door: &Door, first: &Person, user: i64) -> Vec<Value> {
    let path = format!("/api/v1/role-grants?user={user}");
    let page = door.site.get(first, &path).expect(200).json();
    page["items"].as_array().unwrap().clone()
}

#[test]
fn roles_follow_the_groups_from_one_sign_in_to_the_next() {
    let door = door(MAP);
    let (first, deputy, _) = door.site.set_up();
    let (wang, held) = roles(&door, &["auditors"]);
    assert_eq!(held, json!(["auditor"]));
    // A role given here is nothing to the directory.
    door.site.grant(&first, &deputy, wang.id, "collector");
    let (_, held) = roles(&door, &["experts"]);
    assert_eq!(held, json!(["collector", "expert", "committee_member"]));
    // The older session has lost the role as well: at once, not when it ends.
    let mine = door.site.get(&wang, "/api/v1/session").expect(200).json();
    assert_eq!(mine["roles"], json!(["collector", "expert", "committee_member"]));
    let (_, held) = roles(&door, &[]);
    assert_eq!(held, json!(["collector"]));
    let (_, held) = roles(&door, &["auditors"]);
    assert_eq!(held, json!(["auditor", "collector"].iter().rev().collect::<Vec<_>>()));
    // What somebody here takes away stays away until the directory has taken the group away and given it again.
    let all = grants(&door, &first, wang.id);
    let last = all.iter().rfind(|grant| grant["role"] == "auditor").unwrap();
    assert_eq!(last["state"], "active");
    door.site
        .delete(&first, &format!("/api/v1/role-grants/{}", last["id"]))
        .expect(200);
    assert_eq!(roles(&door, &["auditors"]).1, json!(["collector"]));
    assert_eq!(roles(&door, &[]).1, json!(["collector"]));
    assert_eq!(roles(&door, &["auditors"]).1, json!(["collector", "auditor"]));
}

#[test]
fn a_forbidden_combination_is_refused_and_nothing_is_done() {
    let door = door(MAP);
    let (first, _, system) = door.site.set_up();
    let before = door.site.ledger_size(&system);
    door.provider.groups(&["experts", "watchers"]);
    let answer = door.enter().expect(403);
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    assert!(
        detail.contains("watchers") && detail.contains("nothing was changed"),
        "{detail}"
    );
    assert_eq!(door.site.ledger_size(&system), before);
    let users = door.site.get(&first, "/api/v1/users").expect(200).json();
    assert_eq!(users["items"].as_array().unwrap().len(), 3, "{users}");
    // One who holds roles keeps them as they were, and is not let in with the combination.
    let (wang, _) = roles(&door, &["auditors"]);
    door.provider.groups(&["experts", "watchers"]);
    door.enter().expect(403);
    let states: Vec<(Value, Value)> = grants(&door, &first, wang.id)
        .into_iter()
        .map(|grant| (grant["role"].clone(), grant["state"].clone()))
        .collect();
    assert_eq!(states, [(json!("auditor"), json!("active"))]);
    // From one to the other is no combination.
    assert_eq!(roles(&door, &["watchers"]).1, json!(["supervisor"]));
}

#[test]
fn an_administrator_is_approved_by_somebody_here() {
    let door = door(MAP);
    let (first, deputy, _) = door.site.set_up();
    let (wang, held) = roles(&door, &["keepers"]);
    assert_eq!(held, json!([]));
    let all = grants(&door, &first, wang.id);
    assert_eq!(
        (&all[0]["role"], &all[0]["state"]),
        (&json!("audit_administrator"), &json!("proposed"))
    );
    let told = door.site.get(&deputy, "/api/v1/notifications").expect(200).body;
    assert!(told.contains(&format!("role-grants/{}", all[0]["id"])), "{told}");
    let approve = format!("/api/v1/role-grants/{}/approval", all[0]["id"]);
    door.site.send(&door.site.by(&deputy, "POST", &approve)).expect(200);
    assert_eq!(roles(&door, &["keepers"]).1, json!(["audit_administrator"]));
    assert_eq!(roles(&door, &[]).1, json!([]));
    // Refused is refused, however often he signs in.
    let (_, held) = roles(&door, &["keepers"]);
    assert_eq!(held, json!([]));
    let all = grants(&door, &first, wang.id);
    let refuse = format!("/api/v1/role-grants/{}/refusal", all.last().unwrap()["id"]);
    door.site.send(&door.site.by(&first, "POST", &refuse)).expect(200);
    roles(&door, &["keepers"]);
    assert_eq!(grants(&door, &first, wang.id).len(), all.len());
}

#[test]
fn who_is_locked_stays_out_and_who_is_unknown_is_told() {
    let door = door(MAP);
    let (first, _, _) = door.site.set_up();
    let (wang, _) = roles(&door, &["auditors"]);
    door.site
        .patch(
            &first,
            &format!("/api/v1/users/{}", wang.id),
            &json!({ "state": "locked" }),
        )
        .expect(200);
    door.site.get(&wang, "/api/v1/session").expect(401);
    says(&door.enter(), 403, "app-sign-on-locked");
    door.site
        .patch(
            &first,
            &format!("/api/v1/users/{}", wang.id),
            &json!({ "state": "active" }),
        )
        .expect(200);
    door.enter().expect(303);
    let person = |sub: &str, login: Value| door.provider.person(json!({ "sub": sub, "preferred_username": login }));
    // A name that is taken is not taken over: neither the local administrator's nor another subject's.
    for login in ["chen.an", "wang.fang", "Chen.An", "chen.an@evil.example"] {
        person("x-1", json!(login));
        let answer = door.enter().expect(403);
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("local account"), "{login} {detail}");
    }
    person("x-2", Value::Null);
    says(&door.enter(), 403, "app-sign-on-without-login");
    person("x-3", json!("王芳"));
    let answer = door.enter().expect(403);
    let form = pinji_locale::word(Lang::En, "app-login-form");
    assert!(answer.json()["detail"].as_str().unwrap().contains(&form), "{answer:?}");
    // Groups that cannot be read are not taken for none.
    for (groups, code) in [(json!({ "a": 1 }), "groups"), (json!([1]), "groups")] {
        door.provider
            .person(json!({ "sub": "w-1", "preferred_username": "wang.fang", "groups": groups }));
        let answer = door.enter().expect(401);
        assert!(answer.json()["detail"].as_str().unwrap().contains(code), "{answer:?}");
    }
    door.provider
        .person(json!({ "sub": "w-1", "preferred_username": "wang.fang", "_claim_names": { "groups": "src1" } }));
    let answer = door.enter().expect(401);
    assert!(
        answer.json()["detail"].as_str().unwrap().contains("more groups"),
        "{answer:?}"
    );
    // What the token leaves out is asked for.
    door.provider.person(json!({ "sub": "u-1" }));
    door.provider
        .userinfo(json!({ "preferred_username": "li.na", "name": "李娜", "groups": ["auditors"] }));
    let li = door.person(&door.enter().expect(303));
    assert_eq!(li.login, "li.na");
    door.provider
        .userinfo(json!({ "sub": "another", "groups": ["auditors"] }));
    says(&door.enter(), 401, "oidc-userinfo-of-another");
}

#[test]
fn local_accounts_are_bound_where_that_is_allowed() {
    let door = door("link_users = true\n[[map]]\ngroup = 'auditors'\nroles = ['auditor']\n");
    let (first, deputy, _) = door.site.set_up();
    says(&door.enter(), 403, "app-sign-on-unknown");
    let local = door.site.employ(&first, &deputy, "wang.fang", &["collector"]);
    let (wang, held) = roles(&door, &["auditors"]);
    assert_eq!((wang.id, held), (local.id, json!(["collector", "auditor"])));
    // His password is as good as before; and an administrator is never bound.
    door.site.renew(&local);
    for login in ["chen.an", "wang.fang", "wang.fang@evil.example"] {
        door.provider
            .person(json!({ "sub": format!("x-{login}"), "preferred_username": login }));
        door.enter().expect(403);
    }
}

//! K1, Z2, Z3: versions, what is not told, what is taken away.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::json;

use crate::site::{Person, Site, sites};

#[test]
fn a_role_takes_two_people_and_ends_at_the_next_request() {
    for site in sites() {
        let (first, deputy, _) = site.set_up();
        let wang = site.employ(&first, &deputy, "wang.fang", &[]);
        site.get(&wang, "/api/v1/users").expect(200);
        // Nobody gives a role alone, nor to himself.
        let body = json!({ "user": wang.id, "role": "audit_administrator", "reason": "工作需要" });
        let made = site.post(&first, "/api/v1/role-grants", &body).expect(201);
        let place = made.header("location").unwrap().to_owned();
        let approve = |by: &Person| site.send(&site.by(by, "POST", &format!("{place}/approval")));
        assert_eq!(approve(&first).problem(), "forbidden", "{}", site.name);
        assert_eq!(approve(&wang).problem(), "forbidden");
        let own = json!({ "user": first.id, "role": "auditor", "reason": "自己" });
        assert_eq!(site.post(&first, "/api/v1/role-grants", &own).problem(), "forbidden");
        site.get(&wang, "/api/v1/ledger/entries").expect(403);
        let told = site.get(&deputy, "/api/v1/notifications").expect(200).json();
        assert_eq!(told["items"][0]["object"], place, "{told}");
        assert!(
            told["items"][0]["text"]
                .as_str()
                .unwrap()
                .contains("audit administrator"),
            "{told}"
        );
        approve(&deputy).expect(200);
        assert_eq!(approve(&deputy).problem(), "conflict");
        site.get(&wang, "/api/v1/ledger/entries").expect(200);
        // Roles that are apart are not proposed together.
        let apart = json!({ "user": wang.id, "role": "collector", "reason": "兼任" });
        assert_eq!(site.post(&first, "/api/v1/role-grants", &apart).problem(), "conflict");
        // What one takes away is gone at the next request.
        site.delete(&deputy, &place).expect(200);
        site.get(&wang, "/api/v1/ledger/entries").expect(403);
    }
}

#[test]
fn who_is_locked_is_out_at_once() {
    let site = Site::sqlite();
    let (first, deputy, _) = site.set_up();
    let wang = site.employ(&first, &deputy, "wang.fang", &["collector"]);
    let wang = site.elevate(&wang);
    let expires = site.clock.now().plus_seconds(3600).to_string();
    let body = json!({ "name": "同步", "scopes": ["user.read"], "expires_at": expires });
    let token = site.post(&wang, "/api/v1/tokens", &body).expect(201).json();
    let secret = token["secret"].as_str().unwrap().to_owned();
    let by_token = || {
        let ask =
            crate::client::Ask::new("GET", "/api/v1/session").header("Authorization", &format!("Bearer {secret}"));
        site.send(&ask)
    };
    by_token().expect(200);
    let path = format!("/api/v1/users/{}", wang.id);
    site.patch(&first, &path, &json!({ "state": "locked" })).expect(200);
    site.get(&wang, "/api/v1/session").expect(401);
    by_token().expect(401);
    // Nobody changes his own user.
    let own = format!("/api/v1/users/{}", first.id);
    assert_eq!(
        site.patch(&first, &own, &json!({ "name": "我" })).problem(),
        "forbidden"
    );
}

#[test]
fn tokens_keep_to_their_scopes_and_end() {
    let site = Site::sqlite();
    let (first, deputy, _) = site.set_up();
    let wang = site.employ(&first, &deputy, "wang.fang", &["supervisor"]);
    let wang = site.elevate(&wang);
    let expires = site.clock.now().plus_seconds(3600).to_string();
    let make = |scopes: &[&str], expires: &str| {
        let body = json!({ "name": "同步", "scopes": scopes, "expires_at": expires });
        site.post(&wang, "/api/v1/tokens", &body)
    };
    assert_eq!(make(&["user.write"], &expires).problem(), "invalid");
    assert_eq!(make(&["no.such"], &expires).problem(), "invalid");
    assert_eq!(make(&["ledger.read"], "2099-01-01T00:00:00Z").problem(), "invalid");
    let made = make(&["ledger.read"], &expires).expect(201);
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    let ask = |path: &str| {
        let ask = crate::client::Ask::new("GET", path).header("Authorization", &format!("Bearer {secret}"));
        site.send(&ask)
    };
    ask("/api/v1/ledger/entries").expect(200);
    ask("/api/v1/system").expect(403);
    ask("/api/v1/users").expect(403);
    // The secret is never shown again.
    let listed = site.get(&wang, "/api/v1/tokens").expect(200);
    assert!(!listed.body.contains(&secret), "{listed:?}");
    site.send(&site.by(&wang, "DELETE", made.header("location").unwrap()))
        .expect(200);
    ask("/api/v1/ledger/entries").expect(401);
    // A broken token is told from afar.
    let broken = crate::client::Ask::new("GET", "/api/v1/session").header("Authorization", "Bearer pj_short");
    site.send(&broken).expect(401);
}

#[test]
fn of_two_who_change_the_same_user_one_wins() {
    for site in sites() {
        let (first, deputy, _) = site.set_up();
        let made = site
            .post(
                &first,
                "/api/v1/users",
                &json!({ "login": "wang.fang", "name": "王芳" }),
            )
            .expect(201);
        let path = made.header("location").unwrap().to_owned();
        let bare = site.by(&first, "PATCH", &path).json(&json!({ "name": "甲" }));
        assert_eq!(site.send(&bare).problem(), "version-needed");
        for round in 0..site.races(20) {
            let tag = site.get(&first, &path).expect(200).header("etag").unwrap().to_owned();
            let won = AtomicU32::new(0);
            std::thread::scope(|scope| {
                for (place, who) in [&first, &deputy].into_iter().enumerate() {
                    let (site, tag, path, won) = (&site, &tag, &path, &won);
                    scope.spawn(move || {
                        let body = json!({ "name": format!("第{round}轮第{place}人") });
                        let answer = site.send(&site.by(who, "PATCH", path).header("If-Match", tag).json(&body));
                        match answer.status {
                            200 => drop(won.fetch_add(1, Ordering::SeqCst)),
                            412 => {
                                assert_eq!(answer.problem(), "stale");
                                assert_eq!(answer.json()["changed"], json!(["name"]), "{answer:?}");
                                assert_ne!(answer.header("etag"), Some(tag.as_str()));
                            }
                            _ => panic!("{answer:?}"),
                        }
                    });
                }
            });
            assert_eq!(won.load(Ordering::SeqCst), 1, "{} round {round}", site.name);
        }
    }
}

#[test]
fn what_is_anothers_looks_like_what_is_not_there() {
    let site = Site::sqlite();
    let (first, deputy, _) = site.set_up();
    let wang = site.employ(&first, &deputy, "wang.fang", &["collector"]);
    let shape = |path: &str| {
        let answer = site.get(&wang, path);
        (answer.status, answer.body.len(), answer.json()["detail"].clone())
    };
    assert_eq!(
        shape(&format!("/api/v1/users/{}", first.id)),
        shape("/api/v1/users/999")
    );
    assert_eq!(shape("/api/v1/role-grants/1"), shape("/api/v1/role-grants/999"));
    let write = |id: i64| {
        let path = format!("/api/v1/users/{id}");
        let ask = site
            .by(&wang, "PATCH", &path)
            .header("If-Match", "\"1\"")
            .json(&json!({ "name": "x" }));
        let answer = site.send(&ask);
        (answer.status, answer.body.len())
    };
    assert_eq!(write(first.id), write(999));
    // One's own user is seen, and nobody else in the list.
    site.get(&wang, &format!("/api/v1/users/{}", wang.id)).expect(200);
    let listed = site.get(&wang, "/api/v1/users").expect(200).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
}

#[test]
fn lists_go_on_where_they_stopped_and_cursors_cannot_be_made_up() {
    for site in sites() {
        let (first, _, _) = site.set_up();
        for number in 0..7 {
            let body = json!({ "login": format!("user.{number}"), "name": "某人" });
            site.post(&first, "/api/v1/users", &body).expect(201);
        }
        let mut seen = Vec::new();
        let mut next = "/api/v1/users?limit=3".to_owned();
        let mut cursor = String::new();
        loop {
            let page = site.get(&first, &next).expect(200);
            let body = page.json();
            seen.extend(
                body["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|user| user["id"].as_i64().unwrap()),
            );
            let Some(link) = page.header("link") else { break };
            cursor = body["next"].as_str().unwrap().to_owned();
            let (address, rest) = link.trim_start_matches('<').split_once('>').unwrap();
            assert_eq!(rest, "; rel=\"next\"");
            next = address.to_owned();
        }
        assert_eq!(seen, (1..=10).collect::<Vec<i64>>(), "{}", site.name);
        let forged = format!("{}A", &cursor[..cursor.len() - 1]);
        for bad in [forged.as_str(), "x", "", "AAAA"] {
            let answer = site.get(&first, &format!("/api/v1/users?cursor={bad}"));
            assert_eq!((answer.status, answer.problem().as_str()), (422, "bad-cursor"), "{bad}");
        }
        // A cursor of one list is none of another.
        let other = site.get(&first, &format!("/api/v1/teams?cursor={cursor}"));
        assert_eq!(other.problem(), "bad-cursor");
        for bad in ["limit=0", "limit=501", "limit=x", "unknown=1"] {
            assert_eq!(
                site.get(&first, &format!("/api/v1/users?{bad}")).problem(),
                "malformed-request",
                "{bad}"
            );
        }
    }
}

#[test]
fn teams_are_kept_with_their_members() {
    let site = Site::sqlite();
    let (first, deputy, _) = site.set_up();
    let wang = site.employ(&first, &deputy, "wang.fang", &["account_manager"]);
    let body = json!({ "code": "east", "name": "华东", "members": [{ "user": wang.id, "lead": true }] });
    let made = site.post(&first, "/api/v1/teams", &body).expect(201);
    let path = made.header("location").unwrap().to_owned();
    assert_eq!(
        site.get(&first, &format!("/api/v1/users/{}", wang.id)).json()["teams"],
        json!([made.json()["id"]])
    );
    assert_eq!(site.post(&first, "/api/v1/teams", &body).problem(), "conflict");
    let stranger = json!({ "members": [{ "user": 999 }] });
    assert_eq!(
        site.patch(&first, &path, &stranger).json()["errors"][0]["pointer"],
        "/members/0/user"
    );
    // Nobody puts himself into a team.
    let own = json!({ "members": [{ "user": first.id }] });
    assert_eq!(site.patch(&first, &path, &own).problem(), "forbidden");
    let after = site
        .patch(
            &first,
            &path,
            &json!({ "name": "华东一部", "members": [], "closed": true }),
        )
        .expect(200)
        .json();
    assert_eq!(
        (after["name"].as_str(), after["members"].as_array().unwrap().len()),
        (Some("华东一部"), 0)
    );
    assert!(after["closed_at"].is_string(), "{after}");
}

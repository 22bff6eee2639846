//! Signing in by a directory: honest people, hostile answers, groups and roles that change, a directory that is away.

mod office;
mod provider;
mod real;
mod roles;

use pinji_domain::Lang;
use serde_json::json;

use self::office::{Door, door, door_on};
use self::provider::Signed;
use crate::client::Answer;
use crate::site::Person;

fn says(answer: &Answer, status: u16, code: &'static str) {
    assert_eq!(answer.status, status, "{code} {answer:?}");
    answer.problem();
    let detail = answer.json()["detail"].as_str().unwrap_or_default().to_owned();
    assert_eq!(detail, pinji_locale::word(Lang::En, code), "{answer:?}");
}

const AUDITORS: &str = "[[map]]\ngroup = 'auditors'\nroles = ['auditor']\n";

#[test]
fn somebody_comes_in_with_the_roles_of_his_groups() {
    for door in door_on(&format!("create_users = true\n{AUDITORS}")) {
        let Door { site, provider, .. } = &door;
        let (first, _, system) = site.set_up();
        let offered = site
            .send(&site.ask("GET", "/api/v1/session/providers"))
            .expect(200)
            .json();
        assert_eq!(offered["directories"][0]["issuer"], provider.issuer(), "{offered}");
        provider.groups(&["auditors", "everybody"]);
        let before = site.ledger_size(&system);
        let trip = door.leave();
        let line = trip.cookie_line.clone();
        for part in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=600"] {
            assert!(line.contains(part), "{line}");
        }
        assert_eq!(site.ledger_size(&system), before, "sending away writes nothing");
        let answer = door.back(&trip).expect(303);
        assert_eq!(answer.header("location"), Some("/"));
        assert_eq!(site.ledger_size(&system), before + 1, "{}", site.name);
        let line = answer.header("set-cookie").unwrap();
        for part in ["__Host-pinji=", "Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
            assert!(line.contains(part), "{line}");
        }
        let wang = door.person(&answer);
        let mine = site.get(&wang, "/api/v1/session").expect(200).json();
        assert_eq!((&mine["login"], &mine["name"]), (&json!("wang.fang"), &json!("王芳")));
        assert_eq!(
            (&mine["roles"], &mine["second_factor"]),
            (&json!(["auditor"]), &json!(false))
        );
        let grants = site
            .get(&first, &format!("/api/v1/role-grants?user={}", wang.id))
            .expect(200)
            .json();
        assert_eq!(
            grants["items"][0]["reason"], "by the directory's group auditors",
            "{grants}"
        );
        // The second time he is the same; nothing is made again.
        let again = door.person(&door.enter().expect(303));
        assert_eq!(again.id, wang.id);
        let grants = site
            .get(&first, &format!("/api/v1/role-grants?user={}", wang.id))
            .expect(200)
            .json();
        assert_eq!(grants["items"].as_array().unwrap().len(), 1, "{grants}");
        site.send(&site.by(&again, "DELETE", "/api/v1/session")).expect(204);
        site.get(&again, "/api/v1/session").expect(401);
        site.get(&wang, "/api/v1/session").expect(200);
    }
}

#[test]
fn an_answer_that_does_not_hold_lets_nobody_in() {
    let door = door(&format!("create_users = true\n{AUDITORS}"));
    let (_, _, system) = door.site.set_up();
    door.provider.groups(&["auditors"]);
    let before = door.site.ledger_size(&system);
    let now = door.site.clock.now().0 / 1_000_000;
    type Twist = fn(&mut serde_json::Value, i64);
    let keep: Twist = |_, _| {};
    let cases: [(Signed, Twist, &str); 17] = [
        (Signed::None, keep, "oidc-token-algorithm"),
        (Signed::PublicKeyAsSecret, keep, "oidc-token-algorithm"),
        (Signed::AnotherKey, keep, "oidc-token-signature"),
        (Signed::ChangedAfterwards, keep, "oidc-token-signature"),
        (
            Signed::Right,
            |t, _| t["nonce"] = json!("another"),
            "oidc-token-for-another-sign-in",
        ),
        (
            Signed::Right,
            |t, _| t["nonce"] = json!(null),
            "oidc-token-for-another-sign-in",
        ),
        (
            Signed::Right,
            |t, _| t["aud"] = json!("another"),
            "oidc-token-for-another",
        ),
        (
            Signed::Right,
            |t, _| t["aud"] = json!(["pinji office", "another"]),
            "oidc-token-for-another",
        ),
        (
            Signed::Right,
            |t, _| t["azp"] = json!("another"),
            "oidc-token-for-another",
        ),
        (Signed::Right, |t, now| t["exp"] = json!(now - 61), "oidc-token-expired"),
        (
            Signed::Right,
            |t, now| t["iat"] = json!(now - 3600),
            "oidc-token-expired",
        ),
        (
            Signed::Right,
            |t, now| t["iat"] = json!(now + 120),
            "oidc-token-too-early",
        ),
        (
            Signed::Right,
            |t, now| t["nbf"] = json!(now + 120),
            "oidc-token-too-early",
        ),
        (Signed::Right, |t, _| t["exp"] = json!(null), "oidc-token-unreadable"),
        (
            Signed::Right,
            |t, _| t["iss"] = json!("https://evil.example"),
            "oidc-token-of-another-issuer",
        ),
        (Signed::Right, |t, _| t["sub"] = json!(""), "oidc-token-unreadable"),
        (Signed::Right, |t, _| t["aud"] = json!(null), "oidc-token-for-another"),
    ];
    for (signed, twist, code) in cases {
        door.provider.misbehave(signed, move |token| twist(token, now));
        says(&door.enter(), 401, code);
    }
    assert_eq!(door.site.ledger_size(&system), before);
    door.provider.behave();
    door.enter().expect(303);
    if door.provider.has_rsa() {
        door.provider.misbehave(Signed::Rsa, |_| {});
        door.enter().expect(303);
    } else {
        eprintln!("skipped: RS256, for want of openssl");
    }
}

#[test]
fn only_the_browser_that_was_sent_comes_back_and_once() {
    let door = door("create_users = true");
    door.site.set_up();
    let (mine, others) = (door.leave(), door.leave());
    let mixed = |path: &str, cookie: &str| {
        let ask = door.site.ask("GET", path);
        door.site.send(&if cookie.is_empty() {
            ask
        } else {
            ask.header("Cookie", &format!("__Host-pinji-sign-on={cookie}"))
        })
    };
    says(&mixed(&mine.path, ""), 401, "app-sign-on-forgotten");
    says(&mixed(&mine.path, &others.cookie), 401, "app-sign-on-forgotten");
    says(
        &mixed(&mine.path, &format!("A{}", &mine.cookie[1..])),
        401,
        "app-sign-on-forgotten",
    );
    let foreign = mine.path.replace("iss=http", "iss=https");
    says(&mixed(&foreign, &mine.cookie), 401, "oidc-answer-of-another-issuer");
    says(
        &mixed(mine.path.split("&iss=").next().unwrap(), &mine.cookie),
        401,
        "oidc-answer-of-another-issuer",
    );
    // The code of one in the sign-in of another: his verifier is not the one that was asked with.
    let code = |path: &str| {
        path.split("code=")
            .nth(1)
            .unwrap()
            .split('&')
            .next()
            .unwrap()
            .to_owned()
    };
    let swapped = mine.path.replace(&code(&mine.path), &code(&others.path));
    says(&mixed(&swapped, &mine.cookie), 401, "oidc-code-refused");
    let answer = mixed(&mine.path, &mine.cookie).expect(303);
    assert!(
        answer
            .headers
            .iter()
            .any(|(_, value)| value.starts_with("__Host-pinji-sign-on=;")),
        "{answer:?}"
    );
    says(&mixed(&mine.path, &mine.cookie), 401, "app-sign-on-used");
    let late = door.leave();
    door.site.clock.advance(601);
    says(&door.back(&late), 401, "app-sign-on-forgotten");
    let denied = door.leave();
    let path = denied.path.replace("code=", "error=access_denied&not=");
    let answer = mixed(&path, &denied.cookie).expect(401);
    assert!(
        answer.json()["detail"].as_str().unwrap().contains("access_denied"),
        "{answer:?}"
    );
}

#[test]
fn keys_may_change_and_strangers_cannot_make_us_ask_for_them() {
    let door = door("create_users = true");
    door.site.set_up();
    door.enter().expect(303);
    door.provider.rotate("second");
    door.site.clock.advance(11);
    let asked = door.provider.asked_keys();
    door.enter().expect(303);
    assert_eq!(door.provider.asked_keys(), asked + 1);
    // A key that nobody shows, again and again: asked for once in ten seconds.
    door.site.clock.advance(11);
    door.provider.misbehave(Signed::AnotherKey, |_| {});
    for _ in 0..4 {
        says(&door.enter(), 401, "oidc-token-signature");
    }
    assert_eq!(door.provider.asked_keys(), asked + 2);
}

#[test]
fn while_the_directory_is_away_passwords_open_the_door() {
    let door = door("create_users = true");
    let (first, _, system) = door.site.set_up();
    door.provider.away(true);
    let begin = door.site.ask("GET", "/api/v1/session/oidc");
    let answer = door.site.send(&begin);
    says(&answer, 503, "app-sign-on-away");
    assert!(answer.header("retry-after").is_some(), "{answer:?}");
    door.site.renew(&first);
    door.provider.away(false);
    let trip = door.leave();
    let before = door.site.ledger_size(&system);
    door.provider.away(true);
    says(&door.back(&trip), 503, "app-sign-on-away");
    assert_eq!(door.site.ledger_size(&system), before);
    // What failed for that reason is not used up.
    door.provider.away(false);
    door.back(&trip).expect(303);
}

#[test]
fn before_the_set_up_and_without_a_directory_there_is_no_way_in() {
    let door = door("create_users = true");
    let begin = door.site.ask("GET", "/api/v1/session/oidc");
    says(&door.site.send(&begin), 409, "app-sign-on-before-set-up");
    let bare = crate::site::Site::sqlite();
    bare.send(&bare.ask("GET", "/api/v1/session/oidc")).expect(404);
    bare.send(&bare.ask("GET", "/api/v1/session/oidc/callback")).expect(404);
    let offered = bare
        .send(&bare.ask("GET", "/api/v1/session/providers"))
        .expect(200)
        .json();
    assert_eq!(offered, json!({ "password": true, "directories": [] }));
}

#[test]
fn who_keeps_coming_back_with_nothing_has_to_wait() {
    let door = door("create_users = true");
    door.site.set_up();
    let mut statuses = Vec::new();
    for _ in 0..25 {
        let path = "/api/v1/session/oidc/callback?code=guess&state=guess";
        statuses.push(door.site.send(&door.site.ask("GET", path).from([127, 0, 3, 7])).status);
    }
    assert_eq!(
        statuses.iter().filter(|status| **status == 401).count(),
        21,
        "{statuses:?}"
    );
    assert_eq!(
        statuses.iter().filter(|status| **status == 429).count(),
        4,
        "{statuses:?}"
    );
    // From elsewhere it goes on.
    door.enter().expect(303);
}

#[test]
fn more_than_a_password_and_a_fresh_proof_elevate() {
    let map = "create_users = true\n[[map]]\ngroup = 'security'\nroles = ['security_administrator']\nwithout_approval = true\n";
    let door = door(map);
    let (first, _, _) = door.site.set_up();
    let body = json!({ "login": "li.na", "name": "李娜" });
    let new = |person: &Person| door.site.post(person, "/api/v1/users", &body);
    door.provider.groups(&["security"]);
    let weak = door.person(&door.enter().expect(303));
    assert_eq!(new(&weak).problem(), "forbidden");
    let weak = door.person(&door.elevate(&weak).expect(303));
    assert_eq!(
        new(&weak).problem(),
        "forbidden",
        "elevated, and still without a second factor"
    );
    door.provider
        .misbehave(Signed::Right, |token| token["amr"] = json!(["pwd", "mfa"]));
    let strong = door.person(&door.enter().expect(303));
    assert_eq!(new(&strong).problem(), "elevation-needed");
    // The directory let him through without asking: an hour ago is not anew.
    door.provider.misbehave(Signed::Right, |token| {
        token["amr"] = json!(["mfa"]);
        token["auth_time"] = json!(token["auth_time"].as_i64().unwrap() - 3600);
    });
    says(&door.elevate(&strong), 403, "app-sign-on-not-anew");
    door.provider.misbehave(Signed::Right, |token| {
        token["amr"] = json!(["mfa"]);
        token["sub"] = json!("another");
    });
    says(&door.elevate(&strong), 403, "app-sign-on-another-person");
    door.provider
        .misbehave(Signed::Right, |token| token["amr"] = json!(["mfa"]));
    let higher = door.person(&door.elevate(&strong).expect(303));
    door.site.get(&strong, "/api/v1/session").expect(401);
    new(&higher).expect(201);
    // A session by password is not elevated by the directory.
    let local = door.site.renew(&first);
    says(&door.elevate(&local), 403, "app-sign-on-elevate-by-password");
}

//! S1 to S3: sessions, the second factor, back-off.

use serde_json::json;

use crate::site::{PASSWORDS, Person, Site, sites};

#[test]
fn sessions_change_their_secret_and_end_on_the_server() {
    for site in sites() {
        let (first, _, _) = site.set_up();
        let whole = site
            .sign_in(
                &first.login,
                &first.password,
                Some(&site.code(first.factor.as_deref().unwrap())),
            )
            .expect(201);
        let line = whole.header("set-cookie").unwrap();
        for part in ["__Host-pinji=", "Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
            assert!(line.contains(part), "{line}");
        }
        let mine = Person {
            cookie: whole.cookie().unwrap(),
            ..first.clone()
        };
        assert_ne!(mine.cookie, first.cookie);
        let higher = site.elevate(&mine);
        assert_ne!(higher.cookie, mine.cookie, "{}", site.name);
        site.get(&mine, "/api/v1/session").expect(401);
        let shown = site.get(&higher, "/api/v1/session").expect(200).json();
        assert!(shown["elevated_until"].is_string(), "{shown}");
        // Ten minutes later it is not elevated any more.
        site.clock.advance(601);
        let body = json!({ "login": "new.one", "name": "新人" });
        assert_eq!(site.post(&higher, "/api/v1/users", &body).problem(), "elevation-needed");
        // Signing out ends it for whoever kept the cookie.
        site.send(&site.by(&higher, "DELETE", "/api/v1/session")).expect(204);
        site.get(&higher, "/api/v1/session").expect(401);
    }
}

/// An id that somebody else put into the browser is not taken over.
#[test]
fn signing_in_takes_no_id_that_was_brought() {
    let site = Site::sqlite();
    let (first, _, _) = site.set_up();
    let planted = Person {
        cookie: "A".repeat(43),
        ..first.clone()
    };
    let code = site.code(first.factor.as_deref().unwrap());
    let body = json!({ "login": first.login, "password": first.password, "code": code });
    let opened = site
        .send(&site.by(&planted, "POST", "/api/v1/session").json(&body))
        .expect(201);
    assert_ne!(opened.cookie().unwrap(), planted.cookie);
    site.get(&planted, "/api/v1/session").expect(401);
    // Nor is one that was good: each sign-in has its own, and the other goes on.
    let code = site.code(first.factor.as_deref().unwrap());
    let body = json!({ "login": first.login, "password": first.password, "code": code });
    let again = site
        .send(&site.by(&first, "POST", "/api/v1/session").json(&body))
        .expect(201);
    assert_ne!(again.cookie().unwrap(), first.cookie);
    site.get(&first, "/api/v1/session").expect(200);
}

#[test]
fn sessions_end_when_idle_and_after_twelve_hours() {
    let site = Site::sqlite();
    let (first, _, _) = site.set_up();
    let mine = site.renew(&first);
    site.clock.advance(29 * 60);
    site.get(&mine, "/api/v1/session").expect(200);
    site.clock.advance(29 * 60);
    site.get(&mine, "/api/v1/session").expect(200);
    site.clock.advance(31 * 60);
    site.get(&mine, "/api/v1/session").expect(401);
    let mine = site.renew(&first);
    for _ in 0..24 {
        site.clock.advance(29 * 60);
        site.get(&mine, "/api/v1/session").expect(200);
        site.runtime.block_on(site.office.tend()).unwrap();
    }
    site.clock.advance(29 * 60);
    site.get(&mine, "/api/v1/session").expect(401);
}

#[test]
fn a_new_password_ends_the_other_sessions() {
    let site = Site::sqlite();
    let (first, _, _) = site.set_up();
    let (one, other) = (site.renew(&first), site.renew(&first));
    let change = |body: serde_json::Value| site.send(&site.by(&one, "PUT", "/api/v1/session/password").json(&body));
    let short = json!({ "password": first.password, "new_password": "kurz" });
    assert_eq!(change(short).problem(), "invalid");
    let done = change(json!({ "password": first.password, "new_password": PASSWORDS[3] })).expect(200);
    site.get(&other, "/api/v1/session").expect(401);
    site.get(&one, "/api/v1/session").expect(401);
    let kept = Person {
        cookie: done.cookie().unwrap(),
        ..one
    };
    site.get(&kept, "/api/v1/session").expect(200);
}

#[test]
fn codes_are_good_once_and_recovery_codes_too() {
    let site = Site::sqlite();
    let (first, _, _) = site.set_up();
    let factor = first.factor.clone().unwrap();
    let code = site.code(&factor);
    site.sign_in(&first.login, &first.password, Some(&code)).expect(201);
    site.sign_in(&first.login, &first.password, Some(&code)).expect(401);
    // Only the password: it is said what is missing, and that is no failure.
    let lacking = site.sign_in(&first.login, &first.password, None).expect(401).json();
    assert!(
        lacking["detail"].as_str().unwrap().contains("authenticator"),
        "{lacking}"
    );
    // A new factor, for its recovery codes.
    let mine = site.renew(&first);
    let body = json!({ "password": first.password, "code": site.code(&factor) });
    let begun = site
        .post(&mine, "/api/v1/session/second-factor", &body)
        .expect(201)
        .json();
    assert!(
        begun["address"].as_str().unwrap().starts_with("otpauth://totp/"),
        "{begun}"
    );
    let wrong = site.post(
        &mine,
        "/api/v1/session/second-factor/confirmation",
        &json!({ "code": "000000" }),
    );
    assert_eq!(wrong.problem(), "invalid");
    // The old factor is in force until the new one is confirmed.
    site.sign_in(&first.login, &first.password, Some(&site.code(&factor)))
        .expect(201);
    let factor = crate::site::base32(begun["secret"].as_str().unwrap());
    let body = json!({ "code": site.code(&factor) });
    let done = site
        .post(&mine, "/api/v1/session/second-factor/confirmation", &body)
        .expect(201)
        .json();
    let codes = done["recovery_codes"].as_array().unwrap();
    assert_eq!(codes.len(), 10);
    let one = codes[0].as_str();
    site.sign_in(&first.login, &first.password, one).expect(201);
    site.sign_in(&first.login, &first.password, one).expect(401);
    site.sign_in(&first.login, &first.password, codes[1].as_str())
        .expect(201);
}

#[test]
fn guessing_is_slowed_and_the_owner_is_not_locked_out() {
    let site = Site::sqlite();
    let (first, _, _) = site.set_up();
    let owner = site.renew(&first);
    let mut refused = 0;
    let mut waits = 0;
    let guess = |login: &str, last: u8| {
        let body = json!({ "login": login, "password": "guess-after-guess-11" });
        site.send(&site.ask("POST", "/api/v1/session").json(&body).from([127, 0, 1, last]))
    };
    for round in 0..60 {
        match guess("chen.an", round).status {
            401 => refused += 1,
            429 => waits += 1,
            other => panic!("{other}"),
        }
    }
    assert!(refused <= 5 && waits >= 55, "refused {refused}, waits {waits}");
    // Who does not exist is answered the same.
    let (there, nobody) = (Site::sqlite(), "nobody.here");
    let strange = there.sign_in(nobody, "guess-after-guess-11", None);
    assert_eq!((strange.status, strange.problem().as_str()), (401, "not-signed-in"));
    for _ in 0..10 {
        guess(nobody, 7);
    }
    assert_eq!(guess(nobody, 8).status, 429);
    // The owner's session and the owner's own place are as before.
    site.get(&owner, "/api/v1/session").expect(200);
    site.renew(&first);
}

#[test]
fn a_link_is_good_once_and_for_a_day() {
    let site = Site::sqlite();
    let (first, _, _) = site.set_up();
    // Nobody sets an office up twice.
    assert_eq!(
        site.runtime
            .block_on(pinji_app::register::setup::first_link(&site.office))
            .unwrap(),
        None
    );
    let made = site
        .post(
            &first,
            "/api/v1/users",
            &json!({ "login": "wang.fang", "name": "王芳" }),
        )
        .expect(201)
        .json();
    let link = made["link"].as_str().unwrap();
    let set = |link: &str, password: &str| {
        site.send(
            &site
                .ask("POST", "/api/v1/passwords")
                .json(&json!({ "link": link, "password": password })),
        )
    };
    assert_eq!(set(link, "passwort").problem(), "invalid");
    assert_eq!(set("unknown", PASSWORDS[3]).status, 401);
    set(link, PASSWORDS[3]).expect(201);
    set(link, PASSWORDS[2]).expect(401);
    let again = site
        .send(&site.by(&first, "POST", &format!("/api/v1/users/{}/links", made["id"])))
        .expect(201)
        .json();
    site.clock.advance(25 * 3600);
    set(again["link"].as_str().unwrap(), PASSWORDS[2]).expect(401);
}

#[test]
fn without_a_second_factor_nobody_manages_people() {
    let site = Site::sqlite();
    let (first, deputy, _) = site.set_up();
    let made = site
        .post(
            &first,
            "/api/v1/users",
            &json!({ "login": "wang.fang", "name": "王芳" }),
        )
        .expect(201)
        .json();
    site.grant(&first, &deputy, made["id"].as_i64().unwrap(), "security_administrator");
    let body = json!({ "link": made["link"], "password": PASSWORDS[3] });
    site.send(&site.ask("POST", "/api/v1/passwords").json(&body))
        .expect(201);
    let answer = site.sign_in("wang.fang", PASSWORDS[3], None).expect(201);
    let bare = Person {
        id: made["id"].as_i64().unwrap(),
        login: "wang.fang".to_owned(),
        password: PASSWORDS[3].to_owned(),
        factor: None,
        cookie: answer.cookie().unwrap(),
    };
    let bare = site.elevate(&bare);
    let body = json!({ "login": "li.na", "name": "李娜" });
    let refused = site.post(&bare, "/api/v1/users", &body);
    assert_eq!(refused.problem(), "forbidden");
    assert!(
        refused.json()["detail"].as_str().unwrap().contains("second factor"),
        "{refused:?}"
    );
    let whole = site.elevate(&site.arrive("wang.fang", PASSWORDS[3]));
    site.post(&whole, "/api/v1/users", &body).expect(201);
}

//! Idempotency: the same request twice has one effect and one answer.

use serde_json::json;

use crate::client::Ask;
use crate::site::sites;

#[test]
fn a_repeated_request_gets_the_first_answer() {
    for site in sites() {
        let (first, deputy, system) = site.set_up();
        let body = json!({ "login": "wang.fang", "name": "王芳" });
        let ask = |key: &str, body: &serde_json::Value| {
            site.by(&first, "POST", "/api/v1/users")
                .without("Idempotency-Key")
                .header("Idempotency-Key", key)
                .json(body)
        };
        let before = site.ledger_size(&system);
        let one = site.send(&ask("k-1", &body)).expect(201);
        let again = site.send(&ask("k-1", &body)).expect(201);
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        for header in ["location", "etag"] {
            assert_eq!(again.header(header), one.header(header), "{}", site.name);
        }
        let (mut first_body, second_body) = (one.json(), again.json());
        assert!(first_body["link"].is_string(), "{one:?}");
        first_body.as_object_mut().unwrap().remove("link");
        assert_eq!(first_body, second_body, "a secret is shown once; all else is the same");
        assert_eq!(site.ledger_size(&system), before + 1);
        let other = site.send(&ask("k-1", &json!({ "login": "li.na", "name": "李娜" })));
        assert_eq!(
            (other.status, other.problem().as_str()),
            (422, "idempotency-key-reused")
        );
        // Another's key is another key.
        let theirs = site.by(&deputy, "POST", "/api/v1/users").without("Idempotency-Key");
        let theirs = theirs
            .header("Idempotency-Key", "k-1")
            .json(&json!({ "login": "li.na", "name": "李娜" }));
        site.send(&theirs).expect(201);
        // A request that was refused did nothing, and its key is free.
        let bad = site.send(&ask("k-2", &json!({ "login": "X", "name": "" })));
        assert_eq!(bad.problem(), "invalid");
        site.send(&ask("k-2", &json!({ "login": "zhao.min", "name": "赵敏" })))
            .expect(201);
    }
}

#[test]
fn many_at_once_under_one_key_make_one_thing() {
    for site in sites() {
        let (first, _, system) = site.set_up();
        let before = site.ledger_size(&system);
        let body = json!({ "login": "wang.fang", "name": "王芳" });
        let ask: Ask = site.by(&first, "POST", "/api/v1/users").without("Idempotency-Key");
        let ask = ask.header("Idempotency-Key", "same").json(&body);
        std::thread::scope(|scope| {
            for _ in 0..16 {
                let (site, ask) = (&site, &ask);
                scope.spawn(move || {
                    let answer = site.send(ask);
                    match answer.status {
                        201 => {}
                        409 => assert_eq!(answer.problem(), "still-working"),
                        _ => panic!("{answer:?}"),
                    }
                });
            }
        });
        assert_eq!(site.ledger_size(&system), before + 1, "{}", site.name);
        site.send(&ask).expect(201);
    }
}

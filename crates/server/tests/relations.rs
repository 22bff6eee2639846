//! Relations: recorded, read as of a day and as known then, closed, and refused with a reason for each way to be wrong.

use pinji_domain::Secrecy;
use serde_json::{Value, json};

use crate::site::{Person, Site, sites};

fn equity(holder: &Value, target: &str, share: &str) -> Value {
    json!({ "holder": holder, "target": { "customer": target }, "sort": "equity", "share": share, "from": "2020-01-01",
        "evidence": "register", "words": "工商登记" })
}

fn record(site: &Site, by: &Person, relations: &[Value]) -> crate::client::Answer {
    site.post(by, "/api/v1/relations", &json!({ "relations": relations }))
}

#[test]
fn a_relation_is_recorded_read_as_of_then_and_closed() {
    for site in sites() {
        let (first, deputy, system) = site.set_up();
        let updater = site.employ(&first, &deputy, "wang.fang", &["updater"]);
        let risk = site.employ(&first, &deputy, "sun.li", &["risk_officer"]);
        let open = Secrecy::Internal;
        site.plant_customers(&[
            ("C-1", "海岸贸易有限公司", open, None),
            ("C-2", "远山制造有限公司", open, None),
        ]);
        let before = site.ledger_size(&system);
        let made = record(
            &site,
            &updater,
            &[
                equity(&json!({ "person": "陈安" }), "C-1", "51"),
                equity(&json!({ "customer": "C-1" }), "C-2", "33.3333"),
            ],
        )
        .expect(201)
        .json();
        assert_eq!(
            site.ledger_size(&system),
            before + 1,
            "one entry for both, {}",
            site.name
        );
        assert_eq!(made["items"][1]["share"], "33.3333", "{made}");
        assert_eq!(made["items"][0]["holder"]["name"], "陈安");
        assert_eq!(made["doubts"], json!([]));
        let id = made["items"][1]["id"].as_i64().unwrap();
        // The names of persons are for whoever deals with customers' files; the risk officer reads the rest.
        let seen = site.get(&risk, "/api/v1/customers/C-1/relations").expect(200).json();
        assert_eq!(seen["items"].as_array().unwrap().len(), 2);
        assert_eq!(seen["items"][0]["holder"]["name"], Value::Null, "{seen}");
        assert_eq!(seen["items"][0]["holder"]["sort"], "person");
        // The same person again is the same party.
        let again = record(&site, &updater, &[equity(&json!({ "person": "陈安" }), "C-2", "5")])
            .expect(201)
            .json();
        assert_eq!(again["items"][0]["holder"]["id"], made["items"][0]["holder"]["id"]);

        site.clock.advance(1);
        let then = site.clock.now().to_string();
        site.clock.advance(60);
        let closing = format!("/api/v1/relations/{id}/closing");
        let ask = |body: Value| site.post(&updater, &closing, &body);
        assert_eq!(ask(json!({ "reason": "" })).problem(), "invalid");
        assert_eq!(
            ask(json!({ "until": "2019-01-01", "reason": "转让" })).problem(),
            "invalid"
        );
        let before = site.ledger_size(&system);
        let closed = ask(json!({ "until": "2024-07-01", "reason": "转让" }))
            .expect(200)
            .json();
        assert_eq!(closed["until"], "2024-07-01");
        assert_eq!(ask(json!({ "reason": "转让" })).problem(), "conflict");
        assert_eq!(site.ledger_size(&system), before + 1);
        let count = |query: &str| {
            let all = site
                .get(&updater, &format!("/api/v1/customers/C-2/relations?{query}"))
                .expect(200)
                .json();
            let items = all["items"].as_array().unwrap().clone();
            items.iter().filter(|one| one["share"] == "33.3333").count()
        };
        assert_eq!(count("on=2024-06-30"), 1);
        assert_eq!(count("on=2024-07-01"), 0);
        assert_eq!(
            count(&format!("on=2024-07-01&known_at={then}")),
            1,
            "as it was known then"
        );
        // It never was so: today nobody knows of it, and then it was known.
        let wrong = made["items"][0]["id"].as_i64().unwrap();
        let gone = site.post(
            &updater,
            &format!("/api/v1/relations/{wrong}/closing"),
            &json!({ "reason": "录错" }),
        );
        assert!(gone.expect(200).json()["known_to"].is_string());
        let party = made["items"][0]["holder"]["id"].as_i64().unwrap();
        let of = |query: &str| {
            let all = site
                .get(&updater, &format!("/api/v1/relations?party={party}{query}"))
                .expect(200)
                .json();
            all["items"].as_array().unwrap().len()
        };
        assert_eq!((of(""), of(&format!("&known_at={then}"))), (1, 2));
        let pages = site.get(&updater, "/api/v1/relations?limit=1").expect(200).json();
        assert!(pages["next"].is_string(), "{pages}");
    }
}

#[test]
fn each_way_to_be_wrong_is_said_and_nothing_is_kept() {
    for site in sites() {
        let (first, deputy, system) = site.set_up();
        let updater = site.employ(&first, &deputy, "wang.fang", &["updater"]);
        site.plant_customers(&[
            ("C-1", "海岸贸易有限公司", Secrecy::Internal, None),
            ("C-2", "远山制造有限公司", Secrecy::Internal, None),
            ("C-9", "机密客户有限公司", Secrecy::Confidential, None),
        ]);
        let before = site.ledger_size(&system);
        let one = json!({ "customer": "C-1" });
        let check = |relation: Value, pointer: &str, says: &str| {
            // A good one beside it is not kept either.
            let answer = record(
                &site,
                &updater,
                &[equity(&json!({ "company": "好的" }), "C-2", "10"), relation],
            );
            assert_eq!(answer.status, 400 + 22, "{answer:?}");
            assert_eq!(answer.problem(), "invalid");
            let errors = answer.json()["errors"].clone();
            assert_eq!(errors[0]["pointer"], format!("/relations/1{pointer}"), "{errors}");
            assert!(errors.to_string().contains(says), "{errors}");
        };
        let with = |changes: Value| {
            let mut relation = equity(&one, "C-2", "10");
            for (field, value) in changes.as_object().unwrap() {
                relation[field] = value.clone();
            }
            relation
        };
        check(with(json!({ "share": "100.0001" })), "/share", "100.0001");
        check(with(json!({ "share": "33.33333" })), "/share", "4 at most");
        check(with(json!({ "share": "-1" })), "/share", "percentage");
        check(with(json!({ "target": one, "share": "10.5" })), "/share", "own shares");
        check(
            with(json!({ "target": one, "sort": "other", "share": null })),
            "",
            "related to itself",
        );
        check(with(json!({ "target": { "customer": "C-404" } })), "/target", "C-404");
        check(
            with(json!({ "target": { "customer": "C-9" } })),
            "/target",
            "no party `C-9`",
        );
        check(with(json!({ "target": { "party": 4711 } })), "/target", "4711");
        check(
            with(json!({ "target": { "person": "陈安" } })),
            "/target",
            "Only a company",
        );
        check(
            with(json!({ "target": { "customer": "C-2", "company": "两种" } })),
            "/target",
            "exactly one",
        );
        check(with(json!({ "until": "2019-12-31" })), "/until", "2020-01-01");
        check(with(json!({ "from": "2020-02-30" })), "/from", "2020-02-30");
        check(with(json!({ "sort": "voting", "share": null })), "/share", "percentage");
        check(with(json!({ "sort": "management" })), "/share", "Only shares and votes");
        check(with(json!({ "sort": "kin", "share": null })), "/sort", "`kin`");
        check(with(json!({ "sort": "family", "share": null })), "/kinship", "how near");
        check(
            with(json!({ "sort": "family", "share": null, "kinship": "spouse" })),
            "",
            "two named persons",
        );
        check(with(json!({ "evidence": "hearsay" })), "/evidence", "hearsay");
        check(with(json!({ "file": "00" })), "/file", "not uploaded");
        assert_eq!(record(&site, &updater, &[]).problem(), "invalid");
        assert_eq!(site.ledger_size(&system), before, "nothing was kept, {}", site.name);
        let all = site.get(&updater, "/api/v1/relations").expect(200).json();
        assert_eq!(all["items"], json!([]), "{all}");

        // Two that sum to more than the whole are taken, and pointed out.
        let sum = record(
            &site,
            &updater,
            &[
                equity(&json!({ "company": "甲控股有限公司" }), "C-1", "70"),
                equity(&json!({ "company": "乙控股有限公司" }), "C-1", "60"),
            ],
        )
        .expect(201)
        .json();
        assert_eq!(sum["doubts"][0]["code"], "groups-doubt-equity-beyond", "{sum}");
        assert!(sum["doubts"][0]["text"].as_str().unwrap().contains("130."), "{sum}");
    }
}

#[test]
fn what_is_not_ones_own_is_not_there() {
    for site in sites() {
        let (first, deputy, _) = site.set_up();
        let updater = site.employ(&first, &deputy, "wang.fang", &["updater"]);
        let manager = site.employ(&first, &deputy, "li.lei", &["account_manager"]);
        let open = Secrecy::Internal;
        site.plant_customers(&[
            ("C-1", "海岸贸易有限公司", open, Some(manager.id)),
            ("C-2", "远山制造有限公司", open, None),
            ("C-9", "机密客户有限公司", Secrecy::Confidential, Some(manager.id)),
        ]);
        let made = record(
            &site,
            &updater,
            &[
                equity(&json!({ "person": "陈安" }), "C-1", "60"),
                equity(&json!({ "customer": "C-2" }), "C-1", "40"),
            ],
        )
        .expect(201)
        .json();
        let mine = site.get(&manager, "/api/v1/customers/C-1/relations").expect(200).json();
        assert_eq!(
            mine["items"].as_array().unwrap().len(),
            1,
            "the other end is not his: {mine}"
        );
        assert_eq!(mine["items"][0]["holder"]["name"], "陈安");
        let nothing = site.get(&manager, "/api/v1/customers/C-404/relations").expect(404);
        for code in ["C-2", "C-9"] {
            let hidden = site
                .get(&manager, &format!("/api/v1/customers/{code}/relations"))
                .expect(404);
            let plain = |answer: &crate::client::Answer| {
                let mut body = answer.json();
                body["instance"] = Value::Null;
                body
            };
            assert_eq!(plain(&hidden), plain(&nothing));
        }
        let id = made["items"][1]["id"].as_i64().unwrap();
        let closing = format!("/api/v1/relations/{id}/closing");
        assert_eq!(
            site.post(&manager, &closing, &json!({ "reason": "x" })).problem(),
            "not-found"
        );
        let own = made["items"][0]["id"].as_i64().unwrap();
        let closing = format!("/api/v1/relations/{own}/closing");
        assert_eq!(
            site.post(&manager, &closing, &json!({ "reason": "x" })).problem(),
            "forbidden"
        );
        assert_eq!(
            record(&site, &manager, &[equity(&json!({ "person": "陈安" }), "C-1", "1")]).problem(),
            "forbidden"
        );
    }
}

//! Customers: who may see and change them, versions, names, duplicates, conflicts of interest. K1, L3, Z2.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::json;

use crate::business::Business;
use crate::site::{Person, Site, sites};

const ONE: &str = "/api/v1/customers/C-1";

#[test]
fn a_customer_is_made_changed_and_assigned_each_with_one_entry() {
    for site in sites() {
        let b = Business::open(&site);
        let before = site.ledger_size(&b.system);
        let made = site.customer(
            &b.east,
            "C-1",
            "海岸贸易有限公司",
            json!({ "size": "medium", "region": "华东", "custom": { "vip": true, "aliases": ["海岸"] } }),
        );
        assert_eq!(made.header("location"), Some(ONE), "{}", site.name);
        let body = made.json();
        // An account manager's customer is his own, and his team's.
        assert_eq!(
            (body["manager"].as_i64(), body["team"].as_i64()),
            (Some(b.east.id), Some(b.east_team))
        );
        let changed = site
            .patch(
                &b.east,
                ONE,
                &json!({ "name": "海岸国际有限公司", "region": null, "custom": { "vip": null } }),
            )
            .expect(200)
            .json();
        assert_eq!(
            (&changed["region"], &changed["custom"]),
            (&json!(null), &json!({ "aliases": ["海岸"] }))
        );
        let names: Vec<&str> = changed["names"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["海岸贸易有限公司", "海岸国际有限公司"]);
        assert_eq!(changed["names"][0]["known_to"], changed["names"][1]["known_from"]);
        // Who looks after it does not assign it; the rating administrator does.
        let assign = |by: &Person, body: serde_json::Value| {
            let tag = site.get(by, ONE).expect(200).header("etag").unwrap().to_owned();
            let path = format!("{ONE}/assignment");
            site.send(&site.by(by, "PUT", &path).header("If-Match", &tag).json(&body))
        };
        let to_west = json!({ "manager": b.west.id, "team": b.west_team });
        assert_eq!(assign(&b.east, to_west.clone()).problem(), "forbidden");
        let wrong = assign(&b.rater, json!({ "manager": b.rater.id, "team": 999 }));
        assert_eq!(wrong.json()["errors"].as_array().unwrap().len(), 2, "{wrong:?}");
        assign(&b.rater, to_west).expect(200);
        assert_eq!(site.ledger_size(&b.system), before + 3, "one entry for each");
        // From then on it is the other team's.
        site.get(&b.east, ONE).expect(404);
        site.get(&b.west, ONE).expect(200);
    }
}

#[test]
fn another_teams_customer_looks_like_one_that_is_not_there() {
    for site in sites() {
        let b = Business::open(&site);
        site.customer(&b.east, "C-1", "海岸贸易有限公司", json!({}));
        for part in ["", "/page", "/records", "/records/1/versions"] {
            let [there, not] = ["C-1", "C-9"].map(|code| {
                let answer = site.get(&b.west, &format!("/api/v1/customers/{code}{part}"));
                let mut body = answer.json();
                body["instance"] = json!(null);
                (answer.status, body)
            });
            assert_eq!(there, not, "{} {part}", site.name);
            assert_eq!(there.0, 404);
        }
        for (method, part) in [("PATCH", ""), ("PUT", "/assignment")] {
            let [there, not] = ["C-1", "C-9"].map(|code| {
                let ask = site.by(&b.west, method, &format!("/api/v1/customers/{code}{part}"));
                let answer = site.send(&ask.header("If-Match", "\"1\"").json(&json!({})));
                let mut body = answer.json();
                body["instance"] = json!(null);
                (answer.status, body)
            });
            assert_eq!(there, not, "{method} {part}");
        }
        // Who has no business with customers is told so, whatever is asked for.
        assert_eq!(site.get(&b.first, ONE).problem(), "forbidden");
        assert_eq!(site.get(&b.first, "/api/v1/customers/C-9").problem(), "forbidden");
        assert_eq!(site.get(&b.first, "/api/v1/customers").problem(), "forbidden");
    }
}

#[test]
fn a_declared_conflict_closes_everything() {
    let site = Site::sqlite();
    let b = Business::open(&site);
    site.customer(&b.east, "C-1", "海岸贸易有限公司", json!({}));
    site.get(&b.east, ONE).expect(200);
    let before = site.ledger_size(&b.system);
    let declare = |code: &str| {
        site.post(
            &b.east,
            "/api/v1/session/conflicts",
            &json!({ "customer": code, "reason": "配偶持股" }),
        )
    };
    // What is not there is declared as well: the answer tells nothing.
    let (one, other) = (declare("C-1").expect(201), declare("C-9").expect(201));
    assert_eq!(
        one.json()["declared_at"].is_string(),
        other.json()["declared_at"].is_string()
    );
    assert_eq!(declare("C-1").problem(), "conflict");
    assert_eq!(site.ledger_size(&b.system), before + 2);
    for part in ["", "/page", "/records"] {
        assert_eq!(
            site.get(&b.east, &format!("{ONE}{part}")).problem(),
            "not-found",
            "{part}"
        );
    }
    for list in ["/api/v1/customers?count=true", "/api/v1/customers?count=true&q=haian"] {
        let body = site.get(&b.east, list).expect(200).json();
        assert_eq!(
            (body["items"].as_array().unwrap().len(), body["count"]["rows"].as_i64()),
            (0, Some(0)),
            "{list}"
        );
    }
    let ask = site
        .by(&b.east, "PATCH", ONE)
        .header("If-Match", "\"1\"")
        .json(&json!({ "region": "华东" }));
    assert_eq!(site.send(&ask).problem(), "not-found");
    assert_eq!(
        site.get(&b.east, "/api/v1/session/conflicts").json()["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    site.get(&b.updater, ONE).expect(200);
}

/// K1.
#[test]
fn of_two_writers_exactly_one_wins() {
    for site in sites() {
        let b = Business::open(&site);
        site.customer(&b.east, "C-1", "海岸贸易有限公司", json!({}));
        for round in 0..site.races(200) {
            let tag = site.get(&b.east, ONE).expect(200).header("etag").unwrap().to_owned();
            let won = AtomicU32::new(0);
            std::thread::scope(|scope| {
                for (who, field) in [(&b.east, "region"), (&b.updater, "industry")] {
                    let (site, tag, won) = (&site, &tag, &won);
                    scope.spawn(move || {
                        let body = json!({ field: format!("第{round}轮") });
                        let answer = site.send(&site.by(who, "PATCH", ONE).header("If-Match", tag).json(&body));
                        match answer.status {
                            200 => drop(won.fetch_add(1, Ordering::SeqCst)),
                            412 => {
                                // The other's field, and when it was changed; never one's own.
                                let other = if field == "region" { "industry" } else { "region" };
                                assert_eq!(answer.json()["changed"], json!([other, "changed_at"]), "{answer:?}");
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
fn who_may_be_the_same_is_pointed_out() {
    for site in sites() {
        let b = Business::open(&site);
        let uscc = "91350100M000100Y43";
        site.customer(&b.updater, "C-1", "福建海岸贸易有限公司", json!({ "uscc": uscc }));
        let same = site
            .customer(
                &b.updater,
                "C-2",
                "完全不同的名字",
                json!({ "uscc": uscc.to_lowercase() }),
            )
            .json();
        assert_eq!(
            (&same["alike"][0]["code"], &same["alike"][0]["by"]),
            (&json!("C-1"), &json!("uscc")),
            "{}",
            site.name
        );
        assert_eq!(same["uscc"], uscc, "as it is kept");
        let named = site.customer(&b.updater, "C-3", "福建海岸貿易公司", json!({})).json();
        assert_eq!(
            (&named["alike"][0]["code"], &named["alike"][0]["by"]),
            (&json!("C-1"), &json!("name")),
            "{named}"
        );
        assert!(named["alike"][0]["likeness"].as_u64().unwrap() >= 850);
        let none = site
            .customer(&b.updater, "C-4", "成都火锅餐饮管理有限公司", json!({}))
            .json();
        assert_eq!(none["alike"], json!([]));
        // One of another team is not named to whom it is hidden.
        let hidden = site.customer(&b.east, "C-5", "福建海岸贸易有限公司", json!({})).json();
        assert_eq!(hidden["alike"], json!([]), "{hidden}");
    }
}

#[test]
fn bad_input_is_told_where_it_stands_and_nothing_is_written() {
    let site = Site::sqlite();
    let b = Business::open(&site);
    site.customer(&b.updater, "C-1", "海岸贸易有限公司", json!({}));
    let before = site.ledger_size(&b.system);
    let check = |body: serde_json::Value, pointers: &[&str]| {
        let answer = site.post(&b.updater, "/api/v1/customers", &body);
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (422, "invalid"),
            "{body} {answer:?}"
        );
        let told = answer.json();
        let found: Vec<&str> = told["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["pointer"].as_str().unwrap())
            .collect();
        assert_eq!(found, pointers, "{told}");
        assert!(told["errors"][0]["detail"].as_str().unwrap().len() > 10, "{told}");
    };
    check(json!({ "code": "C-2", "name": "甲", "colour": "red" }), &["/colour"]);
    check(
        json!({ "code": "C-2", "name": "甲", "uscc": "91350100M000100Y44" }),
        &["/uscc"],
    );
    check(json!({ "code": "C 2/", "name": "" }), &["/name", "/code"]);
    check(json!({ "code": "export.csv", "name": "甲" }), &["/code"]);
    check(
        json!({ "code": "C-2", "name": "甲", "size": "huge", "secrecy": "top" }),
        &["/size", "/secrecy"],
    );
    check(
        json!({ "code": "C-2", "name": "甲", "custom": { "Bad": 1, "list": [1], "aliases": "x" } }),
        &["/custom/Bad", "/custom/list", "/custom/aliases"],
    );
    check(json!({ "code": "C-1", "name": "乙" }), &["/code"]);
    let bare = site.by(&b.updater, "PATCH", ONE).json(&json!({ "name": "乙" }));
    assert_eq!(site.send(&bare).problem(), "version-needed");
    let wrong = site.patch(&b.updater, ONE, &json!({ "manager": 3 }));
    assert_eq!(wrong.json()["errors"][0]["pointer"], "/manager");
    assert_eq!(site.ledger_size(&b.system), before);
}

#[test]
fn what_is_confidential_needs_a_permission_and_each_reading_is_written_down() {
    for site in sites() {
        let b = Business::open(&site);
        site.customer(&b.east, "C-1", "海岸贸易有限公司", json!({}));
        site.patch(&b.east, ONE, &json!({ "secrecy": "confidential" }))
            .expect(200);
        assert_eq!(site.get(&b.east, ONE).problem(), "not-found", "{}", site.name);
        let chair = site.employ(&b.first, &b.deputy, "chair", &["committee_chair"]);
        let until = site.clock.now().plus_seconds(3600).to_string();
        let wanted = json!({ "customer": "C-1", "purpose": "年度复审", "until": until });
        let asked = site.post(&b.east, "/api/v1/access-requests", &wanted).expect(201);
        let approval = format!("{}/approval", asked.header("location").unwrap());
        site.post(&chair, &approval, &json!({})).expect(200);
        // A permission holds from the instant after the one of its approval.
        site.clock.advance(1);
        for path in [
            ONE,
            &format!("{ONE}/page"),
            &format!("{ONE}/records"),
            "/api/v1/customers",
        ] {
            site.get(&b.east, path).expect(200);
        }
        let store = site.second_store();
        let read: Vec<(String, bool)> = site.runtime.block_on(async {
            let customer = store.customer_by_code("C-1").await.unwrap().unwrap();
            let readings = store.readings_of(customer.id, None, 10).await.unwrap();
            store.close().await.unwrap();
            readings
                .into_iter()
                .map(|one| (one.what, one.permission.is_some()))
                .collect()
        });
        let wanted = ["list", "records", "page", "customer"].map(|what| (what.to_owned(), true));
        assert_eq!(read, wanted);
    }
}

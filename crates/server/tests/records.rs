//! Records in two times, with provenance, masked by the class of their fields; and the page of a customer.

use pinji_domain::{Date, date};
use serde_json::{Value, json};

use crate::business::Business;
use crate::site::{Site, sites};

const RECORDS: &str = "/api/v1/customers/C-1/records";

fn day(text: &str) -> Option<Date> {
    date::parse(text)
}

fn statement(period: &str, revenue: i64) -> Value {
    json!({ "customer": "C-1", "period_end": period, "period_type": "annual", "revenue": revenue })
}

#[test]
fn what_was_known_when_about_which_day() {
    for site in sites() {
        let b = Business::open(&site);
        site.customer(&b.east, "C-1", "海岸贸易有限公司", json!({}));
        let by = [b.east.id, b.west.id];
        let plant = |key: &str, period: &str, revenue: i64| {
            site.plant_records(
                "C-1",
                "financial_statement",
                by,
                &[(key, day(period), statement(period, revenue))],
            )
        };
        plant("2024", "2024-12-31", 100_000);
        plant("2025", "2025-12-31", 200_050);
        site.clock.advance(60);
        let between = site.clock.now().to_string();
        site.clock.advance(60);
        let correction = plant("2025", "2025-12-31", 190_000);
        let revenues = |query: &str| -> Vec<String> {
            let body = site
                .get(&b.east, &format!("{RECORDS}?kind=financial_statement&{query}"))
                .expect(200)
                .json();
            let items = body["items"].as_array().unwrap().clone();
            items
                .iter()
                .map(|one| one["values"]["revenue"].as_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(revenues(""), ["1900.00", "1000.00"], "{}", site.name);
        assert_eq!(revenues(&format!("known_at={between}")), ["2000.50", "1000.00"]);
        assert_eq!(revenues("as_of=2025-06-30"), ["1000.00"]);
        assert_eq!(
            revenues(&format!("as_of=2025-12-31&known_at={between}")),
            ["2000.50", "1000.00"]
        );
        assert_eq!(revenues("known_at=2000-01-01T00:00:00Z"), Vec::<String>::new());
        // Page by page.
        let first = site.get(&b.east, &format!("{RECORDS}?limit=1")).expect(200).json();
        let cursor = first["next"].as_str().unwrap();
        let second = site
            .get(&b.east, &format!("{RECORDS}?limit=1&cursor={cursor}"))
            .expect(200)
            .json();
        assert_eq!(
            (&second["items"][0]["values"]["revenue"], &second["next"]),
            (&json!("1000.00"), &json!(null))
        );
        assert_eq!(
            site.get(&b.updater, &format!("{RECORDS}?limit=1&cursor={cursor}"))
                .problem(),
            "bad-cursor"
        );
        // All versions, with who brought and who closed them.
        let id = first["items"][0]["id"].as_i64().unwrap();
        let all = site
            .get(&b.east, &format!("{RECORDS}/{id}/versions"))
            .expect(200)
            .json();
        let (old, new) = (&all["items"][0], &all["items"][1]);
        assert_eq!(old["known_to"], new["known_from"]);
        assert_eq!(old["from"]["closed_by"], correction.0);
        assert_eq!(
            (&new["from"]["channel"], &new["from"]["file_name"]),
            (&json!("workbook"), &json!("年报.xlsx"))
        );
        assert_eq!(
            (new["from"]["collected_by"].as_i64(), new["from"]["audited_by"].as_i64()),
            (Some(by[0]), Some(by[1]))
        );
        let problem = |query: &str| {
            let answer = site.get(&b.east, &format!("{RECORDS}?{query}"));
            (answer.status, answer.json()["errors"][0]["pointer"].clone())
        };
        assert_eq!(problem("as_of=2025-13-01"), (422, json!("/as_of")));
        assert_eq!(problem("known_at=yesterday"), (422, json!("/known_at")));
        assert_eq!(problem("kind=colour"), (422, json!("/kind")));
    }
}

#[test]
fn fields_about_persons_are_masked_for_whom_they_are_not() {
    for site in sites() {
        let b = Business::open(&site);
        let rater = site.elevate(&b.rater);
        let own = "[kind.customer]\n[[kind.customer.field]]\nid = \"legal_person\"\ntype = \"text\"\npersonal = true\n\
            label = { zh = \"法定代表人姓名\", en = \"Name of the legal representative\" }\n";
        site.post(&rater, "/api/v1/kinds", &json!({ "name": "own.toml", "text": own }))
            .expect(201);
        site.customer(
            &b.east,
            "C-1",
            "海岸贸易有限公司",
            json!({ "custom": { "legal_person": "某某某", "vip": true } }),
        );
        let row = json!({ "id": "C-1", "name": "海岸贸易有限公司", "legal_person": "某某某" });
        site.plant_records("C-1", "customer", [b.east.id, b.west.id], &[("C-1", None, row)]);
        let look = |who| {
            let customer = site.get(who, "/api/v1/customers/C-1").expect(200).json();
            let record = site.get(who, RECORDS).expect(200).json()["items"][0].clone();
            let page = site.get(who, "/api/v1/customers/C-1/page").expect(200).json();
            let on_page = page["kinds"]
                .as_array()
                .unwrap()
                .iter()
                .find(|one| one["kind"] == "customer")
                .unwrap()["records"][0]
                .clone();
            assert_eq!(on_page["values"], record["values"]);
            assert_eq!(page["customer"]["custom"], customer["custom"]);
            (
                customer["custom"].clone(),
                customer["masked"].clone(),
                record["values"]["legal_person"].clone(),
                record["masked"].clone(),
            )
        };
        let (custom, masked, value, fields) = look(&b.east);
        assert_eq!(
            (&custom["legal_person"], &masked, &value, &fields),
            (&json!("某某某"), &json!([]), &json!("某某某"), &json!([])),
            "{}",
            site.name
        );
        let (custom, masked, value, fields) = look(&rater);
        assert_eq!((&custom["legal_person"], &custom["vip"]), (&json!("***"), &json!(true)));
        assert_eq!(
            (&masked, &value, &fields),
            (&json!(["custom.legal_person"]), &json!("***"), &json!(["legal_person"]))
        );
        let file = site.get(&rater, "/api/v1/customers/export.csv").expect(200);
        assert!(file.body.contains("***") && !file.body.contains("某某某"), "{file:?}");
    }
}

#[test]
fn the_page_tells_ages_and_what_is_overdue() {
    let site = Site::sqlite();
    let b = Business::open(&site);
    site.customer(&b.east, "C-1", "海岸贸易有限公司", json!({}));
    let by = [b.east.id, b.west.id];
    site.plant_records(
        "C-1",
        "financial_statement",
        by,
        &[("2015", day("2015-12-31"), statement("2015-12-31", 1))],
    );
    let page = site.get(&b.east, "/api/v1/customers/C-1/page").expect(200).json();
    let part = page["kinds"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["kind"] == "financial_statement")
        .unwrap();
    assert_eq!(
        (&part["newest"], &part["fresh"]),
        (&json!("2015-12-31"), &json!(false)),
        "{part}"
    );
    assert!(
        part["overdue_days"].as_i64().unwrap() < part["age_days"].as_i64().unwrap(),
        "{part}"
    );
    assert_eq!(
        (&page["groups"], &page["grades"], &page["customer"]["code"]),
        (&json!([]), &json!([]), &json!("C-1"))
    );
    assert_eq!(site.get(&b.west, "/api/v1/customers/C-1/page").problem(), "not-found");
}

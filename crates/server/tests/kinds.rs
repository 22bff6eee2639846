//! Record kinds and policies: what holds, templates that can be opened, the company's own files.

use std::io::Cursor;

use calamine::{Reader, Xlsx};
use serde_json::json;

use crate::business::Business;
use crate::site::{Site, sites};

const OWN: &str = "[kind.visit]\nname = { zh = \"拜访\", en = \"Visit\" }\nsubject = \"customer\"\ndate = \"day\"\n\
    [[kind.visit.field]]\nid = \"customer\"\ntype = \"text\"\nlabel = { zh = \"客户\", en = \"Customer\" }\n\
    [[kind.visit.field]]\nid = \"day\"\ntype = \"date\"\nlabel = { zh = \"日期\", en = \"Day\" }\n";

fn sheets(bytes: &[u8]) -> Vec<String> {
    let book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    book.sheet_names()
}

#[test]
fn kinds_and_policies_are_told_with_templates() {
    let site = Site::sqlite();
    let b = Business::open(&site);
    let kinds = site.get(&b.east, "/api/v1/kinds").expect(200).json();
    let ids: Vec<&str> = kinds["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    assert!(
        ids.contains(&"customer") && ids.contains(&"financial_statement"),
        "{ids:?}"
    );
    let customer = site.get(&b.east, "/api/v1/kinds/customer").expect(200).json();
    let size = customer["fields"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["id"] == "size")
        .unwrap();
    assert_eq!(
        (&size["type"], &size["choices"][0]["name"]["zh"]),
        (&json!("choice"), &json!("大型"))
    );
    assert!(
        customer["targets"][0]["fresh"].is_string() || customer["targets"][0]["every"].is_string(),
        "{customer}"
    );
    assert_eq!(site.get(&b.east, "/api/v1/kinds/none").problem(), "not-found");
    let template = site.get(&b.east, "/api/v1/kinds/customer/template.xlsx").expect(200);
    assert_eq!(sheets(&template.bytes), ["客户", "_pinji"]);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(template.bytes)).unwrap();
    let sheet = book.worksheet_range("客户").unwrap();
    assert_eq!(sheet.get_value((0, 0)).unwrap().to_string(), "客户编号*");
    assert!(sheet.get_value((1, 0)).unwrap().to_string().starts_with("〔示例〕"));
    let policies = site.get(&b.east, "/api/v1/policies").expect(200).json();
    for policy in policies["items"].as_array().unwrap() {
        assert_eq!(
            (&policy["usable"], &policy["loaded_at"]),
            (&json!(true), &json!(null)),
            "{policy}"
        );
        let path = format!("/api/v1/policies/{}/template.xlsx", policy["id"].as_str().unwrap());
        let template = site.get(&b.east, &path).expect(200);
        let read = policy["kinds"].as_array().unwrap().len();
        assert_eq!(sheets(&template.bytes).len(), read + 1, "{policy}");
        assert!(read >= 1, "{policy}");
    }
    assert_eq!(site.get(&b.first, "/api/v1/kinds").problem(), "forbidden");
}

#[test]
fn the_companys_own_files_are_checked_and_then_hold() {
    for site in sites() {
        let b = Business::open(&site);
        let load = json!({ "name": "own.toml", "text": OWN });
        assert_eq!(
            site.post(&b.rater, "/api/v1/kinds", &load).problem(),
            "elevation-needed",
            "{}",
            site.name
        );
        assert_eq!(site.post(&b.updater, "/api/v1/kinds", &load).problem(), "forbidden");
        let rater = site.elevate(&b.rater);
        let before = site.ledger_size(&b.system);
        let made = site.post(&rater, "/api/v1/kinds", &load).expect(201).json();
        assert_eq!(made["kinds"], json!(["visit"]));
        assert_eq!(
            site.get(&b.east, "/api/v1/kinds/visit").expect(200).json()["date"],
            "day"
        );
        let bad = json!({ "name": "own.toml", "text": OWN.replace("type = \"date\"", "type = \"dat\"") });
        let told = site.post(&rater, "/api/v1/kinds", &bad).expect(422).json();
        let detail = told["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains("own.toml") && detail.contains("line 11"), "{told}");
        let bad = json!({ "name": "../own.toml", "text": OWN });
        assert_eq!(
            site.post(&rater, "/api/v1/kinds", &bad).json()["errors"][0]["pointer"],
            "/name"
        );
        // What records were kept by keeps its meaning.
        site.customer(&b.updater, "C-1", "海岸贸易有限公司", json!({}));
        let day = pinji_domain::date::parse("2026-06-01");
        site.plant_records(
            "C-1",
            "visit",
            [b.east.id, b.west.id],
            &[("", day, json!({ "customer": "C-1", "day": "2026-06-01" }))],
        );
        let changed = json!({ "name": "own.toml", "text": OWN.replace("type = \"date\"", "type = \"text\"").replace("date = \"day\"\n", "") });
        let told = site.post(&rater, "/api/v1/kinds", &changed).expect(422).json();
        assert!(told["errors"][0]["detail"].as_str().unwrap().contains("day"), "{told}");
        // A policy of the company's own takes the place of the one that ships.
        let text = include_str!("../../../policies/small.toml");
        let loaded = site
            .post(&rater, "/api/v1/policies", &json!({ "text": text }))
            .expect(201);
        assert_eq!(loaded.header("location"), Some("/api/v1/policies/small"));
        let now = site.get(&b.east, "/api/v1/policies/small").expect(200).json();
        assert!(now["loaded_at"].is_string(), "{now}");
        let bad = site
            .post(
                &rater,
                "/api/v1/policies",
                &json!({ "text": format!("{text}\ncolour = 1 2\n") }),
            )
            .expect(422)
            .json();
        assert!(bad["errors"][0]["detail"].as_str().unwrap().contains("column"), "{bad}");
        // The planted records have an entry of their own.
        assert_eq!(
            site.ledger_size(&b.system),
            before + 4,
            "kinds, customer, records, policy"
        );
    }
}

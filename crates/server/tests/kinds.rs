//! Record kinds and policies: what holds, templates that can be opened, the company's own files.

use std::io::Cursor;

use calamine::{Reader, Xlsx};
use pinji_app::progress::Unwatched;
use pinji_app::verify::{VerifyRequest, verify};
use pinji_domain::Lang;
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

/// A policy over the company's own kind, and a kind that ships: how often a customer was visited.
const VISITED: &str = r#"
policy = "visited"
version = "1"
subject = "customer"
effective = 2024-01-01
currency = "CNY"
min_coverage = 0.5
name = { zh = "拜访频次", en = "Visits" }

[measure.visits]
from = "visit"
value = "count(distinct day)"
over = "12 months"
name = { zh = "拜访次数", en = "Visits" }

[[dimension]]
id = "care"
weight = 100
name = { zh = "维护", en = "Care" }

[[indicator]]
id = "often"
dimension = "care"
weight = 100
name = { zh = "拜访频次", en = "How often" }
formula = "visits"
unit = "count"
decimals = 0
better = "higher"
bands = [{ below = 2, points = 20 }, { points = 100 }]
missing = "worst"

[[grade]]
id = "close"
name = { zh = "密切", en = "Close" }
when = "total >= 80"

[[grade]]
id = "distant"
name = { zh = "疏远", en = "Distant" }
"#;

#[test]
fn a_run_over_the_companys_own_kind_is_verified_from_its_folder_alone() {
    for site in sites() {
        let b = Business::open(&site);
        let rater = site.elevate(&b.rater);
        let load = json!({ "name": "own/visits.toml", "text": OWN });
        site.post(&rater, "/api/v1/kinds", &load).expect(201);
        let hash = |site: &Site| site.get(&b.east, "/api/v1/policies/visited").expect(200).json()["hash"].clone();
        site.post(&rater, "/api/v1/policies", &json!({ "text": VISITED }))
            .expect(201);
        let loaded = hash(&site);
        for code in ["C-1", "C-2"] {
            site.customer(&b.updater, code, &format!("{code} 公司"), json!({}));
        }
        let visit = |day: &str| {
            (
                "",
                pinji_domain::date::parse(day),
                json!({ "customer": "C-1", "day": day }),
            )
        };
        let days = ["2025-06-01", "2025-07-01", "2025-08-01"];
        site.plant_records("C-1", "visit", [b.east.id, b.west.id], &days.map(visit));
        let run = crate::runs::run(
            &site,
            &rater,
            &json!({ "policies": ["visited"], "as_of": "2025-12-31" }),
        );
        assert_eq!(run["state"], "done", "{}: {run}", site.name);
        let count = |grade: &str| {
            let grades = run["counts"][0]["grades"].as_array().unwrap();
            grades.iter().find(|one| one["id"] == grade).unwrap()["customers"].clone()
        };
        assert_eq!((count("close"), count("distant")), (json!(1), json!(1)), "{run}");

        // Elsewhere, where nothing is known of the office.
        let folder = site.folder.path().join(format!("runs/{}", run["id"]));
        let mut request = VerifyRequest {
            run: folder.join("visited"),
            data: None,
            linked: Vec::new(),
            lang: Lang::En,
        };
        for data in [None, Some(folder.join("data"))] {
            request.data = data;
            let found = verify(&request, &Unwatched).unwrap();
            assert!(found.same, "{}: {found:?}", site.name);
        }
        let manifest = std::fs::read_to_string(folder.join("visited/run.json")).unwrap();
        let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        assert_eq!(manifest["policy"]["kinds"][0]["file"], "kinds/own/visits.toml");
        // A kind that was tampered with is told.
        let kept = folder.join("visited/kinds/own/visits.toml");
        std::fs::write(&kept, OWN.replace("Visit", "Call")).unwrap();
        let found = verify(&request, &Unwatched).unwrap();
        assert_eq!(found.altered, ["kinds/own/visits.toml"], "{found:?}");
        std::fs::write(&kept, OWN).unwrap();
        assert!(verify(&request, &Unwatched).unwrap().same);
        // Other kinds make the policy another one, though its own file is the same.
        let text = OWN.replace("\"Visit\"", "\"Call\"");
        site.post(
            &rater,
            "/api/v1/kinds",
            &json!({ "name": "own/visits.toml", "text": text }),
        )
        .expect(201);
        assert_eq!(hash(&site), loaded);
        let again = crate::runs::run(
            &site,
            &rater,
            &json!({ "policies": ["visited"], "as_of": "2025-12-31" }),
        );
        assert_ne!(again["policy_hash"], run["policy_hash"]);
        assert_eq!(again["snapshot_hash"], run["snapshot_hash"]);
        assert!(
            verify(&request, &Unwatched).unwrap().same,
            "what was made stays as it was"
        );
    }
}

#[test]
fn rules_that_are_loaded_at_the_same_time_are_checked_against_each_other() {
    for site in sites() {
        let b = Business::open(&site);
        let rater = site.elevate(&b.rater);
        for round in 0..6 {
            // A policy that reads a field, and kinds without that field: each would be good without the other.
            let with = OWN.replace("kind.visit", &format!("kind.visit_{round}"));
            let without = with
                .replace("id = \"day\"", "id = \"date\"")
                .replace("date = \"day\"", "date = \"date\"");
            let kinds = |text: &str| json!({ "name": format!("own-{round}.toml"), "text": text });
            site.post(&rater, "/api/v1/kinds", &kinds(&with)).expect(201);
            let policy = VISITED
                .replace("\"visited\"", &format!("\"visited-{round}\""))
                .replace("from = \"visit\"", &format!("from = \"visit_{round}\""));
            let before = site.ledger_size(&b.system);
            let (one, other) = std::thread::scope(|scope| {
                let load = scope.spawn(|| site.post(&rater, "/api/v1/policies", &json!({ "text": policy })).status);
                let change = scope.spawn(|| site.post(&rater, "/api/v1/kinds", &kinds(&without)).status);
                (load.join().unwrap(), change.join().unwrap())
            });
            assert!(
                [(201, 422), (422, 201)].contains(&(one, other)),
                "{}: {one} {other}",
                site.name
            );
            assert_eq!(site.ledger_size(&b.system), before + 1);
            // The other was good by itself.
            site.post(&rater, "/api/v1/kinds", &kinds(&with)).expect(201);
            site.post(&rater, "/api/v1/policies", &json!({ "text": policy }))
                .expect(201);
        }
        let policies = site.get(&b.east, "/api/v1/policies").expect(200).json();
        let mut usable = policies["items"].as_array().unwrap().iter().map(|one| &one["usable"]);
        assert!(usable.all(|usable| *usable == true), "{policies}");
    }
}

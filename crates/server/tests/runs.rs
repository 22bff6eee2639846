//! Runs over what the office keeps: the same grades as `pinji rate`, by the interface, on both databases.

use std::time::{Duration, Instant};

use pinji_app::derive::Write;
use pinji_app::intake::Reading;
use pinji_app::progress::Unwatched;
use pinji_app::rate::{RateRequest, rate};
use pinji_app::regulation::Origin;
use pinji_domain::{CustomerId, GroupId, Lang, RunId, UserId, date};
use serde_json::{Value, json};

use crate::book::Book;
use crate::site::{Person, Site, sites};

const POLICY: &str = "tob-standard";
const AS_OF: &str = "2025-12-31";

/// Asks for a run and waits for its end.
pub fn run(site: &Site, by: &Person, body: &Value) -> Value {
    let asked = site.post(by, "/api/v1/runs", body).expect(202);
    let job = asked.header("location").unwrap().to_owned();
    let id = asked.json()["id"].as_i64().unwrap();
    let began = Instant::now();
    while site.get(by, &job).expect(200).json()["finished_at"].is_null() {
        assert!(began.elapsed() < Duration::from_secs(60), "{:?}", site.get(by, &job));
        std::thread::sleep(Duration::from_millis(50));
    }
    site.get(by, &format!("/api/v1/runs/{id}")).expect(200).json()
}

fn rating_administrator(site: &Site) -> (Person, Person) {
    let (first, deputy, system) = site.set_up();
    (
        site.employ(&first, &deputy, "wang.fang", &["rating_administrator"]),
        system,
    )
}

fn all_grades(site: &Site, by: &Person, run: &Value, filter: &str) -> Vec<Value> {
    let mut path = format!("/api/v1/runs/{}/grades?limit=90{filter}", run["id"]);
    let mut all = Vec::new();
    loop {
        let page = site.get(by, &path).expect(200).json();
        all.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(next) = page["next"].as_str() else { return all };
        path = format!("/api/v1/runs/{}/grades?limit=90{filter}&cursor={next}", run["id"]);
    }
}

#[test]
fn a_run_gives_what_pinji_rate_gives_and_one_alone_the_same_bytes() {
    for site in sites() {
        let (wang, _) = rating_administrator(&site);
        let book = Book::new(200, 7);
        site.keep_book(&book, UserId(wang.id));
        let done = run(&site, &wang, &json!({ "policies": [POLICY], "as_of": AS_OF }));
        assert_eq!(done["state"], "done", "{}: {done}", site.name);
        assert_eq!(done["subjects"], 200);

        // The same rows as files, graded by the command's own use case.
        let place = tempfile::tempdir().unwrap();
        book.write_files(&place.path().join("book"));
        let request = RateRequest {
            policy: Origin::Named(POLICY.to_owned()),
            data: place.path().join("book"),
            as_of: date::parse(AS_OF).unwrap(),
            out: place.path().join("graded"),
            previous: None,
            write: Write::All,
            money: None,
            reading: Reading::default(),
            lang: Lang::En,
            dry_run: false,
        };
        let rated = rate(&request, &Unwatched).unwrap();
        let files = done["counts"][0]["files"].as_array().unwrap();
        for name in ["grades.parquet", "lines.parquet", "snapshot.parquet"] {
            let ours = files
                .iter()
                .find(|file| file["name"] == format!("{POLICY}/{name}"))
                .unwrap();
            let theirs = rated
                .manifest
                .outputs
                .iter()
                .find(|output| output.file == name)
                .unwrap();
            assert_eq!(ours["sha256"], theirs.sha256, "{} {name}", site.name);
        }
        let graded: u64 = rated.manifest.grades.iter().map(|grade| grade.customers).sum();
        assert!(
            graded > 20 && rated.manifest.grades.iter().filter(|grade| grade.customers > 0).count() > 1,
            "{:?}",
            rated.manifest.grades
        );

        // Verified from its own folder by the same command as any other run.
        let folder = site.folder.path().join(format!("runs/{}/{POLICY}", done["id"]));
        let verify = pinji_app::verify::VerifyRequest {
            run: folder.clone(),
            data: Some(folder.parent().unwrap().join("data")),
            linked: Vec::new(),
            lang: Lang::En,
        };
        let verified = pinji_app::verify::verify(&verify, &Unwatched).unwrap();
        assert!(verified.same, "{verified:?}");

        let all = all_grades(&site, &wang, &done, "");
        let codes: Vec<&str> = all.iter().map(|row| row["customer"].as_str().unwrap()).collect();
        assert_eq!(codes, book.codes, "each customer once, by number");
        for grade in done["counts"][0]["grades"].as_array().unwrap() {
            let some = all_grades(
                &site,
                &wang,
                &done,
                &format!("&grade={}", grade["id"].as_str().unwrap()),
            );
            assert_eq!(Value::from(some.len()), grade["customers"]);
        }

        // Customers alone, with the bytes of the batch: some, since each is explained with its ways up and down.
        for code in book.codes.iter().step_by(25) {
            let path = format!("/api/v1/runs/{}/grades/{code}", done["id"]);
            let batch = site.get(&wang, &path).expect(200).json();
            let body = json!({ "policy": POLICY, "as_of": AS_OF, "known_at": done["known_at"] });
            let alone = site
                .post(&wang, &format!("/api/v1/customers/{code}/regrade"), &body)
                .expect(200)
                .json();
            assert_eq!(alone["line"], batch["line"], "{code}");
            assert_eq!(alone, batch, "{code}");
            assert!(!batch["explanation"]["why"].as_array().unwrap().is_empty(), "{code}");
        }
    }
}

/// Every fourth customer controls the two after it.
fn relate(site: &Site, updater: &Person, risk: &Person, book: &mut Book) {
    let share = |holder: usize, target: usize| {
        json!({
            "holder": { "customer": book.codes[holder] }, "target": { "customer": book.codes[target] },
            "sort": "equity", "share": "60", "from": "2020-01-01",
        })
    };
    let heads = (0..book.codes.len() - 2).step_by(4);
    let relations: Vec<Value> = heads
        .flat_map(|head| [share(head, head + 1), share(head, head + 2)])
        .collect();
    site.post(updater, "/api/v1/relations", &json!({ "relations": relations }))
        .expect(201);
    site.post(risk, "/api/v1/groups/proposals", &json!({ "on": "2024-01-01" }))
        .expect(200);
    let groups = site
        .get(risk, "/api/v1/groups?limit=500&on=2025-12-31")
        .expect(200)
        .json();
    for group in groups["items"].as_array().unwrap() {
        for member in group["members"].as_array().unwrap() {
            let at = book.codes.iter().position(|code| member["customer"] == *code).unwrap();
            book.groups.insert(at, group["code"].as_str().unwrap().to_owned());
            if at % 4 != 0 {
                book.parents.insert(at, book.codes[at / 4 * 4].clone());
            }
        }
    }
}

fn rated(policy: &std::path::Path, data: &std::path::Path, out: &std::path::Path) -> pinji_app::manifest::Manifest {
    let request = RateRequest {
        policy: Origin::Named(policy.display().to_string()),
        data: data.to_owned(),
        as_of: date::parse(AS_OF).unwrap(),
        out: out.to_owned(),
        previous: None,
        write: Write::All,
        money: None,
        reading: Reading::default(),
        lang: Lang::En,
        dry_run: false,
    };
    rate(&request, &Unwatched).unwrap().manifest
}

#[test]
fn groups_are_graded_too_and_bound_their_members() {
    const GROUPS: &str = "group-standard";
    // The company's own policy: nobody stands above his group.
    const STRICT: &str = "tob-strict";
    let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let strict = std::fs::read_to_string(shipped.join("tob-standard.toml")).unwrap();
    let strict = strict.replace("policy = \"tob-standard\"", "policy = \"tob-strict\"");
    let strict = strict.replace("\"group + 1\"", "\"group\"");
    for site in sites() {
        site.plant_rules("policy", &format!("{STRICT}.toml"), &strict);
        let (first, deputy, _) = site.set_up();
        let wang = site.employ(&first, &deputy, "wang.fang", &["rating_administrator"]);
        let updater = site.employ(&first, &deputy, "sun.li", &["updater"]);
        let risk = site.employ(&first, &deputy, "zhou.kai", &["risk_officer"]);
        let manager = site.employ(&first, &deputy, "li.lei", &["account_manager"]);
        let mut book = Book::new(120, 7);
        // What heads control is in default, so that no group is better than ordinary for long.
        for at in (0..120).filter(|at| [1, 2].contains(&(at % 4))) {
            book.set("credit_report", at, "default_events", 1);
        }
        let ids = site.keep_book(&book, UserId(wang.id));
        relate(&site, &updater, &risk, &mut book);
        let done = run(&site, &wang, &json!({ "policies": [GROUPS, STRICT], "as_of": AS_OF }));
        assert_eq!(done["state"], "done", "{}: {done}", site.name);
        let counts = &done["counts"];
        assert_eq!(
            (&counts[0]["of"], &counts[0]["subjects"]),
            (&"groups".into(), &30.into())
        );
        assert_eq!(
            (&counts[1]["of"], &counts[1]["subjects"]),
            (&"customers".into(), &120.into())
        );

        // The same book as files, graded by the command's own use case.
        let place = tempfile::tempdir().unwrap();
        book.write_files(&place.path().join("book"));
        let policies = place.path().join("policies");
        std::fs::create_dir_all(policies.join("tables")).unwrap();
        for file in [
            "group-standard.toml",
            "credit-nine-level.toml",
            "tables/industry-standards.toml",
        ] {
            std::fs::copy(shipped.join(file), policies.join(file)).unwrap();
        }
        std::fs::write(policies.join("tob-strict.toml"), &strict).unwrap();
        for (at, policy) in [GROUPS, STRICT].into_iter().enumerate() {
            let kept = counts[at]["files"].as_array().unwrap().iter();
            let members = kept.filter(|file| file["name"].as_str().unwrap().contains("/members"));
            assert_eq!(members.count(), 1, "{policy}: {}", counts[at]);
            let file = policies.join(format!("{policy}.toml"));
            let files = rated(&file, &place.path().join("book"), &place.path().join(policy));
            for file in files.outputs.iter().filter(|file| file.file.ends_with(".parquet")) {
                let name = format!("{policy}/{}", file.file);
                let ours = counts[at]["files"].as_array().unwrap().iter();
                let ours = ours
                    .clone()
                    .find(|ours| ours["name"] == name)
                    .unwrap_or_else(|| panic!("{name}"));
                assert_eq!(ours["sha256"], file.sha256, "{}: {name}", site.name);
            }
        }

        // Groups in pages, each once, as many of each grade as were counted.
        let path = format!("/api/v1/runs/{}/groups", done["id"]);
        let page = site.get(&wang, &format!("{path}?limit=20")).expect(200).json();
        let mut groups = page["items"].as_array().unwrap().clone();
        let next = page["next"].as_str().unwrap();
        let rest = site
            .get(&wang, &format!("{path}?limit=20&cursor={next}"))
            .expect(200)
            .json();
        groups.extend(rest["items"].as_array().unwrap().iter().cloned());
        let numbers: Vec<i64> = groups.iter().map(|group| group["group"].as_i64().unwrap()).collect();
        assert!(numbers.len() == 30 && numbers.is_sorted(), "{numbers:?}");
        for grade in counts[0]["grades"].as_array().unwrap() {
            let of = groups.iter().filter(|group| group["grade"] == grade["id"]).count();
            assert_eq!(Value::from(of), grade["customers"]);
            let filter = format!("{path}?grade={}", grade["id"].as_str().unwrap());
            let listed = site.get(&wang, &filter).expect(200).json();
            assert_eq!(
                Value::from(listed["items"].as_array().unwrap().len()),
                grade["customers"]
            );
        }
        let one = site.get(&wang, &format!("{path}/{}", numbers[3])).expect(200).json();
        assert_eq!((&one["code"], &one["grade"]), (&groups[3]["code"], &groups[3]["grade"]));
        assert!(!one["explanation"]["why"].as_array().unwrap().is_empty(), "{one}");
        assert_eq!(one["line"].as_str().unwrap().split('\t').next(), one["code"].as_str());

        // Each member is told with what it entered: heads have consolidated statements, by which others are covered.
        let mut standings = std::collections::BTreeSet::new();
        for number in numbers.iter().take(8) {
            let told = site.get(&wang, &format!("{path}/{number}")).expect(200).json();
            let mut measures = told["explanation"]["measures"].as_array().unwrap().iter();
            let revenue = measures.find(|measure| measure["id"] == "group_revenue").unwrap();
            let members = revenue["members"].as_array().unwrap();
            assert_eq!(members.len(), 3, "{revenue}");
            for member in members {
                standings.insert(member["standing"].as_str().unwrap().to_owned());
                let says = member["says"].as_str().unwrap();
                assert!(says.contains(member["member"].as_str().unwrap()), "{member}");
            }
        }
        assert!(
            ["consolidated", "own", "within"]
                .iter()
                .all(|one| standings.contains(*one)),
            "{standings:?}"
        );

        // Each kind of subject has its own address.
        let other = |path: String| site.get(&wang, &path).expect(422).body;
        assert!(other(format!("{path}?policy={STRICT}")).contains("grades"));
        assert!(other(format!("/api/v1/runs/{}/grades?policy={GROUPS}", done["id"])).contains("groups"));
        assert_eq!(all_grades(&site, &wang, &done, "").len(), 120);

        // A member is at most as high as its group; its own grade stands beside.
        let store = site.second_store();
        let run_id = RunId(done["id"].as_i64().unwrap());
        let (rows, group_rows) = site.runtime.block_on(async {
            let rows = store.results(run_id, 1, CustomerId(0), 500).await.unwrap();
            let group_rows = store.results(run_id, 0, GroupId(0), 500).await.unwrap();
            store.close().await.unwrap();
            (rows, group_rows)
        });
        assert_eq!((rows.len(), group_rows.len()), (120, 30));
        let (mut lowered, mut bounded) = (Vec::new(), 0);
        for row in &rows {
            let at = ids.iter().position(|id| *id == row.subject).unwrap();
            let reasons: Value = serde_json::from_str(&row.reasons).unwrap();
            let Some(code) = book.groups.get(&at) else {
                assert_eq!(reasons["group"], Value::Null);
                continue;
            };
            let group = groups.iter().find(|group| group["code"] == *code).unwrap();
            assert_eq!(reasons["group"]["grade"], group["grade"], "{reasons}");
            let notches = reasons["group"]["notches"].as_array();
            if notches.is_some_and(|notches| !notches.is_empty()) {
                lowered.push(at);
            }
            if let (Some(_), Some(rank)) = (&row.grade, group["grade"].as_str().and(group["rank"].as_i64())) {
                bounded += 1;
                assert!(row.rank >= rank, "{code}: {row:?} in {group}");
                let own = row.rank - notches.map_or(0, Vec::len) as i64;
                assert_eq!(row.rank, own.max(rank), "{code}: {row:?} in {group}");
            }
        }
        assert!(
            bounded > 20 && !lowered.is_empty(),
            "{bounded} bounded, {lowered:?} lowered"
        );

        // Alone as in the batch: lowered ones, one that is free, and one that its group does not lower.
        for at in lowered.iter().take(2).copied().chain([3, 0]) {
            let code = &book.codes[at];
            let batch = site
                .get(&wang, &format!("/api/v1/runs/{}/grades/{code}", done["id"]))
                .expect(200)
                .json();
            let body = json!({ "policy": STRICT, "as_of": AS_OF, "known_at": done["known_at"] });
            let alone = site
                .post(&wang, &format!("/api/v1/customers/{code}/regrade"), &body)
                .expect(200)
                .json();
            assert_eq!(alone, batch, "{code}");
            let told = &batch["explanation"]["group"];
            assert_eq!(told.is_null(), at == 3, "{batch}");
            if lowered.contains(&at) {
                assert!(!told["notches"].as_array().unwrap().is_empty(), "{told}");
                assert_eq!(batch["explanation"]["way_up"], json!([]), "{batch}");
            }
        }

        // Who sees no member sees no group, and none of its grades; who sees some of them is not told the figures of all.
        let hide = |places: std::ops::Range<usize>| {
            let store = site.second_store();
            site.runtime.block_on(async {
                let change = store.change(site.clock.now()).await.unwrap();
                for id in &ids[places] {
                    let mut customer = change.customer(*id).await.unwrap().unwrap();
                    customer.secrecy = pinji_domain::Secrecy::Confidential;
                    change.update_customer(&customer).await.unwrap();
                }
                crate::book::commit(change).await;
                store.close().await.unwrap();
            });
        };
        hide(4..7);
        hide(8..9);
        let seen = site.get(&wang, &format!("{path}?limit=500")).expect(200).json();
        assert_eq!(seen["items"].as_array().unwrap().len(), 29);
        assert_eq!(
            site.get(&wang, &format!("{path}/{}", numbers[1])).problem(),
            "not-found"
        );
        let part = site.get(&wang, &format!("{path}/{}", numbers[2])).expect(200).json();
        assert_eq!(
            (&part["grade"], &part["explanation"]),
            (&groups[2]["grade"], &Value::Null)
        );
        assert_eq!(site.get(&manager, &path).problem(), "not-found");
        assert_eq!(site.get(&wang, &format!("{path}/999")).problem(), "not-found");
        assert_eq!(site.get(&wang, &format!("{path}/x")).problem(), "not-found");
    }
}

#[test]
fn what_was_known_then_is_graded_as_then() {
    let site = Site::sqlite();
    let (wang, _) = rating_administrator(&site);
    let before = site.clock.now();
    let book = Book::new(40, 3);
    let ids = site.keep_book(&book, UserId(wang.id));
    let then = site.clock.advance(120);
    let first = run(
        &site,
        &wang,
        &json!({ "policies": [POLICY], "as_of": AS_OF, "known_at": then.to_string() }),
    );
    assert_eq!(first["state"], "done", "{first}");
    // Everybody's statements are corrected, and a customer is added.
    site.clock.advance(120);
    let key = "2024-06-30\u{1f}annual".to_owned();
    let rows = ids.iter().zip(1..).map(|(customer, row)| pinji_store::AcceptedRow {
        customer: *customer,
        key: key.clone(),
        period: date::parse("2024-06-30"),
        row,
        content: Some(
            json!({ "period_end": "2024-06-30", "period_type": "annual", "revenue": 1, "currency": "CNY" }).to_string(),
        ),
    });
    site.keep_rows("financial_statement", UserId(wang.id), rows.collect());
    site.plant_customer("C99999", pinji_domain::Secrecy::Internal);
    let again = run(
        &site,
        &wang,
        &json!({ "policies": [POLICY], "as_of": AS_OF, "known_at": then.to_string() }),
    );
    assert_eq!(again["snapshot_hash"], first["snapshot_hash"]);
    assert_eq!(again["subjects"], 40);
    let now = run(&site, &wang, &json!({ "policies": [POLICY], "as_of": AS_OF }));
    assert_eq!((&now["state"], &now["subjects"]), (&"done".into(), &41.into()), "{now}");
    assert_ne!(now["snapshot_hash"], first["snapshot_hash"]);
    // Before anybody was there, there is nothing to grade, and the run says so.
    let nobody = run(
        &site,
        &wang,
        &json!({ "policies": [POLICY], "as_of": AS_OF, "known_at": before.plus_seconds(-60).to_string() }),
    );
    assert_eq!(nobody["state"], "failed");
    assert!(nobody["error"].as_str().unwrap().contains("no customers"), "{nobody}");
    let path = format!("/api/v1/runs/{}/grades", nobody["id"]);
    assert_eq!(site.get(&wang, &path).problem(), "conflict");
}

#[test]
fn what_cannot_be_run_is_said_at_once() {
    let site = Site::sqlite();
    let (wang, system) = rating_administrator(&site);
    let size = site.ledger_size(&system);
    let check = |body: Value, pointer: &str, says: &str| {
        let answer = site.post(&wang, "/api/v1/runs", &body);
        assert_eq!(answer.problem(), "invalid", "{body}");
        let errors = answer.json()["errors"].clone();
        assert!(
            errors.to_string().contains(&format!("\"{pointer}\"")),
            "{body}: {errors}"
        );
        assert!(errors.to_string().contains(says), "{body}: {errors}");
    };
    check(
        json!({ "policies": ["tob"], "as_of": AS_OF }),
        "/policies/0",
        "tob-standard",
    );
    check(json!({ "policies": [], "as_of": AS_OF }), "/policies", "1 to 10");
    check(
        json!({ "policies": [POLICY, POLICY], "as_of": AS_OF }),
        "/policies/1",
        "twice",
    );
    check(
        json!({ "policies": [POLICY], "as_of": "2025-02-30" }),
        "/as_of",
        "2026-06-30",
    );
    check(
        json!({ "policies": [POLICY], "as_of": AS_OF, "known_at": "yesterday" }),
        "/known_at",
        "2026-11-22T08:00:00Z",
    );
    check(
        json!({ "policies": [POLICY], "as_of": AS_OF, "known_at": "2126-01-10T00:00:00Z" }),
        "/known_at",
        "past",
    );
    check(
        json!({ "policies": [POLICY], "as_of": AS_OF, "previous": 77 }),
        "/previous",
        "compare",
    );
    check(
        json!({ "policies": [POLICY], "as_of": AS_OF, "name": " " }),
        "/name",
        "200",
    );
    assert_eq!(site.ledger_size(&system), size, "nothing was kept");
    for path in [
        "/api/v1/runs/77",
        "/api/v1/runs/77/grades",
        "/api/v1/runs/77/grades/C1",
        "/api/v1/runs/x/grades/C1",
    ] {
        assert_eq!(site.get(&wang, path).problem(), "not-found", "{path}");
    }
    let body = json!({ "policy": POLICY, "as_of": AS_OF });
    assert_eq!(
        site.post(&wang, "/api/v1/customers/C404/regrade", &body).problem(),
        "not-found"
    );
}

#[test]
fn a_repeated_request_makes_one_run_and_a_cancelled_one_has_no_results() {
    let site = Site::sqlite();
    let (wang, system) = rating_administrator(&site);
    site.keep_book(&Book::new(30, 5), UserId(wang.id));
    let body = json!({ "policies": [POLICY], "as_of": AS_OF });
    let ask = site
        .by(&wang, "POST", "/api/v1/runs")
        .json(&body)
        .header("Idempotency-Key", "the-same");
    let before = site.ledger_size(&system);
    let first = site.send(&ask).expect(202);
    let second = site.send(&ask).expect(202);
    assert_eq!(first.json(), second.json());
    assert_eq!(first.header("location"), second.header("location"));
    let id = first.json()["id"].clone();
    let path = format!("/api/v1/runs/{id}");
    let cancelled = site.post(&wang, &format!("{path}/cancellation"), &json!({}));
    let began = Instant::now();
    let run = loop {
        let run = site.get(&wang, &path).expect(200).json();
        if !run["finished_at"].is_null() {
            break run;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{run}");
        std::thread::sleep(Duration::from_millis(50));
    };
    // Either it was stopped in time, or it had been done already.
    match cancelled.status {
        202 => {
            assert!(["cancelled", "done"].contains(&run["state"].as_str().unwrap()), "{run}");
            if run["state"] == "cancelled" {
                assert_eq!(site.get(&wang, &format!("{path}/grades")).problem(), "conflict");
            }
        }
        _ => assert_eq!(run["state"], "done"),
    }
    assert_eq!(
        site.post(&wang, &format!("{path}/cancellation"), &json!({})).problem(),
        "conflict"
    );
    let entries = site.ledger_size(&system) - before;
    let expected = 2 + i64::from(cancelled.status == 202);
    assert!(
        (expected - 1..=expected).contains(&entries),
        "{entries} entries, {expected} expected"
    );
    assert_eq!(
        site.get(&wang, "/api/v1/runs").expect(200).json()["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn files_are_for_those_who_may_export() {
    let site = Site::sqlite();
    let (first, deputy, _) = site.set_up();
    let wang = site.employ(&first, &deputy, "wang.fang", &["rating_administrator"]);
    let li = site.employ(&first, &deputy, "li.na", &["committee_member"]);
    site.keep_book(&Book::new(30, 5), UserId(wang.id));
    let done = run(&site, &wang, &json!({ "policies": [POLICY], "as_of": AS_OF }));
    assert_eq!(done["state"], "done", "{done}");
    let path = format!("/api/v1/runs/{}/files", done["id"]);
    assert_eq!(site.get(&li, &format!("{path}/grades.xlsx")).problem(), "forbidden");
    assert_eq!(
        site.get(&wang, &format!("{path}/grades.xlsx")).problem(),
        "elevation-needed"
    );
    let wang = site.elevate(&wang);
    for file in done["counts"][0]["files"].as_array().unwrap() {
        let name = file["name"].as_str().unwrap().rsplit('/').next().unwrap();
        let answer = site.get(&wang, &format!("{path}/{name}")).expect(200);
        assert_eq!(
            answer.header("etag").unwrap().trim_matches('"'),
            file["sha256"],
            "{name}"
        );
    }
    assert!(
        site.get(&wang, &format!("{path}/report.html"))
            .expect(200)
            .body
            .contains("<html")
    );
    for name in ["pinji.db", "..%2f..%2f..%2fpinji.db", "%2e%2e", "policy"] {
        assert_eq!(
            site.get(&wang, &format!("{path}/{name}")).problem(),
            "not-found",
            "{name}"
        );
    }
}

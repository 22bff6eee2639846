//! Submissions from the sender's workbook to the records, and back.

use pinji_connectors::workbook::{Cell, Sheet, Workbook, bytes};
use pinji_store::{Known, RecordsOf};
use serde_json::{Value, json};

use crate::client::Answer;
use crate::site::{Person, Site, sites};

/// A workbook: the name of each sheet, and its rows as texts.
pub fn workbook(sheets: &[(&str, Vec<Vec<String>>)]) -> Vec<u8> {
    let sheets = sheets.iter().map(|(name, rows)| {
        let rows = rows.clone().into_iter();
        Sheet::new(
            *name,
            rows.map(|row| row.into_iter().map(Cell::text).collect::<Vec<_>>()),
        )
    });
    bytes(Workbook {
        title: "test".to_owned(),
        sheets: sheets.collect(),
    })
    .unwrap()
}

pub fn rows(lines: &[&str]) -> Vec<Vec<String>> {
    lines
        .iter()
        .map(|line| line.split('|').map(str::to_owned).collect())
        .collect()
}

pub fn terms() -> Value {
    json!({ "source": "客户年报", "method": "人工录入" })
}

pub fn upload(site: &Site, by: &Person, name: &str, file: &[u8], terms: &Value) -> Answer {
    site.send(&site.by(by, "POST", "/api/v1/submissions").form(terms, name, file))
}

pub fn place(answer: &Answer) -> String {
    answer.header("location").unwrap().to_owned()
}

/// The sender, the auditor and who reads the size of the ledger.
pub fn people(site: &Site) -> (Person, Person, Person) {
    let (first, deputy, system) = site.set_up();
    let sender = site.employ(&first, &deputy, "wang.fang", &["updater"]);
    let auditor = site.employ(&first, &deputy, "zhao.min", &["auditor"]);
    (sender, auditor, system)
}

/// The contents of a customer's records that hold now, of one kind.
pub fn records(site: &Site, kind: &str, code: &str) -> Vec<Value> {
    let store = site.second_store();
    site.runtime.block_on(async {
        let Some(customer) = store.customer_by_code(code).await.unwrap() else {
            return Vec::new();
        };
        let of = RecordsOf {
            customer: customer.id,
            kinds: &[kind.to_owned()],
            known: Known::Now,
            as_of: None,
            each: 1000,
        };
        let found = store.records_of(&of).await.unwrap();
        found
            .iter()
            .map(|record| serde_json::from_str(&record.content).unwrap())
            .collect()
    })
}

fn confirm(site: &Site, by: &Person, place: &str) -> Answer {
    site.post(by, &format!("{place}/confirmation"), &json!({}))
}

fn audit(site: &Site, by: &Person, place: &str, body: &Value) -> Answer {
    site.post(by, &format!("{place}/audit"), body)
}

/// Customers sent in, confirmed and accepted.
pub fn bring(site: &Site, sender: &Person, auditor: &Person, lines: &[&str]) {
    let file = workbook(&[("客户", rows(lines))]);
    let place = place(&upload(site, sender, "客户.xlsx", &file, &terms()).expect(201));
    confirm(site, sender, &place).expect(200);
    audit(site, auditor, &place, &json!({ "verdict": "accept" })).expect(200);
}

pub const CUSTOMERS: [&str; 3] = [
    "id|name|size",
    "C-1|海岸贸易有限公司|large",
    "C-2|青禾食品有限公司|small",
];

#[test]
fn bad_cells_come_back_marked_and_what_is_mended_becomes_records() {
    for site in sites() {
        let (sender, auditor, system) = people(&site);
        let before = site.ledger_size(&system);
        let spoilt = workbook(&[
            (
                "客户",
                rows(&[
                    "id|name|size",
                    "C-1|海岸贸易有限公司|large",
                    "C-2|青禾食品有限公司|gigantic",
                    "|无名|small",
                ]),
            ),
            (
                "财务报表",
                rows(&[
                    "customer|period_end|period_type|revenue",
                    "C-1|2025-12-31|annual|1000.50",
                    "C-1|2025-02-30|annual|1000",
                    "C-1|2024-12-31|annual|12x",
                    "C-9|2025-12-31|annual|7",
                    "C-1|2023-12-31|annual|1",
                    "C-1|2023-12-31|annual|2",
                ]),
            ),
        ]);
        let sent = upload(&site, &sender, "年报.xlsx", &spoilt, &terms()).expect(201);
        let at = place(&sent);
        let body = sent.json();
        assert_eq!(
            (&body["rows"], &body["bad"], &body["new"]),
            (&json!(9), &json!(7), &json!(2)),
            "{body}"
        );
        assert_eq!(body["state"], "draft");
        let bad = site.get(&sender, &format!("{at}/rows?verdict=bad")).expect(200).json();
        let places: Vec<String> = bad["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                let cell = row["bad_cells"][0]["column"].as_str().unwrap_or("-").to_owned();
                format!("{}!{cell}{}", row["sheet"].as_str().unwrap(), row["at"])
            })
            .collect();
        assert_eq!(
            places,
            [
                "客户!C3",
                "客户!A4",
                "财务报表!B3",
                "财务报表!D4",
                "财务报表!-5",
                "财务报表!B6",
                "财务报表!B7"
            ],
            "{bad}"
        );
        assert!(bad["items"][4]["flaw"].as_str().unwrap().contains("C-9"), "{bad}");
        let marked = site.get(&sender, &format!("{at}/marked.xlsx")).expect(200);
        assert!(marked.bytes.starts_with(b"PK"));
        let file = site.get(&sender, &format!("{at}/file")).expect(200);
        assert_eq!(file.bytes, spoilt, "as it was sent");
        // A draft is its maker's alone, and nothing of it is in the records.
        assert_eq!(site.get(&auditor, &at).problem(), "not-found");
        assert_eq!(confirm(&site, &sender, &at).problem(), "conflict");
        assert_eq!(records(&site, "customer", "C-1"), Vec::<Value>::new());
        site.post(&sender, &format!("{at}/withdrawal"), &json!({})).expect(200);
        assert_eq!(site.ledger_size(&system), before + 2, "sent in, withdrawn");

        let mended = workbook(&[
            ("客户", rows(&CUSTOMERS)),
            (
                "财务报表",
                rows(&[
                    "customer|period_end|period_type|revenue|total_assets|total_liabilities|equity",
                    "C-1|2025-12-31|annual|1000.50|100|60|20",
                    "C-1|2024-12-31|annual|900|100|60|40",
                ]),
            ),
        ]);
        let sent = upload(&site, &sender, "年报.xlsx", &mended, &terms()).expect(201);
        let at = place(&sent);
        assert_eq!(sent.json()["bad"], 0);
        let odd = site
            .get(&sender, &format!("{at}/rows?suspicious=true"))
            .expect(200)
            .json();
        assert_eq!(
            odd["items"][0]["suspicions"][0]["code"], "workflow-doubt-identity",
            "{odd}"
        );
        confirm(&site, &sender, &at).expect(200);
        let waiting = site
            .get(&auditor, "/api/v1/submissions?to_audit=true")
            .expect(200)
            .json();
        assert_eq!(waiting["items"].as_array().unwrap().len(), 1, "{waiting}");
        assert_eq!(
            audit(&site, &sender, &at, &json!({ "verdict": "accept" })).problem(),
            "forbidden"
        );
        let ask = site
            .by(&auditor, "POST", &format!("{at}/audit"))
            .json(&json!({ "verdict": "accept", "note": "已核对" }));
        let done = site.send(&ask).expect(200);
        assert_eq!(
            (&done.json()["state"], &done.json()["accepted"]),
            (&json!("audited"), &json!(4))
        );
        let size = site.ledger_size(&system);
        assert_eq!(size, before + 5, "each step has one entry");
        // The same request again: the first answer, and no second effect.
        let again = site.send(&ask).expect(200);
        assert_eq!((again.json(), site.ledger_size(&system)), (done.json(), size));
        let kept = records(&site, "financial_statement", "C-1");
        assert_eq!(kept.len(), 2);
        assert_eq!(kept[0]["revenue"], 100_050, "{kept:?}");
        assert_eq!(records(&site, "customer", "C-2")[0]["size"], "small");
        let told = site.get(&sender, "/api/v1/notifications").expect(200).json();
        assert_eq!(told["items"][0]["code"], "app-notice-submission-audited", "{told}");

        // The same file again says nothing new, and that it was sent is pointed out.
        let again = upload(&site, &sender, "年报.xlsx", &mended, &terms())
            .expect(201)
            .json();
        assert_eq!(
            (&again["same"], &again["resent"]),
            (&json!(4), &done.json()["id"]),
            "{again}"
        );

        // Taken back: only with a reason, only by another, and once.
        let undo = |by: &Person, reason: &str| site.post(by, &format!("{at}/undo"), &json!({ "reason": reason }));
        assert_eq!(undo(&sender, "错").problem(), "forbidden");
        assert_eq!(undo(&auditor, " ").problem(), "conflict");
        assert_eq!(undo(&auditor, "来源有误").expect(200).json()["state"], "undone");
        assert_eq!(undo(&auditor, "来源有误").problem(), "conflict");
        assert_eq!(
            records(&site, "financial_statement", "C-1"),
            Vec::<Value>::new(),
            "{}",
            site.name
        );
    }
}

#[test]
fn an_auditor_judges_by_row_and_by_field_and_a_collector_answers() {
    for site in sites() {
        let (sender, auditor, _) = people(&site);
        bring(&site, &sender, &auditor, &CUSTOMERS);
        let lines = [
            "id|name|size|employees",
            "C-1|海岸贸易集团公司|medium|500",
            "C-2|青禾食品有限公司|medium|20",
        ];
        let file = workbook(&[("客户", rows(&lines))]);
        let sent = upload(&site, &sender, "客户.xlsx", &file, &terms()).expect(201);
        let at = place(&sent);
        assert_eq!(sent.json()["changed"], 2);
        let shown = site.get(&sender, &format!("{at}/rows")).expect(200).json();
        let first = &shown["items"][0]["changes"];
        let size = first
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["field"] == "size")
            .unwrap();
        assert_eq!(
            (&size["old"], &size["new"], &size["label"]),
            (&json!("large"), &json!("medium"), &json!("Size"))
        );
        confirm(&site, &sender, &at).expect(200);
        let say = |body: Value| audit(&site, &auditor, &at, &body);
        assert_eq!(say(json!({})).problem(), "conflict", "nothing is said");
        assert_eq!(say(json!({ "verdict": "maybe" })).problem(), "invalid");
        let single = json!([{ "row": 9, "verdict": "accept" }]);
        assert_eq!(
            say(json!({ "verdict": "accept", "single": single })).problem(),
            "conflict"
        );
        let single = json!([{ "row": 1, "field": "size", "verdict": "refuse" }]);
        assert_eq!(
            say(json!({ "verdict": "accept", "single": single })).problem(),
            "conflict",
            "no reason"
        );
        let single = json!([
            { "row": 1, "field": "size", "verdict": "refuse", "reason": "与营业执照不符" },
            { "row": 2, "verdict": "return", "reason": "缺依据" },
        ]);
        let done = say(json!({ "verdict": "accept", "single": single })).expect(200).json();
        assert_eq!((&done["accepted"], &done["returned"]), (&json!(1), &json!(1)), "{done}");
        let one = &records(&site, "customer", "C-1")[0];
        assert_eq!(
            (&one["size"], &one["employees"]),
            (&json!("large"), &json!(500)),
            "{one}"
        );
        assert_eq!(records(&site, "customer", "C-2")[0]["size"], "small");
        let rows_now = site.get(&sender, &format!("{at}/rows")).expect(200).json();
        assert_eq!(rows_now["items"][0]["fields_out"][0]["field"], "size", "{rows_now}");
        assert_eq!(rows_now["items"][1]["reason"], "缺依据");
        // The name moved along, and the old one is remembered.
        let store = site.second_store();
        let names = site.runtime.block_on(async {
            let customer = store.customer_by_code("C-1").await.unwrap().unwrap();
            store.customer_names(customer.id).await.unwrap()
        });
        assert_eq!(names.len(), 2);

        // All sent back, and answered by a new one.
        let file = workbook(&[("客户", rows(&["id|size", "C-2|medium"]))]);
        let back = place(&upload(&site, &sender, "客户.xlsx", &file, &terms()).expect(201));
        confirm(&site, &sender, &back).expect(200);
        let word = json!({ "verdict": "return", "reason": "请附依据" });
        let returned = audit(&site, &auditor, &back, &word).expect(200).json();
        assert_eq!(returned["state"], "returned");
        let mut answering = terms();
        answering["answers"] = returned["id"].clone();
        let answer = upload(&site, &sender, "客户.xlsx", &file, &answering)
            .expect(201)
            .json();
        assert_eq!(answer["answers"], returned["id"]);
        answering["answers"] = json!(999_999);
        assert_eq!(
            upload(&site, &sender, "客户.xlsx", &file, &answering).problem(),
            "invalid"
        );
    }
}

#[test]
fn what_changed_meanwhile_is_compared_again() {
    for site in sites() {
        let (sender, auditor, _) = people(&site);
        bring(&site, &sender, &auditor, &CUSTOMERS);
        let send = |size: &str| {
            let file = workbook(&[("客户", rows(&["id|size", &format!("C-1|{size}")]))]);
            let at = place(&upload(&site, &sender, "客户.xlsx", &file, &terms()).expect(201));
            confirm(&site, &sender, &at).expect(200);
            at
        };
        let (one, other) = (send("medium"), send("micro"));
        audit(&site, &auditor, &one, &json!({ "verdict": "accept" })).expect(200);
        let refused = audit(&site, &auditor, &other, &json!({ "verdict": "accept" }));
        assert_eq!(refused.problem(), "conflict");
        assert!(
            refused.json()["detail"].as_str().unwrap().contains("compare"),
            "{refused:?}"
        );
        let shown = site.get(&auditor, &format!("{other}/rows")).expect(200).json();
        assert_eq!(shown["items"][0]["changes"][0]["old"], "medium", "{shown}");
        audit(&site, &auditor, &other, &json!({ "verdict": "accept" })).expect(200);
        assert_eq!(records(&site, "customer", "C-1")[0]["size"], "micro");
        // What a later one has changed is not undone from under it.
        let undo = site.post(&auditor, &format!("{one}/undo"), &json!({ "reason": "有误" }));
        assert_eq!(undo.problem(), "conflict", "{}", site.name);
    }
}

#[test]
fn rows_come_as_json_and_key_fields_are_told_to_departments() {
    for site in sites() {
        let (first, deputy, system) = site.set_up();
        let sender = site.employ(&first, &deputy, "wang.fang", &["updater"]);
        let auditor = site.employ(&first, &deputy, "zhao.min", &["auditor"]);
        let risk = site.employ(&first, &deputy, "sun.li", &["risk_officer"]);
        let team = json!({ "code": "risk", "name": "风控部", "members": [{ "user": risk.id }] });
        let first = site.elevate(&first);
        site.post(&first, "/api/v1/teams", &team).expect(201);
        bring(&site, &sender, &auditor, &CUSTOMERS);
        let send = |rows: Value| {
            let body = json!({ "kind": "customer", "source": "来访", "method": "表单", "rows": rows });
            site.post(&sender, "/api/v1/submissions", &body)
        };
        assert_eq!(send(json!([])).problem(), "invalid");
        assert_eq!(send(json!([{ "id": "C-1", "colour": "red" }])).problem(), "invalid");
        assert_eq!(
            send(json!([{ "id": "C-1", "name": { "zh": "甲" } }])).problem(),
            "invalid"
        );
        let before = site.ledger_size(&system);
        let sent = send(json!([{ "id": "C-1", "name": "海岸国际有限公司", "employees": 12 }])).expect(201);
        assert_eq!(
            (&sent.json()["channel"], &sent.json()["changed"]),
            (&json!("form"), &json!(1)),
            "{sent:?}"
        );
        assert_eq!(site.ledger_size(&system), before + 1);
        confirm(&site, &sender, &place(&sent)).expect(200);
        let told = site.get(&risk, "/api/v1/notifications").expect(200).json();
        let text = told["items"][0]["text"].as_str().unwrap().to_owned();
        assert!(text.contains("C-1") && text.contains("海岸国际有限公司"), "{text}");
        // A person cannot send as a machine.
        let body =
            json!({ "kind": "customer", "channel": "api", "source": "x", "method": "y", "rows": [{ "id": "C-1" }] });
        assert_eq!(site.post(&sender, "/api/v1/submissions", &body).problem(), "invalid");
        // What should have come in, and has not.
        site.clock.advance(400 * 24 * 3600);
        let auditor = site.renew(&auditor);
        let late = site.get(&auditor, "/api/v1/overdue?kind=customer").expect(200).json();
        assert_eq!(late["items"].as_array().unwrap().len(), 2, "{late}");
        let page = site
            .get(&auditor, "/api/v1/overdue?kind=customer&limit=1")
            .expect(200)
            .json();
        assert!(page["next"].is_string(), "{page}");
    }
}

const TRUSTED: &str = "[kind.customer.office.channel.api]\nsample = 0.2\n";

#[test]
fn a_trusted_feed_is_accepted_by_rule_but_for_a_sample() {
    for site in sites() {
        let (sender, auditor, _) = people(&site);
        site.plant_rules("kind", "own.toml", TRUSTED);
        let scopes = [
            "submission.create",
            "submission.read",
            "submission.confirm",
            "submission.withdraw",
        ];
        let sender = site.elevate(&sender);
        let until = site.clock.now().plus_seconds(3600).to_string();
        let token = json!({ "name": "同步", "scopes": scopes, "expires_at": until });
        let token = site.post(&sender, "/api/v1/tokens", &token).expect(201).json();
        let secret = token["secret"].as_str().unwrap().to_owned();
        let by_token = |path: &str, body: &Value| {
            site.send(
                &site
                    .ask("POST", path)
                    .header("Authorization", &format!("Bearer {secret}"))
                    .json(body),
            )
        };
        let customers: Vec<Value> = (0..40)
            .map(|at| json!({ "id": format!("K-{at}"), "name": format!("{}甲乙丙丁{at}厂", char::from_u32(0x4E00 + at * 97).unwrap()) }))
            .collect();
        let send = |rows: &[Value]| {
            let body = json!({ "kind": "customer", "source": "CRM", "method": "同步", "rows": rows });
            place(&by_token("/api/v1/submissions", &body).expect(201))
        };
        let at = send(&customers);
        let done = by_token(&format!("{at}/confirmation"), &json!({})).expect(200).json();
        assert_eq!(done["state"], "submitted", "{done}");
        let drawn = |at: &str| -> Vec<String> {
            let sample = site.get(&auditor, &format!("{at}/sample?limit=100")).expect(200).json();
            let rows = sample["items"].as_array().unwrap();
            rows.iter()
                .map(|row| row["customer"].as_str().unwrap().to_owned())
                .collect()
        };
        let sample = drawn(&at);
        assert!(!sample.is_empty() && sample.len() < 25, "{sample:?}");
        let waits = site
            .get(&auditor, &format!("{at}/rows?became=waits&limit=100"))
            .expect(200)
            .json();
        let waits = waits["items"].as_array().unwrap().len() as i64;
        assert_eq!(done["accepted"].as_i64().unwrap(), 40 - waits);
        assert_eq!(
            records(&site, "customer", &sample[0]),
            Vec::<Value>::new(),
            "what was drawn waits"
        );
        let taken = (0..40)
            .filter(|at| !records(&site, "customer", &format!("K-{at}")).is_empty())
            .count();
        assert_eq!(taken as i64, 40 - waits);
        // In part it is in the records: it is not withdrawn, and what was not drawn is not judged again.
        assert_eq!(
            by_token(&format!("{at}/withdrawal"), &json!({ "reason": "x" })).problem(),
            "conflict"
        );
        let done = audit(&site, &auditor, &at, &json!({ "verdict": "accept" }))
            .expect(200)
            .json();
        assert_eq!(
            (&done["state"], &done["accepted"]),
            (&json!("audited"), &json!(40)),
            "{done}"
        );
        assert_eq!(drawn(&at), sample, "the sample is still told");
        assert_eq!(records(&site, "customer", &sample[0]).len(), 1);
        // The draw follows from the content, not from the order or the day: undone and sent again, it is the same.
        site.post(&auditor, &format!("{at}/undo"), &json!({ "reason": "重来" }))
            .expect(200);
        let turned: Vec<Value> = customers.iter().rev().cloned().collect();
        let again = send(&turned);
        by_token(&format!("{again}/confirmation"), &json!({})).expect(200);
        let (mut one, mut other) = (sample, drawn(&again));
        one.sort();
        other.sort();
        assert_eq!(one, other, "{}", site.name);
    }
}

#[test]
fn files_laid_down_in_the_inbox_come_in_as_drafts() {
    let site = Site::sqlite();
    let (sender, _, system) = people(&site);
    let inbox = site.folder.path().join("inbox/customer");
    std::fs::create_dir_all(&inbox).unwrap();
    let lay = |name: &str, bytes: &[u8]| {
        let path = inbox.join(name);
        std::fs::write(&path, bytes).unwrap();
        let old = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
        std::fs::File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(old)
            .unwrap();
    };
    let good = "id,name\nC-7,海岸贸易有限公司\n";
    lay("好.csv", good.as_bytes());
    lay("坏.xlsx", b"not a workbook");
    std::fs::write(inbox.join("fresh.csv"), good).unwrap();
    let before = site.ledger_size(&system);
    let pick = || {
        let picked = pinji_app::register::submissions::pick_up_as(&site.office, "wang.fang");
        site.runtime.block_on(picked).unwrap()
    };
    let picked = pick();
    assert_eq!((picked.taken, picked.refused), (1, 1));
    assert_eq!(site.ledger_size(&system), before + 1);
    assert!(site.folder.path().join("done/好.csv").exists());
    let why = std::fs::read_to_string(site.folder.path().join("refused/坏.xlsx.reason.txt")).unwrap();
    assert!(why.lines().count() >= 2, "{why}");
    assert!(inbox.join("fresh.csv").exists(), "a file that may still grow is left");
    let list = site.get(&sender, "/api/v1/submissions?mine=true").expect(200).json();
    assert_eq!(
        (&list["items"][0]["channel"], &list["items"][0]["new"]),
        (&json!("folder"), &json!(1)),
        "{list}"
    );
    // Laid down again under the same name it is known, and comes in once.
    lay("好.csv", good.as_bytes());
    assert_eq!(pick().taken, 1);
    assert_eq!(site.ledger_size(&system), before + 1);
}

/// All relations that hold now: owner, owned, sort, share in millionths.
fn relations(site: &Site) -> Vec<(String, String, String, Option<i64>)> {
    let store = site.second_store();
    site.runtime.block_on(async {
        let mut found = Vec::new();
        for relation in store
            .relations(Known::Now, None, pinji_domain::RelationId(0), 100)
            .await
            .unwrap()
        {
            let from = store.party(relation.said.from).await.unwrap().unwrap().name;
            let to = store.party(relation.said.to).await.unwrap().unwrap().name;
            found.push((from, to, relation.said.sort, relation.said.share_ppm));
        }
        store.close().await.unwrap();
        found.sort();
        found
    })
}

#[test]
fn who_owns_whom_becomes_relations_with_the_audit_and_is_taken_back_with_the_undo() {
    const HEAD: &str = "customer|owner|owner_customer|relation|share|valid_from|valid_to";
    for site in sites() {
        let (sender, auditor, system) = people(&site);
        bring(&site, &sender, &auditor, &CUSTOMERS);
        let send = |lines: &[&str]| {
            let all: Vec<&str> = [HEAD].iter().chain(lines).copied().collect();
            let file = workbook(&[("股权与控制", rows(&all))]);
            upload(&site, &sender, "股权.xlsx", &file, &terms()).expect(201)
        };
        let both = [
            "C-2|海岸贸易有限公司|C-1|equity|0.6|2020-01-01|",
            "C-1|陈安||control||2020-01-01|",
        ];
        // What can be no relation is bad before anything is kept.
        let spoilt = send(&[
            both[0],
            "C-1|甲公司|C-9|equity|0.1|2020-01-01|",
            "C-1|乙公司||equity|1.2|2020-01-01|",
            "C-1|丙公司||equity|0.1|2020-01-01|2019-01-01",
            "C-1|海岸贸易有限公司|C-1|control||2020-01-01|",
        ]);
        let body = spoilt.json();
        assert_eq!((&body["new"], &body["bad"]), (&json!(1), &json!(4)), "{body}");
        let at = place(&spoilt);
        let bad = site.get(&sender, &format!("{at}/rows?verdict=bad")).expect(200).json();
        let flaws: Vec<&str> = bad["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["flaw"].as_str().unwrap())
            .collect();
        for (flaw, says) in flaws.iter().zip(["C-9", "100", "ends before", "10%"]) {
            assert!(flaw.contains(says), "{flaw}");
        }
        site.post(&sender, &format!("{at}/withdrawal"), &json!({})).expect(200);
        assert_eq!(relations(&site), [], "withdrawn: nothing was ever there");

        let at = place(&send(&both));
        confirm(&site, &sender, &at).expect(200);
        assert_eq!(relations(&site), [], "not before the audit");
        let before = site.ledger_size(&system);
        audit(&site, &auditor, &at, &json!({ "verdict": "accept" })).expect(200);
        assert_eq!(
            site.ledger_size(&system),
            before + 1,
            "records and relations are one change"
        );
        let edge = |from: &str, to: &str, sort: &str, share| (from.to_owned(), to.to_owned(), sort.to_owned(), share);
        let owned = |share| edge("海岸贸易有限公司", "青禾食品有限公司", "equity", Some(share));
        let controlled = edge("陈安", "海岸贸易有限公司", "management", None);
        assert_eq!(relations(&site), [owned(600_000), controlled.clone()], "{}", site.name);

        // A later share takes the place of the former, and gives it back with the undo.
        site.clock.advance(60);
        let later = place(&send(&["C-2|海岸贸易有限公司|C-1|equity|0.4|2020-01-01|"]));
        confirm(&site, &sender, &later).expect(200);
        audit(&site, &auditor, &later, &json!({ "verdict": "accept" })).expect(200);
        assert_eq!(relations(&site), [owned(400_000), controlled.clone()]);
        site.clock.advance(60);
        let before = site.ledger_size(&system);
        site.post(&auditor, &format!("{later}/undo"), &json!({ "reason": "比例有误" }))
            .expect(200);
        assert_eq!(site.ledger_size(&system), before + 1);
        assert_eq!(relations(&site), [owned(600_000), controlled]);

        // What never held is closed, not deleted: it is still known to have been known.
        let more = place(&send(&["C-1|丁公司||equity|0.3|2021-01-01|"]));
        confirm(&site, &sender, &more).expect(200);
        audit(&site, &auditor, &more, &json!({ "verdict": "accept" })).expect(200);
        assert_eq!(relations(&site).len(), 3);
        let known = site.clock.advance(60);
        site.clock.advance(60);
        site.post(&auditor, &format!("{more}/undo"), &json!({ "reason": "来源有误" }))
            .expect(200);
        assert_eq!(relations(&site).len(), 2);
        let store = site.second_store();
        let then = site.runtime.block_on(async {
            let then = store
                .relations(Known::At(known), None, pinji_domain::RelationId(0), 100)
                .await
                .unwrap();
            store.close().await.unwrap();
            then
        });
        assert_eq!(then.len(), 3, "{}: as it was known then", site.name);
    }
}

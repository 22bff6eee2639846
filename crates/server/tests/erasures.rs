//! P1: what is kept about persons is found whole, and erased to the last byte, while the ledger still verifies.

use std::path::Path;

use pinji_app::register::inspect::{Inspection, inspect};
use serde_json::{Value, json};

use crate::client::Answer;
use crate::site::{Person, Site, sites};
use crate::submissions::{place, rows, upload, workbook};

/// What stands in fields that are declared personal.
const IN_FIELDS: [&str; 7] = [
    "金丝雀甲",
    "13912345678",
    "canary.a@mail.example",
    "金丝雀路七号",
    "金丝雀乙",
    "金丝雀丙",
    "金丝雀丁",
];
/// A person who stands in relations.
const IN_RELATIONS: [&str; 2] = ["金丝雀戊", "ID-110101-CANARY"];
/// A person who is only named in what people wrote.
const MENTIONED: &str = "金丝雀己";

fn all() -> impl Iterator<Item = &'static str> {
    IN_FIELDS.into_iter().chain(IN_RELATIONS).chain([MENTIONED])
}

struct Desk {
    first: Person,
    deputy: Person,
    updater: Person,
    auditor: Person,
    watcher: Person,
}

fn desk(site: &Site) -> Desk {
    let (first, deputy, _) = site.set_up();
    Desk {
        updater: site.elevate(&site.employ(&first, &deputy, "wang.fang", &["updater"])),
        auditor: site.elevate(&site.employ(&first, &deputy, "zhao.min", &["auditor"])),
        watcher: site.employ(&first, &deputy, "qian.ze", &["audit_administrator"]),
        first,
        deputy,
    }
}

/// Plants the canaries wherever somebody's data can enter; gives the workbook.
fn plant(site: &Site, desk: &Desk) -> Vec<u8> {
    let Desk { updater, auditor, .. } = desk;
    let post = |by: &Person, path: &str, body: Value| -> Answer { site.post(by, path, &body) };
    // Own fields, declared and not; and those of another customer.
    for (code, custom) in [
        (
            "C-1",
            json!({ "legal_representative": "金丝雀丁", "remark": "找金丝雀甲", "aliases": ["金丝雀甲商行"] }),
        ),
        ("C-2", json!({ "remark": "认识金丝雀己", "keep": "照旧" })),
    ] {
        let name = if code == "C-1" {
            "海岸贸易有限公司"
        } else {
            "远山制造有限公司"
        };
        post(
            updater,
            "/api/v1/customers",
            json!({ "code": code, "name": name, "custom": custom }),
        )
        .expect(201);
    }
    // A workbook with notes and a telling name, and a correction of it, so that there are two versions.
    let head = "id|name|size|联系人|联系电话|电子邮箱|地址|法定代表人";
    let line = "C-1|海岸贸易有限公司|large|金丝雀甲|13912345678|canary.a@mail.example|金丝雀路七号|金丝雀乙";
    let file = workbook(&[("客户", rows(&[head, line, "C-2|远山制造有限公司|small|另一人||||"]))]);
    let terms = json!({ "source": "金丝雀甲来电", "method": "人工录入", "note": "电话里金丝雀甲说的" });
    let sent = place(&upload(site, updater, "金丝雀甲的资料.xlsx", &file, &terms).expect(201));
    post(updater, &format!("{sent}/confirmation"), json!({})).expect(200);
    post(
        auditor,
        &format!("{sent}/audit"),
        json!({ "verdict": "accept", "note": "已向金丝雀甲核实" }),
    )
    .expect(200);
    let row = json!({ "id": "C-1", "name": "海岸贸易有限公司", "contact_name": "金丝雀丙", "size": "medium" });
    let form = json!({ "kind": "customer", "source": "来访", "method": "表单", "note": MENTIONED, "rows": [row] });
    let sent = place(&post(updater, "/api/v1/submissions", form.clone()).expect(201));
    post(updater, &format!("{sent}/confirmation"), json!({})).expect(200);
    let single = json!({ "verdict": "accept", "single": [{ "row": 1, "field": "size", "verdict": "refuse", "reason": "金丝雀丙说规模不变" }] });
    post(auditor, &format!("{sent}/audit"), single).expect(200);
    // A draft that was taken back, with a reason that only the ledger has.
    let sent = place(&post(updater, "/api/v1/submissions", form).expect(201));
    post(
        updater,
        &format!("{sent}/withdrawal"),
        json!({ "reason": "金丝雀甲要求撤回" }),
    )
    .expect(200);
    // A person in relations, with words, and a relation that ended with a reason.
    let holder = json!({ "person": "金丝雀戊", "code": "ID-110101-CANARY" });
    let relation = json!({ "holder": holder, "target": { "customer": "C-1" }, "sort": "management", "from": "2020-01-01",
        "evidence": "contract", "words": "协议由金丝雀戊签署" });
    let made = post(updater, "/api/v1/relations", json!({ "relations": [relation] }))
        .expect(201)
        .json();
    let id = made["items"][0]["id"].as_i64().unwrap();
    let close = json!({ "until": "2025-01-01", "reason": "金丝雀戊已离任" });
    site.send(
        &site
            .by(updater, "POST", &format!("/api/v1/relations/{id}/closing"))
            .json(&close),
    );
    // A permission that was asked for.
    let until = site.clock.now().plus_seconds(86_400).to_string();
    let asked = json!({ "customer": "C-1", "purpose": "核对金丝雀甲的住址", "until": until });
    post(auditor, "/api/v1/access-requests", asked);
    file
}

/// All that the database holds, and all files beside it, byte for byte; each byte as one letter, so that it is quick to search.
fn everything(site: &Site) -> String {
    let mut bytes = Vec::new();
    collect(site.folder.path(), &mut bytes);
    if site.name == "postgres" {
        let store = site.second_store();
        site.runtime.block_on(async {
            let tables = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'";
            for table in store.looked_up(tables).await.unwrap() {
                for row in store
                    .looked_up(&format!("SELECT t::text FROM {table} t"))
                    .await
                    .unwrap()
                {
                    bytes.extend(row.into_bytes());
                    bytes.push(b'\n');
                }
            }
            store.close().await.unwrap();
        });
    }
    letters(&bytes)
}

fn letters(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

fn collect(folder: &Path, bytes: &mut Vec<u8>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => collect(&path, bytes),
            false => bytes.extend(std::fs::read(&path).unwrap()),
        }
    }
}

/// A text as it may stand in files: in UTF-8, in UTF-16 both ways, and in the digits in which PostgreSQL shows bytes.
fn spellings(text: &str) -> Vec<Vec<u8>> {
    let wide: Vec<u16> = text.encode_utf16().collect();
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    vec![
        text.as_bytes().to_vec(),
        wide.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        wide.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        hex.into_bytes(),
    ]
}

fn holds(all: &str, wanted: &[u8]) -> bool {
    all.contains(&letters(wanted))
}

/// A piece of a packed file that stands nowhere else, as the database holds it.
fn pieces(file: &[u8]) -> [Vec<u8>; 2] {
    let middle = &file[file.len() / 2..file.len() / 2 + 40];
    let hex: String = middle.iter().map(|byte| format!("{byte:02x}")).collect();
    [middle.to_vec(), hex.into_bytes()]
}

/// Asks for an erasure and has it approved.
fn erased(site: &Site, asker: &Person, approver: &Person, path: &str, body: &Value) -> Value {
    let asked = site.post(asker, path, body).expect(201);
    let at = asked.header("location").unwrap().to_owned();
    assert_eq!(
        asked.json()["mentions"],
        json!([]),
        "kept answers hold nothing that is to go"
    );
    site.post(approver, &format!("{at}/approval"), &json!({})).expect(200);
    site.get(approver, &at).expect(200).json()
}

fn verified(site: &Site) {
    let written = pinji_app::register::ledger::write_checkpoint(&site.office);
    site.runtime.block_on(written).unwrap();
    let asked = Inspection {
        folder: Some(site.folder.path().to_owned()),
        database: site.database().map(str::to_owned),
        ..Inspection::default()
    };
    let found = site.runtime.block_on(inspect(&asked)).unwrap();
    assert!(found.holds(), "{}: {:?}", site.name, found.findings);
}

#[test]
fn a_customers_people_are_found_whole_and_erased_to_the_last_byte() {
    for site in sites() {
        let desk = desk(&site);
        let file = plant(&site, &desk);
        let before = everything(&site);
        for canary in all() {
            assert!(
                spellings(canary).iter().any(|one| holds(&before, one)),
                "{canary} was not planted"
            );
        }
        assert!(pieces(&file).iter().any(|piece| holds(&before, piece)));

        // All of it is found.
        let path = "/api/v1/customers/C-1/personal-data";
        assert_eq!(site.get(&desk.first, path).problem(), "forbidden");
        let found = site.get(&desk.updater, path).expect(200).body;
        for canary in IN_FIELDS.into_iter().chain(IN_RELATIONS) {
            assert!(found.contains(canary), "{}: {canary} is not in {found}", site.name);
        }
        let sentences = [
            "电话里金丝雀甲说的",
            "金丝雀甲的资料.xlsx",
            "已向金丝雀甲核实",
            "金丝雀丙说规模不变",
            "金丝雀甲要求撤回",
            "协议由金丝雀戊签署",
            "找金丝雀甲",
        ];
        for sentence in sentences {
            assert!(found.contains(sentence), "{}: {sentence} is not in {found}", site.name);
        }

        // Nobody erases alone, nor without having shown again who he is.
        let body = json!({ "customer": "C-1", "reason": "金丝雀甲要求删除", "mentions": [MENTIONED] });
        let plain = site.renew(&desk.updater);
        assert_eq!(
            site.post(&plain, "/api/v1/erasures", &body).problem(),
            "elevation-needed"
        );
        let asked = site.post(&desk.updater, "/api/v1/erasures", &body).expect(201);
        let at = asked.header("location").unwrap().to_owned();
        let approval = format!("{at}/approval");
        assert_eq!(site.post(&desk.updater, &approval, &json!({})).problem(), "forbidden");
        assert_eq!(site.post(&desk.first, &approval, &json!({})).problem(), "forbidden");
        let plain = site.renew(&desk.auditor);
        assert_eq!(site.post(&plain, &approval, &json!({})).problem(), "elevation-needed");
        let shown = site.get(&desk.auditor, &at).expect(200).json();
        assert_eq!(shown["mentions"], json!([MENTIONED]), "who decides sees what is to go");
        let entries = |site: &Site| {
            let all = site.get(&desk.watcher, "/api/v1/ledger/entries?limit=500").expect(200);
            (all.json()["items"].as_array().unwrap().len(), all.body)
        };
        let (count, _) = entries(&site);
        let refused = site.post(&desk.auditor, &approval, &json!({}));
        let done = refused.expect(200).json();
        assert_eq!(done["state"], "done");
        let (after, ledger) = entries(&site);
        assert_eq!(after, count + 1, "one entry");
        assert_eq!(site.post(&desk.auditor, &approval, &json!({})).problem(), "conflict");

        // Nothing is left: not in rows, not in gaps of pages, not in the log, not in a copy made now.
        let done = site.get(&desk.auditor, &at).expect(200).json();
        assert!(done["scrubbed_at"].is_string(), "{done}");
        let bytes = everything(&site);
        for canary in all() {
            for spelt in spellings(canary) {
                assert!(!holds(&bytes, &spelt), "{}: {canary} is left", site.name);
            }
            assert!(!ledger.contains(canary), "{canary} in the ledger");
        }
        for piece in pieces(&file) {
            assert!(!holds(&bytes, &piece), "{}: the workbook is left", site.name);
        }
        let again = site.get(&desk.updater, path).expect(200).body;
        assert!(all().all(|canary| !again.contains(canary)), "{again}");
        assert_eq!(
            site.get(&desk.updater, "/api/v1/customers?q=金丝雀").expect(200).json()["items"],
            json!([])
        );
        verified(&site);

        // What is not about persons stands as it stood, and others are untouched.
        let versions = site
            .get(&desk.updater, "/api/v1/customers/C-1/records?kind=customer")
            .expect(200)
            .json();
        let record = &versions["items"][0];
        assert_eq!(record["values"]["size"], "large", "{record}");
        assert!(
            record["erased_at"].is_string() && record["values"].get("contact_name").is_none(),
            "{record}"
        );
        let other = site
            .get(&desk.updater, "/api/v1/customers/C-2/records?kind=customer")
            .expect(200)
            .json();
        assert_eq!(other["items"][0]["values"]["contact_name"], "另一人", "{other}");
        let other = site.get(&desk.updater, "/api/v1/customers/C-2").expect(200).json();
        assert_eq!(
            (&other["custom"]["remark"], &other["custom"]["keep"]),
            (&json!("认识[erased]"), &json!("照旧"))
        );
        let sent = site.get(&desk.updater, "/api/v1/submissions/1/rows").expect(200).json();
        assert_eq!(
            sent["items"].as_array().unwrap().len(),
            2,
            "the rows can still be read: {sent}"
        );
        let relations = site.get(&desk.updater, "/api/v1/customers/C-1/relations").expect(200);
        assert!(relations.body.contains("[erased]"), "{relations:?}");
        // The same file may come again, and is kept again.
        let terms = json!({ "source": "客户年报", "method": "人工录入" });
        let sent = place(&upload(&site, &desk.updater, "again.xlsx", &file, &terms).expect(201));
        let read = site.get(&desk.updater, &format!("{sent}/file")).expect(200);
        assert_eq!(read.bytes, file);
    }
}

#[test]
fn a_person_a_file_and_a_former_user_are_erased_each_by_two() {
    for site in sites() {
        let desk = desk(&site);
        let file = plant(&site, &desk);
        // The person stands with another customer too: erasing the first customer's people leaves him.
        let holder = json!({ "person": "金丝雀戊", "code": "ID-110101-CANARY" });
        let relation =
            json!({ "holder": holder, "target": { "customer": "C-2" }, "sort": "management", "from": "2020-01-01" });
        let made = site
            .post(&desk.updater, "/api/v1/relations", &json!({ "relations": [relation] }))
            .expect(201)
            .json();
        let person = made["items"][0]["holder"]["id"].as_i64().unwrap();
        let one = json!({ "customer": "C-1", "reason": "联系人要求删除" });
        let done = erased(&site, &desk.updater, &desk.auditor, "/api/v1/erasures", &one);
        assert_eq!(done["counts"]["person_kept"], 1, "{done}");
        assert!(holds(&everything(&site), IN_RELATIONS[1].as_bytes()));
        let one = json!({ "person": person, "reason": "本人要求删除" });
        erased(&site, &desk.updater, &desk.auditor, "/api/v1/erasures", &one);
        let bytes = everything(&site);
        for canary in IN_RELATIONS {
            assert!(!holds(&bytes, canary.as_bytes()), "{}: {canary}", site.name);
        }
        // A file by itself.
        let terms = json!({ "source": "客户年报", "method": "人工录入" });
        let sent = place(&upload(&site, &desk.updater, "again.xlsx", &file, &terms).expect(201));
        site.get(&desk.updater, &format!("{sent}/file")).expect(200);
        let hash = ring::digest::digest(&ring::digest::SHA256, &file);
        let hash: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        let one = json!({ "file": hash, "reason": "误传" });
        erased(&site, &desk.updater, &desk.auditor, "/api/v1/erasures", &one);
        let bytes = everything(&site);
        assert!(pieces(&file).iter().all(|piece| !holds(&bytes, piece)), "{}", site.name);

        // A former user, once closed.
        let body = json!({ "login": "canary.user", "name": "金丝雀庚", "email": "geng@canary.example" });
        let made = site.post(&desk.first, "/api/v1/users", &body).expect(201).json();
        let user = made["id"].as_i64().unwrap();
        let path = format!("/api/v1/users/{user}");
        let body = json!({ "user": user, "reason": "离职两年" });
        assert_eq!(
            site.post(&desk.first, "/api/v1/user-erasures", &body).problem(),
            "conflict"
        );
        site.patch(&desk.first, &path, &json!({ "state": "closed" }))
            .expect(200);
        let found = site.get(&desk.first, &format!("{path}/personal-data")).expect(200).body;
        let his = ["canary.user", "金丝雀庚", "geng@canary.example"];
        assert!(his.iter().all(|canary| found.contains(canary)), "{found}");
        assert_eq!(
            site.post(&desk.updater, "/api/v1/user-erasures", &body).problem(),
            "forbidden"
        );
        erased(&site, &desk.first, &desk.deputy, "/api/v1/user-erasures", &body);
        let bytes = everything(&site);
        for canary in his {
            for spelt in spellings(canary) {
                assert!(!holds(&bytes, &spelt), "{}: {canary}", site.name);
            }
        }
        let tag = site
            .get(&desk.first, &path)
            .expect(200)
            .header("etag")
            .unwrap()
            .to_owned();
        let ask = site
            .by(&desk.first, "PATCH", &path)
            .header("If-Match", &tag)
            .json(&json!({ "name": "新名" }));
        assert_eq!(site.send(&ask).problem(), "conflict");
        verified(&site);
    }
}

#[test]
fn what_cannot_be_asked_for_is_said_and_changes_nothing() {
    let site = Site::sqlite();
    let desk = desk(&site);
    site.plant_customer("C-9", pinji_domain::Secrecy::Confidential);
    let size = || {
        let all = site
            .get(&desk.watcher, "/api/v1/ledger/entries?limit=500")
            .expect(200)
            .json();
        all["items"].as_array().unwrap().len()
    };
    let before = size();
    let check = |body: Value, pointer: &str| {
        let answer = site.post(&desk.updater, "/api/v1/erasures", &body);
        assert_eq!(
            (answer.status, &answer.json()["errors"][0]["pointer"]),
            (422, &json!(pointer)),
            "{body}"
        );
        answer.body.len()
    };
    check(json!({ "reason": "删除" }), "/customer");
    check(json!({ "customer": "C-1", "person": 1, "reason": "删除" }), "/customer");
    check(
        json!({ "customer": "C-1", "reason": "删除", "mentions": ["audited"] }),
        "/mentions/0",
    );
    check(json!({ "person": 77, "reason": "删除" }), "/person");
    check(json!({ "file": "00", "reason": "删除" }), "/file");
    // Nobody learns from the answer that a confidential customer is there.
    let hidden = check(json!({ "customer": "C-9", "reason": "删除" }), "/customer");
    assert_eq!(
        hidden,
        check(json!({ "customer": "C-8", "reason": "删除" }), "/customer")
    );
    assert_eq!(
        site.get(&desk.updater, "/api/v1/customers/C-9/personal-data").problem(),
        "not-found"
    );
    assert_eq!(site.get(&desk.updater, "/api/v1/erasures/1").problem(), "not-found");
    assert_eq!(
        site.post(&desk.auditor, "/api/v1/erasures/1/approval", &json!({}))
            .problem(),
        "not-found"
    );
    assert_eq!(size(), before);
    // Refused with a reason; then it is decided.
    site.customer(&desk.updater, "C-1", "海岸贸易有限公司", json!({}));
    let asked = json!({ "customer": "C-1", "reason": "删除" });
    let at = site.post(&desk.updater, "/api/v1/erasures", &asked).expect(201);
    let at = at.header("location").unwrap().to_owned();
    let refusal = json!({ "reason": "须保留五年" });
    let refused = site
        .post(&desk.auditor, &format!("{at}/refusal"), &refusal)
        .expect(200)
        .json();
    assert_eq!(
        (&refused["state"], &refused["words"]),
        (&json!("refused"), &json!("须保留五年"))
    );
    assert_eq!(
        site.post(&desk.auditor, &format!("{at}/approval"), &json!({}))
            .problem(),
        "conflict"
    );
    let listed = site.get(&desk.auditor, "/api/v1/erasures").expect(200).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        site.get(&desk.first, "/api/v1/user-erasures").expect(200).json()["items"],
        json!([])
    );
}

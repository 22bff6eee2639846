//! Links: a ledger that is read where it lies gives the grades that it would give in the store, and nothing else is read.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use pinji_app::linked::Roots;
use pinji_app::progress::Unwatched;
use pinji_app::register::Opening;
use pinji_app::verify::{VerifyRequest, verify};
use pinji_domain::{Lang, UserId};
use serde_json::{Value, json};

use crate::book::Book;
use crate::runs::run;
use crate::site::{Person, Site, generous};

const POLICY: &str = "tob-standard";
const AS_OF: &str = "2025-12-31";

/// An office on each database whose operator has opened this folder under the name `ledgers`.
pub fn sites_with_ledgers(ledgers: &Path) -> Vec<Site> {
    let roots = Roots::parse(&[format!("ledgers={}", ledgers.display())]).unwrap();
    let open = |name, database| {
        let roots = roots.clone();
        Site::opened(name, database, generous(), |_, opening| Opening { roots, ..opening })
    };
    let mut sites = vec![open("sqlite", None)];
    match pinji_testkit::Postgres::shared().map(pinji_testkit::Postgres::database) {
        Ok(Ok(address)) => sites.push(open("postgres", Some(address))),
        why => {
            assert!(std::env::var_os("PINJI_NEED_POSTGRES").is_none(), "{why:?}");
            eprintln!("skipped: PostgreSQL half of the test: {why:?}");
        }
    }
    sites
}

/// Two who run ratings, in elevated sessions; somebody who only looks after customers; and the system's administrator.
struct People {
    one: Person,
    other: Person,
    updater: Person,
    system: Person,
}

fn people(site: &Site) -> People {
    let (first, deputy, system) = site.set_up();
    let [one, other] = ["wang.fang", "li.na"]
        .map(|login| site.elevate(&site.employ(&first, &deputy, login, &["rating_administrator"])));
    let updater = site.employ(&first, &deputy, "updater", &["updater"]);
    People {
        one,
        other,
        updater,
        system,
    }
}

/// Texts as a Parquet file, in row groups of so many rows.
fn write(path: &Path, headings: &[String], rows: &[Vec<String>], group: usize) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let column = |at: usize| {
        let cells = rows
            .iter()
            .map(|row| Some(row[at].as_str()).filter(|cell| !cell.is_empty()));
        Arc::new(cells.collect::<StringArray>()) as ArrayRef
    };
    let columns = headings
        .iter()
        .enumerate()
        .map(|(at, heading)| (heading, column(at), true));
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let properties = parquet::file::properties::WriterProperties::builder()
        .set_max_row_group_row_count(Some(group))
        .build();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// A ledger of transactions without a row.
pub fn empty_ledger(path: &Path) {
    let (headings, _) = Book::new(80, 7).rows_of("transaction");
    write(path, &headings, &[], 50);
}

fn linked(site: &Site, people: &People, location: &str) -> Value {
    let body = json!({ "kind": "transaction", "location": location, "reason": "交易流水很大" });
    let made = site.post(&people.one, "/api/v1/links", &body).expect(201);
    let place = made.header("location").unwrap().to_owned();
    site.post(&people.other, &format!("{place}/approval"), &json!({}))
        .expect(200)
        .json()
}

fn file<'r>(run: &'r Value, name: &str) -> &'r Value {
    let files = run["counts"][0]["files"].as_array().unwrap();
    let name = format!("{POLICY}/{name}");
    &files.iter().find(|file| file["name"] == name).unwrap()["sha256"]
}

#[test]
fn a_linked_ledger_gives_the_same_grades_as_one_in_the_store() {
    let ledgers = tempfile::tempdir().unwrap();
    let (headings, rows) = Book::new(80, 7).rows_of("transaction");
    let (before, after) = rows.split_at(rows.len() / 2);
    write(&ledgers.path().join("tx/year=2024/a.parquet"), &headings, before, 50);
    let mut with_strangers = after.to_vec();
    for stranger in ["Z9", "Z1", "Z9"] {
        let mut row = after[0].clone();
        row[0] = stranger.to_owned();
        with_strangers.push(row);
    }
    write(
        &ledgers.path().join("tx/year=2025/b.parquet"),
        &headings,
        &with_strangers,
        50,
    );
    std::fs::write(ledgers.path().join("tx/_SUCCESS"), b"").unwrap();

    let whole = Site::sqlite();
    let (first, deputy, _) = whole.set_up();
    let wang = whole.employ(&first, &deputy, "wang.fang", &["rating_administrator"]);
    whole.keep_book(&Book::new(80, 7), UserId(wang.id));
    let body = json!({ "policies": [POLICY], "as_of": AS_OF });
    let wanted = run(&whole, &wang, &body);
    assert_eq!(wanted["state"], "done", "{wanted}");

    for site in sites_with_ledgers(ledgers.path()) {
        let people = people(&site);
        let book = Book::new(80, 7).without("transaction");
        site.keep_book(&book, UserId(people.one.id));
        // Without the link the figures of the ledger are missing, and the run says so in its grades.
        let without = run(&site, &people.one, &body);
        assert_ne!(file(&without, "grades.parquet"), file(&wanted, "grades.parquet"));
        let link = linked(&site, &people, "ledgers/tx/");
        assert_eq!(
            (&link["state"], &link["location"]),
            (&json!("active"), &json!("ledgers/tx"))
        );
        assert_eq!(link["found"]["files"], 2);
        let columns = link["found"]["columns"].as_array().unwrap();
        assert!(
            columns.contains(&json!({ "heading": "交易日期", "field": "traded_on" })),
            "{link}"
        );

        let done = run(&site, &people.one, &body);
        assert_eq!(done["state"], "done", "{}: {done}", site.name);
        for name in ["grades.parquet", "lines.parquet", "snapshot.parquet"] {
            assert_eq!(file(&done, name), file(&wanted, name), "{} {name}", site.name);
        }
        let told = &done["counts"][0]["linked"][0];
        assert_eq!(
            (&told["kind"], &told["files"], &told["unknown"], &told["strangers"]),
            (&json!("transaction"), &json!(2), &json!(3), &json!(["Z1", "Z9"])),
            "{told}"
        );
        assert_eq!(told["rows"], link["found"]["rows"]);

        // Nothing of the ledger was copied, and verifying is given it again.
        let folder = site.folder.path().join(format!("runs/{}", done["id"]));
        assert!(!folder.join("data/transaction.parquet").exists());
        let mut request = VerifyRequest {
            run: folder.join(POLICY),
            data: None,
            linked: Vec::new(),
            lang: Lang::En,
        };
        let found = verify(&request, &Unwatched).unwrap();
        assert!(found.same, "{found:?}");
        request.data = Some(folder.join("data"));
        assert_eq!(
            verify(&request, &Unwatched).unwrap_err().message().code,
            "app-verify-needs-linked"
        );
        request.linked = vec![("transaction".to_owned(), ledgers.path().join("tx"))];
        let found = verify(&request, &Unwatched).unwrap();
        assert!(found.same && found.with_data, "{found:?}");
        let other = tempfile::tempdir().unwrap();
        write(
            &other.path().join("year=2024/a.parquet"),
            &headings,
            before_of(&headings),
            50,
        );
        std::fs::create_dir(other.path().join("year=2025")).unwrap();
        std::fs::copy(
            ledgers.path().join("tx/year=2025/b.parquet"),
            other.path().join("year=2025/b.parquet"),
        )
        .unwrap();
        request.linked = vec![("transaction".to_owned(), other.path().to_owned())];
        let found = verify(&request, &Unwatched).unwrap();
        let files: Vec<&str> = found.differences.iter().map(|one| one.file.as_str()).collect();
        assert!(files.len() == 1 && files[0].ends_with("a.parquet"), "{files:?}");

        // One customer alone has the bytes of the batch; its page says where the rest lies.
        let batch = site
            .get(&people.one, &format!("/api/v1/runs/{}/grades/C00007", done["id"]))
            .expect(200)
            .json();
        assert!(!batch["explanation"]["why"].as_array().unwrap().is_empty(), "{batch}");
        let body = json!({ "policy": POLICY, "as_of": AS_OF, "known_at": done["known_at"] });
        let alone = site
            .post(&people.one, "/api/v1/customers/C00007/regrade", &body)
            .expect(200)
            .json();
        assert_eq!(alone, batch);
        let page = site
            .get(&people.one, "/api/v1/customers/C00007/page")
            .expect(200)
            .json();
        let parts = page["kinds"].as_array().unwrap();
        let part = parts.iter().find(|part| part["kind"] == "transaction").unwrap();
        assert_eq!(part["linked"]["rows"], link["found"]["rows"], "{part}");
        let records = "/api/v1/customers/C00007/records";
        assert_eq!(
            site.get(&people.one, &format!("{records}?kind=transaction")).problem(),
            "conflict"
        );
        site.get(&people.one, records).expect(200);
        // None are sent in any more.
        let sent = json!({ "kind": "transaction", "source": "s", "method": "m",
            "rows": [{ "customer": "C00007", "traded_on": "2025-01-01", "amount": "1.00" }] });
        assert_eq!(
            site.post(&people.updater, "/api/v1/submissions", &sent).problem(),
            "conflict"
        );
        // The ledger ends with its link: the next run is as the one before it.
        let place = format!("/api/v1/links/{}", link["id"]);
        assert_eq!(site.delete(&people.one, &place).expect(200).json()["state"], "ended");
        let ended = run(&site, &people.one, &json!({ "policies": [POLICY], "as_of": AS_OF }));
        assert_eq!(file(&ended, "grades.parquet"), file(&without, "grades.parquet"));
    }
}

/// Other rows under the same headings.
fn before_of(headings: &[String]) -> &'static [Vec<String>] {
    let row = headings.iter().map(|heading| match heading.as_str() {
        "客户编号" => "C00001".to_owned(),
        "交易日期" => "2025-01-01".to_owned(),
        _ => String::new(),
    });
    Box::leak(Box::new([row.collect::<Vec<_>>()]))
}

#[test]
fn two_people_stand_behind_a_link_and_each_step_is_one_entry() {
    let ledgers = tempfile::tempdir().unwrap();
    let headings = ["客户编号", "日期", "金额", "备注一"].map(str::to_owned);
    let row = ["C00001", "2025-03-01", "12.50", "x"].map(str::to_owned).to_vec();
    write(&ledgers.path().join("tx.parquet"), &headings, &[row], 50);
    for site in sites_with_ledgers(ledgers.path()) {
        let people = people(&site);
        let body = json!({ "kind": "transaction", "location": "ledgers/tx.parquet", "maps": ["备注一=product"], "reason": "大" });
        assert_eq!(
            site.post(&people.updater, "/api/v1/links", &body).problem(),
            "forbidden"
        );
        assert_eq!(site.get(&people.updater, "/api/v1/links").problem(), "forbidden");
        let before = site.ledger_size(&people.system);
        let steps =
            |site: &Site, more: i64| assert_eq!(site.ledger_size(&people.system), before + more, "{}", site.name);
        let made = site.post(&people.one, "/api/v1/links", &body).expect(201);
        let place = made.header("location").unwrap().to_owned();
        assert_eq!(made.json()["maps"], json!(["备注一=transaction.product"]));
        steps(&site, 1);
        assert_eq!(site.post(&people.one, "/api/v1/links", &body).problem(), "conflict");
        let approval = format!("{place}/approval");
        assert_eq!(site.post(&people.one, &approval, &json!({})).problem(), "forbidden");
        assert_eq!(site.get(&people.system, &place).expect(200).json()["state"], "proposed");
        steps(&site, 1);
        site.post(&people.other, &approval, &json!({})).expect(200);
        assert_eq!(site.post(&people.other, &approval, &json!({})).problem(), "conflict");
        steps(&site, 2);
        let stale = site.by(&people.one, "DELETE", &place).header("If-Match", "\"1\"");
        assert_eq!(site.send(&stale).status, 412);
        site.delete(&people.one, &place).expect(200);
        steps(&site, 3);
        let again = site.post(&people.one, "/api/v1/links", &body).expect(201);
        let refusal = format!("{}/refusal", again.header("location").unwrap());
        assert_eq!(
            site.post(&people.other, &refusal, &json!({})).expect(200).json()["state"],
            "refused"
        );
        steps(&site, 5);
        let states = |query: &str| {
            let page = site
                .get(&people.one, &format!("/api/v1/links{query}"))
                .expect(200)
                .json();
            let items = page["items"].as_array().unwrap().iter();
            items
                .map(|link| link["state"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(states(""), ["ended", "refused"]);
        assert_eq!(states("?state=ended"), ["ended"]);
        assert_eq!(site.get(&people.one, "/api/v1/links/77").problem(), "not-found");
    }
}

#[test]
fn what_cannot_be_linked_is_said_at_once() {
    let ledgers = tempfile::tempdir().unwrap();
    let headings = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let lay = |name: &str, names: &[&str]| {
        let row = vec!["x".to_owned(); names.len()];
        write(&ledgers.path().join(name), &headings(names), &[row], 50);
    };
    lay("fine.parquet", &["客户编号", "日期"]);
    lay("undated.parquet", &["客户编号", "金额"]);
    lay("twice.parquet", &["客户编号", "customer_id", "日期"]);
    std::fs::write(ledgers.path().join("not.parquet"), b"PAR1 but nothing more").unwrap();
    let mut huge = std::fs::read(ledgers.path().join("fine.parquet")).unwrap();
    let at = huge.len() - 8;
    huge[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    std::fs::write(ledgers.path().join("huge.parquet"), huge).unwrap();
    std::os::unix::fs::symlink("/etc", ledgers.path().join("out")).unwrap();
    let site = sites_with_ledgers(ledgers.path()).remove(0);
    let people = people(&site);
    let size = site.ledger_size(&people.system);
    let check = |body: Value, pointer: &str, says: &str| {
        let answer = site.post(&people.one, "/api/v1/links", &body);
        assert_eq!(answer.problem(), "invalid", "{body}: {answer:?}");
        let errors = answer.json()["errors"].to_string();
        assert!(
            errors.contains(&format!("\"{pointer}\"")) && errors.contains(says),
            "{body}: {errors}"
        );
    };
    let at = |location: &str| json!({ "kind": "transaction", "location": location, "reason": "r" });
    for (location, says) in [
        ("ledgers/../../etc/passwd", "no location"),
        ("/etc/passwd", "no location"),
        ("ledgers/out", "symbolic link"),
        ("ledgers/out/passwd", "symbolic link"),
        ("s3://bucket/transactions", "object store"),
        ("http://127.0.0.1:9/x", "object store"),
        ("elsewhere/tx", "There are: ledgers"),
        ("ledgers/none", "nothing at"),
        ("ledgers/undated.parquet", "traded_on"),
        ("ledgers/twice.parquet", "twice.parquet"),
        ("ledgers/not.parquet", "not.parquet"),
        ("ledgers/huge.parquet", "MiB"),
    ] {
        check(at(location), "/location", says);
    }
    check(
        json!({ "kind": "customer", "location": "ledgers/fine.parquet", "reason": "r" }),
        "/kind",
        "only ledgers",
    );
    check(
        json!({ "kind": "none", "location": "ledgers/fine.parquet", "reason": "r" }),
        "/kind",
        "transaction",
    );
    check(
        json!({ "kind": "transaction", "location": "ledgers/fine.parquet", "reason": " " }),
        "/reason",
        "500",
    );
    for (map, says) in [("x", "="), ("客户编号=nothing", "nothing"), ("备注=product", "No file")] {
        let body = json!({ "kind": "transaction", "location": "ledgers/fine.parquet", "maps": [map], "reason": "r" });
        check(body, "/maps/0", says);
    }
    assert_eq!(site.ledger_size(&people.system), size, "nothing was kept");
    // What the office keeps itself would count twice.
    site.keep_book(&Book::new(5, 1), UserId(people.one.id));
    let before = site.ledger_size(&people.system);
    assert_eq!(
        site.post(&people.one, "/api/v1/links", &at("ledgers/fine.parquet"))
            .problem(),
        "conflict"
    );
    assert_eq!(site.ledger_size(&people.system), before, "nothing was kept");
}

#[test]
fn a_bad_row_ends_the_run_with_its_place() {
    let ledgers = tempfile::tempdir().unwrap();
    let (headings, some) = Book::new(5, 1).rows_of("transaction");
    let mut rows: Vec<Vec<String>> = some.iter().cycle().take(120).cloned().collect();
    let amount = headings.iter().position(|heading| heading == "金额").unwrap();
    let good = rows[70].clone();
    rows[70][amount] = "a lot".to_owned();
    rows[90][0] = String::new();
    write(&ledgers.path().join("tx/a.parquet"), &headings, &rows, 50);
    let site = sites_with_ledgers(ledgers.path()).remove(0);
    let people = people(&site);
    site.keep_book(&Book::new(5, 1).without("transaction"), UserId(people.one.id));
    linked(&site, &people, "ledgers/tx");
    let body = json!({ "policies": [POLICY], "as_of": AS_OF });
    let failed = run(&site, &people.one, &body);
    let why = failed["error"].as_str().unwrap();
    for part in ["transaction/a.parquet", "row group 2", "row 71", "金额", "2 cells"] {
        assert!(why.contains(part), "{part}: {why}");
    }
    // What was known before the day cannot be told of rows without an instant.
    (rows[70], rows[90]) = (good.clone(), good);
    write(&ledgers.path().join("tx/a.parquet"), &headings, &rows, 50);
    let early = site.clock.now();
    let body = json!({ "policies": [POLICY], "as_of": "2126-12-31", "known_at": early.to_string() });
    let failed = run(&site, &people.one, &body);
    assert!(failed["error"].as_str().unwrap().contains("known_at"), "{failed}");
    // A column that the policy reads and the files lack.
    let category = headings.iter().position(|heading| heading == "产品线").unwrap();
    let mut fewer = headings.clone();
    fewer[category] = "another".to_owned();
    write(&ledgers.path().join("tx/a.parquet"), &fewer, &rows, 50);
    let failed = run(&site, &people.one, &json!({ "policies": [POLICY], "as_of": AS_OF }));
    let why = failed["error"].as_str().unwrap();
    assert!(
        why.contains("linked files") && why.contains("transaction.category"),
        "{failed}"
    );
    // A folder that is gone is named.
    std::fs::rename(ledgers.path().join("tx"), ledgers.path().join("moved")).unwrap();
    let failed = run(&site, &people.one, &json!({ "policies": [POLICY], "as_of": AS_OF }));
    assert!(failed["error"].as_str().unwrap().contains("ledgers/tx"), "{failed}");
}

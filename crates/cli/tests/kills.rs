//! R1: an office that is killed at any moment, on either database. What was answered is there when it is back, whole, once.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use pinji_store::Store;
use pinji_testkit::Postgres;
use serde_json::{Value, json};

use crate::book::{Book, Die};
use crate::office::{Served, Staff, ask, block, now, office_on, place_of};
use crate::place::pinji;

const POLICY: &str = "tob-standard";
/// For one customer alone, again and again: a policy with few indicators.
const SMALL: &str = "wholesale-rfm";
const CUSTOMERS: usize = 60;
/// Runs are asked for in so many of the first rounds; a thousand would be graded until tomorrow.
const RUNS: usize = 10;
/// An office that was killed so often makes room for a new one.
const KILLS_EACH: usize = 50;

/// As many as `PINJI_KILLS` says, a thousand in a nightly run; a fifth of them on PostgreSQL.
fn kills() -> usize {
    let said = std::env::var("PINJI_KILLS").ok();
    said.and_then(|said| said.parse().ok()).unwrap_or(10)
}

#[test]
fn nothing_acknowledged_is_lost_and_each_customer_is_graded_once() {
    killed_so_often("sqlite", kills(), || None);
}

#[test]
fn nothing_acknowledged_is_lost_on_postgres() {
    let postgres = match Postgres::shared() {
        Ok(postgres) => postgres,
        Err(why) => {
            assert!(std::env::var_os("PINJI_NEED_POSTGRES").is_none(), "{why}");
            println!("skipped: {why}");
            return;
        }
    };
    killed_so_often("postgres", kills().div_ceil(5), || Some(postgres.database().unwrap()));
}

/// What came of the kills.
#[derive(Default)]
struct Tally {
    sent: usize,
    kept: usize,
    slowest: Duration,
}

fn killed_so_often(name: &str, kills: usize, database: impl Fn() -> Option<String>) {
    let mut all = Tally::default();
    for (office, first) in (0..kills).step_by(KILLS_EACH).enumerate() {
        let tally = killed(database().as_deref(), KILLS_EACH.min(kills - first), 3 + office as u64);
        all.sent += tally.sent;
        all.kept += tally.kept;
        all.slowest = all.slowest.max(tally.slowest);
        println!("{name}: {} of {kills} kills so far", kills.min(first + KILLS_EACH));
    }
    println!(
        "{name}: {kills} kills, {} of {} requests answered, 0 lost, 0 halves, ready again in {:?} at most",
        all.kept, all.sent, all.slowest
    );
    assert!(all.slowest < Duration::from_secs(5), "ready again in {:?}", all.slowest);
}

/// A request that changes something, and what it was answered.
#[derive(Debug, Clone)]
struct Done {
    token: String,
    key: String,
    path: String,
    body: Value,
    answer: String,
}

/// Kills one office so often, while somebody works in it.
fn killed(database: Option<&str>, kills: usize, seed: u64) -> Tally {
    let place = tempfile::tempdir().unwrap();
    let (staff, book) = office_on(place.path(), database, CUSTOMERS);
    let mut die = Die::new(seed);
    let mut tally = Tally::default();
    let mut all: Vec<Done> = Vec::new();
    let mut looked_at = 0;
    for round in 0..=kills {
        let began = Instant::now();
        let served = Served::on(place.path(), database);
        tally.slowest = tally.slowest.max(began.elapsed());
        // The same request under the same key gets the same answer, and nothing new is made.
        for done in &all[looked_at..] {
            let (_, again) = asked(&served, done).unwrap();
            assert_eq!(again, done.answer, "round {round}: {done:?}");
        }
        looked_at = all.len();
        whole_and_chained(place.path(), database, round);
        if round == kills {
            runs_end(&served, &staff, &book, &all);
            assert_eq!(served.end(), 0);
            break;
        }
        let port = served.port;
        let (of_staff, codes) = (staff.clone(), book.codes.clone());
        let (first, heard) = std::sync::mpsc::channel();
        let writer = std::thread::spawn(move || work(port, &of_staff, &codes, round, &first));
        // In every other round something was answered already; in the others the kill may fall into the first request.
        if round % 2 == 0 {
            heard.recv_timeout(Duration::from_secs(60)).unwrap();
        }
        std::thread::sleep(Duration::from_millis(20 + die.throw(900)));
        served.kill();
        let (done, sent) = writer.join().unwrap();
        tally.sent += sent;
        all.extend(done);
    }
    tally.kept = all.len();
    assert!(
        !all.is_empty() && tally.sent > all.len(),
        "{} of {}",
        all.len(),
        tally.sent
    );
    accounted_for(place.path(), database, &all, tally.sent);
    tally
}

fn asked(served: &Served, done: &Done) -> Option<(u16, String)> {
    ask(
        served.port,
        &done.token,
        "POST",
        &done.path,
        Some(&done.key),
        Some(&done.body),
    )
}

/// Works until the server is gone: runs, regrades, new customers, submissions that are sent, confirmed and audited. What
/// was answered, and how much was asked.
fn work(port: u16, staff: &Staff, codes: &[String], round: usize, first: &Sender<()>) -> (Vec<Done>, usize) {
    let (mut done, mut sent) = (Vec::new(), 0);
    let mut step = |token: &str, path: String, body: Value| -> Option<Value> {
        let key = format!("key-{round}-{sent}");
        sent += 1;
        let (status, answer) = ask(port, token, "POST", &path, Some(&key), Some(&body))?;
        // Regrades go back and forth with what is brought in: 409 says so.
        assert!(status < 300 || status == 409, "{path}: {status} {answer}");
        let told = serde_json::from_str(&answer).unwrap();
        if status < 300 {
            // Nobody listens any more after the first.
            let _ = first.send(());
            let token = token.to_owned();
            done.push(Done {
                token,
                key,
                path,
                body,
                answer,
            });
        }
        Some(told)
    };
    for number in 0.. {
        let code = &codes[number % codes.len()];
        let went_on = match number % 3 {
            0 if number == 0 && round < RUNS => {
                let run = json!({ "policies": [POLICY], "as_of": "2025-12-31" });
                step(&staff.rater, "/api/v1/runs".to_owned(), run)
            }
            0 => {
                let alone = json!({ "policy": SMALL, "as_of": "2025-12-31", "known_at": "2026-01-01T00:00:00Z" });
                step(&staff.rater, format!("/api/v1/customers/{code}/regrade"), alone)
            }
            1 => {
                let new =
                    json!({ "code": format!("K-{round}-{number}"), "name": format!("第{round}轮第{number}号厂") });
                step(&staff.updater, "/api/v1/customers".to_owned(), new)
            }
            _ => {
                let row = json!({ "id": code, "employees": round * 1_000 + number });
                let body = json!({ "kind": "customer", "source": "同步", "method": "接口", "rows": [row] });
                let sent = step(&staff.updater, "/api/v1/submissions".to_owned(), body);
                let at = sent.map(|sent| format!("/api/v1/submissions/{}", sent["id"]));
                at.and_then(|at| {
                    step(&staff.updater, format!("{at}/confirmation"), json!({}))?;
                    step(&staff.auditor, format!("{at}/audit"), json!({ "verdict": "accept" }))
                })
            }
        };
        if went_on.is_none() {
            break;
        }
    }
    (done, sent)
}

/// No submission is there by half, and the ledger holds from its first entry to its last.
fn whole_and_chained(folder: &Path, database: Option<&str>, round: usize) {
    let halves = block(async {
        let store = Store::open(&place_of(folder, database), now()).await.unwrap();
        let halves = "SELECT CAST(s.id AS TEXT) FROM submission s WHERE s.rows_accepted <> \
             (SELECT COUNT(*) FROM record r WHERE r.submission = s.id) \
             OR (s.state = 'audited') <> (s.rows_accepted > 0)";
        let halves = store.looked_up(halves).await.unwrap();
        store.close().await.unwrap();
        halves
    });
    assert_eq!(halves, Vec::<String>::new(), "round {round}: there by half");
    let mut words = vec!["ledger", "verify", "office", "--json"];
    words.extend(database.map_or(Vec::new(), |url| vec!["--database", url]));
    let said = pinji(folder, words).ended(0).json();
    assert_eq!(said["holds"], true, "round {round}: {said}");
}

/// Every run that was begun comes to its end, also those whose office was killed, with each customer exactly once.
fn runs_end(served: &Served, staff: &Staff, book: &Book, all: &[Done]) {
    let get = |path: &str| -> Value {
        let (status, body) = ask(served.port, &staff.rater, "GET", path, None, None).unwrap();
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    };
    let began = Instant::now();
    let runs = loop {
        let runs = get("/api/v1/runs?limit=500")["items"].as_array().unwrap().clone();
        if runs.iter().all(|run| !run["finished_at"].is_null()) {
            break runs;
        }
        assert!(began.elapsed() < Duration::from_secs(300), "{runs:?}");
        std::thread::sleep(Duration::from_millis(200));
    };
    let answered = all.iter().filter(|done| done.path == "/api/v1/runs").count();
    assert!(runs.len() >= answered, "{} runs of {answered}", runs.len());
    for run in &runs {
        assert_eq!(run["state"], "done", "{run}");
        let mut path = format!("/api/v1/runs/{}/grades?limit=500", run["id"]);
        let mut codes = Vec::new();
        loop {
            let page = get(&path);
            let rows = page["items"].as_array().unwrap();
            codes.extend(rows.iter().map(|row| row["customer"].as_str().unwrap().to_owned()));
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/api/v1/runs/{}/grades?limit=500&cursor={next}", run["id"]);
        }
        let all = codes.len();
        assert_eq!(run["counts"][0]["subjects"], all, "{run}");
        let first: Vec<&String> = codes.iter().filter(|code| code.starts_with('C')).collect();
        assert_eq!(
            first,
            book.codes.iter().collect::<Vec<_>>(),
            "each customer exactly once"
        );
        codes.dedup();
        assert_eq!(codes.len(), all, "each customer exactly once");
    }
}

/// One entry for each thing that was done: at least for what was answered, at most for what was asked.
fn accounted_for(folder: &Path, database: Option<&str>, all: &[Done], sent: usize) {
    let (entries, lost) = block(async {
        let store = Store::open(&place_of(folder, database), now()).await.unwrap();
        let entries = store.ledger_entries(0, 1_000_000).await.unwrap();
        let mut lost = Vec::new();
        for done in all.iter().filter(|done| done.path == "/api/v1/customers") {
            let code = done.body["code"].as_str().unwrap();
            if store.customer_by_code(code).await.unwrap().is_none() {
                lost.push(code.to_owned());
            }
        }
        let audited = store
            .looked_up("SELECT CAST(id AS TEXT) FROM submission WHERE state = 'audited'")
            .await
            .unwrap();
        for done in all.iter().filter(|done| done.path.ends_with("/audit")) {
            let id = done.path.split('/').nth(4).unwrap();
            if !audited.iter().any(|one| one == id) {
                lost.push(done.path.clone());
            }
        }
        store.close().await.unwrap();
        (entries, lost)
    });
    assert_eq!(lost, Vec::<String>::new(), "answered, and not there");
    let mut acts: BTreeMap<String, usize> = BTreeMap::new();
    for entry in &entries {
        let act: Value = serde_json::from_slice(&entry.bytes).unwrap();
        if act["request_id"].is_string() {
            *acts.entry(act["action"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    let of = |action: &str| acts.get(action).copied().unwrap_or(0);
    for (action, end) in [
        ("run.create", "/runs"),
        ("grade.regrade", "/regrade"),
        ("customer.write", "/customers"),
        ("submission.create", "/submissions"),
        ("submission.confirm", "/confirmation"),
        ("submission.audit", "/audit"),
    ] {
        let answered = all.iter().filter(|done| done.path.ends_with(end)).count();
        assert!(
            (answered..=sent).contains(&of(action)),
            "{action}: {answered} answered, {acts:?}"
        );
        // Who is killed while nobody else works leaves at most one thing a round that nobody was told of.
        assert!(
            of(action) - answered <= sent - all.len(),
            "{action}: {answered} answered, {acts:?}"
        );
    }
    assert_eq!(of("run.create"), of("run.end"), "{acts:?}");
}

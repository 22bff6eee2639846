//! A process that is killed in the middle of an import: what was acknowledged is there, and of the rest nothing.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use pinji_domain::ids::{RecordId, SubmissionId};
use pinji_store::{Error, Known, Place, Store};
use pinji_testkit::{Clock, stores};
use sha2::{Digest, Sha256};

use crate::support::{Die, block, brought, entry, populated, row, sent};

const PLACE: &str = "PINJI_TEST_KILLED_PLACE";
const ROWS: usize = 3_000;
/// A store that was killed so often makes room for a new one: it has grown to a few hundred batches.
const KILLS_EACH: usize = 50;

/// As many as `PINJI_KILLS` says, a thousand in a nightly run; a fifth of them on PostgreSQL.
pub fn kills(name: &str) -> usize {
    let said = std::env::var("PINJI_KILLS").ok();
    let all = said.and_then(|said| said.parse().ok()).unwrap_or(10);
    if name == "sqlite" { all } else { all.div_ceil(5) }
}

/// Not a test of its own: what the killed process does. It says on standard output which batches were acknowledged.
#[test]
fn killed_child() {
    let Ok(place) = std::env::var(PLACE) else { return };
    block(async {
        let store = Store::open(&Place::parse(&place), Clock::default().now())
            .await
            .unwrap();
        let ann = store.user_by_login("ann").await.unwrap().unwrap().id;
        let customers = store
            .customer_keys(pinji_domain::ids::CustomerId(0), 10_000)
            .await
            .unwrap();
        let first = store.ledger_head().await.unwrap().size;
        for batch in first.. {
            let change = store.change(Clock::default().now()).await.unwrap();
            let rows = customers
                .iter()
                .zip(1..)
                .map(|(customer, number)| row(customer.id, "2025", number, Some(&format!("{{\"b\":{batch}}}"))));
            let id = brought(&change, "statement", ann, rows.collect()).await;
            change.commit(entry).await.unwrap();
            acknowledged(id.0);
        }
    });
}

/// Written past the test harness, which would keep it to itself.
pub fn acknowledged(id: i64) {
    use std::io::Write;
    let mut out = std::fs::OpenOptions::new().append(true).open("/dev/stdout").unwrap();
    writeln!(out, "ACK {id}").unwrap();
}

#[test]
fn a_killed_import_loses_nothing_and_leaves_no_half() {
    for (at, name) in ["sqlite", "postgres"].into_iter().enumerate() {
        let (mut left, mut seed) = (kills(name), 42);
        let mut all = Tally::default();
        while left > 0 {
            // A new place of each database; only one of them is used.
            let Some(place) = stores().into_iter().nth(at) else {
                break;
            };
            let kills = left.min(KILLS_EACH);
            let tally = killed(name, &place.address, kills, seed);
            all.kills += kills;
            all.acknowledged += tally.acknowledged;
            all.slowest = all.slowest.max(tally.slowest);
            left -= kills;
            seed += 1;
            println!("{name}: {} kills so far", all.kills);
        }
        println!(
            "{name}: {} kills, {} batches acknowledged, 0 lost, open again in {:?} at most",
            all.kills, all.acknowledged, all.slowest
        );
        assert!(all.slowest < Duration::from_secs(5), "{:?}", all.slowest);
    }
}

/// What came of the kills of one store.
#[derive(Default)]
struct Tally {
    kills: usize,
    acknowledged: usize,
    slowest: Duration,
}

/// Kills whoever writes to this store so many times, and looks after each of them what is there.
fn killed(name: &str, address: &str, kills: usize, seed: u64) -> Tally {
    let place = Place::parse(address);
    block(async {
        let store = Store::open(&place, Clock::default().now()).await.unwrap();
        populated(&store, ROWS).await;
        store.close().await.unwrap();
    });
    let mut die = Die::new(seed);
    let (mut acknowledged, mut slowest) = (Vec::<i64>::new(), Duration::ZERO);
    let mut looked_at = 1;
    for kill in 0..kills {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kills::killed_child", "--nocapture", "--test-threads=1"])
            .env(PLACE, address)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        while !said.contains("ACK ") && out.read_line(&mut said).unwrap() > 0 {}
        // From here on the kill falls anywhere into the batches.
        std::thread::sleep(Duration::from_millis(die.throw(900) as u64));
        child.kill().unwrap();
        child.wait().unwrap();
        out.read_to_string(&mut said).unwrap();
        let lines = said.lines().filter_map(|line| line.split("ACK ").nth(1));
        acknowledged.extend(lines.map(|id| id.parse::<i64>().unwrap()));

        block(async {
            let began = Instant::now();
            let store = Store::open(&place, Clock::default().now()).await.unwrap();
            // PostgreSQL outlives the client, and may still be about its last transaction: the next writer waits for it.
            drop(store.change(Clock::default().now()).await.unwrap());
            slowest = slowest.max(began.elapsed());
            if name == "sqlite" {
                assert_eq!(store.looked_up("PRAGMA integrity_check").await.unwrap(), ["ok"]);
            }
            let head = store.ledger_head().await.unwrap();
            let entries = store.ledger_entries(0, 100_000).await.unwrap();
            assert_eq!(entries.len() as i64, head.size);
            for (seq, entry) in (0_i64..).zip(&entries) {
                let leaf: [u8; 32] = Sha256::digest(&entry.bytes).into();
                assert_eq!((entry.seq, entry.leaf.as_slice()), (seq, leaf.as_slice()));
            }
            let there = head.size - 1;
            assert!(
                there >= acknowledged.len() as i64,
                "{name}, kill {kill}: an acknowledged batch is gone"
            );
            // All of them at the last; before that, those since the kill before, and the one that they replaced.
            let from = if kill + 1 == kills { 1 } else { looked_at };
            looked_at = there.max(1);
            let ids = batches(&store).await;
            assert_eq!(ids.len() as i64, there, "{name}, kill {kill}: an entry for each batch");
            for (number, id) in ids.iter().enumerate().skip(from as usize - 1) {
                let page = store
                    .records_from(SubmissionId(*id), RecordId(0), ROWS as u32 + 1)
                    .await
                    .unwrap();
                assert_eq!(page.len(), ROWS, "{name}, kill {kill}: batch {id} is there by half");
                let next = ids.get(number + 1).map(|next| SubmissionId(*next));
                assert!(page.iter().all(|record| record.closed_by == next));
            }
            assert!(acknowledged.iter().all(|id| ids.contains(id)));
            let records: i64 = store.count_records("statement", Known::Now).await.unwrap();
            assert_eq!(records, if there > 0 { ROWS as i64 } else { 0 });
            store.close().await.unwrap();
        });
    }
    assert!(
        acknowledged.len() >= kills,
        "the kills came too early to test anything: {acknowledged:?}"
    );
    Tally {
        kills,
        acknowledged: acknowledged.len(),
        slowest,
    }
}

/// The numbers of the submissions that are there; PostgreSQL gives none twice, also of those that were rolled back.
async fn batches(store: &Store) -> Vec<i64> {
    let ids = "SELECT CAST(s.id AS TEXT) FROM submission s ORDER BY s.id";
    let found = store.looked_up(ids).await.unwrap();
    found.iter().map(|id| id.parse().unwrap()).collect()
}

/// SQLite says "full" at a page limit as it does at the end of a disk.
#[test]
fn a_full_disk_takes_the_whole_batch_back() {
    let folder = tempfile::tempdir().unwrap();
    block(async {
        let store = Store::open(&Place::from(folder.path()), Clock::default().now())
            .await
            .unwrap();
        let (ann, _, ids) = populated(&store, 2_000).await;
        let pages = |more: i64| format!("PRAGMA max_page_count = {more}");
        let now: i64 = store
            .looked_up("SELECT CAST(page_count AS TEXT) FROM pragma_page_count")
            .await
            .unwrap()[0]
            .parse()
            .unwrap();
        for round in 0..20 {
            let before = (
                store.ledger_head().await.unwrap(),
                store.count_records("statement", Known::Now).await.unwrap(),
            );
            store.told(&pages(now + round)).await.unwrap();
            let change = store.change(Clock::default().now()).await.unwrap();
            let id = change.add(sent("statement", ann)).await.unwrap();
            let batch = change.batch(id, "statement").await.unwrap();
            let rows = || {
                ids.iter()
                    .zip(1..)
                    .map(|(id, number)| row(*id, "2025", number, Some("{\"n\":1}")))
                    .collect()
            };
            let full = change.accept(&batch, rows()).await.unwrap_err();
            assert!(matches!(full, Error::Full), "{full:?}");
            drop(change);
            assert_eq!(store.count_users().await.unwrap(), 2, "others read on");
            let after = (
                store.ledger_head().await.unwrap(),
                store.count_records("statement", Known::Now).await.unwrap(),
            );
            assert_eq!(before, after);
            // There is room again, and the same connection writes on.
            store.told(&pages(1_000_000)).await.unwrap();
            if round == 19 {
                let change = store.change(Clock::default().now()).await.unwrap();
                brought(&change, "statement", ann, rows()).await;
                change.commit(entry).await.unwrap();
                assert_eq!(store.count_records("statement", Known::Now).await.unwrap(), 2_000);
            }
        }
        assert_eq!(store.looked_up("PRAGMA integrity_check").await.unwrap(), ["ok"]);
    });
}

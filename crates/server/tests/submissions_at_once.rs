//! K2 for audits: many at once, exactly one wins; R5: a full disk; and what a large workbook costs.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::site::{Person, Site, sites};
use crate::submissions::{CUSTOMERS, bring, people, place, records, rows, terms, upload, workbook};

fn submitted(site: &Site, sender: &Person, size: &str) -> String {
    let file = workbook(&[("客户", rows(&["id|size", &format!("C-1|{size}")]))]);
    let at = place(&upload(site, sender, "客户.xlsx", &file, &terms()).expect(201));
    site.post(sender, &format!("{at}/confirmation"), &json!({})).expect(200);
    at
}

#[test]
fn of_many_audits_at_once_exactly_one_counts() {
    for site in sites() {
        let (sender, auditor, system) = people(&site);
        bring(&site, &sender, &auditor, &CUSTOMERS);
        for round in 0..site.races(2) {
            let at = submitted(&site, &sender, ["medium", "micro"][round % 2]);
            let before = site.ledger_size(&system);
            let won = AtomicUsize::new(0);
            std::thread::scope(|scope| {
                for _ in 0..32 {
                    let (site, at, auditor, won) = (&site, &at, &auditor, &won);
                    scope.spawn(move || {
                        let answer = site.post(auditor, &format!("{at}/audit"), &json!({ "verdict": "accept" }));
                        match answer.status {
                            200 => drop(won.fetch_add(1, Ordering::SeqCst)),
                            _ => assert_eq!(answer.problem(), "conflict", "{answer:?}"),
                        }
                    });
                }
            });
            assert_eq!(won.load(Ordering::SeqCst), 1, "{} round {round}", site.name);
            assert_eq!(site.ledger_size(&system), before + 1, "{} round {round}", site.name);
            assert_eq!(records(&site, "customer", "C-1").len(), 1);
        }
    }
}

#[test]
fn an_audit_and_a_withdrawal_never_both_count() {
    for site in sites() {
        let (sender, auditor, _) = people(&site);
        bring(&site, &sender, &auditor, &CUSTOMERS);
        let rounds = site.races(200);
        let mut audited = 0;
        for round in 0..rounds {
            let at = submitted(&site, &sender, ["medium", "micro"][round % 2]);
            let (one, other) = std::thread::scope(|scope| {
                let (site, at, sender, auditor) = (&site, &at, &sender, &auditor);
                let one =
                    scope.spawn(move || site.post(auditor, &format!("{at}/audit"), &json!({ "verdict": "accept" })));
                let back = json!({ "reason": "撤回" });
                let other = scope.spawn(move || site.post(sender, &format!("{at}/withdrawal"), &back));
                (one.join().unwrap(), other.join().unwrap())
            });
            let both = [one.status == 200, other.status == 200];
            assert_eq!(both.iter().filter(|won| **won).count(), 1, "{one:?} {other:?}");
            audited += usize::from(both[0]);
            let state = site.get(&auditor, &at).expect(200).json()["state"].clone();
            assert_eq!(state, if both[0] { "audited" } else { "withdrawn" });
        }
        eprintln!("{}: {audited} of {rounds} were audited", site.name);
    }
}

/// Who declares a conflict of interest may have judged before, never after: the ledger tells which came first.
#[test]
fn an_audit_never_follows_its_auditors_conflict() {
    for site in sites() {
        let (sender, auditor, _) = people(&site);
        let rounds = site.races(40);
        let codes: Vec<String> = (0..rounds).map(|round| format!("R-{round}")).collect();
        let lines: Vec<String> = codes.iter().map(|code| format!("{code}|{code}号厂|large")).collect();
        let lines: Vec<&str> = std::iter::once("id|name|size")
            .chain(lines.iter().map(String::as_str))
            .collect();
        bring(&site, &sender, &auditor, &lines);
        let store = site.second_store();
        let (mut both, mut audited) = (0, 0);
        for code in &codes {
            let row = json!({ "id": code, "employees": 12 });
            let body = json!({ "kind": "customer", "source": "来访", "method": "表单", "rows": [row] });
            let at = place(&site.post(&sender, "/api/v1/submissions", &body).expect(201));
            site.post(&sender, &format!("{at}/confirmation"), &json!({}))
                .expect(200);
            let before = site.runtime.block_on(store.ledger_head()).unwrap().size;
            let (one, other) = std::thread::scope(|scope| {
                let (site, at, auditor) = (&site, &at, &auditor);
                let one =
                    scope.spawn(move || site.post(auditor, &format!("{at}/audit"), &json!({ "verdict": "accept" })));
                let conflict = json!({ "customer": code, "reason": "配偶持股" });
                let other = scope.spawn(move || site.post(auditor, "/api/v1/session/conflicts", &conflict));
                (one.join().unwrap(), other.join().unwrap())
            });
            assert_eq!(other.status, 201, "{other:?}");
            let entries = site.runtime.block_on(store.ledger_entries(before, 10)).unwrap();
            let actions: Vec<Value> = entries
                .iter()
                .map(|entry| serde_json::from_slice::<Value>(&entry.bytes).unwrap()["action"].clone())
                .collect();
            let audit = actions.iter().position(|action| action == "submission.audit");
            let conflict = actions.iter().position(|action| action == "conflict.declare");
            assert_eq!(audit.is_some(), one.status == 200, "{one:?} {actions:?}");
            if let Some(audit) = audit {
                assert!(
                    Some(audit) < conflict,
                    "{} {code}: audited after the conflict",
                    site.name
                );
                audited += 1;
            }
            both += usize::from(audit.is_some() && conflict.is_some());
        }
        eprintln!(
            "{}: {audited} of {rounds} were audited before the conflict, {both} both",
            site.name
        );
    }
}

/// A disk of 64 MiB under the office; gone when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn at(path: PathBuf) -> Option<SmallDisk> {
        std::fs::create_dir_all(&path).ok()?;
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=64m", "tmpfs"])
            .arg(&path)
            .output();
        mount.ok().filter(|done| done.status.success()).map(|_| SmallDisk(path))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).output();
    }
}

#[test]
fn a_full_disk_takes_back_the_whole_batch() {
    let said = std::env::var("PINJI_FULL_DISKS").ok();
    let disks: u64 = said.and_then(|said| said.parse().ok()).unwrap_or(1);
    let full = (0..disks).filter(|disk| a_full_disk(200_000 + disk * 40_000)).count();
    eprintln!("{full} disks were full; 0 halves, and each took the batch when there was room");
}

/// A disk with so many bytes left when the auditor accepts, and with room again afterwards; false where none can be had.
fn a_full_disk(left: u64) -> bool {
    let outer = tempfile::TempDir::with_prefix("pinji-disk-").unwrap();
    let Some(disk) = SmallDisk::at(outer.path().join("disk")) else {
        eprintln!("skipped: a full disk: no tmpfs can be mounted here");
        return false;
    };
    let site = Site::in_folder(&disk.0);
    let (sender, auditor, system) = people(&site);
    let many = |name: &str, long: usize| {
        let mut lines = vec!["id|name|address".to_owned()];
        lines.extend((0..4000).map(|at| format!("{name}-{at}|{name}{at}号厂|{}", "长".repeat(long))));
        workbook(&[(
            "客户",
            lines
                .iter()
                .map(|line| line.split('|').map(str::to_owned).collect())
                .collect(),
        )])
    };
    let file = many("A", 300);
    let at = place(&upload(&site, &sender, "客户.xlsx", &file, &terms()).expect(201));
    site.post(&sender, &format!("{at}/confirmation"), &json!({}))
        .expect(200);
    // Something fills the disk but for a little.
    let ballast = disk.0.join("ballast");
    let fill = |left: u64| {
        let free = Command::new("df")
            .args(["--output=avail", "-B1"])
            .arg(&disk.0)
            .output()
            .unwrap();
        let free = String::from_utf8(free.stdout).unwrap();
        let free: u64 = free.lines().last().unwrap().trim().parse().unwrap();
        std::fs::write(
            &ballast,
            vec![0_u8; usize::try_from(free.saturating_sub(left)).unwrap()],
        )
        .unwrap();
    };
    let before = site.ledger_size(&system);
    fill(left);
    let answer = site.post(&auditor, &format!("{at}/audit"), &json!({ "verdict": "accept" }));
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (507, "no-room"),
        "{answer:?}"
    );
    // Others read on, and nothing of it is there.
    let state = site.get(&auditor, &at).expect(200).json();
    assert_eq!(state["state"], "submitted");
    assert_eq!(records(&site, "customer", "A-1"), Vec::<Value>::new());
    std::fs::remove_file(&ballast).unwrap();
    assert_eq!(site.ledger_size(&system), before);
    let done = site
        .post(&auditor, &format!("{at}/audit"), &json!({ "verdict": "accept" }))
        .expect(200);
    assert_eq!(done.json()["accepted"], 4000);
    assert_eq!(records(&site, "customer", "A-3999").len(), 1);
    drop(site);
    true
}

/// What 100,000 rows cost: `cargo test --release -p pinji-server --test main -- --ignored --nocapture a_large_workbook`.
#[test]
#[ignore = "a measurement"]
fn a_large_workbook() {
    let site = Site::sqlite();
    let (sender, auditor, _) = people(&site);
    let mut customers = vec![vec!["id".to_owned(), "name".to_owned()]];
    customers.extend((0..10_000).map(|at| vec![format!("L-{at}"), format!("第{at}号客户有限公司")]));
    let mut figures = vec![
        "customer|period_end|period_type|revenue|total_assets|total_liabilities|equity|cash"
            .split('|')
            .map(str::to_owned)
            .collect::<Vec<_>>(),
    ];
    for at in 0..90_000 {
        let line = format!(
            "L-{}|{}-12-31|annual|{}|1000|600|400|50",
            at % 10_000,
            2016 + at / 10_000,
            900 + at % 97
        );
        figures.push(line.split('|').map(str::to_owned).collect());
    }
    let file = workbook(&[("客户", customers), ("财务报表", figures)]);
    let timed = |what: &str, act: &dyn Fn() -> crate::client::Answer| {
        let from = std::time::Instant::now();
        let answer = act();
        eprintln!(
            "{what}: {:.1} s, status {}, peak {} MiB",
            from.elapsed().as_secs_f64(),
            answer.status,
            peak()
        );
        answer
    };
    eprintln!("file: {} MiB, peak {} MiB", file.len() >> 20, peak());
    let sent = timed("upload to draft", &|| {
        upload(&site, &sender, "大.xlsx", &file, &terms())
    })
    .expect(201);
    assert_eq!(
        (&sent.json()["rows"], &sent.json()["new"]),
        (&json!(100_000), &json!(100_000))
    );
    let at = place(&sent);
    timed("confirm", &|| {
        site.post(&sender, &format!("{at}/confirmation"), &json!({}))
    })
    .expect(200);
    let body = json!({ "verdict": "accept" });
    let done = timed("audit", &|| site.post(&auditor, &format!("{at}/audit"), &body)).expect(200);
    assert_eq!(done.json()["accepted"], 100_000);
    timed("the same again, all known", &|| {
        upload(&site, &sender, "大.xlsx", &file, &terms())
    })
    .expect(201);
    timed("undo", &|| {
        site.post(&auditor, &format!("{at}/undo"), &json!({ "reason": "x" }))
    })
    .expect(200);
}

/// What 5,000 new customers cost beside 20,000 with names much like theirs: as above, with `many_new_customers`.
#[test]
#[ignore = "a measurement"]
fn many_new_customers() {
    let site = Site::sqlite();
    let (sender, auditor, _) = people(&site);
    let sheet = |first: usize, count: usize| {
        let mut customers = vec![vec!["id".to_owned(), "name".to_owned()]];
        customers.extend((first..first + count).map(|at| vec![format!("N-{at}"), format!("第{at}号客户有限公司")]));
        workbook(&[("客户", customers)])
    };
    for (first, count) in [(0, 20_000), (20_000, 5_000)] {
        let file = sheet(first, count);
        let from = std::time::Instant::now();
        let lap = |what: &str| eprintln!("{count} customers, {what}: {:.2} s", from.elapsed().as_secs_f64());
        let at = place(&upload(&site, &sender, "客户.xlsx", &file, &terms()).expect(201));
        lap("sent");
        site.post(&sender, &format!("{at}/confirmation"), &json!({}))
            .expect(200);
        lap("confirmed");
        let body = json!({ "verdict": "accept" });
        site.post(&auditor, &format!("{at}/audit"), &body).expect(200);
        lap("audited");
    }
}

fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap_or_default();
    let digits: String = line.chars().filter(char::is_ascii_digit).collect();
    digits.parse::<u64>().unwrap_or(0) >> 10
}

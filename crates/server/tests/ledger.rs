//! What the ledger says, and that its proofs hold for an outsider.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use pinji_app::register::Opening;
use pinji_ledger::{Paper, VerifierKey};
use pinji_server::{Config, serve};
use serde_json::json;

use crate::site::{PASSWORDS, Site, generous, sites};

#[test]
fn the_ledger_names_acts_and_no_people() {
    for site in sites() {
        let (first, deputy, _) = site.set_up();
        let auditor = site.employ(&first, &deputy, "wang.fang", &["audit_administrator"]);
        let path = format!("/api/v1/users/{}", auditor.id);
        site.patch(&first, &path, &json!({ "name": "王芳芳" })).expect(200);
        let listed = site.get(&auditor, "/api/v1/ledger/entries?limit=500").expect(200);
        let body = listed.json();
        let entries = body["items"].as_array().unwrap();
        assert_eq!(entries[0]["entry"]["action"], "ledger.open");
        assert_eq!(entries[1]["entry"]["action"], "office.setup");
        for (place, entry) in entries.iter().enumerate() {
            assert_eq!(entry["seq"], place, "{}", site.name);
        }
        let last = &entries.last().unwrap()["entry"];
        assert_eq!(
            (last["action"].as_str(), last["object"].as_str()),
            (
                Some("user.write"),
                Some(path.replace("/api/v1/users/", "user:").as_str())
            )
        );
        assert_ne!(last["before"]["name"], last["after"]["name"]);
        assert_eq!(last["actor"], format!("user:{}", first.id));
        assert_eq!(last["from"], "127.0.0.1");
        for personal in ["wang.fang", "王芳", "陈安", "chen.an", PASSWORDS[0]] {
            assert!(!listed.body.contains(personal), "{personal}");
        }
    }
}

#[test]
fn checkpoints_leave_the_house_and_proofs_are_given() {
    let site = crate::site::Site::sqlite();
    let (first, deputy, system) = site.set_up();
    let auditor = site.employ(&first, &deputy, "wang.fang", &["audit_administrator"]);
    let write = || {
        site.runtime
            .block_on(pinji_app::register::ledger::write_checkpoint(&site.office))
            .unwrap()
    };
    let path = write().unwrap();
    let note = std::fs::read_to_string(path).unwrap();
    assert_eq!(write(), None, "nothing was added");
    let size = site.ledger_size(&system);
    let now = site.get(&auditor, "/api/v1/ledger/checkpoint").expect(200).json();
    assert_eq!(now["note"], note);
    assert_eq!(now["size"], size);
    let key = now["key"].as_str().unwrap();
    assert!(key.starts_with("pinji.example/"), "{key}");
    let proof = site.get(&auditor, "/api/v1/ledger/entries/2/proof").expect(200).json();
    let entry = site.get(&auditor, "/api/v1/ledger/entries/2").expect(200).json();
    assert_eq!(proof["leaf"], entry["leaf"]);
    assert!(!proof["hashes"].as_array().unwrap().is_empty());
    site.get(&auditor, &format!("/api/v1/ledger/consistency?from=1&size={size}"))
        .expect(200);
    assert_eq!(
        site.get(&auditor, "/api/v1/ledger/consistency?from=0").problem(),
        "invalid"
    );
    assert_eq!(
        site.get(&auditor, "/api/v1/ledger/entries/999/proof").problem(),
        "not-found"
    );
    assert_eq!(
        site.get(&auditor, "/api/v1/ledger/entries/2/proof?size=999").problem(),
        "invalid"
    );
}

/// Hourly, if nothing else is said; here ten times a second, into a folder that is not the office's own.
#[test]
fn checkpoints_leave_the_house_by_themselves() {
    assert_eq!(Config::default().checkpoint_every, Duration::from_secs(3_600));
    let outside = tempfile::tempdir().unwrap();
    let kept = outside.path().join("kept");
    let elsewhere = Some(kept.clone());
    let site = Site::opened("sqlite", None, generous(), |_, opening| Opening {
        checkpoints: elsewhere,
        ..opening
    });
    let (first, deputy, _) = site.set_up();
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let config = Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        checkpoint_every: Duration::from_millis(100),
        ..Config::default()
    };
    let serving = serve(site.office.clone(), config, |_| {}, async {
        let _ = ended.await;
    });
    let serving = site.runtime.spawn(serving);
    let store = site.second_store();
    let lines = || -> Vec<Vec<u8>> {
        let entries = site.runtime.block_on(store.ledger_entries(0, 10_000)).unwrap();
        entries.into_iter().map(|entry| entry.bytes).collect()
    };
    let key = pinji_app::register::ledger::verifier_key(&site.office).parse().unwrap();
    let mut notes = 0;
    for number in 0..3 {
        site.employ(&first, &deputy, &format!("new.{number}"), &[]);
        let began = Instant::now();
        // Until a checkpoint covers all that was done.
        loop {
            let verdict = pinji_ledger::verify(lines(), &papers(&kept), &[VerifierKey::clone(&key)]);
            if verdict.holds() && verdict.covered == verdict.entries {
                assert!(verdict.checkpoints > notes, "a new one for what is new");
                notes = verdict.checkpoints;
                break;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "{verdict:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    end.send(()).unwrap();
    site.runtime.block_on(serving).unwrap().unwrap();
}

/// The notes in a folder; one that is being written there has another name.
fn papers(folder: &Path) -> Vec<Paper> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let notes = files.filter(|file| file.path().extension().is_some_and(|end| end == "note"));
    notes
        .map(|file| Paper {
            name: file.file_name().to_string_lossy().into_owned(),
            bytes: std::fs::read(file.path()).unwrap(),
        })
        .collect()
}

#[cfg(unix)]
#[test]
fn keys_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let site = crate::site::Site::sqlite();
    for name in ["ledger.key", "seal.key"] {
        let mode = std::fs::metadata(site.folder.path().join("keys").join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

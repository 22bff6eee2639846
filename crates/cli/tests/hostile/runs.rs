//! Folders that are no runs, runs that were tampered with, and places where nothing may be written.

use std::path::Path;

use super::{Room, refused};
use crate::program::pinji;

const GOOD: &str = "id,sales,kind_of_customer,orders\nA1,1200,private,3\nA2,800,state,12\n";

#[test]
fn what_is_no_run() {
    let room = Room::new();
    let book = room.write("book.csv", GOOD);
    let empty = room.path("empty");
    std::fs::create_dir(&empty).unwrap();
    for path in [room.path("absent"), empty, book] {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        refused(&pinji(["verify".as_ref(), path.as_os_str()]), &[&name]);
        refused(&pinji(["explain".as_ref(), path.as_os_str(), "A1".as_ref()]), &[&name]);
        refused(
            &pinji(["compare".as_ref(), path.as_os_str(), path.as_os_str()]),
            &[&name],
        );
    }
}

#[test]
fn a_changed_file_is_found_and_named() {
    let names = |run: &Path| {
        let mut names: Vec<String> = std::fs::read_dir(run)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    };
    let room = Room::new();
    let run = room.takes(&room.write("book.csv", GOOD));
    let ran = pinji(["verify".as_ref(), run.as_os_str()]);
    assert_eq!(ran.code, 0, "{}", ran.said);
    let files = names(&run);
    assert!(files.len() >= 6, "{files:?}");
    for name in files.iter().filter(|name| run.join(name).is_file()) {
        let path = run.join(name);
        let sound = std::fs::read(&path).unwrap();
        let mut flipped = sound.clone();
        let middle = flipped.len() / 2;
        flipped[middle] ^= 1;
        for (how, bytes) in [
            ("flipped", flipped),
            ("cut", sound[..middle].to_vec()),
            ("emptied", Vec::new()),
        ] {
            std::fs::write(&path, bytes).unwrap();
            let ran = pinji(["verify".as_ref(), run.as_os_str()]);
            assert!(
                matches!(ran.code, 1 | 2),
                "{name} was {how}, and verify ended with {}: {}",
                ran.code,
                ran.said
            );
            refused(&ran, &[name]);
        }
        std::fs::remove_file(&path).unwrap();
        refused(&pinji(["verify".as_ref(), run.as_os_str()]), &[name]);
        std::fs::write(&path, sound).unwrap();
    }
    assert_eq!(pinji(["verify".as_ref(), run.as_os_str()]).code, 0, "as it was");
}

#[test]
fn nothing_that_is_not_a_run_is_replaced() {
    let room = Room::new();
    let data = room.write("book.csv", GOOD);
    room.write("run/letters.txt", b"dear to somebody");
    refused(&room.rate(&data, &[]), &["run"]);
    assert_eq!(
        std::fs::read(room.path("run/letters.txt")).unwrap(),
        b"dear to somebody"
    );
    std::fs::remove_dir_all(room.path("run")).unwrap();
    room.write("run", b"a file");
    refused(&room.rate(&data, &[]), &["run"]);
    assert_eq!(std::fs::read(room.path("run")).unwrap(), b"a file");
}

#[test]
fn a_customer_who_is_not_there() {
    let room = Room::new();
    let run = room.takes(&room.write("book.csv", GOOD));
    refused(&pinji(["explain".as_ref(), run.as_os_str(), "A9".as_ref()]), &["A9"]);
    assert_eq!(pinji(["explain".as_ref(), run.as_os_str(), "A1".as_ref()]).code, 0);
}

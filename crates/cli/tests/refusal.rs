//! Bad input is refused with a clear word, and nothing is half-written. 拒绝

use std::fs;

use crate::place::{RATE_SMALL, SMALL_DATA, line, names, pinji, small};

#[test]
fn bad_cells_stop_everything_and_are_all_told() {
    let place = small();
    let bad = SMALL_DATA
        .replace("20000000,0", "约两千万,0")
        .replace("\"5,000,000.00\",10", "NaN,1.5");
    fs::write(place.path().join("customers.csv"), bad).unwrap();
    let said = line(place.path(), RATE_SMALL).ended(1);
    let said = said.says(&["C2", "约两千万", "C3", "NaN", "D3", "1.5", "3 cells", "--skip-bad-rows"]);
    assert!(said.out.is_empty(), "{}", said.out);
    assert_eq!(names(place.path()), ["customers.csv", "run.marked", "small.toml"]);
    assert_eq!(names(&place.path().join("run.marked")), ["customers.xlsx"]);
    let answer = line(place.path(), &format!("{RATE_SMALL} --json")).ended(1).json();
    assert_eq!(answer["error"]["bad_data"]["total"], 3);
    assert_eq!(answer["error"]["bad_data"]["cells"][0]["cell"], "C2");
    // Left out on request, and said so.
    let said = line(place.path(), &format!("{RATE_SMALL} --skip-bad-rows")).ended(0);
    let said = said.says(&["2 rows with bad cells were left out"]);
    assert!(said.out.contains("3 customers"), "{}", said.out);
    line(place.path(), "verify run --data customers.csv").ended(0);
}

#[test]
fn an_earlier_run_survives_a_refused_one() {
    let place = small();
    line(place.path(), RATE_SMALL).ended(0);
    fs::write(place.path().join("customers.csv"), "id,revenue,overdue_days\nC1,x,0\n").unwrap();
    line(place.path(), RATE_SMALL).ended(1);
    line(place.path(), "verify run").ended(0);
}

#[test]
fn folders_that_are_not_runs_are_not_overwritten() {
    let place = small();
    fs::create_dir(place.path().join("run")).unwrap();
    fs::write(place.path().join("run/notes.txt"), "mine").unwrap();
    line(place.path(), RATE_SMALL)
        .ended(2)
        .says(&["not the folder of a run", "--out"]);
    assert_eq!(names(&place.path().join("run")), ["notes.txt"]);
    fs::remove_file(place.path().join("run/notes.txt")).unwrap();
    line(place.path(), RATE_SMALL).ended(0);
    fs::write(place.path().join("run/notes.txt"), "mine").unwrap();
    line(place.path(), RATE_SMALL)
        .ended(2)
        .says(&["notes.txt", "not part of a run"]);
    assert_eq!(fs::read_to_string(place.path().join("run/notes.txt")).unwrap(), "mine");
    line(place.path(), &RATE_SMALL.replace("--out run", "--out small.toml"))
        .ended(2)
        .says(&["not a folder"]);
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let place = small();
    let check = |name: &str, bytes: &[u8]| {
        fs::write(place.path().join(name), bytes).unwrap();
        let words = RATE_SMALL.replace("customers.csv", name);
        let said = line(place.path(), &words);
        assert!(
            [1, 2].contains(&said.code),
            "{name} ended with {}\n{}\n{}",
            said.code,
            said.out,
            said.err
        );
        assert!(
            said.err.contains(name.split('.').next().unwrap()),
            "{name} is not named:\n{}",
            said.err
        );
        assert!(!said.err.contains("panicked"), "{name}:\n{}", said.err);
        assert!(!place.path().join("run").exists(), "{name} left something behind");
        let left: Vec<String> = names(place.path())
            .into_iter()
            .filter(|name| name.ends_with(".partial"))
            .collect();
        assert_eq!(left, Vec::<String>::new(), "{name}");
    };
    check("empty.csv", b"");
    check("blank.csv", b"\n\n\n");
    check("headings.csv", b"colour,taste\nred,sweet\n");
    check("binary.csv", &[0, 159, 146, 150, 0, 255, 254, 7, 8]);
    check("broken.xlsx", b"PK\x03\x04 this is no archive");
    check("broken.parquet", b"PAR1 nothing PAR1");
    check("truncated.parquet", b"PAR1");
    check("twice.csv", b"id,revenue,overdue_days\nC1,1,0\nC1,2,0\n");
    check("gone.csv.gz", &[0x1f, 0x8b, 8, 0, 0, 0]);
    let said = line(place.path(), &RATE_SMALL.replace("customers.csv", "nowhere.csv")).ended(2);
    said.says(&["nowhere.csv"]);
}

#[test]
fn a_broken_policy_stops_before_the_data_are_read() {
    let place = small();
    let text = fs::read_to_string(place.path().join("small.toml")).unwrap();
    fs::write(
        place.path().join("small.toml"),
        text.replace("formula = \"revenue\"", "formula = \"revenu\""),
    )
    .unwrap();
    let said = line(place.path(), &RATE_SMALL.replace("customers.csv", "nowhere.csv")).ended(1);
    said.says(&["small.toml:", "revenu", "revenue", "^^^^^^"]);
    line(place.path(), &RATE_SMALL.replace("small.toml", "nothing.toml"))
        .ended(2)
        .says(&["nothing.toml", "tob-standard"]);
    fs::write(place.path().join("small.toml"), [0xff, 0xfe, 0x00]).unwrap();
    line(place.path(), RATE_SMALL).ended(2).says(&["small.toml"]);
}

#[test]
fn previous_must_be_a_run() {
    let place = small();
    line(place.path(), &format!("{RATE_SMALL} --previous small.toml"))
        .ended(2)
        .says(&["small.toml"]);
    assert_eq!(names(place.path()), ["customers.csv", "small.toml"]);
}

#[test]
fn a_broken_run_is_told_not_panicked_about() {
    let place = small();
    line(place.path(), RATE_SMALL).ended(0);
    let json = fs::read_to_string(place.path().join("run/run.json")).unwrap();
    for broken in [
        "",
        "{",
        "[]",
        "{\"pinji_run\": 1}",
        &json.replace("\"pinji_run\": 1", "\"pinji_run\": 99"),
    ] {
        fs::write(place.path().join("run/run.json"), broken).unwrap();
        for words in [
            "verify run",
            "explain run C1",
            "compare run run",
            "simulate run --against small.toml",
        ] {
            let said = line(place.path(), words).ended(2);
            assert!(
                !said.err.is_empty() && !said.err.contains("panicked"),
                "{words}: {}",
                said.err
            );
        }
    }
    // A path that points elsewhere is not followed.
    fs::write(
        place.path().join("run/run.json"),
        json.replace("policy/small.toml", "../small.toml"),
    )
    .unwrap();
    pinji(place.path(), ["explain", "run", "C1"])
        .ended(2)
        .says(&["outside the folder"]);
}

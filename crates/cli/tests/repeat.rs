//! The same command twice gives the same bytes, whatever the threads. 可复现

use crate::place::{RATE_SMALL, RUN, demo, files, line, names, pinji, small};

#[test]
fn the_same_command_twice_gives_the_same_bytes() {
    let place = small();
    line(place.path(), RATE_SMALL).ended(0);
    let first = files(&place.path().join("run"));
    line(place.path(), &format!("{RATE_SMALL} --threads 3")).ended(0);
    let second = files(&place.path().join("run"));
    assert_eq!(first.len(), second.len());
    for ((name, one), (_, two)) in first.iter().zip(&second) {
        assert!(one == two, "{name} differs");
    }
    assert_eq!(names(place.path()), ["customers.csv", "run", "small.toml"]);
}

#[test]
fn the_demos_run_comes_out_of_rate_as_well() {
    let place = tempfile::tempdir().unwrap();
    let at = |path: &str| demo().join("pinji-demo").join(path).display().to_string();
    let (data, policy, previous) = (at("data"), at("policies/tob-standard.toml"), at("run-2024-12-31"));
    let words = [
        "rate",
        "-p",
        &policy,
        "-d",
        &data,
        "--as-of",
        "2025-12-31",
        "--previous",
        &previous,
        "-o",
        "run",
    ];
    pinji(place.path(), words).ended(0);
    let (ours, theirs) = (files(&place.path().join("run")), files(&demo().join(RUN)));
    let names: Vec<&String> = ours.iter().map(|(name, _)| name).collect();
    assert_eq!(names, theirs.iter().map(|(name, _)| name).collect::<Vec<_>>());
    for ((name, one), (_, two)) in ours.iter().zip(&theirs) {
        assert!(one == two, "{name} differs");
    }
}

#[test]
fn nothing_written_knows_the_clock_the_host_or_the_folder() {
    let place = small();
    line(place.path(), RATE_SMALL).ended(0);
    let folder = place.path().display().to_string();
    for (name, bytes) in files(&place.path().join("run")) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(&folder), "{name} names the folder");
    }
}

#[test]
fn both_languages_give_the_same_numbers() {
    let place = small();
    line(place.path(), RATE_SMALL).ended(0);
    let english = files(&place.path().join("run"));
    line(place.path(), &format!("{RATE_SMALL} --lang zh")).ended(0);
    let chinese = files(&place.path().join("run"));
    for name in ["grades.parquet", "lines.parquet", "snapshot.parquet"] {
        let bytes = |files: &[(String, Vec<u8>)]| files.iter().find(|(file, _)| file == name).unwrap().1.clone();
        assert!(bytes(&english) == bytes(&chinese), "{name} depends on the language");
    }
}

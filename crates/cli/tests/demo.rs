//! The demo and everything that can be asked of its run. 演示及其后续

use std::path::Path;

use serde_json::Value;

use crate::place::{RUN, demo, line, names, pinji};

#[test]
fn the_demo_leaves_runs_data_and_policies_behind() {
    let folder = demo().join("pinji-demo");
    assert_eq!(
        names(&folder),
        [
            "data",
            "demo.json",
            "policies",
            "run-2024-12-31",
            "run-2025-12-31",
            "spoilt"
        ]
    );
    let run = names(&demo().join(RUN));
    for file in [
        "grades.parquet",
        "grades.xlsx",
        "lines.parquet",
        "policy",
        "previous.parquet",
        "report.html",
        "run.json",
    ] {
        assert!(run.iter().any(|name| name == file), "{file} in {run:?}");
    }
    let marked = names(&folder.join("spoilt/marked"));
    assert_eq!(marked.len(), 1, "the spoilt workbook comes back marked");
    assert_eq!(names(demo()), ["pinji-demo"], "nothing is left beside it");
}

#[test]
fn the_demo_tells_the_distribution_and_whom_to_look_at_first() {
    let place = tempfile::tempdir().unwrap();
    let said = line(place.path(), "demo --customers 60 --json --out d").ended(0);
    let answer = said.json();
    let graded: u64 = answer["grades"]
        .as_array()
        .unwrap()
        .iter()
        .map(|grade| grade["customers"].as_u64().unwrap())
        .sum();
    assert_eq!(graded + answer["ungraded"].as_u64().unwrap(), 60);
    assert_eq!(answer["first"].as_array().unwrap().len(), 10);
    for look in answer["first"].as_array().unwrap() {
        assert!(!look["why"].as_array().unwrap().is_empty(), "{look}");
    }
    assert!(answer["spoilt"]["total"].as_u64().unwrap() >= 15);
    // Again into the same folder: replaced, not refused.
    line(place.path(), "demo --customers 60 --out d")
        .ended(0)
        .says(&["Ten customers to look at first"]);
    assert_eq!(names(place.path()), ["d"]);
}

#[test]
fn the_demo_does_not_overwrite_what_is_not_its_own() {
    let place = tempfile::tempdir().unwrap();
    std::fs::create_dir(place.path().join("pinji-demo")).unwrap();
    std::fs::write(place.path().join("pinji-demo/thesis.docx"), "x").unwrap();
    line(place.path(), "demo")
        .ended(2)
        .says(&["pinji-demo", "not overwritten"]);
    assert_eq!(names(&place.path().join("pinji-demo")), ["thesis.docx"]);
}

/// The first graded customer of the demo, from the lines that `rate` writes.
fn explained(customer: &str) -> Value {
    pinji(demo(), ["explain", RUN, customer, "--json"]).ended(0).json()
}

#[test]
fn every_score_is_the_sum_of_its_lines() {
    for customer in ["C10001", "C10002", "C10017", "C10100", "C10240"] {
        let answer = explained(customer);
        for score in answer["scores"].as_array().unwrap() {
            let Some(total) = score["value"].as_str() else { continue };
            let cents = |text: &str| -> i64 { text.replace([',', '.'], "").parse().unwrap() };
            let sum: i64 = score["lines"]
                .as_array()
                .unwrap()
                .iter()
                .map(|line| cents(line["contribution"].as_str().unwrap()))
                .sum();
            assert_eq!(sum, cents(total), "{customer} {}", score["id"]);
        }
    }
}

#[test]
fn an_explanation_says_why_in_either_language() {
    let said = pinji(demo(), ["explain", RUN, "C10001"]).ended(0);
    let said = said.says(&[
        "Grade:",
        "Why",
        "Contribution",
        "Points",
        "Formulas",
        "Measures and their sources",
    ]);
    assert!(
        !said.out.contains("app-") && !said.out.contains("cli-"),
        "a code without words:\n{}",
        said.out
    );
    let said = pinji(demo(), ["explain", RUN, "C10001", "--lang", "zh"]).ended(0);
    let said = said.says(&["等级：", "理由", "权重", "算式", "度量及来源"]);
    assert!(
        !said.out.contains("app-") && !said.out.contains("cli-"),
        "a code without words:\n{}",
        said.out
    );
}

#[test]
fn a_customer_is_found_by_name_and_a_wrong_one_gets_a_suggestion() {
    let name = explained("C10002")["name"].as_str().unwrap().to_owned();
    assert_eq!(explained(&name)["id"], "C10002");
    pinji(demo(), ["explain", RUN, "C1000"])
        .ended(2)
        .says(&["C1000", "did you mean", "C10001"]);
    pinji(demo(), ["explain", RUN, "nobody at all"])
        .ended(2)
        .says(&["nobody at all"]);
}

#[test]
fn ways_up_name_changes_and_a_better_grade() {
    let mut seen = 0;
    for number in 10_001..10_030 {
        let answer = explained(&format!("C{number}"));
        for way in answer["way_up"].as_array().unwrap() {
            assert!(!way["changes"].as_array().unwrap().is_empty());
            assert_ne!(way["grade"], answer["grade_name"]);
            seen += 1;
        }
    }
    assert!(seen > 0, "somebody has a way up");
}

#[test]
fn simulating_the_same_policy_moves_nobody() {
    let said = line(
        demo(),
        &format!("simulate {RUN} --against pinji-demo/policies/tob-standard.toml --json"),
    )
    .ended(0);
    let movement = &said.json()["movement"];
    assert_eq!((movement["up"].as_u64(), movement["down"].as_u64()), (Some(0), Some(0)));
    assert_eq!(movement["same"].as_u64(), Some(240));
}

#[test]
fn simulating_a_stricter_policy_tells_who_moves_and_why() {
    let place = tempfile::tempdir().unwrap();
    crate::place::copy(&demo().join("pinji-demo/policies"), &place.path().join("p"));
    let file = place.path().join("p/tob-standard.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let strict = stricter(&text);
    assert_ne!(text, strict, "a threshold was raised");
    std::fs::write(&file, strict).unwrap();
    let run = demo().join(RUN).display().to_string();
    let said = pinji(
        place.path(),
        ["simulate", &run, "--against", "p/tob-standard.toml", "--json"],
    )
    .ended(0);
    let movement = said.json()["movement"].clone();
    assert!(movement["down"].as_u64().unwrap() > 0, "{movement}");
    assert_eq!(movement["up"].as_u64(), Some(0));
    let down = movement["down"].as_u64().unwrap();
    assert_eq!(movement["movers"].as_array().unwrap().len() as u64, down.min(20));
    for mover in movement["movers"].as_array().unwrap() {
        assert!(!mover["reasons"].as_array().unwrap().is_empty(), "{mover}");
    }
    assert!(movement["money_down"].as_i64().unwrap() > 0);
    // On the data, both policies measured anew, the same customers move.
    let data = demo().join("pinji-demo/data").display().to_string();
    let now = demo()
        .join("pinji-demo/policies/tob-standard.toml")
        .display()
        .to_string();
    let words = [
        "simulate",
        "--policy",
        &now,
        "--against",
        "p/tob-standard.toml",
        "--data",
        &data,
        "--as-of",
        "2025-12-31",
        "--json",
    ];
    let again = pinji(place.path(), words).ended(0).json();
    assert_eq!(again["movement"]["counts"], movement["counts"]);
}

/// Every `SCORE >= NUMBER` of the grade rules five points higher.
fn stricter(text: &str) -> String {
    let raise = |line: &str| -> String {
        let mut out = String::new();
        let mut rest = line;
        while let Some(at) = rest.find(">= ") {
            let (before, after) = rest.split_at(at + 3);
            let digits = after
                .find(|character: char| !character.is_ascii_digit())
                .unwrap_or(after.len());
            let (number, tail) = after.split_at(digits);
            out.push_str(before);
            match number.parse::<u32>() {
                Ok(number) => out.push_str(&(number + 5).to_string()),
                Err(_) => out.push_str(number),
            }
            rest = tail;
        }
        out + rest
    };
    let mut in_grade = false;
    let lines = text.lines().map(|line| {
        if line.starts_with('[') {
            in_grade = line.trim() == "[[grade]]";
        }
        if in_grade && line.trim_start().starts_with("when") {
            raise(line)
        } else {
            line.to_owned()
        }
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

#[test]
fn a_policy_that_needs_more_than_the_snapshot_says_so() {
    let said = line(demo(), &format!("simulate {RUN} --against wholesale-rfm")).ended(2);
    said.says(&["snapshot", "--data"]);
}

#[test]
fn comparing_two_years_counts_everybody_once() {
    let said = line(demo(), &format!("compare pinji-demo/run-2024-12-31 {RUN} --json")).ended(0);
    let answer = said.json();
    assert_eq!(
        (answer["same_policy"].as_bool(), answer["same_snapshot"].as_bool()),
        (Some(true), Some(false))
    );
    let rows = answer["movement"]["counts"].as_array().unwrap();
    let all: u64 = rows
        .iter()
        .flat_map(|row| row.as_array().unwrap())
        .map(|count| count.as_u64().unwrap())
        .sum();
    let movement = &answer["movement"];
    let count = |key: &str| movement[key].as_u64().unwrap();
    assert_eq!(all, count("both") + count("appeared") + count("gone"));
    assert_eq!(
        count("both"),
        ["up", "down", "across", "entered", "lost", "same"]
            .map(count)
            .iter()
            .sum::<u64>()
    );
}

#[test]
fn a_run_verifies_from_its_own_folder_and_from_the_data() {
    line(demo(), &format!("verify {RUN}"))
        .ended(0)
        .says(&["Verified", "last byte"]);
    let said = line(demo(), &format!("verify {RUN} --data pinji-demo/data --json")).ended(0);
    let answer = said.json();
    assert_eq!(
        (answer["same"].as_bool(), answer["with_data"].as_bool()),
        (Some(true), Some(true))
    );
    // Other data are told from those that the run read before anything is made of them.
    let place = tempfile::tempdir().unwrap();
    crate::place::copy(&demo().join("pinji-demo/data"), &place.path().join("data"));
    change_a_statement(&place.path().join("data"));
    let run = demo().join(RUN).display().to_string();
    let said = pinji(place.path(), ["verify", &run, "--data", "data"]).ended(1);
    let said = said.says(&["财务报表.csv", "not the file that the run read", "sha256"]);
    assert!(!said.out.contains("snapshot.parquet"), "{}", said.out);
    std::fs::remove_file(place.path().join("data/财务报表.csv")).unwrap();
    let said = pinji(place.path(), ["verify", &run, "--data", "data"]).ended(1);
    said.says(&["财务报表.csv", "the file is not there"]);
}

/// Adds a digit to the revenue of some statement of 2024.
fn change_a_statement(data: &Path) {
    let file = data.join("财务报表.csv");
    let text = std::fs::read_to_string(&file).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let heading: Vec<&str> = lines[0].trim_start_matches('\u{feff}').split(',').collect();
    let column = heading
        .iter()
        .position(|heading| heading.contains("营业收入"))
        .expect("a column of revenue");
    let row = lines
        .iter()
        .rposition(|line| line.contains("2024-12-31"))
        .expect("a statement of 2024");
    let mut cells: Vec<String> = lines[row].split(',').map(str::to_owned).collect();
    cells[column] = format!("1{}", cells[column]);
    lines[row] = cells.join(",");
    std::fs::write(&file, lines.join("\n") + "\n").unwrap();
}

//! What can be asked of a policy alone. 标准命令

use std::fs;
use std::io::Write;
use std::process::Stdio;

use crate::place::{SMALL_POLICY, command, line, names, pinji, small};

const SHIPPED: [&str; 5] = [
    "tob-standard",
    "group-standard",
    "credit-nine-level",
    "wholesale-rfm",
    "small",
];

#[test]
fn shipped_policies_pass_check_test_and_prove() {
    let place = tempfile::tempdir().unwrap();
    for id in SHIPPED {
        let checked = line(place.path(), &format!("policy check {id} --json")).ended(0).json();
        assert_eq!(checked[0]["findings"], serde_json::json!([]), "{id}");
        let tested = line(place.path(), &format!("policy test {id} --json")).ended(0).json();
        assert!(tested[0]["passed"].as_u64().unwrap() > 0, "{id} has examples");
        let proved = line(place.path(), &format!("policy prove {id} --json")).ended(0).json();
        assert!(!proved["proofs"].as_array().unwrap().is_empty(), "{id} has guarantees");
    }
}

#[test]
fn findings_stand_where_they_belong() {
    let place = small();
    let broken = SMALL_POLICY
        .replace("formula = \"overdue_days\"", "formula = \"overdue_day\"")
        .replace("weight = 60", "weight = 50");
    fs::write(place.path().join("broken.toml"), &broken).unwrap();
    let said = line(place.path(), "policy check broken.toml").ended(1);
    let row = broken
        .lines()
        .position(|line| line.contains("\"overdue_day\""))
        .unwrap()
        + 1;
    let said = said.says(&[
        &format!("broken.toml:{row}:"),
        "formula = \"overdue_day\"",
        "^^^^^^^^^^^",
        "overdue_days",
    ]);
    assert!(said.out.contains("error:"), "{}", said.out);
    let said = line(place.path(), "policy check broken.toml --lang zh").ended(1);
    said.says(&["错误：", "overdue_days"]);
    let answer = line(place.path(), "policy check broken.toml --json").ended(1).json();
    let findings = answer[0]["findings"].as_array().unwrap();
    assert!(
        findings
            .iter()
            .any(|finding| finding["line"] == row && finding["severity"] == "error"),
        "{findings:?}"
    );
    assert!(findings.len() >= 2, "all findings at once: {findings:?}");
}

#[test]
fn a_policy_may_come_by_standard_input() {
    let place = tempfile::tempdir().unwrap();
    let mut child = command(place.path())
        .args(["policy", "check", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(SMALL_POLICY.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}

#[test]
fn a_false_guarantee_is_refuted_by_a_customer_that_rate_confirms() {
    let place = small();
    let false_one = "overdue_days > 10 implies grade at_most 'poor'";
    let words = [
        "policy",
        "prove",
        "small.toml",
        "--says",
        false_one,
        "--counterexample",
        "found.csv",
        "--json",
    ];
    let answer = pinji(place.path(), words).ended(1).json();
    let proof = &answer["proofs"][0];
    assert_eq!(
        (proof["verdict"].as_str(), proof["confirmed"].as_bool()),
        (Some("refuted"), Some(true))
    );
    let grade = proof["customer"]["grade"].as_str().unwrap().to_owned();
    assert_ne!(grade, "Poor");
    line(
        place.path(),
        "rate -p small.toml -d found.csv --as-of 2025-01-01 -o run",
    )
    .ended(0);
    let explained = line(place.path(), "explain run G1 --json").ended(0).json();
    assert_eq!(explained["grade_name"].as_str(), Some(grade.as_str()));
    line(place.path(), "policy prove small.toml")
        .ended(0)
        .says(&["proved", "monotone in turnover"]);
}

#[test]
fn a_counterexample_of_a_policy_that_uses_another_is_confirmed_too() {
    let place = tempfile::tempdir().unwrap();
    let says = "credit_grade at_most 'BBB' implies grade at_most 'ordinary'";
    let words = [
        "policy",
        "prove",
        "tob-standard",
        "--says",
        says,
        "--counterexample",
        "found.csv",
        "--json",
    ];
    let answer = pinji(place.path(), words).ended(1).json();
    let grade = answer["proofs"][0]["customer"]["grade"].as_str().unwrap().to_owned();
    line(
        place.path(),
        "rate -p tob-standard -d found.csv --as-of 2024-01-01 -o run",
    )
    .ended(0);
    let explained = line(place.path(), "explain run G1 --json").ended(0).json();
    assert_eq!(explained["grade_name"].as_str(), Some(grade.as_str()), "{explained:#}");
    line(place.path(), "verify run").ended(0);
}

#[test]
fn examples_that_do_not_hold_fail() {
    let place = small();
    let wrong = SMALL_POLICY.replace(
        "grade = \"good\"\nscores = { total = 100 }",
        "grade = \"poor\"\nscores = { total = 99 }",
    );
    fs::write(place.path().join("wrong.toml"), wrong).unwrap();
    line(place.path(), "policy test wrong.toml").ended(1).says(&[
        "FAIL",
        "a good customer",
        "wrong.toml:",
        "poor",
        "good",
    ]);
    line(place.path(), "policy test small.toml")
        .ended(0)
        .says(&["pass", "a good customer"]);
}

#[test]
fn policies_are_printed_and_explained() {
    let place = tempfile::tempdir().unwrap();
    for id in SHIPPED {
        let html = line(place.path(), &format!("policy print {id} --format html"))
            .ended(0)
            .out;
        assert!(html.starts_with("<!") && html.contains("</html>"), "{id}");
        let markdown = line(place.path(), &format!("policy print {id}")).ended(0).out;
        assert!(markdown.contains("# "), "{id}");
        for text in [&html, &markdown] {
            assert!(
                !text.contains("app-") && !text.contains("report-why"),
                "{id}: a code without words"
            );
        }
        let said = line(place.path(), &format!("policy explain {id} --lang zh")).ended(0);
        assert!(said.out.contains("等级") && !said.out.contains("app-"), "{id}");
    }
    line(place.path(), "policy print tob-standard --out printed.md").ended(0);
    assert_eq!(names(place.path()), ["printed.md"]);
}

#[test]
fn a_new_policy_can_be_used_as_it_is() {
    let place = tempfile::tempdir().unwrap();
    for id in SHIPPED {
        let file = format!("{id}-copy.toml");
        line(place.path(), &format!("policy new {file} --from {id}"))
            .ended(0)
            .says(&["policy check"]);
        line(place.path(), &format!("policy check {file}")).ended(0);
        line(place.path(), &format!("policy new {file}"))
            .ended(2)
            .says(&["not overwritten"]);
    }
    line(place.path(), "policy new x.toml --from no-such")
        .ended(2)
        .says(&["no-such", "tob-standard"]);
}

#[test]
fn weighing_gives_a_block_that_the_policy_takes() {
    let place = small();
    let words = "policy weigh small.toml --data customers.csv --as-of 2025-12-31 --of dimensions";
    let block = line(place.path(), words).ended(0).out;
    assert!(block.contains("method = \"entropy\""), "{block}");
    let frozen = SMALL_POLICY.replace("weight = 60\n", "").replace("weight = 40\n", "") + "\n" + &block;
    fs::write(place.path().join("frozen.toml"), frozen).unwrap();
    line(place.path(), "policy check frozen.toml").ended(0);
    line(place.path(), &words.replace("dimensions", "nothing"))
        .ended(2)
        .says(&["nothing", "size, conduct"]);
}

#[test]
fn two_versions_are_told_apart() {
    let place = small();
    fs::write(
        place.path().join("next.toml"),
        SMALL_POLICY
            .replace("total >= 80", "total >= 85")
            .replace("version = \"1\"", "version = \"2\""),
    )
    .unwrap();
    line(place.path(), "policy diff small.toml next.toml")
        .ended(0)
        .says(&["80", "85"]);
    line(place.path(), "policy diff small.toml small.toml")
        .ended(0)
        .says(&["the same"]);
}

#[test]
fn the_schema_is_json() {
    let place = tempfile::tempdir().unwrap();
    let schema: serde_json::Value = serde_json::from_str(&line(place.path(), "policy schema").ended(0).out).unwrap();
    assert!(schema["properties"]["policy"].is_object(), "{schema:#}");
}

//! Help, exit codes, JSON, languages, and readers that go away. 用法

use std::io::Read;
use std::process::Stdio;

use crate::place::{RATE_SMALL, RUN, command, demo, line, names, pinji, small};

const COMMANDS: [&str; 20] = [
    "rate",
    "verify",
    "explain",
    "simulate",
    "compare",
    "demo",
    "policy",
    "serve",
    "ledger",
    "ledger verify",
    "completions",
    "policy check",
    "policy test",
    "policy prove",
    "policy explain",
    "policy print",
    "policy diff",
    "policy schema",
    "policy new",
    "policy weigh",
];

#[test]
fn every_command_has_help_with_examples_first_in_both_languages() {
    let place = tempfile::tempdir().unwrap();
    for name in COMMANDS {
        for (lang, examples, usage) in [("en", "Examples:", "Usage:"), ("zh", "示例：", "用法：")] {
            let said = line(place.path(), &format!("{name} --help --lang {lang}")).ended(0);
            let (first, second) = (said.out.find(examples), said.out.find(usage));
            assert!(first.is_some() && first < second, "{name} {lang}:\n{}", said.out);
            assert!(!said.out.contains("help-"), "{name} {lang} lacks words:\n{}", said.out);
            assert!(said.err.is_empty(), "{}", said.err);
        }
    }
    assert_eq!(names(place.path()), Vec::<String>::new());
}

#[test]
fn misspelt_words_get_a_suggestion_and_exit_code_two() {
    let place = tempfile::tempdir().unwrap();
    let check = |words: &str, says: &[&str]| drop(line(place.path(), words).ended(2).says(says));
    check("rat", &["there is no command `rat`", "did you mean `rate`"]);
    check(
        "rate --polcy x",
        &["there is no argument `--polcy`", "did you mean `--policy`"],
    );
    check(
        "rate --policy x --data y --out z --as-of 2025-02-30",
        &["`2025-02-30`", "`--as-of`", "2025-12-31"],
    );
    check("rate --policy x", &["--data", "--as-of", "--out"]);
    check(
        "rate --policy x --data y --out z --as-of 2025-01-01 --write some",
        &["`some`", "all, grades"],
    );
    check("serve --folder x --listen here", &["`here`", "127.0.0.1:8080"]);
    check(
        "serve --folder x --origin pinji.example",
        &["`pinji.example`", "https://"],
    );
    check("serve --folder x --listen 127.0.0.1:0", &["--origin"]);
    check("ledger verify", &["DIR"]);
    check("demo --customers many", &["`many`", "whole number"]);
    check("simulate --against x", &["--policy", "--data", "--as-of"]);
    check("--lang zh rat", &["没有子命令「rat」", "是否要用「rate」"]);
    check("explain", &["CUSTOMER"]);
    check("", &["Examples:"]);
}

#[test]
fn the_language_comes_from_the_flag_the_variable_or_the_locale() {
    let place = tempfile::tempdir().unwrap();
    let check = |words: &[&str], variables: &[(&str, &str)], says: &str| {
        let output = command(place.path())
            .args(words)
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        assert!(out.contains(says), "{words:?} {variables:?}:\n{out}");
    };
    check(&["--help"], &[], "Usage:");
    check(&["--help"], &[("LANG", "zh_CN.UTF-8")], "用法：");
    check(&["--help"], &[("LANG", "zh_CN.UTF-8"), ("PINJI_LANG", "en")], "Usage:");
    check(&["--help", "--lang", "zh"], &[("PINJI_LANG", "en")], "用法：");
}

#[test]
fn every_command_answers_in_json() {
    let place = small();
    line(place.path(), RATE_SMALL).ended(0);
    let check = |words: &str, code: i32| {
        let said = line(place.path(), &format!("{words} --json")).ended(code);
        assert!(said.json().is_object() || said.json().is_array(), "{words}");
    };
    check(&RATE_SMALL.replace("--out run", "--out run2"), 0);
    check("verify run", 0);
    check("explain run C1", 0);
    check("simulate run --against small.toml", 0);
    check("compare run run2", 0);
    check("demo --customers 40", 0);
    check("policy check small.toml", 0);
    check("policy test small.toml", 0);
    check("policy prove small.toml", 0);
    check("policy explain small.toml", 0);
    check("policy print small.toml", 0);
    check("policy diff small.toml small.toml", 0);
    check("policy schema", 0);
    check("policy new fresh.toml", 0);
    check(
        "policy weigh small.toml --data customers.csv --as-of 2025-12-31 --of dimensions",
        0,
    );
    check("completions bash", 0);
    // Refusals and errors too.
    check("explain run nobody", 2);
    check("verify nowhere", 2);
    check("rate --policy nothing --data x --as-of 2025-01-01 --out y", 2);
    check("rate --polcy x", 2);
}

#[test]
fn completions_are_made_for_every_shell() {
    let place = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let said = line(place.path(), &format!("completions {shell}")).ended(0);
        assert!(
            said.out.contains("simulate") && said.out.contains("skip-bad-rows"),
            "{shell}"
        );
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    for words in [
        vec!["explain", RUN, "C10001"],
        vec!["policy", "explain", "tob-standard"],
        vec!["--help"],
    ] {
        let mut child = command(demo())
            .args(&words)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command runs");
        drop(child.stdout.take());
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        let status = child.wait().unwrap();
        assert_eq!((status.code(), err.as_str()), (Some(0), ""), "{words:?}");
    }
}

#[test]
fn data_goes_to_stdout_and_talk_to_stderr() {
    let place = small();
    let said = line(place.path(), RATE_SMALL).ended(0);
    assert!(said.out.contains("Good") && said.out.contains("Poor"));
    assert!(
        !said.out.contains('\u{1b}') && !said.err.contains('\u{1b}'),
        "no colours into a pipe"
    );
    let said = line(place.path(), "explain run nobody").ended(2);
    assert!(said.out.is_empty() && said.err.contains("nobody"));
    let said = line(place.path(), &format!("{RATE_SMALL} --plain")).ended(0);
    assert!(!said.out.contains('█') && said.out.contains('#'));
}

#[test]
fn a_dry_run_writes_nothing() {
    let place = small();
    line(place.path(), &format!("{RATE_SMALL} --dry-run"))
        .ended(0)
        .says(&["nothing was written", "Good"]);
    assert_eq!(names(place.path()), ["customers.csv", "small.toml"]);
}

#[test]
fn odd_words_do_not_make_it_panic() {
    let place = small();
    let odd = [
        "",
        "\u{202e}",
        "--",
        "-",
        "''",
        "%s%n",
        "../../../../etc/passwd",
        "C:\\CON",
        "\u{1f600}".repeat(200).as_str(),
    ]
    .map(str::to_owned);
    for word in &odd {
        for words in [
            vec!["explain", "run", word],
            vec!["verify", word],
            vec!["policy", "check", word],
            vec![
                "rate",
                "--policy",
                word,
                "--data",
                word,
                "--as-of",
                "2025-12-31",
                "--out",
                "o",
            ],
            vec!["compare", word, word],
        ] {
            let said = pinji(place.path(), &words);
            assert!([0, 1, 2].contains(&said.code), "{words:?} ended with {}", said.code);
            assert!(!said.err.contains("panicked"), "{words:?}:\n{}", said.err);
        }
    }
}

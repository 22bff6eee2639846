//! Each kind of mistake, and what is found: code, line, column, the underlined text, and the suggestion.
//!
//! The cases stand in `findings/*.txt`: lines to take out of `base.toml` (`- `), lines to put in their place (`+ `), and
//! what must be found (`! `), in the order of the file.

use pinji_domain::Arg;
use pinji_policy::{Finding, Severity};

use crate::happy::read;

const BASE: &str = include_str!("base.toml");

#[test]
fn the_base_has_no_findings() {
    assert_eq!(found(BASE), Vec::<String>::new());
}

macro_rules! cases {
    ($($name:ident),*) => {
        $(#[test] fn $name() { check(include_str!(concat!("findings/", stringify!($name), ".txt"))); })*
    };
}
cases!(
    reading, names, formulas, measures, indicators, bands, weights, conditions, grades, guarantees, tables, others
);

fn check(cases: &str) {
    let mut different = String::new();
    for case in cases.split("\n\n") {
        let expected: Vec<&str> = case.lines().filter_map(|line| line.strip_prefix("! ")).collect();
        let expected = if expected == ["nothing"] { Vec::new() } else { expected };
        let found = found(&changed(case));
        if found != expected {
            different.push_str(&format!("{case}\n  found instead:\n! {}\n\n", found.join("\n! ")));
        }
    }
    assert!(different.is_empty(), "{different}");
}

/// The figures and names in sentences, where those matter.
#[test]
fn figures_in_sentences() {
    let check = |from: &str, to: &str, code: &str, wanted: &[(&str, &str)]| {
        let text = BASE.replacen(from, to, 1);
        assert_ne!(text, BASE, "{from}");
        let loaded = read(&[("base.toml", &text)]);
        let mut all = loaded
            .findings
            .iter()
            .flat_map(|finding| std::iter::once(&finding.message).chain(&finding.help));
        let found = all.find(|message| message.code == code);
        let found = found.unwrap_or_else(|| panic!("no {code} in {:#?}", loaded.findings));
        for (name, value) in wanted {
            let said = found
                .args
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value);
            assert_eq!(said, Some(&Arg::Text((*value).to_owned())), "{name} of {code}");
        }
    };
    let late = "bands = [{ up_to = 0.01, points = 100 }, { up_to = 0.1, points = 60 }, { points = 10 }]";
    let bands = |rows: &str| format!("interpolate = true\nbands = [{rows}]");
    let rising = bands("{ up_to = 0.01, points = 0 }, { up_to = 0.1, points = [0, 40] }, { points = 40 }");
    check(
        late,
        &rising,
        "policy-better-lower",
        &[("before", "0"), ("points", "40")],
    );
    let jump = bands("{ up_to = 0.01, points = 20 }, { up_to = 0.1, points = [60, 40] }, { points = 40 }");
    check(
        late,
        &jump,
        "policy-better-lower",
        &[("before", "20"), ("points", "60")],
    );
    check(
        "late > 10\"",
        "late > 1亿\"",
        "policy-number-words",
        &[("digits", "100000000")],
    );
    check(
        "late > 10\"",
        "late > 3.5万\"",
        "policy-number-words",
        &[("digits", "35000")],
    );
    check(
        "up_to = 0.1,",
        "up_to = \"0.2万\",",
        "policy-number-words",
        &[("digits", "2000")],
    );
    check(
        "late > 10\"",
        "late > 10x\"",
        "policy-number-inexact",
        &[("number", "10x")],
    );
    check(
        "at_most = \"b\"",
        "at_most = \"D\"",
        "policy-grades-known",
        &[("grades", "a, b, c")],
    );
    check(
        "at_most = \"b\"",
        "at_most = \"丙\"",
        "policy-grade-meant",
        &[("name", "c"), ("grades", "a, b, c")],
    );
}

/// The base with the changes of a case.
fn changed(case: &str) -> String {
    let mut text = BASE.to_owned();
    let (mut out, mut put): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    let mut replace = |out: &mut Vec<&str>, put: &mut Vec<&str>| {
        if !out.is_empty() {
            let (from, to) = (out.join("\n"), put.join("\n"));
            assert!(text.contains(&from), "the base lacks {from}");
            text = text.replacen(&from, &to, 1);
        }
        out.clear();
        put.clear();
    };
    for line in case.lines() {
        if line.starts_with('-') && !put.is_empty() {
            replace(&mut out, &mut put);
        }
        let rest = line.get(2..).unwrap_or_default();
        match line.chars().next() {
            Some('-') => out.push(rest),
            Some('+') => put.push(rest),
            _ => {}
        }
    }
    replace(&mut out, &mut put);
    text
}

fn found(text: &str) -> Vec<String> {
    let loaded = read(&[("base.toml", text)]);
    loaded.findings.iter().for_each(crate::words::complete);
    loaded.findings.iter().map(|finding| line(finding, text)).collect()
}

fn line(finding: &Finding, text: &str) -> String {
    let (line, column, _) = pinji_policy::finding::place(finding, text);
    let said = text[finding.span.clone()].lines().next().unwrap_or_default();
    let severity = if finding.severity == Severity::Error {
        "error"
    } else {
        "warning"
    };
    let meant = finding
        .help
        .iter()
        .filter_map(|help| match (help.code, &help.args.first()?.1) {
            ("policy-did-you-mean" | "policy-grade-meant", Arg::Text(name)) => Some(format!(" → {name}")),
            ("policy-grades-known", Arg::Text(names)) => Some(format!(" of {names}")),
            _ => None,
        });
    format!(
        "{severity} {} {line}:{column} `{said}`{}",
        finding.message.code,
        meant.collect::<String>()
    )
}

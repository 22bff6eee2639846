//! Policies of several files: listed files, used policies, group policies, and what can go wrong between them.

use pinji_policy::prove::{Outcome, prove};
use pinji_policy::{Loaded, compile, example, load};

fn found(files: &[(&str, String)]) -> (Loaded, Vec<String>) {
    let loaded = load(files[0].0, &|name| {
        let found = files.iter().find(|(known, _)| *known == name);
        found
            .map(|(_, text)| text.clone())
            .ok_or_else(|| "no such file".to_owned())
    });
    let shown = loaded.findings.iter().map(|finding| {
        let text = loaded
            .files
            .iter()
            .find(|(name, _)| *name == finding.file)
            .map_or("", |(_, text)| text.as_str());
        let (line, column, _) = pinji_policy::finding::place(finding, text);
        format!("{} {}:{line}:{column}", finding.message.code, finding.file)
    });
    let shown = shown.collect();
    (loaded, shown)
}

/// The smallest policy, with `head` at its top and `when` for its better grade.
fn small(id: &str, head: &str, when: &str) -> String {
    format!(
        r#"policy = "{id}"
version = "1"
subject = "customer"
name = {{ zh = "小", en = "Small" }}
effective = 2026-01-01
{head}
[measure.size]
given = "number"
[[dimension]]
id = "all"
weight = 100
name = {{ zh = "全", en = "All" }}
[[indicator]]
id = "bigness"
dimension = "all"
weight = 100
name = {{ zh = "大小", en = "Size" }}
formula = "size"
unit = "people"
decimals = 0
bands = [{{ below = 10, points = 0 }}, {{ points = 100 }}]
missing = "worst"
[[grade]]
id = "big"
name = {{ zh = "大", en = "Big" }}
when = "{when}"
[[grade]]
id = "small"
name = {{ zh = "小", en = "Small" }}
"#
    )
}

#[test]
fn a_circle_of_policies_is_named_as_a_chain() {
    let a = small("a", "[uses]\nother = \"b\"", "total >= 50 and other at_least 'big'");
    let b = small("b", "[uses]\nthird = \"c\"", "total >= 50 and third at_least 'big'");
    let c = small(
        "c",
        "[group]\npolicy = \"a\"\nmember_at_most = \"group\"",
        "total >= 50",
    );
    let (loaded, shown) = found(&[("a.toml", a), ("b.toml", b), ("c.toml", c)]);
    assert_eq!(shown, ["policy-cycle c.toml:7:10"]);
    let chain = format!("{:?}", loaded.findings[0].message.args);
    assert!(chain.contains("a.toml → b.toml → c.toml → a.toml"), "{chain}");
}

#[test]
fn files_are_found_beside_the_file_that_names_them() {
    let entry = small(
        "a",
        "[uses]\nother = \"sub/b.toml\"",
        "total >= 50 and other at_least 'big'",
    );
    let used = small("b", "files = [\"rates.toml\"]", "total >= 50");
    let rates = "[[rate]]\nfrom = \"USD\"\ndate = 2025-01-01\nvalue = 7\n".to_owned();
    let (loaded, shown) = found(&[("a.toml", entry), ("sub/b.toml", used), ("sub/rates.toml", rates)]);
    assert_eq!(shown, Vec::<String>::new());
    let document = loaded.document.unwrap();
    let names: Vec<&str> = document.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["a.toml", "sub/b.toml", "sub/rates.toml"]);
    assert_eq!(document.uses[0].policy.rates.len(), 1);
    assert!(document.files.iter().all(|file| file.sha256.len() == 64));
}

#[test]
fn what_is_wrong_in_a_used_policy_is_found_there() {
    let a = small("a", "[uses]\nother = \"b\"", "total >= 50 and other at_least 'bigg'");
    let b = small("b", "", "totl >= 50");
    let (loaded, shown) = found(&[("a.toml", a), ("b.toml", b)]);
    assert_eq!(
        shown,
        ["policy-text-unlisted a.toml:27:40", "policy-name-unknown b.toml:26:9"]
    );
    let document = loaded.document.unwrap();
    assert!(compile(&document, document.effective.unwrap()).is_err());
}

#[test]
fn a_group_bounds_its_members() {
    let head = "[group]\npolicy = \"g\"\nmember_at_most = \"group\"";
    let group = small("g", "", "total >= 50").replace("\"customer\"", "\"group\"");
    let promises = |text: String| {
        text + r#"
[[guarantee]]
says = "group_grade = 'small' implies grade at_most 'small'"
[[guarantee]]
says = "group_grade is missing and bigness >= 10 implies grade at_least 'big'"
[[guarantee]]
says = "bigness >= 10 implies grade at_least 'big'"
[[guarantee]]
says = "monotone in bigness"
[[guarantee]]
says = "reachable 'big'"
[[example]]
given = { size = 12, group_grade = "small" }
grade = "small"
[[example]]
given = { size = 12 }
grade = "big"
"#
    };
    let better = small("a", head, "total >= 50").replace("decimals = 0", "decimals = 0\nbetter = \"higher\"");
    let (loaded, shown) = found(&[("a.toml", promises(better)), ("g.toml", group.clone())]);
    assert_eq!(shown, Vec::<String>::new());
    let document = loaded.document.unwrap();
    let as_of = document.effective.unwrap();
    let compiled = compile(&document, as_of).unwrap();
    let bounds = &compiled.plan.parts().group;
    assert_eq!(
        bounds
            .iter()
            .map(|bound| (bound.id.as_str(), bound.grade))
            .collect::<Vec<_>>(),
        [("small", 1)]
    );
    assert!(
        example::run(&document).iter().all(example::Ran::passed),
        "{:?}",
        example::run(&document)
    );
    let proved = document.guarantees.iter().map(|guarantee| {
        let outcome = prove(&document, &compiled, as_of, guarantee, 100_000);
        matches!(outcome, Outcome::Proved { .. })
    });
    // What the rules promise by themselves, the group's bound may take away.
    assert_eq!(proved.collect::<Vec<_>>(), [true, true, false, true, true]);

    let idle = small("a", &head.replace("\"group\"", "\"group + 1\""), "total >= 50");
    let (_, shown) = found(&[("a.toml", idle), ("g.toml", group.clone())]);
    assert_eq!(shown, ["policy-group-idle a.toml:8:18"]);
    let taken = small("a", head, "total >= 50").replace("bigness", "group_grade");
    let (_, shown) = found(&[("a.toml", taken), ("g.toml", group)]);
    assert_eq!(shown, ["policy-id-clash a.toml:16:6"]);
}

#[test]
fn a_group_policy_needs_the_same_scale() {
    let head = "[group]\npolicy = \"g\"\nmember_at_most = \"group\"";
    let group = |text: String| text.replace("\"customer\"", "\"group\"");
    let (_, shown) = found(&[
        ("a.toml", small("a", head, "total >= 50")),
        ("g.toml", group(small("g", "", "total >= 50"))),
    ]);
    assert_eq!(shown, Vec::<String>::new());
    let other = group(small("g", "", "total >= 50")).replace("\"big\"", "\"huge\"");
    let (_, shown) = found(&[("a.toml", small("a", head, "total >= 50")), ("g.toml", other)]);
    assert_eq!(shown, ["policy-group-scale a.toml:7:10"]);
    let (_, shown) = found(&[
        ("a.toml", small("a", head, "total >= 50")),
        ("g.toml", small("g", "", "total >= 50")),
    ]);
    assert_eq!(shown, ["policy-group-subject a.toml:7:10"]);
    let (_, shown) = found(&[
        ("g.toml", group(small("g", head, "total >= 50"))),
        ("h.toml", String::new()),
    ]);
    assert!(shown.iter().any(|line| line.starts_with("policy-cycle")), "{shown:?}");
}

#[test]
fn a_file_that_is_not_toml_gives_no_document() {
    let (loaded, shown) = found(&[("a.toml", "這不是\n=====\n".to_owned())]);
    assert!(loaded.document.is_none());
    assert!(
        !shown.is_empty() && shown.iter().all(|line| line.starts_with("policy-toml")),
        "{shown:?}"
    );
    let (loaded, shown) = found(&[("a.toml", String::new())]);
    assert!(loaded.document.is_some_and(|document| !document.unusable.is_empty()));
    assert!(shown.contains(&"policy-key-missing a.toml:1:1".to_owned()), "{shown:?}");
}

/// Notepad writes a byte order mark and CRLF.
#[test]
fn files_from_windows_read_the_same() {
    let unix = small("a", "", "totl >= 50");
    let windows = format!("\u{feff}{}", unix.replace('\n', "\r\n"));
    let (_, here) = found(&[("a.toml", unix)]);
    let (_, there) = found(&[("a.toml", windows)]);
    assert_eq!(here, ["policy-name-unknown a.toml:26:9"]);
    assert_eq!(there, here);
}

#[test]
fn nothing_makes_the_reader_panic() {
    let whole = include_str!("complete.toml");
    let tables = include_str!("tables.toml").to_owned();
    let credit = include_str!("credit.toml").to_owned();
    let read = |text: &str| {
        found(&[
            ("a.toml", text.to_owned()),
            ("tables.toml", tables.clone()),
            ("credit.toml", credit.clone()),
        ]);
    };
    // Cut off anywhere, and with any line left out or doubled.
    for (at, _) in whole.char_indices().step_by(61) {
        read(&whole[..at]);
    }
    let lines: Vec<&str> = whole.lines().collect();
    for skip in (0..lines.len()).step_by(3) {
        let without: Vec<&str> = lines
            .iter()
            .enumerate()
            .filter(|(at, _)| *at != skip)
            .map(|(_, line)| *line)
            .collect();
        read(&without.join("\n"));
        let mut doubled = lines.clone();
        doubled.insert(skip, lines[skip]);
        read(&doubled.join("\n"));
    }
    for deep in [
        "(".repeat(5_000),
        "not ".repeat(5_000),
        "-".repeat(5_000),
        "1+".repeat(5_000),
    ] {
        read(&whole.replace("net_profit / nullif(revenue, 0)", &format!("{deep}1")));
        read(&whole.replace("orders_12m > 1000", &format!("{deep}1")));
    }
}

//! Policy files that are not policies, or go on for ever.

use super::{POLICY, Room, refused};
use crate::program::pinji;

/// The policy is refused by `check` and by `rate` alike.
fn check(name: &str, bytes: &[u8], says: &[&str]) {
    let room = Room::new();
    let policy = room.write("policy.toml", bytes);
    let data = room.write("book.csv", "id,sales,kind_of_customer,orders\nA1,1200,private,3\n");
    let ran = pinji(["policy".as_ref(), "check".as_ref(), policy.as_os_str()]);
    refused(&ran, &["policy.toml"]);
    for part in says {
        assert!(ran.said.contains(part), "{name}: no `{part}` in: {}", ran.said);
    }
    room.refuses(&data, &["policy.toml"]);
}

#[test]
fn not_a_policy() {
    let deep = format!("{}\nx = {}1{}", POLICY, "[".repeat(100_000), "]".repeat(100_000));
    let cases: [(&str, Vec<u8>); 6] = [
        ("empty", Vec::new()),
        ("binary", vec![0xff, 0xfe, 0, 1, 2, 3]),
        ("prose", "从前有一家公司。".as_bytes().to_vec()),
        ("unclosed", b"policy = \"x".to_vec()),
        ("other TOML", b"[package]\nname = \"x\"\n".to_vec()),
        ("deep", deep.into_bytes()),
    ];
    for (name, bytes) in cases {
        check(name, &bytes, &[]);
    }
}

#[test]
fn formulas_without_end() {
    let nested = |open: &str, core: &str, close: &str| format!("{}{core}{}", open.repeat(60_000), close.repeat(60_000));
    let formulas = [
        nested("(", "sales", ")"),
        nested("abs(", "sales", ")"),
        nested("-", "sales", ""),
        nested("case when true then ", "sales", " end"),
        format!("sales{}", " + sales".repeat(60_000)),
        "(".repeat(60_000),
    ];
    for formula in formulas {
        let policy = POLICY.replace("formula = \"sales\"", &format!("formula = \"{formula}\""));
        check("formula", policy.as_bytes(), &[]);
    }
    for condition in [nested("not ", "total >= 50", ""), nested("(", "total >= 50", ")")] {
        let policy = POLICY.replace("when = \"total >= 50\"", &format!("when = \"{condition}\""));
        check("condition", policy.as_bytes(), &[]);
    }
}

#[test]
fn files_outside_are_not_read() {
    for listed in ["../../../../../../etc/passwd", "/etc/passwd", "absent.toml"] {
        let policy = POLICY.replacen("policy = ", &format!("files = [\"{listed}\"]\npolicy = "), 1);
        let room = Room::new();
        let path = room.write("policy.toml", policy);
        let ran = pinji(["policy".as_ref(), "check".as_ref(), path.as_os_str()]);
        refused(&ran, &[listed]);
        assert!(!ran.said.contains("root:"), "{}", ran.said);
    }
}

#[test]
fn policies_that_use_each_other() {
    let room = Room::new();
    for (name, other) in [("one", "two"), ("two", "one")] {
        let text = POLICY.replacen(
            "[measure.sales]",
            &format!("[uses]\ngrade_of_other = \"{other}\"\n\n[measure.sales]"),
            1,
        );
        room.write(
            &format!("{name}.toml"),
            text.replacen("policy = \"hostile\"", &format!("policy = \"{name}\""), 1),
        );
    }
    let one = room.path("one.toml");
    refused(
        &pinji(["policy".as_ref(), "check".as_ref(), one.as_os_str()]),
        &["one", "two"],
    );
}

//! Members under their groups: the group policy first, its grade as a bound, every notch told. 集团约束
use std::path::{Path, PathBuf};

use pinji_app::derive::Write;
use pinji_app::explain::{Explanation, explain};
use pinji_app::intake::Reading;
use pinji_app::progress::Unwatched;
use pinji_app::rate::{RateOutcome, RateRequest, rate};
use pinji_app::regulation::Origin;
use pinji_app::simulate::{On, SimulateRequest, simulate};
use pinji_app::verify::{VerifyRequest, verify};
use pinji_domain::{Lang, date};

const GRADES: &str = r#"
[[grade]]
id = "a"
name = { zh = "甲", en = "A" }
when = "total >= 90"
[[grade]]
id = "b"
name = { zh = "乙", en = "B" }
when = "total >= 60"
[[grade]]
id = "c"
name = { zh = "丙", en = "C" }
when = "total >= 30"
[[grade]]
id = "d"
name = { zh = "丁", en = "D" }
"#;

/// One indicator over one field of the customers' own rows.
fn policy(id: &str, subject: &str, head: &str, (field, given, unit): (&str, &str, &str)) -> String {
    format!(
        r#"policy = "{id}"
version = "1"
subject = "{subject}"
name = {{ zh = "{id}", en = "{id}" }}
effective = 2024-01-01
{head}
[measure.{field}]
given = "{given}"
unit = "{unit}"
[[dimension]]
id = "all"
weight = 100
name = {{ zh = "全", en = "All" }}
[[indicator]]
id = "extent"
dimension = "all"
weight = 100
name = {{ zh = "规模", en = "Extent" }}
formula = "{field}"
unit = "{unit}"
decimals = 0
better = "higher"
bands = [{{ below = 10, points = 0 }}, {{ below = 20, points = 40 }}, {{ below = 30, points = 70 }}, {{ points = 100 }}]
missing = "refuse"
{GRADES}"#
    )
}

/// The policies, with members at most `bound`.
fn policies(folder: &Path, bound: &str) -> Origin {
    let head = format!("[group]\npolicy = \"groups\"\nmember_at_most = \"{bound}\"");
    std::fs::write(
        folder.join("members.toml"),
        policy("members", "customer", &head, ("employees", "integer", "people")),
    )
    .unwrap();
    std::fs::write(
        folder.join("groups.toml"),
        policy("groups", "group", "", ("registered_capital", "money", "money")),
    )
    .unwrap();
    Origin::Named(folder.join("members.toml").display().to_string())
}

/// Alpha is graded d, Beta a; Gamma has one member; Delta says nothing of itself; N1 is in none.
const BOOK: &str = "\
id,name,group,employees,registered_capital
A1,Alpha One,Alpha,40,4
A2,Alpha Two,Alpha,5,4
A3,Alpha Three,Alpha,,1
B1,Beta One,Beta,40,20
B2,Beta Two,Beta,15,20
D1,Delta One,Delta,40,
D2,Delta Two,Delta,40,
G1,Gamma One,Gamma,40,1
N1,None One,,40,1
";

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn with(data: &[(&str, &str)]) -> Place {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("data")).unwrap();
        for (name, text) in data {
            std::fs::write(folder.path().join("data").join(name), text).unwrap();
        }
        Place { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn rate(&self, policy: Origin, data: &str, out: &str, without: &[&str]) -> RateOutcome {
        let request = RateRequest {
            policy,
            data: self.path(data),
            as_of: date::parse("2025-12-31").unwrap(),
            out: self.path(out),
            previous: None,
            write: Write::All,
            money: None,
            reading: Reading {
                without: without.iter().map(|id| (*id).to_owned()).collect(),
                ..Reading::default()
            },
            lang: Lang::En,
            dry_run: false,
        };
        rate(&request, &Unwatched).unwrap_or_else(|error| panic!("{}", pinji_locale::say(Lang::En, &error.message())))
    }

    fn explain(&self, run: &str, customer: &str) -> Explanation {
        explain(&self.path(run), customer, Lang::En, &Unwatched).unwrap()
    }

    fn verifies(&self, run: &str, data: &str) {
        let request = VerifyRequest {
            run: self.path(run),
            data: Some(self.path(data)),
            lang: Lang::En,
            linked: Vec::new(),
        };
        let verified = verify(&request, &Unwatched).unwrap();
        assert!(verified.same, "{verified:?}");
    }
}

/// Grade, own grade, and the notches between them.
type Stands = (
    Option<&'static str>,
    Option<&'static str>,
    &'static [(&'static str, &'static str)],
);

fn check(found: &Explanation, (grade, own, notches): Stands) {
    assert_eq!(found.grade.as_deref(), grade, "{found:?}");
    let group = found.group.as_ref();
    assert_eq!(
        group.map_or(found.grade.as_deref(), |group| group.own_grade.as_deref()),
        own,
        "{found:?}"
    );
    let told: Vec<(&str, &str)> = group
        .iter()
        .flat_map(|group| &group.notches)
        .map(|notch| (notch.from.as_str(), notch.to.as_str()))
        .collect();
    assert_eq!(told, notches, "{found:?}");
}

#[test]
fn members_stand_at_most_so_high_and_each_notch_is_told() {
    let place = Place::with(&[("customer.csv", BOOK)]);
    let outcome = place.rate(policies(place.folder.path(), "group + 1"), "data", "run", &[]);
    assert!(!outcome.manifest.data.ungrouped);
    let files: Vec<&str> = outcome.manifest.snapshot.iter().map(|one| one.file.as_str()).collect();
    assert_eq!(files, ["snapshot-group_grade.parquet", "snapshot.parquet"]);
    let rows: [(&str, Stands); 9] = [
        ("A1", (Some("c"), Some("a"), &[("A", "B"), ("B", "C")])),
        ("A2", (Some("d"), Some("d"), &[])),
        ("A3", (None, None, &[])),
        ("B1", (Some("a"), Some("a"), &[])),
        ("B2", (Some("c"), Some("c"), &[])),
        ("D1", (Some("a"), Some("a"), &[])),
        ("D2", (Some("a"), Some("a"), &[])),
        ("G1", (Some("a"), Some("a"), &[])),
        ("N1", (Some("a"), Some("a"), &[])),
    ];
    for (customer, stands) in rows {
        check(&place.explain("run", customer), stands);
    }
    let says = |customer: &str| {
        let group = place.explain("run", customer).group;
        group.map(|group| group.says.join(" | ")).unwrap_or_default()
    };
    assert!(
        says("A1").contains("A → B") && says("A1").contains("B → C"),
        "{}",
        says("A1")
    );
    assert!(says("D1").contains("no grade"), "{}", says("D1"));
    assert!(says("G1").contains("only member"), "{}", says("G1"));
    assert_eq!(says("N1"), "");

    // No way of its own leads A1 up, and what would lose its grade is told from the bound on.
    let lowered = place.explain("run", "A1");
    assert!(lowered.way_up.is_empty(), "{:?}", lowered.way_up);
    assert!(
        lowered.why.iter().any(|why| why.contains("A → B → C")),
        "{:?}",
        lowered.why
    );
    assert_eq!(lowered.way_down[0].grade, "D", "{:?}", lowered.way_down);
    assert_eq!(place.explain("run", "A2").way_up[0].grade, "C");
    assert!(place.explain("run", "B2").way_up[0].grade == "B");
    place.verifies("run", "data");

    // Another bound on the same snapshot: one that allows nothing above the group.
    let against = tempfile::tempdir().unwrap();
    let request = SimulateRequest {
        on: On::Run(place.path("run")),
        against: policies(against.path(), "group"),
        money: None,
        top: 5,
        lang: Lang::En,
    };
    let simulated = simulate(&request, &Unwatched).unwrap();
    assert_eq!(
        (simulated.movement.up, simulated.movement.down),
        (0, 1),
        "{simulated:?}"
    );
}

#[test]
fn a_grade_in_the_snapshot_that_the_group_does_not_give_is_found() {
    let place = Place::with(&[("customer.csv", BOOK)]);
    let policy = policies(place.folder.path(), "group + 1");
    place.rate(policy.clone(), "data", "run", &[]);
    // The same policy over another book: its group snapshot in the place of ours.
    let other = BOOK.replace("Alpha One,Alpha,40,4", "Alpha One,Alpha,40,40");
    std::fs::create_dir(place.path("other")).unwrap();
    std::fs::write(place.path("other/customer.csv"), other).unwrap();
    place.rate(policy, "other", "richer", &[]);
    let file = "snapshot-group_grade.parquet";
    std::fs::copy(place.path("richer").join(file), place.path("run").join(file)).unwrap();
    let request = VerifyRequest {
        run: place.path("run"),
        data: None,
        lang: Lang::En,
        linked: Vec::new(),
    };
    let verified = verify(&request, &Unwatched).unwrap();
    let told = |one: &&pinji_app::verify::Difference| one.place == "A1 group_grade";
    let wrong = verified
        .differences
        .iter()
        .find(told)
        .unwrap_or_else(|| panic!("{verified:?}"));
    assert_eq!((wrong.kept.as_str(), wrong.derived.as_deref()), ("d", Some("a")));
}

#[test]
fn who_names_no_groups_is_told_so() {
    let without_column: String = BOOK
        .lines()
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            format!("{},{},{}\n", cells[0], cells[1], cells[3])
        })
        .collect();
    let place = Place::with(&[("customer.csv", without_column.as_str())]);
    let policy = policies(place.folder.path(), "group + 1");
    let codes = |outcome: &RateOutcome| outcome.notes.iter().map(|note| note.code).collect::<Vec<_>>();
    let outcome = place.rate(policy.clone(), "data", "run", &[]);
    assert!(codes(&outcome).contains(&"app-note-no-groups"), "{:?}", outcome.notes);
    assert!(outcome.manifest.data.ungrouped && outcome.manifest.snapshot.len() == 1);
    check(&place.explain("run", "A1"), (Some("a"), Some("a"), &[]));
    place.verifies("run", "data");

    // Left out on purpose, nothing is to be said of it.
    std::fs::create_dir(place.path("whole")).unwrap();
    std::fs::write(place.path("whole/customer.csv"), BOOK).unwrap();
    let outcome = place.rate(policy, "whole", "apart", &["group_grade"]);
    assert_eq!(codes(&outcome), Vec::<&str>::new());
    assert_eq!(place.explain("apart", "A1").grade.as_deref(), Some("a"));
    place.verifies("apart", "whole");
}

#[test]
fn a_wide_sheet_may_bring_the_groups_grade() {
    let given = "id,employees,集团等级\nA1,40,D\nA2,5,丁\nB1,40,a\nN1,40,\n";
    let bare = "id,employees\nA1,40\nA2,5\n";
    let place = Place::with(&[]);
    std::fs::write(place.path("given.csv"), given).unwrap();
    std::fs::write(place.path("bare.csv"), bare).unwrap();
    let policy = policies(place.folder.path(), "group + 1");
    let outcome = place.rate(policy.clone(), "given.csv", "run", &[]);
    assert_eq!(outcome.manifest.data.grades, ["group_grade"]);
    for (customer, grade) in [("A1", "c"), ("A2", "d"), ("B1", "a"), ("N1", "a")] {
        assert_eq!(
            place.explain("run", customer).grade.as_deref(),
            Some(grade),
            "{customer}"
        );
    }
    place.verifies("run", "given.csv");
    let outcome = place.rate(policy, "bare.csv", "free", &[]);
    let codes: Vec<&str> = outcome.notes.iter().map(|note| note.code).collect();
    assert!(
        codes.iter().any(|code| code.starts_with("app-note-no-group")),
        "{codes:?}"
    );
    assert_eq!(place.explain("free", "A1").grade.as_deref(), Some("a"));
    place.verifies("free", "bare.csv");
}

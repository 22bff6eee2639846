//! Headers, open ends, long files and the licence.

use std::path::Path;

use super::Report;
use crate::source::File;

/// A file longer than this may be two ideas.
const LONG: usize = 500;
/// Marks of work left undone; written in parts so that this file does not carry them.
const OPEN_ENDS: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];

/// Checks each file by itself, and that the licence is there.
pub fn check(root: &Path, files: &[File], report: &mut Report) {
    let licence = std::fs::read_to_string(root.join("LICENSE")).unwrap_or_default();
    if !licence.contains("Apache License") || !licence.contains("END OF TERMS AND CONDITIONS") {
        report.error("LICENSE", "the full text of the Apache License 2.0 belongs here");
    }
    for file in files {
        check_file(file, report);
    }
    one_test_crate(files, report);
}

/// Cargo makes a program of every file in `tests/`; where `main.rs` holds the modules, it must not look for others.
fn one_test_crate(files: &[File], report: &mut Report) {
    for main in files.iter().filter(|file| file.name.ends_with("/tests/main.rs")) {
        let folder = main.name.trim_end_matches("main.rs");
        let manifest = format!("{}Cargo.toml", folder.trim_end_matches("tests/"));
        let beside = |name: &str| {
            name.strip_prefix(folder)
                .is_some_and(|rest| rest != "main.rs" && rest.ends_with(".rs") && !rest.contains('/'))
        };
        let modules = files.iter().any(|file| beside(&file.name));
        let told = files
            .iter()
            .any(|file| file.name == manifest && file.text.contains("autotests = false"));
        if modules && !told {
            report.error(
                manifest,
                "tests/main.rs holds the tests: add `autotests = false` and a `[[test]]` for it",
            );
        }
    }
}

fn check_file(file: &File, report: &mut Report) {
    let rust = file.name.ends_with(".rs");
    if rust && !file.text.trim_start().starts_with("//!") {
        report.error(
            &file.name,
            "no header: begin with a `//!` line that says what the file is",
        );
    }
    for (index, line) in file.text.lines().enumerate() {
        let word = line
            .split(|c: char| !c.is_ascii_alphanumeric())
            .find(|word| OPEN_ENDS.contains(word));
        if let Some(word) = word {
            report.error(
                format!("{}:{}", file.name, index + 1),
                format!("`{word}`: do it, or write an issue"),
            );
        }
    }
    let lines = file.text.lines().count();
    if rust && lines > LONG {
        report.warning(&file.name, format!("{lines} lines: is it two ideas?"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_of_tests_are_no_programs() {
        let check = |manifest: &str, files: &[&str], errors: usize| {
            let mut all = vec![File {
                name: "crates/a/Cargo.toml".to_owned(),
                text: manifest.to_owned(),
            }];
            all.extend(files.iter().map(|name| File {
                name: (*name).to_owned(),
                text: String::new(),
            }));
            let mut report = Report::default();
            one_test_crate(&all, &mut report);
            assert_eq!(report.errors.len(), errors, "{files:?}");
        };
        check("", &["crates/a/tests/main.rs", "crates/a/tests/b.rs"], 1);
        check(
            "autotests = false",
            &["crates/a/tests/main.rs", "crates/a/tests/b.rs"],
            0,
        );
        check("", &["crates/a/tests/main.rs", "crates/a/tests/main/b.rs"], 0);
        check("", &["crates/a/tests/b.rs"], 0);
    }

    #[test]
    fn each_fault_is_named() {
        let check = |name: &str, text: &str, errors: usize, warnings: usize| {
            let mut report = Report::default();
            check_file(
                &File {
                    name: name.to_owned(),
                    text: text.to_owned(),
                },
                &mut report,
            );
            assert_eq!(
                (report.errors.len(), report.warnings.len()),
                (errors, warnings),
                "{name}"
            );
        };
        check("a.rs", "//! What it is.\nfn a() {}\n", 0, 0);
        check("b.rs", "fn a() {}\n", 1, 0);
        check("c.md", concat!("# A\nTO", "DO later\n"), 1, 0);
        check("d.rs", &format!("//! Long.\n{}", "\n".repeat(LONG)), 0, 1);
    }
}

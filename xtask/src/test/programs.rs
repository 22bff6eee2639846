//! The test programs: built once with the whole workspace, then run one by one, so that each family has its minutes.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

use super::Count;
use crate::shell;

/// A built test program.
#[derive(Debug, Clone)]
pub struct Program {
    /// The package that it tests, without `pinji-`.
    pub package: String,
    /// Whether it lies in `tests/`, rather than in the code itself.
    pub integration: bool,
    /// The package's folder, where it is run.
    folder: PathBuf,
    file: PathBuf,
}

/// A part of a test program with minutes of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The family that it counts for.
    pub family: String,
    /// Only tests with this beginning.
    only: Option<&'static str>,
    /// Not the tests with these beginnings.
    skip: Vec<&'static str>,
}

/// Modules of integration tests that are families of their own: package, module, family.
const MODULES: [(&str, &str, &str); 4] = [
    ("cli", "open_data::", "open-data"),
    ("cli", "hostile::", "hostile"),
    ("cli", "workbook::", "workbook"),
    ("server", "interface::", "interface"),
];

/// Builds all tests of the workspace; `None` when they do not build.
pub fn build() -> Result<Option<Vec<Program>>> {
    let mut command = shell::cargo();
    command.args([
        "test",
        "--workspace",
        "--no-run",
        "--quiet",
        "--message-format=json-render-diagnostics",
    ]);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start cargo")?;
    if !output.status.success() {
        return Ok(None);
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let messages = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut programs: Vec<Program> = messages.filter_map(|message| program(&message)).collect();
    programs.sort_by(|a, b| (a.integration, &a.package).cmp(&(b.integration, &b.package)));
    Ok(Some(programs))
}

fn program(message: &Value) -> Option<Program> {
    let file = message["executable"].as_str()?;
    if message.pointer("/profile/test").and_then(Value::as_bool) != Some(true) {
        return None;
    }
    let manifest = PathBuf::from(message["manifest_path"].as_str()?);
    let folder = manifest.parent()?.to_path_buf();
    let integration = message
        .pointer("/target/kind")?
        .as_array()?
        .iter()
        .any(|kind| kind == "test");
    let package = folder.file_name()?.to_string_lossy().into_owned();
    Some(Program {
        package,
        integration,
        folder,
        file: PathBuf::from(file),
    })
}

/// The parts that a program is run in.
pub fn parts(program: &Program) -> Vec<Part> {
    let whole = |family: &str| {
        vec![Part {
            family: family.to_owned(),
            only: None,
            skip: Vec::new(),
        }]
    };
    match (program.package.as_str(), program.integration) {
        (package @ ("cli" | "server"), true) => {
            let modules = MODULES.iter().filter(|(of, ..)| *of == package);
            let mut parts = vec![Part {
                family: package.to_owned(),
                only: None,
                skip: modules.clone().map(|(_, module, _)| *module).collect(),
            }];
            parts.extend(modules.map(|(_, module, family)| Part {
                family: (*family).to_owned(),
                only: Some(module),
                skip: Vec::new(),
            }));
            parts
        }
        (package @ ("engine" | "policy" | "connectors" | "query" | "store"), true) => whole(package),
        ("workflow" | "groups" | "search" | "ledger" | "access", true) => whole("office"),
        _ => whole("unit"),
    }
}

/// Runs a part of a program and counts.
pub fn run(program: &Program, part: &Part) -> Result<Count> {
    let mut command = Command::new(&program.file);
    command
        .arg("--show-output")
        .args(part.only)
        .current_dir(&program.folder);
    command.env("CARGO_MANIFEST_DIR", &program.folder);
    for skip in &part.skip {
        command.args(["--skip", skip]);
    }
    tell(&program.package, &shell::output(&mut command)?)
}

/// Runs the examples in doc comments.
pub fn examples() -> Result<Count> {
    let output = shell::output(shell::cargo().args(["test", "--workspace", "--doc", "--quiet"]))?;
    tell("doc comments", &output)
}

/// Counts what a test program said, shows why tests were left out, and all of it when one failed.
fn tell(name: &str, output: &std::process::Output) -> Result<Count> {
    let text = String::from_utf8_lossy(&output.stdout);
    let mut count = counted(&text);
    if !output.status.success() {
        count.failed = count.failed.max(1);
        println!("{text}\n{}", String::from_utf8_lossy(&output.stderr));
        println!("{name}: {}", output.status);
    }
    for line in text.lines().filter(|line| line.starts_with("skipped: ")) {
        println!("{line}");
    }
    Ok(count)
}

/// A test that cannot ask its question prints one line `skipped: why` and ends; it counts as skipped, not as passed.
fn counted(text: &str) -> Count {
    let mut count = Count::default();
    for line in text.lines() {
        if let Some(result) = line.strip_prefix("test result: ") {
            let number = |word: &str| {
                let part = result.split(['.', ';']).find_map(|part| part.trim().strip_suffix(word));
                part.and_then(|part| part.trim().parse::<usize>().ok()).unwrap_or(0)
            };
            count.add(Count {
                passed: number("passed"),
                failed: number("failed"),
                skipped: number("ignored"),
            });
        }
    }
    let skipped = text
        .lines()
        .filter(|line| line.starts_with("skipped: "))
        .count()
        .min(count.passed);
    count.passed -= skipped;
    count.skipped += skipped;
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_counted() {
        let check = |text: &str, passed: usize, failed: usize, skipped: usize| {
            assert_eq!(
                counted(text),
                Count {
                    passed,
                    failed,
                    skipped
                },
                "{text}"
            );
        };
        check(
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s\n",
            3,
            0,
            1,
        );
        check(
            "---- a stdout ----\nskipped: no data\n\ntest result: FAILED. 3 passed; 2 failed; 0 ignored; 0 m\n",
            2,
            2,
            1,
        );
        check("nothing\n", 0, 0, 0);
    }
}

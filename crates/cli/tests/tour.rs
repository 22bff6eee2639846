//! The tours in the READMEs are run, so that what they show is what the program says.
//!
//! In a block marked `console`, a line `$ pinji …` is a command and the lines after it are what it answers; `| head -n N`
//! keeps the first lines, `| tail -n N` the last. `PINJI_BLESS=1 cargo test -p pinji-cli tour` writes the answers anew.

use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn english() {
    check("README.md", "en");
}

#[test]
fn chinese() {
    check("README.zh-CN.md", "zh");
}

fn check(readme: &str, lang: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(readme);
    let text = std::fs::read_to_string(&path).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut told = String::new();
    let (mut inside, mut commands) = (false, 0);
    for line in text.lines() {
        let fence = line.starts_with("```");
        inside = if fence { line == "```console" } else { inside };
        if !inside || fence {
            told.push_str(line);
            told.push('\n');
        } else if let Some(command) = line.strip_prefix("$ pinji ") {
            commands += 1;
            told.push_str(line);
            told.push('\n');
            told.push_str(&answer(command, lang, folder.path()));
        }
    }
    assert!(commands > 2, "the tour has {commands} commands");
    if std::env::var_os("PINJI_BLESS").is_some() {
        std::fs::write(&path, told).unwrap();
        return;
    }
    let differs = text.lines().zip(told.lines()).find(|(written, said)| written != said);
    assert!(
        text == told,
        "{readme} is not what the program says; run again with PINJI_BLESS=1. First difference: {differs:?}"
    );
}

/// What a command of the tour answers, with the lines that it keeps.
fn answer(command: &str, lang: &str, folder: &Path) -> String {
    let (words, keeps) = command.split_once(" | ").unwrap_or((command, ""));
    let mut program = Command::new(PathBuf::from(env!("CARGO_BIN_EXE_pinji")));
    program
        .args(words_of(words))
        .args(["--lang", lang])
        .env("COLUMNS", "120")
        .current_dir(folder);
    let output = program.output().expect("pinji starts");
    assert!(
        output.status.code().is_some_and(|code| code < 2),
        "{command}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let said = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = said.lines().map(str::trim_end).collect();
    let kept = match keeps.split_once(" -n ") {
        None if keeps.is_empty() => lines.as_slice(),
        Some(("head", count)) => &lines[..lines.len().min(count.parse().unwrap())],
        Some(("tail", count)) => &lines[lines.len().saturating_sub(count.parse().unwrap())..],
        _ => panic!("`{keeps}` is not known here: only `head -n` and `tail -n` are"),
    };
    kept.iter().map(|line| format!("{line}\n")).collect()
}

/// Words of a command line; double quotes hold some together.
fn words_of(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate();
    parts
        .flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        })
        .collect()
}

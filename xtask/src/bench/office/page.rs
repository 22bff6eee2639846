//! The office's chapter of docs/benchmarks.md, written from what the parts kept.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

pub use super::super::page::grouped;
use super::PARTS;
use crate::bench::page::machine_rows;
use crate::shell;

/// Where the chapter begins; what stands before it is the other benchmark's.
pub const HEADING: &str = "# The office at size";

const TITLES: [(&str, &str); 6] = [
    ("plant", "What was planted"),
    ("runs", "Runs"),
    ("reads", "Pages, lists and searches"),
    ("import", "Bringing records in"),
    ("crowd", "200 people, and programs (W1, W2)"),
    ("busy", "200 people while a run and an import go on (W3)"),
];

/// Writes the chapter anew.
pub fn write(work: &Path, pinji: &Path) -> Result<()> {
    let file = shell::root().join("docs/benchmarks.md");
    let before = std::fs::read_to_string(&file).unwrap_or_default();
    let before = before
        .split_once(HEADING)
        .map_or(before.as_str(), |(before, _)| before)
        .trim_end();
    let mut page = format!(
        "{before}\n\n{HEADING}\n\nWritten by `cargo xtask bench office`; do not edit. The built program serves an office on SQLite; \
         the requests come over HTTP from sessions of people who are signed in, one after the other unless a crowd is named. Times are \
         those of whole requests, as seen by who asked, with the asker on the same machine.\n\n"
    );
    machine_rows(&mut page, pinji)?;
    let mut sizes: Vec<u64> = Vec::new();
    for entry in std::fs::read_dir(work)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let size = name
            .strip_suffix(".json")
            .and_then(|name| name.rsplit_once('-')?.1.parse::<u64>().ok());
        sizes.extend(size);
    }
    sizes.sort_unstable_by(|one, other| other.cmp(one));
    sizes.dedup();
    for size in sizes {
        writeln!(page, "\n## {} customers\n", grouped(size))?;
        let many = if size == 1_000_000 {
            String::new()
        } else {
            format!(" --customers {size}")
        };
        writeln!(
            page,
            "```sh\ncargo xtask bench office {}{many}\n```",
            parts(work, size).join(",")
        )?;
        for (part, title) in TITLES {
            let Ok(text) = std::fs::read_to_string(work.join(format!("{part}-{size}.json"))) else {
                continue;
            };
            let found: Value = serde_json::from_str(&text).context("figures of a part")?;
            writeln!(page, "\n### {title}\n")?;
            table(&mut page, &found)?;
        }
    }
    std::fs::write(&file, page).with_context(|| format!("cannot write {}", file.display()))
}

fn parts(work: &Path, size: u64) -> Vec<&'static str> {
    let there = |part: &&str| work.join(format!("{part}-{size}.json")).is_file();
    PARTS.into_iter().filter(there).collect()
}

fn table(page: &mut String, found: &Value) -> Result<()> {
    let rows = found["rows"].as_array().cloned().unwrap_or_default();
    if !rows.is_empty() {
        writeln!(page, "| ms | requests | p50 | p95 | p99 | max | aim |")?;
        writeln!(page, "| --- | ---: | ---: | ---: | ---: | ---: | --- |")?;
    }
    for row in &rows {
        let figure = |key: &str| row[key].as_f64().unwrap_or(f64::NAN);
        writeln!(
            page,
            "| {} | {} | {:.1} | {:.1} | {:.1} | {:.1} | {} |",
            row["what"].as_str().unwrap_or_default(),
            grouped(row["count"].as_u64().unwrap_or(0)),
            figure("p50"),
            figure("p95"),
            figure("p99"),
            figure("max"),
            row["aim"].as_str().unwrap_or_default()
        )?;
    }
    if !rows.is_empty() {
        writeln!(page)?;
    }
    for fact in found["facts"].as_array().into_iter().flatten() {
        let text = |at: usize| fact[at].as_str().unwrap_or_default();
        writeln!(page, "- {}: {}", text(0), text(1))?;
    }
    if let Some(share) = found["foreign"].as_f64() {
        writeln!(
            page,
            "- other programs took {:.0} % of the machine meanwhile",
            share * 100.0
        )?;
    }
    Ok(())
}

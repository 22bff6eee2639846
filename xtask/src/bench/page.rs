//! docs/benchmarks.md: machine, versions, medians and ratios.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;
use serde_json::Value;

use super::Measured;
use super::office::HEADING;
use super::venv::Venv;
use crate::shell;

/// The page.
pub fn write(venv: &Venv, pinji: &Path, edges: &[String], measured: &[Measured]) -> Result<String> {
    let mut page = String::from(
        "# Benchmarks\n\nWritten by `cargo xtask bench`; do not edit. All programs of a table ran in turn, round after round, in one run \
         on one machine: whole processes, Parquet in, Parquet out, inputs hashed by ours in the same pass. Each table's results were \
         first compared row for row by the workload's own checker.\n\n",
    );
    machine(&mut page, venv, pinji)?;
    for workload in measured {
        table(&mut page, workload)?;
    }
    if !edges.is_empty() {
        write!(
            page,
            "## Edge cases\n\nEach bound of the policy, the values beside it, unlisted and empty texts, nulls, both sides of each cap:\n\n"
        )?;
        checks(&mut page, edges)?;
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    Ok(page)
}

/// The page with what the other family has written behind it, kept as it is.
pub fn with_the_office(mut page: String, before: &str) -> String {
    if let Some((_, chapter)) = before.split_once(HEADING) {
        page.push_str(&format!("\n{HEADING}{chapter}"));
    }
    page
}

fn machine(page: &mut String, venv: &Venv, pinji: &Path) -> Result<()> {
    machine_rows(page, pinji)?;
    writeln!(page, "| peers | {} |\n", venv.versions()?.join(", "))?;
    Ok(())
}

/// Processor, memory, kernel and program, as the first rows of a table.
pub fn machine_rows(page: &mut String, pinji: &Path) -> Result<()> {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |text: &str, key: &str| {
        let line = text
            .lines()
            .find(|line| line.starts_with(key))
            .and_then(|line| line.split(':').nth(1));
        line.map_or_else(|| "unknown".to_owned(), |value| value.trim().to_owned())
    };
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib: u64 = field(&memory, "MemTotal")
        .split(' ')
        .next()
        .and_then(|kib| kib.parse().ok())
        .unwrap_or(0);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let rustc = shell::text(&mut shell::command("rustc", &["--version"])).unwrap_or_default();
    let pinji = shell::text(&mut shell::command(pinji, &["--version"])).unwrap_or_default();
    writeln!(page, "| | |\n| --- | --- |")?;
    writeln!(page, "| processor | {}, {cores} cores |", field(&cpu, "model name"))?;
    writeln!(page, "| memory | {} GiB |", kib.div_ceil(1024 * 1024))?;
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    writeln!(page, "| kernel | {} |", kernel.trim())?;
    writeln!(page, "| ours | {}, {} |", pinji.trim(), rustc.trim())?;
    Ok(())
}

fn table(page: &mut String, workload: &Measured) -> Result<()> {
    writeln!(page, "## {}\n", workload.title)?;
    if !workload.note.is_empty() {
        writeln!(page, "{}\n", workload.note)?;
    }
    writeln!(
        page,
        "| program | wall s (median) | from … to | cpu s | peak MiB | M rows/s | wall ÷ ours |"
    )?;
    writeln!(page, "| --- | ---: | ---: | ---: | ---: | ---: | ---: |")?;
    let figure = |figures: &Value, key: &str| figures[key].as_f64().unwrap_or(f64::NAN);
    let ours = workload
        .programs
        .iter()
        .find(|(name, _)| name == "pinji")
        .map_or(f64::NAN, |(_, figures)| figure(figures, "wall"));
    let mut programs: Vec<_> = workload.programs.iter().collect();
    programs.sort_by(|a, b| figure(&a.1, "wall").total_cmp(&figure(&b.1, "wall")));
    for (name, figures) in programs {
        let get = |key: &str| figure(figures, key);
        let name = if name == "pinji" { "**pinji**" } else { name };
        #[expect(clippy::cast_precision_loss, reason = "a rate for readers")]
        let rate = workload.rows as f64 / get("wall") / 1e6;
        writeln!(
            page,
            "| {name} | {:.3} | {:.3} … {:.3} | {:.2} | {:.0} | {rate:.3} | {:.2} |",
            get("wall"),
            get("wall_min"),
            get("wall_max"),
            get("cpu"),
            get("rss"),
            get("wall") / ours
        )?;
    }
    let least = |key: &str| {
        workload
            .programs
            .iter()
            .map(|(_, figures)| figure(figures, key))
            .fold(f64::INFINITY, f64::min)
    };
    let foreign = workload
        .programs
        .iter()
        .map(|(_, figures)| figure(figures, "foreign"))
        .fold(0.0, f64::max);
    writeln!(
        page,
        "\nCounted runs: {:.0} of each; other processes took at most {:.0} % of the machine (medians).\n",
        least("runs"),
        foreign * 100.0
    )?;
    checks(page, &workload.checks)
}

fn checks(page: &mut String, checks: &[String]) -> Result<()> {
    if !checks.is_empty() {
        writeln!(page, "```text\n{}\n```\n", checks.join("\n"))?;
    }
    Ok(())
}

/// `10,000,000`
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_have_medians_and_ratios() {
        let figures = |wall: f64| serde_json::json!({ "wall": wall, "wall_min": wall, "wall_max": wall, "cpu": 1.0, "rss": 100.0, "runs": 3, "foreign": 0.01 });
        let programs = vec![("pinji".to_owned(), figures(2.0)), ("peer".to_owned(), figures(5.0))];
        let workload = Measured {
            title: "T".to_owned(),
            note: "",
            checks: vec!["agree  x".to_owned()],
            programs,
            rows: 10_000_000,
        };
        let mut page = String::new();
        table(&mut page, &workload).unwrap();
        assert!(
            page.contains("| **pinji** | 2.000 | 2.000 … 2.000 | 1.00 | 100 | 5.000 | 1.00 |"),
            "{page}"
        );
        assert!(
            page.contains("| peer | 5.000 | 5.000 … 5.000 | 1.00 | 100 | 2.000 | 2.50 |"),
            "{page}"
        );
        assert!(
            page.contains("Counted runs: 3 of each") && page.contains("agree  x"),
            "{page}"
        );
        assert_eq!(grouped(10_000_000), "10,000,000");
    }
}

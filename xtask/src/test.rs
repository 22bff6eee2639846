//! `cargo xtask test`: everything that must hold before a change is taken, and the minutes that it took. 测试命令

mod budget;
mod programs;
mod tools;

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::{shell, tidy};

/// How many things held, did not, and could not be asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Held.
    pub passed: usize,
    /// Did not hold.
    pub failed: usize,
    /// Could not be asked, with a reason printed.
    pub skipped: usize,
}

impl Count {
    fn one(passed: bool) -> Count {
        if passed {
            Count {
                passed: 1,
                ..Count::default()
            }
        } else {
            Count {
                failed: 1,
                ..Count::default()
            }
        }
    }

    fn add(&mut self, other: Count) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// A family of tests that was run.
struct Done {
    family: String,
    count: Count,
    took: Duration,
}

/// Runs all families; true when nothing failed.
pub fn run() -> Result<bool> {
    let budgets = budget::read(&shell::root())?;
    let mut done = Vec::new();
    step(&mut done, "tools", || {
        tools::prepare();
        Ok(Count::default())
    })?;
    step(&mut done, "format", || {
        cargo(&["fmt", "--all", "--", "--check", "--files-with-diff"])
    })?;
    step(&mut done, "tidy", || Ok(Count::one(tidy::run()?)))?;
    step(&mut done, "clippy", || {
        cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ])
    })?;
    let mut built = None;
    step(&mut done, "build", || {
        built = programs::build()?;
        Ok(Count {
            failed: usize::from(built.is_none()),
            ..Count::default()
        })
    })?;
    let parts = |program| programs::parts(program).into_iter().map(move |part| (program, part));
    let mut parts: Vec<_> = built.iter().flatten().flat_map(parts).collect();
    parts.sort_by(|a, b| a.1.family.cmp(&b.1.family));
    for (program, part) in &parts {
        step(&mut done, &part.family, || programs::run(program, part))?;
    }
    if built.is_some() {
        step(&mut done, "examples", programs::examples)?;
    }
    print_table(&done, &budgets);
    let mut total = Count::default();
    for step in &done {
        total.add(step.count);
    }
    println!(
        "{} passed, {} failed, {} skipped",
        total.passed, total.failed, total.skipped
    );
    Ok(total.failed == 0)
}

fn cargo(words: &[&str]) -> Result<Count> {
    Ok(Count::one(shell::cargo().args(words).status()?.success()))
}

/// Runs one family, or one more part of it, and keeps what came of it.
fn step(done: &mut Vec<Done>, family: &str, work: impl FnOnce() -> Result<Count>) -> Result<()> {
    if done.last().is_none_or(|last| last.family != family) {
        println!("== {family}");
    }
    let start = Instant::now();
    let count = work()?;
    let took = start.elapsed();
    match done.iter_mut().find(|step| step.family == family) {
        Some(step) => {
            step.count.add(count);
            step.took += took;
        }
        None => done.push(Done {
            family: family.to_owned(),
            count,
            took,
        }),
    }
    Ok(())
}

fn print_table(done: &[Done], budgets: &[budget::Budget]) {
    println!(
        "\n{:<12} {:>7} {:>7} {:>7} {:>8} {:>7}",
        "family", "passed", "failed", "skipped", "minutes", "budget"
    );
    for step in done {
        let minutes = step.took.as_secs_f64() / 60.0;
        let budget = budgets.iter().find(|budget| budget.family == step.family);
        let limit = budget.map_or_else(|| "-".to_owned(), |budget| format!("{:.1}", budget.minutes));
        let note = match budget {
            None => "  no budget in CONTRIBUTING.md",
            Some(budget) if minutes > budget.minutes => "  over its budget",
            Some(_) => "",
        };
        let Count {
            passed,
            failed,
            skipped,
        } = step.count;
        println!(
            "{:<12} {passed:>7} {failed:>7} {skipped:>7} {minutes:>8.1} {limit:>7}{note}",
            step.family
        );
    }
    let minutes: f64 = done.iter().map(|step| step.took.as_secs_f64() / 60.0).sum();
    let limit: f64 = budgets.iter().map(|budget| budget.minutes).sum();
    println!(
        "{:<12} {:>7} {:>7} {:>7} {minutes:>8.1} {limit:>7.1}",
        "all", "", "", ""
    );
}

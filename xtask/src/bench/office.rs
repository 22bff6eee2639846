//! `cargo xtask bench office`: a large office, asked over HTTP by people who are signed in. 大规模办公室性能
#![allow(
    clippy::indexing_slicing,
    reason = "only JSON is indexed here; what is not there is null"
)]

mod client;
mod crowd;
mod figures;
mod import;
mod page;
mod reads;
mod runs;
mod served;

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::plan::number;
use crate::shell;
use figures::Found;
pub use page::HEADING;

/// What can be measured, in the order in which it is.
const PARTS: [&str; 6] = ["plant", "runs", "reads", "import", "crowd", "busy"];

/// Customers of one account manager, as the planter gives them out.
const OWN: usize = 500;

/// What the command line asks for.
pub struct Options {
    parts: Vec<String>,
    customers: u64,
    records: u64,
    work: PathBuf,
    pinji: Option<PathBuf>,
    seconds: u64,
}

impl Options {
    fn parse(args: &[String]) -> Result<Options> {
        let mut options = Options {
            parts: PARTS.iter().map(|part| (*part).to_owned()).collect(),
            customers: 1_000_000,
            records: 0,
            work: shell::root().join("target/bench/office"),
            pinji: None,
            seconds: 120,
        };
        let mut rest = args.iter();
        while let Some(word) = rest.next() {
            if !word.starts_with("--") {
                options.parts = word.split(',').map(str::to_owned).collect();
                continue;
            }
            let value = rest.next().with_context(|| format!("{word} needs a value"))?;
            match word.as_str() {
                "--customers" => options.customers = number(value)?,
                "--records" => options.records = number(value)?,
                "--work" => options.work = std::path::absolute(value)?,
                "--pinji" => options.pinji = Some(std::path::absolute(value)?),
                "--seconds" => options.seconds = number(value)?,
                other => bail!("bench office does not know `{other}`; see `cargo xtask help`"),
            }
        }
        for part in &options.parts {
            ensure!(
                PARTS.contains(&part.as_str()),
                "bench office has no part `{part}`: {}",
                PARTS.join(", ")
            );
        }
        if options.records == 0 {
            options.records = options.customers * 20;
        }
        Ok(options)
    }
}

/// An office that was planted, and the program that serves it.
pub struct Bench {
    options: Options,
    pinji: PathBuf,
    folder: PathBuf,
    /// What its planter says of it; null before.
    plan: Value,
}

/// Measures the parts that were asked for, keeps their figures beside the office, and writes docs/benchmarks.md anew.
pub fn run(args: &[String]) -> Result<bool> {
    let options = Options::parse(args)?;
    std::fs::create_dir_all(&options.work).with_context(|| format!("cannot make {}", options.work.display()))?;
    let pinji = match &options.pinji {
        Some(built) => built.clone(),
        None => {
            shell::run(shell::cargo().args(["build", "--release", "--package", "pinji-cli"]))?;
            shell::root().join("target/release/pinji")
        }
    };
    let folder = options.work.join(options.customers.to_string());
    let mut bench = Bench {
        options,
        pinji,
        folder,
        plan: Value::Null,
    };
    for part in bench.options.parts.clone() {
        println!("== {part}");
        let found = bench.part(&part)?;
        found.print();
        found.keep(&bench.options.work, bench.options.customers, &part)?;
    }
    page::write(&bench.options.work, &bench.pinji)?;
    println!("docs/benchmarks.md is written");
    Ok(true)
}

impl Bench {
    fn part(&mut self, part: &str) -> Result<Found> {
        if part == "plant" {
            return self.plant();
        }
        let plan = self.folder.join("plan.json");
        let text = std::fs::read_to_string(&plan).with_context(|| {
            format!(
                "no office was planted at {}: `plant` comes first",
                self.folder.display()
            )
        })?;
        self.plan = serde_json::from_str(&text).context("plan.json")?;
        match part {
            "runs" => runs::measure(self),
            "reads" => reads::measure(self),
            "import" => import::measure(self),
            "crowd" => crowd::measure(self),
            _ => crowd::busy(self),
        }
    }

    /// Makes the office anew by the planter, which lies with the program whose store it fills.
    fn plant(&self) -> Result<Found> {
        if self.folder.is_dir() {
            std::fs::remove_dir_all(&self.folder)
                .with_context(|| format!("cannot remove {}", self.folder.display()))?;
        }
        let mut command = shell::cargo();
        command
            .args(["bench", "--package", "pinji-cli", "--bench", "office"])
            .env("PINJI_OFFICE", &self.folder)
            .env("PINJI_OFFICE_CUSTOMERS", self.options.customers.to_string())
            .env("PINJI_OFFICE_RECORDS", self.options.records.to_string());
        shell::run(&mut command)?;
        let text = std::fs::read_to_string(self.folder.join("plan.json")).context("the planter left no plan.json")?;
        let plan: Value = serde_json::from_str(&text).context("plan.json")?;
        let mut found = Found::default();
        let whole = |key: &str| plan[key].as_u64().unwrap_or(0);
        found.fact("customers", page::grouped(whole("customers")));
        found.fact("records", page::grouped(whole("records")));
        found.fact("database", format!("{:.1} GB", whole("bytes") as f64 / 1e9));
        found.fact(
            "records accepted a second, in the store",
            page::grouped(whole("accepted_per_second")),
        );
        Ok(found)
    }

    fn count(&self, key: &str) -> usize {
        self.plan[key]
            .as_u64()
            .and_then(|count| usize::try_from(count).ok())
            .unwrap_or(0)
    }

    /// The number of a customer that is not confidential.
    fn code(&self, dice: &mut figures::Dice) -> String {
        let at = dice.below(self.count("customers"));
        code(if at % 20 == 19 { at - 1 } else { at })
    }
}

/// The number of the customer at this place.
fn code(at: usize) -> String {
    format!("C{:07}", at + 1)
}

//! What was found: times by their quantiles, facts, and how much others took of the machine meanwhile.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};

/// The figures of a part.
#[derive(Default)]
pub struct Found {
    rows: Vec<Value>,
    facts: Vec<(String, String)>,
    foreign: Option<f64>,
}

impl Found {
    /// Times of one thing, in milliseconds, with what it is meant to stay below.
    pub fn times(&mut self, what: &str, aim: &str, times: &mut [Duration]) {
        times.sort_unstable();
        let at = |share: usize| {
            let place = times.len().saturating_sub(1) * share / 1_000;
            times.get(place).map_or(0.0, |time| time.as_secs_f64() * 1e3)
        };
        self.rows.push(json!({
            "what": what, "aim": aim, "count": times.len(),
            "p50": at(500), "p95": at(950), "p99": at(990), "max": at(1_000),
        }));
    }

    /// Something else that is worth a line.
    pub fn fact(&mut self, what: &str, says: impl Into<String>) {
        self.facts.push((what.to_owned(), says.into()));
    }

    /// What others took of the machine while this was measured.
    pub fn with_others(&mut self, watch: &Watch) {
        let share = watch.others();
        self.foreign = Some(self.foreign.map_or(share, |before| before.max(share)));
    }

    /// As it goes to the terminal.
    pub fn print(&self) {
        for row in &self.rows {
            let figure = |key: &str| row[key].as_f64().unwrap_or(0.0);
            println!(
                "{}: {} times, p50 {:.2}, p95 {:.2}, p99 {:.2}, max {:.2} ms (aim {})",
                row["what"].as_str().unwrap_or_default(),
                row["count"],
                figure("p50"),
                figure("p95"),
                figure("p99"),
                figure("max"),
                row["aim"].as_str().unwrap_or_default()
            );
        }
        for (what, says) in &self.facts {
            println!("{what}: {says}");
        }
        if let Some(share) = self.foreign {
            println!("others took {:.0} % of the machine", share * 100.0);
        }
    }

    /// Kept beside the office, so that the page can be written from parts that were measured at different times.
    pub fn keep(&self, work: &Path, customers: u64, part: &str) -> Result<()> {
        let kept = json!({ "rows": self.rows, "facts": self.facts, "foreign": self.foreign });
        let file = work.join(format!("{part}-{customers}.json"));
        std::fs::write(&file, kept.to_string()).with_context(|| format!("cannot write {}", file.display()))
    }
}

/// Watches the machine: how much of it went to others than these processes.
pub struct Watch {
    processes: Vec<u32>,
    began: Instant,
    busy: u64,
    ours: u64,
}

impl Watch {
    /// From now on; this process and the server are ours.
    pub fn begin(server: u32) -> Watch {
        let processes = vec![std::process::id(), server];
        Watch {
            began: Instant::now(),
            busy: busy(),
            ours: processes.iter().map(|one| ticks(*one)).sum(),
            processes,
        }
    }

    /// The share of the machine that others took since.
    fn others(&self) -> f64 {
        let ours: u64 = self.processes.iter().map(|one| ticks(*one)).sum();
        let theirs = (busy().saturating_sub(self.busy)).saturating_sub(ours.saturating_sub(self.ours));
        let cores = std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64);
        // The kernel counts in hundredths of a second.
        theirs as f64 / 100.0 / (self.began.elapsed().as_secs_f64() * cores).max(0.01)
    }
}

/// Ticks in which any processor did anything.
fn busy() -> u64 {
    let text = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let first = text.lines().next().unwrap_or_default();
    let mut numbers = first
        .split_whitespace()
        .skip(1)
        .map(|one| one.parse::<u64>().unwrap_or(0));
    // user, nice, system, idle, iowait, irq, softirq, steal
    let kinds: Vec<u64> = numbers.by_ref().take(8).collect();
    kinds.iter().sum::<u64>() - kinds.iter().skip(3).take(2).sum::<u64>()
}

/// Ticks that a process took.
fn ticks(process: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after = text.rsplit_once(')').map_or("", |(_, after)| after);
    let numbers = after.split_whitespace().skip(11).take(2);
    numbers.map(|one| one.parse::<u64>().unwrap_or(0)).sum()
}

/// SplitMix64: the same numbers each time.
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 0 to `n` − 1.
    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n.max(1) as u64).unwrap_or(0)
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }
}

//! `cargo xtask bench`: our program and other engines on the same files, in one run, checked row for row. 性能对比

mod office;
mod page;
mod plan;
mod venv;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::{peer_policy, shell};
pub use plan::Options;
use venv::Venv;

/// The date that the workloads are rated as of.
const AS_OF: &str = "2026-01-01";

/// What came of one workload: programs in the order of the table, with the figures that `bench.py` saved.
pub struct Measured {
    /// Its heading.
    pub title: String,
    /// What a reader must know of it.
    pub note: &'static str,
    /// What its checker said, line by line.
    pub checks: Vec<String>,
    /// Name and figures; ours is called `pinji`.
    pub programs: Vec<(String, Value)>,
    /// Rows of its input.
    pub rows: u64,
}

/// Everything that a workload needs.
struct Bench {
    options: Options,
    peers: PathBuf,
    work: PathBuf,
    venv: Venv,
    pinji: PathBuf,
}

/// Runs the benchmark and writes docs/benchmarks.md; false when somebody disagrees.
pub fn run(args: &[String]) -> Result<bool> {
    if let Some((first, rest)) = args.split_first()
        && first == "office"
    {
        return office::run(rest);
    }
    let options = Options::parse(args)?;
    let peers = peers_folder()?;
    let work = options
        .work
        .clone()
        .unwrap_or_else(|| shell::root().join("target/bench"));
    std::fs::create_dir_all(work.join("out")).with_context(|| format!("cannot make {}", work.display()))?;
    let venv = Venv::prepare(&work, &peers)?;
    let pinji = match &options.pinji {
        Some(built) => built.clone(),
        None => {
            shell::run(shell::cargo().args(["build", "--release", "--package", "pinji-cli"]))?;
            shell::root().join("target/release/pinji")
        }
    };
    let bench = Bench {
        options,
        peers,
        work,
        venv,
        pinji,
    };
    let policy = bench.policy()?;
    let edges = bench.edges(&policy)?;
    let mut measured = Vec::new();
    for rows in &bench.options.rows {
        measured.push(bench.scoring(*rows, &policy)?);
    }
    if bench.options.rfm > 0 {
        measured.push(bench.rfm(bench.options.rfm)?);
    }
    let agree = measured
        .iter()
        .flat_map(|measured| &measured.checks)
        .chain(&edges)
        .all(|line| !line.starts_with("DIFFER"));
    let page = page::write(&bench.venv, &bench.pinji, &edges, &measured)?;
    let file = shell::root().join("docs/benchmarks.md");
    let page = page::with_the_office(page, &std::fs::read_to_string(&file).unwrap_or_default());
    std::fs::write(&file, page).with_context(|| format!("cannot write {}", file.display()))?;
    println!(
        "docs/benchmarks.md is written; {}",
        if agree { "all agree" } else { "NOT ALL AGREE" }
    );
    Ok(agree)
}

fn peers_folder() -> Result<PathBuf> {
    let set = std::env::var_os("PINJI_PEERS").map(PathBuf::from);
    let peers = set.unwrap_or_else(|| shell::root().join("../shared/peers"));
    ensure!(
        peers.join("bench.py").is_file(),
        "the peers' scripts are not at {}: set PINJI_PEERS",
        peers.display()
    );
    peers.canonicalize().context("the peers' folder")
}

impl Bench {
    /// One of the peers' scripts, as the beginning of a command line.
    fn script(&self, name: &str) -> String {
        format!("{} {}", word(self.venv.python()), word(&self.peers.join(name)))
    }

    /// Makes `name` by a script unless it is there; half-made files never bear the name.
    fn input(&self, name: &str, script: &str, words: &[&str]) -> Result<PathBuf> {
        let file = self.work.join(name);
        if !file.is_file() {
            println!("making {name}");
            let partial = self.work.join(format!("{name}.partial"));
            let mut command = self.venv.script(&self.peers.join(script));
            shell::run(command.args(words).arg("--out").arg(&partial))?;
            std::fs::rename(&partial, &file)?;
        }
        Ok(file)
    }

    /// The peers' policy as ours, each indicator with the decimals that its column is recorded with.
    fn policy(&self) -> Result<PathBuf> {
        let code = "import json, gen_customers; print(json.dumps(gen_customers.DECIMALS))";
        let dictionary = shell::text(self.venv.python_code(code).env("PYTHONPATH", &self.peers))?;
        let decimals = peer_policy::decimals_of(&dictionary)?;
        let json = std::fs::read_to_string(self.peers.join("policy.json")).context("cannot read policy.json")?;
        let file = self.work.join("policy.toml");
        std::fs::write(&file, peer_policy::convert(&json, &decimals)?)?;
        Ok(file)
    }

    /// Our command line.
    fn ours(&self, policy: &Path, data: &Path, out: &Path) -> String {
        format!(
            "{} rate --policy {} --data {} --as-of {AS_OF} --out {} --write grades",
            word(&self.pinji),
            word(policy),
            word(data),
            word(out)
        )
    }

    /// The table of edge cases: ours against DuckDB and Polars.
    fn edges(&self, policy: &Path) -> Result<Vec<String>> {
        let input = self.input("edges.parquet", "gen_edges.py", &["--decimals"])?;
        let out = self.work.join("out/edges");
        let duckdb = self.work.join("out/edges-duckdb.parquet");
        let polars = self.work.join("out/edges-polars.parquet");
        once(&format!(
            "{} {} {}",
            self.script("run_duckdb.py"),
            word(&input),
            word(&duckdb)
        ))?;
        once(&format!(
            "{} {} {}",
            self.script("run_polars.py"),
            word(&input),
            word(&polars)
        ))?;
        self.clear(&out)?;
        once(&self.ours(policy, &input, &out))?;
        self.checked("check_scores.py", &[&duckdb, &polars, &out.join("grades.parquet")])
    }

    fn scoring(&self, rows: u64, policy: &Path) -> Result<Measured> {
        let name = format!("customers-{rows}.parquet");
        let input = self.input(&name, "gen_customers.py", &["--rows", &rows.to_string()])?;
        let out = self.work.join(format!("out/pinji-{rows}"));
        let mut programs = vec![(
            "pinji".to_owned(),
            self.ours(policy, &input, &out),
            out.join("grades.parquet"),
        )];
        for peer in self.options.peers_at(rows) {
            let file = self.work.join(format!("out/{}-{rows}.parquet", peer.name));
            let command = format!(
                "{} {} {}{}",
                self.script(peer.script),
                word(&input),
                word(&file),
                peer.words
            );
            programs.push((peer.name.to_owned(), command, file));
        }
        println!("== {rows} rows: checking");
        for (_, command, _) in &programs {
            self.clear(&out)?;
            once(command)?;
        }
        // The first peer is the reference; ours was cleared for the next program, so it runs once more.
        self.clear(&out)?;
        once(&self.ours(policy, &input, &out))?;
        let mut files: Vec<&Path> = programs.iter().map(|(_, _, file)| file.as_path()).collect();
        let compared = files.len() > 1;
        files.rotate_left(usize::from(compared));
        let checks = if compared {
            self.checked("check_scores.py", &files)?
        } else {
            Vec::new()
        };
        let commands = programs
            .into_iter()
            .map(|(name, command, _)| (name, command))
            .collect::<Vec<_>>();
        let title = format!("{} customers, with reasons", page::grouped(rows));
        Ok(Measured {
            title,
            note: "",
            checks,
            programs: self.timed(rows, &commands)?,
            rows,
        })
    }

    /// RFM: recency, frequency and monetary from the ledger of orders.
    fn rfm(&self, orders: u64) -> Result<Measured> {
        let name = format!("transactions-{orders}.parquet");
        let customers = (orders / 100).max(1).to_string();
        let input = self.input(
            &name,
            "gen_transactions.py",
            &["--rows", &orders.to_string(), "--customers", &customers],
        )?;
        let folder = self.work.join(format!("ledger-{orders}"));
        std::fs::create_dir_all(&folder)?;
        let ledger = folder.join("order.parquet");
        if !ledger.exists() {
            std::fs::hard_link(&input, &ledger).context("cannot link the ledger into its folder")?;
        }
        let policy = self.work.join("rfm.toml");
        std::fs::write(&policy, plan::RFM_POLICY)?;
        let out = self.work.join("out/pinji-rfm");
        let ours = self.ours(&policy, &folder, &out);
        let mut programs = vec![("pinji".to_owned(), ours.clone())];
        // With all that a run keeps, for the checker: the snapshot holds the measures.
        let whole = ours.replace(" --write grades", "");
        let mut files = Vec::new();
        for lib in ["duckdb", "polars", "datafusion"]
            .into_iter()
            .filter(|lib| self.options.has(lib))
        {
            let file = self.work.join(format!("out/{lib}-rfm.parquet"));
            let command = format!("{} {} {} --lib {lib}", self.script("rfm.py"), word(&input), word(&file));
            println!("== RFM by {lib}");
            once(&command)?;
            programs.push((lib.to_owned(), command));
            files.push(file);
        }
        self.clear(&out)?;
        once(&whole)?;
        let scored = self.work.join("out/pinji-rfm.parquet");
        shell::run(
            &mut self
                .venv
                .python_code(&plan::quintiles(&out.join("snapshot.parquet"), &scored)),
        )?;
        files.push(scored);
        let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
        let checks = if files.len() > 1 {
            self.checked("check_tables.py", &files)?
        } else {
            Vec::new()
        };
        let title = format!("RFM measures of {} orders", page::grouped(orders));
        Ok(Measured {
            title,
            note: "Ours measures and grades; the quintile scores that the checker compares were added to its measures afterwards, \
                   while the peers' time holds theirs.",
            checks,
            programs: self.timed(orders, &programs)?,
            rows: orders,
        })
    }

    /// Runs a checker; its lines say who agrees.
    fn checked(&self, script: &str, files: &[&Path]) -> Result<Vec<String>> {
        let mut command = self.venv.script(&self.peers.join(script));
        if script == "check_tables.py" {
            command.arg("customer_id");
        }
        let output = shell::output(command.args(files))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() && !text.contains("DIFFER") {
            bail!("{script} failed:\n{}", String::from_utf8_lossy(&output.stderr));
        }
        print!("{text}");
        let lines = text
            .lines()
            .filter(|line| line.starts_with("agree") || line.starts_with("DIFFER"));
        Ok(lines
            .map(|line| {
                line.replace(&format!("{}/out/", self.work.display()), "")
                    .trim_end()
                    .to_owned()
            })
            .collect())
    }

    /// All programs in turn, round after round, by the peers' own clock.
    fn timed(&self, rows: u64, programs: &[(String, String)]) -> Result<Vec<(String, Value)>> {
        let save = self.work.join("timed.json");
        let options = &self.options;
        let mut command = self.venv.script(&self.peers.join("bench.py"));
        command.args([
            "--rounds",
            &options.rounds.to_string(),
            "--tries",
            &options.tries.to_string(),
        ]);
        command
            .args([
                "--wait",
                &options.wait.to_string(),
                "--rows",
                &rows.to_string(),
                "--save",
            ])
            .arg(&save);
        for (name, line) in programs {
            command.arg(format!("{name}={line}"));
        }
        shell::run(&mut command)?;
        let saved: Value = serde_json::from_str(&std::fs::read_to_string(&save)?).context("what bench.py saved")?;
        let figures = |name: &str| {
            let figures = saved
                .get(name)
                .cloned()
                .with_context(|| format!("no figures of {name}"))?;
            ensure!(
                figures.get("failed").and_then(Value::as_u64) == Some(0),
                "{name} failed while it was timed"
            );
            Ok((name.to_owned(), figures))
        };
        programs.iter().map(|(name, _)| figures(name)).collect()
    }

    /// Takes away the result of an earlier run of ours.
    fn clear(&self, out: &Path) -> Result<()> {
        if out.is_dir() {
            std::fs::remove_dir_all(out).with_context(|| format!("cannot remove {}", out.display()))?;
        }
        Ok(())
    }
}

/// A path as one word of a command line, as Python's `shlex` and we read it.
fn word(path: &Path) -> String {
    format!("'{}'", path.display())
}

/// Runs a command line made of [`word`]s and plain words.
fn once(line: &str) -> Result<()> {
    let words = plan::words(line);
    let (program, rest) = words.split_first().context("an empty command")?;
    let output = shell::output(std::process::Command::new(program).args(rest))?;
    if !output.status.success() {
        bail!(
            "{line}\nended with {}:\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}

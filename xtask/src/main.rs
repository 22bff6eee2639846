//! The project's own commands: `cargo xtask tidy | test | bench | peer-policy`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command for developers speaks on the terminal"
)]

mod bench;
mod peer_policy;
mod shell;
mod source;
mod test;
mod tidy;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  tidy                      the import table, headers, both languages for every code, links
  test                      everything that must hold before a change is taken
  bench [OPTIONS]           the benchmark against other engines; writes docs/benchmarks.md
      --rows 1e5,1e6,1e7    sizes
      --peers all|none|a,b  duckdb, polars, datafusion, pandas, zen (100 000 rows at most), c
      --rounds 3            counted runs of each program; one more warms up
      --rfm 5e7             orders of the RFM workload; 0 leaves it out
      --work DIR            environment and inputs are kept here; target/bench unless given
      --pinji FILE          a built program; otherwise one is built with the release profile
      --tries 0 --wait 0    passed to the peers' bench.py: repeat runs that were disturbed
  bench office [PARTS] [OPTIONS]
                            a large office asked over HTTP: its chapter of docs/benchmarks.md. PARTS, with commas:
                            plant, runs, reads, import, crowd (W1, W2), busy (W3); all unless given
      --customers 1e6       the office that is planted and asked; each size has a folder of its own
      --records 2e7         twenty for each customer unless given
      --work DIR            offices and figures are kept here; target/bench/office unless given (8 GB for a million)
      --pinji FILE          a built program; otherwise one is built with the release profile
      --seconds 120         how long the crowd stays
  peer-policy IN.json OUT.toml [--decimals column=4,...]
                            the peers' policy as a policy of ours

Exit status: 0 when all is well, 1 when something does not hold, 2 when a command is not understood.
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match args.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", args.as_slice()),
    };
    let outcome = match command {
        "tidy" => tidy::run(),
        "test" => test::run(),
        "bench" => bench::run(rest),
        "peer-policy" => peer_policy::run(rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        other => {
            eprintln!("there is no command `{other}`\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

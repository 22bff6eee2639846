//! What may be said on the command line. 命令行参数
//!
//! No help texts here: `help` puts them in from the language files, so that both languages have them.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use pinji_domain::{Date, Lang, date};

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "pinji", version, disable_help_subcommand = true, subcommand_required = true)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command understands.
#[derive(Debug, Clone, Args)]
pub struct Global {
    #[arg(long, global = true, value_enum, value_name = "zh|en", hide_possible_values = true)]
    pub lang: Option<Language>,
    #[arg(long, global = true)]
    pub json: bool,
    #[arg(long, global = true)]
    pub plain: bool,
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

/// A language as people type it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    Zh,
    En,
}

impl From<Language> for Lang {
    fn from(language: Language) -> Lang {
        match language {
            Language::Zh => Lang::Zh,
            Language::En => Lang::En,
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Rate(Rate),
    Verify(Verify),
    Explain(Explain),
    Simulate(Simulate),
    Compare(Compare),
    Demo(Demo),
    #[command(subcommand)]
    Policy(Policy),
    Completions(Completions),
}

/// How data are read; shared by the commands that read them.
#[derive(Debug, Clone, Args)]
pub struct Reading {
    #[arg(long = "map", value_name = "HEADING=FIELD")]
    pub maps: Vec<String>,
    #[arg(long)]
    pub skip_bad_rows: bool,
    #[arg(long, value_name = "ID[,ID]", value_delimiter = ',')]
    pub without: Vec<String>,
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    #[arg(long, value_name = "MIB")]
    pub memory: Option<u64>,
}

#[derive(Debug, Args)]
pub struct Rate {
    #[arg(long, short = 'p', value_name = "FILE")]
    pub policy: String,
    #[arg(long, short = 'd', value_name = "PATH")]
    pub data: PathBuf,
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub as_of: Date,
    #[arg(long, short = 'o', value_name = "DIR")]
    pub out: PathBuf,
    #[arg(long, value_name = "RUN")]
    pub previous: Option<PathBuf>,
    #[arg(
        long,
        value_enum,
        default_value = "all",
        value_name = "all|grades",
        hide_possible_values = true,
        hide_default_value = true
    )]
    pub write: Write,
    #[arg(long, value_name = "MEASURE")]
    pub money: Option<String>,
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Write {
    All,
    Grades,
}

#[derive(Debug, Args)]
pub struct Verify {
    #[arg(value_name = "RUN")]
    pub run: PathBuf,
    #[arg(long, short = 'd', value_name = "PATH")]
    pub data: Option<PathBuf>,
    #[arg(long)]
    pub all: bool,
}

#[derive(Debug, Args)]
pub struct Explain {
    #[arg(value_name = "RUN")]
    pub run: PathBuf,
    #[arg(value_name = "CUSTOMER", allow_hyphen_values = true)]
    pub customer: String,
}

#[derive(Debug, Args)]
pub struct Simulate {
    #[arg(value_name = "RUN")]
    pub run: Option<PathBuf>,
    #[arg(long, short = 'p', value_name = "FILE", requires_all = ["data", "as_of"], conflicts_with = "run")]
    pub policy: Option<String>,
    #[arg(long, short = 'a', value_name = "FILE")]
    pub against: String,
    #[arg(long, short = 'd', value_name = "PATH")]
    pub data: Option<PathBuf>,
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub as_of: Option<Date>,
    #[arg(long, value_name = "MEASURE")]
    pub money: Option<String>,
    #[arg(long, value_name = "N", default_value_t = 20, hide_default_value = true)]
    pub top: usize,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, Args)]
pub struct Compare {
    #[arg(value_name = "RUN1")]
    pub before: PathBuf,
    #[arg(value_name = "RUN2")]
    pub after: PathBuf,
    #[arg(long, value_name = "N", default_value_t = 20, hide_default_value = true)]
    pub top: usize,
}

#[derive(Debug, Args)]
pub struct Demo {
    #[arg(
        long,
        short = 'o',
        value_name = "DIR",
        default_value = "pinji-demo",
        hide_default_value = true
    )]
    pub out: PathBuf,
    #[arg(long, value_name = "N", default_value_t = 2_000, hide_default_value = true, value_parser = clap::value_parser!(u32).range(20..=200_000))]
    pub customers: u32,
    #[arg(long, value_name = "N", default_value_t = 2_025, hide_default_value = true)]
    pub seed: u64,
}

#[derive(Debug, Subcommand)]
pub enum Policy {
    Check(PolicyFiles),
    Test(PolicyFiles),
    Prove(Prove),
    Explain(PolicyFile),
    Print(Print),
    Diff(Diff),
    Schema,
    New(New),
    Weigh(Weigh),
}

#[derive(Debug, Args)]
pub struct PolicyFiles {
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<String>,
}

#[derive(Debug, Args)]
pub struct PolicyFile {
    #[arg(value_name = "FILE")]
    pub file: String,
}

#[derive(Debug, Args)]
pub struct Prove {
    #[arg(value_name = "FILE")]
    pub file: String,
    #[arg(long, value_name = "TEXT")]
    pub says: Vec<String>,
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub as_of: Option<Date>,
    #[arg(long, value_name = "N")]
    pub nodes: Option<u64>,
    #[arg(long, value_name = "CSV")]
    pub counterexample: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Print {
    #[arg(value_name = "FILE")]
    pub file: String,
    #[arg(
        long,
        value_enum,
        default_value = "markdown",
        value_name = "markdown|html",
        hide_possible_values = true,
        hide_default_value = true
    )]
    pub format: Format,
    #[arg(long, short = 'o', value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Markdown,
    Html,
}

#[derive(Debug, Args)]
pub struct Diff {
    #[arg(value_name = "BEFORE")]
    pub before: String,
    #[arg(value_name = "AFTER")]
    pub after: String,
}

#[derive(Debug, Args)]
pub struct New {
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[arg(long, value_name = "NAME")]
    pub from: Option<String>,
}

#[derive(Debug, Args)]
pub struct Weigh {
    #[arg(value_name = "FILE")]
    pub file: String,
    #[arg(long, short = 'd', value_name = "PATH")]
    pub data: PathBuf,
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub as_of: Date,
    #[arg(
        long,
        value_name = "DIMENSION",
        default_value = "dimensions",
        hide_default_value = true
    )]
    pub of: String,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, Args)]
pub struct Completions {
    #[arg(value_name = "SHELL", value_enum, hide_possible_values = true)]
    pub shell: clap_complete::Shell,
}

/// Reads a date; the error is the code of the sentence that says what was expected.
fn day(text: &str) -> Result<Date, &'static str> {
    date::parse(text).ok_or("usage-expects-date")
}

/// Whether a word stands among the arguments before any `--`, for what must be known before they are parsed.
pub fn says(words: &[OsString], flag: &str) -> bool {
    words
        .iter()
        .skip(1)
        .take_while(|word| *word != "--")
        .any(|word| word == flag)
}

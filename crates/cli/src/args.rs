//! What may be said on the command line. 命令行参数
//!
//! No help texts here: `help` puts them in from the language files, so that both languages have them.

use std::ffi::OsString;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use pinji_domain::{Date, Lang, Timestamp, date};

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
    Serve(Serve),
    Run(Run),
    #[command(subcommand)]
    Ledger(Ledger),
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
    #[arg(long = "linked", value_name = "KIND=PATH", value_parser = linked)]
    pub linked: Vec<(String, PathBuf)>,
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

/// Where an office keeps its things; shared by the commands that open one.
#[derive(Debug, Clone, Args)]
pub struct Place {
    #[arg(long, short = 'f', value_name = "DIR")]
    pub folder: PathBuf,
    #[arg(long, env = "PINJI_DATABASE", hide_env_values = true, value_name = "URL")]
    pub database: Option<String>,
    #[arg(long = "link-root", value_name = "NAME=DIR")]
    pub link_roots: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    pub place: Place,
    #[arg(
        long,
        short = 'l',
        value_name = "ADDR",
        default_value = "127.0.0.1:8080",
        hide_default_value = true,
        value_parser = address
    )]
    pub listen: SocketAddr,
    #[arg(long, value_name = "URL", value_parser = origin)]
    pub origin: Option<String>,
    #[arg(long, value_name = "DIR")]
    pub checkpoints: Option<PathBuf>,
    #[arg(long, value_name = "N", default_value_t = 60, hide_default_value = true, value_parser = clap::value_parser!(u64).range(1..=1_440))]
    pub checkpoint_minutes: u64,
    #[arg(long = "proxy", value_name = "IP", value_parser = ip)]
    pub proxies: Vec<IpAddr>,
    #[arg(long = "company-word", value_name = "WORD")]
    pub company_words: Vec<String>,
    #[arg(long)]
    pub without_second_factor: bool,
    #[arg(long, env = "PINJI_LOG", value_name = "FILTER")]
    pub log: Option<String>,
}

#[derive(Debug, Args)]
pub struct Run {
    #[command(flatten)]
    pub place: Place,
    #[arg(long, short = 'p', value_name = "ID[,ID]", value_delimiter = ',', required = true)]
    pub policy: Vec<String>,
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub as_of: Date,
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub known_at: Option<Timestamp>,
    #[arg(long, value_name = "LOGIN")]
    pub by: String,
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    #[arg(long, short = 'o', value_name = "DIR")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Ledger {
    Verify(LedgerVerify),
}

#[derive(Debug, Args)]
pub struct LedgerVerify {
    #[arg(value_name = "DIR", required_unless_present = "database")]
    pub folder: Option<PathBuf>,
    #[arg(long, env = "PINJI_DATABASE", hide_env_values = true, value_name = "URL")]
    pub database: Option<String>,
    #[arg(long, short = 'c', value_name = "DIR")]
    pub checkpoints: Option<PathBuf>,
    #[arg(long = "key", value_name = "KEY")]
    pub keys: Vec<String>,
    #[arg(long, value_name = "FILE")]
    pub export: Option<PathBuf>,
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

/// Reads where the records of a kind lie.
fn linked(text: &str) -> Result<(String, PathBuf), &'static str> {
    let parts = text
        .split_once('=')
        .filter(|(kind, path)| !kind.is_empty() && !path.is_empty());
    let (kind, path) = parts.ok_or("usage-expects-linked")?;
    Ok((kind.to_owned(), PathBuf::from(path)))
}

/// Reads an instant.
fn instant(text: &str) -> Result<Timestamp, &'static str> {
    Timestamp::parse(text).ok_or("usage-expects-instant")
}

/// Reads an address to listen on.
fn address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "usage-expects-address")
}

/// Reads the address of a proxy.
fn ip(text: &str) -> Result<IpAddr, &'static str> {
    text.parse().map_err(|_| "usage-expects-ip")
}

/// Reads the address under which people reach the office: scheme and host, nothing after.
fn origin(text: &str) -> Result<String, &'static str> {
    let text = text.trim_end_matches('/');
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let plain =
        |host: &&str| !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c));
    host.filter(plain)
        .map(|_| text.to_owned())
        .ok_or("usage-expects-origin")
}

/// Whether a word stands among the arguments before any `--`, for what must be known before they are parsed.
pub fn says(words: &[OsString], flag: &str) -> bool {
    words
        .iter()
        .skip(1)
        .take_while(|word| *word != "--")
        .any(|word| word == flag)
}

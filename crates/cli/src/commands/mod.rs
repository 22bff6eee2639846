//! One file per thing that `pinji` can do. 子命令

mod compare;
mod completions;
mod demo;
mod explain;
mod lacking;
mod ledger;
mod policy;
mod rate;
mod run;
mod serve;
mod simulate;
mod verify;

use std::io::Read;

use pinji_app::error::AppError;
use pinji_app::intake::Reading;
use pinji_app::regulation::Origin;
use pinji_domain::Message;
use serde_json::{Value, json};

use crate::args::{self, Cli, Command};
use crate::findings;
use crate::screen::Screen;

/// What a command has to say, for people and for programs. 回答
#[derive(Debug, Clone)]
pub struct Answer {
    /// For people.
    pub text: String,
    /// For programs.
    pub json: Value,
    /// The exit code: 0, or 1 where the answer is no.
    pub exit: u8,
}

impl Answer {
    /// An answer that is not "no".
    pub fn yes(text: String, json: Value) -> Answer {
        Answer { text, json, exit: 0 }
    }

    /// The answer to a question of yes or no.
    pub fn either(yes: bool, text: String, json: Value) -> Answer {
        Answer {
            text,
            json,
            exit: u8::from(!yes),
        }
    }
}

/// Does what was asked and prints the answer. Returns the exit code.
pub fn run(cli: Cli, screen: &Screen) -> u8 {
    let answer = match cli.command {
        Command::Rate(args) => rate::run(args, screen),
        Command::Verify(args) => verify::run(&args, screen),
        Command::Explain(args) => explain::run(&args, screen),
        Command::Simulate(args) => simulate::run(args, screen),
        Command::Compare(args) => compare::run(&args, screen),
        Command::Demo(args) => demo::run(&args, screen),
        Command::Policy(args) => policy::run(args, screen),
        Command::Serve(args) => serve::run(args, screen),
        Command::Run(args) => run::run(args, screen),
        Command::Ledger(args::Ledger::Verify(args)) => ledger::verify(args, screen),
        Command::Completions(args) => Ok(completions::run(&args, screen)),
    };
    match answer {
        Ok(answer) => {
            let text = if screen.json {
                format!("{:#}\n", answer.json)
            } else {
                answer.text
            };
            if screen.data(&text) { answer.exit } else { 2 }
        }
        Err(error) => {
            tell(&error, screen);
            error.exit_code()
        }
    }
}

/// Says why there is no answer: as JSON on stdout under `--json`, in words on stderr otherwise.
fn tell(error: &AppError, screen: &Screen) {
    let message = error.message();
    if screen.json {
        let mut value = json!({ "error": { "code": message.code, "message": screen.say(&message) } });
        let details = match error {
            AppError::Findings(remarks) => Some(("findings", findings::json(remarks, screen))),
            AppError::BadCells(bad) => Some(("bad_data", rate::bad_json(bad, screen))),
            AppError::Lacking(lacking) => Some(("lacking", lacking::json(lacking, screen))),
            AppError::Refused(_) | AppError::Failed(_) => None,
        };
        if let (Some((name, details)), Some(inner)) = (details, value.get_mut("error").and_then(Value::as_object_mut)) {
            inner.insert(name.to_owned(), details);
        }
        screen.data(&format!("{value:#}\n"));
        return;
    }
    match error {
        AppError::Findings(remarks) => {
            let shown = findings::text(remarks, screen, screen.paint_talk);
            eprint_raw(&shown);
        }
        AppError::BadCells(bad) => eprint_raw(&rate::bad_text(bad, screen)),
        AppError::Lacking(lacking) => eprint_raw(&lacking::text(lacking, screen)),
        AppError::Refused(_) | AppError::Failed(_) => {}
    }
    screen.complain(&message);
}

fn eprint_raw(text: &str) {
    use std::io::Write;
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// The policy that a word of the command line means; `-` is standard input.
fn origin(word: &str) -> Result<Origin, AppError> {
    if word != "-" {
        return Ok(Origin::Named(word.to_owned()));
    }
    let mut text = String::new();
    match std::io::stdin().lock().read_to_string(&mut text) {
        Ok(_) => Ok(Origin::Text(text)),
        Err(why) => Err(AppError::Failed(
            Message::new("cli-cannot-read-stdin").with("why", why.to_string()),
        )),
    }
}

/// What the office's calls run on.
fn runtime() -> Result<tokio::runtime::Runtime, AppError> {
    tokio::runtime::Runtime::new()
        .map_err(|why| AppError::Failed(Message::new("app-office-broken").with("why", why.to_string())))
}

/// Writes a file that the command line names, whole or not at all.
fn write_out(path: &std::path::Path, bytes: &[u8]) -> Result<(), AppError> {
    pinji_app::write_file(path, bytes)
}

/// How the data are to be read.
fn reading(args: args::Reading) -> Reading {
    let without: std::collections::BTreeSet<String> = args.without.iter().map(|id| id.trim().to_owned()).collect();
    Reading {
        without: without.into_iter().filter(|id| !id.is_empty()).collect(),
        maps: args.maps,
        skip_bad_rows: args.skip_bad_rows,
        threads: args.threads,
        linked: Vec::new(),
        memory_mib: args.memory,
    }
}

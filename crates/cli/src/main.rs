//! The `pinji` command. 命令行
//!
//! Thin on purpose: arguments in, one use case of `pinji_app` called, its answer printed. Data goes to stdout, talk to
//! stderr; exit codes are 0 (yes), 1 (the answer is no) and 2 (it could not be done).

mod args;
mod commands;
mod findings;
mod help;
mod language;
mod meter;
mod screen;
mod table;
mod usage;

use std::process::ExitCode;

use clap::FromArgMatches;

use crate::args::Cli;
use crate::screen::Screen;

fn main() -> ExitCode {
    let words: Vec<std::ffi::OsString> = std::env::args_os().collect();
    let lang = language::choose(&words, |name| std::env::var(name).ok());
    let mut screen = Screen::new(lang, &words);
    let command = help::command(lang);
    let parsed = command
        .clone()
        .try_get_matches_from(&words)
        .and_then(|found| Cli::from_arg_matches(&found));
    let exit = match parsed {
        Ok(cli) => {
            screen.settle(&cli.global);
            commands::run(cli, &screen)
        }
        Err(error) => usage::explain(&error, &command, &screen),
    };
    ExitCode::from(exit)
}

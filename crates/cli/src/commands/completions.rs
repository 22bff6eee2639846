//! `pinji completions`: scripts that let a shell complete our words. 命令补全

use serde_json::json;

use super::Answer;
use crate::args::Completions;
use crate::help;
use crate::screen::Screen;

/// The script of a shell.
pub fn run(args: &Completions, screen: &Screen) -> Answer {
    let mut command = help::command(screen.lang);
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "pinji", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    let value = json!({ "shell": args.shell.to_string(), "script": script });
    Answer::yes(script, value)
}

//! `--help` in the reader's language, examples first. 帮助
//!
//! The shape of the command line comes from `args`; the words come from the language files: `help-COMMAND` is what a
//! command does, `help-COMMAND-examples` how people call it, `help-COMMAND-ARGUMENT` (or `help-arg-ARGUMENT`, where
//! several commands share one) what an argument means.

use clap::{Arg, ArgAction, Command, CommandFactory};
use pinji_domain::{Lang, Message};
use pinji_locale::{codes, say};

use crate::args::Cli;

/// The command line with its words.
pub fn command(lang: Lang) -> Command {
    let words = Words {
        lang,
        codes: codes(lang),
    };
    let root = Cli::command()
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg_required_else_help(true)
        .arg(
            Arg::new("help")
                .short('h')
                .long("help")
                .action(ArgAction::Help)
                .global(true),
        )
        .arg(
            Arg::new("version")
                .short('V')
                .long("version")
                .action(ArgAction::Version),
        );
    dress(root, "", &words)
}

/// What clap writes into usage lines, in the reader's language. 用法行
pub fn usage_words(lang: Lang, text: &str) -> String {
    match lang {
        Lang::En => text.to_owned(),
        Lang::Zh => text
            .replace("[OPTIONS]", "[选项]")
            .replace("<COMMAND>", "<命令>")
            .replace("Usage:", "用法："),
    }
}

struct Words {
    lang: Lang,
    codes: Vec<&'static str>,
}

impl Words {
    fn find(&self, code: &str) -> Option<String> {
        let code = self.codes.iter().find(|known| **known == code)?;
        Some(say(self.lang, &Message::new(code)))
    }

    fn get(&self, code: &str) -> String {
        self.find(code).unwrap_or_else(|| code.to_owned())
    }
}

/// Puts the words into a command and those below it. `path` is empty for `pinji` itself, else for instance `policy-check`.
fn dress(command: Command, path: &str, words: &Words) -> Command {
    let name = if path.is_empty() { "pinji" } else { path };
    let examples = indented(&words.get(&format!("help-{name}-examples")));
    let template = format!(
        "{{about-with-newline}}\n{}\n{examples}\n{}{{usage}}\n\n{{all-args}}{{after-help}}",
        words.get("help-heading-examples"),
        match words.lang {
            // A full-width colon brings its own space.
            Lang::Zh => words.get("help-heading-usage"),
            Lang::En => words.get("help-heading-usage") + " ",
        },
    );
    let mut place = 0;
    let command = command
        .about(words.get(&format!("help-{name}")))
        .help_template(template)
        .after_help(words.get("help-exit-codes"))
        .subcommand_help_heading(words.get("help-heading-commands"))
        .mut_args(|arg| {
            // Under a heading clap would sort by name; arguments stand in the order in which they are typed.
            place += 1;
            let arg = dress_argument(arg, path, words);
            if arg.is_positional() {
                arg.display_order(place)
            } else {
                arg
            }
        });
    command.mut_subcommands(|below| {
        let path = if path.is_empty() {
            below.get_name().to_owned()
        } else {
            format!("{path}-{}", below.get_name())
        };
        dress(below, &path, words)
    })
}

fn dress_argument(arg: Arg, path: &str, words: &Words) -> Arg {
    let id = arg.get_id().as_str().replace('_', "-");
    let help = words
        .find(&format!("help-{path}-{id}"))
        .unwrap_or_else(|| words.get(&format!("help-arg-{id}")));
    let common = ["lang", "json", "plain", "quiet", "help", "version"].contains(&id.as_str());
    let heading = match (arg.is_positional(), common) {
        (true, _) => "help-heading-arguments",
        (false, true) => "help-heading-common",
        (false, false) => "help-heading-options",
    };
    arg.help(help).help_heading(words.get(heading))
}

fn indented(text: &str) -> String {
    // Braces would be read as places of the template.
    text.lines().fold(String::new(), |out, line| {
        if line.is_empty() {
            out + "\n"
        } else {
            out + "  " + line + "\n"
        }
    })
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        missing_docs
    )]
    use super::*;

    fn walk(command: &Command, path: &str, visit: &mut dyn FnMut(&str, &Command)) {
        visit(path, command);
        for below in command.get_subcommands() {
            walk(below, &format!("{path} {}", below.get_name()), visit);
        }
    }

    #[test]
    fn every_command_and_argument_has_words_in_both_languages() {
        for lang in Lang::ALL {
            let mut command = command(lang);
            command.build();
            let mut bare = Vec::new();
            walk(&command, "pinji", &mut |path, command| {
                let about = command.get_about().map(ToString::to_string).unwrap_or_default();
                let template = command.clone().render_help().to_string();
                if about.is_empty()
                    || about.starts_with("help-")
                    || template.contains("help-") && template.contains("-examples")
                {
                    bare.push(path.to_owned());
                }
                for arg in command.get_arguments() {
                    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                    if help.is_empty() || help.starts_with("help-") {
                        bare.push(format!("{path} {}", arg.get_id()));
                    }
                }
            });
            assert_eq!(bare, Vec::<String>::new(), "{lang:?}");
        }
    }

    #[test]
    fn the_command_line_is_well_formed() {
        for lang in Lang::ALL {
            command(lang).debug_assert();
        }
    }

    #[test]
    fn examples_come_before_usage_and_exit_codes_are_listed() {
        for lang in Lang::ALL {
            let mut command = command(lang);
            let help = command.render_help().to_string();
            let examples = help.find("pinji demo").expect("an example");
            let usage = help
                .find(if lang == Lang::Zh { "用法" } else { "Usage:" })
                .expect("the usage");
            assert!(examples < usage, "{help}");
            for code in ["0", "1", "2"] {
                assert!(
                    help.lines().any(|line| line.trim_start().starts_with(code)),
                    "exit code {code} in\n{help}"
                );
            }
        }
    }
}

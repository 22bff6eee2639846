//! Misspelt command lines, explained in the reader's language. 命令行错误

use clap::Command;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use pinji_domain::Message;
use serde_json::json;

use crate::help::usage_words;
use crate::screen::Screen;

/// Prints what clap has to say: help and version as data, mistakes as talk with a suggestion. Returns the exit code.
pub fn explain(error: &Error, _command: &Command, screen: &Screen) -> u8 {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let text = error.render();
            let text = if screen.paint.0 {
                text.ansi().to_string()
            } else {
                text.to_string()
            };
            if screen.data(&usage_words(screen.lang, &text)) {
                0
            } else {
                2
            }
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand if !screen.json => {
            screen.talk(&usage_words(screen.lang, error.render().to_string().trim_end()));
            2
        }
        _ => {
            let (message, hint) = words(error);
            if screen.json {
                let hint = hint.map(|hint| screen.say(&hint));
                let value = json!({ "error": { "code": message.code, "message": screen.say(&message), "help": hint } });
                screen.data(&format!("{value:#}\n"));
                return 2;
            }
            screen.complain(&message);
            if let Some(hint) = hint {
                screen.talk(&format!("  {}", screen.say(&hint)));
            }
            if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
                screen.talk(&format!("\n{}", usage_words(screen.lang, usage.to_string().trim())));
            }
            screen.talk(&screen.word("usage-see-help"));
            2
        }
    }
}

/// The mistake as a message, and a suggestion where there is one.
fn words(error: &Error) -> (Message, Option<Message>) {
    let text = |kind| error.get(kind).map(plain).unwrap_or_default();
    let argument = bare(&text(ContextKind::InvalidArg));
    let suggested = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ];
    let suggestion = suggested.iter().map(|kind| text(*kind)).find(|found| !found.is_empty());
    let mut hint = suggestion.map(|what| Message::new("usage-did-you-mean").with("what", what));
    let message = match error.kind() {
        ErrorKind::UnknownArgument => Message::new("usage-unknown-argument").with("what", argument),
        ErrorKind::InvalidSubcommand => {
            Message::new("usage-unknown-command").with("what", text(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Message::new("usage-missing-command")
        }
        ErrorKind::MissingRequiredArgument => {
            Message::new("usage-missing-argument").with("what", text(ContextKind::InvalidArg))
        }
        ErrorKind::ArgumentConflict => {
            let other = text(ContextKind::PriorArg);
            if other.is_empty() || bare(&other) == argument {
                Message::new("usage-twice").with("what", argument)
            } else {
                Message::new("usage-conflict")
                    .with("what", argument)
                    .with("other", bare(&other))
            }
        }
        ErrorKind::InvalidUtf8 => Message::new("usage-not-text"),
        ErrorKind::InvalidValue if text(ContextKind::InvalidValue).is_empty() => {
            Message::new("usage-no-value").with("what", argument)
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let valid = text(ContextKind::ValidValue);
            if hint.is_none() && !valid.is_empty() {
                hint = Some(Message::new("usage-valid-values").with("what", valid));
            }
            if hint.is_none() {
                let expected = std::error::Error::source(error)
                    .map(ToString::to_string)
                    .unwrap_or_default();
                hint = Some(match expected.as_str() {
                    "usage-expects-date" => Message::new("usage-expects-date"),
                    "usage-expects-address" => Message::new("usage-expects-address"),
                    "usage-expects-ip" => Message::new("usage-expects-ip"),
                    "usage-expects-origin" => Message::new("usage-expects-origin"),
                    _ => Message::new("usage-expects-number"),
                });
            }
            Message::new("usage-bad-value")
                .with("what", argument)
                .with("value", text(ContextKind::InvalidValue))
        }
        ErrorKind::TooFewValues | ErrorKind::NoEquals => Message::new("usage-no-value").with("what", argument),
        _ => Message::new("usage-too-many-values").with("what", argument),
    };
    (message, hint)
}

fn plain(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join(", "),
        ContextValue::StyledStr(text) => text.to_string(),
        ContextValue::StyledStrs(texts) => texts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        ContextValue::Number(number) => number.to_string(),
        ContextValue::Bool(flag) => flag.to_string(),
        _ => String::new(),
    }
}

/// `--policy <FILE>` is spoken of as `--policy`.
fn bare(argument: &str) -> String {
    argument.split([' ', '=']).next().unwrap_or_default().to_owned()
}

//! What is printed where, and in which dress. 输出

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};

use pinji_domain::{Lang, Message};
use pinji_locale::say;

use crate::args::{Global, says};

/// How to print: language, form and colours. 输出方式
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    pub lang: Lang,
    /// `--json`: the answer as one JSON value.
    pub json: bool,
    /// `--plain`: no colours, no drawing characters, no progress.
    pub plain: bool,
    /// `--quiet`: no talk.
    pub quiet: bool,
    /// Whether stdout takes colours.
    pub paint: Paint,
    /// Whether stderr does.
    pub paint_talk: Paint,
}

impl Screen {
    /// From what can be known before the arguments are parsed.
    pub fn new(lang: Lang, words: &[OsString]) -> Screen {
        let mut screen = Screen {
            lang,
            json: says(words, "--json"),
            plain: says(words, "--plain"),
            quiet: false,
            paint: Paint(false),
            paint_talk: Paint(false),
        };
        screen.choose_paint();
        screen
    }

    /// From the parsed arguments.
    pub fn settle(&mut self, global: &Global) {
        self.json = global.json;
        self.plain = global.plain;
        self.quiet = global.quiet;
        self.choose_paint();
    }

    fn choose_paint(&mut self) {
        let wanted = !self.plain
            && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            && std::env::var_os("TERM").is_none_or(|value| value != "dumb");
        self.paint = Paint(wanted && !self.json && io::stdout().is_terminal());
        self.paint_talk = Paint(wanted && io::stderr().is_terminal());
    }

    /// The words of a message.
    pub fn say(&self, message: &Message) -> String {
        say(self.lang, message)
    }

    /// The words of a message without values.
    pub fn word(&self, code: &'static str) -> String {
        say(self.lang, &Message::new(code))
    }

    /// Prints data. A reader that has gone away (`| head`) is no error; any other trouble is told.
    pub fn data(&self, text: &str) -> bool {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Ok(()) => true,
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => true,
            Err(error) => {
                self.complain(&Message::new("cli-cannot-print").with("why", error.to_string()));
                false
            }
        }
    }

    /// Says something that is not the answer; silent under `--quiet`.
    pub fn talk(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(io::stderr().lock(), "{text}");
        }
    }

    /// Says what went wrong, whatever the wishes for silence.
    pub fn complain(&self, message: &Message) {
        let head = self.paint_talk.severe(&self.word("cli-error"));
        let _ = writeln!(io::stderr().lock(), "{head} {}", self.say(message));
    }

    /// The bar character of this screen, for small bars in tables.
    pub fn bar(&self, share: f64, width: usize) -> String {
        let cells = (share.clamp(0.0, 1.0) * width as f64).round() as usize;
        // Something is never shown as nothing.
        let cells = if share > 0.0 { cells.max(1) } else { cells };
        if self.plain {
            "#".repeat(cells)
        } else {
            "█".repeat(cells)
        }
    }
}

/// Colours, or none. 着色
#[derive(Debug, Clone, Copy)]
pub struct Paint(pub bool);

impl Paint {
    fn with(self, code: &str, text: &str) -> String {
        if self.0 && !text.is_empty() {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    /// Stands out.
    pub fn strong(self, text: &str) -> String {
        self.with("1", text)
    }

    /// Steps back.
    pub fn faint(self, text: &str) -> String {
        self.with("2", text)
    }

    /// Errors.
    pub fn severe(self, text: &str) -> String {
        self.with("1;31", text)
    }

    /// Warnings.
    pub fn notice(self, text: &str) -> String {
        self.with("1;33", text)
    }

    /// Places and links.
    pub fn place(self, text: &str) -> String {
        self.with("1;34", text)
    }

    /// Good news.
    pub fn fine(self, text: &str) -> String {
        self.with("1;32", text)
    }
}

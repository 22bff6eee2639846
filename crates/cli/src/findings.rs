//! Findings as a compiler would print them. 检查意见的排版

use pinji_app::remark::Remark;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use crate::screen::{Paint, Screen};

/// All findings with their source lines underlined.
pub fn text(remarks: &[Remark], screen: &Screen, paint: Paint) -> String {
    let mut out = String::new();
    for remark in remarks {
        one(remark, screen, paint, &mut out);
        out.push('\n');
    }
    out
}

/// The same for programs.
pub fn json(remarks: &[Remark], screen: &Screen) -> Value {
    let values = remarks.iter().map(|remark| {
        json!({
            "severity": if remark.is_error { "error" } else { "warning" },
            "code": remark.message.code,
            "file": remark.file,
            "line": remark.line,
            "column": remark.column,
            "length": remark.length,
            "message": screen.say(&remark.message),
            "help": remark.help.as_ref().map(|help| screen.say(help)),
        })
    });
    Value::Array(values.collect())
}

/// How many errors and warnings, in words.
pub fn count(remarks: &[Remark], screen: &Screen) -> String {
    let errors = remarks.iter().filter(|remark| remark.is_error).count();
    let warnings = remarks.len() - errors;
    let message = pinji_domain::Message::new("cli-findings-count")
        .with("errors", errors)
        .with("warnings", warnings);
    screen.say(&message)
}

fn one(remark: &Remark, screen: &Screen, paint: Paint, out: &mut String) {
    let head = match remark.is_error {
        true => paint.severe(&screen.word("cli-error")),
        false => paint.notice(&screen.word("cli-warning")),
    };
    out.push_str(&format!("{head} {}\n", paint.strong(&screen.say(&remark.message))));
    let number = remark.line.to_string();
    let gutter = " ".repeat(number.len());
    if remark.line == 0 {
        out.push_str(&format!("{gutter}{} {}\n", paint.place("-->"), remark.file));
    } else {
        let place = format!("{}:{}:{}", remark.file, remark.line, remark.column);
        out.push_str(&format!("{gutter}{} {place}\n", paint.place("-->")));
        let bar = paint.place("|");
        let source: String = remark.source.replace('\t', "    ");
        out.push_str(&format!("{gutter} {bar}\n{} {bar} {source}\n", paint.place(&number)));
        let (gap, width) = underline(&remark.source, remark.column, remark.length);
        let marks = "^".repeat(width);
        let marks = if remark.is_error {
            paint.severe(&marks)
        } else {
            paint.notice(&marks)
        };
        out.push_str(&format!("{gutter} {bar} {}{marks}\n", " ".repeat(gap)));
    }
    if let Some(help) = &remark.help {
        let word = screen.word("cli-help");
        out.push_str(&format!("{gutter} {} {word} {}\n", paint.place("="), screen.say(help)));
    }
}

/// Where the underline starts and how long it is, in terminal cells: Chinese takes two, a tab is shown as four.
fn underline(source: &str, column: usize, length: usize) -> (usize, usize) {
    let cells = |character: char| match character {
        '\t' => 4,
        _ => character.to_string().width(),
    };
    let start = column.saturating_sub(1);
    let gap = source.chars().take(start).map(cells).sum();
    let width: usize = source.chars().skip(start).take(length).map(cells).sum();
    (gap, width.max(1))
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

    #[test]
    fn underlines_stand_below_what_they_mean() {
        let check = |source: &str, column: usize, length: usize, wanted: (usize, usize)| {
            assert_eq!(underline(source, column, length), wanted, "{source}");
        };
        check("weight = 30", 10, 2, (9, 2));
        check("zh = \"财务状况\"", 6, 6, (5, 10));
        check("\tid = 1", 2, 2, (4, 2));
        check("", 1, 1, (0, 1));
        check("财务 = 1", 1, 2, (0, 4));
    }
}

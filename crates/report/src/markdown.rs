//! Blocks as Markdown (CommonMark with tables). 文本输出

use std::fmt::Write;

use crate::doc::{Block, ColumnKind, Line, Run, Table};

/// Writes blocks one after the other. A picture is represented by the table of its numbers.
pub(crate) fn write(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        match block {
            Block::Heading(level, _, text) => {
                let _ = write!(out, "{} {}\n\n", "#".repeat(usize::from(*level)), line(text));
            }
            Block::Paragraph(text) => {
                let _ = write!(out, "{}\n\n", paragraph(text));
            }
            Block::List(lines) => {
                for text in lines {
                    let _ = writeln!(out, "- {}", paragraph(text));
                }
                out.push('\n');
            }
            // Another mark than that of lists, or facts and a list after them would run together.
            Block::Facts(facts) => {
                for (name, text) in facts {
                    let _ = writeln!(out, "* **{}** {}", escape(name), line(text));
                }
                out.push('\n');
            }
            Block::Table(found) | Block::Picture(_, found) => table(&mut out, found),
            Block::Tiles(tiles) => {
                for tile in tiles {
                    let _ = writeln!(
                        out,
                        "- {} **{}** {}",
                        escape(&tile.label),
                        escape(&tile.figure),
                        escape(&tile.note)
                    );
                }
                out.push('\n');
            }
            Block::Contents(_) => {}
        }
    }
    out
}

fn table(out: &mut String, table: &Table) {
    if !table.caption.is_empty() {
        let _ = write!(out, "**{}**\n\n", escape(&table.caption));
    }
    out.push('|');
    for column in &table.columns {
        let _ = write!(out, " {} |", escape(&column.title));
    }
    out.push_str("\n|");
    for column in &table.columns {
        out.push_str(if column.kind == ColumnKind::Figures {
            " ---: |"
        } else {
            " --- |"
        });
    }
    out.push('\n');
    for row in &table.rows {
        out.push('|');
        for cell in row {
            let _ = write!(out, " {} |", line(cell));
        }
        out.push('\n');
    }
    out.push('\n');
}

/// A line that begins a paragraph: what Markdown would take for a list or a rule is escaped there.
fn paragraph(text: &Line) -> String {
    let written = line(text);
    let digits = written.chars().take_while(char::is_ascii_digit).count();
    let numbered = |rest: &str| digits > 0 && [". ", ") "].iter().any(|mark| rest.starts_with(mark));
    match (written.get(..1), written.get(digits..)) {
        (Some("-" | "+" | "="), _) => format!("\\{written}"),
        (_, Some(rest)) if numbered(rest) => format!("{}\\{rest}", written.get(..digits).unwrap_or_default()),
        _ => written,
    }
}

fn line(text: &Line) -> String {
    let mut out = String::new();
    for run in text {
        let _ = match run {
            Run::Text(words) | Run::Muted(words) => write!(out, "{}", escape(words)),
            Run::Code(words) => write!(out, "{}", code(words)),
            Run::Chip(paint, words) => write!(out, "{} {}", paint.mark, escape(words)),
            Run::Break => write!(out, "<br>"),
        };
    }
    out
}

/// Text that Markdown takes for nothing but text.
fn escape(words: &str) -> String {
    let mut out = String::with_capacity(words.len() + 8);
    for character in words.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '|' | '~' | '#' | '!' | '&' => {
                out.push('\\');
                out.push(character);
            }
            character if character.is_control() => out.push(' '),
            _ => out.push(character),
        }
    }
    out
}

/// Code in a fence longer than any run of backticks in it; bars are escaped, for it may stand in a table.
fn code(words: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for character in words.chars() {
        run = if character == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    let gap = if words.starts_with('`') || words.ends_with('`') {
        " "
    } else {
        ""
    };
    let inner: String = words
        .chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect();
    format!("{fence}{gap}{}{gap}{fence}", inner.replace('|', "\\|"))
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
    use crate::doc::{code as code_line, text};

    #[test]
    fn text_stays_text() {
        let check = |line: Line, written: &str| assert_eq!(write(&[Block::Paragraph(line)]), format!("{written}\n\n"));
        check(text("a*b_c|d <b>&amp;"), "a\\*b\\_c\\|d \\<b\\>\\&amp;");
        check(text("- no list"), "\\- no list");
        check(text("1. no list"), "1\\. no list");
        check(text("12) no list"), "12\\) no list");
        check(text("2026.1 版"), "2026.1 版");
        check(text("第1章\n续"), "第1章 续");
        check(code_line("a | b"), "`a \\| b`");
        check(code_line("`x`"), "`` `x` ``");
    }
}

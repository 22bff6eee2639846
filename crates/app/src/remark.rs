//! A finding of the policy's check, with its place worked out for readers. 检查意见的位置

use pinji_domain::Message;
use pinji_policy::{Finding, Severity};

/// A finding with line, column and the line it is about. 检查意见
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Whether the policy cannot be used for it; otherwise somebody should look.
    pub is_error: bool,
    /// The file.
    pub file: String,
    /// The line, from 1; 0 where no place is known.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The line's text.
    pub source: String,
    /// How many characters the offending text has on that line; at least 1.
    pub length: usize,
    /// What is wrong.
    pub message: Message,
    /// What to do next.
    pub help: Option<Message>,
}

/// Works out places. `files` are names and texts as they were read.
pub fn remarks(findings: &[Finding], files: &[(String, String)]) -> Vec<Remark> {
    findings.iter().map(|finding| remark(finding, files)).collect()
}

fn remark(finding: &Finding, files: &[(String, String)]) -> Remark {
    let text = files
        .iter()
        .find(|(name, _)| *name == finding.file)
        .map_or("", |(_, text)| text.as_str());
    let place = place(text, &finding.span);
    Remark {
        is_error: finding.severity == Severity::Error,
        file: finding.file.clone(),
        line: place.line,
        column: place.column,
        source: place.source,
        length: place.length,
        message: finding.message.clone(),
        help: finding.help.clone(),
    }
}

struct Place {
    line: usize,
    column: usize,
    source: String,
    length: usize,
}

/// Line, column and underlined length of a byte range; a range over several lines is underlined on its first.
fn place(text: &str, span: &std::ops::Range<usize>) -> Place {
    let (Some(before), Some(found)) = (text.get(..span.start), text.get(span.start..span.end.max(span.start))) else {
        return Place {
            line: 0,
            column: 0,
            source: String::new(),
            length: 1,
        };
    };
    if text.is_empty() {
        return Place {
            line: 0,
            column: 0,
            source: String::new(),
            length: 1,
        };
    }
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let source = text
        .get(line_start..)
        .and_then(|rest| rest.lines().next())
        .unwrap_or_default();
    let first = found.lines().next().unwrap_or_default();
    Place {
        line: before.matches('\n').count() + 1,
        column: text.get(line_start..span.start).map_or(0, |left| left.chars().count()) + 1,
        source: source.to_owned(),
        length: first.chars().count().max(1),
    }
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
    fn places_are_lines_and_characters() {
        let check = |text: &str, what: &str, line: usize, column: usize, source: &str, length: usize| {
            let start = text.find(what).unwrap();
            let found = place(text, &(start..start + what.len()));
            assert_eq!(
                (found.line, found.column, found.source.as_str(), found.length),
                (line, column, source, length)
            );
        };
        check(
            "a = 1\n名 = { zh = \"值\" }\n",
            "\"值\"",
            2,
            12,
            "名 = { zh = \"值\" }",
            3,
        );
        check("bands = [\n  1,\n  2 ]", "[\n  1,", 1, 9, "bands = [", 1);
        check("a\r\nb = 2\r\n", "b", 2, 1, "b = 2", 1);
        let beyond = place("a", &(7..9));
        assert_eq!((beyond.line, beyond.length), (0, 1));
    }
}

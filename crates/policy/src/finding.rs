//! What `check` has to say about a policy. 检查意见

use std::ops::Range;

use pinji_domain::Message;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The policy cannot be used.
    Error,
    /// It can, but somebody should look.
    Warning,
}

/// One thing found in a policy file, with its place. 检查意见
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// The file, as the entry file names it.
    pub file: String,
    /// Byte range in that file: the offending text. Empty where something is missing altogether.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: Message,
    /// What to do next, where that is not plain from the message.
    pub help: Option<Message>,
}

impl Finding {
    /// A finding that makes the policy unusable.
    pub fn error(place: (String, Range<usize>), message: Message) -> Finding {
        Finding {
            severity: Severity::Error,
            file: place.0,
            span: place.1,
            message,
            help: None,
        }
    }

    /// A finding that somebody should look at.
    pub fn warning(place: (String, Range<usize>), message: Message) -> Finding {
        Finding {
            severity: Severity::Warning,
            ..Finding::error(place, message)
        }
    }

    /// The same finding with what to do next.
    #[must_use]
    pub fn help(mut self, help: Message) -> Finding {
        self.help = Some(help);
        self
    }
}

/// Where a finding stands in its file's text: line and column (both from 1, in characters), and how many characters to
/// underline on that line (at least one). 位置
pub fn place(finding: &Finding, text: &str) -> (usize, usize, usize) {
    let start = floor(text, finding.span.start);
    let end = floor(text, finding.span.end.max(start));
    let (before, rest) = text.split_at(start);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.matches('\n').count() + 1;
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    let underlined = rest.get(..end - start).unwrap_or_default();
    let length = underlined.lines().next().unwrap_or_default().chars().count();
    (line, column, length.max(1))
}

/// The nearest character boundary at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
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
    fn places_count_characters() {
        let check = |text: &str, span: Range<usize>, expected: (usize, usize, usize)| {
            let finding = Finding::error((String::new(), span), Message::new("policy-toml"));
            assert_eq!(place(&finding, text), expected, "{text}");
        };
        check("a = 1\nb = 2\n", 6..7, (2, 1, 1));
        check("名 = \"等级\"\n", 6..14, (1, 5, 4));
        check("a", 1..1, (1, 2, 1));
        check("a = \"\"\"x\ny\"\"\"", 4..13, (1, 5, 4));
        check("级", 1..2, (1, 1, 1));
        check("", 9..12, (1, 1, 1));
    }
}

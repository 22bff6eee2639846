//! The language of formulas and conditions: text → tokens → tree with places → types and units → the kernel's trees. 公式与条件
//!
//! Formulas are SQL scalar expressions, measures may use aggregates in them, and conditions are a small closed part of
//! the same grammar. One parser reads them all; what may stand where is said by `typing` and `condition`.

pub(crate) mod aggregate;
pub(crate) mod condition;
mod lexer;
mod parser;
pub(crate) mod print;
pub(crate) mod statement;
pub(crate) mod tree;
pub(crate) mod typing;
pub(crate) mod units;

use std::ops::Range;

use pinji_domain::Message;

pub(crate) use lexer::plain_digits;
pub(crate) use parser::{is_reserved, parse};

use crate::finding::{Finding, Severity};
use crate::places::Places;

/// Something wrong in a formula, at a byte range of its text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fault {
    pub(crate) severity: Severity,
    pub(crate) span: Range<usize>,
    pub(crate) message: Message,
    pub(crate) help: Option<Message>,
}

impl Fault {
    pub(crate) fn error(span: &Range<usize>, message: Message) -> Fault {
        Fault {
            severity: Severity::Error,
            span: span.clone(),
            message,
            help: None,
        }
    }

    pub(crate) fn warning(span: &Range<usize>, message: Message) -> Fault {
        Fault {
            severity: Severity::Warning,
            ..Fault::error(span, message)
        }
    }

    pub(crate) fn help(mut self, help: Message) -> Fault {
        self.help = Some(help);
        self
    }

    /// The finding, once it is known where the formula stands.
    pub(crate) fn found(self, places: &Places, path: &str) -> Finding {
        let (file, span) = places.inside(path, &self.span);
        Finding {
            severity: self.severity,
            file,
            span,
            message: self.message,
            help: self.help,
        }
    }
}

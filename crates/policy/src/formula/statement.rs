//! What a guarantee says. 保证的语言
//!
//! `COND implies grade at_most 'g'`, `COND implies grade at_least 'g'`, `monotone in NAME`, `independent of NAME`,
//! `reachable 'g'`.

use pinji_domain::Message;

use super::Fault;
use super::parser::Parser;
use super::tree::{Kind, Node};

/// A guarantee as it was written, its names not yet looked up.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Written {
    /// Whenever the condition holds, the grade is at most (or at least) this.
    Bound { when: Node, at_least: bool, grade: Node },
    /// Bettering this never lowers the grade.
    Monotone(Node),
    /// This does not bear on the grade.
    Independent(Node),
    /// Somebody can get this grade.
    Reachable(Node),
}

/// Reads a guarantee.
pub(crate) fn read(text: &str) -> Result<Written, Fault> {
    let mut parser = Parser::new(text)?;
    let written = one(&mut parser)?;
    parser.end()?;
    Ok(written)
}

fn one(parser: &mut Parser) -> Result<Written, Fault> {
    if parser.word("monotone") {
        if !parser.word("in") {
            return Err(parser.unexpected("policy-statement-expects-in"));
        }
        return name(parser).map(Written::Monotone);
    }
    if parser.word("independent") {
        if !parser.word("of") {
            return Err(parser.unexpected("policy-statement-expects-of"));
        }
        return name(parser).map(Written::Independent);
    }
    if parser.word("reachable") {
        return parser.text().map(Written::Reachable);
    }
    let when = parser.expression()?;
    if !parser.word("implies") {
        return Err(parser.unexpected("policy-statement-expects-implies"));
    }
    if !parser.word("grade") {
        return Err(parser.unexpected("policy-statement-expects-grade"));
    }
    let at_least = parser.word("at_least");
    if !at_least && !parser.word("at_most") {
        let fault = parser.unexpected("policy-statement-expects-side");
        return Err(fault.help(Message::new("policy-statement-help")));
    }
    Ok(Written::Bound {
        when,
        at_least,
        grade: parser.text()?,
    })
}

fn name(parser: &mut Parser) -> Result<Node, Fault> {
    let (name, span) = parser.name()?;
    Ok(Node {
        span,
        kind: Kind::Name(name),
    })
}

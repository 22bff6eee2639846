//! Tokens → tree, by precedence: or, and, not, comparisons, + -, * /, sign. 语法

use std::ops::Range;

use pinji_domain::Message;
use pinji_engine::expr::{Comparison, Operator};

use super::Fault;
use super::lexer::{Token, What, tokens};
use super::tree::{Kind, Node};
use crate::suggest::nearest;

/// Deeper than this no formula of a regulation is; it keeps hostile ones from exhausting the stack.
const DEEPEST: usize = 64;
/// More tokens than this a formula may not have: a chain of signs is as deep a tree as it is long.
const LONGEST: usize = 1_000;
/// Words that are not names.
const RESERVED: [&str; 18] = [
    "and", "or", "not", "in", "is", "null", "missing", "between", "case", "when", "then", "else", "end", "true",
    "false", "at_most", "at_least", "distinct",
];

/// Whether `word` is part of the language, so that nothing may be called so.
pub(crate) fn is_reserved(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    RESERVED.contains(&lower.as_str()) || matches!(lower.as_str(), "as_of" | "implies" | "grade" | "date")
}

/// Reads a whole formula or condition.
pub(crate) fn parse(text: &str) -> Result<Node, Fault> {
    let mut parser = Parser::new(text)?;
    let node = parser.expression()?;
    parser.end()?;
    Ok(node)
}

/// Reads a formula token by token.
pub(crate) struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    pub(crate) fn new(text: &str) -> Result<Parser, Fault> {
        if text.trim().is_empty() {
            return Err(Fault::error(&(0..text.len()), Message::new("policy-formula-empty")));
        }
        let tokens = tokens(text)?;
        if tokens.len() > LONGEST {
            return Err(Fault::error(&(0..text.len()), Message::new("policy-formula-long")));
        }
        Ok(Parser {
            tokens,
            at: 0,
            depth: 0,
        })
    }

    /// `or` binds least.
    pub(crate) fn expression(&mut self) -> Result<Node, Fault> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Fault::error(&self.span(), Message::new("policy-formula-deep")));
        }
        let mut left = self.conjunction()?;
        while self.word("or") {
            let right = self.conjunction()?;
            left = join(left, right, Kind::Or);
        }
        self.depth -= 1;
        Ok(left)
    }

    /// Nothing may follow.
    pub(crate) fn end(&mut self) -> Result<(), Fault> {
        match self.what() {
            What::End => Ok(()),
            _ => Err(self.unexpected("policy-formula-expects-end")),
        }
    }

    /// Takes the next token if it is this word.
    pub(crate) fn word(&mut self, word: &str) -> bool {
        let found = self.is_word(0, word);
        if found {
            self.at += 1;
        }
        found
    }

    /// Takes a text in quotes.
    pub(crate) fn text(&mut self) -> Result<Node, Fault> {
        let span = self.span();
        match self.what().clone() {
            What::Text(text) => {
                self.at += 1;
                Ok(Node {
                    span,
                    kind: Kind::Text(text),
                })
            }
            _ => Err(self.unexpected("policy-formula-expects-text")),
        }
    }

    /// Takes a name that is no keyword.
    pub(crate) fn name(&mut self) -> Result<(String, Range<usize>), Fault> {
        let span = self.span();
        match self.what().clone() {
            What::Word(name) if !RESERVED.contains(&name.to_ascii_lowercase().as_str()) => {
                self.at += 1;
                Ok((name, span))
            }
            _ => Err(self.unexpected("policy-formula-expects-name")),
        }
    }

    /// Where the next token stands.
    pub(crate) fn span(&self) -> Range<usize> {
        self.token(0).map_or(0..0, |token| token.span.clone())
    }

    /// The fault of the next token, which should have been something else.
    pub(crate) fn unexpected(&self, expected: &'static str) -> Fault {
        let found = match self.what() {
            What::Number(number) => number.to_string(),
            What::Text(text) => format!("'{text}'"),
            What::Word(word) => word.clone(),
            What::Sign(sign) => (*sign).to_owned(),
            What::End => {
                let message = Message::new("policy-formula-ends").with("expected", Message::new(expected));
                return Fault::error(&self.span(), message);
            }
        };
        let message = Message::new("policy-formula-unexpected").with("found", found.as_str());
        let fault = Fault::error(&self.span(), message.with("expected", Message::new(expected)));
        match nearest(&found, RESERVED) {
            Some(meant) if !RESERVED.contains(&found.to_lowercase().as_str()) && found.len() > 2 => {
                fault.help(Message::new("policy-did-you-mean").with("name", meant))
            }
            _ => fault,
        }
    }

    fn conjunction(&mut self) -> Result<Node, Fault> {
        let mut left = self.negation()?;
        while self.word("and") {
            let right = self.negation()?;
            left = join(left, right, Kind::And);
        }
        Ok(left)
    }

    fn negation(&mut self) -> Result<Node, Fault> {
        let start = self.span().start;
        let mut nots = 0;
        while self.word("not") {
            nots += 1;
        }
        if nots > DEEPEST {
            return Err(Fault::error(
                &(start..self.span().end),
                Message::new("policy-formula-deep"),
            ));
        }
        let mut node = self.comparison()?;
        for _ in 0..nots {
            let span = start..node.span.end;
            node = Node {
                span,
                kind: Kind::Not(Box::new(node)),
            };
        }
        Ok(node)
    }

    fn comparison(&mut self) -> Result<Node, Fault> {
        let left = self.sum()?;
        if let What::Sign(sign) = self.what() {
            let comparison = match *sign {
                "=" => Comparison::Equal,
                "<>" | "!=" => Comparison::NotEqual,
                "<" => Comparison::Less,
                "<=" => Comparison::AtMost,
                ">" => Comparison::Greater,
                ">=" => Comparison::AtLeast,
                "==" => {
                    let message = Message::new("policy-formula-sign").with("sign", "==");
                    let help = Message::new("policy-formula-wide-sign").with("meant", "=");
                    return Err(Fault::error(&self.span(), message).help(help));
                }
                _ => return Ok(left),
            };
            self.at += 1;
            let right = self.sum()?;
            self.no_chain()?;
            return Ok(join(left, right, |left, right| Kind::Compare(comparison, left, right)));
        }
        self.predicate(left)
    }

    /// `0 <= x <= 5` reads like mathematics, but is not SQL.
    fn no_chain(&self) -> Result<(), Fault> {
        match self.what() {
            What::Sign("=" | "<>" | "!=" | "<" | "<=" | ">" | ">=") => {
                let message = Message::new("policy-formula-chain");
                Err(Fault::error(&self.span(), message).help(Message::new("policy-formula-chain-help")))
            }
            _ => Ok(()),
        }
    }

    /// `in`, `between`, `is`, `at_most`, `at_least` after a value.
    fn predicate(&mut self, left: Node) -> Result<Node, Fault> {
        let negated = self.is_word(0, "not") && (self.is_word(1, "in") || self.is_word(1, "between"));
        if negated {
            self.at += 1;
        }
        let start = left.span.start;
        let value = Box::new(left);
        let kind = if self.word("in") {
            Kind::In {
                value,
                list: self.list()?,
                negated,
            }
        } else if self.word("between") {
            let low = Box::new(self.sum()?);
            if !self.word("and") {
                return Err(self.unexpected("policy-formula-expects-and"));
            }
            Kind::Between {
                value,
                low,
                high: Box::new(self.sum()?),
                negated,
            }
        } else if self.word("is") {
            let negated = self.word("not");
            if self.word("missing") {
                Kind::IsMissing { value, negated }
            } else if self.word("null") {
                Kind::IsNull { value, negated }
            } else {
                return Err(self.unexpected("policy-formula-expects-missing"));
            }
        } else if self.is_word(0, "at_most") || self.is_word(0, "at_least") {
            let at_least = self.word("at_least") || !self.word("at_most");
            Kind::Grade {
                value,
                grade: Box::new(self.text()?),
                at_least,
            }
        } else {
            return Ok(*value);
        };
        Ok(Node {
            span: start..self.last_end(),
            kind,
        })
    }

    /// `('a', 'b')` or `['a', 'b']`.
    fn list(&mut self) -> Result<Vec<Node>, Fault> {
        let close = if self.sign("(") {
            ")"
        } else if self.sign("[") {
            "]"
        } else {
            return Err(self.unexpected("policy-formula-expects-list"));
        };
        let mut list = Vec::new();
        loop {
            list.push(self.sum()?);
            if self.sign(close) {
                return Ok(list);
            }
            if !self.sign(",") {
                return Err(self.unexpected("policy-formula-expects-comma"));
            }
        }
    }

    fn sum(&mut self) -> Result<Node, Fault> {
        let mut left = self.product()?;
        loop {
            let operator = match self.what() {
                What::Sign("+") => Operator::Add,
                What::Sign("-") => Operator::Subtract,
                _ => return Ok(left),
            };
            self.at += 1;
            let right = self.product()?;
            left = join(left, right, |left, right| Kind::Binary(operator, left, right));
        }
    }

    fn product(&mut self) -> Result<Node, Fault> {
        let mut left = self.signed()?;
        loop {
            let operator = match self.what() {
                What::Sign("*") => Operator::Multiply,
                What::Sign("/") => Operator::Divide,
                _ => return Ok(left),
            };
            self.at += 1;
            let right = self.signed()?;
            left = join(left, right, |left, right| Kind::Binary(operator, left, right));
        }
    }

    fn signed(&mut self) -> Result<Node, Fault> {
        let start = self.span().start;
        if self.sign("-") {
            self.depth += 1;
            if self.depth > DEEPEST {
                return Err(Fault::error(&self.span(), Message::new("policy-formula-deep")));
            }
            let value = self.signed()?;
            self.depth -= 1;
            return Ok(Node {
                span: start..value.span.end,
                kind: Kind::Negate(Box::new(value)),
            });
        }
        self.primary()
    }

    fn primary(&mut self) -> Result<Node, Fault> {
        let span = self.span();
        let what = self.what().clone();
        let leaf = |kind| {
            Ok(Node {
                span: span.clone(),
                kind,
            })
        };
        match what {
            What::Number(number) => {
                self.at += 1;
                leaf(Kind::Number(number))
            }
            What::Text(text) => {
                self.at += 1;
                leaf(Kind::Text(text))
            }
            What::Sign("(") => {
                self.at += 1;
                let mut node = self.expression()?;
                if !self.sign(")") {
                    return Err(self.unexpected("policy-formula-expects-close"));
                }
                node.span = span.start..self.last_end();
                Ok(node)
            }
            What::Word(word) => self.named(&word, span),
            _ => Err(self.unexpected("policy-formula-expects-value")),
        }
    }

    /// What begins with a word: a constant, a case, a call, or a name.
    fn named(&mut self, word: &str, span: Range<usize>) -> Result<Node, Fault> {
        let constant = match word.to_ascii_lowercase().as_str() {
            "true" => Some(Kind::Flag(true)),
            "false" => Some(Kind::Flag(false)),
            "null" => Some(Kind::Null),
            _ => None,
        };
        if let Some(kind) = constant {
            self.at += 1;
            return Ok(Node { span, kind });
        }
        if self.word("case") {
            return self.case(span.start);
        }
        if self.is_word(0, "date") && matches!(self.token(1).map(|token| &token.what), Some(What::Text(_))) {
            self.at += 1;
            let text = self.text()?;
            let Kind::Text(written) = &text.kind else {
                return Ok(text);
            };
            return match pinji_domain::date::parse(written) {
                Some(date) => Ok(Node {
                    span: span.start..text.span.end,
                    kind: Kind::Date(date),
                }),
                None => {
                    let message = Message::new("policy-formula-date").with("text", written.as_str());
                    Err(Fault::error(&text.span, message))
                }
            };
        }
        let (name, name_span) = self
            .name()
            .map_err(|_| self.unexpected("policy-formula-expects-value"))?;
        if self.sign("(") {
            return self.call(name, name_span.start);
        }
        Ok(Node {
            span: name_span,
            kind: Kind::Name(name),
        })
    }

    fn call(&mut self, name: String, start: usize) -> Result<Node, Fault> {
        let distinct = self.word("distinct");
        let mut arguments = Vec::new();
        if matches!(self.what(), What::Sign("*")) {
            arguments.push(Node {
                span: self.span(),
                kind: Kind::Star,
            });
            self.at += 1;
            if !self.sign(")") {
                return Err(self.unexpected("policy-formula-expects-close"));
            }
        } else if !self.sign(")") {
            loop {
                arguments.push(self.expression()?);
                if self.sign(")") {
                    break;
                }
                if !self.sign(",") {
                    return Err(self.unexpected("policy-formula-expects-comma"));
                }
            }
        }
        let kind = Kind::Call {
            name: name.to_ascii_lowercase(),
            distinct,
            arguments,
        };
        Ok(Node {
            span: start..self.last_end(),
            kind,
        })
    }

    fn case(&mut self, start: usize) -> Result<Node, Fault> {
        let mut arms = Vec::new();
        while self.word("when") {
            let when = self.expression()?;
            if !self.word("then") {
                return Err(self.unexpected("policy-formula-expects-then"));
            }
            arms.push((when, self.expression()?));
        }
        if arms.is_empty() {
            return Err(self.unexpected("policy-formula-expects-when"));
        }
        let otherwise = if self.word("else") {
            Some(Box::new(self.expression()?))
        } else {
            None
        };
        if !self.word("end") {
            return Err(self.unexpected("policy-formula-expects-case-end"));
        }
        Ok(Node {
            span: start..self.last_end(),
            kind: Kind::Case { arms, otherwise },
        })
    }

    fn sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.what(), What::Sign(next) if *next == sign);
        if found {
            self.at += 1;
        }
        found
    }

    fn is_word(&self, ahead: usize, word: &str) -> bool {
        matches!(self.token(ahead).map(|token| &token.what), Some(What::Word(next)) if next.eq_ignore_ascii_case(word))
    }

    fn token(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead).or(self.tokens.last())
    }

    fn what(&self) -> &What {
        self.token(0).map_or(&What::End, |token| &token.what)
    }

    fn last_end(&self) -> usize {
        self.tokens
            .get(self.at.wrapping_sub(1))
            .map_or(0, |token| token.span.end)
    }
}

fn join(left: Node, right: Node, kind: impl FnOnce(Box<Node>, Box<Node>) -> Kind) -> Node {
    Node {
        span: left.span.start..right.span.end,
        kind: kind(Box::new(left), Box::new(right)),
    }
}

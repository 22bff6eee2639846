//! Formulas as they were written. 语法树

use std::collections::BTreeSet;
use std::ops::Range;

use pinji_domain::{Date, Decimal};
use pinji_engine::expr::{Comparison, Operator};

/// A part of a formula and where it stands in the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) span: Range<usize>,
    pub(crate) kind: Kind,
}

/// What a part of a formula is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Number(Decimal),
    Text(String),
    Date(Date),
    Flag(bool),
    Null,
    /// `*`, as in `count(*)`.
    Star,
    Name(String),
    Negate(Box<Node>),
    Not(Box<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
    Compare(Comparison, Box<Node>, Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    In {
        value: Box<Node>,
        list: Vec<Node>,
        negated: bool,
    },
    Between {
        value: Box<Node>,
        low: Box<Node>,
        high: Box<Node>,
        negated: bool,
    },
    IsNull {
        value: Box<Node>,
        negated: bool,
    },
    IsMissing {
        value: Box<Node>,
        negated: bool,
    },
    /// `alias at_most 'CC'`, `alias at_least 'A'`.
    Grade {
        value: Box<Node>,
        grade: Box<Node>,
        at_least: bool,
    },
    Case {
        arms: Vec<(Node, Node)>,
        otherwise: Option<Box<Node>>,
    },
    Call {
        name: String,
        distinct: bool,
        arguments: Vec<Node>,
    },
}

impl Node {
    /// The parts that it is made of.
    pub(crate) fn children(&self) -> Vec<&Node> {
        match &self.kind {
            Kind::Number(_)
            | Kind::Text(_)
            | Kind::Date(_)
            | Kind::Flag(_)
            | Kind::Null
            | Kind::Star
            | Kind::Name(_) => Vec::new(),
            Kind::Negate(one) | Kind::Not(one) => vec![one],
            Kind::IsNull { value, .. } | Kind::IsMissing { value, .. } => vec![value],
            Kind::Binary(_, left, right)
            | Kind::Compare(_, left, right)
            | Kind::And(left, right)
            | Kind::Or(left, right) => {
                vec![left, right]
            }
            Kind::Grade { value, grade, .. } => vec![value, grade],
            Kind::Between { value, low, high, .. } => vec![value, low, high],
            Kind::In { value, list, .. } => std::iter::once(&**value).chain(list).collect(),
            Kind::Case { arms, otherwise } => {
                let arms = arms.iter().flat_map(|(when, then)| [when, then]);
                arms.chain(otherwise.as_deref()).collect()
            }
            Kind::Call { arguments, .. } => arguments.iter().collect(),
        }
    }

    /// All names that occur in it.
    pub(crate) fn names(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        let mut left = vec![self];
        while let Some(node) = left.pop() {
            if let Kind::Name(name) = &node.kind {
                names.insert(name.as_str());
            }
            left.extend(node.children());
        }
        names
    }
}

//! The condition language: tree → the kernel's condition, constants as exact intervals on the operand's scale. 条件

mod constants;

use std::collections::BTreeSet;

use pinji_domain::{Decimal, Message};
use pinji_engine::expr::Comparison;
use pinji_engine::{Condition, Operand, Test};

use super::tree::{Kind, Node};
use super::typing::unlisted;
use super::{Fault, print};
use crate::finding::Severity;
use crate::suggest::nearest;
use constants::Constant;
pub(crate) use constants::at_scale;

/// What an operand holds, as far as conditions care.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Held {
    /// Scaled integers.
    Int(u8),
    Double,
    Text(Option<Vec<String>>),
    /// The grades of a used policy, best first.
    Grades(Vec<String>),
    Date,
    Flag,
    /// A judged or mapped indicator: it may be missing, but is not compared.
    Opaque,
}

/// What a name stands for in a condition.
#[derive(Debug, Clone)]
pub(crate) enum Term {
    Operand {
        operand: Operand,
        held: Held,
        nullable: bool,
    },
    Constant(Decimal),
    /// May not stand here, and why.
    Refused(Message),
    /// Its own fault was already reported.
    Faulty,
}

/// What the names of a condition may be.
pub(crate) struct Terms<'t> {
    pub(crate) term: &'t dyn Fn(&str) -> Option<Term>,
    /// For suggestions.
    pub(crate) names: &'t [String],
}

/// A condition, with what is wrong with it.
pub(crate) struct Resolved {
    pub(crate) condition: Condition,
    pub(crate) faults: Vec<Fault>,
    /// Whether it says what was written: no error in it, nor in anything that it names.
    pub(crate) sound: bool,
}

/// Resolves a condition.
pub(crate) fn resolve(node: &Node, terms: &Terms<'_>) -> Resolved {
    let mut work = Work {
        terms,
        faults: Vec::new(),
        tested: tested(node),
    };
    let condition = work.node(node);
    let faulty = |name: &&str| matches!((terms.term)(name), Some(Term::Faulty));
    let sound = !work.faults.iter().any(|fault| fault.severity == Severity::Error) && !node.names().iter().any(faulty);
    Resolved {
        condition,
        faults: work.faults,
        sound,
    }
}

/// Names that are asked about being missing.
fn tested(node: &Node) -> BTreeSet<String> {
    let mut tested = BTreeSet::new();
    let mut left = vec![node];
    while let Some(node) = left.pop() {
        if let Kind::IsMissing { value, .. } = &node.kind {
            tested.extend(value.names().into_iter().map(str::to_owned));
        }
        left.extend(node.children());
    }
    tested
}

struct Work<'t> {
    terms: &'t Terms<'t>,
    faults: Vec<Fault>,
    tested: BTreeSet<String>,
}

/// An operand as it stands in a condition.
struct Found {
    operand: Operand,
    held: Held,
}

impl Work<'_> {
    fn node(&mut self, node: &Node) -> Condition {
        match &node.kind {
            Kind::And(..) => Condition::All(self.chain(node, true)),
            Kind::Or(..) => Condition::Any(self.chain(node, false)),
            Kind::Not(inner) => {
                self.null_under_not(inner, node);
                Condition::Not(Box::new(self.node(inner)))
            }
            Kind::Flag(flag) => Condition::Constant(*flag),
            Kind::IsMissing { value, negated } => {
                let Some(found) = self.operand(value) else {
                    return Condition::Constant(false);
                };
                let missing = Condition::Missing(found.operand);
                if *negated {
                    Condition::Not(Box::new(missing))
                } else {
                    missing
                }
            }
            Kind::IsNull { .. } => self.fault(node, Message::new("policy-condition-null")),
            Kind::Name(_) => self.bare(node),
            Kind::Compare(comparison, left, right) => self.compare(*comparison, left, right, node),
            Kind::In { value, list, negated } => self.list(value, list, *negated),
            Kind::Between {
                value,
                low,
                high,
                negated,
            } => self.between(value, low, high, *negated, node),
            Kind::Grade { value, grade, at_least } => self.grade(value, grade, *at_least),
            _ => self.fault(node, Message::new("policy-condition-not-a-test")),
        }
    }

    fn fault(&mut self, node: &Node, message: Message) -> Condition {
        self.faults.push(Fault::error(&node.span, message));
        Condition::Constant(false)
    }

    /// `a and b and c` as one list.
    fn chain(&mut self, node: &Node, and: bool) -> Vec<Condition> {
        match &node.kind {
            Kind::And(left, right) if and => [self.chain(left, and), self.chain(right, and)].concat(),
            Kind::Or(left, right) if !and => [self.chain(left, and), self.chain(right, and)].concat(),
            _ => vec![self.node(node)],
        }
    }

    /// Where `not` stands over something that can be missing: unknown stays unknown, which readers rarely mean.
    fn null_under_not(&mut self, inner: &Node, node: &Node) {
        if matches!(inner.kind, Kind::IsMissing { .. }) {
            return;
        }
        let nullable = |name: &&&str| {
            !self.tested.contains(**name)
                && matches!((self.terms.term)(name), Some(Term::Operand { nullable: true, .. }))
        };
        let names = inner.names();
        if let Some(name) = names.iter().find(nullable) {
            let message = Message::new("policy-condition-not-null").with("name", *name);
            let help =
                Message::new("policy-condition-not-null-help").with("instead", format!("{name} is missing or …"));
            self.faults.push(Fault::warning(&node.span, message).help(help));
        }
    }

    /// The operand that a part names; anything else is a fault.
    fn operand(&mut self, node: &Node) -> Option<Found> {
        let Kind::Name(name) = &node.kind else {
            let message = Message::new("policy-condition-operand").with("found", print::print(node));
            self.faults
                .push(Fault::error(&node.span, message).help(Message::new("policy-condition-operand-help")));
            return None;
        };
        match (self.terms.term)(name) {
            Some(Term::Operand { operand, held, .. }) => Some(Found { operand, held }),
            Some(Term::Constant(_)) => {
                self.fault(
                    node,
                    Message::new("policy-condition-constant").with("name", name.as_str()),
                );
                None
            }
            Some(Term::Refused(why)) => {
                self.fault(node, why);
                None
            }
            Some(Term::Faulty) => None,
            None => {
                let fault = Fault::error(
                    &node.span,
                    Message::new("policy-name-unknown").with("name", name.as_str()),
                );
                let near = nearest(name, self.terms.names.iter().map(String::as_str));
                self.faults.push(match near {
                    Some(meant) => fault.help(Message::new("policy-did-you-mean").with("name", meant)),
                    None => fault,
                });
                None
            }
        }
    }

    /// A flag by itself.
    fn bare(&mut self, node: &Node) -> Condition {
        let Some(found) = self.operand(node) else {
            return Condition::Constant(false);
        };
        if found.held == Held::Flag {
            return Condition::Test(found.operand, Test::Within(vec![(1, 1)]));
        }
        self.fault(node, Message::new("policy-condition-not-a-test"))
    }

    fn compare(&mut self, comparison: Comparison, left: &Node, right: &Node, node: &Node) -> Condition {
        let (value, constant, comparison) = match (self.constant(left), self.constant(right)) {
            (None, Some(constant)) => (left, constant, comparison),
            (Some(constant), None) => (right, constant, turned(comparison)),
            (Some(_), Some(_)) => return self.fault(node, Message::new("policy-condition-constants")),
            (None, None) => {
                let known = self.operand(left).is_some() & self.operand(right).is_some();
                if known {
                    let help = Message::new("policy-condition-operand-help");
                    self.faults
                        .push(Fault::error(&node.span, Message::new("policy-condition-two")).help(help));
                }
                return Condition::Constant(false);
            }
        };
        let Some(found) = self.operand(value) else {
            return Condition::Constant(false);
        };
        self.test(&found, comparison, &constant, node)
    }

    fn list(&mut self, value: &Node, list: &[Node], negated: bool) -> Condition {
        let found = self.operand(value);
        let mut texts = Vec::new();
        let mut tests = Vec::new();
        for item in list {
            let Some(constant) = self.constant(item) else {
                self.fault(item, Message::new("policy-formula-list-constant"));
                continue;
            };
            let Some(found) = &found else { continue };
            match (&found.held, constant) {
                (Held::Text(_) | Held::Grades(_), Constant::Text(text)) => {
                    self.known_text(&found.held, &text, item);
                    texts.push(text);
                }
                (_, constant) => tests.push(self.test(found, Comparison::Equal, &constant, item)),
            }
        }
        let Some(found) = found else {
            return Condition::Constant(false);
        };
        if matches!(found.held, Held::Text(_) | Held::Grades(_)) {
            let test = if negated {
                Test::NoneOf(texts)
            } else {
                Test::OneOf(texts)
            };
            return Condition::Test(found.operand, test);
        }
        let any = merged(tests);
        if negated { Condition::Not(Box::new(any)) } else { any }
    }

    fn between(&mut self, value: &Node, low: &Node, high: &Node, negated: bool, node: &Node) -> Condition {
        let (from, to) = (self.constant(low), self.constant(high));
        let Some(found) = self.operand(value) else {
            return Condition::Constant(false);
        };
        let (Some(from), Some(to)) = (from, to) else {
            return self.fault(node, Message::new("policy-condition-two"));
        };
        let both = Condition::All(vec![
            self.test(&found, Comparison::AtLeast, &from, low),
            self.test(&found, Comparison::AtMost, &to, high),
        ]);
        if negated { Condition::Not(Box::new(both)) } else { both }
    }

    fn grade(&mut self, value: &Node, grade: &Node, at_least: bool) -> Condition {
        let Some(found) = self.operand(value) else {
            return Condition::Constant(false);
        };
        let (Held::Grades(grades), Kind::Text(text)) = (&found.held, &grade.kind) else {
            return self.fault(value, Message::new("policy-condition-grade"));
        };
        let Some(position) = grades.iter().position(|known| known == text) else {
            self.faults.push(unlisted(text, grades, grade));
            return Condition::Constant(false);
        };
        let (better, worse) = grades.split_at(position);
        let list = if at_least {
            [better, worse.get(..1).unwrap_or_default()].concat()
        } else {
            worse.to_vec()
        };
        Condition::Test(found.operand, Test::OneOf(list))
    }

    /// The constant that a part is; `None` when it is none.
    fn constant(&mut self, node: &Node) -> Option<Constant> {
        match &node.kind {
            Kind::Number(number) => Some(Constant::Number(*number)),
            Kind::Text(text) => Some(Constant::Text(text.clone())),
            Kind::Date(date) => Some(Constant::Date(*date)),
            Kind::Flag(flag) => Some(Constant::Flag(*flag)),
            Kind::Negate(inner) => match self.constant(inner)? {
                Constant::Number(number) => Some(Constant::Number(Decimal {
                    units: -number.units,
                    scale: number.scale,
                })),
                _ => None,
            },
            Kind::Name(name) => match (self.terms.term)(name) {
                Some(Term::Constant(number)) => Some(Constant::Number(number)),
                _ => None,
            },
            _ => None,
        }
    }

    fn test(&mut self, found: &Found, comparison: Comparison, constant: &Constant, node: &Node) -> Condition {
        match constants::test(&found.held, comparison, constant) {
            Ok(test) => {
                if let Constant::Text(text) = constant {
                    self.known_text(&found.held, text, node);
                }
                if let (Held::Int(scale), Constant::Number(number)) = (&found.held, constant)
                    && number.scale > *scale
                {
                    let message = Message::new("policy-condition-finer").with("number", number.to_string());
                    let message = message.with("decimals", usize::from(*scale));
                    self.faults.push(Fault::warning(&node.span, message));
                }
                Condition::Test(found.operand, test)
            }
            Err(message) => self.fault(node, message),
        }
    }

    fn known_text(&mut self, held: &Held, text: &str, node: &Node) {
        let (Held::Text(Some(list)) | Held::Grades(list)) = held else {
            return;
        };
        if !list.iter().any(|known| known == text) {
            self.faults.push(unlisted(text, list, node));
        }
    }
}

/// `5 < x` is `x > 5`.
fn turned(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Less => Comparison::Greater,
        Comparison::AtMost => Comparison::AtLeast,
        Comparison::Greater => Comparison::Less,
        Comparison::AtLeast => Comparison::AtMost,
        same => same,
    }
}

/// Several tests of one operand as one, where they are intervals of integers.
fn merged(tests: Vec<Condition>) -> Condition {
    let mut operand = None;
    let mut all = Vec::new();
    for test in &tests {
        let Condition::Test(of, Test::Within(ranges)) = test else {
            return Condition::Any(tests);
        };
        operand = Some(*of);
        all.extend(ranges.iter().copied());
    }
    let Some(operand) = operand else {
        return Condition::Constant(false);
    };
    Condition::Test(operand, Test::Within(constants::tidy(all)))
}

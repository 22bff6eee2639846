//! Comparisons, lists, null tests, and / or / not. 比较与逻辑

use pinji_domain::Message;
use pinji_engine::Expr;
use pinji_engine::expr::Comparison;

use super::{Type, Typed, Typing};
use crate::formula::Fault;
use crate::formula::tree::{Kind, Node};
use crate::suggest::nearest;

impl Typing<'_> {
    pub(super) fn logic(&mut self, node: &Node) -> Typed {
        match &node.kind {
            Kind::Not(value) => {
                let typed = self.flag(value);
                truth(Expr::Not(Box::new(typed.expr)), typed.nullable)
            }
            Kind::And(left, right) => {
                let (a, b) = (self.flag(left), self.flag(right));
                truth(Expr::And(Box::new(a.expr), Box::new(b.expr)), a.nullable || b.nullable)
            }
            Kind::Or(left, right) => {
                let (a, b) = (self.flag(left), self.flag(right));
                truth(Expr::Or(Box::new(a.expr), Box::new(b.expr)), a.nullable || b.nullable)
            }
            Kind::Compare(comparison, left, right) => self.compare(*comparison, left, right, node),
            Kind::IsNull { value, negated } => {
                let typed = self.node(value);
                negate(truth(Expr::IsNull(Box::new(typed.expr)), false), *negated)
            }
            Kind::Between {
                value,
                low,
                high,
                negated,
            } => {
                let from = self.compare(Comparison::AtLeast, value, low, node);
                let faults = self.faults.len();
                let to = self.compare(Comparison::AtMost, value, high, node);
                // What is wrong with the value itself was already said.
                let mut said = 0;
                self.faults.retain(|fault| {
                    said += 1;
                    said <= faults || fault.span.start >= high.span.start
                });
                let nullable = from.nullable || to.nullable;
                negate(
                    truth(Expr::And(Box::new(from.expr), Box::new(to.expr)), nullable),
                    *negated,
                )
            }
            Kind::In { value, list, negated } => {
                let typed = self.node(value);
                let mut items = Vec::new();
                for item in list {
                    if item.kind == Kind::Null {
                        self.fault(&item.span, Message::new("policy-formula-null"));
                        continue;
                    }
                    let one = self.node(item);
                    if !one.constant {
                        self.fault(&item.span, Message::new("policy-formula-list-constant"));
                    } else if self.expect_alike(&typed, &one, &item.span) {
                        self.listed(&typed, &one, item);
                    }
                    items.push(one.expr);
                }
                negate(
                    truth(Expr::InList(Box::new(typed.expr), items), typed.nullable),
                    *negated,
                )
            }
            // Every other kind is resolved before it comes here.
            _ => self.fault(&node.span, Message::new("policy-formula-condition-only")),
        }
    }

    fn flag(&mut self, node: &Node) -> Typed {
        let typed = self.node(node);
        self.expect(&typed, &Type::Flag, node);
        typed
    }

    fn compare(&mut self, comparison: Comparison, left: &Node, right: &Node, node: &Node) -> Typed {
        if let Some(null) = [left, right].into_iter().find(|side| side.kind == Kind::Null) {
            self.fault(&null.span, Message::new("policy-formula-null"));
        }
        let (a, b) = (self.node(left), self.node(right));
        if self.expect_alike(&a, &b, &node.span) {
            self.listed(&a, &b, right);
            self.listed(&b, &a, left);
            let ordered = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
            if ordered && matches!(a.ty, Type::Flag) {
                self.fault(&node.span, Message::new("policy-formula-flag-order"));
            }
        }
        let nullable = a.nullable || b.nullable;
        truth(Expr::Compare(comparison, Box::new(a.expr), Box::new(b.expr)), nullable)
    }

    /// A text that a value of a closed list can never be.
    fn listed(&mut self, value: &Typed, text: &Typed, node: &Node) {
        let (Type::Text(Some(list)), Expr::Text(written)) = (&value.ty, &text.expr) else {
            return;
        };
        if !list.contains(written) {
            self.faults.push(unlisted(written, list, node));
        }
    }
}

/// The fault of a text that is not one of those that occur.
pub(crate) fn unlisted(written: &str, list: &[String], node: &Node) -> Fault {
    let message = Message::new("policy-text-unlisted").with("text", written);
    Fault::error(&node.span, message).help(match nearest(written, list.iter().map(String::as_str)) {
        Some(meant) => Message::new("policy-did-you-mean").with("name", meant),
        None => Message::new("policy-text-listed").with("texts", list.join(", ")),
    })
}

fn truth(expr: Expr, nullable: bool) -> Typed {
    Typed {
        nullable,
        ..Typed::new(expr, Type::Flag)
    }
}

fn negate(typed: Typed, negated: bool) -> Typed {
    if negated {
        truth(Expr::Not(Box::new(typed.expr)), typed.nullable)
    } else {
        typed
    }
}

//! The functions of the language, and case. 函数

use pinji_domain::Message;
use pinji_engine::Expr;

use super::{Type, Typed, Typing, null_of};
use crate::document::Unit;
use crate::formula::tree::{Kind, Node};
use crate::formula::{Fault, aggregate, units};
use crate::suggest::nearest;

const FUNCTIONS: [&str; 7] = ["coalesce", "nullif", "least", "greatest", "abs", "ln", "months_between"];

impl Typing<'_> {
    pub(super) fn call(&mut self, node: &Node, name: &str, distinct: bool, arguments: &[Node]) -> Typed {
        if aggregate::is_aggregate(name) {
            return self.aggregate(node, name, distinct, arguments);
        }
        if distinct {
            return self.fault(&node.span, Message::new("policy-formula-distinct"));
        }
        match (name, arguments) {
            ("coalesce", [_, ..]) => self.coalesce(arguments),
            ("nullif", [value, null]) => self.null_if(value, null),
            ("least" | "greatest", [_, ..]) => self.extreme(name == "least", arguments),
            ("abs", [value]) => {
                let typed = self.numeric(value);
                let (low, high) = typed.range;
                let most = low.abs().max(high.abs());
                let least = if low <= 0.0 && high >= 0.0 {
                    0.0
                } else {
                    low.abs().min(high.abs())
                };
                Typed {
                    expr: Expr::Abs(Box::new(typed.expr.clone())),
                    range: (least, most),
                    ..typed
                }
            }
            ("ln", [value]) => {
                let typed = self.numeric(value);
                let positive = typed.range.0 > 0.0;
                if !positive && !self.guarded(value) {
                    let message = Message::new("policy-formula-ln");
                    let help = Message::new("policy-formula-ln-help");
                    self.faults.push(Fault::warning(&value.span, message).help(help));
                }
                let nullable = typed.nullable || !positive;
                Typed {
                    nullable,
                    ..Typed::new(Expr::Ln(Box::new(typed.expr)), Type::Number)
                }
            }
            ("months_between", [later, earlier]) => {
                let (a, b) = (self.node(later), self.node(earlier));
                self.expect(&a, &Type::Date, later);
                self.expect(&b, &Type::Date, earlier);
                let nullable = a.nullable || b.nullable;
                let expr = Expr::MonthsBetween(Box::new(a.expr), Box::new(b.expr));
                Typed {
                    unit: Unit::Months,
                    nullable,
                    ..Typed::new(expr, Type::Number)
                }
            }
            (known, _) if FUNCTIONS.contains(&known) => {
                let message = Message::new("policy-formula-arguments").with("function", known);
                let wanted: usize = match known {
                    "nullif" | "months_between" => 2,
                    _ => 1,
                };
                self.fault(
                    &node.span,
                    message.with("wanted", wanted).with("found", arguments.len()),
                )
            }
            (unknown, _) => {
                let message = Message::new("policy-formula-function").with("function", unknown);
                let all = FUNCTIONS.into_iter().chain(aggregate::NAMES);
                let help = match nearest(unknown, all) {
                    Some(meant) => Message::new("policy-did-you-mean").with("name", meant),
                    None => Message::new("policy-formula-functions").with("functions", FUNCTIONS.join(", ")),
                };
                self.faults.push(Fault::error(&node.span, message).help(help));
                Typed::faulty()
            }
        }
    }

    fn coalesce(&mut self, arguments: &[Node]) -> Typed {
        let parts = self.alike(arguments);
        let nullable = parts.iter().all(|part| part.nullable);
        let never_zero = parts.iter().all(|part| part.never_zero);
        Typed {
            nullable,
            never_zero,
            ..together(parts, Expr::Coalesce)
        }
    }

    fn null_if(&mut self, value: &Node, null: &Node) -> Typed {
        let (a, b) = (self.node(value), self.node(null));
        let span = value.span.start..null.span.end;
        self.expect_alike(&a, &b, &span);
        let never_zero = a.never_zero || b.expr == Expr::Number(0.0);
        let expr = Expr::NullIf(Box::new(a.expr.clone()), Box::new(b.expr));
        Typed {
            expr,
            nullable: true,
            never_zero,
            constant: false,
            ..a
        }
    }

    fn extreme(&mut self, least: bool, arguments: &[Node]) -> Typed {
        let parts = self.alike(arguments);
        for (part, node) in parts.iter().zip(arguments) {
            if matches!(part.ty, Type::Text(_) | Type::Flag) {
                self.expect(part, &Type::Number, node);
            }
        }
        let nullable = parts.iter().all(|part| part.nullable);
        // Nulls are skipped, so an end holds for sure only where the part that gives it is never null.
        let low = parts.iter().map(|part| part.range.0).fold(f64::INFINITY, f64::min);
        let high = parts.iter().map(|part| part.range.1).fold(f64::NEG_INFINITY, f64::max);
        let sure = parts.iter().filter(|part| !part.nullable);
        let range = if least {
            (low, sure.map(|part| part.range.1).fold(high, f64::min))
        } else {
            (sure.map(|part| part.range.0).fold(low, f64::max), high)
        };
        let never_zero = range.0 > 0.0 || range.1 < 0.0 || parts.iter().all(|part| part.never_zero);
        let make: fn(Vec<Expr>) -> Expr = if least { Expr::Least } else { Expr::Greatest };
        Typed {
            nullable,
            range,
            never_zero,
            ..together(parts, make)
        }
    }

    pub(super) fn case(&mut self, arms: &[(Node, Node)], otherwise: Option<&Node>) -> Typed {
        let depth = self.guards.len();
        let (mut whens, mut nodes) = (Vec::new(), Vec::new());
        let mut parts: Vec<Typed> = Vec::new();
        for (when, then) in arms {
            let condition = self.node(when);
            self.expect(&condition, &Type::Flag, when);
            // Later arms are guarded by the earlier conditions too: they are only reached when those did not hold.
            self.guards.push(when.names().into_iter().map(str::to_owned).collect());
            whens.push(condition);
            parts.push(self.node(then));
            nodes.push(then);
        }
        if let Some(node) = otherwise {
            parts.push(self.node(node));
            nodes.push(node);
        }
        self.guards.truncate(depth);
        self.all_alike(&parts, &nodes);
        let nullable = otherwise.is_none() || parts.iter().any(|part| part.nullable);
        let never_zero = parts.iter().all(|part| part.never_zero);
        let typed = together(parts, |parts| {
            let mut parts = parts.into_iter();
            let arms = whens.into_iter().map(|when| when.expr).zip(parts.by_ref()).collect();
            Expr::Case(arms, parts.next().map(Box::new))
        });
        Typed {
            nullable,
            never_zero,
            constant: false,
            ..typed
        }
    }

    fn alike(&mut self, nodes: &[Node]) -> Vec<Typed> {
        let parts: Vec<Typed> = nodes.iter().map(|node| self.node(node)).collect();
        self.all_alike(&parts, &nodes.iter().collect::<Vec<_>>());
        parts
    }

    fn all_alike(&mut self, parts: &[Typed], nodes: &[&Node]) {
        let known = |part: &&Typed| part.ty != Type::Any;
        let Some(first) = parts.iter().find(known) else { return };
        for (part, node) in parts.iter().zip(nodes) {
            self.expect_alike(first, part, &node.span);
        }
    }
}

/// Parts that are alternatives of each other as one.
fn together(parts: Vec<Typed>, make: impl FnOnce(Vec<Expr>) -> Expr) -> Typed {
    let is_null = |part: &Typed| part.ty == Type::Any && part.constant;
    let valued: Vec<&Typed> = parts.iter().filter(|part| !is_null(part)).collect();
    let unit = valued
        .iter()
        .fold(Unit::Unknown, |unit, part| units::either(&unit, &part.unit));
    let low = valued.iter().map(|part| part.range.0).fold(f64::INFINITY, f64::min);
    let high = valued.iter().map(|part| part.range.1).fold(f64::NEG_INFINITY, f64::max);
    let constant = parts.iter().all(|part| part.constant);
    let scaled = parts.iter().any(|part| part.scaled);
    let ty = joined_type(&valued);
    let typed = {
        // A null takes the type of the others.
        let typed = |part: Typed| if is_null(&part) { null_of(&ty) } else { part.expr };
        Typed::new(make(parts.into_iter().map(typed).collect()), ty.clone())
    };
    let range = if low <= high { (low, high) } else { typed.range };
    Typed {
        unit,
        range,
        constant,
        scaled,
        ..typed
    }
}

/// The common type; texts are listed when every part's are.
fn joined_type(parts: &[&Typed]) -> Type {
    let mut texts: Option<Vec<String>> = Some(Vec::new());
    let mut ty = Type::Any;
    for part in parts {
        let list = match (&part.ty, &part.expr) {
            (Type::Text(_), Expr::Text(text)) => Some(vec![text.clone()]),
            (Type::Text(list), _) => list.clone(),
            (other, _) => {
                if *other != Type::Any {
                    return other.clone();
                }
                continue;
            }
        };
        ty = Type::Text(None);
        texts = match (texts, list) {
            (Some(mut known), Some(list)) => {
                list.into_iter().for_each(|text| {
                    if !known.contains(&text) {
                        known.push(text);
                    }
                });
                Some(known)
            }
            _ => None,
        };
    }
    if ty == Type::Any { ty } else { Type::Text(texts) }
}

/// Whether a formula is one name and nothing else.
pub(crate) fn bare(node: &Node) -> Option<&str> {
    match &node.kind {
        Kind::Name(name) => Some(name),
        _ => None,
    }
}

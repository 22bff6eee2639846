//! Tree → kernel tree, with the type, unit and range of each part. 类型、单位与取值范围

mod arithmetic;
mod functions;
mod logic;

pub(crate) use functions::bare;
pub(crate) use logic::unlisted;

use std::collections::BTreeSet;
use std::ops::Range;

use pinji_domain::{Date, Decimal, Message};
use pinji_engine::{Expr, InputType};

use super::Fault;
use super::aggregate::Aggregates;
use super::tree::{Kind, Node};
use crate::document::Unit;
use crate::suggest::nearest;

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Type {
    Number,
    /// With the only texts that occur, where they are known.
    Text(Option<Vec<String>>),
    Date,
    Flag,
    /// Null, or a part that already has a fault.
    Any,
}

/// A part of a formula, resolved.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Typed {
    pub(crate) expr: Expr,
    pub(crate) ty: Type,
    pub(crate) unit: Unit,
    /// Whether it can be null.
    pub(crate) nullable: bool,
    /// Between what it lies where it is a number.
    pub(crate) range: (f64, f64),
    /// Whether it is never zero when it has a value.
    pub(crate) never_zero: bool,
    /// Whether it is made of constants only.
    pub(crate) constant: bool,
    /// Whether a constant was multiplied in, so that a quotient of equal units may be something else than a ratio.
    pub(crate) scaled: bool,
}

pub(crate) const ANYWHERE: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

impl Typed {
    pub(crate) fn new(expr: Expr, ty: Type) -> Typed {
        let (unit, range) = (Unit::Unknown, ANYWHERE);
        Typed { expr, ty, unit, nullable: true, range, never_zero: false, constant: false, scaled: false }
    }

    /// What stands in for a part with a fault, so that the rest can be looked at.
    pub(crate) fn faulty() -> Typed {
        Typed { never_zero: true, ..Typed::new(Expr::Number(f64::NAN), Type::Any) }
    }

    fn number(value: Decimal) -> Typed {
        let double = value.to_f64();
        Typed {
            nullable: false,
            range: (double, double),
            never_zero: value.units != 0,
            constant: true,
            ..Typed::new(Expr::Number(double), Type::Number)
        }
    }

    fn with_unit(self, unit: Unit) -> Typed {
        Typed { unit, ..self }
    }
}

/// What a name stands for.
#[derive(Debug, Clone)]
pub(crate) enum Meaning {
    /// A column: its position, and what is known of it.
    Input { position: usize, ty: InputType, unit: Unit, nullable: bool, range: (f64, f64) },
    /// A constant.
    Constant(Decimal),
    /// Something that may not stand here, and why.
    Refused(Message),
    /// Something whose own fault was already reported.
    Faulty,
}

/// What the names of a formula may be.
pub(crate) struct Scope<'s> {
    pub(crate) meaning: &'s dyn Fn(&str) -> Option<Meaning>,
    /// For suggestions.
    pub(crate) names: &'s [String],
    /// The message for a name that is none of them.
    pub(crate) unknown: &'static str,
    pub(crate) as_of: Date,
}

/// The work on one formula.
pub(crate) struct Typing<'s> {
    pub(crate) scope: &'s Scope<'s>,
    pub(crate) faults: Vec<Fault>,
    /// Set where aggregates may stand: outside of them, no bare name may.
    pub(crate) aggregates: Option<Aggregates>,
    /// Names that the conditions around this part look at.
    guards: Vec<BTreeSet<String>>,
}

impl<'s> Typing<'s> {
    pub(crate) fn new(scope: &'s Scope<'s>) -> Typing<'s> {
        Typing { scope, faults: Vec::new(), aggregates: None, guards: Vec::new() }
    }

    /// Resolves a part; what is wrong goes to `faults`.
    pub(crate) fn node(&mut self, node: &Node) -> Typed {
        match &node.kind {
            Kind::Number(value) => Typed::number(*value),
            Kind::Text(text) => {
                Typed { constant: true, nullable: false, ..Typed::new(Expr::Text(text.clone()), Type::Text(None)) }
                    .with_unit(Unit::Text)
            }
            Kind::Date(date) => self.date(*date),
            Kind::Flag(flag) => Typed { constant: true, nullable: false, ..Typed::new(Expr::Flag(*flag), Type::Flag) },
            Kind::Null => {
                // A number that no reader can mistake for a value: undefined by the kernel's own rule.
                let nothing = Expr::NullIf(Box::new(Expr::Number(0.0)), Box::new(Expr::Number(0.0)));
                Typed { constant: true, never_zero: true, ..Typed::new(nothing, Type::Any) }
            }
            Kind::Star => self.fault(&node.span, Message::new("policy-formula-star")),
            Kind::Name(name) => self.name(name, &node.span),
            Kind::Negate(value) => self.negate(value),
            Kind::Binary(operator, left, right) => self.binary(*operator, left, right, &node.span),
            Kind::Call { name, distinct, arguments } => self.call(node, name, *distinct, arguments),
            Kind::Case { arms, otherwise } => self.case(arms, otherwise.as_deref()),
            Kind::IsMissing { .. } | Kind::Grade { .. } => {
                self.fault(&node.span, Message::new("policy-formula-condition-only"))
            }
            _ => self.logic(node),
        }
    }

    /// Notes an error and goes on with a stand-in.
    pub(crate) fn fault(&mut self, span: &Range<usize>, message: Message) -> Typed {
        self.faults.push(Fault::error(span, message));
        Typed::faulty()
    }

    fn date(&self, date: Date) -> Typed {
        let expr = Expr::Date(pinji_domain::date::to_days(date));
        Typed { constant: true, nullable: false, ..Typed::new(expr, Type::Date) }.with_unit(Unit::Date)
    }

    fn name(&mut self, name: &str, span: &Range<usize>) -> Typed {
        if name.eq_ignore_ascii_case("as_of") {
            return self.date(self.scope.as_of);
        }
        match (self.scope.meaning)(name) {
            Some(Meaning::Constant(value)) => Typed::number(value),
            Some(Meaning::Refused(why)) => self.fault(span, why),
            Some(Meaning::Faulty) => Typed::faulty(),
            Some(Meaning::Input { .. }) if self.aggregates.is_some() => {
                let message = Message::new("policy-aggregate-bare").with("name", name);
                self.fault(span, message.with("example", format!("sum({name})")))
            }
            Some(Meaning::Input { position, ty, unit, nullable, range }) => {
                let ty = of_input(&ty);
                let never_zero = range.0 > 0.0 || range.1 < 0.0;
                Typed { unit, nullable, range, never_zero, ..Typed::new(Expr::Input(position), ty) }
            }
            None => {
                let fault = Fault::error(span, Message::new(self.scope.unknown).with("name", name));
                let near = nearest(name, self.scope.names.iter().map(String::as_str));
                self.faults.push(match near {
                    Some(meant) => fault.help(Message::new("policy-did-you-mean").with("name", meant)),
                    None => fault,
                });
                Typed::faulty()
            }
        }
    }

    /// Whether the conditions around look at everything that `node` is made of.
    fn guarded(&self, node: &Node) -> bool {
        let names = node.names();
        !names.is_empty() && names.iter().all(|name| self.guards.iter().any(|guard| guard.contains(*name)))
    }

    /// Resolves a part that must be a number.
    fn numeric(&mut self, node: &Node) -> Typed {
        let typed = self.node(node);
        self.expect(&typed, &Type::Number, node);
        typed
    }

    /// Says so when a part is not of the type that stands here.
    fn expect(&mut self, typed: &Typed, wanted: &Type, node: &Node) -> bool {
        let fits = same(&typed.ty, wanted);
        if !fits {
            let message = Message::new("policy-formula-type").with("wanted", type_name(wanted));
            self.faults.push(Fault::error(&node.span, message.with("found", type_name(&typed.ty))));
        }
        fits
    }

    /// Says so when two parts that belong together are of different types or units.
    fn expect_alike(&mut self, left: &Typed, right: &Typed, span: &Range<usize>) -> bool {
        if !same(&left.ty, &right.ty) {
            let message = Message::new("policy-formula-types-differ");
            let message = message.with("left", type_name(&left.ty)).with("right", type_name(&right.ty));
            self.faults.push(Fault::error(span, message));
            return false;
        }
        if !super::units::agree(&left.unit, &right.unit) {
            let message = Message::new("policy-unit-clash");
            let message = message.with("left", super::units::name(&left.unit));
            let message = message.with("right", super::units::name(&right.unit));
            self.faults.push(Fault::error(span, message).help(Message::new("policy-unit-clash-help")));
        }
        true
    }
}

/// The type of a column's values in a formula.
pub(crate) fn of_input(ty: &InputType) -> Type {
    match ty {
        InputType::Int(_) | InputType::Double => Type::Number,
        InputType::Text(list) => Type::Text(list.clone()),
        InputType::Date => Type::Date,
        InputType::Flag => Type::Flag,
    }
}

/// Whether two types go together; lists of texts do not matter, and null goes with all.
pub(crate) fn same(left: &Type, right: &Type) -> bool {
    matches!(
        (left, right),
        (Type::Any, _)
            | (_, Type::Any)
            | (Type::Number, Type::Number)
            | (Type::Text(_), Type::Text(_))
            | (Type::Date, Type::Date)
            | (Type::Flag, Type::Flag)
    )
}

/// The message that names a type.
pub(crate) fn type_name(ty: &Type) -> Message {
    Message::new(match ty {
        Type::Number => "policy-type-number",
        Type::Text(_) => "policy-type-text",
        Type::Date => "policy-type-date",
        Type::Flag => "policy-type-flag",
        Type::Any => "policy-type-any",
    })
}

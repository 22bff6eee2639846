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
        Typed {
            expr,
            ty,
            unit,
            nullable: true,
            range,
            never_zero: false,
            constant: false,
            scaled: false,
        }
    }

    /// What stands in for a part with a fault, so that the rest can be looked at.
    pub(crate) fn faulty() -> Typed {
        Typed {
            never_zero: true,
            ..Typed::new(Expr::Number(f64::NAN), Type::Any)
        }
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
    Input {
        position: usize,
        ty: InputType,
        unit: Unit,
        nullable: bool,
        range: (f64, f64),
    },
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
        Typing {
            scope,
            faults: Vec::new(),
            aggregates: None,
            guards: Vec::new(),
        }
    }

    /// Resolves a part; what is wrong goes to `faults`.
    pub(crate) fn node(&mut self, node: &Node) -> Typed {
        match &node.kind {
            Kind::Number(value) => Typed::number(*value),
            Kind::Text(text) => Typed {
                constant: true,
                nullable: false,
                ..Typed::new(Expr::Text(text.clone()), Type::Text(None))
            }
            .with_unit(Unit::Text),
            Kind::Date(date) => self.date(*date),
            Kind::Flag(flag) => Typed {
                constant: true,
                nullable: false,
                ..Typed::new(Expr::Flag(*flag), Type::Flag)
            },
            Kind::Null => Typed {
                constant: true,
                never_zero: true,
                ..Typed::new(null_of(&Type::Any), Type::Any)
            },
            Kind::Star => self.fault(&node.span, Message::new("policy-formula-star")),
            Kind::Name(name) => self.name(name, &node.span),
            Kind::Negate(value) => self.negate(value),
            Kind::Binary(operator, left, right) => self.binary(*operator, left, right, &node.span),
            Kind::Call {
                name,
                distinct,
                arguments,
            } => self.call(node, name, *distinct, arguments),
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
        Typed {
            constant: true,
            nullable: false,
            ..Typed::new(expr, Type::Date)
        }
        .with_unit(Unit::Date)
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
            Some(Meaning::Input {
                position,
                ty,
                unit,
                nullable,
                range,
            }) => {
                let ty = of_input(&ty);
                let never_zero = range.0 > 0.0 || range.1 < 0.0;
                Typed {
                    unit,
                    nullable,
                    range,
                    never_zero,
                    ..Typed::new(Expr::Input(position), ty)
                }
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
        !names.is_empty()
            && names
                .iter()
                .all(|name| self.guards.iter().any(|guard| guard.contains(*name)))
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
            self.faults
                .push(Fault::error(&node.span, message.with("found", type_name(&typed.ty))));
        }
        fits
    }

    /// Says so when two parts that belong together are of different types or units.
    fn expect_alike(&mut self, left: &Typed, right: &Typed, span: &Range<usize>) -> bool {
        if !same(&left.ty, &right.ty) {
            let message = Message::new("policy-formula-types-differ");
            let message = message
                .with("left", type_name(&left.ty))
                .with("right", type_name(&right.ty));
            self.faults.push(Fault::error(span, message));
            return false;
        }
        if !super::units::agree(&left.unit, &right.unit) {
            let message = Message::new("policy-unit-clash");
            let message = message.with("left", super::units::name(&left.unit));
            let message = message.with("right", super::units::name(&right.unit));
            self.faults
                .push(Fault::error(span, message).help(Message::new("policy-unit-clash-help")));
        }
        true
    }
}

/// A null of a type: the kernel's columns have one type each, and a constant that equals itself is nulled.
pub(crate) fn null_of(ty: &Type) -> Expr {
    let value = match ty {
        Type::Number | Type::Any => Expr::Number(0.0),
        Type::Text(_) => Expr::Text(String::new()),
        Type::Date => Expr::Date(0),
        Type::Flag => Expr::Flag(false),
    };
    Expr::NullIf(Box::new(value.clone()), Box::new(value))
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
    use crate::formula::parse;

    fn meaning(name: &str) -> Option<Meaning> {
        let input = |position, ty, unit, nullable, range| {
            Some(Meaning::Input {
                position,
                ty,
                unit,
                nullable,
                range,
            })
        };
        match name {
            "profit" => input(0, InputType::Int(2), Unit::Money, true, ANYWHERE),
            "revenue" => input(1, InputType::Int(2), Unit::Money, true, ANYWHERE),
            "orders" => input(2, InputType::Int(0), Unit::Count, false, (0.0, f64::INFINITY)),
            "late" => input(3, InputType::Int(0), Unit::Count, false, (0.0, f64::INFINITY)),
            "since" => input(4, InputType::Date, Unit::Date, true, ANYWHERE),
            "owner" => input(5, InputType::Text(None), Unit::Text, true, ANYWHERE),
            "share" => input(6, InputType::Double, Unit::Ratio, true, ANYWHERE),
            "line" => Some(Meaning::Constant(Decimal { units: 5, scale: 1 })),
            _ => None,
        }
    }

    fn typed(text: &str) -> (Typed, Vec<&'static str>) {
        let names = ["profit".to_owned()];
        let as_of = pinji_domain::date::parse("2026-01-01").unwrap();
        let scope = Scope {
            meaning: &meaning,
            names: &names,
            unknown: "policy-measure-unknown",
            as_of,
        };
        let mut typing = Typing::new(&scope);
        let typed = typing.node(&parse(text).unwrap());
        (typed, typing.faults.iter().map(|fault| fault.message.code).collect())
    }

    #[test]
    fn units_nulls_and_ranges_follow_from_the_parts() {
        let check = |text: &str, unit: Unit, nullable: bool, range: (f64, f64)| {
            let (typed, faults) = typed(text);
            assert_eq!(
                (typed.unit, typed.nullable, typed.range, faults),
                (unit, nullable, range, Vec::new()),
                "{text}"
            );
        };
        let positive = (0.0, f64::INFINITY);
        check("profit / nullif(revenue, 0)", Unit::Ratio, true, ANYWHERE);
        check("late / nullif(orders, 0)", Unit::Ratio, true, positive);
        check("profit * share", Unit::Money, true, ANYWHERE);
        check("profit / (orders + 1)", Unit::Money, true, ANYWHERE);
        check("100 * late / nullif(orders, 0)", Unit::Unknown, true, positive);
        check("profit / 10000", Unit::Money, true, ANYWHERE);
        check("as_of - since", Unit::Days, true, ANYWHERE);
        check("months_between(as_of, since)", Unit::Months, true, ANYWHERE);
        check("months_between(as_of, since) / 12", Unit::Unknown, true, ANYWHERE);
        check("orders - late", Unit::Count, false, ANYWHERE);
        check("-orders", Unit::Count, false, (f64::NEG_INFINITY, -0.0));
        check("abs(profit)", Unit::Money, true, positive);
        check("least(orders, 5)", Unit::Count, false, (0.0, 5.0));
        check("greatest(share, 0)", Unit::Ratio, false, positive);
        check("coalesce(share, 0)", Unit::Ratio, false, ANYWHERE);
        check(
            "case when orders > 0 then late / orders else 0 end",
            Unit::Ratio,
            false,
            positive,
        );
        check("line", Unit::Unknown, false, (0.5, 0.5));
    }

    #[test]
    fn a_null_takes_the_type_of_the_others() {
        let text = Expr::NullIf(Box::new(Expr::Text(String::new())), Box::new(Expr::Text(String::new())));
        let (found, faults) = typed("case when orders > 3 then owner else null end");
        let Expr::Case(_, Some(otherwise)) = &found.expr else {
            panic!("{found:?}")
        };
        assert_eq!((&**otherwise, faults, found.ty), (&text, Vec::new(), Type::Text(None)));
        assert_eq!(typed("coalesce(null, profit)").1, Vec::<&str>::new());
        assert_eq!(typed("owner = null").1, ["policy-formula-null"]);
        assert_eq!(typed("owner in ('a', null)").1, ["policy-formula-null"]);
    }

    #[test]
    fn divisors_that_can_be_zero_are_found() {
        let check = |text: &str, found: bool| {
            assert_eq!(typed(text).1.contains(&"policy-division-by-zero"), found, "{text}");
        };
        check("profit / revenue", true);
        check("profit / orders", true);
        check("profit / (orders - 1)", true);
        check("profit / 0", true);
        check("profit / abs(revenue)", true);
        check("case when profit > 0 then profit / revenue end", true);
        check("coalesce(profit / nullif(revenue, 0), share / share)", true);
        check("profit / nullif(revenue, 1)", true);
        check("profit / nullif(revenue, 0)", false);
        check("profit / 12", false);
        check("profit / line", false);
        check("profit / (orders + 1)", false);
        check("profit / greatest(revenue, 1)", false);
        check("profit / coalesce(nullif(revenue, 0), 1)", false);
        check("profit / (nullif(revenue, 0) * 2)", false);
        check("case when revenue > 0 then profit / revenue end", false);
        check("case when revenue = 0 then 0 else profit / revenue end", false);
    }
}

//! Aggregates: `count`, `sum`, `avg`, `min` and `max` over a kind's fields. 聚合

use pinji_domain::Message;
use pinji_engine::{Expr, InputType};

use super::tree::{Kind, Node};
use super::typing::{ANYWHERE, Meaning, Type, Typed, Typing, bare};
use super::{Fault, typing};
use crate::compile::{AggregateCall, AggregateFunction};
use crate::document::Unit;

/// The aggregate functions.
pub(crate) const NAMES: [&str; 5] = ["count", "sum", "avg", "min", "max"];

pub(crate) fn is_aggregate(name: &str) -> bool {
    NAMES.contains(&name)
}

/// The calls of one measure.
#[derive(Debug, Clone, Default)]
pub(crate) struct Aggregates {
    /// The measure's own `decimals`.
    pub(crate) decimals: Option<u8>,
    /// Each different call once, with what it gives.
    pub(crate) calls: Vec<(AggregateCall, InputType)>,
}

impl Typing<'_> {
    pub(super) fn aggregate(&mut self, node: &Node, name: &str, distinct: bool, arguments: &[Node]) -> Typed {
        let Some(mut aggregates) = self.aggregates.take() else {
            return self.fault(
                &node.span,
                Message::new("policy-aggregate-place").with("function", name),
            );
        };
        // Without `aggregates` the argument is resolved as a plain formula over the fields.
        let typed = self.one_call(node, name, distinct, arguments, &mut aggregates);
        self.aggregates = Some(aggregates);
        typed
    }

    fn one_call(
        &mut self,
        node: &Node,
        name: &str,
        distinct: bool,
        arguments: &[Node],
        aggregates: &mut Aggregates,
    ) -> Typed {
        let [argument] = arguments else {
            let message = Message::new("policy-formula-arguments").with("function", name);
            return self.fault(
                &node.span,
                message.with("wanted", 1_usize).with("found", arguments.len()),
            );
        };
        if name == "count" {
            return self.count(distinct, argument, aggregates);
        }
        if distinct {
            return self.fault(&node.span, Message::new("policy-formula-distinct"));
        }
        let storage = self.storage(argument);
        let typed = self.node(argument);
        if typed.ty == Type::Any {
            return Typed::faulty();
        }
        let extreme = matches!(name, "min" | "max");
        let ordered = extreme && typed.ty != Type::Flag;
        if !ordered && !self.expect_number(&typed, argument) {
            return Typed::faulty();
        }
        let field_scale = match storage {
            Some(InputType::Int(scale)) => Some(scale),
            _ => None,
        };
        let numeric = typed.ty == Type::Number;
        let decimals = if numeric {
            aggregates.decimals.or(field_scale)
        } else {
            None
        };
        if !extreme && decimals.is_none() {
            let message = Message::new("policy-aggregate-decimals").with("function", name);
            let help = Message::new("policy-aggregate-decimals-help");
            self.faults.push(Fault::error(&node.span, message).help(help));
            return Typed::faulty();
        }
        let (function, ty) = match name {
            "sum" => (AggregateFunction::Sum, InputType::Int(decimals.unwrap_or(0))),
            "avg" => (AggregateFunction::Mean, InputType::Double),
            _ => {
                let function = if name == "min" {
                    AggregateFunction::Min
                } else {
                    AggregateFunction::Max
                };
                let ty = match (&typed.ty, decimals) {
                    (Type::Number, Some(decimals)) => InputType::Int(decimals),
                    (Type::Number, None) => InputType::Double,
                    (Type::Date, _) => InputType::Date,
                    (Type::Text(list), _) => InputType::Text(list.clone()),
                    _ => InputType::Flag,
                };
                (function, ty)
            }
        };
        let (low, high) = typed.range;
        let range = match name {
            "sum" => (
                if low >= 0.0 { 0.0 } else { f64::NEG_INFINITY },
                if high <= 0.0 { 0.0 } else { f64::INFINITY },
            ),
            _ => typed.range,
        };
        let call = AggregateCall {
            function,
            argument: Some(typed.expr),
            decimals,
        };
        Typed {
            range,
            unit: typed.unit,
            ..self.called(call, ty, aggregates)
        }
    }

    fn count(&mut self, distinct: bool, argument: &Node, aggregates: &mut Aggregates) -> Typed {
        let star = argument.kind == Kind::Star;
        if star && distinct {
            return self.fault(&argument.span, Message::new("policy-formula-distinct"));
        }
        let inner = if star { None } else { Some(self.node(argument).expr) };
        let function = if distinct {
            AggregateFunction::CountDistinct
        } else {
            AggregateFunction::Count
        };
        let call = AggregateCall {
            function,
            argument: inner,
            decimals: None,
        };
        let typed = self.called(call, InputType::Int(0), aggregates);
        Typed {
            range: (0.0, f64::INFINITY),
            unit: Unit::Count,
            nullable: false,
            ..typed
        }
    }

    fn called(&mut self, call: AggregateCall, ty: InputType, aggregates: &mut Aggregates) -> Typed {
        let known = aggregates.calls.iter().position(|(known, _)| *known == call);
        let formula_type = typing::of_input(&ty);
        let position = known.unwrap_or_else(|| {
            aggregates.calls.push((call, ty));
            aggregates.calls.len() - 1
        });
        Typed {
            range: ANYWHERE,
            ..Typed::new(Expr::Input(position), formula_type)
        }
    }

    /// How the column is kept when the argument is a bare field.
    fn storage(&self, argument: &Node) -> Option<InputType> {
        match (self.scope.meaning)(bare(argument)?)? {
            Meaning::Input { ty, .. } => Some(ty),
            _ => None,
        }
    }

    fn expect_number(&mut self, typed: &Typed, node: &Node) -> bool {
        let number = typed.ty == Type::Number;
        if !number {
            let message = Message::new("policy-formula-type").with("wanted", typing::type_name(&Type::Number));
            self.faults.push(Fault::error(
                &node.span,
                message.with("found", typing::type_name(&typed.ty)),
            ));
        }
        number
    }
}

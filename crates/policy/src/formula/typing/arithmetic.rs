//! + - * / and the sign: units, ranges and divisors. 四则运算

use std::ops::Range;

use pinji_domain::Message;
use pinji_engine::Expr;
use pinji_engine::expr::Operator;

use super::{ANYWHERE, Type, Typed, Typing};
use crate::document::Unit;
use crate::formula::tree::Node;
use crate::formula::{Fault, print, units};

impl Typing<'_> {
    pub(super) fn negate(&mut self, value: &Node) -> Typed {
        let typed = self.numeric(value);
        let range = (-typed.range.1, -typed.range.0);
        Typed {
            expr: Expr::Negate(Box::new(typed.expr.clone())),
            range,
            ..typed
        }
    }

    pub(super) fn binary(&mut self, operator: Operator, left: &Node, right: &Node, span: &Range<usize>) -> Typed {
        let (a, b) = (self.node(left), self.node(right));
        if matches!(operator, Operator::Add | Operator::Subtract) && (a.ty == Type::Date || b.ty == Type::Date) {
            return self.dates(operator, a, b, span);
        }
        let fits = self.expect(&a, &Type::Number, left) & self.expect(&b, &Type::Number, right);
        if !fits {
            return Typed::faulty();
        }
        if matches!(operator, Operator::Add | Operator::Subtract) {
            self.expect_alike(&a, &b, span);
        }
        let products = matches!(operator, Operator::Multiply | Operator::Divide);
        let scaled = a.scaled || b.scaled || (products && a.constant != b.constant);
        let unit = match operator {
            Operator::Add | Operator::Subtract => units::either(&a.unit, &b.unit),
            Operator::Multiply => units::product((&a.unit, a.constant), (&b.unit, b.constant)),
            Operator::Divide => units::quotient((&a.unit, a.constant), (&b.unit, b.constant)),
        };
        let unit = if scaled && operator == Operator::Divide && unit == Unit::Ratio {
            Unit::Unknown
        } else {
            unit
        };
        let mut nullable = a.nullable || b.nullable;
        let mut never_zero = false;
        let range = match operator {
            Operator::Add => sound((a.range.0 + b.range.0, a.range.1 + b.range.1)),
            Operator::Subtract => sound((a.range.0 - b.range.1, a.range.1 - b.range.0)),
            Operator::Multiply => {
                never_zero = a.never_zero && b.never_zero;
                corners(a.range, b.range, |x, y| x * y)
            }
            Operator::Divide => {
                if !b.never_zero && !self.guarded(right) {
                    self.unguarded(right);
                    nullable = true;
                }
                never_zero = a.never_zero;
                quotient(a.range, b.range)
            }
        };
        let never_zero = never_zero || range.0 > 0.0 || range.1 < 0.0;
        let constant = a.constant && b.constant;
        let expr = Expr::Binary(operator, Box::new(a.expr), Box::new(b.expr));
        Typed {
            expr,
            ty: Type::Number,
            unit,
            nullable,
            range,
            never_zero,
            constant,
            scaled,
        }
    }

    /// A divisor that may be zero, with what to write instead.
    fn unguarded(&mut self, divisor: &Node) {
        let written = print::print(divisor);
        let message = Message::new("policy-division-by-zero").with("divisor", written.as_str());
        let help = Message::new("policy-division-by-zero-help").with("instead", format!("nullif({written}, 0)"));
        self.faults.push(Fault::warning(&divisor.span, message).help(help));
    }

    /// A date minus a date is days; a date plus or minus days is a date.
    fn dates(&mut self, operator: Operator, a: Typed, b: Typed, span: &Range<usize>) -> Typed {
        let nullable = a.nullable || b.nullable;
        let (ty, unit) = match (&a.ty, operator, &b.ty) {
            (Type::Date, Operator::Subtract, Type::Date) => (Type::Number, Unit::Days),
            (Type::Date, _, Type::Number) if units::agree(&b.unit, &Unit::Days) => (Type::Date, Unit::Date),
            (Type::Number, Operator::Add, Type::Date) if units::agree(&a.unit, &Unit::Days) => (Type::Date, Unit::Date),
            (Type::Any, ..) | (_, _, Type::Any) => return Typed::faulty(),
            _ => return self.fault(span, Message::new("policy-formula-dates")),
        };
        let expr = Expr::Binary(operator, Box::new(a.expr), Box::new(b.expr));
        Typed {
            unit,
            nullable,
            ..Typed::new(expr, ty)
        }
    }
}

/// A range, or everywhere when an end came out as no number (∞ − ∞).
pub(super) fn sound(range: (f64, f64)) -> (f64, f64) {
    if range.0.is_nan() || range.1.is_nan() {
        ANYWHERE
    } else {
        range
    }
}

fn corners(a: (f64, f64), b: (f64, f64), combine: impl Fn(f64, f64) -> f64) -> (f64, f64) {
    // Zero times infinity is zero here: the infinite end is never reached.
    let at = |x: f64, y: f64| if x == 0.0 || y == 0.0 { 0.0 } else { combine(x, y) };
    let all = [at(a.0, b.0), at(a.0, b.1), at(a.1, b.0), at(a.1, b.1)];
    sound((
        all.into_iter().fold(f64::INFINITY, f64::min),
        all.into_iter().fold(f64::NEG_INFINITY, f64::max),
    ))
}

fn quotient(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    if b.0 >= 0.0 || b.1 <= 0.0 {
        // A divisor near zero makes the quotient as great as may be, with the sign that both have.
        let inverse = if b.0 >= 0.0 {
            (1.0 / b.1, 1.0 / b.0.max(0.0))
        } else {
            (1.0 / b.1.min(-0.0), 1.0 / b.0)
        };
        return corners(a, inverse, |x, y| x * y);
    }
    ANYWHERE
}

//! Which way a formula goes when one of its inputs grows and all others stay. 公式单调性

use pinji_engine::Expr;
use pinji_engine::expr::Operator;

/// See the module. Two results are compared only where both exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// It does not read the input.
    Still,
    /// It never falls.
    Up,
    /// It never rises.
    Down,
    /// It may do either.
    Either,
}

impl Direction {
    fn turned(self) -> Direction {
        match self {
            Direction::Up => Direction::Down,
            Direction::Down => Direction::Up,
            other => other,
        }
    }

    fn with(self, other: Direction) -> Direction {
        match (self, other) {
            (Direction::Still, other) => other,
            (one, Direction::Still) => one,
            (one, other) if one == other => one,
            _ => Direction::Either,
        }
    }
}

/// The direction of `expr` in the input at position `input`. Rounding never turns a direction round, for every operation
/// is rounded monotonically.
pub(super) fn direction(expr: &Expr, input: usize) -> Direction {
    if !expr.inputs().contains(&input) {
        return Direction::Still;
    }
    let of = |expr: &Expr| direction(expr, input);
    let all = |list: &[Expr]| list.iter().fold(Direction::Still, |found, expr| found.with(of(expr)));
    match expr {
        Expr::Input(_) => Direction::Up,
        Expr::Negate(a) => of(a).turned(),
        Expr::Binary(Operator::Add, a, b) => of(a).with(of(b)),
        Expr::Binary(Operator::Subtract, a, b) | Expr::MonthsBetween(a, b) => of(a).with(of(b).turned()),
        Expr::Binary(Operator::Multiply, a, b) => match (constant(a), constant(b)) {
            (_, Some(factor)) => by(of(a), factor),
            (Some(factor), _) => by(of(b), factor),
            _ => Direction::Either,
        },
        Expr::Binary(Operator::Divide, a, b) => match constant(b) {
            Some(divisor) => by(of(a), divisor),
            None => Direction::Either,
        },
        // A result that is struck out is missing, and only existing ones are compared.
        Expr::NullIf(a, b) if of(b) == Direction::Still => of(a),
        Expr::Ln(a) => of(a),
        // A null among the arguments would be skipped, so they must have one whenever the inputs do.
        Expr::Least(list) | Expr::Greatest(list) if list.iter().all(total) => all(list),
        Expr::Coalesce(list) => match list.as_slice() {
            [first, rest @ ..] if total(first) && all(rest) == Direction::Still => of(first),
            _ => Direction::Either,
        },
        Expr::Case(arms, otherwise) => {
            let still = arms.iter().all(|(when, _)| of(when) == Direction::Still);
            let branches = arms.iter().map(|(_, then)| then).chain(otherwise.as_deref());
            if still {
                branches.fold(Direction::Still, |found, branch| found.with(of(branch)))
            } else {
                Direction::Either
            }
        }
        _ => Direction::Either,
    }
}

/// The direction that people have in mind: figures are positive, and what is struck out does not matter. It says which
/// way is better for a measure; it proves nothing.
pub(super) fn likely(expr: &Expr, input: usize) -> Direction {
    let of = |expr: &Expr| likely(expr, input);
    match expr {
        Expr::Binary(Operator::Multiply, a, b) if constant(a).is_none() && constant(b).is_none() => of(a).with(of(b)),
        Expr::Binary(Operator::Divide, a, b) if constant(b).is_none() => of(a).with(of(b).turned()),
        Expr::Binary(Operator::Add, a, b) => of(a).with(of(b)),
        Expr::Binary(Operator::Subtract, a, b) => of(a).with(of(b).turned()),
        Expr::NullIf(a, _) | Expr::Ln(a) => of(a),
        Expr::Coalesce(list) | Expr::Least(list) | Expr::Greatest(list) => {
            list.iter().fold(Direction::Still, |found, expr| found.with(of(expr)))
        }
        expr => direction(expr, input),
    }
}

fn by(direction: Direction, factor: f64) -> Direction {
    match factor {
        factor if factor > 0.0 => direction,
        factor if factor < 0.0 => direction.turned(),
        _ => Direction::Either,
    }
}

fn constant(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::Number(value) => Some(*value),
        Expr::Negate(inner) => constant(inner).map(|value| -value),
        _ => None,
    }
}

/// Whether an expression has a value whenever its inputs have.
fn total(expr: &Expr) -> bool {
    match expr {
        Expr::Number(_) | Expr::Date(_) | Expr::Input(_) => true,
        Expr::Negate(a) | Expr::Abs(a) => total(a),
        Expr::Binary(Operator::Add | Operator::Subtract, a, b) => total(a) && total(b),
        Expr::Binary(_, a, b) => total(a) && constant(b).is_some_and(|factor| factor.abs() >= 1e-9),
        Expr::Least(list) | Expr::Greatest(list) | Expr::Coalesce(list) => list.iter().all(total),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_follow_from_the_tree() {
        let x = || Box::new(Expr::Input(0));
        let y = || Box::new(Expr::Input(1));
        let number = |value: f64| Box::new(Expr::Number(value));
        let binary = |operator: Operator, a: Box<Expr>, b: Box<Expr>| Box::new(Expr::Binary(operator, a, b));
        let check = |expr: &Expr, expected: Direction| assert_eq!(direction(expr, 0), expected, "{expr:?}");
        check(&y(), Direction::Still);
        check(&binary(Operator::Subtract, y(), x()), Direction::Down);
        check(&binary(Operator::Subtract, x(), x()), Direction::Either);
        check(&binary(Operator::Multiply, x(), number(-2.0)), Direction::Down);
        check(&binary(Operator::Divide, x(), number(3.0)), Direction::Up);
        check(&binary(Operator::Divide, x(), y()), Direction::Either);
        check(&Expr::NullIf(x(), number(0.0)), Direction::Up);
        check(&Expr::Greatest(vec![*x(), Expr::Number(0.0)]), Direction::Up);
        check(
            &Expr::Greatest(vec![Expr::NullIf(x(), number(0.0)), Expr::Number(0.0)]),
            Direction::Either,
        );
        check(&Expr::Coalesce(vec![*x(), Expr::Number(0.0)]), Direction::Up);
        check(&Expr::Abs(x()), Direction::Either);
        check(
            &Expr::Case(vec![(Expr::IsNull(y()), *x())], Some(number(1.0))),
            Direction::Up,
        );
        check(
            &Expr::Case(vec![(Expr::IsNull(x()), *x())], Some(number(1.0))),
            Direction::Either,
        );
        let ratio = binary(Operator::Divide, x(), Box::new(Expr::NullIf(y(), number(0.0))));
        assert_eq!((likely(&ratio, 0), likely(&ratio, 1)), (Direction::Up, Direction::Down));
    }
}

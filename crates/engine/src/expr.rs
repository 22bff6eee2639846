//! The formula language as a tree. 公式

/// A formula over the columns of a batch. 公式
///
/// Numbers are doubles, dates are days since 1970-01-01, flags are truth values. A null operand makes a null result,
/// except in `Coalesce`, `Least`, `Greatest` (which skip nulls, as SQL engines do), `IsNull`, the Kleene `And`/`Or`, and
/// `NullIf`, which is its first operand where the second is null.
/// Division by zero, the logarithm of nothing and any result that is not finite are *undefined*: null, with that cause.
///
/// Why a result is null: the cause of its leftmost null operand; `Undefined` for what has no answer, for `NullIf` that
/// strikes and for operands of the wrong type; the first argument's cause for `Coalesce`, `Least` and `Greatest` without
/// any value; `NotReported` for a `Case` without a branch. An input is null where its column says so, with the column's
/// cause; a double input that is not finite, and an integer input beyond 2^53, are `Undefined`.
/// `false and null` is false, `true or null` is true; a `Case` branch whose condition is null is not taken. `InList` is
/// null when nothing matches and an element is null. `Not` of null is null. A date ± a number takes the number's floor
/// and stops at the first and last day that a number of days can name.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A constant number.
    Number(f64),
    /// A constant text.
    Text(String),
    /// A constant date, in days.
    Date(i32),
    /// A constant truth value.
    Flag(bool),
    /// The input at this position.
    Input(usize),
    /// `-x`
    Negate(Box<Expr>),
    /// `a + b`, `a - b`, `a * b`, `a / b`; a date minus a date is a number of days, a date ± a number a date.
    Binary(Operator, Box<Expr>, Box<Expr>),
    /// `a < b` and the like; texts compare by their bytes.
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// `x in ('a', 'b')`
    InList(Box<Expr>, Vec<Expr>),
    /// `x is null`
    IsNull(Box<Expr>),
    /// `not x`
    Not(Box<Expr>),
    /// `a and b`
    And(Box<Expr>, Box<Expr>),
    /// `a or b`
    Or(Box<Expr>, Box<Expr>),
    /// `case when c then x … else y end`; without `else`, null.
    Case(Vec<(Expr, Expr)>, Option<Box<Expr>>),
    /// `coalesce(a, b, …)`
    Coalesce(Vec<Expr>),
    /// `nullif(a, b)`
    NullIf(Box<Expr>, Box<Expr>),
    /// `least(a, b, …)` of numbers or dates.
    Least(Vec<Expr>),
    /// `greatest(a, b, …)` of numbers or dates.
    Greatest(Vec<Expr>),
    /// `abs(x)`
    Abs(Box<Expr>),
    /// `ln(x)`, one pinned pure-Rust function on every machine.
    Ln(Box<Expr>),
    /// `months_between(a, b)`: whole calendar months from `b` to `a`, negative when `a` is earlier.
    MonthsBetween(Box<Expr>, Box<Expr>),
}

impl Expr {
    /// The inputs that it reads, ascending, each once.
    pub fn inputs(&self) -> Vec<usize> {
        let mut found = Vec::new();
        self.visit(&mut |expr| {
            if let Expr::Input(at) = expr {
                found.push(*at);
            }
        });
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Shows every node to `see`, parents first.
    pub fn visit<'a>(&'a self, see: &mut dyn FnMut(&'a Expr)) {
        see(self);
        match self {
            Expr::Number(_) | Expr::Text(_) | Expr::Date(_) | Expr::Flag(_) | Expr::Input(_) => {}
            Expr::Negate(a) | Expr::IsNull(a) | Expr::Not(a) | Expr::Abs(a) | Expr::Ln(a) => a.visit(see),
            Expr::Binary(_, a, b)
            | Expr::Compare(_, a, b)
            | Expr::And(a, b)
            | Expr::Or(a, b)
            | Expr::NullIf(a, b)
            | Expr::MonthsBetween(a, b) => {
                a.visit(see);
                b.visit(see);
            }
            Expr::InList(value, list) => {
                value.visit(see);
                list.iter().for_each(|expr| expr.visit(see));
            }
            Expr::Case(arms, otherwise) => {
                for (when, then) in arms {
                    when.visit(see);
                    then.visit(see);
                }
                if let Some(expr) = otherwise {
                    expr.visit(see);
                }
            }
            Expr::Coalesce(list) | Expr::Least(list) | Expr::Greatest(list) => {
                list.iter().for_each(|expr| expr.visit(see));
            }
        }
    }
}

/// An arithmetic operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

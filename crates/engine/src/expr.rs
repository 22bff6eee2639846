//! The formula language as a tree. 公式

/// A formula over the columns of a batch. 公式
///
/// Numbers are doubles, dates are days since 1970-01-01, flags are truth values. A null operand makes a null result,
/// except in `Coalesce`, `Least`, `Greatest` (which skip nulls, as SQL engines do), `IsNull` and the Kleene `And`/`Or`.
/// Division by zero, the logarithm of nothing and any result that is not finite are *undefined*: null, with that cause.
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
    /// `least(a, b, …)`
    Least(Vec<Expr>),
    /// `greatest(a, b, …)`
    Greatest(Vec<Expr>),
    /// `abs(x)`
    Abs(Box<Expr>),
    /// `ln(x)`, one pinned pure-Rust function on every machine.
    Ln(Box<Expr>),
    /// `months_between(a, b)`: whole calendar months from `b` to `a`, negative when `a` is earlier.
    MonthsBetween(Box<Expr>, Box<Expr>),
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

//! Conditions: the small closed language of grade rules, caps and floors. 条件
//!
//! It is closed on purpose: every test is a finite union of intervals or texts, so a policy can be proved about.

/// A condition over scores, indicators and inputs. Kleene logic: an unknown does not hold. 条件
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Always or never.
    Constant(bool),
    /// A test of one value; unknown when the value is missing.
    Test(Operand, Test),
    /// `x is missing`: never unknown.
    Missing(Operand),
    /// All of them.
    All(Vec<Condition>),
    /// Any of them.
    Any(Vec<Condition>),
    /// Not this one; unknown stays unknown.
    Not(Box<Condition>),
}

impl Condition {
    /// Everything it looks at, in order, with repetitions.
    pub fn operands(&self) -> Vec<Operand> {
        match self {
            Condition::Constant(_) => Vec::new(),
            Condition::Test(operand, _) | Condition::Missing(operand) => vec![*operand],
            Condition::All(parts) | Condition::Any(parts) => parts.iter().flat_map(Condition::operands).collect(),
            Condition::Not(inner) => inner.operands(),
        }
    }

    /// Every test in it, with what it tests.
    pub fn tests(&self) -> Vec<(Operand, &Test)> {
        match self {
            Condition::Constant(_) | Condition::Missing(_) => Vec::new(),
            Condition::Test(operand, test) => vec![(*operand, test)],
            Condition::All(parts) | Condition::Any(parts) => parts.iter().flat_map(Condition::tests).collect(),
            Condition::Not(inner) => inner.tests(),
        }
    }
}

/// What a condition looks at, by position in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operand {
    /// A score, at its decimals.
    Score(usize),
    /// An indicator's value, at its decimals.
    Indicator(usize),
    /// An input: a measure, or the grade that another policy gave (a text).
    Input(usize),
}

/// What a value must be.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// For scores, indicators and integer, date and flag inputs: the scaled integer lies in one of these closed intervals
    /// (ascending, disjoint; `i64::MIN` / `i64::MAX` where open).
    Within(Vec<(i64, i64)>),
    /// For double inputs: the value lies in one of these intervals.
    Doubles(Vec<DoubleRange>),
    /// For texts: the value is one of these, byte for byte.
    OneOf(Vec<String>),
    /// For texts: the value is none of these.
    NoneOf(Vec<String>),
}

/// An interval of doubles; an open end is an infinity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DoubleRange {
    /// Lower end.
    pub low: f64,
    /// Whether the lower end belongs to it.
    pub low_inclusive: bool,
    /// Upper end.
    pub high: f64,
    /// Whether the upper end belongs to it.
    pub high_inclusive: bool,
}

impl DoubleRange {
    /// Whether `value` lies inside.
    pub fn holds(&self, value: f64) -> bool {
        (value > self.low || (self.low_inclusive && value == self.low))
            && (value < self.high || (self.high_inclusive && value == self.high))
    }
}

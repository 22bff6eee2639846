//! What is claimed, and what would break it. 命题

use pinji_engine::Condition;

/// What breaks a claim, in grades of the first and the second customer (0 is the best, ungraded the greatest number).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    /// A grade better than this.
    Better(u8),
    /// A grade worse than this, or none.
    Worse(u8),
    /// This grade: what is looked for, rather than what breaks.
    Exactly(u8),
    /// The second customer, who has the better value, has the worse grade.
    Falls,
    /// The two have different grades.
    Differs,
}

impl Goal {
    pub(super) fn broken(self, first: u8, second: u8) -> bool {
        match self {
            Goal::Better(grade) => first < grade,
            Goal::Worse(grade) => first > grade,
            Goal::Exactly(grade) => first == grade,
            Goal::Falls => second > first,
            Goal::Differs => first != second,
        }
    }

    /// Whether it is about two customers.
    pub(super) fn compares(self) -> bool {
        matches!(self, Goal::Falls | Goal::Differs)
    }
}

/// In what two customers differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Differs {
    /// There is only one customer.
    Nothing,
    /// In the value of one indicator.
    Indicator(usize),
    /// In these inputs.
    Inputs(Vec<usize>),
}

/// A claim ready to be searched for a counterexample.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    pub goal: Goal,
    pub when: Condition,
    pub differs: Differs,
}

//! The grading kernel: a plan and columns of measures in; values, points, scores, grades and reasons out. 评级内核
//!
//! Pure: no policy text, file, clock or thread in here. Formulas are evaluated in IEEE doubles, row by row, and rounded
//! once to the indicator's decimals; everything after that is integers.

pub mod batch;
pub mod condition;
mod eval;
pub mod expr;
mod grade;
mod kernel;
mod lines;
pub mod plan;
mod score;
mod way;
mod what_if;

pub use batch::{Batch, Bits, Coded, Column, Texts, Values};
pub use condition::{Condition, Operand, Test};
pub use eval::{Evaluated, Results, evaluate};
pub use expr::Expr;
pub use grade::{Detail, Graded, LineColumn, NO_INDICATOR, ScoreColumn, Scratch, UNGRADED, grade, grade_with};
pub use plan::{
    Band, Bands, Bound, Choice, Dimension, GradeRule, Indicator, Input, InputType, Keyed, Missing, Plan, PlanError,
    PlanParts, Score, ScoreWeight, Scoring, Source, TextMap,
};
pub use way::{Change, Way, way_down, way_up};

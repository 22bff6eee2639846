//! What an explanation is made of. 解释的视图模型

use serde::Serialize;

/// Everything about one customer's grade, in words and numbers. 评级解释
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The customer's id.
    pub id: String,
    /// Its name, where the data bring it.
    pub name: Option<String>,
    /// As of when.
    pub as_of: String,
    /// The policy's name and version.
    pub policy: String,
    /// The grade's id; `None` where ungraded.
    pub grade: Option<String>,
    /// The grade's name, or the word for ungraded.
    pub grade_name: String,
    /// The grade's class.
    pub class: String,
    /// Why, in sentences.
    pub why: Vec<String>,
    /// The scores with their lines.
    pub scores: Vec<ScoreView>,
    /// Points by dimension.
    pub dimensions: Vec<DimensionView>,
    /// Caps and floors that bind, and the group's bound where it lowers.
    pub bounds: Vec<BoundView>,
    /// The group, where the policy bounds members by their group's grade and the customer belongs to one.
    pub group: Option<GroupView>,
    /// What is missing.
    pub missing: Vec<MissingView>,
    /// Rows about the customer that were left out because of bad cells.
    pub left_out: Vec<String>,
    /// What would reach the next better grade.
    pub way_up: Vec<WayView>,
    /// What would lose the grade.
    pub way_down: Vec<WayView>,
    /// The indicators with formulas, the customer's figures put in.
    pub formulas: Vec<FormulaView>,
    /// The measures and where they come from.
    pub measures: Vec<MeasureView>,
    /// What the grade gives.
    pub entitlements: Vec<(String, String)>,
    /// The same of the policies that this one uses, shortened to grade and reasons.
    pub used: Vec<UsedView>,
}

/// A score as the sum of its lines.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoreView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its value; `None` where no line is left.
    pub value: Option<String>,
    /// The same as a number.
    pub number: Option<f64>,
    /// The share of weight that stood on data.
    pub coverage: String,
    /// Its lines, in policy order.
    pub lines: Vec<LineView>,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LineView {
    /// The indicator's id.
    pub indicator: String,
    /// Its name.
    pub name: String,
    /// Its value with unit, or why there is none.
    pub value: String,
    /// The band in words.
    pub band: String,
    /// Points.
    pub points: String,
    /// Effective weight.
    pub weight: String,
    /// What it adds.
    pub contribution: String,
    /// The same as a number.
    pub number: f64,
}

/// A dimension.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DimensionView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its points, 0 to 100.
    pub points: Option<f64>,
}

/// What a customer's group does to its grade. 集团约束
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupView {
    /// The group's name, where the data bring it.
    pub name: Option<String>,
    /// The id of the group's grade; `None` where it bounds nobody.
    pub grade: Option<String>,
    /// The best grade that it allows, by name.
    pub at_most: Option<String>,
    /// The id of the customer's grade on its own, before the bound.
    pub own_grade: Option<String>,
    /// Its name, or the word for ungraded.
    pub own_grade_name: String,
    /// Every notch that the grade was lowered by.
    pub notches: Vec<NotchView>,
    /// All of it in sentences.
    pub says: Vec<String>,
}

/// One notch down.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NotchView {
    /// From this grade, by name.
    pub from: String,
    /// To the next one below.
    pub to: String,
}

/// A cap or floor that binds, or what the group allows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BoundView {
    /// `cap`, `floor` or `group`.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// The grade it bounds to.
    pub grade: String,
    /// Why, in the policy's words.
    pub reason: String,
    /// The condition in words.
    pub when: String,
    /// Where the written regulation says so.
    pub clause: String,
}

/// A missing indicator.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MissingView {
    /// Its id.
    pub indicator: String,
    /// Its name.
    pub name: String,
    /// Why.
    pub cause: String,
    /// What the policy does about it.
    pub effect: String,
}

/// A way to another grade.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WayView {
    /// The grade then.
    pub grade: String,
    /// The changes, in words.
    pub changes: Vec<String>,
    /// The same changes, in figures.
    pub targets: Vec<TargetView>,
    /// Whether two of them rest on the same measure.
    pub shares_measure: bool,
}

/// Where a change leads.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TargetView {
    /// The indicator's id.
    pub indicator: String,
    /// The value nearest to that of now with which the grade is reached; `None` for a text.
    pub value: Option<f64>,
    /// The band's number, lowest first; for a text its place on the map.
    pub band: u16,
    /// Its points then.
    pub points: f64,
}

/// A formula with figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FormulaView {
    /// The indicator's id.
    pub indicator: String,
    /// Its name.
    pub name: String,
    /// As written.
    pub formula: String,
    /// With the figures in it.
    pub with_numbers: String,
    /// What comes out.
    pub value: String,
    /// Where the written regulation says so.
    pub clause: String,
}

/// A measure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeasureView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its value with unit, or why there is none.
    pub value: String,
    /// Where it comes from, in words.
    pub source: String,
    /// Of a group's measure that is made of its members' figures: how each of them entered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<MemberView>,
}

/// How a member's figure entered a measure of its group. 成员合并明细
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MemberView {
    /// The member's number; empty for the group itself.
    pub member: String,
    /// `itself`, `own`, `consolidated`, `within`, `missing` or `unweighted`.
    pub standing: &'static str,
    /// The figure that was used.
    pub figure: Option<String>,
    /// Its weight, where the measure weighs.
    pub weight: Option<String>,
    /// The same in a sentence.
    pub says: String,
}

/// The grade that a used policy gave.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UsedView {
    /// Its alias.
    pub alias: String,
    /// The policy's name.
    pub policy: String,
    /// The grade's name.
    pub grade: String,
    /// Why, in sentences.
    pub why: Vec<String>,
}

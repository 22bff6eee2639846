//! What a policy comes down to for the kernel. 评级计划

use std::collections::HashMap;

use pinji_domain::number::div_half_even;

use crate::condition::{Condition, Operand};
use crate::expr::Expr;
use crate::lines::Lines;
use crate::score;

/// Points are counted in units of 10^-4: 100 points are 1 000 000. 分值单位
pub const POINT_DECIMALS: u8 = 4;
/// Full points, in those units.
pub const FULL_POINTS: i32 = 1_000_000;
/// More indicators (inputs of a score) than this a plan may not have; their sets are kept as bits.
pub const MAX_INDICATORS: usize = 64;
/// More caps, or floors, than this a plan may not have.
pub const MAX_BOUNDS: usize = 64;

/// The parts of a plan, before [`Plan::new`] has checked them and worked out the weights.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlanParts {
    /// The columns that a batch must bring, in this order.
    pub inputs: Vec<Input>,
    /// Families of indicators, in policy order.
    pub dimensions: Vec<Dimension>,
    /// Indicators, in policy order.
    pub indicators: Vec<Indicator>,
    /// Scores, in policy order; at least one.
    pub scores: Vec<Score>,
    /// Grades, best first; the last one has no condition.
    pub grades: Vec<GradeRule>,
    /// Rules that bound the grade from above.
    pub caps: Vec<Bound>,
    /// Rules that bound it from below.
    pub floors: Vec<Bound>,
    /// What the grade of the subject's group allows at most; they come after all others, and only lower. At most as many as
    /// grades. 集团约束
    pub group: Vec<Bound>,
    /// The share of each score's nominal weight that must have a value, in 1/10 000; 0 demands nothing.
    pub min_coverage: u32,
    /// The least and the greatest value that each indicator can have, at its decimals, for ways up and down
    /// (`i64::MIN` / `i64::MAX` where nothing is known). Empty: nothing is known of any.
    pub possible: Vec<(i64, i64)>,
}

/// A column that a batch must bring: a measure, or another policy's grade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The measure's id.
    pub id: String,
    /// What it holds.
    pub ty: InputType,
}

/// What an input holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputType {
    /// Scaled integers with this many decimals.
    Int(u8),
    /// Doubles.
    Double,
    /// Texts; `Some` lists the only ones that occur (a choice field, another policy's grades, best first).
    Text(Option<Vec<String>>),
    /// Dates.
    Date,
    /// Truth values.
    Flag,
}

/// A family of indicators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// Its id.
    pub id: String,
}

/// A formula over inputs, and how its value turns into points. 指标
#[derive(Debug, Clone, PartialEq)]
pub struct Indicator {
    /// Its id.
    pub id: String,
    /// The dimension it belongs to.
    pub dimension: usize,
    /// Its weight within the dimension, in units of 10^-4. Positive.
    pub weight: i64,
    /// Decimals of its value. For texts 0 (the value is then null and the band says which text).
    pub decimals: u8,
    /// Where its value comes from.
    pub source: Source,
    /// How the value turns into points.
    pub scoring: Scoring,
    /// What a missing value does.
    pub missing: Missing,
}

/// Where an indicator's value comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// One input as it is: integers go to the indicator's decimals without becoming doubles.
    Input(usize),
    /// A formula.
    Formula(Expr),
}

/// How a value turns into points.
#[derive(Debug, Clone, PartialEq)]
pub enum Scoring {
    /// By the band that holds it.
    Bands(Bands),
    /// By the band that holds it, the bands being those of the subject's industry, size or the like.
    Keyed(Keyed),
    /// By a list of texts. The source is a text input or a text formula.
    Map(TextMap),
    /// The value is the points (judged indicators): at the indicator's decimals, clamped to 0..=100.
    Direct,
}

/// Bands that cover all integers. 分档
///
/// Band `k` holds the values with `edges[k-1] <= value < edges[k]`; there is one band more than edges.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bands {
    /// Where a band ends and the next begins, ascending without repetition, at the indicator's decimals.
    pub edges: Vec<i64>,
    /// The bands, lowest values first.
    pub bands: Vec<Band>,
}

/// The points of one band.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    /// Points (units of 10^-4) at `low`. Equal to `to` where the band is flat.
    pub from: i32,
    /// Points at `high`.
    pub to: i32,
    /// Where interpolation starts; only read when `from != to`.
    pub low: i64,
    /// Where it ends; greater than `low` when `from != to`.
    pub high: i64,
}

impl Band {
    /// A band with the same points throughout.
    pub fn flat(points: i32) -> Band {
        Band {
            from: points,
            to: points,
            low: 0,
            high: 0,
        }
    }
}

/// Bands chosen by the subject's own texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Keyed {
    /// The text inputs that choose, in the order of the choices' keys.
    pub keys: Vec<usize>,
    /// The choices, tried in this order: the first whose every key matches. The last one matches all.
    pub choices: Vec<Choice>,
}

/// One row of a standard table.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// For each key the text it must have; `None` matches all, also null.
    pub keys: Vec<Option<String>>,
    /// The bands then.
    pub bands: Bands,
}

/// Points by text. Band numbers in the output count `entries` in order, and one more for `otherwise`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextMap {
    /// Text and points (units of 10^-4).
    pub entries: Vec<(String, i32)>,
    /// Points of a text that is not listed; `None`: it is missing, with the cause `Unlisted`.
    pub otherwise: Option<i32>,
}

/// What a missing value does. 缺失处理
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The subject is not graded. In the scores and dimensions that are shown all the same, the line has no points and
    /// keeps its weight.
    Refuse,
    /// These points (units of 10^-4). `worst` is compiled to the lowest points in the list.
    Points(i32),
    /// The line drops out and its weight goes to the others of its dimension; if the whole dimension drops out, to the
    /// other dimensions of the score.
    Reweight,
}

/// A weighted sum of dimensions. 得分
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// Its id.
    pub id: String,
    /// Its decimals, at most 4.
    pub decimals: u8,
    /// The dimensions that it weighs, in policy order.
    pub weights: Vec<ScoreWeight>,
}

/// The weight of one dimension in a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScoreWeight {
    /// Which dimension.
    pub dimension: usize,
    /// Its weight, in units of 10^-4. Positive.
    pub weight: i64,
}

/// One grade and when it is given.
#[derive(Debug, Clone, PartialEq)]
pub struct GradeRule {
    /// Its id.
    pub id: String,
    /// When it is given; the first that holds counts. `None` for the last one.
    pub when: Option<Condition>,
}

/// A cap, a floor, or what a group's grade allows.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// Its id, for output columns.
    pub id: String,
    /// When it bears on the grade.
    pub when: Condition,
    /// The grade it bounds to: `at_most` for a cap and for a group's, `at_least` for a floor.
    pub grade: usize,
}

/// Why parts do not make a plan. The policy's own checks come first, so a reader sees these only for plans made by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanError {
    /// Nothing to grade by: no indicator, no score, no grade.
    Empty(&'static str),
    /// More of this than fits the sets of bits.
    TooMany(&'static str),
    /// A position that is not there.
    Dangling(&'static str),
    /// A weight that is not positive or is beyond 10^8 units.
    Weight(String),
    /// Bands, map or keys that do not cover their values in order.
    Scoring(String),
    /// A grade rule other than the last has no condition, or the last has one.
    GradeOrder,
}

/// A checked plan with its weights worked out. 评级计划
#[derive(Debug, Clone)]
pub struct Plan {
    parts: PlanParts,
    nominal: Vec<Vec<i64>>,
    types: Vec<InputType>,
    pub(crate) lines: Lines,
    position: HashMap<String, usize>,
}

impl PlanParts {
    /// All conditions that decide the grade: of the rules, the caps, the floors, and the group's bounds. 定级条件
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        let rules = self.grades.iter().filter_map(|rule| rule.when.as_ref());
        let bounds = self.caps.iter().chain(&self.floors).chain(&self.group);
        rules.chain(bounds.map(|bound| &bound.when))
    }
}

impl Plan {
    /// Checks the parts and works out the weights.
    ///
    /// # Errors
    /// The first thing that does not hold; see [`PlanError`].
    pub fn new(parts: PlanParts) -> Result<Plan, PlanError> {
        check(&parts)?;
        let nominal: Vec<Vec<i64>> = (0..parts.scores.len())
            .map(|score| score::weights(&parts, score, 0).unwrap_or_default())
            .collect();
        let position = parts
            .indicators
            .iter()
            .enumerate()
            .map(|(at, indicator)| (indicator.id.clone(), at))
            .collect();
        let types = parts.inputs.iter().map(|input| input.ty.clone()).collect();
        let lines = Lines::new(&parts, &nominal);
        Ok(Plan {
            parts,
            nominal,
            types,
            lines,
            position,
        })
    }

    /// The parts it was made of.
    pub fn parts(&self) -> &PlanParts {
        &self.parts
    }

    /// What the inputs hold, in order.
    pub fn types(&self) -> &[InputType] {
        &self.types
    }

    /// Where the indicator with this id stands.
    pub fn indicator(&self, id: &str) -> Option<usize> {
        self.position.get(id).copied()
    }

    /// The nominal weights of a score's lines, by indicator (0 for those it does not weigh), in units of
    /// 10^-(decimals + 2); they sum to one exactly (largest remainder, ties in policy order). 名义权重
    pub fn nominal_weights(&self, score: usize) -> &[i64] {
        self.nominal.get(score).map_or(&[], Vec::as_slice)
    }

    /// The effective weights of a score's lines once the indicators in `dropped` (bits) were reweighted away: within the
    /// dimension first, over the score if a whole dimension is gone. The same units and the same exact sum; `None` when
    /// nothing is left. 有效权重
    pub fn weights(&self, score: usize, dropped: u64) -> Option<Vec<i64>> {
        score::weights(&self.parts, score, dropped)
    }

    /// What a line adds to its score, at the score's decimals: points × weight, rounded once half to even. 贡献
    pub fn contribution(&self, points: i32, weight: i64) -> i64 {
        score::contribution(points, weight)
    }
}

/// Everything that the kernel takes for granted.
fn check(parts: &PlanParts) -> Result<(), PlanError> {
    let PlanParts {
        inputs,
        dimensions,
        indicators,
        scores,
        grades,
        caps,
        floors,
        group,
        ..
    } = parts;
    for (what, empty) in [
        ("indicators", indicators.is_empty()),
        ("scores", scores.is_empty()),
        ("grades", grades.is_empty()),
    ] {
        if empty {
            return Err(PlanError::Empty(what));
        }
    }
    let sizes = [
        ("indicators", indicators.len(), MAX_INDICATORS),
        ("caps", caps.len(), MAX_BOUNDS),
        ("floors", floors.len(), MAX_BOUNDS),
        ("group", group.len(), grades.len()),
        ("grades", grades.len(), usize::from(u8::MAX) - 1),
    ];
    if let Some((what, ..)) = sizes.into_iter().find(|(_, size, most)| size > most) {
        return Err(PlanError::TooMany(what));
    }
    for indicator in indicators {
        if indicator.dimension >= dimensions.len() {
            return Err(PlanError::Dangling("dimension"));
        }
        if !(1..=MAX_WEIGHT).contains(&indicator.weight) {
            return Err(PlanError::Weight(indicator.id.clone()));
        }
        let texts = matches!(indicator.scoring, Scoring::Map(_));
        let input_is_text = |at: usize| inputs.get(at).map(|input| matches!(input.ty, InputType::Text(_)));
        match &indicator.source {
            Source::Input(at) => match input_is_text(*at) {
                None => return Err(PlanError::Dangling("input")),
                Some(text) if text != texts => return Err(PlanError::Scoring(indicator.id.clone())),
                Some(_) => {}
            },
            Source::Formula(expr) => {
                if expr.inputs().into_iter().any(|at| at >= inputs.len()) {
                    return Err(PlanError::Dangling("input"));
                }
            }
        }
        let covered = match &indicator.scoring {
            Scoring::Bands(bands) => bands.is_ordered(),
            Scoring::Keyed(keyed) => {
                let last_takes_all = keyed
                    .choices
                    .last()
                    .is_some_and(|choice| choice.keys.iter().all(Option::is_none));
                let keys_are_texts = keyed.keys.iter().all(|at| input_is_text(*at) == Some(true));
                let same_length = keyed.choices.iter().all(|choice| choice.keys.len() == keyed.keys.len());
                let ordered = keyed.choices.iter().all(|choice| choice.bands.is_ordered());
                last_takes_all && keys_are_texts && same_length && ordered
            }
            Scoring::Map(map) => map.entries.len() < usize::from(u16::MAX) - 2,
            Scoring::Direct => true,
        };
        if !covered || indicator.decimals > pinji_domain::number::MAX_DECIMALS {
            return Err(PlanError::Scoring(indicator.id.clone()));
        }
    }
    for score in scores {
        let weighed = |weight: &ScoreWeight| {
            (1..=MAX_WEIGHT).contains(&weight.weight)
                && indicators.iter().any(|line| line.dimension == weight.dimension)
        };
        if score.decimals > 4 || score.weights.is_empty() || !score.weights.iter().all(weighed) {
            return Err(PlanError::Weight(score.id.clone()));
        }
        let mut seen: Vec<usize> = score.weights.iter().map(|weight| weight.dimension).collect();
        seen.sort_unstable();
        if seen.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
            return Err(PlanError::Weight(score.id.clone()));
        }
    }
    let last = grades.len() - 1;
    if grades
        .iter()
        .enumerate()
        .any(|(at, grade)| grade.when.is_none() != (at == last))
    {
        return Err(PlanError::GradeOrder);
    }
    let bounds = || caps.iter().chain(floors).chain(group);
    if bounds().any(|bound| bound.grade > last) {
        return Err(PlanError::Dangling("grade"));
    }
    for operand in parts.conditions().flat_map(Condition::operands) {
        let known = match operand {
            Operand::Score(at) => at < scores.len(),
            Operand::Indicator(at) => at < indicators.len(),
            Operand::Input(at) => at < inputs.len(),
        };
        if !known {
            return Err(PlanError::Dangling("operand"));
        }
    }
    Ok(())
}

/// 10 000.0000, so that products of weights and their sums stay far inside 128 bits.
const MAX_WEIGHT: i64 = 100_000_000;

impl Bands {
    /// Whether edges ascend and there is one band more than edges, with room for interpolation where it is asked for.
    fn is_ordered(&self) -> bool {
        let ascending = self.edges.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
        let sound = |band: &Band| {
            (0..=FULL_POINTS).contains(&band.from)
                && (0..=FULL_POINTS).contains(&band.to)
                && (band.from == band.to || band.low < band.high)
        };
        ascending && self.bands.len() == self.edges.len() + 1 && self.bands.iter().all(sound)
    }

    /// The band that holds `value`.
    pub fn find(&self, value: i64) -> usize {
        self.edges.partition_point(|edge| *edge <= value)
    }
}

impl Band {
    /// The points of a value inside the band, rounded half to even to units of 10^-4.
    pub fn points(&self, value: i64) -> i32 {
        if self.from == self.to {
            return self.from;
        }
        let length = i128::from(self.high) - i128::from(self.low);
        let along = i128::from(value.clamp(self.low, self.high)) - i128::from(self.low);
        let rise = i128::from(self.to) - i128::from(self.from);
        // The points are rounded, not what is added to `from`: half to even depends on which of the two is even.
        let points = div_half_even(i128::from(self.from) * length + rise * along, length);
        i32::try_from(points).unwrap_or(self.from)
    }
}

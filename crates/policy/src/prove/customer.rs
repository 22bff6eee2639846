//! A customer of a proof, for people: values, lines, scores, grade. 反例客户

use pinji_domain::number::rescale;
use pinji_domain::{Decimal, MissingCause};
use pinji_engine::{Condition, Detail, Graded, Operand, Plan, Scoring, Test, UNGRADED, grade};

use super::model::{FALSE, TRUE, UNKNOWN};
use crate::rows::{Row, Value, with_batch};

/// A customer with everything that follows. 样本客户
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Customer {
    /// Each input's id and value; `None` is missing.
    pub inputs: Vec<(String, Option<Value>)>,
    /// One per indicator, in policy order.
    pub lines: Vec<CustomerLine>,
    /// Each score's id and value; `None` where no line is left.
    pub scores: Vec<(String, Option<Decimal>)>,
    /// The grade's id; `None` is ungraded.
    pub grade: Option<String>,
    /// Ids of the caps that bind.
    pub caps: Vec<String>,
    /// Ids of the floors that bind.
    pub floors: Vec<String>,
}

/// One line of such a customer.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerLine {
    /// The indicator's id.
    pub indicator: String,
    /// Its value; `None` where it is missing or a text.
    pub value: Option<Decimal>,
    /// Its text, for maps.
    pub text: Option<String>,
    /// The band or map entry that holds it.
    pub band: Option<u16>,
    /// Why it is missing.
    pub missing: Option<MissingCause>,
    /// Points; `None` where the line dropped out or refuses.
    pub points: Option<Decimal>,
    /// For each score that weighs it: the score's id, the effective weight (a share of one) and the contribution.
    pub weights: Vec<(String, Decimal, Decimal)>,
}

/// Grades rows made by hand, with all their lines.
pub(crate) fn graded(plan: &Plan, rows: &[Row]) -> Graded {
    let mut out = Graded::default();
    with_batch(plan.types(), rows, |batch| grade(plan, batch, Detail::Lines, &mut out));
    out
}

/// Row `at` of a graded batch as a customer.
pub(crate) fn customer(plan: &Plan, row: &Row, graded: &Graded, at: usize) -> Customer {
    let parts = plan.parts();
    let ids = parts.inputs.iter().map(|input| input.id.clone());
    let named = |bits: u64, bounds: &[pinji_engine::Bound]| {
        let binding = bounds
            .iter()
            .enumerate()
            .filter(|(bound, _)| bits >> (bound % 64) & 1 == 1);
        binding.map(|(_, bound)| bound.id.clone()).collect()
    };
    let bits = |column: &[u64]| column.get(at).copied().unwrap_or(0);
    let scores = parts.scores.iter().zip(&graded.scores).map(|(score, column)| {
        let units = column.values.get(at).copied().filter(|units| *units != i64::MIN);
        (
            score.id.clone(),
            units.map(|units| Decimal {
                units,
                scale: score.decimals,
            }),
        )
    });
    let grade = graded.grade.get(at).copied().unwrap_or(UNGRADED);
    Customer {
        inputs: ids.zip(row.iter().cloned()).collect(),
        lines: lines(plan, row, graded, at),
        scores: scores.collect(),
        grade: parts
            .grades
            .get(usize::from(grade))
            .filter(|_| grade != UNGRADED)
            .map(|grade| grade.id.clone()),
        caps: named(bits(&graded.caps), &parts.caps),
        floors: named(bits(&graded.floors), &parts.floors),
    }
}

fn lines(plan: &Plan, row: &Row, graded: &Graded, at: usize) -> Vec<CustomerLine> {
    let parts = plan.parts();
    let columns = || parts.indicators.iter().zip(&graded.lines).enumerate();
    let dropped = columns().fold(0_u64, |set, (line, (indicator, column))| {
        let gone = column.points.get(at).is_some_and(|points| *points < 0);
        if gone && indicator.missing == pinji_engine::Missing::Reweight {
            set | 1 << (line % 64)
        } else {
            set
        }
    });
    let weights: Vec<Option<Vec<i64>>> = (0..parts.scores.len())
        .map(|score| plan.weights(score, dropped))
        .collect();
    let lines = columns().map(|(line, (indicator, column))| {
        let points = column.points.get(at).copied().unwrap_or(-1);
        let value = column.values.get(at).copied().filter(|value| *value != i64::MIN);
        let band = column.bands.get(at).copied().filter(|band| *band != u16::MAX);
        let of_score = |(score, weights): (&pinji_engine::Score, &Option<Vec<i64>>)| {
            let weight = *weights.as_ref()?.get(line)?;
            let share = Decimal {
                units: weight,
                scale: score.decimals + 2,
            };
            let added = Decimal {
                units: plan.contribution(points.max(0), weight),
                scale: score.decimals,
            };
            (weight > 0).then(|| (score.id.clone(), share, added))
        };
        let text = match (&indicator.scoring, &indicator.source) {
            (Scoring::Map(_), pinji_engine::Source::Input(input)) => match row.get(*input) {
                Some(Some(Value::Text(text))) => Some(text.clone()),
                _ => None,
            },
            _ => None,
        };
        CustomerLine {
            indicator: indicator.id.clone(),
            value: value.map(|units| Decimal {
                units,
                scale: indicator.decimals,
            }),
            text,
            band,
            missing: column
                .causes
                .get(at)
                .and_then(|cause| MissingCause::from_number(*cause)),
            points: (points >= 0).then_some(Decimal {
                units: i64::from(points),
                scale: 4,
            }),
            weights: parts.scores.iter().zip(&weights).filter_map(of_score).collect(),
        }
    });
    lines.collect()
}

/// What a condition says of a graded row: the claim's own condition is no part of the plan, so it is asked here.
pub(super) fn says(condition: &Condition, plan: &Plan, row: &Row, graded: &Graded, at: usize) -> u8 {
    let of = |condition: &Condition| says(condition, plan, row, graded, at);
    match condition {
        Condition::Constant(holds) => truth(*holds),
        Condition::All(parts) => parts.iter().map(of).min().unwrap_or(TRUE),
        Condition::Any(parts) => parts.iter().map(of).max().unwrap_or(FALSE),
        Condition::Not(inner) => TRUE - of(inner),
        Condition::Missing(operand) => match operand {
            Operand::Score(score) => truth(score_of(graded, *score, at).is_none()),
            Operand::Indicator(line) => truth(graded.missing.get(at).is_some_and(|bits| bits >> (line % 64) & 1 == 1)),
            Operand::Input(input) => truth(row.get(*input).is_none_or(Option::is_none)),
        },
        Condition::Test(operand, test) => match operand {
            Operand::Score(score) => within(test, score_of(graded, *score, at)),
            Operand::Indicator(line) => {
                let value = graded
                    .lines
                    .get(*line)
                    .and_then(|column| column.values.get(at))
                    .copied();
                within(test, value.filter(|value| *value != i64::MIN))
            }
            Operand::Input(input) => match row.get(*input).and_then(Option::as_ref) {
                None => UNKNOWN,
                Some(Value::Int(units, scale)) => match plan.types().get(*input) {
                    Some(pinji_engine::InputType::Int(wanted)) => within(test, rescale(*units, *scale, *wanted)),
                    _ => UNKNOWN,
                },
                Some(Value::Date(days)) => within(test, Some(i64::from(*days))),
                Some(Value::Flag(flag)) => within(test, Some(i64::from(*flag))),
                Some(Value::Double(value)) => match test {
                    Test::Doubles(ranges) => truth(ranges.iter().any(|range| range.holds(*value))),
                    _ => UNKNOWN,
                },
                Some(Value::Text(text)) => match test {
                    Test::OneOf(texts) => truth(texts.contains(text)),
                    Test::NoneOf(texts) => truth(!texts.contains(text)),
                    _ => UNKNOWN,
                },
            },
        },
    }
}

fn truth(holds: bool) -> u8 {
    if holds { TRUE } else { FALSE }
}

fn within(test: &Test, value: Option<i64>) -> u8 {
    match (test, value) {
        (Test::Within(within), Some(value)) => truth(within.iter().any(|(low, high)| (*low..=*high).contains(&value))),
        _ => UNKNOWN,
    }
}

fn score_of(graded: &Graded, score: usize, at: usize) -> Option<i64> {
    graded
        .scores
        .get(score)?
        .values
        .get(at)
        .copied()
        .filter(|units| *units != i64::MIN)
}

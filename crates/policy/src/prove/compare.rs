//! Two customers who differ only as a claim says, and whose grades break it. 对照反例

use pinji_engine::{Condition, Expr, Graded, Operand, Plan, Scoring, Source};

use super::axis::{Axis, Cell, pleasant};
use super::claim::{Differs, Goal};
use super::customer::{Customer, customer, graded};
use super::model::{Model, Stands};
use super::solve::{Allowed, candidates, solve, value_of};
use super::witness::{Picked, Witness, allowed, named, second, target, texts};
use crate::document::Better;
use crate::rows::{Row, Value};

/// How many pairs whose scores are furthest apart are brought to a threshold.
const PAIRS: usize = 4;

/// A pair of customers near `row`. First the row and those that differ from it in what may differ; then, of those whose
/// scores are furthest apart, both together with something else changed, so that a threshold comes between them.
pub(super) fn two(
    witness: &Witness<'_>,
    model: &Model<'_>,
    picked: &Picked,
    row: &Row,
) -> Option<(Customer, Option<Customer>)> {
    let plan = model.plan;
    let mut rows = vec![row.clone()];
    let movable = movable(witness, plan);
    for input in &movable {
        for value in values(witness, model, picked, row, *input) {
            rows.push(with(row, *input, value));
        }
    }
    let results = graded(plan, &rows);
    let mut apart: Vec<(f64, usize, usize)> = Vec::new();
    for first in 0..rows.len() {
        for other in 0..rows.len() {
            if first == other || !fair(witness, plan, &rows, &results, first, other) {
                continue;
            }
            if broken(witness, &results, first, other) {
                return Some(both(plan, &rows, &results, first, other));
            }
            apart.push((gap(witness.claim.goal, &results, first, other), first, other));
        }
    }
    apart.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (_, first, other) in apart.into_iter().filter(|(gap, ..)| *gap > 0.0).take(PAIRS) {
        let (Some(first), Some(other)) = (rows.get(first), rows.get(other)) else {
            continue;
        };
        let mut moved = Vec::new();
        for input in (0..row.len()).filter(|input| !movable.contains(input)) {
            for value in others(witness, model, row, input) {
                moved.push(with(first, input, value.clone()));
                moved.push(with(other, input, value));
            }
        }
        let results = graded(plan, &moved);
        let pairs = (0..moved.len()).step_by(2).map(|at| (at, at + 1));
        let mut found = pairs.filter(|(first, other)| {
            broken(witness, &results, *first, *other) && fair(witness, plan, &moved, &results, *first, *other)
        });
        if let Some((first, other)) = found.next() {
            return Some(both(plan, &moved, &results, first, other));
        }
    }
    None
}

fn both(plan: &Plan, rows: &[Row], results: &Graded, first: usize, other: usize) -> (Customer, Option<Customer>) {
    let of = |at: usize| rows.get(at).map(|row| customer(plan, row, results, at));
    (of(first).unwrap_or_default(), of(other))
}

fn broken(witness: &Witness<'_>, results: &Graded, first: usize, other: usize) -> bool {
    match (results.grade.get(first), results.grade.get(other)) {
        (Some(before), Some(after)) => witness.claim.goal.broken(*before, *after),
        _ => false,
    }
}

/// How far the scores of two customers are apart in the direction that breaks the claim, in units of the score.
fn gap(goal: Goal, results: &Graded, first: usize, other: usize) -> f64 {
    let gaps = results.scores.iter().filter_map(|score| {
        let (before, after) = (score.values.get(first)?, score.values.get(other)?);
        let fall = before.saturating_sub(*after);
        Some(if goal == Goal::Falls {
            fall
        } else {
            fall.saturating_abs()
        })
    });
    gaps.max().unwrap_or(0) as f64
}

/// The inputs in which the second customer may differ.
fn movable(witness: &Witness<'_>, plan: &Plan) -> Vec<usize> {
    match &witness.claim.differs {
        Differs::Nothing => Vec::new(),
        Differs::Inputs(inputs) => inputs.clone(),
        Differs::Indicator(indicator) => match plan.parts().indicators.get(*indicator).map(|line| &line.source) {
            Some(Source::Input(input)) => vec![*input],
            Some(Source::Formula(expr)) => expr.inputs(),
            None => Vec::new(),
        },
    }
}

/// What the second customer may have there.
fn values(witness: &Witness<'_>, model: &Model<'_>, picked: &Picked, row: &Row, input: usize) -> Vec<Option<Value>> {
    let plan = model.plan;
    let cell = second(model, picked, Stands::Input(input)).map(|(cell, of)| allowed(cell, &named(of)));
    let room = cell.unwrap_or_else(|| witness.anything(plan, input));
    let axis = plan.types().get(input).map_or(Axis::Text, Axis::of);
    let current = row.get(input).cloned().flatten();
    let mut found = candidates(axis, &room, current.as_ref(), texts(plan, input));
    for (line, indicator) in plan.parts().indicators.iter().enumerate() {
        if let Source::Formula(expr) = &indicator.source
            && moves(witness, line, expr, input)
            && let Some((cell, _)) = second(model, picked, Stands::Formula(line))
        {
            found.extend(solve(plan, expr, indicator.decimals, row, input, &room, &target(cell)));
        }
    }
    found
}

/// Whether a formula's value is meant to move with an input.
fn moves(witness: &Witness<'_>, line: usize, expr: &Expr, input: usize) -> bool {
    let claimed = match &witness.claim.differs {
        Differs::Nothing => false,
        Differs::Indicator(indicator) => *indicator == line,
        Differs::Inputs(inputs) => inputs.contains(&input),
    };
    claimed && expr.inputs().contains(&input)
}

/// A few other values of an input that both customers share: one for each cell, or some around the one it has.
fn others(witness: &Witness<'_>, model: &Model<'_>, row: &Row, input: usize) -> Vec<Option<Value>> {
    let own = model
        .variables
        .iter()
        .find(|variable| variable.stands == Stands::Input(input));
    let axis = model.plan.types().get(input).map_or(Axis::Text, Axis::of);
    if let Some(variable) = own {
        let value = |cell: &Cell| match cell {
            Cell::Missing => None,
            Cell::Range(low, high) => value_of(axis, pleasant(axis, *low, *high)),
            Cell::Text(text) => Some(Value::Text(text.clone())),
            Cell::Other => Some(Value::Text(super::witness::other_text(
                &named(variable),
                texts(model.plan, input),
            ))),
        };
        return variable.cells.iter().map(value).collect();
    }
    let current = row.get(input).cloned().flatten();
    let near: Vec<Option<Value>> = match &current {
        Some(Value::Int(units, scale)) => [10, 4, 2]
            .iter()
            .flat_map(|by| {
                [
                    units / by,
                    units.saturating_mul(*by),
                    units - units / (4 * by),
                    units + units / (4 * by),
                ]
            })
            .map(|units| Some(Value::Int(units, *scale)))
            .collect(),
        Some(Value::Double(value)) => [0.1, 0.25, 0.5, 0.8, 0.9, 1.1, 1.25, 2.0, 4.0, 10.0]
            .map(|by| Some(Value::Double(value * by)))
            .to_vec(),
        _ => candidates(
            axis,
            &witness.anything(model.plan, input),
            current.as_ref(),
            texts(model.plan, input),
        ),
    };
    let room = witness.anything(model.plan, input);
    near.into_iter()
        .take(16)
        .filter(|value| fits(value.as_ref(), &room))
        .collect()
}

fn fits(value: Option<&Value>, room: &Allowed) -> bool {
    match (value, room) {
        (Some(Value::Int(units, _)), Allowed::Range(low, high)) => (low..=high).contains(&units),
        (Some(Value::Double(value)), _) => value.is_finite(),
        _ => true,
    }
}

fn with(row: &Row, input: usize, value: Option<Value>) -> Row {
    let mut row = row.clone();
    if let Some(place) = row.get_mut(input) {
        *place = value;
    }
    row
}

/// Whether the second customer differs from the first in nothing but what the claim lets differ, and for the better.
fn fair(witness: &Witness<'_>, plan: &Plan, rows: &[Row], results: &Graded, first: usize, other: usize) -> bool {
    let (Some(one), Some(two)) = (rows.get(first), rows.get(other)) else {
        return false;
    };
    match &witness.claim.differs {
        Differs::Nothing => false,
        Differs::Inputs(inputs) => {
            let moved = inputs.iter().filter(|input| one.get(**input) != two.get(**input));
            let mut moved = moved.map(|input| (one.get(*input).cloned().flatten(), two.get(*input).cloned().flatten()));
            let gaps = witness.claim.goal == Goal::Differs || results.missing.get(first) == results.missing.get(other);
            gaps && moved.all(|(before, after)| match (before, after, witness.better) {
                // Free to be anything.
                (.., Better::Neither) => true,
                (Some(before), Some(after), better) => is_better(&before, &after, better),
                _ => false,
            })
        }
        Differs::Indicator(indicator) => {
            let mut others = results.lines.iter().enumerate().filter(|(line, _)| line != indicator);
            let same = others.all(|(line, column)| {
                let same = column.values.get(first) == column.values.get(other);
                tied(plan, *indicator, line) || (same && column.bands.get(first) == column.bands.get(other))
            });
            let Some(own) = results.lines.get(*indicator) else {
                return false;
            };
            let present = own.causes.get(first) == Some(&0) && own.causes.get(other) == Some(&0);
            let better = match witness.better {
                Better::Higher => own.values.get(other) > own.values.get(first),
                Better::Lower => own.values.get(other) < own.values.get(first),
                Better::Neither => own.points.get(other) > own.points.get(first),
            };
            same && present && better && conditions_same(plan, one, two, *indicator)
        }
    }
}

/// Whether no condition reads an input that the two do not share, other than the indicator's own.
fn conditions_same(plan: &Plan, one: &Row, two: &Row, indicator: usize) -> bool {
    let parts = plan.parts();
    let own = match parts.indicators.get(indicator).map(|line| &line.source) {
        Some(Source::Input(input)) => Some(*input),
        _ => None,
    };
    parts
        .conditions()
        .flat_map(Condition::operands)
        .all(|operand| match operand {
            Operand::Input(input) => Some(input) == own || one.get(input) == two.get(input),
            Operand::Score(_) | Operand::Indicator(_) => true,
        })
}

/// Whether an indicator moves together with another: it is the same input, or its bands are chosen by it.
fn tied(plan: &Plan, one: usize, other: usize) -> bool {
    let parts = plan.parts();
    let Some(Source::Input(input)) = parts.indicators.get(one).map(|line| &line.source) else {
        return false;
    };
    parts.indicators.get(other).is_some_and(|line| {
        let keyed = matches!(&line.scoring, Scoring::Keyed(keyed) if keyed.keys.contains(input));
        keyed || matches!(&line.source, Source::Input(read) if read == input)
    })
}

fn is_better(before: &Value, after: &Value, better: Better) -> bool {
    let order = match (before, after) {
        (Value::Int(a, _), Value::Int(b, _)) => a.cmp(b),
        (Value::Double(a), Value::Double(b)) => a.total_cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Flag(a), Value::Flag(b)) => a.cmp(b),
        _ => return true,
    };
    match better {
        Better::Higher => order.is_lt(),
        Better::Lower => order.is_gt(),
        Better::Neither => true,
    }
}

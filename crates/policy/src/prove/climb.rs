//! From any customer to one who breaks a claim, one input at a time. 逐步逼近
//!
//! Where formulas share inputs, a part of the model may be out of reach of aiming at each formula by itself. Then the
//! kernel itself is climbed: of all customers who differ in one input, the one nearest to where the part has its scores
//! and grade is next.

use pinji_domain::number::pow10;
use pinji_engine::{Graded, Plan, UNGRADED};

use super::axis::Axis;
use super::bound::{Region, range};
use super::claim::{Claim, Goal};
use super::customer::{graded, says};
use super::model::TRUE;
use super::solve::{Allowed, candidates};
use crate::rows::Row;

/// How many steps are taken at most.
const STEPS: usize = 25;

/// A row that breaks the claim, from `start`; `anything` says what each input may be.
pub(super) fn climb(
    plan: &Plan,
    claim: &Claim,
    at: &Region,
    start: &Row,
    anything: &dyn Fn(usize) -> (Allowed, Vec<String>, bool),
) -> Option<Row> {
    let mut row = start.clone();
    let mut best = f64::INFINITY;
    for _ in 0..STEPS {
        let mut rows = vec![row.clone()];
        for (input, ty) in plan.types().iter().enumerate() {
            let (allowed, list, always) = anything(input);
            let mut values = candidates(Axis::of(ty), &allowed, row.get(input)?.as_ref(), &list);
            if always {
                values.retain(Option::is_some);
            } else if !values.contains(&None) {
                values.push(None);
            }
            for value in values {
                let mut other = row.clone();
                *other.get_mut(input)? = value;
                rows.push(other);
            }
        }
        let results = graded(plan, &rows);
        let far = |row: usize| distance(plan, claim, at, &rows, &results, row);
        let (nearest, distance) = (0..rows.len())
            .map(|row| (row, far(row)))
            .min_by(|a, b| a.1.total_cmp(&b.1))?;
        row = rows.get(nearest)?.clone();
        if distance <= 0.0 {
            return Some(row);
        }
        if distance >= best {
            return None;
        }
        best = distance;
    }
    None
}

/// 0 when the row breaks the claim; otherwise the more, the further it is from it.
fn distance(plan: &Plan, claim: &Claim, at: &Region, rows: &[Row], results: &Graded, row: usize) -> f64 {
    let grade = results.grade.get(row).copied().unwrap_or(UNGRADED);
    let held = rows
        .get(row)
        .is_some_and(|values| says(&claim.when, plan, values, results, row) == TRUE);
    if held && claim.goal.broken(grade, grade) {
        return 0.0;
    }
    let mut far = if held { 1.0 } else { 500.0 };
    far += match claim.goal {
        _ if grade == UNGRADED => 300.0,
        Goal::Better(wanted) | Goal::Worse(wanted) | Goal::Exactly(wanted) => 20.0 * f64::from(grade.abs_diff(wanted)),
        Goal::Falls | Goal::Differs => 0.0,
    };
    for (score, (column, of)) in results.scores.iter().zip(&plan.parts().scores).enumerate() {
        let value = column.values.get(row).copied().unwrap_or(i64::MIN);
        let (from, to) = range(at, 0, score);
        let short = if value == i64::MIN {
            100 * pow10(of.decimals)
        } else {
            from.saturating_sub(value).max(value.saturating_sub(to)).max(0)
        };
        far += short as f64 / pow10(of.decimals) as f64;
    }
    far
}

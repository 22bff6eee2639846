//! A counterexample that the bands allow, though no measures were found for it. 未确认的反例

use std::collections::HashMap;

use pinji_domain::{Decimal, MissingCause};
use pinji_engine::{Scoring, UNGRADED};

use super::Counterexample;
use super::axis::{Cell, pleasant};
use super::bound::{Region, bound, choices};
use super::claim::Claim;
use super::customer::{Customer, CustomerLine};
use super::model::{Entry, Model, Stands};
use super::solve::value_of;
use super::witness::other_text;
use crate::rows::Value;

/// The customers of a part in which everybody breaks the claim, as far as the model knows them.
pub(super) fn counterexample(model: &Model<'_>, claim: &Claim, at: &Region) -> Counterexample {
    let mut at = at.clone();
    for (domain, variable) in at.domains.iter_mut().zip(&model.variables) {
        let present = |state: &&usize| {
            let cell = variable
                .states
                .get(**state)
                .and_then(|state| variable.cells.get(state.first));
            cell != Some(&Cell::Missing)
        };
        let state = domain.iter().find(present).or(domain.first()).copied();
        *domain = state.into_iter().collect();
    }
    let grades = bound(model, &claim.goal, &at, &mut HashMap::new()).map(|bound| bound.grades(model));
    let broken = grades
        .into_iter()
        .flatten()
        .find(|(first, second)| claim.goal.broken(*first, *second));
    let (first, second) = broken.unwrap_or((UNGRADED, UNGRADED));
    let changed = claim.goal.compares().then(|| customer(model, &at, true, second));
    Counterexample {
        customer: customer(model, &at, false, first),
        changed,
    }
}

fn customer(model: &Model<'_>, at: &Region, second: bool, grade: u8) -> Customer {
    let parts = model.plan.parts();
    let mut inputs: Vec<(String, Option<Value>)> = Vec::new();
    for (variable, domain) in model.variables.iter().zip(&at.domains) {
        let Stands::Input(input) = variable.stands else {
            continue;
        };
        let state = domain.first().and_then(|state| variable.states.get(*state));
        let cell = state.and_then(|state| variable.cells.get(if second { state.second } else { state.first }));
        let value = match cell {
            Some(Cell::Range(low, high)) => value_of(variable.axis, pleasant(variable.axis, *low, *high)),
            Some(Cell::Text(text)) => Some(Value::Text(text.clone())),
            Some(Cell::Other) => Some(Value::Text(other_text(&[], &[]))),
            Some(Cell::Missing) | None => None,
        };
        inputs.push((
            parts
                .inputs
                .get(input)
                .map(|input| input.id.clone())
                .unwrap_or_default(),
            value,
        ));
    }
    let found: Vec<Option<(Entry, CustomerLine)>> = (0..model.lines.len())
        .map(|line| line_of(model, at, line, second))
        .collect();
    let dropped = found.iter().enumerate().fold(0_u64, |set, (line, found)| match found {
        Some((entry, _)) if entry.dropped => set | 1 << (line % 64),
        _ => set,
    });
    let weights: Vec<Option<Vec<i64>>> = (0..parts.scores.len())
        .map(|at| model.plan.weights(at, dropped))
        .collect();
    let mut sums = vec![0_i64; parts.scores.len()];
    let mut lines = Vec::new();
    for (at, found) in found.into_iter().enumerate() {
        let Some((entry, mut line)) = found else { continue };
        for ((score, weights), sum) in parts.scores.iter().zip(&weights).zip(&mut sums) {
            let Some(weight) = weights
                .as_ref()
                .and_then(|weights| weights.get(at))
                .filter(|weight| **weight > 0)
            else {
                continue;
            };
            let added = model.plan.contribution(entry.low, *weight);
            *sum += added;
            let share = Decimal {
                units: *weight,
                scale: score.decimals + 2,
            };
            line.weights.push((
                score.id.clone(),
                share,
                Decimal {
                    units: added,
                    scale: score.decimals,
                },
            ));
        }
        lines.push(line);
    }
    let scores = parts.scores.iter().zip(&weights).zip(sums);
    let scores = scores.map(|((score, weights), units)| {
        (
            score.id.clone(),
            weights.is_some().then_some(Decimal {
                units,
                scale: score.decimals,
            }),
        )
    });
    Customer {
        inputs,
        lines,
        scores: scores.collect(),
        grade: parts.grades.get(usize::from(grade)).map(|grade| grade.id.clone()),
        caps: Vec::new(),
        floors: Vec::new(),
    }
}

fn line_of(model: &Model<'_>, at: &Region, which: usize, second: bool) -> Option<(Entry, CustomerLine)> {
    let line = model.lines.get(which)?;
    let indicator = model.plan.parts().indicators.get(which)?;
    let variable = model.variables.get(line.variable)?;
    let state = variable.states.get(*at.domains.get(line.variable)?.first()?)?;
    let place = if second { state.second } else { state.first };
    let (one, other, _) = choices(model, line, at);
    let choice = *(if second { other } else { one }).first()?;
    let entry = *line.entries.get(choice)?.get(place)?;
    let (mut value, mut text, mut band) = (None, None, None);
    match variable.cells.get(place)? {
        Cell::Range(low, high) if !entry.missing => {
            let units = variable
                .axis
                .level(pleasant(variable.axis, *low, *high), indicator.decimals);
            value = Some(Decimal {
                units,
                scale: indicator.decimals,
            });
            let bands = match &indicator.scoring {
                Scoring::Bands(bands) => Some(bands),
                Scoring::Keyed(keyed) => keyed.choices.get(choice).map(|choice| &choice.bands),
                Scoring::Map(_) | Scoring::Direct => None,
            };
            band = bands.and_then(|bands| u16::try_from(bands.find(units)).ok());
        }
        Cell::Text(found) => text = Some(found.clone()),
        _ => {}
    }
    let points = (!entry.dropped && !entry.refused).then_some(Decimal {
        units: i64::from(entry.low),
        scale: 4,
    });
    let missing = entry.missing.then_some(MissingCause::NotReported);
    let indicator = indicator.id.clone();
    Some((
        entry,
        CustomerLine {
            indicator,
            value,
            text,
            band,
            missing,
            points,
            weights: Vec::new(),
        },
    ))
}

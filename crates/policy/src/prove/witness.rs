//! From a part of the model back to life: measures that give it. 反例确认
//!
//! Inputs that are read as they are have their cells; a formula's value is aimed at by moving one of its inputs. Whatever
//! comes of it is graded by the kernel, and only what the kernel says counts.

use pinji_engine::{Condition, InputType, Operand, Plan, Scoring, Source};

use super::axis::{Axis, Cell, pleasant};
use super::bound::Region;
use super::claim::{Claim, Differs};
use super::customer::{Customer, customer, graded, says};
use super::model::{Known, Model, Stands, TRUE, Variable};
use super::solve::{Allowed, Target, candidates, evaluated, hits, solve, value_of};
use crate::document::Better;
use crate::rows::{Row, Value};

/// For each variable the state that an attempt is about.
type Picked = Vec<Option<usize>>;

/// What a confirmation needs to know of the claim.
pub(super) struct Witness<'w> {
    pub claim: &'w Claim,
    pub known: &'w [Known],
    /// For claims about a better value of an indicator or measure: which way is better.
    pub better: Better,
}

impl Witness<'_> {
    /// Customers (one, or two that differ as the claim says) of this part whom the kernel grades as the part says; each
    /// attempt begins with other values.
    pub(super) fn find(&self, model: &Model<'_>, at: &Region, attempts: u64) -> Option<(Customer, Option<Customer>)> {
        let mut random = Random(0x9E37_79B9_7F4A_7C15);
        for attempt in 0..attempts {
            let picked: Picked = model
                .variables
                .iter()
                .zip(&at.domains)
                .map(|(variable, domain)| pick(variable, domain, attempt, &mut random))
                .collect();
            let row = self.row(model, at, &picked, attempt, &mut random);
            let found = if self.claim.goal.compares() {
                self.two(model, &picked, &row)
            } else {
                self.one(model.plan, &row).map(|customer| (customer, None))
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn one(&self, plan: &Plan, row: &Row) -> Option<Customer> {
        let graded = graded(plan, std::slice::from_ref(row));
        let holds = says(&self.claim.when, plan, row, &graded, 0) == TRUE;
        let grade = *graded.grade.first()?;
        (holds && self.claim.goal.broken(grade, grade)).then(|| customer(plan, row, &graded, 0))
    }

    /// The row's second customer: the same but for one input.
    fn two(&self, model: &Model<'_>, picked: &Picked, row: &Row) -> Option<(Customer, Option<Customer>)> {
        let plan = model.plan;
        let mut rows = vec![row.clone()];
        for input in self.movable(plan) {
            let allowed = second(model, picked, Stands::Input(input)).map(|(cell, of)| allowed(cell, &named(of))).unwrap_or_else(|| self.anything(plan, input));
            let axis = plan.types().get(input).map_or(Axis::Text, Axis::of);
            let current = row.get(input).cloned().flatten();
            let mut keys = candidates(axis, &allowed, current.as_ref(), texts(plan, input));
            if let Some(line) = self.formula(plan)
                && let Some(Source::Formula(expr)) = plan.parts().indicators.get(line).map(|line| &line.source)
                && let Some(target) = second(model, picked, Stands::Formula(line)).map(|(cell, _)| target(cell))
            {
                let decimals = plan.parts().indicators.get(line).map_or(0, |line| line.decimals);
                keys.extend(solve(plan, expr, decimals, row, input, &allowed, &target));
            }
            for value in keys {
                let mut other = row.clone();
                *other.get_mut(input)? = value;
                rows.push(other);
            }
        }
        let graded = graded(plan, &rows);
        let before = *graded.grade.first()?;
        let found = (1..rows.len()).find(|other| {
            let after = graded.grade.get(*other).copied().unwrap_or(before);
            self.claim.goal.broken(before, after) && self.differs_fairly(plan, &rows, &graded, *other)
        })?;
        let second = customer(plan, rows.get(found)?, &graded, found);
        Some((customer(plan, row, &graded, 0), Some(second)))
    }

    /// Whether the second customer differs from the first in nothing but what the claim lets differ.
    fn differs_fairly(&self, plan: &Plan, rows: &[Row], graded: &pinji_engine::Graded, other: usize) -> bool {
        let (Some(first), Some(second)) = (rows.first(), rows.get(other)) else { return false };
        match &self.claim.differs {
            Differs::Nothing => false,
            Differs::Inputs(inputs) => {
                let moved = inputs.iter().filter(|input| first.get(**input) != second.get(**input));
                moved.into_iter().all(|input| match self.better {
                    // Free to be anything.
                    Better::Neither => true,
                    better => match (first.get(*input), second.get(*input)) {
                        (Some(Some(before)), Some(Some(after))) => is_better(before, after, better),
                        _ => false,
                    },
                }) && self.same_gaps(graded, other)
            }
            Differs::Indicator(indicator) => {
                let lines = graded.lines.iter().enumerate().filter(|(line, _)| line != indicator);
                let others_same = lines.into_iter().all(|(line, column)| {
                    let same = |column: &[i64]| column.first() == column.get(other);
                    tied(plan, *indicator, line)
                        || (same(&column.values) && column.bands.first() == column.bands.get(other))
                });
                let Some(own) = graded.lines.get(*indicator) else { return false };
                let (before, after) = (own.values.first().copied(), own.values.get(other).copied());
                let points = (own.points.first().copied(), own.points.get(other).copied());
                let present = own.causes.first() == Some(&0) && own.causes.get(other) == Some(&0);
                let better = match self.better {
                    Better::Higher => after > before,
                    Better::Lower => after < before,
                    Better::Neither => points.1 > points.0,
                };
                others_same && present && better && self.conditions_same(plan, first, second, *indicator)
            }
        }
    }

    /// Whether nothing went missing or appeared, for claims that leave missing values out.
    fn same_gaps(&self, graded: &pinji_engine::Graded, other: usize) -> bool {
        self.claim.goal == super::claim::Goal::Differs || graded.missing.first() == graded.missing.get(other)
    }

    /// Whether no condition reads an input that the two do not share, other than the indicator's own.
    fn conditions_same(&self, plan: &Plan, first: &Row, second: &Row, indicator: usize) -> bool {
        let parts = plan.parts();
        let own = match parts.indicators.get(indicator).map(|line| &line.source) {
            Some(Source::Input(input)) => Some(*input),
            _ => None,
        };
        let rules = parts.grades.iter().filter_map(|grade| grade.when.as_ref());
        let bounds = parts.caps.iter().chain(&parts.floors).map(|bound| &bound.when);
        rules.chain(bounds).flat_map(Condition::operands).all(|operand| match operand {
            Operand::Input(input) => Some(input) == own || first.get(input) == second.get(input),
            Operand::Score(_) | Operand::Indicator(_) => true,
        })
    }

    /// The inputs in which the second customer may differ.
    fn movable(&self, plan: &Plan) -> Vec<usize> {
        match &self.claim.differs {
            Differs::Nothing => Vec::new(),
            Differs::Inputs(inputs) => inputs.clone(),
            Differs::Indicator(indicator) => match plan.parts().indicators.get(*indicator).map(|line| &line.source) {
                Some(Source::Input(input)) => vec![*input],
                Some(Source::Formula(expr)) => expr.inputs(),
                None => Vec::new(),
            },
        }
    }

    /// The indicator that the claim moves, where it has a formula.
    fn formula(&self, plan: &Plan) -> Option<usize> {
        let Differs::Indicator(indicator) = self.claim.differs else { return None };
        matches!(plan.parts().indicators.get(indicator)?.source, Source::Formula(_)).then_some(indicator)
    }

    fn anything(&self, plan: &Plan, input: usize) -> Allowed {
        let Some(ty) = plan.types().get(input) else { return Allowed::Missing };
        let axis = Axis::of(ty);
        if axis == Axis::Text {
            return Allowed::AnyText(Vec::new());
        }
        let known = self.known.get(input).copied().unwrap_or_default();
        let (low, high) = axis.ends();
        Allowed::Range(known.within.0.unwrap_or(low).max(low), known.within.1.unwrap_or(high).min(high))
    }

    /// Measures for the first customer of a part, as near to it as one input per formula can bring them.
    fn row(&self, model: &Model<'_>, at: &Region, picked: &Picked, attempt: u64, random: &mut Random) -> Row {
        let plan = model.plan;
        let mut room: Vec<Allowed> = (0..plan.types().len()).map(|input| self.anything(plan, input)).collect();
        let mut row: Row = Vec::with_capacity(room.len());
        let mut targets: Vec<(usize, Target)> = Vec::new();
        for (place, variable) in model.variables.iter().enumerate() {
            let Some(domain) = at.domains.get(place) else { continue };
            let touched = domain.len() < variable.cells.len();
            let state = picked.get(place).copied().flatten().and_then(|state| variable.states.get(state));
            let Some(cell) = state.and_then(|state| variable.cells.get(state.first)) else { continue };
            match variable.stands {
                Stands::Input(input) => {
                    if let Some(place) = room.get_mut(input) {
                        *place = allowed(cell, &named(variable));
                    }
                }
                Stands::Formula(line) if touched => targets.push((line, target(cell))),
                Stands::Formula(_) => {}
            }
        }
        for (input, allowed) in room.iter().enumerate() {
            let axis = plan.types().get(input).map_or(Axis::Text, Axis::of);
            row.push(start(axis, allowed, texts(plan, input), attempt, random));
        }
        self.aim(plan, &mut row, &room, &targets, attempt);
        row
    }

    /// Moves inputs until the formulas have the values that are aimed at, or three rounds have passed.
    fn aim(&self, plan: &Plan, row: &mut Row, room: &[Allowed], targets: &[(usize, Target)], attempt: u64) {
        let expr = |line: usize| match plan.parts().indicators.get(line).map(|line| (&line.source, line.decimals)) {
            Some((Source::Formula(expr), decimals)) => Some((expr, decimals)),
            _ => None,
        };
        let readers = |input: usize| {
            targets.iter().filter(|(line, _)| expr(*line).is_some_and(|(expr, _)| expr.inputs().contains(&input))).count()
        };
        for _ in 0..3 {
            let mut settled = true;
            for (line, target) in targets {
                let Some((expr, decimals)) = expr(*line) else { continue };
                if evaluated(plan, expr, decimals, std::slice::from_ref(row)).first().is_some_and(|got| hits(got, target)) {
                    continue;
                }
                settled = false;
                let mut pivots = expr.inputs();
                // Inputs that no other aim reads come first; every attempt begins elsewhere among equals.
                let turn = usize::try_from(attempt).unwrap_or(0) % pivots.len().max(1);
                pivots.rotate_left(turn);
                pivots.sort_by_key(|input| readers(*input));
                for pivot in pivots {
                    let Some(allowed) = room.get(pivot) else { continue };
                    let found = solve(plan, expr, decimals, row, pivot, allowed, target);
                    // What is never missing cannot be left out either.
                    let always = self.known.get(pivot).is_some_and(|known| known.present);
                    if let Some(value) = found.filter(|value| value.is_some() || !always) {
                        if let Some(place) = row.get_mut(pivot) {
                            *place = value;
                        }
                        break;
                    }
                }
            }
            if settled {
                return;
            }
        }
    }
}

/// The cell in which the second customer's value is meant to be.
fn second<'m>(model: &'m Model<'_>, picked: &Picked, stands: Stands) -> Option<(&'m Cell, &'m Variable)> {
    let (at, variable) = model.variables.iter().enumerate().find(|(_, variable)| variable.stands == stands)?;
    let state = variable.states.get((*picked.get(at)?)?)?;
    Some((variable.cells.get(state.second)?, variable))
}

/// Whether an indicator moves together with another: it is the same input, or its bands are chosen by it.
fn tied(plan: &Plan, one: usize, other: usize) -> bool {
    let parts = plan.parts();
    let Some(Source::Input(input)) = parts.indicators.get(one).map(|line| &line.source) else { return false };
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

fn named(variable: &Variable) -> Vec<String> {
    let texts = variable.cells.iter().filter_map(|cell| match cell {
        Cell::Text(text) => Some(text.clone()),
        _ => None,
    });
    texts.collect()
}

fn allowed(cell: &Cell, named: &[String]) -> Allowed {
    match cell {
        Cell::Missing => Allowed::Missing,
        Cell::Range(low, high) => Allowed::Range(*low, *high),
        Cell::Text(text) => Allowed::Text(text.clone()),
        Cell::Other => Allowed::AnyText(named.to_vec()),
    }
}

fn target(cell: &Cell) -> Target {
    match cell {
        Cell::Missing => Target::Missing,
        Cell::Range(low, high) => Target::Range(*low, *high),
        Cell::Text(text) => Target::Text(text.clone()),
        Cell::Other => Target::Present,
    }
}

/// The texts that an input can have, where there is a list.
fn texts(plan: &Plan, input: usize) -> &[String] {
    match plan.types().get(input) {
        Some(InputType::Text(Some(list))) => list,
        _ => &[],
    }
}

/// A state of the domain: first one with a value, later any.
fn pick(variable: &Variable, domain: &[usize], attempt: u64, random: &mut Random) -> Option<usize> {
    let present = |state: &&usize| {
        let cell = variable.states.get(**state).and_then(|state| variable.cells.get(state.first));
        cell != Some(&Cell::Missing)
    };
    if attempt % 2 == 1 {
        return domain.get(random.below(domain.len())).copied();
    }
    let full: Vec<&usize> = domain.iter().filter(present).collect();
    let at = if attempt == 0 { full.len() / 2 } else { random.below(full.len()) };
    full.get(at).copied().or(domain.first()).copied()
}

/// A first value for an input.
fn start(axis: Axis, allowed: &Allowed, list: &[String], attempt: u64, random: &mut Random) -> Option<Value> {
    match allowed {
        Allowed::Missing => None,
        Allowed::Text(text) => Some(Value::Text(text.clone())),
        Allowed::AnyText(named) => Some(Value::Text(other_text(named, list))),
        Allowed::Range(low, high) => {
            let zeros = u32::try_from((attempt + random.next()) % 7).unwrap_or(0);
            let typical = match axis {
                Axis::Int(scale) => 10_i64.pow(u32::from(scale)).saturating_mul(10_i64.pow(2 + zeros)),
                Axis::Double => super::axis::key(10_f64.powi(2 + i32::try_from(zeros).unwrap_or(0))),
                Axis::Date | Axis::Flag | Axis::Text => pleasant(axis, *low, *high),
            };
            let inside = (*low..=*high).contains(&typical) && (axis.ends() == (*low, *high) || attempt > 0);
            value_of(axis, if inside { typical } else { pleasant(axis, *low, *high) })
        }
    }
}

/// A text that the policy does not name, from the list where there is one.
pub(super) fn other_text(named: &[String], list: &[String]) -> String {
    let listed = list.iter().find(|text| !named.contains(text)).cloned();
    let invented = || (1..).map(|number| format!("text-{number}")).find(|text| !named.contains(text)).unwrap_or_default();
    listed.unwrap_or_else(invented)
}

/// A small generator: the same numbers on every machine.
pub(super) struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap_or(0)
    }
}

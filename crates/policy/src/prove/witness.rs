//! From a part of the model back to life: measures that give it. 反例确认
//!
//! Inputs that are read as they are have their cells; a formula's value is aimed at by moving one of its inputs. Whatever
//! comes of it is graded by the kernel, and only what the kernel says counts.

use pinji_domain::number::pow10;
use pinji_engine::{InputType, Plan, Source};

use super::axis::{Axis, Cell, pleasant};
use super::bound::Region;
use super::claim::Claim;
use super::climb::climb;
use super::compare::two;
use super::customer::{Customer, customer, graded, says};
use super::model::{Known, Model, Stands, TRUE, Variable};
use super::solve::{Allowed, Target, evaluated, hits, solve, value_of};
use crate::document::Better;
use crate::rows::{Row, Value};

/// So many attempts are few.
pub(super) const FEW: u64 = 6;

/// Powers of ten from which on nobody believes a figure of a company.
const BEYOND_MEASURE: u32 = 12;

/// For each variable the state that an attempt is about.
pub(super) type Picked = Vec<Option<usize>>;

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
                two(self, model, &picked, &row)
            } else {
                self.one(model.plan, &row).map(|customer| (customer, None))
            };
            if found.is_some() {
                return found;
            }
            // Climbing is thorough but slow: from the first few beginnings only.
            if attempts > FEW && attempt < FEW && !self.claim.goal.compares() {
                let anything = |input: usize| {
                    let always = self.known.get(input).is_some_and(|known| known.present);
                    (self.anything(model.plan, input), self.texts(model, input), always)
                };
                let row = climb(model.plan, self.claim, at, &row, &anything);
                if let Some(customer) = row.and_then(|row| self.one(model.plan, &row)) {
                    return Some((customer, None));
                }
            }
        }
        None
    }

    /// The texts worth trying for an input: those that occur, or those that the policy names.
    fn texts(&self, model: &Model<'_>, input: usize) -> Vec<String> {
        let listed = texts(model.plan, input);
        let own = model
            .variables
            .iter()
            .find(|variable| variable.stands == Stands::Input(input));
        if listed.is_empty() {
            own.map(named).unwrap_or_default()
        } else {
            listed.to_vec()
        }
    }

    fn one(&self, plan: &Plan, row: &Row) -> Option<Customer> {
        if !self.breaks(plan, row) {
            return None;
        }
        let row = self.tamed(plan, row.clone());
        let graded = graded(plan, std::slice::from_ref(&row));
        Some(customer(plan, &row, &graded, 0))
    }

    /// Whether the kernel grades this customer as the claim says that nobody is graded.
    fn breaks(&self, plan: &Plan, row: &Row) -> bool {
        let graded = graded(plan, std::slice::from_ref(row));
        let holds = says(&self.claim.when, plan, row, &graded, 0) == TRUE;
        holds
            && graded
                .grade
                .first()
                .is_some_and(|grade| self.claim.goal.broken(*grade, *grade))
    }

    /// The same customer with figures that somebody may believe: where a figure is beyond all measure, the least power of
    /// ten in its place with which the claim is broken as well.
    fn tamed(&self, plan: &Plan, mut row: Row) -> Row {
        for input in 0..row.len() {
            let Some((axis, sign)) = row.get(input).and_then(Option::as_ref).and_then(beyond_measure) else {
                continue;
            };
            let Allowed::Range(low, high) = self.anything(plan, input) else {
                continue;
            };
            let likely = (0..BEYOND_MEASURE).map(|zeros| match axis {
                Axis::Int(scale) => sign * pow10(scale).saturating_mul(10_i64.pow(zeros)),
                _ => super::axis::key(sign as f64 * 10_f64.powi(i32::try_from(zeros).unwrap_or(0))),
            });
            let likely = likely.filter(|key| (low..=high).contains(key));
            let tamer = likely.map(|key| {
                let mut other = row.clone();
                if let Some(place) = other.get_mut(input) {
                    *place = value_of(axis, key);
                }
                other
            });
            let found = tamer.into_iter().find(|other| self.breaks(plan, other));
            row = found.unwrap_or(row);
        }
        row
    }

    pub(super) fn anything(&self, plan: &Plan, input: usize) -> Allowed {
        let Some(ty) = plan.types().get(input) else {
            return Allowed::Missing;
        };
        let axis = Axis::of(ty);
        if axis == Axis::Text {
            return Allowed::AnyText(Vec::new());
        }
        let known = self.known.get(input).copied().unwrap_or_default();
        let (low, high) = axis.ends();
        Allowed::Range(
            known.within.0.unwrap_or(low).max(low),
            known.within.1.unwrap_or(high).min(high),
        )
    }

    /// Measures for the first customer of a part, as near to it as one input per formula can bring them.
    fn row(&self, model: &Model<'_>, at: &Region, picked: &Picked, attempt: u64, random: &mut Random) -> Row {
        let plan = model.plan;
        let mut room: Vec<Allowed> = (0..plan.types().len())
            .map(|input| self.anything(plan, input))
            .collect();
        let mut row: Row = Vec::with_capacity(room.len());
        let mut targets: Vec<(usize, Target)> = Vec::new();
        for (place, variable) in model.variables.iter().enumerate() {
            let Some(domain) = at.domains.get(place) else { continue };
            let touched = domain.len() < variable.cells.len();
            let state = picked
                .get(place)
                .copied()
                .flatten()
                .and_then(|state| variable.states.get(state));
            let Some(cell) = state.and_then(|state| variable.cells.get(state.first)) else {
                continue;
            };
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
        let expr = |line: usize| match plan
            .parts()
            .indicators
            .get(line)
            .map(|line| (&line.source, line.decimals))
        {
            Some((Source::Formula(expr), decimals)) => Some((expr, decimals)),
            _ => None,
        };
        let readers = |input: usize| {
            targets
                .iter()
                .filter(|(line, _)| expr(*line).is_some_and(|(expr, _)| expr.inputs().contains(&input)))
                .count()
        };
        for _ in 0..3 {
            let mut settled = true;
            for (line, target) in targets {
                let Some((expr, decimals)) = expr(*line) else { continue };
                if evaluated(plan, expr, decimals, std::slice::from_ref(row))
                    .first()
                    .is_some_and(|got| hits(got, target))
                {
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
pub(super) fn second<'m>(model: &'m Model<'_>, picked: &Picked, stands: Stands) -> Option<(&'m Cell, &'m Variable)> {
    let (at, variable) = model
        .variables
        .iter()
        .enumerate()
        .find(|(_, variable)| variable.stands == stands)?;
    let state = variable.states.get((*picked.get(at)?)?)?;
    Some((variable.cells.get(state.second)?, variable))
}

pub(super) fn named(variable: &Variable) -> Vec<String> {
    let texts = variable.cells.iter().filter_map(|cell| match cell {
        Cell::Text(text) => Some(text.clone()),
        _ => None,
    });
    texts.collect()
}

pub(super) fn allowed(cell: &Cell, named: &[String]) -> Allowed {
    match cell {
        Cell::Missing => Allowed::Missing,
        Cell::Range(low, high) => Allowed::Range(*low, *high),
        Cell::Text(text) => Allowed::Text(text.clone()),
        Cell::Other => Allowed::AnyText(named.to_vec()),
    }
}

pub(super) fn target(cell: &Cell) -> Target {
    match cell {
        Cell::Missing => Target::Missing,
        Cell::Range(low, high) => Target::Range(*low, *high),
        Cell::Text(text) => Target::Text(text.clone()),
        Cell::Other => Target::Present,
    }
}

/// The texts that an input can have, where there is a list.
pub(super) fn texts(plan: &Plan, input: usize) -> &[String] {
    match plan.types().get(input) {
        Some(InputType::Text(Some(list))) => list,
        _ => &[],
    }
}

/// A state of the domain: first one with a value, later any.
fn pick(variable: &Variable, domain: &[usize], attempt: u64, random: &mut Random) -> Option<usize> {
    let cell = |state: &usize| {
        variable
            .states
            .get(*state)
            .and_then(|state| variable.cells.get(state.first))
    };
    if attempt % 2 == 1 {
        return domain.get(random.below(domain.len())).copied();
    }
    // Few figures of a company are negative, and people expect to see values rather than gaps.
    let usual = |state: &&usize| !matches!(cell(state), Some(Cell::Missing | Cell::Range(_, i64::MIN..0)));
    let present = |state: &&usize| cell(state) != Some(&Cell::Missing);
    let mut full: Vec<&usize> = domain.iter().filter(usual).collect();
    if full.is_empty() {
        full = domain.iter().filter(present).collect();
    }
    let at = if attempt == 0 {
        full.len() / 2
    } else {
        random.below(full.len())
    };
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

/// The axis and the sign of a value that no company has.
fn beyond_measure(value: &Value) -> Option<(Axis, i64)> {
    let limit = 10_i64.pow(BEYOND_MEASURE);
    match value {
        Value::Int(units, scale) if units / pow10(*scale) >= limit => Some((Axis::Int(*scale), 1)),
        Value::Int(units, scale) if units / pow10(*scale) <= -limit => Some((Axis::Int(*scale), -1)),
        Value::Double(value) if *value >= limit as f64 => Some((Axis::Double, 1)),
        Value::Double(value) if *value <= -(limit as f64) => Some((Axis::Double, -1)),
        _ => None,
    }
}

/// A text that the policy does not name, from the list where there is one.
pub(super) fn other_text(named: &[String], list: &[String]) -> String {
    let listed = list.iter().find(|text| !named.contains(text)).cloned();
    let invented = || {
        (1..)
            .map(|number| format!("text-{number}"))
            .find(|text| !named.contains(text))
            .unwrap_or_default()
    };
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

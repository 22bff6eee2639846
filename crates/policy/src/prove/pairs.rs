//! What two customers may differ in: the states of the variables that move. 变动的状态

use pinji_engine::{Expr, Scoring, Source};

use super::axis::{Axis, Cell};
use super::direction::{Direction, direction, likely};
use super::model::{Entry, Model, Order, Stands, State};
use crate::document::Better;

/// Lets an indicator's own value grow better, everything else staying as it is.
///
/// Better is what `better` says; where it says neither, and for texts, it is what has more points. A missing value is
/// neither better nor worse. Between neighbouring cells is enough: from there step follows step.
pub(super) fn better_indicator(model: &mut Model<'_>, indicator: usize, better: Better) {
    let Some(at) = model.lines.get(indicator).map(|line| line.variable) else {
        return;
    };
    let present = present(model, at, &[indicator]);
    let by_points = better == Better::Neither || matches!(model.variables.get(at), Some(v) if v.axis == Axis::Text);
    let states = if by_points {
        more_points(model, &[indicator], &present)
    } else {
        let sloped = |cell: usize| is_sloped(model, at, cell);
        neighbours(&present, better, &sloped)
    };
    set(model, at, states);
}

/// Lets a measure grow better, and with it whatever formula reads it.
pub(super) fn better_measure(model: &mut Model<'_>, input: usize, better: Better) {
    let movers = formulas(model, &[input]);
    if let Some(at) = model
        .variables
        .iter()
        .position(|variable| variable.stands == Stands::Input(input))
    {
        let lines = model
            .variables
            .get(at)
            .map_or(Vec::new(), |variable| variable.lines.clone());
        let present = present(model, at, &lines);
        let text = matches!(model.variables.get(at), Some(variable) if variable.axis == Axis::Text);
        let states = if text {
            more_points(model, &lines, &present)
        } else {
            let sloped = |cell: usize| !movers.is_empty() || is_sloped(model, at, cell);
            neighbours(&present, better, &sloped)
        };
        set(model, at, states);
    }
    for (indicator, expr) in movers {
        let Some(at) = model.lines.get(indicator).map(|line| line.variable) else {
            continue;
        };
        let rises = match (direction(&expr, input), better) {
            (Direction::Up, Better::Higher) | (Direction::Down, Better::Lower) => Some(true),
            (Direction::Down, Better::Higher) | (Direction::Up, Better::Lower) => Some(false),
            _ => None,
        };
        let cells = present(model, at, &[indicator]);
        let mut states = Vec::new();
        for (place, first) in cells.iter().enumerate() {
            for (other, second) in cells.iter().enumerate() {
                let order = match rises {
                    Some(true) if place <= other => Order::Above,
                    Some(false) if place >= other => Order::Below,
                    Some(_) => continue,
                    None => Order::Free,
                };
                states.push(State {
                    first: *first,
                    second: *second,
                    order,
                });
            }
        }
        states.extend(absent(model, at, &cells));
        set(model, at, states);
    }
}

/// Lets inputs be anything for either customer.
pub(super) fn free_inputs(model: &mut Model<'_>, inputs: &[usize]) {
    let movers = formulas(model, inputs);
    let own = model
        .variables
        .iter()
        .enumerate()
        .filter(|(_, variable)| matches!(variable.stands, Stands::Input(input) if inputs.contains(&input)));
    let mut moving: Vec<usize> = own.map(|(at, _)| at).collect();
    let alone = moving.len() == 1 && movers.is_empty();
    moving.extend(
        movers
            .iter()
            .filter_map(|(indicator, _)| model.lines.get(*indicator).map(|line| line.variable)),
    );
    for at in moving {
        free(model, at, alone);
    }
}

/// `alone`: nothing else moves, so it is enough that every cell gives what the first one gives.
fn free(model: &mut Model<'_>, at: usize, alone: bool) {
    let cells = model.variables.get(at).map_or(0, |variable| variable.cells.len());
    let mut states = Vec::new();
    for first in 0..if alone { cells.min(1) } else { cells } {
        states.extend((0..cells).map(|second| State {
            first,
            second,
            order: Order::Free,
        }));
    }
    if alone {
        states.extend((1..cells).filter(|cell| is_sloped(model, at, *cell)).map(|cell| State {
            first: cell,
            second: cell,
            order: Order::Free,
        }));
    }
    set(model, at, states);
}

fn set(model: &mut Model<'_>, at: usize, states: Vec<State>) {
    if let Some(variable) = model.variables.get_mut(at) {
        variable.states = states;
    }
}

/// The formulas that read one of the inputs, with their indicators.
pub(super) fn formulas(model: &Model<'_>, inputs: &[usize]) -> Vec<(usize, Expr)> {
    let indicators = model.plan.parts().indicators.iter().enumerate();
    let reading = indicators.filter_map(|(at, indicator)| match &indicator.source {
        Source::Formula(expr) if expr.inputs().iter().any(|read| inputs.contains(read)) => Some((at, expr.clone())),
        Source::Formula(_) | Source::Input(_) => None,
    });
    reading.collect()
}

/// The cells in which all these lines have a value, in the order of the axis.
fn present(model: &Model<'_>, at: usize, lines: &[usize]) -> Vec<usize> {
    let Some(variable) = model.variables.get(at) else {
        return Vec::new();
    };
    let has_value = |cell: usize| {
        lines.iter().filter_map(|line| model.lines.get(*line)).all(|line| {
            line.entries
                .first()
                .and_then(|entries| entries.get(cell))
                .is_some_and(|entry| !entry.missing)
        })
    };
    let cells = variable
        .cells
        .iter()
        .enumerate()
        .filter(|(at, cell)| **cell != Cell::Missing && has_value(*at));
    cells.map(|(at, _)| at).collect()
}

/// The states in which a formula has no value for either customer: what is excluded is that it appears or disappears.
fn absent(model: &Model<'_>, at: usize, present: &[usize]) -> Vec<State> {
    let cells = model.variables.get(at).map_or(0, |variable| variable.cells.len());
    let absent = (0..cells).filter(|cell| !present.contains(cell));
    absent
        .map(|cell| State {
            first: cell,
            second: cell,
            order: Order::Same,
        })
        .collect()
}

fn entries<'m>(model: &'m Model<'_>, line: usize, cell: usize) -> impl Iterator<Item = &'m Entry> {
    model
        .lines
        .get(line)
        .into_iter()
        .flat_map(|line| &line.entries)
        .filter_map(move |entries| entries.get(cell))
}

/// Whether points change inside a cell.
fn is_sloped(model: &Model<'_>, at: usize, cell: usize) -> bool {
    let lines = model.variables.get(at).map_or(&[][..], |variable| &variable.lines);
    lines
        .iter()
        .any(|line| entries(model, *line, cell).any(|entry| entry.low < entry.high))
}

fn neighbours(cells: &[usize], better: Better, sloped: &dyn Fn(usize) -> bool) -> Vec<State> {
    let state = |first: usize, second: usize| match better {
        Better::Lower => State {
            first: second,
            second: first,
            order: Order::Below,
        },
        Better::Higher | Better::Neither => State {
            first,
            second,
            order: Order::Above,
        },
    };
    let steps = cells
        .iter()
        .zip(cells.iter().skip(1))
        .map(|(first, second)| state(*first, *second));
    steps
        .chain(
            cells
                .iter()
                .filter(|cell| sloped(**cell))
                .map(|cell| state(*cell, *cell)),
        )
        .collect()
}

/// All pairs of cells in which the second has more points for one of the lines and fewer for none.
fn more_points(model: &mut Model<'_>, lines: &[usize], cells: &[usize]) -> Vec<State> {
    model.leads = lines.to_vec();
    let model = &*model;
    let mut states = Vec::new();
    for first in cells {
        for second in cells {
            let compare = |more: &dyn Fn(&Entry, &Entry) -> bool, line: usize| {
                entries(model, line, *first)
                    .zip(entries(model, line, *second))
                    .any(|(a, b)| more(a, b))
            };
            let possible = |line: &usize| {
                let bands = matches!(
                    model
                        .plan
                        .parts()
                        .indicators
                        .get(*line)
                        .map(|indicator| &indicator.scoring),
                    Some(Scoring::Bands(_) | Scoring::Keyed(_) | Scoring::Direct)
                );
                compare(&|a, b| b.high > a.low, *line) && (bands || first != second)
            };
            let not_less = |line: &usize| compare(&|a, b| b.high >= a.low, *line);
            if lines.iter().any(possible) && lines.iter().all(not_less) {
                states.push(State {
                    first: *first,
                    second: *second,
                    order: Order::More,
                });
            }
        }
    }
    states
}

/// Which way is better for a measure, by the indicators that read it: those that are nothing but the measure, and only
/// where there are none those with a formula. `None` where they do not agree, [`Better::Neither`] where none of them says.
pub(super) fn better_of(model: &Model<'_>, input: usize, of: &dyn Fn(usize) -> Better) -> Option<Better> {
    let indicators = model.plan.parts().indicators.iter().enumerate();
    let (mut own, mut read) = (Vec::new(), Vec::new());
    for (at, indicator) in indicators {
        match &indicator.source {
            Source::Input(source) if *source == input => own.push(of(at)),
            Source::Input(_) => {}
            Source::Formula(expr) => match (likely(expr, input), of(at)) {
                (Direction::Up, better) => read.push(better),
                (Direction::Down, Better::Higher) => read.push(Better::Lower),
                (Direction::Down, Better::Lower) => read.push(Better::Higher),
                _ => {}
            },
        }
    }
    for mut votes in [own, read] {
        votes.retain(|vote| *vote != Better::Neither);
        match votes.as_slice() {
            [] => {}
            [first, rest @ ..] => return rest.iter().all(|vote| vote == first).then_some(*first),
        }
    }
    Some(Better::Neither)
}

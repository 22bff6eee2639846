//! What a line can be for the customers of a region. 指标的界

use super::{LineBound, May, Move, Region, Side};
use crate::prove::model::{Entry, Line, Model, Order, State};

pub(super) fn line_bound(model: &Model<'_>, which: usize, line: &Line, at: &Region) -> LineBound {
    let leads = model.leads.contains(&which);
    // A better value of a line without a direction is one with more points, whatever chooses its bands.
    let vacuous = |before: Entry, after: Entry, order: Order| {
        model.leads.as_slice() == [which] && order == Order::More && after.high <= before.low
    };
    let nothing = Vec::new();
    let domain = at.domains.get(line.variable).unwrap_or(&nothing);
    let states = model
        .variables
        .get(line.variable)
        .map_or(&[][..], |variable| &variable.states);
    let states = || domain.iter().filter_map(|state| states.get(*state));
    let (first, second, shared_choice) = choices(model, line, at);
    let shared = shared_choice && states().all(|state| state.order == Order::Same);
    let entry = |choice: usize, cell: usize| line.entries.get(choice).and_then(|entries| entries.get(cell)).copied();
    let mut sides = [None, None];
    let mut moves = Vec::new();
    let mut alike = true;
    for state in states() {
        for choice in &first {
            let Some(before) = entry(*choice, state.first) else {
                continue;
            };
            let after = entry(*choice, state.second).unwrap_or(before);
            if !vacuous(before, after, state.order) {
                join(&mut sides, 0, before);
            }
        }
        if shared {
            continue;
        }
        for choice in &second {
            let Some(after) = entry(*choice, state.second) else {
                continue;
            };
            for other in first.iter().filter(|other| !shared_choice || *other == choice) {
                let Some(before) = entry(*other, state.first) else {
                    continue;
                };
                if vacuous(before, after, state.order) {
                    continue;
                }
                let same_bands = state.first == state.second && choice == other;
                let moved = step(before, after, state.order, same_bands, leads);
                let same = before.missing == after.missing;
                alike &= same;
                join(&mut sides, 1, after);
                moves.push(moved);
            }
        }
    }
    let empty = Side {
        low: 0,
        high: 0,
        missing: May::default(),
        dropped: May::default(),
        refused: May::default(),
    };
    let [one, other] = sides;
    let nobody = one.is_none();
    let one = one.unwrap_or(empty);
    LineBound {
        nobody,
        sides: [one, if shared { one } else { other.unwrap_or(empty) }],
        shared,
        alike,
        moves,
    }
}

fn join(sides: &mut [Option<Side>; 2], which: usize, entry: Entry) {
    let of = |yes: bool| May { can: yes, must: yes };
    let also = |old: May, yes: bool| May {
        can: old.can || yes,
        must: old.must && yes,
    };
    let Some(side) = sides.get_mut(which) else { return };
    *side = Some(match *side {
        None => Side {
            low: entry.low,
            high: entry.high,
            missing: of(entry.missing),
            dropped: of(entry.dropped),
            refused: of(entry.refused),
        },
        Some(old) => {
            // The points of a line that drops out do not matter.
            let (low, high) = match (old.dropped.must, entry.dropped) {
                (_, true) => (old.low, old.high),
                (true, false) => (entry.low, entry.high),
                (false, false) => (old.low.min(entry.low), old.high.max(entry.high)),
            };
            Side {
                low,
                high,
                missing: also(old.missing, entry.missing),
                dropped: also(old.dropped, entry.dropped),
                refused: also(old.refused, entry.refused),
            }
        }
    });
}

fn step(first: Entry, second: Entry, order: Order, same_bands: bool, leads: bool) -> Move {
    let same_value = order == Order::Same && same_bands;
    let rises = match order {
        Order::More => leads,
        Order::Above => same_bands && !first.falling,
        Order::Below => same_bands && first.falling,
        Order::Same | Order::Free => false,
    };
    let falls = match order {
        Order::Above => same_bands && first.falling,
        Order::Below => same_bands && !first.falling,
        _ => false,
    };
    Move {
        first,
        second,
        not_less: same_value || rises || second.low >= first.high,
        not_more: same_value || falls || second.high <= first.low,
    }
}

/// The choices of bands that the two customers can have, and whether theirs is the same.
pub(in crate::prove) fn choices(model: &Model<'_>, line: &Line, at: &Region) -> (Vec<usize>, Vec<usize>, bool) {
    if line.keys.is_empty() {
        return (vec![0], vec![0], true);
    }
    let states = |variable: usize| {
        let states = model
            .variables
            .get(variable)
            .map_or(&[][..], |variable| &variable.states);
        at.domains
            .get(variable)
            .into_iter()
            .flatten()
            .filter_map(move |state| states.get(*state))
    };
    let shared = line
        .keys
        .iter()
        .all(|key| states(*key).all(|state| state.order == Order::Same));
    let of = |second: bool| {
        let mut found = Vec::new();
        for (choice, wanted) in line.matches.iter().enumerate() {
            let (mut can, mut must) = (true, true);
            for (key, cells) in line.keys.iter().zip(wanted) {
                let Some(cells) = cells else { continue };
                let hits = |state: &State| {
                    cells
                        .get(if second { state.second } else { state.first })
                        .copied()
                        .unwrap_or(false)
                };
                can &= states(*key).any(hits);
                must &= states(*key).all(hits);
            }
            if can {
                found.push(choice);
            }
            if can && must {
                break;
            }
        }
        found
    };
    let first = of(false);
    let second = if shared { first.clone() } else { of(true) };
    (first, second, shared)
}

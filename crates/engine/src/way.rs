//! The way up and the way down. 升级与降级路径

use crate::batch::Batch;
use crate::grade::UNGRADED;
use crate::plan::{Plan, Scoring, Source};
use crate::what_if::{Case, Entry};

/// One change of a way: an indicator's points move to another band. 变动
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which indicator.
    pub indicator: usize,
    /// The band it is in now; `None` where it is missing.
    pub from: Option<u16>,
    /// The band it would have to be in.
    pub to: u16,
    /// Points now and then (units of 10^-4).
    pub points: (i32, i32),
}

/// A smallest set of changes that moves the grade. 路径
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// At most three, in policy order.
    pub changes: Vec<Change>,
    /// The grade then.
    pub grade: u8,
    /// Whether two of the changed indicators share an input, so that they may not move apart. Indicators that are not
    /// changed are taken to stay as they are, whatever they read.
    pub shares_input: bool,
}

/// The smallest sets of band changes that reach a better grade: fewest indicators, then fewest band steps, then fewest
/// points; at most `limit` sets. Empty for the best grade, for the ungraded, and where three changes do not suffice.
/// Judged indicators stay as they are. A missing value counts as one step to any band. An indicator enters a band at the
/// end nearest to it, from a missing value at the lower one.
pub fn way_up(plan: &Plan, batch: &Batch<'_>, row: usize, limit: usize) -> Vec<Way> {
    search(plan, batch, row, limit, Direction::Up)
}

/// The smallest sets of band changes that lose the grade, in the same order.
pub fn way_down(plan: &Plan, batch: &Batch<'_>, row: usize, limit: usize) -> Vec<Way> {
    search(plan, batch, row, limit, Direction::Down)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

/// One band that one indicator might move to, and the value with which it would enter it.
#[derive(Debug, Clone)]
struct Move {
    change: Change,
    steps: usize,
    entry: Entry,
}

fn search(plan: &Plan, batch: &Batch<'_>, row: usize, limit: usize, direction: Direction) -> Vec<Way> {
    let case = Case::new(plan, batch, row);
    let now = case.grade;
    if now == UNGRADED || (direction == Direction::Up && now == 0) {
        return Vec::new();
    }
    let moves: Vec<Vec<Move>> = (0..plan.parts().indicators.len())
        .map(|at| moves(plan, &case, at, direction))
        .filter(|list| !list.is_empty())
        .collect();
    let reached = |grade: u8| match direction {
        Direction::Up => grade < now,
        Direction::Down => grade > now && grade != UNGRADED,
    };
    for size in 1..=3 {
        let mut found: Vec<(usize, i64, Way)> = Vec::new();
        sets(&moves, size, &mut Vec::new(), &mut |set| {
            let changes: Vec<(usize, i32, &Entry)> = set
                .iter()
                .map(|step| (step.change.indicator, step.change.points.1, &step.entry))
                .collect();
            let grade = case.grade_with(&changes);
            if reached(grade) {
                let steps = set.iter().map(|step| step.steps).sum();
                let points = set
                    .iter()
                    .map(|step| i64::from((step.change.points.1 - step.change.points.0).abs()))
                    .sum();
                let changes: Vec<Change> = set.iter().map(|step| step.change.clone()).collect();
                let shares_input = shares_input(plan, &changes);
                found.push((
                    steps,
                    points,
                    Way {
                        changes,
                        grade,
                        shares_input,
                    },
                ));
            }
        });
        if !found.is_empty() {
            found.sort_by_key(|(steps, points, _)| (*steps, *points));
            return cheapest(found, limit);
        }
    }
    Vec::new()
}

/// Of the ways over the same indicators only the cheapest.
fn cheapest(found: Vec<(usize, i64, Way)>, limit: usize) -> Vec<Way> {
    let mut ways: Vec<Way> = Vec::new();
    for (_, _, way) in found {
        let indicators = |way: &Way| way.changes.iter().map(|change| change.indicator).collect::<Vec<_>>();
        if ways.len() < limit && !ways.iter().any(|known| indicators(known) == indicators(&way)) {
            ways.push(way);
        }
    }
    ways
}

/// Shows every set of `size` moves of different indicators to `see`, indicators in policy order.
fn sets<'m>(moves: &'m [Vec<Move>], size: usize, chosen: &mut Vec<&'m Move>, see: &mut dyn FnMut(&[&Move])) {
    if size == 0 {
        see(chosen);
        return;
    }
    for (at, list) in moves.iter().enumerate() {
        for step in list {
            chosen.push(step);
            sets(moves.get(at + 1..).unwrap_or_default(), size - 1, chosen, see);
            chosen.pop();
        }
    }
}

/// Where an indicator may go: bands with more points (or fewer, on the way down), and any band where a condition reads it
/// or where it is missing now: a band with fewer points may leave a cap behind, and a value that comes takes weight from
/// the others.
fn moves(plan: &Plan, case: &Case<'_>, at: usize, direction: Direction) -> Vec<Move> {
    let parts = plan.parts();
    let Some(indicator) = parts.indicators.get(at) else {
        return Vec::new();
    };
    let now = case.points(at);
    let from = case.band(at);
    let any = from.is_none() || case.reads(at);
    let worth = |points: i32| match direction {
        _ if any => true,
        Direction::Up => points > now,
        Direction::Down => points < now,
    };
    let distance = |to: usize| from.map_or(1, |from| usize::from(from).abs_diff(to));
    let mut list = Vec::new();
    let mut offer = |to: usize, points: i32, entry: Entry| {
        let (steps, to) = (distance(to), u16::try_from(to).unwrap_or(u16::MAX));
        if Some(to) != from && worth(points) {
            list.push(Move {
                change: Change {
                    indicator: at,
                    from,
                    to,
                    points: (now, points),
                },
                steps,
                entry,
            });
        }
    };
    match &indicator.scoring {
        Scoring::Bands(_) | Scoring::Keyed(_) => {
            let Some(bands) = case.bands(at) else { return list };
            for (to, band) in bands.bands.iter().enumerate() {
                // The value nearest to where it is now: the band's lower end from below, its upper end from above.
                let from_below = from.is_none_or(|from| usize::from(from) < to);
                let edge = if from_below { to.checked_sub(1) } else { Some(to) };
                let edge = edge.and_then(|edge| bands.edges.get(edge)).copied();
                let value = match (edge, from_below) {
                    (Some(edge), true) => edge,
                    (Some(edge), false) => edge - 1,
                    (None, _) => bands.edges.first().map_or(0, |first| first - 1),
                };
                offer(to, band.points(value), Entry::Value(value));
            }
        }
        Scoring::Map(map) => {
            for (to, (text, points)) in map.entries.iter().enumerate() {
                offer(to, *points, Entry::Text(text.clone()));
            }
        }
        Scoring::Direct => {}
    }
    list
}

/// Whether two of the changed indicators read the same input.
fn shares_input(plan: &Plan, changes: &[Change]) -> bool {
    let inputs = |change: &Change| match plan.parts().indicators.get(change.indicator).map(|line| &line.source) {
        Some(Source::Input(input)) => vec![*input],
        Some(Source::Formula(expr)) => expr.inputs(),
        None => Vec::new(),
    };
    let mut seen = Vec::new();
    for change in changes {
        let own = inputs(change);
        if own.iter().any(|input| seen.contains(input)) {
            return true;
        }
        seen.extend(own);
    }
    false
}

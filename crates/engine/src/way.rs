//! The way up and the way down. 升级与降级路径

use std::collections::BTreeSet;

use crate::batch::Batch;
use crate::grade::UNGRADED;
use crate::plan::{Band, Bands, Plan, Scoring, Source};
use crate::what_if::{Case, Entry};

/// One change of a way: an indicator gets another value. 变动
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which indicator.
    pub indicator: usize,
    /// The band it is in now; `None` where it is missing.
    pub from: Option<u16>,
    /// The band it would have to be in: the same one where the points of a band are interpolated.
    pub to: u16,
    /// The value nearest to the one it has now that does, at the indicator's decimals; `None` for a text, which the band
    /// names.
    pub value: Option<i64>,
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

/// The smallest sets of changes that reach a better grade: fewest indicators, then fewest band steps, then fewest points;
/// at most `limit` sets. Empty for the best grade, for the ungraded, where three changes do not suffice, and where the
/// group's grade allows no better. 升级路径
///
/// Judged indicators stay as they are. A missing value counts as one step to any band. An indicator enters a band at the
/// end nearest to it, from a missing value at the lower one, and goes on where the band is interpolated, as far as it must:
/// one unit less, and the grade is not reached. What an indicator cannot have ([`PlanParts::possible`]) is not offered.
///
/// [`PlanParts::possible`]: crate::PlanParts::possible
pub fn way_up(plan: &Plan, batch: &Batch<'_>, row: usize, limit: usize) -> Vec<Way> {
    search(plan, batch, row, limit, Direction::Up)
}

/// The smallest sets of changes that lose the grade, in the same order. 降级路径
pub fn way_down(plan: &Plan, batch: &Batch<'_>, row: usize, limit: usize) -> Vec<Way> {
    search(plan, batch, row, limit, Direction::Down)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

/// Where one indicator might go: to a band, or on within an interpolated one.
#[derive(Debug, Clone)]
struct Move {
    indicator: usize,
    from: Option<u16>,
    to: u16,
    /// Whether its values lie above the one of now.
    above: bool,
    steps: usize,
    /// Points now.
    now: i32,
    goal: Goal,
}

/// How far a move may go.
#[derive(Debug, Clone)]
enum Goal {
    /// To a text, with its points.
    Text(Entry, i32),
    /// From the value nearest to the one it has to the farthest, in this band; the points run in one direction between
    /// them, and no condition turns.
    Values { near: i64, far: i64, band: Band },
}

impl Move {
    /// With how many points, and by which value, the indicator ends after `value`, which a text does not heed.
    fn end(&self, value: i64) -> (i32, Entry) {
        match &self.goal {
            Goal::Text(text, points) => (*points, text.clone()),
            Goal::Values { band, .. } => (band.points(value), Entry::Value(value)),
        }
    }

    fn near(&self) -> i64 {
        if let Goal::Values { near, .. } = self.goal {
            near
        } else {
            0
        }
    }

    fn far(&self) -> i64 {
        if let Goal::Values { far, .. } = self.goal {
            far
        } else {
            0
        }
    }
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
        // Of the stretches of a band the nearest counts.
        let mut seen: BTreeSet<Vec<(usize, u16, bool)>> = BTreeSet::new();
        sets(&moves, size, &mut Vec::new(), &mut |set| {
            let Some((values, grade)) = nearest(&case, set, &reached) else {
                return;
            };
            if !seen.insert(set.iter().map(|step| (step.indicator, step.to, step.above)).collect()) {
                return;
            }
            let changes: Vec<Change> = set
                .iter()
                .zip(values)
                .map(|(step, value)| {
                    let (points, entry) = step.end(value);
                    Change {
                        indicator: step.indicator,
                        from: step.from,
                        to: step.to,
                        value: matches!(entry, Entry::Value(_)).then_some(value),
                        points: (step.now, points),
                    }
                })
                .collect();
            let steps = set.iter().map(|step| step.steps).sum();
            let points = changes
                .iter()
                .map(|change| i64::from((change.points.1 - change.points.0).abs()))
                .sum();
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
        });
        if !found.is_empty() {
            found.sort_by_key(|(steps, points, _)| (*steps, *points));
            return cheapest(found, limit);
        }
    }
    Vec::new()
}

/// The values nearest to those of now with which a set of moves reaches what it should, and the grade then: none of them
/// can be nearer while the others stay. Indicators go on within their bands in policy order, one after the other.
fn nearest(case: &Case<'_>, set: &[&Move], reached: &dyn Fn(u8) -> bool) -> Option<(Vec<i64>, u8)> {
    let grade = |values: &[i64]| {
        let ends: Vec<(usize, (i32, Entry))> = set
            .iter()
            .zip(values)
            .map(|(step, value)| (step.indicator, step.end(*value)))
            .collect();
        let changes: Vec<(usize, i32, &Entry)> =
            ends.iter().map(|(at, (points, entry))| (*at, *points, entry)).collect();
        case.grade_with(&changes)
    };
    let does = |values: &[i64]| reached(grade(values));
    let mut values: Vec<i64> = set.iter().map(|step| step.near()).collect();
    if !does(&values) {
        let far: Vec<i64> = set.iter().map(|step| step.far()).collect();
        if far == values || !does(&far) {
            return None;
        }
        for (at, step) in set.iter().enumerate() {
            if let Some(value) = values.get_mut(at) {
                *value = step.far();
            }
            if does(&values) {
                break;
            }
        }
        // The last to move goes no farther than it must; those before it may then have gone too far.
        for (at, step) in set.iter().enumerate().rev() {
            let (mut short, mut enough) = (step.near(), values.get(at).copied().unwrap_or(0));
            let mut with = |value: i64| {
                if let Some(slot) = values.get_mut(at) {
                    *slot = value;
                }
                does(&values)
            };
            if short == enough || with(short) {
                continue;
            }
            while short.abs_diff(enough) > 1 {
                let middle = short.midpoint(enough);
                if with(middle) { enough = middle } else { short = middle }
            }
            with(enough);
        }
    }
    let grade = grade(&values);
    Some((values, grade))
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
    let (now, from) = (case.points(at), case.band(at));
    let any = from.is_none() || case.reads(at);
    let worth = |points: i32| match direction {
        _ if any => true,
        Direction::Up => points > now,
        Direction::Down => points < now,
    };
    let mut list = Vec::new();
    let value = case.value(at).filter(|_| from.is_some());
    let mut offer = |to: usize, goal: Goal| {
        list.push(Move {
            indicator: at,
            from,
            to: u16::try_from(to).unwrap_or(u16::MAX),
            above: matches!(goal, Goal::Values { near, .. } if value.is_some_and(|value| near > value)),
            steps: from.map_or(1, |from| usize::from(from).abs_diff(to)),
            now,
            goal,
        });
    };
    match &indicator.scoring {
        Scoring::Bands(_) | Scoring::Keyed(_) => {
            let Some(bands) = case.bands(at) else { return list };
            let possible = parts.possible.get(at).copied().unwrap_or((i64::MIN, i64::MAX));
            let turns = case.turns(at);
            for (to, band) in bands.bands.iter().enumerate() {
                for (near, far) in stretches(bands, to, band, value, possible, &turns) {
                    if worth(band.points(near)) || worth(band.points(far)) {
                        offer(to, Goal::Values { near, far, band: *band });
                    }
                }
            }
        }
        Scoring::Map(map) => {
            for (to, (text, points)) in map.entries.iter().enumerate() {
                if from.is_none_or(|from| usize::from(from) != to) && worth(*points) {
                    offer(to, Goal::Text(Entry::Text(text.clone()), *points));
                }
            }
        }
        Scoring::Direct => {}
    }
    list
}

/// The values of a band that a value may move to, each stretch with its end nearest to the value first. A flat band counts
/// with its nearest value alone; an interpolated one is cut where conditions turn.
fn stretches(
    bands: &Bands,
    at: usize,
    band: &Band,
    value: Option<i64>,
    (least, greatest): (i64, i64),
    turns: &[i64],
) -> Vec<(i64, i64)> {
    let first = at.checked_sub(1).and_then(|before| bands.edges.get(before)).copied();
    let last = bands.edges.get(at).map(|edge| edge - 1);
    let is_flat = band.from == band.to;
    let low = first.unwrap_or(i64::MIN);
    let high = last.unwrap_or(i64::MAX);
    // Beyond the ends of an interpolation all values of its band are alike.
    let (low, high) = match is_flat {
        true => (low, high),
        false => (low.max(band.low.min(high)), high.min(band.high.max(low))),
    };
    let (low, high) = (low.max(least), high.min(greatest));
    if low > high {
        return Vec::new();
    }
    let here = value.filter(|value| bands.find(*value) == at);
    let upward = |from: i64| {
        let cuts = turns.iter().copied().filter(|turn| from < *turn && *turn <= high);
        let starts: Vec<i64> = std::iter::once(from).chain(cuts).collect();
        let ends = starts.iter().skip(1).map(|start| start - 1).chain([high]);
        starts.iter().copied().zip(ends).collect::<Vec<_>>()
    };
    let downward = |from: i64| {
        let cuts = turns.iter().rev().copied().filter(|turn| low < *turn && *turn <= from);
        let ends: Vec<i64> = cuts.chain([low]).collect();
        let starts = std::iter::once(from).chain(ends.iter().map(|end| end - 1));
        starts.zip(ends.iter().copied()).collect::<Vec<_>>()
    };
    match (here, value) {
        (Some(_), _) if is_flat => Vec::new(),
        (Some(value), _) => {
            let above = if value < high {
                upward(low.max(value + 1))
            } else {
                Vec::new()
            };
            let below = if value > low {
                downward(high.min(value - 1))
            } else {
                Vec::new()
            };
            above.into_iter().chain(below).collect()
        }
        (None, Some(value)) if value > high && is_flat => vec![(high, high)],
        (None, Some(value)) if value > high => downward(high),
        (None, _) if is_flat => {
            // From a missing value the lower end; a band that has none is entered at the upper one.
            let near = if first.is_none() { high } else { low };
            let near = if near == i64::MAX { low.max(0) } else { near };
            vec![(near, near)]
        }
        (None, _) => upward(low),
    }
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

//! Branch and bound: divide the customers until every part is settled. 分支定界
//!
//! A part in which nobody can break the claim is done with; a part in which everybody does holds a counterexample. What
//! is divided is what keeps a part from being settled: first the tests of conditions, one of whose outcomes usually
//! settles the part at once, then who is graded at all, then the points of the lines that weigh most.

use super::axis::Cell;
use super::bound::{Bound, Region, Weights, bound, choices, range, thresholds};
use super::claim::Goal;
use super::model::{Leaf, Model, Order, State, Tree, UNKNOWN};
use super::truth::{Pairs, members, open, pair};

/// How a search ended.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Ended<C> {
    /// Nobody breaks the claim.
    Nobody,
    /// Somebody does: confirmed.
    Somebody(C),
    /// The model has somebody, but no measures were found that give him.
    Perhaps(Region),
    /// The budget was spent.
    Spent,
}

/// After so many parts whose customers could not be found in measures, one of them is reported as unconfirmed.
const TRIES: usize = 24;

/// A search under way.
pub(super) struct Search<'s, 'a, C> {
    pub model: Model<'a>,
    pub goal: Goal,
    /// How many parts may be looked at, and how many were.
    pub budget: u64,
    pub nodes: u64,
    /// Looks for real measures for a part in which everybody breaks the claim.
    pub confirm: &'s mut dyn FnMut(&Model<'a>, &Region) -> Option<C>,
    weights: Weights,
    somebody: Option<C>,
    perhaps: Option<Region>,
    tries: usize,
}

/// What a region was divided into.
#[derive(Default)]
struct Parts {
    parts: Vec<Region>,
    /// Whether to look at them in this order, rather than the likeliest first.
    ordered: bool,
}

impl From<Vec<Region>> for Parts {
    fn from(parts: Vec<Region>) -> Parts {
        Parts { parts, ordered: false }
    }
}

/// Whether to go on.
enum Flow {
    On,
    Stop,
}

/// A condition of the policy, or of the claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    When,
    Cap(usize),
    Floor(usize),
    Rule(usize),
    Ungraded,
}

impl<'s, 'a, C> Search<'s, 'a, C> {
    pub(super) fn new(
        model: Model<'a>,
        goal: Goal,
        budget: u64,
        confirm: &'s mut dyn FnMut(&Model<'a>, &Region) -> Option<C>,
    ) -> Search<'s, 'a, C> {
        Search {
            model,
            goal,
            budget,
            nodes: 0,
            confirm,
            weights: Weights::new(),
            somebody: None,
            perhaps: None,
            tries: 0,
        }
    }

    pub(super) fn run(&mut self) -> Ended<C> {
        let all = Region::all(&self.model);
        self.nodes += 1;
        let flow = match bound(&self.model, &self.goal, &all, &mut self.weights) {
            Some(mut found) if found.possible => self.explore(&all, &mut found),
            _ => Flow::On,
        };
        match (self.somebody.take(), self.perhaps.take(), flow) {
            (Some(found), ..) => Ended::Somebody(found),
            (None, Some(region), _) => Ended::Perhaps(region),
            (None, None, Flow::Stop) => Ended::Spent,
            (None, None, Flow::On) => Ended::Nobody,
        }
    }

    fn explore(&mut self, at: &Region, found: &mut Bound) -> Flow {
        let Parts { parts, ordered } = if found.certain && found.settled {
            Parts::default()
        } else {
            self.divide(at, found)
        };
        if parts.is_empty() {
            self.tries += 1;
            if let Some(customer) = (self.confirm)(&self.model, at) {
                self.somebody = Some(customer);
                return Flow::Stop;
            }
            self.perhaps.get_or_insert_with(|| at.clone());
            return if self.tries >= TRIES { Flow::Stop } else { Flow::On };
        }
        let mut open: Vec<(f64, Region, Bound)> = Vec::with_capacity(parts.len());
        for part in parts {
            self.nodes += 1;
            if self.nodes > self.budget {
                return Flow::Stop;
            }
            if let Some(bound) = bound(&self.model, &self.goal, &part, &mut self.weights).filter(|found| found.possible)
            {
                open.push((distance(&part, &bound), part, bound));
            }
        }
        if !ordered {
            open.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        for (_, part, mut bound) in open {
            if let Flow::Stop = self.explore(&part, &mut bound) {
                return Flow::Stop;
            }
        }
        Flow::On
    }

    /// Parts that together are the region; none when it cannot be divided further.
    fn divide(&mut self, at: &Region, found: &mut Bound) -> Parts {
        if !found.certain
            && let Some(item) = self.deciding(found)
            && let Some(parts) = self.by_item(at, found, item)
        {
            return parts;
        }
        self.by_points(at, found).unwrap_or_default()
    }

    // ---- conditions

    /// The open condition whose outcomes settle most.
    fn deciding(&self, found: &mut Bound) -> Option<Item> {
        let caps = (0..found.caps.len()).map(Item::Cap);
        let rules = (0..found.rules.len()).map(Item::Rule);
        let floors = (0..found.floors.len()).map(Item::Floor);
        let items = std::iter::once(Item::When)
            .chain(caps)
            .chain(rules)
            .chain(floors)
            .chain([Item::Ungraded]);
        let mut best: Option<(usize, Item)> = None;
        for item in items.collect::<Vec<_>>() {
            let set = *mask(found, item)?;
            if !open(set) {
                continue;
            }
            let mut gains = 0;
            for (first, second) in members(set) {
                *mask(found, item)? = pair(first, second);
                let (possible, certain) = found.judge(&self.model, &self.goal);
                gains += if !possible { 3 } else { usize::from(certain) };
            }
            *mask(found, item)? = set;
            if best.is_none_or(|(most, _)| gains > most) {
                best = Some((gains, item));
            }
        }
        best.map(|(_, item)| item)
    }

    fn by_item(&self, at: &Region, found: &Bound, item: Item) -> Option<Parts> {
        let tree = match item {
            Item::When => Some(&self.model.when),
            Item::Cap(cap) => self.model.caps.get(cap).map(|(tree, _)| tree),
            Item::Floor(floor) => self.model.floors.get(floor).map(|(tree, _)| tree),
            Item::Rule(rule) => self.model.rules.get(rule),
            Item::Ungraded => None,
        };
        let mut leaves = Vec::new();
        if let Some(tree) = tree {
            leaves_of(tree, &mut leaves);
        }
        let by_variable = leaves.iter().find_map(|leaf| self.by_leaf(at, *leaf));
        let by_either = by_variable.or_else(|| leaves.iter().find_map(|leaf| self.by_score(at, found, *leaf)));
        by_either.map(Parts::from).or_else(|| self.by_gap(at, found))
    }

    /// By the truth of a test of a variable.
    fn by_leaf(&self, at: &Region, leaf: usize) -> Option<Vec<Region>> {
        let Some(Leaf::Variable { variable, truth, .. }) = self.model.leaves.get(leaf) else {
            return None;
        };
        let of = |cell: usize| truth.get(cell).copied().unwrap_or(UNKNOWN);
        self.grouped(at, *variable, |state| pair(of(state.first), of(state.second)))
    }

    /// By the group of each state of a variable; `None` when all are in one.
    fn grouped<K: PartialEq>(&self, at: &Region, variable: usize, key: impl Fn(&State) -> K) -> Option<Vec<Region>> {
        let states = &self.model.variables.get(variable)?.states;
        let mut groups: Vec<(K, Vec<usize>)> = Vec::new();
        for state in at.domains.get(variable)? {
            let key = key(states.get(*state)?);
            match groups.iter_mut().find(|(known, _)| *known == key) {
                Some((_, group)) => group.push(*state),
                None => groups.push((key, vec![*state])),
            }
        }
        // Customers with a value come first: their measures are found more easily, and they are what people expect to see.
        let cells = &self.model.variables.get(variable)?.cells;
        let missing = |group: &[usize]| {
            let state = group.last().and_then(|state| states.get(*state));
            state.is_some_and(|state| cells.get(state.first) == Some(&Cell::Missing))
        };
        groups.sort_by_key(|(_, group)| missing(group));
        (groups.len() > 1).then(|| groups.into_iter().map(|(_, group)| with(at, variable, group)).collect())
    }

    /// By a threshold of a score.
    fn by_score(&self, at: &Region, found: &Bound, leaf: usize) -> Option<Vec<Region>> {
        let Some(Leaf::Score { score, within }) = self.model.leaves.get(leaf) else {
            return None;
        };
        let bound = found.scores.get(*score)?;
        for (side, (low, high)) in bound.sides.iter().enumerate() {
            let (from, to) = range(at, side, *score);
            let steps = thresholds(within, from.max(*low), to.min(*high));
            let Some(step) = steps.get(steps.len() / 2) else {
                continue;
            };
            let mut parts = Vec::new();
            for assumed in [(*step, to), (from, step - 1)] {
                let mut part = at.clone();
                *part.ranges.get_mut(side)?.get_mut(*score)? = assumed;
                parts.push(part);
            }
            if bound.gone.get(side)?.can {
                parts.extend(self.without(at, *score, side));
            }
            return Some(parts);
        }
        None
    }

    /// The customers who have no line of a score.
    fn without(&self, at: &Region, score: usize, side: usize) -> Option<Region> {
        let parts = self.model.plan.parts();
        let mut part = at.clone();
        for (indicator, line) in parts.indicators.iter().zip(&self.model.lines) {
            if !parts
                .scores
                .get(score)?
                .weights
                .iter()
                .any(|weight| weight.dimension == indicator.dimension)
            {
                continue;
            }
            let states = &self.model.variables.get(line.variable)?.states;
            let dropped = |state: &usize| {
                let cell = states
                    .get(*state)
                    .map(|state| if side == 0 { state.first } else { state.second });
                line.entries.iter().any(|entries| {
                    cell.and_then(|cell| entries.get(cell))
                        .is_some_and(|entry| entry.dropped)
                })
            };
            part.domains.get_mut(line.variable)?.retain(dropped);
        }
        Some(part)
    }

    /// By whether a line has a value, where that decides whether the customer is graded.
    fn by_gap(&self, at: &Region, found: &Bound) -> Option<Parts> {
        let refusing = |line: &super::bound::LineBound| line.sides.iter().any(|side| side.refused.open());
        let gaping = |line: &super::bound::LineBound| line.sides.iter().any(|side| side.missing.open());
        let mut order: Vec<usize> = Vec::new();
        for wanted in [&refusing as &dyn Fn(&super::bound::LineBound) -> bool, &gaping] {
            let lines = found.lines.iter().enumerate().filter(|(_, line)| wanted(line));
            order.extend(lines.map(|(at, _)| at));
        }
        order.into_iter().find_map(|line| self.by_missing(at, line))
    }

    fn by_missing(&self, at: &Region, line: usize) -> Option<Parts> {
        let line = self.model.lines.get(line)?;
        let entries = line.entries.first()?;
        let missing = |cell: usize| entries.get(cell).is_some_and(|entry| entry.missing);
        let parts = self.grouped(at, line.variable, |state| (missing(state.first), missing(state.second)))?;
        Some(Parts { parts, ordered: true })
    }

    // ---- points

    /// By the line that keeps scores furthest from being as assumed.
    fn by_points(&mut self, at: &Region, found: &Bound) -> Option<Parts> {
        let mut widths: Vec<(i64, usize)> = Vec::new();
        for (score, bound) in found.scores.iter().enumerate() {
            for (side, (low, high)) in bound.sides.iter().enumerate() {
                let (from, to) = range(at, side, score);
                let pending = *low < from || to < *high || (!found.certain && low < high);
                if !pending {
                    continue;
                }
                for (line, weight) in self.model.plan.nominal_weights(score).iter().enumerate() {
                    let Some(of) = found.lines.get(line).and_then(|line| line.sides.get(side)) else {
                        continue;
                    };
                    let points = i64::from(of.high) - i64::from(of.low);
                    let swing = if of.dropped.open() { points.max(500_000) } else { points };
                    if *weight > 0 && swing > 0 {
                        widths.push((weight * swing, line));
                    }
                }
            }
        }
        widths.sort_by_key(|(width, line)| (-width, *line));
        widths.dedup_by_key(|(_, line)| *line);
        for (_, line) in widths {
            let parts = self.by_line(at, line);
            if parts.is_some() {
                return parts;
            }
        }
        self.by_gap(at, found)
    }

    fn by_line(&mut self, at: &Region, which: usize) -> Option<Parts> {
        if let Some(parts) = self.by_missing(at, which) {
            return Some(parts);
        }
        let line = self.model.lines.get(which)?;
        let (first, second, _) = choices(&self.model, line, at);
        if first.len() > 1 || second.len() > 1 {
            let keys = line.keys.clone();
            if let Some(parts) = keys.into_iter().find_map(|key| self.halves(at, key, |_| 0)) {
                return Some(parts.into());
            }
        }
        let line = self.model.lines.get(which)?;
        let variable = line.variable;
        let points = |cell: usize| -> i64 {
            let of = |choice: &usize| line.entries.get(*choice).and_then(|entries| entries.get(cell));
            first
                .iter()
                .filter_map(of)
                .map(|entry| i64::from(entry.low) + i64::from(entry.high))
                .sum()
        };
        let states = &self.model.variables.get(variable)?.states;
        let of = |state: usize| {
            states
                .get(state)
                .map_or(0, |state| points(state.first) + points(state.second))
        };
        if let Some(parts) = self.halves(at, variable, of) {
            return Some(parts.into());
        }
        self.by_value(at, variable).map(Parts::from)
    }

    /// The domain of a variable in two halves, by an order; `None` when there is only one state.
    fn halves(&self, at: &Region, variable: usize, order: impl Fn(usize) -> i64) -> Option<Vec<Region>> {
        let mut domain = at.domains.get(variable)?.clone();
        if domain.len() < 2 {
            return None;
        }
        domain.sort_by_key(|state| order(*state));
        let upper = domain.split_off(domain.len() / 2);
        Some(vec![with(at, variable, upper), with(at, variable, domain)])
    }

    /// A single interpolated cell in two halves.
    fn by_value(&mut self, at: &Region, variable: usize) -> Option<Vec<Region>> {
        let [state] = at.domains.get(variable)?.as_slice() else {
            return None;
        };
        let state = *self.model.variables.get(variable)?.states.get(*state)?;
        let first = self.model.halve(variable, state.first);
        let second = if state.second == state.first {
            first
        } else {
            self.model.halve(variable, state.second)
        };
        if first.is_none() && second.is_none() {
            return None;
        }
        let ends = |halves: Option<(usize, usize)>, cell: usize| match halves {
            Some((lower, upper)) => vec![lower, upper],
            None => vec![cell],
        };
        let mut parts = Vec::new();
        for lower in ends(first, state.first) {
            for upper in ends(second, state.second) {
                let together = state.first == state.second;
                let apart = lower != upper;
                let order = match state.order {
                    Order::Same if apart => continue,
                    Order::Above if together && apart && upper < lower => continue,
                    Order::Below if together && apart && upper > lower => continue,
                    order => order,
                };
                let state = self.model.state(
                    variable,
                    State {
                        first: lower,
                        second: upper,
                        order,
                    },
                );
                parts.push(with(at, variable, vec![state]));
            }
        }
        Some(parts)
    }
}

fn with(at: &Region, variable: usize, domain: Vec<usize>) -> Region {
    let mut part = at.clone();
    if let Some(place) = part.domains.get_mut(variable) {
        *place = domain;
    }
    part
}

fn mask(found: &mut Bound, item: Item) -> Option<&mut Pairs> {
    match item {
        Item::When => Some(&mut found.when),
        Item::Cap(cap) => found.caps.get_mut(cap),
        Item::Floor(floor) => found.floors.get_mut(floor),
        Item::Rule(rule) => found.rules.get_mut(rule),
        Item::Ungraded => Some(&mut found.ungraded),
    }
}

fn leaves_of(tree: &Tree, found: &mut Vec<usize>) {
    match tree {
        Tree::Constant(_) => {}
        Tree::Leaf(leaf) => found.push(*leaf),
        Tree::All(parts) | Tree::Any(parts) => parts.iter().for_each(|part| leaves_of(part, found)),
        Tree::Not(inner) => leaves_of(inner, found),
    }
}

/// How far the scores of a part are from where they are assumed: 0 when the middle of each lies inside.
fn distance(at: &Region, found: &Bound) -> f64 {
    if found.certain && found.settled {
        return -1.0;
    }
    let mut sum = 0.0;
    for (score, bound) in found.scores.iter().enumerate() {
        for (side, (low, high)) in bound.sides.iter().enumerate() {
            let (from, to) = range(at, side, score);
            let middle = (*low as f64 + *high as f64) / 2.0;
            let (from, to) = ((*low).max(from) as f64, (*high).min(to) as f64);
            sum += (middle - (from + to) / 2.0).abs();
        }
    }
    sum
}

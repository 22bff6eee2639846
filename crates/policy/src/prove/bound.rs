//! What can become of the customers in a region: bounds on scores, sets of truths, possible grades. 界
//!
//! A *region* keeps for every variable the states that are still possible. Everything said here about a region holds for every
//! customer (or pair of customers) in it; it may hold for more, and then the search divides the region.

use std::collections::HashMap;

use pinji_domain::number::{div_half_even, pow10};
use pinji_engine::UNGRADED;

use super::claim::Goal;
use super::mean::{Member, greatest, least};
use super::model::{Entry, FALSE, Leaf, Line, Model, Order, State, TRUE, Tree, UNKNOWN};
use super::truth::{ANY_SHARED, CERTAIN, NONE, Pairs, and, members, not, or, pair};

/// The states of every variable that are still possible, and what is assumed of the scores.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Region {
    /// For each variable positions of its states.
    pub domains: Vec<Vec<usize>>,
    /// For each customer (first, second) and score the range it is assumed in.
    pub ranges: [Vec<(i64, i64)>; 2],
}

/// What one customer's line can be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side {
    pub low: i32,
    pub high: i32,
    pub missing: May,
    pub dropped: May,
    pub refused: May,
}

/// Whether something can be, and whether it must.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct May {
    pub can: bool,
    pub must: bool,
}

impl May {
    pub(super) fn open(self) -> bool {
        self.can && !self.must
    }
}

/// What a line can be for both customers.
#[derive(Debug, Clone)]
pub(super) struct LineBound {
    /// Whether nobody is left whose value the line could have.
    pub nobody: bool,
    pub sides: [Side; 2],
    /// Whether the two customers have the same value.
    pub shared: bool,
    /// Whether it is missing, drops and refuses for both or for neither.
    pub alike: bool,
    /// For lines that are not shared: entries of the first and the second, and whether the second has at least (at most)
    /// the points of the first.
    pub moves: Vec<Move>,
}

/// One way a line can differ between the customers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Move {
    pub first: Entry,
    pub second: Entry,
    pub not_less: bool,
    pub not_more: bool,
}

/// What a score can be.
#[derive(Debug, Clone, Copy)]
pub(super) struct ScoreBound {
    /// Least and greatest of the first and of the second customer, before what is assumed.
    pub sides: [(i64, i64); 2],
    /// Second minus first, least and greatest.
    pub difference: (i64, i64),
    /// Whether all its lines may be gone.
    pub gone: [May; 2],
}

/// What is known of a region.
#[derive(Debug, Clone)]
pub(super) struct Bound {
    pub lines: Vec<LineBound>,
    pub scores: Vec<ScoreBound>,
    pub rules: Vec<Pairs>,
    pub floors: Vec<Pairs>,
    pub caps: Vec<Pairs>,
    pub when: Pairs,
    pub ungraded: Pairs,
    /// Whether any customer in the region can break the claim.
    pub possible: bool,
    /// Whether every customer breaks it whose scores are as assumed.
    pub certain: bool,
    /// Whether all scores are as assumed anyway.
    pub settled: bool,
}

/// Effective weights by score and the set of its dropped lines.
pub(super) type Weights = HashMap<(usize, u64), Option<Vec<i64>>>;

/// Grades of the first and the second customer; [`UNGRADED`] for none.
pub(super) type Grades = Vec<(u8, u8)>;

impl Region {
    pub(super) fn all(model: &Model<'_>) -> Region {
        let scores = model.plan.parts().scores.len();
        Region {
            domains: model
                .variables
                .iter()
                .map(|variable| (0..variable.states.len()).collect())
                .collect(),
            ranges: [vec![(i64::MIN, i64::MAX); scores], vec![(i64::MIN, i64::MAX); scores]],
        }
    }
}

/// Bounds a region; `None` when nobody is in it.
pub(super) fn bound(model: &Model<'_>, goal: &Goal, at: &Region, weights: &mut Weights) -> Option<Bound> {
    if at.domains.iter().any(Vec::is_empty) {
        return None;
    }
    let lines = model.lines.iter().enumerate();
    let lines: Vec<LineBound> = lines.map(|(which, line)| line_bound(model, which, line, at)).collect();
    if lines.iter().any(|line| line.nobody) {
        return None;
    }
    let scores = score_bounds(model, &lines, weights);
    let mut settled = true;
    for (score, bound) in scores.iter().enumerate() {
        for side in 0..2 {
            let (low, high) = side_of(&bound.sides, side);
            let (from, to) = range(at, side, score);
            if low > to || high < from {
                return None;
            }
            settled &= from <= low && high <= to;
        }
    }
    let see = See {
        model,
        at,
        scores: &scores,
    };
    let rules = model.rules.iter().map(|tree| see.tree(tree)).collect();
    let floors = model.floors.iter().map(|(tree, _)| see.tree(tree)).collect();
    let caps = model.caps.iter().map(|(tree, _)| see.tree(tree)).collect();
    let when = see.tree(&model.when);
    let ungraded = ungraded(model, &lines, &scores);
    let mut bound = Bound {
        lines,
        scores,
        rules,
        floors,
        caps,
        when,
        ungraded,
        possible: false,
        certain: false,
        settled,
    };
    (bound.possible, bound.certain) = bound.judge(model, goal);
    Some(bound)
}

pub(super) fn range(at: &Region, side: usize, score: usize) -> (i64, i64) {
    at.ranges
        .get(side)
        .and_then(|ranges| ranges.get(score))
        .copied()
        .unwrap_or((i64::MIN, i64::MAX))
}

fn side_of<T: Copy>(sides: &[T; 2], side: usize) -> T {
    let [first, second] = sides;
    if side == 0 { *first } else { *second }
}

// ---- lines

fn line_bound(model: &Model<'_>, which: usize, line: &Line, at: &Region) -> LineBound {
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
pub(super) fn choices(model: &Model<'_>, line: &Line, at: &Region) -> (Vec<usize>, Vec<usize>, bool) {
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

// ---- scores

fn score_bounds(model: &Model<'_>, lines: &[LineBound], weights: &mut Weights) -> Vec<ScoreBound> {
    let plan = model.plan;
    let parts = plan.parts();
    let alike = lines.iter().all(|line| line.alike);
    let mut bounds = Vec::with_capacity(parts.scores.len());
    for (score, of) in parts.scores.iter().enumerate() {
        let weighed = |line: usize| {
            let dimension = parts.indicators.get(line).map(|indicator| indicator.dimension);
            of.weights.iter().any(|weight| Some(weight.dimension) == dimension)
        };
        let own = || lines.iter().enumerate().filter(|(line, _)| weighed(*line));
        let shared = own().all(|(_, line)| line.shared);
        // Only the score's own lines bear on its weights.
        let sets = [0, 1].map(|side| {
            let open = own().any(|(_, line)| side_of(&line.sides, side).dropped.open());
            let set = own().filter(|(_, line)| side_of(&line.sides, side).dropped.must);
            (!open).then(|| set.fold(0_u64, |set, (at, _)| set | 1 << (at % 64)))
        });
        for set in sets.into_iter().flatten() {
            weights.entry((score, set)).or_insert_with(|| plan.weights(score, set));
        }
        let known = sets.map(|set| weights.get(&(score, set?)));
        let one = side_score(model, lines, score, 0, known[0]);
        let other = if shared {
            one
        } else {
            side_score(model, lines, score, 1, known[1])
        };
        let (a, b) = (one.0, other.0);
        let loose = (b.0.saturating_sub(a.1), b.1.saturating_sub(a.0));
        let difference = if shared {
            (0, 0)
        } else {
            let closer = match (known, sets) {
                ([Some(Some(weights)), _], [Some(first), Some(second)]) if first == second => {
                    change(model, lines, weights)
                }
                _ if alike => direction(model, lines, score),
                _ => loose,
            };
            (closer.0.max(loose.0), closer.1.min(loose.1))
        };
        bounds.push(ScoreBound {
            sides: [a, b],
            difference,
            gone: [one.1, other.1],
        });
    }
    bounds
}

/// The bounds of one customer's score, and whether it can be gone. `known`: the effective weights where the set of
/// dropped lines is certain.
fn side_score(
    model: &Model<'_>,
    lines: &[LineBound],
    score: usize,
    side: usize,
    known: Option<&Option<Vec<i64>>>,
) -> ((i64, i64), May) {
    let plan = model.plan;
    match known {
        Some(None) => ((0, 0), May { can: true, must: true }),
        Some(Some(weights)) => {
            let (mut low, mut high) = (0, 0);
            for (line, weight) in lines.iter().zip(weights).filter(|(_, weight)| **weight > 0) {
                let side = side_of(&line.sides, side);
                low += plan.contribution(side.low, *weight);
                high += if side.low == side.high {
                    plan.contribution(side.low, *weight)
                } else {
                    plan.contribution(side.high, *weight)
                };
            }
            ((low, high), May::default())
        }
        None => loose_score(model, lines, score, side),
    }
}

/// Points of a mean are kept finer than points, so that rounding outwards costs nothing to speak of.
const FINER: i128 = 1_000;

/// The bounds while some lines may drop out: weighted means of weighted means, and a margin for the rounding of weights
/// (less than one unit each) and of contributions (half a unit each).
fn loose_score(model: &Model<'_>, lines: &[LineBound], score: usize, side: usize) -> ((i64, i64), May) {
    let parts = model.plan.parts();
    let Some(score) = parts.scores.get(score) else {
        return ((0, 0), May::default());
    };
    let (mut lowest, mut highest) = (Vec::new(), Vec::new());
    let mut count = 0;
    for dimension in &score.weights {
        let (mut low, mut high) = (Vec::new(), Vec::new());
        for (indicator, line) in parts.indicators.iter().zip(lines) {
            let line = side_of(&line.sides, side);
            if indicator.dimension != dimension.dimension || line.dropped.must {
                continue;
            }
            let (weight, optional) = (i128::from(indicator.weight), line.dropped.can);
            low.push(Member {
                weight,
                value: i128::from(line.low) * FINER,
                optional,
            });
            high.push(Member {
                weight,
                value: i128::from(line.high) * FINER,
                optional,
            });
        }
        count += low.len();
        let optional = low.iter().all(|member| member.optional);
        if let (Some(low), Some(high)) = (least(&low), greatest(&high)) {
            let weight = i128::from(dimension.weight);
            lowest.push(Member {
                weight,
                value: low,
                optional,
            });
            highest.push(Member {
                weight,
                value: high,
                optional,
            });
        }
    }
    let gone = May {
        can: lowest.iter().all(|member| member.optional),
        must: lowest.is_empty(),
    };
    let (Some(low), Some(high)) = (least(&lowest), greatest(&highest)) else {
        return ((0, 0), gone);
    };
    // Points count 10^-4, the score 10^-decimals: a mean of 10^4 × FINER is one point.
    let unit = i128::from(pow10(4 - score.decimals.min(4))) * FINER;
    let margin = 2 + (count as i128 * 3) / 2;
    let whole = i128::from(100 * pow10(score.decimals));
    let low = (low.div_euclid(unit) - margin).clamp(0, whole);
    let high = (-((-high).div_euclid(unit)) + margin).clamp(0, whole);
    (
        (i64::try_from(low).unwrap_or(0), i64::try_from(high).unwrap_or(i64::MAX)),
        gone,
    )
}

/// How far the second customer's score can lie from the first one's when both have these weights.
fn change(model: &Model<'_>, lines: &[LineBound], weights: &[i64]) -> (i64, i64) {
    let plan = model.plan;
    let (mut low, mut high) = (0, 0);
    for (line, weight) in lines
        .iter()
        .zip(weights)
        .filter(|(line, weight)| !line.shared && **weight > 0)
    {
        let (mut least, mut most) = (i64::MAX, i64::MIN);
        for step in &line.moves {
            let points = |points: i32| plan.contribution(points, *weight);
            let down = points(step.second.low) - points(step.first.high);
            let up = points(step.second.high) - points(step.first.low);
            least = least.min(if step.not_less { down.max(0) } else { down });
            most = most.max(if step.not_more { up.min(0) } else { up });
        }
        if least <= most {
            low += least;
            high += most;
        }
    }
    (low, high)
}

/// The same where the weights are not certain, but equal: at least which way it goes.
fn direction(model: &Model<'_>, lines: &[LineBound], score: usize) -> (i64, i64) {
    let parts = model.plan.parts();
    let weighed = |dimension: usize| {
        parts
            .scores
            .get(score)
            .is_some_and(|score| score.weights.iter().any(|weight| weight.dimension == dimension))
    };
    let mut moving = parts
        .indicators
        .iter()
        .zip(lines)
        .filter(|(indicator, line)| !line.shared && weighed(indicator.dimension));
    let (mut not_less, mut not_more) = (true, true);
    for (_, line) in moving.by_ref() {
        not_less &= line.moves.iter().all(|step| step.not_less || step.first.dropped);
        not_more &= line.moves.iter().all(|step| step.not_more || step.first.dropped);
    }
    (if not_less { 0 } else { i64::MIN }, if not_more { 0 } else { i64::MAX })
}

// ---- conditions

#[derive(Clone, Copy)]
struct See<'s> {
    model: &'s Model<'s>,
    at: &'s Region,
    scores: &'s [ScoreBound],
}

impl See<'_> {
    fn tree(&self, tree: &Tree) -> Pairs {
        match tree {
            Tree::Constant(true) => CERTAIN,
            Tree::Constant(false) => pair(FALSE, FALSE),
            Tree::Leaf(leaf) => self.leaf(*leaf),
            Tree::All(parts) => parts.iter().fold(CERTAIN, |found, part| and(found, self.tree(part))),
            Tree::Any(parts) => parts
                .iter()
                .fold(pair(FALSE, FALSE), |found, part| or(found, self.tree(part))),
            Tree::Not(inner) => not(self.tree(inner)),
        }
    }

    fn leaf(&self, leaf: usize) -> Pairs {
        match self.model.leaves.get(leaf) {
            Some(Leaf::Variable { variable, truth, .. }) => {
                let states = self
                    .model
                    .variables
                    .get(*variable)
                    .map_or(&[][..], |variable| &variable.states);
                let of = |cell: usize| truth.get(cell).copied().unwrap_or(UNKNOWN);
                let domain = self.at.domains.get(*variable).into_iter().flatten();
                let states = domain.filter_map(|state| states.get(*state));
                states.fold(NONE, |found, state| found | pair(of(state.first), of(state.second)))
            }
            Some(Leaf::Score { score, within }) => self.score(*score, within),
            Some(Leaf::Gone) => {
                // True only of customers who are not graded, for whom no rule matters.
                let any = self.scores.iter().any(|score| score.gone.iter().any(|gone| gone.can));
                if any {
                    ANY_SHARED | pair(TRUE, FALSE) | pair(FALSE, TRUE)
                } else {
                    pair(FALSE, FALSE)
                }
            }
            None => ANY_SHARED,
        }
    }

    fn score(&self, score: usize, within: &[(i64, i64)]) -> Pairs {
        let Some(bound) = self.scores.get(score) else {
            return ANY_SHARED;
        };
        let mut found = NONE;
        if bound.gone.iter().all(|gone| gone.must) {
            return pair(UNKNOWN, UNKNOWN);
        }
        let sides = [0, 1].map(|side| {
            let ((low, high), (from, to)) = (side_of(&bound.sides, side), range(self.at, side, score));
            pieces(within, low.max(from), high.min(to))
        });
        let [first, second] = &sides;
        for (truth, (low, high)) in first {
            for (other, (lower, upper)) in second {
                let reachable = lower.saturating_sub(*high) <= bound.difference.1
                    && upper.saturating_sub(*low) >= bound.difference.0;
                if reachable {
                    found |= pair(*truth, *other);
                }
            }
        }
        found
    }
}

/// The interval divided into pieces on which a test is true or false.
fn pieces(within: &[(i64, i64)], low: i64, high: i64) -> Vec<(u8, (i64, i64))> {
    let mut found = Vec::new();
    let mut at = low;
    for (from, to) in within {
        if *to < at || *from > high {
            continue;
        }
        if *from > at {
            found.push((FALSE, (at, from - 1)));
        }
        found.push((TRUE, (at.max(*from), high.min(*to))));
        match to.checked_add(1).filter(|next| *next <= high) {
            Some(next) => at = next,
            None => return found,
        }
    }
    if at <= high {
        found.push((FALSE, (at, high)));
    }
    found
}

/// The thresholds at which a test of a score changes inside an interval: each begins a new piece.
pub(super) fn thresholds(within: &[(i64, i64)], low: i64, high: i64) -> Vec<i64> {
    pieces(within, low, high)
        .iter()
        .skip(1)
        .map(|(_, (from, _))| *from)
        .collect()
}

// ---- grades

/// Whether the customers are not graded, as pairs of true and false.
fn ungraded(model: &Model<'_>, lines: &[LineBound], scores: &[ScoreBound]) -> Pairs {
    let of = |side: usize| {
        let refused = lines.iter().map(|line| side_of(&line.sides, side).refused);
        let gone = scores.iter().map(|score| side_of(&score.gone, side));
        let thin = (0..scores.len()).map(|score| thin(model, lines, score, side));
        refused.chain(gone).chain(thin).fold(May::default(), |all, one| May {
            can: all.can || one.can,
            must: all.must || one.must,
        })
    };
    let (first, second) = (of(0), of(1));
    let alike = lines.iter().all(|line| line.shared || line.alike);
    let mut found = NONE;
    for (value, can) in [(FALSE, !first.must), (TRUE, first.can)] {
        for (other, other_can) in [(FALSE, !second.must), (TRUE, second.can)] {
            if can && other_can && (value == other || !alike) {
                found |= pair(value, other);
            }
        }
    }
    found
}

/// Whether less of a score's weight has a value than the policy demands.
fn thin(model: &Model<'_>, lines: &[LineBound], score: usize, side: usize) -> May {
    let parts = model.plan.parts();
    let (mut least, mut most, mut whole) = (0_i128, 0_i128, 0_i128);
    for (line, weight) in lines.iter().zip(model.plan.nominal_weights(score)) {
        let missing = side_of(&line.sides, side).missing;
        let weight = i128::from(*weight);
        whole += weight;
        least += if missing.can { 0 } else { weight };
        most += if missing.must { 0 } else { weight };
    }
    // Coverage is compared as it is shown: rounded to 1/10 000.
    let demanded = i128::from(parts.min_coverage);
    let share = |weight: i128| div_half_even(weight * 10_000, whole.max(1));
    May {
        can: share(least) < demanded,
        must: share(most) < demanded,
    }
}
}

impl Bound {
    /// Whether the claim can be broken, and whether it is broken for certain.
    pub(super) fn judge(&self, model: &Model<'_>, goal: &Goal) -> (bool, bool) {
        let held = members(self.when).any(|(first, _)| first == TRUE);
        let always = members(self.when).all(|(first, _)| first == TRUE);
        if !held {
            return (false, false);
        }
        let grades = self.grades(model);
        let broken = grades.iter().any(|(first, second)| goal.broken(*first, *second));
        (
            broken,
            always && broken && grades.iter().all(|(first, second)| goal.broken(*first, *second)),
        )
    }

    /// The pairs of grades that the customers can have.
    pub(super) fn grades(&self, model: &Model<'_>) -> Grades {
        const OPEN: u8 = UNGRADED - 1;
        let last = u8::try_from(model.rules.len()).unwrap_or(OPEN);
        let mut found: Grades = Vec::new();
        if members(self.ungraded).any(|(first, second)| first == FALSE || second == FALSE) {
            found.push((OPEN, OPEN));
        }
        for (grade, rule) in (0_u8..).zip(&self.rules) {
            found = fold(
                &found,
                *rule,
                |held, holds| if held == OPEN && holds { grade } else { held },
            );
        }
        for held in &mut found {
            let end = |grade: u8| if grade == OPEN { last } else { grade };
            *held = (end(held.0), end(held.1));
        }
        for (floor, (_, grade)) in self.floors.iter().zip(&model.floors) {
            let grade = u8::try_from(*grade).unwrap_or(last);
            found = fold(&found, *floor, |held, holds| if holds { held.min(grade) } else { held });
        }
        for (cap, (_, grade)) in self.caps.iter().zip(&model.caps) {
            let grade = u8::try_from(*grade).unwrap_or(last);
            found = fold(&found, *cap, |held, holds| if holds { held.max(grade) } else { held });
        }
        let mut out: Grades = Vec::new();
        for (first, second) in members(self.ungraded) {
            let end = |gone: u8, grade: u8| if gone == TRUE { UNGRADED } else { grade };
            if found.is_empty() {
                out.push((end(first, last), end(second, last)));
            }
            out.extend(found.iter().map(|(one, other)| (end(first, *one), end(second, *other))));
        }
        out.sort_unstable();
        out.dedup();
        out
    }
}

fn fold(from: &[(u8, u8)], condition: Pairs, then: impl Fn(u8, bool) -> u8) -> Grades {
    let mut found: Grades = Vec::with_capacity(from.len());
    for (first, second) in from {
        for (one, other) in members(condition) {
            let pair = (then(*first, one == TRUE), then(*second, other == TRUE));
            if !found.contains(&pair) {
                found.push(pair);
            }
        }
    }
    found
}

//! What can become of the customers in a region: bounds on scores, sets of truths, possible grades. 界
//!
//! A *region* keeps for every variable the states that are still possible. Everything said here about a region holds for every
//! customer (or pair of customers) in it; it may hold for more, and then the search divides the region.

mod conditions;
mod grades;
mod lines;
mod scores;

use std::collections::HashMap;

use super::claim::Goal;
use super::model::{Entry, Model};
use super::truth::Pairs;
use conditions::See;
pub(super) use conditions::thresholds;
use grades::ungraded;
pub(super) use lines::choices;
use lines::line_bound;
use scores::score_bounds;

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

//! What a condition can be for the customers of a region. 条件的真值

use super::{Region, ScoreBound, range, side_of};
use crate::prove::model::{FALSE, Leaf, Model, TRUE, Tree, UNKNOWN};
use crate::prove::truth::{ANY_SHARED, CERTAIN, NONE, Pairs, and, not, or, pair};

#[derive(Clone, Copy)]
pub(super) struct See<'s> {
    pub(super) model: &'s Model<'s>,
    pub(super) at: &'s Region,
    pub(super) scores: &'s [ScoreBound],
}

impl See<'_> {
    pub(super) fn tree(&self, tree: &Tree) -> Pairs {
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
pub(in crate::prove) fn thresholds(within: &[(i64, i64)], low: i64, high: i64) -> Vec<i64> {
    pieces(within, low, high)
        .iter()
        .skip(1)
        .map(|(_, (from, _))| *from)
        .collect()
}

//! Which grades the customers of a region can have. 可能的等级

use pinji_domain::number::div_half_even;
use pinji_engine::UNGRADED;

use super::{Bound, Grades, LineBound, May, ScoreBound, side_of};
use crate::prove::claim::Goal;
use crate::prove::model::{FALSE, Model, TRUE};
use crate::prove::truth::{NONE, Pairs, members, pair};

/// Whether the customers are not graded, as pairs of true and false.
pub(super) fn ungraded(model: &Model<'_>, lines: &[LineBound], scores: &[ScoreBound]) -> Pairs {
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

impl Bound {
    /// Whether the claim can be broken, and whether it is broken for certain.
    pub(in crate::prove) fn judge(&self, model: &Model<'_>, goal: &Goal) -> (bool, bool) {
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
    pub(in crate::prove) fn grades(&self, model: &Model<'_>) -> Grades {
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

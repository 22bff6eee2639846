//! Experts: drawn so that anybody can draw them again, blind to each other, their opinions made one. 专家评议

use std::collections::{BTreeMap, BTreeSet};

use pinji_domain::ids::{CaseId, UserId};
use pinji_domain::number::div_half_even;
use sha2::{Digest, Sha256};

use super::refusal::Refusal;
use super::terms::{Judged, Reconcile, Terms};
use crate::submission::Signed;

/// How somebody came to be asked. 产生方式
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Chosen {
    /// By lot.
    Drawn,
    /// By name.
    Named,
}

/// Whom to ask. 专家产生办法
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// So many by lot.
    Draw {
        /// How many.
        number: u32,
        /// Random bytes from the edge; they are kept, so that the draw can be repeated.
        seed: [u8; 32],
    },
    /// These.
    Name(BTreeSet<UserId>),
}

/// The experts on a case and what they think. 专家组
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Panel {
    /// Who is asked.
    pub experts: BTreeMap<UserId, Chosen>,
    /// What they think, in this round.
    pub opinions: BTreeMap<UserId, Opinion>,
    /// What they thought before it went back to them; `None` in the first round.
    pub before: Option<BTreeMap<UserId, Opinion>>,
}

/// One expert's opinion. 专家意见
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    /// Who and when.
    pub signed: Signed,
    /// A level for each judged indicator.
    pub scores: BTreeMap<String, Judgement>,
}

/// What an expert says of one indicator. 单项意见
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The level, by the policy's description.
    pub level: String,
    /// Why, in his own words.
    pub reason: String,
}

/// What became of the opinions on one indicator. 汇总结果
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reconciled {
    /// One number, in 10⁻⁴ points.
    Points(i32),
    /// They lie further apart than the policy allows.
    Split {
        /// The lowest.
        least: i32,
        /// The highest.
        most: i32,
    },
}

/// Draws so many of `pool`: the lot of each is SHA-256(seed ‖ case ‖ user); the smallest are drawn. 抽取专家
///
/// The order of the pool does not matter, and taking somebody out does not change the order of the others.
pub fn draw(seed: [u8; 32], case: CaseId, pool: &BTreeSet<UserId>, number: u32) -> BTreeSet<UserId> {
    let lot = |user: &UserId| -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update(seed);
        hasher.update(case.0.to_be_bytes());
        hasher.update(user.0.to_be_bytes());
        hasher.finalize().into()
    };
    let mut lots: Vec<([u8; 32], UserId)> = pool.iter().map(|user| (lot(user), *user)).collect();
    lots.sort_unstable();
    let number = usize::try_from(number).unwrap_or(usize::MAX);
    lots.into_iter().take(number).map(|(_, user)| user).collect()
}

/// How many opinions the policy wants: the most that any judged indicator does.
pub fn needed(terms: &Terms) -> u32 {
    terms.judged.values().map(|judged| judged.min).max().unwrap_or(1).max(1)
}

/// Holds an opinion against the policy: each judged indicator has a level that there is, and a written reason. 意见校验
pub(super) fn is_whole(scores: &BTreeMap<String, Judgement>, terms: &Terms) -> Result<(), Refusal> {
    for (indicator, judged) in &terms.judged {
        let indicator = || indicator.clone();
        let Some(judgement) = scores.get(&indicator()) else {
            return Err(Refusal::IndicatorMissing { indicator: indicator() });
        };
        if !judged.levels.contains_key(&judgement.level) {
            let level = judgement.level.clone();
            return Err(Refusal::NoSuchLevel {
                indicator: indicator(),
                level,
            });
        }
        if judgement.reason.trim().is_empty() {
            return Err(Refusal::OpinionWithoutReason { indicator: indicator() });
        }
    }
    match scores.keys().find(|indicator| !terms.judged.contains_key(*indicator)) {
        Some(indicator) => Err(Refusal::NoSuchIndicator {
            indicator: indicator.clone(),
        }),
        None => Ok(()),
    }
}

/// Makes the opinions one, indicator by indicator. Each has at least `min` of them, as [`needed`] saw to. 意见汇总
pub(super) fn reconcile<'o>(
    opinions: impl Iterator<Item = &'o Opinion> + Clone,
    terms: &Terms,
) -> BTreeMap<String, Reconciled> {
    let lines = terms.judged.iter().map(|(indicator, judged)| {
        let levels = opinions.clone().filter_map(|opinion| {
            let judgement = opinion.scores.get(indicator)?;
            judged.levels.get(&judgement.level).copied()
        });
        (indicator.clone(), one(levels.collect(), judged))
    });
    lines.collect()
}

fn one(mut points: Vec<i32>, judged: &Judged) -> Reconciled {
    points.sort_unstable();
    let least = points.first().copied().unwrap_or_default();
    let most = points.last().copied().unwrap_or_default();
    if judged.spread.is_some_and(|spread| most - least > spread) {
        return Reconciled::Split { least, most };
    }
    let middle = match judged.by {
        Reconcile::Mean => points.as_slice(),
        // One in the middle, or the two.
        Reconcile::Median => {
            let from = points.len().saturating_sub(1) / 2;
            points.get(from..points.len() / 2 + 1).unwrap_or_default()
        }
    };
    let sum: i128 = middle.iter().map(|points| i128::from(*points)).sum();
    let mean = div_half_even(sum, middle.len().max(1) as i128);
    Reconciled::Points(i32::try_from(mean).unwrap_or(most))
}

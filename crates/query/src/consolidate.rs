//! One figure of a group from those of its members. 成员数据合并
//!
//! Figures are integers at the measure's scale. Missing is not zero: what a member lacks is named, and nothing is put in its
//! place. The order of members does not matter, except that of a circle of parents the first one's statement counts.
#![expect(
    clippy::indexing_slicing,
    reason = "parents are places among the members, and so is what is kept for each of them"
)]

use pinji_domain::number::{EXACT_LIMIT, div_half_even};
use pinji_policy::{CompiledMembers, CompiledRule};

/// What is known of one member. 成员数据
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Figure {
    /// The place of the member company right above it, if one is.
    pub(crate) parent: Option<usize>,
    /// Its own figure; `None`: missing.
    pub(crate) own: Option<i64>,
    /// The figure of its consolidated statement; `None`: it has none.
    pub(crate) consolidated: Option<i64>,
    /// Its weight, zero or more; `None`: missing.
    pub(crate) weight: Option<i64>,
}

/// How a member's figure entered. 成员数据的计入情况
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Entered {
    /// By its own figure. 按本身报表计入
    Own,
    /// By its consolidated statement. 按合并报表计入
    Consolidated,
    /// Within the consolidated statement of the member at that place. 已含于上级合并报表
    Within(usize),
    /// Not at all: its figure is missing. 数据缺失
    Missing,
    /// Not at all: its weight is missing. 权重缺失
    Unweighted,
}

/// One member's line. 合并明细
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) entered: Entered,
    /// The figure that was used; `None` where none was.
    pub(crate) figure: Option<i64>,
    /// Its weight, where the rule weighs.
    pub(crate) weight: Option<i64>,
}

/// What members come to. 合并结果
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sum {
    /// This.
    Figure(i64),
    /// Nothing: no member has a figure, or one lacks it where all are needed.
    Missing,
    /// Nothing: all weights are zero.
    Weightless,
    /// More than is exact (2^53).
    Beyond,
}

/// Consolidates members' figures into one; the lines are in the order of the members. 合并成员数据
pub(crate) fn consolidate(how: &CompiledMembers, members: &[Figure]) -> (Sum, Vec<Part>) {
    let above = match how.consolidated {
        Some(_) => consolidated_above(members),
        None => vec![None; members.len()],
    };
    let parts: Vec<Part> = members
        .iter()
        .zip(above)
        .map(|(member, above)| part(how, member, above))
        .collect();
    let lacks = |part: &Part| matches!(part.entered, Entered::Missing | Entered::Unweighted);
    let mut figures = parts
        .iter()
        .filter_map(|part| Some((i128::from(part.figure?), i128::from(part.weight.unwrap_or(1)))))
        .peekable();
    if figures.peek().is_none() || (how.complete && parts.iter().any(lacks)) {
        return (Sum::Missing, parts);
    }
    let exact = match how.rule {
        CompiledRule::Sum => Some(figures.map(|(figure, _)| figure).sum()),
        CompiledRule::Max => figures.map(|(figure, _)| figure).max(),
        CompiledRule::Min => figures.map(|(figure, _)| figure).min(),
        CompiledRule::Weighted(_) => {
            let (sum, weights) = figures.fold((0, 0), |(sum, weights), (figure, weight)| {
                (sum + figure * weight, weights + weight)
            });
            (weights > 0).then(|| div_half_even(sum, weights))
        }
    };
    let sum = match exact.map(i64::try_from) {
        None => Sum::Weightless,
        Some(Ok(figure)) if figure.unsigned_abs() <= EXACT_LIMIT.unsigned_abs() => Sum::Figure(figure),
        Some(_) => Sum::Beyond,
    };
    (sum, parts)
}

fn part(how: &CompiledMembers, member: &Figure, above: Option<usize>) -> Part {
    let none = |entered| Part {
        entered,
        figure: None,
        weight: None,
    };
    if let Some(above) = above {
        return none(Entered::Within(above));
    }
    let consolidated = member.consolidated.filter(|_| how.consolidated.is_some());
    let (entered, figure) = match (consolidated, member.own) {
        (Some(figure), _) => (Entered::Consolidated, figure),
        (None, Some(figure)) => (Entered::Own, figure),
        (None, None) => return none(Entered::Missing),
    };
    let mut weight = None;
    if let CompiledRule::Weighted(_) = how.rule {
        weight = member.weight.filter(|weight| *weight >= 0);
        if weight.is_none() {
            return none(Entered::Unweighted);
        }
    }
    Part {
        entered,
        figure: Some(figure),
        weight,
    }
}

/// For each member the highest one above it that has a consolidated statement. Where parents run in a circle, that is the
/// first of the circle that has one, so that one statement of a circle always counts.
fn consolidated_above(members: &[Figure]) -> Vec<Option<usize>> {
    let stated = |at: usize| members[at].consolidated.is_some();
    let mut above: Vec<Option<usize>> = vec![None; members.len()];
    let mut settled = vec![false; members.len()];
    // On the way at hand: 1 + its place there.
    let mut place = vec![0_usize; members.len()];
    for start in 0..members.len() {
        let mut way = Vec::new();
        let mut at = Some(start).filter(|at| !settled[*at]);
        while let Some(here) = at.filter(|at| !settled[*at] && place[*at] == 0) {
            way.push(here);
            place[here] = way.len();
            at = members[here].parent.filter(|parent| *parent < members.len());
        }
        // The way ends where nobody is above, at one who is settled, or at one that it has met: a circle.
        if let Some(met) = at.filter(|at| !settled[*at]) {
            let circle = way.split_off(place[met] - 1);
            let first = circle.iter().copied().filter(|at| stated(*at)).min();
            for member in circle {
                above[member] = first.filter(|first| *first != member);
                settled[member] = true;
            }
        }
        for member in way.into_iter().rev() {
            let parent = members[member].parent.filter(|parent| *parent < members.len());
            above[member] = parent.and_then(|parent| above[parent].or(Some(parent).filter(|parent| stated(*parent))));
            settled[member] = true;
        }
    }
    above
}

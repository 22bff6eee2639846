//! Whom to look at first, and why: a fall, a cap, thin data or a narrow margin, weighed by what the customer is worth. 优先关注
//!
//! Each cause has a weight; the list is ordered by weight × worth, so that a small matter of a large customer and a large
//! matter of a small one both find their place. Without a measure of worth the weight alone decides.

use pinji_domain::number::pow10;
use pinji_domain::{Decimal, Lang, Message};
use pinji_engine::UNGRADED;
use pinji_report::run::{Look, Mover, Ungraded, Why as Reason};

use crate::book::Why;
use crate::previous::Previous;
use crate::rated::Layer;
use crate::view::figures::{cut_offs, indicator_name};

/// Coverage below this, in 1/10 000, is worth a look for a customer in the better half of the grades.
const THIN: u16 = 8_000;
/// So many points from a threshold is a narrow margin.
const NARROW: i64 = 1;

/// The customers to look at first. 优先关注名单
pub fn first(layer: &Layer, previous: Option<&Previous>, money: Option<usize>, limit: usize) -> Vec<Look> {
    let thresholds: Vec<Vec<(usize, i64)>> = (0..layer.level.compiled.plan.parts().scores.len())
        .map(|score| cut_offs(layer, score))
        .collect();
    let mut ranked: Vec<(i128, u32, usize)> = (0..layer.book.rows())
        .filter_map(|row| {
            let weight = weight(layer, previous, &thresholds, row);
            let worth = layer.worth(money, row).unwrap_or(0).max(0);
            (weight > 0).then_some((i128::from(weight) * i128::from(worth), weight, row))
        })
        .collect();
    ranked.sort_by(|one, two| two.0.cmp(&one.0).then(two.1.cmp(&one.1)).then(one.2.cmp(&two.2)));
    ranked
        .into_iter()
        .take(limit)
        .map(|(_, _, row)| Look {
            id: layer.id(row),
            name: layer.about("name", row).unwrap_or_default(),
            grade: layer.book.grade(row).map(usize::from),
            score: layer.book.score(row, 0),
            money: layer.worth(money, row).map(|units| Decimal { units, scale: 2 }),
            why: reasons(layer, previous, &thresholds, row, money),
        })
        .collect()
}

fn weight(layer: &Layer, previous: Option<&Previous>, thresholds: &[Vec<(usize, i64)>], row: usize) -> u32 {
    let mut weight = 0;
    if let Some((before, _)) = previous.and_then(|previous| previous.of(layer, row)) {
        weight += 4 * fall(layer, before, row).max(0).unsigned_abs();
    }
    let grade = layer.book.grade(row);
    match grade {
        None => weight += 3,
        Some(_) if !layer.book.caps(row).is_empty() => weight += 3,
        Some(grade) => {
            let better_half = usize::from(grade) * 2 < layer.level.document.grades.len();
            if better_half && layer.book.coverage(row, 0) < THIN {
                weight += 2;
            }
            if margin_down(layer, thresholds, row).is_some() {
                weight += 2;
            } else if margin_up(layer, thresholds, row).is_some() {
                weight += 1;
            }
        }
    }
    weight
}

/// By how many notches the grade fell; negative when it rose. Ungraded stands below all.
fn fall(layer: &Layer, before: Option<usize>, row: usize) -> i32 {
    let bottom = layer.level.document.grades.len();
    let place = |grade: Option<usize>| i32::try_from(grade.unwrap_or(bottom)).unwrap_or(i32::from(UNGRADED));
    place(layer.book.grade(row).map(usize::from)) - place(before)
}

/// How far above the threshold of its grade, where that is little: score and margin in its units.
fn margin_down(layer: &Layer, thresholds: &[Vec<(usize, i64)>], row: usize) -> Option<(usize, i64)> {
    let grade = usize::from(layer.book.grade(row)?);
    narrow(layer, thresholds, row, |at, value, threshold| {
        (at == grade && value >= threshold).then_some(value - threshold)
    })
}

/// How far below the threshold of the next better grade, where that is little.
fn margin_up(layer: &Layer, thresholds: &[Vec<(usize, i64)>], row: usize) -> Option<(usize, i64)> {
    let grade = usize::from(layer.book.grade(row)?);
    narrow(layer, thresholds, row, |at, value, threshold| {
        (at + 1 == grade && value < threshold).then_some(threshold - value)
    })
}

fn narrow(
    layer: &Layer,
    thresholds: &[Vec<(usize, i64)>],
    row: usize,
    distance: impl Fn(usize, i64, i64) -> Option<i64>,
) -> Option<(usize, i64)> {
    let scores = &layer.level.compiled.plan.parts().scores;
    let near = |(score, ends): (usize, &Vec<(usize, i64)>)| {
        let value = layer.book.score(row, score)?;
        let limit = NARROW * pow10(scores.get(score)?.decimals);
        let least = ends
            .iter()
            .filter_map(|(at, threshold)| distance(*at, value, *threshold))
            .min()?;
        (least < limit).then_some((score, least))
    };
    thresholds
        .iter()
        .enumerate()
        .filter_map(near)
        .min_by_key(|(_, margin)| *margin)
}

fn reasons(
    layer: &Layer,
    previous: Option<&Previous>,
    thresholds: &[Vec<(usize, i64)>],
    row: usize,
    money: Option<usize>,
) -> Vec<Reason> {
    let mut out = Vec::new();
    if let Some((before, _)) = previous.and_then(|previous| previous.of(layer, row)) {
        let fall = fall(layer, before, row);
        if fall > 0 {
            out.push(Reason::Fell(fall.unsigned_abs()));
        }
    }
    if layer.book.grade(row).is_none() {
        out.push(Reason::Ungraded(ungraded(layer, row)));
    }
    out.extend(caps(layer, row));
    let scale = |score: usize| {
        layer
            .level
            .compiled
            .plan
            .parts()
            .scores
            .get(score)
            .map_or(0, |score| score.decimals)
    };
    let neighbour = |step: i64| {
        let place = layer.book.grade(row).map(i64::from).unwrap_or_default() + step;
        let grade = usize::try_from(place)
            .ok()
            .and_then(|place| layer.level.document.grades.get(place));
        grade.map(|grade| grade.name.clone()).unwrap_or_default()
    };
    if let Some((score, margin)) = margin_down(layer, thresholds, row) {
        out.push(Reason::NearlyDown(
            neighbour(1),
            Decimal {
                units: margin,
                scale: scale(score),
            },
        ));
    } else if let Some((score, margin)) = margin_up(layer, thresholds, row).filter(|_| layer.book.caps(row).is_empty())
    {
        out.push(Reason::NearlyUp(
            neighbour(-1),
            Decimal {
                units: margin,
                scale: scale(score),
            },
        ));
    }
    let missing = layer.book.missing(row).into_iter().take(2).map(|at| {
        let cause = layer.book.line(row, at).and_then(|line| line.cause);
        Reason::Missing(
            indicator_name(layer, at),
            cause.unwrap_or(pinji_domain::MissingCause::NotReported),
        )
    });
    if layer.book.coverage(row, 0) < THIN {
        out.extend(missing);
    }
    out.extend(losses(layer, row).into_iter().take(2));
    if money.is_some() && out.is_empty() {
        out.push(Reason::MuchAtStake);
    }
    out
}

/// A reason as a phrase. 理由措辞
pub fn phrase(lang: Lang, reason: &Reason) -> String {
    let cause = |why: &Ungraded| match why {
        Ungraded::Refused(indicator) => Message::new("report-ungraded-refused").with("indicator", indicator.clone()),
        Ungraded::Coverage => Message::new("report-ungraded-coverage"),
        Ungraded::NoLines => Message::new("report-ungraded-no-lines"),
    };
    let message = match reason {
        Reason::Cap(reason) => Message::new("report-why-cap").with("reason", reason.clone()),
        Reason::CapGone(reason) => Message::new("report-why-cap-gone").with("reason", reason.clone()),
        Reason::Floor(reason) => Message::new("report-why-floor").with("reason", reason.clone()),
        Reason::Missing(indicator, cause) => Message::new("report-why-missing")
            .with("indicator", indicator.clone())
            .with("cause", Message::new(cause.code())),
        Reason::Loss(indicator, points) => Message::new("report-why-loss")
            .with("indicator", indicator.clone())
            .with("points", points.to_string()),
        Reason::Change(indicator, points) => Message::new("report-why-change")
            .with("indicator", indicator.clone())
            .with("points", points.to_string()),
        Reason::NearlyUp(grade, gap) => Message::new("report-why-nearly-up")
            .with("grade", grade.clone())
            .with("gap", gap.to_string()),
        Reason::NearlyDown(grade, gap) => Message::new("report-why-nearly-down")
            .with("grade", grade.clone())
            .with("gap", gap.to_string()),
        Reason::Fell(notches) => Message::new("report-why-fell").with("n", i64::from(*notches)),
        Reason::Rose(notches) => Message::new("report-why-rose").with("n", i64::from(*notches)),
        Reason::Ungraded(why) => Message::new("report-why-ungraded").with("cause", cause(why)),
        Reason::MuchAtStake => Message::new("report-why-stake"),
    };
    pinji_locale::say(lang, &message)
}

/// Why a customer has no grade, for readers.
pub fn ungraded(layer: &Layer, row: usize) -> Ungraded {
    match layer.book.why(row) {
        Some(Why::Coverage) => Ungraded::Coverage,
        Some(Why::NoLines) => Ungraded::NoLines,
        _ => {
            let indicators = &layer.level.compiled.plan.parts().indicators;
            let refuses = |at: &usize| {
                indicators
                    .get(*at)
                    .is_some_and(|found| found.missing == pinji_engine::Missing::Refuse)
            };
            let first = layer.book.missing(row).into_iter().find(refuses);
            Ungraded::Refused(first.map(|at| indicator_name(layer, at)).unwrap_or_default())
        }
    }
}

/// The caps that bind, by their reasons.
pub fn caps(layer: &Layer, row: usize) -> Vec<Reason> {
    let document = &layer.level.document;
    let reason = |at: usize| document.caps.get(at).map(|cap| Reason::Cap(cap.reason.clone()));
    layer.book.caps(row).into_iter().filter_map(reason).collect()
}

/// The caps that bind now and did not before, and the other way round.
fn caps_changed(layer: &Layer, row: usize, before: &[String]) -> Vec<Reason> {
    let now = layer.book.caps(row);
    let caps = layer.level.document.caps.iter().enumerate();
    let change = |(at, cap): (usize, &pinji_policy::document::Bound)| {
        let reason = cap.reason.clone();
        match (before.contains(&cap.id), now.contains(&at)) {
            (false, true) => Some(Reason::Cap(reason)),
            (true, false) => Some(Reason::CapGone(reason)),
            _ => None,
        }
    };
    caps.filter_map(change).collect()
}

/// The greatest losses, each with how many points of the first score that weighs the indicator it lost.
pub fn losses(layer: &Layer, row: usize) -> Vec<Reason> {
    let plan = &layer.level.compiled.plan;
    let loss = |at: usize| {
        let (score, weight) = (0..plan.parts().scores.len())
            .map(|score| (score, plan.nominal_weights(score).get(at).copied().unwrap_or(0)))
            .find(|(_, weight)| *weight > 0)?;
        let points = layer.book.line(row, at).and_then(|line| line.points).unwrap_or(0);
        let lost = plan.contribution(pinji_engine::plan::FULL_POINTS - points, weight);
        let scale = plan.parts().scores.get(score)?.decimals;
        Some(Reason::Loss(indicator_name(layer, at), Decimal { units: lost, scale }))
    };
    layer.book.losses(row).into_iter().filter_map(loss).collect()
}

/// Those who moved since the run before, largest moves first, then worth most. 等级变动
pub fn movers(layer: &Layer, previous: &Previous, money: Option<usize>, limit: usize) -> Vec<Mover> {
    let mut moved: Vec<(i32, i64, usize)> = (0..layer.book.rows())
        .filter_map(|row| {
            let (before, _) = previous.of(layer, row)?;
            let fall = fall(layer, before, row);
            (fall != 0).then(|| (fall.abs(), layer.worth(money, row).unwrap_or(0), row))
        })
        .collect();
    moved.sort_by(|one, two| two.0.cmp(&one.0).then(two.1.cmp(&one.1)).then(one.2.cmp(&two.2)));
    moved
        .into_iter()
        .take(limit)
        .map(|(_, _, row)| {
            let (from, there) = previous.of(layer, row).unwrap_or_default();
            let to = layer.book.grade(row);
            let fall = fall(layer, from, row);
            let mut why = match (from, to) {
                (Some(_), Some(_)) if fall > 0 => vec![Reason::Fell(fall.unsigned_abs())],
                (Some(_), Some(_)) => vec![Reason::Rose(fall.unsigned_abs())],
                (_, None) => vec![Reason::Ungraded(ungraded(layer, row))],
                (None, Some(_)) => Vec::new(),
            };
            why.extend(caps_changed(layer, row, &previous.caps(there)));
            why.extend(
                previous
                    .changes(layer, row, there)
                    .into_iter()
                    .map(|(name, change)| Reason::Change(name, change)),
            );
            Mover {
                id: layer.id(row),
                name: layer.about("name", row).unwrap_or_default(),
                from,
                to: layer.book.grade(row).map(usize::from),
                score_before: previous.score(layer, there),
                score: layer.book.score(row, 0),
                money: layer.worth(money, row).map(|units| Decimal { units, scale: 2 }),
                why,
            }
        })
        .collect()
}

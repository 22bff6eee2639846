//! The report's numbers and names, taken from a graded book. 报告视图

use pinji_domain::number::to_f64;
use pinji_domain::{Decimal, Text};
use pinji_policy::document::Subject;
use pinji_policy::prove::{Outcome, prove};
use pinji_report::run::{
    BoundCount, CoverageClass, DimensionMeans, Facts, GradeCount, MissingCount, Previous as Before, Report,
    ScoreSpread, Subject as Graded, Ungraded, UngradedCount,
};

use crate::book::Why;
use crate::manifest::Manifest;
use crate::previous::Previous;
use crate::rated::{Layer, Rated};
use crate::view::{attention, figures};
use crate::words;

/// Movers in the report.
const MOVERS: usize = 20;
/// Customers to look at first.
const FIRST: usize = 10;
/// How many parts each proof may look at.
const NODES: u64 = 20_000;

/// Fills the report. 填写报告
pub fn fill(rated: &Rated, manifest: &Manifest, previous: Option<&Previous>, money: Option<usize>) -> Report {
    let layer = &rated.main;
    let document = &layer.level.document;
    Report {
        policy: document.name.clone(),
        policy_id: document.id.clone(),
        version: document.version.clone(),
        purpose: document.purpose.clone(),
        as_of: Some(rated.as_of),
        subject: match document.subject {
            Subject::Customer => Graded::Customer,
            Subject::Group => Graded::Group,
        },
        previous: previous.map(|previous| before(layer, previous)),
        grades: grades(layer, previous, money),
        ungraded: ungraded(layer),
        scores: scores(layer),
        dimensions: dimensions(layer),
        coverage: figures::COVERAGE
            .iter()
            .zip(figures::coverage(layer))
            .map(|((from, to), count)| CoverageClass {
                from_percent: *from,
                to_percent: *to,
                count,
            })
            .collect(),
        missing: figures::missing(layer)
            .into_iter()
            .map(|lacking| MissingCount {
                indicator: figures::indicator_name(layer, lacking.indicator),
                causes: lacking.causes,
            })
            .collect(),
        bounds: bounds(layer),
        movers: previous
            .map(|previous| attention::movers(layer, previous, money, MOVERS))
            .unwrap_or_default(),
        first: attention::first(layer, previous, money, FIRST),
        stake: money.map(|at| words::input_name(&layer.level, at)).unwrap_or_default(),
        guarantees: guarantees(rated),
        facts: Facts {
            policy_sha256: manifest.policy.sha256.clone(),
            snapshot_sha256: manifest
                .snapshot
                .last()
                .map(|snapshot| snapshot.content.clone())
                .unwrap_or_default(),
            engine: manifest.engine.clone(),
            inputs: manifest
                .data
                .inputs
                .iter()
                .map(|input| (input.name.clone(), input.bytes, input.sha256.clone()))
                .collect(),
            left_out: manifest.data.left_out,
        },
    }
}

/// The guarantees, each proved again for the date of the run within a budget that every shipped policy stays far below.
fn guarantees(rated: &Rated) -> Vec<(Text, bool)> {
    let level = &rated.main.level;
    let proved = |guarantee: &pinji_policy::document::Guarantee| {
        let outcome = prove(&level.document, &level.compiled, rated.as_of, guarantee, NODES);
        let name = match guarantee.name == Text::default() {
            true => Text::new(guarantee.says.clone(), guarantee.says.clone()),
            false => guarantee.name.clone(),
        };
        (name, matches!(outcome, Outcome::Proved { .. }))
    };
    level.document.guarantees.iter().map(proved).collect()
}

fn before(layer: &Layer, previous: &Previous) -> Before {
    let grades = layer.level.document.grades.len();
    let mut moved = vec![vec![0_u64; grades + 1]; grades + 1];
    let mut met = 0_u64;
    let mut joined = 0_u64;
    for row in 0..layer.book.rows() {
        let Some((from, _)) = previous.of(layer, row) else {
            joined += 1;
            continue;
        };
        met += 1;
        let to = layer.book.grade(row).map_or(grades, usize::from);
        if let Some(count) = moved.get_mut(from.unwrap_or(grades)).and_then(|row| row.get_mut(to)) {
            *count += 1;
        }
    }
    Before {
        as_of: previous.as_of,
        version: previous.entry.version.clone(),
        grades: layer
            .level
            .document
            .grades
            .iter()
            .map(|grade| (grade.id.clone(), grade.name.clone()))
            .collect(),
        moved,
        joined,
        left: (previous.rows() as u64).saturating_sub(met),
    }
}

fn grades(layer: &Layer, previous: Option<&Previous>, money: Option<usize>) -> Vec<GradeCount> {
    let counts = figures::per_grade(layer);
    let before = previous.map(|previous| previous.per_grade(layer));
    let worth = figures::money_per_grade(layer, money);
    let document = &layer.level.document;
    let view = |(at, grade): (usize, &pinji_policy::document::Grade)| GradeCount {
        id: grade.id.clone(),
        name: grade.name.clone(),
        class: grade.class.clone(),
        condition: if grade.when.is_empty() {
            Text::default()
        } else {
            layer.level.condition(&grade.when)
        },
        count: counts.get(at).copied().unwrap_or(0),
        before: before.as_ref().and_then(|before| before.get(at)).copied(),
        money: worth.as_ref().and_then(|worth| worth.get(at)).map(|units| Decimal {
            units: *units,
            scale: 2,
        }),
    };
    document.grades.iter().enumerate().map(view).collect()
}

fn ungraded(layer: &Layer) -> Vec<UngradedCount> {
    let refused = figures::refusals(layer).into_iter().map(|(at, count)| UngradedCount {
        why: Ungraded::Refused(figures::indicator_name(layer, at)),
        count,
    });
    let others = figures::ungraded(layer).into_iter().filter_map(|(why, count)| {
        let why = match why {
            Why::Refused => return None,
            Why::Coverage => Ungraded::Coverage,
            Why::NoLines => Ungraded::NoLines,
        };
        (count > 0).then_some(UngradedCount { why, count })
    });
    refused.chain(others).collect()
}

fn scores(layer: &Layer) -> Vec<ScoreSpread> {
    let document = &layer.level.document;
    let view = |(at, score): (usize, &pinji_engine::Score)| {
        let values = figures::sorted_scores(layer, at);
        let name = document
            .scores
            .iter()
            .find(|named| named.id == score.id)
            .map(|named| named.name.clone());
        let cut_off = |(grade, value): (usize, i64)| {
            let shown = pinji_domain::number::Decimal {
                units: value,
                scale: score.decimals,
            };
            let name = document
                .grades
                .get(grade)
                .map(|grade| grade.name.clone())
                .unwrap_or_default();
            let plain = Decimal::parse(&shown.to_string()).map_or_else(|| shown.to_string(), |short| short.to_string());
            let words = Text::new(format!("{} ≥ {plain}", name.zh), format!("{} ≥ {plain}", name.en));
            (to_f64(value, score.decimals), words)
        };
        ScoreSpread {
            id: score.id.clone(),
            name: name.unwrap_or_else(|| Text::new(score.id.clone(), score.id.clone())),
            decimals: score.decimals,
            bins: figures::histogram(&values, score.decimals),
            cut_offs: figures::cut_offs(layer, at).into_iter().map(cut_off).collect(),
            quartiles: figures::quartiles(&values),
        }
    };
    layer
        .level
        .compiled
        .plan
        .parts()
        .scores
        .iter()
        .enumerate()
        .map(view)
        .collect()
}

fn dimensions(layer: &Layer) -> Vec<DimensionMeans> {
    let document = &layer.level.document;
    let means = figures::dimension_means(layer);
    let view = |(dimension, means): (&pinji_engine::Dimension, Vec<Option<f64>>)| {
        let name = document
            .dimensions
            .iter()
            .find(|named| named.id == dimension.id)
            .map(|named| named.name.clone());
        let weight = |score: &pinji_policy::document::Score| {
            score
                .weights
                .iter()
                .find(|(id, _)| *id == dimension.id)
                .map(|(_, weight)| *weight)
        };
        DimensionMeans {
            name: name.unwrap_or_default(),
            means,
            weights: document.scores.iter().map(weight).collect(),
        }
    };
    layer
        .level
        .compiled
        .plan
        .parts()
        .dimensions
        .iter()
        .zip(means)
        .map(view)
        .collect()
}

fn bounds(layer: &Layer) -> Vec<BoundCount> {
    let parts = layer.level.compiled.plan.parts();
    let document = &layer.level.document;
    let (caps, floors) = figures::bounds(layer);
    let view = |floor: bool, bound: &pinji_engine::Bound, count: u64| {
        let written = if floor { &document.floors } else { &document.caps };
        let written = written.iter().find(|written| written.id == bound.id);
        BoundCount {
            id: bound.id.clone(),
            floor,
            grade: bound.grade,
            reason: written.map(|written| written.reason.clone()).unwrap_or_default(),
            clause: written.map(|written| written.clause.clone()).unwrap_or_default(),
            count,
        }
    };
    let caps = parts.caps.iter().zip(caps).map(|(cap, count)| view(false, cap, count));
    let floors = parts
        .floors
        .iter()
        .zip(floors)
        .map(|(floor, count)| view(true, floor, count));
    caps.chain(floors).collect()
}

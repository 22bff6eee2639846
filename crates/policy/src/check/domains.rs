//! What an operand of a condition can be at all: what points can reach, what formulas can give. 取值范围

use pinji_domain::number::pow10;
use pinji_engine::{InputType, Missing, Operand, Scoring};

use super::logic::between;
use super::sets::{Set, Values};
use crate::compile::Analysis;

/// The values that an operand can have.
pub(super) fn domain(analysis: &Analysis, operand: Operand) -> Set {
    let nothing_known = Set {
        missing: true,
        values: Values::Integers(vec![(i64::MIN, i64::MAX)]),
    };
    match operand {
        Operand::Score(score) => Set {
            missing: false,
            values: Values::Integers(vec![score_range(analysis, score)]),
        },
        Operand::Indicator(position) => {
            let known = analysis.known.get(position).zip(analysis.indicators.get(position));
            let Some(((_, nullable, range), indicator)) = known else {
                return nothing_known;
            };
            Set {
                missing: *nullable,
                values: Values::Integers(vec![scaled(*range, indicator.decimals)]),
            }
        }
        Operand::Input(position) => {
            let Some(column) = analysis.columns.get(position) else {
                return nothing_known;
            };
            let values = match &column.ty {
                InputType::Int(scale) => Values::Integers(vec![scaled(column.range, *scale)]),
                InputType::Double => Values::Doubles(vec![between(column.range.0, column.range.1)]),
                InputType::Text(Some(list)) => Values::Texts {
                    listed: true,
                    list: list.clone(),
                },
                InputType::Text(None) => Values::Texts {
                    listed: false,
                    list: Vec::new(),
                },
                InputType::Date => Values::Integers(vec![(i64::MIN, i64::MAX)]),
                InputType::Flag => Values::Integers(vec![(0, 1)]),
            };
            Set {
                missing: column.nullable,
                values,
            }
        }
    }
}

/// A range of doubles on a scale, rounded outwards.
pub(super) fn scaled(range: (f64, f64), scale: u8) -> (i64, i64) {
    let power = pow10(scale) as f64;
    // Casting saturates, so an open end becomes the end of the integers.
    ((range.0 * power).floor() as i64, (range.1 * power).ceil() as i64)
}

/// Between what points a score can lie, on its decimals. Wide enough for every rounding of a line.
pub(super) fn score_range(analysis: &Analysis, score: usize) -> (i64, i64) {
    let Some(score) = analysis.scores.get(score) else {
        return (i64::MIN, i64::MAX);
    };
    let mut families: Vec<(f64, Family)> = Vec::new();
    let mut lines = 0_usize;
    for weight in &score.weights {
        let members: Vec<Line> = analysis
            .indicators
            .iter()
            .zip(&analysis.known)
            .filter(|(indicator, _)| indicator.dimension == weight.dimension)
            .map(|(indicator, known)| (!known.0).then(|| line(indicator, known.1)))
            .collect::<Option<Vec<Line>>>()
            .unwrap_or_default();
        if members.is_empty() {
            return (i64::MIN, i64::MAX);
        }
        lines += members.len();
        if let Some(family) = family(&members) {
            families.push((weight.weight as f64, family));
        }
    }
    let Some(whole) = together(&families) else {
        return (i64::MIN, i64::MAX);
    };
    let power = pow10(score.decimals) as f64;
    let slack = lines as f64 + 1.0;
    (
        (whole.0 * power - slack).floor() as i64,
        (whole.1 * power + slack).ceil() as i64,
    )
}

/// The points of one line: weight, lowest, highest, and whether it can drop out.
struct Line {
    weight: f64,
    low: f64,
    high: f64,
    drops: bool,
}

/// The points of one dimension.
struct Family {
    low: f64,
    high: f64,
    drops: bool,
}

fn line(indicator: &pinji_engine::Indicator, nullable: bool) -> Line {
    let mut points: Vec<i32> = match &indicator.scoring {
        Scoring::Bands(bands) => bands.bands.iter().flat_map(|band| [band.from, band.to]).collect(),
        Scoring::Keyed(keyed) => {
            let bands = keyed.choices.iter().flat_map(|choice| choice.bands.bands.iter());
            bands.flat_map(|band| [band.from, band.to]).collect()
        }
        Scoring::Map(map) => map
            .entries
            .iter()
            .map(|(_, points)| *points)
            .chain(map.otherwise)
            .collect(),
        Scoring::Direct => vec![0, pinji_engine::plan::FULL_POINTS],
    };
    if let (Missing::Points(at), true) = (indicator.missing, nullable) {
        points.push(at);
    }
    let in_points = |units: Option<i32>| f64::from(units.unwrap_or(0)) / 10_000.0;
    Line {
        weight: indicator.weight as f64,
        low: in_points(points.iter().copied().min()),
        high: in_points(points.iter().copied().max()),
        drops: nullable && indicator.missing == Missing::Reweight,
    }
}

/// A weighted mean; where lines can drop out, any of them may be left.
fn family(lines: &[Line]) -> Option<Family> {
    let total: f64 = lines.iter().map(|line| line.weight).sum();
    if lines.is_empty() || total <= 0.0 {
        return None;
    }
    let drops = lines.iter().all(|line| line.drops);
    if lines.iter().any(|line| line.drops) {
        let low = lines.iter().map(|line| line.low).fold(f64::INFINITY, f64::min);
        let high = lines.iter().map(|line| line.high).fold(f64::NEG_INFINITY, f64::max);
        return Some(Family { low, high, drops });
    }
    let low = lines.iter().map(|line| line.weight * line.low).sum::<f64>() / total;
    let high = lines.iter().map(|line| line.weight * line.high).sum::<f64>() / total;
    Some(Family { low, high, drops })
}

fn together(families: &[(f64, Family)]) -> Option<(f64, f64)> {
    let lines: Vec<Line> = families
        .iter()
        .map(|(weight, family)| Line {
            weight: *weight,
            low: family.low,
            high: family.high,
            drops: family.drops,
        })
        .collect();
    family(&lines).map(|family| (family.low, family.high))
}

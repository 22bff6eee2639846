//! Grading as the documents describe it: one subject at a time, slowly, in exact whole numbers. 参照实现
//!
//! Written from the doc comments of the plan, the formula language and the result, not from the kernel.

use pinji_engine::plan::FULL_POINTS;
use pinji_engine::{
    Batch, Bits, Bound, Condition, Graded, Indicator, InputType, Missing, Operand, PlanParts, Scoring, Source, Test,
    UNGRADED, Values,
};

use crate::formula::{self, NOT_REPORTED, UNDEFINED, UNLISTED, Value};

/// What the reference finds for one subject: a row of every column of [`Graded`].
#[derive(Debug, Clone)]
pub struct Row {
    pub scores: Vec<i64>,
    pub coverage: Vec<u16>,
    pub dimensions: Vec<f64>,
    pub grade: u8,
    /// Before the group's bounds.
    pub own: u8,
    pub ungraded: u8,
    pub losses: [u8; 3],
    pub caps: u64,
    pub floors: u64,
    pub missing: u64,
    pub lines: Vec<Line>,
}

/// One indicator of one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    pub value: i64,
    pub band: u16,
    pub points: i32,
    pub cause: u8,
}

/// What stands in one cell of a batch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    Null(u8),
    Int(i64),
    Double(f64),
    Text(&'a str),
    Date(i32),
    Flag(bool),
}

fn bit(bits: Bits<'_>, row: usize) -> bool {
    let at = bits.offset + row;
    bits.bytes[at / 8] & (1 << (at % 8)) != 0
}

/// Reads a cell: null by validity, by a key that stands for null, or because there is no such column.
pub fn cell<'a>(batch: &Batch<'a>, input: usize, row: usize) -> Cell<'a> {
    let column = &batch.columns[input];
    let value = match column.values {
        Values::Int(values) => Cell::Int(values[row]),
        Values::Double(values) => Cell::Double(values[row]),
        Values::Coded(coded) => match coded.keys[row] {
            0 => Cell::Null(0),
            key => Cell::Double(coded.list[key as usize - 1]),
        },
        Values::Text(texts) => match usize::try_from(texts.keys[row]) {
            Ok(at) if at < texts.list.len() => Cell::Text(texts.list[at]),
            _ => Cell::Null(0),
        },
        Values::Date(values) => Cell::Date(values[row]),
        Values::Flag(bits) => Cell::Flag(bit(bits, row)),
        Values::Absent => Cell::Null(0),
    };
    if column.valid.is_none_or(|valid| bit(valid, row)) && !matches!(value, Cell::Null(_)) {
        return match value {
            Cell::Int(units) if i128::from(units).abs() > LIMIT => Cell::Null(UNDEFINED),
            Cell::Double(value) if !value.is_finite() => Cell::Null(UNDEFINED),
            _ => value,
        };
    }
    let cause = column.causes.map_or(0, |causes| causes[row]);
    Cell::Null(if cause == 0 { NOT_REPORTED } else { cause })
}

/// `numerator / denominator`, half to even.
pub fn half_even(numerator: i128, denominator: i128) -> i128 {
    let (mut whole, mut rest) = (numerator / denominator, numerator % denominator);
    if rest < 0 {
        (whole, rest) = (whole - 1, rest + denominator);
    }
    let up = 2 * rest > denominator || (2 * rest == denominator && whole % 2 != 0);
    whole + i128::from(up)
}

const LIMIT: i128 = 1 << 53;

fn exact(units: i128) -> Result<i64, u8> {
    if units.abs() <= LIMIT {
        Ok(units as i64)
    } else {
        Err(UNDEFINED)
    }
}

/// A double at `decimals`: one multiplication, one rounding.
fn round(value: f64, decimals: u8) -> Result<i64, u8> {
    let scaled = (value * 10_f64.powi(i32::from(decimals))).round_ties_even();
    if scaled.is_finite() && scaled.abs() <= LIMIT as f64 {
        exact(scaled as i128)
    } else {
        Err(UNDEFINED)
    }
}

/// A reported double at `decimals`: however great, it stands somewhere among the bounds.
fn placed(value: f64, decimals: u8) -> i64 {
    const FAR: f64 = 4_611_686_018_427_387_904.0;
    let scaled = (value * 10_f64.powi(i32::from(decimals))).round_ties_even();
    scaled.clamp(-FAR, FAR) as i64
}

/// An indicator's value before it is scored.
enum Measured {
    Units(i64),
    Text(String),
}

fn measured(parts: &PlanParts, batch: &Batch<'_>, row: usize, indicator: &Indicator) -> Result<Measured, u8> {
    let decimals = indicator.decimals;
    let found = match &indicator.source {
        Source::Input(input) => match (cell(batch, *input, row), &parts.inputs[*input].ty) {
            (Cell::Null(cause), _) => return Err(cause),
            (Cell::Int(units), InputType::Int(scale)) => {
                let (up, down) = (decimals.saturating_sub(*scale), scale.saturating_sub(decimals));
                let units = half_even(i128::from(units) * 10_i128.pow(up.into()), 10_i128.pow(down.into()));
                return exact(units).map(Measured::Units);
            }
            (Cell::Double(value), _) => match indicator.scoring {
                Scoring::Map(_) => return Err(UNDEFINED),
                _ => return Ok(Measured::Units(placed(value, decimals))),
            },
            (Cell::Text(text), _) => Value::Text(text.to_owned()),
            (other, ty) => panic!("no bare input of {ty:?} here: {other:?}"),
        },
        Source::Formula(expr) => formula::evaluate(expr, parts, batch, row)?,
    };
    match (found, &indicator.scoring) {
        (Value::Text(text), Scoring::Map(_)) => Ok(Measured::Text(text)),
        (Value::Number(number), Scoring::Bands(_) | Scoring::Keyed(_) | Scoring::Direct) => {
            round(number, decimals).map(Measured::Units)
        }
        _ => Err(UNDEFINED),
    }
}

/// Band and points of a value.
fn in_bands(bands: &pinji_engine::Bands, value: i64) -> (u16, i32) {
    let at = bands.edges.iter().filter(|edge| **edge <= value).count();
    let band = bands.bands[at];
    if band.from == band.to {
        return (at as u16, band.from);
    }
    let (low, high) = (i128::from(band.low), i128::from(band.high));
    let value = i128::from(value).max(low).min(high);
    let (from, to) = (i128::from(band.from), i128::from(band.to));
    // from + (to - from) × (value - low) / (high - low), rounded as a whole.
    let points = half_even(from * (high - low) + (to - from) * (value - low), high - low);
    (at as u16, points as i32)
}

/// Band and points of a value that is there.
fn scored(indicator: &Indicator, value: &Measured, batch: &Batch<'_>, row: usize) -> Result<(u16, i32), u8> {
    match (&indicator.scoring, value) {
        (Scoring::Bands(bands), Measured::Units(value)) => Ok(in_bands(bands, *value)),
        (Scoring::Keyed(keyed), Measured::Units(value)) => {
            let matches = |input: &usize, wanted: &Option<String>| match (wanted, cell(batch, *input, row)) {
                (None, _) => true,
                (Some(wanted), Cell::Text(text)) => wanted == text,
                _ => false,
            };
            let fits = |keys: &[Option<String>]| keyed.keys.iter().zip(keys).all(|(at, key)| matches(at, key));
            let choice = keyed.choices.iter().find(|choice| fits(&choice.keys)).unwrap();
            Ok(in_bands(&choice.bands, *value))
        }
        (Scoring::Map(map), Measured::Text(text)) => match map.entries.iter().position(|(known, _)| known == text) {
            Some(at) => Ok((at as u16, map.entries[at].1)),
            None => map
                .otherwise
                .map(|points| (map.entries.len() as u16, points))
                .ok_or(UNLISTED),
        },
        (Scoring::Direct, Measured::Units(value)) => {
            let points = half_even(i128::from(*value) * 10_000, 10_i128.pow(indicator.decimals.into()));
            Ok((u16::MAX, points.clamp(0, i128::from(FULL_POINTS)) as i32))
        }
        _ => Err(UNDEFINED),
    }
}

fn line(parts: &PlanParts, batch: &Batch<'_>, row: usize, indicator: &Indicator) -> Line {
    let found = measured(parts, batch, row, indicator)
        .and_then(|value| scored(indicator, &value, batch, row).map(|(band, points)| (value, band, points)));
    match found {
        Ok((value, band, points)) => {
            let value = match value {
                Measured::Units(units) => units,
                Measured::Text(_) => i64::MIN,
            };
            Line {
                value,
                band,
                points,
                cause: 0,
            }
        }
        Err(cause) => Line {
            value: i64::MIN,
            band: u16::MAX,
            points: match indicator.missing {
                Missing::Points(points) => points,
                Missing::Refuse | Missing::Reweight => -1,
            },
            cause,
        },
    }
}

/// Effective weights by largest remainder, lines in `gone` left out; `None` when nothing is left.
pub fn weights(parts: &PlanParts, score: usize, gone: &[bool]) -> Option<Vec<i64>> {
    let score = &parts.scores[score];
    let lines = parts.indicators.len();
    let kept = |at: usize, dimension: usize| parts.indicators[at].dimension == dimension && !gone[at];
    let inside = |dimension: usize| -> i128 {
        (0..lines)
            .filter(|at| kept(*at, dimension))
            .map(|at| i128::from(parts.indicators[at].weight))
            .sum()
    };
    let present = score.weights.iter().filter(|weight| inside(weight.dimension) > 0);
    let whole: i128 = present.clone().map(|weight| i128::from(weight.weight)).sum();
    if whole == 0 {
        return None;
    }
    let units = 10_i128.pow(u32::from(score.decimals) + 2);
    let mut out = vec![0_i64; lines];
    // A remainder is `rest / (whole × inside)`; `whole` is common to all.
    let mut rests: Vec<(usize, i128, i128)> = Vec::new();
    for weight in present {
        let inside = inside(weight.dimension);
        for at in (0..lines).filter(|at| kept(*at, weight.dimension)) {
            let share = units * i128::from(weight.weight) * i128::from(parts.indicators[at].weight);
            out[at] = (share / (whole * inside)) as i64;
            rests.push((at, share % (whole * inside), inside));
        }
    }
    let left = units - out.iter().map(|weight| i128::from(*weight)).sum::<i128>();
    rests.sort_by(|(a, rest_a, in_a), (b, rest_b, in_b)| (rest_b * in_a).cmp(&(rest_a * in_b)).then(a.cmp(b)));
    for (at, ..) in rests.into_iter().take(left as usize) {
        out[at] += 1;
    }
    Some(out)
}

/// What conditions look at.
struct Subject<'a> {
    parts: &'a PlanParts,
    batch: &'a Batch<'a>,
    row: usize,
    lines: &'a [Line],
    scores: &'a [i64],
}

impl Subject<'_> {
    fn look(&self, operand: Operand) -> Cell<'_> {
        let units = |value: i64| match value {
            i64::MIN => Cell::Null(NOT_REPORTED),
            value => Cell::Int(value),
        };
        match operand {
            Operand::Score(at) => units(self.scores[at]),
            Operand::Indicator(at) if self.lines[at].cause != 0 => Cell::Null(self.lines[at].cause),
            Operand::Indicator(at) if matches!(self.parts.indicators[at].scoring, Scoring::Map(_)) => Cell::Text(""),
            Operand::Indicator(at) => units(self.lines[at].value),
            Operand::Input(at) => cell(self.batch, at, self.row),
        }
    }

    /// Kleene: `None` is unknown.
    fn holds(&self, condition: &Condition) -> Option<bool> {
        match condition {
            Condition::Constant(value) => Some(*value),
            Condition::Missing(operand) => Some(matches!(self.look(*operand), Cell::Null(_))),
            Condition::Not(inner) => self.holds(inner).map(|value| !value),
            Condition::All(list) => {
                let found: Vec<_> = list.iter().map(|part| self.holds(part)).collect();
                if found.contains(&Some(false)) {
                    Some(false)
                } else if found.contains(&None) {
                    None
                } else {
                    Some(true)
                }
            }
            Condition::Any(list) => {
                let found: Vec<_> = list.iter().map(|part| self.holds(part)).collect();
                if found.contains(&Some(true)) {
                    Some(true)
                } else if found.contains(&None) {
                    None
                } else {
                    Some(false)
                }
            }
            Condition::Test(operand, test) => {
                let units = match self.look(*operand) {
                    Cell::Null(_) => return None,
                    Cell::Text(text) => {
                        return Some(match test {
                            Test::OneOf(list) => list.iter().any(|known| known == text),
                            Test::NoneOf(list) => list.iter().all(|known| known != text),
                            other => panic!("{other:?} of a text"),
                        });
                    }
                    Cell::Double(value) => match test {
                        Test::Doubles(ranges) => {
                            let inside = |range: &pinji_engine::condition::DoubleRange| {
                                let above = if range.low_inclusive {
                                    value >= range.low
                                } else {
                                    value > range.low
                                };
                                let below = if range.high_inclusive {
                                    value <= range.high
                                } else {
                                    value < range.high
                                };
                                above && below
                            };
                            return Some(ranges.iter().any(inside));
                        }
                        other => panic!("{other:?} of a double"),
                    },
                    Cell::Int(units) => units,
                    Cell::Date(days) => i64::from(days),
                    Cell::Flag(flag) => i64::from(flag),
                };
                match test {
                    Test::Within(ranges) => Some(ranges.iter().any(|(low, high)| (*low..=*high).contains(&units))),
                    other => panic!("{other:?} of a whole number"),
                }
            }
        }
    }

    fn bears(&self, bounds: &[Bound]) -> Vec<bool> {
        let bears = |bound: &Bound| self.holds(&bound.when) == Some(true);
        bounds.iter().map(bears).collect()
    }
}

/// The three greatest losses over all scores, ties in policy order; a line without points counts with none.
fn losses(parts: &PlanParts, lines: &[Line], nominal: &[Vec<i64>]) -> [u8; 3] {
    let mut lost: Vec<(usize, i128)> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let mut sum = 0;
        for (score, nominal) in parts.scores.iter().zip(nominal) {
            let same_unit = 10_i128.pow(4 - u32::from(score.decimals));
            sum += i128::from(nominal[at]) * same_unit * i128::from(FULL_POINTS - line.points.max(0));
        }
        lost.push((at, sum));
    }
    lost.retain(|(_, sum)| *sum > 0);
    lost.sort_by_key(|(at, sum)| (-sum, *at));
    std::array::from_fn(|place| lost.get(place).map_or(u8::MAX, |(at, _)| *at as u8))
}

fn bits(found: impl Iterator<Item = bool>) -> u64 {
    found.enumerate().fold(0, |set, (at, yes)| set | u64::from(yes) << at)
}

/// Grades one row.
pub fn grade(parts: &PlanParts, batch: &Batch<'_>, row: usize) -> Row {
    let lines: Vec<Line> = parts
        .indicators
        .iter()
        .map(|indicator| line(parts, batch, row, indicator))
        .collect();
    let missing: Vec<bool> = lines.iter().map(|line| line.cause != 0).collect();
    let gone: Vec<bool> = (0..lines.len())
        .map(|at| missing[at] && parts.indicators[at].missing == Missing::Reweight)
        .collect();
    let refused = (0..lines.len()).any(|at| missing[at] && parts.indicators[at].missing == Missing::Refuse);
    let whole: Vec<Vec<i64>> = (0..parts.scores.len())
        .map(|score| weights(parts, score, &vec![false; lines.len()]).unwrap())
        .collect();

    let (mut scores, mut coverage, mut thin) = (Vec::new(), Vec::new(), false);
    for (at, score) in parts.scores.iter().enumerate() {
        let contribution = |(line, weight): (&Line, &i64)| -> i128 {
            half_even(i128::from(line.points.max(0)) * i128::from(*weight), 1_000_000)
        };
        let value = weights(parts, at, &gone).map_or(i64::MIN, |weights| {
            lines.iter().zip(&weights).map(contribution).sum::<i128>() as i64
        });
        scores.push(value);
        let covered: i64 = (0..lines.len())
            .filter(|line| !missing[*line])
            .map(|line| whole[at][line])
            .sum();
        let share = half_even(i128::from(covered) * 10_000, 10_i128.pow(u32::from(score.decimals) + 2));
        thin |= share < i128::from(parts.min_coverage);
        coverage.push(share as u16);
    }
    let mean = |dimension: usize| {
        let kept = || (0..lines.len()).filter(|at| parts.indicators[*at].dimension == dimension && !gone[*at]);
        let weight: i128 = kept().map(|at| i128::from(parts.indicators[at].weight)).sum();
        let sum: i128 = kept()
            .map(|at| i128::from(parts.indicators[at].weight) * i128::from(lines[at].points).max(0))
            .sum();
        // NaN where nothing is left: zero by zero.
        sum as f64 / (weight * 10_000) as f64
    };
    let dimensions = (0..parts.dimensions.len()).map(mean).collect();

    let subject = Subject {
        parts,
        batch,
        row,
        lines: &lines,
        scores: &scores,
    };
    let ungraded = if refused {
        1
    } else if scores.contains(&i64::MIN) {
        3
    } else {
        2 * u8::from(thin)
    };
    let (caps, floors) = (subject.bears(&parts.caps), subject.bears(&parts.floors));
    let group = subject.bears(&parts.group);
    let (own, grade, floors, caps) = if ungraded > 0 {
        (UNGRADED, UNGRADED, 0, bits(caps.into_iter()))
    } else {
        let holds =
            |rule: &pinji_engine::GradeRule| rule.when.as_ref().is_none_or(|when| subject.holds(when) == Some(true));
        let by_rules = parts.grades.iter().position(holds).unwrap();
        let binding: Vec<bool> = (0..floors.len())
            .map(|at| floors[at] && parts.floors[at].grade < by_rules)
            .collect();
        let granted = (0..floors.len())
            .filter(|at| binding[*at])
            .map(|at| parts.floors[at].grade)
            .min();
        let lifted = granted.unwrap_or(by_rules);
        let held: Vec<bool> = (0..caps.len())
            .map(|at| caps[at] && parts.caps[at].grade > lifted)
            .collect();
        let allowed = (0..caps.len())
            .filter(|at| held[*at])
            .map(|at| parts.caps[at].grade)
            .max();
        let last = allowed.unwrap_or(lifted);
        let most = (0..group.len()).filter(|at| group[*at]).map(|at| parts.group[at].grade);
        let bounded = most.fold(last, usize::max);
        (
            last as u8,
            bounded as u8,
            bits(binding.into_iter()),
            bits(held.into_iter()),
        )
    };
    Row {
        coverage,
        dimensions,
        grade,
        own,
        ungraded,
        losses: losses(parts, &lines, &whole),
        caps,
        floors,
        missing: bits(missing.into_iter()),
        scores: scores.clone(),
        lines: lines.clone(),
    }
}

/// The first column in which a row of the kernel's result differs, in words.
pub fn difference(row: &Row, graded: &Graded, at: usize) -> Option<String> {
    let same_number = |a: f64, b: f64| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
    let mut found: Vec<(String, String, String)> = Vec::new();
    let mut put = |name: String, same: bool, wanted: String, got: String| {
        if !same {
            found.push((name, wanted, got));
        }
    };
    for (indicator, column) in graded.lines.iter().enumerate() {
        let got = Line {
            value: column.values[at],
            band: column.bands[at],
            points: column.points[at],
            cause: column.causes[at],
        };
        let wanted = row.lines[indicator];
        put(
            format!("line {indicator}"),
            wanted == got,
            format!("{wanted:?}"),
            format!("{got:?}"),
        );
    }
    for (score, column) in graded.scores.iter().enumerate() {
        let (wanted, got) = (
            (row.scores[score], row.coverage[score]),
            (column.values[at], column.coverage[at]),
        );
        put(
            format!("score {score}"),
            wanted == got,
            format!("{wanted:?}"),
            format!("{got:?}"),
        );
    }
    for (dimension, column) in graded.dimensions.iter().enumerate() {
        let (wanted, got) = (row.dimensions[dimension], column[at]);
        put(
            format!("dimension {dimension}"),
            same_number(wanted, got),
            wanted.to_string(),
            got.to_string(),
        );
    }
    let kernel_losses = [graded.losses[0][at], graded.losses[1][at], graded.losses[2][at]];
    let (wanted, got) = ((row.grade, row.ungraded), (graded.grade[at], graded.ungraded[at]));
    put(
        "grade, ungraded".into(),
        wanted == got,
        format!("{wanted:?}"),
        format!("{got:?}"),
    );
    let kernel_own = graded.own.get(at).copied().unwrap_or(graded.grade[at]);
    put(
        "own grade".into(),
        row.own == kernel_own,
        format!("{:?}", row.own),
        format!("{kernel_own:?}"),
    );
    put(
        "losses".into(),
        row.losses == kernel_losses,
        format!("{:?}", row.losses),
        format!("{kernel_losses:?}"),
    );
    let (wanted, got) = (
        (row.caps, row.floors, row.missing),
        (graded.caps[at], graded.floors[at], graded.missing[at]),
    );
    put(
        "caps, floors, missing".into(),
        wanted == got,
        format!("{wanted:?}"),
        format!("{got:?}"),
    );
    let (name, wanted, got) = found.into_iter().next()?;
    Some(format!("{name}: reference {wanted}, kernel {got}"))
}

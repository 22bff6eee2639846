//! What each line and each test is in each cell. 逐格取值

use pinji_domain::number::{EXACT_LIMIT, rescale};
use pinji_engine::condition::DoubleRange;
use pinji_engine::plan::{FULL_POINTS, POINT_DECIMALS};
use pinji_engine::{Bands, Missing, Operand, Scoring, Test};

use super::{Entry, FALSE, Leaf, Line, Model, TRUE, UNKNOWN};
use crate::prove::axis::{Axis, Cell, double};

impl Model<'_> {
    /// Works out every entry and every truth.
    pub(super) fn fill(&mut self) {
        for line in 0..self.lines.len() {
            let Some((variable, choices)) = self.lines.get(line).map(|line| (line.variable, line.choices.len())) else {
                continue;
            };
            let cells = self.variables.get(variable).map_or(0, |variable| variable.cells.len());
            let entries = (0..choices)
                .map(|choice| (0..cells).map(|cell| self.entry(line, choice, cell)).collect())
                .collect();
            let matches = self.lines.get(line).map(|line| self.matches(line)).unwrap_or_default();
            if let Some(line) = self.lines.get_mut(line) {
                (line.entries, line.matches) = (entries, matches);
            }
        }
        for leaf in 0..self.leaves.len() {
            let Some(Leaf::Variable { variable, .. }) = self.leaves.get(leaf) else {
                continue;
            };
            let cells = self.variables.get(*variable).map_or(0, |variable| variable.cells.len());
            let found: Vec<u8> = (0..cells).map(|cell| self.truth(leaf, cell)).collect();
            if let Some(Leaf::Variable { truth, .. }) = self.leaves.get_mut(leaf) {
                *truth = found;
            }
        }
    }

    /// Which cells of its keys match which choice.
    fn matches(&self, line: &Line) -> Vec<Vec<Option<Vec<bool>>>> {
        let cells = |key: usize| self.variables.get(key).map_or(&[][..], |variable| &variable.cells);
        let one = |key: &usize, text: &Option<String>| {
            let text = text.as_ref()?;
            Some(
                cells(*key)
                    .iter()
                    .map(|cell| matches!(cell, Cell::Text(found) if found == text))
                    .collect(),
            )
        };
        let of =
            |wanted: &Vec<Option<String>>| line.keys.iter().zip(wanted).map(|(key, text)| one(key, text)).collect();
        line.choices.iter().map(of).collect()
    }

    pub(super) fn entry(&self, line: usize, choice: usize, cell: usize) -> Entry {
        let Some(indicator) = self.plan.parts().indicators.get(line) else {
            return gone(Missing::Reweight);
        };
        let variable = self.lines.get(line).and_then(|line| self.variables.get(line.variable));
        let Some((axis, cell)) = variable.and_then(|v| Some((v.axis, v.cells.get(cell)?))) else {
            return gone(indicator.missing);
        };
        let (low, high) = match cell {
            Cell::Missing => return gone(indicator.missing),
            Cell::Text(_) | Cell::Other => {
                let Scoring::Map(map) = &indicator.scoring else {
                    return gone(indicator.missing);
                };
                let listed = map
                    .entries
                    .iter()
                    .find(|(text, _)| matches!(cell, Cell::Text(found) if found == text));
                return match listed.map(|(_, points)| *points).or(map.otherwise) {
                    Some(points) => between(points, points),
                    None => gone(indicator.missing),
                };
            }
            Cell::Range(low, high) => (
                axis.level(*low, indicator.decimals),
                axis.level(*high, indicator.decimals),
            ),
        };
        if low.unsigned_abs() > EXACT_LIMIT.unsigned_abs() || high.unsigned_abs() > EXACT_LIMIT.unsigned_abs() {
            return gone(indicator.missing);
        }
        match &indicator.scoring {
            Scoring::Bands(bands) => banded(bands, low, high),
            Scoring::Keyed(keyed) => match keyed.choices.get(choice) {
                Some(choice) => banded(&choice.bands, low, high),
                None => gone(indicator.missing),
            },
            Scoring::Direct => between(direct(low, indicator.decimals), direct(high, indicator.decimals)),
            Scoring::Map(_) => gone(indicator.missing),
        }
    }

    fn truth(&self, leaf: usize, cell: usize) -> u8 {
        let Some(Leaf::Variable {
            variable, what, test, ..
        }) = self.leaves.get(leaf)
        else {
            return UNKNOWN;
        };
        let Some((axis, cell)) = self
            .variables
            .get(*variable)
            .and_then(|v| Some((v.axis, v.cells.get(cell)?)))
        else {
            return UNKNOWN;
        };
        let indicator = match what {
            Operand::Indicator(line) => self.plan.parts().indicators.get(*line),
            _ => None,
        };
        let Some(test) = test else {
            return says(match indicator {
                Some(_) => self.missing_in(*what, cell, axis),
                None => *cell == Cell::Missing,
            });
        };
        match (cell, test) {
            (Cell::Text(text), Test::OneOf(texts)) if indicator.is_none() => says(texts.contains(text)),
            (Cell::Text(text), Test::NoneOf(texts)) if indicator.is_none() => says(!texts.contains(text)),
            (Cell::Other, Test::OneOf(_)) if indicator.is_none() => FALSE,
            (Cell::Other, Test::NoneOf(_)) if indicator.is_none() => TRUE,
            (Cell::Range(low, _), Test::Within(within)) => {
                let level = indicator.map_or(*low, |indicator| axis.level(*low, indicator.decimals));
                if indicator.is_some() && level.unsigned_abs() > EXACT_LIMIT.unsigned_abs() {
                    return UNKNOWN;
                }
                says(within.iter().any(|(from, to)| (*from..=*to).contains(&level)))
            }
            (Cell::Range(low, _), Test::Doubles(within)) => says(within.iter().any(|range| holds(range, *low))),
            _ => UNKNOWN,
        }
    }

    /// Whether an indicator has no value in this cell.
    fn missing_in(&self, what: Operand, cell: &Cell, axis: Axis) -> bool {
        let Operand::Indicator(line) = what else {
            return *cell == Cell::Missing;
        };
        let Some(indicator) = self.plan.parts().indicators.get(line) else {
            return true;
        };
        match (cell, &indicator.scoring) {
            (Cell::Missing, _) => true,
            (Cell::Range(low, _), _) => {
                axis.level(*low, indicator.decimals).unsigned_abs() > EXACT_LIMIT.unsigned_abs()
            }
            (Cell::Text(text), Scoring::Map(map)) => {
                map.otherwise.is_none() && map.entries.iter().all(|(listed, _)| listed != text)
            }
            (Cell::Other, Scoring::Map(map)) => map.otherwise.is_none(),
            (Cell::Text(_) | Cell::Other, _) => true,
        }
    }
}

fn says(holds: bool) -> u8 {
    if holds { TRUE } else { FALSE }
}

fn holds(range: &DoubleRange, at: i64) -> bool {
    range.holds(double(at))
}

fn gone(rule: Missing) -> Entry {
    let points = match rule {
        Missing::Points(points) => points,
        Missing::Refuse | Missing::Reweight => 0,
    };
    Entry {
        low: points,
        high: points,
        missing: true,
        dropped: rule == Missing::Reweight,
        refused: rule == Missing::Refuse,
        falling: false,
    }
}

fn between(a: i32, b: i32) -> Entry {
    Entry {
        low: a.min(b),
        high: a.max(b),
        missing: false,
        dropped: false,
        refused: false,
        falling: a > b,
    }
}

/// Points between two values of the same band: interpolation never turns round inside a band.
fn banded(bands: &Bands, low: i64, high: i64) -> Entry {
    match bands.bands.get(bands.find(low)) {
        Some(band) => between(band.points(low), band.points(high)),
        None => between(0, 0),
    }
}

/// The points that a judged value is.
fn direct(value: i64, decimals: u8) -> i32 {
    let points = rescale(value, decimals, POINT_DECIMALS);
    let full = i64::from(FULL_POINTS);
    let clamped = points.unwrap_or(if value < 0 { 0 } else { full }).clamp(0, full);
    i32::try_from(clamped).unwrap_or(0)
}

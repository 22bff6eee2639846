//! Where a variable is cut: at every constant and every edge that reads it. 切点

use pinji_domain::number::EXACT_LIMIT;
use pinji_engine::{InputType, Operand, Scoring, Test};

use super::{Known, Leaf, Model, Order, Stands, State, Variable};
use crate::prove::axis::{Axis, Cell, double, first, ranges};

impl Model<'_> {
    /// Cuts a variable into cells.
    pub(super) fn cut(&mut self, at: usize, known: &[Known]) {
        let Some(variable) = self.variables.get(at) else { return };
        let known = match variable.stands {
            Stands::Input(input) => known.get(input).copied().unwrap_or_default(),
            Stands::Formula(_) => Known::default(),
        };
        let mut cells = if variable.axis == Axis::Text {
            self.texts(variable)
        } else {
            self.ranges(variable)
        };
        for cell in &mut cells {
            if let Cell::Range(low, high) = cell {
                *low = known.within.0.unwrap_or(*low).max(*low);
                *high = known.within.1.unwrap_or(*high).min(*high);
            }
        }
        cells.retain(|cell| !matches!(cell, Cell::Range(low, high) if low > high));
        if !known.present || cells.is_empty() {
            cells.insert(0, Cell::Missing);
        }
        let states = (0..cells.len())
            .map(|cell| State {
                first: cell,
                second: cell,
                order: Order::Same,
            })
            .collect();
        let variable = self.at(at);
        (variable.cells, variable.states) = (cells, states);
    }

    fn texts(&self, variable: &Variable) -> Vec<Cell> {
        let parts = self.plan.parts();
        let mut named: Vec<&str> = Vec::new();
        for indicator in variable.lines.iter().filter_map(|line| parts.indicators.get(*line)) {
            if let Scoring::Map(map) = &indicator.scoring {
                named.extend(map.entries.iter().map(|(text, _)| text.as_str()));
            }
        }
        for line in variable.chooses.iter().filter_map(|line| self.lines.get(*line)) {
            let of_key = line.keys.iter().enumerate().filter(|(_, key)| {
                self.variables
                    .get(**key)
                    .is_some_and(|other| other.stands == variable.stands)
            });
            for (position, _) in of_key {
                named.extend(
                    line.choices
                        .iter()
                        .filter_map(|choice| choice.get(position)?.as_deref()),
                );
            }
        }
        for leaf in variable.tests.iter().filter_map(|test| self.leaves.get(*test)) {
            if let Leaf::Variable {
                test: Some(Test::OneOf(texts) | Test::NoneOf(texts)),
                ..
            } = leaf
            {
                named.extend(texts.iter().map(String::as_str));
            }
        }
        let mut seen = std::collections::HashSet::new();
        named.retain(|text| seen.insert(*text));
        let list = match variable.stands {
            Stands::Input(input) => match parts.inputs.get(input).map(|input| &input.ty) {
                Some(InputType::Text(Some(list))) => Some(list),
                _ => None,
            },
            Stands::Formula(_) => None,
        };
        let occurs = |text: &str| list.is_none_or(|list| list.iter().any(|listed| listed == text));
        let others = list.is_none_or(|list| list.iter().any(|text| !seen.contains(text.as_str())));
        let cells = named
            .into_iter()
            .filter(|text| occurs(text))
            .map(|text| Cell::Text(text.to_owned()));
        cells.chain(others.then_some(Cell::Other)).collect()
    }

    fn ranges(&self, variable: &Variable) -> Vec<Cell> {
        let axis = variable.axis;
        let (low, high) = axis.ends();
        let mut cuts = Vec::new();
        let mut step = |holds: &dyn Fn(i64) -> bool| cuts.extend(first(low, high, holds));
        for (line, decimals) in self.decimals(variable) {
            let level = |at: i64| axis.level(at, decimals);
            step(&|at| level(at) >= -EXACT_LIMIT);
            step(&|at| level(at) > EXACT_LIMIT);
            for edge in self.edges(line) {
                step(&|at| level(at) >= edge);
            }
        }
        for leaf in variable.tests.iter().filter_map(|test| self.leaves.get(*test)) {
            let Leaf::Variable {
                what, test: Some(test), ..
            } = leaf
            else {
                continue;
            };
            let decimals = match what {
                Operand::Indicator(line) => self.plan.parts().indicators.get(*line).map(|line| line.decimals),
                _ => None,
            };
            let level = |at: i64| decimals.map_or(at, |decimals| axis.level(at, decimals));
            match test {
                Test::Within(within) => {
                    for (from, to) in within {
                        step(&|at| level(at) >= *from);
                        step(&|at| level(at) > *to);
                    }
                }
                Test::Doubles(within) => {
                    for range in within {
                        step(&|at| double(at) > range.low || (range.low_inclusive && double(at) == range.low));
                        step(&|at| double(at) > range.high || (!range.high_inclusive && double(at) == range.high));
                    }
                }
                Test::OneOf(_) | Test::NoneOf(_) => {}
            }
        }
        ranges(axis, cuts)
    }

    /// The lines of a variable with their decimals.
    fn decimals(&self, variable: &Variable) -> Vec<(usize, u8)> {
        let parts = self.plan.parts();
        variable
            .lines
            .iter()
            .filter_map(|line| Some((*line, parts.indicators.get(*line)?.decimals)))
            .collect()
    }

    /// Where a line's bands may change, whatever chooses them.
    fn edges(&self, line: usize) -> Vec<i64> {
        match self
            .plan
            .parts()
            .indicators
            .get(line)
            .map(|indicator| &indicator.scoring)
        {
            Some(Scoring::Bands(bands)) => bands.edges.clone(),
            Some(Scoring::Keyed(keyed)) => keyed
                .choices
                .iter()
                .flat_map(|choice| choice.bands.edges.iter().copied())
                .collect(),
            Some(Scoring::Map(_) | Scoring::Direct) | None => Vec::new(),
        }
    }
}

//! A plan as finitely many choices: which cell each input or formula is in. 证明模型
//!
//! - A *variable* is an input that a condition, an indicator or a standard table reads as it is, or the value of one
//!   formula. An indicator that is nothing but an input shares the input's variable, so it is tied to every condition on
//!   that input. Formulas are free of each other and of their inputs: more is possible here than in life, so whatever is
//!   proved here holds in life.
//! - A *cell* is a piece of the variable's values on which every test is constant and every line is in one band.
//! - A *state* is a pair of cells, for questions about two customers who differ in something (is a better value ever
//!   worse?). For questions about one customer, and for whatever the two share, both cells are the same.

use pinji_domain::number::EXACT_LIMIT;
use pinji_engine::{
    Bands, Condition, Indicator, InputType, Missing, Operand, Plan, Scoring, Source, Test, condition::DoubleRange,
};

use super::axis::{Axis, Cell, double, first, key, ranges};

/// What a variable stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    /// The input at this position.
    Input(usize),
    /// The value of the indicator at this position, which has a formula.
    Formula(usize),
}

/// How the second customer's value lies to the first one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// It is the same.
    Same,
    /// It has a greater key.
    Above,
    /// It has a lesser key.
    Below,
    /// It has more points in the lines that lead.
    More,
    /// It may be any.
    Free,
}

/// The cells of the two customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    pub first: usize,
    pub second: usize,
    pub order: Order,
}

/// See the module.
#[derive(Debug, Clone)]
pub(super) struct Variable {
    pub stands: Stands,
    pub axis: Axis,
    pub cells: Vec<Cell>,
    pub states: Vec<State>,
    /// The indicators whose value it is.
    pub lines: Vec<usize>,
    /// The indicators whose bands it chooses.
    pub chooses: Vec<usize>,
    /// The tests that read it.
    pub tests: Vec<usize>,
}

/// What a line comes to in one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    /// Least points.
    pub low: i32,
    /// Greatest points.
    pub high: i32,
    /// Whether there is no value.
    pub missing: bool,
    /// Whether the line drops out.
    pub dropped: bool,
    /// Whether the customer is not graded for it.
    pub refused: bool,
    /// Whether points fall as the value grows; only of interest where `low < high`.
    pub falling: bool,
}

/// An indicator as the proof sees it.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// The variable of its value.
    pub variable: usize,
    /// The variables that choose its bands.
    pub keys: Vec<usize>,
    /// For each choice and each key the text that it must have.
    pub choices: Vec<Vec<Option<String>>>,
    /// The same in cells: for each choice and each key whether each of the key's cells matches; `None` matches all.
    pub matches: Vec<Vec<Option<Vec<bool>>>>,
    /// For each choice the entry of each cell of the variable.
    pub entries: Vec<Vec<Entry>>,
}

/// A condition over tests.
#[derive(Debug, Clone)]
pub(super) enum Tree {
    Constant(bool),
    Leaf(usize),
    All(Vec<Tree>),
    Any(Vec<Tree>),
    Not(Box<Tree>),
}

/// One test of a condition.
#[derive(Debug, Clone)]
pub(super) enum Leaf {
    /// Of a variable: its truth in each cell.
    Variable {
        variable: usize,
        what: Operand,
        test: Option<Test>,
        truth: Vec<u8>,
    },
    /// Of a score: the intervals where it holds.
    Score { score: usize, within: Vec<(i64, i64)> },
    /// Whether a score is missing; then the customer is not graded anyway.
    Gone,
}

/// Kleene's three values.
pub(super) const FALSE: u8 = 0;
pub(super) const UNKNOWN: u8 = 1;
pub(super) const TRUE: u8 = 2;

/// See the module.
#[derive(Debug, Clone)]
pub(super) struct Model<'a> {
    pub plan: &'a Plan,
    pub variables: Vec<Variable>,
    pub lines: Vec<Line>,
    pub leaves: Vec<Leaf>,
    /// One per grade rule but the last.
    pub rules: Vec<Tree>,
    pub caps: Vec<(Tree, usize)>,
    pub floors: Vec<(Tree, usize)>,
    /// The condition of the claim.
    pub when: Tree,
    /// The lines that [`Order::More`] is about.
    pub leads: Vec<usize>,
}

/// What is known of an input's values from where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Known {
    /// It is never missing.
    pub present: bool,
    /// Least and greatest unit; `None` where there is no such bound.
    pub within: (Option<i64>, Option<i64>),
}

impl<'a> Model<'a> {
    /// Builds the model for claims whose condition is `when`; `known` has one entry per input.
    pub(super) fn new(plan: &'a Plan, when: &Condition, known: &[Known]) -> Model<'a> {
        let mut model = Model {
            plan,
            variables: Vec::new(),
            lines: Vec::new(),
            leaves: Vec::new(),
            rules: Vec::new(),
            caps: Vec::new(),
            floors: Vec::new(),
            when: Tree::Constant(true),
            leads: Vec::new(),
        };
        let parts = plan.parts();
        for (at, indicator) in parts.indicators.iter().enumerate() {
            let variable = model.variable(source(plan, at, indicator));
            model.at(variable).lines.push(at);
            let (keys, choices) = (Vec::new(), vec![Vec::new()]);
            let mut line = Line {
                variable,
                keys,
                choices,
                matches: Vec::new(),
                entries: Vec::new(),
            };
            if let Scoring::Keyed(keyed) = &indicator.scoring {
                line.keys = keyed
                    .keys
                    .iter()
                    .map(|input| model.variable(Stands::Input(*input)))
                    .collect();
                line.choices = keyed.choices.iter().map(|choice| choice.keys.clone()).collect();
                for variable in line.keys.clone() {
                    model.at(variable).chooses.push(at);
                }
            }
            model.lines.push(line);
        }
        model.rules = parts
            .grades
            .iter()
            .filter_map(|rule| Some(model.tree(rule.when.as_ref()?)))
            .collect();
        model.caps = parts
            .caps
            .iter()
            .map(|bound| (model.tree(&bound.when), bound.grade))
            .collect();
        model.floors = parts
            .floors
            .iter()
            .map(|bound| (model.tree(&bound.when), bound.grade))
            .collect();
        model.when = model.tree(when);
        for variable in 0..model.variables.len() {
            model.cut(variable, known);
        }
        model.fill();
        model
    }

    fn at(&mut self, variable: usize) -> &mut Variable {
        // Positions come from `variable`, which pushed them.
        #[expect(clippy::indexing_slicing, reason = "positions come from `variable`")]
        &mut self.variables[variable]
    }

    fn variable(&mut self, stands: Stands) -> usize {
        if let Some(found) = self.variables.iter().position(|variable| variable.stands == stands) {
            return found;
        }
        let parts = self.plan.parts();
        let axis = match stands {
            Stands::Input(input) => parts.inputs.get(input).map_or(Axis::Text, |input| Axis::of(&input.ty)),
            Stands::Formula(indicator) => match parts.indicators.get(indicator) {
                Some(Indicator {
                    scoring: Scoring::Map(_),
                    ..
                })
                | None => Axis::Text,
                Some(indicator) => Axis::Int(indicator.decimals),
            },
        };
        let (cells, states, lines) = (Vec::new(), Vec::new(), Vec::new());
        self.variables.push(Variable {
            stands,
            axis,
            cells,
            states,
            lines,
            chooses: Vec::new(),
            tests: Vec::new(),
        });
        self.variables.len() - 1
    }

    fn tree(&mut self, condition: &Condition) -> Tree {
        match condition {
            Condition::Constant(holds) => Tree::Constant(*holds),
            Condition::All(parts) => Tree::All(parts.iter().map(|part| self.tree(part)).collect()),
            Condition::Any(parts) => Tree::Any(parts.iter().map(|part| self.tree(part)).collect()),
            Condition::Not(inner) => Tree::Not(Box::new(self.tree(inner))),
            Condition::Test(operand, test) => self.leaf(*operand, Some(test)),
            Condition::Missing(operand) => self.leaf(*operand, None),
        }
    }

    fn leaf(&mut self, operand: Operand, test: Option<&Test>) -> Tree {
        let at = self.leaves.len();
        let variable = match operand {
            Operand::Score(score) => {
                self.leaves.push(match test {
                    Some(Test::Within(within)) => Leaf::Score {
                        score,
                        within: within.clone(),
                    },
                    _ => Leaf::Gone,
                });
                return Tree::Leaf(at);
            }
            Operand::Input(input) => self.variable(Stands::Input(input)),
            Operand::Indicator(line) => self.lines.get(line).map_or(0, |line| line.variable),
        };
        self.at(variable).tests.push(at);
        self.leaves.push(Leaf::Variable {
            variable,
            what: operand,
            test: test.cloned(),
            truth: Vec::new(),
        });
        Tree::Leaf(at)
    }

    /// Cuts a variable into cells.
    fn cut(&mut self, at: usize, known: &[Known]) {
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

    /// Works out every entry and every truth.
    fn fill(&mut self) {
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

    fn entry(&self, line: usize, choice: usize, cell: usize) -> Entry {
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

    /// Adds the two halves of a range as cells of their own and gives their positions; `None` for a single key.
    pub(super) fn halve(&mut self, at: usize, cell: usize) -> Option<(usize, usize)> {
        let variable = self.variables.get_mut(at)?;
        let &Cell::Range(low, high) = variable.cells.get(cell)? else {
            return None;
        };
        if low >= high {
            return None;
        }
        let middle = i64::midpoint(low, high).clamp(low, high - 1);
        let lower = variable.cells.len();
        variable.cells.push(Cell::Range(low, middle));
        variable.cells.push(Cell::Range(middle + 1, high));
        let (lines, tests) = (variable.lines.clone(), variable.tests.clone());
        for line in lines {
            for choice in 0..self.lines.get(line)?.choices.len() {
                let halves = [self.entry(line, choice, lower), self.entry(line, choice, lower + 1)];
                self.lines.get_mut(line)?.entries.get_mut(choice)?.extend(halves);
            }
        }
        for test in tests {
            if let Some(Leaf::Variable { truth, .. }) = self.leaves.get_mut(test) {
                let same = truth.get(cell).copied().unwrap_or(UNKNOWN);
                truth.extend([same, same]);
            }
        }
        Some((lower, lower + 1))
    }

    /// Adds a state to a variable and gives its position.
    pub(super) fn state(&mut self, at: usize, state: State) -> usize {
        let states = &mut self.at(at).states;
        states.push(state);
        states.len() - 1
    }
}

/// The variable of an indicator's value. A date or a flag is no number, so what it would score is left open.
fn source(plan: &Plan, at: usize, indicator: &Indicator) -> Stands {
    match &indicator.source {
        Source::Input(input) => match plan.parts().inputs.get(*input).map(|input| &input.ty) {
            Some(InputType::Int(_) | InputType::Double | InputType::Text(_)) => Stands::Input(*input),
            _ => Stands::Formula(at),
        },
        Source::Formula(_) => Stands::Formula(at),
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
    let points = pinji_domain::number::rescale(value, decimals, pinji_engine::plan::POINT_DECIMALS);
    let full = i64::from(pinji_engine::plan::FULL_POINTS);
    let clamped = points.unwrap_or(if value < 0 { 0 } else { full }).clamp(0, full);
    i32::try_from(clamped).unwrap_or(0)
}

/// The key of an input's value, for bounds that are known in numbers.
pub(super) fn key_of(ty: &InputType, units: i64) -> i64 {
    match ty {
        InputType::Double => key(units as f64),
        _ => units,
    }
}

/// The key of a judged value of so many points (units of 10^-4).
pub(super) fn key_of_points(ty: &InputType, points: i64) -> Option<i64> {
    use pinji_domain::number::{rescale, to_f64};
    use pinji_engine::plan::POINT_DECIMALS;
    match ty {
        InputType::Int(scale) => rescale(points, POINT_DECIMALS, *scale),
        InputType::Double => Some(key(to_f64(points, POINT_DECIMALS))),
        _ => None,
    }
}

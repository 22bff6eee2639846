//! A plan as finitely many choices: which cell each input or formula is in. 证明模型
//!
//! - A *variable* is an input that a condition, an indicator or a standard table reads as it is, or the value of one
//!   formula. An indicator that is nothing but an input shares the input's variable, so it is tied to every condition on
//!   that input. Formulas are free of each other and of their inputs: more is possible here than in life, so whatever is
//!   proved here holds in life.
//! - A *cell* is a piece of the variable's values on which every test is constant and every line is in one band.
//! - A *state* is a pair of cells, for questions about two customers who differ in something (is a better value ever
//!   worse?). For questions about one customer, and for whatever the two share, both cells are the same.

mod cut;
mod fill;

use pinji_engine::{Condition, Indicator, InputType, Operand, Plan, Scoring, Source, Test};

use super::axis::{Axis, Cell, key};

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
        // What the group allows lowers as a cap does, and the lowest counts: to the proof it is one.
        model.caps = parts
            .caps
            .iter()
            .chain(&parts.group)
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

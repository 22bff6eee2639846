//! The one namespace of a policy, and what each name means in formulas and in conditions. 名称
//!
//! Measures, judged indicators (their hidden measure) and aliases of used policies are columns; indicators and scores are
//! what comes of them; parameters are constants by date.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use pinji_domain::{Date, Decimal, Message};
use pinji_engine::{InputType, Operand};

use super::MeasureSource;
use crate::document::{Document, Scoring, Unit};
use crate::formula::condition::{Held, Term};
use crate::formula::typing::Meaning;
use crate::suggest::nearest;

/// A column of the plan, with what is known of its values.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) id: String,
    pub(crate) ty: InputType,
    pub(crate) unit: Unit,
    pub(crate) nullable: bool,
    pub(crate) range: (f64, f64),
    pub(crate) source: MeasureSource,
    pub(crate) members: Option<super::CompiledMembers>,
    /// Its own fault was reported.
    pub(crate) faulty: bool,
}

/// All names as of a date.
pub(crate) struct Names<'d> {
    pub(crate) document: &'d Document,
    pub(crate) as_of: Date,
    pub(crate) columns: Vec<Column>,
    /// Which indicators have a fault, or can be missing; filled once they were looked at.
    pub(crate) indicators: Vec<(bool, bool)>,
    /// Names that some formula or condition used.
    pub(crate) used: RefCell<BTreeSet<String>>,
    /// Paths of conditions that do not say what was written, because of an error in or below them.
    pub(crate) unsound: RefCell<BTreeSet<String>>,
    positions: HashMap<String, usize>,
}

impl<'d> Names<'d> {
    pub(crate) fn new(document: &'d Document, as_of: Date) -> Names<'d> {
        Names {
            document,
            as_of,
            columns: Vec::new(),
            indicators: Vec::new(),
            used: RefCell::default(),
            unsound: RefCell::default(),
            positions: HashMap::new(),
        }
    }

    pub(crate) fn push(&mut self, column: Column) {
        self.positions.entry(column.id.clone()).or_insert(self.columns.len());
        self.columns.push(column);
    }

    /// Where the column with this id stands.
    pub(crate) fn position(&self, id: &str) -> Option<usize> {
        self.positions.get(id).copied()
    }

    pub(crate) fn use_name(&self, name: &str) {
        if !self.used.borrow().contains(name) {
            self.used.borrow_mut().insert(name.to_owned());
        }
    }

    /// Marks every word of a text that does not parse as used, so that one slip is not reported twice.
    pub(crate) fn use_words(&self, text: &str) {
        text.split(|c: char| !c.is_alphanumeric() && c != '_')
            .for_each(|word| self.use_name(word));
    }

    /// Marks the name that an unknown one most likely meant as used.
    fn use_nearest(&self, name: &str, known: &[String]) {
        if let Some(near) = nearest(name, known.iter().map(String::as_str)) {
            self.use_name(near);
        }
    }

    /// Notes that the condition at `path` is not to be reasoned about.
    pub(crate) fn unsound(&self, path: &str) {
        self.unsound.borrow_mut().insert(path.to_owned());
    }

    /// A parameter as a constant; its absence on the date is a fault of its own, reported with the parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<Option<Decimal>> {
        let parameter = self.document.parameters.iter().find(|parameter| parameter.id == name)?;
        self.use_name(name);
        Some(parameter.value_on(self.as_of))
    }

    /// What a name means in an indicator's formula.
    pub(crate) fn in_formula(&self, name: &str) -> Option<Meaning> {
        self.use_name(name);
        let judged = |id: &str| {
            let indicator = self.document.indicators.iter().find(|indicator| indicator.id == id);
            indicator.is_some_and(|indicator| matches!(indicator.scoring, Scoring::Judged { .. }))
        };
        if let Some(column) = self
            .position(name)
            .and_then(|position| Some((position, self.columns.get(position)?)))
            && !judged(name)
        {
            let (position, column) = column;
            if column.faulty {
                return Some(Meaning::Faulty);
            }
            return Some(Meaning::Input {
                position,
                ty: column.ty.clone(),
                unit: column.unit.clone(),
                nullable: column.nullable,
                range: column.range,
            });
        }
        match self.parameter(name) {
            Some(Some(value)) => return Some(Meaning::Constant(value)),
            Some(None) => return Some(Meaning::Faulty),
            None => {}
        }
        let refused = |code| Some(Meaning::Refused(Message::new(code).with("name", name)));
        if self.document.indicators.iter().any(|indicator| indicator.id == name) {
            return refused("policy-formula-indicator");
        }
        if self.document.scores.iter().any(|score| score.id == name) {
            return refused("policy-formula-score");
        }
        let label = self.by_label(name);
        if label.is_none() {
            self.use_nearest(name, &self.formula_names());
        }
        label.map(Meaning::Refused)
    }

    /// What a name means in a condition.
    pub(crate) fn in_condition(&self, name: &str) -> Option<Term> {
        self.use_name(name);
        if let Some(position) = self.document.scores.iter().position(|score| score.id == name) {
            let decimals = self.document.scores.get(position).map_or(2, |score| score.decimals);
            return Some(Term::Operand {
                operand: Operand::Score(position),
                held: Held::Int(decimals),
                nullable: false,
            });
        }
        if let Some(position) = self
            .document
            .indicators
            .iter()
            .position(|indicator| indicator.id == name)
        {
            let (faulty, nullable) = self.indicators.get(position).copied().unwrap_or((true, true));
            if faulty {
                return Some(Term::Faulty);
            }
            let held = self
                .document
                .indicators
                .get(position)
                .map_or(Held::Opaque, |indicator| match indicator.scoring {
                    Scoring::Map { .. } | Scoring::Judged { .. } => Held::Opaque,
                    _ => Held::Int(indicator.decimals),
                });
            return Some(Term::Operand {
                operand: Operand::Indicator(position),
                held,
                nullable,
            });
        }
        if let Some((position, column)) = self.position(name).and_then(|at| Some((at, self.columns.get(at)?))) {
            if column.faulty {
                return Some(Term::Faulty);
            }
            let held = match (&column.ty, &column.source) {
                (InputType::Text(Some(grades)), MeasureSource::Grade { .. } | MeasureSource::GroupGrade) => {
                    Held::Grades(grades.clone())
                }
                (InputType::Text(list), _) => Held::Text(list.clone()),
                (InputType::Int(scale), _) => Held::Int(*scale),
                (InputType::Double, _) => Held::Double,
                (InputType::Date, _) => Held::Date,
                (InputType::Flag, _) => Held::Flag,
            };
            return Some(Term::Operand {
                operand: Operand::Input(position),
                held,
                nullable: column.nullable,
            });
        }
        match self.parameter(name) {
            Some(Some(value)) => return Some(Term::Constant(value)),
            Some(None) => return Some(Term::Faulty),
            None => {}
        }
        if self.document.dimensions.iter().any(|dimension| dimension.id == name) {
            let example = format!("{name}_score = {{ {name} = 100 }}");
            let message = Message::new("policy-condition-dimension").with("name", name);
            return Some(Term::Refused(message.with("example", example)));
        }
        let label = self.by_label(name);
        if label.is_none() {
            self.use_nearest(name, &self.condition_names());
        }
        label.map(Term::Refused)
    }

    /// A label where an id should be: say which id it is.
    fn by_label(&self, name: &str) -> Option<Message> {
        let measures = self
            .document
            .measures
            .iter()
            .map(|measure| (&measure.name, &measure.id));
        let indicators = self
            .document
            .indicators
            .iter()
            .map(|indicator| (&indicator.name, &indicator.id));
        let labelled = measures
            .chain(indicators)
            .find(|(label, _)| label.zh == name || label.en == name);
        let (_, id) = labelled?;
        self.use_name(id);
        Some(
            Message::new("policy-name-label")
                .with("name", name)
                .with("id", id.as_str()),
        )
    }

    /// Names for suggestions in formulas.
    pub(crate) fn formula_names(&self) -> Vec<String> {
        let columns = self.columns.iter().map(|column| column.id.clone());
        columns
            .chain(self.document.parameters.iter().map(|parameter| parameter.id.clone()))
            .collect()
    }

    /// Names for suggestions in conditions.
    pub(crate) fn condition_names(&self) -> Vec<String> {
        let scores = self.document.scores.iter().map(|score| score.id.clone());
        let indicators = self.document.indicators.iter().map(|indicator| indicator.id.clone());
        scores.chain(indicators).chain(self.formula_names()).collect()
    }
}

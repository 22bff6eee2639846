//! Guarantees and stand-alone conditions, resolved against a policy: what the prover works on. 保证的解析

use pinji_domain::{Date, Message};
use pinji_engine::{Condition, Expr, Operand, Source};

use super::analysis::names;
use super::names::{Column, Names};
use super::rules::grade_help;
use super::{Compiled, CompiledRule, MeasureSource, PARENT};
use crate::document::Document;
use crate::finding::{Finding, Severity};
use crate::formula::condition::{Resolved, Terms, resolve};
use crate::formula::statement::{Written, read};
use crate::formula::tree::{Kind, Node};
use crate::formula::{Fault, parse};
use crate::suggest::nearest;

/// A guarantee, its names resolved to positions in the plan. 保证
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// `COND implies grade at_most 'g'`: whenever the condition holds, the grade is this or a worse one.
    AtMost {
        /// The condition.
        when: Condition,
        /// The grade's position.
        grade: usize,
    },
    /// `COND implies grade at_least 'g'`: whenever the condition holds, the grade is this or a better one.
    AtLeast {
        /// The condition.
        when: Condition,
        /// The grade's position.
        grade: usize,
    },
    /// `monotone in NAME`: bettering it never lowers the grade.
    Monotone(Operand),
    /// `independent of NAME`: it does not bear on the grade.
    Independent {
        /// The field or measure as written.
        name: String,
        /// The inputs that are it, or that are taken from it.
        inputs: Vec<usize>,
    },
    /// `reachable 'g'`: somebody can get this grade.
    Reachable(usize),
}

/// Resolves what a guarantee says. 解析保证
///
/// # Errors
/// What is wrong, with byte ranges in `says` and an empty file name; place them with the guarantee's own place.
pub fn statement(document: &Document, as_of: Date, says: &str) -> Result<Statement, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut names = names(document, as_of, &mut findings);
    findings.clear();
    // Indicators are taken as sound here: `compile` has looked at them before.
    names.indicators = vec![(false, true); document.indicators.len()];
    let (statement, faults) = one(&names, says);
    let (errors, _): (Vec<Fault>, Vec<Fault>) = faults.into_iter().partition(|fault| fault.severity == Severity::Error);
    match statement {
        Some(statement) if errors.is_empty() => Ok(statement),
        _ => Err(errors.into_iter().map(unplaced).collect()),
    }
}

/// Resolves a condition that stands alone, such as one typed on the command line. 解析条件
///
/// # Errors
/// What is wrong, with byte ranges in `text` and an empty file name.
pub fn condition(document: &Document, as_of: Date, text: &str) -> Result<Condition, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut names = names(document, as_of, &mut findings);
    names.indicators = vec![(false, true); document.indicators.len()];
    let node = parse(text).map_err(|fault| vec![unplaced(fault)])?;
    let (condition, faults) = with_terms(&names, &node);
    let errors: Vec<Finding> = faults
        .into_iter()
        .filter(|fault| fault.severity == Severity::Error)
        .map(unplaced)
        .collect();
    if errors.is_empty() { Ok(condition) } else { Err(errors) }
}

fn unplaced(fault: Fault) -> Finding {
    Finding {
        severity: fault.severity,
        file: String::new(),
        span: fault.span,
        message: fault.message,
        help: fault.help,
    }
}

/// The faults of all guarantees of a document.
pub(crate) fn check(names: &Names<'_>, findings: &mut Vec<Finding>) {
    for (index, guarantee) in names.document.guarantees.iter().enumerate() {
        if guarantee.says.is_empty() {
            continue; // said when it was read
        }
        let path = format!("guarantee[{index}].says");
        let (_, faults) = one(names, &guarantee.says);
        findings.extend(
            faults
                .into_iter()
                .map(|fault| fault.found(&names.document.places, &path)),
        );
    }
}

fn with_terms(names: &Names<'_>, node: &Node) -> (Condition, Vec<Fault>) {
    let list = names.condition_names();
    let term = |name: &str| names.in_condition(name);
    let Resolved { condition, faults, .. } = resolve(
        node,
        &Terms {
            term: &term,
            names: &list,
        },
    );
    (condition, faults)
}

fn one(names: &Names<'_>, says: &str) -> (Option<Statement>, Vec<Fault>) {
    let written = match read(says) {
        Ok(written) => written,
        Err(fault) => return (None, vec![fault]),
    };
    match written {
        Written::Bound { when, at_least, grade } => {
            let (when, mut faults) = with_terms(names, &when);
            let grade = grade_at(names, &grade, &mut faults);
            let statement = grade.map(|grade| match at_least {
                true => Statement::AtLeast { when, grade },
                false => Statement::AtMost { when, grade },
            });
            (statement, faults)
        }
        Written::Monotone(node) => monotone(names, &node),
        Written::Independent(node) => independent(names, &node),
        Written::Reachable(node) => {
            let mut faults = Vec::new();
            let grade = grade_at(names, &node, &mut faults);
            (grade.map(Statement::Reachable), faults)
        }
    }
}

fn grade_at(names: &Names<'_>, node: &Node, faults: &mut Vec<Fault>) -> Option<usize> {
    let Kind::Text(id) = &node.kind else { return None };
    let position = names.document.grades.iter().position(|grade| grade.id == *id);
    if position.is_none() {
        let message = Message::new("policy-grade-unknown").with("grade", id.as_str());
        faults.push(Fault::error(&node.span, message).help(grade_help(names.document, id)));
    }
    position
}

fn monotone(names: &Names<'_>, node: &Node) -> (Option<Statement>, Vec<Fault>) {
    let Kind::Name(name) = &node.kind else {
        return (None, Vec::new());
    };
    names.use_name(name);
    if let Some(position) = names
        .document
        .indicators
        .iter()
        .position(|indicator| indicator.id == *name)
    {
        return (Some(Statement::Monotone(Operand::Indicator(position))), Vec::new());
    }
    if let Some(position) = names.position(name) {
        return (Some(Statement::Monotone(Operand::Input(position))), Vec::new());
    }
    let indicators = names.document.indicators.iter().map(|indicator| indicator.id.as_str());
    let columns = names.columns.iter().map(|column| column.id.as_str());
    (
        None,
        vec![unknown(
            "policy-statement-unknown",
            name,
            node,
            indicators.chain(columns),
        )],
    )
}

/// A measure, or a field of a record kind that measures may be taken from.
fn independent(names: &Names<'_>, node: &Node) -> (Option<Statement>, Vec<Fault>) {
    let Kind::Name(name) = &node.kind else {
        return (None, Vec::new());
    };
    let reads = |source: &MeasureSource| match source {
        MeasureSource::Latest { fields, .. } | MeasureSource::Aggregate { fields, .. } => fields.contains(name),
        MeasureSource::Given(_)
        | MeasureSource::Judged { .. }
        | MeasureSource::Grade { .. }
        | MeasureSource::GroupGrade => false,
    };
    let kinds = &names.document.kinds.kinds;
    let field = kinds.iter().any(|kind| kind.field(name).is_some());
    let itself = names.position(name);
    names.use_name(name);
    if itself.is_none() && !field {
        let fields = kinds
            .iter()
            .flat_map(|kind| kind.fields.iter().map(|field| field.id.as_str()));
        let columns = names.columns.iter().map(|column| column.id.as_str());
        return (
            None,
            vec![unknown(
                "policy-statement-unknown-field",
                name,
                node,
                columns.chain(fields),
            )],
        );
    }
    let own = |position: usize| {
        let column = names.columns.get(position);
        Some(position) == itself || column.is_some_and(|column| reads(&column.source))
    };
    // What is made of members' figures also follows from their weights, and from who is above whom.
    let made = |column: &Column| {
        column.members.as_ref().is_some_and(|how| {
            let weighs = matches!(how.rule, CompiledRule::Weighted(by) if own(by));
            weighs || (how.consolidated.is_some() && name == PARENT)
        })
    };
    let from = names.columns.iter().enumerate();
    let from = from.filter(|(position, column)| own(*position) || made(column));
    let inputs = from.map(|(position, _)| position).collect();
    (
        Some(Statement::Independent {
            name: name.clone(),
            inputs,
        }),
        Vec::new(),
    )
}

fn unknown<'n>(code: &'static str, name: &str, node: &Node, known: impl Iterator<Item = &'n str>) -> Fault {
    let fault = Fault::error(&node.span, Message::new(code).with("name", name));
    match nearest(name, known) {
        Some(meant) => fault.help(Message::new("policy-did-you-mean").with("name", meant)),
        None => fault,
    }
}

impl Compiled {
    /// The inputs that an indicator reads, its keys included. 指标所用的度量
    pub fn inputs_of(&self, indicator: usize) -> Vec<usize> {
        let Some(indicator) = self.plan.parts().indicators.get(indicator) else {
            return Vec::new();
        };
        let mut inputs = match &indicator.source {
            Source::Input(position) => vec![*position],
            Source::Formula(expr) => inputs_in(expr),
        };
        if let pinji_engine::Scoring::Keyed(keyed) = &indicator.scoring {
            inputs.extend(&keyed.keys);
        }
        inputs.sort_unstable();
        inputs.dedup();
        inputs
    }
}

fn inputs_in(expr: &Expr) -> Vec<usize> {
    let mut inputs = Vec::new();
    let mut left = vec![expr];
    while let Some(expr) = left.pop() {
        match expr {
            Expr::Input(position) => inputs.push(*position),
            Expr::Number(_) | Expr::Text(_) | Expr::Date(_) | Expr::Flag(_) => {}
            Expr::Negate(one) | Expr::IsNull(one) | Expr::Not(one) | Expr::Abs(one) | Expr::Ln(one) => left.push(one),
            Expr::Binary(_, a, b)
            | Expr::Compare(_, a, b)
            | Expr::And(a, b)
            | Expr::Or(a, b)
            | Expr::NullIf(a, b)
            | Expr::MonthsBetween(a, b) => left.extend([&**a, &**b]),
            Expr::InList(one, list) => {
                left.push(one);
                left.extend(list);
            }
            Expr::Coalesce(list) | Expr::Least(list) | Expr::Greatest(list) => left.extend(list),
            Expr::Case(arms, otherwise) => {
                left.extend(arms.iter().flat_map(|(when, then)| [when, then]));
                left.extend(otherwise.as_deref());
            }
        }
    }
    inputs
}

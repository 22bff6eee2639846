//! The policy's own tests: each example is graded by the kernel and compared with what the file expects. 示例检验

use std::ops::Range;

use pinji_domain::number::rescale;
use pinji_domain::{Date, Decimal, Message, Text, date};
use pinji_engine::InputType;

use crate::compile::{Compiled, CompiledMeasure, MeasureSource, compile};
use crate::document::{Document, Example, Given};
use crate::prove::Customer;
use crate::prove::customer::{customer, graded};
use crate::rows::{Row, Value};

/// The word that stands for "no grade" in an example.
pub const UNGRADED: &str = "ungraded";

/// What came of one example. 示例结果
#[derive(Debug, Clone, PartialEq)]
pub struct Ran {
    /// Which one, from 1.
    pub number: usize,
    /// What it shows.
    pub name: Text,
    /// Where it stands: file and byte range.
    pub place: (String, Range<usize>),
    /// As of when it was graded.
    pub as_of: Option<Date>,
    /// Everything that the example expects, and what was found.
    pub checks: Vec<Check>,
    /// The customer with all lines; `None` when it could not be graded at all.
    pub customer: Option<Customer>,
    /// Why it could not be.
    pub problem: Option<Message>,
}

impl Ran {
    /// Whether everything was as expected. An example that could not be graded has not passed.
    pub fn passed(&self) -> bool {
        self.problem.is_none() && self.checks.iter().all(Check::passed)
    }
}

/// One expectation. 预期与实际
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// What is looked at, for instance a score.
    pub what: Message,
    /// What the example expects.
    pub expected: String,
    /// What was found.
    pub actual: String,
}

impl Check {
    /// Whether it is as expected.
    pub fn passed(&self) -> bool {
        self.expected == self.actual
    }
}

/// Runs all examples of a policy, in the order of the file. 运行示例
pub fn run(document: &Document) -> Vec<Ran> {
    let mut compiled: Vec<(Date, Result<Compiled, Message>)> = Vec::new();
    let mut ran = Vec::with_capacity(document.examples.len());
    for (at, example) in document.examples.iter().enumerate() {
        let as_of = example.as_of.or(document.effective);
        let mut one = Ran {
            number: at + 1,
            name: example.name.clone(),
            place: example.place.clone(),
            as_of,
            checks: Vec::new(),
            customer: None,
            problem: None,
        };
        match as_of {
            None => one.problem = Some(Message::new("policy-example-date")),
            Some(as_of) => {
                if !compiled.iter().any(|(date, _)| *date == as_of) {
                    compiled.push((as_of, compile(document, as_of).map_err(|findings| first(&findings))));
                }
                match compiled.iter().find(|(date, _)| *date == as_of) {
                    Some((_, Ok(compiled))) => grade_one(compiled, example, &mut one),
                    Some((_, Err(problem))) => one.problem = Some(problem.clone()),
                    None => {}
                }
            }
        }
        ran.push(one);
    }
    ran
}

/// The row of measures that an example gives, in the order of the plan's inputs; others are missing.
///
/// # Errors
/// A name that is no measure, or a value that the measure cannot have.
pub fn row(compiled: &Compiled, given: &[(String, Given)]) -> Result<Vec<Option<Value>>, Message> {
    let mut row: Row = vec![None; compiled.measures.len()];
    for (name, value) in given {
        let place = compiled.measures.iter().position(|measure| measure.id == *name);
        let Some((measure, place)) = place.and_then(|at| Some((compiled.measures.get(at)?, row.get_mut(at)?))) else {
            return Err(Message::new("policy-example-unknown-name").with("name", name.as_str()));
        };
        let unfit = || {
            Message::new("policy-example-unfit")
                .with("name", name.as_str())
                .with("value", said(value))
        };
        *place = Some(fitted(measure, value).ok_or_else(unfit)?);
    }
    Ok(row)
}

fn first(findings: &[crate::finding::Finding]) -> Message {
    findings.first().map_or_else(
        || Message::new("policy-example-uncompiled"),
        |finding| finding.message.clone(),
    )
}

fn grade_one(compiled: &Compiled, example: &Example, ran: &mut Ran) {
    let row = match row(compiled, &example.given) {
        Ok(row) => row,
        Err(problem) => {
            ran.problem = Some(problem);
            return;
        }
    };
    let graded = graded(&compiled.plan, std::slice::from_ref(&row));
    let customer = customer(&compiled.plan, &row, &graded, 0);
    ran.checks = checks(example, &customer);
    ran.customer = Some(customer);
}

fn checks(example: &Example, customer: &Customer) -> Vec<Check> {
    let mut checks = Vec::new();
    if let Some(expected) = &example.grade {
        let actual = customer.grade.clone().unwrap_or_else(|| UNGRADED.to_owned());
        checks.push(Check {
            what: Message::new("policy-example-grade"),
            expected: expected.clone(),
            actual,
        });
    }
    for (score, expected) in &example.scores {
        let found = customer.scores.iter().find(|(id, _)| id == score);
        let scale = found
            .and_then(|(_, value)| *value)
            .map_or(expected.scale, |value| value.scale.max(expected.scale));
        let shown = |value: Decimal| match rescale(value.units, value.scale, scale) {
            Some(units) => Decimal { units, scale }.to_string(),
            None => value.to_string(),
        };
        let actual = match found {
            Some((_, Some(value))) => shown(*value),
            Some((_, None)) | None => "–".to_owned(),
        };
        let what = Message::new("policy-example-score").with("score", score.as_str());
        checks.push(Check {
            what,
            expected: shown(*expected),
            actual,
        });
    }
    if let Some(expected) = &example.caps {
        let listed = |ids: &[String]| {
            let mut ids = ids.to_vec();
            ids.sort_unstable();
            if ids.is_empty() {
                "–".to_owned()
            } else {
                ids.join(", ")
            }
        };
        let what = Message::new("policy-example-caps");
        checks.push(Check {
            what,
            expected: listed(expected),
            actual: listed(&customer.caps),
        });
    }
    checks
}

/// A given value as the input holds it.
fn fitted(measure: &CompiledMeasure, value: &Given) -> Option<Value> {
    if let (MeasureSource::Judged { levels, .. }, Given::Text(level)) = (&measure.source, value) {
        let (_, points) = levels.iter().find(|(id, _)| id == level)?;
        return number(
            &measure.ty,
            Decimal {
                units: i64::from(*points),
                scale: 4,
            },
        );
    }
    match (&measure.ty, value) {
        (InputType::Int(_) | InputType::Double, Given::Number(given)) => number(&measure.ty, *given),
        (InputType::Text(_), Given::Text(text)) => Some(Value::Text(text.clone())),
        (InputType::Date, Given::Date(given)) => Some(Value::Date(date::to_days(*given))),
        (InputType::Flag, Given::Flag(flag)) => Some(Value::Flag(*flag)),
        _ => None,
    }
}

fn number(ty: &InputType, value: Decimal) -> Option<Value> {
    match ty {
        InputType::Int(scale) => Some(Value::Int(rescale(value.units, value.scale, *scale)?, *scale)),
        InputType::Double => Some(Value::Double(value.to_f64())),
        _ => None,
    }
}

fn said(value: &Given) -> String {
    match value {
        Given::Number(number) => number.to_string(),
        Given::Text(text) => text.clone(),
        Given::Date(date) => date.to_string(),
        Given::Flag(flag) => flag.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::disallowed_methods, // tests read the shipped files
    clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        missing_docs
    )]
    use super::*;

    fn small() -> Document {
        crate::testing::read(crate::testing::SMALL)
    }

    #[test]
    fn examples_pass() {
        let folder = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../policies");
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).map_err(|error| error.to_string());
        let shipped = [
            "tob-standard.toml",
            "group-standard.toml",
            "credit-nine-level.toml",
            "wholesale-rfm.toml",
        ];
        let mut documents = vec![small()];
        documents.extend(shipped.iter().map(|entry| crate::load(entry, &read).document.unwrap()));
        let mut checked = 0;
        for document in documents {
            for one in run(&document) {
                assert!(
                    !one.checks.is_empty(),
                    "{} {}: expects something",
                    document.id,
                    one.number
                );
                assert!(
                    one.passed(),
                    "{} {}: {:?} {:?}",
                    document.id,
                    one.number,
                    one.problem,
                    one.checks
                );
                checked += 1;
            }
        }
        assert!(checked > 0);
    }

    #[test]
    fn what_differs_is_said() {
        let mut document = small();
        let example = document.examples[0].clone();
        let score = document.scores[0].id.clone();
        let mut check = |change: &dyn Fn(&mut Example), told: &str| {
            let mut changed = example.clone();
            change(&mut changed);
            document.examples = vec![changed];
            let ran = run(&document);
            assert!(!ran[0].passed());
            let failed = ran[0]
                .checks
                .iter()
                .find(|check| !check.passed())
                .map(|check| check.what.code);
            assert_eq!(
                failed.or(ran[0].problem.as_ref().map(|problem| problem.code)),
                Some(told)
            );
        };
        check(
            &|example| example.grade = Some("nobody".to_owned()),
            "policy-example-grade",
        );
        check(
            &|example| example.scores = vec![(score.clone(), Decimal { units: 1, scale: 2 })],
            "policy-example-score",
        );
        check(
            &|example| example.caps = Some(vec!["nothing".to_owned()]),
            "policy-example-caps",
        );
        check(
            &|example| example.given = vec![("nothing".to_owned(), Given::Flag(true))],
            "policy-example-unknown-name",
        );
        check(
            &|example| example.given = vec![("revenue".to_owned(), Given::Flag(true))],
            "policy-example-unfit",
        );
    }

    #[test]
    fn a_score_may_be_given_with_fewer_decimals() {
        let mut document = small();
        let example = document.examples[0].clone();
        let found = run(&document)[0].customer.clone().unwrap();
        let (score, value) = found.scores[0].clone();
        let value = Decimal::parse(&value.unwrap().to_string()).unwrap();
        document.examples = vec![Example {
            scores: vec![(score, value)],
            ..example
        }];
        assert!(run(&document)[0].passed());
    }
}

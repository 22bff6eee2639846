//! Everything a policy comes to as of a date, and what is wrong with it. 解析

use std::collections::BTreeSet;

use pinji_domain::number::place_f64;
use pinji_domain::{Date, Message, Text};
use pinji_engine::{Bound, Dimension, GradeRule, Indicator, Input, InputType, PlanParts, Score};

use super::names::{Column, Names};
use super::{CompiledMeasure, MeasureSource, indicators, measures, rules};
use crate::document::{Document, GROUP_GRADE, Unit};
use crate::finding::Finding;

/// What the parts of a policy come to as of a date.
pub(crate) struct Analysis {
    pub(crate) columns: Vec<Column>,
    pub(crate) indicators: Vec<Indicator>,
    /// For each indicator: whether it has a fault, whether it can be missing, and between what its value lies.
    pub(crate) known: Vec<(bool, bool, (f64, f64))>,
    pub(crate) scores: Vec<Score>,
    pub(crate) grades: Vec<GradeRule>,
    pub(crate) caps: Vec<Bound>,
    pub(crate) floors: Vec<Bound>,
    /// What the group's grade allows.
    pub(crate) group: Vec<Bound>,
    /// Names that a formula, a condition or a guarantee uses; tables as `table:ID`.
    pub(crate) used: BTreeSet<String>,
    /// Paths of conditions that do not say what was written.
    pub(crate) unsound: BTreeSet<String>,
    /// For each measure without a name: the label of the field that it takes.
    pub(crate) labels: Vec<Option<Text>>,
    pub(crate) findings: Vec<Finding>,
}

/// Resolves all parts of a document as of a date.
pub(crate) fn analyse(document: &Document, as_of: Date) -> Analysis {
    let mut findings = Vec::new();
    let mut names = self::names(document, as_of, &mut findings);
    let mut compiled = Vec::new();
    let mut known = Vec::new();
    for (index, indicator) in document.indicators.iter().enumerate() {
        let resolved = indicators::resolve(&names, indicator, &format!("indicator[{index}]"), &mut findings);
        known.push((resolved.faulty, resolved.nullable, resolved.range));
        compiled.push(resolved.compiled);
    }
    names.indicators = known.iter().map(|(faulty, nullable, _)| (*faulty, *nullable)).collect();
    let scores = rules::scores(&names, &mut findings);
    let grades = rules::grades(&names, &mut findings);
    let caps = rules::bounds(&names, &document.caps, "cap", "at_most", &mut findings);
    let floors = rules::bounds(&names, &document.floors, "floor", "at_least", &mut findings);
    let group = rules::group(&names);
    super::statement::check(&names, &mut findings);
    let labels = document
        .measures
        .iter()
        .map(|measure| measures::label(&names, measure))
        .collect();
    Analysis {
        used: names.used.take(),
        unsound: names.unsound.take(),
        columns: names.columns,
        indicators: compiled,
        known,
        scores,
        grades,
        caps,
        floors,
        group,
        labels,
        findings,
    }
}

/// The columns and parameters of a document as of a date.
pub(crate) fn names<'d>(document: &'d Document, as_of: Date, findings: &mut Vec<Finding>) -> Names<'d> {
    let mut names = Names::new(document, as_of);
    for (index, parameter) in document.parameters.iter().enumerate() {
        if !parameter.values.is_empty() && parameter.value_on(as_of).is_none() {
            let message = Message::new("policy-parameter-no-value").with("name", parameter.id.as_str());
            let place = document.places.id(&format!("parameter[{index}]"));
            findings.push(Finding::error(place, message.with("date", as_of.to_string())));
        }
    }
    for (index, measure) in document.measures.iter().enumerate() {
        let column = measures::column(&names, measure, &format!("measure[{index}]"), findings);
        names.push(column);
    }
    super::members::resolve(&mut names, findings);
    for indicator in &document.indicators {
        if let Some(column) = indicators::judged(indicator) {
            names.push(column);
        }
    }
    for used in &document.uses {
        let grades = used.policy.grades.iter().map(|grade| grade.id.clone()).collect();
        names.push(Column {
            id: used.alias.clone(),
            ty: InputType::Text(Some(grades)),
            unit: Unit::Text,
            nullable: true,
            range: crate::formula::typing::ANYWHERE,
            source: MeasureSource::Grade {
                alias: used.alias.clone(),
            },
            members: None,
            faulty: false,
        });
    }
    if document.group.is_some() {
        let grades = document.grades.iter().map(|grade| grade.id.clone()).collect();
        names.push(Column {
            id: GROUP_GRADE.to_owned(),
            ty: InputType::Text(Some(grades)),
            unit: Unit::Text,
            nullable: true,
            range: crate::formula::typing::ANYWHERE,
            source: MeasureSource::GroupGrade,
            members: None,
            faulty: false,
        });
    }
    names
}

impl Analysis {
    /// What `compile` hands on.
    pub(crate) fn into_parts(self, document: &Document) -> (Vec<CompiledMeasure>, PlanParts) {
        let inputs = self
            .columns
            .iter()
            .map(|column| Input {
                id: column.id.clone(),
                ty: column.ty.clone(),
            })
            .collect();
        let measures = self.columns.into_iter();
        let measures = measures.map(|column| CompiledMeasure {
            id: column.id,
            ty: column.ty,
            source: column.source,
            members: column.members,
        });
        let possible = self.indicators.iter().zip(&self.known);
        let possible = possible
            .map(|(indicator, (.., range))| possible_units(*range, indicator.decimals))
            .collect();
        let parts = PlanParts {
            inputs,
            dimensions: document
                .dimensions
                .iter()
                .map(|dimension| Dimension {
                    id: dimension.id.clone(),
                })
                .collect(),
            indicators: self.indicators,
            scores: self.scores,
            grades: self.grades,
            caps: self.caps,
            floors: self.floors,
            group: self.group,
            min_coverage: document.min_coverage,
            possible,
        };
        (measures.collect(), parts)
    }
}

/// Between which units a value lies, once it is rounded to an indicator's decimals.
fn possible_units((low, high): (f64, f64), decimals: u8) -> (i64, i64) {
    let low = place_f64(low, decimals).unwrap_or(i64::MIN);
    (low, place_f64(high, decimals).unwrap_or(i64::MAX))
}

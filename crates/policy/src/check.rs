//! All that is wrong with a policy, found at once. 检查
//!
//! Reading reports what is not the language; the analysis reports what does not resolve; the modules below report what
//! reads and resolves, and is still not right.

mod derive;
mod domains;
mod examples;
mod logic;
mod names;
mod others;
mod points;
mod rules;
mod sets;
mod unused;
mod weights;

use std::collections::BTreeSet;

use pinji_domain::{Date, Message, Text};

use crate::compile::{Analysis, analyse};
use crate::document::{Document, Unit};
use crate::finding::Finding;

/// Checks a document that was read, and fills in what follows from it: derived weights, units and names of measures.
pub(crate) fn check(document: &mut Document) -> Vec<Finding> {
    let mut findings = Vec::new();
    derive::apply(document, &mut findings);
    let dates = dates(document);
    let Some((first, later)) = dates.split_first() else {
        return findings;
    };
    let (analysis, found) = on(document, *first);
    // A policy is checked on each day on which one of its parameters changes.
    let mut used = analysis.used.clone();
    for date in later {
        let (other, mut new) = on(document, *date);
        used.extend(other.used);
        new.retain(|finding| !found.contains(finding));
        let on_date = || Message::new("policy-on-date").with("date", date.to_string());
        new.iter_mut().for_each(|finding| {
            finding.help.get_or_insert_with(on_date);
        });
        findings.extend(new);
    }
    findings.extend(found);
    fill(document, &analysis);
    names::check(document, &mut findings);
    weights::check(document, &mut findings);
    points::tables(document, &mut findings);
    unused::check(document, &used, &mut findings);
    examples::check(document, &analysis, &mut findings);
    others::check(document, &mut findings);
    findings
}

/// What there is to say about a document as of a date.
fn on(document: &Document, date: Date) -> (Analysis, Vec<Finding>) {
    let mut analysis = analyse(document, date);
    let mut findings = std::mem::take(&mut analysis.findings);
    points::check(document, &analysis, &mut findings);
    rules::check(document, &analysis, &mut findings);
    (analysis, findings)
}

/// The effective date and every later day on which a parameter changes.
fn dates(document: &Document) -> Vec<Date> {
    let effective = document.effective.unwrap_or(Date::MIN);
    let changes = document.parameters.iter().flat_map(|parameter| parameter.values.iter());
    let changes: BTreeSet<Date> = changes
        .filter_map(|(from, _)| *from)
        .filter(|from| *from > effective)
        .collect();
    std::iter::once(effective).chain(changes).collect()
}

/// What the analysis knows better than the file: units, decimals and names of measures.
fn fill(document: &mut Document, analysis: &Analysis) {
    for (index, measure) in document.measures.iter_mut().enumerate() {
        if let Some(column) = analysis.columns.get(index)
            && measure.unit == Unit::Unknown
        {
            measure.unit = column.unit.clone();
        }
        if measure.name == Text::default() {
            let label = analysis.labels.get(index).cloned().flatten();
            measure.name = label.unwrap_or_else(|| Text::new(measure.id.as_str(), measure.id.as_str()));
        }
        if let Some(pinji_engine::InputType::Int(decimals)) = analysis.columns.get(index).map(|column| &column.ty) {
            measure.decimals = measure.decimals.or(Some(*decimals));
        }
    }
}

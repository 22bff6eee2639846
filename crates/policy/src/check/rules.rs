//! Grade rules, caps and floors against each other: what can never be, what hides what, what pulls both ways. 规则核对

use pinji_domain::Message;
use pinji_engine::{Bound, Condition, Operand};

use super::domains::domain;
use super::logic::{Clause, negated, possible, when};
use crate::compile::Analysis;
use crate::document::Document;
use crate::finding::Finding;

pub(super) fn check(document: &Document, analysis: &Analysis, findings: &mut Vec<Finding>) {
    if document.grades.is_empty() {
        return;
    }
    let domain = |operand: Operand| domain(analysis, operand);
    let clause = |condition: &Condition| when(condition, true, &domain);
    let rules: Vec<Option<Clause>> = analysis
        .grades
        .iter()
        .map(|rule| rule.when.as_ref().map(clause))
        .collect();
    let sound = |path: &str| !analysis.unsound.contains(path);
    grades(
        document,
        &rules,
        &|clauses| possible(clauses, &domain),
        &sound,
        findings,
    );
    let caps: Vec<Clause> = analysis.caps.iter().map(|cap| clause(&cap.when)).collect();
    let floors: Vec<Clause> = analysis.floors.iter().map(|floor| clause(&floor.when)).collect();
    for (key, bounds, clauses) in [("cap", &analysis.caps, &caps), ("floor", &analysis.floors, &floors)] {
        for (index, (bound, clause)) in bounds.iter().zip(clauses).enumerate() {
            let path = format!("{key}[{index}]");
            if sound(&format!("{path}.when")) && possible(&[clause], &domain) == Some(false) {
                let message = Message::new("policy-bound-never").with("id", bound.id.as_str());
                findings.push(Finding::warning(document.places.at(&format!("{path}.when")), message));
            }
        }
    }
    idle(document, analysis, findings);
    for (index, (cap, upper)) in analysis.caps.iter().zip(&caps).enumerate() {
        for (below, (floor, lower)) in analysis.floors.iter().zip(&floors).enumerate() {
            let named = |bounds: &[crate::document::Bound], at: usize| {
                bounds
                    .get(at)
                    .is_some_and(|bound| document.grades.iter().any(|grade| grade.id == bound.grade))
            };
            let known = named(&document.caps, index) && named(&document.floors, below);
            if known && cap.grade > floor.grade && possible(&[upper, lower], &domain) == Some(true) {
                both(document, index, cap, floor, findings);
            }
        }
    }
}

/// A cap wins over a floor; where both can bind, the author should know.
fn both(document: &Document, index: usize, cap: &Bound, floor: &Bound, findings: &mut Vec<Finding>) {
    let message = Message::new("policy-cap-floor")
        .with("cap", cap.id.as_str())
        .with("floor", floor.id.as_str());
    let finding = Finding::warning(document.places.at(&format!("cap[{index}].when")), message);
    findings.push(finding.help(Message::new("policy-cap-floor-help")));
}

/// Bounds that bound nothing.
fn idle(document: &Document, analysis: &Analysis, findings: &mut Vec<Finding>) {
    for (index, cap) in analysis.caps.iter().enumerate().filter(|(_, cap)| cap.grade == 0) {
        let known = document
            .grades
            .first()
            .is_some_and(|grade| document.caps.get(index).is_some_and(|cap| cap.grade == grade.id));
        if known {
            let message = Message::new("policy-cap-idle").with("id", cap.id.as_str());
            findings.push(Finding::warning(
                document.places.at(&format!("cap[{index}].at_most")),
                message,
            ));
        }
    }
    let last = document.grades.len() - 1;
    for (index, floor) in analysis
        .floors
        .iter()
        .enumerate()
        .filter(|(_, floor)| floor.grade == last)
    {
        let message = Message::new("policy-floor-idle").with("id", floor.id.as_str());
        findings.push(Finding::warning(
            document.places.at(&format!("floor[{index}].at_least")),
            message,
        ));
    }
}

fn grades(
    document: &Document,
    rules: &[Option<Clause>],
    possible: &dyn Fn(&[&Clause]) -> Option<bool>,
    sound: &dyn Fn(&str) -> bool,
    findings: &mut Vec<Finding>,
) {
    let mut earlier: Vec<(usize, Clause)> = Vec::new();
    for (index, grade) in document.grades.iter().enumerate() {
        let always = Clause::All(Vec::new());
        let rule = rules.get(index).and_then(Option::as_ref);
        let is_last = index + 1 == document.grades.len();
        let path = if rule.is_some() {
            format!("grade[{index}].when")
        } else {
            format!("grade[{index}].id")
        };
        if !sound(&path) {
            continue;
        }
        let rule = rule.unwrap_or(&always);
        let place = document.places.at(&path);
        if possible(&[rule]) == Some(false) {
            let message = Message::new("policy-grade-never").with("grade", grade.id.as_str());
            findings.push(Finding::warning(place, message));
            continue;
        }
        let alone = earlier
            .iter()
            .find(|(_, before)| possible(&[rule, before]) == Some(false));
        let all: Vec<&Clause> = std::iter::once(rule)
            .chain(earlier.iter().map(|(_, before)| before))
            .collect();
        if let Some((before, _)) = alone.filter(|_| !is_last) {
            let by = document.grades.get(*before).map_or("", |grade| grade.id.as_str());
            let message = Message::new("policy-grade-shadowed")
                .with("grade", grade.id.as_str())
                .with("by", by);
            let finding = Finding::warning(place, message);
            findings.push(finding.help(Message::new("policy-grade-shadowed-help")));
        } else if !earlier.is_empty() && possible(&all) == Some(false) {
            let code = if is_last {
                "policy-grade-last-never"
            } else {
                "policy-grade-covered"
            };
            let message = Message::new(code).with("grade", grade.id.as_str());
            findings.push(Finding::warning(place, message));
        }
        earlier.push((index, negated(rule)));
    }
}

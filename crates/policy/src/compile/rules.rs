//! Scores, grade rules, caps and floors for the kernel. 得分、等级规则与封顶保底的解析

use pinji_domain::Message;
use pinji_engine::{Bound as KernelBound, Condition, GradeRule, Operand, Score, ScoreWeight, Test};

use super::names::Names;
use crate::document::{Bound, Document, GROUP_GRADE};
use crate::finding::Finding;
use crate::formula::condition::{Resolved, Terms, resolve};
use crate::formula::parse;
use crate::suggest::nearest;

pub(crate) fn scores(names: &Names<'_>, findings: &mut Vec<Finding>) -> Vec<Score> {
    let document = names.document;
    let mut scores = Vec::new();
    for (index, score) in document.scores.iter().enumerate() {
        let mut weights = Vec::new();
        for (dimension, weight) in &score.weights {
            let position = document.dimensions.iter().position(|known| known.id == *dimension);
            let Some(position) = position else {
                unknown_dimension(document, index, dimension, findings);
                continue;
            };
            weights.push(ScoreWeight {
                dimension: position,
                weight: weight.at(4).unwrap_or(0),
            });
        }
        weights.sort_by_key(|weight| weight.dimension);
        scores.push(Score {
            id: score.id.clone(),
            decimals: score.decimals,
            weights,
        });
    }
    scores
}

fn unknown_dimension(document: &Document, score: usize, dimension: &str, findings: &mut Vec<Finding>) {
    let path = format!("score[{score}]");
    let full = format!("{path}.weights.{dimension}#key");
    let path = if document.places.knows(&full) {
        full
    } else {
        format!("{path}.{dimension}#key")
    };
    let message = Message::new("policy-dimension-unknown").with("dimension", dimension);
    let finding = Finding::error(document.places.at(&path), message);
    let near = nearest(dimension, document.dimensions.iter().map(|known| known.id.as_str()));
    findings.push(match near {
        Some(meant) => finding.help(Message::new("policy-did-you-mean").with("name", meant)),
        None => finding,
    });
}

pub(crate) fn grades(names: &Names<'_>, findings: &mut Vec<Finding>) -> Vec<GradeRule> {
    let document = names.document;
    let last = document.grades.len().saturating_sub(1);
    let mut rules = Vec::new();
    for (index, grade) in document.grades.iter().enumerate() {
        let path = format!("grade[{index}].when");
        let written = document.places.knows(&path);
        if index == last {
            if written {
                findings.push(Finding::error(
                    document.places.at(&path),
                    Message::new("policy-grade-last-when"),
                ));
            }
            rules.push(GradeRule {
                id: grade.id.clone(),
                when: None,
            });
            continue;
        }
        if !written {
            let place = document.places.at(&format!("grade[{index}]"));
            let message = Message::new("policy-grade-no-when").with("grade", grade.id.as_str());
            findings.push(Finding::error(place, message));
            names.unsound(&path);
        }
        let when = if written {
            condition(names, &grade.when, &path, findings)
        } else {
            Condition::Constant(false)
        };
        rules.push(GradeRule {
            id: grade.id.clone(),
            when: Some(when),
        });
    }
    rules
}

/// Caps or floors; `key` is `cap` or `floor`, `side` is `at_most` or `at_least`.
pub(crate) fn bounds(
    names: &Names<'_>,
    bounds: &[Bound],
    key: &str,
    side: &str,
    findings: &mut Vec<Finding>,
) -> Vec<KernelBound> {
    let mut compiled = Vec::new();
    for (index, bound) in bounds.iter().enumerate() {
        let path = format!("{key}[{index}]");
        let when = match names.document.places.knows(&format!("{path}.when")) {
            true => condition(names, &bound.when, &format!("{path}.when"), findings),
            false => {
                names.unsound(&format!("{path}.when"));
                Condition::Constant(false)
            }
        };
        let grade = grade(names.document, &bound.grade, &format!("{path}.{side}"), findings);
        compiled.push(KernelBound {
            id: bound.id.clone(),
            when,
            grade: grade.unwrap_or(0),
        });
    }
    compiled
}

/// What the grade of a group allows its members: for each of the group's grades below which a member may not stand as high
/// as it likes, the best that is left. A group bounds by its grade alone, so each of these is a cap on `group_grade`.
pub(crate) fn group(names: &Names<'_>) -> Vec<KernelBound> {
    let document = names.document;
    let (Some(group), Some(input)) = (&document.group, names.position(GROUP_GRADE)) else {
        return Vec::new();
    };
    let above = usize::try_from(group.notches).unwrap_or(usize::MAX);
    let bound = |(rank, grade): (usize, &crate::document::Grade)| {
        let at_most = rank.checked_sub(above).filter(|rank| *rank > 0)?;
        Some(KernelBound {
            id: grade.id.clone(),
            when: Condition::Test(Operand::Input(input), Test::OneOf(vec![grade.id.clone()])),
            grade: at_most,
        })
    };
    document.grades.iter().enumerate().filter_map(bound).collect()
}

/// Where the grade with this id stands; `path` is where it is named.
pub(crate) fn grade(document: &Document, id: &str, path: &str, findings: &mut Vec<Finding>) -> Option<usize> {
    let position = document.grades.iter().position(|grade| grade.id == id);
    if position.is_none() && !id.is_empty() {
        let message = Message::new("policy-grade-unknown").with("grade", id);
        let finding = Finding::error(document.places.at(path), message);
        findings.push(finding.help(grade_help(document, id)));
    }
    position
}

/// Which grade was meant, by its id or its name, and which there are.
pub(crate) fn grade_help(document: &Document, id: &str) -> Message {
    let ids: Vec<&str> = document.grades.iter().map(|grade| grade.id.as_str()).collect();
    let called = |grade: &&crate::document::Grade| grade.name.zh == id || grade.name.en == id;
    let by_name = document.grades.iter().find(called).map(|grade| grade.id.as_str());
    let message = match by_name.or_else(|| nearest(id, ids.iter().copied())) {
        Some(meant) => Message::new("policy-grade-meant").with("name", meant),
        None => Message::new("policy-grades-known"),
    };
    message.with("grades", ids.join(", "))
}

/// A condition at `path`; one that has a fault never holds.
pub(crate) fn condition(names: &Names<'_>, text: &str, path: &str, findings: &mut Vec<Finding>) -> Condition {
    let places = &names.document.places;
    let node = match parse(text) {
        Ok(node) => node,
        Err(fault) => {
            findings.push(fault.found(places, path));
            names.use_words(text);
            names.unsound(path);
            return Condition::Constant(false);
        }
    };
    let list = names.condition_names();
    let term = |name: &str| names.in_condition(name);
    node.names().into_iter().for_each(|name| names.use_name(name));
    let Resolved {
        condition,
        faults,
        sound,
    } = resolve(
        &node,
        &Terms {
            term: &term,
            names: &list,
        },
    );
    findings.extend(faults.into_iter().map(|fault| fault.found(places, path)));
    if !sound {
        names.unsound(path);
    }
    condition
}

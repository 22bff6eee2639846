//! Names: well formed, each used once, and not too many of them. 名称核对

use std::collections::HashMap;

use pinji_domain::Message;
use pinji_engine::plan::{MAX_BOUNDS, MAX_INDICATORS};

use crate::document::{Document, GROUP_GRADE, Scoring};
use crate::finding::Finding;
use crate::formula::is_reserved;

pub(super) fn check(document: &Document, findings: &mut Vec<Finding>) {
    one_namespace(document, findings);
    let grades = document.grades.iter().map(|grade| grade.id.as_str());
    repeated(document, grades, "grade", "policy-what-grade", findings);
    repeated(
        document,
        document.caps.iter().map(|cap| cap.id.as_str()),
        "cap",
        "policy-what-cap",
        findings,
    );
    repeated(
        document,
        document.floors.iter().map(|floor| floor.id.as_str()),
        "floor",
        "policy-what-floor",
        findings,
    );
    for (index, grade) in document
        .grades
        .iter()
        .enumerate()
        .filter(|(_, grade)| grade.id == "ungraded")
    {
        let message = Message::new("policy-grade-reserved").with("grade", grade.id.as_str());
        findings.push(Finding::error(document.places.id(&format!("grade[{index}]")), message));
    }
    for (key, ids) in [
        ("cap", document.caps.iter().map(|bound| &bound.id).collect::<Vec<_>>()),
        ("floor", document.floors.iter().map(|bound| &bound.id).collect()),
        ("grade", document.grades.iter().map(|grade| &grade.id).collect()),
    ] {
        for (index, id) in ids
            .into_iter()
            .enumerate()
            .filter(|(_, id)| id.contains([',', '\n', '"', '\'']))
        {
            let message = Message::new("policy-id-comma").with("id", id.as_str());
            findings.push(Finding::error(document.places.id(&format!("{key}[{index}]")), message));
        }
    }
    for (index, indicator) in document.indicators.iter().enumerate() {
        if let Scoring::Judged { levels, .. } = &indicator.scoring {
            let path = format!("indicator[{index}].levels");
            repeated(
                document,
                levels.iter().map(|level| level.id.as_str()),
                &path,
                "policy-what-level",
                findings,
            );
        }
    }
    enough(document, findings);
}

/// Whether results have a column of their own by this name, beside those of measures and scores.
fn is_column(id: &str) -> bool {
    const COLUMNS: [&str; 11] = [
        "id",
        "grade",
        "own_grade",
        "reason_1",
        "reason_2",
        "reason_3",
        "caps",
        "floors",
        "coverage",
        "missing",
        "ungraded",
    ];
    COLUMNS.contains(&id) || id.starts_with("coverage_") || id.starts_with("score_")
}

/// Measures, indicators, dimensions, scores, aliases and parameters share one namespace.
fn one_namespace<'d>(document: &'d Document, findings: &mut Vec<Finding>) {
    let mut names: Vec<(&str, &'static str, String)> = Vec::new();
    let mut add = |ids: Vec<&'d str>, key: &str, what| {
        names.extend(
            ids.into_iter()
                .enumerate()
                .map(|(index, id)| (id, what, format!("{key}[{index}]"))),
        );
    };
    add(
        document.uses.iter().map(|used| used.alias.as_str()).collect(),
        "uses",
        "policy-what-alias",
    );
    add(
        document.parameters.iter().map(|known| known.id.as_str()).collect(),
        "parameter",
        "policy-what-parameter",
    );
    add(
        document.measures.iter().map(|known| known.id.as_str()).collect(),
        "measure",
        "policy-what-measure",
    );
    add(
        document.dimensions.iter().map(|known| known.id.as_str()).collect(),
        "dimension",
        "policy-what-dimension",
    );
    add(
        document.indicators.iter().map(|known| known.id.as_str()).collect(),
        "indicator",
        "policy-what-indicator",
    );
    if document.places.knows("score") {
        add(
            document.scores.iter().map(|known| known.id.as_str()).collect(),
            "score",
            "policy-what-score",
        );
    }
    let mut seen: HashMap<&str, &'static str> = HashMap::new();
    if !document.places.knows("score") {
        seen.insert("total", "policy-what-score");
    }
    if document.group.is_some() {
        seen.insert(GROUP_GRADE, "policy-what-group-grade");
    }
    for (id, what, path) in names {
        if id.is_empty() {
            continue; // said when it was read
        }
        let place = || document.places.id(&path);
        let named = id.chars().all(|c| c.is_alphanumeric() || c == '_');
        if !named || id.starts_with(|c: char| c.is_ascii_digit()) {
            let message = Message::new("policy-id-form").with("id", id);
            findings.push(Finding::error(place(), message).help(Message::new("policy-id-form-help")));
        } else if is_column(id) {
            let message = Message::new("policy-id-column").with("id", id);
            findings.push(Finding::error(place(), message));
        } else if is_reserved(id) {
            findings.push(Finding::error(
                place(),
                Message::new("policy-id-reserved").with("id", id),
            ));
        }
        match seen.get(id) {
            Some(other) if *other == what => {
                let message = Message::new("policy-id-twice")
                    .with("id", id)
                    .with("what", Message::new(what));
                findings.push(Finding::error(place(), message));
            }
            Some(other) => {
                let message = Message::new("policy-id-clash")
                    .with("id", id)
                    .with("what", Message::new(what));
                let finding = Finding::error(place(), message.with("other", Message::new(other)));
                findings.push(finding.help(Message::new("policy-id-clash-help")));
            }
            None => {
                seen.insert(id, what);
            }
        }
    }
}

fn repeated<'i>(
    document: &Document,
    ids: impl Iterator<Item = &'i str>,
    path: &str,
    what: &'static str,
    findings: &mut Vec<Finding>,
) {
    let mut seen: Vec<&str> = Vec::new();
    for (index, id) in ids.enumerate() {
        if seen.contains(&id) && !id.is_empty() {
            let message = Message::new("policy-id-twice")
                .with("id", id)
                .with("what", Message::new(what));
            findings.push(Finding::error(document.places.id(&format!("{path}[{index}]")), message));
        }
        seen.push(id);
    }
}

/// There must be something to grade by, and no more than the kernel's sets hold.
fn enough(document: &Document, findings: &mut Vec<Finding>) {
    let top = || document.places.at("policy");
    let count = |count: usize, code| (count == 0).then(|| Finding::error(top(), Message::new(code)));
    findings.extend(count(document.dimensions.len(), "policy-no-dimensions"));
    findings.extend(count(document.indicators.len(), "policy-no-indicators"));
    findings.extend(count(document.grades.len(), "policy-no-grades"));
    let limits = [
        (
            document.indicators.len(),
            MAX_INDICATORS,
            "indicator",
            "policy-what-indicator",
        ),
        (document.caps.len(), MAX_BOUNDS, "cap", "policy-what-cap"),
        (document.floors.len(), MAX_BOUNDS, "floor", "policy-what-floor"),
        (document.grades.len(), 250, "grade", "policy-what-grade"),
    ];
    for (found, most, path, what) in limits.into_iter().filter(|(found, most, ..)| found > most) {
        let message = Message::new("policy-too-many").with("what", Message::new(what));
        let message = message.with("found", found).with("most", most);
        findings.push(Finding::error(document.places.id(&format!("{path}[{most}]")), message));
    }
}

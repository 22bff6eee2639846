//! Examples that name what is not there, or give what cannot be. 示例核对

use pinji_domain::Message;
use pinji_engine::InputType;

use crate::compile::{Analysis, MeasureSource};
use crate::document::{Document, Example, Given, Scoring};
use crate::finding::Finding;
use crate::suggest::nearest;

pub(super) fn check(document: &Document, analysis: &Analysis, findings: &mut Vec<Finding>) {
    for (index, example) in document.examples.iter().enumerate() {
        let path = format!("example[{index}]");
        given(document, analysis, example, &path, findings);
        expected(document, example, &path, findings);
    }
}

fn given(document: &Document, analysis: &Analysis, example: &Example, path: &str, findings: &mut Vec<Finding>) {
    for (name, value) in &example.given {
        let here = format!("{path}.given.{name}");
        let Some(column) = analysis.columns.iter().find(|column| column.id == *name) else {
            if let Some(position) = document.indicators.iter().position(|indicator| indicator.id == *name) {
                // One that could not be read may have been a judged one.
                if analysis.known.get(position).is_some_and(|known| !known.0) {
                    findings.push(unknown(
                        document,
                        &format!("{here}#key"),
                        "policy-example-derived",
                        name,
                    ));
                }
                continue;
            }
            let finding = unknown(document, &format!("{here}#key"), "policy-example-unknown", name);
            let near = nearest(name, analysis.columns.iter().map(|column| column.id.as_str()));
            findings.push(match near {
                Some(meant) => finding.help(Message::new("policy-did-you-mean").with("name", meant)),
                None => finding.help(Message::new("policy-example-unknown-help")),
            });
            continue;
        };
        if column.faulty {
            continue;
        }
        let place = document.places.at(&here);
        if let MeasureSource::Judged { .. } = column.source {
            findings.extend(judged(document, name, value).map(|message| Finding::error(place, message)));
            continue;
        }
        let wanted = match (&column.ty, value) {
            (InputType::Int(_) | InputType::Double, Given::Number(_))
            | (InputType::Date, Given::Date(_))
            | (InputType::Flag, Given::Flag(_)) => None,
            (InputType::Text(Some(list)), Given::Text(text)) => {
                if !list.contains(text) {
                    let finding =
                        Finding::error(place, Message::new("policy-text-unlisted").with("text", text.as_str()));
                    findings.push(finding.help(match nearest(text, list.iter().map(String::as_str)) {
                        Some(meant) => Message::new("policy-did-you-mean").with("name", meant),
                        None => Message::new("policy-text-listed").with("texts", list.join(", ")),
                    }));
                }
                continue;
            }
            (InputType::Text(None), Given::Text(_)) => None,
            (InputType::Int(_) | InputType::Double, _) => Some("policy-type-number"),
            (InputType::Date, _) => Some("policy-type-date"),
            (InputType::Flag, _) => Some("policy-type-flag"),
            (InputType::Text(_), _) => Some("policy-type-text"),
        };
        if let Some(wanted) = wanted {
            let message = Message::new("policy-example-type").with("name", name.as_str());
            findings.push(Finding::error(place, message.with("wanted", Message::new(wanted))));
        }
    }
}

/// A judged indicator is given as a level or as points.
fn judged(document: &Document, name: &str, value: &Given) -> Option<Message> {
    let indicator = document.indicators.iter().find(|indicator| indicator.id == name)?;
    let Scoring::Judged { levels, .. } = &indicator.scoring else {
        return None;
    };
    let fits = match value {
        Given::Text(text) => levels
            .iter()
            .any(|level| level.id == *text || level.name.zh == *text || level.name.en == *text),
        Given::Number(points) => points.at(4).is_some_and(|units| (0..=1_000_000).contains(&units)),
        Given::Date(_) | Given::Flag(_) => false,
    };
    let known: Vec<&str> = levels.iter().map(|level| level.id.as_str()).collect();
    (!fits).then(|| {
        Message::new("policy-example-level")
            .with("name", name)
            .with("levels", known.join(", "))
    })
}

fn expected(document: &Document, example: &Example, path: &str, findings: &mut Vec<Finding>) {
    if example.grade.is_none() && example.scores.is_empty() && example.caps.is_none() {
        let message = Message::new("policy-example-empty");
        findings.push(Finding::warning(document.places.at(path), message));
    }
    if let Some(grade) = example.grade.as_ref().filter(|grade| *grade != "ungraded")
        && !document.grades.iter().any(|known| known.id == *grade)
    {
        let finding = unknown(document, &format!("{path}.grade"), "policy-grade-unknown", grade);
        findings.push(finding.help(crate::compile::grade_help(document, grade)));
    }
    for (score, _) in &example.scores {
        if !document.scores.iter().any(|known| known.id == *score) {
            let finding = unknown(
                document,
                &format!("{path}.scores.{score}#key"),
                "policy-score-unknown",
                score,
            );
            let near = nearest(score, document.scores.iter().map(|known| known.id.as_str()));
            findings.push(match near {
                Some(meant) => finding.help(Message::new("policy-did-you-mean").with("name", meant)),
                None => finding,
            });
        }
    }
    for (index, cap) in example.caps.iter().flatten().enumerate() {
        if !document.caps.iter().any(|known| known.id == *cap) {
            let finding = unknown(document, &format!("{path}.caps[{index}]"), "policy-cap-unknown", cap);
            let near = nearest(cap, document.caps.iter().map(|known| known.id.as_str()));
            findings.push(match near {
                Some(meant) => finding.help(Message::new("policy-did-you-mean").with("name", meant)),
                None => finding,
            });
        }
    }
}

fn unknown(document: &Document, path: &str, code: &'static str, name: &str) -> Finding {
    let key = match code {
        "policy-grade-unknown" => "grade",
        _ => "name",
    };
    Finding::error(document.places.at(path), Message::new(code).with(key, name))
}

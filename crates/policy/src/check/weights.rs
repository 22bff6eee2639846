//! Weights: there, and adding up. 权重核对

use pinji_domain::number::plain;
use pinji_domain::{Decimal, Message, Text};

use crate::document::{Derivation, Document};
use crate::finding::Finding;

pub(super) fn check(document: &Document, findings: &mut Vec<Finding>) {
    lacking(document, findings);
    for (index, dimension) in document.dimensions.iter().enumerate() {
        let members: Vec<Decimal> = document
            .indicators
            .iter()
            .filter(|indicator| indicator.dimension == dimension.id)
            .map(|indicator| indicator.weight)
            .collect();
        let path = format!("dimension[{index}]");
        if members.is_empty() {
            let astray = |id: &String| !id.is_empty() && !document.dimensions.iter().any(|known| known.id == *id);
            if document.indicators.iter().any(|indicator| astray(&indicator.dimension)) {
                continue; // its indicator is most likely the one with the unknown dimension
            }
            let message = Message::new("policy-dimension-empty").with("dimension", dimension.id.as_str());
            findings.push(Finding::error(document.places.id(&path), message));
            continue;
        }
        if !derived(document, &dimension.id) && !shares_of_the_whole(document, &dimension.id, &members) {
            sums(document, &members, &dimension.name, &dimension.id, &path, findings);
        }
    }
    scores(document, findings);
}

/// Whether weights are written as shares of the whole score, as many regulations do: together they give what their dimension
/// has there.
fn shares_of_the_whole(document: &Document, dimension: &str, members: &[Decimal]) -> bool {
    let sum: i64 = members.iter().filter_map(|weight| weight.at(4)).sum();
    let weights = document.scores.iter().flat_map(|score| &score.weights);
    document.weights_of.is_none()
        && weights
            .filter(|(id, _)| id == dimension)
            .any(|(_, weight)| weight.at(4) == Some(sum))
}

fn derived(document: &Document, family: &str) -> bool {
    document.derivations.iter().any(|derivation| match derivation {
        Derivation::Ahp { of, .. } | Derivation::Entropy { of, .. } => of == family,
    })
}

/// Indicators without a weight, and dimensions without one where the implicit score needs it.
fn lacking(document: &Document, findings: &mut Vec<Finding>) {
    for (index, indicator) in document.indicators.iter().enumerate() {
        let path = format!("indicator[{index}]");
        if indicator.weight.units == 0
            && !document.places.knows(&format!("{path}.weight"))
            && !derived(document, &indicator.dimension)
        {
            let message = Message::new("policy-weight-lacking").with("id", indicator.id.as_str());
            let finding = Finding::error(document.places.id(&path), message);
            findings.push(finding.help(Message::new("policy-weight-lacking-help")));
        }
    }
    let explicit = document.places.knows("score");
    for (index, dimension) in document.dimensions.iter().enumerate() {
        let path = format!("dimension[{index}]");
        let written = document.places.knows(&format!("{path}.weight"));
        if !explicit && dimension.weight.is_none() && !written && !derived(document, "dimensions") {
            let message = Message::new("policy-weight-lacking").with("id", dimension.id.as_str());
            let finding = Finding::error(document.places.id(&path), message);
            findings.push(finding.help(Message::new("policy-weight-dimension-help")));
        }
        if explicit && written {
            let message = Message::new("policy-weight-idle").with("id", dimension.id.as_str());
            findings.push(Finding::warning(document.places.at(&format!("{path}.weight")), message));
        }
    }
}

fn scores(document: &Document, findings: &mut Vec<Finding>) {
    let explicit = document.places.knows("score");
    for (index, score) in document.scores.iter().enumerate() {
        let path = if explicit {
            format!("score[{index}]")
        } else {
            "dimension[0].weight".to_owned()
        };
        if score.weights.is_empty() {
            if explicit {
                let message = Message::new("policy-score-empty").with("score", score.id.as_str());
                findings.push(Finding::error(document.places.id(&path), message));
            }
            continue;
        }
        let weights: Vec<Decimal> = score.weights.iter().map(|(_, weight)| *weight).collect();
        let lacks = !explicit && document.dimensions.iter().any(|dimension| dimension.weight.is_none());
        if !lacks && (explicit || !derived(document, "dimensions")) {
            sums(document, &weights, &score.name, &score.id, &path, findings);
        }
    }
    for (index, dimension) in document.dimensions.iter().enumerate() {
        let weighed = document
            .scores
            .iter()
            .any(|score| score.weights.iter().any(|(id, _)| *id == dimension.id));
        if explicit && !weighed {
            let message = Message::new("policy-dimension-unweighed").with("dimension", dimension.id.as_str());
            findings.push(Finding::warning(
                document.places.id(&format!("dimension[{index}]")),
                message,
            ));
        }
    }
}

/// The weights of a family should sum to what the policy says, or to 100. They are normalised all the same.
fn sums(document: &Document, weights: &[Decimal], name: &Text, id: &str, path: &str, findings: &mut Vec<Finding>) {
    let sum: i64 = weights.iter().filter_map(|weight| weight.at(4)).sum();
    if weights.iter().any(|weight| weight.units == 0) {
        return; // a weight is lacking, which is said elsewhere
    }
    let wanted = document.weights_of.unwrap_or(Decimal { units: 100, scale: 0 });
    if wanted.at(4) == Some(sum) {
        return;
    }
    if sum > 100_000_000 {
        let message = Message::new("policy-weights-too-great").with("id", id);
        findings.push(Finding::error(document.places.id(path), message));
        return;
    }
    let shown = plain(sum, 4);
    let shown = shown.trim_end_matches('0').trim_end_matches('.').to_owned();
    let named = if name.get(pinji_domain::Lang::Zh).is_empty() {
        Text::new(id, id)
    } else {
        name.clone()
    };
    let message = Message::new("policy-weights-sum").with("family", named);
    let message = message.with("sum", shown).with("wanted", wanted.to_string());
    let place = document.places.id(path);
    findings.push(match document.weights_of {
        Some(_) => Finding::error(place, message),
        None => Finding::warning(place, message).help(Message::new("policy-weights-sum-help")),
    });
}

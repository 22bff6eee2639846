//! Derived weights: worked out again from what the file says, and put where weights are read. 权重推导核对

use pinji_domain::{Decimal, Message};

use crate::ahp;
use crate::document::{Derivation, Document};
use crate::finding::Finding;
use crate::suggest::nearest;

/// Applies all derivations, so that the weights of dimensions and indicators are complete.
pub(super) fn apply(document: &mut Document, findings: &mut Vec<Finding>) {
    let mut derivations = std::mem::take(&mut document.derivations);
    for (index, derivation) in derivations.iter_mut().enumerate() {
        let path = format!("derivation[{index}]");
        let (of, items, weights) = match derivation {
            Derivation::Ahp {
                of,
                items,
                judges,
                weights,
                consistency,
            } => {
                let matrices: Vec<Vec<Vec<f64>>> = judges.iter().map(|(_, matrix)| matrix.clone()).collect();
                let derived = judged(document, &path, items, judges, &matrices, findings);
                *weights = derived.weights.clone();
                *consistency = (derived.consistency, derived.judges.clone());
                (of, items, ahp::rounded(&derived.weights))
            }
            Derivation::Entropy { of, items, weights, .. } => {
                frozen(document, &path, items, weights, findings);
                (of, items, weights.clone())
            }
        };
        place(document, &path, of, items, &weights, findings);
    }
    document.derivations = derivations;
    if !document.places.knows("score") {
        let weighed = document
            .dimensions
            .iter()
            .filter_map(|dimension| Some((dimension.id.clone(), dimension.weight?)));
        let weights = weighed.collect();
        if let Some(total) = document.scores.first_mut() {
            total.weights = weights;
        }
    }
}

/// The weights of judges' matrices, and what is wrong with the matrices.
fn judged(
    document: &Document,
    path: &str,
    items: &[String],
    judges: &[(String, Vec<Vec<f64>>)],
    matrices: &[Vec<Vec<f64>>],
    findings: &mut Vec<Finding>,
) -> ahp::Aggregated {
    let place = |judge: usize| document.places.at(&format!("{path}.judges[{judge}].matrix"));
    let mut sound = true;
    for (judge, matrix) in matrices.iter().enumerate() {
        if matrix.len() != items.len() {
            let message = Message::new("policy-ahp-size")
                .with("rows", matrix.len())
                .with("items", items.len());
            findings.push(Finding::error(place(judge), message));
            sound = false;
        }
        for problem in ahp::problems(matrix) {
            findings.push(Finding::error(place(judge), problem));
            sound = false;
        }
    }
    if judges.is_empty() && document.places.knows(&format!("{path}.judges")) {
        let place = document.places.at(&format!("{path}.judges"));
        findings.push(Finding::error(place, Message::new("policy-ahp-no-judge")));
    }
    if !sound {
        return ahp::Aggregated::default();
    }
    let derived = ahp::weights(matrices);
    let shown = |ratio: f64| format!("{ratio:.3}");
    for (judge, ratio) in derived
        .judges
        .iter()
        .enumerate()
        .filter(|(_, ratio)| **ratio > ahp::CONSISTENCY_LIMIT)
    {
        let name = judges.get(judge).map_or("", |(name, _)| name.as_str());
        let message = Message::new("policy-ahp-inconsistent-judge")
            .with("judge", name)
            .with("ratio", shown(*ratio));
        // One judge may waver where all together do not.
        let finding = Finding::warning(place(judge), message);
        findings.push(finding.help(Message::new("policy-ahp-inconsistent-help")));
    }
    if derived.consistency > ahp::CONSISTENCY_LIMIT {
        let message = Message::new("policy-ahp-inconsistent").with("ratio", shown(derived.consistency));
        let finding = Finding::error(document.places.at(path), message);
        findings.push(finding.help(Message::new("policy-ahp-inconsistent-help")));
    }
    derived
}

/// Frozen weights must be one for each item, and sum to 100.
fn frozen(document: &Document, path: &str, items: &[String], weights: &[Decimal], findings: &mut Vec<Finding>) {
    let place = document.places.at(&format!("{path}.weights"));
    if items.len() != weights.len() {
        let message = Message::new("policy-derivation-count")
            .with("weights", weights.len())
            .with("items", items.len());
        findings.push(Finding::error(place, message));
        return;
    }
    let sum: i64 = weights.iter().filter_map(|weight| weight.at(4)).sum();
    if sum != 1_000_000 && !weights.is_empty() {
        let sum = pinji_domain::number::plain(sum, 4);
        findings.push(Finding::error(
            place,
            Message::new("policy-derivation-sum").with("sum", sum),
        ));
    }
}

/// Puts derived weights where `weight` would have stood.
fn place(
    document: &mut Document,
    path: &str,
    of: &str,
    items: &[String],
    weights: &[Decimal],
    findings: &mut Vec<Finding>,
) {
    let dimensions = of == "dimensions";
    let known_dimension = document.dimensions.iter().any(|dimension| dimension.id == of);
    if !dimensions && !known_dimension {
        let message = Message::new("policy-dimension-unknown").with("dimension", of);
        let finding = Finding::error(document.places.at(&format!("{path}.of")), message);
        let near = nearest(
            of,
            document
                .dimensions
                .iter()
                .map(|known| known.id.as_str())
                .chain(["dimensions"]),
        );
        findings.push(match near {
            Some(meant) => finding.help(Message::new("policy-did-you-mean").with("name", meant)),
            None => finding.help(Message::new("policy-derivation-of-help")),
        });
        return;
    }
    let family: Vec<(usize, String)> = if dimensions {
        document
            .dimensions
            .iter()
            .enumerate()
            .map(|(at, dimension)| (at, dimension.id.clone()))
            .collect()
    } else {
        let members = document
            .indicators
            .iter()
            .enumerate()
            .filter(|(_, indicator)| indicator.dimension == of);
        members.map(|(at, indicator)| (at, indicator.id.clone())).collect()
    };
    for (index, item) in items
        .iter()
        .enumerate()
        .filter(|(_, item)| !family.iter().any(|(_, id)| id == *item))
    {
        let message = Message::new("policy-derivation-item")
            .with("item", item.as_str())
            .with("of", of);
        let finding = Finding::error(document.places.at(&format!("{path}.items[{index}]")), message);
        let near = nearest(item, family.iter().map(|(_, id)| id.as_str()));
        findings.push(match near {
            Some(meant) => finding.help(Message::new("policy-did-you-mean").with("name", meant)),
            None => finding,
        });
    }
    for (at, id) in family {
        let key = if dimensions {
            format!("dimension[{at}].weight")
        } else {
            format!("indicator[{at}].weight")
        };
        if document.places.knows(&key) {
            let message = Message::new("policy-derivation-twice").with("item", id.as_str());
            findings.push(Finding::error(document.places.at(&key), message));
        }
        let Some(index) = items.iter().position(|item| *item == id) else {
            let message = Message::new("policy-derivation-lacks").with("item", id.as_str());
            findings.push(Finding::error(document.places.at(&format!("{path}.items")), message));
            continue;
        };
        let Some(weight) = weights.get(index).copied() else {
            continue;
        };
        match dimensions {
            true => document
                .dimensions
                .iter_mut()
                .skip(at)
                .take(1)
                .for_each(|found| found.weight = Some(weight)),
            false => document
                .indicators
                .iter_mut()
                .skip(at)
                .take(1)
                .for_each(|found| found.weight = weight),
        }
    }
}

//! Rates, parameters, and the group policy. 汇率、参数与集团标准核对

use pinji_domain::Message;

use crate::document::{Document, Subject};
use crate::finding::Finding;

pub(super) fn check(document: &Document, findings: &mut Vec<Finding>) {
    rates(document, findings);
    parameters(document, findings);
    group(document, findings);
}

fn rates(document: &Document, findings: &mut Vec<Finding>) {
    for (index, rate) in document.rates.iter().enumerate() {
        let named = |code| {
            let message = Message::new(code).with("currency", rate.from.as_str());
            message.with("date", rate.date.to_string())
        };
        if rate.from == document.currency {
            let place = document.places.at(&format!("rate[{index}].from"));
            findings.push(Finding::error(place, named("policy-rate-own")));
        }
        let twin = |other: &crate::document::Rate| other.from == rate.from && other.date == rate.date;
        if document.rates.iter().take(index).any(twin) {
            findings.push(Finding::error(
                document.places.at(&format!("rate[{index}]")),
                named("policy-rate-twice"),
            ));
        }
    }
}

/// The dates of a parameter's values ascend, and only the first may have none.
fn parameters(document: &Document, findings: &mut Vec<Finding>) {
    for (index, parameter) in document.parameters.iter().enumerate() {
        let path = format!("parameter[{index}]");
        if parameter.values.is_empty() && document.places.knows(&format!("{path}.values")) {
            let message = Message::new("policy-parameter-empty").with("name", parameter.id.as_str());
            findings.push(Finding::error(document.places.id(&path), message));
        }
        for (at, pair) in parameter.values.windows(2).enumerate() {
            let [(before, _), (after, _)] = pair else { continue };
            if after.is_none() || before >= after {
                let message = Message::new("policy-parameter-order").with("name", parameter.id.as_str());
                let place = document.places.at(&format!("{path}.values[{}]", at + 1));
                findings.push(Finding::error(place, message));
            }
        }
    }
}

/// A group bound compares grades, so both policies need the same scale.
fn group(document: &Document, findings: &mut Vec<Finding>) {
    let Some(group) = &document.group else { return };
    let place = document.places.at("group.policy");
    if document.subject == Subject::Group {
        findings.push(Finding::error(
            document.places.at("group"),
            Message::new("policy-group-of-group"),
        ));
        return;
    }
    let Some(policy) = &group.document else { return };
    if policy.subject != Subject::Group {
        let message = Message::new("policy-group-subject").with("policy", policy.id.as_str());
        findings.push(Finding::error(place, message));
        return;
    }
    let ids = |document: &Document| document.grades.iter().map(|grade| grade.id.clone()).collect::<Vec<_>>();
    let (here, there) = (ids(document), ids(policy));
    if here != there {
        let message = Message::new("policy-group-scale").with("policy", policy.id.as_str());
        let message = message.with("here", here.join(" > ")).with("there", there.join(" > "));
        findings.push(Finding::error(place, message));
    } else if usize::try_from(group.notches).is_ok_and(|notches| notches + 1 >= here.len()) {
        let message = Message::new("policy-group-idle").with("notches", i64::from(group.notches));
        let place = document.places.at("group.member_at_most");
        findings.push(Finding::warning(place, message.with("grades", here.len())));
    }
}

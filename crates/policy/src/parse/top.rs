//! The head of a policy file, and the order in which its parts are read. 文件总览

use std::ops::Range;

use pinji_domain::{Decimal, Message};

use crate::document::{Document, Subject};
use crate::kinds;
use crate::parse::fields::Fields;
use crate::parse::{examples, grades, indicators, measures, office, tables, weights};

/// The other files that an entry file names, with the place where it does.
#[derive(Default)]
pub(crate) struct Listed {
    pub(crate) files: Vec<(String, Range<usize>)>,
    pub(crate) uses: Vec<(String, String, Range<usize>)>,
    pub(crate) group: Option<(String, Range<usize>)>,
}

/// Reads an entry file.
pub(crate) fn entry(top: &Fields<'_>, document: &mut Document) -> Listed {
    for (key, span, value) in top.entries() {
        top.source.keep(format!("{key}#key"), span);
        if !matches!(key, "measure" | "parameter" | "table" | "kind") && !value.value.get_ref().is_array() {
            value.keep_all();
        }
    }
    head(top, document);
    let mut listed = Listed::default();
    for value in top.get("files").and_then(|value| value.list()).unwrap_or_default() {
        listed.files.extend(value.string().map(|name| (name, value.span())));
    }
    for (alias, _, value) in top.fields("uses").map(|fields| fields.entries()).unwrap_or_default() {
        listed
            .uses
            .extend(value.string().map(|name| (alias.to_owned(), name, value.span())));
    }
    self::listed(top, document);
    measures::parameters(top, document);
    measures::measures(top, document);
    weights::dimensions(top, document);
    indicators::indicators(top, document);
    weights::derivations(top, document);
    weights::scores(top, document);
    grades::grades(top, document);
    grades::bounds(top, document);
    grades::guarantees(top, document);
    listed.group = office::group(top, document);
    office::review(top, document);
    examples::examples(top, document);
    listed
}

/// Reads what a listed file may hold, which an entry file may hold too: tables, rates and record kinds.
pub(crate) fn listed(top: &Fields<'_>, document: &mut Document) {
    kinds::declared(top, &mut document.kinds);
    tables::tables(top, document);
    tables::rates(top, document);
}

fn head(top: &Fields<'_>, document: &mut Document) {
    document.id = top.need("policy").and_then(|value| value.string()).unwrap_or_default();
    document.version = top.need("version").and_then(|value| value.string()).unwrap_or_default();
    let subjects = [("customer", Subject::Customer), ("group", Subject::Group)];
    document.subject = top
        .need("subject")
        .and_then(|value| value.word(&subjects))
        .unwrap_or_default();
    document.name = top.need("name").and_then(|value| value.text()).unwrap_or_default();
    document.purpose = top.text("purpose");
    document.effective = top.need("effective").and_then(|value| value.date());
    if let Some(value) = top.get("currency")
        && let Some(currency) = value.string()
    {
        if tables::is_currency(&currency) {
            document.currency = currency;
        } else {
            value.error(Message::new("policy-currency-form").with("currency", currency));
        }
    }
    if let Some(value) = top.get("weights_of") {
        document.weights_of = value.decimal().filter(|of| {
            if of.units <= 0 {
                value.error(Message::new("policy-weights-of-positive"));
            }
            of.units > 0
        });
    }
    if let Some(value) = top.get("min_coverage")
        && let Some(share) = value.decimal()
    {
        match share.at(4).filter(|share| (0..=10_000).contains(share)) {
            Some(share) => document.min_coverage = u32::try_from(share).unwrap_or(0),
            None => value.error(Message::new("policy-coverage-range").with("value", share.to_string())),
        }
    }
}

/// Points must be 0 to 100 with at most four decimals. 分值
pub(crate) fn points(value: &crate::parse::fields::Value<'_>) -> Option<Decimal> {
    let points = value.decimal()?;
    if points.at(4).is_none_or(|units| !(0..=1_000_000).contains(&units)) {
        value.error(Message::new("policy-points-range").with("points", points.to_string()));
        return None;
    }
    Some(points)
}

//! `[[dimension]]`, `[score]` and `[[derivation]]`: weights, and where they come from. 维度、得分与权重来源

use pinji_domain::{Date, Decimal, Message, Text};

use crate::document::{Derivation, Dimension, Document, Score};
use crate::parse::fields::{Fields, Value};
use crate::parse::indicators::weight;

pub(crate) fn dimensions(top: &Fields<'_>, document: &mut Document) {
    for fields in top.tables("dimension", document.dimensions.len()) {
        let id = fields.need("id").and_then(|value| value.string()).unwrap_or_default();
        let name = fields.need("name").and_then(|value| value.text()).unwrap_or_default();
        let weight = fields.get("weight").and_then(weight);
        fields.done();
        document.dimensions.push(Dimension { id, name, weight });
    }
}

pub(crate) fn scores(top: &Fields<'_>, document: &mut Document) {
    let Some(outer) = top.fields("score") else {
        return implicit(document);
    };
    for (index, (id, span, value)) in outer.entries().into_iter().enumerate() {
        let value = Value {
            path: format!("score[{index}]"),
            ..value
        };
        value.keep_all();
        value.source.keep(format!("score[{index}]#id"), span);
        let Some(fields) = value.fields() else { continue };
        // `[score.x]` with `weights`, or the short form `x = { dimension = weight }`.
        let full = fields.has("weights") && fields.get("weights").is_some_and(|weights| weights.is_table());
        let (name, decimals, weights) = if full {
            let name = fields.text("name");
            let decimals = fields.get("decimals").and_then(score_decimals).unwrap_or(2);
            let weights = fields
                .fields("weights")
                .map(|weights| shares(&weights))
                .unwrap_or_default();
            fields.done();
            (name, decimals, weights)
        } else {
            (Text::default(), 2, shares(&fields))
        };
        let name = if name == Text::default() {
            Text::new(id, id)
        } else {
            name
        };
        document.scores.push(Score {
            id: id.to_owned(),
            name,
            decimals,
            weights,
        });
    }
}

fn score_decimals(value: Value<'_>) -> Option<u8> {
    let whole = value.whole()?;
    let fitting = u8::try_from(whole).ok().filter(|decimals| *decimals <= 4);
    if fitting.is_none() {
        value.error(Message::new("policy-score-decimals").with("decimals", whole.to_string()));
    }
    fitting
}

fn shares(fields: &Fields<'_>) -> Vec<(String, Decimal)> {
    let entries = fields.entries().into_iter();
    // A weight that could not be read stands as zero, which is never a weight.
    let zero = Decimal { units: 0, scale: 0 };
    entries
        .map(|(dimension, _, value)| (dimension.to_owned(), weight(value).unwrap_or(zero)))
        .collect()
}

/// Without `[score]` the dimensions' own weights make one score.
fn implicit(document: &mut Document) {
    let weighed = |dimension: &Dimension| Some((dimension.id.clone(), dimension.weight?));
    let weights = document.dimensions.iter().filter_map(weighed).collect();
    let name = Text::new("总分", "Total score");
    document.scores.push(Score {
        id: "total".to_owned(),
        name,
        decimals: 2,
        weights,
    });
}

pub(crate) fn derivations(top: &Fields<'_>, document: &mut Document) {
    for fields in top.tables("derivation", document.derivations.len()) {
        let of = fields.need("of").and_then(|value| value.string()).unwrap_or_default();
        let method = fields
            .need("method")
            .and_then(|value| value.word(&[("ahp", true), ("entropy", false)]));
        let items = fields
            .need("items")
            .and_then(|value| value.strings())
            .unwrap_or_default();
        let derivation = match method {
            Some(true) => Some(ahp(&fields, of, items)),
            Some(false) => Some(entropy(&fields, of, items)),
            None => None,
        };
        if derivation.is_some() {
            fields.done();
        }
        document.derivations.extend(derivation);
    }
}

fn ahp(fields: &Fields<'_>, of: String, items: Vec<String>) -> Derivation {
    let mut judges = Vec::new();
    for value in fields.need("judges").and_then(|value| value.list()).unwrap_or_default() {
        let Some(judge) = value.fields() else { continue };
        let name = judge.need("name").and_then(|value| value.string()).unwrap_or_default();
        let rows = judge.need("matrix").and_then(|value| value.list()).unwrap_or_default();
        let row = |row: &Value<'_>| Some(row.list()?.iter().filter_map(Value::double).collect());
        judges.push((name, rows.iter().filter_map(row).collect()));
        judge.done();
    }
    Derivation::Ahp {
        of,
        items,
        judges,
        weights: Vec::new(),
        consistency: (0.0, Vec::new()),
    }
}

fn entropy(fields: &Fields<'_>, of: String, items: Vec<String>) -> Derivation {
    let values = fields
        .need("weights")
        .and_then(|value| value.list())
        .unwrap_or_default();
    let weights = values.into_iter().filter_map(weight).collect();
    let rows = fields.need("rows").and_then(|value| value.whole()).unwrap_or(0);
    let as_of = fields.need("as_of").and_then(|value| value.date()).unwrap_or(Date::MIN);
    let sha256 = fields.need("sha256").and_then(|value| {
        let hash = value.string()?;
        if hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            value.error(Message::new("policy-hash-form"));
        }
        Some(hash)
    });
    Derivation::Entropy {
        of,
        items,
        weights,
        rows: u64::from(rows),
        as_of,
        sha256: sha256.unwrap_or_default(),
    }
}

//! `[[indicator]]` and its scoring. 指标

use pinji_domain::number::MAX_DECIMALS;
use pinji_domain::{Decimal, Message};

use crate::document::{
    BandEnd, BandRow, Better, Document, Indicator, Level, MissingRule, Reconcile, ReconcileBy, Scoring, Threshold, Unit,
};
use crate::parse::fields::{Fields, Value};
use crate::parse::measures::{decimals, unit_of};
use crate::parse::top::points;

const HOW: [&str; 4] = ["bands", "bands_from", "map", "judged"];

pub(crate) fn indicators(top: &Fields<'_>, document: &mut Document) {
    for fields in top.tables("indicator", document.indicators.len()) {
        let id = fields.need("id").and_then(|value| value.string()).unwrap_or_default();
        let dimension = fields
            .need("dimension")
            .and_then(|value| value.string())
            .unwrap_or_default();
        let name = fields.need("name").and_then(|value| value.text()).unwrap_or_default();
        let means = fields.text("means");
        let clause = fields.string("clause").unwrap_or_default();
        let weight = fields
            .get("weight")
            .and_then(weight)
            .unwrap_or(Decimal { units: 0, scale: 0 });
        let better = [
            ("higher", Better::Higher),
            ("lower", Better::Lower),
            ("neither", Better::Neither),
        ];
        let better = fields
            .get("better")
            .and_then(|value| value.word(&better))
            .unwrap_or_default();
        let scoring = scoring(&fields);
        // Where that is not clear, nothing else can be asked for.
        let unclear = scoring.is_none();
        let scoring = scoring.unwrap_or(Scoring::Bands {
            bands: Vec::new(),
            interpolate: false,
        });
        let missing = missing(&fields);
        let judged = matches!(scoring, Scoring::Judged { .. });
        let map = matches!(scoring, Scoring::Map { .. });
        let formula = fields.get("formula");
        let formula = match (formula, judged) {
            (Some(value), true) => {
                value.error(Message::new("policy-judged-formula"));
                id.clone()
            }
            (None, true) => id.clone(),
            (Some(value), false) => value.string().unwrap_or_default(),
            (None, false) if unclear => String::new(),
            (None, false) => {
                fields.source.error(
                    fields.span.clone(),
                    Message::new("policy-key-missing").with("key", "formula"),
                );
                String::new()
            }
        };
        let unit = match fields.string("unit") {
            Some(unit) => unit_of(&unit),
            None if judged => Unit::Points,
            None if map => Unit::Text,
            None if unclear => Unit::Unknown,
            None => {
                let message = Message::new("policy-indicator-unit").with("indicator", id.as_str());
                fields.source.error(fields.span.clone(), message);
                Unit::Unknown
            }
        };
        let decimals = match fields.get("decimals") {
            Some(value) => decimals(value).unwrap_or(MAX_DECIMALS),
            None if judged => 2,
            None if map => 0,
            None if unclear => MAX_DECIMALS,
            None => {
                let message = Message::new("policy-indicator-decimals").with("indicator", id.as_str());
                fields.source.error(fields.span.clone(), message);
                MAX_DECIMALS
            }
        };
        fields.done();
        document.indicators.push(Indicator {
            id,
            dimension,
            name,
            means,
            clause,
            weight,
            formula,
            unit,
            decimals,
            better,
            scoring,
            missing,
        });
    }
}

/// A weight: positive, at most four decimals, at most 10 000.
pub(crate) fn weight(value: Value<'_>) -> Option<Decimal> {
    let weight = value.decimal()?;
    let fitting = weight.at(4).is_some_and(|units| (1..=100_000_000).contains(&units));
    if !fitting {
        value.error(Message::new("policy-weight-range").with("weight", weight.to_string()));
    }
    fitting.then_some(weight)
}

fn missing(fields: &Fields<'_>) -> MissingRule {
    let Some(value) = fields.get("missing") else {
        let message = Message::new("policy-indicator-missing-rule");
        fields.source.error(fields.span.clone(), message);
        return MissingRule::Worst;
    };
    if value.is_table() {
        let rule = value.fields().and_then(|fields| {
            let points = fields.need("points").and_then(|value| points(&value));
            fields.done();
            points
        });
        return rule.map_or(MissingRule::Worst, MissingRule::Points);
    }
    let words = [
        ("refuse", MissingRule::Refuse),
        ("worst", MissingRule::Worst),
        ("reweight", MissingRule::Reweight),
    ];
    value.word(&words).unwrap_or(MissingRule::Worst)
}

fn scoring(fields: &Fields<'_>) -> Option<Scoring> {
    let given: Vec<&str> = HOW.into_iter().filter(|key| fields.has(key)).collect();
    let interpolate = fields.get("interpolate");
    let smooth = interpolate.as_ref().and_then(|value| value.flag()).unwrap_or(false);
    let [one] = given.as_slice() else {
        for key in HOW {
            let _ = fields.get(key);
        }
        let message = if given.is_empty() {
            Message::new("policy-indicator-scoring").with("ways", HOW.join(", "))
        } else {
            Message::new("policy-indicator-scoring-twice").with("ways", given.join(", "))
        };
        fields.source.error(fields.span.clone(), message);
        for key in ["otherwise", "levels", "reconcile", "fresh"] {
            let _ = fields.get(key);
        }
        return None;
    };
    let scoring = match *one {
        "bands" => Scoring::Bands {
            bands: bands(fields, smooth),
            interpolate: smooth,
        },
        "bands_from" => from_table(fields, smooth),
        "map" => map(fields),
        _ => judged(fields),
    };
    if let Some(value) = interpolate
        && matches!(scoring, Scoring::Map { .. } | Scoring::Judged { .. })
    {
        value.error(Message::new("policy-interpolate-bands"));
    }
    Some(scoring)
}

fn bands(fields: &Fields<'_>, interpolate: bool) -> Vec<BandRow> {
    let mut bands = Vec::new();
    for value in fields.get("bands").and_then(|value| value.list()).unwrap_or_default() {
        let Some(row) = value.fields() else { continue };
        let (below, up_to) = (row.get("below"), row.get("up_to"));
        // Where a band begins follows from the one before; `from` may say it again, and is then checked.
        let from = row.get("from").and_then(|value| threshold(&value));
        let end = match (below, up_to) {
            (Some(_), Some(up_to)) => {
                up_to.error(Message::new("policy-band-two-ends"));
                None
            }
            (Some(value), None) => threshold(&value).map(|at| BandEnd { inclusive: false, at }),
            (None, Some(value)) => threshold(&value).map(|at| BandEnd { inclusive: true, at }),
            (None, None) => None,
        };
        let both = row.need("points").and_then(|value| band_points(&value, interpolate));
        let name = row.text("name");
        row.done();
        let zero = Decimal { units: 0, scale: 0 };
        bands.push(BandRow {
            from,
            end,
            points: both.unwrap_or((zero, zero)),
            name,
        });
    }
    bands
}

fn threshold(value: &Value<'_>) -> Option<Threshold> {
    match value.as_str() {
        Some(parameter) => Some(Threshold::Parameter(parameter.to_owned())),
        None => value.decimal().map(Threshold::Number),
    }
}

/// One number, or the points at both ends.
fn band_points(value: &Value<'_>, interpolate: bool) -> Option<(Decimal, Decimal)> {
    if !value.value.get_ref().is_array() {
        return points(value).map(|points| (points, points));
    }
    let list = value.list()?;
    let [from, to] = list.as_slice() else {
        value.error(Message::new("policy-band-points-pair"));
        return None;
    };
    if !interpolate {
        value.error(Message::new("policy-band-points-flat"));
    }
    Some((points(from)?, points(to)?))
}

fn from_table(fields: &Fields<'_>, interpolate: bool) -> Scoring {
    let row = fields.fields("bands_from");
    let Some(row) = row else {
        return Scoring::Bands {
            bands: Vec::new(),
            interpolate,
        };
    };
    let table = row.need("table").and_then(|value| value.string()).unwrap_or_default();
    let key = row.need("key").and_then(|value| value.strings()).unwrap_or_default();
    let otherwise = row
        .need("otherwise")
        .and_then(|value| value.string())
        .unwrap_or_default();
    row.done();
    Scoring::Table {
        table,
        key,
        otherwise,
        interpolate,
    }
}

fn map(fields: &Fields<'_>) -> Scoring {
    let mut entries = Vec::new();
    for (text, _, value) in fields.fields("map").map(|map| map.entries()).unwrap_or_default() {
        entries.extend(points(&value).map(|points| (text.to_owned(), points)));
    }
    let otherwise = fields.get("otherwise").and_then(|value| points(&value));
    Scoring::Map { entries, otherwise }
}

fn judged(fields: &Fields<'_>) -> Scoring {
    let by = fields.string("judged").unwrap_or_default();
    let mut levels = Vec::new();
    for value in fields.need("levels").and_then(|value| value.list()).unwrap_or_default() {
        let Some(row) = value.fields() else { continue };
        let id = row.need("id").and_then(|value| value.string()).unwrap_or_default();
        let name = row.text("name");
        let level_points = row.need("points").and_then(|value| points(&value));
        let means = row.need("means").and_then(|value| value.text()).unwrap_or_default();
        row.done();
        levels.extend(level_points.map(|points| Level {
            id,
            name,
            points,
            means,
        }));
    }
    let reconcile = fields.fields("reconcile").map_or(ALONE, |row| reconcile(&row));
    let fresh = fields.period("fresh");
    Scoring::Judged {
        by,
        levels,
        reconcile,
        fresh,
    }
}

const ALONE: Reconcile = Reconcile {
    by: ReconcileBy::Mean,
    min: 1,
    spread: None,
};

fn reconcile(row: &Fields<'_>) -> Reconcile {
    let words = [
        ("mean", ReconcileBy::Mean),
        ("median", ReconcileBy::Median),
        ("consensus", ReconcileBy::Consensus),
    ];
    let by = row
        .get("by")
        .and_then(|value| value.word(&words))
        .unwrap_or(ReconcileBy::Mean);
    let min = row.get("min").and_then(|value| {
        let min = value.whole()?;
        if min == 0 {
            value.error(Message::new("policy-reconcile-min"));
        }
        Some(min.max(1))
    });
    let spread = row.get("spread").and_then(|value| points(&value));
    if by == ReconcileBy::Consensus && spread.is_none() {
        row.source
            .error(row.span.clone(), Message::new("policy-reconcile-spread"));
    }
    let known = ["by", "min", "spread"];
    for (key, span, _) in row.entries() {
        if !known.contains(&key) {
            row.source
                .error(span, Message::new("policy-key-unknown").with("key", key));
        }
    }
    Reconcile {
        by,
        min: min.unwrap_or(1),
        spread,
    }
}

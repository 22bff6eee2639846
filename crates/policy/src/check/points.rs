//! Points: in the direction that `better` says, levels best first, tables in shape, bands that something can reach. 分值核对

use pinji_domain::number::plain;
use pinji_domain::{Decimal, Message};
use pinji_engine::Scoring as Kernel;

use super::domains::scaled;
use crate::compile::Analysis;
use crate::document::{BandRow, Better, Document, Level, Scoring, Table};
use crate::finding::Finding;
use crate::suggest::nearest;

pub(super) fn check(document: &Document, analysis: &Analysis, findings: &mut Vec<Finding>) {
    for (index, indicator) in document.indicators.iter().enumerate() {
        let path = format!("indicator[{index}]");
        match &indicator.scoring {
            Scoring::Bands { bands, .. } => {
                if !document.misread(&format!("{path}.bands")) {
                    direction(document, bands, indicator.better, &path, findings);
                }
                reached(document, analysis, index, &path, findings);
            }
            Scoring::Judged { levels, .. } => self::levels(document, levels, &path, findings),
            Scoring::Table { .. } | Scoring::Map { .. } => {}
        }
    }
}

/// The shape of all standard tables.
pub(super) fn tables(document: &Document, findings: &mut Vec<Finding>) {
    for (index, table) in document.tables.iter().enumerate() {
        self::table(document, table, &format!("table[{index}]"), findings);
    }
}

fn at(points: Decimal) -> i64 {
    points.at(4).unwrap_or(0)
}

/// Points must not fall where more is better, nor rise where less is.
fn direction(document: &Document, bands: &[BandRow], better: Better, path: &str, findings: &mut Vec<Finding>) {
    let against = |before: Decimal, after: Decimal| match better {
        Better::Higher => at(after) < at(before),
        Better::Lower => at(after) > at(before),
        Better::Neither => false,
    };
    let mut before: Option<Decimal> = None;
    for (index, band) in bands.iter().enumerate() {
        // From the band before into this one, or from one end of this one to the other.
        let into = before.map(|before| (before, band.points.0));
        let steps = into.into_iter().chain([band.points]);
        if let Some((from, to)) = steps.into_iter().find(|(from, to)| against(*from, *to)) {
            let code = if better == Better::Higher {
                "policy-better-higher"
            } else {
                "policy-better-lower"
            };
            let message = Message::new(code).with("points", to.to_string());
            let message = message.with("before", from.to_string());
            let place = document.places.at(&format!("{path}.bands[{index}].points"));
            findings.push(Finding::error(place, message).help(Message::new("policy-better-help")));
        }
        before = Some(band.points.1);
    }
}

/// Bands that no value of the formula can be in.
fn reached(document: &Document, analysis: &Analysis, index: usize, path: &str, findings: &mut Vec<Finding>) {
    let known = analysis.known.get(index).zip(analysis.indicators.get(index));
    let Some(((false, _, range), indicator)) = known else {
        return;
    };
    let Kernel::Bands(bands) = &indicator.scoring else {
        return;
    };
    let (low, high) = scaled(*range, indicator.decimals);
    for band in 0..bands.bands.len() {
        let begins = band
            .checked_sub(1)
            .and_then(|before| bands.edges.get(before))
            .copied()
            .unwrap_or(i64::MIN);
        let ends = bands.edges.get(band).copied().unwrap_or(i64::MAX);
        let code = if ends <= low {
            "policy-band-below-range"
        } else if begins > high {
            "policy-band-above-range"
        } else {
            continue;
        };
        let end = if ends <= low { low } else { high };
        let message = Message::new(code).with("end", plain(end, indicator.decimals));
        findings.push(Finding::warning(
            document.places.at(&format!("{path}.bands[{band}]")),
            message,
        ));
    }
}

/// Levels stand best first.
fn levels(document: &Document, levels: &[Level], path: &str, findings: &mut Vec<Finding>) {
    if levels.len() < 2 {
        let place = document.places.at(&format!("{path}.levels"));
        findings.push(Finding::error(place, Message::new("policy-levels-few")));
    }
    let mut before: Option<&Level> = None;
    for (index, level) in levels.iter().enumerate() {
        if let Some(better) = before.filter(|before| at(before.points) <= at(level.points)) {
            let message = Message::new("policy-levels-order").with("level", level.id.as_str());
            let place = document.places.at(&format!("{path}.levels[{index}].points"));
            findings.push(Finding::error(place, message.with("before", better.id.as_str())));
        }
        before = Some(level);
    }
}

/// A table's points fall from best to worst, and each row has as many keys and edges as the table says.
fn table(document: &Document, table: &Table, path: &str, findings: &mut Vec<Finding>) {
    let places = &document.places;
    if table.points.is_empty() {
        findings.push(Finding::error(
            places.at(&format!("{path}.points")),
            Message::new("policy-table-points"),
        ));
    }
    let mut before: Option<Decimal> = None;
    let list = table
        .points
        .iter()
        .enumerate()
        .map(|(index, points)| (format!("{path}.points[{index}]"), *points));
    for (place, points) in list.chain([(format!("{path}.beyond"), table.beyond)]) {
        if let Some(better) = before.filter(|before| at(*before) < at(points)) {
            let message = Message::new("policy-table-points-fall").with("points", points.to_string());
            findings.push(Finding::error(
                places.at(&place),
                message.with("before", better.to_string()),
            ));
        }
        before = Some(points);
    }
    let mut seen: Vec<(&str, &[String])> = Vec::new();
    for (index, row) in table.rows.iter().enumerate() {
        let here = format!("{path}.row[{index}]");
        if row.keys.len() != table.key.len() {
            let message = Message::new("policy-table-row-keys").with("found", row.keys.len());
            findings.push(Finding::error(
                places.at(&format!("{here}.keys")),
                message.with("wanted", table.key.len()),
            ));
        }
        if row.edges.len() != table.points.len() {
            let message = Message::new("policy-table-row-edges").with("found", row.edges.len());
            let message = message.with("wanted", table.points.len());
            findings.push(Finding::error(places.at(&format!("{here}.edges")), message));
        }
        let twin = (row.indicator.as_str(), row.keys.as_slice());
        if seen.contains(&twin) {
            let message = Message::new("policy-table-row-twice").with("indicator", row.indicator.as_str());
            findings.push(Finding::error(
                places.at(&here),
                message.with("keys", row.keys.join(", ")),
            ));
        }
        seen.push(twin);
        row_indicator(document, table, &row.indicator, &format!("{here}.indicator"), findings);
    }
}

/// A row must be for an indicator that takes its bands from this table.
fn row_indicator(document: &Document, table: &Table, id: &str, path: &str, findings: &mut Vec<Finding>) {
    // A table that is not there is reported where it is named.
    let there = |from: &str| document.tables.iter().any(|known| known.id == from);
    let takes =
        |scoring: &Scoring| matches!(scoring, Scoring::Table { table: from, .. } if *from == table.id || !there(from));
    if id.is_empty()
        || document
            .indicators
            .iter()
            .any(|known| known.id == id && takes(&known.scoring))
    {
        return;
    }
    let (file, span) = document.places.at(path);
    let known = document.indicators.iter().any(|known| known.id == id);
    if known {
        let message = Message::new("policy-table-row-unused").with("indicator", id);
        findings.push(Finding::warning((file, span), message));
        return;
    }
    // A table may serve several policies, so a row for another policy's indicator is no error.
    let finding = Finding::warning(
        (file, span),
        Message::new("policy-indicator-unknown").with("indicator", id),
    );
    let near = nearest(id, document.indicators.iter().map(|known| known.id.as_str()));
    findings.push(match near {
        Some(meant) => finding.help(Message::new("policy-did-you-mean").with("name", meant)),
        None => finding,
    });
}

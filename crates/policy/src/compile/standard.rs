//! Bands from a standard table, one list for each row of keys. 标准值表

use pinji_domain::{Decimal, Message};
use pinji_engine::{Band, Bands, Choice, InputType, Keyed};

use super::bands::units;
use super::names::Names;
use crate::document::{Better, Indicator, Table};
use crate::finding::Finding;
use crate::suggest::nearest;

/// What `bands_from` says.
pub(crate) struct FromTable<'t> {
    pub(crate) table: &'t str,
    pub(crate) key: &'t [String],
    pub(crate) otherwise: &'t str,
    pub(crate) interpolate: bool,
}

/// The keyed bands of an indicator; `None` where something is wrong. `path` is the indicator's.
pub(crate) fn keyed(
    names: &Names<'_>,
    indicator: &Indicator,
    from: &FromTable<'_>,
    path: &str,
    findings: &mut Vec<Finding>,
) -> Option<Keyed> {
    let before = findings.len();
    let path = format!("{path}.bands_from");
    let tables = &names.document.tables;
    let Some(position) = tables.iter().position(|table| table.id == from.table) else {
        let place = names.document.places.at(&format!("{path}.table"));
        let finding = Finding::error(place, Message::new("policy-table-unknown").with("table", from.table));
        findings.push(
            match nearest(from.table, tables.iter().map(|table| table.id.as_str())) {
                Some(meant) => finding.help(Message::new("policy-did-you-mean").with("name", meant)),
                None => finding.help(Message::new("policy-table-unknown-help")),
            },
        );
        from.key.iter().for_each(|key| names.use_name(key));
        if let Some(meant) = nearest(from.table, tables.iter().map(|table| table.id.as_str())) {
            names.use_name(&format!("table:{meant}"));
        }
        return None;
    };
    names.use_name(&format!("table:{}", from.table));
    let table = tables.get(position)?;
    if indicator.better == Better::Neither {
        let message = Message::new("policy-table-better").with("indicator", indicator.id.as_str());
        findings.push(Finding::error(
            names.document.places.id(path.trim_end_matches(".bands_from")),
            message,
        ));
        from.key.iter().for_each(|key| names.use_name(key));
        return None;
    }
    let keys = keys(names, table, from, &path, findings);
    let higher = indicator.better == Better::Higher;
    let wildcard = |key: &String| key == from.otherwise;
    let mut choices = Vec::new();
    for (index, row) in table
        .rows
        .iter()
        .enumerate()
        .filter(|(_, row)| row.indicator == indicator.id)
    {
        let row_path = format!("table[{position}].row[{index}]");
        if row.keys.len() != table.key.len() || row.edges.len() != table.points.len() || row.edges.is_empty() {
            continue; // said once, where the table itself is checked
        }
        let edges = edges(
            names,
            &row.edges,
            indicator.decimals,
            higher,
            &format!("{row_path}.edges"),
            findings,
        );
        // Exact keys first, then those that stand for all, from the right.
        let rank = row
            .keys
            .iter()
            .fold(0_u64, |rank, key| rank * 2 + u64::from(wildcard(key)));
        let texts = row
            .keys
            .iter()
            .map(|key| (!wildcard(key)).then(|| key.clone()))
            .collect();
        let Some(edges) = edges else { continue };
        choices.push((
            rank,
            index,
            Choice {
                keys: texts,
                bands: bands(table, &edges, higher, from.interpolate),
            },
        ));
    }
    choices.sort_by_key(|(rank, index, _)| (*rank, *index));
    let all = choices
        .last()
        .is_some_and(|(_, _, choice)| choice.keys.iter().all(Option::is_none));
    let wrong = |finding: &Finding| finding.severity == crate::finding::Severity::Error;
    if !all && !findings.iter().skip(before).any(wrong) {
        let message = Message::new("policy-table-no-fallback").with("indicator", indicator.id.as_str());
        let message = message.with("table", from.table).with("otherwise", from.otherwise);
        findings.push(Finding::error(names.document.places.at(&path), message));
    }
    if findings.iter().skip(before).any(wrong) {
        return None;
    }
    Some(Keyed {
        keys: keys?,
        choices: choices.into_iter().map(|(_, _, choice)| choice).collect(),
    })
}

/// The columns that choose a row.
fn keys(
    names: &Names<'_>,
    table: &Table,
    from: &FromTable<'_>,
    path: &str,
    findings: &mut Vec<Finding>,
) -> Option<Vec<usize>> {
    if from.key.len() != table.key.len() {
        let message = Message::new("policy-table-key-count")
            .with("wanted", table.key.len())
            .with("found", from.key.len());
        findings.push(Finding::error(
            names.document.places.at(&format!("{path}.key")),
            message,
        ));
    }
    let mut positions = Vec::new();
    for (index, key) in from.key.iter().enumerate() {
        names.use_name(key);
        let place = names.document.places.at(&format!("{path}.key[{index}]"));
        let Some(position) = names.position(key) else {
            let finding = Finding::error(place, Message::new("policy-name-unknown").with("name", key.as_str()));
            let columns = names.columns.iter().map(|column| column.id.as_str());
            findings.push(match nearest(key, columns) {
                Some(meant) => finding.help(Message::new("policy-did-you-mean").with("name", meant)),
                None => finding,
            });
            continue;
        };
        let column = names.columns.get(position)?;
        if !column.faulty && !matches!(column.ty, InputType::Text(_)) {
            let message = Message::new("policy-table-key-text").with("name", key.as_str());
            findings.push(Finding::error(place, message));
        }
        if let InputType::Text(Some(list)) = &column.ty {
            unlisted(names, table, index, list, from.otherwise, findings);
        }
        positions.push(position);
    }
    (positions.len() == from.key.len()).then_some(positions)
}

/// Key texts of the table that the measure can never have.
fn unlisted(
    names: &Names<'_>,
    table: &Table,
    key: usize,
    list: &[String],
    otherwise: &str,
    findings: &mut Vec<Finding>,
) {
    let Some(position) = names.document.tables.iter().position(|known| known.id == table.id) else {
        return;
    };
    for (index, row) in table.rows.iter().enumerate() {
        let Some(text) = row
            .keys
            .get(key)
            .filter(|text| *text != otherwise && !list.contains(text))
        else {
            continue;
        };
        let place = names
            .document
            .places
            .at(&format!("table[{position}].row[{index}].keys[{key}]"));
        let finding = Finding::warning(place, Message::new("policy-text-unlisted").with("text", text.as_str()));
        findings.push(finding.help(match nearest(text, list.iter().map(String::as_str)) {
            Some(meant) => Message::new("policy-did-you-mean").with("name", meant),
            None => Message::new("policy-text-listed").with("texts", list.join(", ")),
        }));
    }
}

/// A row's edges on the indicator's decimals, best first, strictly one worse than the other.
fn edges(
    names: &Names<'_>,
    edges: &[Decimal],
    decimals: u8,
    higher: bool,
    path: &str,
    findings: &mut Vec<Finding>,
) -> Option<Vec<i64>> {
    let mut units: Vec<i64> = Vec::new();
    let mut sound = true;
    for (index, edge) in edges.iter().enumerate() {
        let place = || names.document.places.at(&format!("{path}[{index}]"));
        let Some(at) = edge.at(decimals) else {
            let message = Message::new("policy-table-edge-finer").with("number", edge.to_string());
            findings.push(Finding::error(place(), message.with("decimals", usize::from(decimals))));
            sound = false;
            continue;
        };
        let worse = units
            .last()
            .is_none_or(|last| if higher { at < *last } else { at > *last });
        if !worse {
            let code = if higher {
                "policy-table-edges-fall"
            } else {
                "policy-table-edges-rise"
            };
            let before = index
                .checked_sub(1)
                .and_then(|before| edges.get(before))
                .copied()
                .unwrap_or(*edge);
            let message = Message::new(code)
                .with("edge", edge.to_string())
                .with("before", before.to_string());
            findings.push(Finding::error(place(), message));
            sound = false;
        }
        units.push(at);
    }
    sound.then_some(units)
}

/// The bands between a row's edges. An edge belongs to the better band.
fn bands(table: &Table, edges: &[i64], higher: bool, interpolate: bool) -> Bands {
    let points: Vec<i32> = table.points.iter().copied().map(units).collect();
    let at = |index: usize| points.get(index).copied().unwrap_or(0);
    let edge = |index: usize| edges.get(index).copied().unwrap_or(0);
    // From best to worst: one band at or beyond each edge, and one beyond them all.
    let mut list: Vec<Band> = Vec::new();
    for index in 0..edges.len() {
        let smooth = interpolate && index > 0 && at(index - 1) != at(index);
        list.push(match (smooth, higher) {
            (false, _) => Band::flat(at(index)),
            (true, true) => Band {
                from: at(index),
                to: at(index - 1),
                low: edge(index),
                high: edge(index - 1),
            },
            (true, false) => Band {
                from: at(index - 1),
                to: at(index),
                low: edge(index - 1),
                high: edge(index),
            },
        });
    }
    list.push(Band::flat(units(table.beyond)));
    if higher {
        list.reverse();
        Bands {
            edges: edges.iter().rev().copied().collect(),
            bands: list,
        }
    } else {
        Bands {
            edges: edges.iter().map(|edge| edge + 1).collect(),
            bands: list,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        missing_docs
    )]

    use super::*;
    use pinji_domain::Text;

    fn points_at(bands: &Bands, value: i64) -> i32 {
        let band = bands.bands[bands.edges.partition_point(|edge| *edge <= value)];
        if band.from == band.to {
            return band.from;
        }
        let (from, to) = (f64::from(band.from), f64::from(band.to));
        let share = (value - band.low) as f64 / (band.high - band.low) as f64;
        (from + (to - from) * share).round_ties_even() as i32
    }

    #[test]
    fn an_edge_belongs_to_the_better_band() {
        let number = |text: &str| Decimal::parse(text).unwrap();
        let table = Table {
            id: "t".to_owned(),
            name: Text::default(),
            source: Text::default(),
            key: vec!["industry".to_owned()],
            points: vec![number("100"), number("60"), number("20")],
            beyond: number("0"),
            rows: Vec::new(),
        };
        let check = |edges: &[i64], higher, interpolate, value, expected: i32| {
            let bands = bands(&table, edges, higher, interpolate);
            assert_eq!(
                points_at(&bands, value),
                expected * 10_000,
                "{edges:?} {higher} {interpolate} {value}"
            );
        };
        for interpolate in [false, true] {
            check(&[30, 20, 10], true, interpolate, 31, 100);
            check(&[30, 20, 10], true, interpolate, 30, 100);
            check(&[30, 20, 10], true, interpolate, 20, 60);
            check(&[30, 20, 10], true, interpolate, 10, 20);
            check(&[30, 20, 10], true, interpolate, 9, 0);
            check(&[10, 20, 30], false, interpolate, 9, 100);
            check(&[10, 20, 30], false, interpolate, 10, 100);
            check(&[10, 20, 30], false, interpolate, 20, 60);
            check(&[10, 20, 30], false, interpolate, 30, 20);
            check(&[10, 20, 30], false, interpolate, 31, 0);
        }
        check(&[30, 20, 10], true, false, 25, 60);
        check(&[30, 20, 10], true, true, 25, 80);
        check(&[10, 20, 30], false, false, 25, 20);
        check(&[10, 20, 30], false, true, 25, 40);
    }
}

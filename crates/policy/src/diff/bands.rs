//! Two sets of bands cut by cut: between which values customers get more or fewer points. 分档差异

use pinji_domain::number::div_half_even;
use pinji_domain::{Arg, Date, Decimal, Message, Text};

use super::{percent, trimmed};
use crate::document::{BandRow, Document, Threshold, Unit};

/// Values and points are compared in units of 10^-9.
const SCALE: u32 = 9;

/// A cut on the axis of values: the value, and whether it lies before the cut (`up_to`) or after it (`below`).
type Cut = (i128, bool);

/// A policy's bands for one indicator.
pub(super) struct Banded<'d> {
    pub document: &'d Document,
    pub bands: &'d [BandRow],
    pub interpolate: bool,
}

/// Points between two cuts, at the lower and at the upper end.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Piece {
    from: i128,
    to: i128,
}

/// One message for each range of values in which customers get other points.
pub(super) fn bands(name: &Text, unit: &Unit, a: &Banded<'_>, b: &Banded<'_>) -> Vec<Message> {
    let (old, new) = (cuts(a), cuts(b));
    let mut all: Vec<Cut> = old.iter().chain(&new).copied().collect();
    all.sort_unstable();
    all.dedup();
    let lower = std::iter::once(None).chain(all.iter().copied().map(Some));
    let upper = all.iter().copied().map(Some).chain(std::iter::once(None));
    let mut changes: Vec<(Option<Cut>, Option<Cut>, i128, i128)> = Vec::new();
    for (low, high) in lower.zip(upper) {
        let (before, after) = (piece(a, &old, low, high), piece(b, &new, low, high));
        let (from, to) = (after.from - before.from, after.to - before.to);
        match changes.last_mut() {
            // Neighbours with the same change are one range.
            Some((_, end, first, last)) if *end == low && *first == *last && from == to && *last == from => *end = high,
            _ => changes.push((low, high, from, to)),
        }
    }
    let changes = changes.into_iter().filter(|(.., from, to)| *from != 0 || *to != 0);
    changes
        .map(|(low, high, from, to)| said(name, unit, low, high, from, to))
        .collect()
}

fn said(name: &Text, unit: &Unit, low: Option<Cut>, high: Option<Cut>, from: i128, to: i128) -> Message {
    let code = match (from.min(to) < 0, from.max(to) > 0) {
        (true, false) => "policy-diff-fewer",
        (false, _) => "policy-diff-more",
        (true, true) => "policy-diff-other",
    };
    let (least, most) = (from.abs().min(to.abs()), from.abs().max(to.abs()));
    let points = match code {
        "policy-diff-other" => format!("{} … {}", signed(from), signed(to)),
        _ if least == most => trimmed(most, SCALE),
        _ => format!("{}–{}", trimmed(least, SCALE), trimmed(most, SCALE)),
    };
    Message::new(code)
        .with("name", name.clone())
        .with("range", range(unit, low, high))
        .with("points", points)
}

fn signed(points: i128) -> String {
    format!("{}{}", if points > 0 { "+" } else { "" }, trimmed(points, SCALE))
}

fn range(unit: &Unit, low: Option<Cut>, high: Option<Cut>) -> Message {
    let low = low.map(|(value, after)| {
        Message::new(if after { "policy-diff-above" } else { "policy-diff-from" }).with("value", shown(unit, value))
    });
    let high = high.map(|(value, after)| {
        Message::new(if after {
            "policy-diff-up-to"
        } else {
            "policy-diff-below"
        })
        .with("value", shown(unit, value))
    });
    match (low, high) {
        (Some(low), Some(high)) => Message::new("policy-diff-between")
            .with("low", Arg::from(low))
            .with("high", Arg::from(high)),
        (Some(end), None) | (None, Some(end)) => end,
        (None, None) => Message::new("policy-diff-any"),
    }
}

fn shown(unit: &Unit, value: i128) -> String {
    match unit {
        Unit::Ratio => percent(value, SCALE),
        _ => trimmed(value, SCALE),
    }
}

/// A decimal in units of 10^-9.
pub(super) fn fine(value: Decimal) -> i128 {
    i128::from(value.units) * 10_i128.pow(SCALE.saturating_sub(u32::from(value.scale)))
}

/// What a threshold is on the day from which the policy holds.
fn threshold(document: &Document, at: &Threshold) -> i128 {
    match at {
        Threshold::Number(value) => fine(*value),
        Threshold::Parameter(id) => {
            let parameter = document.parameters.iter().find(|parameter| parameter.id == *id);
            let on = document.effective.unwrap_or(Date::MIN);
            let values = parameter.map_or(&[][..], |parameter| &parameter.values);
            let current = values.iter().rev().find(|(from, _)| from.is_none_or(|from| from <= on));
            current.or(values.first()).map_or(0, |(_, value)| fine(*value))
        }
    }
}

fn cuts(banded: &Banded<'_>) -> Vec<Cut> {
    let ends = banded.bands.iter().filter_map(|band| band.end.as_ref());
    ends.map(|end| (threshold(banded.document, &end.at), end.inclusive))
        .collect()
}

/// The points between two neighbouring cuts, which lie inside one band.
fn piece(banded: &Banded<'_>, own: &[Cut], low: Option<Cut>, high: Option<Cut>) -> Piece {
    let at = low.map_or(0, |low| own.iter().filter(|cut| **cut <= low).count());
    let Some(band) = banded.bands.get(at) else {
        return Piece { from: 0, to: 0 };
    };
    let (from, to) = (fine(band.points.0), fine(band.points.1));
    let before = at.checked_sub(1).and_then(|before| own.get(before));
    let (Some((start, _)), Some((end, _)), true) = (before, own.get(at), banded.interpolate && from != to) else {
        return Piece { from, to: from };
    };
    // Points along the straight line of the band, where this piece begins and ends.
    let along = |cut: Option<Cut>, otherwise: i128| {
        let value = cut.map_or(otherwise, |(value, _)| value);
        if end == start {
            from
        } else {
            from + div_half_even((to - from) * (value - start), end - start)
        }
    };
    Piece {
        from: along(low, *start),
        to: along(high, *end),
    }
}

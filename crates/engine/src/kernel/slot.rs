//! From a column to the slot of each row: the band that holds the value, the entry of the text, or "missing". 落档

use std::collections::HashMap;
use std::ops::Range;

use pinji_domain::MissingCause;
use pinji_domain::number::{EXACT_LIMIT, place_f64, pow10, rescale, scale_f64};

use crate::batch::{Batch, Bits, Coded, Column, Values};
use crate::eval::{Results, evaluate, missing_into};
use crate::lines::Line;
use crate::plan::{Bands, FULL_POINTS, Indicator, InputType, Keyed, POINT_DECIMALS, Plan, Scoring, Source};

use super::Buffers;

const UNDEFINED: u8 = MissingCause::Undefined as u8;

/// Looks up each text and coded double of the batch's lists once, so that rows only look up numbers.
pub(super) fn prepare(plan: &Plan, batch: &Batch<'_>, slots: &mut Vec<Vec<u16>>) {
    slots.resize_with(plan.lines.lines.len(), Vec::new);
    for ((indicator, line), slots) in plan.parts().indicators.iter().zip(&plan.lines.lines).zip(slots) {
        slots.clear();
        let Source::Input(input) = &indicator.source else {
            continue;
        };
        match (batch.columns.get(*input).map(|column| column.values), &line.small_edges) {
            (Some(Values::Text(texts)), _) => {
                slots.extend(
                    texts
                        .list
                        .iter()
                        .map(|text| line.by_text.get(*text).copied().unwrap_or(line.otherwise)),
                );
            }
            (Some(Values::Coded(coded)), Some(edges)) => {
                // Key 0 is null.
                slots.resize(coded.list.len() + 1, line.missing);
                small_bands(coded.list, indicator.decimals, edges, line.missing, &mut slots[1..]);
            }
            _ => {}
        }
    }
}

/// Fills the slots of indicator `at`, and its values, causes and points as far as somebody reads them.
pub(super) fn fill(plan: &Plan, batch: &Batch<'_>, at: usize, rows: Range<usize>, lines: bool, buffers: &mut Buffers) {
    let indicator = &plan.parts().indicators[at];
    let line = &plan.lines.lines[at];
    if let Scoring::Map(_) = indicator.scoring {
        texts(plan, batch, at, rows, buffers);
        return;
    }
    if !line.value_read
        && !lines
        && let Some(coded) = coded(&indicator.source, batch)
        && let Some(null) = buffers.list_slots[at].first()
    {
        let known = &buffers.list_slots[at];
        for (slot, key) in buffers.slots[at].iter_mut().zip(&coded.keys[rows]) {
            *slot = known.get(*key as usize).copied().unwrap_or(*null);
        }
        return;
    }
    if let (Some(edges), false, false) = (&line.small_edges, line.value_read, lines)
        && let Some((values, valid)) = plain_doubles(&indicator.source, batch)
    {
        let slots = &mut buffers.slots[at];
        small_bands(&values[rows.clone()], indicator.decimals, edges, line.missing, slots);
        if let Some(valid) = valid {
            mark_null(valid, rows.start, line.missing, slots);
        }
        return;
    }
    let mut values = std::mem::take(&mut buffers.values[at]);
    numbers(plan, batch, indicator, rows.clone(), &mut values, &mut buffers.causes);
    match &indicator.scoring {
        Scoring::Bands(bands) => banded(line, |_| (bands, 0), &values, at, buffers),
        Scoring::Keyed(keyed) => {
            let choices = choose(keyed, batch, rows);
            banded(
                line,
                |row| (&keyed.choices[choices[row]].bands, line.offsets[choices[row]]),
                &values,
                at,
                buffers,
            );
        }
        Scoring::Direct => direct(indicator.decimals, line, &values, at, buffers),
        Scoring::Map(_) => {}
    }
    for (value, cause) in values.iter_mut().zip(&buffers.causes) {
        if *cause != 0 {
            *value = i64::MIN;
        }
    }
    buffers.values[at] = values;
}

/// The double column behind an indicator that is nothing but that column, if it is one.
fn plain_doubles<'a>(source: &Source, batch: &Batch<'a>) -> Option<(&'a [f64], Option<Bits<'a>>)> {
    let Source::Input(input) = source else { return None };
    let column = batch.columns.get(*input)?;
    match column.values {
        Values::Double(values) => Some((values, column.valid)),
        _ => None,
    }
}

/// The same for coded doubles whose nulls are all in their keys.
fn coded<'a>(source: &Source, batch: &Batch<'a>) -> Option<Coded<'a>> {
    let Source::Input(input) = source else { return None };
    let column = batch.columns.get(*input).filter(|column| column.valid.is_none())?;
    match column.values {
        Values::Coded(coded) => Some(coded),
        _ => None,
    }
}

/// Doubles that are banded at a time.
const BLOCK: usize = 64;
/// Fewer than this are banded one by one: a block takes its time whatever is in it.
const FEW: usize = 24;

/// Slots of plain doubles with small edges: scaled, rounded and compared as small integers, without branches.
fn small_bands(values: &[f64], decimals: u8, edges: &[i32], missing: u16, slots: &mut [u16]) {
    let power = pow10(decimals) as f64;
    for (values, slots) in values.chunks(BLOCK).zip(slots.chunks_mut(BLOCK)) {
        if values.len() < FEW {
            for (slot, value) in slots.iter_mut().zip(values) {
                let small = small(value * power);
                let band = edges.iter().map(|edge| u16::from(small >= *edge)).sum();
                *slot = if value.is_finite() { band } else { missing };
            }
            continue;
        }
        let (mut smalls, mut counts) = ([0_i32; BLOCK], [0_i32; BLOCK]);
        let mut no_figure = false;
        for (to, value) in smalls.iter_mut().zip(values) {
            no_figure |= !value.is_finite();
            *to = small(value * power);
        }
        for edge in edges {
            for (count, small) in counts.iter_mut().zip(&smalls) {
                *count += i32::from(*small >= *edge);
            }
        }
        for (slot, count) in slots.iter_mut().zip(&counts) {
            *slot = *count as u16;
        }
        if no_figure {
            for (slot, value) in slots.iter_mut().zip(values) {
                if !value.is_finite() {
                    *slot = missing;
                }
            }
        }
    }
}

/// A scaled double as a small integer, rounded half to even; what is beyond every small edge stays so.
#[inline]
fn small(scaled: f64) -> i32 {
    /// Beyond every small edge on either side.
    const FAR: f64 = (1 << 30) as f64;
    /// Adding 1.5 × 2^52 rounds a small double half to even and leaves the integer in the last bits.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    let low = if scaled < FAR { scaled } else { FAR };
    let near = if low > -FAR { low } else { -FAR };
    (near + ROUND).to_bits() as i32
}

/// Rows that are null get the slot `missing`.
fn mark_null(valid: Bits<'_>, start: usize, missing: u16, slots: &mut [u16]) {
    let first = valid.offset + start;
    if !first.is_multiple_of(8) {
        for (at, slot) in slots.iter_mut().enumerate() {
            if !valid.get(start + at) {
                *slot = missing;
            }
        }
        return;
    }
    let bytes = valid.bytes.get(first / 8..).unwrap_or_default();
    for (slots, byte) in slots.chunks_mut(8).zip(bytes) {
        if *byte != u8::MAX {
            for (bit, slot) in slots.iter_mut().enumerate() {
                *slot = if byte >> bit & 1 == 1 { *slot } else { missing };
            }
        }
    }
}

/// Values at the indicator's decimals, and causes.
fn numbers(
    plan: &Plan,
    batch: &Batch<'_>,
    indicator: &Indicator,
    rows: Range<usize>,
    values: &mut Vec<i64>,
    causes: &mut Vec<u8>,
) {
    let decimals = indicator.decimals;
    values.clear();
    let input = match &indicator.source {
        Source::Input(input) => batch.columns.get(*input).map(|column| (column, &plan.types()[*input])),
        Source::Formula(_) => None,
    };
    match (&indicator.source, input) {
        (Source::Input(_), Some((column, ty))) => {
            missing_into(column, rows.clone(), causes);
            column_values(column, ty, rows, decimals, values, causes);
        }
        (Source::Formula(expr), _) => {
            let evaluated = evaluate(expr, plan.types(), batch, rows.clone());
            *causes = evaluated.causes;
            match evaluated.values {
                Results::Number(numbers) => {
                    for (number, cause) in numbers.into_iter().zip(causes.iter_mut()) {
                        push(scale_f64(number, decimals), values, cause);
                    }
                }
                Results::Flag(flags) => values.extend(flags.into_iter().map(|flag| i64::from(flag) * pow10(decimals))),
                Results::Date(_) | Results::Text(_) => undefined(rows.len(), values, causes),
            }
        }
        (Source::Input(_), None) => {
            causes.clear();
            causes.resize(rows.len(), 0);
            undefined(rows.len(), values, causes);
        }
    }
}

fn push(value: Option<i64>, values: &mut Vec<i64>, cause: &mut u8) {
    if value.is_none() && *cause == 0 {
        *cause = UNDEFINED;
    }
    values.push(value.unwrap_or(0));
}

fn undefined(rows: usize, values: &mut Vec<i64>, causes: &mut [u8]) {
    values.resize(rows, 0);
    causes
        .iter_mut()
        .filter(|cause| **cause == 0)
        .for_each(|cause| *cause = UNDEFINED);
}

/// A column's values at the indicator's decimals. Integers stay integers on the way.
fn column_values(
    column: &Column<'_>,
    ty: &InputType,
    rows: Range<usize>,
    decimals: u8,
    values: &mut Vec<i64>,
    causes: &mut [u8],
) {
    match (column.values, ty) {
        (Values::Int(ints), InputType::Int(scale)) => {
            for (units, cause) in ints[rows].iter().zip(causes) {
                let exact = units.unsigned_abs() <= EXACT_LIMIT.unsigned_abs();
                push(
                    if exact { rescale(*units, *scale, decimals) } else { None },
                    values,
                    cause,
                );
            }
        }
        (Values::Double(doubles), InputType::Double) => {
            for (double, cause) in doubles[rows].iter().zip(causes) {
                push(place_f64(*double, decimals), values, cause);
            }
        }
        (Values::Coded(coded), InputType::Double) => {
            for (row, cause) in rows.zip(causes) {
                push(
                    coded.get(row).and_then(|double| place_f64(double, decimals)),
                    values,
                    cause,
                );
            }
        }
        (Values::Date(days), InputType::Date) => {
            for (days, cause) in days[rows].iter().zip(causes) {
                push(rescale(i64::from(*days), 0, decimals), values, cause);
            }
        }
        (Values::Flag(bits), InputType::Flag) => {
            values.extend(rows.map(|row| i64::from(bits.get(row)) * pow10(decimals)));
        }
        (Values::Absent, _) => values.resize(rows.len(), 0),
        _ => undefined(rows.len(), values, causes),
    }
}

/// Slots and points of values by bands; `bands_of` gives a row's bands and where their slots begin.
fn banded<'b>(
    line: &Line,
    bands_of: impl Fn(usize) -> (&'b Bands, usize),
    values: &[i64],
    at: usize,
    buffers: &mut Buffers,
) {
    let slots = &mut buffers.slots[at];
    let points = &mut buffers.points[at];
    points.clear();
    for (row, (value, cause)) in values.iter().zip(&buffers.causes).enumerate() {
        if *cause != 0 {
            slots[row] = line.missing;
            if !line.tabular {
                points.push(line.points[usize::from(line.missing)]);
            }
            continue;
        }
        let (bands, offset) = bands_of(row);
        let band = bands.find(*value);
        slots[row] = (offset + band) as u16;
        if !line.tabular {
            points.push(bands.bands[band].points(*value));
        }
    }
}

/// The choice of each row.
fn choose(keyed: &Keyed, batch: &Batch<'_>, rows: Range<usize>) -> Vec<usize> {
    let keys = |row: usize| {
        keyed.keys.iter().map(move |input| {
            let column = batch.columns.get(*input)?;
            let Values::Text(texts) = column.values else {
                return None;
            };
            let there = column.valid.is_none_or(|valid| valid.get(row));
            usize::try_from(*texts.keys.get(row)?).ok().filter(|_| there)
        })
    };
    let text = |input: usize, key: usize| match batch.columns.get(input).map(|column| column.values) {
        Some(Values::Text(texts)) => texts.list.get(key).copied(),
        _ => None,
    };
    let last = keyed.choices.len() - 1;
    let mut known: HashMap<Vec<Option<usize>>, usize> = HashMap::new();
    let mut chosen = Vec::with_capacity(rows.len());
    for row in rows {
        let keys: Vec<Option<usize>> = keys(row).collect();
        let choice = *known.entry(keys).or_insert_with_key(|keys| {
            let texts: Vec<Option<&str>> = keyed
                .keys
                .iter()
                .zip(keys)
                .map(|(input, key)| key.and_then(|key| text(*input, key)))
                .collect();
            let fits = |choice: &crate::plan::Choice| {
                choice
                    .keys
                    .iter()
                    .zip(&texts)
                    .all(|(want, have)| want.is_none() || want.as_deref() == *have)
            };
            keyed.choices.iter().position(fits).unwrap_or(last)
        });
        chosen.push(choice);
    }
    chosen
}

/// Values that are points themselves.
fn direct(decimals: u8, line: &Line, values: &[i64], at: usize, buffers: &mut Buffers) {
    let slots = &mut buffers.slots[at];
    let points = &mut buffers.points[at];
    points.clear();
    for (row, (value, cause)) in values.iter().zip(&buffers.causes).enumerate() {
        let whole = rescale((*value).clamp(0, 100 * pow10(decimals)), decimals, POINT_DECIMALS);
        slots[row] = if *cause == 0 { 0 } else { line.missing };
        points.push(match (*cause, whole) {
            (0, Some(units)) => i32::try_from(units).unwrap_or(FULL_POINTS),
            _ => line.points[usize::from(line.missing)],
        });
    }
}

/// Slots of texts by the map.
fn texts(plan: &Plan, batch: &Batch<'_>, at: usize, rows: Range<usize>, buffers: &mut Buffers) {
    const UNLISTED: u8 = MissingCause::Unlisted as u8;
    let line = &plan.lines.lines[at];
    let slots = &mut buffers.slots[at];
    match &plan.parts().indicators[at].source {
        Source::Input(input) => {
            let Some(column) = batch.columns.get(*input) else {
                slots.fill(line.missing);
                buffers.causes.clear();
                buffers.causes.resize(rows.len(), UNDEFINED);
                return;
            };
            missing_into(column, rows.clone(), &mut buffers.causes);
            if let Values::Text(texts) = column.values {
                let known = &buffers.list_slots[at];
                for (slot, key) in slots.iter_mut().zip(&texts.keys[rows.clone()]) {
                    *slot = usize::try_from(*key)
                        .ok()
                        .and_then(|key| known.get(key))
                        .copied()
                        .unwrap_or(line.missing);
                }
            } else {
                slots.fill(line.missing);
            }
        }
        Source::Formula(expr) => {
            let evaluated = evaluate(expr, plan.types(), batch, rows);
            buffers.causes = evaluated.causes;
            if let Results::Text(values) = evaluated.values {
                for (slot, text) in slots.iter_mut().zip(values) {
                    *slot = line.by_text.get(text).copied().unwrap_or(line.otherwise);
                }
            } else {
                slots.fill(line.missing);
                buffers
                    .causes
                    .iter_mut()
                    .filter(|cause| **cause == 0)
                    .for_each(|cause| *cause = UNDEFINED);
            }
        }
    }
    for (slot, cause) in slots.iter_mut().zip(&mut buffers.causes) {
        if *cause != 0 {
            *slot = line.missing;
        } else if *slot == line.missing {
            *cause = UNLISTED;
        }
    }
}

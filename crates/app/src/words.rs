//! Values, units, bands and causes as readers expect them. 措辞

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type};
use pinji_domain::number::{grouped, scale_f64};
use pinji_domain::{Lang, Message, MissingCause, Text, date};
use pinji_engine::plan::POINT_DECIMALS;
use pinji_engine::{Bands, InputType, Scoring};
use pinji_locale::{ratio, say};
use pinji_policy::Document;
use pinji_policy::document::{self, MeasureFrom, Threshold, Unit};

use crate::regulation::Level;

/// A scaled integer with its unit. 带单位的数值
pub fn value(lang: Lang, unit: &Unit, currency: &str, units: i64, decimals: u8) -> String {
    let number = grouped(units, decimals);
    let with = |code: &'static str| say(lang, &Message::new(code).with("value", number.clone()));
    match unit {
        Unit::Money if currency == "CNY" => with("app-value-yuan"),
        Unit::Money => say(
            lang,
            &Message::new("app-value-money")
                .with("value", number.clone())
                .with("currency", currency),
        ),
        Unit::Ratio => ratio(units, decimals),
        Unit::Days => with("app-value-days"),
        Unit::Months => with("app-value-months"),
        Unit::Years => with("app-value-years"),
        Unit::Points => with("app-value-points"),
        Unit::Other(name) => format!("{number} {}", name.get(lang)),
        Unit::Count | Unit::Text | Unit::Unknown => number,
        Unit::Date => date::from_days(i32::try_from(units).unwrap_or(0)).map_or(number, pinji_locale::date),
        Unit::Flag => flag(lang, units != 0),
    }
}

/// Yes or no.
pub fn flag(lang: Lang, is: bool) -> String {
    pinji_locale::word(lang, if is { "app-yes" } else { "app-no" })
}

/// A double with its unit, to six decimals at most.
pub fn double(lang: Lang, unit: &Unit, currency: &str, number: f64) -> String {
    let decimals = if number.abs() >= 1_000.0 || *unit == Unit::Money {
        2
    } else {
        6
    };
    match scale_f64(number, decimals) {
        Some(units) => {
            let (units, decimals) = trim(
                units,
                decimals,
                if *unit == Unit::Ratio || *unit == Unit::Money {
                    2
                } else {
                    0
                },
            );
            value(lang, unit, currency, units, decimals)
        }
        None => number.to_string(),
    }
}

/// Takes zeros off the end, down to `least` decimals.
fn trim(mut units: i64, mut decimals: u8, least: u8) -> (i64, u8) {
    while decimals > least && units % 10 == 0 {
        units /= 10;
        decimals -= 1;
    }
    (units, decimals)
}

/// Points as people write them: `80`, `62.5`.
pub fn points(points: i32) -> String {
    let (units, decimals) = trim(i64::from(points), POINT_DECIMALS, 0);
    grouped(units, decimals)
}

/// A weight in units of 10^-(score decimals + 2), as per cent.
pub fn weight(units: i64, score_decimals: u8) -> String {
    ratio(units, score_decimals + 2)
}

/// A share in 1/10 000 as per cent.
pub fn share(share: u16) -> String {
    let (units, decimals) = trim(i64::from(share), 4, 2);
    ratio(units, decimals)
}

/// Why a value is not there.
pub fn cause(lang: Lang, cause: Option<MissingCause>) -> String {
    pinji_locale::word(lang, cause.unwrap_or(MissingCause::NotReported).code())
}

/// What an input holds for one subject, with its unit; `None` where it is missing.
pub fn input(lang: Lang, level: &Level, at: usize, values: &ArrayRef, row: usize) -> Option<String> {
    let ty = level.compiled.plan.parts().inputs.get(at).map(|input| &input.ty)?;
    let unit = unit_of_input(level, at);
    let currency = &level.document.currency;
    if row >= values.len() || values.is_null(row) {
        return None;
    }
    match (ty, values.data_type()) {
        (InputType::Int(scale), DataType::Int64) => {
            let least = if matches!(unit, Unit::Money | Unit::Ratio) {
                (*scale).min(2)
            } else {
                0
            };
            let (units, scale) = trim(values.as_primitive::<Int64Type>().value(row), *scale, least);
            Some(value(lang, &unit, currency, units, scale))
        }
        (InputType::Double, DataType::Float64) => Some(double(
            lang,
            &unit,
            currency,
            values.as_primitive::<Float64Type>().value(row),
        )),
        (InputType::Date, DataType::Date32) => {
            date::from_days(values.as_primitive::<Date32Type>().value(row)).map(pinji_locale::date)
        }
        (InputType::Flag, DataType::Boolean) => Some(flag(lang, values.as_boolean().value(row))),
        _ => text(values, row),
    }
}

/// A text cell, whatever kind of text array it is; numbers come out plain.
pub fn text(values: &ArrayRef, row: usize) -> Option<String> {
    if row >= values.len() || values.is_null(row) {
        return None;
    }
    match values.data_type() {
        DataType::Utf8 => Some(values.as_string::<i32>().value(row).to_owned()),
        DataType::LargeUtf8 => Some(values.as_string::<i64>().value(row).to_owned()),
        DataType::Utf8View => Some(values.as_string_view().value(row).to_owned()),
        DataType::Int64 => Some(values.as_primitive::<Int64Type>().value(row).to_string()),
        DataType::Date32 => date::from_days(values.as_primitive::<Date32Type>().value(row)).map(pinji_locale::date),
        DataType::Dictionary(_, _) => {
            let dictionary = values.as_any_dictionary_opt()?;
            text(dictionary.values(), dictionary.normalized_keys().get(row).copied()?)
        }
        _ => None,
    }
}

/// The measure behind an input.
pub fn measure_of_input(level: &Level, at: usize) -> Option<&document::Measure> {
    let id = &level.compiled.measures.get(at)?.id;
    level.document.measures.iter().find(|measure| measure.id == *id)
}

/// What an input is called: its measure's name, the indicator's for judged ones, the policy's for another's grade.
pub fn input_name(level: &Level, at: usize) -> Text {
    let id = level
        .compiled
        .measures
        .get(at)
        .map(|measure| measure.id.clone())
        .unwrap_or_default();
    let name = level.document.name_of(&id).cloned();
    name.unwrap_or_else(|| Text::new(id.clone(), id))
}

/// What an input is counted in.
pub fn unit_of_input(level: &Level, at: usize) -> Unit {
    measure_of_input(level, at)
        .map(|measure| measure.unit.clone())
        .unwrap_or_default()
}

/// The indicator as the document has it.
pub fn indicator(level: &Level, at: usize) -> Option<&document::Indicator> {
    let id = &level.compiled.plan.parts().indicators.get(at)?.id;
    level.document.indicators.iter().find(|indicator| indicator.id == *id)
}

/// An indicator's value with its unit.
pub fn indicator_value(lang: Lang, level: &Level, at: usize, units: i64) -> String {
    match indicator(level, at) {
        Some(found) => value(lang, &found.unit, &level.document.currency, units, found.decimals),
        None => units.to_string(),
    }
}

/// Which row of a standard table chooses an indicator's bands, by the texts of its key inputs; 0 for all others.
pub fn choice(level: &Level, at: usize, text_of: impl Fn(usize) -> Option<String>) -> usize {
    let Some(Scoring::Keyed(keyed)) = level
        .compiled
        .plan
        .parts()
        .indicators
        .get(at)
        .map(|found| &found.scoring)
    else {
        return 0;
    };
    let texts: Vec<Option<String>> = keyed.keys.iter().map(|input| text_of(*input)).collect();
    let fits = |choice: &pinji_engine::Choice| {
        choice
            .keys
            .iter()
            .zip(&texts)
            .all(|(key, text)| key.is_none() || key.as_ref() == text.as_ref())
    };
    keyed.choices.iter().position(fits).unwrap_or(0)
}

/// A band in words: its name where it has one, else its bounds: `3.00% ≤ x < 8.00%`; for a map the text, for a judged
/// indicator the level. `choice` is the row of the standard table, see [`choice`]. 分档
pub fn band(lang: Lang, level: &Level, at: usize, choice: usize, band: Option<u16>, points: Option<i32>) -> String {
    let (Some(plan), Some(found)) = (level.compiled.plan.parts().indicators.get(at), indicator(level, at)) else {
        return String::new();
    };
    let number = |units: i64| value(lang, &found.unit, &level.document.currency, units, found.decimals);
    match (&plan.scoring, &found.scoring) {
        (Scoring::Direct, document::Scoring::Judged { levels, .. }) => {
            let level = levels
                .iter()
                .find(|level| points.is_some_and(|points| level.points.at(POINT_DECIMALS) == Some(i64::from(points))));
            level.map(|level| level.name.get(lang).to_owned()).unwrap_or_default()
        }
        (Scoring::Map(map), _) => match band.and_then(|band| map.entries.get(usize::from(band))) {
            Some((text, _)) => choice_name(&level.document, found, text).get(lang).to_owned(),
            None if band.is_some() => pinji_locale::word(lang, "app-band-otherwise"),
            None => String::new(),
        },
        (Scoring::Bands(bands), document::Scoring::Bands { bands: rows, .. }) if bands.bands.len() == rows.len() => {
            let Some(band) = band.map(usize::from) else {
                return String::new();
            };
            match rows.get(band) {
                Some(row) if row.name != Text::default() => row.name.get(lang).to_owned(),
                Some(row) => {
                    let low = band
                        .checked_sub(1)
                        .and_then(|before| rows.get(before))
                        .and_then(|row| row.end.as_ref());
                    let edge = |position: Option<usize>| position.and_then(|at| bands.edges.get(at)).copied();
                    written(
                        low,
                        row.end.as_ref(),
                        edge(band.checked_sub(1)),
                        edge(Some(band)),
                        &number,
                        found.decimals,
                    )
                }
                None => String::new(),
            }
        }
        (Scoring::Bands(bands), _) => band.map_or_else(String::new, |band| bounds(bands, usize::from(band), &number)),
        (Scoring::Keyed(keyed), _) => match (band, keyed.choices.get(choice)) {
            // An edge of a standard table belongs to the better side: with "lower is better" to the band below it.
            (Some(band), Some(choice)) if found.better == document::Better::Lower => {
                bounds_up_to(&choice.bands, usize::from(band), &number)
            }
            (Some(band), Some(choice)) => bounds(&choice.bands, usize::from(band), &number),
            _ => String::new(),
        },
        _ => String::new(),
    }
}

/// The bands, texts or levels of an indicator with their points, from the compiled plan: the numbers that score. 分值表
pub fn points_table(lang: Lang, level: &Level, at: usize) -> Vec<(String, String)> {
    let Some(planned) = level.compiled.plan.parts().indicators.get(at) else {
        return Vec::new();
    };
    let rows_of = |bands: &Bands, choice: usize, prefix: &str| -> Vec<(String, String)> {
        let one = |(number, band): (usize, &pinji_engine::Band)| {
            let shown = match band.from == band.to {
                true => points(band.from),
                false => format!("{} → {}", points(band.from), points(band.to)),
            };
            (
                format!(
                    "{prefix}{}",
                    self::band(lang, level, at, choice, u16::try_from(number).ok(), None)
                ),
                shown,
            )
        };
        bands.bands.iter().enumerate().map(one).collect()
    };
    match &planned.scoring {
        Scoring::Bands(bands) => rows_of(bands, 0, ""),
        Scoring::Keyed(keyed) => {
            let all = pinji_locale::word(lang, "app-key-all");
            let prefix = |choice: &pinji_engine::Choice| {
                let keys: Vec<&str> = choice.keys.iter().map(|key| key.as_deref().unwrap_or(&all)).collect();
                format!("{}: ", keys.join("/"))
            };
            keyed
                .choices
                .iter()
                .enumerate()
                .flat_map(|(at, choice)| rows_of(&choice.bands, at, &prefix(choice)))
                .collect()
        }
        Scoring::Map(map) => {
            let said = |text: &str| match indicator(level, at) {
                Some(found) => choice_name(&level.document, found, text).get(lang).to_owned(),
                None => text.to_owned(),
            };
            let listed = map.entries.iter().map(|(text, number)| (said(text), points(*number)));
            let other = map
                .otherwise
                .map(|number| (pinji_locale::word(lang, "app-band-otherwise"), points(number)));
            listed.chain(other).collect()
        }
        Scoring::Direct => match indicator(level, at).map(|found| &found.scoring) {
            Some(document::Scoring::Judged { levels, .. }) => levels.iter().map(|one| level_words(lang, one)).collect(),
            _ => Vec::new(),
        },
    }
}

fn level_words(lang: Lang, level: &document::Level) -> (String, String) {
    let (name, means) = (level.name.get(lang), level.means.get(lang));
    let shown = if means.is_empty() {
        name.to_owned()
    } else {
        format!("{name}: {means}")
    };
    (shown, level.points.to_string())
}

/// The words of a choice that a map lists by its code, where the indicator is a field with choices.
pub fn choice_name(document: &Document, found: &document::Indicator, text: &str) -> Text {
    let plain = || Text::new(text, text);
    let used = document.uses.iter().find(|used| used.alias == found.formula.trim());
    if let Some(used) = used {
        let grade = used.policy.grades.iter().find(|grade| grade.id == text);
        return grade.map_or_else(plain, |grade| grade.name.clone());
    }
    let measure = document
        .measures
        .iter()
        .find(|measure| measure.id == found.formula.trim());
    let field = measure.and_then(|measure| match &measure.from {
        MeasureFrom::Latest { kind, value, .. } => Some((kind.as_str(), value.trim())),
        MeasureFrom::Given(_) => Some(("customer", measure.id.as_str())),
        MeasureFrom::Aggregate { .. } => None,
    });
    field.map_or_else(plain, |(kind, field)| field_choice(document, kind, field, text))
}

/// The name of a choice of a record kind's field; the text itself where the field has none, or not this one.
pub fn field_choice(document: &Document, kind: &str, field: &str, text: &str) -> Text {
    choices(document, kind, field)
        .and_then(|choices| choices.iter().find(|(code, _)| code == text))
        .map_or_else(|| Text::new(text, text), |(_, name)| name.clone())
}

fn choices<'a>(document: &'a Document, kind: &str, field: &str) -> Option<&'a [(String, Text)]> {
    match &document.kinds.get(kind)?.field(field)?.ty {
        pinji_domain::FieldType::Choice(choices) => Some(choices),
        _ => None,
    }
}

/// Bounds as the file writes them, inclusive or not; a dated parameter's value is the compiled edge's.
fn written(
    low: Option<&document::BandEnd>,
    high: Option<&document::BandEnd>,
    low_edge: Option<i64>,
    high_edge: Option<i64>,
    number: &dyn Fn(i64) -> String,
    decimals: u8,
) -> String {
    let shown = |end: &document::BandEnd, edge: Option<i64>| {
        let exact = match &end.at {
            Threshold::Number(decimal) => decimal.at(decimals),
            // The edge is the first value beyond the end.
            Threshold::Parameter(_) => edge.map(|edge| if end.inclusive { edge - 1 } else { edge }),
        };
        exact.or(edge).map(number).unwrap_or_default()
    };
    let low = low.map(|end| (shown(end, low_edge), if end.inclusive { "<" } else { "≤" }));
    let high = high.map(|end| (shown(end, high_edge), if end.inclusive { "≤" } else { "<" }));
    join_bounds(low, high)
}

/// Bounds from the compiled edges.
fn bounds(bands: &Bands, band: usize, number: &dyn Fn(i64) -> String) -> String {
    let low = band
        .checked_sub(1)
        .and_then(|at| bands.edges.get(at))
        .map(|edge| (number(*edge), "≤"));
    let high = bands.edges.get(band).map(|edge| (number(*edge), "<"));
    join_bounds(low, high)
}

/// The same where the edges are the first values beyond what was written, which belongs to the band below.
fn bounds_up_to(bands: &Bands, band: usize, number: &dyn Fn(i64) -> String) -> String {
    let low = band.checked_sub(1).and_then(|at| bands.edges.get(at));
    let low = low.map(|edge| (number(edge - 1), "<"));
    let high = bands.edges.get(band).map(|edge| (number(edge - 1), "≤"));
    join_bounds(low, high)
}

fn join_bounds(low: Option<(String, &str)>, high: Option<(String, &str)>) -> String {
    match (low, high) {
        (None, None) => "–".to_owned(),
        (None, Some((high, sign))) => format!("{sign} {high}"),
        (Some((low, "≤")), None) => format!("≥ {low}"),
        (Some((low, _)), None) => format!("> {low}"),
        (Some((low, left)), Some((high, right))) => format!("{low} {left} x {right} {high}"),
    }
}

/// A formula with the figures of one subject in it: each name replaced by what `find` says of it. 代入公式
pub fn formula_with_numbers(formula: &str, find: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(formula.len() + 16);
    let mut word = String::new();
    let mut quoted = false;
    let flush = |word: &mut String, out: &mut String| {
        if !word.is_empty() {
            out.push_str(&find(word).unwrap_or_else(|| word.clone()));
            word.clear();
        }
    };
    for character in formula.chars() {
        if character == '\'' {
            flush(&mut word, &mut out);
            quoted = !quoted;
            out.push(character);
        } else if !quoted && (character.is_alphanumeric() || character == '_' || character == '.' && !word.is_empty()) {
            word.push(character);
        } else {
            flush(&mut word, &mut out);
            out.push(character);
        }
    }
    flush(&mut word, &mut out);
    out
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

    #[test]
    fn values_carry_their_units() {
        let check = |unit: Unit, units: i64, decimals: u8, zh: &str, en: &str| {
            assert_eq!(value(Lang::Zh, &unit, "CNY", units, decimals), zh);
            assert_eq!(value(Lang::En, &unit, "CNY", units, decimals), en);
        };
        check(Unit::Money, 123_456_700, 2, "1,234,567.00 元", "CNY 1,234,567.00");
        check(Unit::Ratio, 800, 4, "8.00%", "8.00%");
        check(Unit::Days, 30, 0, "30 天", "30 days");
        check(Unit::Other(Text::new("倍", "times")), 15, 1, "1.5 倍", "1.5 times");
        check(Unit::Count, 1_200, 0, "1,200", "1,200");
    }

    #[test]
    fn points_weights_and_shares_lose_no_digit() {
        assert_eq!(points(1_000_000), "100");
        assert_eq!(points(625_000), "62.5");
        assert_eq!(weight(1_200, 2), "12.00%");
        assert_eq!(weight(3_333, 2), "33.33%");
        assert_eq!(share(9_250), "92.5%");
    }

    #[test]
    fn formulas_take_their_numbers() {
        let find = |name: &str| match name {
            "net_profit" => Some("9,600,000.00".to_owned()),
            "revenue" => Some("120,000,000.00".to_owned()),
            _ => None,
        };
        let check = |formula: &str, wanted: &str| assert_eq!(formula_with_numbers(formula, &find), wanted);
        check(
            "net_profit / nullif(revenue, 0)",
            "9,600,000.00 / nullif(120,000,000.00, 0)",
        );
        check(
            "case when status = 'revenue' then 1.5 else net_profit end",
            "case when status = 'revenue' then 1.5 else 9,600,000.00 end",
        );
    }

    #[test]
    fn bounds_read_as_written() {
        let number = |units: i64| units.to_string();
        let bands = Bands {
            edges: vec![3, 8],
            bands: Vec::new(),
        };
        let found: Vec<String> = (0..3).map(|band| bounds(&bands, band, &number)).collect();
        assert_eq!(found, ["< 3", "3 ≤ x < 8", "≥ 8"]);
    }
}

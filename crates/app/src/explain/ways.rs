//! Ways up and down in words: which values would move the grade. 升级与降级路径

use pinji_domain::number::to_f64;
use pinji_domain::{Lang, Message};
use pinji_engine::plan::POINT_DECIMALS;
use pinji_engine::{Change, Scoring, Way};
use pinji_locale::say;
use pinji_policy::document::Better;
use pinji_query::batch::View;

use super::{TargetView, WayView, band, line_value};
use crate::rated::Layer;
use crate::words;

/// Ways shown in each direction.
const WAYS: usize = 3;

/// `way_up` or `way_down`.
pub(super) type FindWays = fn(&pinji_engine::Plan, &pinji_engine::Batch<'_>, usize, usize) -> Vec<Way>;

/// The smallest changes that move a customer's grade.
pub(super) fn ways(layer: &Layer, row: usize, lang: Lang, find: FindWays) -> Vec<WayView> {
    let plan = &layer.level.compiled.plan;
    let view = View::new(&layer.measured);
    let found = find(plan, &view.batch(row..row + 1), 0, WAYS);
    let shown = |way: Way| WayView {
        grade: layer.grade_name(lang, Some(way.grade)),
        changes: way
            .changes
            .iter()
            .map(|change| change_words(layer, row, change, lang))
            .collect(),
        targets: way.changes.iter().map(|change| target(layer, change)).collect(),
        shares_measure: way.shares_input,
    };
    found.into_iter().map(shown).collect()
}

fn change_words(layer: &Layer, row: usize, change: &Change, lang: Lang) -> String {
    let at = change.indicator;
    let name = words::indicator(&layer.level, at)
        .map(|found| found.name.clone())
        .unwrap_or_default();
    let message = match change.value.filter(|_| is_interpolated(layer, row, change)) {
        // Inside such a band every value has points of its own: the band alone would promise too much.
        Some(value) => Message::new("app-way-value")
            .with("value", words::indicator_value(lang, &layer.level, at, value))
            .with("side", side(layer, row, at, value)),
        None => Message::new("app-way-change").with(
            "band",
            band(layer, row, at, Some(change.to), Some(change.points.1), lang),
        ),
    };
    let message = message
        .with("indicator", name)
        .with("now", line_value(layer, row, at, lang))
        .with("before", words::points(change.points.0))
        .with("after", words::points(change.points.1));
    say(lang, &message)
}

/// Whether the points of the band that a change leads to run from end to end.
fn is_interpolated(layer: &Layer, row: usize, change: &Change) -> bool {
    let text_of = |input: usize| words::text(&layer.measured.columns.get(input)?.values, row);
    let indicator = layer.level.compiled.plan.parts().indicators.get(change.indicator);
    let bands = match indicator.map(|indicator| &indicator.scoring) {
        Some(Scoring::Bands(bands)) => Some(bands),
        Some(Scoring::Keyed(keyed)) => {
            let choice = words::choice(&layer.level, change.indicator, text_of);
            keyed.choices.get(choice).map(|choice| &choice.bands)
        }
        _ => None,
    };
    let band = bands.and_then(|bands| bands.bands.get(usize::from(change.to)));
    band.is_some_and(|band| band.from != band.to)
}

/// On which side of a value others do as well: above, below, or, where neither is better, on none.
fn side(layer: &Layer, row: usize, at: usize, value: i64) -> &'static str {
    let better = words::indicator(&layer.level, at).map(|found| found.better);
    let now = layer.book.line(row, at).and_then(|line| line.value);
    match (better, now) {
        (None | Some(Better::Neither), _) | (_, None) => "none",
        (_, Some(now)) if now < value => "above",
        _ => "below",
    }
}

/// The same for programs.
fn target(layer: &Layer, change: &Change) -> TargetView {
    let indicator = layer.level.compiled.plan.parts().indicators.get(change.indicator);
    TargetView {
        indicator: indicator.map(|found| found.id.clone()).unwrap_or_default(),
        value: indicator.and_then(|found| change.value.map(|units| to_f64(units, found.decimals))),
        band: change.to,
        points: to_f64(i64::from(change.points.1), POINT_DECIMALS),
    }
}

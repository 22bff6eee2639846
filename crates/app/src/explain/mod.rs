//! One customer's grade on one screen: why, by which figures, and what would change it. 解释

use std::path::Path;

use pinji_domain::number::{grouped, to_f64};
use pinji_domain::{Lang, Message, Text};
use pinji_engine::{way_down, way_up};
use pinji_locale::say;
use pinji_policy::{CompiledMeasure, MeasureSource};

use crate::book::Counting;
use crate::error::AppError;
use crate::left_out::{self, LeftRow};
use crate::progress::Progress;
use crate::rated::{Layer, Rated};
use crate::run_folder;
use crate::view::policy_page::{entitlement, of_members};
use crate::words;

mod group;
mod members;
mod model;
mod ways;

use ways::ways;

pub use model::{
    BoundView, DimensionView, Explanation, FormulaView, GroupView, LineView, MeasureView, MemberView, MissingView,
    NotchView, ScoreView, TargetView, UsedView, WayView,
};

/// Explains a customer of a run. 解释某客户的等级
///
/// # Errors
/// When the folder is not a run, keeps no snapshot, or has no such customer.
pub fn explain(run: &Path, customer: &str, lang: Lang, progress: &dyn Progress) -> Result<Explanation, AppError> {
    let (rated, manifest) = run_folder::rated(run, progress)?;
    let left_out = left_out::of_run(run, &manifest)?;
    let Some(row) = rated.main.find(customer) else {
        let rows = sentences(&left_out, customer, lang);
        if !rows.is_empty() {
            let message = Message::new("app-customer-left-out").with("customer", customer);
            let between = pinji_locale::word(lang, "app-separator");
            return Err(AppError::Refused(message.with("rows", rows.join(&between))));
        }
        let near = near(&rated.main, customer);
        let code = if near.is_empty() {
            "app-no-such-customer"
        } else {
            "app-no-such-customer-near"
        };
        let message = Message::new(code).with("customer", customer);
        return Err(AppError::Failed(if near.is_empty() {
            message
        } else {
            message.with("near", near.join(", "))
        }));
    };
    let left_out = sentences(&left_out, &rated.main.id(row), lang);
    Ok(Explanation {
        left_out,
        ..of_row(&rated, row, lang)
    })
}

/// The rows about a customer that were left out, in sentences.
fn sentences(rows: &[LeftRow], customer: &str, lang: Lang) -> Vec<String> {
    let about = left_out::about(rows, customer).into_iter();
    about.map(|row| say(lang, &row.message(lang))).collect()
}

/// Customers whose id or name has the wanted text in it, for "did you mean".
fn near(layer: &Layer, wanted: &str) -> Vec<String> {
    let wanted = wanted.trim().to_lowercase();
    if wanted.is_empty() {
        return Vec::new();
    }
    let fits = |row: &usize| {
        layer.id(*row).to_lowercase().contains(&wanted)
            || layer
                .about("name", *row)
                .is_some_and(|name| name.to_lowercase().contains(&wanted))
    };
    let shown = |row: usize| match layer.about("name", row) {
        Some(name) => format!("{} {name}", layer.id(row)),
        None => layer.id(row),
    };
    (0..layer.book.rows()).filter(fits).take(5).map(shown).collect()
}

/// Explains the customer in a row.
pub fn of_row(rated: &Rated, row: usize, lang: Lang) -> Explanation {
    let layer = &rated.main;
    let document = &layer.level.document;
    let grade = layer.book.grade(row);
    let entry = grade.and_then(|grade| document.grades.get(usize::from(grade)));
    Explanation {
        id: layer.id(row),
        name: layer.about("name", row),
        as_of: pinji_locale::date(rated.as_of),
        policy: format!("{} {}", document.name.get(lang), document.version),
        grade: entry.map(|grade| grade.id.clone()),
        grade_name: layer.grade_name(lang, grade),
        class: entry.map(|grade| grade.class.clone()).unwrap_or_default(),
        why: why(layer, row, lang),
        scores: scores(layer, row, lang),
        dimensions: dimensions(layer, row, lang),
        bounds: bounds(layer, row, lang),
        group: group::view(layer, row, lang),
        missing: missing(layer, row, lang),
        left_out: Vec::new(),
        way_up: ways(layer, row, lang, way_up),
        way_down: ways(layer, row, lang, way_down),
        formulas: formulas(layer, row, lang),
        measures: measures(layer, row, lang),
        entitlements: entry
            .map(|grade| {
                let named = |(name, value): &(String, String)| (entitlement(name).get(lang).to_owned(), value.clone());
                grade.entitlements.iter().map(named).collect()
            })
            .unwrap_or_default(),
        used: rated
            .used
            .iter()
            .filter_map(|used| used_view(layer, used, row, lang))
            .collect(),
    }
}

/// Why the grade is what it is: the rule that held, what bounds it, what is missing, what lost most. 理由
pub fn why(layer: &Layer, row: usize, lang: Lang) -> Vec<String> {
    let document = &layer.level.document;
    let mut out = Vec::new();
    match (layer.book.grade(row), layer.book.why(row)) {
        (Some(grade), _) => {
            let grade = document.grades.get(usize::from(grade));
            let bound = !layer.book.caps(row).is_empty() || !layer.book.floors(row).is_empty();
            if let Some(grade) = grade.filter(|_| !bound) {
                let message = match grade.when.is_empty() {
                    true => Message::new("app-why-last").with("grade", grade.name.clone()),
                    false => Message::new("app-why-rule")
                        .with("grade", grade.name.clone())
                        .with("when", layer.level.condition(&grade.when)),
                };
                out.push(say(lang, &message));
            }
        }
        (None, why) => out.push(say(
            lang,
            &Message::new(match why {
                Some(crate::book::Why::Coverage) => "app-why-coverage",
                Some(crate::book::Why::NoLines) => "app-why-no-lines",
                _ => "app-why-refused",
            }),
        )),
    }
    for bound in bounds(layer, row, lang) {
        let code = match bound.kind {
            "cap" => "app-why-cap",
            "floor" => "app-why-floor",
            _ => "app-why-group",
        };
        out.push(say(
            lang,
            &Message::new(code)
                .with("grade", bound.grade)
                .with("reason", bound.reason),
        ));
    }
    out.extend(losses(layer, row, lang));
    out
}

/// The indicators that lost most, each with its value and points, and where there are several scores with what it costs
/// in the score where it costs most.
pub fn losses(layer: &Layer, row: usize, lang: Lang) -> Vec<String> {
    let one = |at: usize| {
        let found = words::indicator(&layer.level, at)?;
        let line = layer.book.line(row, at);
        let points = line
            .and_then(|line| line.points)
            .map_or_else(|| "–".to_owned(), words::points);
        let mut message = Message::new("app-why-loss");
        if let Some((score, lost)) = dearest(layer, row, at) {
            message = Message::new("app-why-loss-of").with("score", score).with("lost", lost);
        }
        let message = message
            .with("indicator", found.name.clone())
            .with("value", line_value(layer, row, at, lang))
            .with("points", points);
        Some(say(lang, &message))
    };
    layer.book.losses(row).into_iter().filter_map(one).collect()
}

/// The score in which an indicator costs most, and how much; `None` where there is but one score, or it costs nothing.
fn dearest(layer: &Layer, row: usize, indicator: usize) -> Option<(Text, String)> {
    let plan = &layer.level.compiled.plan;
    let scores = &plan.parts().scores;
    if scores.len() < 2 {
        return None;
    }
    let mut counting = Counting::default();
    let cost = |(at, score): (usize, &pinji_engine::Score)| {
        let lines = counting.lines(plan, &layer.book, row, at);
        let counted = lines.into_iter().find(|counted| counted.indicator == indicator)?;
        let lost = plan.contribution(pinji_engine::plan::FULL_POINTS, counted.weight) - counted.contribution;
        let named = layer.level.document.scores.iter().find(|named| named.id == score.id)?;
        (lost > 0).then(|| {
            (
                to_f64(lost, score.decimals),
                named.name.clone(),
                grouped(lost, score.decimals),
            )
        })
    };
    let costs: Vec<(f64, Text, String)> = scores.iter().enumerate().filter_map(cost).collect();
    // Of equal costs the score that the policy names first.
    let most = costs.into_iter().rev().max_by(|one, other| one.0.total_cmp(&other.0))?;
    Some((most.1, most.2))
}

/// A line's value with unit, or why there is none.
pub fn line_value(layer: &Layer, row: usize, at: usize, lang: Lang) -> String {
    let Some(line) = layer.book.line(row, at) else {
        return String::new();
    };
    match (line.value, line.cause) {
        (Some(units), _) => words::indicator_value(lang, &layer.level, at, units),
        (None, Some(cause)) => words::cause(lang, Some(cause)),
        // A text: its band says which one, except for those that are not on the map.
        (None, None) => match (text_value(layer, row, at), words::indicator(&layer.level, at)) {
            (Some(text), Some(found)) => words::choice_name(&layer.level.document, found, &text)
                .get(lang)
                .to_owned(),
            _ => band(layer, row, at, line.band, line.points, lang),
        },
    }
}

/// A band of a subject's indicator in words; with a standard table the subject's own texts choose the row.
pub fn band(layer: &Layer, row: usize, at: usize, band: Option<u16>, points: Option<i32>, lang: Lang) -> String {
    let text_of = |input: usize| words::text(&layer.measured.columns.get(input)?.values, row);
    words::band(
        lang,
        &layer.level,
        at,
        words::choice(&layer.level, at, text_of),
        band,
        points,
    )
}

/// The text that a map indicator looked up, where it is an input as it is.
pub fn text_value(layer: &Layer, row: usize, at: usize) -> Option<String> {
    match &layer.level.compiled.plan.parts().indicators.get(at)?.source {
        pinji_engine::Source::Input(input) => words::text(&layer.measured.columns.get(*input)?.values, row),
        pinji_engine::Source::Formula(_) => None,
    }
}

fn scores(layer: &Layer, row: usize, lang: Lang) -> Vec<ScoreView> {
    let plan = &layer.level.compiled.plan;
    let mut counting = Counting::default();
    let view = |(at, score): (usize, &pinji_engine::Score)| {
        let named = layer.level.document.scores.iter().find(|named| named.id == score.id);
        let value = layer.book.score(row, at);
        let lines = counting.lines(plan, &layer.book, row, at);
        ScoreView {
            id: score.id.clone(),
            name: named.map_or_else(|| score.id.clone(), |named| named.name.get(lang).to_owned()),
            value: value.map(|units| grouped(units, score.decimals)),
            number: value.map(|units| to_f64(units, score.decimals)),
            coverage: words::share(layer.book.coverage(row, at)),
            lines: lines
                .into_iter()
                .map(|counted| {
                    let indicator = counted.indicator;
                    let line = layer.book.line(row, indicator);
                    let points = line.and_then(|line| line.points);
                    let found = words::indicator(&layer.level, indicator);
                    LineView {
                        indicator: found.map(|found| found.id.clone()).unwrap_or_default(),
                        name: found.map(|found| found.name.get(lang).to_owned()).unwrap_or_default(),
                        value: line_value(layer, row, indicator, lang),
                        band: band(layer, row, indicator, line.and_then(|line| line.band), points, lang),
                        points: points.map(words::points).unwrap_or_default(),
                        weight: words::weight(counted.weight, score.decimals),
                        contribution: grouped(counted.contribution, score.decimals),
                        number: to_f64(counted.contribution, score.decimals),
                    }
                })
                .collect(),
        }
    };
    plan.parts().scores.iter().enumerate().map(view).collect()
}

fn dimensions(layer: &Layer, row: usize, lang: Lang) -> Vec<DimensionView> {
    let plan = layer.level.compiled.plan.parts();
    let view = |(at, dimension): (usize, &pinji_engine::Dimension)| {
        let named = layer
            .level
            .document
            .dimensions
            .iter()
            .find(|named| named.id == dimension.id);
        DimensionView {
            id: dimension.id.clone(),
            name: named.map_or_else(|| dimension.id.clone(), |named| named.name.get(lang).to_owned()),
            points: layer.book.dimension(row, at),
        }
    };
    plan.dimensions.iter().enumerate().map(view).collect()
}

/// Caps and floors that bind, and the group's bound where it lowers.
pub fn bounds(layer: &Layer, row: usize, lang: Lang) -> Vec<BoundView> {
    let document = &layer.level.document;
    let parts = layer.level.compiled.plan.parts();
    let view = |kind: &'static str, bound: &pinji_engine::Bound, written: &[pinji_policy::document::Bound]| {
        let found = written.iter().find(|found| found.id == bound.id);
        let grade = document
            .grades
            .get(bound.grade)
            .map(|grade| grade.name.get(lang).to_owned());
        BoundView {
            kind,
            id: bound.id.clone(),
            grade: grade.unwrap_or_default(),
            reason: found.map(|found| found.reason.get(lang).to_owned()).unwrap_or_default(),
            when: found
                .map(|found| layer.level.condition(&found.when).get(lang).to_owned())
                .unwrap_or_default(),
            clause: found.map(|found| found.clause.clone()).unwrap_or_default(),
        }
    };
    let caps = layer
        .book
        .caps(row)
        .into_iter()
        .filter_map(|at| parts.caps.get(at))
        .map(|cap| view("cap", cap, &document.caps));
    let floors = layer
        .book
        .floors(row)
        .into_iter()
        .filter_map(|at| parts.floors.get(at))
        .map(|floor| view("floor", floor, &document.floors));
    caps.chain(floors).chain(group::bound(layer, row, lang)).collect()
}

/// What is missing, why, and what the policy does about it.
pub fn missing(layer: &Layer, row: usize, lang: Lang) -> Vec<MissingView> {
    let view = |at: usize| {
        let found = words::indicator(&layer.level, at)?;
        let line = layer.book.line(row, at);
        let effect = match layer.level.compiled.plan.parts().indicators.get(at)?.missing {
            pinji_engine::Missing::Refuse => Message::new("app-missing-refuse"),
            pinji_engine::Missing::Reweight => Message::new("app-missing-reweight"),
            pinji_engine::Missing::Points(points) => {
                Message::new("app-missing-points").with("points", words::points(points))
            }
        };
        Some(MissingView {
            indicator: found.id.clone(),
            name: found.name.get(lang).to_owned(),
            cause: words::cause(lang, line.and_then(|line| line.cause)),
            effect: say(lang, &effect),
        })
    };
    layer.book.missing(row).into_iter().filter_map(view).collect()
}

fn formulas(layer: &Layer, row: usize, lang: Lang) -> Vec<FormulaView> {
    let inputs = &layer.level.compiled.plan.parts().inputs;
    let number = |name: &str| -> Option<String> {
        let at = inputs.iter().position(|input| input.id == name)?;
        let values = &layer.measured.columns.get(at)?.values;
        Some(
            words::input(lang, &layer.level, at, values, row)
                .unwrap_or_else(|| pinji_locale::word(lang, "app-nothing")),
        )
    };
    let view = |(at, indicator): (usize, &pinji_engine::Indicator)| {
        let found = layer
            .level
            .document
            .indicators
            .iter()
            .find(|found| found.id == indicator.id)?;
        // A bare measure is its own formula; the lines show its value already.
        let bare = inputs.iter().any(|input| input.id == found.formula.trim());
        if bare || matches!(found.scoring, pinji_policy::document::Scoring::Judged { .. }) {
            return None;
        }
        Some(FormulaView {
            indicator: found.id.clone(),
            name: found.name.get(lang).to_owned(),
            formula: found.formula.clone(),
            with_numbers: words::formula_with_numbers(&found.formula, &number),
            value: line_value(layer, row, at, lang),
            clause: found.clause.clone(),
        })
    };
    layer
        .level
        .compiled
        .plan
        .parts()
        .indicators
        .iter()
        .enumerate()
        .filter_map(view)
        .collect()
}

fn measures(layer: &Layer, row: usize, lang: Lang) -> Vec<MeasureView> {
    let view = |(at, measure): (usize, &CompiledMeasure)| {
        let column = layer.measured.columns.get(at)?;
        let value = words::input(lang, &layer.level, at, &column.values, row).unwrap_or_else(|| {
            let cause = column
                .causes
                .as_ref()
                .and_then(|causes| causes.get(row))
                .copied()
                .unwrap_or(0);
            words::cause(lang, pinji_domain::MissingCause::from_number(cause))
        });
        Some(MeasureView {
            id: measure.id.clone(),
            name: words::input_name(&layer.level, at).get(lang).to_owned(),
            value,
            source: source(layer, measure, lang),
            members: members::views(layer, at, row, lang),
        })
    };
    layer
        .level
        .compiled
        .measures
        .iter()
        .enumerate()
        .filter_map(view)
        .collect()
}

/// Where a measure comes from, in words.
fn source(layer: &Layer, measure: &CompiledMeasure, lang: Lang) -> String {
    let kind_name = |id: &str| {
        layer
            .level
            .document
            .kinds
            .get(id)
            .map_or_else(|| Text::new(id, id), |kind| kind.name.clone())
    };
    let period = |period: &Option<pinji_domain::Period>| period.map(|period| pinji_locale::period(lang, period));
    let message = match &measure.source {
        MeasureSource::Given(_) => Message::new("app-source-given"),
        MeasureSource::Latest { kind, fresh, .. } => match period(fresh) {
            Some(fresh) => Message::new("app-source-latest-fresh")
                .with("kind", kind_name(kind))
                .with("fresh", fresh),
            None => Message::new("app-source-latest").with("kind", kind_name(kind)),
        },
        MeasureSource::Aggregate { kind, over, .. } => match period(over) {
            Some(over) => Message::new("app-source-window")
                .with("kind", kind_name(kind))
                .with("over", over),
            None => Message::new("app-source-all").with("kind", kind_name(kind)),
        },
        MeasureSource::Judged { .. } => Message::new("app-source-judged"),
        MeasureSource::Grade { alias } => Message::new("app-source-grade").with("alias", alias.clone()),
        MeasureSource::GroupGrade => Message::new("app-source-group-grade").with(
            "policy",
            layer
                .level
                .document
                .group
                .as_ref()
                .map(|group| group.policy.clone())
                .unwrap_or_default(),
        ),
    };
    let mut written = layer.level.document.measures.iter();
    let written = written.find(|written| written.id == measure.id);
    say(
        lang,
        &of_members(message, written.and_then(|written| written.members.as_ref())),
    )
}

fn used_view(main: &Layer, used: &Layer, row: usize, lang: Lang) -> Option<UsedView> {
    // The subjects of the groups' policy are others, even where one should be called as a customer is.
    if used.level.compiled.subject != main.level.compiled.subject {
        return None;
    }
    let there = crate::rated::Lookup::new(&used.measured.ids).find(&main.measured.ids, row)?;
    Some(UsedView {
        alias: used.level.alias.clone(),
        policy: used.level.document.name.get(lang).to_owned(),
        grade: used.grade_name(lang, used.book.grade(there)),
        why: why(used, there, lang),
    })
}

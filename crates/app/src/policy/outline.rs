//! What a policy says, short enough for a terminal. 标准概要

use pinji_domain::number::to_f64;
use pinji_domain::{Lang, Message};
use pinji_engine::Missing;
use serde::Serialize;

use crate::error::AppError;
use crate::regulation::{Level, Origin, Regulation};
use crate::view::{condition, policy_page};
use crate::words;

/// A policy in short. 标准概要
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outline {
    /// Its name.
    pub name: String,
    /// Its id and version.
    pub policy: (String, String),
    /// From when it is in force.
    pub effective: Option<String>,
    /// What it is for.
    pub purpose: String,
    /// Scores: name, and the dimensions with their shares.
    pub scores: Vec<(String, Vec<(String, String)>)>,
    /// Indicators.
    pub indicators: Vec<OutlineIndicator>,
    /// Grades, best first: name, class, condition in words, how often reviewed.
    pub grades: Vec<(String, String, String, String)>,
    /// Caps and floors: reason, grade, condition in words.
    pub bounds: Vec<(String, String, String)>,
    /// Guarantees as written.
    pub guarantees: Vec<String>,
}

/// An indicator in short.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OutlineIndicator {
    /// Its dimension.
    pub dimension: String,
    /// Its name.
    pub name: String,
    /// Its formula; who judges, for judged ones.
    pub formula: String,
    /// Its share of the first score that weighs it.
    pub weight: String,
    /// Where its values come from.
    pub source: String,
    /// Bands, texts or levels, and points.
    pub points: Vec<(String, String)>,
    /// What a missing value does.
    pub missing: String,
}

/// Explains a policy. 解释标准
///
/// # Errors
/// When it cannot be read or used.
pub fn explain(origin: &Origin, lang: Lang) -> Result<Outline, AppError> {
    let regulation = Regulation::read(origin)?;
    let document = regulation.usable()?;
    let as_of = document.effective.unwrap_or_default();
    let level = regulation
        .levels(as_of)?
        .pop()
        .ok_or_else(|| AppError::Failed(Message::new("app-no-policy")))?;
    let dimension_name = |id: &str| {
        let found = document.dimensions.iter().find(|found| found.id == id);
        found.map_or_else(|| id.to_owned(), |found| found.name.get(lang).to_owned())
    };
    let scores = document.scores.iter().map(|score| {
        let all: f64 = score.weights.iter().map(|(_, weight)| weight.to_f64()).sum();
        let share = |weight: f64| format!("{:.1}%", if all > 0.0 { weight / all * 100.0 } else { 0.0 });
        let weights = score
            .weights
            .iter()
            .map(|(id, weight)| (dimension_name(id), share(weight.to_f64())));
        (score.name.get(lang).to_owned(), weights.collect())
    });
    let grades = document.grades.iter().map(|grade| {
        let when = match grade.when.is_empty() {
            true => pinji_locale::word(lang, "app-otherwise"),
            false => condition::words(document, &grade.when).get(lang).to_owned(),
        };
        let review = grade
            .review_every
            .map(|period| pinji_locale::period(lang, period))
            .unwrap_or_default();
        (grade.name.get(lang).to_owned(), grade.class.clone(), when, review)
    });
    let bounds = document.caps.iter().chain(&document.floors).map(|bound| {
        let grade = document.grades.iter().find(|grade| grade.id == bound.grade);
        let grade = grade.map(|grade| grade.name.get(lang).to_owned()).unwrap_or_default();
        (
            bound.reason.get(lang).to_owned(),
            grade,
            condition::words(document, &bound.when).get(lang).to_owned(),
        )
    });
    Ok(Outline {
        name: document.name.get(lang).to_owned(),
        policy: (document.id.clone(), document.version.clone()),
        effective: document.effective.map(pinji_locale::date),
        purpose: document.purpose.get(lang).to_owned(),
        scores: scores.collect(),
        indicators: (0..level.compiled.plan.parts().indicators.len())
            .filter_map(|at| indicator(&level, at, lang))
            .collect(),
        grades: grades.collect(),
        bounds: bounds.collect(),
        guarantees: document
            .guarantees
            .iter()
            .map(|guarantee| guarantee.says.clone())
            .collect(),
    })
}

fn indicator(level: &Level, at: usize, lang: Lang) -> Option<OutlineIndicator> {
    let found = words::indicator(level, at)?;
    let plan = &level.compiled.plan;
    let planned = plan.parts().indicators.get(at)?;
    let dimension = level
        .document
        .dimensions
        .iter()
        .find(|dimension| dimension.id == found.dimension);
    let weight = plan.parts().scores.iter().enumerate().find_map(|(score, about)| {
        let weight = plan
            .nominal_weights(score)
            .get(at)
            .copied()
            .filter(|weight| *weight > 0)?;
        Some(format!("{:.2}%", to_f64(weight, about.decimals)))
    });
    let measure = level
        .document
        .measures
        .iter()
        .find(|measure| measure.id == found.formula.trim());
    let judged = matches!(found.scoring, pinji_policy::document::Scoring::Judged { .. });
    Some(OutlineIndicator {
        dimension: dimension
            .map(|dimension| dimension.name.get(lang).to_owned())
            .unwrap_or_default(),
        name: found.name.get(lang).to_owned(),
        formula: if judged {
            pinji_locale::word(lang, "app-source-judged")
        } else {
            found.formula.clone()
        },
        weight: weight.unwrap_or_default(),
        source: measure
            .map(|measure| policy_page::source(&level.document, measure).get(lang).to_owned())
            .unwrap_or_default(),
        points: words::points_table(lang, level, at),
        missing: match planned.missing {
            Missing::Refuse => pinji_locale::word(lang, "app-missing-refuse"),
            Missing::Reweight => pinji_locale::word(lang, "app-missing-reweight"),
            Missing::Points(points) => pinji_locale::say(
                lang,
                &Message::new("app-missing-points").with("points", words::points(points)),
            ),
        },
    })
}

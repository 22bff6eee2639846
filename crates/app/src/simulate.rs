//! What another policy would do to the same book. 模拟

use std::path::PathBuf;

use pinji_domain::{Date, Lang, Message};
use pinji_policy::document::Subject;
use pinji_policy::{CompiledMeasure, CompiledMembers, CompiledRule, MeasureSource};
use pinji_query::{Measured, MeasuredColumn};
use serde::Serialize;

use crate::error::AppError;
use crate::intake::{self, Reading};
use crate::lacks;
use crate::manifest::Manifest;
use crate::movement::{self, Movement};
use crate::progress::Progress;
use crate::rated::{self, Layer, Rated};
use crate::regulation::{Level, Origin, Regulation, ungrouped};
use crate::run_folder;

/// Which book to simulate on. 模拟对象
#[derive(Debug, Clone)]
pub enum On {
    /// A run: its policy against another, on its snapshot.
    Run(PathBuf),
    /// Data: one policy against another.
    Data {
        /// The policy now.
        policy: Origin,
        /// The data.
        data: PathBuf,
        /// As of when.
        as_of: Date,
        /// How to read them.
        reading: Reading,
    },
}

/// What is asked. 模拟请求
#[derive(Debug, Clone)]
pub struct SimulateRequest {
    /// The book.
    pub on: On,
    /// The other policy.
    pub against: Origin,
    /// The measure that says what a customer is worth.
    pub money: Option<String>,
    /// How many movers to list.
    pub top: usize,
    /// The reader's language.
    pub lang: Lang,
}

/// What came out. 模拟结果
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Simulation {
    /// As of when.
    pub as_of: String,
    /// The policy now, in words.
    pub policy: String,
    /// The other policy, in words.
    pub against: String,
    /// What the other policy changes, in words.
    pub changes: Vec<String>,
    /// Whether it changes something and yet goes by the same id and version.
    pub same_version: bool,
    /// How many customers.
    pub customers: u64,
    /// Who would move.
    pub movement: Movement,
}

/// Simulates. 模拟
///
/// # Errors
/// When a policy cannot be used, the data cannot be read, or the run's snapshot lacks a measure of the other policy.
pub fn simulate(request: &SimulateRequest, progress: &dyn Progress) -> Result<Simulation, AppError> {
    let against = Regulation::read(&request.against)?;
    let (before, after) = match &request.on {
        On::Run(run) => {
            let (rated, manifest) = run_folder::rated(run, progress)?;
            let after = on_snapshot(&rated, &manifest, &against)?;
            (rated, after)
        }
        On::Data {
            policy,
            data,
            as_of,
            reading,
        } => {
            let now = Regulation::read(policy)?;
            let (now, then) = (now.levels(*as_of)?, against.levels(*as_of)?);
            // Each policy may read what the other does not.
            let both: Vec<Level> = now.iter().chain(&then).cloned().collect();
            lacks::check(&reading.without, &both)?;
            let own = |levels: &[Level]| Reading {
                without: lacks::own(&reading.without, levels),
                ..reading.clone()
            };
            let (reading_now, reading_then) = (own(&now), own(&then));
            let before = intake::rate(data, now, *as_of, &reading_now, None, progress)?;
            let after = intake::rate(data, then, *as_of, &reading_then, None, progress)?;
            (before.rated, after.rated)
        }
    };
    let money = after
        .main
        .money(request.money.as_deref())
        .or_else(|error| match request.money {
            // The measure may be one that the other policy no longer has.
            Some(_) => before.main.money(request.money.as_deref()).and(Err(error)),
            None => Err(error),
        })?;
    let title = |rated: &Rated| {
        let document = &rated.main.level.document;
        format!("{} {}", document.name.get(request.lang), document.version)
    };
    let (now, then) = (&before.main.level.document, &after.main.level.document);
    let changes = pinji_policy::diff::diff(now, then);
    Ok(Simulation {
        changes: changes
            .iter()
            .map(|change| pinji_locale::say(request.lang, change))
            .collect(),
        same_version: !changes.is_empty() && (&now.id, &now.version) == (&then.id, &then.version),
        as_of: pinji_locale::date(before.as_of),
        policy: title(&before),
        against: title(&after),
        customers: after.rows() as u64,
        movement: movement::compare(&before.main, &after.main, money, request.lang, request.top),
    })
}

/// Grades a run's snapshot by another policy, whose measures must all be in it.
fn on_snapshot(rated: &Rated, manifest: &Manifest, against: &Regulation) -> Result<Rated, AppError> {
    let levels = against.levels(rated.as_of)?;
    // Groups that the run did not grade, or whose grades a sheet gave, cannot be graded by another policy either.
    let levels = match rated.used.iter().any(|layer| is_of_groups(&layer.level)) {
        true => levels,
        false => ungrouped(levels),
    };
    let wide = manifest.data.layout == "wide";
    let mut layers: Vec<Layer> = Vec::with_capacity(levels.len());
    for level in levels {
        let mut measured = borrow(rated, &level, &layers, wide)?;
        if level.group.is_some() {
            rated::fill_group_grades(&level, &mut measured, &layers);
        }
        layers.push(rated::layer(level, measured, intake::threads(None))?);
    }
    rated::together(layers, rated.as_of)
}

fn is_of_groups(level: &Level) -> bool {
    level.compiled.subject == Subject::Group
}

/// Whether two policies make a measure of the same figures of members in the same way.
fn same_members(one: &Level, its: &CompiledMeasure, other: &Level, their: &CompiledMeasure) -> bool {
    let (Some(mine), Some(theirs)) = (&its.members, &their.members) else {
        return its.members.is_none() && their.members.is_none();
    };
    let by = |level: &Level, how: &CompiledMembers| match how.rule {
        CompiledRule::Weighted(by) => level.compiled.measures.get(by).cloned(),
        _ => None,
    };
    // Where a weight stands in the policy says nothing; what it is does. How it is put together itself only counts for its group.
    let figures = |measure: CompiledMeasure| {
        let consolidated = measure.members.and_then(|how| how.consolidated);
        (measure.id, measure.ty, measure.source, consolidated)
    };
    let rule = match (mine.rule, theirs.rule) {
        (CompiledRule::Weighted(_), CompiledRule::Weighted(_)) => {
            by(one, mine).map(figures) == by(other, theirs).map(figures)
        }
        (mine, theirs) => mine == theirs,
    };
    rule && mine.consolidated == theirs.consolidated && mine.complete == theirs.complete
}

/// The columns that a policy needs, from those that a run measured: the same measure by id and by meaning. In a wide
/// sheet the id alone counts, since the sheet gave the figure.
fn borrow(rated: &Rated, level: &Level, layers: &[Layer], wide: bool) -> Result<Measured, AppError> {
    let mut lacking = Vec::new();
    let mut columns = Vec::new();
    // Groups are measured as groups, customers as customers.
    let of_groups = is_of_groups(level) && !is_of_groups(&rated.main.level);
    let subjects = match rated.used.iter().find(|layer| of_groups && is_of_groups(&layer.level)) {
        Some(groups) => groups,
        None => &rated.main,
    };
    for wanted in &level.compiled.measures {
        if let MeasureSource::Grade { alias } = &wanted.source {
            let used = level
                .uses
                .iter()
                .find(|(name, _)| name == alias)
                .and_then(|(_, at)| layers.get(*at));
            columns.push(rated::grade_column(
                &subjects.measured.ids,
                &wanted.id,
                &wanted.ty,
                used,
            ));
            continue;
        }
        if wanted.source == MeasureSource::GroupGrade {
            let given = rated.main.measured.column(&wanted.id);
            let absent = || rated::grade_column(&subjects.measured.ids, &wanted.id, &wanted.ty, None);
            columns.push(given.cloned().unwrap_or_else(absent));
            continue;
        }
        let found = std::iter::once(&rated.main).chain(&rated.used).find_map(|layer| {
            let at = layer.level.compiled.measures.iter().position(|measure| {
                let alike = || measure.source == wanted.source && same_members(&layer.level, measure, level, wanted);
                measure.id == wanted.id && measure.ty == wanted.ty && (wide || alike())
            })?;
            let same_subjects = layer.measured.ids.as_ref() == subjects.measured.ids.as_ref();
            layer.measured.columns.get(at).filter(|_| same_subjects)
        });
        match found {
            Some(column) => columns.push(MeasuredColumn::clone(column)),
            None => lacking.push(wanted.id.clone()),
        }
    }
    if !lacking.is_empty() {
        let message = Message::new("app-snapshot-lacks")
            .with("n", lacking.len())
            .with("measures", lacking.join(", "));
        return Err(AppError::Failed(message));
    }
    Ok(Measured {
        columns,
        ..subjects.measured.clone()
    })
}

//! A run's folder read again: its policy and its snapshot, graded as they were. 批次文件夹

use std::path::Path;

use pinji_domain::Message;
use pinji_query::{Measured, MemberTable, QueryError, snapshot};

use crate::error::AppError;
use crate::intake;
use crate::manifest::Manifest;
use crate::progress::{Progress, Stage};
use crate::rated::{self, Layer, Rated, WrongCell};
use crate::regulation::{Level, Regulation, give, inside, ungrouped};

/// The name of a level's snapshot.
pub fn snapshot_name(alias: &str) -> String {
    if alias.is_empty() {
        "snapshot.parquet".to_owned()
    } else {
        format!("snapshot-{alias}.parquet")
    }
}

/// The name of what the members of a level's groups brought.
pub fn members_name(alias: &str) -> String {
    if alias.is_empty() {
        "members.parquet".to_owned()
    } else {
        format!("members-{alias}.parquet")
    }
}

/// A run read and graded again. 重新评级的批次
///
/// # Errors
/// When the folder is no run, its snapshot is missing or broken, or its policy cannot be used.
pub fn rated(run: &Path, progress: &dyn Progress) -> Result<(Rated, Manifest), AppError> {
    let manifest = Manifest::read(run)?;
    let regulation = Regulation::of_run(run, &manifest)?;
    let (layers, _) = layers(run, &manifest, &regulation, progress)?;
    let as_of = manifest.date()?;
    Ok((rated::together(layers, as_of)?, manifest))
}

/// The layers of a run: each level's snapshot, graded; and where a snapshot says something else than what it is made of:
/// the grades of used policies, and the figures of members.
///
/// # Errors
/// As [`rated`].
pub fn layers(
    run: &Path,
    manifest: &Manifest,
    regulation: &Regulation,
    progress: &dyn Progress,
) -> Result<(Vec<Layer>, Vec<WrongCell>), AppError> {
    if manifest.snapshot.is_empty() {
        return Err(AppError::Failed(
            Message::new("app-run-without-snapshot").with("path", run.display().to_string()),
        ));
    }
    let levels = regulation.levels(manifest.date()?)?;
    // A wide sheet gives a group's grade, or nothing of groups.
    let levels = match manifest.data.ungrouped || manifest.data.layout == "wide" {
        true => ungrouped(levels),
        false => levels,
    };
    let levels = give(levels, &manifest.data.grades);
    let total = levels.len() as u64;
    let mut layers: Vec<Layer> = Vec::with_capacity(levels.len());
    let mut wrong = Vec::new();
    for (at, level) in levels.into_iter().enumerate() {
        progress.step(Stage::Grade, at as u64, total);
        let measured = read_snapshot(run, manifest, &level)?;
        wrong.extend(rated::wrong_grades(&level, &measured, &layers));
        wrong.extend(rated::wrong_figures(&level, &measured)?);
        layers.push(rated::layer(level, measured, intake::threads(None))?);
    }
    progress.step(Stage::Grade, total, total);
    Ok((layers, wrong))
}

fn read_snapshot(run: &Path, manifest: &Manifest, level: &Level) -> Result<Measured, AppError> {
    let path = inside(run, &snapshot_name(&level.alias))?;
    let failed = |error: QueryError| AppError::Failed(error.message());
    let mut measured = snapshot::read(&path, &level.compiled).map_err(failed)?;
    let members = members_name(&level.alias);
    if manifest.outputs.iter().any(|output| output.file == members) {
        let table = MemberTable::read(&inside(run, &members)?, &level.compiled.measures, &measured);
        measured.members = Some(table.map_err(failed)?);
    }
    Ok(measured)
}

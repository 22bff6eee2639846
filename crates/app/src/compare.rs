//! Two runs beside each other. 批次比较

use std::path::Path;

use pinji_domain::{Lang, Message};
use serde::Serialize;

use crate::error::AppError;
use crate::manifest::Manifest;
use crate::movement::{self, Movement};
use crate::progress::Progress;
use crate::run_folder;

/// What is different between two runs. 批次比较结果
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The first run.
    pub before: RunView,
    /// The second run.
    pub after: RunView,
    /// Whether both used the same policy, byte for byte.
    pub same_policy: bool,
    /// Whether both stand on the same measures.
    pub same_snapshot: bool,
    /// Who moved.
    pub movement: Movement,
}

/// A run in short.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunView {
    /// As of when.
    pub as_of: String,
    /// Its policy and version.
    pub policy: String,
    /// How many customers.
    pub customers: u64,
    /// How many with a grade.
    pub graded: u64,
}

/// Compares two runs. 比较两个批次
///
/// # Errors
/// When one of them is no run, or they rate different kinds of subjects.
pub fn compare(
    before: &Path,
    after: &Path,
    lang: Lang,
    top: usize,
    progress: &dyn Progress,
) -> Result<Comparison, AppError> {
    let (first, first_manifest) = run_folder::rated(before, progress)?;
    let (second, second_manifest) = run_folder::rated(after, progress)?;
    if first.main.level.compiled.subject != second.main.level.compiled.subject {
        return Err(AppError::Failed(Message::new("app-other-subjects")));
    }
    let money = second.main.money(second_manifest.money.as_deref())?;
    let contents = |manifest: &Manifest| -> Vec<String> {
        manifest
            .snapshot
            .iter()
            .map(|snapshot| snapshot.content.clone())
            .collect()
    };
    Ok(Comparison {
        before: view(&first_manifest),
        after: view(&second_manifest),
        same_policy: first_manifest.policy.sha256 == second_manifest.policy.sha256,
        same_snapshot: contents(&first_manifest) == contents(&second_manifest),
        movement: movement::compare(&first.main, &second.main, money, lang, top),
    })
}

fn view(manifest: &Manifest) -> RunView {
    RunView {
        as_of: manifest.as_of.clone(),
        policy: format!("{} {}", manifest.policy.id, manifest.policy.version),
        customers: manifest.counts.customers,
        graded: manifest.counts.graded,
    }
}

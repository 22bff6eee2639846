//! `run.json`: what a run was made from and what came out, with hashes. 批次清单
//!
//! Keys stand in a fixed order; no clock, host or path is in it.

use std::collections::BTreeMap;
use std::path::Path;

use pinji_domain::{Date, Message, date};
use serde::{Deserialize, Serialize};

use crate::digest;
use crate::error::AppError;

/// The name of the file.
pub const FILE: &str = "run.json";
/// The version of the form in which runs are kept.
pub const FORMAT: u32 = 1;

/// `run.json`. 批次清单
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The form of the folder, [`FORMAT`].
    pub pinji_run: u32,
    /// The engine's version: another one is compared by contents.
    pub engine: String,
    /// As of when.
    pub as_of: String,
    /// In which language the workbook and the report are.
    pub language: String,
    /// `all`, or `grades` for scores, grades and reasons alone.
    pub write: String,
    /// The policy.
    pub policy: PolicyEntry,
    /// The data.
    pub data: DataEntry,
    /// What was measured.
    pub snapshot: Vec<SnapshotEntry>,
    /// The measure that says what a customer is worth, where the policy has one.
    pub money: Option<String>,
    /// The run before, where one was named.
    pub previous: Option<PreviousEntry>,
    /// How many customers, and what became of them.
    pub counts: Counts,
    /// Customers per grade, best first.
    pub grades: Vec<GradeCount>,
    /// The files that came out.
    pub outputs: Vec<OutputEntry>,
    /// For each key above the beginning of the SHA-256 of its value, so that a change by hand is found and named.
    pub seals: BTreeMap<String, String>,
}

/// The policy of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyEntry {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Over all its files.
    pub sha256: String,
    /// The entry file's name.
    pub entry: String,
    /// All files, by the names under which they are asked for.
    pub files: Vec<PolicyFileEntry>,
    /// The company's own files of record kinds, in the order in which they lie on those that ship.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<PolicyFileEntry>,
}

/// One file of the policy, or of record kinds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyFileEntry {
    /// The name under which the policy asks for it, or under which the office has it.
    pub name: String,
    /// Where it lies in the run's folder.
    pub file: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// The data of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataEntry {
    /// `wide` for one row per customer, `records` for files of record kinds.
    pub layout: String,
    /// `--map`, as given.
    pub maps: Vec<String>,
    /// Other policies' grades that a wide sheet gave itself, by alias.
    pub grades: Vec<String>,
    /// Whether the data name nobody's group, so that no group's grade bounded its members.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ungrouped: bool,
    /// Whether rows with bad cells were left out.
    pub skip_bad_rows: bool,
    /// `--without`: what the policy reads and the data may lack.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// How many rows were left out.
    pub left_out: u64,
    /// The files.
    pub inputs: Vec<InputEntry>,
    /// The kinds whose records were read where they lie.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub linked: Vec<LinkedEntry>,
}

/// A kind whose records were read where they lie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkedEntry {
    /// The record kind.
    pub kind: String,
    /// The files.
    pub files: Vec<LinkedFileEntry>,
    /// Rows of customers that the register does not know.
    pub unknown: u64,
    /// The first of those customers' numbers, ascending.
    pub strangers: Vec<String>,
    /// Rows that name no customer.
    pub nameless: u64,
    /// Rows without the date that their kind asks for.
    pub undated: u64,
}

/// One file of linked records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkedFileEntry {
    /// Its name, relative to where the kind's records lie.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// How many rows it has.
    pub rows: u64,
}

/// One file of the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputEntry {
    /// Its name, relative to what `--data` named.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// One snapshot: the main policy's, or that of a policy it uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnapshotEntry {
    /// The policy's id.
    pub policy: String,
    /// The file.
    pub file: String,
    /// How many subjects.
    pub rows: u64,
    /// Hash of its rows, whatever the file's form.
    pub content: String,
}

/// The run before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreviousEntry {
    /// SHA-256 of its `run.json`.
    pub run: String,
    /// As of when it was.
    pub as_of: String,
    /// Its policy.
    pub policy: String,
    /// Its policy's version.
    pub version: String,
    /// Its grades, copied.
    pub file: String,
}

/// What became of the customers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// All.
    pub customers: u64,
    /// Those with a grade.
    pub graded: u64,
    /// Those without, for whatever reason.
    pub ungraded: u64,
    /// Without, because a missing value refuses.
    pub refused: u64,
    /// Without, because too little is known.
    pub coverage: u64,
    /// Without, because a score has no line left.
    pub no_lines: u64,
    /// How many lack which indicator, where any do, in policy order.
    pub missing: Vec<Missing>,
}

/// How many lack an indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Missing {
    /// The indicator.
    pub indicator: String,
    /// How many customers.
    pub customers: u64,
}

/// How many have a grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradeCount {
    /// The grade.
    pub id: String,
    /// How many customers.
    pub customers: u64,
}

/// A file that came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputEntry {
    /// The file.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Hash of its rows, whatever the file's form; for tables only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
}

impl Manifest {
    /// Seals every key with the hash of its value.
    pub fn seal(&mut self) {
        self.seals = self.expected_seals();
    }

    /// The keys whose values are not what their seals say.
    pub fn broken_seals(&self) -> Vec<String> {
        let expected = self.expected_seals();
        let keys: std::collections::BTreeSet<&String> = expected.keys().chain(self.seals.keys()).collect();
        keys.into_iter()
            .filter(|key| expected.get(*key) != self.seals.get(*key))
            .cloned()
            .collect()
    }

    fn expected_seals(&self) -> BTreeMap<String, String> {
        let value = serde_json::to_value(self).unwrap_or_default();
        let entries = value
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(key, _)| *key != "seals");
        let seal = |value: &serde_json::Value| {
            digest::of_bytes(value.to_string().as_bytes())
                .chars()
                .take(16)
                .collect()
        };
        entries.map(|(key, value)| (key.clone(), seal(value))).collect()
    }

    /// As text, the way it is written.
    pub fn text(&self) -> String {
        // Strings, numbers and lists alone: nothing in it that JSON could not hold.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Reads the one of a run's folder.
    ///
    /// # Errors
    /// When the folder is not a run's, or of a form that this program does not know.
    pub fn read(run: &Path) -> Result<Manifest, AppError> {
        let path = run.join(FILE);
        let text = std::fs::read_to_string(&path).map_err(|why| match why.kind() {
            std::io::ErrorKind::NotFound => {
                AppError::Failed(Message::new("app-no-run-here").with("path", run.display().to_string()))
            }
            _ => AppError::io("app-cannot-read", &path, why),
        })?;
        let manifest: Manifest =
            serde_json::from_str(&text).map_err(|why| AppError::io("app-run-json-broken", &path, why))?;
        if manifest.pinji_run != FORMAT {
            let form = i64::from(manifest.pinji_run);
            return Err(AppError::Failed(
                Message::new("app-run-of-other-form").with("form", form),
            ));
        }
        Ok(manifest)
    }

    /// As of when the run is.
    ///
    /// # Errors
    /// When the file does not say a date.
    pub fn date(&self) -> Result<Date, AppError> {
        date::parse(&self.as_of)
            .ok_or_else(|| AppError::Failed(Message::new("app-run-without-date").with("value", self.as_of.clone())))
    }

    /// The file of `run.json`'s own language.
    pub fn lang(&self) -> pinji_domain::Lang {
        match self.language.as_str() {
            "en" => pinji_domain::Lang::En,
            _ => pinji_domain::Lang::Zh,
        }
    }
}

/// Whether a folder is a run's and nothing else: what `rate` may replace.
///
/// # Errors
/// Why not.
pub fn may_replace(folder: &Path) -> Result<(), Message> {
    let shown = folder.display().to_string();
    if !folder.is_dir() {
        return Err(Message::new("app-out-is-a-file").with("path", shown));
    }
    let mut strangers = Vec::new();
    let entries = std::fs::read_dir(folder).map_err(|why| {
        Message::new("app-cannot-read")
            .with("path", shown.clone())
            .with("why", why.to_string())
    })?;
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        strangers.push(name);
    }
    if strangers.is_empty() {
        return Ok(());
    }
    let Ok(manifest) = Manifest::read(folder) else {
        return Err(Message::new("app-not-a-run").with("path", shown));
    };
    let ours: Vec<&str> = manifest
        .outputs
        .iter()
        .map(|output| output.file.as_str())
        .chain(manifest.snapshot.iter().map(|snapshot| snapshot.file.as_str()))
        .chain(manifest.previous.iter().map(|previous| previous.file.as_str()))
        .chain([FILE, POLICY_FOLDER, KINDS_FOLDER])
        .collect();
    strangers.retain(|name| !ours.contains(&name.as_str()));
    strangers.sort();
    match strangers.first() {
        None => Ok(()),
        Some(name) => Err(Message::new("app-stranger-in-run")
            .with("path", shown)
            .with("file", name.clone())),
    }
}

/// Where the policy's files lie in a run's folder.
pub const POLICY_FOLDER: &str = "policy";
/// Where the company's own record kinds lie in a run's folder.
pub const KINDS_FOLDER: &str = "kinds";

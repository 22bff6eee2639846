//! The policy of a run with all its files, and the policies that it uses. 分级标准的读取
//!
//! Every file that a policy asks for is remembered under the name it was asked for by, so that a run's folder can hold
//! the policy as it was and hand the same files out again.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pinji_domain::{Date, Kinds, Message, Text};
use pinji_policy::document::{GROUP_GRADE, GivenType};
use pinji_policy::finding::Severity;
use pinji_policy::{Compiled, Document, Finding, MeasureSource, compile, kinds, load_on};

use crate::digest;
use crate::error::AppError;
use crate::folder::write_file;
use crate::manifest::{KINDS_FOLDER, Manifest, POLICY_FOLDER, PolicyEntry, PolicyFileEntry};
use crate::remark::{Remark, remarks};
use crate::shipped;
use crate::view::condition;

/// A file of a policy larger than this is refused.
const LARGEST_FILE: u64 = 64 << 20;

/// Where a policy comes from. 标准来源
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A file, or the name of a shipped policy where there is no such file.
    Named(String),
    /// A text from elsewhere (standard input); files that it lists are looked for in the working folder.
    Text(String),
}

/// A policy as it was read. 已读取的标准
#[derive(Debug, Clone)]
pub struct Regulation {
    /// The entry file's name.
    pub entry: String,
    /// The document, as far as it could be read.
    pub document: Option<Document>,
    /// Everything found, with its place.
    pub remarks: Vec<Remark>,
    /// All files by the names under which they were asked for, the entry file among them.
    pub files: BTreeMap<String, String>,
    /// The company's files of record kinds on which it was read, by name, in their order; none where only those that ship
    /// with Pinji were known.
    pub kinds: Vec<(String, String)>,
}

/// One policy of a run, ready to grade. 评级层
#[derive(Debug, Clone)]
pub struct Level {
    /// How the main policy speaks of it: aliases joined by `-`; empty for the main policy itself.
    pub alias: String,
    /// The document.
    pub document: Document,
    /// For measures and kernel.
    pub compiled: Compiled,
    /// As of when it is compiled.
    pub as_of: Date,
    /// The policies that it uses: alias, and where they stand among the levels.
    pub uses: Vec<(String, usize)>,
    /// Where the policy stands among the levels that grades the customers' groups, whose grades bound those of their members.
    pub group: Option<usize>,
}

impl Level {
    /// A condition in words, with the values that its parameters have on the day. 条件的措辞
    pub fn condition(&self, when: &str) -> Text {
        condition::words_on(&self.document, when, self.as_of)
    }
}

impl Regulation {
    /// Reads a policy and checks it. Findings are in the result; only a file that cannot be read is an error.
    ///
    /// # Errors
    /// When the entry file cannot be read.
    pub fn read(origin: &Origin) -> Result<Regulation, AppError> {
        match origin {
            Origin::Text(text) => Ok(read_by("-", |name| match name {
                "-" => Ok(text.clone()),
                _ => from_folder(Path::new("."), name),
            })),
            Origin::Named(name) => {
                let path = Path::new(name);
                if !path.exists()
                    && let Some(id) = shipped::known(name)
                {
                    return Ok(Regulation::shipped(id));
                }
                let entry = path.file_name().and_then(|name| name.to_str());
                let (Some(entry), true) = (entry, path.is_file()) else {
                    let names = shipped::names().join(", ");
                    let message = Message::new("app-no-such-policy")
                        .with("path", name.clone())
                        .with("names", names);
                    return Err(AppError::Failed(message));
                };
                let folder = path.parent().unwrap_or(Path::new("."));
                // The entry file's own trouble is an error, not a finding: there is no policy then.
                from_folder(folder, entry).map_err(|why| AppError::io("app-cannot-read", path, why))?;
                Ok(read_by(entry, |name| from_folder(folder, name)))
            }
        }
    }

    /// Reads a policy that ships with Pinji.
    pub fn shipped(id: &str) -> Regulation {
        read_by(&format!("{id}.toml"), shipped::read)
    }

    /// Reads a policy whose files `read` gives, on top of these record kinds: the office's own. 办公室的标准
    pub fn on(entry: &str, kinds: &Kinds, read: impl Fn(&str) -> Result<String, String>) -> Regulation {
        let asked: RefCell<BTreeMap<String, String>> = RefCell::default();
        let loaded = load_on(entry, kinds, &|name| {
            let text = read(name)?;
            asked.borrow_mut().insert(name.to_owned(), text.clone());
            Ok(text)
        });
        Regulation {
            entry: entry.to_owned(),
            remarks: remarks(&loaded.findings, &loaded.files),
            document: loaded.document,
            files: asked.into_inner(),
            kinds: Vec::new(),
        }
    }

    /// The same, remembering the company's files of kinds on which it was read: a run keeps them. 附企业记录种类
    pub fn with_kinds(self, kinds: Vec<(String, String)>) -> Regulation {
        Regulation { kinds, ..self }
    }

    /// Reads the policy that a run's folder holds, on the record kinds that it holds.
    ///
    /// # Errors
    /// When one of its files cannot be read, or the kinds are broken.
    pub fn of_run(run: &Path, manifest: &Manifest) -> Result<Regulation, AppError> {
        let text = |file: &PolicyFileEntry| {
            let path = inside(run, &file.file)?;
            let text = std::fs::read_to_string(&path).map_err(|why| AppError::io("app-cannot-read", &path, why))?;
            Ok::<_, AppError>((file.name.clone(), text))
        };
        let files: BTreeMap<String, String> = manifest.policy.files.iter().map(text).collect::<Result<_, _>>()?;
        let own: Vec<(String, String)> = manifest.policy.kinds.iter().map(text).collect::<Result<_, _>>()?;
        let (kinds, found) = over_shipped(own.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        if found.iter().any(|finding| finding.severity == Severity::Error) {
            return Err(AppError::Findings(remarks(&found, &own)));
        }
        let read = |name: &str| files.get(name).cloned().ok_or_else(|| name.to_owned());
        Ok(Regulation::on(&manifest.policy.entry, &kinds, read).with_kinds(own))
    }

    /// The document, if it can be used.
    ///
    /// # Errors
    /// The findings, if not.
    pub fn usable(&self) -> Result<&Document, AppError> {
        match &self.document {
            Some(document) if !self.has_errors() => Ok(document),
            _ => Err(AppError::Findings(self.remarks.clone())),
        }
    }

    /// Whether anything was found that keeps it from being used.
    pub fn has_errors(&self) -> bool {
        self.document.is_none() || self.remarks.iter().any(|remark| remark.is_error)
    }

    /// Compiles it and those that it uses, its groups' among them, as of a date: used ones first, the policy itself last.
    ///
    /// # Errors
    /// The findings that keep it from being used, or that the date brings.
    pub fn levels(&self, as_of: Date) -> Result<Vec<Level>, AppError> {
        let document = self.usable()?;
        let mut levels = Vec::new();
        add_level(document, "", as_of, &mut levels).map_err(|findings| self.findings(&findings))?;
        Ok(levels)
    }

    fn findings(&self, findings: &[Finding]) -> AppError {
        let files: Vec<(String, String)> = self
            .files
            .iter()
            .map(|(name, text)| (name.clone(), text.clone()))
            .collect();
        AppError::Findings(remarks(findings, &files))
    }

    /// What `run.json` says of it.
    pub fn manifest_entry(&self, document: &Document) -> PolicyEntry {
        let files: Vec<PolicyFileEntry> = self
            .files
            .iter()
            .enumerate()
            .map(|(at, (name, text))| PolicyFileEntry {
                name: name.clone(),
                file: format!("{POLICY_FOLDER}/{}", kept_name(at, name, &self.entry)),
                sha256: digest::of_bytes(text.as_bytes()),
            })
            .collect();
        let kinds: Vec<PolicyFileEntry> = self
            .kinds
            .iter()
            .map(|(name, text)| PolicyFileEntry {
                name: name.clone(),
                file: format!("{KINDS_FOLDER}/{name}"),
                sha256: digest::of_bytes(text.as_bytes()),
            })
            .collect();
        // A policy means what its kinds say, so their texts are part of what it is.
        let parts = files.iter().map(|file| (file.name.as_str(), file.sha256.as_str()));
        let parts = parts.chain(kinds.iter().map(|file| (file.file.as_str(), file.sha256.as_str())));
        PolicyEntry {
            id: document.id.clone(),
            version: document.version.clone(),
            sha256: digest::of_parts(parts),
            entry: self.entry.clone(),
            files,
            kinds,
        }
    }

    /// Writes its files into a run's folder, where [`Regulation::of_run`] finds them.
    ///
    /// # Errors
    /// When one cannot be written.
    pub fn write(&self, folder: &Path, entry: &PolicyEntry) -> Result<(), AppError> {
        for file in &entry.files {
            let text = self.files.get(&file.name).map(String::as_str).unwrap_or_default();
            write_file(&folder.join(&file.file), text.as_bytes())?;
        }
        for (file, (_, text)) in entry.kinds.iter().zip(&self.kinds) {
            write_file(&folder.join(&file.file), text.as_bytes())?;
        }
        Ok(())
    }
}

/// The kinds that ship with these files (name and text) on top, in their order, and all that was found. 企业记录种类
pub fn over_shipped<'t>(files: impl IntoIterator<Item = (&'t str, &'t str)>) -> (Kinds, Vec<Finding>) {
    let mut found = Vec::new();
    let mut all = kinds::shipped();
    for (name, text) in files {
        let (kinds, findings) = kinds::read(name, text, all);
        all = kinds;
        found.extend(findings);
    }
    (all, found)
}

/// The same levels where the data give other policies' grades themselves: those aliases of the main policy become given
/// texts, and policies that nobody uses any more drop out. The group's grade is given in the same way. 直接给定的评级
pub fn give(mut levels: Vec<Level>, given: &[String]) -> Vec<Level> {
    if let Some(main) = levels.last_mut() {
        for measure in &mut main.compiled.measures {
            let is_grade = matches!(&measure.source, MeasureSource::Grade { .. } | MeasureSource::GroupGrade);
            if is_grade && given.contains(&measure.id) {
                measure.source = MeasureSource::Given(GivenType::Text);
            }
        }
        main.uses.retain(|(alias, _)| !given.contains(alias));
        main.group.take_if(|_| given.iter().any(|id| id == GROUP_GRADE));
    }
    without_idle(levels)
}

/// The same levels where nobody's group is known: no group is graded, and none bounds its members. 无集团数据
pub fn ungrouped(mut levels: Vec<Level>) -> Vec<Level> {
    levels.iter_mut().for_each(|level| level.group = None);
    without_idle(levels)
}

/// The levels that the last one needs, itself among them.
fn without_idle(levels: Vec<Level>) -> Vec<Level> {
    let last = levels.len().saturating_sub(1);
    let mut needed = vec![false; levels.len()];
    for at in (0..levels.len()).rev() {
        let used = at == last || needed.get(at).copied().unwrap_or(false);
        let below: Vec<usize> = match levels.get(at) {
            Some(level) if used => {
                let uses = level.uses.iter().map(|(_, at)| *at);
                uses.chain(level.group).chain([at]).collect()
            }
            _ => Vec::new(),
        };
        for at in below {
            if let Some(needed) = needed.get_mut(at) {
                *needed = true;
            }
        }
    }
    let place = |at: usize| needed.iter().take(at).filter(|needed| **needed).count();
    let kept = levels.into_iter().zip(&needed).filter(|(_, needed)| **needed);
    kept.map(|(mut level, _)| {
        level.uses.iter_mut().for_each(|(_, at)| *at = place(*at));
        level.group = level.group.map(place);
        level
    })
    .collect()
}

fn add_level(document: &Document, alias: &str, as_of: Date, levels: &mut Vec<Level>) -> Result<usize, Vec<Finding>> {
    let below = |name: &str| match alias.is_empty() {
        true => name.to_owned(),
        false => format!("{alias}-{name}"),
    };
    let mut uses = Vec::new();
    for used in &document.uses {
        uses.push((
            used.alias.clone(),
            add_level(&used.policy, &below(&used.alias), as_of, levels)?,
        ));
    }
    let group = document.group.as_ref().and_then(|group| group.document.as_deref());
    let group = match group {
        Some(policy) => Some(add_level(policy, &below(GROUP_GRADE), as_of, levels)?),
        None => None,
    };
    let compiled = compile(document, as_of)?;
    levels.push(Level {
        alias: alias.to_owned(),
        document: document.clone(),
        as_of,
        compiled,
        uses,
        group,
    });
    Ok(levels.len() - 1)
}

/// Reads a policy through `read`, on top of the kinds that ship with Pinji.
fn read_by(entry: &str, read: impl Fn(&str) -> Result<String, String>) -> Regulation {
    Regulation::on(entry, &kinds::shipped(), read)
}

/// The text of a file beside the entry file, or why not.
fn from_folder(folder: &Path, name: &str) -> Result<String, String> {
    let path = folder.join(name);
    let size = std::fs::metadata(&path).map_err(|why| why.to_string())?.len();
    if size > LARGEST_FILE {
        return Err(format!("{} MiB", size >> 20));
    }
    let text = std::fs::read_to_string(&path).map_err(|why| why.to_string())?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// The name of a policy's file in a run's folder: its own where that stays below the folder, a numbered one otherwise.
fn kept_name(at: usize, name: &str, entry: &str) -> String {
    let path = Path::new(name);
    let plain = path
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_)));
    let base = path.file_name().and_then(|base| base.to_str()).unwrap_or("policy.toml");
    match (plain && !name.contains('\\'), name == entry) {
        (true, _) if name != "-" => name.to_owned(),
        (_, true) => "policy.toml".to_owned(),
        _ => format!("{at}-{base}"),
    }
}

/// The path of a file that a run's folder names, which must lie inside it.
///
/// # Errors
/// When it points elsewhere.
pub fn inside(run: &Path, name: &str) -> Result<PathBuf, AppError> {
    let path = Path::new(name);
    let plain = path
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_)));
    if !plain || name.is_empty() {
        return Err(AppError::Failed(
            Message::new("app-path-outside-run").with("path", name),
        ));
    }
    Ok(run.join(path))
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
    fn policy_files_stay_inside_the_run() {
        let check = |name: &str, kept: &str| assert_eq!(kept_name(3, name, "main.toml"), kept, "{name}");
        check("main.toml", "main.toml");
        check("tables/industry.toml", "tables/industry.toml");
        check("../other/rates.toml", "3-rates.toml");
        check("/etc/rates.toml", "3-rates.toml");
        check("a\\b.toml", "3-a\\b.toml");
        assert!(inside(Path::new("run"), "../x").is_err());
        assert!(inside(Path::new("run"), "/x").is_err());
        assert!(inside(Path::new("run"), "policy/x.toml").is_ok());
    }
}

//! Deriving a run again and comparing every byte; what differs is named. 验证

use std::path::{Path, PathBuf};

use pinji_domain::{Lang, Message};
use pinji_query::compare::{self, Difference as Found};
use pinji_query::snapshot;
use serde::Serialize;

use crate::derive::{self, ENGINE, Terms, Write};
use crate::digest;
use crate::direct;
use crate::error::AppError;
use crate::intake::{self, Reading};
use crate::left_out;
use crate::linked::{self, Linked};
use crate::manifest::{DataEntry, FILE, LinkedEntry, Manifest};
use crate::previous::Previous;
use crate::progress::{Progress, Stage};
use crate::rated;
use crate::regulation::{Regulation, inside};
use crate::run_folder;

mod texts;

/// Differences listed per file.
const LISTED: usize = 20;

/// What is asked. 验证请求
#[derive(Debug, Clone)]
pub struct VerifyRequest {
    /// The run's folder.
    pub run: PathBuf,
    /// The data it was made from, to measure them again too.
    pub data: Option<PathBuf>,
    /// Where the records of linked kinds lie, by kind: a folder, or a file where it was one.
    pub linked: Vec<(String, PathBuf)>,
    /// The language of places and remarks.
    pub lang: Lang,
}

/// One place where what is kept is not what comes out again. 差异
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The file, relative to the run's folder.
    pub file: String,
    /// Where in it: row and column, sheet and cell, key, line; empty where the file as a whole is meant.
    pub place: String,
    /// What the file says.
    pub kept: String,
    /// What comes out; `None` where `kept` says it all.
    pub derived: Option<String>,
}

/// What came of it. 验证结果
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Whether everything agrees.
    pub same: bool,
    /// Files that were compared.
    pub files: Vec<String>,
    /// Files that are not what the run wrote, by `run.json`: the causes, of which other differences usually follow.
    pub altered: Vec<String>,
    /// What differs.
    pub differences: Vec<Difference>,
    /// How many more places differ than are listed.
    pub more: usize,
    /// Whether another version of the engine made the run, so that contents were compared instead of bytes.
    pub other_engine: Option<String>,
    /// Whether the data were measured again.
    pub with_data: bool,
}

/// Verifies a run. 验证批次
///
/// # Errors
/// When the folder is no run at all, or the data cannot be read. What is broken inside a run is a difference, not an error.
pub fn verify(request: &VerifyRequest, progress: &dyn Progress) -> Result<Verification, AppError> {
    let manifest = Manifest::read(&request.run)?;
    if manifest.snapshot.is_empty() && request.data.is_none() {
        return Err(AppError::Failed(
            Message::new("app-verify-needs-data").with("path", request.run.display().to_string()),
        ));
    }
    let linked = linked(request, &manifest)?;
    let mut check = Check {
        run: &request.run,
        linked: &linked,
        manifest: &manifest,
        lang: request.lang,
        altered: Vec::new(),
        found: Vec::new(),
        more: 0,
    };
    check.seals();
    check.hashes();
    check.strangers();
    let original = match &request.data {
        Some(data) => check.is_original(data)?,
        None => false,
    };
    let derived = match (manifest.snapshot.is_empty(), &request.data) {
        (true, Some(data)) if original => check.stream(data, progress),
        // Nothing can be derived from other data; that they are others was told.
        (true, _) => Ok(()),
        _ => check.derive(progress),
    };
    match derived {
        Ok(()) => {}
        // A run that no longer derives is a difference as well, and usually the follow-up of one found before.
        Err(error) => check.remark("", "", &pinji_locale::say(request.lang, &error.message())),
    }
    let measured = request
        .data
        .as_ref()
        .filter(|_| original && !manifest.snapshot.is_empty());
    if let Some(data) = measured {
        check.data(data, progress)?;
    }
    Ok(Verification {
        same: check.found.is_empty(),
        files: manifest
            .outputs
            .iter()
            .map(|output| output.file.clone())
            .chain([FILE.to_owned()])
            .collect(),
        altered: check.altered,
        differences: check.found,
        more: check.more,
        other_engine: (manifest.engine != ENGINE).then(|| manifest.engine.clone()),
        with_data: request.data.is_some(),
    })
}

/// The records of linked kinds as they are given again with the data: all of them, or none without.
fn linked(request: &VerifyRequest, manifest: &Manifest) -> Result<Vec<Linked>, AppError> {
    let kinds = &manifest.data.linked;
    if let Some((kind, _)) = request
        .linked
        .iter()
        .find(|(kind, _)| !kinds.iter().any(|entry| entry.kind == *kind))
    {
        let message = Message::new("app-verify-not-linked").with("kind", kind.as_str());
        let known: Vec<&str> = kinds.iter().map(|entry| entry.kind.as_str()).collect();
        return Err(AppError::Failed(message.with("known", known.join(", "))));
    }
    let given = |entry: &LinkedEntry| {
        let found = request.linked.iter().find(|(kind, _)| *kind == entry.kind);
        let lacking = || AppError::Failed(Message::new("app-verify-needs-linked").with("kind", entry.kind.as_str()));
        let (_, path) = found.ok_or_else(lacking)?;
        linked::given_again(path, entry)
    };
    match request.data {
        Some(_) => kinds.iter().map(given).collect(),
        None if request.linked.is_empty() => Ok(Vec::new()),
        None => Err(AppError::Failed(Message::new("app-verify-linked-without-data"))),
    }
}

struct Check<'a> {
    run: &'a Path,
    linked: &'a [Linked],
    manifest: &'a Manifest,
    lang: Lang,
    altered: Vec<String>,
    found: Vec<Difference>,
    more: usize,
}

impl Check<'_> {
    /// Something that `kept` says by itself.
    fn remark(&mut self, file: &str, place: &str, kept: &str) {
        self.enter(file, place, kept, None);
    }

    fn add(&mut self, file: &str, place: &str, kept: &str, derived: &str) {
        self.enter(file, place, kept, Some(derived.to_owned()));
    }

    fn enter(&mut self, file: &str, place: &str, kept: &str, derived: Option<String>) {
        let listed = self.found.iter().filter(|found| found.file == file).count();
        if listed >= LISTED {
            self.more += 1;
            return;
        }
        self.found.push(Difference {
            file: file.to_owned(),
            place: place.to_owned(),
            kept: kept.to_owned(),
            derived,
        });
    }

    fn say(&self, code: &'static str) -> String {
        pinji_locale::word(self.lang, code)
    }

    /// Keys of `run.json` that were changed by hand.
    fn seals(&mut self) {
        for key in self.manifest.broken_seals() {
            let kept = self.say("app-seal-broken");
            self.remark(FILE, &key, &kept);
            if self.altered.is_empty() {
                self.altered.push(FILE.to_owned());
            }
        }
    }

    /// Files that are not what `run.json` says: the policy's, the company's record kinds and the outputs.
    fn hashes(&mut self) {
        let policy = self
            .manifest
            .policy
            .files
            .iter()
            .chain(&self.manifest.policy.kinds)
            .map(|file| (file.file.clone(), file.sha256.clone()));
        let outputs = self
            .manifest
            .outputs
            .iter()
            .map(|output| (output.file.clone(), output.sha256.clone()));
        for (file, expected) in policy.chain(outputs).collect::<Vec<_>>() {
            let found = inside(self.run, &file)
                .ok()
                .and_then(|path| digest::of_file(&path).ok());
            match found {
                None => {
                    let gone = self.say("app-file-gone");
                    self.remark(&file, "", &gone);
                    self.altered.push(file);
                }
                Some((_, sha256)) if sha256 != expected => {
                    self.add(&file, "SHA-256", &sha256, &expected);
                    self.altered.push(file);
                }
                Some(_) => {}
            }
        }
    }

    /// Files that no run writes.
    fn strangers(&mut self) {
        if let Err(message) = crate::manifest::may_replace(self.run)
            && message.code == "app-stranger-in-run"
        {
            let name = message.args.iter().find_map(|(name, value)| match (*name, value) {
                ("file", pinji_domain::Arg::Text(text)) => Some(text.clone()),
                _ => None,
            });
            let kept = self.say("app-file-strange");
            self.remark(&name.unwrap_or_default(), "", &kept);
        }
    }

    /// Whether the data are those that the run read, by size and hash, before anything is read from them.
    fn is_original(&mut self, data: &Path) -> Result<bool, AppError> {
        let about = std::fs::metadata(data).map_err(|why| AppError::io("app-cannot-read", data, why))?;
        let before = self.found.len();
        for input in &self.manifest.data.inputs {
            let path = match about.is_dir() {
                true => inside(data, &input.name)?,
                false => data.to_owned(),
            };
            self.same_file(&path, input.bytes, &input.sha256)?;
        }
        for file in self.linked.iter().flat_map(|linked| &linked.files) {
            self.same_file(&file.path, file.bytes, &file.sha256)?;
        }
        Ok(self.found.len() == before)
    }

    /// Holds a file against the size and hash with which it was read.
    fn same_file(&mut self, path: &Path, bytes: u64, sha256: &str) -> Result<(), AppError> {
        let found = match std::fs::metadata(path) {
            Ok(about) if about.is_file() => {
                digest::of_file(path).map_err(|why| AppError::io("app-cannot-read", path, why))?
            }
            _ => {
                let gone = self.say("app-file-gone");
                self.remark(&path.display().to_string(), "", &gone);
                return Ok(());
            }
        };
        if (found.0, found.1.as_str()) != (bytes, sha256) {
            let message = Message::new("app-verify-other-data")
                .with("bytes", i64::try_from(found.0).unwrap_or(i64::MAX))
                .with("sha256", found.1)
                .with("read-bytes", i64::try_from(bytes).unwrap_or(i64::MAX))
                .with("read-sha256", sha256);
            let said = pinji_locale::say(self.lang, &message);
            self.remark(&path.display().to_string(), "", &said);
        }
        Ok(())
    }

    /// Derives the run again from its snapshot and its policy, and compares what comes out with what is kept.
    fn derive(&mut self, progress: &dyn Progress) -> Result<(), AppError> {
        let regulation = Regulation::of_run(self.run, self.manifest)?;
        let (layers, wrong) = run_folder::layers(self.run, self.manifest, &regulation, progress)?;
        for wrong in wrong {
            let place = format!("{} {}", wrong.subject, wrong.column);
            self.add(&run_folder::snapshot_name(""), &place, &wrong.kept, &wrong.derived);
        }
        let previous = self
            .manifest
            .previous
            .as_ref()
            .map(|entry| Previous::kept(self.run, entry))
            .transpose()?;
        let as_of = self.manifest.date()?;
        let terms = Terms {
            as_of,
            lang: self.manifest.lang(),
            write: Write::from_code(&self.manifest.write),
            data: self.manifest.data.clone(),
            money: self.manifest.money.clone(),
            previous,
            // A broken file was told by its hash.
            left_rows: left_out::of_run(self.run, self.manifest).unwrap_or_default(),
        };
        let rated = rated::together(layers, as_of)?;
        let folder = tempfile::tempdir().map_err(|why| AppError::io("app-cannot-write", &std::env::temp_dir(), why))?;
        let derived = derive::write(folder.path(), &regulation, &rated, &terms, progress)?;
        let total = derived.outputs.len() as u64;
        for (at, output) in derived.outputs.iter().enumerate() {
            progress.step(Stage::Compare, at as u64, total);
            self.file(&output.file, folder.path());
        }
        progress.step(Stage::Compare, total, total);
        self.keys(&derived);
        Ok(())
    }

    /// Compares `run.json` key by key with what came out again.
    fn keys(&mut self, derived: &Manifest) {
        for (place, kept, again) in texts::json(&self.manifest.text(), &derived.text()) {
            // Another engine says so itself; hashes of files follow from the files, which were compared one by one.
            let follows = place.starts_with("seals") || place.starts_with("outputs") || place == "engine";
            if !follows {
                self.add(FILE, &place, &kept, &again);
            }
        }
    }

    /// Streams the data again: for runs that went straight through and keep no snapshot.
    fn stream(&mut self, data: &Path, progress: &dyn Progress) -> Result<(), AppError> {
        let regulation = Regulation::of_run(self.run, self.manifest)?;
        let as_of = self.manifest.date()?;
        let levels = regulation.levels(as_of)?;
        let folder = tempfile::tempdir().map_err(|why| AppError::io("app-cannot-write", &std::env::temp_dir(), why))?;
        let terms = direct::Straight {
            data,
            as_of,
            lang: self.manifest.lang(),
            threads: intake::threads(None),
            without: &self.manifest.data.without,
        };
        let Some(derived) = direct::rate(&terms, &regulation, &levels, folder.path(), progress)? else {
            return Err(AppError::Failed(
                Message::new("app-no-straight-path").with("path", data.display().to_string()),
            ));
        };
        for output in &derived.outputs {
            self.file(&output.file, folder.path());
        }
        self.keys(&derived);
        Ok(())
    }

    /// Compares one file with what came out again.
    fn file(&mut self, file: &str, again: &Path) {
        let (Ok(kept), again) = (inside(self.run, file), again.join(file)) else {
            return;
        };
        let (Ok(kept_bytes), Ok(again_bytes)) = (std::fs::read(&kept), std::fs::read(&again)) else {
            return;
        };
        if kept_bytes == again_bytes {
            return;
        }
        let before = self.found.len() + self.more;
        match Path::new(file).extension().and_then(|end| end.to_str()) {
            Some("parquet") => self.table(file, &kept, &again),
            // Another engine may set its pages differently; the figures on them are in the tables and the workbook.
            Some("html") if self.manifest.engine != ENGINE => return,
            Some("xlsx") => match pinji_connectors::differences(&kept, &again) {
                Ok(places) => places
                    .into_iter()
                    .for_each(|(place, kept, again)| self.add(file, &place, &kept, &again)),
                Err(error) => {
                    let why = pinji_locale::say(self.lang, &error.message());
                    self.remark(file, "", &why);
                }
            },
            _ => {
                let (kept, again) = (
                    String::from_utf8_lossy(&kept_bytes),
                    String::from_utf8_lossy(&again_bytes),
                );
                for (place, kept, again) in texts::lines(&kept, &again, self.lang) {
                    self.add(file, &place, &kept, &again);
                }
            }
        }
        if self.found.len() + self.more == before && self.manifest.engine == ENGINE {
            let same = self.say("app-only-form-differs");
            self.remark(file, "", &same);
        }
    }

    fn table(&mut self, file: &str, kept: &Path, again: &Path) {
        let found = match compare::compare(kept, again, LISTED) {
            Ok(found) => found,
            Err(error) => {
                let why = pinji_locale::say(self.lang, &error.message());
                self.remark(file, "", &why);
                return;
            }
        };
        let cells = found
            .differences
            .iter()
            .filter(|found| matches!(found, Found::Cell { .. }))
            .count();
        self.more += found.cells.saturating_sub(cells);
        for difference in found.differences {
            match difference {
                Found::Columns { left, right } => {
                    let columns = self.say("app-place-columns");
                    self.add(file, &columns, &left.join(", "), &right.join(", "));
                }
                Found::Rows { left, right } => {
                    let rows = self.say("app-place-rows");
                    self.add(file, &rows, &left.to_string(), &right.to_string());
                }
                Found::Cell {
                    row,
                    key,
                    column,
                    left,
                    right,
                } => {
                    let message = Message::new("app-place-cell")
                        .with("row", (row + 1).to_string())
                        .with("key", key.join(" "))
                        .with("column", column);
                    let place = pinji_locale::say(self.lang, &message);
                    self.add(file, &place, &left, &right);
                }
            }
        }
    }

    /// Measures the data again and compares with the snapshot, and the files with what `run.json` says of them.
    fn data(&mut self, data: &Path, progress: &dyn Progress) -> Result<(), AppError> {
        let regulation = Regulation::of_run(self.run, self.manifest)?;
        let levels = regulation.levels(self.manifest.date()?)?;
        let kept = &self.manifest.data;
        let reading = Reading {
            maps: kept.maps.clone(),
            skip_bad_rows: kept.skip_bad_rows,
            without: kept.without.clone(),
            linked: self.linked.to_vec(),
            ..Reading::default()
        };
        let taken = match intake::rate(data, levels, self.manifest.date()?, &reading, None, progress) {
            Ok(taken) => taken,
            Err(AppError::BadCells(_) | AppError::Lacking(_) | AppError::Refused(_)) => {
                let said = self.say("app-verify-not-graded");
                self.remark(FILE, "data", &said);
                return Ok(());
            }
            Err(other) => return Err(other),
        };
        self.inputs(&kept.clone(), &taken.data);
        let kept_rows = std::fs::read_to_string(self.run.join(left_out::FILE)).unwrap_or_default();
        let rows = left_out::text(&taken.left_rows).unwrap_or_default();
        for (place, kept, again) in texts::lines(&kept_rows, &rows, self.lang) {
            self.add(left_out::FILE, &place, &kept, &again);
        }
        let folder = tempfile::tempdir().map_err(|why| AppError::io("app-cannot-write", &std::env::temp_dir(), why))?;
        for layer in taken.rated.used.iter().chain([&taken.rated.main]) {
            let file = run_folder::snapshot_name(&layer.level.alias);
            let again = folder.path().join(&file);
            snapshot::write(&again, &layer.measured).map_err(derive::failed)?;
            self.snapshot(&file, &again)?;
            if let Some(members) = &layer.measured.members {
                let file = run_folder::members_name(&layer.level.alias);
                let again = folder.path().join(&file);
                members.write(&again, &layer.measured.ids).map_err(derive::failed)?;
                self.snapshot(&file, &again)?;
            }
        }
        Ok(())
    }

    /// Compares a file that was measured again with the one that was kept.
    fn snapshot(&mut self, file: &str, again: &Path) -> Result<(), AppError> {
        let kept = inside(self.run, file)?;
        if std::fs::read(&kept).ok() != std::fs::read(again).ok() {
            self.table(file, &kept, again);
        }
        Ok(())
    }

    fn inputs(&mut self, kept: &DataEntry, found: &DataEntry) {
        let names: std::collections::BTreeSet<&str> = kept
            .inputs
            .iter()
            .chain(&found.inputs)
            .map(|input| input.name.as_str())
            .collect();
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        for name in names {
            let hash = |data: &DataEntry| {
                let input = data.inputs.iter().find(|input| input.name == name);
                input.map_or_else(|| "–".to_owned(), |input| input.sha256.clone())
            };
            if hash(kept) != hash(found) {
                self.add(FILE, &format!("data.inputs {name}"), &hash(kept), &hash(found));
            }
        }
        for (kept, found) in kept.linked.iter().zip(&found.linked) {
            let said = |entry: &LinkedEntry| format!("{} {}", entry.unknown, entry.strangers.join(", "));
            if kept != found {
                let place = format!("data.linked {}", kept.kind);
                self.add(FILE, &place, &said(kept), &said(found));
            }
        }
        if kept.left_out != found.left_out {
            self.add(
                FILE,
                "data.left_out",
                &kept.left_out.to_string(),
                &found.left_out.to_string(),
            );
        }
    }
}

//! From text to document. 读取
//!
//! Reading never stops at the first fault: each module below reads one part of the file, reports what is wrong where it
//! stands, and keeps what could be read.

mod examples;
pub(crate) mod fields;
mod grades;
mod indicators;
pub(crate) mod measures;
mod office;
mod tables;
mod top;
mod weights;

use std::ops::Range;

use pinji_domain::{Kinds, Message};
use sha2::{Digest, Sha256};
use toml::de::DeTable;

use crate::check;
use crate::document::{Document, PolicyFile, Use};
use crate::finding::{Finding, Severity};
use crate::places::Places;
use fields::{Fields, Source};

/// What came of reading a policy.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The document, as far as it could be read; `None` when the entry file is not TOML at all.
    pub document: Option<Document>,
    /// Everything found, errors and warnings, in the order of files and places.
    pub findings: Vec<Finding>,
    /// The files read, for showing findings: name and text.
    pub files: Vec<(String, String)>,
}

/// Reads a policy and all that it lists, and checks it. 读取并检查
///
/// - `entry`: the entry file's name; `read` gives the text of a file by its name relative to the entry file's folder,
///   or says why not.
/// - Never fails: what is wrong is in the findings.
pub fn load(entry: &str, read: &dyn Fn(&str) -> Result<String, String>) -> Loaded {
    load_on(entry, &crate::kinds::shipped(), read)
}

/// The same where the record kinds are the house's own, and not only those that ship with Pinji. 按本单位的记录种类检查
pub fn load_on(entry: &str, kinds: &Kinds, read: &dyn Fn(&str) -> Result<String, String>) -> Loaded {
    let mut loader = Loader {
        read,
        kinds,
        findings: Vec::new(),
        files: Vec::new(),
        chain: Vec::new(),
    };
    let document = loader.policy(entry, None);
    let Loader {
        mut findings, files, ..
    } = loader;
    let position = |file: &str| files.iter().position(|(name, _)| name == file).unwrap_or(usize::MAX);
    findings.sort_by_cached_key(|finding| {
        (
            position(&finding.file),
            finding.span.start,
            finding.span.end,
            finding.severity,
            finding.message.code,
        )
    });
    findings.dedup();
    Loaded {
        document,
        findings,
        files,
    }
}

/// What reading several files has come to so far.
struct Loader<'r> {
    read: &'r dyn Fn(&str) -> Result<String, String>,
    kinds: &'r Kinds,
    findings: Vec<Finding>,
    files: Vec<(String, String)>,
    /// The policies being read, each used by the one before: a cycle shows here.
    chain: Vec<String>,
}

/// What one policy has come to so far.
#[derive(Default)]
struct Reading {
    document: Document,
    places: Places,
    /// A file was not TOML: checks would only repeat what that hides.
    broken: bool,
}

impl Loader<'_> {
    fn policy(&mut self, name: &str, mention: Option<(String, Range<usize>)>) -> Option<Document> {
        let mention = mention.unwrap_or_else(|| (name.to_owned(), 0..0));
        if self.chain.iter().any(|earlier| earlier == name) {
            let start = self.chain.iter().position(|earlier| earlier == name).unwrap_or(0);
            let mut chain: Vec<&str> = self.chain.iter().skip(start).map(String::as_str).collect();
            chain.push(name);
            let message = Message::new("policy-cycle").with("chain", chain.join(" → "));
            self.findings.push(Finding::error(mention, message));
            return None;
        }
        let first = self.findings.len();
        let text = self.text(name, mention)?;
        let mut reading = Reading::default();
        reading.document.currency = "CNY".to_owned();
        reading.document.kinds = self.kinds.clone();
        self.chain.push(name.to_owned());
        let listed = self.file(&mut reading, name, &text, &top::entry);
        if let Some(listed) = listed {
            self.listed(&mut reading, name, listed);
        }
        self.chain.pop();
        let Reading {
            mut document,
            places,
            broken,
        } = reading;
        document.places = places;
        if broken {
            let nothing = document.id.is_empty() && document.indicators.is_empty() && document.measures.is_empty();
            document.unusable = self.errors_since(first);
            return (!nothing).then_some(document);
        }
        document.unusable = self.errors_since(first);
        self.findings.extend(check::check(&mut document));
        document.unusable = self.errors_since(first);
        Some(document)
    }

    fn errors_since(&self, first: usize) -> Vec<Finding> {
        let new = self.findings.iter().skip(first);
        new.filter(|finding| finding.severity == Severity::Error)
            .cloned()
            .collect()
    }

    /// Reads what a policy lists: files of tables, rates and kinds, then the policies that it uses.
    fn listed(&mut self, reading: &mut Reading, entry: &str, listed: top::Listed) {
        for (name, span) in listed.files {
            if let Some((name, text)) = self.resolve(entry, &name, span) {
                self.file(reading, &name, &text, &top::listed);
            }
        }
        for (index, (alias, name, span)) in listed.uses.into_iter().enumerate() {
            let mention = (entry.to_owned(), span.clone());
            let Some(name) = self.beside(entry, &policy_file(&name), span) else {
                continue;
            };
            if let Some(policy) = self.policy(&name, Some(mention)) {
                add_files(&mut reading.document, &policy);
                let file = std::sync::Arc::from(entry);
                let (_, span) = reading.places.at(&format!("uses.{alias}#key"));
                reading.places.keep(format!("uses[{index}]"), &file, span);
                reading.document.uses.push(Use { alias, policy });
            }
        }
        let Some((name, span)) = listed.group else { return };
        let mention = (entry.to_owned(), span.clone());
        if let Some(name) = self.beside(entry, &policy_file(&name), span)
            && let Some(policy) = self.policy(&name, Some(mention))
        {
            add_files(&mut reading.document, &policy);
            if let Some(group) = &mut reading.document.group {
                group.document = Some(Box::new(policy));
            }
        }
    }

    /// Reads one file into the document: its TOML, then by `read` what it says.
    fn file<T>(
        &mut self,
        reading: &mut Reading,
        name: &str,
        text: &str,
        read: &dyn Fn(&Fields<'_>, &mut Document) -> T,
    ) -> Option<T> {
        reading.document.files.push(PolicyFile {
            name: name.to_owned(),
            text: text.to_owned(),
            sha256: sha256(text.as_bytes()),
        });
        let (table, errors) = DeTable::parse_recoverable(text);
        let source = Source::new(name, text, std::mem::take(&mut reading.places));
        for error in &errors {
            let message = Message::new("policy-toml").with("says", error.message());
            source.error(error.span().unwrap_or(0..0), message);
        }
        let result = (errors.is_empty() || !table.get_ref().is_empty()).then(|| {
            let fields = Fields::new(&source, table.get_ref(), String::new(), 0..0);
            let result = read(&fields, &mut reading.document);
            fields.done();
            result
        });
        let (mut findings, places) = source.into_parts();
        if !errors.is_empty() {
            reading.broken = true;
            // What is missing or unknown in a half-read file says little.
            findings.retain(|finding| finding.message.code == "policy-toml");
        }
        self.findings.extend(findings);
        reading.places = places;
        result
    }

    fn resolve(&mut self, entry: &str, name: &str, span: Range<usize>) -> Option<(String, String)> {
        let mention = (entry.to_owned(), span.clone());
        let name = self.beside(entry, name, span)?;
        let text = self.text(&name, mention)?;
        Some((name, text))
    }

    /// The name, relative to the entry's folder, of a file that `from` names relative to its own.
    fn beside(&mut self, from: &str, name: &str, span: Range<usize>) -> Option<String> {
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
        let mut inside = !name.starts_with('/') && !name.contains('\\') && !name.contains(':');
        for part in name.split('/') {
            match part {
                "" | "." => {}
                ".." => inside &= parts.pop().is_some(),
                part => parts.push(part),
            }
        }
        if !inside || parts.is_empty() {
            let message = Message::new("policy-file-outside").with("file", name);
            self.findings.push(Finding::error((from.to_owned(), span), message));
            return None;
        }
        Some(parts.join("/"))
    }

    fn text(&mut self, name: &str, mention: (String, Range<usize>)) -> Option<String> {
        if let Some((_, text)) = self.files.iter().find(|(file, _)| file == name) {
            return Some(text.clone());
        }
        match (self.read)(name) {
            Ok(text) => {
                self.files.push((name.to_owned(), text.clone()));
                Some(text)
            }
            Err(why) => {
                let message = Message::new("policy-file-unreadable")
                    .with("file", name)
                    .with("why", why);
                self.findings.push(Finding::error(mention, message));
                None
            }
        }
    }
}

/// The file of a policy that is named by its id.
fn policy_file(name: &str) -> String {
    let is_path = name.contains('/') || name.ends_with(".toml");
    if is_path {
        name.to_owned()
    } else {
        format!("{name}.toml")
    }
}

/// A policy's hash covers the files of those that it uses.
fn add_files(document: &mut Document, used: &Document) {
    for file in &used.files {
        if !document.files.iter().any(|known| known.name == file.name) {
            document.files.push(file.clone());
        }
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

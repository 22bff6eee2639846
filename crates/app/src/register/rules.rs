//! Which record kinds and policies hold now: those that ship with Pinji, and the company's own files on top. 现行规则
//!
//! Other use cases ask here and nowhere else. A company's file of kinds lies on those that ship, in the order of names; a
//! company's policy of the same id takes the place of the one that ships. Both are checked before they are kept, so what
//! is read here again has been good once; where a newer Pinji finds fault with it, that is said and not passed over.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pinji_domain::{Kinds, Message, Timestamp};
use pinji_policy::Finding;
use pinji_policy::finding::Severity;
use pinji_store::{RuleFile, View};
use sha2::{Digest, Sha256};

use super::keys::hex;
use super::{Fault, Office};
use crate::regulation::{Regulation, over_shipped};
use crate::shipped;

/// The sorts of rule files in the store.
pub(crate) const KIND: &str = "kind";
/// A policy: its name is its id and `.toml`.
pub(crate) const POLICY: &str = "policy";
/// What a policy lists: tables, rates, kinds of its own.
pub(crate) const TABLE: &str = "table";

/// More policies than these are not remembered as read; a house has a handful.
const MOST_KEPT: usize = 64;

/// Where a rule comes from. 规则来源
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The file's name.
    pub file: String,
    /// The SHA-256 of its text, in hex.
    pub hash: String,
    /// When it was loaded; `None` where it ships with Pinji.
    pub loaded_at: Option<Timestamp>,
}

impl Origin {
    pub(crate) fn of(file: &RuleFile) -> Origin {
        Origin {
            file: file.name.clone(),
            hash: file.hash.clone(),
            loaded_at: Some(file.loaded_at),
        }
    }
}

/// The company's files by which the office works, as they stand now. 规则文件集
#[derive(Debug, Clone, Default)]
pub(crate) struct Files {
    pub(crate) kinds: Vec<RuleFile>,
    pub(crate) policies: Vec<RuleFile>,
    pub(crate) tables: Vec<RuleFile>,
}

impl Files {
    /// The text of a file by the name under which a policy asks for it: the company's, or the one that ships.
    pub(crate) fn text(&self, name: &str) -> Result<String, String> {
        let own = self.policies.iter().chain(&self.tables).find(|file| file.name == name);
        own.map_or_else(|| shipped::read(name), |file| Ok(file.content.clone()))
    }

    /// The record kinds that they make, and what is to be said of them.
    pub(crate) fn kinds(&self) -> (Kinds, Vec<Finding>) {
        let texts = self
            .kinds
            .iter()
            .map(|file| (file.name.as_str(), file.content.as_str()));
        over_shipped(texts)
    }

    /// The texts of the files of kinds by name, in their order.
    pub(crate) fn kind_texts(&self) -> Vec<(String, String)> {
        let texts = self.kinds.iter();
        texts.map(|file| (file.name.clone(), file.content.clone())).collect()
    }

    /// The ids of all policies, those that ship first.
    pub(crate) fn ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = shipped::names().into_iter().map(str::to_owned).collect();
        for file in &self.policies {
            let id = id_of(&file.name);
            if !ids.iter().any(|known| known == id) {
                ids.push(id.to_owned());
            }
        }
        ids
    }

    /// Where a policy of this id comes from; `None` where there is none.
    fn origin(&self, id: &str) -> Option<Origin> {
        let name = file_of(id);
        if let Some(file) = self.policies.iter().find(|file| file.name == name) {
            return Some(Origin::of(file));
        }
        let known = shipped::known(id).filter(|known| *known == id)?;
        let text = shipped::read(&file_of(known)).ok()?;
        Some(Origin {
            file: name,
            hash: hash(text.as_bytes()),
            loaded_at: None,
        })
    }

    fn mark(&self, hasher: &mut Sha256) {
        for file in self.kinds.iter().chain(&self.policies).chain(&self.tables) {
            hasher.update(file.name.as_bytes());
            hasher.update([0]);
            hasher.update(file.hash.as_bytes());
        }
    }
}

/// A policy that holds now, with where it comes from. 现行标准
#[derive(Debug, Clone)]
pub struct InForce {
    /// Its id.
    pub id: String,
    /// Where it comes from.
    pub origin: Origin,
    /// The policy as it was read, with the office's kinds.
    pub regulation: Arc<Regulation>,
}

/// Policies as they were read, by what they were read from: checking one costs far more than finding it again.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<BTreeMap<(String, String), Arc<Regulation>>>);

impl Office {
    /// The record kinds that hold now. 现行记录种类
    pub async fn kinds(&self, view: &View) -> Result<Kinds, Fault> {
        let files = Files {
            kinds: view.rule_files(KIND).await?,
            ..Files::default()
        };
        usable(files.kinds())
    }

    /// The policy of this id that holds now, ready for [`Regulation::levels`]; [`Fault::Absent`] where there is none. 现行标准
    pub async fn policy(&self, view: &View, id: &str) -> Result<Arc<Regulation>, Fault> {
        Ok(self.policy_in_force(view, id).await?.regulation)
    }

    /// The same with where it comes from.
    pub(crate) async fn policy_in_force(&self, view: &View, id: &str) -> Result<InForce, Fault> {
        let files = self.rule_texts(view).await?;
        let kinds = usable(files.kinds())?;
        let found = self.in_force(&files, &kinds, id).ok_or(Fault::Absent)?;
        if found.regulation.has_errors() {
            let mut remarks = found.regulation.remarks.iter();
            let first = remarks.find(|remark| remark.is_error);
            let says = first.map_or_else(
                || Message::new("app-policy-has-errors").with("n", 1_usize),
                |remark| remark.message.clone(),
            );
            return Err(outdated(&found.origin.file, says));
        }
        Ok(found)
    }

    /// All policies that hold now, those that ship first; also those with which something is wrong. 全部现行标准
    pub async fn policies(&self, view: &View) -> Result<Vec<InForce>, Fault> {
        let files = self.rule_texts(view).await?;
        let kinds = usable(files.kinds())?;
        let ids = files.ids();
        Ok(ids.iter().filter_map(|id| self.in_force(&files, &kinds, id)).collect())
    }

    /// The company's rule files of all sorts.
    pub(crate) async fn rule_texts(&self, view: &View) -> Result<Files, Fault> {
        Ok(Files {
            kinds: view.rule_files(KIND).await?,
            policies: view.rule_files(POLICY).await?,
            tables: view.rule_files(TABLE).await?,
        })
    }

    fn in_force(&self, files: &Files, kinds: &Kinds, id: &str) -> Option<InForce> {
        let origin = files.origin(id)?;
        let mut hasher = Sha256::new();
        files.mark(&mut hasher);
        let key = (id.to_owned(), hex(&hasher.finalize()));
        let known = self.rules.lock().get(&key).cloned();
        let regulation = known.unwrap_or_else(|| {
            let read = Regulation::on(&origin.file, kinds, |name| files.text(name));
            let read = Arc::new(read.with_kinds(files.kind_texts()));
            let mut kept = self.rules.lock();
            if kept.len() >= MOST_KEPT {
                kept.clear();
            }
            kept.insert(key, Arc::clone(&read));
            read
        });
        Some(InForce {
            id: id.to_owned(),
            origin,
            regulation,
        })
    }
}

impl Kept {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<(String, String), Arc<Regulation>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Kinds in which no error was found.
fn usable((kinds, findings): (Kinds, Vec<Finding>)) -> Result<Kinds, Fault> {
    match findings.into_iter().find(|finding| finding.severity == Severity::Error) {
        None => Ok(kinds),
        Some(finding) => Err(outdated(&finding.file, finding.message)),
    }
}

fn outdated(file: &str, says: Message) -> Fault {
    Fault::Refused(Message::new("app-rules-outdated").with("file", file).with("says", says))
}

/// The file of a policy by its id.
pub(crate) fn file_of(id: &str) -> String {
    format!("{id}.toml")
}

/// The id of a policy by its file.
pub(crate) fn id_of(file: &str) -> &str {
    file.strip_suffix(".toml").unwrap_or(file)
}

/// SHA-256 in hex, as the store names files.
pub(crate) fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

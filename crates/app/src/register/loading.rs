//! Loading the company's own record kinds and policies: checked as a whole with all that holds, then kept. 载入规则

use std::sync::Arc;

use pinji_access::{Resource, What};
use pinji_domain::{Kinds, Message, Timestamp, UserId};
use pinji_policy::Finding;
use pinji_policy::finding::Severity;
use pinji_store::{Change, NewRuleFile, RuleFile, View};
use serde_json::json;

use super::deed::Deed;
use super::kinds::{PolicyView, policy_view};
use super::rules::{Files, InForce, KIND, Origin, POLICY, TABLE, file_of, hash, id_of};
use super::{Action, Answer, Caller, Fault, Office, Wrong};
use crate::regulation::Regulation;
use crate::remark::{Remark, remarks};

/// The longest text of a rule file, in bytes.
const LONGEST: usize = 900_000;
/// So many findings are told at once.
const MOST_FINDINGS: usize = 100;

/// A text with its name. 文件
#[derive(Debug, Clone)]
pub struct Text {
    /// The file's name: `own.toml`, `tables/industry.toml`.
    pub name: String,
    /// The text.
    pub text: String,
}

/// A file of kinds that was loaded. 载入的记录种类
#[derive(Debug, Clone)]
pub struct LoadedKinds {
    /// The file's name.
    pub file: String,
    /// The SHA-256 of its text.
    pub hash: String,
    /// The kinds that it makes or changes.
    pub kinds: Vec<String>,
}

/// How often a check is begun again because the rules were changed meanwhile.
const TRIES: usize = 5;

/// Loads a file of record kinds, in the place of the one of the same name. 载入记录种类
pub async fn load_kinds(
    office: &Office,
    caller: &Caller,
    given: Text,
    words: impl Fn(&LoadedKinds) -> Answer + Send,
) -> Result<Answer, Fault> {
    office.authorize(caller, Action::KindWrite, &Resource::new(What::Kind))?;
    named(&given, "/name", "/text")?;
    let (by, text) = (By::of(caller), given.clone());
    let (change, checked) = settled(office, caller, move |files| check_kinds(files, &text, by)).await?;
    // Records come and go without the rules changing: this is looked at where nobody else can write.
    fits_what_is_kept(&change, &checked.before, &checked.after).await?;
    let before = &checked.before;
    let touched = checked
        .after
        .kinds
        .iter()
        .filter(|kind| before.get(&kind.id) != Some(*kind));
    let loaded = LoadedKinds {
        file: given.name.clone(),
        hash: hash(given.text.as_bytes()),
        kinds: touched.map(|kind| kind.id.clone()).collect(),
    };
    change.load_rule_file(row(&change, by, KIND, &given)).await?;
    let answer = words(&loaded);
    let deed = Deed::new(Action::KindWrite.code(), format!("rule:kind/{}", given.name)).after(json!({
        "file": loaded.file, "sha256": loaded.hash, "kinds": loaded.kinds,
    }));
    office.keep(change, caller, deed, answer).await
}

/// Loads a policy with the tables that it lists, in the place of the one of the same id. 载入分级标准
pub async fn load_policy(
    office: &Office,
    caller: &Caller,
    text: String,
    tables: Vec<Text>,
    words: impl Fn(&PolicyView) -> Answer + Send,
) -> Result<Answer, Fault> {
    office.authorize(caller, Action::PolicyWrite, &Resource::new(What::Policy))?;
    for (at, table) in tables.iter().enumerate() {
        named(table, &format!("/files/{at}/name"), &format!("/files/{at}/text"))?;
    }
    let (by, listed) = (By::of(caller), tables.clone());
    let check = move |files| check_policy(files, &text, &listed, by);
    let (change, CheckedPolicy { given, regulation }) = settled(office, caller, check).await?;
    for table in &tables {
        change.load_rule_file(row(&change, by, TABLE, table)).await?;
    }
    change.load_rule_file(row(&change, by, POLICY, &given)).await?;
    let (id, hash) = (id_of(&given.name).to_owned(), hash(given.text.as_bytes()));
    let loaded = InForce {
        id: id.clone(),
        origin: Origin {
            file: given.name.clone(),
            hash: hash.clone(),
            loaded_at: Some(change.at()),
        },
        regulation: Arc::new(regulation),
    };
    let view = policy_view(&loaded, caller.asked.at.day().unwrap_or_default())?;
    let answer = words(&view);
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    let deed = Deed::new(Action::PolicyWrite.code(), format!("rule:policy/{}", given.name)).after(json!({
        "policy": id, "version": view.version, "sha256": hash, "files": names,
    }));
    let deed = deed.under(format!("{id} {}", view.version));
    office.keep(change, caller, deed, answer).await
}

/// Checks against the rules that are in force, on a thread of its own and without holding anybody up, and then begins the
/// change. Where the rules are no longer those that were checked against, all is checked again.
async fn settled<T: Send + 'static>(
    office: &Office,
    caller: &Caller,
    check: impl Fn(Files) -> Result<T, Fault> + Send + Sync + 'static,
) -> Result<(Change, T), Fault> {
    let check = Arc::new(check);
    for _ in 0..TRIES {
        let view = office.store.snapshot().await?;
        let ground = view.rules_in_force().await?;
        let files = office.rule_texts(&view).await?;
        drop(view);
        let this = Arc::clone(&check);
        let checked = tokio::task::spawn_blocking(move || this(files))
            .await
            .map_err(Fault::broken)??;
        let change = office.store.change(caller.asked.at).await?;
        if change.rules_in_force().await? == ground {
            return Ok((change, checked));
        }
    }
    Err(Fault::refused("app-rules-unsettled"))
}

/// Who puts a text into force, and when.
#[derive(Clone, Copy)]
struct By {
    user: UserId,
    at: Timestamp,
}

impl By {
    fn of(caller: &Caller) -> By {
        By {
            user: caller.user,
            at: caller.asked.at,
        }
    }
}

/// The kinds without and with a new file.
struct CheckedKinds {
    before: Kinds,
    after: Kinds,
}

fn check_kinds(mut files: Files, given: &Text, by: By) -> Result<CheckedKinds, Fault> {
    let (before, _) = files.kinds();
    put(&mut files.kinds, KIND, given, by);
    let (after, found) = files.kinds();
    refuse(
        "/text",
        remarks(&found, &files.kind_texts()),
        found.iter().any(is_error),
    )?;
    // A policy that was good must stay so.
    for id in files.ids() {
        let entry = file_of(&id);
        let read = |kinds: &Kinds| Regulation::on(&entry, kinds, |name| files.text(name));
        let now = read(&after);
        if now.has_errors() && !read(&before).has_errors() {
            return Err(breaks(&id, &now));
        }
    }
    Ok(CheckedKinds { before, after })
}

/// A policy as it would be kept, and as it was read.
struct CheckedPolicy {
    given: Text,
    regulation: Regulation,
}

fn check_policy(mut files: Files, text: &str, tables: &[Text], by: By) -> Result<CheckedPolicy, Fault> {
    let (kinds, _) = files.kinds();
    for table in tables {
        put(&mut files.tables, TABLE, table, by);
    }
    // The file is called by the policy's id, which only its text tells: it is read once for that.
    let first = "policy.toml";
    let read = |files: &Files, entry: &str, own: &str| {
        Regulation::on(entry, &kinds, |name| match name == own {
            true => Ok(text.to_owned()),
            false => files.text(name),
        })
    };
    let looked = read(&files, first, first);
    let id = looked
        .document
        .as_ref()
        .map(|document| document.id.clone())
        .unwrap_or_default();
    if id.is_empty() {
        refuse("/text", looked.remarks, true)?;
    }
    let given = Text {
        name: file_of(&id),
        text: text.to_owned(),
    };
    named(&given, "/text", "/text")?;
    let regulation = read(&files, &given.name, &given.name);
    let bad = regulation.has_errors();
    refuse("/text", regulation.remarks.clone(), bad)?;
    put(&mut files.policies, POLICY, &given, by);
    // Others may use this one or read the same tables.
    for other in files.ids().iter().filter(|other| **other != id) {
        let now = Regulation::on(&file_of(other), &kinds, |name| files.text(name));
        if now.has_errors() {
            return Err(breaks(other, &now));
        }
    }
    Ok(CheckedPolicy { given, regulation })
}

/// Another policy would no longer be good, and why.
fn breaks(policy: &str, now: &Regulation) -> Fault {
    let first = now.remarks.iter().find(|remark| remark.is_error);
    let says = first.map_or_else(|| Message::new("app-no-word"), |remark| remark.message.clone());
    let says = Message::new("app-kinds-break-policy")
        .with("policy", policy)
        .with("says", says);
    Fault::field("/text", says)
}

/// Records are read by the kinds of today: what they hold must keep its meaning.
async fn fits_what_is_kept(view: &View, before: &Kinds, after: &Kinds) -> Result<(), Fault> {
    let mut wrong = Vec::new();
    for (old, new) in before.kinds.iter().filter_map(|old| Some((old, after.get(&old.id)?))) {
        let mut changed: Vec<&str> = Vec::new();
        for field in &old.fields {
            let now = new.field(&field.id).map(|field| &field.ty);
            let same = match (&field.ty, now) {
                // Words may be added to a list, none taken away.
                (pinji_domain::FieldType::Choice(old), Some(pinji_domain::FieldType::Choice(new))) => {
                    old.iter().all(|(id, _)| new.iter().any(|(known, _)| known == id))
                }
                (old, now) => Some(old) == now,
            };
            if !same {
                changed.push(&field.id);
            }
        }
        if old.key != new.key || old.subject != new.subject || old.date != new.date {
            changed.push("key");
        }
        if changed.is_empty() || !view.has_records(&old.id).await? {
            continue;
        }
        let says = Message::new("app-kind-has-records")
            .with("kind", old.id.as_str())
            .with("fields", changed.join(", "));
        wrong.push(Wrong::at("/text", says));
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(Fault::Invalid(wrong)),
    }
}

/// A file's name is a plain path, and its text not too long.
fn named(given: &Text, name: &str, text: &str) -> Result<(), Fault> {
    let parts = given.name.split('/');
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.chars().all(|ch| ch.is_ascii_alphanumeric() || "-_.".contains(ch))
    };
    let mut wrong = Vec::new();
    if given.name.len() > 100 || !given.name.ends_with(".toml") || !parts.into_iter().all(plain) {
        let says = Message::new("app-rule-file-name").with("name", given.name.as_str());
        wrong.push(Wrong::at(name, says));
    }
    if given.text.len() > LONGEST {
        wrong.push(Wrong::at(
            text,
            Message::new("app-rule-file-long").with("most", LONGEST),
        ));
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(Fault::Invalid(wrong)),
    }
}

fn is_error(finding: &Finding) -> bool {
    finding.severity == Severity::Error
}

/// All that was found becomes parts that are wrong, each with file, line and column; nothing where none of it is an error.
fn refuse(pointer: &str, remarks: Vec<Remark>, has_errors: bool) -> Result<(), Fault> {
    if !has_errors {
        return Ok(());
    }
    let errors = remarks.into_iter().filter(|remark| remark.is_error).take(MOST_FINDINGS);
    let mut wrong: Vec<Wrong> = errors
        .map(|remark| {
            let says = Message::new("app-rule-finding")
                .with("file", remark.file)
                .with("line", remark.line)
                .with("column", remark.column)
                .with("says", remark.message);
            Wrong::at(pointer, says)
        })
        .collect();
    if wrong.is_empty() {
        wrong.push(Wrong::at(pointer, Message::new("app-no-word")));
    }
    Err(Fault::Invalid(wrong))
}

/// Puts a text among the files as it would be kept.
fn put(files: &mut Vec<RuleFile>, sort: &str, given: &Text, by: By) {
    files.retain(|file| file.name != given.name);
    files.push(RuleFile {
        id: 0,
        sort: sort.to_owned(),
        name: given.name.clone(),
        hash: hash(given.text.as_bytes()),
        content: given.text.clone(),
        loaded_at: by.at,
        loaded_by: Some(by.user),
        retired_at: None,
    });
    files.sort_by(|one, other| one.name.cmp(&other.name));
}

fn row(change: &Change, by: By, sort: &str, given: &Text) -> NewRuleFile {
    NewRuleFile {
        sort: sort.to_owned(),
        name: given.name.clone(),
        hash: hash(given.text.as_bytes()),
        content: given.text.clone(),
        loaded_at: change.at(),
        loaded_by: Some(by.user),
    }
}

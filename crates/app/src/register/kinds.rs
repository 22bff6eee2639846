//! Record kinds and policies that hold now, and the workbooks in which they are asked for. 记录种类与模板

use pinji_access::{Resource, What};
use pinji_connectors::template::Template;
use pinji_domain::{Date, Kind, Text};
use pinji_policy::document::Subject;
use pinji_store::View;

use super::rules::{InForce, Origin};
use super::{Action, Caller, Fault, Office};
use crate::needs::needs;

/// A policy that holds now. 现行标准
#[derive(Debug, Clone)]
pub struct PolicyView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// Its version.
    pub version: String,
    /// From when it holds.
    pub effective: Option<Date>,
    /// Whether it rates corporate groups.
    pub of_groups: bool,
    /// The kinds that it reads, by id; empty where it cannot be used.
    pub kinds: Vec<String>,
    /// Where it comes from.
    pub origin: Origin,
    /// Whether it can be used; not so where a newer Pinji or another kind spoilt it.
    pub usable: bool,
}

/// A workbook to be filled in. 模板文件
#[derive(Debug, Clone)]
pub struct Sheet {
    /// What the file is called.
    pub name: String,
    /// Its bytes; the same for the same kinds.
    pub bytes: Vec<u8>,
}

/// All record kinds. 记录种类列表
pub async fn list(office: &Office, caller: &Caller) -> Result<Vec<Kind>, Fault> {
    office.authorize(caller, Action::KindRead, &Resource::new(What::Kind))?;
    Ok(office.kinds(&office.store).await?.kinds)
}

/// One record kind. 查看记录种类
pub async fn read(office: &Office, caller: &Caller, id: &str) -> Result<Kind, Fault> {
    let kinds = list(office, caller).await?;
    kinds.into_iter().find(|kind| kind.id == id).ok_or(Fault::Absent)
}

/// The workbook of one kind. 单表模板
pub async fn template(office: &Office, caller: &Caller, id: &str) -> Result<Sheet, Fault> {
    let kind = read(office, caller, id).await?;
    let bytes = apart(move || Template::of_kind(&kind).bytes()).await?;
    Ok(Sheet {
        name: format!("{id}.xlsx"),
        bytes,
    })
}

/// All policies that hold now. 分级标准列表
pub async fn policies(office: &Office, caller: &Caller) -> Result<Vec<PolicyView>, Fault> {
    office.authorize(caller, Action::PolicyRead, &Resource::new(What::Policy))?;
    let view = office.store.snapshot().await?;
    let day = today(caller);
    let all = office.policies(&view).await?;
    all.iter().map(|one| policy_view(one, day)).collect()
}

/// One policy. 查看分级标准
pub async fn policy(office: &Office, caller: &Caller, id: &str) -> Result<PolicyView, Fault> {
    let all = policies(office, caller).await?;
    all.into_iter().find(|one| one.id == id).ok_or(Fault::Absent)
}

/// The workbook with all that a policy reads, a sheet for each kind. 标准模板
pub async fn policy_template(office: &Office, caller: &Caller, id: &str) -> Result<Sheet, Fault> {
    office.authorize(caller, Action::PolicyRead, &Resource::new(What::Policy))?;
    let view: &View = &office.store;
    let found = office.policy_in_force(view, id).await?;
    let day = today(caller);
    let bytes = apart(move || {
        let kinds = reads(&found, day);
        let (title, kinds) = kinds.ok_or_else(|| pinji_connectors::DataError::Refused {
            file: found.origin.file.clone(),
            message: pinji_domain::Message::new("app-policy-has-errors").with("n", 1_usize),
        })?;
        let fields: Vec<Vec<&str>> = kinds
            .iter()
            .map(|(_, fields)| fields.iter().map(String::as_str).collect())
            .collect();
        let forms = kinds
            .iter()
            .zip(&fields)
            .map(|((kind, _), fields)| (kind, fields.as_slice()));
        Template::of_policy(&found.id, title, forms).bytes()
    })
    .await?;
    Ok(Sheet {
        name: format!("{id}.xlsx"),
        bytes,
    })
}

/// A workbook is compressed on a thread of its own.
async fn apart(
    make: impl FnOnce() -> Result<Vec<u8>, pinji_connectors::DataError> + Send + 'static,
) -> Result<Vec<u8>, Fault> {
    tokio::task::spawn_blocking(make)
        .await
        .map_err(Fault::broken)?
        .map_err(|error| Fault::Refused(error.message()))
}

fn today(caller: &Caller) -> Date {
    caller.asked.at.day().unwrap_or_default()
}

pub(super) fn policy_view(one: &InForce, day: Date) -> Result<PolicyView, Fault> {
    let document = one.regulation.document.as_ref();
    Ok(PolicyView {
        id: one.id.clone(),
        name: document.map(|document| document.name.clone()).unwrap_or_default(),
        version: document.map(|document| document.version.clone()).unwrap_or_default(),
        effective: document.and_then(|document| document.effective),
        of_groups: one
            .regulation
            .levels(day)
            .ok()
            .and_then(|levels| levels.last().map(|level| level.compiled.subject == Subject::Group))
            .unwrap_or(false),
        kinds: reads(one, day)
            .map(|(_, kinds)| kinds.into_iter().map(|(kind, _)| kind.id).collect())
            .unwrap_or_default(),
        origin: one.origin.clone(),
        usable: !one.regulation.has_errors(),
    })
}

/// A kind and those of its fields that are read.
type ReadKind = (Kind, Vec<String>);

/// The kinds that a policy and those that it uses read, each with the fields; the policy's name before them.
fn reads(one: &InForce, day: Date) -> Option<(Text, Vec<ReadKind>)> {
    let levels = one.regulation.levels(day).ok()?;
    let wide = crate::wide::kind(&levels);
    let needs = needs(&levels, &wide);
    let main = levels.last()?;
    let mut kinds: Vec<ReadKind> = Vec::new();
    for level in levels.iter().rev() {
        for kind in &level.document.kinds.kinds {
            if kinds.iter().any(|(known, _)| known.id == kind.id) {
                continue;
            }
            if let Some(fields) = needs.fields(&kind.id) {
                kinds.push((kind.clone(), fields.into_iter().map(str::to_owned).collect()));
            }
        }
    }
    Some((main.document.name.clone(), kinds))
}

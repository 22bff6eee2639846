//! What came of runs, for who may see it. 查看批次与结果

use std::path::PathBuf;

use pinji_access::{Relation, Resource, State, What};
use pinji_domain::{Date, JobId, Lang, Message, RunId, Secrecy, Timestamp, UserId};
use pinji_store::{Cursor, CustomerList, Run, RunState, SortBy, View};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::reach;
use super::work::{OF_GROUPS, in_words};
use crate::manifest::{FILE, Manifest};
use crate::register::reach::model_grade;
use crate::register::{Action, Caller, Fault, Office, Slice, permits};
use crate::regulation::inside;

/// A policy of a run. 批次所用标准
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyOf {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// SHA-256 over its files.
    pub hash: String,
}

/// A run. 评级批次
#[derive(Debug, Clone)]
pub struct RunView {
    /// The id.
    pub id: RunId,
    /// Its name.
    pub name: String,
    /// The policies in their order.
    pub policies: Vec<PolicyOf>,
    /// The day that is graded.
    pub as_of: Date,
    /// Up to when it was known.
    pub known_at: Timestamp,
    /// The version of the engine.
    pub engine: String,
    /// The run that it is compared with.
    pub previous: Option<RunId>,
    /// Who asked for it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// The job that does it.
    pub job: Option<JobId>,
    /// `created`, `running`, `done`, `failed`, `cancelled`.
    pub state: &'static str,
    /// The hash of the frozen measures.
    pub snapshot_hash: Option<String>,
    /// The hash of the policies' files.
    pub policy_hash: Option<String>,
    /// How many customers.
    pub subjects: i64,
    /// By policy: how many of each grade, and the files with their hashes.
    pub counts: Value,
    error: Option<String>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// The version.
    pub version: i64,
}

impl RunView {
    /// Why it failed, in words.
    pub fn error(&self, lang: Lang) -> Option<String> {
        self.error.as_deref().map(|error| in_words(error, lang.code()))
    }

    /// Whether it has ended.
    pub fn is_over(&self) -> bool {
        self.finished_at.is_some()
    }
}

/// A customer's grade in a list. 等级行
#[derive(Debug, Clone)]
pub struct GradeRow {
    /// The customer's number.
    pub customer: String,
    /// Its name.
    pub name: String,
    /// The grade; `None` for ungraded.
    pub grade: Option<String>,
    /// Its rank, 0 the best.
    pub rank: i64,
    /// The total score at the policy's decimals.
    pub total: Option<i64>,
}

/// Which grades of a run. 等级筛选
pub struct GradesAsked {
    /// The policy; the last of the run if not said.
    pub policy: Option<String>,
    /// Only this grade; `-` for the ungraded.
    pub grade: Option<String>,
    /// Where to go on.
    pub after: Option<String>,
    /// How many at most.
    pub limit: u32,
}

/// Runs, the newest first. 批次列表
pub async fn list(
    office: &Office,
    caller: &Caller,
    before: Option<RunId>,
    limit: u32,
) -> Result<Slice<RunView, RunId>, Fault> {
    office.authorize(
        caller,
        Action::RunRead,
        &Resource::new(What::Run).related(Relation::OtherTeam),
    )?;
    let rows = office.store.runs(before, limit + 1).await?;
    Ok(Slice::cut(rows.iter().map(view).collect(), limit, |run: &RunView| {
        run.id
    }))
}

/// One run. 查看批次
pub async fn read(office: &Office, caller: &Caller, id: RunId) -> Result<RunView, Fault> {
    there(office, caller, &office.store, id).await.map(|run| view(&run))
}

/// A run as it stands, for the command that waits at the office's own folder.
pub async fn wait(office: &Office, id: RunId) -> Result<RunView, Fault> {
    let run = office.store.run_by_id(id).await?.ok_or(Fault::Absent)?;
    Ok(view(&run))
}

/// The grades of a run that is done: those that the caller may see, by customer's number. 等级列表
pub async fn grades(
    office: &Office,
    caller: &Caller,
    id: RunId,
    asked: &GradesAsked,
) -> Result<Slice<GradeRow, String>, Fault> {
    let run = done(there(office, caller, &office.store, id).await?)?;
    let (number, policy) = policy_of(&run, asked.policy.as_deref(), Of::Customers)?;
    let ranks = match &asked.grade {
        None => Vec::new(),
        Some(grade) => vec![rank_of(&run, &policy.id, grade)?],
    };
    let unreadable = || Fault::field("/cursor", Message::new("server-cursor-not-ours"));
    let after = asked
        .after
        .as_deref()
        .map(|text| Cursor::parse(text).ok_or_else(unreadable));
    let scope = reach::scope(office, caller, Action::GradeRead);
    let list = CustomerList {
        grades_of: Some((id, number)),
        ranks,
        sort: SortBy::Code,
        after: after.transpose()?,
        limit: asked.limit,
        ..CustomerList::new(scope)
    };
    let page = office.store.list_customers(&list).await?;
    let mut items = Vec::with_capacity(page.rows.len());
    let mut confidential = Vec::new();
    for (customer, head) in page.rows {
        let Some(head) = head else { continue };
        if !office.may(caller, Action::GradeRead, &model_grade(&customer, caller)) {
            continue;
        }
        if customer.secrecy == Secrecy::Confidential {
            confidential.push(customer.id);
        }
        items.push(GradeRow {
            customer: customer.code,
            name: customer.name,
            grade: head.grade,
            rank: head.rank,
            total: head.total,
        });
    }
    permits::note_readings(office, caller, confidential, "grade").await?;
    Ok(Slice {
        items,
        next: page.next.map(|next| next.to_string()),
    })
}

/// A file of a run. 批次文件
#[derive(Debug, Clone)]
pub struct FileOf {
    /// Its name.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// How long it is.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// What is in it.
    pub media: &'static str,
}

/// A file of a run, for who may take much data at once: `name` is that of the last policy's file, `policy` names another. 下载批次文件
pub async fn file(
    office: &Office,
    caller: &Caller,
    id: RunId,
    policy: Option<&str>,
    name: &str,
) -> Result<FileOf, Fault> {
    let run = done(there(office, caller, &office.store, id).await?)?;
    // The files hold every customer, the confidential ones too: who may not export those may not have the files.
    let all = Resource::new(What::Export)
        .related(Relation::OtherTeam)
        .at(State::Committed);
    office.authorize(caller, Action::ExportBulk, &all)?;
    let (_, policy) = policy_of(&run, policy, Of::Any)?;
    let folder = run.folder.as_deref().ok_or(Fault::Absent)?;
    let folder = office.folder().join(folder).join(&policy.id);
    let manifest = Manifest::read(&folder).map_err(Fault::broken)?;
    let known = manifest.outputs.iter().find(|output| output.file == name);
    let path = inside(&folder, name).map_err(|_| Fault::Absent)?;
    let (bytes, sha256) = match known {
        Some(output) => (output.bytes, output.sha256.clone()),
        None if name == FILE => crate::digest::of_file(&path).map_err(Fault::broken)?,
        None => return Err(Fault::Absent),
    };
    if !path.is_file() {
        return Err(Fault::Absent);
    }
    note_export(office, caller, &run, name).await?;
    Ok(FileOf {
        name: name.to_owned(),
        path,
        bytes,
        sha256,
        media: match name.rsplit('.').next().unwrap_or_default() {
            "html" => "text/html; charset=utf-8",
            "json" => "application/json",
            "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "parquet" => "application/vnd.apache.parquet",
            _ => "application/octet-stream",
        },
    })
}

/// Whoever takes a run's file reads the confidential customers in it: each of these readings is noted.
async fn note_export(office: &Office, caller: &Caller, run: &Run, name: &str) -> Result<(), Fault> {
    let id = run.id;
    // Groups are made of customers too: where the run graded no others, all that there are count.
    let graded = policy_of(run, None, Of::Customers).ok();
    let mut list = CustomerList {
        grades_of: graded.map(|(number, _)| (id, number)),
        secrecy: Some(Secrecy::Confidential),
        sort: SortBy::Code,
        limit: 500,
        ..CustomerList::new(pinji_store::Scope::all())
    };
    let what = format!("run:{id}/{name}");
    loop {
        let page = office.store.list_customers(&list).await?;
        let writing = office.store.upkeep().await?;
        for (customer, _) in &page.rows {
            let reading = pinji_store::NewReading {
                user_id: caller.user,
                customer: customer.id,
                what: what.clone(),
                permission: None,
                at: caller.asked.at,
                request: caller.asked.request.clone(),
            };
            writing.put(reading).await?;
        }
        writing.commit().await?;
        match page.next {
            None => return Ok(()),
            next => list.after = next,
        }
    }
}

pub(super) async fn there(office: &Office, caller: &Caller, view: &View, id: RunId) -> Result<Run, Fault> {
    let run = view.run_by_id(id).await?.ok_or(Fault::Absent)?;
    let shown = Resource::new(What::Run).related(Relation::OtherTeam);
    match office.may(caller, Action::RunRead, &shown) {
        true => Ok(run),
        false => Err(Fault::Absent),
    }
}

/// Results are shown of a run that has passed the gate, and of no other.
pub(super) fn done(run: Run) -> Result<Run, Fault> {
    match run.state {
        RunState::Done => Ok(run),
        _ => Err(Fault::refused("app-run-not-done")),
    }
}

/// The policies that a run was asked for with.
pub(crate) fn policies_of(run: &Run) -> Vec<PolicyOf> {
    serde_json::from_str(&run.policies).unwrap_or_default()
}

/// Whom a policy grades, where that matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Customers,
    Groups,
    Any,
}

impl Of {
    fn fits(self, run: &Run, policy: &str) -> bool {
        self == Of::Any || (self == Of::Groups) == is_of_groups(run, policy)
    }
}

/// A policy of a run with its number: the one that is named, or the last that grades such subjects.
pub(super) fn policy_of(run: &Run, named: Option<&str>, of: Of) -> Result<(i64, PolicyOf), Fault> {
    let mut policies = (0..).zip(policies_of(run));
    let wrong = |code| Fault::field("/policy", Message::new(code).with("policy", named.unwrap_or_default()));
    match named {
        None => {
            let fitting = policies.filter(|(_, policy)| of.fits(run, &policy.id));
            fitting.last().ok_or_else(|| {
                wrong(match of {
                    Of::Groups => "app-run-without-groups",
                    Of::Customers => "app-run-without-customers",
                    Of::Any => "app-run-without-policy",
                })
            })
        }
        Some(id) => {
            let found = policies.find(|(_, policy)| policy.id == id);
            let found = found.ok_or_else(|| wrong("app-run-without-policy"))?;
            match (of.fits(run, id), of) {
                (true, _) => Ok(found),
                (false, Of::Groups) => Err(wrong("app-run-policy-of-customers")),
                (false, _) => Err(wrong("app-run-policy-of-groups")),
            }
        }
    }
}

/// Whether a policy graded groups, by what the run counted.
fn is_of_groups(run: &Run, policy: &str) -> bool {
    let counts: Value = serde_json::from_str(run.counts.as_deref().unwrap_or("[]")).unwrap_or_default();
    let mut policies = counts.as_array().into_iter().flatten();
    policies.any(|one| one["policy"] == policy && one["of"] == OF_GROUPS)
}

/// The rank of a grade by what the run counted: the ungraded have the one after the last.
pub(super) fn rank_of(run: &Run, policy: &str, grade: &str) -> Result<i64, Fault> {
    let counts: Value = serde_json::from_str(run.counts.as_deref().unwrap_or("[]")).unwrap_or_default();
    let of = counts
        .as_array()
        .into_iter()
        .flatten()
        .find(|one| one["policy"] == policy);
    let grades = of.and_then(|one| one["grades"].as_array()).cloned().unwrap_or_default();
    let place = match grade {
        "-" => Some(grades.len()),
        _ => grades.iter().position(|one| one["id"] == grade),
    };
    let unknown = || {
        let names: Vec<&str> = grades.iter().filter_map(|one| one["id"].as_str()).collect();
        let message = Message::new("app-run-grade-unknown").with("grade", grade);
        Fault::field("/grade", message.with("names", names.join(", ")))
    };
    place.and_then(|place| i64::try_from(place).ok()).ok_or_else(unknown)
}

pub(super) fn view(run: &Run) -> RunView {
    RunView {
        id: run.id,
        name: run.name.clone(),
        policies: policies_of(run),
        as_of: run.as_of,
        known_at: run.as_known,
        engine: run.engine.clone(),
        previous: run.previous,
        created_by: run.created_by,
        created_at: run.created_at,
        job: run.job,
        state: run.state.code(),
        snapshot_hash: run.snapshot_hash.clone(),
        policy_hash: run.policy_hash.clone(),
        subjects: run.subjects,
        counts: serde_json::from_str(run.counts.as_deref().unwrap_or("[]")).unwrap_or_default(),
        error: run.error.clone(),
        finished_at: run.finished_at,
        version: run.version,
    }
}

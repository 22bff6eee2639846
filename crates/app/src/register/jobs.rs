//! Long jobs, for whoever follows them. 作业

use pinji_access::{Owner, Resource, State, What};
use pinji_domain::{JobId, Secrecy, Timestamp};

use super::{Action, Caller, Fault, Office};

/// A job. 作业
#[derive(Debug, Clone, PartialEq)]
pub struct JobView {
    /// The id.
    pub id: JobId,
    /// What it does.
    pub kind: String,
    /// `queued`, `running`, `done`, `failed`, `cancelled`.
    pub state: &'static str,
    /// Steps done.
    pub done: i64,
    /// Steps in all; 0 while nobody knows.
    pub total: i64,
    /// What it is at.
    pub note: Option<String>,
    /// Since when.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// What came of it.
    pub result: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
}

/// Where a job stands. 查看作业
pub async fn read(office: &Office, caller: &Caller, id: JobId) -> Result<JobView, Fault> {
    let job = office.store.job(id).await?.ok_or(Fault::Absent)?;
    let owner = Owner {
        user: job.created_by,
        ..Owner::default()
    };
    let about = Resource::of(What::Job, &owner, Secrecy::Internal, State::Committed, &caller.actor);
    if !office.may(caller, Action::JobRead, &about) {
        return Err(Fault::Absent);
    }
    Ok(JobView {
        id: job.id,
        kind: job.kind,
        state: job.state.code(),
        done: job.steps_done,
        total: job.steps_total,
        note: job.note,
        created_at: job.created_at,
        finished_at: job.finished_at,
        result: job.result,
        error: job.error,
    })
}

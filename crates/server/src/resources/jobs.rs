//! Long jobs: where they stand, by asking or by listening. 作业

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use pinji_app::register::jobs::{self, JobView};
use pinji_domain::JobId;
use serde::Serialize;
use utoipa::ToSchema;

use super::when;
use crate::body::Id;
use crate::guard::By;
use crate::problem::Problem;
use crate::shared::Shared;

/// A long job. 作业
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(example = json!({
    "id": 9, "kind": "run", "state": "running", "done": 420000, "total": 1000000, "note": "grading",
    "created_at": "2026-11-22T08:00:00.000000Z", "finished_at": null, "result": null, "error": null,
}))]
pub struct Job {
    /// The id.
    pub id: i64,
    /// What it does.
    pub kind: String,
    /// `queued`, `running`, `done`, `failed` or `cancelled`.
    pub state: String,
    /// Steps done.
    pub done: i64,
    /// Steps in all; 0 while nobody knows.
    pub total: i64,
    /// What it is at.
    pub note: Option<String>,
    /// Since when.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it ended.
    #[schema(format = DateTime)]
    pub finished_at: Option<String>,
    /// What came of it: an address, or a summary.
    pub result: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
}

impl From<JobView> for Job {
    fn from(view: JobView) -> Job {
        Job {
            id: view.id.0,
            kind: view.kind,
            state: view.state.to_owned(),
            done: view.done,
            total: view.total,
            note: view.note,
            created_at: when(view.created_at),
            finished_at: view.finished_at.map(when),
            result: view.result,
            error: view.error,
        }
    }
}

/// Reads a job. 查看作业
#[utoipa::path(get, path = "/jobs/{id}", tag = "Office", params(("id" = i64, Path, description = "The job", example = 9)),
    responses((status = 200, description = "Where the job stands", body = Job)))]
pub async fn read_job(shared: Shared, By(caller): By, Id(id): Id<JobId>) -> Result<Json<Job>, Problem> {
    Ok(Json(jobs::read(&shared.office, &caller, id).await?.into()))
}

/// How often the store is looked at for a listener.
const PACE: Duration = Duration::from_millis(500);

/// What one listener has heard so far.
struct Listening {
    shared: Shared,
    caller: pinji_app::register::Caller,
    id: JobId,
    heard: Option<Job>,
    over: bool,
}

/// One event of a job. 作业事件
#[derive(Debug, ToSchema)]
pub struct JobEvent {
    /// `progress`, or `end` at the last.
    pub event: String,
    /// The job as `GET /jobs/{id}` gives it, as JSON.
    pub data: String,
}

/// Follows a job: an event `progress` at each change, and `end` at the last. 关注作业
///
/// Server-sent events; whoever cannot listen asks `GET /jobs/{id}` from time to time.
#[utoipa::path(get, path = "/jobs/{id}/events", tag = "Office", params(("id" = i64, Path, description = "The job", example = 9)),
    responses((status = 200, description = "A stream of events, each with the job as `GET /jobs/{id}` gives it",
        content_type = "text/event-stream", body = JobEvent, example = json!("event: progress\ndata: {\"id\":9,\"state\":\"running\"}\n\n"))))]
pub async fn follow_job(
    shared: Shared,
    By(caller): By,
    Id(id): Id<JobId>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    // Asked once before the stream begins, so that a refusal is an answer and not an event.
    jobs::read(&shared.office, &caller, id).await?;
    let listening = Listening {
        shared,
        caller,
        id,
        heard: None,
        over: false,
    };
    let events = futures_util::stream::unfold(listening, |mut listening| async move {
        let event = listening.next().await?;
        Some((Ok(event), listening))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

impl Listening {
    async fn next(&mut self) -> Option<Event> {
        if self.over {
            return None;
        }
        let mut ending = self.shared.ending.subscribe();
        loop {
            // Asked anew each time: who loses the right to see the job, or the session, stops hearing of it.
            self.caller = self.shared.office.again(&self.caller).await.ok()?;
            let job = Job::from(jobs::read(&self.shared.office, &self.caller, self.id).await.ok()?);
            if self.heard.as_ref() != Some(&job) {
                self.over = job.finished_at.is_some();
                let name = if self.over { "end" } else { "progress" };
                let event = Event::default().event(name).json_data(&job).ok()?;
                self.heard = Some(job);
                return Some(event);
            }
            tokio::select! {
                () = tokio::time::sleep(PACE) => {}
                _ = ending.wait_for(|ending| *ending) => return None,
            }
        }
    }
}

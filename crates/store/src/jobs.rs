//! Long work: queued, claimed by one worker at a time, told to stop. 作业

use pinji_domain::Timestamp;
use pinji_domain::ids::{JobId, UserId};

use crate::cell::{Cell, args, codes};
use crate::rows::{Row, rows};
use crate::view::View;
use crate::{Error, Upkeep};

codes! {
    /// Where a job stands. 作业状态
    JobState {
        /// Waits for a worker. 排队
        Queued = "queued",
        /// A worker has it. 进行中
        Running = "running",
        /// Done. 完成
        Done = "done",
        /// Failed. 失败
        Failed = "failed",
        /// Somebody stopped it. 已取消
        Cancelled = "cancelled",
    }
}

rows! {
    /// A piece of long work. 作业
    Job, NewJob: NewInUpkeep, "job", JobId, {
        /// What is to be done: `run`, `import`, `export`, …
        kind: String,
        /// With what: a JSON object.
        payload: String,
        /// Who asked for it; `None` for the office itself.
        created_by: Option<UserId>,
        /// When.
        created_at: Timestamp,
        /// Not before.
        due_at: Timestamp,
    } then {
        /// Where it stands.
        state: JobState,
        /// Steps done.
        steps_done: i64,
        /// Steps in all; 0 while that is not known.
        steps_total: i64,
        /// What it is at: a message as JSON.
        note: Option<String>,
        /// When somebody asked it to stop.
        cancel_asked_at: Option<Timestamp>,
        /// What it gave: a JSON object.
        result: Option<String>,
        /// Why it failed: a message as JSON.
        error: Option<String>,
        /// Who has it.
        worker: Option<String>,
        /// Until when the worker has it; after that another may claim it.
        lease_until: Option<Timestamp>,
        /// How often it was claimed.
        attempts: i64,
        /// When it was first claimed.
        started_at: Option<Timestamp>,
        /// When it ended.
        finished_at: Option<Timestamp>,
    }
}

/// Whether a worker is to go on. 是否继续
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoOn {
    /// Yes.
    Yes,
    /// Somebody asked it to stop.
    Stop,
    /// Another worker has it now: what this one does is in vain.
    Lost,
}

impl View {
    /// The job with this id. 读取作业
    pub async fn job(&self, id: JobId) -> Result<Option<Job>, Error> {
        self.by_id(id.0).await
    }

    /// Jobs before `before`, the newest first; of one user, where one is given. 作业列表
    pub async fn jobs(&self, by: Option<UserId>, before: Option<JobId>, limit: u32) -> Result<Vec<Job>, Error> {
        let before = before.map_or(i64::MAX, |id| id.0);
        let own = by.map_or("1 = 1".to_owned(), |by| format!("created_by = {}", by.0));
        let tail = format!("WHERE id < $1 AND {own} ORDER BY id DESC LIMIT $2");
        self.all(&tail, args![before, i64::from(limit)]).await
    }
}

impl View {
    /// Whether a job of this kind waits for a worker, or for another one since its lease ran out. 是否有待办作业
    pub async fn job_waits(&self, kind: &str, now: Timestamp) -> Result<bool, Error> {
        let sql = "SELECT count(*) FROM job WHERE kind = $1 AND due_at <= $2 \
                   AND (state = 'queued' OR (state = 'running' AND lease_until < $2))";
        Ok(self.number(sql, args![kind, now]).await? > 0)
    }
}

impl Upkeep {
    /// Takes the job that has waited longest, of these kinds (empty for all), for `lease_until`. 认领作业
    ///
    /// Also one whose worker has not been heard of since its lease ran out. Two workers never get the same one.
    pub async fn claim_job(
        &self,
        kinds: &[&str],
        worker: &str,
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Option<Job>, Error> {
        let skip = if self.is_postgres() {
            " FOR UPDATE SKIP LOCKED"
        } else {
            ""
        };
        let mut values = args![worker, lease_until, now];
        let mut own = "1 = 1".to_owned();
        if !kinds.is_empty() {
            let places: Vec<String> = (values.len() + 1..=values.len() + kinds.len())
                .map(|place| format!("${place}"))
                .collect();
            own = format!("kind IN ({})", places.join(","));
            values.extend(kinds.iter().map(|kind| (*kind).put()));
        }
        let sql = format!(
            "UPDATE job SET state = 'running', worker = $1, lease_until = $2, attempts = attempts + 1, \
             started_at = COALESCE(started_at, $3) WHERE id = (SELECT id FROM job WHERE {own} AND due_at <= $3 AND \
             (state = 'queued' OR (state = 'running' AND lease_until < $3)) ORDER BY due_at, id LIMIT 1{skip}) \
             RETURNING {}",
            Job::columns()
        );
        self.row(&sql, values).await?.as_ref().map(Job::read).transpose()
    }

    /// Tells how far a job is, renews the lease, and asks whether to go on. 作业进度
    pub async fn report_job(
        &self,
        id: JobId,
        worker: &str,
        done: i64,
        total: i64,
        note: Option<&str>,
        lease_until: Timestamp,
    ) -> Result<GoOn, Error> {
        let sql = "UPDATE job SET steps_done = $1, steps_total = $2, note = $3, lease_until = $4 WHERE id = $5 \
                   AND worker = $6 AND state = 'running' RETURNING COALESCE(cancel_asked_at, -1)";
        let note = note.map(str::to_owned);
        let row = self.row(sql, args![done, total, note, lease_until, id, worker]).await?;
        Ok(match row.map(|row| i64::get(&row, 0)).transpose()? {
            None => GoOn::Lost,
            Some(-1) => GoOn::Yes,
            Some(_) => GoOn::Stop,
        })
    }

    /// Ends a job; `false` where another worker has it now. 结束作业
    pub async fn end_job(
        &self,
        id: JobId,
        worker: &str,
        state: JobState,
        result: Option<&str>,
        error: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let sql = "UPDATE job SET state = $1, result = $2, error = $3, finished_at = $4, worker = NULL, \
                   lease_until = NULL WHERE id = $5 AND worker = $6 AND state = 'running'";
        let (result, error) = (result.map(str::to_owned), error.map(str::to_owned));
        Ok(self.run(sql, args![state, result, error, now, id, worker]).await? == 1)
    }

    /// Asks a job to stop; one that waits is cancelled at once. `false` where it has ended. 取消作业
    pub async fn cancel_job(&self, id: JobId, now: Timestamp) -> Result<bool, Error> {
        let sql = "UPDATE job SET cancel_asked_at = COALESCE(cancel_asked_at, $1), \
                   finished_at = CASE state WHEN 'queued' THEN $1 ELSE finished_at END, \
                   state = CASE state WHEN 'queued' THEN 'cancelled' ELSE state END \
                   WHERE id = $2 AND state IN ('queued', 'running')";
        Ok(self.run(sql, args![now, id]).await? == 1)
    }
}

//! Runs and their results, chunk by chunk, so that a run that was cut off goes on where it stood. 评级批次

use pinji_domain::ids::{CustomerId, GroupId, JobId, RunId, UserId};
use pinji_domain::{Date, Timestamp};
use sea_orm::QueryResult;

use crate::cell::{Cell, args, codes};
use crate::rows::{Row, rows};
use crate::view::{View, places};
use crate::{Change, Error, Upkeep};

codes! {
    /// Where a run stands. 批次状态
    RunState {
        /// Asked for. 待运行
        Created = "created",
        /// Under way. 运行中
        Running = "running",
        /// All results are there and the gate has let them through. 完成
        Done = "done",
        /// It could not be finished, or the gate stopped it. 失败
        Failed = "failed",
        /// Somebody stopped it. 已取消
        Cancelled = "cancelled",
    }
}

rows! {
    /// One or more policies over the customers of a day. 评级批次
    Run, NewRun: NewInChange, "run", RunId, {
        /// Its name for people.
        name: String,
        /// The policies in their order: a JSON array of objects with id, version and hash.
        policies: String,
        /// The day that it grades.
        as_of: Date,
        /// What was known when: everything up to this instant.
        as_known: Timestamp,
        /// The version of the engine.
        engine: String,
        /// The run that it is compared with.
        previous: Option<RunId>,
        /// Who asked for it.
        created_by: UserId,
        /// When.
        created_at: Timestamp,
        /// The job that does it.
        job: Option<JobId>,
    } then {
        /// Where it stands.
        state: RunState,
        /// The hash of the frozen measures.
        snapshot_hash: Option<String>,
        /// The hash of the policies' files.
        policy_hash: Option<String>,
        /// The folder with its files, relative to the office's folder.
        folder: Option<String>,
        /// How many customers it has graded or left ungraded.
        subjects: i64,
        /// How many of each grade, and what else is counted: a JSON object.
        counts: Option<String>,
        /// Why it failed: a message as JSON.
        error: Option<String>,
        /// When it ended.
        finished_at: Option<Timestamp>,
        /// Goes up by one with each step.
        version: i64,
    }
}

/// What a policy grades: customers or groups, each with results in a table of their own. 评级对象
pub trait Subject: Copy + Ord + std::fmt::Debug {
    /// The table of their results, and its column with the subject's id.
    const PLACE: (&'static str, &'static str);

    /// The one with this id.
    fn of(id: i64) -> Self;

    /// The number behind the id.
    fn number(self) -> i64;
}

impl Subject for CustomerId {
    const PLACE: (&'static str, &'static str) = ("result", "customer");

    fn of(id: i64) -> CustomerId {
        CustomerId(id)
    }

    fn number(self) -> i64 {
        self.0
    }
}

impl Subject for GroupId {
    const PLACE: (&'static str, &'static str) = ("group_result", "group_id");

    fn of(id: i64) -> GroupId {
        GroupId(id)
    }

    fn number(self) -> i64 {
        self.0
    }
}

/// A customer's result in a run, or a group's. 评级结果
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graded<S = CustomerId> {
    /// Whose.
    pub subject: S,
    /// The grade's code; `None` for ungraded.
    pub grade: Option<String>,
    /// The grade's rank, 0 the best; the ungraded have the one after the last.
    pub rank: i64,
    /// The total score at the policy's decimals.
    pub total: Option<i64>,
    /// The scores: a JSON object.
    pub scores: String,
    /// The three lists of reasons: a JSON object.
    pub reasons: String,
    /// The bytes of this subject's line in the run's grades.
    pub line: Vec<u8>,
}

/// A chunk of a run that is done. 批次分块
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunChunk {
    /// Its number, from 0.
    pub chunk: i64,
    /// The first customer in it, or the first group.
    pub first: i64,
    /// The last.
    pub last: i64,
    /// How many rows, over all policies.
    pub row_count: i64,
    /// The checksum of its rows.
    pub checksum: String,
}

/// What a run ends with. 批次结局
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunEnd {
    /// [`RunState::Done`], [`RunState::Failed`] or [`RunState::Cancelled`].
    pub state: RunState,
    /// The hash of the frozen measures.
    pub snapshot_hash: Option<String>,
    /// The hash of the policies' files.
    pub policy_hash: Option<String>,
    /// The folder with its files.
    pub folder: Option<String>,
    /// How many customers.
    pub subjects: i64,
    /// How many of each grade.
    pub counts: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
}

const GRADED: &str = "grade, rank, total, scores, reasons, line";
const ROWS: usize = 100;

impl View {
    /// The run with this id. 读取批次
    pub async fn run_by_id(&self, id: RunId) -> Result<Option<Run>, Error> {
        self.by_id(id.0).await
    }

    /// The run that a job does. 作业对应的批次
    pub async fn run_of_job(&self, job: JobId) -> Result<Option<Run>, Error> {
        self.one("WHERE job = $1", args![job]).await
    }

    /// Runs before `before`, the newest first. 批次列表
    pub async fn runs(&self, before: Option<RunId>, limit: u32) -> Result<Vec<Run>, Error> {
        let before = before.map_or(i64::MAX, |id| id.0);
        self.all(
            "WHERE id < $1 ORDER BY id DESC LIMIT $2",
            args![before, i64::from(limit)],
        )
        .await
    }

    /// The newest run that is done. 最近完成的批次
    pub async fn last_run(&self) -> Result<Option<Run>, Error> {
        self.one("WHERE state = 'done' ORDER BY id DESC LIMIT 1", Vec::new())
            .await
    }

    /// The chunks of a run that are done, in order. 已完成分块
    pub async fn run_chunks(&self, run: RunId) -> Result<Vec<RunChunk>, Error> {
        let sql = "SELECT chunk, first_customer, last_customer, row_count, checksum FROM run_chunk WHERE run = $1 \
                   ORDER BY chunk";
        let rows = self.rows(sql, args![run]).await?;
        rows.iter()
            .map(|row| {
                Ok(RunChunk {
                    chunk: Cell::get(row, 0)?,
                    first: Cell::get(row, 1)?,
                    last: Cell::get(row, 2)?,
                    row_count: Cell::get(row, 3)?,
                    checksum: Cell::get(row, 4)?,
                })
            })
            .collect()
    }

    /// A subject's result by one policy of a run. 单户结果
    pub async fn graded<S: Subject>(&self, run: RunId, policy: i64, subject: S) -> Result<Option<Graded<S>>, Error> {
        let (table, id) = S::PLACE;
        let sql = format!("SELECT {id}, {GRADED} FROM {table} WHERE run = $1 AND policy = $2 AND {id} = $3");
        let row = self.row(&sql, args![run, policy, subject.number()]).await?;
        row.as_ref().map(graded).transpose()
    }

    /// The results of one policy of a run after `after`, ascending by subject. 遍历结果
    pub async fn results<S: Subject>(
        &self,
        run: RunId,
        policy: i64,
        after: S,
        limit: u32,
    ) -> Result<Vec<Graded<S>>, Error> {
        let (table, id) = S::PLACE;
        let sql = format!(
            "SELECT {id}, {GRADED} FROM {table} WHERE run = $1 AND policy = $2 AND {id} > $3 ORDER BY {id} LIMIT $4"
        );
        let rows = self
            .rows(&sql, args![run, policy, after.number(), i64::from(limit)])
            .await?;
        rows.iter().map(graded).collect()
    }

    /// The groups with this rank by one policy of a run, after `after`, ascending. 某等级的集团
    pub async fn groups_ranked(
        &self,
        run: RunId,
        policy: i64,
        rank: i64,
        after: GroupId,
        limit: u32,
    ) -> Result<Vec<Graded<GroupId>>, Error> {
        let sql = format!(
            "SELECT group_id, {GRADED} FROM group_result WHERE run = $1 AND policy = $2 AND rank = $3 AND group_id > $4 \
             ORDER BY group_id LIMIT $5"
        );
        let values = args![run, policy, rank, after, i64::from(limit)];
        self.rows(&sql, values).await?.iter().map(graded).collect()
    }

    /// A customer's results in all runs that are done, the newest first. 历次等级
    pub async fn grades_of(&self, customer: CustomerId, limit: u32) -> Result<Vec<(RunId, i64, Graded)>, Error> {
        let sql = "SELECT r.customer, r.grade, r.rank, r.total, r.scores, r.reasons, r.line, r.run, r.policy \
                   FROM result r JOIN run ON run.id = r.run WHERE r.customer = $1 AND run.state = 'done' \
                   ORDER BY r.run DESC, r.policy LIMIT $2";
        let rows = self.rows(sql, args![customer, i64::from(limit)]).await?;
        rows.iter()
            .map(|row| Ok((Cell::get(row, 7)?, Cell::get(row, 8)?, graded(row)?)))
            .collect()
    }

    /// The grades of one policy of a run with their ranks, best first; found along the index, one step for each. 等级与序次
    pub async fn grade_ranks(&self, run: RunId, policy: i64) -> Result<Vec<(String, i64)>, Error> {
        let sql = "SELECT rank, grade FROM result WHERE run = $1 AND policy = $2 AND rank > $3 ORDER BY rank LIMIT 1";
        let (mut ranks, mut last) = (Vec::new(), -1);
        while let Some(row) = self.row(sql, args![run, policy, last]).await? {
            last = Cell::get(&row, 0)?;
            let grade: Option<String> = Cell::get(&row, 1)?;
            ranks.extend(grade.map(|grade| (grade, last)));
        }
        Ok(ranks)
    }

    /// How many customers have each rank, by one policy of a run: for the publish gate and the page. 等级分布
    pub async fn count_ranks(&self, run: RunId, policy: i64) -> Result<Vec<(i64, i64)>, Error> {
        let sql = "SELECT rank, count(*) FROM result WHERE run = $1 AND policy = $2 GROUP BY rank ORDER BY rank";
        let rows = self.rows(sql, args![run, policy]).await?;
        rows.iter()
            .map(|row| Ok((Cell::get(row, 0)?, Cell::get(row, 1)?)))
            .collect()
    }
}

impl Upkeep {
    /// Keeps the results of one chunk, and that it is done; both or neither. 保存分块
    ///
    /// The results of a run become the office's with the [`Change`] that ends it; until then they are work in progress,
    /// and a chunk that is there already is [`Error::Taken`].
    pub async fn keep_chunk<S: Subject>(
        &self,
        run: RunId,
        chunk: &RunChunk,
        results: Vec<(i64, Graded<S>)>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO run_chunk (run, chunk, first_customer, last_customer, row_count, checksum, done_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let values = args![
            run,
            chunk.chunk,
            chunk.first,
            chunk.last,
            chunk.row_count,
            chunk.checksum.as_str(),
            now,
        ];
        self.run(sql, values).await?;
        let mut results = results.into_iter().peekable();
        while results.peek().is_some() {
            let mut values = Vec::with_capacity(ROWS * 9);
            let mut count = 0;
            for (policy, one) in results.by_ref().take(ROWS) {
                values.extend(args![
                    run,
                    policy,
                    one.subject.number(),
                    one.grade,
                    one.rank,
                    one.total,
                    one.scores,
                    one.reasons,
                    one.line,
                ]);
                count += 1;
            }
            let places = places(self.backend(), count, 9);
            let (table, id) = S::PLACE;
            let sql = format!("INSERT INTO {table} (run, policy, {id}, {GRADED}) VALUES {places}");
            self.run(&sql, values).await?;
        }
        Ok(())
    }

    /// Notes that a run has begun. 批次开始
    pub async fn begin_run(&self, run: RunId) -> Result<(), Error> {
        self.step(
            "run",
            run.0,
            vec![("state", RunState::Running.put())],
            "state IN ('created', 'running')",
        )
        .await
    }

    /// Takes away all that a run has written so far, to begin again from nothing. 清除未完成结果
    pub async fn forget_results(&self, run: RunId) -> Result<(), Error> {
        let open = "run IN (SELECT id FROM run WHERE id = $1 AND state <> 'done')";
        for table in ["result", "group_result", "run_chunk"] {
            self.run(&format!("DELETE FROM {table} WHERE {open}"), args![run])
                .await?;
        }
        Ok(())
    }
}

impl Change {
    /// Ends a run. 结束批次
    pub async fn end_run(&self, id: RunId, version: i64, end: &RunEnd) -> Result<i64, Error> {
        if let Some(run) = self.run_by_id(id).await?
            && run.version == version
            && !matches!(run.state, RunState::Created | RunState::Running)
        {
            return Err(Error::Moved {
                what: Run::TABLE,
                id: id.0,
            });
        }
        let set = vec![
            ("state", end.state.put()),
            ("snapshot_hash", end.snapshot_hash.clone().put()),
            ("policy_hash", end.policy_hash.clone().put()),
            ("folder", end.folder.clone().put()),
            ("subjects", end.subjects.put()),
            ("counts", end.counts.clone().put()),
            ("error", end.error.clone().put()),
            ("finished_at", self.at().put()),
        ];
        self.update(Run::TABLE, id.0, version, set).await
    }
}

fn graded<S: Subject>(row: &QueryResult) -> Result<Graded<S>, Error> {
    Ok(Graded {
        subject: S::of(Cell::get(row, 0)?),
        grade: Cell::get(row, 1)?,
        rank: Cell::get(row, 2)?,
        total: Cell::get(row, 3)?,
        scores: Cell::get(row, 4)?,
        reasons: Cell::get(row, 5)?,
        line: Cell::get(row, 6)?,
    })
}

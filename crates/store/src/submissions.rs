//! Submissions: what came in, from whom, and what an auditor made of it; with the content as it was sent. 报送

use pinji_domain::ids::{RunId, SubmissionId, UserId};
use pinji_domain::{Channel, Date, Timestamp};
use sea_orm::QueryResult;

use crate::cell::{Cell, args, codes};
use crate::rows::{Row, rows};
use crate::view::View;
use crate::{Change, Error};

codes! {
    /// Where a submission stands. 报送状态
    SubmissionState {
        /// Parsed and shown; nothing is kept in the records. 草稿
        Draft = "draft",
        /// The collector has confirmed it; it waits for an auditor. 待审
        Submitted = "submitted",
        /// Audited; what was accepted is in the records. 已审
        Audited = "audited",
        /// The collector took it back before the audit. 已撤回
        Withdrawn = "withdrawn",
        /// The auditor sent it back whole; the collector answers with a new one. 已退回
        Returned = "returned",
        /// Audited, and then taken back before a run had used it. 已撤销
        Undone = "undone",
    }
}

rows! {
    /// Records as they came in. 报送
    Submission, NewSubmission: NewInChange, "submission", SubmissionId, {
        /// The record kind; `*` where its parts bring several.
        kind: String,
        /// The way on which it came. 渠道
        channel: Channel,
        /// Where the figures are from. 来源
        source: String,
        /// How they were got. 方法
        method: String,
        /// The period that it is about: its end. 报告期
        period: Option<Date>,
        /// Who collected it. 收集人
        collected_by: UserId,
        /// When.
        collected_at: Timestamp,
        /// Who brought it into the office; often the collector. 录入人
        entered_by: UserId,
        /// When.
        entered_at: Timestamp,
        /// The file as it was sent, by its SHA-256 in hex; see [`View::file`]. 证据文件
        file: Option<String>,
        /// The file's name as it was sent.
        file_name: Option<String>,
        /// The returned submission that this one answers.
        answers: Option<SubmissionId>,
        /// What the collector says about it.
        note: String,
        /// What the comparison found, as a JSON object: suspicions, notices, by number.
        summary: String,
        /// Rows in all.
        rows_total: i64,
        /// Rows whose record is not known yet.
        rows_new: i64,
        /// Rows that change a record.
        rows_changed: i64,
        /// Rows that say what is known.
        rows_same: i64,
        /// Rows with bad cells.
        rows_bad: i64,
    } then {
        /// Where it stands.
        state: SubmissionState,
        /// When the collector confirmed it.
        submitted_at: Option<Timestamp>,
        /// Who audited it; never who collected or entered it. `None` with a rule.
        audited_by: Option<UserId>,
        /// When; `known_from` of what was accepted.
        audited_at: Option<Timestamp>,
        /// The rule by which a trusted feed was accepted.
        audit_rule: Option<String>,
        /// What the auditor says.
        audit_note: Option<String>,
        /// Rows accepted.
        rows_accepted: i64,
        /// Rows refused.
        rows_refused: i64,
        /// Rows sent back.
        rows_returned: i64,
        /// Who took it back after the audit.
        undone_by: Option<UserId>,
        /// When.
        undone_at: Option<Timestamp>,
        /// Goes up by one with each step.
        version: i64,
    }
}

/// Some rows of a submission as they were read. 报送分段
///
/// What lies in the three JSON arrays is the caller's; they have one element for each row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubmissionPart {
    /// From 0.
    pub part: i64,
    /// The record kind of these rows.
    pub kind: String,
    /// The number of its first row in the submission, from 1.
    pub first_row: i64,
    /// How many.
    pub row_count: i64,
    /// The rows as they were read.
    pub content: String,
    /// What the comparison says of each.
    pub verdicts: String,
    /// What the auditor decided of each; `None` before.
    pub outcome: Option<String>,
}

/// Which submissions a list shows; an empty filter lets everything pass. 报送列表条件
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SubmissionList {
    /// Only in these states.
    pub states: Vec<SubmissionState>,
    /// Only of this kind.
    pub kind: Option<String>,
    /// Only collected or entered by this user.
    pub by: Option<UserId>,
    /// Only those that this user neither collected nor entered: what he may audit.
    pub not_by: Option<UserId>,
    /// Before this id: the newest come first.
    pub before: Option<SubmissionId>,
    /// How many at most.
    pub limit: u32,
}

/// An audit's outcome for a submission as a whole. 审核结论
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// [`SubmissionState::Audited`] or [`SubmissionState::Returned`].
    pub state: SubmissionState,
    /// Who; `None` with a rule.
    pub by: Option<UserId>,
    /// By which rule.
    pub rule: Option<String>,
    /// What the auditor says.
    pub note: Option<String>,
    /// Rows accepted.
    pub accepted: i64,
    /// Rows refused.
    pub refused: i64,
    /// Rows sent back.
    pub returned: i64,
}

const PART: &str = "part, kind, first_row, row_count, content, verdicts, outcome";

impl View {
    /// The submission with this id. 读取报送
    pub async fn submission(&self, id: SubmissionId) -> Result<Option<Submission>, Error> {
        self.by_id(id.0).await
    }

    /// These submissions, ascending by id: the provenance of records. 读取多个
    pub async fn submissions(&self, ids: &[SubmissionId]) -> Result<Vec<Submission>, Error> {
        let ids = crate::view::listed(ids.iter().map(|id| id.0));
        self.all(&format!("WHERE id IN ({ids}) ORDER BY id"), Vec::new()).await
    }

    /// Submissions, the newest first. 报送列表
    pub async fn list_submissions(&self, list: &SubmissionList) -> Result<Vec<Submission>, Error> {
        let mut conditions = vec!["1 = 1".to_owned()];
        let mut values = Vec::new();
        if !list.states.is_empty() {
            let states: Vec<String> = list.states.iter().map(|state| format!("'{}'", state.code())).collect();
            conditions.push(format!("state IN ({})", states.join(",")));
        }
        if let Some(kind) = &list.kind {
            values.extend(args![kind.as_str()]);
            conditions.push("kind = $1".to_owned());
        }
        if let Some(UserId(by)) = list.by {
            conditions.push(format!("(collected_by = {by} OR entered_by = {by})"));
        }
        if let Some(UserId(by)) = list.not_by {
            conditions.push(format!("collected_by <> {by} AND entered_by <> {by}"));
        }
        if let Some(SubmissionId(before)) = list.before {
            conditions.push(format!("id < {before}"));
        }
        let tail = format!(
            "WHERE {} ORDER BY id DESC LIMIT {}",
            conditions.join(" AND "),
            list.limit
        );
        self.all(&tail, values).await
    }

    /// Parts of a submission from number `from` on, at most `limit`. 读取分段
    pub async fn submission_parts(
        &self,
        submission: SubmissionId,
        from: i64,
        limit: u32,
    ) -> Result<Vec<SubmissionPart>, Error> {
        let sql =
            format!("SELECT {PART} FROM submission_part WHERE submission = $1 AND part >= $2 ORDER BY part LIMIT $3");
        let rows = self.rows(&sql, args![submission, from, i64::from(limit)]).await?;
        rows.iter().map(part).collect()
    }

    /// The part that has this row, counted from 1. 按行取分段
    pub async fn submission_part_of(
        &self,
        submission: SubmissionId,
        row: i64,
    ) -> Result<Option<SubmissionPart>, Error> {
        let sql = format!(
            "SELECT {PART} FROM submission_part WHERE submission = $1 AND first_row <= $2 \
             AND first_row + row_count > $2 ORDER BY part LIMIT 1"
        );
        self.row(&sql, args![submission, row])
            .await?
            .as_ref()
            .map(part)
            .transpose()
    }

    /// Whether a run has used, or is using, what this submission brought: then it cannot be undone. 是否已被评级使用
    pub async fn used_by_run(&self, submission: SubmissionId) -> Result<bool, Error> {
        Ok(self.using_run(submission).await?.is_some())
    }

    /// The first run that has used, or is using, what this submission brought. 使用报送的批次
    pub async fn using_run(&self, submission: SubmissionId) -> Result<Option<RunId>, Error> {
        let sql = "SELECT min(run.id) FROM run WHERE run.state IN ('created', 'running', 'done') AND run.as_known >= \
                   (SELECT min(known_from) FROM record WHERE submission = $1 AND restores IS NULL)";
        let run = self.number(sql, args![submission]).await?;
        Ok((run > 0).then_some(RunId(run)))
    }

    /// A later submission that changed one of the records that this one brought, and still stands. 后续变更
    pub async fn overtaken_by(&self, submission: SubmissionId) -> Result<Option<SubmissionId>, Error> {
        let sql = "SELECT min(r.closed_by) FROM record r JOIN submission s ON s.id = r.closed_by WHERE r.submission = $1 \
                   AND r.closed_by <> $1 AND r.restores IS NULL AND s.state <> 'undone'";
        let later = self.number(sql, args![submission]).await?;
        Ok((later > 0).then_some(SubmissionId(later)))
    }

    /// Whether records have changed after an instant: something was accepted or undone. 记录是否变动
    pub async fn records_moved_since(&self, at: Timestamp) -> Result<bool, Error> {
        let sql = "SELECT count(*) FROM submission WHERE audited_at > $1 OR undone_at > $1";
        Ok(self.number(sql, args![at]).await? > 0)
    }
}

impl Change {
    /// Keeps rows of a draft as they were read and compared. 保存分段
    pub async fn add_submission_part(&self, submission: SubmissionId, part: SubmissionPart) -> Result<(), Error> {
        let sql = format!("INSERT INTO submission_part (submission, {PART}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
        let values = args![
            submission,
            part.part,
            part.kind,
            part.first_row,
            part.row_count,
            part.content,
            part.verdicts,
            part.outcome,
        ];
        self.run(&sql, values).await?;
        Ok(())
    }

    /// Writes anew what the comparison says of a part, when what is known has changed since. 重新比对
    pub async fn compare_part_again(&self, submission: SubmissionId, part: i64, verdicts: &str) -> Result<(), Error> {
        let sql = "UPDATE submission_part SET verdicts = $1 WHERE submission = $2 AND part = $3 AND outcome IS NULL";
        self.done_once(self.run(sql, args![verdicts, submission, part]).await?, submission)
    }

    /// Writes what the auditor decided of a part's rows; once. 记录审核结论
    pub async fn decide_part(&self, submission: SubmissionId, part: i64, outcome: &str) -> Result<(), Error> {
        let sql = "UPDATE submission_part SET outcome = $1 WHERE submission = $2 AND part = $3 AND outcome IS NULL";
        self.done_once(self.run(sql, args![outcome, submission, part]).await?, submission)
    }

    /// Replaces what was sent in a part from which personal fields were taken out. 抹除个人信息
    ///
    /// With what the comparison and the auditor said of its rows, where that quotes them.
    pub async fn erase_part(&self, submission: SubmissionId, part: &SubmissionPart) -> Result<(), Error> {
        let sql = "UPDATE submission_part SET content = $1, verdicts = $2, outcome = $3 \
                   WHERE submission = $4 AND part = $5";
        let values = args![
            part.content.as_str(),
            part.verdicts.as_str(),
            part.outcome.clone(),
            submission,
            part.part,
        ];
        self.done_once(self.run(sql, values).await?, submission)
    }

    /// The collector confirms a draft. 确认报送
    pub async fn submit(&self, id: SubmissionId, version: i64) -> Result<i64, Error> {
        self.move_on(
            id,
            version,
            SubmissionState::Draft,
            SubmissionState::Submitted,
            vec![("submitted_at", self.at().put())],
        )
        .await
    }

    /// The collector takes a draft or a submission back. 撤回
    pub async fn withdraw(&self, id: SubmissionId, version: i64) -> Result<i64, Error> {
        let submission = self.submission(id).await?.ok_or_else(|| Error::missing("submission"))?;
        let from = match submission.state {
            SubmissionState::Submitted => SubmissionState::Submitted,
            _ => SubmissionState::Draft,
        };
        self.move_on(id, version, from, SubmissionState::Withdrawn, Vec::new())
            .await
    }

    /// The audit as a whole; its instant is that of this change. The rows go through [`Change::accept`]. 审核
    pub async fn audit(&self, id: SubmissionId, version: i64, audit: &Audit) -> Result<i64, Error> {
        let set = vec![
            ("audited_by", audit.by.put()),
            ("audited_at", self.at().put()),
            ("audit_rule", audit.rule.clone().put()),
            ("audit_note", audit.note.clone().put()),
            ("rows_accepted", audit.accepted.put()),
            ("rows_refused", audit.refused.put()),
            ("rows_returned", audit.returned.put()),
        ];
        self.move_on(id, version, SubmissionState::Submitted, audit.state, set)
            .await
    }

    /// A trusted feed is accepted by a rule, but for the rows that wait for the auditor: it stays handed over. 按规则接收
    pub async fn rule(&self, id: SubmissionId, version: i64, rule: &str, accepted: i64) -> Result<i64, Error> {
        let set = vec![
            ("audited_at", self.at().put()),
            ("audit_rule", rule.put()),
            ("rows_accepted", accepted.put()),
        ];
        self.move_on(id, version, SubmissionState::Submitted, SubmissionState::Submitted, set)
            .await
    }

    /// Writes what the auditor decided of the rows that a rule had left over; `before` is what the rule had written. 补记审核结论
    pub async fn decide_rest(
        &self,
        submission: SubmissionId,
        part: i64,
        before: &str,
        outcome: &str,
    ) -> Result<(), Error> {
        let sql = "UPDATE submission_part SET outcome = $1 WHERE submission = $2 AND part = $3 AND outcome = $4";
        self.done_once(
            self.run(sql, args![outcome, submission, part, before]).await?,
            submission,
        )
    }

    /// Marks an audited submission as taken back. The records go through [`Change::undo_records`]. 撤销
    pub async fn undo(&self, id: SubmissionId, version: i64, by: UserId) -> Result<i64, Error> {
        let set = vec![("undone_by", by.put()), ("undone_at", self.at().put())];
        self.move_on(id, version, SubmissionState::Audited, SubmissionState::Undone, set)
            .await
    }

    async fn move_on(
        &self,
        id: SubmissionId,
        version: i64,
        from: SubmissionState,
        to: SubmissionState,
        mut set: Vec<(&str, sea_orm::Value)>,
    ) -> Result<i64, Error> {
        set.push(("state", to.put()));
        let found = self.submission(id).await?.ok_or_else(|| Error::missing("submission"))?;
        if found.version == version && found.state != from {
            return Err(Error::Moved {
                what: Submission::TABLE,
                id: id.0,
            });
        }
        self.update(Submission::TABLE, id.0, version, set).await
    }

    fn done_once(&self, touched: u64, submission: SubmissionId) -> Result<(), Error> {
        if touched == 1 {
            return Ok(());
        }
        Err(Error::Moved {
            what: "submission_part",
            id: submission.0,
        })
    }
}

pub(crate) fn part(row: &QueryResult) -> Result<SubmissionPart, Error> {
    Ok(SubmissionPart {
        part: Cell::get(row, 0)?,
        kind: Cell::get(row, 1)?,
        first_row: Cell::get(row, 2)?,
        row_count: Cell::get(row, 3)?,
        content: Cell::get(row, 4)?,
        verdicts: Cell::get(row, 5)?,
        outcome: Cell::get(row, 6)?,
    })
}

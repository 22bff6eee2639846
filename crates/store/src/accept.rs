//! What an audit accepts becomes versions of records; an undo takes them back. 记录入库与撤销

use pinji_domain::Date;
use pinji_domain::ids::{CustomerId, RecordId, SubmissionId};

use crate::cell::{OPEN, args};
use crate::records::typed;
use crate::view::places;
use crate::{Change, Error};

/// A row that an audit accepted. 采纳的行
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedRow {
    /// Whose record it is.
    pub customer: CustomerId,
    /// The record's key; empty in a ledger.
    pub key: String,
    /// The day that it is about.
    pub period: Option<Date>,
    /// The row in the submission, from 1, below 1,000,000,000.
    pub row: i64,
    /// The values as a JSON object; `None` says that the record of this key does not hold any more, and becomes a
    /// version without values.
    pub content: Option<String>,
}

/// A submission's rows of one kind on their way into the records; made by [`Change::batch`]. 入库批
#[derive(Debug, Clone)]
pub struct Batch {
    submission: SubmissionId,
    kind: i64,
    empty: bool,
}

/// What became of rows. 入库结果
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Accepted {
    /// Versions added.
    pub added: u64,
    /// Versions that these closed.
    pub closed: u64,
}

/// What an undo did. 撤销结果
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Undone {
    /// Versions of the submission that were closed.
    pub closed: u64,
    /// Versions that hold again, as new versions.
    pub restored: u64,
}

/// Rows of one statement: the gain of more is small, and statements stay short enough to be prepared once.
const ROWS: usize = 100;
/// Lines of a ledger: submission × this + row.
const ROWS_OF_A_SUBMISSION: i64 = 1_000_000_000;

impl Change {
    /// Begins to accept the rows of `kind` of a submission. 开始入库
    pub async fn batch(&self, submission: SubmissionId, kind: &str) -> Result<Batch, Error> {
        let number = match self.kind_number(kind).await? {
            Some(number) => number,
            None => {
                let sql = "INSERT INTO kind (code) VALUES ($1) RETURNING id";
                self.number(sql, args![kind]).await?
            }
        };
        let sql = "SELECT count(*) FROM (SELECT 1 AS one FROM record WHERE kind = $1 LIMIT 1) AS counted";
        Ok(Batch {
            submission,
            kind: number,
            empty: self.number(sql, args![number]).await? == 0,
        })
    }

    /// Adds rows as versions that hold from this change's instant on, and closes the versions that they replace. 入库
    ///
    /// May be called again and again with the pieces of a large submission; pieces of 20,000 to 100,000 rows are quick.
    /// A piece is put into the order of customers and keys first, which is the order of the index. The same key twice in
    /// one change is [`Error::Taken`]; which of them holds is for the audit to say.
    pub async fn accept(&self, batch: &Batch, mut rows: Vec<AcceptedRow>) -> Result<Accepted, Error> {
        rows.sort_by(|a, b| (a.customer, &a.key, a.row).cmp(&(b.customer, &b.key, b.row)));
        let mut accepted = Accepted::default();
        if !batch.empty {
            accepted.closed = self.close(batch, &rows).await?;
        }
        let constant = format!("{}, {}, {OPEN}, {}", batch.kind, self.at().0, batch.submission.0);
        let mut pieces = rows.into_iter().peekable();
        let (mut sql, mut length) = (String::new(), 0);
        while pieces.peek().is_some() {
            let mut values = Vec::with_capacity(ROWS * 6);
            let mut count = 0;
            for row in pieces.by_ref().take(ROWS) {
                let line = if row.key.is_empty() {
                    batch.submission.0 * ROWS_OF_A_SUBMISSION + row.row
                } else {
                    0
                };
                let content = row.content.unwrap_or_default();
                values.extend(args![row.customer, row.key, line, row.period, content, row.row]);
                count += 1;
            }
            if count != length {
                sql = inserting(self.is_postgres(), count, &constant);
                length = count;
            }
            accepted.added += self.run(&sql, values).await?;
        }
        Ok(accepted)
    }

    /// The statement that closes what rows replace: for the tests that hold the indices.
    #[doc(hidden)]
    pub fn closing_statement(&self) -> String {
        closing(1, 1, 1, "(1, 'a'), (2, 'b')")
    }

    /// Closes the open versions of the keys of these rows.
    async fn close(&self, batch: &Batch, rows: &[AcceptedRow]) -> Result<u64, Error> {
        let keyed: Vec<&AcceptedRow> = rows.iter().filter(|row| !row.key.is_empty()).collect();
        let mut closed = 0;
        for piece in keyed.chunks(ROWS) {
            let mut values = Vec::with_capacity(piece.len() * 2);
            for row in piece {
                values.extend(args![row.customer, row.key.as_str()]);
            }
            let sql = closing(
                batch.kind,
                batch.submission.0,
                self.at().0,
                &typed(self.is_postgres(), piece.len(), &["BIGINT", "TEXT"]),
            );
            closed += self.run(&sql, values).await?;
        }
        Ok(closed)
    }

    /// Takes back what a submission brought: each record is again as if that submission had never been. 撤销
    ///
    /// Its open versions are closed, and of each record the latest version holds again that a submission brought which
    /// was not undone. A record that a later submission has changed stays as that one left it. Nothing is rewritten: what
    /// was known between the audit and the undo is still what was known then.
    pub async fn undo_records(&self, submission: SubmissionId) -> Result<Undone, Error> {
        let at = self.at();
        let sql =
            format!("UPDATE record SET known_to = $1, closed_by = $2 WHERE submission = $3 AND known_to = {OPEN}");
        let closed = self.run(&sql, args![at, submission, submission]).await?;
        let sql = format!(
            "INSERT INTO record (kind, customer, key, line, period, content, known_from, known_to, submission, row_no, \
             restores, erased_at) SELECT o.kind, o.customer, o.key, o.line, o.period, o.content, CAST($1 AS BIGINT), \
             {OPEN}, o.submission, o.row_no, o.id, o.erased_at FROM record c JOIN record o ON o.id = (SELECT x.id \
             FROM record x JOIN submission s ON s.id = x.submission WHERE x.kind = c.kind AND x.customer = c.customer \
             AND x.key = c.key AND x.line = c.line AND x.restores IS NULL AND x.submission <> c.submission \
             AND s.state <> 'undone' ORDER BY x.known_from DESC LIMIT 1) \
             WHERE c.submission = $2 AND c.known_to = $1 AND c.closed_by = $2"
        );
        let restored = self.run(&sql, args![at, submission]).await?;
        Ok(Undone { closed, restored })
    }

    /// Replaces the values of versions from which personal fields were taken out. 抹除个人信息
    ///
    /// All versions that hold the field must be named, see [`crate::View::versions_of`]; what was sent is erased by
    /// [`Change::erase_part`] and [`Change::erase_file`]. The only way in which kept values ever change; the ledger's entry of this change says who had it done and why.
    /// On SQLite the old values are overwritten in the file; the WAL is emptied by the next [`crate::Store::tend`].
    pub async fn erase_content(&self, erased: &[(RecordId, String)]) -> Result<u64, Error> {
        let mut done = 0;
        for (id, content) in erased {
            let sql = "UPDATE record SET content = $1, erased_at = $2 WHERE id = $3";
            done += self.run(sql, args![content.as_str(), self.at(), *id]).await?;
        }
        Ok(done)
    }
}

/// Closes the open versions of the keys in `replaced`: the key list first, then the index, on both databases.
///
/// A version that this same change has added is not closed: its key came twice, and the insert will say so.
fn closing(kind: i64, submission: i64, at: i64, replaced: &str) -> String {
    format!(
        "WITH replaced (customer, key) AS (VALUES {replaced}) UPDATE record SET known_to = {at}, \
         closed_by = {submission} WHERE id IN (SELECT r.id FROM replaced v CROSS JOIN record r WHERE r.kind = {kind} \
         AND r.customer = v.customer AND r.key = v.key AND r.line = 0 AND r.known_to = {OPEN} AND r.known_from < {at})"
    )
}

/// One statement for `count` rows: what is the same for all of them is written out.
fn inserting(is_postgres: bool, count: usize, constant: &str) -> String {
    let types = ["BIGINT", "TEXT", "BIGINT", "BIGINT", "TEXT", "BIGINT"];
    let rows = if is_postgres {
        typed(true, count, &types)
    } else {
        places(sea_orm::DbBackend::Sqlite, count, types.len())
    };
    format!(
        "INSERT INTO record (customer, key, line, period, content, row_no, kind, known_from, known_to, submission) \
         SELECT v.*, {constant} FROM (VALUES {rows}) AS v"
    )
}

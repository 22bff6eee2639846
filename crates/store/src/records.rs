//! Records in two times: what held when, and what was known when. 记录
//!
//! A record is (kind, customer, key); of a ledger, whose rows have no key, each row is a record of its own. Each change
//! adds a version and closes the one before it. What was known at an instant T are the versions with
//! `known_from` ≤ T < `known_to`: one at most of each record, and for ever the same ones.

use pinji_domain::date::{from_days, to_days};
use pinji_domain::ids::{CustomerId, RecordId, SubmissionId};
use pinji_domain::{Channel, Date, Timestamp};
use sea_orm::QueryResult;

use crate::Error;
use crate::cell::{Cell, OPEN, Until, args};
use crate::view::{View, listed};

/// What is known, or was known at an instant. 已知时点
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Known {
    /// All that is known now, whatever the clock says.
    Now,
    /// What was known at this instant.
    At(Timestamp),
}

impl Known {
    /// The condition on `table`'s versions.
    pub(crate) fn condition(self, table: &str) -> String {
        match self {
            Known::Now => format!("{table}known_to = {OPEN}"),
            Known::At(Timestamp(at)) => format!("{table}known_from <= {at} AND {table}known_to > {at}"),
        }
    }

    /// The condition on versions of records, of which some only say that the record does not hold any more.
    fn holding(self, table: &str) -> String {
        format!("{} AND {table}content <> ''", self.condition(table))
    }
}

/// One version of one record. 记录版本
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its id.
    pub id: RecordId,
    /// The kind's id.
    pub kind: String,
    /// Whose record it is.
    pub customer: CustomerId,
    /// The key fields' values joined by U+001F; empty for ledgers.
    pub key: String,
    /// The row of a ledger (submission × 1,000,000,000 + row), 0 for records with a key.
    pub line: i64,
    /// The day that it is about: its period's end. `None` for standing facts.
    pub period: Option<Date>,
    /// The values: a JSON object keyed by field, numbers at the fields' scales. Empty where this version says that the
    /// record does not hold any more; only [`View::record_versions`], [`View::record`] and [`View::records_from`] give
    /// such versions.
    pub content: String,
    /// From when it was known: the instant of its audit.
    pub known_from: Timestamp,
    /// Until when it was held to be so; `None` while it holds.
    pub known_to: Option<Timestamp>,
    /// The submission that brought it.
    pub submission: SubmissionId,
    /// The row there.
    pub row: i64,
    /// The submission whose audit or undo closed it.
    pub closed_by: Option<SubmissionId>,
    /// The version that this one brings back after an undo.
    pub restores: Option<RecordId>,
    /// When personal fields were taken out of its values.
    pub erased_at: Option<Timestamp>,
}

/// What a page of one customer's records shows. 单户记录条件
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordsOf<'a> {
    /// Whose.
    pub customer: CustomerId,
    /// Only these kinds; empty for all.
    pub kinds: &'a [String],
    /// What was known when.
    pub known: Known,
    /// Nothing that is about a day after this one; standing facts pass.
    pub as_of: Option<Date>,
    /// So many of each kind at most, the latest period first.
    pub each: u32,
}

/// Where a customer's list of records of one kind goes on: the last record that was read. 记录列表游标
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordPlace {
    /// Its period in days since 1970-01-01; 0 where it has none.
    pub period: i64,
    /// Its key.
    pub key: String,
    /// Its line.
    pub line: i64,
}

impl RecordPlace {
    /// At this record.
    pub fn at(record: &Record) -> RecordPlace {
        RecordPlace {
            period: record.period.map_or(0, |day| i64::from(to_days(day))),
            key: record.key.clone(),
            line: record.line,
        }
    }
}

/// Where a freeze goes on: the last record that was read. 游标
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordCursor {
    /// Its customer.
    pub customer: CustomerId,
    /// Its key.
    pub key: String,
    /// Its line.
    pub line: i64,
}

impl RecordCursor {
    /// Before the first record.
    pub fn start() -> RecordCursor {
        RecordCursor {
            customer: CustomerId(i64::MIN),
            key: String::new(),
            line: 0,
        }
    }
}

/// A page of a freeze, as the database packed it. 冻结页
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FrozenPage {
    text: String,
    last: Option<RecordCursor>,
}

/// A record of a frozen page: what a run reads of it, and no more. 冻结记录
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrozenRecord<'p> {
    /// Whose.
    pub customer: CustomerId,
    /// Its key.
    pub key: &'p str,
    /// Its line.
    pub line: i64,
    /// The day that it is about.
    pub period: Option<Date>,
    /// The values.
    pub content: &'p str,
}

impl FrozenPage {
    /// Its records, in their order.
    pub fn records(&self) -> impl Iterator<Item = FrozenRecord<'_>> {
        let mut left = self.text.as_str();
        // It was read through when it came.
        std::iter::from_fn(move || frozen_record(&mut left))
    }

    /// Where the next page begins; `None` where this one is empty.
    pub fn next(&self) -> Option<&RecordCursor> {
        self.last.as_ref()
    }

    fn of(text: String) -> Result<FrozenPage, Error> {
        let (mut left, mut last) = (text.as_str(), None);
        while !left.is_empty() {
            let one = frozen_record(&mut left);
            last = Some(one.ok_or_else(|| Error::Damaged(left.chars().take(40).collect()))?);
        }
        let last = last.map(|record| RecordCursor {
            customer: record.customer,
            key: record.key.to_owned(),
            line: record.line,
        });
        Ok(FrozenPage { text, last })
    }
}

/// A record as a comparison needs it: no more columns than that. 记录概要
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    /// Its version's id.
    pub id: RecordId,
    /// Whose.
    pub customer: CustomerId,
    /// Its key.
    pub key: String,
    /// Its line.
    pub line: i64,
    /// The day that it is about.
    pub period: Option<Date>,
    /// The values.
    pub content: String,
    /// From when it was known.
    pub known_from: Timestamp,
    /// The submission that brought it.
    pub submission: SubmissionId,
    /// The row there.
    pub row: i64,
}

const COLUMNS: &str = "r.id, k.code, r.customer, r.key, r.line, r.period, r.content, r.known_from, r.known_to, \
                       r.submission, r.row_no, r.closed_by, r.restores, r.erased_at";

impl View {
    /// The instant of the latest change: all that was known then never changes. For "as known now" of a run. 最新已知时点
    pub async fn known_until(&self) -> Result<Timestamp, Error> {
        Ok(Timestamp(
            self.number("SELECT last_at FROM ledger_frontier WHERE id = 1", Vec::new())
                .await?,
        ))
    }

    /// One customer's records, kind by kind in the order of first use, the latest period first. 单户记录
    pub async fn records_of(&self, of: &RecordsOf<'_>) -> Result<Vec<Record>, Error> {
        let mut records = Vec::new();
        for (number, code) in self.kinds().await? {
            if !of.kinds.is_empty() && !of.kinds.contains(&code) {
                continue;
            }
            let sql = paging(number, of);
            for row in self.rows(&sql, Vec::new()).await? {
                records.push(record(&row)?);
            }
        }
        Ok(records)
    }

    /// One customer's records of one kind after `after`, the latest period first, at most `limit`. 单户记录分页
    pub async fn records_page(
        &self,
        kind: &str,
        of: &RecordsOf<'_>,
        after: Option<&RecordPlace>,
    ) -> Result<Vec<Record>, Error> {
        let Some(number) = self.kind_number(kind).await? else {
            return Ok(Vec::new());
        };
        let Some(after) = after else {
            let rows = self.rows(&paging(number, of), Vec::new()).await?;
            return rows.iter().map(record).collect();
        };
        let sql = paging(number, of).replacen(
            " ORDER BY ",
            " AND (COALESCE(r.period, 0), r.key, r.line) < ($1, $2, $3) ORDER BY ",
            1,
        );
        let values = args![after.period, after.key.as_str(), after.line];
        let rows = self.rows(&sql, values).await?;
        rows.iter().map(record).collect()
    }

    /// All versions of one record, the oldest first. 记录沿革
    pub async fn record_versions(
        &self,
        kind: &str,
        customer: CustomerId,
        key: &str,
        line: i64,
    ) -> Result<Vec<Record>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM record r JOIN kind k ON k.id = r.kind WHERE k.code = $1 AND r.customer = $2 \
             AND r.key = $3 AND r.line = $4 ORDER BY r.known_from"
        );
        let rows = self.rows(&sql, args![kind, customer, key, line]).await?;
        rows.iter().map(record).collect()
    }

    /// All versions of all of a customer's records, by id: for an export of what is kept about it, and for erasing. 全部版本
    pub async fn versions_of(&self, customer: CustomerId) -> Result<Vec<Record>, Error> {
        let kinds = listed(self.kinds().await?.into_iter().map(|(number, _)| number));
        let sql = format!(
            "SELECT {COLUMNS} FROM record r JOIN kind k ON k.id = r.kind WHERE r.kind IN ({kinds}) AND r.customer = $1 \
             ORDER BY r.id"
        );
        let rows = self.rows(&sql, args![customer]).await?;
        rows.iter().map(record).collect()
    }

    /// The version with this id. 读取记录
    pub async fn record(&self, id: RecordId) -> Result<Option<Record>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM record r JOIN kind k ON k.id = r.kind WHERE r.id = $1");
        self.row(&sql, args![id]).await?.as_ref().map(record).transpose()
    }

    /// The versions that a submission brought, in the order of their rows, after row `after`. 报送所生记录
    pub async fn records_from(
        &self,
        submission: SubmissionId,
        after: RecordId,
        limit: u32,
    ) -> Result<Vec<Record>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM record r JOIN kind k ON k.id = r.kind WHERE r.submission = $1 AND r.id > $2 \
             ORDER BY r.id LIMIT $3"
        );
        let rows = self.rows(&sql, args![submission, after, i64::from(limit)]).await?;
        rows.iter().map(record).collect()
    }

    /// What is known now of these keys of one kind: what a submission is compared with. 比对所需
    ///
    /// Answers in the order of the index, keys that are not known are absent. Customers without a key (ledgers) have no
    /// place here.
    pub async fn current(&self, kind: &str, keys: &[(CustomerId, String)]) -> Result<Vec<Frozen>, Error> {
        let Some(number) = self.kind_number(kind).await? else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for piece in keys.chunks(200) {
            let mut values = Vec::with_capacity(piece.len() * 2);
            for (customer, key) in piece {
                values.extend(args![*customer, key.as_str()]);
            }
            let sql = format!(
                "WITH wanted (customer, key) AS (VALUES {}) SELECT {FROZEN} FROM wanted w CROSS JOIN record r \
                 WHERE r.kind = {number} AND r.customer = w.customer AND r.key = w.key AND r.line = 0 \
                 AND r.known_to = {OPEN} AND r.content <> ''",
                typed(self.is_postgres(), piece.len(), &["BIGINT", "TEXT"])
            );
            for row in self.rows(&sql, values).await? {
                found.push(frozen(&row)?);
            }
        }
        Ok(found)
    }

    /// The current records of these customers in one kind, all periods: a customer's own history for comparison. 历史比对
    pub async fn histories(&self, kind: &str, customers: &[CustomerId]) -> Result<Vec<Frozen>, Error> {
        let Some(number) = self.kind_number(kind).await? else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for piece in customers.chunks(500) {
            let sql = format!(
                "SELECT {FROZEN} FROM record r WHERE r.kind = {number} AND r.customer IN ({}) AND r.known_to = {OPEN} AND r.content <> '' \
                 ORDER BY r.customer, r.key, r.line",
                listed(piece.iter().map(|id| id.0))
            );
            for row in self.rows(&sql, Vec::new()).await? {
                found.push(frozen(&row)?);
            }
        }
        Ok(found)
    }

    /// All versions of these customers' records in one kind, the oldest first, and whether each still holds: the history of
    /// standing facts, which have no periods. 沿革比对
    pub async fn all_versions(&self, kind: &str, customers: &[CustomerId]) -> Result<Vec<(Frozen, bool)>, Error> {
        let Some(number) = self.kind_number(kind).await? else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for piece in customers.chunks(500) {
            let sql = format!(
                "SELECT {FROZEN}, r.known_to FROM record r WHERE r.kind = {number} AND r.customer IN ({}) \
                 AND r.content <> '' ORDER BY r.customer, r.key, r.line, r.known_to",
                listed(piece.iter().map(|id| id.0))
            );
            for row in self.rows(&sql, Vec::new()).await? {
                let Until(until) = Cell::get(&row, 9)?;
                found.push((frozen(&row)?, until.is_none()));
            }
        }
        Ok(found)
    }

    /// When each customer's newest record of a kind that came on one channel is dated: ascending by customer. 分渠道最近一期
    pub async fn latest_periods_on(
        &self,
        kind: &str,
        channel: Channel,
        after: CustomerId,
        limit: u32,
    ) -> Result<Vec<(CustomerId, Option<Date>, Timestamp)>, Error> {
        let Some(number) = self.kind_number(kind).await? else {
            return Ok(Vec::new());
        };
        let sql = format!(
            "SELECT r.customer, max(r.period), max(r.known_from) FROM record r JOIN submission s ON s.id = r.submission \
             WHERE r.kind = {number} AND r.customer > $1 AND r.known_to = {OPEN} AND r.content <> '' \
             AND s.channel = $2 GROUP BY r.customer ORDER BY r.customer LIMIT $3"
        );
        let rows = self.rows(&sql, args![after, channel, i64::from(limit)]).await?;
        rows.iter()
            .map(|row| Ok((Cell::get(row, 0)?, Cell::get(row, 1)?, Cell::get(row, 2)?)))
            .collect()
    }

    /// The records of one kind after `after`, by customer, key and line: a page of a freeze. 冻结
    ///
    /// With a fixed [`Known::At`] no later than [`View::known_until`], the pages of one freeze fit together whatever is
    /// written meanwhile. Pages of 20,000 to 50,000 are quick and small; two kinds can be read at a time.
    pub async fn freeze(
        &self,
        kind: &str,
        known: Known,
        after: &RecordCursor,
        limit: u32,
    ) -> Result<FrozenPage, Error> {
        let Some(number) = self.kind_number(kind).await? else {
            return Ok(FrozenPage::default());
        };
        let sql = freezing(number, known);
        let values = args![after.customer, after.key.as_str(), after.line, i64::from(limit)];
        let packed = self.row(&sql, values).await?;
        let packed = packed.map(|row| Option::<String>::get(&row, 0)).transpose()?.flatten();
        FrozenPage::of(packed.unwrap_or_default())
    }

    /// How many records of a kind are known. 记录数
    pub async fn count_records(&self, kind: &str, known: Known) -> Result<i64, Error> {
        let sql = format!(
            "SELECT count(*) FROM record WHERE kind = (SELECT id FROM kind WHERE code = $1) AND {}",
            known.holding("")
        );
        self.number(&sql, args![kind]).await
    }

    /// Whether a record of a kind is known now; the first one that is found ends the look. 是否有记录
    pub async fn has_records(&self, kind: &str) -> Result<bool, Error> {
        let Some(number) = self.kind_number(kind).await? else {
            return Ok(false);
        };
        let holding = Known::Now.holding("");
        let sql = format!("SELECT 1 FROM record WHERE kind = {number} AND {holding} LIMIT 1");
        Ok(self.row(&sql, Vec::new()).await?.is_some())
    }

    /// When each customer's newest record of a kind is dated, for what is overdue: ascending by customer. 最近一期
    pub async fn latest_periods(
        &self,
        kind: &str,
        after: CustomerId,
        limit: u32,
    ) -> Result<Vec<(CustomerId, Option<Date>, Timestamp)>, Error> {
        let Some(number) = self.kind_number(kind).await? else {
            return Ok(Vec::new());
        };
        let sql = format!(
            "SELECT customer, max(period), max(known_from) FROM record WHERE kind = {number} AND customer > $1 \
             AND known_to = {OPEN} AND content <> '' GROUP BY customer ORDER BY customer LIMIT $2"
        );
        let rows = self.rows(&sql, args![after, i64::from(limit)]).await?;
        rows.iter()
            .map(|row| Ok((Cell::get(row, 0)?, Cell::get(row, 1)?, Cell::get(row, 2)?)))
            .collect()
    }

    /// The statements of a freeze and of a customer's page: for the tests that hold the indices.
    #[doc(hidden)]
    pub fn freeze_statement(&self, kind: i64, known: Known) -> String {
        freezing(kind, known)
    }

    #[doc(hidden)]
    pub fn page_statement(&self, kind: i64, customer: CustomerId, known: Known) -> String {
        let of = RecordsOf {
            customer,
            kinds: &[],
            known,
            as_of: None,
            each: 50,
        };
        paging(kind, &of)
    }

    pub(crate) async fn kind_number(&self, code: &str) -> Result<Option<i64>, Error> {
        let row = self.row("SELECT id FROM kind WHERE code = $1", args![code]).await?;
        row.map(|row| i64::get(&row, 0)).transpose()
    }

    async fn kinds(&self) -> Result<Vec<(i64, String)>, Error> {
        let rows = self.rows("SELECT id, code FROM kind ORDER BY id", Vec::new()).await?;
        rows.iter()
            .map(|row| Ok((Cell::get(row, 0)?, Cell::get(row, 1)?)))
            .collect()
    }
}

/// The statement of [`View::records_of`] for one kind.
fn paging(kind: i64, of: &RecordsOf<'_>) -> String {
    let day = of.as_of.map_or(String::new(), |day| {
        let day = to_days(day);
        format!(" AND (r.period IS NULL OR r.period <= {day})")
    });
    format!(
        "SELECT {COLUMNS} FROM record r JOIN kind k ON k.id = r.kind WHERE r.kind = {kind} AND r.customer = {} \
         AND {}{day} ORDER BY COALESCE(r.period, 0) DESC, r.key DESC, r.line DESC LIMIT {}",
        of.customer.0,
        of.known.holding("r."),
        of.each
    )
}

/// The statement of [`View::freeze`]: a whole page as one text, which is three times as quick as row by row.
///
/// Of each record three numbers and two lengths in bytes, with commas between, then key and content as they are.
fn freezing(kind: i64, known: Known) -> String {
    format!(
        "SELECT string_agg(one, '') FROM (SELECT concat_ws(',', r.customer, r.line, COALESCE(CAST(r.period AS TEXT), ''), \
         octet_length(r.key), octet_length(r.content), r.key || r.content) AS one FROM record r \
         WHERE r.kind = {kind} AND (r.customer, r.key, r.line) > ($1, $2, $3) AND {} \
         ORDER BY r.customer, r.key, r.line LIMIT $4) AS page",
        known.holding("r.")
    )
}

/// The next record of a page as [`freezing`] packs it.
fn frozen_record<'p>(page: &mut &'p str) -> Option<FrozenRecord<'p>> {
    let (customer, line) = (number(page)??, number(page)??);
    let period = number(page)?;
    let (key, content) = (number(page)??, number(page)??);
    Some(FrozenRecord {
        customer: CustomerId(customer),
        line,
        period: match period {
            Some(days) => Some(from_days(i32::try_from(days).ok()?)?),
            None => None,
        },
        key: text(page, key)?,
        content: text(page, content)?,
    })
}

/// The number before the next comma; an empty one is none. The outer `None` is a damaged page.
fn number(page: &mut &str) -> Option<Option<i64>> {
    let (number, rest) = page.split_once(',')?;
    *page = rest;
    if number.is_empty() {
        return Some(None);
    }
    Some(Some(number.parse().ok()?))
}

fn text<'p>(page: &mut &'p str, bytes: i64) -> Option<&'p str> {
    let (text, rest) = page.split_at_checked(usize::try_from(bytes).ok()?)?;
    *page = rest;
    Some(text)
}

const FROZEN: &str = "r.id, r.customer, r.key, r.line, r.period, r.content, r.known_from, r.submission, r.row_no";

/// Places for many rows of a `VALUES` list whose types PostgreSQL must be told.
pub(crate) fn typed(is_postgres: bool, rows: usize, types: &[&str]) -> String {
    let mut text = String::with_capacity(rows * types.len() * 8);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ",(" });
        for (column, ty) in types.iter().enumerate() {
            if column > 0 {
                text.push(',');
            }
            let place = row * types.len() + column + 1;
            match (is_postgres, row) {
                (true, 0) => text.push_str(&format!("CAST(${place} AS {ty})")),
                (true, _) => text.push_str(&format!("${place}")),
                (false, _) => text.push('?'),
            }
        }
        text.push(')');
    }
    text
}

fn record(row: &QueryResult) -> Result<Record, Error> {
    let Until(known_to) = Cell::get(row, 8)?;
    Ok(Record {
        id: Cell::get(row, 0)?,
        kind: Cell::get(row, 1)?,
        customer: Cell::get(row, 2)?,
        key: Cell::get(row, 3)?,
        line: Cell::get(row, 4)?,
        period: Cell::get(row, 5)?,
        content: Cell::get(row, 6)?,
        known_from: Cell::get(row, 7)?,
        known_to,
        submission: Cell::get(row, 9)?,
        row: Cell::get(row, 10)?,
        closed_by: Cell::get(row, 11)?,
        restores: Cell::get(row, 12)?,
        erased_at: Cell::get(row, 13)?,
    })
}

fn frozen(row: &QueryResult) -> Result<Frozen, Error> {
    Ok(Frozen {
        id: Cell::get(row, 0)?,
        customer: Cell::get(row, 1)?,
        key: Cell::get(row, 2)?,
        line: Cell::get(row, 3)?,
        period: Cell::get(row, 4)?,
        content: Cell::get(row, 5)?,
        known_from: Cell::get(row, 6)?,
        submission: Cell::get(row, 7)?,
        row: Cell::get(row, 8)?,
    })
}

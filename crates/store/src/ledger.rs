//! The ledger as rows: entries, the tree's frontier, checkpoints. What they mean is the business of `pinji-ledger`. 台账

use pinji_domain::Timestamp;

use crate::Error;
use crate::cell::{Cell, args};
use crate::rows::rows;
use crate::view::View;

rows! {
    /// A checkpoint that was signed and sent outside. 检查点
    Checkpoint, NewCheckpoint: NewInUpkeep, "ledger_checkpoint", i64, {
        /// How many entries it covers.
        size: i64,
        /// The root of their tree.
        root: Vec<u8>,
        /// The signed note.
        note: String,
        /// When it was made.
        made_at: Timestamp,
        /// Where it was sent.
        sent_to: String,
    } then {
    }
}

/// A kept entry. 台账条目
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Its number, from 0.
    pub seq: i64,
    /// The instant of its change.
    pub at: Timestamp,
    /// Its canonical bytes.
    pub bytes: Vec<u8>,
    /// The hash of its leaf.
    pub leaf: Vec<u8>,
}

/// How far the ledger is. 台账现状
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerHead {
    /// How many entries it has.
    pub size: i64,
    /// The instant of the last one.
    pub last_at: Timestamp,
    /// The tree as the last change left it; `None` before the first.
    pub frontier: Option<Vec<u8>>,
}

impl View {
    /// How far the ledger is. 台账现状
    pub async fn ledger_head(&self) -> Result<LedgerHead, Error> {
        let sql = "SELECT next_seq, last_at, frontier FROM ledger_frontier WHERE id = 1";
        let row = self.row(sql, Vec::new()).await?;
        let row = row.ok_or_else(|| Error::missing("ledger_frontier"))?;
        Ok(LedgerHead {
            size: Cell::get(&row, 0)?,
            last_at: Cell::get(&row, 1)?,
            frontier: Cell::get(&row, 2)?,
        })
    }

    /// Entries from number `from` on, at most `limit`. 读取条目
    pub async fn ledger_entries(&self, from: i64, limit: u32) -> Result<Vec<LedgerEntry>, Error> {
        let sql = "SELECT seq, at, entry, leaf FROM ledger_entry WHERE seq >= $1 ORDER BY seq LIMIT $2";
        let rows = self.rows(sql, args![from, i64::from(limit)]).await?;
        rows.iter()
            .map(|row| {
                Ok(LedgerEntry {
                    seq: Cell::get(row, 0)?,
                    at: Cell::get(row, 1)?,
                    bytes: Cell::get(row, 2)?,
                    leaf: Cell::get(row, 3)?,
                })
            })
            .collect()
    }

    /// Only the leaves from number `from` on, for proofs. 读取叶哈希
    pub async fn ledger_leaves(&self, from: i64, limit: u32) -> Result<Vec<Vec<u8>>, Error> {
        let sql = "SELECT leaf FROM ledger_entry WHERE seq >= $1 ORDER BY seq LIMIT $2";
        let rows = self.rows(sql, args![from, i64::from(limit)]).await?;
        rows.iter().map(|row| Cell::get(row, 0)).collect()
    }

    /// The last checkpoint that was made. 最近检查点
    pub async fn last_checkpoint(&self) -> Result<Option<Checkpoint>, Error> {
        self.one("ORDER BY id DESC LIMIT 1", Vec::new()).await
    }

    /// Checkpoints after `after`, ascending by id. 检查点列表
    pub async fn checkpoints(&self, after: i64, limit: u32) -> Result<Vec<Checkpoint>, Error> {
        self.all("WHERE id > $1 ORDER BY id LIMIT $2", args![after, i64::from(limit)])
            .await
    }
}

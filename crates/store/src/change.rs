//! Writing: a change of the business with its one entry in the ledger, and upkeep that needs none. 写入

use pinji_domain::Timestamp;

use crate::cell::args;
use crate::open::begin_write;
use crate::rows::{NewInChange, NewInUpkeep};
use crate::view::{Handle, View};
use crate::{Error, Store};

/// A write without an entry in the ledger: sessions, attempts, jobs, messages. 维护性写入
///
/// Dropping it takes everything back.
pub struct Upkeep(View);

impl std::ops::Deref for Upkeep {
    type Target = View;
    fn deref(&self) -> &View {
        &self.0
    }
}

impl Upkeep {
    /// Puts down a row of something that passes through. 新增
    pub async fn put<N: NewInUpkeep>(&self, new: N) -> Result<N::Id, Error> {
        self.insert(new).await
    }

    /// Keeps what was written.
    pub async fn commit(self) -> Result<(), Error> {
        match self.0.0 {
            Handle::Tx(tx) => Ok(tx.commit().await?),
            Handle::Pool(_) => Ok(()),
        }
    }
}

/// A change of the business: one transaction, one entry in the ledger. 业务变更
///
/// There is one way to keep it, [`Change::commit`], and that one asks for the entry. Dropping it takes everything back.
/// Changes come strictly one after another, on both databases; each has an instant of its own, later than all before.
pub struct Change {
    upkeep: Upkeep,
    slot: Slot,
}

/// Where the entry of a change stands. 台账位置
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Its number: 0 for the first entry, without gaps.
    pub seq: i64,
    /// The instant of the change, later than that of every entry before.
    pub at: Timestamp,
    /// The state of the tree before this entry, as the last change left it; `None` before the first.
    pub frontier: Option<Vec<u8>>,
}

/// An entry as the ledger keeps it. 台账条目
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerLine {
    /// The entry's canonical bytes.
    pub bytes: Vec<u8>,
    /// The hash of its leaf.
    pub leaf: [u8; 32],
    /// The state of the tree with this entry.
    pub frontier: Vec<u8>,
}

impl std::ops::Deref for Change {
    type Target = Upkeep;
    fn deref(&self) -> &Upkeep {
        &self.upkeep
    }
}

impl Change {
    /// The instant of this change: `known_from` of what it adds, `known_to` of what it closes. 变更时刻
    pub fn at(&self) -> Timestamp {
        self.slot.at
    }

    /// The number that its entry will have.
    pub fn seq(&self) -> i64 {
        self.slot.seq
    }

    /// Adds a row of the business. 新增
    pub async fn add<N: NewInChange>(&self, new: N) -> Result<N::Id, Error> {
        self.insert(new).await
    }

    /// Makes the entry, appends it, and keeps the change. 提交
    ///
    /// `entry` is told where the entry stands and answers with its bytes and the tree after it. If it fails, nothing is
    /// kept. Returns the entry's slot.
    pub async fn commit<E>(self, entry: impl FnOnce(&Slot) -> Result<LedgerLine, E>) -> Result<Slot, Error>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let line = entry(&self.slot).map_err(|why| Error::Entry(why.into()))?;
        let Change { upkeep, slot } = self;
        upkeep
            .run(
                "INSERT INTO ledger_entry (seq, at, entry, leaf) VALUES ($1, $2, $3, $4)",
                args![slot.seq, slot.at, line.bytes, line.leaf.to_vec()],
            )
            .await?;
        upkeep
            .run(
                "UPDATE ledger_frontier SET next_seq = $1, last_at = $2, frontier = $3 WHERE id = 1",
                args![slot.seq + 1, slot.at, line.frontier],
            )
            .await?;
        upkeep.commit().await?;
        Ok(slot)
    }
}

impl Store {
    /// Begins a change of the business at `now`, and waits until it is its turn. 开始变更
    ///
    /// Its instant is `now`, or just after the last change's where the clock has not moved since, or has gone back.
    pub async fn change(&self, now: Timestamp) -> Result<Change, Error> {
        let upkeep = self.upkeep().await?;
        let lock = if upkeep.is_postgres() { " FOR UPDATE" } else { "" };
        let sql = format!("SELECT next_seq, last_at, frontier FROM ledger_frontier WHERE id = 1{lock}");
        let row = upkeep.row(&sql, Vec::new()).await?;
        let row = row.ok_or_else(|| Error::missing("ledger_frontier"))?;
        let last: i64 = row.try_get_by_index(1)?;
        Ok(Change {
            slot: Slot {
                seq: row.try_get_by_index(0)?,
                at: Timestamp(now.0.max(last.saturating_add(1))),
                frontier: row.try_get_by_index(2)?,
            },
            upkeep,
        })
    }

    /// Begins a write that needs no entry in the ledger. 开始维护性写入
    pub async fn upkeep(&self) -> Result<Upkeep, Error> {
        let tx = begin_write(self.writer()).await?;
        Ok(Upkeep(View(Handle::Tx(tx))))
    }
}

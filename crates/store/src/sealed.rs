//! Values that the ledger only commits to: kept beside it with their salts, until they are erased. 承诺的原值

use pinji_domain::Timestamp;

use crate::cell::{Cell, args};
use crate::view::{View, places};
use crate::{Change, Error};

/// What opens one commitment of the ledger. 承诺的原值
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedValue {
    /// The entry's number.
    pub seq: i64,
    /// Where the commitment stands in the entry, as a JSON pointer: `/facts/reason`.
    pub place: String,
    /// What the entry is about: `submission:42`.
    pub object: String,
    /// The value's canonical bytes as text; `None` once it was erased.
    pub value: Option<String>,
    /// Its salt; `None` once it was erased.
    pub salt: Option<Vec<u8>>,
    /// When both were erased.
    pub erased_at: Option<Timestamp>,
}

/// Rows of one statement.
const ROWS: usize = 50;

impl View {
    /// The values that the entries from number `from` on, up to `to`, commit to. 按台账编号读取
    pub async fn sealed_values(&self, from: i64, to: i64) -> Result<Vec<SealedValue>, Error> {
        let sql = "SELECT seq, place, object, value, salt, erased_at FROM sealed_value WHERE seq BETWEEN $1 AND $2 \
                   ORDER BY seq, place";
        let rows = self.rows(sql, args![from, to]).await?;
        rows.iter().map(sealed).collect()
    }

    /// The values that entries about these objects commit to, erased ones left out. 按对象读取
    pub async fn sealed_about(&self, objects: &[String]) -> Result<Vec<SealedValue>, Error> {
        let mut found = Vec::new();
        for piece in objects.chunks(ROWS) {
            let wanted: Vec<String> = (1..=piece.len()).map(|place| format!("${place}")).collect();
            let sql = format!(
                "SELECT seq, place, object, value, salt, erased_at FROM sealed_value WHERE object IN ({}) \
                 AND erased_at IS NULL ORDER BY seq, place",
                wanted.join(", ")
            );
            let values = piece.iter().map(|object| object.as_str().put()).collect();
            for row in self.rows(&sql, values).await? {
                found.push(sealed(&row)?);
            }
        }
        Ok(found)
    }
}

impl Change {
    /// Keeps what opens the commitments of this change's entry. 保存原值
    pub async fn keep_sealed(&self, values: &[SealedValue]) -> Result<(), Error> {
        for piece in values.chunks(ROWS) {
            let sql = format!(
                "INSERT INTO sealed_value (seq, place, object, value, salt) VALUES {}",
                places(self.backend(), piece.len(), 5)
            );
            let mut given = Vec::with_capacity(piece.len() * 5);
            for one in piece.iter().cloned() {
                given.extend(args![one.seq, one.place, one.object, one.value, one.salt]);
            }
            self.run(&sql, given).await?;
        }
        Ok(())
    }

    /// Destroys value and salt: nothing opens the commitment any more. 销毁原值
    pub async fn erase_sealed(&self, seq: i64, place: &str) -> Result<(), Error> {
        let sql = "UPDATE sealed_value SET value = NULL, salt = NULL, erased_at = $1 WHERE seq = $2 AND place = $3 \
                   AND erased_at IS NULL";
        self.run(sql, args![self.at(), seq, place]).await?;
        Ok(())
    }
}

fn sealed(row: &sea_orm::QueryResult) -> Result<SealedValue, Error> {
    Ok(SealedValue {
        seq: Cell::get(row, 0)?,
        place: Cell::get(row, 1)?,
        object: Cell::get(row, 2)?,
        value: Cell::get(row, 3)?,
        salt: Cell::get(row, 4)?,
        erased_at: Cell::get(row, 5)?,
    })
}

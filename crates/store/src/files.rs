//! Evidence: files as they were sent, known by their SHA-256, kept once. 证据文件

use pinji_domain::Timestamp;
use pinji_domain::ids::UserId;

use crate::cell::{Cell, args};
use crate::view::View;
use crate::{Change, Error};

/// What is known of a kept file. 证据文件
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFile {
    /// The SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// How many bytes.
    pub size: i64,
    /// The name under which it first came.
    pub name: String,
    /// Its media type.
    pub media: String,
    /// When it first came.
    pub kept_at: Timestamp,
    /// Who brought it first.
    pub kept_by: Option<UserId>,
    /// When its bytes were erased; hash and size stay.
    pub erased_at: Option<Timestamp>,
}

/// Bytes of one part of a file in the database.
const PART: usize = 1 << 20;

impl View {
    /// What is known of the file with this hash. 文件信息
    pub async fn file(&self, sha256: &str) -> Result<Option<KeptFile>, Error> {
        let sql = "SELECT sha256, size, name, media, kept_at, kept_by, erased_at FROM evidence WHERE sha256 = $1";
        let row = self.row(sql, args![sha256]).await?;
        row.map(|row| {
            Ok(KeptFile {
                sha256: Cell::get(&row, 0)?,
                size: Cell::get(&row, 1)?,
                name: Cell::get(&row, 2)?,
                media: Cell::get(&row, 3)?,
                kept_at: Cell::get(&row, 4)?,
                kept_by: Cell::get(&row, 5)?,
                erased_at: Cell::get(&row, 6)?,
            })
        })
        .transpose()
    }

    /// The bytes of the file with this hash, a piece of 1 MiB at a time from number `part` on; `None` at the end. 文件内容
    pub async fn file_part(&self, sha256: &str, part: i64) -> Result<Option<Vec<u8>>, Error> {
        let sql = "SELECT content FROM evidence_part WHERE sha256 = $1 AND part = $2";
        let row = self.row(sql, args![sha256, part]).await?;
        row.map(|row| Cell::get(&row, 0)).transpose()
    }

    /// All bytes of the file with this hash; `None` where it is not kept or was erased. 文件全部内容
    pub async fn file_bytes(&self, sha256: &str) -> Result<Option<Vec<u8>>, Error> {
        match self.file(sha256).await? {
            None => return Ok(None),
            Some(file) if file.erased_at.is_some() => return Ok(None),
            Some(_) => {}
        }
        let mut bytes = Vec::new();
        let mut part = 0;
        while let Some(piece) = self.file_part(sha256, part).await? {
            bytes.extend_from_slice(&piece);
            part += 1;
        }
        Ok(Some(bytes))
    }
}

impl Change {
    /// Keeps a file under its hash, which the caller has computed. A file that is there already is left as it is; one that was
    /// erased and is sent again is kept anew. 保存文件
    pub async fn keep_file(
        &self,
        sha256: &str,
        name: &str,
        media: &str,
        by: Option<UserId>,
        bytes: &[u8],
    ) -> Result<(), Error> {
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let sql = "INSERT INTO evidence (sha256, size, name, media, kept_at, kept_by) VALUES ($1, $2, $3, $4, $5, $6) \
                   ON CONFLICT (sha256) DO UPDATE SET name = excluded.name, media = excluded.media, \
                   kept_at = excluded.kept_at, kept_by = excluded.kept_by, erased_at = NULL \
                   WHERE evidence.erased_at IS NOT NULL";
        if self.run(sql, args![sha256, size, name, media, self.at(), by]).await? == 0 {
            return Ok(());
        }
        for (part, piece) in (0_i64..).zip(bytes.chunks(PART)) {
            let sql = "INSERT INTO evidence_part (sha256, part, content) VALUES ($1, $2, $3)";
            self.run(sql, args![sha256, part, piece.to_vec()]).await?;
        }
        Ok(())
    }

    /// Erases the bytes of a file; its hash, size and name stay. 抹除文件内容
    pub async fn erase_file(&self, sha256: &str) -> Result<(), Error> {
        let sql = "UPDATE evidence SET erased_at = $1 WHERE sha256 = $2 AND erased_at IS NULL";
        if self.run(sql, args![self.at(), sha256]).await? == 0 {
            return Err(Error::missing("evidence"));
        }
        self.run("DELETE FROM evidence_part WHERE sha256 = $1", args![sha256])
            .await?;
        Ok(())
    }
}

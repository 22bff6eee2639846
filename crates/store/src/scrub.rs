//! Overwriting: what was erased leaves no bytes in the files of the database. 清理

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::place::Place;
use crate::{Error, Store};

/// What came of scrubbing. 清理结果
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scrubbed {
    /// The files hold none of the words.
    Clean,
    /// Some stood in the files, and all pages were written anew: where they still stand, rows hold them that are kept.
    Rebuilt,
    /// The log of changes could not be emptied, since somebody reads for long; to be done again.
    Later,
    /// PostgreSQL was told that the old rows are free; when it overwrites their bytes is its own affair.
    LeftToServer,
}

/// So much of a file is looked at at a time.
const PIECE: usize = 1 << 20;
/// A database up to this size is rebuilt in memory, so that nothing of it lies in temporary files meanwhile.
const IN_MEMORY: u64 = 256 << 20;

impl Store {
    /// Sees to it that nothing of what was erased is left in the files: empties SQLite's log into the database, looks for the
    /// words there, and writes all pages anew where they are found, since a page that was split may hold a row's old bytes
    /// in its gap. Without words it does that in any case. 清理
    ///
    /// On PostgreSQL the tables are vacuumed.
    pub async fn scrub(&self, words: Option<&[String]>) -> Result<Scrubbed, Error> {
        let writer = self.writer();
        let Place::Folder(_) = self.place() else {
            // Each by itself: a vacuum is no part of a transaction.
            for table in TABLES {
                writer.execute_unprepared(&format!("VACUUM {table}")).await?;
            }
            return Ok(Scrubbed::LeftToServer);
        };
        if !self.empty_log().await? {
            return Ok(Scrubbed::Later);
        }
        let Some(file) = self.place().file() else {
            return Ok(Scrubbed::Later);
        };
        if let Some(words) = words {
            let (file, words) = (file.clone(), words.to_vec());
            let found = tokio::task::spawn_blocking(move || holds(&file, &words)).await;
            let found = found.map_err(|why| Error::Damaged(why.to_string()))?;
            if !found.map_err(|why| Error::Damaged(why.to_string()))? {
                return Ok(Scrubbed::Clean);
            }
        }
        let size = std::fs::metadata(&file).map_or(u64::MAX, |about| about.len());
        if size > IN_MEMORY {
            writer.execute_unprepared("PRAGMA temp_store = FILE").await?;
        }
        let rebuilt = writer.execute_unprepared("VACUUM").await;
        writer.execute_unprepared("PRAGMA temp_store = MEMORY").await?;
        rebuilt?;
        Ok(match self.empty_log().await? {
            true => Scrubbed::Rebuilt,
            false => Scrubbed::Later,
        })
    }

    /// Brings the log into the database and cuts it to nothing; `false` where somebody still reads from it.
    async fn empty_log(&self) -> Result<bool, Error> {
        let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
        let row = self
            .writer()
            .query_one_raw(Statement::from_string(DbBackend::Sqlite, sql))
            .await?;
        let busy: i32 = row.map_or(Ok(1), |row| row.try_get_by_index(0))?;
        Ok(busy == 0)
    }
}

/// The tables out of which an erasure takes something.
const TABLES: [&str; 22] = [
    "record",
    "submission",
    "submission_part",
    "evidence",
    "evidence_part",
    "customer",
    "party",
    "relation",
    "corporate_group",
    "group_motion",
    "group_decision",
    "access_permission",
    "role_grant",
    "office_user",
    "credential",
    "session",
    "login_attempt",
    "notification",
    "answer",
    "setting",
    "sealed_value",
    "erasure",
];

/// Whether one of the words stands in a file, byte for byte.
fn holds(path: &Path, words: &[String]) -> io::Result<bool> {
    let longest = words.iter().map(String::len).max().unwrap_or(0);
    let mut file = File::open(path)?;
    let mut held = Vec::with_capacity(PIECE + longest);
    let mut piece = vec![0; PIECE];
    loop {
        let length = file.read(&mut piece)?;
        if length == 0 {
            return Ok(false);
        }
        held.extend_from_slice(piece.get(..length).unwrap_or_default());
        if words
            .iter()
            .any(|word| memchr::memmem::find(&held, word.as_bytes()).is_some())
        {
            return Ok(true);
        }
        // A word may lie across two pieces.
        held.drain(..held.len().saturating_sub(longest));
    }
}

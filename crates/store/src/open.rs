//! Opening a store: the pools, what each connection is told, and the steps of the schema. 打开存储

use std::fs;
use std::time::Duration;

use pinji_domain::Timestamp;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};

use crate::view::{Handle, View};
use crate::{Error, Place, migrate};

/// How long a writer waits for its turn before it gives up with [`Error::Busy`].
const PATIENCE: Duration = Duration::from_secs(30);
/// Connections for reading. On SQLite one more writes.
const READERS: u32 = 6;
/// Connections for writing on PostgreSQL. Changes stand in line at the ledger anyway; the others serve what needs no entry.
const WRITERS: u32 = 4;

/// The office's memory: one SQLite file in a folder, or one PostgreSQL database. 存储
///
/// Reads are methods of [`View`], to which a store dereferences. Writing begins with [`Store::change`] (business, with
/// one entry in the ledger) or [`Store::upkeep`] (sessions, jobs, messages).
pub struct Store {
    place: Place,
    readers: View,
    writer: DatabaseConnection,
}

impl std::ops::Deref for Store {
    type Target = View;
    fn deref(&self) -> &View {
        &self.readers
    }
}

impl Store {
    /// Opens the store at `place`, makes it where there is none, and brings its schema up to date. 打开
    ///
    /// A database that a newer program has written is refused, and nothing in it touched.
    pub async fn open(place: &Place, now: Timestamp) -> Result<Store, Error> {
        let store = Store::open_as_it_is(place).await?;
        migrate::up(&store.writer, migrate::NEWEST, now).await?;
        Ok(store)
    }

    /// Opens the store without touching its schema; for tests of the steps.
    #[doc(hidden)]
    pub async fn open_at_step(place: &Place, step: i64, now: Timestamp) -> Result<Store, Error> {
        let store = Store::open_as_it_is(place).await?;
        migrate::up(&store.writer, step, now).await?;
        Ok(store)
    }

    async fn open_as_it_is(place: &Place) -> Result<Store, Error> {
        let (readers, writer) = match place {
            Place::Folder(folder) => {
                private_folder(folder).map_err(|why| cannot(place, why))?;
                // The writer first: it makes the file.
                let writer = connected(place, sqlite(place, 1, false)).await?;
                if let found @ 1.. = migrate::at(&writer).await?
                    && found > migrate::NEWEST
                {
                    return Err(Error::NewerSchema {
                        found,
                        known: migrate::NEWEST,
                    });
                }
                (connected(place, sqlite(place, READERS, true)).await?, writer)
            }
            Place::Postgres(url) => (
                connected(place, postgres(url, READERS)).await?,
                connected(place, postgres(url, WRITERS)).await?,
            ),
        };
        Ok(Store {
            place: place.clone(),
            readers: View(Handle::Pool(readers)),
            writer,
        })
    }

    /// Where it lies.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The step that the schema is at. 数据库版本
    pub async fn schema_step(&self) -> Result<i64, Error> {
        migrate::at(&self.writer).await
    }

    /// Several reads that see one and the same state. 只读快照
    pub async fn snapshot(&self) -> Result<Snapshot, Error> {
        let Handle::Pool(pool) = &self.readers.0 else {
            return Err(Error::missing("pool"));
        };
        let mut options = TransactionOptions::default();
        if pool.get_database_backend() == DbBackend::Postgres {
            options.isolation_level = Some(sea_orm::IsolationLevel::RepeatableRead);
            options.access_mode = Some(sea_orm::AccessMode::ReadOnly);
        }
        let tx = pool.begin_with_options(options).await?;
        Ok(Snapshot(View(Handle::Tx(tx))))
    }

    /// Brings the planner's statistics up to date and empties SQLite's WAL; for quiet hours and after large imports. 维护
    pub async fn tend(&self) -> Result<(), Error> {
        use sea_orm::ConnectionTrait;
        let sql = match self.writer.get_database_backend() {
            DbBackend::Postgres => "ANALYZE",
            _ => "PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE);",
        };
        self.writer.execute_unprepared(sql).await?;
        Ok(())
    }

    /// Sends statements past all that guards the store: for tests that play the tamperer.
    #[doc(hidden)]
    pub async fn told(&self, sql: &str) -> Result<(), Error> {
        use sea_orm::ConnectionTrait;
        self.writer.execute_unprepared(sql).await?;
        Ok(())
    }

    /// Closes all connections, so that on SQLite everything lies in the one file.
    pub async fn close(self) -> Result<(), Error> {
        if let View(Handle::Pool(readers)) = self.readers {
            readers.close().await?;
        }
        Ok(self.writer.close().await?)
    }

    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }
}

/// Reads that see one state of the store; see [`Store::snapshot`]. 只读快照
pub struct Snapshot(View);

impl std::ops::Deref for Snapshot {
    type Target = View;
    fn deref(&self) -> &View {
        &self.0
    }
}

/// Begins a transaction that will write. SQLite takes its lock at once, so that nothing read in it can be stale.
pub(crate) async fn begin_write(db: &DatabaseConnection) -> Result<DatabaseTransaction, Error> {
    let mut options = TransactionOptions::default();
    if db.get_database_backend() == DbBackend::Sqlite {
        options.sqlite_transaction_mode = Some(SqliteTransactionMode::Immediate);
    }
    Ok(db.begin_with_options(options).await?)
}

async fn connected(place: &Place, options: ConnectOptions) -> Result<DatabaseConnection, Error> {
    Database::connect(options).await.map_err(|why| cannot(place, why))
}

fn cannot(place: &Place, source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Place {
        place: place.to_string(),
        source: Box::new(source),
    }
}

/// Makes a folder that only its owner may enter, where it is not there. 私有文件夹
pub fn private_folder(folder: &std::path::Path) -> std::io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn postgres(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .connect_timeout(PATIENCE)
        .sqlx_logging(false)
        .set_application_name("pinji")
        .map_sqlx_postgres_opts(|options| {
            // Commits wait for the disk whatever the server's default; a writer's wait for its turn ends.
            options.options([("lock_timeout", "30s"), ("synchronous_commit", "on"), ("jit", "off")])
        });
    options
}

fn sqlite(place: &Place, connections: u32, reads: bool) -> ConnectOptions {
    let file = place.file().unwrap_or_default();
    let mut options = ConnectOptions::new("sqlite::memory:");
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(PATIENCE)
        // A file does not go away; asking each time would cost as much as a small read.
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |options| {
            // Each pooled connection gets these; a PRAGMA sent through the pool would reach only one.
            let options = options
                .filename(&file)
                .in_memory(false)
                .shared_cache(false)
                .create_if_missing(!reads)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(PATIENCE)
                .row_buffer_size(1_024)
                // Sorting in memory leaves no customers' names in temporary files.
                .pragma("temp_store", "MEMORY");
            if reads {
                options.pragma("cache_size", "-16384").pragma("query_only", "ON")
            } else {
                // A large import touches the whole index; what leaves this cache goes through the WAL.
                options
                    .pragma("cache_size", "-262144")
                    .pragma("secure_delete", "ON")
                    .pragma("journal_size_limit", "67108864")
            }
        });
    options
}

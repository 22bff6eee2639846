//! The steps of the schema: embedded, forward only, each one transaction. 数据库升级
//!
//! A step's text is never changed once it was released; what changes is one more step. Each step has a fixture in
//! `tests/migrations`, and the test refuses a step without one.

use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, Statement};

use crate::Error;
use crate::cell::args;
use pinji_domain::Timestamp;

/// A step of the schema.
struct Step {
    name: &'static str,
    text: &'static str,
}

const STEPS: [Step; 7] = [
    Step {
        name: "register",
        text: include_str!("../migrations/0001-register.sql"),
    },
    Step {
        name: "groups",
        text: include_str!("../migrations/0002-groups.sql"),
    },
    Step {
        name: "linked",
        text: include_str!("../migrations/0003-linked.sql"),
    },
    Step {
        name: "privacy",
        text: include_str!("../migrations/0004-privacy.sql"),
    },
    Step {
        name: "lists",
        text: include_str!("../migrations/0005-lists.sql"),
    },
    Step {
        name: "office",
        text: include_str!("../migrations/0006-office.sql"),
    },
    Step {
        name: "portal",
        text: include_str!("../migrations/0007-portal.sql"),
    },
];

/// The newest step of the schema that this program knows. 最新版本
pub const NEWEST: i64 = STEPS.len().cast_signed() as i64;

const VERSIONS: &str = "CREATE TABLE IF NOT EXISTS schema_step (step {int} NOT NULL PRIMARY KEY, name {text} NOT NULL, \
                        applied_at {int} NOT NULL){strict}";

/// The step that the database is at; 0 where there is none yet. Changes nothing.
pub(crate) async fn at(db: &impl ConnectionTrait) -> Result<i64, Error> {
    let there = match db.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() \
             AND table_name = 'schema_step'"
        }
        _ => "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_step'",
    };
    if number(db, there).await? == 0 {
        return Ok(0);
    }
    // The cast: PostgreSQL gives the maximum of nothing another type.
    number(db, "SELECT CAST(COALESCE(max(step), 0) AS BIGINT) FROM schema_step").await
}

/// Brings the database up to step `to`. A database from a newer program is refused untouched.
pub(crate) async fn up(db: &DatabaseConnection, to: i64, now: Timestamp) -> Result<(), Error> {
    loop {
        let found = at(db).await?;
        if found > NEWEST {
            return Err(Error::NewerSchema { found, known: NEWEST });
        }
        if found >= to {
            return Ok(());
        }
        apply(db, found, now).await?;
    }
}

/// Applies the step after `found`, unless another process was quicker.
async fn apply(db: &DatabaseConnection, found: i64, now: Timestamp) -> Result<(), Error> {
    let tx = crate::open::begin_write(db).await?;
    let backend = tx.get_database_backend();
    if backend == DbBackend::Postgres {
        tx.execute_unprepared("SELECT pg_advisory_xact_lock(7305805)").await?;
    }
    if at(&tx).await? == found
        && let Some(step) = usize::try_from(found).ok().and_then(|next| STEPS.get(next))
    {
        tx.execute_unprepared(&worded(VERSIONS, backend)).await?;
        for statement in statements(step.text, backend) {
            tx.execute_unprepared(&statement).await?;
        }
        written_down(&tx, found + 1, step.name, now).await?;
    }
    Ok(tx.commit().await?)
}

async fn written_down(tx: &DatabaseTransaction, step: i64, name: &str, now: Timestamp) -> Result<(), Error> {
    let sql = "INSERT INTO schema_step (step, name, applied_at) VALUES ($1, $2, $3)";
    let values = args![step, name, now];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    tx.execute_raw(statement).await?;
    Ok(())
}

async fn number(db: &impl ConnectionTrait, sql: &str) -> Result<i64, Error> {
    let row = db
        .query_one_raw(Statement::from_string(db.get_database_backend(), sql))
        .await?;
    Ok(row.map_or(Ok(0), |row| row.try_get_by_index(0))?)
}

/// The statements of a step in the words of one database.
fn statements(text: &str, backend: DbBackend) -> Vec<String> {
    let mut all = Vec::new();
    if backend == DbBackend::Postgres {
        all.push(
            "CREATE OR REPLACE FUNCTION pinji_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = '23514'; END $$"
                .to_owned(),
        );
    }
    let mut open = String::new();
    for line in text.lines() {
        let line = line.trim_end();
        if line.trim_start().starts_with("--") || line.is_empty() {
            continue;
        }
        if let Some(guard) = line.strip_prefix("guard ") {
            all.extend(guarded(guard, backend));
            continue;
        }
        if let Some(guard) = line.strip_prefix("unguard ") {
            all.extend(unguarded(guard, backend));
            continue;
        }
        open.push_str(line);
        open.push('\n');
        if line.ends_with(';') {
            all.push(worded(&open, backend));
            open.clear();
        }
    }
    all
}

/// `NAME: EVENT ON TABLE [WHEN (…)]` as a trigger that refuses with the name.
fn guarded(guard: &str, backend: DbBackend) -> Option<String> {
    let (name, event) = guard.split_once(": ")?;
    let (event, when) = event.split_once(" WHEN ").unwrap_or((event, ""));
    let when = if when.is_empty() {
        String::new()
    } else {
        format!(" WHEN ({when})")
    };
    Some(match backend {
        DbBackend::Postgres => {
            format!("CREATE TRIGGER {name} {event} FOR EACH ROW{when} EXECUTE FUNCTION pinji_refuse('{name}')")
        }
        _ => format!("CREATE TRIGGER {name} {event} FOR EACH ROW{when} BEGIN SELECT RAISE(ABORT, '{name}'); END"),
    })
}

/// `NAME ON TABLE`: the trigger goes, for another of its name to come.
fn unguarded(guard: &str, backend: DbBackend) -> Option<String> {
    let (name, table) = guard.split_once(" ON ")?;
    Some(match backend {
        DbBackend::Postgres => format!("DROP TRIGGER {name} ON {table}"),
        _ => format!("DROP TRIGGER {name}"),
    })
}

fn worded(text: &str, backend: DbBackend) -> String {
    let words: [(&str, &str); 6] = match backend {
        DbBackend::Postgres => [
            ("{id}", "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"),
            ("{int}", "BIGINT"),
            ("{text}", "TEXT COLLATE \"C\""),
            ("{bytes}", "BYTEA"),
            ("{strict}", ""),
            ("{clustered}", ""),
        ],
        _ => [
            ("{id}", "INTEGER PRIMARY KEY"),
            ("{int}", "INTEGER"),
            ("{text}", "TEXT"),
            ("{bytes}", "BLOB"),
            ("{strict}", " STRICT"),
            ("{clustered}", " STRICT, WITHOUT ROWID"),
        ],
    };
    let mut worded = text.to_owned();
    for (word, meant) in words {
        worded = worded.replace(word, meant);
    }
    worded
}

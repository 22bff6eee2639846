//! Each step of the schema, before and after; and a database from a newer program.
//!
//! For step N there is `migrations/000N.sql`, rows that a database at step N − 1 may have (nothing for step 1), and
//! `migrations/000N.after.txt`, how the database looks after it. `PINJI_BLESS=1` writes the latter anew.

use std::path::{Path, PathBuf};

use pinji_store::{Error, NEWEST_SCHEMA, Place, Store};
use pinji_testkit::{Clock, stores};

use crate::support::block;

fn fixture(step: i64, ending: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/migrations/{step:04}{ending}"))
}

#[test]
fn each_step_leads_from_its_before_to_its_after() {
    for step in 1..=NEWEST_SCHEMA {
        for place in stores() {
            let found = block(async {
                let now = Clock::default().now();
                let address = Place::parse(&place.address);
                let store = Store::open_at_step(&address, step - 1, now).await.unwrap();
                assert_eq!(store.schema_step().await.unwrap(), step - 1);
                let rows = std::fs::read_to_string(fixture(step, ".sql")).expect("a step has a fixture of its own");
                for statement in rows.split(";\n").filter(|statement| !statement.trim().is_empty()) {
                    store.told(statement).await.unwrap();
                }
                store.close().await.unwrap();
                let store = Store::open_at_step(&address, step, now).await.unwrap();
                assert_eq!(store.schema_step().await.unwrap(), step);
                looks(&store, place.name == "postgres").await
            });
            let file = fixture(step, ".after.txt");
            if std::env::var_os("PINJI_BLESS").is_some() && place.name == "sqlite" {
                std::fs::write(&file, &found).unwrap();
            }
            let wanted = std::fs::read_to_string(&file).expect("a step has a fixture of its own");
            assert_eq!(found, wanted, "{}: step {step}", place.name);
        }
    }
}

/// All tables with their columns, indices and guards, and how many rows each has; the same on both databases.
async fn looks(store: &Store, postgres: bool) -> String {
    let (tables, columns, indices, guards) = if postgres {
        (
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
            "SELECT column_name || ' ' || CASE data_type WHEN 'bigint' THEN 'INTEGER' WHEN 'text' THEN 'TEXT' ELSE 'BLOB' \
             END || CASE is_nullable WHEN 'NO' THEN '' ELSE ' null' END FROM information_schema.columns \
             WHERE table_name = '{}' ORDER BY ordinal_position",
            "SELECT indexname::text FROM pg_indexes WHERE tablename = '{}' AND indexname NOT LIKE '%_key' \
             AND indexname NOT LIKE '%_pkey' ORDER BY 1",
            "SELECT DISTINCT trigger_name::text FROM information_schema.triggers WHERE event_object_table = '{}' \
             ORDER BY 1",
        )
    } else {
        (
            "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
            "SELECT name || ' ' || type || CASE WHEN \"notnull\" = 1 OR pk > 0 THEN '' ELSE ' null' END \
             FROM pragma_table_info('{}') ORDER BY cid",
            "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = '{}' AND sql IS NOT NULL ORDER BY name",
            "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = '{}' ORDER BY name",
        )
    };
    let mut text = String::new();
    for table in store.looked_up(tables).await.unwrap() {
        if table.starts_with("sqlite_") {
            continue;
        }
        let count = store
            .looked_up(&format!("SELECT CAST(count(*) AS TEXT) FROM {table}"))
            .await
            .unwrap();
        text.push_str(&format!("{table}: {} rows\n", count[0]));
        for (word, sql) in [("  ", columns), ("  index ", indices), ("  guard ", guards)] {
            for line in store.looked_up(&sql.replace("{}", &table)).await.unwrap() {
                text.push_str(&format!("{word}{line}\n"));
            }
        }
    }
    text
}

#[test]
fn a_newer_database_is_refused_untouched() {
    for place in stores() {
        block(async {
            let now = Clock::default().now();
            let address = Place::parse(&place.address);
            let store = Store::open(&address, now).await.unwrap();
            let newer = NEWEST_SCHEMA + 1;
            store
                .told(&format!(
                    "INSERT INTO schema_step (step, name, applied_at) VALUES ({newer}, 'later', 0)"
                ))
                .await
                .unwrap();
            store.close().await.unwrap();
            let before = address.file().map(|file| std::fs::read(file).unwrap());
            let refused = Store::open(&address, now).await.err().unwrap();
            assert!(
                matches!(refused, Error::NewerSchema { found, known } if (found, known) == (newer, NEWEST_SCHEMA)),
                "{refused:?}"
            );
            assert_eq!(refused.message().code, "store-newer-schema");
            assert_eq!(before, address.file().map(|file| std::fs::read(file).unwrap()));
        });
    }
}

#[test]
fn what_cannot_be_opened_is_said_without_its_password() {
    block(async {
        let now = Clock::default().now();
        let place = Place::parse("postgres://me:secret@127.0.0.1:noport/nothing");
        let why = Store::open(&place, now).await.err().unwrap();
        assert!(matches!(why, Error::Place { .. }), "{why:?}");
        assert!(!why.to_string().contains("secret"), "{why}");
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "not a folder").unwrap();
        let why = Store::open(&Place::from(file.path()), now).await.err().unwrap();
        assert!(matches!(why, Error::Place { .. }), "{why:?}");
    });
}

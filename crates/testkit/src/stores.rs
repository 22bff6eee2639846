//! Places for stores, one of each database: what a behaviour script runs on. 临时存储

use tempfile::TempDir;

use crate::Postgres;

/// An empty place for a store; it goes when this does. 临时存储
#[derive(Debug)]
pub struct TestStore {
    /// `sqlite` or `postgres`.
    pub name: &'static str,
    /// What the command line would say: a folder, or a `postgres://` address.
    pub address: String,
    _folder: Option<TempDir>,
}

/// An empty SQLite folder, and an empty PostgreSQL database where PostgreSQL is installed.
///
/// Where it is not, or does not start, that is said, and SQLite alone is tested. With `PINJI_NEED_POSTGRES` set, as in
/// continuous integration, there are no two ways about it.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
#[expect(clippy::panic, reason = "a test without its database has failed")]
pub fn stores() -> Vec<TestStore> {
    let mut stores = Vec::new();
    match TempDir::with_prefix("pinji-store-") {
        Ok(folder) => stores.push(TestStore {
            name: "sqlite",
            address: folder.path().join("office").display().to_string(),
            _folder: Some(folder),
        }),
        Err(why) => panic!("no temporary folder: {why}"),
    }
    let made = Postgres::shared().map(Postgres::database);
    match made {
        Ok(Ok(address)) => stores.push(TestStore {
            name: "postgres",
            address,
            _folder: None,
        }),
        Ok(Err(why)) => absent(&why),
        Err(why) => absent(why),
    }
    fn absent(why: &dyn std::error::Error) {
        if std::env::var_os("PINJI_NEED_POSTGRES").is_some() {
            panic!("{why}");
        }
        eprintln!("skipped: PostgreSQL half of the test: {why}");
    }
    stores
}

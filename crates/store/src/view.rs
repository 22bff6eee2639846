//! Reading: the handle that all reads are methods of, and the few ways in which statements are sent. 读取

use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, QueryResult, Statement, Value};

use crate::Error;
use crate::cell::args;
use crate::rows::{New, Row};

/// What can be read: the current state through [`crate::Store`], one fixed state through [`crate::Snapshot`], and the
/// state as changed so far through [`crate::Change`]. 读取
pub struct View(pub(crate) Handle);

pub(crate) enum Handle {
    Pool(DatabaseConnection),
    Tx(DatabaseTransaction),
}

impl View {
    pub(crate) fn backend(&self) -> DbBackend {
        match &self.0 {
            Handle::Pool(pool) => pool.get_database_backend(),
            Handle::Tx(tx) => tx.get_database_backend(),
        }
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.backend() == DbBackend::Postgres
    }

    /// Sends a statement and gives how many rows it touched.
    pub(crate) async fn run(&self, sql: &str, values: Vec<Value>) -> Result<u64, Error> {
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        let done = match &self.0 {
            Handle::Pool(pool) => pool.execute_raw(statement).await,
            Handle::Tx(tx) => tx.execute_raw(statement).await,
        };
        Ok(done?.rows_affected())
    }

    /// All rows of a statement.
    pub(crate) async fn rows(&self, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>, Error> {
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        Ok(match &self.0 {
            Handle::Pool(pool) => pool.query_all_raw(statement).await,
            Handle::Tx(tx) => tx.query_all_raw(statement).await,
        }?)
    }

    /// The first row of a statement, if it has one.
    pub(crate) async fn row(&self, sql: &str, values: Vec<Value>) -> Result<Option<QueryResult>, Error> {
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        Ok(match &self.0 {
            Handle::Pool(pool) => pool.query_one_raw(statement).await,
            Handle::Tx(tx) => tx.query_one_raw(statement).await,
        }?)
    }

    /// One number; 0 where there is no row.
    pub(crate) async fn number(&self, sql: &str, values: Vec<Value>) -> Result<i64, Error> {
        let row = self.row(sql, values).await?;
        Ok(row
            .map_or(Ok(None), |row| row.try_get_by_index::<Option<i64>>(0))?
            .unwrap_or(0))
    }

    /// `SELECT` the columns of `R` with what stands behind the table's name.
    pub(crate) async fn all<R: Row>(&self, tail: &str, values: Vec<Value>) -> Result<Vec<R>, Error> {
        let sql = format!("SELECT {} FROM {} {tail}", R::columns(), R::TABLE);
        let rows = self.rows(&sql, values).await?;
        rows.iter().map(R::read).collect()
    }

    /// The first of [`View::all`].
    pub(crate) async fn one<R: Row>(&self, tail: &str, values: Vec<Value>) -> Result<Option<R>, Error> {
        let sql = format!("SELECT {} FROM {} {tail}", R::columns(), R::TABLE);
        let row = self.row(&sql, values).await?;
        row.as_ref().map(R::read).transpose()
    }

    /// The row with this id.
    pub(crate) async fn by_id<R: Row>(&self, id: i64) -> Result<Option<R>, Error> {
        self.one("WHERE id = $1", args![id]).await
    }

    /// Inserts one row and gives its id.
    pub(crate) async fn insert<N: New>(&self, new: N) -> Result<N::Id, Error> {
        self.insert_with(new, &[]).await
    }

    /// Inserts one row with some of the columns that are not given.
    pub(crate) async fn insert_with<N: New>(&self, new: N, more: &[(&str, Value)]) -> Result<N::Id, Error> {
        let mut columns: Vec<&str> = N::GIVEN.to_vec();
        let mut values = new.given();
        for (column, value) in more {
            columns.push(column);
            values.push(value.clone());
        }
        let places: Vec<String> = (1..=columns.len()).map(|place| format!("${place}")).collect();
        let sql = format!(
            "INSERT INTO {} ({}) VALUES ({}) RETURNING id",
            N::INTO,
            columns.join(", "),
            places.join(", ")
        );
        Ok(N::id(self.number(&sql, values).await?))
    }

    /// Sets columns of the row with this id, raises its version, and refuses if it is not at version `at`.
    pub(crate) async fn update(
        &self,
        table: &'static str,
        id: i64,
        at: i64,
        set: Vec<(&str, Value)>,
    ) -> Result<i64, Error> {
        let (names, mut values) = assigned(set);
        let (id_place, at_place) = (values.len() + 1, values.len() + 2);
        let sql =
            format!("UPDATE {table} SET {names}version = version + 1 WHERE id = ${id_place} AND version = ${at_place}");
        values.extend(args![id, at]);
        if self.run(&sql, values).await? == 1 {
            return Ok(at + 1);
        }
        let sql = format!("SELECT version FROM {table} WHERE id = $1");
        match self.row(&sql, args![id]).await? {
            Some(row) => Err(Error::Stale {
                what: table,
                id,
                version: row.try_get_by_index(0)?,
            }),
            None => Err(Error::missing(table)),
        }
    }

    /// Sets columns of the row with this id while `condition` holds; otherwise it has moved on.
    pub(crate) async fn step(
        &self,
        table: &'static str,
        id: i64,
        set: Vec<(&str, Value)>,
        condition: &str,
    ) -> Result<(), Error> {
        let (mut names, mut values) = assigned(set);
        names.truncate(names.len().saturating_sub(2));
        values.extend(args![id]);
        let sql = format!(
            "UPDATE {table} SET {names} WHERE id = ${} AND {condition}",
            values.len()
        );
        if self.run(&sql, values).await? == 1 {
            return Ok(());
        }
        let sql = format!("SELECT count(*) FROM {table} WHERE id = $1");
        Err(if self.number(&sql, args![id]).await? == 0 {
            Error::missing(table)
        } else {
            Error::Moved { what: table, id }
        })
    }

    /// What the database would do for a statement; for the tests that hold the indices.
    #[doc(hidden)]
    pub async fn explained(&self, sql: &str) -> Result<Vec<String>, Error> {
        let (prefix, column) = if self.is_postgres() {
            ("EXPLAIN", 0)
        } else {
            ("EXPLAIN QUERY PLAN", 3)
        };
        let rows = self.rows(&format!("{prefix} {sql}"), Vec::new()).await?;
        rows.iter().map(|row| Ok(row.try_get_by_index(column)?)).collect()
    }

    /// Rows of a statement as texts; for tests that look at the database itself.
    #[doc(hidden)]
    pub async fn looked_up(&self, sql: &str) -> Result<Vec<String>, Error> {
        let rows = self.rows(sql, Vec::new()).await?;
        rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
    }
}

/// `a = $1, b = $2, ` and the values.
fn assigned(set: Vec<(&str, Value)>) -> (String, Vec<Value>) {
    let mut names = String::new();
    let mut values = Vec::with_capacity(set.len());
    for (column, value) in set {
        values.push(value);
        names.push_str(&format!("{column} = ${}, ", values.len()));
    }
    (names, values)
}

/// `($1, $2), ($3, $4)`: places for many rows of a `VALUES` list. SQLite finds plain question marks faster than numbers.
pub(crate) fn places(backend: DbBackend, rows: usize, columns: usize) -> String {
    let mut text = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..columns {
            if column > 0 {
                text.push(',');
            }
            match backend {
                DbBackend::Postgres => text.push_str(&format!("${}", row * columns + column + 1)),
                _ => text.push('?'),
            }
        }
        text.push(')');
    }
    text
}

/// Whole numbers as a list for `IN`, written out: they cannot be anything but numbers.
pub(crate) fn listed(numbers: impl IntoIterator<Item = i64>) -> String {
    let texts: Vec<String> = numbers.into_iter().map(|number| number.to_string()).collect();
    if texts.is_empty() {
        "NULL".to_owned()
    } else {
        texts.join(",")
    }
}

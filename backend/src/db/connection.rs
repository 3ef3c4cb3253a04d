//! One connection, to whichever database.
//!
//! Statements are written once, in what SQLite and PostgreSQL share:
//! - Placeholders are `?1`, `?2` or plain `?`. PostgreSQL has to know the type of each: where nothing tells
//!   it, as in `?1 IS NULL`, write `CAST(?1 AS TEXT)`.
//! - `ON CONFLICT (column) DO …`, never `INSERT OR …`; `RETURNING` for ids that the database gives.
//! - A sum of whole numbers is `CAST(sum(x) AS BIGINT)`: PostgreSQL widens it to a type that is not read.
//! - `NULLS FIRST` or `NULLS LAST` where a sorted column can be null: the defaults differ.
//! - `lower(x) LIKE lower(?) ESCAPE '\'`: SQLite ignores case by itself, and has no escape by default.
//! - Every text column of PostgreSQL is `COLLATE "C"`, so that texts compare as in SQLite.

use super::postgres::Session;
use super::value::{FromValue, Value, check};
use super::{Error, Result, sqlite};
use crate::time;

/// A connection to the database.
#[derive(Debug)]
pub struct Connection {
    driver: Driver,
}

#[derive(Debug)]
enum Driver {
    Sqlite(rusqlite::Connection),
    Postgres(Session),
}

/// Which database speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

impl Dialect {
    /// Ends a query of rows that the transaction is about to change: nobody else does so before it ends.
    /// In SQLite nobody could.
    pub fn for_update(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR UPDATE",
        }
    }

    /// [`Dialect::for_update`], leaving out rows that others are about to change.
    pub fn for_update_skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR UPDATE SKIP LOCKED",
        }
    }
}

/// A row of an answer.
#[derive(Debug)]
pub struct Row<'a>(Columns<'a>);

#[derive(Debug)]
enum Columns<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl From<rusqlite::Connection> for Connection {
    fn from(connection: rusqlite::Connection) -> Self {
        Self {
            driver: Driver::Sqlite(connection),
        }
    }
}

impl From<Session> for Connection {
    fn from(session: Session) -> Self {
        Self {
            driver: Driver::Postgres(session),
        }
    }
}

impl Connection {
    /// Whose SQL is spoken, for the few statements that cannot be the same.
    pub fn dialect(&self) -> Dialect {
        match self.driver {
            Driver::Sqlite(_) => Dialect::Sqlite,
            Driver::Postgres(_) => Dialect::Postgres,
        }
    }

    /// The time. Shared databases have a clock of their own, so that backends agree on it.
    pub fn now(&self) -> Result<i64> {
        match &self.driver {
            Driver::Sqlite(_) => Ok(time::now()),
            Driver::Postgres(_) => self.query_one(
                "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
                &[],
                |row| row.get(0),
            ),
        }
    }

    /// Runs a statement. Answers how many rows it changed.
    pub fn execute(&self, sql: &str, params: &[Value<'_>]) -> Result<usize> {
        check(params)?;
        match &self.driver {
            Driver::Sqlite(connection) => sqlite::execute(connection, sql, params),
            Driver::Postgres(session) => session.execute(sql, params),
        }
    }

    /// Runs several statements without parameters.
    pub fn execute_batch(&self, sql: &str) -> Result<()> {
        match &self.driver {
            Driver::Sqlite(connection) => Ok(connection.execute_batch(sql)?),
            Driver::Postgres(session) => session.execute_batch(sql),
        }
    }

    /// Every row of a query.
    pub fn query<T>(
        &self,
        sql: &str,
        params: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        check(params)?;
        match &self.driver {
            Driver::Sqlite(connection) => sqlite::query(connection, sql, params, |row| {
                read(&Row(Columns::Sqlite(row)))
            }),
            Driver::Postgres(session) => session
                .query(sql, params)?
                .iter()
                .map(|row| read(&Row(Columns::Postgres(row))))
                .collect(),
        }
    }

    /// The first row of a query, if there is one.
    pub fn query_optional<T>(
        &self,
        sql: &str,
        params: &[Value<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.query(sql, params, read)?.into_iter().next())
    }

    /// The first row of a query that always has one.
    pub fn query_one<T>(
        &self,
        sql: &str,
        params: &[Value<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        self.query_optional(sql, params, read)?.ok_or(Error::NoRow)
    }

    /// Does all of `work` or, after an error or a panic in it, nothing. With a lock of this name only one
    /// connection does so at a time; SQLite needs none for that.
    pub(super) fn transaction<T>(
        &self,
        lock: Option<&str>,
        work: impl FnOnce(&Self) -> Result<T>,
    ) -> Result<T> {
        match &self.driver {
            Driver::Sqlite(connection) => {
                let transaction = sqlite::begin(connection)?;
                let value = work(self)?;
                transaction.commit()?;
                Ok(value)
            }
            Driver::Postgres(session) => {
                let transaction = session.begin(lock)?;
                let value = work(self)?;
                transaction.commit()?;
                Ok(value)
            }
        }
    }

    /// Whether it can be used once more.
    pub(super) fn is_usable(&self) -> bool {
        match &self.driver {
            Driver::Sqlite(_) => true,
            Driver::Postgres(session) => session.is_usable(),
        }
    }
}

impl Row<'_> {
    /// A column, counted from 0.
    pub fn get<'a, T: FromValue<'a>>(&'a self, column: usize) -> Result<T> {
        let value = match self.0 {
            Columns::Sqlite(row) => sqlite::value(row, column)?,
            Columns::Postgres(row) => row.try_get(column)?,
        };
        T::from_value(value)
            .ok_or_else(|| Error::column(column, format!("unexpected value {value:?}")))
    }
}

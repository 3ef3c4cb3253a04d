//! What outlives a request: operations, bars, trainings, models and what research has shown, in
//! SQLite or PostgreSQL.
//!
//! Each table has a module of plain functions over a [`Connection`]; [`Store`] hands out the
//! connections. The functions do not know which database it is.

pub mod backends;
pub mod bars;
mod columns;
mod conditions;
mod connection;
mod error;
pub mod executions;
pub mod experiments;
pub mod insights;
pub mod loads;
mod location;
pub mod models;
pub mod operations;
mod postgres;
mod schema;
pub mod search;
mod sqlite;
mod tags;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
pub mod trainings;
mod value;

use std::path::Path;
use std::sync::Arc;

pub use columns::{json, optional, parsed, word};
pub use connection::{Connection, Dialect, Row};
pub use error::{Error, Result};
pub use location::Location;
use postgres::Postgres;
use sqlite::Sqlite;
pub(crate) use value::params;
pub use value::{FromValue, ToValue, Value};

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    location: String,
    database: Database,
}

#[derive(Debug)]
enum Database {
    Sqlite(Box<Sqlite>),
    Postgres(Postgres),
}

impl Store {
    /// An empty database in memory.
    pub fn in_memory() -> Result<Self> {
        Self::new(
            "memory".to_owned(),
            Database::Sqlite(Box::new(Sqlite::in_memory()?)),
        )
    }

    /// The SQLite database in a file, made if it is not there.
    pub fn open(path: &Path) -> Result<Self> {
        Self::new(
            path.display().to_string(),
            Database::Sqlite(Box::new(Sqlite::open(path)?)),
        )
    }

    /// The PostgreSQL database at a URL, `postgres://USER:PASSWORD@HOST:PORT/DATABASE`.
    pub fn connect(url: &str) -> Result<Self> {
        let postgres = Postgres::open(url)?;
        Self::new(postgres.location().to_owned(), Database::Postgres(postgres))
    }

    fn new(location: String, database: Database) -> Result<Self> {
        let store = Self {
            inner: Arc::new(Inner { location, database }),
        };
        match &store.inner.database {
            Database::Sqlite(sqlite) => schema::apply(&sqlite.writer())?,
            Database::Postgres(postgres) => schema::apply(&*postgres.get()?)?,
        }
        Ok(store)
    }

    /// Path or URL of the database, without credentials, or `memory`.
    pub fn location(&self) -> &str {
        &self.inner.location
    }

    /// Whether other backends may use the same database at the same time.
    pub fn is_shared(&self) -> bool {
        matches!(self.inner.database, Database::Postgres(_))
    }

    /// Reads, on the calling thread. What is read must not write: it may be done twice.
    pub fn read_now<T>(&self, read: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        match &self.inner.database {
            Database::Sqlite(sqlite) => read(&sqlite.reader()),
            Database::Postgres(postgres) => read(&*postgres.get()?),
        }
    }

    /// Writes in one transaction, on the calling thread. An error takes everything back.
    pub fn write_now<T>(&self, write: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        match &self.inner.database {
            Database::Sqlite(sqlite) => sqlite.writer().transaction(write),
            Database::Postgres(postgres) => postgres.get()?.transaction(write),
        }
    }

    /// [`Store::read_now`] away from the async threads.
    pub async fn read<T, F>(&self, read: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let store = self.clone();
        blocking(move || store.read_now(read)).await
    }

    /// [`Store::write_now`] away from the async threads.
    pub async fn write<T, F>(&self, write: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let store = self.clone();
        blocking(move || store.write_now(write)).await
    }
}

async fn blocking<T: Send + 'static>(call: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(call).await {
        Ok(value) => value,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

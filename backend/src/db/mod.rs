//! The database under a service's tables: SQLite or PostgreSQL.
//!
//! A service has a [`Schema`] and, for each table, a module of plain functions over a [`Connection`];
//! [`Store`] hands out the connections. The functions do not know which database it is.

mod columns;
mod conditions;
mod connection;
mod error;
mod location;
mod postgres;
mod schema;
mod sqlite;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod value;

use std::path::Path;
use std::sync::Arc;

pub use columns::{from_word, json, optional, parsed, word};
pub(crate) use conditions::Conditions;
pub use connection::{Connection, Dialect, Row};
pub use error::{Error, Result};
pub use location::Location;
use postgres::Postgres;
pub(crate) use schema::step;
pub use schema::{Schema, Step, Writers};
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
    schema: &'static Schema,
    database: Database,
}

#[derive(Debug)]
enum Database {
    Sqlite(Box<Sqlite>),
    Postgres(Postgres),
}

impl Store {
    /// An empty database in memory.
    pub fn in_memory(schema: &'static Schema) -> Result<Self> {
        Self::new(
            "memory".to_owned(),
            schema,
            Database::Sqlite(Box::new(Sqlite::in_memory()?)),
        )
    }

    /// The SQLite database in a file, made if it is not there.
    pub fn open(path: &Path, schema: &'static Schema) -> Result<Self> {
        Self::new(
            path.display().to_string(),
            schema,
            Database::Sqlite(Box::new(Sqlite::open(path)?)),
        )
    }

    /// The PostgreSQL database at a URL, `postgres://USER:PASSWORD@HOST:PORT/DATABASE`.
    pub fn connect(url: &str, schema: &'static Schema) -> Result<Self> {
        let postgres = Postgres::open(url, schema.name)?;
        let location = postgres.location().to_owned();
        Self::new(location, schema, Database::Postgres(postgres))
    }

    fn new(location: String, schema: &'static Schema, database: Database) -> Result<Self> {
        match &database {
            Database::Sqlite(sqlite) => schema.apply(&*sqlite.writer()?)?,
            Database::Postgres(postgres) => schema.apply(&*postgres.get()?)?,
        }
        Ok(Self {
            inner: Arc::new(Inner {
                location,
                schema,
                database,
            }),
        })
    }

    /// Path or URL of the database, without credentials, or `memory`.
    pub fn location(&self) -> &str {
        &self.inner.location
    }

    /// Whether other processes may use the same database at the same time.
    pub fn is_shared(&self) -> bool {
        matches!(self.inner.database, Database::Postgres(_))
    }

    /// Reads, on the calling thread. What is read must not write: it may be done twice.
    pub fn read_now<T>(&self, read: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        match &self.inner.database {
            Database::Sqlite(sqlite) => read(&*sqlite.reader()?),
            Database::Postgres(postgres) => read(&*postgres.get()?),
        }
    }

    /// Writes in one transaction, on the calling thread. An error takes everything back. Whether others
    /// may write at the same time is for the [`Schema`] to say.
    pub fn write_now<T>(&self, write: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let lock = self.inner.schema.lock();
        match &self.inner.database {
            Database::Sqlite(sqlite) => sqlite.writer()?.transaction(lock, write),
            Database::Postgres(postgres) => postgres.get()?.transaction(lock, write),
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

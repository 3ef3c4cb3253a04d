//! What outlives a request: operations, bars, trainings, models and what research
//! has shown, in SQLite.
//!
//! Each table has a module of plain functions over a [`Connection`]; [`Store`] hands out the
//! connections. In a file (write-ahead log) reads do not wait for writes; in memory all share one
//! connection.

pub mod bars;
mod conditions;
pub mod executions;
pub mod experiments;
pub mod insights;
pub mod models;
pub mod operations;
mod schema;
pub mod search;
mod tags;
pub mod trainings;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

/// Connections for reading, beside the one that writes.
const READERS: usize = 4;

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    location: String,
    writer: Mutex<Connection>,
    readers: Vec<Mutex<Connection>>,
}

/// Result of a database call.
pub type Result<T> = std::result::Result<T, rusqlite::Error>;

impl Store {
    /// An empty database in memory.
    pub fn in_memory() -> Result<Self> {
        let mut writer = Connection::open_in_memory()?;
        schema::apply(&mut writer)?;
        Ok(Self::new("memory".to_owned(), writer, Vec::new()))
    }

    /// The database in a file, made if it is not there.
    pub fn open(path: &Path) -> Result<Self> {
        let mut writer = connect(path)?;
        // The answer is the mode in force; some file systems allow no write-ahead log.
        writer.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
        schema::apply(&mut writer)?;
        let readers = (0..READERS)
            .map(|_| connect(path).map(Mutex::new))
            .collect::<Result<_>>()?;
        Ok(Self::new(path.display().to_string(), writer, readers))
    }

    fn new(location: String, writer: Connection, readers: Vec<Mutex<Connection>>) -> Self {
        Self {
            inner: Arc::new(Inner {
                location,
                writer: Mutex::new(writer),
                readers,
            }),
        }
    }

    /// Path of the database, or `memory`.
    pub fn location(&self) -> &str {
        &self.inner.location
    }

    /// Reads, on the calling thread.
    pub fn read_now<T>(&self, read: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        read(&self.reader())
    }

    /// Writes in one transaction, on the calling thread. An error takes everything back.
    pub fn write_now<T>(&self, write: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let mut connection = lock(&self.inner.writer);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = write(&transaction)?;
        transaction.commit()?;
        Ok(value)
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

    fn reader(&self) -> MutexGuard<'_, Connection> {
        let readers = &self.inner.readers;
        let free = readers.iter().find_map(|reader| match reader.try_lock() {
            Ok(guard) => Some(guard),
            Err(TryLockError::Poisoned(guard)) => Some(guard.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        });
        free.unwrap_or_else(|| lock(readers.first().unwrap_or(&self.inner.writer)))
    }
}

/// A panic in one call leaves a connection that is still good: its transaction was rolled back.
fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

async fn blocking<T: Send + 'static>(call: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(call).await {
        Ok(value) => value,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

//! SQLite: a file or memory, one connection that writes and some that read.
//!
//! In a file (write-ahead log) reads do not wait for writes; in memory all share one connection.

use std::path::Path;
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{ErrorCode, Row, ToSql, Transaction, TransactionBehavior, params_from_iter};

use super::value::Value;
use super::{Connection, Error, Result};

/// Connections for reading, beside the one that writes.
const READERS: usize = 4;
/// How long anything waits: for its turn, and then for another process to let go of the file.
const PATIENCE: Duration = Duration::from_secs(10);

/// The connections of a database.
#[derive(Debug)]
pub(super) struct Sqlite {
    writer: Mutex<Connection>,
    readers: Vec<Mutex<Connection>>,
}

impl Sqlite {
    /// An empty database in memory.
    pub(super) fn in_memory() -> Result<Self> {
        Ok(Self {
            writer: Mutex::new(rusqlite::Connection::open_in_memory()?.into()),
            readers: Vec::new(),
        })
    }

    /// The database in a file, made if it is not there.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let writer = connect(path)?;
        // The answer is the mode in force; some file systems allow no write-ahead log.
        writer.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
        let readers = (0..READERS)
            .map(|_| Ok(Mutex::new(connect(path)?.into())))
            .collect::<Result<_>>()?;
        Ok(Self {
            writer: Mutex::new(writer.into()),
            readers,
        })
    }

    pub(super) fn writer(&self) -> Result<MutexGuard<'_, Connection>> {
        wait(&self.writer)
    }

    pub(super) fn reader(&self) -> Result<MutexGuard<'_, Connection>> {
        match self.readers.iter().find_map(Mutex::try_lock) {
            Some(free) => Ok(free),
            None => wait(self.readers.first().unwrap_or(&self.writer)),
        }
    }
}

/// Waits for a connection, behind others that may be waiting for the file. A panic in one of their calls leaves
/// one that is still good: its transaction was rolled back.
fn wait(connection: &Mutex<Connection>) -> Result<MutexGuard<'_, Connection>> {
    connection.try_lock_for(PATIENCE).ok_or_else(|| {
        let message = format!("no turn within {} s", PATIENCE.as_secs());
        Error::Unavailable(message)
    })
}

fn connect(path: &Path) -> Result<rusqlite::Connection> {
    let connection = rusqlite::Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

pub(super) fn begin(connection: &rusqlite::Connection) -> Result<Transaction<'_>> {
    Ok(Transaction::new_unchecked(
        connection,
        TransactionBehavior::Immediate,
    )?)
}

pub(super) fn execute(
    connection: &rusqlite::Connection,
    sql: &str,
    params: &[Value<'_>],
) -> Result<usize> {
    Ok(connection
        .prepare_cached(sql)?
        .execute(params_from_iter(params))?)
}

pub(super) fn query<T>(
    connection: &rusqlite::Connection,
    sql: &str,
    params: &[Value<'_>],
    mut read: impl FnMut(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params_from_iter(params))?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(read(row)?);
    }
    Ok(all)
}

pub(super) fn value<'a>(row: &'a Row<'_>, column: usize) -> Result<Value<'a>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(text) => {
            Value::Text(std::str::from_utf8(text).map_err(|error| Error::column(column, error))?)
        }
        ValueRef::Blob(_) => return Err(Error::column(column, "bytes are not read")),
    })
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(number),
            Self::Real(number) => ValueRef::Real(number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let message = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::ConstraintViolation) => Self::Constraint(message),
            // Somebody else has it, or what it lies on cannot be used; either may pass.
            Some(
                ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::ReadOnly
                | ErrorCode::DiskFull
                | ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::SystemIoFailure,
            ) => Self::Unavailable(message),
            _ => Self::Other(message),
        }
    }
}

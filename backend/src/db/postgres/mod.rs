//! PostgreSQL: a pool of connections that any number of processes share one database through.
//!
//! Where the schema asks for it, one transaction writes at a time, as in SQLite and across all processes
//! ([`session`] has the lock): nothing fails for having been done at the same moment as something else.
//! Reads do not wait.

mod connector;
mod placeholders;
mod session;
mod values;

use std::ops::Deref;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use connector::Connector;
pub(super) use session::Session;

use super::{Connection, Error, Result};

/// Connections that a process has open at once.
const CONNECTIONS: usize = 8;
/// How long anything waits: for a connection, for the right to write, for a server that restarts.
const PATIENCE: Duration = Duration::from_secs(10);

/// The connections of a database.
#[derive(Debug)]
pub(super) struct Postgres {
    connector: Arc<Connector>,
    connections: Mutex<Connections>,
    returned: Condvar,
}

#[derive(Debug, Default)]
struct Connections {
    idle: Vec<Connection>,
    open: usize,
}

/// A connection on loan.
#[derive(Debug)]
pub(super) struct Loan<'a> {
    pool: &'a Postgres,
    /// There until it is given back.
    connection: Option<Connection>,
}

impl Postgres {
    /// The database at a URL. Connects, to find out whether it can be used.
    pub(super) fn open(url: &str, service: &str) -> Result<Self> {
        let pool = Self {
            connector: Arc::new(Connector::new(url, service)?),
            connections: Mutex::default(),
            returned: Condvar::new(),
        };
        let encoding: String = pool
            .get()?
            .query_one("SHOW server_encoding", &[], |row| row.get(0))?;
        if encoding != "UTF8" {
            return Err(Error::Other(format!(
                "the database's encoding is {encoding}, which cannot hold every text; \
                 make one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
            )));
        }
        Ok(pool)
    }

    /// Where it is, without any credential.
    pub(super) fn location(&self) -> &str {
        &self.connector.location
    }

    /// A connection: one that is idle, a new one, or after a wait one that was given back.
    pub(super) fn get(&self) -> Result<Loan<'_>> {
        let begin = Instant::now();
        let mut connections = self.lock();
        loop {
            if let Some(connection) = connections.idle.pop() {
                if connection.is_usable() {
                    return Ok(self.loan(connection));
                }
                connections.open -= 1;
            } else if connections.open < CONNECTIONS {
                connections.open += 1;
                break;
            } else {
                let left = PATIENCE.saturating_sub(begin.elapsed());
                if left.is_zero() {
                    let message = format!("all {CONNECTIONS} connections to the database are busy");
                    return Err(Error::Unavailable(message));
                }
                connections = self
                    .returned
                    .wait_timeout(connections, left)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0;
            }
        }
        drop(connections);
        match Session::new(self.connector.clone()) {
            Ok(session) => Ok(self.loan(session.into())),
            Err(error) => {
                self.lock().open -= 1;
                self.returned.notify_one();
                Err(error)
            }
        }
    }

    fn loan(&self, connection: Connection) -> Loan<'_> {
        Loan {
            pool: self,
            connection: Some(connection),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Connections> {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Deref for Loan<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
            .as_ref()
            .expect("a connection on loan has not been given back")
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        let mut connections = self.pool.lock();
        match self.connection.take() {
            Some(connection) if connection.is_usable() => connections.idle.push(connection),
            _ => connections.open -= 1,
        }
        self.pool.returned.notify_one();
    }
}

#[cfg(test)]
mod tests;

//! One connection: its statements, its transaction, and another connection in its place after the
//! server was restarted.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

use futures_executor::block_on;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row, Statement};

use super::connector::Connector;
use super::placeholders;
use crate::db::{Error, Result, Value};

/// Prepared statements that a connection keeps.
const STATEMENTS: usize = 256;

type Answer<T> = std::result::Result<T, tokio_postgres::Error>;

/// A connection to the server.
#[derive(Debug)]
pub(in crate::db) struct Session {
    connector: Arc<Connector>,
    link: RefCell<Link>,
    state: Cell<State>,
}

struct Link {
    client: Client,
    statements: HashMap<String, Statement>,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("statements", &self.statements.len())
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    /// Every statement for itself. Only what reads is run like this, so it may be run again.
    Free,
    /// In a transaction.
    Open,
    /// In a transaction of which a statement has failed.
    Failed,
}

/// A transaction; taken back when it is dropped.
#[derive(Debug)]
pub(in crate::db) struct Transaction<'a>(&'a Session);

impl Link {
    fn new(connector: &Connector) -> Result<Self> {
        Ok(Self {
            client: connector.connect()?,
            statements: HashMap::new(),
        })
    }

    async fn statement(&mut self, sql: &str) -> Answer<Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(&placeholders::numbered(sql)).await?;
        if self.statements.len() == STATEMENTS {
            self.statements.clear();
        }
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

impl Session {
    pub(super) fn new(connector: Arc<Connector>) -> Result<Self> {
        let link = Link::new(&connector)?.into();
        Ok(Self {
            connector,
            link,
            state: Cell::new(State::Free),
        })
    }

    pub(in crate::db) fn execute(&self, sql: &str, params: &[Value<'_>]) -> Result<usize> {
        let rows = self.run(async |link| {
            let statement = link.statement(sql).await?;
            link.client.execute(&statement, &borrowed(params)).await
        })?;
        Ok(usize::try_from(rows).unwrap_or(usize::MAX))
    }

    pub(in crate::db) fn query(&self, sql: &str, params: &[Value<'_>]) -> Result<Vec<Row>> {
        self.run(async |link| {
            let statement = link.statement(sql).await?;
            link.client.query(&statement, &borrowed(params)).await
        })
    }

    pub(in crate::db) fn execute_batch(&self, sql: &str) -> Result<()> {
        self.run(async |link| link.client.batch_execute(sql).await)
    }

    /// Begins a transaction; with a lock, as the only one in these tables that has asked for it.
    pub(in crate::db) fn begin(&self, lock: Option<&str>) -> Result<Transaction<'_>> {
        let begun = match lock {
            None => self.execute_batch("BEGIN"),
            Some(name) => self.execute_batch(&format!(
                "BEGIN; SELECT pg_advisory_xact_lock(hashtext('{name}'), hashtext(current_schema()))"
            )),
        };
        self.state.set(State::Open);
        let transaction = Transaction(self);
        begun.map(|()| transaction)
    }

    pub(in crate::db) fn is_usable(&self) -> bool {
        self.state.get() == State::Free && !self.link.borrow().client.is_closed()
    }

    /// Makes a call. Outside of a transaction one that finds the connection gone is made again over
    /// another.
    fn run<T>(&self, call: impl AsyncFn(&mut Link) -> Answer<T>) -> Result<T> {
        let mut link = self.link.borrow_mut();
        let mut answer = block_on(call(&mut link));
        let lost = |error| is_lost(error) || link.client.is_closed();
        if answer.as_ref().err().is_some_and(lost) && self.state.get() == State::Free {
            *link = Link::new(&self.connector)?;
            answer = block_on(call(&mut link));
        }
        if answer.is_err() && self.state.get() == State::Open {
            self.state.set(State::Failed);
        }
        Ok(answer?)
    }
}

impl Transaction<'_> {
    /// Keeps what was done. Of an error here nobody can say whether it came before or after.
    pub(in crate::db) fn commit(self) -> Result<()> {
        // PostgreSQL would take everything back and call that a success.
        if self.0.state.get() == State::Failed {
            return Err(Error::Other(
                "a statement of the transaction had failed".to_owned(),
            ));
        }
        self.0.execute_batch("COMMIT")?;
        self.0.state.set(State::Free);
        Ok(())
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        // What cannot be taken back ends with its connection, which is not used again.
        if self.0.state.get() != State::Free && self.0.execute_batch("ROLLBACK").is_ok() {
            self.0.state.set(State::Free);
        }
    }
}

/// Whether the server ended the connection; the client may notice only later.
fn is_lost(error: &tokio_postgres::Error) -> bool {
    error.is_closed()
        || error
            .code()
            .is_some_and(|code| code.code().starts_with("57P"))
}

fn borrowed<'a>(params: &'a [Value<'_>]) -> Vec<&'a (dyn ToSql + Sync)> {
    params
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect()
}

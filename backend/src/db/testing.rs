//! Databases for tests. With `TOOLWRIGHT_STORE=postgres` every one is a PostgreSQL database, else SQLite:
//! [`the_whole_suite_holds_on_postgres`] runs all tests of this crate once more with it.

use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use super::{Location, Schema, Store};

#[path = "../../tests/support/postgres.rs"]
mod postgres;

pub(crate) use postgres::Server;

const CHOICE: &str = "TOOLWRIGHT_STORE";

/// The server of all tests of this process; `None` after saying that the test is skipped.
pub(crate) fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(Server::start).as_ref()
}

/// A database that outlives its [`Store`].
#[derive(Debug)]
pub(crate) struct Database {
    schema: &'static Schema,
    place: Place,
}

#[derive(Debug)]
enum Place {
    File(TempDir),
    Url(String),
}

impl Database {
    /// An empty one.
    pub(crate) fn new(schema: &'static Schema) -> Self {
        if std::env::var(CHOICE).is_ok_and(|choice| choice == "postgres") {
            let place = Place::Url(server().expect("a server").database());
            Self { schema, place }
        } else {
            Self::file(schema)
        }
    }

    /// An empty one of SQLite, whatever the choice.
    pub(crate) fn file(schema: &'static Schema) -> Self {
        let place = Place::File(tempfile::tempdir().unwrap());
        Self { schema, place }
    }

    /// Opens it, as a process that starts.
    pub(crate) fn open(&self) -> Store {
        self.location().open(self.schema).unwrap()
    }

    /// Where it is.
    pub(crate) fn location(&self) -> Location {
        match &self.place {
            Place::File(folder) => Location::File(folder.path().join("test.db")),
            Place::Url(url) => Location::Url(url.clone()),
        }
    }
}

/// An empty store; with SQLite in memory.
pub(crate) fn store(schema: &'static Schema) -> Store {
    let database = Database::new(schema);
    match database.place {
        Place::File(_) => Store::in_memory(schema).unwrap(),
        Place::Url(_) => database.open(),
    }
}

#[test]
fn the_whole_suite_holds_on_postgres() {
    if std::env::var_os(CHOICE).is_some() || server().is_none() {
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["db::", "ktrdr::", "orchestrator::"])
        .args(["--skip", "the_whole_suite"])
        .env(CHOICE, "postgres")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

//! Databases for tests. With `TOOLWRIGHT_STORE=postgres` every one is a PostgreSQL database, else SQLite:
//! [`the_whole_suite_holds_on_postgres`] runs all tests of this crate once more with it.

use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use super::{Location, Store};

#[path = "../../../tests/support/postgres.rs"]
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
pub(crate) enum Database {
    File(TempDir),
    Url(String),
}

impl Database {
    /// An empty one.
    pub(crate) fn new() -> Self {
        if std::env::var(CHOICE).is_ok_and(|choice| choice == "postgres") {
            Self::Url(server().expect("a server").database())
        } else {
            Self::file()
        }
    }

    /// An empty one of SQLite, whatever the choice.
    pub(crate) fn file() -> Self {
        Self::File(tempfile::tempdir().unwrap())
    }

    /// Opens it, as a backend that starts.
    pub(crate) fn open(&self) -> Store {
        self.location().open().unwrap()
    }

    /// Where it is.
    pub(crate) fn location(&self) -> Location {
        match self {
            Self::File(folder) => Location::File(folder.path().join("ktrdr.db")),
            Self::Url(url) => Location::Url(url.clone()),
        }
    }
}

/// An empty store; with SQLite in memory.
pub(crate) fn store() -> Store {
    match Database::new() {
        Database::File(_) => Store::in_memory().unwrap(),
        database => database.open(),
    }
}

#[test]
fn the_whole_suite_holds_on_postgres() {
    if std::env::var_os(CHOICE).is_some() || server().is_none() {
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["ktrdr::", "--skip", "the_whole_suite"])
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

//! Databases for tests. With `TOOLWRIGHT_STORE=postgres` every one is a PostgreSQL database, else SQLite:
//! [`the_whole_suite_holds_on_postgres`] runs all tests of this crate once more with it.

use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use super::Store;

#[path = "../../../tests/support/postgres.rs"]
mod postgres;

pub(crate) use postgres::Server;

const CHOICE: &str = "TOOLWRIGHT_STORE";

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
            static SERVER: OnceLock<Option<Server>> = OnceLock::new();
            let server = SERVER.get_or_init(Server::start).as_ref();
            Self::Url(server.expect("a server").database())
        } else {
            Self::File(tempfile::tempdir().unwrap())
        }
    }

    /// Opens it, as a backend that starts.
    pub(crate) fn open(&self) -> Store {
        match self {
            Self::File(folder) => Store::open(&folder.path().join("ktrdr.db")).unwrap(),
            Self::Url(url) => Store::connect(url).unwrap(),
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
    if std::env::var_os(CHOICE).is_some() || Server::start().is_none() {
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

//! Databases for tests of the service.

use super::{SCHEMA, Store};
use crate::db::testing::{self, Database};

/// An empty database that outlives its [`Store`].
pub(crate) fn database() -> Database {
    Database::new(&SCHEMA)
}

/// An empty one of SQLite, whatever the choice.
pub(crate) fn file() -> Database {
    Database::file(&SCHEMA)
}

/// An empty store; with SQLite in memory.
pub(crate) fn store() -> Store {
    testing::store(&SCHEMA)
}

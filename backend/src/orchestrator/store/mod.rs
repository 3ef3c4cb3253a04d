//! What outlives a request: jobs, artifacts and services, in SQLite or PostgreSQL.
//!
//! Each table has a module of plain functions over a [`Connection`] of [`crate::db`]. In PostgreSQL several
//! hubs write at once, so a function that depends on a row locks it: a job before the artifacts that it
//! makes, a service before the job that it gets.

pub mod artifacts;
pub mod jobs;
pub mod lineage;
mod page;
mod schema;
pub mod services;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub(crate) use crate::db::{Conditions, params};
pub use crate::db::{Connection, Dialect, Error, Location, Result, Row, Store};
use crate::db::{ToValue, Value, json, optional, parsed, word};
pub use orchestrator_mcp::models::{ArtifactType, JobErrorKind, JobStatus, ServiceStatus};
pub use page::{Cursor, Page};
pub use schema::SCHEMA;

/// A new id, unlike any other.
pub fn new_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// The column that holds the ids of other rows, joined by commas.
fn ids(row: &Row<'_>, column: usize) -> Result<Vec<String>> {
    let joined: Option<&str> = row.get(column)?;
    Ok(joined.map_or_else(Vec::new, |ids| ids.split(',').map(str::to_owned).collect()))
}

/// What stands between the brackets of `IN (…)`, with its values.
fn among<T: ToValue>(items: &[T]) -> (String, Vec<Value<'_>>) {
    if items.is_empty() {
        return ("NULL".to_owned(), Vec::new());
    }
    let places = vec!["?"; items.len()].join(", ");
    (places, items.iter().map(ToValue::to_value).collect())
}

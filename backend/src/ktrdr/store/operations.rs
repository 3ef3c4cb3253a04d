//! Operations in the database. An operation that has ended never changes again: every update
//! names the states it may start from.

use serde_json::{Map, Value};

use super::{Connection, Result, Value as Sql, json, optional, params, parsed, word};
use crate::ktrdr::kinds::{OperationStatus, OperationType};

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// Its id.
    pub id: String,
    /// What it does.
    pub kind: OperationType,
    /// Its state.
    pub status: OperationStatus,
    /// When it was asked for.
    pub created_at: i64,
    /// When it began to run.
    pub started_at: Option<i64>,
    /// When it ended.
    pub completed_at: Option<i64>,
    /// How far it is.
    pub progress: Progress,
    /// What it was asked to do.
    pub metadata: Metadata,
    /// Why it failed or was cancelled.
    pub error: Option<String>,
    /// Its results.
    pub result: Option<Map<String, Value>>,
}

/// How far an operation is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// Percent, 0 to 100.
    pub percentage: f64,
    /// What it does now.
    pub step: Option<String>,
    /// Finished segments, epochs or bars.
    pub steps_completed: i64,
    /// All segments, epochs or bars.
    pub steps_total: i64,
    /// Details of the domain.
    pub context: Map<String, Value>,
}

/// What an operation was asked to do.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Metadata {
    /// Trading symbol; the first one of several.
    pub symbol: Option<String>,
    /// Length of a bar.
    pub timeframe: Option<String>,
    /// Mode of a data load.
    pub mode: Option<String>,
    /// Start of the range asked for, as it was written.
    pub start_date: Option<String>,
    /// End of the range asked for, as it was written.
    pub end_date: Option<String>,
    /// Parameters of the domain.
    #[serde(default)]
    pub parameters: Map<String, Value>,
}

/// Which operations to list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Filter {
    /// Only of this type.
    pub kind: Option<OperationType>,
    /// Only in this state.
    pub status: Option<OperationStatus>,
    /// Only pending and running ones.
    pub active_only: bool,
    /// How many at most.
    pub limit: i64,
    /// How many to skip.
    pub offset: i64,
}

/// A line of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Its id.
    pub id: String,
    /// What it does.
    pub kind: OperationType,
    /// Its state.
    pub status: OperationStatus,
    /// When it was asked for.
    pub created_at: i64,
    /// When it began to run.
    pub started_at: Option<i64>,
    /// When it ended.
    pub completed_at: Option<i64>,
    /// Percent, 0 to 100.
    pub percentage: f64,
    /// What it does now.
    pub step: Option<String>,
    /// Trading symbol; the first one of several.
    pub symbol: Option<String>,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Operations, newest first.
    pub operations: Vec<Summary>,
    /// How many match the filter.
    pub total: i64,
    /// How many are pending or running, whatever the filter.
    pub active: i64,
}

/// How an operation ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Ending {
    /// The final state.
    pub status: OperationStatus,
    /// Why it failed or was cancelled.
    pub error: Option<String>,
    /// Its results.
    pub result: Option<Map<String, Value>>,
    /// When.
    pub at: i64,
}

/// Adds a pending operation.
pub fn insert(
    db: &Connection,
    id: &str,
    kind: OperationType,
    metadata: &Metadata,
    now: i64,
) -> Result<()> {
    db.execute(
        "INSERT INTO operations (operation_id, operation_type, status, created_at, symbol, metadata)
         VALUES (?, ?, 'pending', ?, ?, ?)",
        &params![id, kind.as_str(), now, metadata.symbol, json(metadata)],
    )
    .map(drop)
}

/// Marks a pending operation as running. Answers whether it was pending.
pub fn start(db: &Connection, id: &str, now: i64) -> Result<bool> {
    db.execute(
        "UPDATE operations SET status = 'running', started_at = ? WHERE operation_id = ? AND status = 'pending'",
        &params![now, id],
    )
    .map(|rows| rows == 1)
}

/// Stores how far an operation is, unless it has ended.
pub fn set_progress(db: &Connection, id: &str, progress: &Progress) -> Result<()> {
    db.execute(
        "UPDATE operations SET percentage = ?, current_step = ?, steps_completed = ?, steps_total = ?, context = ?
         WHERE operation_id = ? AND status IN ('pending', 'running')",
        &params![
            progress.percentage,
            progress.step,
            progress.steps_completed,
            progress.steps_total,
            json(&progress.context),
            id
        ],
    )
    .map(drop)
}

/// Ends an operation. Answers whether it had not ended before.
pub fn end(db: &Connection, id: &str, ending: &Ending) -> Result<bool> {
    db.execute(
        "UPDATE operations SET status = ?, error_message = ?, result = ?, completed_at = ?
         WHERE operation_id = ? AND status IN ('pending', 'running')",
        &params![
            ending.status.as_str(),
            ending.error,
            ending.result.as_ref().map(json),
            ending.at,
            id
        ],
    )
    .map(|rows| rows == 1)
}

/// One operation, if there is such a one.
pub fn get(db: &Connection, id: &str) -> Result<Option<Operation>> {
    db.query_optional(
        "SELECT operation_id, operation_type, status, created_at, started_at, completed_at, percentage, current_step,
                steps_completed, steps_total, context, metadata, error_message, result
         FROM operations WHERE operation_id = ?",
        &params![id],
        |row| {
            Ok(Operation {
                id: row.get(0)?,
                kind: word(row, 1)?,
                status: word(row, 2)?,
                created_at: row.get(3)?,
                started_at: row.get(4)?,
                completed_at: row.get(5)?,
                progress: Progress {
                    percentage: row.get(6)?,
                    step: row.get(7)?,
                    steps_completed: row.get(8)?,
                    steps_total: row.get(9)?,
                    context: parsed(row, 10)?,
                },
                metadata: parsed(row, 11)?,
                error: row.get(12)?,
                result: optional(row, 13)?,
            })
        },
    )
}

/// A page of operations, newest first.
pub fn list(db: &Connection, filter: &Filter) -> Result<Page> {
    let (sql, values) = list_query(filter);
    let operations = db.query(&sql, &values, |row| {
        Ok(Summary {
            id: row.get(0)?,
            kind: word(row, 1)?,
            status: word(row, 2)?,
            created_at: row.get(3)?,
            started_at: row.get(4)?,
            completed_at: row.get(5)?,
            percentage: row.get(6)?,
            step: row.get(7)?,
            symbol: row.get(8)?,
        })
    })?;
    Ok(Page {
        operations,
        total: total(db, filter)?,
        active: active(db)?,
    })
}

/// How many operations there are.
pub fn count(db: &Connection) -> Result<i64> {
    db.query_one(
        "SELECT CAST(coalesce(sum(count), 0) AS BIGINT) FROM operation_counts",
        &[],
        |row| row.get(0),
    )
}

/// How many operations are pending or running.
pub fn active(db: &Connection) -> Result<i64> {
    db.query_one(
        "SELECT CAST(coalesce(sum(count), 0) AS BIGINT) FROM operation_counts
         WHERE status IN ('pending', 'running')",
        &[],
        |row| row.get(0),
    )
}

fn total(db: &Connection, filter: &Filter) -> Result<i64> {
    db.query_one(
        "SELECT CAST(coalesce(sum(count), 0) AS BIGINT) FROM operation_counts
         WHERE (CAST(?1 AS TEXT) IS NULL OR operation_type = ?1) AND (CAST(?2 AS TEXT) IS NULL OR status = ?2)
           AND (?3 = 0 OR status IN ('pending', 'running'))",
        &params![
            filter.kind.map(OperationType::as_str),
            filter.status.map(OperationStatus::as_str),
            filter.active_only,
        ],
        |row| row.get(0),
    )
}

/// Only conditions that are asked for are in the statement, so that each one finds its index.
fn list_query(filter: &Filter) -> (String, Vec<Sql<'static>>) {
    let mut conditions = Vec::new();
    let mut values = Vec::new();
    if let Some(kind) = filter.kind {
        conditions.push("operation_type = ?");
        values.push(Sql::Text(kind.as_str()));
    }
    if let Some(status) = filter.status {
        conditions.push("status = ?");
        values.push(Sql::Text(status.as_str()));
    }
    if filter.active_only {
        conditions.push("active = 1");
    }
    let conditions = if conditions.is_empty() {
        String::new()
    } else {
        format!("WHERE {}", conditions.join(" AND "))
    };
    values.extend([Sql::Integer(filter.limit), Sql::Integer(filter.offset)]);
    let sql = format!(
        "SELECT operation_id, operation_type, status, created_at, started_at, completed_at, percentage, current_step,
                symbol
         FROM operations {conditions} ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?"
    );
    (sql, values)
}

#[cfg(test)]
#[path = "operations_tests.rs"]
mod tests;

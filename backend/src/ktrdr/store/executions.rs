//! What was called for an experiment, in the database.

use serde_json::{Map, Value};

use super::{Connection, Result, json, params, parsed};

/// A call that was made for an experiment.
#[derive(Clone, Debug, PartialEq)]
pub struct Execution {
    /// What was called, by its operationId.
    pub operation: String,
    /// What it was called with.
    pub parameters: Map<String, Value>,
    /// Whether the parameters are not whole.
    pub parameters_cut: bool,
    /// HTTP status of the answer.
    pub status_code: u32,
    /// Why it was refused or failed.
    pub error: Option<String>,
    /// Id of the operation that it started.
    pub operation_id: Option<String>,
    /// When it came in.
    pub executed_at: i64,
    /// Milliseconds until it was answered.
    pub duration_ms: i64,
}

/// Adds a call to an experiment.
pub fn insert(db: &Connection, experiment: &str, execution: &Execution) -> Result<()> {
    db.execute(
        "INSERT INTO executions (experiment_id, operation, parameters, parameters_cut, status_code, error, operation_id,
                                 executed_at, duration_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        &params![
            experiment,
            execution.operation,
            json(&execution.parameters),
            execution.parameters_cut,
            execution.status_code,
            execution.error,
            execution.operation_id,
            execution.executed_at,
            execution.duration_ms,
        ],
    )
    .map(drop)
}

/// A page of an experiment's calls, newest first, and how many there are.
pub fn list(
    db: &Connection,
    experiment: &str,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Execution>, i64)> {
    let total = db.query_one(
        "SELECT count(*) FROM executions WHERE experiment_id = ?1",
        &params![experiment],
        |row| row.get(0),
    )?;
    let page = db.query(
        "SELECT operation, parameters, parameters_cut, status_code, error, operation_id, executed_at, duration_ms
         FROM executions WHERE experiment_id = ?1 ORDER BY executed_at DESC, seq DESC LIMIT ?2 OFFSET ?3",
        &params![experiment, limit, offset],
        |row| {
            Ok(Execution {
                operation: row.get(0)?,
                parameters: parsed(row, 1)?,
                parameters_cut: row.get(2)?,
                status_code: row.get(3)?,
                error: row.get(4)?,
                operation_id: row.get(5)?,
                executed_at: row.get(6)?,
                duration_ms: row.get(7)?,
            })
        },
    )?;
    Ok((page, total))
}

//! Backends that share the database. Each operation belongs to the one that runs it; a backend that has
//! not been seen for a while is dead, and so are its operations.

use std::time::Duration;

use super::{Connection, Result, params};

/// What another backend may have done to an operation of this one.
#[derive(Clone, Debug, PartialEq)]
pub struct Mine {
    /// Its id.
    pub operation: String,
    /// Whether it should be cancelled.
    pub cancel: bool,
    /// Why.
    pub reason: Option<String>,
}

/// Says that a backend is alive.
pub fn beat(db: &Connection, backend: &str) -> Result<()> {
    db.execute(
        "INSERT INTO backends (backend_id, seen_at) VALUES (?, ?)
         ON CONFLICT (backend_id) DO UPDATE SET seen_at = excluded.seen_at",
        &params![backend, db.now()?],
    )
    .map(drop)
}

/// Forgets every backend, where no other can be alive.
pub fn forget_all(db: &Connection) -> Result<()> {
    db.execute("DELETE FROM backends", &[]).map(drop)
}

/// Forgets backends that have not been seen for so long, and fails what they had not ended. Answers how
/// many operations that were.
pub fn bury(db: &Connection, unseen: Duration, message: &str) -> Result<usize> {
    let now = db.now()?;
    let unseen = i64::try_from(unseen.as_millis()).unwrap_or(i64::MAX);
    db.execute(
        "DELETE FROM backends WHERE seen_at <= ?",
        &params![now.saturating_sub(unseen)],
    )?;
    db.execute(
        "UPDATE operations SET status = 'failed', error_message = ?, completed_at = ?
         WHERE active = 1 AND backend_id NOT IN (SELECT backend_id FROM backends)",
        &params![message, now],
    )
}

/// Fails what nobody runs: operations from before there were several backends. Answers how many.
pub fn fail_orphans(db: &Connection, message: &str) -> Result<usize> {
    db.execute(
        "UPDATE operations SET status = 'failed', error_message = ?, completed_at = ?
         WHERE active = 1 AND backend_id IS NULL",
        &params![message, db.now()?],
    )
}

/// Takes leave of the others: fails what a backend has not ended.
pub fn leave(db: &Connection, backend: &str, message: &str) -> Result<()> {
    db.execute(
        "UPDATE operations SET status = 'failed', error_message = ?, completed_at = ?
         WHERE active = 1 AND backend_id = ?",
        &params![message, db.now()?, backend],
    )?;
    db.execute(
        "DELETE FROM backends WHERE backend_id = ?",
        &params![backend],
    )
    .map(drop)
}

/// Says who runs an operation.
pub fn assign(db: &Connection, operation: &str, backend: &str) -> Result<()> {
    db.execute(
        "UPDATE operations SET backend_id = ? WHERE operation_id = ?",
        &params![backend, operation],
    )
    .map(drop)
}

/// What a backend runs, or is about to.
pub fn mine(db: &Connection, backend: &str) -> Result<Vec<Mine>> {
    db.query(
        "SELECT operation_id, cancel_asked, cancel_reason FROM operations WHERE active = 1 AND backend_id = ?",
        &params![backend],
        |row| {
            Ok(Mine {
                operation: row.get(0)?,
                cancel: row.get(1)?,
                reason: row.get(2)?,
            })
        },
    )
}

/// Asks whoever runs an operation to cancel it. Of two who ask, the first one's reason stands. Answers
/// whether it has not ended.
pub fn ask_to_cancel(db: &Connection, operation: &str, reason: Option<&str>) -> Result<bool> {
    db.execute(
        "UPDATE operations SET cancel_asked = 1,
             cancel_reason = CASE cancel_asked WHEN 1 THEN cancel_reason ELSE ? END
         WHERE active = 1 AND operation_id = ?",
        &params![reason, operation],
    )
    .map(|rows| rows == 1)
}

//! Trainings in the database: what was asked for, the figures of every epoch, and the outcome.

use super::{Connection, Result, json, optional, params, parsed};
use crate::ktrdr::training::outcome::{EpochFigures, Outcome};
use crate::ktrdr::training::request::TrainingRequest;

/// A training.
#[derive(Clone, Debug, PartialEq)]
pub struct Training {
    /// The name given by the caller, or the operation's id.
    pub task_id: String,
    /// Id of its operation.
    pub operation_id: String,
    /// What was asked for.
    pub request: TrainingRequest,
    /// What came of it; none before its end and where not one epoch was finished.
    pub outcome: Option<Outcome>,
}

/// Adds a training. A task id that is taken is a constraint violation.
pub fn insert(
    db: &Connection,
    task_id: &str,
    operation_id: &str,
    request: &TrainingRequest,
) -> Result<()> {
    db.execute(
        "INSERT INTO trainings (task_id, operation_id, request) VALUES (?, ?, ?)",
        &params![task_id, operation_id, json(request)],
    )
    .map(drop)
}

/// The training with this task id or operation id.
pub fn get(db: &Connection, id: &str) -> Result<Option<Training>> {
    db.query_optional(
        "SELECT task_id, operation_id, request, outcome FROM trainings WHERE task_id = ?1 OR operation_id = ?1
         ORDER BY task_id <> ?1 LIMIT 1",
        &params![id],
        |row| {
            Ok(Training {
                task_id: row.get(0)?,
                operation_id: row.get(1)?,
                request: parsed(row, 2)?,
                outcome: optional(row, 3)?,
            })
        },
    )
}

/// Stores the figures of an epoch.
pub fn add_epoch(db: &Connection, task_id: &str, figures: &EpochFigures) -> Result<()> {
    db.execute(
        "INSERT INTO epochs (task_id, epoch, train_loss, val_loss, val_accuracy, learning_rate, duration_seconds)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (task_id, epoch) DO UPDATE SET train_loss = excluded.train_loss,
             val_loss = excluded.val_loss, val_accuracy = excluded.val_accuracy,
             learning_rate = excluded.learning_rate, duration_seconds = excluded.duration_seconds",
        &params![
            task_id,
            figures.epoch,
            figures.train_loss,
            figures.val_loss,
            figures.val_accuracy,
            figures.learning_rate,
            figures.duration_seconds
        ],
    )
    .map(drop)
}

/// The figures of all finished epochs.
pub fn epochs(db: &Connection, task_id: &str) -> Result<Vec<EpochFigures>> {
    db.query(
        "SELECT epoch, train_loss, val_loss, val_accuracy, learning_rate, duration_seconds FROM epochs
         WHERE task_id = ? ORDER BY epoch",
        &params![task_id],
        |row| {
            Ok(EpochFigures {
                epoch: row.get(0)?,
                train_loss: row.get(1)?,
                val_loss: row.get(2)?,
                val_accuracy: row.get(3)?,
                learning_rate: row.get(4)?,
                duration_seconds: row.get(5)?,
            })
        },
    )
}

/// Stores what came of a training.
pub fn set_outcome(db: &Connection, task_id: &str, outcome: &Outcome) -> Result<()> {
    db.execute(
        "UPDATE trainings SET outcome = ? WHERE task_id = ?",
        &params![json(outcome), task_id],
    )
    .map(drop)
}

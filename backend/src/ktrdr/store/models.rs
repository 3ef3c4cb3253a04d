//! Trained models in the database; their weights are files.

use rusqlite::{Connection, params};

use super::Result;
use super::operations::{json, parsed};
use crate::ktrdr::training::outcome::ModelRecord;

/// Adds a model.
pub fn insert(db: &Connection, model: &ModelRecord) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO models (model_id, task_id, created_at, summary) VALUES (?, ?, ?, ?)",
    )?
    .execute(params![
        model.model_id,
        model.task_id,
        model.created_at,
        json(model)
    ])
    .map(drop)
}

/// Every model, newest first.
pub fn list(db: &Connection) -> Result<Vec<ModelRecord>> {
    db.prepare_cached("SELECT summary FROM models ORDER BY created_at DESC, model_id")?
        .query_map([], |row| parsed(row, 0))?
        .collect()
}

/// How many models there are.
pub fn count(db: &Connection) -> Result<i64> {
    db.prepare_cached("SELECT count(*) FROM models")?
        .query_row([], |row| row.get(0))
}

//! Trained models in the database; their weights are files.

use super::{Connection, Result, json, params, parsed};
use crate::ktrdr::training::outcome::ModelRecord;

/// Adds a model.
pub fn insert(db: &Connection, model: &ModelRecord) -> Result<()> {
    db.execute(
        "INSERT INTO models (model_id, task_id, created_at, summary) VALUES (?, ?, ?, ?)",
        &params![model.model_id, model.task_id, model.created_at, json(model)],
    )
    .map(drop)
}

/// The model of an id.
pub fn get(db: &Connection, model_id: &str) -> Result<Option<ModelRecord>> {
    db.query_optional(
        "SELECT summary FROM models WHERE model_id = ?1",
        &params![model_id],
        |row| parsed(row, 0),
    )
}

/// Every model, newest first.
pub fn list(db: &Connection) -> Result<Vec<ModelRecord>> {
    db.query(
        "SELECT summary FROM models ORDER BY created_at DESC, model_id",
        &[],
        |row| parsed(row, 0),
    )
}

/// How many models there are.
pub fn count(db: &Connection) -> Result<i64> {
    db.query_one("SELECT count(*) FROM models", &[], |row| row.get(0))
}

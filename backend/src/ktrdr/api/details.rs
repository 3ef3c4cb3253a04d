//! Details of operations: of trainings, data loads and backtests.

mod backtests;
mod data;
mod training;

use axum::Router;
use serde::Deserialize;

use super::App;
use super::failure::Failure;
use super::operations::find;
use crate::ktrdr::kinds::OperationType;
use crate::ktrdr::store::operations::Operation;
use crate::time;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .merge(backtests::routes())
        .merge(data::routes())
        .merge(training::routes())
}

#[derive(Deserialize)]
struct Path {
    operation_id: String,
}

/// The operation of an id, if it is of this type.
async fn find_of(app: &App, id: &str, kind: OperationType) -> Result<Operation, Failure> {
    let operation = find(app, id).await?;
    if operation.kind == kind {
        return Ok(operation);
    }
    let place = match operation.kind {
        OperationType::DataLoad => "data",
        OperationType::Training => "trainings",
        OperationType::Backtesting => "backtests",
    };
    Err(Failure::Conflict(format!(
        "Operation {id} is of type {}, not {}: its details are at GET /api/v1/{place}/{{operation_id}}/details",
        operation.kind.as_str(),
        kind.as_str()
    )))
}

/// Seconds since the start of an operation, up to its end.
fn duration(operation: &Operation) -> Option<f64> {
    let start = operation.started_at?;
    let end = operation.completed_at.unwrap_or_else(time::now);
    Some((end - start).max(0) as f64 / 1000.0)
}

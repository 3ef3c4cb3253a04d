//! `GET /api/v1/health`, and the document.

use axum::Json;
use axum::extract::State;
use ktrdr_mcp::models::{HealthResponse, StoreStatus};
use serde_json::Value;

use super::App;
use super::failure::Failure;
use crate::ktrdr::store::{Connection, bars, models, operations};

/// The state of the service. An answer means that the store can be read.
pub(super) async fn get(State(app): State<App>) -> Result<Json<HealthResponse>, Failure> {
    let read = |db: &Connection| {
        Ok(StoreStatus {
            operations: operations::count(db)?,
            active_operations: operations::active(db)?,
            bars: bars::count(db)?,
            models: models::count(db)?,
        })
    };
    Ok(Json(HealthResponse {
        status: "ok".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        uptime_seconds: app.inner.started.elapsed().as_secs_f64(),
        store: app.inner.store.read(read).await?,
    }))
}

/// The document as JSON, where FastAPI has it.
pub(super) async fn document(State(app): State<App>) -> Json<Value> {
    Json(app.inner.contract.document().clone())
}

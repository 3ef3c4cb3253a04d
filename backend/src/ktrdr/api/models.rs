//! `GET /api/v1/models`.

use axum::Json;
use axum::extract::State;
use ktrdr_mcp::models::{ModelListResponse, ModelSummary};

use super::App;
use super::failure::Failure;
use crate::ktrdr::store::models as store;
use crate::ktrdr::training::outcome::ModelRecord;
use crate::time;

/// Every trained model.
pub(super) async fn list(State(app): State<App>) -> Result<Json<ModelListResponse>, Failure> {
    let models = app.inner.store.read(store::list).await?;
    Ok(Json(ModelListResponse {
        success: true,
        models: models.into_iter().map(summary).collect(),
    }))
}

fn summary(model: ModelRecord) -> ModelSummary {
    ModelSummary {
        model_id: model.model_id,
        task_id: model.task_id,
        strategy_name: model.strategy,
        symbols: model.symbols,
        timeframe: model.timeframe,
        created_at: time::format(model.created_at),
        epochs_completed: model.epochs_completed,
        validation_accuracy: model.validation_accuracy,
        checkpoint: model.checkpoint,
        synthetic: model.synthetic,
        model_path: model.model_path,
    }
}

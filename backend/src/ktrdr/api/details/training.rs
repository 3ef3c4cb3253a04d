//! `GET /api/v1/trainings/{operation_id}/details`.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use ktrdr_mcp::models::{EpochDetails, TrainingDetailsResponse};

use super::{Path, duration, find_of};
use crate::http::Incoming;
use crate::ktrdr::api::App;
use crate::ktrdr::api::failure::Failure;
use crate::ktrdr::api::training::{as_config, model_info, training_metrics, validation_metrics};
use crate::ktrdr::kinds::OperationType;
use crate::ktrdr::store::operations::Operation;
use crate::ktrdr::store::trainings::{self, Training};
use crate::ktrdr::training::outcome::EpochFigures;
use crate::time;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/api/v1/trainings/{operation_id}/details", get(details))
}

/// Everything about a training.
async fn details(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<TrainingDetailsResponse>, Failure> {
    let Path { operation_id: id } = request.check(&app, "getTrainingDetails")?.path()?;
    let key = id.clone();
    let read = move |db: &crate::ktrdr::store::Connection| {
        let Some(training) = trainings::get(db, &key)? else {
            return Ok(None);
        };
        let epochs = trainings::epochs(db, &training.task_id)?;
        Ok(Some((training, epochs)))
    };
    let found = app.inner.store.read(read).await?;
    let Some((training, epochs)) = found else {
        // An operation of another type has details elsewhere.
        return Err(match find_of(&app, &id, OperationType::Training).await {
            Ok(_) | Err(Failure::NotFound(_)) => {
                Failure::NotFound(format!("Training not found: {id}"))
            }
            Err(failure) => failure,
        });
    };
    let operation = find_of(&app, &training.operation_id, OperationType::Training).await?;
    Ok(Json(answer(training, epochs, operation)))
}

fn answer(
    training: Training,
    epochs: Vec<EpochFigures>,
    operation: Operation,
) -> TrainingDetailsResponse {
    let best = epochs
        .iter()
        .min_by(|one, other| one.val_loss.total_cmp(&other.val_loss))
        .map(|epoch| epoch.epoch);
    let history = epochs.into_iter().map(|epoch| EpochDetails {
        epoch: epoch.epoch,
        train_loss: epoch.train_loss,
        val_loss: epoch.val_loss,
        val_accuracy: epoch.val_accuracy,
        learning_rate: epoch.learning_rate,
        duration_seconds: epoch.duration_seconds,
    });
    let request = training.request;
    let outcome = training.outcome.as_ref();
    let rows = outcome.map_or_else(Vec::new, |outcome| {
        let row = |row: &Vec<usize>| row.iter().map(|count| *count as i64).collect();
        outcome.confusion.iter().map(row).collect()
    });
    TrainingDetailsResponse {
        success: true,
        duration_seconds: duration(&operation),
        operation_id: operation.id,
        task_id: training.task_id,
        status: operation.status,
        error_message: operation.error,
        strategy_name: request.strategy.name,
        symbols: request.symbols,
        timeframe: request.timeframe,
        start_date: request.start.map(time::format),
        end_date: request.end.map(time::format),
        config: as_config(&request.settings),
        started_at: operation.started_at.map(time::format),
        completed_at: operation.completed_at.map(time::format),
        history: history.collect(),
        best_epoch: best,
        classes: outcome.map_or_else(Vec::new, |outcome| outcome.classes.clone()),
        confusion_matrix: rows,
        training_metrics: outcome.map(training_metrics),
        validation_metrics: outcome.map(validation_metrics),
        model_info: outcome.map(model_info),
    }
}

//! `/api/v1/trainings`.

use axum::Json;
use axum::extract::State;
use ktrdr_mcp::models::{
    EpochMetrics, ModelInfo, TrainingConfig, TrainingMetrics, TrainingPerformanceResponse,
    TrainingStartRequest, TrainingStartResponse, TrainingStatusResponse, ValidationMetrics,
};
use serde::Deserialize;
use serde_json::json;

use super::App;
use super::failure::Failure;
use super::operations::progress;
use super::request::body_range;
use super::strategies;
use crate::http::Incoming;
use crate::ktrdr::kinds::{OperationType, Timeframe, is_active};
use crate::ktrdr::object;
use crate::ktrdr::operations::{EngineError, suffix};
use crate::ktrdr::store::bars;
use crate::ktrdr::store::operations::{self, Metadata, Operation};
use crate::ktrdr::store::trainings::{self, Training};
use crate::ktrdr::store::{Connection, Error};
use crate::ktrdr::strategies::config;
use crate::ktrdr::training::outcome::Outcome;
use crate::ktrdr::training::request::{Settings, TrainingRequest};
use crate::ktrdr::training::run::{self, Places};
use crate::time;

/// Starts a training.
pub(super) async fn start(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<TrainingStartResponse>, Failure> {
    let body: TrainingStartRequest = request.check(&app, "startTraining")?.body()?;
    let (start, end) = body_range(&body.start_date, &body.end_date)?;
    let strategy = strategies::usable(&app, body.strategy_name).await?;
    let mut symbols = body.symbols;
    let mut seen = std::collections::HashSet::new();
    symbols.retain(|symbol| seen.insert(symbol.clone()));
    let wanted = TrainingRequest {
        symbols,
        timeframe: body.timeframe.unwrap_or(Timeframe::V1h),
        start,
        end,
        settings: Settings::of(&strategy).with(body.config.as_ref()),
        strategy,
    };
    let task = body.task_id.value().cloned();
    let answer = TrainingStartResponse {
        success: true,
        operation_id: String::new(),
        task_id: None,
        operation_type: OperationType::Training,
        status: "started".to_owned(),
        message: format!(
            "Training started for {} strategy on {}",
            wanted.strategy.title(),
            wanted.symbols.join(", ")
        ),
        symbols: Some(wanted.symbols.clone()),
        timeframes: Some(vec![wanted.timeframe]),
        strategy_name: Some(wanted.strategy.name.clone()),
        estimated_duration_minutes: Some(estimate(&app, &wanted).await?),
    };
    let metadata = Metadata {
        start_date: body.start_date.value().cloned(),
        end_date: body.end_date.value().cloned(),
        ..metadata(&wanted)
    };
    let operation_id = begin(&app, wanted, metadata, task.clone()).await?;
    let task_id = Some(task.unwrap_or_else(|| operation_id.clone()));
    Ok(Json(TrainingStartResponse {
        operation_id,
        task_id,
        ..answer
    }))
}

async fn begin(
    app: &App,
    wanted: TrainingRequest,
    metadata: Metadata,
    task: Option<String>,
) -> Result<String, Failure> {
    let places = Places {
        sources: app.inner.sources.clone(),
        models: app.inner.models.clone(),
    };
    let (added, named, taken) = (wanted.clone(), task.clone(), task.clone());
    let started = app.inner.engine.start(
        OperationType::Training,
        metadata,
        move |db, operation| {
            trainings::insert(db, named.as_deref().unwrap_or(operation), operation, &added)
        },
        move |context| {
            let task = task.unwrap_or_else(|| context.id().to_owned());
            run::run(context, &places, &wanted, &task)
        },
    );
    match started.await {
        Ok(id) => Ok(id),
        Err(EngineError::Store(Error::Constraint(_))) => Err(Failure::Conflict(format!(
            "Task id already in use: {}",
            taken.unwrap_or_default()
        ))),
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
struct Path {
    task_id: String,
}

/// The state of a training.
pub(super) async fn status(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<TrainingStatusResponse>, Failure> {
    let path: Path = request.check(&app, "getTraining")?.path()?;
    let (training, operation) = find(&app, &path.task_id).await?;
    Ok(Json(TrainingStatusResponse {
        success: true,
        task_id: training.task_id,
        operation_id: operation.id,
        status: operation.status,
        symbols: training.request.symbols,
        timeframes: vec![training.request.timeframe],
        strategy_name: training.request.strategy.name,
        config: as_config(&training.request.settings),
        progress: progress(operation.progress),
        created_at: time::format(operation.created_at),
        started_at: operation.started_at.map(time::format),
        completed_at: operation.completed_at.map(time::format),
        error_message: operation.error,
    }))
}

/// The metrics of a training that has ended.
pub(super) async fn performance(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<TrainingPerformanceResponse>, Failure> {
    let path: Path = request.check(&app, "getTrainingPerformance")?.path()?;
    let (training, operation) = find(&app, &path.task_id).await?;
    if is_active(operation.status) {
        return Err(Failure::not_finished("Training", &operation));
    }
    let task = training.task_id.clone();
    let epochs = app
        .inner
        .store
        .read(move |db| trainings::epochs(db, &task))
        .await?;
    let history = epochs.into_iter().map(|epoch| EpochMetrics {
        epoch: epoch.epoch,
        train_loss: epoch.train_loss,
        val_loss: epoch.val_loss,
        val_accuracy: epoch.val_accuracy,
    });
    let outcome = training.outcome.as_ref();
    Ok(Json(TrainingPerformanceResponse {
        success: true,
        task_id: training.task_id,
        status: operation.status,
        training_metrics: outcome.map(training_metrics),
        validation_metrics: outcome.map(validation_metrics),
        model_info: outcome.map(model_info),
        history: history.collect(),
    }))
}

async fn find(app: &App, id: &str) -> Result<(Training, Operation), Failure> {
    let key = id.to_owned();
    let read = move |db: &Connection| {
        let Some(training) = trainings::get(db, &key)? else {
            return Ok(None);
        };
        let operation = operations::get(db, &training.operation_id)?;
        Ok(operation.map(|operation| (training, operation)))
    };
    let found = app.inner.store.read(read).await?;
    found.ok_or_else(|| Failure::NotFound(format!("Training not found: {id}")))
}

pub(crate) fn as_config(settings: &Settings) -> TrainingConfig {
    let layers: Vec<i64> = settings
        .hidden_layers
        .iter()
        .map(|neurons| *neurons as i64)
        .collect();
    TrainingConfig {
        epochs: Some(settings.epochs as i64),
        learning_rate: Some(settings.learning_rate),
        batch_size: Some(settings.batch_size as i64),
        hidden_layers: layers.into(),
        validation_split: Some(settings.validation_split),
        label_threshold: Some(settings.label_threshold),
        seed: Some(settings.seed as i64),
    }
}

fn metadata(wanted: &TrainingRequest) -> Metadata {
    Metadata {
        symbol: wanted.symbols.first().cloned(),
        timeframe: Some(wanted.timeframe.as_str().to_owned()),
        parameters: object([
            ("strategy_name", wanted.strategy.name.as_str().into()),
            ("symbols", json!(wanted.symbols)),
            ("session_id", format!("train_session_{}", suffix()).into()),
            ("config", json!(as_config(&wanted.settings))),
        ]),
        ..Metadata::default()
    }
}

/// Minutes that a training may take: a guess from the work to be done, rounded up.
async fn estimate(app: &App, wanted: &TrainingRequest) -> Result<i64, Failure> {
    /// Weights times samples that are learnt in a second.
    const SPEED: f64 = 300_000_000.0;
    let (symbols, timeframe) = (wanted.symbols.clone(), wanted.timeframe);
    let (from, to) = (
        wanted.start.unwrap_or(i64::MIN),
        wanted.end.unwrap_or(i64::MAX),
    );
    let count = move |db: &Connection| {
        symbols.iter().try_fold(0, |sum, symbol| {
            Ok(sum + bars::count_range(db, symbol, timeframe, from, to)?)
        })
    };
    let samples = app.inner.store.read(count).await?;
    let settings = &wanted.settings;
    let classes = config::classes(settings.label_threshold);
    let weights = config::weights(wanted.strategy.inputs(), &settings.hidden_layers, classes);
    let seconds = samples as f64 * settings.epochs as f64 * weights as f64 / SPEED;
    Ok((seconds / 60.0).ceil().max(1.0) as i64)
}

pub(super) fn training_metrics(outcome: &Outcome) -> TrainingMetrics {
    TrainingMetrics {
        final_train_loss: outcome.training.final_train_loss,
        final_val_loss: outcome.training.final_val_loss,
        epochs_completed: outcome.training.epochs_completed,
        training_time_minutes: outcome.training.training_time_minutes,
    }
}

pub(super) fn validation_metrics(outcome: &Outcome) -> ValidationMetrics {
    ValidationMetrics {
        accuracy: outcome.validation.accuracy,
        precision: outcome.validation.precision,
        recall: outcome.validation.recall,
        f1: outcome.validation.f1,
    }
}

pub(super) fn model_info(outcome: &Outcome) -> ModelInfo {
    ModelInfo {
        model_path: outcome.model.model_path.clone(),
        model_size_bytes: outcome.model.size_bytes,
        parameters_count: outcome.model.parameters,
        architecture: outcome.model.architecture.clone(),
    }
}

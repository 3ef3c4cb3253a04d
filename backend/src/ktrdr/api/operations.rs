//! `/api/v1/operations`.

use axum::Json;
use axum::extract::State;
use ktrdr_mcp::clients::operations::ListOperations;
use ktrdr_mcp::models::{
    CancelOperationRequest, OperationCancelResponse, OperationCancellation, OperationInfo,
    OperationListResponse, OperationMetadata, OperationProgress, OperationResultsResponse,
    OperationStatusResponse, OperationSummary,
};
use serde::Deserialize;
use serde_json::Map;

use super::App;
use super::failure::Failure;
use crate::http::Incoming;
use crate::ktrdr::kinds::{OperationStatus, OperationType};
use crate::ktrdr::operations::Cancellation;
use crate::ktrdr::store::operations::{self as store, Filter, Operation, Progress, Summary};
use crate::time;

#[derive(Deserialize)]
struct Path {
    operation_id: String,
}

/// A page of operations.
pub(super) async fn list(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<OperationListResponse>, Failure> {
    let query: ListOperations = request.check(&app, "listOperations")?.query()?;
    let filter = Filter {
        kind: query.operation_type,
        status: query.status,
        active_only: query.active_only.unwrap_or(false),
        limit: query.limit.unwrap_or(10),
        offset: query.offset.unwrap_or(0),
    };
    let page = app
        .inner
        .store
        .read(move |db| store::list(db, &filter))
        .await?;
    let now = time::now();
    let data: Vec<OperationSummary> = page
        .operations
        .into_iter()
        .map(|operation| summary(operation, now))
        .collect();
    Ok(Json(OperationListResponse {
        success: true,
        returned_count: data.len() as i64,
        data,
        total_count: page.total,
        active_count: page.active,
    }))
}

/// One operation.
pub(super) async fn get(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<OperationStatusResponse>, Failure> {
    let path: Path = request.check(&app, "getOperation")?.path()?;
    let operation = find(&app, &path.operation_id).await?;
    Ok(Json(OperationStatusResponse {
        success: true,
        data: info(operation),
    }))
}

/// Cancels an operation.
pub(super) async fn cancel(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<OperationCancelResponse>, Failure> {
    let checked = request.check(&app, "cancelOperation")?;
    let path: Path = checked.path()?;
    let body: CancelOperationRequest = checked.body()?;
    let operation = match app
        .inner
        .engine
        .cancel(&path.operation_id, body.reason.value().cloned())
        .await?
    {
        Cancellation::Done(operation) => operation,
        Cancellation::Ended(status) => {
            return Err(Failure::Conflict(format!(
                "Operation has already ended (status: {})",
                status.as_str()
            )));
        }
        Cancellation::Unknown => return Err(Failure::unknown_operation(&path.operation_id)),
    };
    let ran = operation.started_at.is_some();
    Ok(Json(OperationCancelResponse {
        success: true,
        data: OperationCancellation {
            operation_id: operation.id,
            status: operation.status,
            cancelled_at: time::format(operation.completed_at.unwrap_or_else(time::now)),
            cancellation_reason: operation.error,
            task_cancelled: ran,
            training_session_cancelled: ran && operation.kind == OperationType::Training,
        },
    }))
}

/// The results of an operation that has completed or failed.
pub(super) async fn results(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<OperationResultsResponse>, Failure> {
    let path: Path = request.check(&app, "getOperationResults")?.path()?;
    let operation = find(&app, &path.operation_id).await?;
    if !matches!(
        operation.status,
        OperationStatus::Completed | OperationStatus::Failed
    ) {
        return Err(Failure::not_finished("Operation", &operation));
    }
    Ok(Json(OperationResultsResponse {
        success: true,
        operation_id: operation.id,
        operation_type: operation.kind,
        status: operation.status,
        results: operation.result.unwrap_or_else(Map::new),
    }))
}

/// The operation of an id.
pub(super) async fn find(app: &App, id: &str) -> Result<Operation, Failure> {
    let key = id.to_owned();
    let found = app.inner.store.read(move |db| store::get(db, &key)).await?;
    found.ok_or_else(|| Failure::unknown_operation(id))
}

/// Progress as the API tells it; details that are empty are left out.
pub(super) fn progress(progress: Progress) -> OperationProgress {
    let in_steps = progress.steps_total > 0;
    OperationProgress {
        percentage: progress.percentage,
        current_step: progress.step,
        steps_completed: in_steps.then_some(progress.steps_completed),
        steps_total: in_steps.then_some(progress.steps_total),
        context: Some(progress.context).filter(|context| !context.is_empty()),
    }
}

fn info(operation: Operation) -> OperationInfo {
    let metadata = operation.metadata;
    OperationInfo {
        operation_id: operation.id,
        operation_type: Some(operation.kind),
        status: operation.status,
        created_at: Some(time::format(operation.created_at)),
        started_at: operation.started_at.map(time::format),
        completed_at: operation.completed_at.map(time::format),
        progress: progress(operation.progress),
        metadata: Some(OperationMetadata {
            symbol: metadata.symbol,
            timeframe: metadata.timeframe,
            mode: metadata.mode,
            start_date: metadata.start_date,
            end_date: metadata.end_date,
            parameters: Some(metadata.parameters).filter(|parameters| !parameters.is_empty()),
        }),
        error_message: operation.error,
        result_summary: operation.result,
    }
}

fn summary(operation: Summary, now: i64) -> OperationSummary {
    let took = operation
        .started_at
        .map(|start| operation.completed_at.unwrap_or(now).max(start) - start);
    OperationSummary {
        operation_id: operation.id,
        operation_type: operation.kind,
        status: operation.status,
        created_at: time::format(operation.created_at),
        progress_percentage: operation.percentage,
        current_step: operation.step,
        symbol: operation.symbol,
        duration_seconds: took.map(|millis| millis as f64 / 1000.0),
    }
}

//! What KTRDR says of requests that cannot be fulfilled.

use axum::http::StatusCode;
use serde_json::json;

pub(super) use crate::http::Failure;
use crate::ktrdr::kinds::Timeframe;
use crate::ktrdr::operations::EngineError;
use crate::ktrdr::store::operations::Operation;

impl Failure {
    pub(super) fn unknown_operation(id: &str) -> Self {
        Self::NotFound(format!("Operation not found: {id}"))
    }

    pub(super) fn unknown_experiment(id: &str) -> Self {
        Self::NotFound(format!("Experiment not found: {id}"))
    }

    pub(super) fn no_bars(symbol: &str, timeframe: Timeframe) -> Self {
        Self::NotFound(format!(
            "No cached data for {symbol} {}. Load it first (POST /api/v1/data/load).",
            timeframe.as_str()
        ))
    }

    /// Results were asked for before there are any, of an operation called what it is to the caller.
    pub(super) fn not_finished(what: &str, operation: &Operation) -> Self {
        let status = operation.status.as_str();
        let body = json!({
            "detail": format!("{what} not finished (status: {status})"),
            "operation_status": status,
            "progress_percentage": operation.progress.percentage,
        });
        Self::Other(StatusCode::BAD_REQUEST, body)
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::ShuttingDown => Self::Unavailable("The service is shutting down"),
            EngineError::Store(error) => error.into(),
        }
    }
}

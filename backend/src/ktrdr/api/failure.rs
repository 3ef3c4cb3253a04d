//! Answers to requests that cannot be fulfilled, in FastAPI's form: `{"detail": …}`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::contract::Problem;
use crate::ktrdr::kinds::Timeframe;
use crate::ktrdr::operations::EngineError;
use crate::ktrdr::store;
use crate::ktrdr::store::operations::Operation;

/// Why a request cannot be fulfilled.
#[derive(Debug)]
pub(super) enum Failure {
    /// There is no such thing.
    NotFound(String),
    /// It does not go together with what is there.
    Conflict(String),
    /// Results were asked for before there are any.
    NotFinished {
        detail: String,
        status: &'static str,
        percentage: f64,
    },
    /// The request does not fit the document.
    Invalid(Vec<Problem>),
    /// The service is about to stop.
    Unavailable(String),
    /// The service has failed. What is told here goes to the log only.
    Internal(String),
}

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

    /// For an operation without results, called what it is to the caller.
    pub(super) fn not_finished(what: &str, operation: &Operation) -> Self {
        let status = operation.status.as_str();
        Self::NotFinished {
            detail: format!("{what} not finished (status: {status})"),
            status,
            percentage: operation.progress.percentage,
        }
    }
}

impl From<Vec<Problem>> for Failure {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Invalid(problems)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Invalid(vec![problem])
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Unavailable(cause) => {
                tracing::error!(cause, "the store is not available");
                Self::Unavailable("The database is not available; try again later".to_owned())
            }
            store::Error::Text(message) => Problem::new(["body"], message, "value_error").into(),
            error => Self::Internal(format!("the store failed: {error}")),
        }
    }
}

/// A checked request that does not fit the type: the document and the code have parted.
impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(format!("a checked request does not fit its type: {error}"))
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::ShuttingDown => {
                Self::Unavailable("The service is shutting down".to_owned())
            }
            EngineError::Store(error) => error.into(),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, body) = match self {
            Self::NotFound(detail) => (StatusCode::NOT_FOUND, detail_of(detail)),
            Self::Conflict(detail) => (StatusCode::CONFLICT, detail_of(detail)),
            Self::NotFinished {
                detail,
                status,
                percentage,
            } => {
                let body = json!({ "detail": detail, "operation_status": status, "progress_percentage": percentage });
                (StatusCode::BAD_REQUEST, body)
            }
            Self::Invalid(problems) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                json!({ "detail": problems }),
            ),
            Self::Unavailable(detail) => (StatusCode::SERVICE_UNAVAILABLE, detail_of(detail)),
            Self::Internal(cause) => {
                tracing::error!(cause, "request failed");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    detail_of("Internal Server Error"),
                )
            }
        };
        (status, Json(body)).into_response()
    }
}

fn detail_of(detail: impl Into<String>) -> Value {
    json!({ "detail": detail.into() })
}

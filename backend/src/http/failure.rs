//! Why a request cannot be fulfilled, whatever the API. Each adds what it calls things.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::detail;
use crate::contract::Problem;
use crate::db;

/// Why a request cannot be fulfilled.
#[derive(Debug)]
pub enum Failure {
    /// There is no such thing.
    NotFound(String),
    /// It does not go together with what is there.
    Conflict(String),
    /// The request does not fit the document, or what is there.
    Invalid(Vec<Problem>),
    /// What the service works with does not answer, or the service is about to stop.
    Unavailable(&'static str),
    /// The service has failed. What is told here goes to the log only.
    Internal(String),
    /// Anything else, with its body.
    Other(StatusCode, Value),
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

impl From<db::Error> for Failure {
    fn from(error: db::Error) -> Self {
        match error {
            db::Error::Unavailable(cause) => {
                tracing::error!(cause, "the store is not available");
                Self::Unavailable("The database is not available; try again later")
            }
            db::Error::Text(message) => Problem::new(["body"], message, "value_error").into(),
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

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::NotFound(text) => detail(StatusCode::NOT_FOUND, &text),
            Self::Conflict(text) => detail(StatusCode::CONFLICT, &text),
            Self::Invalid(problems) => {
                let body = Json(json!({ "detail": problems }));
                (StatusCode::UNPROCESSABLE_ENTITY, body).into_response()
            }
            Self::Unavailable(text) => detail(StatusCode::SERVICE_UNAVAILABLE, text),
            Self::Internal(cause) => {
                tracing::error!(cause, "request failed");
                detail(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
            }
            Self::Other(status, body) => (status, Json(body)).into_response(),
        }
    }
}

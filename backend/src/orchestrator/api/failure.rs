//! Answers to requests that cannot be fulfilled.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::contract::Problem;
use crate::http::detail;
use crate::orchestrator::blobs::BlobError;
use crate::orchestrator::store::{self, JobStatus};

/// Why a request cannot be fulfilled.
#[derive(Debug)]
pub(super) enum Failure {
    /// There is no such thing.
    NotFound(String),
    /// It does not go together with what is there.
    Conflict(String),
    /// The body is larger than so many bytes.
    TooLarge(u64),
    /// The request does not fit the document, or what is there.
    Invalid(Vec<Problem>),
    /// What the hub works with does not answer.
    Unavailable(&'static str),
    /// The hub has failed. What is told here goes to the log only.
    Internal(String),
}

impl Failure {
    pub(super) fn unknown_job(id: &str) -> Self {
        Self::NotFound(format!("Job not found: {id}"))
    }

    pub(super) fn unknown_artifact(id: &str) -> Self {
        Self::NotFound(format!("Artifact not found: {id}"))
    }

    pub(super) fn unknown_service(id: &str) -> Self {
        Self::NotFound(format!("Service not found: {id}"))
    }

    /// A job that is in the wrong state for what was asked.
    pub(super) fn wrong_state(what: &str, status: JobStatus) -> Self {
        Self::Conflict(format!("{what} (status: {})", status.as_str()))
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
                Self::Unavailable("The database is not available; try again later")
            }
            store::Error::Text(message) => Problem::new(["body"], message, "value_error").into(),
            error => Self::Internal(format!("the store failed: {error}")),
        }
    }
}

/// What goes wrong with the store of contents itself; what is wrong with contents has another answer
/// wherever it can happen.
impl From<BlobError> for Failure {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Store(cause) => {
                tracing::error!(cause, "the store of contents is not available");
                Self::Unavailable("The store of contents is not available; try again later")
            }
            BlobError::TooLarge(limit) => Self::TooLarge(limit),
            error => Self::Internal(error.to_string()),
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
            Self::TooLarge(limit) => {
                let text = format!("The body should have at most {limit} bytes");
                detail(StatusCode::PAYLOAD_TOO_LARGE, &text)
            }
            Self::Invalid(problems) => {
                let body = Json(json!({ "detail": problems }));
                (StatusCode::UNPROCESSABLE_ENTITY, body).into_response()
            }
            Self::Unavailable(text) => detail(StatusCode::SERVICE_UNAVAILABLE, text),
            Self::Internal(cause) => {
                tracing::error!(cause, "request failed");
                detail(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
            }
        }
    }
}

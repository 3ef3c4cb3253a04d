//! What the hub says of requests that cannot be fulfilled.

use axum::http::StatusCode;
use serde_json::json;

pub(super) use crate::http::Failure;
use crate::orchestrator::blobs::BlobError;
use crate::orchestrator::store::JobStatus;

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

/// What goes wrong with the store of contents itself; what is wrong with contents has another answer
/// wherever it can happen.
impl From<BlobError> for Failure {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Store(cause) => {
                tracing::error!(cause, "the store of contents is not available");
                Self::Unavailable("The store of contents is not available; try again later")
            }
            BlobError::TooLarge(limit) => {
                let text = format!("The body should have at most {limit} bytes");
                Self::Other(StatusCode::PAYLOAD_TOO_LARGE, json!({ "detail": text }))
            }
            error => Self::Internal(error.to_string()),
        }
    }
}

//! `/uploads`.

use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use orchestrator_mcp::clients::artifacts::UploadContent;
use orchestrator_mcp::models;

use super::App;
use super::failure::Failure;
use crate::contract::Problem;
use crate::http::IncomingHead;
use crate::orchestrator::blobs::BlobError;

/// The largest content, in bytes.
pub const LIMIT: u64 = 256 << 20;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/uploads", post(upload))
}

/// Stores content.
async fn upload(
    State(app): State<App>,
    IncomingHead(request): IncomingHead,
    body: Body,
) -> Result<(StatusCode, Json<models::Upload>), Failure> {
    let query: UploadContent = request.check(&app, "uploadContent")?.query()?;
    let (limit, checksum) = (app.inner.upload_bytes, query.checksum.as_deref());
    let stored = app
        .inner
        .blobs
        .put(body.into_data_stream(), limit, checksum);
    let stored = stored.await.map_err(|error| match error {
        BlobError::Mismatch { .. } => {
            Problem::new(["query", "checksum"], &error.to_string(), "checksum").into()
        }
        BlobError::BrokenOff(_) => Problem::new(["body"], &error.to_string(), "body").into(),
        other => Failure::from(other),
    })?;
    let upload = models::Upload {
        storage_location: stored.storage_location,
        size_bytes: i64::try_from(stored.size_bytes).unwrap_or(i64::MAX),
        checksum: stored.checksum,
    };
    Ok((StatusCode::CREATED, Json(upload)))
}

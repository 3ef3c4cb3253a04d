//! `/health`.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use orchestrator_mcp::models;

use super::App;
use crate::orchestrator::store::jobs;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/health", get(health))
        .route("/health/ready", get(ready))
}

/// That the hub is up.
async fn health(State(app): State<App>) -> Json<models::Health> {
    Json(models::Health {
        status: "ok".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        uptime_seconds: app.inner.started.elapsed().as_secs_f64(),
    })
}

/// Whether what the hub works with answers. Why it does not is for the log: it may name folders and hosts.
async fn ready(State(app): State<App>) -> (StatusCode, Json<models::Readiness>) {
    // Reading is possible where writing is not, and does not help.
    let database = app.inner.store.write(|db| jobs::active(db).map(drop));
    let (database, artifacts) = tokio::join!(
        told("database", database),
        told("artifacts", app.inner.blobs.ready())
    );
    let ready = database.1 == OK && artifacts.1 == OK;
    let checks = [database, artifacts].map(|(name, state)| (name.to_owned(), state.to_owned()));
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let checks = BTreeMap::from(checks);
    (status, Json(models::Readiness { ready, checks }))
}

const OK: &str = "ok";
/// How long one part may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What there is to say of a part of the hub. Whoever asks does not wait as long as the hub itself would.
async fn told<E: std::fmt::Display>(
    name: &'static str,
    check: impl Future<Output = Result<(), E>>,
) -> (&'static str, &'static str) {
    let why = match tokio::time::timeout(PATIENCE, check).await {
        Ok(Ok(())) => return (name, OK),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} s", PATIENCE.as_secs()),
    };
    tracing::warn!(error = why, name, "the hub is not ready");
    (name, "not available")
}

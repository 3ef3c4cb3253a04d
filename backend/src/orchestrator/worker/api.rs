//! The HTTP side of a service.

use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use serde_json::{Value, json};
use uuid::Uuid;

use super::executions::{Executions, Outcome};
use super::job::{Answer, Job};
use super::kept::Ending;
use super::order::Kind;
use crate::http;
use crate::ktrdr::faults::short;
use crate::orchestrator::access::Access;

/// Largest body that is read: a payload, and what is known of its artifacts.
const BODY: usize = 8 << 20;
/// Media type of jobs.
const JSON: &str = "application/json";
/// Seconds after which there may be a place.
const SOON: &str = "1";

/// What handlers work with.
#[derive(Clone, Debug)]
pub(super) struct App {
    pub(super) kind: Kind,
    pub(super) executions: Executions,
    pub(super) access: Access,
}

impl App {
    /// The routes.
    pub(super) fn router(self) -> Router {
        Router::new()
            .route("/execute", post(execute))
            .route("/execute/{job_id}", get(state).delete(cancel))
            .layer(DefaultBodyLimit::max(BODY))
            .layer(middleware::from_fn_with_state(self.clone(), guard))
            .route("/health", get(health))
            .fallback(http::not_found)
            .method_not_allowed_fallback(http::method_not_allowed)
            .layer(middleware::from_fn(http::log))
            .with_state(self)
    }
}

/// Lets only those pass who show the token.
async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let access = &app.access;
    let shown = http::bearer(request.headers());
    if !access.is_open() && !shown.is_some_and(|token| access.is_service(token)) {
        let mut response = http::detail(
            StatusCode::UNAUTHORIZED,
            "A valid service token is required",
        );
        response
            .headers_mut()
            .insert(WWW_AUTHENTICATE, "Bearer".parse().expect("a constant"));
        return response;
    }
    next.run(request).await
}

/// Executes a job and answers when it has ended.
async fn execute(
    State(app): State<App>,
    headers: HeaderMap,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Response {
    if !http::is_of(&headers, JSON) {
        // A page in a browser could send a plain text to an open service without asking first.
        let why = format!("Content-Type should be {JSON}");
        return http::detail(StatusCode::UNSUPPORTED_MEDIA_TYPE, &why);
    }
    let body = match body {
        Ok(body) => body,
        Err(error) => return http::detail(error.status(), &error.body_text()),
    };
    let job: Job = match serde_json::from_slice(&body) {
        Ok(job) => job,
        Err(error) => {
            let detail = format!("The body is no job: {error}");
            return http::detail(StatusCode::UNPROCESSABLE_ENTITY, &detail);
        }
    };
    if job.kind != app.kind.as_str() {
        let detail = format!(
            "This service executes jobs of type {}, not {}",
            app.kind.as_str(),
            short(&job.kind)
        );
        return http::detail(StatusCode::UNPROCESSABLE_ENTITY, &detail);
    }
    match app.executions.execute(job).await {
        Outcome::Ended(Ending::Answered(answer)) => Json(answer).into_response(),
        Outcome::Ended(Ending::Cancelled) => {
            Json(Answer::failed("the execution was cancelled")).into_response()
        }
        Outcome::Busy => {
            let mut response = http::detail(
                StatusCode::SERVICE_UNAVAILABLE,
                "No place is free; send it again later",
            );
            response
                .headers_mut()
                .insert(RETRY_AFTER, SOON.parse().expect("a constant"));
            response
        }
    }
}

async fn state(State(app): State<App>, Path(job): Path<String>) -> Response {
    shown(
        StatusCode::OK,
        known(&job).and_then(|job| app.executions.state(job)),
    )
}

async fn cancel(State(app): State<App>, Path(job): Path<String>) -> Response {
    shown(
        StatusCode::ACCEPTED,
        known(&job).and_then(|job| app.executions.cancel(job)),
    )
}

fn known(job: &str) -> Option<Uuid> {
    Uuid::try_parse(job).ok()
}

fn shown(status: StatusCode, state: Option<super::executions::State>) -> Response {
    match state {
        Some(state) => (status, Json(json!({ "state": state.as_str() }))).into_response(),
        None => http::detail(
            StatusCode::NOT_FOUND,
            "No execution of this job was seen here",
        ),
    }
}

async fn health(State(app): State<App>) -> Json<Value> {
    let (running, capacity) = app.executions.load();
    Json(json!({
        "status": "ok",
        "type": app.kind.as_str(),
        "running": running,
        "capacity": capacity,
    }))
}

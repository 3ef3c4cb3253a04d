//! Records calls that are made for an experiment.

use std::time::Instant;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::App;
use super::failure::Failure;
use crate::http::{Incoming, detail};
use crate::ktrdr::research::recording::Call;
use crate::ktrdr::store::{Connection, executions, experiments};
use crate::time;

/// The header with an experiment's id.
pub(super) const EXPERIMENT: &str = "X-Experiment-ID";

/// Lets a request through and records it with the experiment it names, if its operation takes one.
/// An unknown experiment is refused before anything is done.
pub(super) async fn record(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some((experiment, operation)) = named(&app, &request) else {
        return next.run(request).await;
    };
    // On a task of its own: a call is recorded also if its caller goes away.
    let call = tokio::spawn(async move {
        call(&app, experiment, operation, request, next)
            .await
            .unwrap_or_else(|response| response)
    });
    match call.await {
        Ok(response) => response,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// The experiment that a request names, and the operation it goes to.
fn named(app: &App, request: &Request) -> Option<(String, String)> {
    let experiment = request.headers().get(EXPERIMENT)?;
    let path = request.extensions().get::<MatchedPath>()?.as_str();
    let method = request.method().as_str();
    let operation = app.inner.contract.taking_header(EXPERIMENT, method, path)?;
    let experiment = String::from_utf8_lossy(experiment.as_bytes());
    Some((experiment.into_owned(), operation.to_owned()))
}

async fn call(
    app: &App,
    experiment: String,
    operation: String,
    request: Request,
    next: Next,
) -> Result<Response, Response> {
    let (begin, executed_at) = (Instant::now(), time::now());
    let id = experiment.clone();
    let known = app.inner.store.read(move |db| experiments::exists(db, &id));
    match known.await {
        Ok(true) => {}
        Ok(false) => return Err(Failure::unknown_experiment(&experiment).into_response()),
        Err(error) => return Err(Failure::from(error).into_response()),
    }
    let (parts, body) = request.into_parts();
    let bytes = Bytes::from_request(Request::from_parts(parts.clone(), body), app).await;
    let bytes = bytes.map_err(|error| detail(error.status(), &error.body_text()))?;
    let again = || Request::from_parts(parts.clone(), Body::from(bytes.clone()));
    let incoming = Incoming::from_request(again(), app).await?;
    let call = Call {
        operation,
        parameters: incoming.parameters(),
        executed_at,
    };
    let (head, body) = next.run(again()).await.into_parts();
    let answer = to_bytes(body, usize::MAX).await.map_err(|error| {
        Failure::Internal(format!("an answer broke off: {error}")).into_response()
    })?;
    let execution = call.answered(head.status.as_u16(), &answer, begin.elapsed());
    let insert = move |db: &Connection| executions::insert(db, &experiment, &execution);
    // The work is done: its answer counts, recorded or not.
    if let Err(error) = app.inner.store.write(insert).await {
        tracing::error!(%error, "cannot record a call of an experiment");
    }
    Ok(Response::from_parts(head, Body::from(answer)))
}

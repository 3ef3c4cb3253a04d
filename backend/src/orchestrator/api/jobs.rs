//! `/jobs`.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use orchestrator_mcp::clients::jobs::{CancelJob, ListJobs};
use orchestrator_mcp::models;
use serde::Deserialize;
use serde_json::Value;

use super::App;
use super::failure::Failure;
use crate::contract::Checked;
use crate::http::Incoming;
use crate::orchestrator::references::{self, Reference};
use crate::orchestrator::store::jobs::{self as store, Cancelled, Inserted, Key, NewJob};
use crate::orchestrator::store::{Connection, Cursor, JobStatus, Result as Stored, artifacts};
use crate::orchestrator::wire;

/// How many are on a page that does not say it.
pub(super) const PAGE: i64 = 50;
const PRIORITY: i64 = 5;

#[derive(Deserialize)]
struct Path {
    job_id: String,
}

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/jobs", get(list).post(submit))
        .route("/jobs/{job_id}", get(one).delete(cancel))
        .route("/jobs/{job_id}/result", get(result))
        .route("/jobs/{job_id}/progress", put(report))
}

/// The id in the path of a request that was checked, as ids are written.
pub(super) fn job_id(checked: &Checked) -> Result<String, Failure> {
    Ok(checked.path::<Path>()?.job_id.to_lowercase())
}

/// The page that a cursor and a limit ask for.
pub(super) fn page(
    cursor: Option<&String>,
    limit: Option<i64>,
) -> Result<(Option<Cursor>, usize), Failure> {
    let after = cursor.map(|text| text.parse::<Cursor>());
    let after = after.transpose().map_err(|error| {
        Failure::Internal(format!("a cursor that the document lets through: {error}"))
    })?;
    let limit = usize::try_from(limit.unwrap_or(PAGE)).unwrap_or(0);
    Ok((after, limit))
}

/// Puts a job in the queue.
async fn submit(State(app): State<App>, request: Incoming) -> Result<Response, Failure> {
    let checked = request.check(&app, "submitJob")?;
    let body: models::JobSubmission = checked.body()?;
    let key = match checked.header("Idempotency-Key") {
        Some(key) => Some(Key::new(key, &checked.body::<Value>()?)),
        None => None,
    };
    let references = references::find(&body.payload)?;
    let new = NewJob {
        job_type: body.r#type,
        payload: body.payload,
        metadata: body.metadata.unwrap_or_default(),
        priority: body.priority.unwrap_or(PRIORITY),
        timeout_seconds: body.timeout_seconds.unwrap_or(app.inner.timeout_seconds),
        input_artifact_ids: references::ids(&references),
        key,
    };
    let insert = move |db: &Connection| {
        let unknown = unknown(db, &references, &new.input_artifact_ids)?;
        if unknown.is_empty() {
            store::insert(db, &new).map(Ok)
        } else {
            let problems = unknown.into_iter().map(Reference::unknown).collect();
            Ok(Err(Failure::Invalid(problems)))
        }
    };
    match app.inner.store.write(insert).await?? {
        Inserted::New(job) => {
            app.inner.dispatch.wake();
            let place = [(header::LOCATION, format!("/jobs/{}", job.summary.id))];
            Ok((StatusCode::CREATED, place, Json(wire::job(job))).into_response())
        }
        Inserted::Again(job) => Ok(Json(wire::job(job)).into_response()),
        Inserted::KeyTaken(job) => Err(Failure::Conflict(format!(
            "The idempotency key was used for another request: job {job}"
        ))),
    }
}

/// The references to what is not there.
fn unknown<'a>(
    db: &Connection,
    references: &'a [Reference],
    ids: &[String],
) -> Stored<Vec<&'a Reference>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = artifacts::all_of(db, ids)?;
    let is_there = |id: &String| found.iter().any(|artifact| artifact.id == *id);
    Ok(references.iter().filter(|it| !is_there(&it.id)).collect())
}

/// A page of jobs.
async fn list(State(app): State<App>, request: Incoming) -> Result<Json<models::JobList>, Failure> {
    let query: ListJobs = request.check(&app, "listJobs")?.query()?;
    let (after, limit) = page(query.cursor.as_ref(), query.limit)?;
    let filter = store::Filter {
        status: query.status,
        job_type: query.r#type,
        limit,
        after,
    };
    let list = move |db: &Connection| store::list(db, &filter);
    let page = app.inner.store.read(list).await?;
    Ok(Json(models::JobList {
        jobs: page.items.into_iter().map(wire::summary).collect(),
        next_cursor: page.next.map(|cursor| cursor.to_string()),
    }))
}

async fn find(app: &App, id: &str) -> Result<store::Job, Failure> {
    let wanted = id.to_owned();
    let found = app.inner.store.read(move |db| store::get(db, &wanted));
    found.await?.ok_or_else(|| Failure::unknown_job(id))
}

/// One job.
async fn one(State(app): State<App>, request: Incoming) -> Result<Json<models::Job>, Failure> {
    let id = job_id(&request.check(&app, "getJob")?)?;
    Ok(Json(wire::job(find(&app, &id).await?)))
}

/// Cancels a job, and has its service told.
async fn cancel(State(app): State<App>, request: Incoming) -> Result<Json<models::Job>, Failure> {
    let checked = request.check(&app, "cancelJob")?;
    let id = job_id(&checked)?;
    let query: CancelJob = checked.query()?;
    let wanted = id.clone();
    let cancel = move |db: &Connection| store::cancel(db, &wanted, query.reason.as_deref());
    match app.inner.store.write(cancel).await? {
        Cancelled::Now(job) => {
            // One that waits to be sent again may still run where it was.
            app.inner.dispatch.cancelled(&job);
            Ok(Json(wire::job(*job)))
        }
        Cancelled::Ended(status) => Err(Failure::wrong_state("The job has ended", status)),
        Cancelled::Unknown => Err(Failure::unknown_job(&id)),
    }
}

/// What came of a job.
async fn result(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<models::JobResult>, Failure> {
    let id = job_id(&request.check(&app, "getJobResult")?)?;
    let wanted = id.clone();
    let read = move |db: &Connection| {
        let Some(job) = store::get(db, &wanted)? else {
            return Ok(None);
        };
        Ok(Some((job, artifacts::of_job(db, &wanted)?)))
    };
    let found = app.inner.store.read(read).await?;
    let (job, made) = found.ok_or_else(|| Failure::unknown_job(&id))?;
    let status = job.summary.status;
    if !matches!(status, JobStatus::Completed | JobStatus::Failed) {
        return Err(Failure::wrong_state("The job has no result", status));
    }
    Ok(Json(models::JobResult {
        job_id: id,
        status,
        result: job.result,
        error: job.summary.error.map(wire::error),
        artifacts: made.into_iter().map(wire::artifact).collect(),
    }))
}

/// Takes note of how far a job is.
async fn report(State(app): State<App>, request: Incoming) -> Result<StatusCode, Failure> {
    let checked = request.check(&app, "reportProgress")?;
    let id = job_id(&checked)?;
    let body: models::ProgressReport = checked.body()?;
    let wanted = id.clone();
    let report =
        move |db: &Connection| store::progress(db, &wanted, body.percent, body.message.as_deref());
    if app.inner.store.write(report).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    let status = find(&app, &id).await?.summary.status;
    Err(Failure::wrong_state("The job is not running", status))
}

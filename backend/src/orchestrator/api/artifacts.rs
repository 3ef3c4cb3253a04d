//! `/artifacts`.

use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use orchestrator_mcp::clients::artifacts::{GetArtifactDependencies, ListArtifacts};
use orchestrator_mcp::models::{self, GetArtifactDependenciesDirection};
use serde::Deserialize;

use super::App;
use super::failure::Failure;
use super::jobs::{job_id, page};
use super::media;
use crate::contract::{Checked, Problem};
use crate::http::Incoming;
use crate::orchestrator::blobs::{BlobError, Blobs};
use crate::orchestrator::store::artifacts::{self as store, Artifact, NewArtifact};
use crate::orchestrator::store::lineage::{Direction, lineage};
use crate::orchestrator::store::{Connection, Result as Stored, jobs};
use crate::orchestrator::wire;

const DEPTH: i64 = 5;

#[derive(Deserialize)]
struct Path {
    artifact_id: String,
}

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/artifacts", get(list).post(register))
        .route("/artifacts/job/{job_id}", get(of_job))
        .route("/artifacts/{artifact_id}", get(one))
        .route("/artifacts/{artifact_id}/content", get(content))
        .route("/artifacts/{artifact_id}/dependencies", get(dependencies))
}

fn artifact_id(checked: &Checked) -> Result<String, Failure> {
    Ok(checked.path::<Path>()?.artifact_id.to_lowercase())
}

/// Records an artifact.
async fn register(State(app): State<App>, request: Incoming) -> Result<Response, Failure> {
    let body: models::ArtifactRegistration = request.check(&app, "registerArtifact")?.body()?;
    let mut new = NewArtifact {
        name: body.name,
        kind: body.r#type,
        description: body.description,
        storage_location: body.storage_location,
        size_bytes: body.size_bytes,
        checksum: body.checksum,
        tags: body.tags.unwrap_or_default(),
        metadata: body.metadata.unwrap_or_default(),
        job_id: body.job_id.map(|id| id.to_lowercase()),
        service_id: body.service_id,
        dependencies: body.dependencies.unwrap_or_default(),
    };
    new.dependencies
        .iter_mut()
        .for_each(|id| id.make_ascii_lowercase());
    if Blobs::holds(&new.storage_location) {
        let (location, checksum) = (&new.storage_location, new.checksum.as_deref());
        let held = app
            .inner
            .blobs
            .check(location, new.size_bytes, checksum)
            .await;
        let held = held.map_err(unfit)?;
        new.size_bytes = i64::try_from(held.size_bytes).ok();
        new.checksum = Some(held.checksum);
    }
    let insert = move |db: &Connection| {
        let problems = strangers(db, &new)?;
        if problems.is_empty() {
            store::insert(db, &new).map(Ok)
        } else {
            Ok(Err(Failure::Invalid(problems)))
        }
    };
    let artifact = app.inner.store.write(insert).await??;
    let place = [(header::LOCATION, format!("/artifacts/{}", artifact.id))];
    Ok((StatusCode::CREATED, place, Json(wire::artifact(artifact))).into_response())
}

/// What an artifact names that is not there.
fn strangers(db: &Connection, new: &NewArtifact) -> Stored<Vec<Problem>> {
    let mut problems = Vec::new();
    if let Some(job) = &new.job_id
        && jobs::summaries(db, &[job])?.is_empty()
    {
        let message = format!("Job not found: {job}");
        problems.push(Problem::new(["body", "job_id"], &message, "unknown_job"));
    }
    let found = store::all_of(db, &new.dependencies)?;
    for (index, id) in new.dependencies.iter().enumerate() {
        if !found.iter().any(|artifact| artifact.id == *id) {
            problems.push(Problem {
                loc: vec!["body".into(), "dependencies".into(), index.into()],
                msg: format!("Artifact not found: {id}"),
                kind: "unknown_artifact".to_owned(),
            });
        }
    }
    Ok(problems)
}

/// Why an artifact cannot have the content that it names.
fn unfit(error: BlobError) -> Failure {
    match error {
        BlobError::NotHere | BlobError::Corrupt(_) => {
            let at = ["body", "storage_location"];
            Problem::new(at, &format!("{error}"), "content").into()
        }
        other => other.into(),
    }
}

/// A page of artifacts.
async fn list(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<models::ArtifactList>, Failure> {
    let query: ListArtifacts = request.check(&app, "listArtifacts")?.query()?;
    let (after, limit) = page(query.cursor.as_ref(), query.limit)?;
    let filter = store::Filter {
        kind: query.r#type,
        tag: query.tag,
        service_id: query.service_id,
        job_id: query.job_id.map(|id| id.to_lowercase()),
        checksum: query.checksum,
        name: query.name,
        limit,
        after,
    };
    let list = move |db: &Connection| store::list(db, &filter);
    let page = app.inner.store.read(list).await?;
    Ok(Json(models::ArtifactList {
        artifacts: page.items.into_iter().map(wire::artifact).collect(),
        next_cursor: page.next.map(|cursor| cursor.to_string()),
    }))
}

/// The artifacts of a job.
async fn of_job(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<models::JobArtifacts>, Failure> {
    let id = job_id(&request.check(&app, "listJobArtifacts")?)?;
    let wanted = id.clone();
    let read = move |db: &Connection| {
        let is_there = !jobs::summaries(db, &[&wanted])?.is_empty();
        Ok((is_there, store::of_job(db, &wanted)?))
    };
    let (is_there, made) = app.inner.store.read(read).await?;
    if !is_there {
        return Err(Failure::unknown_job(&id));
    }
    Ok(Json(models::JobArtifacts {
        job_id: id,
        artifacts: made.into_iter().map(wire::artifact).collect(),
    }))
}

async fn find(app: &App, id: String) -> Result<Artifact, Failure> {
    let wanted = id.clone();
    let found = app.inner.store.read(move |db| store::get(db, &wanted));
    found.await?.ok_or_else(|| Failure::unknown_artifact(&id))
}

/// One artifact.
async fn one(State(app): State<App>, request: Incoming) -> Result<Json<models::Artifact>, Failure> {
    let id = artifact_id(&request.check(&app, "getArtifact")?)?;
    Ok(Json(wire::artifact(find(&app, id).await?)))
}

/// The content of an artifact.
async fn content(State(app): State<App>, request: Incoming) -> Result<Response, Failure> {
    let id = artifact_id(&request.check(&app, "getArtifactContent")?)?;
    let artifact = find(&app, id).await?;
    let content = match app.inner.blobs.get(&artifact.about).await {
        Ok(content) => content,
        Err(BlobError::NotHere) => {
            return Err(Failure::NotFound(format!(
                "The hub does not hold the content; it is at {}",
                artifact.about.storage_location
            )));
        }
        Err(error @ BlobError::Corrupt(_)) => {
            tracing::error!(artifact = artifact.id, %error, "a stored content is corrupt");
            return Err(Failure::Conflict(format!("The content is lost: {error}")));
        }
        Err(error) => return Err(error.into()),
    };
    let headers = [
        (header::CONTENT_TYPE, media::of(&artifact.about.name)),
        // Somebody made this: a browser should neither guess what it is nor run it.
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "sandbox; default-src 'none'",
        ),
    ];
    let size = [(header::CONTENT_LENGTH, content.size_bytes)];
    Ok((headers, size, Body::from_stream(content.bytes)).into_response())
}

/// Where an artifact comes from and what came of it.
async fn dependencies(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<models::Lineage>, Failure> {
    let checked = request.check(&app, "getArtifactDependencies")?;
    let id = artifact_id(&checked)?;
    let query: GetArtifactDependencies = checked.query()?;
    let direction = match query.direction {
        Some(GetArtifactDependenciesDirection::Upstream) => Direction::Upstream,
        Some(GetArtifactDependenciesDirection::Downstream) => Direction::Downstream,
        Some(GetArtifactDependenciesDirection::Both) | None => Direction::Both,
    };
    let (wanted, depth) = (id.clone(), query.depth.unwrap_or(DEPTH));
    let read = move |db: &Connection| lineage(db, &wanted, direction, depth);
    let found = app.inner.store.read(read).await?;
    let found = found.ok_or_else(|| Failure::unknown_artifact(&id))?;
    Ok(Json(wire::lineage(id, found)))
}

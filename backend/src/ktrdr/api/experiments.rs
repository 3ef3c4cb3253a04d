//! `/api/v1/experiments`.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use ktrdr_mcp::clients::experiments::{ListExecutions, ListExperiments};
use ktrdr_mcp::models::{
    Execution, ExecutionListResponse, Experiment, ExperimentCreateRequest, ExperimentListResponse,
    ExperimentResponse, ExperimentUpdateRequest,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::App;
use super::failure::Failure;
use super::request::words;
use crate::contract::Problem;
use crate::http::Incoming;
use crate::ktrdr::research::experiments;
use crate::ktrdr::store::{Connection, executions, experiments as store};
use crate::time;

/// Bytes of JSON that an object of an experiment may take.
const OBJECT: usize = 64 * 1024;

#[derive(Deserialize)]
struct Path {
    experiment_id: String,
}

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/experiments", get(list).post(create))
        .route(
            "/api/v1/experiments/{experiment_id}",
            get(one).patch(update),
        )
        .route(
            "/api/v1/experiments/{experiment_id}/executions",
            get(list_executions),
        )
}

/// Opens an experiment.
async fn create(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<ExperimentResponse>, Failure> {
    let body: ExperimentCreateRequest = request.check(&app, "createExperiment")?.body()?;
    bounded([("parameters", body.parameters.as_ref())])?;
    let experiment = experiments::create(body, time::now());
    let added = experiment.clone();
    let insert = move |db: &Connection| store::insert(db, &added);
    app.inner.store.write(insert).await?;
    Ok(response(experiment))
}

/// A page of experiments.
async fn list(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<ExperimentListResponse>, Failure> {
    let query: ListExperiments = request.check(&app, "listExperiments")?.query()?;
    let filter = store::Filter {
        status: query.status,
        tags: query.tags.unwrap_or_default(),
        question: words(query.q)?,
        limit: query.limit.unwrap_or(20),
        offset: query.offset.unwrap_or(0),
    };
    let list = move |db: &Connection| store::list(db, &filter);
    let (page, total) = app.inner.store.read(list).await?;
    let data: Vec<Experiment> = page.into_iter().map(model).collect();
    Ok(Json(ExperimentListResponse {
        success: true,
        returned_count: data.len() as i64,
        data,
        total_count: total,
    }))
}

/// One experiment.
async fn one(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<ExperimentResponse>, Failure> {
    let path: Path = request.check(&app, "getExperiment")?.path()?;
    let id = path.experiment_id.clone();
    let found = app.inner.store.read(move |db| store::get(db, &id)).await?;
    found
        .map(response)
        .ok_or_else(|| Failure::unknown_experiment(&path.experiment_id))
}

/// Changes an experiment.
async fn update(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<ExperimentResponse>, Failure> {
    let checked = request.check(&app, "updateExperiment")?;
    let path: Path = checked.path()?;
    let body: ExperimentUpdateRequest = checked.body()?;
    bounded([
        ("parameters", body.parameters.as_ref()),
        ("results", body.results.value()),
    ])?;
    let id = path.experiment_id.clone();
    let change = move |db: &Connection| {
        let Some(experiment) = store::get(db, &id)? else {
            return Ok(None);
        };
        let changed = experiments::change(experiment, body, time::now());
        if let Ok(experiment) = &changed {
            store::update(db, experiment)?;
        }
        Ok(Some(changed))
    };
    match app.inner.store.write(change).await? {
        Some(Ok(experiment)) => Ok(response(experiment)),
        Some(Err(status)) => Err(Failure::Conflict(format!(
            "Experiment has ended (status: {}); reopen it with status active to change it",
            status.as_str()
        ))),
        None => Err(Failure::unknown_experiment(&path.experiment_id)),
    }
}

/// A page of what was called for an experiment.
async fn list_executions(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<ExecutionListResponse>, Failure> {
    let checked = request.check(&app, "listExecutions")?;
    let path: Path = checked.path()?;
    let query: ListExecutions = checked.query()?;
    let (limit, offset) = (query.limit.unwrap_or(20), query.offset.unwrap_or(0));
    let id = path.experiment_id.clone();
    let list = move |db: &Connection| {
        if !store::exists(db, &id)? {
            return Ok(None);
        }
        executions::list(db, &id, limit, offset).map(Some)
    };
    let Some((page, total)) = app.inner.store.read(list).await? else {
        return Err(Failure::unknown_experiment(&path.experiment_id));
    };
    let data: Vec<Execution> = page.into_iter().map(execution).collect();
    Ok(Json(ExecutionListResponse {
        success: true,
        returned_count: data.len() as i64,
        data,
        total_count: total,
    }))
}

/// Refuses objects of a body that are too large to keep.
fn bounded<const N: usize>(
    objects: [(&str, Option<&Map<String, Value>>); N],
) -> Result<(), Failure> {
    for (name, object) in objects {
        let size = serde_json::to_string(&object)?.len();
        if size > OBJECT {
            let message =
                format!("Object should have at most {OBJECT} bytes as JSON, it has {size}");
            return Err(Problem::new(["body", name], &message, "too_long").into());
        }
    }
    Ok(())
}

fn response(experiment: store::Experiment) -> Json<ExperimentResponse> {
    Json(ExperimentResponse {
        success: true,
        data: model(experiment),
    })
}

fn model(experiment: store::Experiment) -> Experiment {
    Experiment {
        experiment_id: experiment.id,
        name: experiment.name,
        hypothesis: experiment.hypothesis,
        status: experiment.status,
        parameters: experiment.parameters,
        results: experiment.results,
        notes: experiment.notes,
        tags: experiment.tags,
        started_at: time::format(experiment.started_at),
        ended_at: experiment.ended_at.map(time::format),
        execution_count: experiment.executions,
        insight_count: experiment.insights,
    }
}

fn execution(execution: executions::Execution) -> Execution {
    Execution {
        operation: execution.operation,
        parameters: execution.parameters,
        parameters_cut: execution.parameters_cut,
        status_code: execution.status_code.into(),
        error: execution.error,
        operation_id: execution.operation_id,
        executed_at: time::format(execution.executed_at),
        duration_ms: execution.duration_ms,
    }
}

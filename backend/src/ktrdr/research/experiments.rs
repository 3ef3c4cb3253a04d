//! The life of an experiment: active until it is completed or abandoned; then it is final until it
//! is reopened.

use ktrdr_mcp::models::{ExperimentCreateRequest, ExperimentUpdateRequest};
use toolwright_runtime::Nullable;

use super::{distinct, new_id};
use crate::ktrdr::kinds::ExperimentStatus;
use crate::ktrdr::store::experiments::Experiment;

/// A new experiment.
pub fn create(request: ExperimentCreateRequest, now: i64) -> Experiment {
    Experiment {
        id: new_id("exp", now),
        name: request.name,
        hypothesis: request.hypothesis.into_value(),
        status: ExperimentStatus::Active,
        parameters: request.parameters.unwrap_or_default(),
        results: None,
        notes: None,
        tags: distinct(request.tags),
        started_at: now,
        ended_at: None,
        executions: 0,
        insights: 0,
    }
}

/// The experiment as it is after a change. An ended one that is not reopened is told by its state.
pub fn change(
    mut experiment: Experiment,
    change: ExperimentUpdateRequest,
    now: i64,
) -> Result<Experiment, ExperimentStatus> {
    if experiment.status != ExperimentStatus::Active
        && change.status != Some(ExperimentStatus::Active)
    {
        return Err(experiment.status);
    }
    if let Some(status) = change.status {
        experiment.status = status;
        experiment.ended_at = (status != ExperimentStatus::Active).then_some(now);
    }
    if let Some(name) = change.name {
        experiment.name = name;
    }
    if let Some(parameters) = change.parameters {
        experiment.parameters = parameters;
    }
    if change.tags.is_some() {
        experiment.tags = distinct(change.tags);
    }
    set(&mut experiment.hypothesis, change.hypothesis);
    set(&mut experiment.results, change.results);
    set(&mut experiment.notes, change.notes);
    Ok(experiment)
}

fn set<T>(field: &mut Option<T>, change: Nullable<T>) {
    if !change.is_absent() {
        *field = change.into_value();
    }
}

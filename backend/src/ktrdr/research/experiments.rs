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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn changed(
        experiment: &Experiment,
        body: serde_json::Value,
    ) -> Result<Experiment, ExperimentStatus> {
        let request = serde_json::from_value(body).unwrap();
        change(experiment.clone(), request, 9)
    }

    #[test]
    fn what_is_left_out_stays_and_null_removes() {
        let body = json!({ "name": "n", "hypothesis": "h", "tags": ["b", "a", "b"] });
        let new = create(serde_json::from_value(body).unwrap(), 1);
        assert_eq!(new.tags, ["b", "a"]);
        let same = changed(&new, json!({ "notes": "x" })).unwrap();
        assert_eq!(
            same,
            Experiment {
                notes: Some("x".to_owned()),
                ..new.clone()
            }
        );
        assert_eq!(
            changed(&same, json!({ "hypothesis": null }))
                .unwrap()
                .hypothesis,
            None
        );
        assert_eq!(changed(&same, json!({ "notes": null })).unwrap(), new);
    }

    #[test]
    fn an_ended_experiment_has_to_be_reopened() {
        let new = create(serde_json::from_value(json!({ "name": "n" })).unwrap(), 1);
        let ended = changed(&new, json!({ "status": "abandoned" })).unwrap();
        assert_eq!(ended.ended_at, Some(9));
        assert_eq!(
            changed(&ended, json!({ "status": "completed" })),
            Err(ExperimentStatus::Abandoned)
        );
        assert_eq!(changed(&ended, json!({ "status": "active" })).unwrap(), new);
    }
}

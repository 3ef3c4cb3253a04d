//! What a service is told of a job.

use serde_json::{Map, Value, json};

use crate::orchestrator::store::artifacts::Artifact;
use crate::orchestrator::store::jobs::Job;
use crate::orchestrator::wire;

/// The body of `POST /execute`.
pub(super) fn body(job: &Job, artifacts: Vec<Artifact>, hub_url: &str) -> Value {
    let artifacts: Map<String, Value> = artifacts
        .into_iter()
        .map(|artifact| (artifact.id.clone(), json!(wire::artifact(artifact))))
        .collect();
    json!({
        "job_id": job.summary.id,
        "type": job.summary.job_type,
        "payload": job.payload,
        "metadata": job.metadata,
        "attempt": job.summary.attempts,
        "artifacts": artifacts,
        "hub_url": hub_url,
    })
}

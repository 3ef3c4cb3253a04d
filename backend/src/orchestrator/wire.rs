//! What the store holds, as the API says it.

use orchestrator_mcp::models;

use super::store::artifacts::Artifact;
use super::store::jobs::{Failure, Job, Summary};
use super::store::lineage::Lineage;
use super::store::services::Service;
use crate::time;

/// A job.
pub fn job(job: Job) -> models::Job {
    let summary = summary(job.summary.clone());
    models::Job {
        job_id: summary.job_id,
        r#type: summary.r#type,
        status: summary.status,
        payload: job.payload,
        metadata: job.metadata,
        priority: summary.priority,
        timeout_seconds: job.summary.timeout_seconds,
        progress: summary.progress,
        attempts: summary.attempts,
        service_id: summary.service_id,
        error: summary.error,
        result: job.result,
        input_artifact_ids: job.input_artifact_ids,
        artifact_ids: job.artifact_ids,
        created_at: summary.created_at,
        started_at: summary.started_at,
        completed_at: summary.completed_at,
    }
}

/// A job without its payload and result.
pub fn summary(job: Summary) -> models::JobSummary {
    models::JobSummary {
        job_id: job.id,
        r#type: job.job_type,
        status: job.status,
        priority: job.priority,
        progress: models::Progress {
            percent: job.percent,
            message: job.message,
        },
        attempts: job.attempts,
        service_id: job.service_id,
        error: job.error.map(error),
        created_at: time::format(job.created_at),
        started_at: job.started_at.map(time::format),
        completed_at: job.completed_at.map(time::format),
    }
}

/// Why a job failed.
pub fn error(failure: Failure) -> models::JobError {
    models::JobError {
        kind: failure.kind,
        message: failure.message,
    }
}

/// An artifact.
pub fn artifact(artifact: Artifact) -> models::Artifact {
    let about = artifact.about;
    models::Artifact {
        artifact_id: artifact.id,
        name: about.name,
        r#type: about.kind,
        description: about.description,
        storage_location: about.storage_location,
        size_bytes: about.size_bytes,
        checksum: about.checksum,
        tags: about.tags,
        metadata: about.metadata,
        job_id: about.job_id,
        service_id: about.service_id,
        dependencies: about.dependencies,
        created_at: time::format(artifact.created_at),
    }
}

/// The lineage of an artifact.
pub fn lineage(id: String, lineage: Lineage) -> models::Lineage {
    let node = |(it, depth)| models::LineageNode {
        artifact: artifact(it),
        depth,
    };
    let edge = |(from, to)| models::LineageEdge { from, to };
    models::Lineage {
        artifact_id: id,
        nodes: lineage.nodes.into_iter().map(node).collect(),
        edges: lineage.edges.into_iter().map(edge).collect(),
        jobs: lineage.jobs.into_iter().map(summary).collect(),
        truncated: lineage.truncated,
    }
}

/// A service.
pub fn service(service: Service) -> models::Service {
    models::Service {
        service_id: service.id,
        name: service.name,
        job_type: service.job_type,
        url: service.url,
        capacity: service.capacity,
        resumable: service.resumable,
        status: service.status,
        running: service.running,
        registered_at: time::format(service.registered_at),
        checked_at: service.checked_at.map(time::format),
    }
}

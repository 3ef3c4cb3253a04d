//! What the store holds, as the API says it.

use orchestrator_mcp::models;

use super::store::ArtifactType;
use super::store::artifacts::Artifact;
use crate::time;

/// An artifact.
pub fn artifact(artifact: Artifact) -> models::Artifact {
    models::Artifact {
        artifact_id: artifact.id,
        name: artifact.name,
        r#type: artifact_type(artifact.kind),
        description: artifact.description,
        storage_location: artifact.storage_location,
        size_bytes: artifact.size_bytes,
        checksum: artifact.checksum,
        tags: artifact.tags,
        metadata: artifact.metadata,
        job_id: artifact.job_id,
        service_id: artifact.service_id,
        dependencies: artifact.dependencies,
        created_at: time::format(artifact.created_at),
    }
}

/// What an artifact is.
pub fn artifact_type(kind: ArtifactType) -> models::ArtifactType {
    match kind {
        ArtifactType::Model => models::ArtifactType::Model,
        ArtifactType::Plot => models::ArtifactType::Plot,
        ArtifactType::Report => models::ArtifactType::Report,
        ArtifactType::Log => models::ArtifactType::Log,
        ArtifactType::Metrics => models::ArtifactType::Metrics,
        ArtifactType::Data => models::ArtifactType::Data,
        ArtifactType::Config => models::ArtifactType::Config,
        ArtifactType::Other => models::ArtifactType::Other,
    }
}

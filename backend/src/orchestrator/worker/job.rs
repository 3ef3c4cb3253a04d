//! What a hub sends to be executed, and what it is answered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// A job that is to be executed.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Job {
    #[serde(deserialize_with = "uuid")]
    pub(super) job_id: Uuid,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) payload: Value,
    /// The artifacts that the payload refers to, by id.
    #[serde(default)]
    pub(super) artifacts: BTreeMap<String, Artifact>,
    /// Where the hub is that sends it.
    #[serde(default)]
    pub(super) hub_url: Option<String>,
}

/// What a hub knows of an artifact, as far as it matters here.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Artifact {
    pub(super) artifact_id: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) size_bytes: Option<u64>,
    #[serde(default)]
    pub(super) checksum: Option<String>,
}

/// How a job has ended here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) status: Status,
    pub(super) result: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    pub(super) artifacts: Vec<Stored>,
}

/// Whether a job was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Completed,
    Failed,
}

/// An artifact whose content the hub has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Stored {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) description: String,
    pub(super) storage_location: String,
    pub(super) size_bytes: u64,
    pub(super) checksum: String,
    pub(super) tags: Vec<String>,
    pub(super) metadata: Map<String, Value>,
}

impl Answer {
    /// That of a job that failed.
    pub(super) fn failed(error: impl Into<String>) -> Self {
        Self {
            status: Status::Failed,
            result: Map::new(),
            error: Some(error.into()),
            artifacts: Vec::new(),
        }
    }
}

fn uuid<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Uuid, D::Error> {
    let text = String::deserialize(value)?;
    Uuid::try_parse(&text).map_err(|_| serde::de::Error::custom("job_id is no UUID"))
}

//! Databases for tests of the orchestrator, and what they are filled with.

use serde_json::{Map, Value, json};

use super::artifacts::NewArtifact;
use super::jobs::{self, Inserted, Job, NewJob};
use super::services::{self, NewService, Service};
use super::{ArtifactType, SCHEMA, Store};
use crate::db::testing::{self, Database};

/// An empty database that outlives its [`Store`].
pub(crate) fn database() -> Database {
    Database::new(&SCHEMA)
}

/// An empty store; with SQLite in memory.
pub(crate) fn store() -> Store {
    testing::store(&SCHEMA)
}

/// A job to be run.
pub(crate) fn new_job(job_type: &str) -> NewJob {
    NewJob {
        job_type: job_type.to_owned(),
        payload: object(json!({ "epochs": 3 })),
        metadata: Map::new(),
        priority: 5,
        timeout_seconds: 60,
        input_artifact_ids: Vec::new(),
        key: None,
    }
}

/// Submits a job, which has to be new.
pub(crate) fn submit(store: &Store, new: &NewJob) -> Job {
    match store.write_now(|db| jobs::insert(db, new)).unwrap() {
        Inserted::New(job) => job,
        other => panic!("{other:?}"),
    }
}

/// An artifact to record.
pub(crate) fn new_artifact(name: &str) -> NewArtifact {
    NewArtifact {
        name: name.to_owned(),
        kind: ArtifactType::Model,
        description: None,
        storage_location: format!("/elsewhere/{name}"),
        size_bytes: None,
        checksum: None,
        tags: Vec::new(),
        metadata: Map::new(),
        job_id: None,
        service_id: None,
        dependencies: Vec::new(),
    }
}

/// Registers a service with this capacity.
pub(crate) fn service(store: &Store, url: &str, job_type: &str, capacity: i64) -> Service {
    let new = NewService {
        name: url.to_owned(),
        job_type: job_type.to_owned(),
        url: url.to_owned(),
        capacity,
        resumable: true,
    };
    store
        .write_now(|db| services::register(db, &new))
        .unwrap()
        .0
}

/// The fields of an object.
pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        other => panic!("{other} is no object"),
    }
}

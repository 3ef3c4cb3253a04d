//! Jobs on their way in.

use serde_json::{Map, Value};

use super::{Connection, Job, JobStatus, Key, Result, Summary, get, json, params};
use crate::orchestrator::store::{Error, new_id};

/// A job to be run.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJob {
    /// What kind of work it is.
    pub job_type: String,
    /// What the service is to do.
    pub payload: Map<String, Value>,
    /// Notes of the caller.
    pub metadata: Map<String, Value>,
    /// From 0 to 9; the highest first.
    pub priority: i64,
    /// How long it may run.
    pub timeout_seconds: i64,
    /// Artifacts that the payload refers to.
    pub input_artifact_ids: Vec<String>,
    /// What makes the same request, sent again, the same job.
    pub key: Option<Key>,
}

/// What became of a submission.
#[derive(Clone, Debug, PartialEq)]
pub enum Inserted {
    /// A new job.
    New(Job),
    /// The job that the same request with this key made before.
    Again(Job),
    /// Another request had this key; the id of its job.
    KeyTaken(String),
}

/// Adds a job to the queue.
pub fn insert(db: &Connection, new: &NewJob) -> Result<Inserted> {
    let id = new_id();
    let now = db.now()?;
    let key = new.key.as_ref();
    // Of two with the same key at once the second one waits for the first here.
    let added = db.execute(
        "INSERT INTO jobs (job_id, type, status, payload, metadata, inputs, priority, timeout_seconds,
             idempotency_key, request_digest, available_at, created_at)
         VALUES (?1, ?2, 'pending', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)
         ON CONFLICT (idempotency_key) DO NOTHING",
        &params![
            id,
            new.job_type,
            json(&new.payload),
            json(&new.metadata),
            json(&new.input_artifact_ids),
            new.priority,
            new.timeout_seconds,
            key.map(|key| &key.key),
            key.map(|key| &key.digest),
            now,
        ],
    )?;
    match key.filter(|_| added == 0) {
        None => Ok(Inserted::New(submitted(id, new, now))),
        Some(key) => known(db, key),
    }
}

/// A job as it is in the beginning.
fn submitted(id: String, new: &NewJob, now: i64) -> Job {
    let new = new.clone();
    Job {
        summary: Summary {
            id,
            job_type: new.job_type,
            status: JobStatus::Pending,
            priority: new.priority,
            timeout_seconds: new.timeout_seconds,
            percent: 0.0,
            message: None,
            attempts: 0,
            service_id: None,
            error: None,
            created_at: now,
            started_at: None,
            completed_at: None,
        },
        payload: new.payload,
        metadata: new.metadata,
        result: None,
        input_artifact_ids: new.input_artifact_ids,
        artifact_ids: Vec::new(),
    }
}

/// The job of a key that is taken.
fn known(db: &Connection, key: &Key) -> Result<Inserted> {
    let (id, digest): (String, String) = db.query_one(
        "SELECT job_id, request_digest FROM jobs WHERE idempotency_key = ?1",
        &params![key.key],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    if digest == key.digest {
        get(db, &id)?.map(Inserted::Again).ok_or(Error::NoRow)
    } else {
        Ok(Inserted::KeyTaken(id))
    }
}

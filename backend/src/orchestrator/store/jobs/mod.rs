//! Jobs in the database, and the queue that they are.

mod assign;
mod claim;
mod end;
mod key;
mod submit;
#[cfg(test)]
mod tests;

pub use assign::{Assigned, Assignment, assign_service, assign_services};
pub use claim::{Claimed, Renewed, claim, expire, release, renew};
pub use end::{Cancelled, Outcome, TELLING, cancel, finish, progress, told, untold};
pub use key::Key;
use serde_json::{Map, Value};
pub use submit::{Inserted, NewJob, insert};

use super::page::{self, Cursor, Page};
use super::{
    Conditions, Connection, JobErrorKind, JobStatus, Result, Row, among, ids, json, optional,
    params, parsed, word,
};

/// Why a job failed.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// What went wrong, as a kind.
    pub kind: JobErrorKind,
    /// And in words.
    pub message: String,
}

/// A job without what it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Its id.
    pub id: String,
    /// What kind of work it is.
    pub job_type: String,
    /// Its state.
    pub status: JobStatus,
    /// From 0 to 9; the highest first.
    pub priority: i64,
    /// How long it may run.
    pub timeout_seconds: i64,
    /// From 0 to 100.
    pub percent: f64,
    /// What is being done, or why it was cancelled.
    pub message: Option<String>,
    /// How often it was sent to a service; those that were too busy do not count.
    pub attempts: i64,
    /// The service that runs it or was given it last.
    pub service_id: Option<String>,
    /// Why it failed.
    pub error: Option<Failure>,
    /// When it was submitted.
    pub created_at: i64,
    /// When a service was first given it.
    pub started_at: Option<i64>,
    /// When it ended.
    pub completed_at: Option<i64>,
}

/// A job.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// What lists show of it.
    pub summary: Summary,
    /// What the service is to do.
    pub payload: Map<String, Value>,
    /// Notes of the caller.
    pub metadata: Map<String, Value>,
    /// What the service answered.
    pub result: Option<Map<String, Value>>,
    /// Artifacts that the payload refers to.
    pub input_artifact_ids: Vec<String>,
    /// Artifacts that it has made.
    pub artifact_ids: Vec<String>,
}

/// Which jobs to list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Only in this state.
    pub status: Option<JobStatus>,
    /// Only of this type.
    pub job_type: Option<String>,
    /// How many at most.
    pub limit: usize,
    /// The page before.
    pub after: Option<Cursor>,
}

const SUMMARY: &str =
    "job_id, type, status, priority, timeout_seconds, percent, message, attempts, service_id,
    error_kind, error_message, created_at, started_at, completed_at";
const SUMMARY_WIDTH: usize = 14;
const REST: &str = "payload, metadata, inputs, result,
    (SELECT string_agg(artifact_id, ',' ORDER BY artifacts.seq) FROM artifacts
     WHERE artifacts.job_id = jobs.job_id)";

/// The job of an id.
pub fn get(db: &Connection, id: &str) -> Result<Option<Job>> {
    let sql = format!("SELECT {SUMMARY}, {REST} FROM jobs WHERE job_id = ?1");
    db.query_optional(&sql, &params![id], job)
}

/// A page of jobs, newest first.
pub fn list(db: &Connection, filter: &Filter) -> Result<Page<Summary>> {
    let mut conditions = Conditions::default();
    conditions.add_some("status = ?", filter.status.map(JobStatus::as_str));
    conditions.add_some("type = ?", filter.job_type.as_deref());
    page::page(
        db,
        ("jobs", SUMMARY, SUMMARY_WIDTH),
        conditions,
        filter.after,
        filter.limit,
        summary,
    )
}

/// The jobs of these ids, oldest first; unknown ids are left out.
pub fn summaries(db: &Connection, ids: &[&str]) -> Result<Vec<Summary>> {
    let (among, values) = among(ids);
    let sql = format!("SELECT {SUMMARY} FROM jobs WHERE job_id IN ({among}) ORDER BY seq");
    db.query(&sql, &values, summary)
}

/// How many jobs have not ended, by type and state.
pub fn active(db: &Connection) -> Result<Vec<(String, JobStatus, i64)>> {
    db.query(
        "SELECT type, 'pending', count(*) FROM jobs WHERE status = 'pending' GROUP BY type
         UNION ALL
         SELECT type, 'running', count(*) FROM jobs WHERE status = 'running' GROUP BY type
         ORDER BY 1, 2",
        &[],
        |row| Ok((row.get(0)?, word(row, 1)?, row.get(2)?)),
    )
}

fn summary(row: &Row<'_>) -> Result<Summary> {
    let error = match row.get::<Option<&str>>(9)? {
        None => None,
        Some(_) => Some(Failure {
            kind: word(row, 9)?,
            message: row.get(10)?,
        }),
    };
    Ok(Summary {
        id: row.get(0)?,
        job_type: row.get(1)?,
        status: word(row, 2)?,
        priority: row.get(3)?,
        timeout_seconds: row.get(4)?,
        percent: row.get(5)?,
        message: row.get(6)?,
        attempts: row.get(7)?,
        service_id: row.get(8)?,
        error,
        created_at: row.get(11)?,
        started_at: row.get(12)?,
        completed_at: row.get(13)?,
    })
}

fn job(row: &Row<'_>) -> Result<Job> {
    Ok(Job {
        summary: summary(row)?,
        payload: parsed(row, SUMMARY_WIDTH)?,
        metadata: parsed(row, SUMMARY_WIDTH + 1)?,
        input_artifact_ids: parsed(row, SUMMARY_WIDTH + 2)?,
        result: optional(row, SUMMARY_WIDTH + 3)?,
        artifact_ids: ids(row, SUMMARY_WIDTH + 4)?,
    })
}

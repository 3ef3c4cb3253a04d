//! How jobs go on and end.

use std::time::Duration;

use serde_json::{Map, Value};

use super::claim::millis;
use super::{Connection, Failure, Job, JobStatus, Result, get, json, params, word};
use crate::orchestrator::store::artifacts::{self, NewArtifact};

/// What came of a job that was not cancelled.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
    /// What the service answered.
    pub result: Option<Map<String, Value>>,
}

/// What became of the wish to cancel a job.
#[derive(Clone, Debug, PartialEq)]
pub enum Cancelled {
    /// The job, cancelled now. Its service has to be told.
    Now(Box<Job>),
    /// It had ended like this.
    Ended(JobStatus),
    /// There is no such job.
    Unknown,
}

/// Ends a job together with what it has made. Answers false, and changes nothing, if it is not running or
/// not this hub's any more. A failing artifact takes everything back.
pub fn finish(
    db: &Connection,
    id: &str,
    hub: &str,
    outcome: &Outcome,
    made: &[NewArtifact],
) -> Result<bool> {
    let failure = outcome.failure.as_ref();
    let status = if failure.is_some() {
        JobStatus::Failed
    } else {
        JobStatus::Completed
    };
    let ended = db.execute(
        "UPDATE jobs SET status = ?1, error_kind = ?2, error_message = ?3, result = ?4, completed_at = ?5,
             percent = CASE ?1 WHEN 'completed' THEN 100 ELSE percent END,
             hub_id = NULL, lease_until = NULL
         WHERE job_id = ?6 AND status = 'running' AND hub_id = ?7",
        &params![
            status.as_str(),
            failure.map(|it| it.kind.as_str()),
            failure.map(|it| &it.message),
            outcome.result.as_ref().map(json),
            db.now()?,
            id,
            hub,
        ],
    )?;
    if ended == 0 {
        return Ok(false);
    }
    for artifact in made {
        let artifact = NewArtifact {
            job_id: Some(id.to_owned()),
            ..artifact.clone()
        };
        artifacts::insert(db, &artifact)?;
    }
    Ok(true)
}

/// How long a hub may take to tell a service of a cancellation, before another one does.
pub const TELLING: Duration = Duration::from_secs(60);

/// Cancels a job that has not ended. The service that may have it is still to be told, by this hub or, should
/// it not live to do so, by the next.
pub fn cancel(db: &Connection, id: &str, reason: Option<&str>) -> Result<Cancelled> {
    let sql = format!(
        "SELECT status FROM jobs WHERE job_id = ?1 {}",
        db.dialect().for_update()
    );
    match db.query_optional(&sql, &params![id], |row| word(row, 0))? {
        None => return Ok(Cancelled::Unknown),
        Some(JobStatus::Pending | JobStatus::Running) => {}
        Some(status) => return Ok(Cancelled::Ended(status)),
    }
    let now = db.now()?;
    db.execute(
        "UPDATE jobs SET status = 'cancelled', message = coalesce(?1, message), completed_at = ?2,
             hub_id = NULL, lease_until = CASE WHEN service_id IS NOT NULL THEN CAST(?3 AS BIGINT) END
         WHERE job_id = ?4",
        &params![reason, now, now.saturating_add(millis(TELLING)), id],
    )?;
    Ok(match get(db, id)? {
        Some(job) => Cancelled::Now(Box::new(job)),
        None => Cancelled::Unknown,
    })
}

/// Takes over the cancelled jobs of which a hub should have told the service by now, and has not. Answers them.
pub fn untold(db: &Connection) -> Result<Vec<String>> {
    let now = db.now()?;
    db.query(
        "UPDATE jobs SET lease_until = ?1 WHERE status = 'cancelled' AND lease_until <= ?2 RETURNING job_id",
        &params![now.saturating_add(millis(TELLING)), now],
        |row| row.get(0),
    )
}

/// Takes note that nothing is left to be told of a cancelled job.
pub fn told(db: &Connection, id: &str) -> Result<()> {
    db.execute(
        "UPDATE jobs SET lease_until = NULL WHERE job_id = ?1 AND status = 'cancelled'",
        &params![id],
    )
    .map(drop)
}

/// Says how far a job is; without a message the one before stays. Answers whether it is running.
pub fn progress(db: &Connection, id: &str, percent: f64, message: Option<&str>) -> Result<bool> {
    db.execute(
        "UPDATE jobs SET percent = ?1, message = coalesce(?2, message)
         WHERE job_id = ?3 AND status = 'running'",
        &params![percent, message, id],
    )
    .map(|rows| rows == 1)
}

//! Hubs share the queue: each claims jobs for so long (a lease) and renews what it still waits for. A job
//! whose lease has ended is claimed by another hub, or by the same one.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::{Conditions, Connection, JobStatus, REST, Result, SUMMARY, among, job, params};
use crate::db::word;
use crate::orchestrator::store::jobs::Job;

/// A job that this hub has to see to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Claimed {
    /// The job. Its service is the one that has it, or was given it last and lost it.
    pub job: Job,
    /// Whether a hub was running it before.
    pub resumed: bool,
}

/// What is left of the jobs that a hub runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Renewed {
    /// Still this hub's.
    pub ours: BTreeSet<String>,
    /// Cancelled meanwhile.
    pub cancelled: Vec<String>,
    /// Another hub's by now, or ended.
    pub lost: Vec<String>,
}

/// Claims up to `most` jobs for a hub.
///
/// First those that a hub has left running, then those that wait: only of types that have `room`, as many
/// of each as that, the highest priority and then the oldest first. What was left running and is of a type
/// without an entry in `room` is claimed all the same, for nobody else may see to its end.
pub fn claim(
    db: &Connection,
    hub: &str,
    lease: Duration,
    room: &BTreeMap<String, usize>,
    most: usize,
) -> Result<Vec<Claimed>> {
    let now = db.now()?;
    let mut room = room.clone();
    let mut claimed = abandoned(db, now, &mut room, most)?;
    claimed.extend(waiting(db, now, &room, most - claimed.len())?);
    if claimed.is_empty() {
        return Ok(claimed);
    }
    let lease_until = now.saturating_add(millis(lease));
    let ids: Vec<_> = claimed.iter().map(|it| &it.job.summary.id).collect();
    let (among, ids) = among(&ids);
    let values = [&params![hub, lease_until], ids.as_slice()].concat();
    let sql = format!(
        "UPDATE jobs SET
             attempts = CASE status WHEN 'running' THEN attempts ELSE attempts + 1 END,
             status = 'running', hub_id = ?1, lease_until = ?2
         WHERE job_id IN ({among})"
    );
    db.execute(&sql, &values)?;
    for it in &mut claimed {
        let summary = &mut it.job.summary;
        if !it.resumed {
            summary.attempts += 1;
        }
        summary.status = JobStatus::Running;
    }
    Ok(claimed)
}

/// Jobs whose leases have ended, and takes them out of the room that there is.
fn abandoned(
    db: &Connection,
    now: i64,
    room: &mut BTreeMap<String, usize>,
    most: usize,
) -> Result<Vec<Claimed>> {
    let mut conditions = Conditions::default();
    conditions.add("status = 'running' AND lease_until <= ?", now);
    for (job_type, _) in room.iter().filter(|(_, room)| **room == 0) {
        conditions.add("type <> ?", job_type.as_str());
    }
    let mut jobs = locked(db, conditions, "lease_until, seq", most)?;
    jobs.retain(|job| match room.get_mut(&job.summary.job_type) {
        Some(0) => false,
        Some(left) => {
            *left -= 1;
            true
        }
        None => true,
    });
    Ok(claims(jobs, true).collect())
}

/// Jobs that wait and are due.
fn waiting(
    db: &Connection,
    now: i64,
    room: &BTreeMap<String, usize>,
    most: usize,
) -> Result<Vec<Claimed>> {
    let mut jobs = Vec::new();
    for (job_type, room) in room {
        let limit = most.min(*room);
        if limit > 0 {
            let mut conditions = Conditions::default();
            conditions.add("status = 'pending' AND type = ?", job_type.as_str());
            conditions.add("available_at <= ?", now);
            jobs.extend(locked(db, conditions, "priority DESC, seq", limit)?);
        }
    }
    // Each type brings its own in order; the sort is stable.
    jobs.sort_by_key(|job| (-job.summary.priority, job.summary.created_at));
    jobs.truncate(most);
    Ok(claims(jobs, false).collect())
}

fn claims(jobs: Vec<Job>, resumed: bool) -> impl Iterator<Item = Claimed> {
    jobs.into_iter().map(move |job| Claimed { job, resumed })
}

/// Jobs that no other hub is about to claim.
fn locked(
    db: &Connection,
    mut conditions: Conditions<'_>,
    order: &str,
    limit: usize,
) -> Result<Vec<Job>> {
    let limit = conditions.value(i64::try_from(limit).unwrap_or(i64::MAX));
    let sql = format!(
        "SELECT {SUMMARY}, {REST} FROM jobs {} ORDER BY {order} LIMIT {limit} {}",
        conditions.clause(),
        db.dialect().for_update_skip_locked()
    );
    db.query(&sql, &conditions.values(), job)
}

/// Renews the leases of a hub, and tells what has become of the jobs that it thinks it runs.
pub fn renew(db: &Connection, hub: &str, lease: Duration, running: &[String]) -> Result<Renewed> {
    let until = db.now()?.saturating_add(millis(lease));
    let ours = db.query(
        "UPDATE jobs SET lease_until = ?1 WHERE status = 'running' AND hub_id = ?2 RETURNING job_id",
        &params![until, hub],
        |row| row.get(0),
    )?;
    let mut renewed = Renewed {
        ours: ours.into_iter().collect(),
        ..Renewed::default()
    };
    for id in running.iter().filter(|id| !renewed.ours.contains(*id)) {
        let status = db.query_optional(
            "SELECT status FROM jobs WHERE job_id = ?1",
            &params![id],
            |row| word(row, 0),
        )?;
        match status {
            Some(JobStatus::Cancelled) => renewed.cancelled.push(id.clone()),
            _ => renewed.lost.push(id.clone()),
        }
    }
    Ok(renewed)
}

/// Puts a job back into the queue, to be claimed after so long. An attempt that is not `counted` was none.
/// Answers whether it was this hub's.
pub fn release(
    db: &Connection,
    id: &str,
    hub: &str,
    after: Duration,
    counted: bool,
) -> Result<bool> {
    let available_at = db.now()?.saturating_add(millis(after));
    let taken_back = i64::from(!counted);
    db.execute(
        "UPDATE jobs SET status = 'pending', hub_id = NULL, lease_until = NULL, available_at = ?1,
             attempts = CASE WHEN attempts > 0 THEN attempts - ?2 ELSE 0 END,
             started_at = CASE WHEN attempts > ?2 THEN started_at END
         WHERE job_id = ?3 AND status = 'running' AND hub_id = ?4",
        &params![available_at, taken_back, id, hub],
    )
    .map(|rows| rows == 1)
}

/// Ends the leases of a hub that stops, or of all hubs where no other can be alive: what they ran can be
/// claimed at once, and who was to be told of a cancellation is told now. Answers how many jobs that were.
pub fn expire(db: &Connection, hub: Option<&str>) -> Result<usize> {
    let mut conditions = Conditions::default();
    match hub {
        Some(hub) => {
            conditions.add("hub_id = ?", hub);
            conditions.add("status = ?", JobStatus::Running.as_str());
        }
        None => conditions.add("lease_until > ?", 0_i64),
    }
    let sql = format!("UPDATE jobs SET lease_until = 0 {}", conditions.clause());
    db.execute(&sql, &conditions.values())
}

pub(super) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

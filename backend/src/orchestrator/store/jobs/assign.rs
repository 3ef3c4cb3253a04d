//! Which service runs which job. Places are counted over all hubs: whoever gives a service jobs locks it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Connection, Result, among, params};
use crate::db::Value;

/// Whether a service was given a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assigned {
    /// It was.
    Yes,
    /// It runs as many as it can, counted over all hubs.
    Full,
    /// There is no such service any more.
    NoService,
    /// The job is not this hub's any more.
    NotOurs,
}

/// A job, and the service that is to run it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assignment<'a> {
    /// The job.
    pub job: &'a str,
    /// The service.
    pub service: &'a str,
}

/// Writes down which service is about to be sent a job, if it has room for one more.
pub fn assign_service(db: &Connection, id: &str, hub: &str, service: &str) -> Result<Assigned> {
    let Some(room) = room(db, &[service], &[id])?.remove(service) else {
        return Ok(Assigned::NoService);
    };
    if room <= 0 {
        return Ok(Assigned::Full);
    }
    Ok(if write(db, hub, service, &[id])?.is_empty() {
        Assigned::NotOurs
    } else {
        Assigned::Yes
    })
}

/// The same for many jobs at once. Answers those that can be sent.
pub fn assign_services(
    db: &Connection,
    hub: &str,
    wanted: &[Assignment<'_>],
) -> Result<BTreeSet<String>> {
    let mut jobs_of: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for Assignment { job, service } in wanted {
        jobs_of.entry(service).or_default().push(job);
    }
    if jobs_of.is_empty() {
        return Ok(BTreeSet::new());
    }
    let services: Vec<&str> = jobs_of.keys().copied().collect();
    let jobs: Vec<&str> = wanted.iter().map(|it| it.job).collect();
    let room = room(db, &services, &jobs)?;
    let mut given = BTreeSet::new();
    for (service, mut jobs) in jobs_of {
        let room = room.get(service).copied().unwrap_or(0);
        jobs.truncate(usize::try_from(room).unwrap_or(0));
        if !jobs.is_empty() {
            given.extend(write(db, hub, service, &jobs)?);
        }
    }
    Ok(given)
}

/// Locks services, always in the same order, and counts their places without those that these jobs take.
fn room(db: &Connection, services: &[&str], jobs: &[&str]) -> Result<BTreeMap<String, i64>> {
    let (those, mut values) = among(services);
    // Whoever else wants to give these services a job waits here, and counts afterwards.
    let sql = format!(
        "SELECT service_id, capacity FROM services WHERE service_id IN ({those}) ORDER BY service_id {}",
        db.dialect().for_update()
    );
    let mut room: BTreeMap<String, i64> = db
        .query(&sql, &values, |row| Ok((row.get(0)?, row.get(1)?)))?
        .into_iter()
        .collect();
    let (these, more) = among(jobs);
    values.extend(more);
    let sql = format!(
        "SELECT service_id, count(*) FROM jobs
         WHERE status = 'running' AND service_id IN ({those}) AND job_id NOT IN ({these})
         GROUP BY service_id"
    );
    let taken: Vec<(String, i64)> =
        db.query(&sql, &values, |row| Ok((row.get(0)?, row.get(1)?)))?;
    for (service, taken) in taken {
        if let Some(room) = room.get_mut(&service) {
            *room -= taken;
        }
    }
    Ok(room)
}

/// Gives jobs to a service. Answers those that are still this hub's.
fn write(db: &Connection, hub: &str, service: &str, jobs: &[&str]) -> Result<Vec<String>> {
    let (these, more) = among(jobs);
    let now = db.now()?;
    let mut values: Vec<Value<'_>> = params![service, now, hub].to_vec();
    values.extend(more);
    let sql = format!(
        "UPDATE jobs SET service_id = ?, started_at = coalesce(started_at, ?)
         WHERE status = 'running' AND hub_id = ? AND job_id IN ({these}) RETURNING job_id"
    );
    db.query(&sql, &values, |row| row.get(0))
}

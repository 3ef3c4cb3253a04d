//! `watch`: jobs followed until they have ended, or until the user stops it.

mod screen;

use std::collections::HashSet;
use std::time::Duration;

use clap::Args;
use orchestrator_mcp::Client;
use orchestrator_mcp::clients::jobs::ListJobs;
use orchestrator_mcp::models::{Job, JobStatus, JobSummary};

use self::screen::Screen;
use super::Failure;
use super::hub::{HubArgs, ask};

/// How long one answer of the hub may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Jobs of one state that are shown at most.
const MANY: i64 = 200;
/// How many of the newest jobs are shown, whatever their state.
const NEWEST: i64 = 20;

#[derive(Args, Debug)]
pub(super) struct Watch {
    /// The jobs; left out, all that are under way, and the newest.
    #[arg(value_name = "JOB_ID")]
    jobs: Vec<String>,
    /// Seconds between two looks.
    #[arg(long, value_name = "SECONDS", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=3600))]
    interval: u64,
    #[command(flatten)]
    hub: HubArgs,
}

impl Watch {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let client = self.hub.client(PATIENCE)?;
        let mut screen = Screen::new(self.hub.json);
        let interval = Duration::from_secs(self.interval);
        if self.jobs.is_empty() {
            all(&client, &mut screen, interval).await
        } else {
            named(&client, &self.jobs, &mut screen, interval).await
        }
    }
}

/// Follows one job to its end.
pub(super) async fn follow(client: &Client, job: &str, json: bool) -> Result<(), Failure> {
    let jobs = [job.to_owned()];
    named(
        client,
        &jobs,
        &mut Screen::new(json),
        Duration::from_secs(1),
    )
    .await
}

/// Whether nothing becomes of a job any more.
pub(super) fn has_ended(status: JobStatus) -> bool {
    match status {
        JobStatus::Pending | JobStatus::Running => false,
        JobStatus::Completed | JobStatus::Failed | JobStatus::Cancelled => true,
    }
}

/// Follows these jobs until all have ended.
async fn named(
    client: &Client,
    ids: &[String],
    screen: &mut Screen,
    interval: Duration,
) -> Result<(), Failure> {
    let mut jobs: Vec<JobSummary> = Vec::new();
    for id in ids {
        jobs.push(summary(ask(client.get_job(id)).await?));
    }
    let mut note = None;
    loop {
        screen.show(&jobs, note.as_deref());
        if jobs.iter().all(|job| has_ended(job.status)) {
            break;
        }
        tokio::time::sleep(interval).await;
        note = None;
        for job in jobs.iter_mut().filter(|job| !has_ended(job.status)) {
            match client.get_job(&job.job_id).send().await {
                Ok(now) => *job = summary(now),
                Err(error) => note = Some(lost(&error)),
            }
        }
    }
    let well = jobs.iter().all(|job| job.status == JobStatus::Completed);
    if well {
        Ok(())
    } else {
        Err(Failure::NotCompleted)
    }
}

/// Follows whatever is under way.
async fn all(client: &Client, screen: &mut Screen, interval: Duration) -> Result<(), Failure> {
    let mut jobs = under_way(client)
        .await
        .map_err(|error| super::hub::failure(&error))?;
    let mut note = None;
    loop {
        screen.show(&jobs, note.as_deref());
        tokio::time::sleep(interval).await;
        match under_way(client).await {
            Ok(now) => {
                jobs = now;
                note = None;
            }
            Err(error) => note = Some(lost(&error)),
        }
    }
}

/// The jobs under way and the newest ones, running ones first, ended ones last.
async fn under_way(client: &Client) -> Result<Vec<JobSummary>, toolwright_runtime::Error> {
    let queries = [
        (Some(JobStatus::Running), MANY),
        (Some(JobStatus::Pending), MANY),
        (None, NEWEST),
    ];
    let mut jobs: Vec<JobSummary> = Vec::new();
    let mut seen = HashSet::new();
    for (status, limit) in queries {
        let query = ListJobs {
            status,
            limit: Some(limit),
            ..ListJobs::default()
        };
        let page = client.list_jobs(&query).send().await?;
        let new = page
            .jobs
            .into_iter()
            .filter(|job| seen.insert(job.job_id.clone()));
        jobs.extend(new);
    }
    jobs.sort_by_key(|job| match job.status {
        JobStatus::Running => 0,
        JobStatus::Pending => 1,
        _ => 2,
    });
    Ok(jobs)
}

/// What is said while the hub does not answer, which a restart of it mends.
fn lost(error: &toolwright_runtime::Error) -> String {
    format!("the hub does not answer, asking again; what is shown is old: {error}")
}

/// What a list tells of a job.
fn summary(job: Job) -> JobSummary {
    JobSummary {
        job_id: job.job_id,
        r#type: job.r#type,
        status: job.status,
        priority: job.priority,
        progress: job.progress,
        attempts: job.attempts,
        service_id: job.service_id,
        error: job.error,
        created_at: job.created_at,
        started_at: job.started_at,
        completed_at: job.completed_at,
    }
}

//! `submit`, `status`, `list-jobs` and `cancel`.

use std::time::Duration;

use clap::Args;
use orchestrator_mcp::clients::jobs::{CancelJob, ListJobs, SubmitJob};
use orchestrator_mcp::models::{Job, JobList, JobStatus, JobSubmission};
use serde_json::{Map, Value};

use super::hub::{HubArgs, ask};
use super::text::{details, plain, say, table};
use super::{Failure, choice, input, watch};

/// How long the hub may take.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Args, Debug)]
pub(super) struct Submit {
    /// The type of the job, such as ml_experiment; a service must be registered for it.
    #[arg(long = "type", value_name = "TYPE")]
    job_type: String,
    /// What the service is to do: a JSON object, a file with one (PATH or @PATH), or - for standard input.
    #[arg(long, value_name = "CONFIG")]
    config: String,
    /// Notes that are kept with the job, in the same forms.
    #[arg(long, value_name = "METADATA")]
    metadata: Option<String>,
    /// From 0 to 9; higher ones run first. [default: 5]
    #[arg(long, value_name = "N")]
    priority: Option<i64>,
    /// Seconds it may run; left out, as long as the hub allows.
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<i64>,
    /// A text made up for this one job: submitted again with it, the job is not made a second time.
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    /// Follow the job to its end; ends with 1 unless it completes.
    #[arg(long)]
    wait: bool,
    #[command(flatten)]
    hub: HubArgs,
}

impl Submit {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let metadata = self.metadata.as_deref();
        let body = JobSubmission {
            r#type: self.job_type,
            payload: input::object("--config", &self.config)?,
            metadata: metadata
                .map(|text| input::object("--metadata", text))
                .transpose()?,
            priority: self.priority,
            timeout_seconds: self.timeout,
        };
        let query = SubmitJob {
            idempotency_key: self.idempotency_key,
        };
        let client = self.hub.client(PATIENCE)?;
        let call = client.submit_job(&query, &body);
        if !self.wait {
            return self.hub.show(call, |job| format!("{}\n", job.job_id)).await;
        }
        let job = ask(call).await?;
        let end = watch::follow(&client, &job.job_id, self.hub.json).await;
        if !self.hub.json {
            say(&format!(
                "\n{}",
                told(&ask(client.get_job(&job.job_id)).await?)
            ));
        }
        end
    }
}

#[derive(Args, Debug)]
pub(super) struct Status {
    /// The job.
    #[arg(value_name = "JOB_ID")]
    job: String,
    #[command(flatten)]
    hub: HubArgs,
}

impl Status {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let client = self.hub.client(PATIENCE)?;
        self.hub
            .show(client.get_job(&self.job), |job| told(&job))
            .await
    }
}

#[derive(Args, Debug)]
pub(super) struct List {
    /// Only jobs in this state.
    #[arg(long, value_name = "STATUS", value_parser = choice(JobStatus::ALL, JobStatus::as_str))]
    status_filter: Option<JobStatus>,
    /// Only jobs of this type.
    #[arg(long = "type", value_name = "TYPE")]
    job_type: Option<String>,
    /// How many at most, from 1 to 200. [default: 50]
    #[arg(long, value_name = "N")]
    limit: Option<i64>,
    /// Go on where a list ended: what it printed last.
    #[arg(long, value_name = "CURSOR")]
    cursor: Option<String>,
    #[command(flatten)]
    hub: HubArgs,
}

impl List {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let client = self.hub.client(PATIENCE)?;
        let query = ListJobs {
            status: self.status_filter,
            r#type: self.job_type,
            limit: self.limit,
            cursor: self.cursor,
        };
        self.hub
            .show(client.list_jobs(&query), |list| listed(&list))
            .await
    }
}

#[derive(Args, Debug)]
pub(super) struct Cancel {
    /// The job.
    #[arg(value_name = "JOB_ID")]
    job: String,
    /// Why; kept with the job.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    hub: HubArgs,
}

impl Cancel {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let client = self.hub.client(PATIENCE)?;
        let query = CancelJob {
            reason: self.reason,
        };
        let call = client.cancel_job(&self.job, &query);
        self.hub
            .show(call, |job| {
                format!("{} {}\n", job.job_id, job.status.as_str())
            })
            .await
    }
}

fn listed(list: &JobList) -> String {
    if list.jobs.is_empty() {
        return "No jobs.\n".to_owned();
    }
    let rows = list.jobs.iter().map(|job| {
        [
            job.job_id.clone(),
            job.r#type.clone(),
            job.status.as_str().to_owned(),
            format!("{:.0} %", job.progress.percent),
            job.attempts.to_string(),
            job.created_at.clone(),
        ]
    });
    let mut text = table(
        ["JOB", "TYPE", "STATUS", "DONE", "ATTEMPTS", "CREATED"],
        rows.collect(),
    );
    text.push_str(&more(list.next_cursor.as_deref()));
    text
}

/// How to go on after a page.
pub(super) fn more(cursor: Option<&str>) -> String {
    cursor.map_or(String::new(), |cursor| {
        format!("There are more: --cursor {}\n", plain(cursor))
    })
}

fn told(job: &Job) -> String {
    let known = |text: &Option<String>| text.clone().unwrap_or_default();
    let message = job.progress.message.as_deref();
    let done = format!("{:.1} %", job.progress.percent);
    let error = job.error.as_ref();
    let mut text = details(&[
        ("job", job.job_id.clone()),
        ("type", job.r#type.clone()),
        ("status", job.status.as_str().to_owned()),
        (
            "progress",
            message.map_or(done.clone(), |message| format!("{done}: {message}")),
        ),
        (
            "error",
            error.map_or(String::new(), |error| {
                format!("{}: {}", error.kind.as_str(), error.message)
            }),
        ),
        ("priority", job.priority.to_string()),
        ("attempts", job.attempts.to_string()),
        ("service", known(&job.service_id)),
        ("created", job.created_at.clone()),
        ("started", known(&job.started_at)),
        ("ended", known(&job.completed_at)),
        ("inputs", job.input_artifact_ids.join(" ")),
        ("artifacts", job.artifact_ids.join(" ")),
        ("payload", json(&job.payload)),
        ("metadata", json(&job.metadata)),
    ]);
    if let Some(result) = &job.result {
        let result = serde_json::to_string_pretty(result).unwrap_or_default();
        let lines = result.lines().map(plain).collect::<Vec<_>>();
        text.push_str(&format!("result\n{}\n", lines.join("\n")));
    }
    text
}

/// An object on one line; nothing of an empty one.
fn json(object: &Map<String, Value>) -> String {
    match object.is_empty() {
        true => String::new(),
        false => Value::from(object.clone()).to_string(),
    }
}

//! Writes down what came of an execution.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::execution::{Step, failed};
use super::hub::Hub;
use crate::orchestrator::store::artifacts::NewArtifact;
use crate::orchestrator::store::jobs::{self, Job, Outcome};
use crate::orchestrator::store::{Connection, Error, JobErrorKind, Result};

impl Hub {
    /// Writes down what came of an execution, as soon as the database can take it.
    pub(super) async fn settle(
        self: &Arc<Self>,
        job: &Job,
        step: Step,
        given_up: &CancellationToken,
    ) {
        match step {
            Step::NotOurs => {}
            Step::Ended(outcome, made) => {
                self.end(job, outcome, made, given_up).await;
            }
            Step::TimedOut(service) => {
                let seconds = job.summary.timeout_seconds;
                let message = format!("the job did not end within {seconds} s");
                if self
                    .fail(job, JobErrorKind::Timeout, message, given_up)
                    .await
                {
                    let (hub, id) = (self.clone(), job.summary.id.clone());
                    self.tasks
                        .spawn(async move { hub.tell_to_stop(&id, &service).await });
                }
            }
            Step::Lost(service, message) => {
                let (id, attempts) = (&job.summary.id, job.summary.attempts);
                tracing::warn!(job = %id, service = service.id, attempts, %message, "an execution was lost");
                self.suspect(&service);
                if attempts < i64::from(self.settings.attempts) {
                    let wait = self
                        .settings
                        .backoff
                        .after(u32::try_from(attempts).unwrap_or(0));
                    self.metrics.retried(&job.summary.job_type);
                    self.put_back(job, wait, true, given_up).await;
                } else {
                    let message = format!("{message} (attempt {attempts} of {attempts})");
                    self.fail(job, JobErrorKind::Connection, message, given_up)
                        .await;
                }
            }
            Step::Later(wait) => self.put_back(job, wait, false, given_up).await,
        }
    }

    /// Fails a job. Answers whether it was still this hub's.
    async fn fail(
        &self,
        job: &Job,
        kind: JobErrorKind,
        message: String,
        given_up: &CancellationToken,
    ) -> bool {
        self.end(job, failed(kind, message), Vec::new(), given_up)
            .await
    }

    /// Ends a job together with what it has made. Answers whether it was still this hub's.
    async fn end(
        &self,
        job: &Job,
        mut outcome: Outcome,
        mut made: Vec<NewArtifact>,
        given_up: &CancellationToken,
    ) -> bool {
        let summary = &job.summary;
        loop {
            let (id, hub) = (summary.id.clone(), self.id.clone());
            let (end, artifacts) = (outcome.clone(), made.clone());
            let write = move |db: &Connection| jobs::finish(db, &id, &hub, &end, &artifacts);
            match self.persist(write, given_up).await {
                Some(Ok(true)) => break,
                None | Some(Ok(false)) => return false,
                Some(Err(error)) => {
                    let message = format!("what the service made cannot be recorded: {error}");
                    outcome = failed(JobErrorKind::InvalidArtifacts, message);
                    made.clear();
                }
            }
        }
        let kind = outcome.failure.as_ref().map(|failure| failure.kind);
        let word = kind.map_or("completed", JobErrorKind::as_str);
        self.metrics.ended(&summary.job_type, word);
        tracing::info!(job = %summary.id, job_type = %summary.job_type, outcome = word, artifacts = made.len(), "a job has ended");
        true
    }

    /// Puts a job back into the queue.
    async fn put_back(
        &self,
        job: &Job,
        wait: Duration,
        counted: bool,
        given_up: &CancellationToken,
    ) {
        let (id, hub) = (job.summary.id.clone(), self.id.clone());
        let write = move |db: &Connection| jobs::release(db, &id, &hub, wait, counted);
        if let Some(Err(error)) = self.persist(write, given_up).await {
            tracing::error!(job = %job.summary.id, %error, "a job cannot be put back into the queue");
        }
    }

    /// Writes, as often as it takes: a database that is away comes back. An error is one of what is
    /// written, and would come again. Nothing if the hub stops meanwhile, or the job is not wanted.
    async fn persist<T, F>(&self, write: F, given_up: &CancellationToken) -> Option<Result<T>>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T> + Clone + Send + 'static,
    {
        for attempt in 1.. {
            match self.store.write(write.clone()).await {
                Ok(value) => return Some(Ok(value)),
                Err(error @ (Error::Constraint(_) | Error::Text(_))) => return Some(Err(error)),
                Err(error) => {
                    tracing::warn!(%error, attempt, "what came of a job has to wait for the database");
                }
            }
            let pause = self.pause(self.settings.backoff.after(attempt));
            tokio::select! {
                () = given_up.cancelled() => return None,
                go_on = pause => if !go_on { return None },
            }
        }
        None
    }
}

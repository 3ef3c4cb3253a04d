//! A job's way through one execution: to a service, and to what comes of it.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::choice::choose;
use super::claims::{Order, Place};
use super::client::{Reply, State};
use super::hub::Hub;
use super::order;
use super::trouble::Trouble;
use crate::orchestrator::store::artifacts::{self, Artifact, NewArtifact};
use crate::orchestrator::store::jobs::{self, Assigned, Failure, Job, Outcome};
use crate::orchestrator::store::services::{self, Service};
use crate::orchestrator::store::{Error, JobErrorKind};

/// The wait of a job that no service has a place for.
const NO_PLACE: Duration = Duration::from_secs(1);
/// What a job gets whose time was over while no hub waited for it: its answer may be there.
const LAST_CALL: Duration = Duration::from_secs(5);

/// What comes of an execution.
#[derive(Debug)]
pub(super) enum Step {
    /// The job has ended.
    Ended(Outcome, Vec<NewArtifact>),
    /// It took too long.
    TimedOut(Service),
    /// The connection failed.
    Lost(Service, String),
    /// No service has a place now.
    Later(Duration),
    /// Another hub has the job, or it was cancelled.
    NotOurs,
}

impl Step {
    /// The job has failed.
    pub(super) fn failed(kind: JobErrorKind, message: impl Into<String>) -> Self {
        Self::Ended(failed(kind, message), Vec::new())
    }
}

/// The outcome of a job that came to nothing.
pub(super) fn failed(kind: JobErrorKind, message: impl Into<String>) -> Outcome {
    let message = message.into();
    Outcome {
        failure: Some(Failure { kind, message }),
        result: None,
    }
}

/// What the database cannot tell now is asked again later.
impl From<Error> for Step {
    fn from(error: Error) -> Self {
        tracing::warn!(%error, "a job has to wait for the database");
        Self::Later(NO_PLACE)
    }
}

impl Hub {
    /// Sees a job through an execution, unless its answer is not wanted any more or the hub stops.
    pub(super) async fn run(self: Arc<Self>, order: Order, given_up: CancellationToken) {
        let job = order.claimed.job.clone();
        self.metrics.begun(&job.summary.job_type);
        let step = tokio::select! {
            biased;
            () = given_up.cancelled() => Step::NotOurs,
            () = self.stopping.cancelled() => Step::NotOurs,
            step = self.execute(order) => step.unwrap_or_else(|step| step),
        };
        self.settle(&job, step, &given_up).await;
        self.running.remove(&job.summary.id);
        self.metrics.left(&job.summary.job_type);
        self.wake.notify_one();
    }

    /// Both sides of the result are steps; an error is one that came before the service was sent the job.
    async fn execute(&self, order: Order) -> Result<Step, Step> {
        let Order {
            claimed,
            place,
            now,
        } = order;
        let job = &claimed.job;
        let mut left = time_left(job, now);
        let service = match place {
            Place::Given(service) => service,
            Place::Open => {
                let lost = &job.summary.service_id;
                let avoid = lost.as_deref().filter(|_| !claimed.resumed);
                self.find_place(job, avoid).await?
            }
            Place::Ask(service) => {
                left = left.max(LAST_CALL);
                self.find_again(job, service).await?
            }
        };
        if left.is_zero() {
            return Err(Step::TimedOut(service));
        }
        let inputs = self.inputs(job).await?;
        let body = order::body(job, inputs, &self.settings.hub_url);
        let answer = self.client.execute(&service.url, &body);
        Ok(match tokio::time::timeout(left, answer).await {
            Err(_) => Step::TimedOut(service),
            Ok(Ok(Reply::Busy(wait))) => Step::Later(wait),
            Ok(Ok(Reply::Ended(answer))) => self.taken(&service, answer).await,
            Ok(Err(Trouble::Connection(message))) => Step::Lost(service, message),
            Ok(Err(Trouble::Protocol(message))) => Step::failed(JobErrorKind::Protocol, message),
        })
    }

    /// The artifacts that a job refers to.
    async fn inputs(&self, job: &Job) -> Result<Vec<Artifact>, Error> {
        let ids = job.input_artifact_ids.clone();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.store.read(move |db| artifacts::all_of(db, &ids)).await
    }

    /// Asks the service that had a job what became of it; it gets it again if it knows it, so that
    /// nothing runs twice.
    async fn find_again(&self, job: &Job, service: Service) -> Result<Service, Step> {
        let id = &job.summary.id;
        match self.client.state(&service.url, id).await {
            Ok(State::Known) => match self.assign(job, &service).await? {
                Assigned::Yes => Ok(service),
                Assigned::Full => Err(Step::Later(NO_PLACE)),
                Assigned::NoService => self.find_place(job, None).await,
                Assigned::NotOurs => Err(Step::NotOurs),
            },
            Ok(State::Cancelled) => Err(Step::failed(
                JobErrorKind::Interrupted,
                "the service was told to cancel the execution while no hub waited for it",
            )),
            Ok(State::Unknown) => self.find_place(job, None).await,
            Err(trouble) => {
                tracing::warn!(job = %id, service = service.id, %trouble, "a service does not say what became of a job");
                self.find_place(job, Some(&service.id)).await
            }
        }
    }

    /// Finds a service with a place, and writes it down.
    async fn find_place(&self, job: &Job, avoid: Option<&str>) -> Result<Service, Step> {
        let filter = services::Filter {
            job_type: Some(job.summary.job_type.clone()),
            status: None,
        };
        let mut services = self
            .store
            .read(move |db| services::list(db, &filter))
            .await?;
        // The job itself takes no place where it was before.
        let mine = |service: &&mut Service| Some(&service.id) == job.summary.service_id.as_ref();
        if let Some(service) = services.iter_mut().find(mine) {
            service.running -= 1;
        }
        while let Some(service) = choose(&mut services, &job.summary.job_type, avoid) {
            match self.assign(job, service).await? {
                Assigned::Yes => return Ok(service.clone()),
                // Others were quicker.
                Assigned::Full | Assigned::NoService => service.running = service.capacity,
                Assigned::NotOurs => return Err(Step::NotOurs),
            }
        }
        Err(Step::Later(NO_PLACE))
    }

    /// Writes down that a service is about to get a job, if it may.
    async fn assign(&self, job: &Job, service: &Service) -> Result<Assigned, Error> {
        let (job, hub) = (job.summary.id.clone(), self.id.clone());
        let service = service.id.clone();
        self.store
            .write(move |db| jobs::assign_service(db, &job, &hub, &service))
            .await
    }
}

/// What is left of the time that a job may take, from when a service first had it.
fn time_left(job: &Job, now: i64) -> Duration {
    let all = job.summary.timeout_seconds.saturating_mul(1000);
    let gone = job.summary.started_at.map_or(0, |started| now - started);
    Duration::from_millis(u64::try_from(all - gone).unwrap_or(0))
}

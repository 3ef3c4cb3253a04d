//! Runs one job from its payload to its artifacts.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::sync::{Mutex, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::bench::{Bench, Made};
use super::hub::{Hub, HubError};
use super::job::{Answer, Artifact, Job, Status};
use super::order::{Input, Kind, Order};
use crate::ktrdr::data::load::Sources;
use crate::ktrdr::faults::short;
use crate::ktrdr::operations::Stop;
use crate::ktrdr::store::operations::Progress;

/// Progress is told at most this often.
const PACE: Duration = Duration::from_millis(500);
/// How long a hub that is away is waited for before a job is given up.
const PATIENCE: Duration = Duration::from_secs(300);
/// Shortest time between two tries to reach it.
const SHORTEST: Duration = Duration::from_millis(200);
/// Longest time between two tries to reach it.
const LONGEST: Duration = Duration::from_secs(5);

/// What runs jobs.
#[derive(Clone, Debug)]
pub(super) struct Runner {
    pub(super) kind: Kind,
    pub(super) hub: Hub,
    pub(super) sources: Sources,
    /// Where jobs have their folders.
    pub(super) folder: PathBuf,
}

/// How a run has ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum End {
    /// With an answer.
    Answer(Answer),
    /// It was told to stop, or the hub is gone: nothing can be said of the job.
    Stopped,
}

impl Runner {
    /// Runs a job.
    pub(super) async fn run(&self, job: Job, token: CancellationToken) -> End {
        let (sender, progress) = watch::channel(Progress::default());
        let run = Run {
            runner: self,
            hub: self.hub_of(&job),
            id: job.job_id,
            token,
            telling: Mutex::default(),
        };
        tokio::select! {
            end = run.work(job, sender) => end.unwrap_or_else(|end| end),
            never = run.tell(progress) => match never {},
        }
    }

    /// The hub of this service; where that is away, the one that has sent the job.
    fn hub_of(&self, job: &Job) -> Hub {
        let sender = job.hub_url.as_deref();
        sender
            .and_then(|url| self.hub.or(url).ok())
            .unwrap_or_else(|| self.hub.clone())
    }
}

/// A job that runs.
struct Run<'a> {
    runner: &'a Runner,
    hub: Hub,
    id: Uuid,
    token: CancellationToken,
    /// Held while progress is told.
    telling: Mutex<()>,
}

impl Run<'_> {
    async fn work(&self, job: Job, progress: watch::Sender<Progress>) -> Result<End, End> {
        let runner = self.runner;
        let order = Order::read(runner.kind, job.payload).map_err(failed)?;
        let mut contents = BTreeMap::new();
        for input in order.inputs() {
            contents.insert(input.field, self.content(input, &job.artifacts).await?);
        }
        let folder = TempDir::new_in(&runner.folder)
            .map_err(|error| failed(format!("The service cannot make a folder: {error}")))?;
        let name = self.id.simple().to_string();
        let last = progress.subscribe();
        let place = folder.path().to_owned();
        let bench = Bench::new(
            &name,
            place,
            runner.sources.clone(),
            self.token.clone(),
            progress,
        );
        let made = match bench {
            Ok(bench) => tokio::task::spawn_blocking(move || order.run(bench, contents)).await,
            Err(stop) => Ok(Err(stop)),
        };
        let Made { result, files } = match made {
            Ok(Ok(made)) => made,
            Ok(Err(Stop::Cancelled(_))) => return Err(End::Stopped),
            Ok(Err(Stop::Failed(why))) => return Err(failed(why)),
            Err(error) => {
                tracing::error!(job = %self.id, %error, "the work broke");
                return Err(failed("internal error of the service"));
            }
        };
        self.tell_now(&last).await;
        let mut artifacts = Vec::new();
        for file in &files {
            let stored = self.patiently(|| self.hub.upload(file)).await?;
            artifacts.push(stored.map_err(|error| {
                failed(format!("Cannot give {} to the hub: {error}", file.name))
            })?);
        }
        Ok(End::Answer(Answer {
            status: Status::Completed,
            result,
            error: None,
            artifacts,
        }))
    }

    /// The content of an artifact that a field of the payload names.
    async fn content(
        &self,
        input: Input<'_>,
        artifacts: &BTreeMap<String, Artifact>,
    ) -> Result<Vec<u8>, End> {
        let Input { field, id, kind } = input;
        let unfit = |why: String| failed(format!("payload.{field}: {why}"));
        let known = artifacts
            .values()
            .find(|known| known.artifact_id.eq_ignore_ascii_case(id));
        let Some(artifact) = known else {
            return Err(unfit(format!("The hub knows no artifact {id}.")));
        };
        if let Some(kind) = kind
            && artifact.kind != kind
        {
            return Err(unfit(format!(
                "Artifact {id} is of type {}, not {kind}.",
                short(&artifact.kind)
            )));
        }
        let content = self.patiently(|| self.hub.content(artifact)).await?;
        content.map_err(|error| unfit(format!("Artifact {id} cannot be used: {error}.")))
    }

    /// Tells the hub how far the job is. One that it no longer wants is stopped.
    async fn tell(&self, mut progress: watch::Receiver<Progress>) -> Infallible {
        while progress.changed().await.is_ok() {
            progress.mark_unchanged();
            self.tell_now(&progress).await;
            tokio::time::sleep(PACE).await;
        }
        std::future::pending().await
    }

    /// Tells the latest progress, never after a later one.
    async fn tell_now(&self, progress: &watch::Receiver<Progress>) {
        let _turn = self.telling.lock().await;
        let Progress {
            percentage, step, ..
        } = progress.borrow().clone();
        let job = self.id;
        match self.hub.progress(job, percentage, step.as_deref()).await {
            Ok(true) => {}
            Ok(false) => {
                tracing::info!(%job, "the hub does not want the job any more");
                self.token.cancel();
            }
            Err(error) => {
                tracing::debug!(%job, %error, "progress was not told");
                self.hub.turn();
            }
        }
    }

    /// Asks the hub again and again while it is away.
    async fn patiently<T, F: Future<Output = Result<T, HubError>>>(
        &self,
        ask: impl Fn() -> F,
    ) -> Result<Result<T, HubError>, End> {
        let begin = Instant::now();
        let mut wait = SHORTEST;
        loop {
            let said = tokio::select! {
                said = ask() => said,
                () = self.token.cancelled() => return Err(End::Stopped),
            };
            match said {
                Err(HubError::Away(why)) if begin.elapsed() < PATIENCE => {
                    tracing::warn!(job = %self.id, why, "the hub is away");
                    self.hub.turn();
                }
                Err(HubError::Away(why)) => {
                    tracing::error!(job = %self.id, why, "the hub is gone");
                    return Err(End::Stopped);
                }
                said => return Ok(said),
            }
            tokio::select! {
                () = tokio::time::sleep(wait) => wait = LONGEST.min(2 * wait),
                () = self.token.cancelled() => return Err(End::Stopped),
            }
        }
    }
}

fn failed(why: impl Into<String>) -> End {
    End::Answer(Answer::failed(why))
}

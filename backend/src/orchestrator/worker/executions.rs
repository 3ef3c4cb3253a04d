//! The executions of a service: each job runs once, however often it is sent.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::job::{Answer, Job};
use super::kept::{Ending, Kept};
use super::runner::{End, Runner};

/// The executions. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Executions {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    runner: Runner,
    kept: Kept,
    capacity: usize,
    running: Mutex<HashMap<Uuid, Running>>,
    stopping: AtomicBool,
    tasks: TaskTracker,
}

#[derive(Clone, Debug)]
struct Running {
    token: CancellationToken,
    /// Whether it was told to stop by a caller, who need not have it again.
    cancelled: Arc<AtomicBool>,
    ended: watch::Receiver<Option<Outcome>>,
}

/// What comes of sending a job.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    /// It has ended.
    Ended(Ending),
    /// There is no place now, or it was given up before its end: it may be sent again.
    Busy,
}

/// How an execution is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Running,
    Completed,
    Failed,
    Cancelled,
}

impl State {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    fn of(ending: &Ending) -> Self {
        match ending {
            Ending::Cancelled => Self::Cancelled,
            Ending::Answered(Answer { error: None, .. }) => Self::Completed,
            Ending::Answered(_) => Self::Failed,
        }
    }
}

impl Executions {
    /// Executions by this runner, so many at once.
    pub(super) fn new(runner: Runner, kept: Kept, capacity: usize) -> Self {
        Self {
            inner: Arc::new(Inner {
                runner,
                kept,
                capacity,
                running: Mutex::default(),
                stopping: AtomicBool::new(false),
                tasks: TaskTracker::new(),
            }),
        }
    }

    /// Executes a job, or joins its execution, and waits for the end. A caller that goes away ends
    /// nothing.
    pub(super) async fn execute(&self, job: Job) -> Outcome {
        let mut ended = self.join(job);
        let outcome = ended.wait_for(Option::is_some).await;
        outcome
            .ok()
            .and_then(|outcome| outcome.clone())
            .unwrap_or(Outcome::Busy)
    }

    fn join(&self, job: Job) -> watch::Receiver<Option<Outcome>> {
        let already = |outcome| watch::channel(Some(outcome)).1;
        let mut running = self.running();
        if let Some(known) = running.get(&job.job_id) {
            return known.ended.clone();
        }
        if let Some(ending) = self.inner.kept.get(job.job_id) {
            return already(Outcome::Ended(ending));
        }
        if self.inner.stopping.load(Ordering::SeqCst) || running.len() >= self.inner.capacity {
            return already(Outcome::Busy);
        }
        let (sender, ended) = watch::channel(None);
        let begun = Running {
            token: CancellationToken::new(),
            cancelled: Arc::default(),
            ended: ended.clone(),
        };
        running.insert(job.job_id, begun.clone());
        let this = self.clone();
        self.inner.tasks.spawn(async move {
            let id = job.job_id;
            let outcome = this.run(job, &begun).await;
            this.running().remove(&id);
            sender.send_replace(Some(outcome));
        });
        ended
    }

    async fn run(&self, job: Job, begun: &Running) -> Outcome {
        let id = job.job_id;
        tracing::info!(job = %id, "execution begins");
        // On a task of its own, so that a panic ends the job alone.
        let work = {
            let (this, token) = (self.clone(), begun.token.clone());
            tokio::spawn(async move { this.inner.runner.run(job, token).await })
        };
        let end = work.await.unwrap_or_else(|error| {
            tracing::error!(job = %id, %error, "execution broke");
            End::Answer(Answer::failed("internal error of the service"))
        });
        let ending = match end {
            End::Answer(answer) => Ending::Answered(answer),
            End::Stopped if begun.cancelled.load(Ordering::SeqCst) => Ending::Cancelled,
            End::Stopped => {
                tracing::info!(job = %id, "execution given up");
                return Outcome::Busy;
            }
        };
        if let Err(error) = self.inner.kept.put(id, &ending) {
            tracing::error!(job = %id, %error, "the answer cannot be kept");
        }
        tracing::info!(job = %id, state = State::of(&ending).as_str(), "execution ended");
        Outcome::Ended(ending)
    }

    /// How the execution of a job is; none where it was never seen.
    pub(super) fn state(&self, job: Uuid) -> Option<State> {
        if let Some(running) = self.running().get(&job) {
            let cancelled = running.cancelled.load(Ordering::SeqCst);
            return Some(if cancelled {
                State::Cancelled
            } else {
                State::Running
            });
        }
        self.inner.kept.get(job).as_ref().map(State::of)
    }

    /// Tells an execution to stop, and how it is then.
    pub(super) fn cancel(&self, job: Uuid) -> Option<State> {
        if let Some(running) = self.running().get(&job) {
            running.cancelled.store(true, Ordering::SeqCst);
            running.token.cancel();
        }
        self.state(job)
    }

    /// How many run, and how many can at once.
    pub(super) fn load(&self) -> (usize, usize) {
        (self.running().len(), self.inner.capacity)
    }

    /// Gives up all that runs, takes no more, and waits until nothing runs.
    pub(super) async fn stop(&self) {
        self.inner.stopping.store(true, Ordering::SeqCst);
        for running in self.running().values() {
            running.token.cancel();
        }
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
    }

    fn running(&self) -> MutexGuard<'_, HashMap<Uuid, Running>> {
        self.inner
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

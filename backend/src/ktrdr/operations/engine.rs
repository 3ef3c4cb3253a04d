//! Starts, cancels and ends operations.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

use super::context::{Context, Stop};
use super::new_id;
use crate::ktrdr::kinds::{OperationStatus, OperationType};
use crate::ktrdr::store::operations::{self, Ending, Metadata, Operation};
use crate::ktrdr::store::{self, Connection, Store};
use crate::ktrdr::time;

/// How long a cancellation waits for the operation to stop by itself.
const PATIENCE: Duration = Duration::from_secs(5);
/// Data loads that run at once; more wait as pending.
const LOADS: usize = 8;

const SHUT_DOWN: &str = "Interrupted: the backend was shut down";
const RESTARTED: &str = "Interrupted: the backend restarted before the operation ended";

/// Runs operations. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Engine {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    store: Store,
    running: Mutex<HashMap<String, Running>>,
    loads: Semaphore,
    trainings: Semaphore,
    shut_down: AtomicBool,
}

#[derive(Clone, Debug)]
struct Running {
    token: CancellationToken,
    /// Set by the cancellation that came first; a shutdown sets none.
    reason: Arc<OnceLock<Option<String>>>,
    ended: watch::Receiver<bool>,
}

/// What came of asking for a cancellation.
#[derive(Clone, Debug, PartialEq)]
pub enum Cancellation {
    /// The operation, now cancelled.
    Done(Box<Operation>),
    /// It had ended before.
    Ended(OperationStatus),
    /// There is no such operation.
    Unknown,
}

/// Why the engine could not do it.
#[derive(Debug)]
pub enum EngineError {
    /// The service is about to stop.
    ShuttingDown,
    /// The store failed.
    Store(store::Error),
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ShuttingDown => f.write_str("the service is shutting down"),
            Self::Store(error) => write!(f, "the store failed: {error}"),
        }
    }
}

impl std::error::Error for EngineError {}

impl From<store::Error> for EngineError {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

impl Engine {
    /// An engine over a store. What an earlier process left unfinished there becomes failed.
    pub fn new(store: Store) -> Result<Self, EngineError> {
        let interrupted =
            store.write_now(|db| operations::fail_unfinished(db, RESTARTED, time::now()))?;
        if interrupted > 0 {
            tracing::warn!(interrupted, "operations were interrupted by a restart");
        }
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            inner: Arc::new(Inner {
                store,
                running: Mutex::default(),
                loads: Semaphore::new(LOADS),
                trainings: Semaphore::new(cores),
                shut_down: AtomicBool::new(false),
            }),
        })
    }

    /// Starts an operation and answers its id at once. `before` runs in the transaction that adds
    /// it, with its id.
    pub async fn start<B, W>(
        &self,
        kind: OperationType,
        metadata: Metadata,
        before: B,
        work: W,
    ) -> Result<String, EngineError>
    where
        B: FnOnce(&Connection, &str) -> store::Result<()> + Send + 'static,
        W: FnOnce(&Context) -> Result<Map<String, Value>, Stop> + Send + 'static,
    {
        // On a task of its own: a caller that goes away leaves no operation that never runs.
        match tokio::spawn(self.clone().add(kind, metadata, before, work)).await {
            Ok(result) => result,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }

    async fn add<B, W>(
        self,
        kind: OperationType,
        metadata: Metadata,
        before: B,
        work: W,
    ) -> Result<String, EngineError>
    where
        B: FnOnce(&Connection, &str) -> store::Result<()> + Send + 'static,
        W: FnOnce(&Context) -> Result<Map<String, Value>, Stop> + Send + 'static,
    {
        if self.inner.shut_down.load(Ordering::SeqCst) {
            return Err(EngineError::ShuttingDown);
        }
        let now = time::now();
        let id = new_id(kind, now);
        let added = id.clone();
        let add = move |db: &Connection| {
            operations::insert(db, &added, kind, &metadata, now)?;
            before(db, &added)
        };
        self.inner.store.write(add).await?;
        let (ended, receiver) = watch::channel(false);
        let running = Running {
            token: CancellationToken::new(),
            reason: Arc::default(),
            ended: receiver,
        };
        self.running().insert(id.clone(), running.clone());
        // A shutdown that began meanwhile has not seen this one.
        if self.inner.shut_down.load(Ordering::SeqCst) {
            running.token.cancel();
        }
        let started = id.clone();
        tokio::spawn(async move {
            self.run(&started, kind, &running, work).await;
            self.running().remove(&started);
            ended.send_replace(true);
        });
        Ok(id)
    }

    /// Cancels an operation and waits, for some seconds at most, until it has stopped.
    pub async fn cancel(
        &self,
        id: &str,
        reason: Option<String>,
    ) -> Result<Cancellation, EngineError> {
        let running = self.running().get(id).cloned();
        let was_running = running.is_some();
        if let Some(mut running) = running {
            // Of two cancellations at once, the first one's reason stands.
            let _ = running.reason.set(reason.clone());
            running.token.cancel();
            // Whether it stopped in time shows in the store.
            let _ = tokio::time::timeout(PATIENCE, running.ended.wait_for(|ended| *ended)).await;
        }
        let ending = Ending {
            status: OperationStatus::Cancelled,
            error: reason,
            result: None,
            at: time::now(),
        };
        let key = id.to_owned();
        let (cut_off, operation) = self
            .inner
            .store
            .write(move |db| {
                Ok((
                    operations::end(db, &key, &ending)?,
                    operations::get(db, &key)?,
                ))
            })
            .await?;
        if cut_off {
            tracing::warn!(operation = id, "an operation did not stop in time");
        }
        Ok(match operation {
            None => Cancellation::Unknown,
            Some(operation)
                if operation.status == OperationStatus::Cancelled && (was_running || cut_off) =>
            {
                Cancellation::Done(Box::new(operation))
            }
            Some(operation) => Cancellation::Ended(operation.status),
        })
    }

    /// Stops everything, for some seconds at most. Operations that run become failed.
    pub async fn shut_down(&self) {
        self.inner.shut_down.store(true, Ordering::SeqCst);
        let running: Vec<Running> = self.running().values().cloned().collect();
        for one in &running {
            one.token.cancel();
        }
        let all = async {
            for mut one in running {
                let _ = one.ended.wait_for(|ended| *ended).await;
            }
        };
        let _ = tokio::time::timeout(PATIENCE, all).await;
        if let Err(error) = self
            .inner
            .store
            .write(|db| operations::fail_unfinished(db, SHUT_DOWN, time::now()))
            .await
        {
            tracing::error!(%error, "cannot mark interrupted operations");
        }
    }

    async fn run<W>(&self, id: &str, kind: OperationType, running: &Running, work: W)
    where
        W: FnOnce(&Context) -> Result<Map<String, Value>, Stop> + Send + 'static,
    {
        let slots = if kind == OperationType::DataLoad {
            &self.inner.loads
        } else {
            &self.inner.trainings
        };
        // The semaphores are never closed; a place or the cancellation comes.
        let _place = tokio::select! {
            place = slots.acquire() => place.ok(),
            () = running.token.cancelled() => None,
        };
        let result = if running.token.is_cancelled() {
            Err(Stop::Cancelled(None))
        } else {
            self.work(id, running, work).await
        };
        let ending = self.ending(running, result);
        tracing::info!(
            operation = id,
            status = ending.status.as_str(),
            error = ending.error,
            "operation ended"
        );
        let key = id.to_owned();
        if let Err(error) = self
            .inner
            .store
            .write(move |db| operations::end(db, &key, &ending))
            .await
        {
            tracing::error!(operation = id, %error, "cannot store the end of an operation");
        }
    }

    async fn work<W>(
        &self,
        id: &str,
        running: &Running,
        work: W,
    ) -> Result<Map<String, Value>, Stop>
    where
        W: FnOnce(&Context) -> Result<Map<String, Value>, Stop> + Send + 'static,
    {
        let context = Context::new(
            id.to_owned(),
            self.inner.store.clone(),
            running.token.clone(),
        );
        let call = tokio::task::spawn_blocking(move || {
            let begin = |db: &Connection| operations::start(db, context.id(), time::now());
            if !context.store().write_now(begin)? {
                return Err(Stop::Cancelled(None));
            }
            let result = work(&context);
            context.flush()?;
            result
        });
        match call.await {
            Ok(result) => result,
            Err(error) => Err(Stop::Failed(format!(
                "internal error: {}",
                panic_message(error)
            ))),
        }
    }

    fn ending(&self, running: &Running, result: Result<Map<String, Value>, Stop>) -> Ending {
        let at = time::now();
        match result {
            Ok(result) => Ending {
                status: OperationStatus::Completed,
                error: None,
                result: Some(result),
                at,
            },
            Err(Stop::Failed(message)) => Ending {
                status: OperationStatus::Failed,
                error: Some(message),
                result: None,
                at,
            },
            Err(Stop::Cancelled(kept)) => match running.reason.get() {
                Some(reason) => Ending {
                    status: OperationStatus::Cancelled,
                    error: reason.clone(),
                    result: kept,
                    at,
                },
                None => Ending {
                    status: OperationStatus::Failed,
                    error: Some(SHUT_DOWN.to_owned()),
                    result: kept,
                    at,
                },
            },
        }
    }

    fn running(&self) -> MutexGuard<'_, HashMap<String, Running>> {
        self.inner
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn panic_message(error: tokio::task::JoinError) -> String {
    match error.try_into_panic() {
        Ok(panic) => match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
            (Some(text), _) => (*text).to_owned(),
            (_, Some(text)) => text.clone(),
            _ => "unknown panic".to_owned(),
        },
        Err(error) => error.to_string(),
    }
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;

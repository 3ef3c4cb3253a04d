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
use super::peers::{self, Lease, ORPHANED};
use super::{new_id, suffix};
use crate::ktrdr::kinds::{OperationStatus, OperationType};
use crate::ktrdr::store::operations::{self, Ending, Metadata};
use crate::ktrdr::store::{self, Connection, Store, backends};
use crate::time;

/// How long a cancellation waits for the operation to stop by itself.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// Time between two looks at what others have to do first.
pub(super) const LOOK: Duration = Duration::from_millis(100);
/// Data loads that run at once; more wait as pending.
const LOADS: usize = 8;

const SHUT_DOWN: &str = "Interrupted: the backend was shut down";
const RESTARTED: &str = "Interrupted: the backend restarted before the operation ended";

/// Runs operations. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(super) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    /// Name of this process beside the others that use the same store.
    pub(super) id: String,
    pub(super) store: Store,
    pub(super) lease: Lease,
    running: Mutex<HashMap<String, Running>>,
    loads: Semaphore,
    trainings: Semaphore,
    shut_down: AtomicBool,
}

#[derive(Clone, Debug)]
pub(super) struct Running {
    token: CancellationToken,
    /// Set by the cancellation that came first; a shutdown sets none.
    reason: Arc<OnceLock<Option<String>>>,
    pub(super) ended: watch::Receiver<bool>,
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

impl From<Arc<Inner>> for Engine {
    fn from(inner: Arc<Inner>) -> Self {
        Self { inner }
    }
}

impl Engine {
    /// An engine over a store. What ended processes left unfinished there becomes failed.
    pub fn new(store: Store) -> Result<Self, EngineError> {
        Self::with_lease(store, Lease::default())
    }

    /// An engine that shows its life, and believes in that of others, at another pace than usual.
    pub fn with_lease(store: Store, lease: Lease) -> Result<Self, EngineError> {
        let id = format!("{}{}", suffix(), suffix());
        let shared = store.is_shared();
        let interrupted = store.write_now(|db| {
            let message = if shared { ORPHANED } else { RESTARTED };
            if !shared {
                backends::forget_all(db)?;
            }
            backends::beat(db, &id)?;
            Ok(backends::bury(db, lease.dead, message)? + backends::fail_orphans(db, message)?)
        })?;
        if interrupted > 0 {
            tracing::warn!(interrupted, "operations were interrupted by a restart");
        }
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let inner = Arc::new(Inner {
            id,
            store,
            lease,
            running: Mutex::default(),
            loads: Semaphore::new(LOADS),
            trainings: Semaphore::new(cores),
            shut_down: AtomicBool::new(false),
        });
        if shared {
            peers::begin(&inner, lease);
        }
        Ok(Self { inner })
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
        let backend = self.inner.id.clone();
        let add = move |db: &Connection| {
            let now = time::now();
            let mut id = new_id(kind, now);
            while operations::get(db, &id)?.is_some() {
                id = new_id(kind, now);
            }
            operations::insert(db, &id, kind, &metadata, now)?;
            backends::assign(db, &id, &backend)?;
            before(db, &id)?;
            Ok(id)
        };
        let id = self.inner.store.write(add).await?;
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

    /// Tells an operation that runs here to stop: cancelled for a reason, or ended by others.
    pub(super) fn stop(&self, id: &str, cancelled: Option<Option<String>>) {
        if let Some(running) = self.running().get(id) {
            if let Some(reason) = cancelled {
                // Of two cancellations at once, the first one's reason stands.
                let _ = running.reason.set(reason);
            }
            running.token.cancel();
        }
    }

    pub(super) fn is_shut_down(&self) -> bool {
        self.inner.shut_down.load(Ordering::SeqCst)
    }

    pub(super) fn running_ids(&self) -> Vec<String> {
        self.running().keys().cloned().collect()
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
        let me = self.inner.id.clone();
        if let Err(error) = self
            .inner
            .store
            .write(move |db| backends::leave(db, &me, SHUT_DOWN))
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
        self.store_end(id, ending).await;
    }

    /// Stores how an operation has ended. While the database is away, it is tried again.
    async fn store_end(&self, id: &str, ending: Ending) {
        loop {
            let (key, ending) = (id.to_owned(), ending.clone());
            let stored = self
                .inner
                .store
                .write(move |db| operations::end(db, &key, &ending))
                .await;
            let Err(error) = stored else { return };
            tracing::error!(operation = id, %error, "cannot store the end of an operation");
            if !matches!(error, store::Error::Unavailable(_)) || self.is_shut_down() {
                return;
            }
            tokio::time::sleep(LOOK).await;
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

    pub(super) fn running(&self) -> MutexGuard<'_, HashMap<String, Running>> {
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

//! What a running operation can do: tell its progress, and notice that it should stop.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Map, Value};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::ktrdr::store::operations::{Progress, set_progress};
use crate::ktrdr::store::{self, Store};

/// Progress reaches the store at most this often.
const THROTTLE: Duration = Duration::from_millis(100);

/// Why an operation ends without having done its work.
#[derive(Debug)]
pub enum Stop {
    /// It was told to stop; with what is worth keeping of the work done.
    Cancelled(Option<Map<String, Value>>),
    /// It cannot go on, for this reason.
    Failed(String),
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        Self::Failed(format!("the store failed: {error}"))
    }
}

/// Who is told the progress of an operation.
#[derive(Debug)]
enum Audience {
    Nobody,
    /// Those who read the operation in the store.
    Store,
    Watcher(watch::Sender<Progress>),
}

/// Handed to every running operation.
#[derive(Debug)]
pub struct Context {
    id: String,
    store: Store,
    token: CancellationToken,
    runtime: Handle,
    audience: Audience,
    last: Mutex<Last>,
}

#[derive(Debug, Default)]
struct Last {
    written: Option<Instant>,
    waiting: Option<Progress>,
}

impl Context {
    /// The context of an operation that runs in this async runtime.
    pub(crate) fn new(id: String, store: Store, token: CancellationToken) -> Self {
        Self {
            id,
            store,
            token,
            runtime: Handle::current(),
            audience: Audience::Store,
            last: Mutex::default(),
        }
    }

    /// The same operation, its progress told to a watcher instead of the store.
    pub(crate) fn watched(self, watcher: watch::Sender<Progress>) -> Self {
        Self {
            audience: Audience::Watcher(watcher),
            ..self
        }
    }

    /// The same operation for a part of its work that tells no progress of its own.
    pub fn silent(&self) -> Self {
        Self {
            id: self.id.clone(),
            store: self.store.clone(),
            token: self.token.clone(),
            runtime: self.runtime.clone(),
            audience: Audience::Nobody,
            last: Mutex::default(),
        }
    }

    /// Whether it is a part of the work that tells nothing of its own.
    pub fn is_silent(&self) -> bool {
        matches!(self.audience, Audience::Nobody)
    }

    /// Id of the operation.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Whether the operation should stop.
    pub fn is_cancelled(&self) -> bool {
        self.token.is_cancelled()
    }

    /// An error if the operation should stop.
    pub fn check(&self) -> Result<(), Stop> {
        if self.is_cancelled() {
            Err(Stop::Cancelled(None))
        } else {
            Ok(())
        }
    }

    /// Waits, but not longer than until the operation should stop.
    pub fn pause(&self, time: Duration) -> Result<(), Stop> {
        if !time.is_zero() {
            let cancelled = self.token.cancelled();
            // Only an elapsed time or a cancellation can end it; both are seen below.
            let _ = self
                .runtime
                .block_on(async { tokio::time::timeout(time, cancelled).await });
        }
        self.check()
    }

    /// Tells how far the operation is. Cheap: what comes too fast is kept back, the latest wins.
    pub fn report(&self, progress: Progress) -> Result<(), Stop> {
        match &self.audience {
            Audience::Nobody => return Ok(()),
            Audience::Store => {}
            Audience::Watcher(watcher) => {
                watcher.send_replace(progress);
                return Ok(());
            }
        }
        let mut last = self
            .last
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if last
            .written
            .is_some_and(|written| written.elapsed() < THROTTLE)
        {
            last.waiting = Some(progress);
            return Ok(());
        }
        last.waiting = None;
        last.written = Some(Instant::now());
        drop(last);
        self.write(&progress)
    }

    /// Writes what was kept back.
    pub(super) fn flush(&self) -> Result<(), Stop> {
        let waiting = self
            .last
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .waiting
            .take();
        waiting.map_or(Ok(()), |progress| self.write(&progress))
    }

    /// A database that is away for a while is no reason to stop: there will be other progress.
    fn write(&self, progress: &Progress) -> Result<(), Stop> {
        match self
            .store
            .write_now(|db| set_progress(db, &self.id, progress))
        {
            Err(store::Error::Unavailable(error)) => {
                tracing::warn!(operation = self.id, error, "cannot store progress");
                Ok(())
            }
            result => Ok(result?),
        }
    }
}

//! The rules of the dispatch, each held against services that count.

mod cancelling;
mod fake;
mod hubs;
mod making;
mod retries;
mod sharing;

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::{Backoff, Dispatch, Settings};
use crate::orchestrator::blobs::Blobs;
use crate::orchestrator::store::artifacts::{self, Artifact};
use crate::orchestrator::store::jobs::{self, Job, NewJob};
use crate::orchestrator::store::services::{self, NewService, Service};
use crate::orchestrator::store::testing::{self, new_job, object};
use crate::orchestrator::store::{JobErrorKind, JobStatus, ServiceStatus, Store};
use fake::{Fake, Seen};

const TYPE: &str = "backtest";

/// A store with a folder for contents.
struct World {
    store: Store,
    blobs: Blobs,
    _folder: tempfile::TempDir,
}

/// A hub on threads of its own, so that it can end at any moment.
struct Hub {
    dispatch: Dispatch,
    runtime: Option<Runtime>,
}

fn settings() -> Settings {
    Settings {
        backoff: Backoff {
            first: Duration::from_millis(10),
            longest: Duration::from_millis(100),
        },
        poll: Duration::from_millis(20),
        health: Duration::from_millis(100),
        ..Settings::default()
    }
}

/// Polls until something is there.
fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "never: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

impl World {
    fn new() -> Self {
        Self::over(testing::store())
    }

    fn over(store: Store) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = Runtime::new().unwrap();
        let blobs = Blobs::open(folder.path().to_str().unwrap());
        Self {
            store,
            blobs: runtime.block_on(blobs).unwrap(),
            _folder: folder,
        }
    }

    fn hub(&self) -> Hub {
        self.hub_with(settings())
    }

    fn hub_with(&self, settings: Settings) -> Hub {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let guard = runtime.enter();
        let dispatch = Dispatch::start(self.store.clone(), self.blobs.clone(), settings).unwrap();
        drop(guard);
        Hub {
            dispatch,
            runtime: Some(runtime),
        }
    }

    /// A service with so many places.
    fn service(&self, capacity: i64) -> Fake {
        let fake = Fake::new();
        self.register(&fake, capacity, true);
        fake
    }

    fn register(&self, fake: &Fake, capacity: i64, resumable: bool) -> Service {
        let new = NewService {
            name: "fake".to_owned(),
            job_type: TYPE.to_owned(),
            url: fake.url(),
            capacity,
            resumable,
        };
        let registered = self.store.write_now(|db| services::register(db, &new));
        registered.unwrap().0
    }

    fn submit(&self, payload: Value) -> String {
        self.submit_job(NewJob {
            payload: object(payload),
            ..new_job(TYPE)
        })
    }

    fn submit_job(&self, new: NewJob) -> String {
        testing::submit(&self.store, &new).summary.id
    }

    fn job(&self, id: &str) -> Job {
        self.store
            .read_now(|db| jobs::get(db, id))
            .unwrap()
            .unwrap()
    }

    fn until(&self, id: &str, status: JobStatus) -> Job {
        let what = format!("{id} {}", status.as_str());
        until(&what, || {
            let job = self.job(id);
            let ended = matches!(job.summary.status, JobStatus::Completed | JobStatus::Failed);
            assert!(!ended || job.summary.status == status, "{job:?}");
            (job.summary.status == status).then_some(job)
        })
    }

    /// The kind of a failure and its message.
    fn failure(&self, id: &str) -> (JobErrorKind, String) {
        let failure = self.until(id, JobStatus::Failed).summary.error.unwrap();
        (failure.kind, failure.message)
    }

    fn made(&self, id: &str) -> Vec<Artifact> {
        self.store.read_now(|db| artifacts::of_job(db, id)).unwrap()
    }

    fn cancel(&self, id: &str) {
        let cancelled = self.store.write_now(|db| jobs::cancel(db, id, None));
        assert!(matches!(cancelled, Ok(jobs::Cancelled::Now(_))));
    }
}

impl Hub {
    /// Ends without another word.
    fn crash(mut self) {
        self.runtime.take().unwrap().shutdown_background();
    }

    fn stop(&self) {
        let runtime = self.runtime.as_ref().unwrap();
        runtime.block_on(self.dispatch.stop());
    }

    /// Cancels as the API does.
    fn cancel(&self, world: &World, id: &str) {
        world.cancel(id);
        let _guard = self.runtime.as_ref().unwrap().enter();
        self.dispatch.cancelled(&world.job(id));
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn hold() -> Value {
    json!({"do": "hold"})
}

fn until_running(seen: &Arc<Seen>, count: u32) {
    until("running at the service", || {
        (seen.running() == count).then_some(())
    });
}

#[test]
fn a_job_goes_to_a_service_and_comes_back() {
    let world = World::new();
    let (hub, fake) = (world.hub(), world.service(1));
    let id = world.submit_job(NewJob {
        payload: object(json!({"symbol": "AAPL"})),
        metadata: object(json!({"note": 1})),
        ..new_job(TYPE)
    });
    hub.dispatch.wake();
    let job = world.until(&id, JobStatus::Completed);
    assert_eq!(job.result.unwrap()["job"], id.as_str());
    assert_eq!((job.summary.attempts, job.summary.percent), (1, 100.0));
    let service = world.register(&fake, 1, true);
    assert_eq!(job.summary.service_id, Some(service.id));
    assert_eq!(
        fake.seen.order(&id),
        json!({
            "job_id": id, "type": TYPE, "payload": {"symbol": "AAPL"}, "metadata": {"note": 1},
            "attempt": 1, "artifacts": {}, "hub_url": "http://127.0.0.1:8000"
        })
    );
}

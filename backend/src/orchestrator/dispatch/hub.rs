//! The parts of a hub's dispatch, and its beginning and end.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::client::Client;
use super::running::Running;
use super::verdicts::Verdicts;
use super::{Health, Metrics, Settings, claims, health, leases};
use crate::contract::Contract;
use crate::orchestrator::blobs::Blobs;
use crate::orchestrator::store::jobs::{self, Job};
use crate::orchestrator::store::services::Service;
use crate::orchestrator::store::{Store, new_id};

/// The API's document; what services say of artifacts is held against it.
pub(super) const DOCUMENT: &str = include_str!("../../../../specs/orchestrator/openapi.yaml");

/// Gives jobs to services. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Dispatch {
    hub: Arc<Hub>,
}

#[derive(Debug)]
pub(super) struct Hub {
    /// Name of this process beside the others that use the same store.
    pub(super) id: String,
    pub(super) store: Store,
    pub(super) blobs: Blobs,
    pub(super) contract: Contract,
    pub(super) client: Client,
    pub(super) settings: Settings,
    pub(super) metrics: Metrics,
    pub(super) running: Running,
    pub(super) verdicts: Verdicts,
    /// There may be something to do for the loop that claims.
    pub(super) wake: Notify,
    pub(super) stopping: CancellationToken,
    pub(super) tasks: TaskTracker,
}

impl Dispatch {
    /// Begins to work.
    ///
    /// # Errors
    /// If the service token cannot be sent, the HTTP client cannot be set up, or the store does not work.
    pub fn start(store: Store, blobs: Blobs, settings: Settings) -> Result<Self, String> {
        if !store.is_shared() {
            // Whoever ran jobs here before is gone.
            store
                .write_now(|db| jobs::expire(db, None))
                .map_err(|error| error.to_string())?;
        }
        let hub = Arc::new(Hub {
            id: new_id(),
            client: Client::new(settings.service_token.as_deref())?,
            contract: Contract::read(DOCUMENT).map_err(|error| error.to_string())?,
            store,
            blobs,
            settings,
            metrics: Metrics::default(),
            running: Running::default(),
            verdicts: Verdicts::default(),
            wake: Notify::new(),
            stopping: CancellationToken::new(),
            tasks: TaskTracker::new(),
        });
        hub.tasks.spawn(claims::keep_claiming(hub.clone()));
        hub.tasks.spawn(leases::keep_renewing(hub.clone()));
        hub.tasks.spawn(health::keep_checking(hub.clone()));
        Ok(Self { hub })
    }

    /// Says that there may be something to do: a job was submitted, a service registered.
    pub fn wake(&self) {
        self.hub.wake.notify_one();
    }

    /// Gives up a job that was cancelled, and tells the service that runs it, in the background.
    pub fn cancelled(&self, job: &Job) {
        self.hub.metrics.ended(&job.summary.job_type, "cancelled");
        self.hub.give_up_cancelled(&job.summary.id);
    }

    /// Asks a service how it is, and keeps the answer.
    pub async fn check(&self, service: &Service) -> Health {
        self.hub.check(service).await
    }

    /// What is counted.
    pub fn metrics(&self) -> &Metrics {
        &self.hub.metrics
    }

    /// Stops. Services go on with what they run; another hub, or this one when it starts again, asks
    /// them for the answers.
    pub async fn stop(&self) {
        self.hub.stopping.cancel();
        self.hub.tasks.close();
        self.hub.tasks.wait().await;
        let id = self.hub.id.clone();
        if let Err(error) = self
            .hub
            .store
            .write(move |db| jobs::expire(db, Some(&id)))
            .await
        {
            tracing::warn!(%error, "other hubs have to wait until this one's leases are over");
        }
    }
}

impl Hub {
    /// Waits, but not longer than until the stop. Answers whether to go on.
    pub(super) async fn pause(&self, time: Duration) -> bool {
        tokio::select! {
            () = self.stopping.cancelled() => false,
            () = tokio::time::sleep(time) => true,
        }
    }
}

//! Looks after the services: which of them can be given jobs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::hub::Hub;
use super::trouble::Trouble;
use crate::orchestrator::store::services::{self, Service};
use crate::orchestrator::store::{Result, ServiceStatus};

/// How a service is.
#[derive(Clone, Debug)]
pub struct Health {
    /// What it counts as now; one failure is forgiven.
    pub status: ServiceStatus,
    /// How long its answer took.
    pub time: Duration,
    /// What is wrong.
    pub message: Option<String>,
    /// Executions that run there now, as it says.
    pub running: Option<u32>,
    /// Executions that can run there at once, as it says.
    pub capacity: Option<u32>,
}

/// Looks at each service now and then, until the stop. Hubs that share a store share this work.
pub(super) async fn keep_checking(hub: Arc<Hub>) {
    loop {
        if let Err(error) = check_due(&hub).await {
            tracing::warn!(%error, "cannot look after the services");
        }
        if !hub.pause(hub.settings.health / 2).await {
            return;
        }
    }
}

async fn check_due(hub: &Arc<Hub>) -> Result<()> {
    let (now, all) = hub
        .store
        .read(|db| Ok((db.now()?, services::list(db, &services::Filter::default())?)))
        .await?;
    let known = |id: &str| all.iter().any(|service| service.id == id);
    hub.verdicts.keep_only(known);
    let age = i64::try_from(hub.settings.health.as_millis()).unwrap_or(i64::MAX);
    for service in all {
        if service.checked_at.is_none_or(|at| now - at >= age) {
            hub.check_soon(service);
        }
    }
    Ok(())
}

impl Hub {
    /// Looks at a service, in the background.
    fn check_soon(self: &Arc<Self>, service: Service) {
        let hub = self.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = hub.stopping.cancelled() => {}
                _ = hub.check(&service) => {}
            }
        });
    }

    /// Takes note that an execution was lost, and looks at once.
    pub(super) fn suspect(self: &Arc<Self>, service: &Service) {
        self.verdicts.note(&service.id, true, false);
        self.check_soon(service.clone());
    }

    /// Asks a service how it is, and keeps the answer.
    pub(super) async fn check(&self, service: &Service) -> Health {
        let begin = Instant::now();
        let answer = self.client.health(&service.url, service.resumable).await;
        let time = begin.elapsed();
        let was = service.status == ServiceStatus::Healthy;
        let status = match self.verdicts.note(&service.id, was, answer.is_ok()) {
            true => ServiceStatus::Healthy,
            false => ServiceStatus::Unhealthy,
        };
        self.keep(service, status, answer.as_ref().err()).await;
        let (message, load) = match answer {
            Ok(load) => (None, load),
            Err(trouble) => (Some(trouble.to_string()), Default::default()),
        };
        Health {
            status,
            time,
            message,
            running: load.running,
            capacity: load.capacity,
        }
    }

    async fn keep(&self, service: &Service, status: ServiceStatus, trouble: Option<&Trouble>) {
        let id = service.id.clone();
        let kept = self.store.write(move |db| services::mark(db, &id, status));
        if let Err(error) = kept.await {
            tracing::warn!(service = service.id, %error, "cannot keep how a service is");
        }
        if status == service.status {
            return;
        }
        let (id, name) = (&service.id, &service.name);
        match trouble {
            Some(trouble) => {
                tracing::warn!(service = %id, %name, %trouble, "a service is unhealthy")
            }
            None => tracing::info!(service = %id, %name, "a service is healthy"),
        }
        self.wake.notify_one();
    }
}

//! Tells services that the answer to an execution is not wanted any more.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::hub::Hub;
use super::trouble::Trouble;
use crate::orchestrator::store::services::{self, Service};

/// For so long it is tried to reach the service.
const PATIENCE: Duration = Duration::from_secs(60);

impl Hub {
    /// Waits no longer for a job that was cancelled, and tells its service, in the background.
    pub(super) fn give_up_cancelled(self: &Arc<Self>, job: &str) {
        self.running.give_up(job);
        let (hub, job) = (self.clone(), job.to_owned());
        self.tasks.spawn(async move {
            let id = job.clone();
            let found = hub.store.read(move |db| services::of_job(db, &id)).await;
            match found {
                Ok(Some(service)) => hub.tell_to_stop(&job, &service).await,
                // It had none yet, or its service is gone, and with it the way to it.
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(%job, %error, "cannot find the service to tell of a cancellation");
                }
            }
        });
    }

    /// Tells a service to stop an execution; tries again for a while if it cannot be reached.
    pub(super) async fn tell_to_stop(&self, job: &str, service: &Service) {
        if !service.resumable {
            return;
        }
        let begin = Instant::now();
        for attempt in 1.. {
            match self.client.cancel(&service.url, job).await {
                Ok(()) => return,
                Err(Trouble::Connection(_)) if begin.elapsed() < PATIENCE => {
                    if !self.pause(self.settings.backoff.after(attempt)).await {
                        return;
                    }
                }
                Err(trouble) => {
                    let service = &service.id;
                    tracing::warn!(%job, %service, %trouble, "the service was not told to stop");
                    return;
                }
            }
        }
    }
}

//! Tells services that the answer to an execution is not wanted any more.

use std::sync::Arc;
use std::time::Instant;

use super::hub::Hub;
use super::trouble::Trouble;
use crate::orchestrator::store::services::{self, Service};
use crate::orchestrator::store::{Result, jobs};

impl Hub {
    /// Tells the services of cancelled jobs whose hub did not live to do so.
    pub(super) async fn tell_for_others(self: &Arc<Self>) -> Result<()> {
        for job in self.store.write(jobs::untold).await? {
            tracing::info!(
                job,
                "a service is told of a cancellation in another hub's place"
            );
            self.give_up_cancelled(&job);
        }
        Ok(())
    }

    /// Waits no longer for a job that was cancelled, and tells its service, in the background.
    pub(super) fn give_up_cancelled(self: &Arc<Self>, job: &str) {
        self.running.give_up(job);
        let (hub, job) = (self.clone(), job.to_owned());
        self.tasks.spawn(async move {
            if let Err(error) = hub.tell_of_cancellation(&job).await {
                tracing::warn!(%job, %error, "the database does not say which service to tell of a cancellation; it is asked again");
            }
        });
    }

    async fn tell_of_cancellation(&self, job: &str) -> Result<()> {
        let id = job.to_owned();
        let found = self.store.read(move |db| services::of_job(db, &id)).await?;
        // It had none yet, or its service is gone, and with it the way to it.
        let Some(service) = found else {
            return self.note_told(job).await;
        };
        if self.tell_to_stop(job, &service).await {
            self.note_told(job).await?;
        }
        Ok(())
    }

    async fn note_told(&self, job: &str) -> Result<()> {
        let id = job.to_owned();
        self.store.write(move |db| jobs::told(db, &id)).await
    }

    /// Tells a service to stop an execution; tries again for a while if it cannot be reached. Answers whether
    /// that is done with, which it is not if the hub stops.
    pub(super) async fn tell_to_stop(&self, job: &str, service: &Service) -> bool {
        if !service.resumable {
            return true;
        }
        let begin = Instant::now();
        for attempt in 1.. {
            match self.client.cancel(&service.url, job).await {
                Ok(()) => break,
                Err(Trouble::Connection(_)) if begin.elapsed() < jobs::TELLING => {
                    if !self.pause(self.settings.backoff.after(attempt)).await {
                        return false;
                    }
                }
                Err(trouble) => {
                    let service = &service.id;
                    tracing::warn!(%job, %service, %trouble, "the service was not told to stop");
                    break;
                }
            }
        }
        true
    }
}

//! Shows the other hubs that this one is alive, learns what became of its jobs meanwhile, and does what a hub
//! left undone that is not alive any more.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::hub::Hub;
use crate::orchestrator::store::{Result, jobs};

/// Renews the leases until the stop.
pub(super) async fn keep_renewing(hub: Arc<Hub>) {
    let mut strays = BTreeSet::new();
    loop {
        if let Err(error) = hub.tell_for_others().await {
            tracing::warn!(%error, "cannot find the cancellations that no service was told of");
        }
        if !hub.pause(hub.settings.lease / 3).await {
            return;
        }
        if let Err(error) = renew(&hub, &mut strays).await {
            tracing::warn!(%error, "cannot renew the leases of the running jobs");
        }
    }
}

async fn renew(hub: &Arc<Hub>, strays: &mut BTreeSet<String>) -> Result<()> {
    let running = hub.running.jobs();
    let (id, lease, asked) = (hub.id.clone(), hub.settings.lease, running.clone());
    let renewed = hub
        .store
        .write(move |db| jobs::renew(db, &id, lease, &asked))
        .await?;
    for job in &renewed.cancelled {
        hub.give_up_cancelled(job);
    }
    for job in &renewed.lost {
        // Ended here just now, or taken by another hub that believed this one dead.
        hub.running.give_up(job);
    }
    let unknown = renewed
        .ours
        .into_iter()
        .filter(|job| !running.contains(job))
        .collect();
    // Just claimed, or claimed in a transaction that seemed to have failed.
    let old: Vec<String> = strays.intersection(&unknown).cloned().collect();
    *strays = unknown;
    if old.is_empty() {
        return Ok(());
    }
    let id = hub.id.clone();
    hub.store
        .write(move |db| {
            for job in &old {
                jobs::release(db, job, &id, Duration::ZERO, false)?;
            }
            Ok(())
        })
        .await
}

//! Takes jobs out of the queue, as many as services have places for.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use super::Settings;
use super::choice::{choose, free};
use super::hub::Hub;
use crate::orchestrator::store::jobs::{self, Assignment, Claimed};
use crate::orchestrator::store::services::{self, Service};
use crate::orchestrator::store::{Connection, Result};

/// Jobs that are claimed in one transaction.
const BATCH: usize = 32;

/// A job of this hub, and who is to run it.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) claimed: Claimed,
    pub(super) place: Place,
    /// When it was claimed.
    pub(super) now: i64,
}

/// Who is to run a job.
#[derive(Debug)]
pub(super) enum Place {
    /// This service; it is written down.
    Given(Service),
    /// This one had it before, and knows what became of it.
    Ask(Service),
    /// Nobody yet.
    Open,
}

/// Claims jobs until the stop.
pub(super) async fn keep_claiming(hub: Arc<Hub>) {
    while !hub.stopping.is_cancelled() {
        let more = claim(&hub).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "cannot claim jobs");
            false
        });
        if more {
            continue;
        }
        tokio::select! {
            () = hub.wake.notified() => {}
            () = tokio::time::sleep(hub.settings.poll) => {}
            () = hub.stopping.cancelled() => {}
        }
    }
}

/// Claims what can be run now. Answers whether there may be more.
async fn claim(hub: &Arc<Hub>) -> Result<bool> {
    let taken = hub.running.by_type();
    let (id, settings) = (hub.id.clone(), hub.settings.clone());
    let orders = hub
        .store
        .write(move |db| {
            let mut services = services::list(db, &services::Filter::default())?;
            let room = room(&services, &taken, &settings);
            let claimed = jobs::claim(db, &id, settings.lease, &room, BATCH)?;
            if claimed.is_empty() {
                return Ok(Vec::new());
            }
            place(db, &id, &mut services, claimed)
        })
        .await?;
    let more = orders.len() == BATCH;
    for order in orders {
        hub.begin(order);
    }
    Ok(more)
}

/// How many jobs of each type can be claimed. What is not in it is not claimed, unless a hub has left it
/// running; with zero not even that.
fn room(
    services: &[Service],
    taken: &HashMap<String, usize>,
    settings: &Settings,
) -> BTreeMap<String, usize> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for service in services {
        *places.entry(service.job_type.clone()).or_default() += free(service);
    }
    for job_type in taken.keys() {
        places.entry(job_type.clone()).or_default();
    }
    places
        .into_iter()
        .filter_map(|(job_type, places)| {
            let taken = taken.get(&job_type).copied().unwrap_or(0);
            let left = settings.limit(&job_type).saturating_sub(taken);
            // Without a place nothing new can run; what runs already needs none.
            (places > 0 || left == 0).then(|| (job_type, places.min(left)))
        })
        .collect()
}

/// Decides who is to run the jobs, and writes it down.
fn place(
    db: &Connection,
    hub: &str,
    services: &mut [Service],
    claimed: Vec<Claimed>,
) -> Result<Vec<Order>> {
    let now = db.now()?;
    let mut orders: Vec<Order> = claimed
        .into_iter()
        .map(|claimed| {
            let place = plan(services, &claimed);
            Order {
                claimed,
                place,
                now,
            }
        })
        .collect();
    let wanted: Vec<Assignment<'_>> = orders.iter().filter_map(Order::wanted).collect();
    let given = jobs::assign_services(db, hub, &wanted)?;
    for order in &mut orders {
        if matches!(order.place, Place::Given(_)) && !given.contains(order.id()) {
            order.place = Place::Open;
        }
    }
    Ok(orders)
}

fn plan(services: &mut [Service], claimed: &Claimed) -> Place {
    let job = &claimed.job.summary;
    let last = job.service_id.as_deref();
    let mut known = services.iter().filter(|service| service.resumable);
    if let Some(service) = known.find(|service| Some(service.id.as_str()) == last) {
        return Place::Ask(service.clone());
    }
    match choose(services, &job.job_type, last.filter(|_| !claimed.resumed)) {
        Some(service) => {
            service.running += 1;
            Place::Given(service.clone())
        }
        None => Place::Open,
    }
}

impl Order {
    fn id(&self) -> &str {
        &self.claimed.job.summary.id
    }

    /// What is to be written down.
    fn wanted(&self) -> Option<Assignment<'_>> {
        match &self.place {
            Place::Given(service) => Some(Assignment {
                job: self.id(),
                service: &service.id,
            }),
            Place::Ask(_) | Place::Open => None,
        }
    }
}

impl Hub {
    /// Begins to work on a job.
    fn begin(self: &Arc<Self>, order: Order) {
        let job = &order.claimed.job.summary;
        // One whose lease could not be renewed in time, and that nobody else has taken, goes on.
        let Some(given_up) = self.running.add(&job.id, &job.job_type) else {
            return;
        };
        if order.claimed.resumed {
            self.metrics.resumed();
        } else if job.attempts == 1 {
            let wait = u64::try_from(order.now - job.created_at).unwrap_or(0);
            self.metrics
                .waited(&job.job_type, Duration::from_millis(wait));
        }
        self.tasks.spawn(self.clone().run(order, given_up));
    }
}

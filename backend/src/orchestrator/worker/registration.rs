//! A service's place at the hub: taken at its start, again when the hub has forgotten it, and given back
//! at its end.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use orchestrator_mcp::models::ServiceRegistration;

use super::hub::{Hub, HubError};

/// How often the hub is asked whether it still knows the service.
const EVERY: Duration = Duration::from_secs(5);
/// Time between two tries to reach a hub that is away.
const AGAIN: Duration = Duration::from_secs(1);
/// How long the hub is waited for when the service ends.
const GRACE: Duration = Duration::from_secs(2);

/// The id that the hub has given the service.
#[derive(Debug, Default)]
pub(super) struct Place(Mutex<Option<String>>);

impl Place {
    fn get(&self) -> Option<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set(&self, id: Option<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = id;
    }
}

/// Keeps the service registered. Ends only where the hub does not want it, and says why.
pub(super) async fn keep(hub: &Hub, service: ServiceRegistration, place: &Place) -> String {
    loop {
        let known = match place.get() {
            Some(id) => hub.knows(&id).await,
            None => Ok(false),
        };
        let done = match known {
            Ok(true) => Ok(()),
            Ok(false) => hub.register(&service).await.map(|id| {
                tracing::info!(service = id, url = service.url, "registered");
                place.set(Some(id));
            }),
            Err(error) => Err(error),
        };
        let wait = match done {
            Ok(()) => EVERY,
            Err(HubError::Away(why)) => {
                tracing::warn!(why, "the hub is away");
                AGAIN
            }
            Err(error) => return error.to_string(),
        };
        tokio::time::sleep(wait).await;
    }
}

/// Takes the registration back, if the hub is there.
pub(super) async fn leave(hub: &Hub, place: &Place) {
    let Some(id) = place.get() else { return };
    match tokio::time::timeout(GRACE, hub.deregister(&id)).await {
        Ok(Ok(())) => tracing::info!(service = id, "deregistered"),
        Ok(Err(error)) => tracing::warn!(%error, "cannot be deregistered"),
        Err(_) => tracing::warn!("the hub did not take the registration back in time"),
    }
}

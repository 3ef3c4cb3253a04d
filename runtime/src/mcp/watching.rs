//! Tells clients that a resource has changed: it is read every now and then
//! for as long as somebody watches it. Nothing outlives the session or the
//! stream that watches.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::request::Parts;
use rmcp::model::{
    ErrorData, ResourceContents, ResourceUpdatedNotificationParam, SubscriptionFilter,
};
use rmcp::service::{Peer, RequestContext, RoleServer, SubscriptionContext, SubscriptionSink};
use tokio_util::sync::CancellationToken;

use super::resources::not_found;
use super::{Caller, Mcp};
use crate::Source;

/// Between two looks at a resource that does not say how long it may be kept.
const PACE: Duration = Duration::from_secs(10);
/// No resource is looked at more often.
const LEAST: Duration = Duration::from_secs(1);
/// The most that sessions of one process watch at once.
const MOST: usize = 256;

/// What sessions watch, by session and URI.
#[derive(Debug, Default)]
pub(super) struct Watches(Mutex<HashMap<(String, String), CancellationToken>>);

impl Watches {
    /// Begins a watch; `None` if the session has it already.
    fn begin(&self, key: (String, String)) -> Result<Option<CancellationToken>, ErrorData> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.contains_key(&key) {
            return Ok(None);
        }
        if all.len() >= MOST {
            let message = format!("{MOST} resources are watched already; end a subscription first");
            return Err(ErrorData::internal_error(message, None));
        }
        let stop = CancellationToken::new();
        all.insert(key, stop.clone());
        Ok(Some(stop))
    }

    fn end(&self, key: &(String, String)) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(stop) = all.remove(key) {
            stop.cancel();
        }
    }
}

impl Mcp {
    /// The server for clients that it can tell of changes after it has
    /// answered: on stdio, and over HTTP with sessions.
    pub fn with_sessions(self) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            this: this.clone(),
            ..self
        })
    }

    pub(super) fn keeps_sessions(&self) -> bool {
        self.this.strong_count() > 0
    }

    /// Whether there is what can change.
    pub(super) fn is_watchable(&self) -> bool {
        self.resources()
            .any(|resource| matches!(resource.source, Source::Operation(_)))
    }

    /// Of what a client wants to hear, the resources that there are.
    pub(super) fn watched(&self, requested: &SubscriptionFilter) -> SubscriptionFilter {
        let mut filter = SubscriptionFilter::new();
        let wanted = requested.resource_subscriptions.iter().flatten();
        let known = wanted.filter(|uri| self.find_resource(uri).is_some());
        filter.resource_subscriptions = Some(known.cloned().collect());
        filter
    }

    /// Watches for the stream of a request (MCP 2026-07-28,
    /// `subscriptions/listen`) until it ends.
    pub(super) async fn listens(&self, subscription: &SubscriptionContext) {
        let caller = Caller::of(subscription.request_context());
        let uris = subscription.accepted().resource_subscriptions.iter();
        let watches: Vec<_> = uris
            .flatten()
            .map(|uri| self.tells(uri, &caller, subscription.sink()))
            .collect();
        let all = async {
            futures_util::future::join_all(watches).await;
            subscription.cancelled().await;
        };
        tokio::select! {
            () = all => {}
            () = subscription.cancelled() => {}
        }
    }

    /// Tells of every change until nobody hears.
    async fn tells(&self, uri: &str, caller: &Caller, sink: &SubscriptionSink) {
        let mut known = None;
        loop {
            self.changed(uri, caller, &mut known).await;
            if sink.notify_resource_updated(uri).await.is_err() {
                return;
            }
        }
    }

    /// Begins a watch for a session (before 2026-07-28, `resources/subscribe`).
    pub(super) fn subscribed(
        &self,
        uri: String,
        context: &RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        let this = self.this.upgrade().ok_or_else(no_session)?;
        if self.find_resource(&uri).is_none() {
            let message = format!("There is no resource {uri}");
            return Err(not_found(&uri, message));
        }
        let key = (session(context), uri);
        let Some(stop) = self.watches.begin(key.clone())? else {
            return Ok(());
        };
        let (caller, peer) = (Caller::of(context), context.peer.clone());
        tokio::spawn(async move {
            let mut known = None;
            loop {
                tokio::select! {
                    () = this.changed(&key.1, &caller, &mut known) => {}
                    () = stop.cancelled() => break,
                    () = gone(&peer) => break,
                }
                let param = ResourceUpdatedNotificationParam::new(key.1.as_str());
                if peer.notify_resource_updated(param).await.is_err() {
                    break;
                }
            }
            this.watches.end(&key);
        });
        Ok(())
    }

    /// Ends a watch of a session, if it has it.
    pub(super) fn unsubscribed(&self, uri: String, context: &RequestContext<RoleServer>) {
        self.watches.end(&(session(context), uri));
    }

    /// Looks at a resource again and again until it is another than it was.
    /// What cannot be read at the moment has not changed.
    async fn changed(&self, uri: &str, caller: &Caller, known: &mut Option<ResourceContents>) {
        let found = self.find_resource(uri);
        let Some((resource, _)) =
            found.filter(|(resource, _)| matches!(resource.source, Source::Operation(_)))
        else {
            // A file never changes while a process lives.
            return std::future::pending().await;
        };
        let pace = resource.ttl.unwrap_or(PACE).max(LEAST);
        loop {
            if known.is_some() {
                tokio::time::sleep(pace).await;
            }
            match self.contents(uri, caller).await {
                Ok(now) => {
                    let before = known.replace(now);
                    if before.is_some() && before != *known {
                        return;
                    }
                }
                Err(error) => {
                    tracing::debug!(uri, %error, "a watched resource cannot be read");
                    tokio::time::sleep(pace).await;
                }
            }
        }
    }
}

/// Ends when nobody hears any more.
async fn gone(peer: &Peer<RoleServer>) {
    while !peer.is_transport_closed() {
        tokio::time::sleep(LEAST).await;
    }
}

/// What tells sessions apart: on stdio there is one only.
fn session(context: &RequestContext<RoleServer>) -> String {
    let parts = context.extensions.get::<Parts>();
    let id = parts.and_then(|parts| parts.headers.get("mcp-session-id"));
    let id = id.and_then(|id| id.to_str().ok());
    id.unwrap_or_default().to_owned()
}

fn no_session() -> ErrorData {
    let message = "This server keeps no sessions, so it cannot tell of changes later. Read the resource again instead.";
    ErrorData::invalid_request(message, None)
}

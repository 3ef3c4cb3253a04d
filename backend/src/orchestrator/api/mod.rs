//! The HTTP routes of a hub. Handlers speak the types generated from the API's document; who asks, and
//! every request, is checked against the document before a handler does anything.

mod artifacts;
mod docs;
mod failure;
mod guard;
mod health;
mod hosts;
mod jobs;
mod media;
mod metrics;
mod services;
mod uploads;

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;

use super::access::Access;
use super::blobs::Blobs;
use super::dispatch::Dispatch;
use super::store::Store;
use crate::contract::{Contract, ContractError};
use crate::http;
pub use hosts::Hosts;
use metrics::Metrics;
pub use uploads::LIMIT as UPLOAD;

/// The API's document.
const DOCUMENT: &str = include_str!("../../../../specs/orchestrator/openapi.yaml");
/// Largest body of a request that is no upload.
const BODY: usize = 1 << 20;

/// What handlers work with. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    contract: Contract,
    access: Access,
    hosts: Option<Hosts>,
    store: Store,
    blobs: Blobs,
    dispatch: Dispatch,
    metrics: Metrics,
    timeout_seconds: i64,
    upload_bytes: u64,
    started: Instant,
}

/// What a hub is made of.
#[derive(Debug)]
pub struct Parts {
    /// Jobs, artifacts and services.
    pub store: Store,
    /// Contents of artifacts.
    pub blobs: Blobs,
    /// Gives jobs to services.
    pub dispatch: Dispatch,
    /// Who is let in.
    pub access: Access,
    /// The names that it answers to; to all, if there are none.
    pub hosts: Option<Hosts>,
    /// How long a job may run that does not say it, in seconds.
    pub timeout_seconds: i64,
    /// The largest content that can be uploaded, in bytes; [`UPLOAD`] where nothing speaks against it.
    pub upload_bytes: u64,
}

impl AsRef<Contract> for App {
    fn as_ref(&self) -> &Contract {
        &self.inner.contract
    }
}

impl App {
    /// The API over the parts of a hub.
    ///
    /// # Errors
    /// If the document cannot be used.
    pub fn new(parts: Parts) -> Result<Self, ContractError> {
        let metrics = Metrics::new(&parts.dispatch);
        Ok(Self {
            inner: Arc::new(Inner {
                contract: Contract::read(DOCUMENT)?,
                access: parts.access,
                hosts: parts.hosts,
                store: parts.store,
                blobs: parts.blobs,
                dispatch: parts.dispatch,
                metrics,
                timeout_seconds: parts.timeout_seconds,
                upload_bytes: parts.upload_bytes,
                started: Instant::now(),
            }),
        })
    }

    /// Every route of the document, the document itself, pages that show it, and metrics.
    pub fn router(self) -> Router {
        Router::new()
            .merge(jobs::routes())
            .merge(artifacts::routes())
            .merge(uploads::routes())
            .merge(services::routes())
            .merge(health::routes())
            .merge(docs::routes())
            .route(metrics::PATH, get(metrics::get))
            .fallback(http::not_found)
            .method_not_allowed_fallback(http::method_not_allowed)
            .layer(DefaultBodyLimit::max(BODY))
            .layer(from_fn_with_state(self.clone(), guard::guard))
            .layer(from_fn_with_state(self.clone(), hosts::check))
            .layer(from_fn_with_state(self.clone(), metrics::count))
            .layer(from_fn(http::log))
            .with_state(self)
    }
}

#[cfg(test)]
mod tests;

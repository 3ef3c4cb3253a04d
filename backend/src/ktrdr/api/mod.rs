//! The HTTP routes. Handlers speak the types generated from the API's document, and every request
//! is checked against the document before a handler sees it.

mod backtests;
mod data;
mod details;
mod experiments;
mod failure;
mod health;
mod indicators;
mod insights;
mod models;
mod operations;
mod recording;
pub(crate) mod request;
mod research;
pub(crate) mod rule;
mod strategies;
pub(crate) mod training;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::routing::{get, post};

use super::data::load::Sources;
use super::operations::Engine;
use super::store::Store;
use super::strategies::Library;
use super::training::run::Places;
use crate::contract::{Contract, ContractError};
use crate::http;

/// The API's document.
pub(crate) const DOCUMENT: &str = include_str!("../../../../specs/ktrdr/openapi.yaml");

/// What handlers work with. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    contract: Contract,
    store: Store,
    engine: Engine,
    sources: Sources,
    models: PathBuf,
    library: Library,
    started: Instant,
}

impl AsRef<Contract> for App {
    fn as_ref(&self) -> &Contract {
        &self.inner.contract
    }
}

impl App {
    /// The service over a store, with the engine that runs its operations, the places it reads bars
    /// from and writes models to, and the strategies.
    pub fn new(
        store: Store,
        engine: Engine,
        places: Places,
        library: Library,
    ) -> Result<Self, ContractError> {
        let contract = Contract::read(DOCUMENT)?;
        let Places { sources, models } = places;
        Ok(Self {
            inner: Arc::new(Inner {
                contract,
                store,
                engine,
                sources,
                models,
                library,
                started: Instant::now(),
            }),
        })
    }

    /// Every route of the document, and the document itself at `/openapi.json`.
    pub fn router(self) -> Router {
        Router::new()
            .merge(experiments::routes())
            .merge(insights::routes())
            .merge(research::routes())
            .route("/openapi.json", get(health::document))
            .route("/api/v1/health", get(health::get))
            .route("/api/v1/operations", get(operations::list))
            .route("/api/v1/operations/{operation_id}", get(operations::get))
            .route(
                "/api/v1/operations/{operation_id}/cancel",
                post(operations::cancel),
            )
            .route(
                "/api/v1/operations/{operation_id}/results",
                get(operations::results),
            )
            .route("/api/v1/data/load", post(data::load))
            .route("/api/v1/data/info/{symbol}", get(data::info))
            .route("/api/v1/data/{symbol}/{timeframe}", get(data::bars))
            .route("/api/v1/trainings/start", post(training::start))
            .route("/api/v1/trainings/{task_id}", get(training::status))
            .route(
                "/api/v1/trainings/{task_id}/performance",
                get(training::performance),
            )
            .merge(backtests::routes())
            .merge(details::routes())
            .route("/api/v1/models", get(models::list))
            .merge(strategies::routes())
            .merge(indicators::routes())
            .layer(axum::middleware::from_fn_with_state(
                self.clone(),
                recording::record,
            ))
            .fallback(http::not_found)
            .method_not_allowed_fallback(http::method_not_allowed)
            .layer(axum::middleware::from_fn(http::log))
            .with_state(self)
    }
}

#[cfg(test)]
mod tests;

//! `/services`.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use orchestrator_mcp::clients::services::ListServices;
use orchestrator_mcp::models;
use serde::Deserialize;
use url::Url;

use super::App;
use super::failure::Failure;
use crate::contract::{Checked, Problem};
use crate::http::Incoming;
use crate::orchestrator::store::Connection;
use crate::orchestrator::store::services::{self as store, NewService, Service};
use crate::orchestrator::wire;

#[derive(Deserialize)]
struct Path {
    service_id: String,
}

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/services", get(list).post(register))
        .route("/services/{service_id}", get(one).delete(deregister))
        .route("/services/{service_id}/health", get(check))
}

fn service_id(checked: &Checked) -> Result<String, Failure> {
    Ok(checked.path::<Path>()?.service_id.to_lowercase())
}

/// Registers a service, or renews it.
async fn register(State(app): State<App>, request: Incoming) -> Result<Response, Failure> {
    let body: models::ServiceRegistration = request.check(&app, "registerService")?.body()?;
    let url = base_url(&body.url)?;
    let new = NewService {
        name: body.name.unwrap_or_else(|| url.clone()),
        job_type: body.job_type,
        url,
        capacity: body.capacity.unwrap_or(1),
        resumable: body.resumable.unwrap_or(false),
    };
    let register = move |db: &Connection| store::register(db, &new);
    let (service, is_new) = app.inner.store.write(register).await?;
    app.inner.dispatch.wake();
    if !is_new {
        return Ok(Json(wire::service(service)).into_response());
    }
    tracing::info!(
        service = service.id,
        url = service.url,
        job_type = service.job_type,
        "a service was registered"
    );
    let place = [(header::LOCATION, format!("/services/{}", service.id))];
    Ok((StatusCode::CREATED, place, Json(wire::service(service))).into_response())
}

/// A base URL in the form that makes the same service the same.
fn base_url(text: &str) -> Result<String, Failure> {
    let url = Url::parse(text).map_err(|error| {
        let message = format!("Input should be a valid URL, {error}");
        Problem::new(["body", "url"], &message, "url_parsing")
    })?;
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// All services.
async fn list(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<models::ServiceList>, Failure> {
    let query: ListServices = request.check(&app, "listServices")?.query()?;
    let filter = store::Filter {
        job_type: query.r#type,
        status: query.status,
    };
    let list = move |db: &Connection| store::list(db, &filter);
    let services = app.inner.store.read(list).await?;
    Ok(Json(models::ServiceList {
        services: services.into_iter().map(wire::service).collect(),
    }))
}

async fn find(app: &App, id: &str) -> Result<Service, Failure> {
    let wanted = id.to_owned();
    let found = app.inner.store.read(move |db| store::get(db, &wanted));
    found.await?.ok_or_else(|| Failure::unknown_service(id))
}

/// One service.
async fn one(State(app): State<App>, request: Incoming) -> Result<Json<models::Service>, Failure> {
    let id = service_id(&request.check(&app, "getService")?)?;
    Ok(Json(wire::service(find(&app, &id).await?)))
}

/// Takes a service off the list.
async fn deregister(State(app): State<App>, request: Incoming) -> Result<StatusCode, Failure> {
    let id = service_id(&request.check(&app, "deregisterService")?)?;
    let wanted = id.clone();
    let remove = move |db: &Connection| store::remove(db, &wanted);
    if app.inner.store.write(remove).await? {
        tracing::info!(service = id, "a service was deregistered");
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Failure::unknown_service(&id))
    }
}

/// Asks a service how it is.
async fn check(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<models::ServiceHealth>, Failure> {
    let id = service_id(&request.check(&app, "checkService")?)?;
    let service = find(&app, &id).await?;
    let health = app.inner.dispatch.check(&service).await;
    Ok(Json(models::ServiceHealth {
        service: wire::service(find(&app, &id).await?),
        message: health.message,
    }))
}

//! A small hub: takes contents, progress and registrations, and gives contents.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use uuid::Uuid;

use super::TOKEN;
use crate::orchestrator::digest::checksum;

#[derive(Debug, Default)]
pub(super) struct FakeHub {
    pub(super) url: String,
    /// Contents by storage location.
    pub(super) contents: Mutex<BTreeMap<String, Vec<u8>>>,
    artifacts: Mutex<Map<String, Value>>,
    pub(super) progress: Mutex<Vec<Value>>,
    /// Whether running jobs are no longer wanted.
    pub(super) unwanted: AtomicBool,
    /// Requests that are still answered as if the hub were about to stop.
    pub(super) away: AtomicUsize,
    pub(super) services: Mutex<BTreeMap<String, Value>>,
}

impl FakeHub {
    pub(super) async fn start() -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let hub = Arc::new(Self {
            url,
            ..Self::default()
        });
        let routes = Router::new()
            .route("/uploads", post(upload))
            .route("/artifacts/{id}/content", get(content))
            .route("/jobs/{id}/progress", put(progress))
            .route("/services", post(register))
            .route("/services/{id}", get(service).delete(deregister))
            .layer(DefaultBodyLimit::disable())
            .layer(middleware::from_fn_with_state(hub.clone(), guard))
            .with_state(hub.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        hub
    }

    /// Every artifact by id, as a hub sends them with a job.
    pub(super) fn artifacts(&self) -> Map<String, Value> {
        self.artifacts.lock().unwrap().clone()
    }

    /// Records an artifact and answers its id.
    pub(super) fn record(&self, kind: &str, location: &str) -> String {
        let content = self.contents.lock().unwrap()[location].clone();
        let id = Uuid::new_v4().to_string();
        let artifact = json!({
            "artifact_id": id, "name": "a", "type": kind, "storage_location": location,
            "size_bytes": content.len(), "checksum": checksum(&content), "tags": [], "metadata": {},
        });
        self.artifacts.lock().unwrap().insert(id.clone(), artifact);
        id
    }

    /// Records an artifact of this content.
    pub(super) fn put(&self, kind: &str, content: &[u8]) -> String {
        let location = checksum(content);
        self.contents
            .lock()
            .unwrap()
            .insert(location.clone(), content.to_vec());
        self.record(kind, &location)
    }

    /// Changes one byte of what is stored of an artifact.
    pub(super) fn corrupt(&self, id: &str) {
        let location = self.artifacts()[id]["storage_location"]
            .as_str()
            .unwrap()
            .to_owned();
        let mut contents = self.contents.lock().unwrap();
        let content = contents.get_mut(&location).unwrap();
        let middle = content.len() / 2;
        content[middle] ^= 1;
    }

    pub(super) fn services(&self) -> Vec<Value> {
        self.services.lock().unwrap().values().cloned().collect()
    }
}

type Hub = State<Arc<FakeHub>>;

async fn guard(State(hub): Hub, headers: HeaderMap, request: Request, next: Next) -> Response {
    let given = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    if given != Some(format!("Bearer {TOKEN}").as_str()) {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "detail": "no" }))).into_response();
    }
    let away = hub
        .away
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
            left.checked_sub(1)
        });
    if away.is_ok() {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            Json(json!({ "detail": "stopping" })),
        )
            .into_response();
    }
    next.run(request).await
}

async fn upload(State(hub): Hub, request: Request) -> Response {
    let query = request.uri().query().unwrap_or_default().to_owned();
    let body = axum::body::to_bytes(request.into_body(), usize::MAX)
        .await
        .unwrap();
    let checksum = checksum(&body);
    let hex = checksum.strip_prefix("sha256:").unwrap();
    assert!(
        query.starts_with("checksum=sha256") && query.ends_with(hex),
        "{query}"
    );
    let location = format!("hub:{checksum}");
    hub.contents
        .lock()
        .unwrap()
        .insert(location.clone(), body.to_vec());
    let stored =
        json!({ "storage_location": location, "size_bytes": body.len(), "checksum": checksum });
    (StatusCode::CREATED, Json(stored)).into_response()
}

async fn content(State(hub): Hub, Path(id): Path<String>) -> Response {
    let artifacts = hub.artifacts();
    let location = artifacts
        .get(&id)
        .and_then(|artifact| artifact["storage_location"].as_str());
    let contents = hub.contents.lock().unwrap();
    match location.and_then(|location| contents.get(location)) {
        Some(content) => Bytes::from(content.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn progress(State(hub): Hub, Json(report): Json<Value>) -> StatusCode {
    hub.progress.lock().unwrap().push(report);
    if hub.unwanted.load(Ordering::SeqCst) {
        StatusCode::CONFLICT
    } else {
        StatusCode::NO_CONTENT
    }
}

async fn register(State(hub): Hub, Json(asked): Json<Value>) -> Response {
    let id = Uuid::new_v4().to_string();
    let mut service = json!({
        "service_id": id, "status": "unknown", "running": 0,
        "registered_at": "2026-01-01T00:00:00Z", "checked_at": null,
    });
    service
        .as_object_mut()
        .unwrap()
        .extend(asked.as_object().unwrap().clone());
    hub.services.lock().unwrap().insert(id, service.clone());
    (StatusCode::CREATED, Json(service)).into_response()
}

async fn service(State(hub): Hub, Path(id): Path<String>) -> Response {
    match hub.services.lock().unwrap().get(&id) {
        Some(service) => Json(service.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn deregister(State(hub): Hub, Path(id): Path<String>) -> StatusCode {
    hub.services.lock().unwrap().remove(&id);
    StatusCode::NO_CONTENT
}

//! A service against a hub that is made here.

mod executions;
mod hub;
mod refusals;
mod server;
mod work;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;
use uuid::Uuid;

use super::api::App;
use super::executions::{Executions, State};
use super::hub::Hub;
use super::kept::Kept;
use super::order::Kind;
use super::runner::Runner;
use crate::ktrdr::data::load::Sources;
use crate::orchestrator::access::{Access, Secrets};
use hub::FakeHub;

const TOKEN: &str = "t0ken";

/// A service that generates its bars, and its hub.
struct Bed {
    hub: Arc<FakeHub>,
    folder: Arc<TempDir>,
    executions: Executions,
    router: Router,
}

impl Bed {
    async fn new(kind: Kind, capacity: usize) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        Self::over(folder, FakeHub::start().await, kind, capacity)
    }

    /// The service that is there after this one has died.
    fn restarted(&self, kind: Kind) -> Self {
        Self::over(self.folder.clone(), self.hub.clone(), kind, 1)
    }

    fn over(folder: Arc<TempDir>, hub: Arc<FakeHub>, kind: Kind, capacity: usize) -> Self {
        let url = hub.url.clone();
        Self::of(folder, hub, &url, kind, capacity)
    }

    /// A service that was told another address of its hub.
    fn of(folder: Arc<TempDir>, hub: Arc<FakeHub>, url: &str, kind: Kind, capacity: usize) -> Self {
        let runner = Runner {
            kind,
            hub: Hub::new(url, Some(TOKEN)).unwrap(),
            sources: Sources {
                folder: None,
                synthetic: true,
                pace: Duration::ZERO,
            },
            folder: folder.path().to_owned(),
        };
        let kept = Kept::open(folder.path().join("results")).unwrap();
        let executions = Executions::new(runner, kept, capacity);
        let app = App {
            kind,
            executions: executions.clone(),
            access: Access::new(&Secrets {
                api_keys: Vec::new(),
                service_token: Some(TOKEN.to_owned()),
            }),
        };
        Self {
            hub,
            folder,
            executions,
            router: app.router(),
        }
    }

    /// Has a job executed that refers to all artifacts that the hub has.
    async fn execute(&self, job: Uuid, kind: &str, payload: Value) -> (StatusCode, Value) {
        let artifacts = self.hub.artifacts();
        let order = json!({
            "job_id": job.to_string(), "type": kind, "payload": payload, "metadata": {}, "attempt": 1,
            "artifacts": artifacts, "hub_url": self.hub.url,
        });
        self.send(Method::POST, "/execute", &order.to_string())
            .await
    }

    async fn send(&self, method: Method, path: &str, body: &str) -> (StatusCode, Value) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {TOKEN}"))
            .header("content-type", "application/json")
            .body(Body::from(body.to_owned()))
            .unwrap();
        self.answer(request).await
    }

    async fn answer(&self, request: Request<Body>) -> (StatusCode, Value) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            assert_eq!(response.headers()["retry-after"], "1");
        }
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap())
    }

    /// Begins a training that takes longer than any test.
    async fn begin_long(&self) -> (Uuid, tokio::task::JoinHandle<(StatusCode, Value)>) {
        let job = Uuid::new_v4();
        let bed = Self {
            hub: self.hub.clone(),
            folder: self.folder.clone(),
            executions: self.executions.clone(),
            router: self.router.clone(),
        };
        let payload = training(1000, "2024-06-01");
        let call = tokio::spawn(async move { bed.execute(job, "ml_experiment", payload).await });
        until(|| self.executions.state(job) == Some(State::Running)).await;
        (job, call)
    }
}

/// The payload of a training over generated bars from the beginning of 2024.
fn training(epochs: usize, end: &str) -> Value {
    json!({
        "strategy": "mlp_basic", "symbols": ["AAPL"], "timeframe": "1h",
        "start_date": "2024-01-01", "end_date": end,
        "training": { "epochs": epochs, "hidden_layers": [8] },
    })
}

/// Waits for a condition, for a minute at most.
async fn until(condition: impl Fn() -> bool) {
    let begin = Instant::now();
    while !condition() {
        assert!(
            begin.elapsed() < Duration::from_secs(60),
            "it never happens"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

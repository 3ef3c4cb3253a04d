//! The service through its router. Every answer is checked against the document too.

mod backtests;
mod data;
mod details;
mod document;
mod experiments;
mod indicators;
mod insights;
mod operations;
mod research;
mod strategies;
mod training;

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

use super::*;
use crate::ktrdr::store::operations as rows;
use crate::ktrdr::store::testing;

/// A service with folders of its own.
struct Bench {
    folder: TempDir,
    store: Store,
    engine: Engine,
    router: Router,
    document: Value,
}

/// Texts that mean something to SQL, to a full-text query, or to a careless program.
const HOSTILE: [&str; 16] = [
    "\" OR 1=1 --",
    "'; DROP TABLE insights; --",
    "NEAR(",
    "NEAR(a b, 3)",
    "*",
    "momentum*",
    "title:momentum",
    "{title body}: x",
    "a AND OR NOT",
    "\"unbalanced",
    "%_",
    "\\",
    "<->:*&|!('",
    "$1 ?1 :x @y",
    "🚀 to the moon",
    "line\nfeed\ttab\u{1}\u{2}\u{7f}\u{feff}\u{202e}",
];

/// The parameter of a query, encoded.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The service with its store in memory; with generated bars if wanted.
fn bench(synthetic: bool) -> Bench {
    Bench::over(tempfile::tempdir().unwrap(), testing::store(), synthetic)
}

impl Bench {
    fn over(folder: TempDir, store: Store, synthetic: bool) -> Self {
        let engine = Engine::new(store.clone()).unwrap();
        let sources = Sources {
            folder: Some(folder.path().to_owned()),
            synthetic,
            pace: Duration::ZERO,
        };
        let places = Places {
            sources,
            models: folder.path().join("models"),
        };
        let library = Library::new(folder.path().join("strategies"));
        let app = App::new(store.clone(), engine.clone(), places, library).unwrap();
        let document = app.inner.contract.document().clone();
        Self {
            folder,
            store,
            engine,
            router: app.router(),
            document,
        }
    }

    /// Sends a request, with a body unless it is null.
    async fn send(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        self.send_for(None, method, path, body).await
    }

    /// [`Bench::send`] for an experiment.
    async fn send_for(
        &self,
        experiment: Option<&str>,
        method: &str,
        path: &str,
        body: &Value,
    ) -> (u16, Value) {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.send_text(experiment, method, path, body).await
    }

    /// [`Bench::send_for`] with a body as it is.
    async fn send_text(
        &self,
        experiment: Option<&str>,
        method: &str,
        path: &str,
        body: String,
    ) -> (u16, Value) {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .body(Body::from(body))
            .unwrap();
        if let Some(id) = experiment {
            let id = HeaderValue::from_bytes(id.as_bytes()).unwrap();
            request.headers_mut().insert(recording::EXPERIMENT, id);
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap();
        self.check_against_document(method, path, status, &body);
        (status, body)
    }

    /// A GET that succeeds.
    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.send("GET", path, &Value::Null).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// A POST that succeeds.
    async fn post(&self, path: &str, body: Value) -> Value {
        let (status, body) = self.send("POST", path, &body).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// A request that fails in the way expected; answers its `detail`.
    async fn refused(&self, expect: u16, method: &str, path: &str, body: Value) -> Value {
        let (status, body) = self.send(method, path, &body).await;
        assert_eq!(status, expect, "{path}: {body}");
        body["detail"].clone()
    }

    /// Starts an operation and polls until it has ended.
    async fn run(&self, path: &str, body: Value) -> Value {
        let started = self.post(path, body).await;
        assert_eq!(started["status"], "started");
        let id = started["operation_id"].as_str().unwrap();
        self.until(id, |operation| {
            !["pending", "running"].contains(&operation["status"].as_str().unwrap())
        })
        .await
    }

    /// Polls an operation until it is as wanted.
    async fn until(&self, id: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let begin = Instant::now();
        loop {
            let body = self.get(&format!("/api/v1/operations/{id}")).await;
            if wanted(&body["data"]) {
                return body["data"].clone();
            }
            assert!(begin.elapsed() < Duration::from_secs(60), "{body}");
            tokio::task::yield_now().await;
        }
    }

    /// An answer of a documented operation has the form that the document gives it.
    fn check_against_document(&self, method: &str, path: &str, status: u16, body: &Value) {
        let path = path.split('?').next().unwrap_or(path);
        // Too large a body: refused before it is a request to an operation.
        if status == 413 {
            return;
        }
        let Some(operation) = http::testing::operation(&self.document, method, path) else {
            return;
        };
        let schema =
            &operation["responses"][status.to_string()]["content"]["application/json"]["schema"];
        assert!(
            schema.is_object(),
            "{method} {path} answers {status}, which is not documented: {body}"
        );
        http::testing::check(&self.document, schema, body);
    }
}

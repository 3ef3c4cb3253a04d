//! A hub through its router. Every answer is checked against the document too.

mod access;
mod artifacts;
mod document;
mod jobs;
mod pages;
mod services;

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{HeaderMap, Request, header};
use bytes::Bytes;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

use super::*;
use crate::http::testing::{check, operation, response};
use crate::orchestrator::access::Secrets;
use crate::orchestrator::dispatch::Settings;
use crate::orchestrator::store::testing;

/// Secrets of a hub that is not open.
const KEY: &str = "k3y-of-a-caller";
const TOKEN: &str = "t0ken-of-services";

/// Largest content.
const UPLOADED: u64 = 1000;

/// A hub.
struct Bench {
    folder: TempDir,
    router: Router,
    document: Value,
}

/// What a request shows.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Show<'a> {
    Nothing,
    Key(&'a str),
    Token(&'a str),
}

/// An answer.
struct Answer {
    status: u16,
    headers: HeaderMap,
    bytes: Bytes,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map_or("", |it| it.to_str().unwrap())
    }
}

/// A hub that is open.
async fn bench() -> Bench {
    Bench::with(Secrets::default()).await
}

fn secrets() -> Secrets {
    Secrets {
        api_keys: vec!["other".to_owned(), KEY.to_owned()],
        service_token: Some(TOKEN.to_owned()),
    }
}

impl Bench {
    async fn with(secrets: Secrets) -> Self {
        Self::over(testing::store(), secrets).await
    }

    async fn over(store: Store, secrets: Secrets) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let artifacts = folder.path().join("artifacts");
        let blobs = Blobs::open(artifacts.to_str().unwrap()).await.unwrap();
        let settings = Settings {
            service_token: secrets.service_token.clone(),
            poll: Duration::from_millis(20),
            ..Settings::default()
        };
        let dispatch = Dispatch::start(store.clone(), blobs.clone(), settings).unwrap();
        let app = App::new(Parts {
            store,
            blobs,
            dispatch,
            access: Access::new(&secrets),
            hosts: None,
            timeout_seconds: 60,
            upload_bytes: UPLOADED,
        })
        .unwrap();
        let document = app.inner.contract.document().clone();
        Self {
            folder,
            router: app.router(),
            document,
        }
    }

    /// Sends a request as it is.
    async fn send(&self, request: Request<Body>) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let answer = Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            bytes: body.collect().await.unwrap().to_bytes(),
        };
        self.check_against_document(method.as_str(), &path, &answer);
        answer
    }

    /// Sends a request with a body of JSON unless it is null.
    async fn ask(&self, show: Show<'_>, method: &str, path: &str, body: &Value) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        request = match show {
            Show::Nothing => request,
            Show::Key(key) => request.header("X-API-Key", key),
            Show::Token(token) => request.header("Authorization", format!("Bearer {token}")),
        };
        let body = if body.is_null() {
            Body::empty()
        } else {
            request = request.header("Content-Type", "application/json");
            Body::from(body.to_string())
        };
        self.send(request.body(body).unwrap()).await
    }

    /// A request without a body that is answered with this status.
    async fn told(&self, status: u16, method: &str, path: &str) -> Value {
        self.told_of(status, method, path, Value::Null).await
    }

    /// A request that is answered with this status.
    async fn told_of(&self, status: u16, method: &str, path: &str, body: Value) -> Value {
        let answer = self.ask(Show::Nothing, method, path, &body).await;
        let told = answer.json();
        assert_eq!(answer.status, status, "{method} {path}: {told}");
        told
    }

    /// Stores content.
    async fn upload(&self, query: &str, content: &str) -> Answer {
        let request = Request::post(format!("/uploads{query}"))
            .header("Content-Type", "application/octet-stream")
            .body(Body::from(content.to_owned()))
            .unwrap();
        self.send(request).await
    }

    /// Polls a job until it has ended.
    async fn ended(&self, id: &str) -> Value {
        let begin = Instant::now();
        loop {
            let job = self.told(200, "GET", &format!("/jobs/{id}")).await;
            if !["pending", "running"].contains(&job["status"].as_str().unwrap()) {
                return job;
            }
            assert!(begin.elapsed() < Duration::from_secs(60), "{job}");
            tokio::task::yield_now().await;
        }
    }

    /// An answer of a documented operation has the form that the document gives it.
    fn check_against_document(&self, method: &str, path: &str, answer: &Answer) {
        let Some(operation) = operation(&self.document, method, path) else {
            return;
        };
        let status = answer.status;
        let told = response(&self.document, operation, status);
        assert!(
            told["description"].is_string(),
            "{method} {path} answers {status}, which is not documented: {}",
            answer.json()
        );
        let media_type = answer.header(header::CONTENT_TYPE).split(';').next();
        if media_type == Some("application/json") && !path.ends_with("/content") {
            let schema = &told["content"]["application/json"]["schema"];
            check(&self.document, schema, &answer.json());
        }
    }
}

/// An id that nothing has.
const NONE: &str = "00000000-0000-4000-8000-000000000000";

/// The text at a place in an answer.
fn text(value: &Value, pointer: &str) -> String {
    let text = value.pointer(pointer).and_then(Value::as_str);
    text.unwrap_or_else(|| panic!("no text at {pointer} of {value}"))
        .to_owned()
}

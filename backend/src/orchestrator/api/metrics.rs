//! `/metrics`, in the text format of Prometheus.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::App;
use super::failure::Failure;
use crate::orchestrator::dispatch::Dispatch;
use crate::orchestrator::store::jobs;

/// Where they are.
pub(super) const PATH: &str = "/metrics";

const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// Upper bounds of the times that are told apart, in seconds.
const TIMES: [f64; 9] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0];

type Labels<const N: usize> = [(&'static str, String); N];

/// What a hub tells about itself.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    requests: Family<Labels<3>, Counter>,
    times: Family<Labels<2>, Histogram, fn() -> Histogram>,
    jobs: Family<Labels<2>, Gauge>,
}

impl Metrics {
    /// What is counted of requests, beside what the dispatch counts.
    pub(super) fn new(dispatch: &Dispatch) -> Self {
        let mut registry = Registry::with_prefix("orchestrator");
        dispatch.metrics().register(&mut registry);
        let requests = Family::default();
        registry.register(
            "http_requests",
            "Requests, by method, route and status",
            requests.clone(),
        );
        let histogram: fn() -> Histogram = || Histogram::new(TIMES);
        let times = Family::new_with_constructor(histogram);
        registry.register_with_unit(
            "http_request",
            "Time until a request was answered, by method and route",
            Unit::Seconds,
            times.clone(),
        );
        let jobs = Family::default();
        registry.register(
            "jobs_active",
            "Jobs of all hubs that share the database, by type and status: pending or running",
            jobs.clone(),
        );
        Self {
            registry,
            requests,
            times,
            jobs,
        }
    }
}

/// Counts every request. Paths that are no route count as one.
pub(super) async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    let begin = Instant::now();
    let method = ("method", known(request.method().as_str()).to_owned());
    let path = request.extensions().get::<MatchedPath>();
    let route = path.map_or("none", MatchedPath::as_str);
    let route = ("route", route.to_owned());
    let response = next.run(request).await;
    let metrics = &app.inner.metrics;
    let labels = [method.clone(), route.clone()];
    let time = metrics.times.get_or_create(&labels);
    time.observe(begin.elapsed().as_secs_f64());
    drop(time);
    let status = ("status", response.status().as_u16().to_string());
    metrics
        .requests
        .get_or_create(&[method, route, status])
        .inc();
    response
}

/// Methods are the caller's words: only those that mean something get a line of their own.
fn known(method: &str) -> &str {
    match method {
        "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "OPTIONS" | "PATCH" => method,
        _ => "other",
    }
}

/// Everything that is counted.
pub(super) async fn get(State(app): State<App>) -> Result<Response, Failure> {
    let active = app.inner.store.read(jobs::active).await?;
    let metrics = &app.inner.metrics;
    metrics.jobs.clear();
    for (job_type, status, count) in active {
        let labels = [("type", job_type), ("status", status.as_str().to_owned())];
        metrics.jobs.get_or_create(&labels).set(count);
    }
    let mut text = String::new();
    encode(&mut text, &metrics.registry)
        .map_err(|error| Failure::Internal(format!("cannot write the metrics: {error}")))?;
    Ok(([(header::CONTENT_TYPE, MEDIA_TYPE)], text).into_response())
}

//! Traces over OTLP. Where they go, and how, is said by the variables that all
//! programs with OpenTelemetry read (OTEL_*).

use opentelemetry::global;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracerProvider, Tracer};
use reqwest::header::HeaderMap;
use tracing::Span;
use tracing_opentelemetry::{OpenTelemetryLayer, OpenTelemetrySpanExt as _};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{Filtered, LevelFilter, Targets};
use tracing_subscriber::registry::LookupSpan;

use super::SPANS;
use crate::trace::Trace;

/// What sends spans, in batches, from a thread of its own.
pub(super) struct Traces {
    provider: SdkTracerProvider,
    tracer: Tracer,
}

impl Traces {
    /// # Errors
    /// If the variables do not fit.
    pub(super) fn start(service: &'static str, version: &'static str) -> Result<Self, String> {
        // The exporter's client may need TLS before the backend's does.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let exporter = SpanExporter::builder()
            .with_http()
            .build()
            .map_err(|error| error.to_string())?;
        let named = std::env::var_os("OTEL_SERVICE_NAME").is_some();
        let mut resource = Resource::builder();
        if !named {
            resource = resource.with_service_name(service);
        }
        let resource = resource
            .with_attribute(opentelemetry::KeyValue::new("service.version", version))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource)
            .build();
        let tracer = provider.tracer("toolwright-runtime");
        global::set_tracer_provider(provider.clone());
        Ok(Self { provider, tracer })
    }

    /// What turns spans into traces.
    pub(super) fn layer<S>(&self) -> Filtered<OpenTelemetryLayer<S, Tracer>, Targets, S>
    where
        S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    {
        let spans = Targets::new().with_target(SPANS, LevelFilter::INFO);
        tracing_opentelemetry::layer()
            .with_tracer(self.tracer.clone())
            .with_filter(spans)
    }

    /// Sends what is left.
    pub(super) fn end(&self) {
        // Nobody is there any more to be told that it failed.
        let _ = self.provider.shutdown();
    }
}

/// Puts a span into a caller's trace.
pub(super) fn within(span: &Span, trace: &Trace) {
    let mut headers = HeaderMap::new();
    trace.add_to(&mut headers);
    let parent = TraceContextPropagator::new().extract(&Headers(&mut headers));
    // Fails only for spans that nobody collects.
    let _ = span.set_parent(parent);
}

/// Names a span as the parent of what the receiver of a request does.
pub(crate) fn inject(span: &Span, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
    if span.is_none() {
        return request;
    }
    let mut headers = HeaderMap::new();
    TraceContextPropagator::new().inject_context(&span.context(), &mut Headers(&mut headers));
    request.headers(headers)
}

/// Headers as OpenTelemetry reads and writes them.
struct Headers<'a>(&'a mut HeaderMap);

impl opentelemetry::propagation::Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(|name| name.as_str()).collect()
    }
}

impl opentelemetry::propagation::Injector for Headers<'_> {
    fn set(&mut self, key: &str, value: String) {
        let name = reqwest::header::HeaderName::from_bytes(key.as_bytes());
        let value = reqwest::header::HeaderValue::from_str(&value);
        if let (Ok(name), Ok(value)) = (name, value) {
            self.0.insert(name, value);
        }
    }
}

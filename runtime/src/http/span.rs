//! A span for each request to the backend, for traces.

use tracing::{Instrument as _, Span, field};

use super::outgoing::{Outgoing, tried};
#[cfg(feature = "otlp")]
use crate::telemetry::inject;
use crate::telemetry::{SPANS, spans_are_wanted};

/// The span of one attempt (OpenTelemetry semantic conventions, HTTP client
/// spans); none if nobody collects them.
pub(super) fn of(outgoing: &Outgoing) -> Span {
    if !spans_are_wanted() {
        return Span::none();
    }
    tracing::info_span!(
        target: SPANS,
        "request",
        otel.name = %outgoing.method,
        otel.kind = "client",
        otel.status_code = field::Empty,
        http.request.method = %outgoing.method,
        url.full = %tried(outgoing).split_once(' ').map_or("", |(_, url)| url),
        server.address = outgoing.url.host_str(),
        http.response.status_code = field::Empty,
        error.r#type = field::Empty,
    )
}

/// Sends a request in its span, which the backend gets as its parent.
pub(super) async fn observed(
    span: &Span,
    request: reqwest::RequestBuilder,
) -> Result<reqwest::Response, reqwest::Error> {
    #[cfg(feature = "otlp")]
    let request = inject(span, request);
    let result = request.send().instrument(span.clone()).await;
    match &result {
        Ok(response) => {
            let status = response.status().as_u16();
            span.record("http.response.status_code", status);
            if status >= 400 {
                span.record("otel.status_code", "ERROR");
                span.record("error.type", status);
            }
        }
        Err(error) => {
            span.record("otel.status_code", "ERROR");
            let kind = if error.is_connect() {
                "connect"
            } else {
                "cut off"
            };
            span.record("error.type", kind);
        }
    }
    result
}

//! Spans, which only traces see: logs have a line for each call.

use tracing::{Span, field};

use crate::trace::Trace;

/// The target of all spans.
pub(crate) const SPANS: &str = "toolwright_spans";

/// Whether anybody collects spans.
pub(crate) fn spans_are_wanted() -> bool {
    tracing::enabled!(target: SPANS, tracing::Level::INFO)
}

/// The span of a tool call (OpenTelemetry semantic conventions, MCP), within
/// the caller's trace.
pub(crate) fn call_span(tool: &str, trace: Option<&Trace>) -> Span {
    if !spans_are_wanted() {
        return Span::none();
    }
    let span = tracing::info_span!(
        target: SPANS,
        "call",
        otel.name = %format_args!("tools/call {tool}"),
        otel.kind = "server",
        otel.status_code = field::Empty,
        mcp.method.name = "tools/call",
        gen_ai.tool.name = tool,
        http.response.status_code = field::Empty,
        error.r#type = field::Empty,
    );
    #[cfg(feature = "otlp")]
    if let Some(trace) = trace {
        super::otlp::within(&span, trace);
    }
    #[cfg(not(feature = "otlp"))]
    let _ = trace;
    span
}

/// Notes in a call's span how it ended.
pub(crate) fn observe(span: &Span, status: Option<u16>, failed: bool) {
    if let Some(status) = status {
        span.record("http.response.status_code", status);
    }
    if failed {
        span.record("otel.status_code", "ERROR");
        span.record("error.type", "tool_error");
    }
}

//! Logs, to stderr and nowhere else; traces, over OTLP where that is built in.

#[cfg(feature = "otlp")]
mod otlp;
mod spans;

use std::io::{self, IsTerminal as _};

use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

#[cfg(feature = "otlp")]
pub(crate) use self::otlp::inject;
pub(crate) use self::spans::{SPANS, call_span, observe, spans_are_wanted};

/// The variables that say where traces go.
const ENDPOINTS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
];

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people; coloured on a terminal.
    Text,
    /// One JSON object a line.
    Json,
}

/// Sends what is left when it is dropped.
#[must_use]
pub(crate) struct Guard {
    #[cfg(feature = "otlp")]
    traces: Option<otlp::Traces>,
}

/// Starts logging, and tracing where the environment names an endpoint.
/// Libraries below are held to warnings: what they tell in detail includes
/// headers and bodies.
pub(crate) fn init(
    level: LevelFilter,
    format: Format,
    service: &'static str,
    version: &'static str,
) -> Guard {
    let targets = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target(SPANS, LevelFilter::OFF)
        .with_target("toolwright_runtime", level);
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    let layer = match format {
        Format::Text => lines.with_ansi(io::stderr().is_terminal()).boxed(),
        Format::Json => lines.with_ansi(false).json().flatten_event(true).boxed(),
    };
    let registry = tracing_subscriber::registry().with(layer.with_filter(targets));
    let wanted = ENDPOINTS
        .into_iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    // `try_init` fails if a program that embeds this logs already, which is as good.
    #[cfg(feature = "otlp")]
    {
        let traces = wanted.then(|| otlp::Traces::start(service, version));
        let (traces, failure) = match traces.transpose() {
            Ok(traces) => (traces, None),
            Err(reason) => (None, Some(reason)),
        };
        let _ = registry
            .with(traces.as_ref().map(otlp::Traces::layer))
            .try_init();
        if let Some(reason) = failure {
            tracing::warn!(reason, "traces cannot be sent");
        }
        Guard { traces }
    }
    #[cfg(not(feature = "otlp"))]
    {
        let _ = registry.try_init();
        if wanted {
            tracing::warn!(
                service,
                version,
                "OTEL_EXPORTER_OTLP_ENDPOINT is set, but traces are not built in: build with --features otlp"
            );
        }
        Guard {}
    }
}

#[cfg(feature = "otlp")]
impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(traces) = &self.traces {
            traces.end();
        }
    }
}

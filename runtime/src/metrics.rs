//! What a process counts, as Prometheus reads it (OpenMetrics 1.0).

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::{drift, limits};

/// The media type of [`Metrics::text`].
pub(crate) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds of the durations that are told apart, in seconds.
const DURATIONS: [f64; 12] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

type Label = (&'static str, &'static str);

/// What one server counts. Its labels have few values: tools by the names they
/// are published with, and words of this program.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    calls: Family<[Label; 2], Counter>,
    durations: Family<[Label; 1], Histogram, fn() -> Histogram>,
    in_flight: Gauge,
    refused: Family<[Label; 1], Counter>,
    responses: Family<[(&'static str, u32); 1], Counter>,
    up: Gauge,
    cache: Family<[Label; 1], Counter>,
    drift: Family<[Label; 1], Counter>,
    memory: Gauge,
    born: Instant,
    /// Milliseconds from birth to the last contact with the backend, and one.
    contact: AtomicU64,
}

impl Default for Metrics {
    fn default() -> Self {
        let durations: fn() -> Histogram = || Histogram::new(DURATIONS);
        let mut metrics = Self {
            registry: Registry::with_prefix("toolwright"),
            calls: Family::default(),
            durations: Family::new_with_constructor(durations),
            in_flight: Gauge::default(),
            refused: Family::default(),
            responses: Family::default(),
            up: Gauge::default(),
            cache: Family::default(),
            drift: Family::default(),
            memory: Gauge::default(),
            born: Instant::now(),
            contact: AtomicU64::new(0),
        };
        let registry = &mut metrics.registry;
        registry.register(
            "calls",
            "Calls by tool and outcome: ok, error, cancelled",
            metrics.calls.clone(),
        );
        registry.register(
            "call_duration_seconds",
            "How long calls took, by tool",
            metrics.durations.clone(),
        );
        registry.register(
            "calls_in_flight",
            "Calls under way",
            metrics.in_flight.clone(),
        );
        registry.register(
            "calls_refused",
            "Calls not let in, by reason: rate, memory, scope",
            metrics.refused.clone(),
        );
        registry.register(
            "backend_responses",
            "Answers of the backend by status; 0 for none",
            metrics.responses.clone(),
        );
        registry.register(
            "backend_up",
            "Whether the backend could be reached the last time",
            metrics.up.clone(),
        );
        registry.register(
            "cache",
            "Cacheable requests by outcome: hit, miss, revalidated",
            metrics.cache.clone(),
        );
        registry.register(
            "contract_drift",
            "Answers that did not fit their tool's output schema, by tool",
            metrics.drift.clone(),
        );
        registry.register(
            "process_resident_memory_bytes",
            "Memory of the process, where that can be told",
            metrics.memory.clone(),
        );
        metrics
    }
}

impl Metrics {
    /// Starts counting a call; it ends when what this gives is dropped.
    pub(crate) fn call(&self, tool: &'static str) -> CallMetrics<'_> {
        self.in_flight.inc();
        CallMetrics {
            metrics: self,
            tool,
            started: Instant::now(),
            outcome: "cancelled",
        }
    }

    pub(crate) fn refused(&self, reason: &'static str) {
        self.refused.get_or_create(&[("reason", reason)]).inc();
    }

    /// Counts an answer of the backend, or that there was none.
    pub(crate) fn response(&self, status: Option<u16>) {
        let status = status.filter(|status| *status < 600).map_or(0, u32::from);
        self.responses.get_or_create(&[("status", status)]).inc();
        self.contact(status != 0);
    }

    /// Notes whether the backend could be reached just now.
    pub(crate) fn contact(&self, reached: bool) {
        self.up.set(i64::from(reached));
        let since = u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.contact
            .store(since.saturating_add(1), Ordering::Relaxed);
    }

    /// Seconds since the last contact with the backend, if there was any.
    pub(crate) fn since_contact(&self) -> Option<u64> {
        let at = self.contact.load(Ordering::Relaxed).checked_sub(1)?;
        let now = u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX);
        Some(now.saturating_sub(at) / 1000)
    }

    pub(crate) fn cache(&self, outcome: &'static str) {
        self.cache.get_or_create(&[("outcome", outcome)]).inc();
    }

    /// All of it, as text.
    pub(crate) fn text(&self) -> String {
        if let Some(bytes) = limits::resident() {
            self.memory.set(i64::try_from(bytes).unwrap_or(i64::MAX));
        }
        self.take_drift();
        let mut text = String::new();
        // Writing to a string never fails.
        let _ = encode(&mut text, &self.registry);
        text
    }

    /// Brings the counters of drift up to what has been recorded.
    fn take_drift(&self) {
        let mut totals: Vec<(&'static str, u64)> = Vec::new();
        for place in drift::snapshot() {
            match totals.last_mut() {
                Some((tool, total)) if *tool == place.tool => *total += place.count,
                _ => totals.push((place.tool, place.count)),
            }
        }
        for (tool, total) in totals {
            let counter = self.drift.get_or_create(&[("tool", tool)]);
            counter.inc_by(total.saturating_sub(counter.get()));
        }
    }
}

/// A call that is counted when it ends: as cancelled, unless it says otherwise.
#[derive(Debug)]
pub(crate) struct CallMetrics<'a> {
    metrics: &'a Metrics,
    tool: &'static str,
    started: Instant,
    outcome: &'static str,
}

impl CallMetrics<'_> {
    /// The call came to its end, well or not.
    pub(crate) fn done(mut self, ok: bool) {
        self.outcome = if ok { "ok" } else { "error" };
    }
}

impl Drop for CallMetrics<'_> {
    fn drop(&mut self) {
        let (metrics, tool) = (self.metrics, ("tool", self.tool));
        metrics.in_flight.dec();
        let outcome = ("outcome", self.outcome);
        metrics.calls.get_or_create(&[tool, outcome]).inc();
        let seconds = self.started.elapsed().as_secs_f64();
        metrics.durations.get_or_create(&[tool]).observe(seconds);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_prometheus_reads() {
        let metrics = Metrics::default();
        assert_eq!(metrics.since_contact(), None);
        metrics.call("get").done(true);
        metrics.call("get").done(false);
        let under_way = metrics.call("get");
        metrics.response(Some(200));
        metrics.response(Some(999));
        metrics.response(None);
        metrics.cache("hit");
        metrics.refused("rate");
        let text = metrics.text();
        for line in [
            "toolwright_calls_total{tool=\"get\",outcome=\"ok\"} 1",
            "toolwright_calls_total{tool=\"get\",outcome=\"error\"} 1",
            "toolwright_call_duration_seconds_count{tool=\"get\"} 2",
            "toolwright_calls_in_flight 1",
            "toolwright_backend_responses_total{status=\"200\"} 1",
            "toolwright_backend_responses_total{status=\"0\"} 2",
            "toolwright_backend_up 0",
            "toolwright_cache_total{outcome=\"hit\"} 1",
            "toolwright_calls_refused_total{reason=\"rate\"} 1",
            "# TYPE toolwright_call_duration_seconds histogram",
            "# EOF",
        ] {
            assert!(text.lines().any(|known| known == line), "{line}\n{text}");
        }
        assert_eq!(metrics.since_contact(), Some(0));
        drop(under_way);
        let text = metrics.text();
        assert!(text.contains("outcome=\"cancelled\"} 1"), "{text}");
        assert!(text.contains("toolwright_calls_in_flight 0"), "{text}");
    }
}

//! What the dispatch counts, for `/metrics`.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Upper bounds of the waits that are told apart, in seconds.
const WAITS: [f64; 12] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0,
];

/// The type of a job; there are as many as services were registered for.
type JobType = [(&'static str, String); 1];

/// What a hub counts of its dispatch. Cheap to clone: clones count together.
#[derive(Clone, Debug)]
pub struct Metrics {
    ended: Family<[(&'static str, String); 2], Counter>,
    running: Family<JobType, Gauge>,
    retries: Family<JobType, Counter>,
    resumed: Counter,
    waits: Family<JobType, Histogram, fn() -> Histogram>,
}

impl Default for Metrics {
    fn default() -> Self {
        let waits: fn() -> Histogram = || Histogram::new(WAITS);
        Self {
            ended: Family::default(),
            running: Family::default(),
            retries: Family::default(),
            resumed: Counter::default(),
            waits: Family::new_with_constructor(waits),
        }
    }
}

impl Metrics {
    /// Adds everything to what a process tells about itself.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "jobs_ended",
            "Jobs that this hub ended, by type and outcome: completed, cancelled, or the kind of the failure",
            self.ended.clone(),
        );
        registry.register(
            "jobs_running",
            "Executions that this hub waits for, by type",
            self.running.clone(),
        );
        registry.register(
            "job_retries",
            "Executions tried again because a connection failed, by type",
            self.retries.clone(),
        );
        registry.register(
            "jobs_resumed",
            "Jobs taken over from a hub that had stopped or died",
            self.resumed.clone(),
        );
        registry.register_with_unit(
            "job_wait",
            "Time from when a job could be executed to its first execution, by type",
            Unit::Seconds,
            self.waits.clone(),
        );
    }

    pub(super) fn begun(&self, job_type: &str) {
        self.running.get_or_create(&label(job_type)).inc();
    }

    pub(super) fn left(&self, job_type: &str) {
        self.running.get_or_create(&label(job_type)).dec();
    }

    pub(super) fn ended(&self, job_type: &str, outcome: &str) {
        let labels = [
            ("type", job_type.to_owned()),
            ("outcome", outcome.to_owned()),
        ];
        self.ended.get_or_create(&labels).inc();
    }

    pub(super) fn retried(&self, job_type: &str) {
        self.retries.get_or_create(&label(job_type)).inc();
    }

    pub(super) fn resumed(&self) {
        self.resumed.inc();
    }

    pub(super) fn waited(&self, job_type: &str, wait: Duration) {
        let waits = self.waits.get_or_create(&label(job_type));
        waits.observe(wait.as_secs_f64());
    }
}

fn label(job_type: &str) -> JobType {
    [("type", job_type.to_owned())]
}

#[cfg(test)]
mod tests {
    use prometheus_client::encoding::text::encode;

    use super::*;

    #[test]
    fn what_is_counted_is_told() {
        let metrics = Metrics::default();
        let mut registry = Registry::with_prefix("orchestrator");
        metrics.register(&mut registry);
        metrics.begun("backtest");
        metrics.begun("backtest");
        metrics.left("backtest");
        metrics.ended("backtest", "timeout");
        metrics.retried("backtest");
        metrics.resumed();
        metrics.waited("backtest", Duration::from_millis(20));
        let mut text = String::new();
        encode(&mut text, &registry).unwrap();
        for line in [
            r#"orchestrator_jobs_ended_total{type="backtest",outcome="timeout"} 1"#,
            r#"orchestrator_jobs_running{type="backtest"} 1"#,
            r#"orchestrator_job_retries_total{type="backtest"} 1"#,
            "orchestrator_jobs_resumed_total 1",
            r#"orchestrator_job_wait_seconds_bucket{le="0.025",type="backtest"} 1"#,
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in {text}");
        }
    }
}

//! What stands between the queue and the services: who runs a job, what becomes of its answer, and what
//! is done where there is none.

mod answer;
mod backoff;
#[allow(dead_code)]
mod client;
#[cfg(test)]
mod client_tests;
#[allow(dead_code)]
mod metrics;
mod retry_after;
#[allow(dead_code)]
mod running;
#[allow(dead_code)]
mod settings;
mod trouble;
#[allow(dead_code)]
mod verdicts;

pub use backoff::Backoff;
pub use client::Load;
pub use metrics::Metrics;
pub use settings::Settings;

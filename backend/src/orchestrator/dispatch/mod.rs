//! What stands between the queue and the services: who runs a job, what becomes of its answer, and what
//! is done where there is none.
//!
//! A hub claims jobs and writes down who is to run each (`claims`), sends it (`execution`) and writes down
//! what came of it (`settle`), while it renews the leases of what runs (`leases`) and looks after the
//! services (`health`).

mod answer;
mod backoff;
mod cancel;
mod choice;
mod claims;
mod client;
#[cfg(test)]
mod client_tests;
mod execution;
mod health;
mod hub;
mod leases;
mod made;
mod metrics;
mod order;
mod retry_after;
mod running;
mod settings;
mod settle;
#[cfg(test)]
mod tests;
mod trouble;
mod verdicts;

pub use backoff::Backoff;
pub use client::Load;
pub use health::Health;
pub use hub::Dispatch;
pub use metrics::Metrics;
pub use settings::Settings;

//! Services of the orchestrator that do the work of KTRDR: training, and trading on paper.
//!
//! A service executes each job once: a job that is sent again joins the execution that runs, or is
//! answered what came of it, also by a process that was restarted. What a job makes goes to the hub;
//! nothing of it stays here but the answer.

mod api;
mod backtester;
mod bench;
mod executions;
mod hub;
mod job;
mod kept;
mod options;
mod order;
mod payload;
mod registration;
mod runner;
mod server;
#[cfg(test)]
mod tests;
mod trainer;

pub use options::Options;
pub use order::Kind;
pub use server::{run, serve};

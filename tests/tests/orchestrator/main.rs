//! The orchestrator end to end: hubs, workers, command line and `orchestrator-mcp` as processes.

mod chain;
mod cloud;
mod commands;
mod faults;
mod many;
mod reading;
mod schemathesis;
mod serving;
mod stage;

#[path = "../../../backend/tests/support/postgres.rs"]
mod postgres;

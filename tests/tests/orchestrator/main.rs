//! The orchestrator end to end: hub, workers, command line and `orchestrator-mcp` as processes.

mod chain;
mod commands;
mod faults;
mod reading;
mod stage;
//! The orchestrator end to end: hubs, workers, command line and `orchestrator-mcp` as processes.

mod many;
mod schemathesis;
mod serving;

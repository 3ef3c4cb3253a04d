//! The orchestrator end to end: hubs, workers, command line and `orchestrator-mcp` as processes.

mod many;
mod schemathesis;
mod serving;

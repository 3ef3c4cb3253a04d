//! The orchestrator end to end: hub, workers, command line and `orchestrator-mcp` as processes.

mod schemathesis;

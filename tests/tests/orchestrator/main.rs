//! The orchestrator end to end: hubs, services and the generated server as processes.

mod many;

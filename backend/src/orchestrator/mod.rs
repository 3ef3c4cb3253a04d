//! The orchestrator: jobs go to services over HTTP, and what they make is kept with its origin.

pub mod access;
pub mod references;
pub mod store;
pub mod wire;

//! The orchestrator: jobs go to services over HTTP, and what they make is kept with its origin.

pub mod access;
pub mod api;
pub mod blobs;
pub mod cli;
mod digest;
pub mod dispatch;
pub mod references;
pub mod server;
pub mod store;
pub mod wire;
pub mod worker;

//! What the tests in `tests/` share: the workspace's binaries, processes that end with their test,
//! a real MCP client, and skipping what a machine cannot run.

mod agent;
mod bins;
mod corpus;
mod crates;
mod files;
mod fixtures;
mod orchestrator;
mod poll;
mod process;
mod require;
mod services;
mod wire;

pub use agent::{Agent, Answer};
pub use bins::{bin, cargo, release_bin, root, run, shipped_bin, target};
pub use corpus::real_documents;
pub use crates::{build_crates, built_bin};
pub use files::{copy_tree, tree};
pub use fixtures::Fixtures;
pub use orchestrator::{API_KEY, Hub, SERVICE_TOKEN, Worker, orchestrator, orchestrator_mcp};
pub use poll::{until, until_sync};
pub use process::Process;
pub use require::{april_document, client_of, node, october_document, required, skip};
pub use services::{Backend, free_address, http_client, ktrdr_mcp, serve_http};
pub use wire::Wire;

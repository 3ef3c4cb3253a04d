//! End to end: real MCP clients, `ktrdr-mcp` and `ktrdr-backend` as processes.

mod campaign;
mod clients;
mod discovery;
mod errors;
mod extension;
mod http;
mod ledger;
mod load;
#[cfg(feature = "store")]
mod many;
mod profiles;
mod prompts;
mod protocol;
mod research;
mod restart;
mod results;
mod serving;
mod tasks;
mod workflows;
mod wrong_calls;

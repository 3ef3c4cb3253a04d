//! End to end: real MCP clients, `ktrdr-mcp` and `ktrdr-backend` as processes.

mod clients;
mod discovery;
mod errors;
mod http;
mod load;
#[cfg(feature = "store")]
mod many;
mod profiles;
mod prompts;
mod protocol;
mod restart;
mod results;
mod serving;
mod tasks;
mod workflows;
mod wrong_calls;

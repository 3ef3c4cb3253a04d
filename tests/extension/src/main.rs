//! The KTRDR server with two tools written by hand: `count_operations` is one more, `check_backend_health` is in the
//! place of the generated one. Everything else is as generated.

mod health;
mod operations;

use std::process::ExitCode;

use toolwright_runtime::{OwnTool, Server, Tool};

/// The generated server under a name of its own.
static SERVER: Server = Server {
    name: "ktrdr-extended",
    version: env!("CARGO_PKG_VERSION"),
    ..ktrdr_mcp::SERVER
};

/// What is written by hand.
static TOOLS: [OwnTool; 2] = [
    OwnTool {
        definition: include_str!("../tools/count_operations.json"),
        tool: Tool::own("count_operations", |http, arguments| {
            Box::pin(operations::count(http, arguments))
        }),
    },
    OwnTool {
        definition: include_str!("../tools/check_backend_health.json"),
        tool: Tool::own("check_backend_health", |http, _| {
            Box::pin(health::check(http))
        }),
    },
];

fn main() -> ExitCode {
    toolwright_runtime::run_with(&SERVER, &TOOLS)
}

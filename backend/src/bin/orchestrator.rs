//! The orchestrator: the hub, its services, and the commands that talk to it.

use std::process::ExitCode;

fn main() -> ExitCode {
    toolwright_backend::orchestrator::cli::main()
}

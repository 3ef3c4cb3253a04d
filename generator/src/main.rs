//! The program `toolwright`; see [`toolwright::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    toolwright::cli::main()
}

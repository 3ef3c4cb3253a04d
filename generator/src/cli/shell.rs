//! `toolwright completions` and `toolwright man`: what shells and manuals are told of this command line.

use std::fs;
use std::path::PathBuf;

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::{Cli, Failure, Outcome, out, shown};

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Debug, Args)]
pub(super) struct Man {
    /// Write toolwright.1 and a page for each command to this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn completions(options: &Completions) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(
        options.shell,
        &mut Cli::command(),
        "toolwright",
        &mut script,
    );
    out(String::from_utf8_lossy(&script))?;
    Ok(Outcome::Fine)
}

pub(super) fn man(options: &Man) -> Result<Outcome, Failure> {
    match &options.out {
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut page)?;
            out(String::from_utf8_lossy(&page))?;
        }
        Some(folder) => {
            let failed = |error: std::io::Error| {
                Failure::Other(format!("cannot write to {}: {error}", shown(folder)))
            };
            fs::create_dir_all(folder).map_err(failed)?;
            clap_mangen::generate_to(Cli::command(), folder).map_err(failed)?;
            out(format_args!("wrote the pages to {}\n", shown(folder)))?;
        }
    }
    Ok(Outcome::Fine)
}

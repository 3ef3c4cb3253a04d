//! The command line.

mod demo;
mod diff;
mod explain;
mod generate;
mod init;
mod lint;
mod shell;
mod systems;
mod tools;
mod watch;

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::diagnostics::Diagnostics;
use crate::diagnostics::render::{self, render};
use crate::read::{Files, shown};

/// Turns an OpenAPI document and one YAML file, tools.yaml, into the source of an MCP server.
#[derive(Debug, Parser)]
#[command(
    name = "toolwright",
    version,
    disable_help_subcommand = true,
    max_term_width = 100
)]
#[command(after_help = "Exit status: 0 fine, 1 diagnostics or differences, 2 wrong use.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Generate servers from their tools.yaml
    Generate(generate::Options),
    /// Draft a tools.yaml from an OpenAPI document
    Init(init::Options),
    /// Say what changes for agents between two specs, documents or lists of tools
    Diff(diff::Options),
    /// Say what clients refuse, and what could be better
    Lint(lint::Options),
    /// Show what an agent will see, with token costs
    Tools(tools::Options),
    /// Print the JSON Schema of tools.yaml
    Schema,
    /// Explain a diagnostic by its code
    Explain(explain::Options),
    /// Print what completes this command in a shell
    Completions(shell::Completions),
    /// Print the manual page, or write a page for each command
    Man(shell::Man),
    /// Show the whole way: a backend, its generated server and an agent's calls
    Demo(demo::Options),
}

/// How diagnostics are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// One JSON object a line
    Json,
    /// Annotations for GitHub Actions
    Github,
}

impl Format {
    /// Whether text for `stream` is in colours.
    fn colours(stream: &impl IsTerminal) -> bool {
        stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
    }

    /// The rendering for standard error, in colours on a terminal.
    fn rendering(self) -> render::Format {
        match self {
            Self::Text if Self::colours(&io::stderr()) => render::Format::Colours,
            Self::Text => render::Format::Text,
            Self::Json => render::Format::Json,
            Self::Github => render::Format::Github,
        }
    }
}

/// How input is read.
#[derive(Clone, Copy, Debug, Args)]
struct Reading {
    /// Read what the document refers to on other hosts
    #[arg(long)]
    allow_remote_refs: bool,
}

impl From<Reading> for crate::read::Options {
    fn from(reading: Reading) -> Self {
        Self {
            allow_remote_refs: reading.allow_remote_refs,
        }
    }
}

/// How a command ended, other than with an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// All is well.
    Fine,
    /// There are errors in the input, or differences.
    Found,
}

/// Why a command stopped.
#[derive(Debug)]
enum Failure {
    /// It was called wrongly.
    Usage(String),
    /// Something other than the input is wrong, such as a file that cannot be written.
    Other(String),
    /// Nobody reads the output any more.
    Unread,
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Unread,
            _ => Self::Other(error.to_string()),
        }
    }
}

impl From<crate::write::Error> for Failure {
    fn from(error: crate::write::Error) -> Self {
        Self::Other(error.to_string())
    }
}

/// Runs the command that the process's arguments name.
pub fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Generate(options) => generate::run(&options),
        Command::Init(options) => init::run(&options),
        Command::Diff(options) => diff::run(&options),
        Command::Lint(options) => lint::run(&options),
        Command::Tools(options) => tools::run(&options),
        Command::Schema => schema(),
        Command::Explain(options) => explain::run(&options),
        Command::Completions(options) => shell::completions(&options),
        Command::Man(options) => shell::man(&options),
        Command::Demo(options) => demo::run(&options),
    };
    let (message, code) = match result {
        Ok(Outcome::Fine) | Err(Failure::Unread) => return ExitCode::SUCCESS,
        Ok(Outcome::Found) => return ExitCode::from(1),
        Err(Failure::Usage(message)) => (message, 2),
        Err(Failure::Other(message)) => (message, 1),
    };
    // Where standard error is closed, the exit status has to do.
    let _ = writeln!(io::stderr(), "error: {message}");
    ExitCode::from(code)
}

fn schema() -> Result<Outcome, Failure> {
    out(format_args!("{:#}\n", crate::read::schema()))?;
    Ok(Outcome::Fine)
}

/// Writes to standard output.
fn out(text: impl fmt::Display) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    write!(stdout, "{text}")?;
    stdout.flush()
}

/// Writes to standard error. What cannot be shown there cannot be shown anywhere.
fn err(text: impl fmt::Display) {
    let _ = write!(io::stderr(), "{text}");
}

/// Writes diagnostics to standard error.
fn report(diagnostics: &Diagnostics, files: &Files, format: Format) {
    err(render(diagnostics, files, format.rendering()));
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}

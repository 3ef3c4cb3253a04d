//! The commands of `orchestrator`.
//!
//! `serve` and `worker` run here; all others ask a hub through the generated client.

mod artifacts;
mod health;
mod hub;
mod input;
mod jobs;
mod services;
mod text;
mod watch;

use std::process::ExitCode;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Parser, Subcommand};

use super::server::Serve;
use super::worker;

/// A hub that hands jobs to services over HTTP and keeps what they make.
#[derive(Debug, Parser)]
#[command(name = "orchestrator", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the hub, until it is told to stop.
    Serve(Box<Serve>),
    /// Execute the jobs of a type for a hub, until it is told to stop.
    Worker(worker::Options),
    /// Ask a hub whether it can take jobs; ends with 0 if it can.
    Health(health::Health),
    /// Tell the hub of a service that does jobs of a type.
    RegisterService(services::Register),
    /// Take a service off the list: it gets no more jobs; those that it runs go on.
    DeregisterService(services::Deregister),
    /// List the services.
    ListServices(services::List),
    /// Hand the hub a job; prints its id.
    Submit(jobs::Submit),
    /// Tell how a job stands.
    Status(jobs::Status),
    /// List jobs, newest first.
    ListJobs(jobs::List),
    /// Stop a job that is pending or running.
    Cancel(jobs::Cancel),
    /// List what jobs have made, trace where it comes from, or download it.
    Artifacts(artifacts::Artifacts),
    /// Follow jobs: those named until they have ended, else all that are under way until you stop it.
    Watch(watch::Watch),
}

/// Why a command did not do what it was asked to.
#[derive(Debug, PartialEq)]
enum Failure {
    /// It was asked wrongly: exit code 2.
    Usage(String),
    /// The hub, or the machine, said no: exit code 1.
    Refused(String),
    /// What was followed ended otherwise than well, which has been told: exit code 1.
    NotCompleted,
}

/// Runs the command of the process's arguments to its end.
pub fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(run(Cli::parse().command)),
        Err(error) => Err(Failure::Refused(format!("cannot start: {error}"))),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::NotCompleted) => ExitCode::FAILURE,
        Err(Failure::Refused(message)) => {
            eprintln!("error: {}", text::plain(&message));
            ExitCode::FAILURE
        }
        Err(Failure::Usage(message)) => {
            eprintln!("error: {}", text::plain(&message));
            ExitCode::from(2)
        }
    }
}

async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve(serve) => serve.run().await.map_err(Failure::Refused),
        Command::Worker(options) => worker::run(options).await.map_err(Failure::Refused),
        Command::Health(command) => command.run().await,
        Command::RegisterService(command) => command.run().await,
        Command::DeregisterService(command) => command.run().await,
        Command::ListServices(command) => command.run().await,
        Command::Submit(command) => command.run().await,
        Command::Status(command) => command.run().await,
        Command::ListJobs(command) => command.run().await,
        Command::Cancel(command) => command.run().await,
        Command::Artifacts(command) => command.run().await,
        Command::Watch(command) => command.run().await,
    }
}

/// Reads one of the values of the API.
fn choice<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    name: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(all.iter().map(|value| name(*value))).try_map(move |given| {
        let found = all.iter().copied().find(|value| name(*value) == given);
        found.ok_or("no such value")
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_commands_are_well_formed() {
        Cli::command().debug_assert();
    }
}

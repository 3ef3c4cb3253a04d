//! `toolwright demo`: the whole way in one command, from fresh sources to an agent's calls on a running backend.

mod agent;
mod build;
mod hosts;
mod process;
mod screen;
mod steps;

use std::path::PathBuf;

use clap::Args;

use super::{Failure, Outcome, systems};
use agent::Agent;
use process::Backend;
use screen::Screen;

#[derive(Debug, Args)]
pub(super) struct Options {}

pub(super) fn run(_: &Options) -> Result<Outcome, Failure> {
    let root = checkout()?;
    let mut screen = Screen::default();
    screen.title("toolwright demo: from specs/ktrdr to an agent that works on a real backend");
    screen.step("generated/ is what specs/ says");
    let fresh = build::fresh(&root, &mut screen);
    screen.end(fresh);
    screen.step("Build the backend and the generated server");
    let programs = match build::programs(&root, &mut screen) {
        Ok(programs) => {
            screen.end(Ok(()));
            programs
        }
        Err(reason) => {
            screen.end(Err(reason));
            return Ok(finish(screen));
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let done = runtime.block_on(async {
        tokio::select! {
            () = with_processes(&programs, &mut screen) => true,
            () = interrupted() => false,
        }
    });
    // The children die with their handles, which the interrupted future has dropped by now.
    drop(runtime);
    if !done {
        return Err(Failure::Other("interrupted".to_owned()));
    }
    if screen.failed() == 0 {
        screen.text(&hosts::configuration(&programs));
    }
    Ok(finish(screen))
}

/// The checkout that has the demonstration's system.
fn checkout() -> Result<PathBuf, Failure> {
    let built_from = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let candidates = [
        systems::root(),
        built_from.and_then(|folder| folder.parent().map(PathBuf::from)),
    ];
    let complete = |root: &PathBuf| {
        root.join("specs/ktrdr/tools.yaml").is_file() && root.join("Cargo.toml").is_file()
    };
    candidates
        .into_iter()
        .flatten()
        .find(complete)
        .ok_or_else(|| {
            Failure::Usage(
                "the demo runs in a checkout of toolwright: there is no specs/ktrdr here or above"
                    .to_owned(),
            )
        })
}

fn finish(mut screen: Screen) -> Outcome {
    screen.summary();
    if screen.failed() == 0 {
        Outcome::Fine
    } else {
        Outcome::Found
    }
}

/// Runs the steps that need the backend and the server, and stops both.
async fn with_processes(programs: &build::Programs, screen: &mut Screen) {
    screen.step("Start the backend and, as a desktop application would, the server");
    let backend = match Backend::start(&programs.backend).await {
        Ok(backend) => backend,
        Err(reason) => return screen.end(Err(reason)),
    };
    screen.note(&format!("ktrdr-backend listens on {}", backend.url));
    match Agent::start(&programs.server, &backend.url).await {
        Ok(agent) => {
            screen.note(&agent.greeting());
            screen.end(Ok(()));
            steps::run(&agent, screen).await;
            if screen.failed() > 0 {
                screen.log("ktrdr-mcp", &agent.log());
                screen.log("ktrdr-backend", &backend.log());
            }
            screen.step("Stop both");
            let ended = agent.stop().await.and(backend.stop().await);
            screen.end(ended);
        }
        Err(reason) => {
            screen.end(Err(reason));
            screen.log("ktrdr-backend", &backend.log());
        }
    }
}

/// Waits for the user or the system to end the process.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Where no signal can be waited for, the processes still end with this one's handles.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

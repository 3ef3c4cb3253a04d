//! `worker`: a service of this project as a process.

use std::io;

use clap::Args;
use tracing_subscriber::filter::LevelFilter;

use super::Failure;
use crate::http::stop_signal;
use crate::orchestrator::worker;

#[derive(Args, Debug)]
pub(super) struct Worker {
    #[command(flatten)]
    options: worker::Options,
    /// How much to log to stderr: off, error, warn, info, debug or trace.
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    log: LevelFilter,
}

impl Worker {
    pub(super) async fn run(self) -> Result<(), Failure> {
        tracing_subscriber::fmt()
            .with_max_level(self.log)
            .with_writer(io::stderr)
            .with_ansi(false)
            .init();
        let token = self.options.token().map_err(Failure::Usage)?;
        // Listened for from the beginning, so that none is missed.
        let stop = stop_signal()
            .map_err(|error| Failure::Refused(format!("cannot listen for signals: {error}")))?;
        worker::serve(self.options, token, stop)
            .await
            .map_err(Failure::Refused)
    }
}

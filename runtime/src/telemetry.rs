//! Logs, to stderr and nowhere else.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people; coloured on a terminal.
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts logging. Libraries below are held to warnings: what they tell in
/// detail includes headers and bodies.
pub(crate) fn init(level: LevelFilter, format: Format) {
    let targets = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target("toolwright_runtime", level);
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    let layer = match format {
        Format::Text => lines.with_ansi(io::stderr().is_terminal()).boxed(),
        Format::Json => lines.with_ansi(false).json().flatten_event(true).boxed(),
    };
    // Fails if a program that embeds this logs already, which is as good.
    let _ = tracing_subscriber::registry()
        .with(layer.with_filter(targets))
        .try_init();
}

//! How a service is started.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use tracing_subscriber::filter::LevelFilter;

use super::order::Kind;

/// Options of a service.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Type of the jobs it executes.
    #[arg(long = "type", value_name = "TYPE", value_enum)]
    pub kind: Kind,
    /// The hub.
    #[arg(
        long,
        value_name = "URL",
        env = "ORCHESTRATOR_API_URL",
        hide_env_values = true,
        default_value = "http://127.0.0.1:8000"
    )]
    pub hub: String,
    /// Address to listen on; port 0 picks a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// Where the hub reaches it. [default: http:// and the address it listens on]
    #[arg(long, value_name = "URL")]
    pub advertise: Option<String>,
    /// Jobs it executes at once.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub capacity: u16,
    /// Folder of CSV files named SYMBOL_TIMEFRAME.csv (for example AAPL_1h.csv) with the columns
    /// timestamp, open, high, low, close and volume. It is only read.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Generate bars where there is no CSV file.
    #[arg(long, visible_alias = "synthetic")]
    pub demo: bool,
    /// Folder for answers, so that a service that was restarted still has them. [default: none is kept
    /// beyond the process]
    #[arg(long, value_name = "DIR")]
    pub work: Option<PathBuf>,
    /// What it is called. [default: its type and address]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// File with the token that the hub shows the service, and the service the hub; else it is in the
    /// environment variable ORCHESTRATOR_SERVICE_TOKEN. Without one it listens on this machine only.
    #[arg(long, value_name = "FILE")]
    pub service_token_file: Option<PathBuf>,
    /// How much to log to stderr: off, error, warn, info, debug or trace.
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    pub log: LevelFilter,
}

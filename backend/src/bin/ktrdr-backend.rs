//! The KTRDR service: operations, market data and training over HTTP.

use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use ktrdr_mcp::Client;
use toolwright_backend::http::stop_signal;
use toolwright_backend::ktrdr::server::{self, Options};
use toolwright_backend::ktrdr::store::Location;
use tracing_subscriber::filter::LevelFilter;

/// The KTRDR service: operations, market data and training over HTTP.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API until it is told to stop.
    Serve(Serve),
    /// Ask a service that runs how it is; ends with 0 if it is well.
    Health(Health),
}

#[derive(Args)]
struct Health {
    /// Its base URL.
    #[arg(value_name = "URL", default_value = "http://127.0.0.1:8000")]
    url: String,
}

#[derive(Args)]
struct Serve {
    /// Address to listen on; port 0 picks a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8000")]
    listen: SocketAddr,
    /// The database: the file of SQLite, made if it is not there, or PostgreSQL as
    /// postgres://USER:PASSWORD@HOST:PORT/DATABASE, which several backends can share. [default:
    /// ktrdr.db, with --demo in memory]
    #[arg(
        long,
        value_name = "PATH|URL",
        env = "KTRDR_DB",
        hide_env_values = true
    )]
    db: Option<OsString>,
    /// Folder of CSV files named SYMBOL_TIMEFRAME.csv (for example AAPL_1h.csv) with the columns
    /// timestamp, open, high, low, close and volume. It is only read if --models is given.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Folder of the models. [default: models in the folder of the data, else beside the database]
    #[arg(long, value_name = "DIR")]
    models: Option<PathBuf>,
    /// Folder of the strategies, one YAML file each; made with the first of them. [default:
    /// strategies beside the database]
    #[arg(long, value_name = "DIR")]
    strategies: Option<PathBuf>,
    /// Generate bars where there is no CSV file, and keep nothing unless --db is given.
    #[arg(long)]
    demo: bool,
    /// How much to log to stderr: off, error, warn, info, debug or trace.
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    log: LevelFilter,
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Serve(serve) => start(serve),
        Command::Health(health) => run(ask(health.url)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn start(serve: Serve) -> Result<(), String> {
    tracing_subscriber::fmt()
        .with_max_level(serve.log)
        .with_writer(io::stderr)
        .with_ansi(false)
        .init();
    let db = serve
        .db
        .or_else(|| (!serve.demo).then(|| "ktrdr.db".into()))
        .map(Location::from);
    let options = Options {
        listen: serve.listen,
        db,
        data: serve.data,
        models: serve.models,
        strategies: serve.strategies,
        synthetic: serve.demo,
    };
    run(serve_until_stopped(options))
}

fn run(work: impl Future<Output = Result<(), String>>) -> Result<(), String> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start: {error}"))?
        .block_on(work)
}

async fn ask(url: String) -> Result<(), String> {
    let client = Client::new(&url).map_err(|error| error.to_string())?;
    let health = client.health_check().json().await;
    health.map(drop).map_err(|error| error.to_string())
}

async fn serve_until_stopped(options: Options) -> Result<(), String> {
    // Listened for from the beginning, so that none is missed.
    let stop = stop_signal().map_err(|error| format!("cannot listen for signals: {error}"))?;
    server::serve(options, stop)
        .await
        .map_err(|error| error.to_string())
}

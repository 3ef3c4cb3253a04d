//! A hub as a process: `orchestrator serve`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use tracing_subscriber::filter::LevelFilter;
use url::Url;

use super::access::{Access, Secrets};
use super::api::{App, Hosts, Parts, UPLOAD};
use super::blobs::Blobs;
use super::dispatch::{Dispatch, Settings};
use super::store::{Location, SCHEMA};
use crate::http::{self, ServeError, bind, failed, lock, stop_signal};

/// How to serve.
#[derive(Args, Clone, Debug)]
pub struct Serve {
    /// Host to listen on: a name or an address.
    #[arg(long, value_name = "HOST", default_value = "127.0.0.1")]
    pub host: String,
    /// Port to listen on; 0 picks a free one.
    #[arg(long, value_name = "PORT", default_value_t = 8000)]
    pub port: u16,
    /// Address to listen on, instead of a host and a port.
    #[arg(long, value_name = "ADDR", conflicts_with_all = ["host", "port"])]
    pub listen: Option<SocketAddr>,
    /// URL at which services find the hub. [default: where it listens]
    #[arg(long, value_name = "URL")]
    pub advertise: Option<String>,
    /// The database: the file of SQLite, made if it is not there, or PostgreSQL as
    /// postgres://USER:PASSWORD@HOST:PORT/DATABASE, which several hubs can share.
    #[arg(
        long,
        value_name = "PATH|URL",
        env = "ORCHESTRATOR_DB",
        hide_env_values = true,
        default_value = "orchestrator.db"
    )]
    pub db: OsString,
    /// Where contents of artifacts are kept: a folder, or s3://BUCKET/FOLDER, gs://BUCKET/FOLDER or
    /// az://CONTAINER/FOLDER with its credentials in the environment. Hubs that share a database have to share
    /// it too. [default: artifacts beside the database]
    #[arg(long, value_name = "DIR|URL")]
    pub artifacts: Option<String>,
    /// A name that requests to an open hub may use for it, beside those of this machine, HOST and the host of
    /// --advertise; can be repeated.
    #[arg(long, value_name = "HOST")]
    pub allowed_host: Vec<String>,
    /// File with the API keys of callers, one on each line; else they are in the environment variable
    /// ORCHESTRATOR_API_KEYS, with commas between. Without any the hub is open, and listens on this machine
    /// only.
    #[arg(long, value_name = "FILE")]
    pub api_key_file: Option<PathBuf>,
    /// File with the token that the hub and its services show each other; else it is in the environment
    /// variable ORCHESTRATOR_SERVICE_TOKEN.
    #[arg(long, value_name = "FILE")]
    pub service_token_file: Option<PathBuf>,
    /// Jobs of one type that this hub has running at once.
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..))]
    pub concurrency: u16,
    /// The same for one type; can be given for several.
    #[arg(long, value_name = "TYPE=N", value_parser = limit)]
    pub limit: Vec<(String, usize)>,
    /// How often a job is sent to a service at most if connections fail.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub attempts: u32,
    /// How long a job may run that does not say it, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 3600, value_parser = clap::value_parser!(i64).range(1..=86400))]
    pub timeout: i64,
    /// After so many seconds of silence another hub on the same database takes over what this one runs.
    #[arg(long, value_name = "SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub lease: u64,
    /// Accepted for those who are used to it; it does nothing, for this is a compiled program.
    #[arg(long)]
    pub reload: bool,
    /// How much to log to stderr: off, error, warn, info, debug or trace.
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    pub log: LevelFilter,
    /// How to log.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

/// The form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// An object of JSON on each line.
    Json,
}

impl Serve {
    /// Serves until the process is told to stop.
    ///
    /// # Errors
    /// Says what stands in the way.
    pub async fn run(self) -> Result<(), String> {
        self.start_log();
        if self.reload {
            tracing::warn!(
                "--reload does nothing: this is a compiled program, start it again after a change"
            );
        }
        let secrets = Secrets::read(
            self.api_key_file.as_deref(),
            self.service_token_file.as_deref(),
        )?;
        // Listened for from the beginning, so that none is missed.
        let stop = stop_signal().map_err(|error| format!("cannot listen for signals: {error}"))?;
        let result = serve(self, &secrets, stop).await;
        result.map_err(|error| error.to_string())
    }

    fn start_log(&self) {
        let log = tracing_subscriber::fmt()
            .with_max_level(self.log)
            .with_writer(io::stderr)
            .with_ansi(false);
        match self.log_format {
            LogFormat::Text => log.init(),
            LogFormat::Json => log.json().flatten_event(true).init(),
        }
    }
}

/// Serves until `stop` ends. Prints one line on stdout, `listening on URL`, once it can be reached.
///
/// # Errors
/// If an open hub would listen to other machines, or something it needs cannot be used.
pub async fn serve(
    options: Serve,
    secrets: &Secrets,
    stop: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let access = Access::new(secrets);
    let listen = address(&options).await?;
    if access.is_open() && !listen.ip().is_loopback() {
        let why = "without API keys and a service token the hub is open to everybody: give --api-key-file and --service-token-file, or listen on 127.0.0.1";
        return Err(failed(format!("listen on {listen}"))(why));
    }
    let hosts = access.is_open().then(|| hosts(&options, listen.ip()));
    let db = Location::from(options.db);
    // Held as long as the hub runs.
    let _lock = db.file().map(lock).transpose()?;
    let store = db
        .open(&SCHEMA)
        .map_err(failed(format!("open the database {db}")))?;
    let artifacts = options.artifacts.unwrap_or_else(|| beside(&db));
    let blobs = Blobs::open(&artifacts)
        .await
        .map_err(failed(format!("keep artifacts in {artifacts}")))?;
    let listener = bind(listen).await?;
    let address = listener.local_addr().map_err(failed("learn the address"))?;
    let settings = Settings {
        hub_url: options.advertise.unwrap_or_else(|| reachable(address)),
        service_token: secrets.service_token.clone(),
        concurrency: options.concurrency.into(),
        concurrency_of: BTreeMap::from_iter(options.limit),
        attempts: options.attempts,
        lease: Duration::from_secs(options.lease),
        ..Settings::default()
    };
    let dispatch = Dispatch::start(store.clone(), blobs.clone(), settings)
        .map_err(failed("begin to dispatch jobs"))?;
    let app = App::new(Parts {
        store,
        blobs,
        dispatch: dispatch.clone(),
        access,
        hosts,
        timeout_seconds: options.timeout,
        upload_bytes: UPLOAD,
    })
    .map_err(failed("read the API's document"))?;
    http::run(listener, app.router(), stop, dispatch.stop()).await
}

/// The address to listen on.
async fn address(options: &Serve) -> Result<SocketAddr, ServeError> {
    if let Some(address) = options.listen {
        return Ok(address);
    }
    let host = options.host.trim_start_matches('[').trim_end_matches(']');
    let doing = format!("find the host {host}");
    let mut found = tokio::net::lookup_host((host, options.port))
        .await
        .map_err(failed(&doing))?;
    found
        .next()
        .ok_or_else(|| failed(doing)("it has no address"))
}

/// The names of an open hub.
fn hosts(options: &Serve, listen: IpAddr) -> Hosts {
    let advertised = options
        .advertise
        .as_deref()
        .and_then(|url| Url::parse(url).ok());
    let advertised = advertised.and_then(|url| url.host_str().map(str::to_owned));
    let more = options.allowed_host.iter().cloned();
    Hosts::new(listen, more.chain([options.host.clone()]).chain(advertised))
}

/// The folder of artifacts beside the database; for one on a server, in the working folder.
fn beside(db: &Location) -> String {
    let folder = db.file().and_then(Path::parent).unwrap_or(Path::new(""));
    folder.join("artifacts").display().to_string()
}

/// The URL of an address, as seen from the same machine.
fn reachable(address: SocketAddr) -> String {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(std::net::Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

/// Reads `TYPE=N`.
fn limit(text: &str) -> Result<(String, usize), String> {
    let wanted = || "expected TYPE=N with N of at least 1, for example backtest=4".to_owned();
    let (job_type, number) = text.split_once('=').ok_or_else(wanted)?;
    match number.parse() {
        Ok(number) if number > 0 && !job_type.is_empty() => Ok((job_type.to_owned(), number)),
        _ => Err(wanted()),
    }
}
